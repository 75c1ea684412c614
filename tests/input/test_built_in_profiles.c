/* The profiles in reports/profiles, the schema in reports/schemas, and the reader: what one takes the others take. */
#include "referlens/input/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/json_schema.h"
#include "../support/profile_text.h"

static struct json_schemas schemas;

static bool schema_holds(const char *json)
{
    cJSON *const document = cJSON_Parse(json);
    assert_non_null(document);
    const bool holds = json_schema_holds(&schemas, "profile", document);
    cJSON_Delete(document);
    return holds;
}

static const struct profile *find(const struct profile_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->profiles[i]->name, name) == 0)
            return list->profiles[i];
    fail_msg("no profile '%s'", name);
    return NULL;
}

static void every_built_in_profile_loads_and_is_as_the_schema_says(void **state)
{
    (void)state;
    struct profile_list list;
    struct error error = {""};
    if (!profile_list_read("reports/profiles", &list, &error))
        fail_msg("%s", error.message);
    static const char *const names[] = {"emis-referral", "ers-ebsx02",   "hes-op",
                                        "sus-op",        "tpp-referral", "wide-outcomes"};
    assert_int_equal(list.count, sizeof names / sizeof *names);
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.profiles[i]->name, names[i]);
        char *const json = scratch_read(list.profiles[i]->path, NULL);
        if (!schema_holds(json))
            fail_msg("%s: %s", names[i], schemas.problem);
        free(json);
    }
    profile_list_release(&list);
}

/* The header of the official sample of HES outpatients, 2003/04: the columns that the profile needs are among these. */
static void hes_columns_are_those_of_the_official_sample(void **state)
{
    (void)state;
    static const char *const sample[] = {"PSEUDO_HESID", "ATTENDKEY", "APPTAGE_CALC", "APPTDATE", "ATTENDED",
                                         "FIRSTATT",     "GPPRAC",    "OUTCOME",      "PRIORITY", "PROCODE3",
                                         "REFSOURC",     "REQDATE",   "SEX",          "TRETSPEF"};
    struct profile_list list;
    assert_true(profile_list_read("reports/profiles", &list, NULL));
    const struct profile *const profile = find(&list, "hes-op");
    assert_int_equal(profile->column_count, sizeof sample / sizeof *sample);
    for (size_t i = 0; i < profile->column_count; i++) {
        size_t k = 0;
        while (k < sizeof sample / sizeof *sample && !text_equal(text_of(sample[k]), profile->columns[i].name))
            k++;
        assert_true(k < sizeof sample / sizeof *sample);
    }
    profile_list_release(&list);
}

static struct text looked_up(const struct profile_field *field, const char *first, const char *second)
{
    for (size_t i = 0; i < field->map_count; i++) {
        const struct profile_map_entry *const entry = &field->map[i];
        if (text_equal(entry->first, text_of(first)) &&
            (entry->second.bytes == NULL || text_equal(entry->second, text_of(second))))
            return entry->value;
    }
    return TEXT("");
}

/* Code lists of the NHS Data Dictionary: attended or did not attend 2 to 7, first attendance 1 to 4. */
static void attendances_of_hes_and_sus_mean_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *attended, *first, *event;
    } meanings[] = {{"5", "1", "first_attended"},
                    {"6", "3", "first_attended"},
                    {"5", "2", "followup_attended"},
                    {"6", "4", "followup_attended"},
                    {"5", "9", "first_attended"},
                    {"6", "", "first_attended"},
                    {"2", "1", "cancelled_patient"},
                    {"4", "2", "cancelled_provider"},
                    {"3", "1", "dna"},
                    {"7", "2", "dna"},
                    {"0", "1", ""},
                    {"5", "5", ""}};
    static const char *const rules[][2] = {
        {"hes-op", "attendance"}, {"sus-op", "attendance-by-ubrn"}, {"sus-op", "attendance-by-pathway"}};
    struct profile_list list;
    assert_true(profile_list_read("reports/profiles", &list, NULL));
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct profile *const profile = find(&list, rules[i][0]);
        size_t rule = 0;
        while (strcmp(profile->rules[rule].name, rules[i][1]) != 0)
            rule++;
        const struct profile_field *const type = &profile->rules[rule].fields[OUTCOMES_TYPE];
        assert_int_equal(type->otherwise, OTHERWISE_LEAVE_OUT);
        for (size_t k = 0; k < sizeof meanings / sizeof *meanings; k++)
            assert_text(looked_up(type, meanings[k].attended, meanings[k].first), meanings[k].event);
    }
    profile_list_release(&list);
}

