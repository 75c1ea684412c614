#include "referlens/measure/observed_window.h"

#include "../support/measured.h"
#include "referlens/measure/evaluated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char folder[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(folder);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(folder);
    return 0;
}

/* So many requests of a practice in a month ("2024-08"), from its second day on. */
struct made {
    const char *month;
    int requests;
    const char *practice;
};

enum { MADE_MAX = 16 };

/* The window of those requests, in their order or the other way round. */
static struct observed_window window_of(const struct made *made, bool backwards)
{
    struct buffer referrals = buffer_with_maximum(1 << 20);
    size_t count = 0;
    while (count < MADE_MAX && made[count].month != NULL)
        count++;
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    for (size_t i = 0; i < count; i++) {
        const size_t place = backwards ? count - 1 - i : i;
        for (int k = 0; k < made[place].requests; k++)
            buffer_add_formatted(&referrals, "%zu-%d,%s,%s-%02d,330,%s,,,\n", place, k, made[place].practice,
                                 made[place].month, 2 + k % 27, k % 3 == 2 ? "advice" : "");
    }
    struct measured measured = measured_from(referrals.bytes, NULL, NULL, "2025-12-31", NULL, backwards ? 3 : 1);
    const struct observed_window window = measured.evaluation->window;
    measured_release(&measured);
    buffer_release(&referrals);
    return window;
}

static void assert_window(const struct made *made, const char *first, int before)
{
    for (int backwards = 0; backwards < 2; backwards++) {
        const struct observed_window window = window_of(made, backwards != 0);
        assert_int_equal(window.first, from_csv_day(first));
        assert_int_equal(window.earliest, from_csv_day(first) + 1);
        assert_int_equal(window.requests_before, before);
    }
}

/* Months of 30 or more hold all 100 requests, months of 40 only 40: a busy month has 30, and a tenth of it are 3. */
#define BULK                                                                                                           \
    {"2024-08", 30, "A"}, {"2024-09", 40, "A"},                                                                        \
    {                                                                                                                  \
        "2024-11", 30, "A"                                                                                             \
    }

static void a_request_or_two_before_all_others_stand_alone(void **state)
{
    (void)state;
    assert_window((struct made[MADE_MAX]){BULK}, "2024-08-01", 0);
    assert_window((struct made[MADE_MAX]){{"2014-08", 1, "A"}, BULK}, "2024-08-01", 1);
    assert_window((struct made[MADE_MAX]){{"1901-01", 1, "B"}, {"2024-05", 1, "A"}, BULK}, "2024-08-01", 2);
    assert_window((struct made[MADE_MAX]){{"2024-07", 2, "A"}, BULK}, "2024-08-01", 2); /* right before them too */
    assert_window((struct made[MADE_MAX]){{"2024-07", 3, "A"}, BULK}, "2024-07-01", 0);
}

static void however_many_months_they_are_in(void **state)
{
    (void)state;
    assert_window((struct made[MADE_MAX]){{"2010-01", 1, "A"},
                                          {"2011-02", 1, "A"},
                                          {"2012-03", 1, "A"},
                                          {"2013-04", 1, "B"},
                                          {"2014-05", 1, "A"},
                                          {"2015-06", 1, "A"},
                                          BULK},
                  "2024-08-01", 6);
}

static void of_few_requests_gaps_are_natural(void **state)
{
    (void)state;
    assert_window((struct made[MADE_MAX]){{"2014-08", 1, "A"}, {"2024-08", 10, "A"}}, "2014-08-01", 0);
    assert_window(
        (struct made[MADE_MAX]){
            {"2022-01", 1, "A"}, {"2022-09", 2, "A"}, {"2023-02", 1, "A"}, {"2023-07", 3, "A"}, {"2024-12", 3, "A"}},
        "2022-01-01", 0);
    /* A single month of many says nothing of what is usual: 2 or more hold 48 of 50, 3 or more only 44. */
    assert_window((struct made[MADE_MAX]){{"2024-01", 1, "A"},
                                          {"2024-02", 2, "A"},
                                          {"2024-03", 4, "A"},
                                          {"2024-04", 2, "A"},
                                          {"2024-05", 1, "A"},
                                          {"2024-06", 40, "A"}},
                  "2024-01-01", 0);
}

static void an_export_may_grow_from_small_beginnings(void **state)
{
    (void)state;
    /* 40 or more hold 315 of 330: 4 are enough. */
    assert_window((struct made[MADE_MAX]){{"2024-01", 5, "A"},
                                          {"2024-02", 10, "A"},
                                          {"2024-03", 40, "A"},
                                          {"2024-04", 75, "A"},
                                          {"2024-05", 100, "A"},
                                          {"2024-06", 100, "A"}},
                  "2024-01-01", 0);
    /* One practice begins before the others: its 4 to 6 are no tenth of 100, but they come month after month. */
    assert_window((struct made[MADE_MAX]){{"2024-01", 1, "B"},
                                          {"2024-03", 4, "A"},
                                          {"2024-04", 6, "A"},
                                          {"2024-05", 5, "A"},
                                          {"2024-06", 100, "A"},
                                          {"2024-07", 100, "B"}},
                  "2024-03-01", 1);
    /* Three requests of it, or four of two practices, do not make a month of it. */
    assert_window(
        (struct made[MADE_MAX]){{"2024-04", 6, "A"}, {"2024-05", 3, "A"}, {"2024-06", 100, "A"}, {"2024-07", 100, "B"}},
        "2024-06-01", 9);
    assert_window(
        (struct made[MADE_MAX]){{"2024-05", 2, "A"}, {"2024-05", 2, "B"}, {"2024-06", 100, "A"}, {"2024-07", 100, "B"}},
        "2024-06-01", 4);
}

static void a_part_of_the_export_that_is_missing_does_not_cut_off_what_lies_before(void **state)
{
    (void)state;
    assert_window((struct made[MADE_MAX]){{"2023-01", 30, "A"}, {"2023-02", 30, "A"}, BULK}, "2023-01-01", 0);
    /* Nor does a late one that stands alone. */
    assert_window((struct made[MADE_MAX]){BULK, {"2025-12", 1, "A"}}, "2024-08-01", 0);
}

static void without_requests_there_is_no_window(void **state)
{
    (void)state;
    const struct observed_window window = window_of((struct made[MADE_MAX]){{.month = NULL}}, false);
    assert_int_equal(window.first, DAY_UNKNOWN);
    assert_int_equal(window.earliest, DAY_UNKNOWN);
    assert_int_equal(window.requests_before, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_or_two_before_all_others_stand_alone),
        cmocka_unit_test(however_many_months_they_are_in),
        cmocka_unit_test(of_few_requests_gaps_are_natural),
        cmocka_unit_test(an_export_may_grow_from_small_beginnings),
        cmocka_unit_test(a_part_of_the_export_that_is_missing_does_not_cut_off_what_lies_before),
        cmocka_unit_test(without_requests_there_is_no_window),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
