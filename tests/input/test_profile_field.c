#include "referlens/input/profile_field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../support/profile_text.h"

static void a_column_alone_in_an_object_is_the_column(void **state)
{
    (void)state;
    struct profile *const profile = parsed(WITH_FIELD("'sex': {'column': 'Sex'}, 'provider_code': 'Sex'"));
    const struct profile_field *const fields = profile->rules[0].fields;
    assert_int_equal(fields[REFERRALS_SEX].form, FIELD_COLUMN);
    assert_memory_equal(&fields[REFERRALS_SEX], &fields[REFERRALS_PROVIDER], sizeof *fields);
    profile_free(profile);
}

static void a_field_has_its_form(void **state)
{
    (void)state;
    struct profile *const profile = parsed(
        WITH_FIELD("'request_type': {'constant': 'advice'}, 'age_band': {'column': 'Age', 'bands': [0, 18, 80]}, "
                   "'patient_key': {'columns': ['NHS', 'Born'], 'join': '/'}, "
                   "'sex': {'column': 'Sex', 'missing': ['U']}, 'imd_decile': {'constant': '4'}"));
    const struct profile_field *const fields = profile->rules[0].fields;
    assert_int_equal(fields[REFERRALS_REQUEST_TYPE].form, FIELD_CONSTANT);
    assert_text(fields[REFERRALS_REQUEST_TYPE].constant, "advice");
    assert_int_equal(fields[REFERRALS_AGE_BAND].form, FIELD_BANDS);
    assert_int_equal(fields[REFERRALS_AGE_BAND].band_count, 3);
    assert_true(fields[REFERRALS_AGE_BAND].bands[0] == 0 && fields[REFERRALS_AGE_BAND].bands[2] == 80);
    assert_int_equal(fields[REFERRALS_AGE_BAND].otherwise, OTHERWISE_REJECT);
    assert_int_equal(fields[REFERRALS_PATIENT].form, FIELD_JOIN);
    assert_int_equal(fields[REFERRALS_PATIENT].column_count, 2);
    assert_column(profile, fields[REFERRALS_PATIENT].columns[1], "Born");
    assert_text(fields[REFERRALS_PATIENT].constant, "/");
    assert_int_equal(fields[REFERRALS_SEX].missing.count, 1);
    assert_text(fields[REFERRALS_SEX].missing.texts[0], "U");
    profile_free(profile);
}

static void a_map_is_sorted_for_searching(void **state)
{
    (void)state;
    struct profile *const profile = parsed(PROFILE(
        "", RULE("", FIELDS ", 'priority': {'column': 'U', 'map': {'b': 'urgent', 'a': 'routine', '': 'usc'}, "
                            "'otherwise': 'missing'}") ", " EVENT("'event_type': {'columns': ['Code', 'Why'], "
                                                                  "'otherwise': 'leave_out', 'map': {'9': 'dna', "
                                                                  "'1770': {'B': 'accepted', 'A': 'converted'}}}")));
    const struct profile_field *const priority = &profile->rules[0].fields[REFERRALS_PRIORITY];
    assert_int_equal(priority->form, FIELD_MAP);
    assert_int_equal(priority->otherwise, OTHERWISE_MISSING);
    assert_int_equal(priority->map_count, 3);
    assert_text(priority->map[0].first, "");
    assert_text(priority->map[0].value, "usc");
    assert_text(priority->map[2].first, "b");
    assert_null(priority->map[1].second.bytes);
    const struct profile_field *const type = &profile->rules[1].fields[OUTCOMES_TYPE];
    assert_int_equal(type->column_count, 2);
    assert_int_equal(type->otherwise, OTHERWISE_LEAVE_OUT);
    assert_int_equal(type->map_count, 3);
    assert_text(type->map[0].first, "1770");
    assert_text(type->map[0].second, "A");
    assert_text(type->map[0].value, "converted");
    assert_text(type->map[1].second, "B");
    assert_text(type->map[2].first, "9");
    assert_null(type->map[2].second.bytes);
    profile_free(profile);
}

