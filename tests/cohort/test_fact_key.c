#include "referlens/cohort/fact_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_fact_is_new_unless_the_store_has_its_identity(void **state)
{
    (void)state;
    const struct fact_key keys[] = {{1, 10}, {2, 20}, {3, 30}};
    struct fact_comparison *comparison = fact_comparison_new(keys, NULL, 3, 2);
    assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){1, 10}, false), FACT_AGREED); /* said already */
    assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){2, 21}, false),
                     FACT_SUPERSEDED); /* said otherwise */
    assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){4, 40}, false),
                     FACT_UNMET); /* of something else */
    assert_int_equal(fact_comparison_state(comparison, 0), FACT_UNCHANGED);
    assert_int_equal(fact_comparison_state(comparison, 1), FACT_UPDATED);
    assert_int_equal(fact_comparison_state(comparison, 2), FACT_NEW);
    fact_comparison_free(comparison);
}

/* Two events of one referral, day, type and sequence: the one that stays is not superseded by the one that changed. */
static void what_is_said_again_supersedes_nothing(void **state)
{
    (void)state;
    const struct fact_key keys[] = {{7, 1}, {7, 3}};
    for (int order = 0; order < 2; order++) {
        struct fact_comparison *comparison = fact_comparison_new(keys, NULL, 2, 2);
        if (order == 0)
            assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){7, 1}, false), FACT_AGREED);
        assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){7, 2}, false), FACT_SUPERSEDED);
        if (order == 1)
            assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){7, 1}, false), FACT_AGREED);
        assert_int_equal(fact_comparison_state(comparison, 0), FACT_UNCHANGED);
        assert_int_equal(fact_comparison_state(comparison, 1), FACT_UPDATED);
        fact_comparison_free(comparison);
    }
}

static void a_fact_repeated_in_its_file_is_told_apart(void **state)
{
    (void)state;
    const struct fact_key keys[] = {{7, 1}, {8, 1}, {7, 1}, {7, 2}, {7, 2}};
    struct fact_comparison *comparison = fact_comparison_new(keys, NULL, 5, 2);
    fact_comparison_meet(comparison, (struct fact_key){7, 9}, false);
    static const enum fact_state expected[] = {FACT_UPDATED, FACT_NEW, FACT_REPEATED, FACT_UPDATED, FACT_REPEATED};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(fact_comparison_state(comparison, i), expected[i]);
    fact_comparison_free(comparison);
}

/* One of few identities: in one part, spread over all of them, or all at one place of the last part. */
static uint64_t some_identity(int round)
{
    const uint64_t number = (uint64_t)(rand() % 30);
    static const uint64_t last_part = UINT64_C(63) << 58;
    return round % 3 == 0 ? number : round % 3 == 1 ? number * UINT64_C(0x9E3779B97F4A7C15) : last_part | number << 32;
}

/* Against a comparison of each fact with each other one, on few identities, so that all cases come up. */
static void many_facts_come_out_as_comparing_each_with_each_gives(void **state)
{
    (void)state;
    enum { ROUNDS = 300, FACTS = 40, STORED = 40 };
    srand(1);
    for (int round = 0; round < ROUNDS; round++) {
        struct fact_key keys[FACTS], stored[STORED];
        for (int i = 0; i < FACTS; i++)
            keys[i] = (struct fact_key){some_identity(round), (uint64_t)(rand() % 3)};
        struct fact_comparison *comparison = fact_comparison_new(keys, NULL, FACTS, (size_t)(1 + round % 4));
        for (int i = 0; i < STORED; i++) {
            stored[i] = (struct fact_key){some_identity(round), (uint64_t)(rand() % 3)};
            bool same = false, equal = false;
            for (int k = 0; k < FACTS; k++) {
                same = same || keys[k].identity == stored[i].identity;
                equal = equal || (keys[k].identity == stored[i].identity && keys[k].content == stored[i].content);
            }
            assert_int_equal(fact_comparison_meet(comparison, stored[i], false), equal  ? FACT_AGREED
                                                                                 : same ? FACT_SUPERSEDED
                                                                                        : FACT_UNMET);
        }
        for (int i = 0; i < FACTS; i++) {
            bool repeated = false, equal = false, superseding = false;
            for (int k = 0; k < i; k++)
                repeated = repeated || (keys[k].identity == keys[i].identity && keys[k].content == keys[i].content);
            for (int k = 0; k < STORED; k++) {
                bool said = false;
                for (int m = 0; m < FACTS; m++)
                    said = said || (keys[m].identity == stored[k].identity && keys[m].content == stored[k].content);
                equal = equal || (stored[k].identity == keys[i].identity && stored[k].content == keys[i].content);
                superseding = superseding || (stored[k].identity == keys[i].identity && !said);
            }
            assert_int_equal(fact_comparison_state(comparison, (size_t)i), repeated && equal ? FACT_REPEATED_KNOWN
                                                                           : repeated        ? FACT_REPEATED
                                                                           : equal           ? FACT_UNCHANGED
                                                                           : superseding     ? FACT_UPDATED
                                                                                             : FACT_NEW);
        }
        fact_comparison_free(comparison);
    }
}

static void no_facts_are_fine(void **state)
{
    (void)state;
    struct fact_comparison *comparison = fact_comparison_new(NULL, NULL, 0, 2);
    assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){0, 0}, false), FACT_UNMET);
    fact_comparison_free(comparison);
    fact_comparison_free(NULL);
}

