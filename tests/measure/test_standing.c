#include "referlens/measure/standing.h"

#include "referlens/base/worker.h"
#include "referlens/measure/evaluated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_table_of_measures_fits_a_standing(void **state)
{
    (void)state;
    size_t delays = 0;
    assert_true(measure_count <= STANDING_MEASURES_MAX);
    assert_true(measure_count * MEMBERSHIP_COUNT <= ONES_SIZE);
    assert_true((int)DELAY_UNKNOWN < (int)MEMBERSHIP_COUNT); /* delays' ends lie where memberships do */
    for (size_t i = 0; i < measure_count; i++)
        delays += measure_table[i].kind == MEASURE_DELAY;
    assert_true(delays <= DELAYS_MAX);
}

static void every_measure_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure *measure = &measure_table[i];
        assert_int_equal(measure_index(measure->id), i);
        assert_int_equal(measure->member != NULL, measure->kind == MEASURE_PROPORTION);
        assert_int_equal(measure->delay != NULL, measure->kind == MEASURE_DELAY);
        assert_true(measure->rests_on != 0 || measure->rests_on_any != 0);
        assert_true(strlen(measure->title) > 0 && strlen(measure->numerator) > 0 && strlen(measure->denominator) > 0);
    }
    assert_int_equal(measure_index("no such measure"), measure_count);
}

static void a_measure_is_recorded_with_all_that_it_needs_and_one_of_what_will_do(void **state)
{
    (void)state;
    const struct measure measure = {.rests_on = 3, .rests_on_any = 12};
    assert_false(measure_is_recorded(&measure, 0));
    assert_false(measure_is_recorded(&measure, 3));
    assert_false(measure_is_recorded(&measure, 1 | 4));
    assert_true(measure_is_recorded(&measure, 3 | 4));
    assert_true(measure_is_recorded(&measure, 3 | 8 | 64));
    const struct measure simple = {.rests_on = 1};
    assert_true(measure_is_recorded(&simple, 1));
}

static struct standing standing_number(size_t number)
{
    struct standing standing = {{0}};
    for (size_t i = 0; i < 8; i++)
        standing.of[i] = (uint8_t)(number >> i & 1);
    return standing;
}

static void those_that_stand_alike_share_a_code(void **state)
{
    (void)state;
    struct standing_table *table = standing_table_new();
    for (size_t i = 0; i < 600; i++) {
        const struct standing standing = standing_number(i % 200);
        const uint32_t code = standing_table_add(table, &standing);
        assert_int_equal(code, i % 200);
        assert_memory_equal(standing_table_get(table, code), &standing, sizeof standing);
    }
    assert_int_equal(standing_table_count(table), 200);
    standing_table_free(table);
    standing_table_free(NULL);
}

struct adding {
    struct standing_table *table;
    uint32_t codes[64][256];
};

static void add_all(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct adding *adding = context;
    for (size_t i = 0; i < 256; i++) {
        const struct standing standing = standing_number((i + task * 37) % 256);
        adding->codes[task][(i + task * 37) % 256] = standing_table_add(adding->table, &standing);
    }
}

static void threads_get_the_same_codes(void **state)
{
    (void)state;
    static struct adding adding;
    adding.table = standing_table_new();
    worker_run(4, 64, add_all, &adding);
    assert_int_equal(standing_table_count(adding.table), 256);
    for (size_t task = 1; task < 64; task++)
        assert_memory_equal(adding.codes[task], adding.codes[0], sizeof adding.codes[0]);
    for (size_t i = 0; i < 256; i++) {
        const struct standing standing = standing_number(i);
        assert_memory_equal(standing_table_get(adding.table, adding.codes[0][i]), &standing, sizeof standing);
    }
    standing_table_free(adding.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_measures_fits_a_standing),
        cmocka_unit_test(every_measure_is_whole),
        cmocka_unit_test(a_measure_is_recorded_with_all_that_it_needs_and_one_of_what_will_do),
        cmocka_unit_test(those_that_stand_alike_share_a_code),
        cmocka_unit_test(threads_get_the_same_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