static void a_field_has_only_the_forms_of_what_it_holds(void **state)
{
    (void)state;
    static const char date[] = "my.json: $.makes[0].fields.received_date: expected a column and its date format: "
                               "{\"column\": ..., \"date\": \"DD/MM/YYYY\"}";
    static const struct refusal refusals[] = {
        {WITH_FIELD("'received_date': 'Got'"), date},
        {WITH_FIELD("'received_date': {'constant': '2025-01-01'}"), date},
        {WITH_FIELD("'received_date': {'column': 'Got', 'date': 'dd/mm/yy'}"),
         "my.json: $.makes[0].fields.received_date.date: expected a date format, such as \"DD/MM/YYYY\", \"YYYYMMDD\" "
         "or "
         "\"DD-MMM-YYYY\""},
        {WITH_FIELD("'sex': {'column': 'S', 'date': 'DD/MM/YYYY'}"),
         "my.json: $.makes[0].fields.sex: expected a column, a constant, a map, bands or a join: it holds texts"},
        {WITH_FIELD("'patient_key': {'constant': 'P1'}"), "my.json: $.makes[0].fields.patient_key: expected a column, "
                                                          "or columns and a text to join them by: it holds keys"},
        {WITH_FIELD("'priority': {'columns': ['A', 'B'], 'join': ' '}"),
         "my.json: $.makes[0].fields.priority: expected a column, a constant or a map: it holds words"},
        {WITH_FIELD("'imd_decile': {'column': 'A', 'bands': [0]}"),
         "my.json: $.makes[0].fields.imd_decile: expected a column, a constant or a map: it holds numbers"},
        {WITH_FIELD("'sex': 1"), "my.json: $.makes[0].fields.sex: expected the name of a column, or an object"},
        {WITH_FIELD("'sex': {}"), "my.json: $.makes[0].fields.sex: expected \"column\", \"columns\" or \"constant\""},
        {WITH_FIELD("'sex': {'column': 'A', 'columns': ['A', 'B']}"),
         "my.json: $.makes[0].fields.sex: expected \"column\", \"columns\" or \"constant\""},
        {WITH_FIELD("'sex': {'column': 'A', 'map': {'1': 'M'}, 'bands': [0]}"),
         "my.json: $.makes[0].fields.sex: expected one of \"date\", \"map\", \"bands\" and \"join\" at most"},
        {WITH_FIELD("'sex': {'columns': ['A', 'B']}"),
         "my.json: $.makes[0].fields.sex: expected \"map\" or \"join\" beside several columns"},
        {WITH_FIELD("'sex': {'column': 'A', 'join': '/'}"),
         "my.json: $.makes[0].fields.sex.join: expected only beside \"columns\""},
        {WITH_FIELD("'sex': {'columns': ['A', 'B'], 'join': ''}"),
         "my.json: $.makes[0].fields.sex.join: expected a text to stand between the columns"},
        {WITH_FIELD("'sex': {'columns': ['A', 'B'], 'join': 3}"),
         "my.json: $.makes[0].fields.sex.join: expected a text"},
        {WITH_FIELD("'sex': {'columns': ['A'], 'join': '/'}"),
         "my.json: $.makes[0].fields.sex.columns: expected an array of at least 2"},
        {WITH_FIELD("'sex': {'columns': ['A', 'B', 'C', 'D', 'E'], 'join': '/'}"),
         "my.json: $.makes[0].fields.sex.columns: expected at most 4 columns"},
        {WITH_FIELD("'sex': {'column': 'A', 'otherwise': 'keep'}"),
         "my.json: $.makes[0].fields.sex.otherwise: expected only beside \"map\" or \"bands\""},
        {WITH_FIELD("'sex': {'column': 'A', 'map': {'1': 'M'}, 'otherwise': 'drop'}"),
         "my.json: $.makes[0].fields.sex.otherwise: expected one of reject, missing, keep, leave_out"},
    };
    ASSERT_REFUSED(refusals);
}

