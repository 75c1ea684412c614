#include "referlens/input/row_counts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBSERVATIONS = 600, PARTS_MAX = 9, VALUES = 25 };

/* One thing that is counted: what, in which column, and a number that says which date, word or value. */
struct observation {
    unsigned what, column, number;
};

/* A fixed sequence, so that a failure comes again. */
static unsigned next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*seed >> 33);
}

static void add(struct row_counts *counts, const struct observation *seen)
{
    char value[20];
    switch (seen->what) {
    case 0:
        counts->rows++;
        break;
    case 1:
        counts->missing[seen->column]++;
        break;
    case 2:
        row_counts_add_date(counts, seen->column, (day)seen->number * 97 - 3000);
        break;
    case 3:
        counts->words[seen->column][seen->number % WORD_COUNT_MAX]++;
        if (seen->number % 3 == 0)
            row_counts_add_rejected(counts, seen->column, seen->number % WORD_COUNT_MAX, (day)seen->number);
        row_counts_add_unread(counts, seen->column, (day)seen->number);
        break;
    case 4:
        counts->nhs_numbers[seen->column]++;
        break;
    default:
        snprintf(value, sizeof value, "value %u", seen->number % VALUES);
        row_counts_add_unmapped(counts, seen->column, (struct text){value, strlen(value)}, seen->number % 5 != 0);
        break;
    }
}

static int64_t unmapped_count(const struct unmapped_values *unmapped, struct text value)
{
    for (size_t code = 0; code < unmapped->values.count; code++) {
        if (text_equal(dictionary_text(&unmapped->values, (uint32_t)code), value))
            return unmapped->counts[code];
    }
    return 0;
}

static void assert_same(const struct row_counts *a, const struct row_counts *b)
{
    assert_int_equal(a->rows, b->rows);
    assert_memory_equal(a->missing, b->missing, sizeof a->missing);
    assert_memory_equal(a->implausible, b->implausible, sizeof a->implausible);
    assert_memory_equal(a->nhs_numbers, b->nhs_numbers, sizeof a->nhs_numbers);
    assert_memory_equal(a->words, b->words, sizeof a->words);
    assert_memory_equal(a->rejected, b->rejected, sizeof a->rejected);
    assert_memory_equal(a->rejected_since, b->rejected_since, sizeof a->rejected_since);
    assert_memory_equal(a->unread_since, b->unread_since, sizeof a->unread_since);
    assert_memory_equal(a->latest, b->latest, sizeof a->latest);
    for (size_t column = 0; column < COLUMN_COUNT_MAX; column++) {
        if (a->latest[column] != DAY_UNKNOWN)
            assert_int_equal(a->earliest[column], b->earliest[column]);
        const struct unmapped_values *left = &a->unmapped[column], *right = &b->unmapped[column];
        assert_int_equal(left->hidden, right->hidden);
        assert_int_equal(left->values.count, right->values.count);
        for (size_t code = 0; code < left->values.count; code++)
            assert_int_equal(left->counts[code], unmapped_count(right, dictionary_text(&left->values, (uint32_t)code)));
    }
}

static void a_sum_does_not_depend_on_how_rows_were_shared_out(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (unsigned round = 0; round < 40; round++) {
        const unsigned part_count = round % PARTS_MAX + 1;
        struct row_counts whole = row_counts_none(), sum = row_counts_none(), parts[PARTS_MAX];
        for (unsigned i = 0; i < part_count; i++)
            parts[i] = row_counts_none();
        for (unsigned i = 0; i < OBSERVATIONS; i++) {
            const struct observation seen = {next_random(&seed) % 6, next_random(&seed) % 7, next_random(&seed) % 1000};
            add(&whole, &seen);
            add(&parts[next_random(&seed) % part_count], &seen);
        }
        for (unsigned left = part_count; left > 0; left--) { /* in any order */
            const unsigned chosen = next_random(&seed) % left;
            row_counts_join(&sum, &parts[chosen]);
            parts[chosen] = parts[left - 1];
        }
        assert_same(&whole, &sum);
        row_counts_release(&whole);
        row_counts_release(&sum);
    }
}

static void nothing_added_to_nothing_is_nothing(void **state)
{
    (void)state;
    struct row_counts sum = row_counts_none(), none = row_counts_none();
    row_counts_join(&sum, &none);
    assert_int_equal(sum.rows, 0);
    assert_int_equal(sum.latest[3], DAY_UNKNOWN);
    assert_null(sum.unmapped);
    row_counts_release(&sum);
}

static void dates_from_1990_to_2100_are_plausible(void **state)
{
    (void)state;
    static const struct {
        int year, month, day;
        bool plausible;
    } cases[] = {{1989, 12, 31, false}, {1990, 1, 1, true},  {2100, 12, 31, true},
                 {2101, 1, 1, false},   {9202, 1, 1, false}, {1800, 1, 1, false}};
    struct row_counts counts = row_counts_none();
    int64_t implausible = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        day date;
        assert_true(day_from_date(cases[i].year, cases[i].month, cases[i].day, &date));
        assert_int_equal(day_is_plausible(date), cases[i].plausible);
        row_counts_add_date(&counts, 2, date);
        implausible += !cases[i].plausible;
    }
    assert_int_equal(counts.implausible[2], implausible);
    assert_int_equal(counts.implausible[1], 0);
}

static void values_that_may_not_be_shown_are_counted_alone(void **state)
{
    (void)state;
    struct row_counts counts = row_counts_none();
    row_counts_add_unmapped(&counts, 1, TEXT("9"), true);
    row_counts_add_unmapped(&counts, 1, TEXT("943 476 5919"), false);
    row_counts_add_unmapped(&counts, 1, TEXT("9"), true);
    assert_int_equal(counts.unmapped[1].values.count, 1);
    assert_int_equal(counts.unmapped[1].counts[0], 2);
    assert_int_equal(counts.unmapped[1].hidden, 1);
    assert_int_equal(counts.unmapped[2].hidden, 0);
    row_counts_release(&counts);
    assert_null(counts.unmapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_does_not_depend_on_how_rows_were_shared_out),
        cmocka_unit_test(nothing_added_to_nothing_is_nothing),
        cmocka_unit_test(dates_from_1990_to_2100_are_plausible),
        cmocka_unit_test(values_that_may_not_be_shown_are_counted_alone),
    };
    return cmocka_run_group_tests_name("input/row_counts", tests, NULL, NULL);
}
