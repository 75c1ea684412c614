#include "referlens/cohort/identity.h"

#include "../support/small_cohort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 700 };

/* `count` referrals R0, R1 …; every tenth has the id of the first. */
static void name_ids(char ids[MANY][24], struct small_referral *referrals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        snprintf(ids[i], sizeof ids[i], "R%zu", i % 10 == 9 ? 0 : i);
        referrals[i] = (struct small_referral){.id = ids[i], .date = "2024-01-01"};
    }
}

static void every_id_is_found_and_no_other(void **state)
{
    (void)state;
    static char ids[MANY][24];
    static struct small_referral referrals[MANY];
    name_ids(ids, referrals, MANY);
    struct small_cohort *small = small_cohort_new(referrals, MANY, MANY, 1);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(small_row(small, ids[i]), i % 10 == 9 ? 0 : i);
    assert_int_equal(small_row(small, "R9"), ROW_NONE);
    assert_int_equal(small_row(small, "R"), ROW_NONE);
    assert_int_equal(small_row(small, ""), ROW_NONE);
    assert_int_equal(small_row(small, "R00"), ROW_NONE);
    small_cohort_free(small);
}

static void repeats_are_listed_with_the_first_row_of_their_id(void **state)
{
    (void)state;
    static char ids[MANY][24];
    static struct small_referral referrals[MANY];
    name_ids(ids, referrals, MANY);
    struct small_cohort *small = small_cohort_new(referrals, MANY, MANY, 1);
    assert_int_equal(small->repeat_count, MANY / 10);
    for (size_t i = 0; i < small->repeat_count; i++) {
        assert_int_equal(small->repeats[i].first, 0);
        assert_int_equal(small->repeats[i].other, 10 * i + 9);
    }
    small_cohort_free(small);
}

static void a_near_id_is_found_only_near(void **state)
{
    (void)state;
    static char ids[MANY][24];
    static struct small_referral referrals[MANY];
    name_ids(ids, referrals, 60);
    struct small_cohort *small = small_cohort_new(referrals, 60, 60, 1);
    for (uint32_t row = 0; row < 60; row++) {
        for (uint32_t sought = 0; sought < 60; sought++) {
            const bool repeated = sought % 10 == 9;
            const bool is_near = sought >= row && sought - row <= IDENTITY_NEAR;
            if (!repeated && sought != 0)
                assert_int_equal(identity_find_near(&small->identity, row, text_of(ids[sought])),
                                 is_near ? sought : ROW_NONE);
        }
        assert_int_equal(identity_find_near(&small->identity, row, TEXT("R")), ROW_NONE);
        assert_int_equal(identity_find_near(&small->identity, row, (struct text){0}), ROW_NONE);
    }
    small_cohort_free(small);
}

static void workers_and_batches_make_no_difference(void **state)
{
    (void)state;
    static char ids[MANY][24];
    static struct small_referral referrals[MANY];
    name_ids(ids, referrals, MANY);
    struct small_cohort *one = small_cohort_new(referrals, MANY, MANY, 1);
    struct small_cohort *many = small_cohort_new(referrals, MANY, 17, 5);
    assert_int_equal(one->identity.slot_count, many->identity.slot_count);
    assert_memory_equal(one->identity.slots, many->identity.slots,
                        one->identity.slot_count * sizeof one->identity.slots[0]);
    assert_int_equal(one->repeat_count, many->repeat_count);
    assert_memory_equal(one->repeats, many->repeats, one->repeat_count * sizeof one->repeats[0]);
    small_cohort_free(one);
    small_cohort_free(many);
}

static void ids_of_one_hash_are_told_apart_by_their_bytes(void **state)
{
    (void)state;
    /* All hashes alike: everything lies in one partition, in one run of slots. */
    static char ids[MANY][24];
    static struct small_referral referrals[MANY];
    name_ids(ids, referrals, MANY);
    struct small_cohort *small = small_cohort_new(referrals, MANY, MANY, 1);
    identity_release(&small->identity);
    memory_free(small->repeats);
    for (size_t i = 0; i < MANY; i++)
        small->cohort->columns.id_hash[i] = UINT64_MAX;
    identity_build(&small->identity, small->cohort, 3, &small->repeats, &small->repeat_count);
    assert_int_equal(small->repeat_count, MANY / 10);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(identity_find(&small->identity, UINT64_MAX, text_of(ids[i])), i % 10 == 9 ? 0 : i);
    assert_int_equal(identity_find(&small->identity, UINT64_MAX, TEXT("R9")), ROW_NONE);
    small_cohort_free(small);
}

static void an_empty_index_finds_nothing(void **state)
{
    (void)state;
    struct small_cohort *small = small_cohort_new(NULL, 0, 1, 2);
    assert_int_equal(small_row(small, "R1"), ROW_NONE);
    assert_int_equal(small->repeat_count, 0);
    small_cohort_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_found_and_no_other),
        cmocka_unit_test(repeats_are_listed_with_the_first_row_of_their_id),
        cmocka_unit_test(a_near_id_is_found_only_near),
        cmocka_unit_test(workers_and_batches_make_no_difference),
        cmocka_unit_test(ids_of_one_hash_are_told_apart_by_their_bytes),
        cmocka_unit_test(an_empty_index_finds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