static void maps_have_the_depth_of_their_columns(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {WITH_FIELD("'sex': {'column': 'A', 'map': ['M']}"),
         "my.json: $.makes[0].fields.sex.map: expected an object of values and what they mean"},
        {WITH_FIELD("'sex': {'column': 'A', 'map': {}}"),
         "my.json: $.makes[0].fields.sex.map: expected at least one value and what it means"},
        {WITH_FIELD("'sex': {'column': 'A', 'map': {'1': {'2': 'M'}}}"),
         "my.json: $.makes[0].fields.sex.map.1: expected a text"},
        {WITH_FIELD("'sex': {'columns': ['A', 'B'], 'map': {'1': ['M']}}"),
         "my.json: $.makes[0].fields.sex.map.1: expected a text, or an object by the second column's value"},
        {WITH_FIELD("'sex': {'columns': ['A', 'B'], 'map': {'1': {}}}"),
         "my.json: $.makes[0].fields.sex.map.1: expected a value for each of the second column's"},
        {WITH_FIELD("'sex': {'columns': ['A', 'B'], 'map': {'1': {'2': {'3': 'M'}}}}"),
         "my.json: $.makes[0].fields.sex.map.1.2: expected a text"},
        {WITH_FIELD("'sex': {'columns': ['A', 'B', 'C'], 'map': {'1': 'M'}}"),
         "my.json: $.makes[0].fields.sex.map: expected no map of more than two columns"},
        {WITH_FIELD("'sex': {'column': 'A', 'map': {'1': ''}}"),
         "my.json: $.makes[0].fields.sex.map.1: expected a value; what is not known is \"missing\""},
    };
    ASSERT_REFUSED(refusals);
}

static void words_are_those_of_their_column(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {WITH_FIELD("'priority': {'column': 'A', 'map': {'2WW': 'two week wait'}}"),
         "my.json: $.makes[0].fields.priority.map.2WW: 'two week wait' is no priority; expected one of routine, "
         "urgent, "
         "usc"},
        {WITH_FIELD("'request_type': {'constant': 'Advice'}"),
         "my.json: $.makes[0].fields.request_type.constant: 'Advice' is no request_type; expected one of referral, "
         "advice"},
        {WITH_FIELD("'scheme': {'constant': 'triage'}"),
         "my.json: $.makes[0].fields.scheme.constant: 'triage' is no scheme; expected one of none, rmc, "
         "specialist_advice, local_expertise, peer_review"},
        {PROFILE("", EVENT("'event_type': {'columns': ['A', 'B'], 'map': {'1': {'x': 'refused'}}}")),
         "my.json: $.makes[0].fields.event_type.map.1.x: 'refused' is no event_type; expected one of rejected, "
         "returned_with_advice, redirected, accepted, advice_response, converted, asi, booked, first_attended, dna, "
         "cancelled_patient, cancelled_provider, followup_attended, decision_to_treat, treated, discharged, "
         "diagnosis_cancer, cancelled_referral, died"},
        {PROFILE("", EVENT("'event_type': 'E', 'referrer_contacted': {'column': 'C', 'map': {'1': 'Y'}}")),
         "my.json: $.makes[0].fields.referrer_contacted.map.1: 'Y' is no referrer_contacted; expected one of no, yes"},
        {WITH_FIELD("'imd_decile': {'column': 'A', 'map': {'1': 'one'}}"),
         "my.json: $.makes[0].fields.imd_decile.map.1: expected the text of a number"},
    };
    ASSERT_REFUSED(refusals);
}

static void bands_ascend_in_whole_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {"18, 18", "18, 17", "18, 18.5", "18, 'x'", "18, 1e999", "18, 1000001", "18, -1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char json[1000];
        snprintf(json, sizeof json, WITH_FIELD("'age_band': {'column': 'A', 'bands': [%s]}"), bad[i]);
        const struct refusal refusal = {json, "my.json: $.makes[0].fields.age_band.bands[1]: expected a whole number "
                                              "above the one before it, from 0 to 1000000"};
        assert_refused(&refusal, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_alone_in_an_object_is_the_column),
        cmocka_unit_test(a_field_has_its_form),
        cmocka_unit_test(a_map_is_sorted_for_searching),
        cmocka_unit_test(a_field_has_only_the_forms_of_what_it_holds),
        cmocka_unit_test(maps_have_the_depth_of_their_columns),
        cmocka_unit_test(words_are_those_of_their_column),
        cmocka_unit_test(bands_ascend_in_whole_numbers),
    };
    return cmocka_run_group_tests_name("input/profile_field", tests, NULL, NULL);
}
