/* The model is held to R elsewhere (tests/stats); here is what is done with it. */
#include "referlens/measure/caterpillar.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct practice_funnel funnel_of(const double (*counts)[2], size_t count)
{
    struct practice_funnel funnel = {.measure = measure_index("rejection_rate"),
                                     .points = calloc(count, sizeof *funnel.points),
                                     .count = count};
    for (size_t i = 0; i < count; i++) {
        funnel.points[i] = (struct practice_point){
            .practice = (uint32_t)i, .numerator = counts[i][0], .denominator = counts[i][1],
            .value = counts[i][0] / counts[i][1]};
    }
    return funnel;
}

static void small_practices_are_drawn_towards_the_mean(void **state)
{
    (void)state;
    static const double counts[][2] = {{50, 100}, {5, 10}, {10, 100}, {1, 10}, {30, 100}, {28, 100}, {33, 100}};
    struct practice_funnel funnel = funnel_of(counts, 7);
    struct caterpillar caterpillar = caterpillar_of(&funnel);
    assert_int_equal(caterpillar.status, RESULT_OK);
    assert_int_equal(caterpillar.count, 7);
    assert_false(caterpillar.pooled);
    /* Of the two with half, and of the two with a tenth, the larger one lies further out. */
    static const uint32_t order[] = {2, 3};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(caterpillar.points[i].own->practice, order[i]);
    assert_int_equal(caterpillar.points[6].own->practice, 0);
    assert_int_equal(caterpillar.points[5].own->practice, 1);
    for (size_t i = 0; i < caterpillar.count; i++) {
        const struct caterpillar_point *point = &caterpillar.points[i];
        assert_true(point->lower < point->value && point->value < point->upper);
        assert_true(fabs(point->value - caterpillar.mean) <= fabs(point->own->value - caterpillar.mean) + 1e-12);
        assert_true(i == 0 || caterpillar.points[i - 1].value <= point->value);
    }
    caterpillar_release(&caterpillar);
    free(funnel.points);
}

static void practices_that_are_alike_are_pooled_in_the_order_of_their_codes(void **state)
{
    (void)state;
    static const double counts[][2] = {{20, 100}, {20, 100}, {20, 100}};
    struct practice_funnel funnel = funnel_of(counts, 3);
    struct caterpillar caterpillar = caterpillar_of(&funnel);
    assert_true(caterpillar.pooled);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(caterpillar.points[i].own->practice, i);
        assert_true(fabs(caterpillar.points[i].value - 0.2) < 1e-12);
    }
    caterpillar_release(&caterpillar);
    free(funnel.points);
}

static void where_many_may_not_be_shown_there_is_no_picture(void **state)
{
    (void)state;
    static const double counts[][2] = {{20, 100}, {30, 100}, {25, 100}, {15, 100}, {20, 100},
                                       {30, 100}, {25, 100}, {15, 100}, {20, 100}};
    struct practice_funnel funnel = funnel_of(counts, 9);
    funnel.suppressed = 1; /* one of ten */
    struct caterpillar shown = caterpillar_of(&funnel);
    assert_int_equal(shown.status, RESULT_OK);
    funnel.suppressed = 2;
    struct caterpillar hidden = caterpillar_of(&funnel);
    assert_int_equal(hidden.status, RESULT_SUPPRESSED);
    assert_int_equal(hidden.count, 0);
    caterpillar_release(&shown);
    free(funnel.points);
}

static void without_points_there_is_nothing(void **state)
{
    (void)state;
    const struct practice_funnel funnel = {.measure = measure_index("rejection_rate")};
    struct caterpillar caterpillar = caterpillar_of(&funnel);
    assert_int_equal(caterpillar.status, RESULT_INSUFFICIENT);
    assert_int_equal(caterpillar.count, 0);
    caterpillar_release(&caterpillar);
    caterpillar_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_practices_are_drawn_towards_the_mean),
        cmocka_unit_test(practices_that_are_alike_are_pooled_in_the_order_of_their_codes),
        cmocka_unit_test(where_many_may_not_be_shown_there_is_no_picture),
        cmocka_unit_test(without_points_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
