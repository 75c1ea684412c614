#include "referlens/measure/list_bands.h"

#include "../support/from_csv.h"
#include "referlens/base/buffer.h"
#include "referlens/base/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

#define COLUMNS "practice_code,age_band,sex,list_size,period\n"

/* Two practices of 100 and 200 patients, by age and sex, by age, by sex, and as a whole. */
#define A_BY_AGE_AND_SEX "A,0-64,F,30,\nA,0-64,M,40,\nA,65+,F,20,\nA,65+,M,10,\n"
#define A_BY_AGE         "A,0-64,,70,\nA,65+,,30,\n"
#define A_BY_SEX         "A,,F,50,\nA,,M,50,\n"
#define A_WHOLE          "A,,,100,\n"
#define B_BY_AGE_AND_SEX "B,0-64,F,70,\nB,0-64,M,80,\nB,65+,F,26,\nB,65+,M,24,\n"
#define B_BY_AGE         "B,0-64,,150,\nB,65+,,50,\n"
#define B_BY_OTHER_AGES  "B,0-17,,40,\nB,18-64,,110,\nB,65+,,50,\n"
#define B_BY_SEX         "B,,F,96,\nB,,M,104,\n"
#define B_WHOLE          "B,,,200,\n"

/* What is used where A and B refer, and C does not: "age: A 0-64  70, …", with "finer" where finer bands are given. */
static void assert_used(const char *practices, const char *expected)
{
    struct buffer rows = buffer_with_maximum(1 << 12), used = buffer_with_maximum(1 << 12);
    buffer_add_formatted(&rows, COLUMNS "%s", practices);
    struct input input =
        from_csv(FROM_CSV_REFERRALS "1,A,2024-01-05,330,,,,\n2,B,2024-01-05,330,,,,\n", NULL, rows.bytes, "2024-12-31");
    const bool referred[] = {true, true, false};
    struct list_bands bands = list_bands_of(input.cohort, referred);
    const char *name = list_banding_name(bands.banding);
    buffer_add_formatted(&used, "%s%s:", name != NULL ? name : "none", bands.finer_given ? ", finer" : "");
    for (size_t i = 0; i < bands.row_count; i++) {
        const struct practice_row *row = &bands.rows[i];
        buffer_add_formatted(&used, " %c", "ABC"[row->practice]);
        buffer_add_text(&used, row->age_band);
        buffer_add_text(&used, row->sex);
        if (isnan(row->list_size))
            buffer_add_string(&used, "=?");
        else
            buffer_add_formatted(&used, "=%g", row->list_size);
    }
    if (strcmp(used.bytes, expected) != 0)
        fail_msg("\n%s is not\n%s, of\n%s", used.bytes, expected, practices);
    list_bands_release(&bands);
    input_release(&input);
    buffer_release(&rows);
    buffer_release(&used);
}

static void bands_that_all_give_are_used_as_they_are(void **state)
{
    (void)state;
    assert_used(A_WHOLE B_WHOLE, "everybody: A=100 B=200");
    assert_used(A_BY_AGE B_BY_AGE, "age: A0-64=70 A65+=30 B0-64=150 B65+=50");
    assert_used(A_BY_SEX B_BY_SEX, "sex: AF=50 AM=50 BF=96 BM=104");
    assert_used(A_BY_AGE "B,0-64,,150,\n", "age: A0-64=70 A65+=30 B0-64=150");
    assert_used(A_BY_AGE "B,,,,\n", "age: A0-64=70 A65+=30");
    assert_used("A,,,,\nB,0-64,,,\n", "none:");
    /* The list of a practice that does not refer says nothing about those that do. */
    assert_used(A_BY_AGE B_BY_AGE "C,,,9,\nC,0-17,,3,\n", "age: A0-64=70 A65+=30 B0-64=150 B65+=50");
}