/* The schema and the reader, each of its own, say of these whether they are profiles. */
static void the_schema_takes_what_the_reader_takes(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool sound;
    } profiles[] = {
        {PROFILE("", RULE("", FIELDS)), true},
        {PROFILE("", RULE("'when': [{'column': 'A', 'is': ['1']}], 'first_by': 'N', ", FIELDS)), true},
        {PROFILE("'delimiter': 'tab', 'encoding': 'utf-16le', 'optional': ['Ref'], 'missing': ['-'], 'rest': 'x', ",
                 RULE("", FIELDS)),
         true},
        {WITH_FIELD("'priority': {'column': 'A', 'map': {'1': 'usc'}, 'otherwise': 'missing'}"), true},
        {WITH_FIELD("'priority': {'columns': ['A', 'B'], 'map': {'1': 'usc', '2': {'x': 'urgent'}}}"), true},
        {WITH_FIELD("'age_band': {'column': 'A', 'bands': [0, 18], 'missing': ['x']}, 'imd_decile': {'constant': '4'}"),
         true},
        {WITH_FIELD("'patient_key': {'columns': ['A', 'B'], 'join': '/'}, 'sex': {'column': 'S'}"), true},
        {PROFILE("", EVENT("'event_type': 'E'")), true},
        {PROFILE("", ""), false},
        {PROFILE("'Encoding': 'utf-8', ", RULE("", FIELDS)), false},
        {PROFILE("'delimiter': ':', ", RULE("", FIELDS)), false},
        {PROFILE("'leave_out': [{'column': 'A', 'is': ['1']}], ", RULE("", FIELDS)), false},
        {PROFILE("", RULE("'when': [{'column': 'A', 'is': []}], ", FIELDS)), false},
        {PROFILE("", RULE("", "'referral_id': 'A', 'practice_code': 'B', 'specialty_code': 'C'")), false},
        {PROFILE("", EVENT("'event_type': {'constant': 'refused'}")), false},
        {WITH_FIELD("'received_date': 'Got'"), false},
        {WITH_FIELD("'received_date': {'column': 'Got', 'date': 'dd/mm/yy'}"), false},
        {WITH_FIELD("'patient_key': {'constant': 'P1'}"), false},
        {WITH_FIELD("'priority': {'column': 'A', 'map': {'1': {'2': 'usc'}}}"), false},
        {WITH_FIELD("'priority': {'column': 'A', 'map': {'1': '2WW'}}"), false},
        {WITH_FIELD("'age_band': {'column': 'A', 'bands': []}"), false},
        {WITH_FIELD("'sex': {'columns': ['A'], 'join': '/'}"), false},
        {WITH_FIELD("'sex': ' S'"), false},
    };
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        struct profile *profile = NULL;
        if (profile_text_parse(profiles[i].json, &profile, NULL) != profiles[i].sound)
            fail_msg("the reader: %s", profiles[i].json);
        profile_free(profile);
        char *const json = memory_copy_text(profiles[i].json, strlen(profiles[i].json));
        for (char *c = json; *c != '\0'; c++)
            *c = *c == '\'' ? '"' : *c;
        if (schema_holds(json) != profiles[i].sound)
            fail_msg("the schema: %s", profiles[i].json);
        memory_free(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_built_in_profile_loads_and_is_as_the_schema_says),
        cmocka_unit_test(hes_columns_are_those_of_the_official_sample),
        cmocka_unit_test(attendances_of_hes_and_sus_mean_the_same),
        cmocka_unit_test(the_schema_takes_what_the_reader_takes),
    };
    schemas = json_schemas_load();
    const int failed = cmocka_run_group_tests_name("input/built_in_profiles", tests, NULL, NULL);
    json_schemas_release(&schemas);
    return failed;
}
