/* The profiles in reports/profiles, the schema in reports/schemas, and the reader: what one takes the others take. */
#include "referlens/base/buffer.h"
#include "referlens/input/mapping.h"

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

/* The event that the rules whose name holds `ending` make of a row with these codes; "" for
 * none. The columns not asked about hold a day. */
static void assert_event(const struct profile *profile, const char *const codes[2], const char *const columns[2],
                         const char *ending, const char *event)
{
    struct buffer text = buffer_with_maximum(1 << 12);
    for (size_t line = 0; line < 2; line++) {
        for (size_t i = 0; i < profile->column_count; i++) {
            const struct text name = profile->columns[i].name;
            const char *value = text_equal(name, text_of(columns[0]))   ? codes[0]
                                : text_equal(name, text_of(columns[1])) ? codes[1]
                                                                        : "2024-01-01";
            buffer_add_string(&text, i > 0 ? "," : "");
            if (line == 0)
                buffer_add_text(&text, name);
            else
                buffer_add_string(&text, value);
        }
        buffer_add_string(&text, "\n");
    }
    struct record_reader reader;
    struct mapping mapping;
    struct mapped_row row = {0};
    record_reader_open(&reader, buffer_text(&text), ',', true);
    assert_true(record_reader_next(&reader));
    assert_true(mapping_bind(&mapping, profile, &reader, NULL, NULL));
    assert_true(record_reader_next(&reader));
    struct text made = TEXT("");
    for (size_t rule = 0; rule < profile->rule_count; rule++) {
        const char *name = profile->rules[rule].name;
        if (profile->rules[rule].kind != FILE_OUTCOMES || strstr(name, ending) == NULL ||
            mapping_make(&mapping, rule, &reader, &row) != MAPPED_ROW)
            continue;
        assert_int_equal(made.length, 0); /* one event at most */
        made = row.values[OUTCOMES_TYPE];
    }
    assert_text(made, event);
    mapped_row_release(&row);
    mapping_release(&mapping);
    record_reader_close(&reader);
    buffer_release(&text);
}

/* Code lists of the NHS Data Dictionary: attended or did not attend 0 and 2 to 7; first attendance 1 and 3, follow-up 2
 * and 4, administrative 5. Of other codes it is not known which it was. */
static void attendances_of_hes_and_sus_mean_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *codes[2], *event;
    } meanings[] = {{{"5", "1"}, "first_attended"},
                    {{"6", "3"}, "first_attended"},
                    {{"5", "2"}, "followup_attended"},
                    {{"6", "4"}, "followup_attended"},
                    {{"5", "9"}, "followup_attended"},
                    {{"6", ""}, "followup_attended"},
                    {{"5", "8"}, "followup_attended"},
                    {{"5", "5"}, ""},
                    {{"2", "1"}, "cancelled_patient"},
                    {{"4", "2"}, "cancelled_provider"},
                    {{"4", "9"}, "cancelled_provider"},
                    {{"3", "1"}, "dna"},
                    {{"7", "3"}, "dna"},
                    {{"3", "2"}, ""},
                    {{"7", "4"}, ""},
                    {{"3", "9"}, ""},
                    {{"7", ""}, ""},
                    {{"3", "5"}, ""},
                    {{"0", "1"}, ""},
                    {{"", "1"}, ""}};
    static const char *const hes[2] = {"ATTENDED", "FIRSTATT"}, *const sus[2] = {"attended_or_dna", "first_attendance"};
    struct profile_list list;
    assert_true(profile_list_read("reports/profiles", &list, NULL));
    for (size_t k = 0; k < sizeof meanings / sizeof *meanings; k++) {
        assert_event(find(&list, "hes-op"), meanings[k].codes, hes, "", meanings[k].event);
        assert_event(find(&list, "sus-op"), meanings[k].codes, sus, "-by-ubrn", meanings[k].event);
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
        {PROFILE("'takes_date_format': true, ", RULE("", FIELDS)), true},
        {PROFILE("'takes_date_format': 'yes', ", RULE("", FIELDS)), false},
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