/* Whatever else of the same the store has, and in whichever order it is met. */
static void what_a_later_export_says_overrules(void **state)
{
    (void)state;
    const struct fact_key keys[] = {{7, 1}, {7, 1}, {8, 1}, {9, 1}};
    for (int order = 0; order < 2; order++) {
        struct fact_comparison *comparison = fact_comparison_new(keys, NULL, 4, 1);
        for (int i = 0; i < 2; i++) {
            if (i == order)
                assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){7, 2}, true), FACT_STANDS);
            else
                assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){7, 3}, false), FACT_SUPERSEDED);
        }
        assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){8, 1}, true), FACT_AGREED);
        fact_comparison_meet_gone(comparison, 8); /* it is there again */
        fact_comparison_meet_gone(comparison, 6); /* something else */
        static const enum fact_state expected[] = {FACT_OVERRULED, FACT_REPEATED_KNOWN, FACT_UNCHANGED, FACT_NEW};
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(fact_comparison_state(comparison, i), expected[i]);
        fact_comparison_meet_gone(comparison, 9);
        assert_int_equal(fact_comparison_state(comparison, 3), FACT_OVERRULED);
        assert_true(fact_comparison_is_overruled(comparison, 7));
        assert_false(fact_comparison_is_overruled(comparison, 8));
        assert_false(fact_comparison_is_overruled(comparison, 10));
        fact_comparison_free(comparison);
    }
}

/* What else an earlier export says of it, the later one does not say. */
static void what_a_later_export_says_too_overrules_the_rest(void **state)
{
    (void)state;
    const struct fact_key keys[] = {{7, 1}, {7, 2}, {7, 3}};
    struct fact_comparison *comparison = fact_comparison_new(keys, NULL, 3, 1);
    assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){7, 1}, true), FACT_AGREED);
    assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){7, 2}, true), FACT_AGREED);
    static const enum fact_state expected[] = {FACT_UNCHANGED, FACT_UNCHANGED, FACT_OVERRULED};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(fact_comparison_state(comparison, i), expected[i]);
    fact_comparison_free(comparison);
}

/* Two of the same, of which one is said in as few words as the later export has; one that knows more; one of another.
 */
static void a_later_bare_fact_overrules_nothing(void **state)
{
    (void)state;
    const struct fact_key keys[] = {{7, 1}, {7, 2}, {8, 2}, {9, 1}};
    struct fact_comparison *comparison = fact_comparison_new(keys, NULL, 4, 1);
    assert_int_equal(fact_comparison_meet_bare(comparison, (struct fact_key){7, 1}), FACT_AGREED);
    assert_int_equal(fact_comparison_meet_bare(comparison, (struct fact_key){8, 1}), FACT_BESIDE);
    assert_int_equal(fact_comparison_meet_bare(comparison, (struct fact_key){6, 1}), FACT_UNMET);
    static const enum fact_state expected[] = {FACT_UNCHANGED, FACT_NEW, FACT_NEW, FACT_NEW};
    static const bool contested[] = {true, true, true, false};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(fact_comparison_state(comparison, i), expected[i]);
        assert_int_equal(fact_comparison_is_contested(comparison, i), contested[i]);
    }
    fact_comparison_free(comparison);
}

static void bare_facts_contradict_nothing(void **state)
{
    (void)state;
    const struct fact_key keys[] = {{7, 1}, {8, 1}, {8, 2}, {9, 1}};
    const bool bare[] = {true, true, false, true};
    struct fact_comparison *comparison = fact_comparison_new(keys, bare, 4, 1);
    assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){7, 3}, false), FACT_STANDS);
    assert_int_equal(fact_comparison_meet(comparison, (struct fact_key){8, 3}, false), FACT_SUPERSEDED);
    static const enum fact_state expected[] = {FACT_UNCHANGED, FACT_UPDATED, FACT_UPDATED, FACT_NEW};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(fact_comparison_state(comparison, i), expected[i]);
    fact_comparison_free(comparison);
}

static void those_of_one_identity_are_contested(void **state)
{
    (void)state;
    const struct fact_key keys[] = {{7, 1}, {8, 1}, {7, 2}, {9, 1}, {9, 1}, {10, 1}};
    struct fact_comparison *comparison = fact_comparison_new(keys, NULL, 6, 1);
    static const bool expected[] = {true, false, true, true, true, false};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(fact_comparison_is_contested(comparison, i), expected[i]);
    assert_true(fact_comparison_contest(comparison, 10));
    assert_false(fact_comparison_contest(comparison, 11));
    assert_true(fact_comparison_is_contested(comparison, 5));
    assert_true(fact_comparison_has_contested(comparison, 9));
    assert_false(fact_comparison_has_contested(comparison, 8));
    assert_int_equal(fact_comparison_state(comparison, 5), FACT_NEW);
    fact_comparison_free(comparison);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fact_is_new_unless_the_store_has_its_identity),
        cmocka_unit_test(what_is_said_again_supersedes_nothing),
        cmocka_unit_test(a_fact_repeated_in_its_file_is_told_apart),
        cmocka_unit_test(many_facts_come_out_as_comparing_each_with_each_gives),
        cmocka_unit_test(no_facts_are_fine),
        cmocka_unit_test(what_a_later_export_says_overrules),
        cmocka_unit_test(what_a_later_export_says_too_overrules_the_rest),
        cmocka_unit_test(a_later_bare_fact_overrules_nothing),
        cmocka_unit_test(bare_facts_contradict_nothing),
        cmocka_unit_test(those_of_one_identity_are_contested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
