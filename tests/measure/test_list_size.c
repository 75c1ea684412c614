#include "referlens/measure/list_size.h"

#include "../support/from_csv.h"
#include "referlens/base/memory.h"

#include <math.h>
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

/* That of practice A by these rows of its list; −1: not known. */
static void assert_size(const char *practices, double expected)
{
    struct input input = from_csv(FROM_CSV_REFERRALS "1,A,2024-01-05,330,,,,\n", NULL, practices, "2024-12-31");
    double *sizes = list_sizes_of(input.cohort);
    const double size = isnan(sizes[0]) ? -1 : sizes[0];
    if (size != expected)
        fail_msg("%g is not %g, of\n%s", size, expected, practices);
    memory_free(sizes);
    input_release(&input);
}

#define COLUMNS "practice_code,list_size,age_band,sex,period\n"

static void a_practice_has_its_total_or_else_the_sum_of_its_bands(void **state)
{
    (void)state;
    assert_size(COLUMNS "A,100,,,\n", 100);
    assert_size(COLUMNS "A,100,0-64,,\nA,20,65+,,\n", 120);
    assert_size(COLUMNS "A,150,,,\nA,100,0-64,,\nA,20,65+,,\n", 150);
    assert_size(COLUMNS "A,100,,,2024-Q1\nA,110,,,2024-Q3\nA,105,,,2024-Q2\n", 110);
    assert_size(COLUMNS "A,60,0-64,F,\nA,40,0-64,M,\nA,20,65+,F,\nA,100,0-64,,\nA,20,65+,,\n", 120);
    assert_size(COLUMNS "A,60,0-17,,\nA,40,18-64,,\nA,100,0-64,,\n", -1); /* they share patients */
    assert_size(COLUMNS "A,0,,,\n", -1);
    assert_size(COLUMNS "A,,,,\n", -1);
}

static void a_sum_is_not_known_if_one_of_its_bands_is_not(void **state)
{
    (void)state;
    assert_size(COLUMNS "A,100,0-64,,\nA,,65+,,\n", -1);
    assert_size(COLUMNS "A,100,0-64,,\nA,0,65+,,\n", 100);
    assert_size(COLUMNS "A,150,,,\nA,100,0-64,,\nA,,65+,,\n", 150);
    assert_size(COLUMNS "A,90,0-64,,2024-Q1\nA,20,65+,,2024-Q1\nA,100,0-64,,2024-Q2\nA,,65+,,2024-Q2\n", 110);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_practice_has_its_total_or_else_the_sum_of_its_bands),
        cmocka_unit_test(a_sum_is_not_known_if_one_of_its_bands_is_not),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
