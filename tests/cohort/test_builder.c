#include "referlens/cohort/builder.h"

#include "../support/small_cohort.h"
#include "referlens/cohort/tables.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct referral_row plain_row(void)
{
    return (struct referral_row){.practice = TEXT("A81001"), .specialty = TEXT("330"), .received = DAY_UNKNOWN};
}

static bool is_text(const struct dictionary *dictionary, uint32_t code, const char *text)
{
    return text_equal(dictionary_text(dictionary, code), text_of(text));
}

static void batches_are_joined_in_order_with_codes_in_the_order_of_texts(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {
        {"R1", "2024-01-01", "P1", NULL, "502", "C", false},
        {"R2", "2024-01-02", NULL, NULL, "100", "A", true},
        {"R3", "2024-01-03", "P1", "R1", "330", "B", false},
        {"R4", "2024-01-04", "P2", "R9", "100", "C", false},
    };
    static const char *const practices[] = {"C", "A", "B", "C"}, *const specialties[] = {"502", "100", "330", "100"};
    for (size_t batch_size = 1; batch_size <= 4; batch_size++) {
        struct small_cohort *small = small_cohort_new(referrals, 4, batch_size, 2);
        const struct cohort *cohort = small->cohort;
        const struct columns *columns = &cohort->columns;
        assert_int_equal(cohort_count(cohort), 4);
        assert_int_equal(cohort_practices(cohort)->count, 3);
        assert_true(is_text(cohort_practices(cohort), 0, "A"));
        assert_true(is_text(cohort_practices(cohort), 2, "C"));
        for (size_t i = 0; i < 4; i++) {
            assert_true(is_text(cohort_practices(cohort), columns->practice[i], practices[i]));
            assert_true(is_text(cohort_specialties(cohort), columns->specialty[i], specialties[i]));
            assert_int_equal(columns->referred[i], small_day(referrals[i].date));
            assert_true(text_equal(text_reference_text(cohort, columns->id[i]), text_of(referrals[i].id)));
            assert_true(columns->id_hash[i] == text_hash(text_of(referrals[i].id)));
        }
        assert_true(columns->patient[0] == columns->patient[2] && columns->patient[0] != columns->patient[3]);
        assert_true(columns->patient[1] == 0);
        assert_int_equal(columns->flags[0], FLAG_PATIENT_KNOWN);
        assert_int_equal(columns->flags[1], FLAG_ADVICE);
        assert_int_equal(small->previous_count, 2);
        assert_int_equal(small->previous[0].row, 2);
        assert_int_equal(small->previous[1].row, 3);
        small_cohort_free(small);
    }
}

static void dropped_rows_leave_the_others_in_order(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {{"R1", "2024-01-01", "P1", "X"},
                                                      {"R2", "2024-01-02", "P2", "Y"},
                                                      {"R3", "2024-01-03", "P3"},
                                                      {"R4", "2024-01-04", "P4", "Z"}};
    struct small_cohort *small = small_cohort_new(referrals, 4, 4, 1);
    static const uint8_t dropped[] = {0, 1, 1, 0};
    cohort_drop_rows(small->cohort, dropped, small->previous, &small->previous_count);
    assert_int_equal(cohort_count(small->cohort), 2);
    assert_true(text_equal(text_reference_text(small->cohort, small->cohort->columns.id[1]), TEXT("R4")));
    assert_int_equal(small->cohort->columns.referred[1], small_day("2024-01-04"));
    assert_true(small->cohort->columns.id_hash[1] == text_hash(TEXT("R4")));
    assert_int_equal(small->previous_count, 2);
    assert_int_equal(small->previous[0].row, 0);
    assert_int_equal(small->previous[1].row, 1);
    small_cohort_free(small);
}

static void rows_stay_where_they_are_when_more_room_is_made(void **state)
{
    (void)state;
    enum { ROWS = 9000 }; /* more than a page of every column */
    struct cohort *cohort = cohort_new();
    struct referral_batch batches[2];
    cohort_reserve_referrals(cohort, ROWS);
    referral_batch_open(&batches[0], cohort, 0, ROWS);
    for (size_t turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < ROWS; i++) {
            struct referral_row row = plain_row();
            row.id = row.id_hash = turn * ROWS + i;
            row.referred = (day)(turn * ROWS + i);
            assert_true(referral_batch_add(&batches[turn], &row, NULL, NULL));
        }
        struct error error = {""};
        const struct referral_row row = plain_row();
        assert_false(referral_batch_add(&batches[turn], &row, NULL, &error)); /* full */
        if (turn == 0) {
            cohort_reserve_referrals(cohort, 3 * ROWS);
            referral_batch_open(&batches[1], cohort, 2 * ROWS, ROWS);
        }
    }
    struct previous_reference *previous;
    size_t previous_count;
    assert_true(cohort_take_referrals(cohort, batches, 2, 2, &previous, &previous_count, NULL));
    assert_int_equal(cohort_count(cohort), 2 * ROWS);
    for (size_t i = 0; i < 2 * ROWS; i++) {
        assert_int_equal(cohort->columns.referred[i], i);
        assert_true(cohort->columns.id[i] == i && cohort->columns.id_hash[i] == i);
    }
    cohort_forget_hashes(cohort);
    assert_null(cohort->columns.id_hash);
    memory_free(previous);
    cohort_free(cohort);
}