static void of_several_bandings_the_finest_in_common_is_used_alone(void **state)
{
    (void)state;
    static const char by_both[] =
        "age_and_sex: A0-64F=30 A0-64M=40 A65+F=20 A65+M=10 B0-64F=70 B0-64M=80 B65+F=26 B65+M=24";
    assert_used(A_BY_AGE_AND_SEX A_BY_AGE A_WHOLE B_BY_AGE_AND_SEX B_BY_AGE B_WHOLE, by_both);
    assert_used(A_BY_AGE_AND_SEX A_BY_AGE B_BY_AGE_AND_SEX, by_both);
    assert_used(A_BY_AGE_AND_SEX A_BY_AGE B_BY_AGE, "age, finer: A0-64=70 A65+=30 B0-64=150 B65+=50");
    assert_used(A_BY_AGE A_WHOLE B_WHOLE, "everybody, finer: A=100 B=200");
}

static void finer_bands_are_added_up_to_those_in_common(void **state)
{
    (void)state;
    assert_used(A_BY_AGE_AND_SEX B_BY_AGE, "age, finer: A0-64=70 A65+=30 B0-64=150 B65+=50");
    assert_used(A_BY_AGE_AND_SEX B_BY_SEX, "sex, finer: AF=50 AM=50 BF=96 BM=104");
    assert_used(A_BY_AGE_AND_SEX B_WHOLE, "everybody, finer: A=100 B=200");
    assert_used(A_BY_AGE B_BY_SEX, "everybody, finer: A=100 B=200");
    /* A sum is not known if a part of it is not; each period's rows are those of the period. */
    assert_used("A,0-64,F,30,\nA,0-64,M,,\nA,65+,F,20,\nA,65+,M,10,\n" B_BY_AGE,
                "age, finer: A0-64=? A65+=30 B0-64=150 B65+=50");
    assert_used("A,0-64,,1,2024-Q1\nA,65+,,2,2024-Q1\nA,0-64,F,3,2024-Q2\nA,0-64,M,4,2024-Q2\n" B_BY_AGE,
                "age, finer: A0-64=1 A65+=2 A0-64=7 B0-64=150 B65+=50");
}

static void bands_that_share_patients_are_not_used(void **state)
{
    (void)state;
    assert_used(A_BY_AGE B_BY_OTHER_AGES, "everybody, finer: A=100 B=200");
    assert_used(A_BY_AGE B_BY_OTHER_AGES "B,0-64,,150,\n" B_WHOLE, "everybody, finer: A=100 B=200");
    assert_used(A_BY_AGE_AND_SEX "B,0-17,F,40,\nB,18+,F,60,\nB,0-17,M,45,\nB,18+,M,55,\n",
                "sex, finer: AF=50 AM=50 BF=100 BM=100");
    /* Its total cannot be told from these. */
    assert_used(A_BY_AGE B_BY_OTHER_AGES "B,0-64,,150,\n", "everybody, finer: A=100");
    /* Ends in common, and words that are no ages, share nobody. */
    assert_used("A,0-18,,10,\nA,18-65,,20,\nA,65+,,3,\nB,0-18,,1,\nB,18-65,,2,\nB,65+,,3,\n",
                "age: A0-18=10 A18-65=20 A65+=3 B0-18=1 B18-65=2 B65+=3");
    assert_used("A,old,,10,\nA,young,,20,\nB,0-64,,1,\nB,,,5,\n", "age: Aold=10 Ayoung=20 B0-64=1");
    assert_used("A,5,,1,\nA,4,,1,\nB,5-9,,1,\nB,4,,1,\n", "age: A4=1 A5=1 B4=1 B5-9=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands_that_all_give_are_used_as_they_are),
        cmocka_unit_test(of_several_bandings_the_finest_in_common_is_used_alone),
        cmocka_unit_test(finer_bands_are_added_up_to_those_in_common),
        cmocka_unit_test(bands_that_share_patients_are_not_used),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