static void optional_texts_are_codes_or_unknown(void **state)
{
    (void)state;
    struct cohort *cohort = cohort_new();
    struct referral_batch batch;
    cohort_reserve_referrals(cohort, 2);
    referral_batch_open(&batch, cohort, 0, 2);
    struct referral_row row = plain_row();
    row.age_band = TEXT("65+");
    row.sex = TEXT("F");
    row.imd_decile = 10;
    row.priority = PRIORITY_USC;
    row.scheme = SCHEME_RMC;
    assert_true(referral_batch_add(&batch, &row, NULL, NULL));
    row = plain_row();
    row.age_band = TEXT("0-4");
    assert_true(referral_batch_add(&batch, &row, NULL, NULL));
    struct previous_reference *previous;
    size_t previous_count;
    assert_true(cohort_take_referrals(cohort, &batch, 1, 1, &previous, &previous_count, NULL));
    assert_int_equal(batch.count, 0);                 /* released */
    assert_int_equal(cohort->columns.age_band[0], 2); /* code + 1; "0-4" sorts first */
    assert_int_equal(cohort->columns.age_band[1], 1);
    assert_int_equal(cohort->columns.sex[0], 1);
    assert_int_equal(cohort->columns.sex[1], 0);
    assert_int_equal(cohort->columns.imd_decile[0], 10);
    assert_int_equal(cohort->columns.priority[0], PRIORITY_USC);
    assert_int_equal(cohort->columns.scheme[0], SCHEME_RMC);
    memory_free(previous);
    cohort_free(cohort);
}

static void a_column_of_too_many_values_is_a_wrong_column(void **state)
{
    (void)state;
    struct cohort *cohort = cohort_new();
    struct referral_batch batch;
    struct error error = {""};
    char text[16];
    cohort_reserve_referrals(cohort, 70000);
    referral_batch_open(&batch, cohort, 0, 1000);
    size_t taken = 0;
    for (; taken < 1000; taken++) {
        struct referral_row row = plain_row();
        snprintf(text, sizeof text, "band %zu", taken);
        row.age_band = text_of(text);
        if (!referral_batch_add(&batch, &row, NULL, &error))
            break;
    }
    assert_int_equal(taken, 250);
    assert_string_equal(error.message, "more than 250 different values of age_band: is it the right column?");
    assert_int_equal(batch.count, 250);
    referral_batch_release(&batch);
    referral_batch_open(&batch, cohort, 0, 70000);
    for (taken = 0; taken < 70000; taken++) {
        struct referral_row row = plain_row();
        snprintf(text, sizeof text, "%zu", taken);
        row.specialty = text_of(text);
        if (!referral_batch_add(&batch, &row, NULL, &error))
            break;
    }
    assert_int_equal(taken, 65000);
    assert_string_equal(error.message, "more than 65000 different values of specialty_code: is it the right column?");
    referral_batch_release(&batch);
    cohort_free(cohort);
}

static void sources_are_numbered_up_to_the_maximum(void **state)
{
    (void)state;
    struct cohort *cohort = cohort_new();
    struct error error = {""};
    uint32_t source = 7;
    for (uint32_t i = 0; i < SOURCE_MAX; i++) {
        assert_true(cohort_add_source(cohort, TEXT("bytes"), &source, &error));
        assert_int_equal(source, i);
    }
    assert_false(cohort_add_source(cohort, TEXT("bytes"), &source, &error));
    assert_string_equal(error.message, "more than 4096 input files; join some of them");
    assert_int_equal(source, SOURCE_MAX - 1);
    cohort_free(cohort);
}

static void a_reference_keeps_the_largest_source_offset_and_length(void **state)
{
    (void)state;
    const text_reference reference = text_reference_make(SOURCE_MAX - 1, REFERENCE_OFFSET_MAX, REFERENCE_LENGTH_MAX);
    assert_true(reference == UINT64_MAX);
    struct cohort *cohort = cohort_new();
    uint32_t source;
    assert_true(cohort_add_source(cohort, TEXT("one"), &source, NULL));
    assert_true(cohort_add_source(cohort, TEXT("and two"), &source, NULL));
    assert_true(text_equal(text_reference_text(cohort, text_reference_make(source, 4, 3)), TEXT("two")));
    cohort_free(cohort);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    struct referral_batch batch = {0};
    referral_batch_release(&batch);
    cohort_free(NULL);
    cohort_free(cohort_new());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_are_joined_in_order_with_codes_in_the_order_of_texts),
        cmocka_unit_test(dropped_rows_leave_the_others_in_order),
        cmocka_unit_test(rows_stay_where_they_are_when_more_room_is_made),
        cmocka_unit_test(optional_texts_are_codes_or_unknown),
        cmocka_unit_test(a_column_of_too_many_values_is_a_wrong_column),
        cmocka_unit_test(sources_are_numbered_up_to_the_maximum),
        cmocka_unit_test(a_reference_keeps_the_largest_source_offset_and_length),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
