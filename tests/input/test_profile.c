#include "referlens/input/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/profile_text.h"
#include "../support/scratch.h"

static void a_short_profile_has_the_usual_settings(void **state)
{
    (void)state;
    struct profile *const profile = parsed(PROFILE("", RULE("", FIELDS)));
    assert_string_equal(profile->name, "mine");
    assert_string_equal(profile->title, "My own");
    assert_string_equal(profile->source, "");
    assert_string_equal(profile->path, "my.json");
    assert_string_equal(profile->rest, "nothing that the profile makes anything of");
    assert_int_equal(profile->encoding, ENCODING_UTF8);
    assert_int_equal(profile->delimiter, '\0');
    assert_int_equal(profile->missing.count, 0);
    assert_int_equal(profile->leave_out.count, 0);
    assert_int_equal(profile->rule_count, 1);
    const struct profile_rule *const rule = &profile->rules[0];
    assert_string_equal(rule->name, "referral");
    assert_int_equal(rule->kind, FILE_REFERRALS);
    assert_int_equal(rule->when.count, 0);
    assert_true(rule->first_by == PROFILE_COLUMN_NONE && rule->unless_empty == PROFILE_COLUMN_NONE);
    assert_int_equal(rule->fields[REFERRALS_ID].form, FIELD_COLUMN);
    assert_column(profile, rule->fields[REFERRALS_ID].columns[0], "Ref");
    assert_int_equal(rule->fields[REFERRALS_DATE].form, FIELD_DATE);
    assert_column(profile, rule->fields[REFERRALS_DATE].columns[0], "Sent");
    char pattern[DATE_PATTERN_SIZE];
    date_format_pattern(&rule->fields[REFERRALS_DATE].format, pattern);
    assert_string_equal(pattern, "DD/MM/YYYY");
    assert_int_equal(rule->fields[REFERRALS_PRIORITY].form, FIELD_UNKNOWN);
    assert_int_equal(profile->column_count, 4);
    profile_free(profile);
}

static void settings_of_the_file_are_read(void **state)
{
    (void)state;
    struct profile *const profile =
        parsed(PROFILE("'source': 'the wiki', 'encoding': 'windows-1252', 'delimiter': 'tab', 'missing': ['', 'n/a'], "
                       "'rest': 'not for us', 'optional': ['Clinic'], ",
                       RULE("", FIELDS)));
    assert_string_equal(profile->source, "the wiki");
    assert_string_equal(profile->rest, "not for us");
    assert_int_equal(profile->encoding, ENCODING_WINDOWS_1252);
    assert_int_equal(profile->delimiter, '\t');
    assert_int_equal(profile->missing.count, 2);
    assert_text(profile->missing.texts[0], "");
    assert_text(profile->missing.texts[1], "n/a");
    for (size_t i = 0; i < profile->column_count; i++)
        assert_int_equal(profile->columns[i].optional, text_equal(profile->columns[i].name, TEXT("Clinic")));
    profile_free(profile);
}

static void a_profile_takes_another_date_format_where_it_says_so(void **state)
{
    (void)state;
    struct date_format format;
    assert_true(date_format_parse(TEXT("YYYYMMDD"), &format));
    for (int takes = 0; takes < 2; takes++) {
        char json[1000], pattern[DATE_PATTERN_SIZE];
        snprintf(json, sizeof json, PROFILE("'takes_date_format': %s, ", RULE("", FIELDS)), takes ? "true" : "false");
        struct profile *profile = parsed(json);
        const uint64_t before = profile->text_hash;
        profile_set_date_format(profile, &format);
        date_format_pattern(&profile->rules[0].fields[REFERRALS_DATE].format, pattern);
        assert_string_equal(pattern, takes ? "YYYYMMDD" : "DD/MM/YYYY");
        assert_int_equal(profile->text_hash != before, takes);
        profile_free(profile);
    }
    static const struct refusal refusals[] = {{PROFILE("'takes_date_format': 'yes', ", RULE("", FIELDS)),
                                               "my.json: $.takes_date_format: expected true or false"}};
    assert_refused(refusals, 1);
}

static void each_delimiter_has_its_character(void **state)
{
    (void)state;
    static const char *const settings[] = {"','", "';'", "'|'", "'tab'"};
    for (size_t i = 0; i < 4; i++) {
        char json[1000];
        snprintf(json, sizeof json, PROFILE("'delimiter': %s, ", RULE("", FIELDS)), settings[i]);
        struct profile *const profile = parsed(json);
        assert_int_equal(profile->delimiter, ",;|\t"[i]);
        profile_free(profile);
    }
}

static void conditions_are_read_in_their_order(void **state)
{
    (void)state;
    struct profile *const profile = parsed(
        PROFILE("'leave_out': [{'column': 'Test', 'is': ['1', 'Y'], 'reason': 'test patient'},"
                "{'column': 'Slot', 'after': '2100-12-31', 'date': 'YYYYMMDD', 'reason': 'far away'}], ",
                RULE("'when': [{'column': 'Kind', 'is_not': ['x']}, {'column': 'Slot', 'before': '2000-01-01', 'date': "
                     "'YYYYMMDD'}], 'first_by': 'Number', 'unless_empty': 'Sent', ",
                     FIELDS)));
    assert_int_equal(profile->leave_out.count, 2);
    const struct profile_condition *condition = profile->leave_out.conditions;
    assert_column(profile, condition[0].column, "Test");
    assert_int_equal(condition[0].test, TEST_IS);
    assert_int_equal(condition[0].values.count, 2);
    assert_text(condition[0].values.texts[1], "Y");
    assert_string_equal(condition[0].reason, "test patient");
    assert_int_equal(condition[1].test, TEST_AFTER);
    day expected;
    assert_true(day_from_date(2100, 12, 31, &expected));
    assert_int_equal(condition[1].date, expected);
    assert_int_equal(condition[1].format.parts[0], DATE_YEAR);
    assert_int_equal(condition[1].format.separator, '\0');
    const struct profile_rule *const rule = &profile->rules[0];
    assert_int_equal(rule->when.count, 2);
    assert_int_equal(rule->when.conditions[0].test, TEST_IS_NOT);
    assert_null(rule->when.conditions[0].reason);
    assert_int_equal(rule->when.conditions[1].test, TEST_BEFORE);
    assert_column(profile, rule->first_by, "Number");
    assert_column(profile, rule->unless_empty, "Sent");
    profile_free(profile);
}

static void columns_are_listed_once_in_the_order_of_first_mention(void **state)
{
    (void)state;
    struct profile *const profile =
        parsed(PROFILE("'leave_out': [{'column': 'Sent', 'is': ['never'], 'reason': 'never sent'}], ",
                       RULE("'first_by': 'Ref', ", FIELDS) ", " EVENT("'event_type': 'What'")));
    static const char *const expected[] = {"Sent", "Ref", "Surgery", "Clinic", "On", "What"};
    assert_int_equal(profile->column_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < profile->column_count; i++)
        assert_text(profile->columns[i].name, expected[i]);
    profile_free(profile);
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"", "my.json:1:1: expected JSON"},
        {"hello", "my.json:1:1: expected JSON"},
        {"{'name':\n  'mine', 'title' 'x'}", "my.json:2:19: expected JSON"},
        {"{'name': 'mine'} \n }", "my.json:2:2: expected nothing behind the profile's closing brace"},
        {"{'name': 'mi\xFFne'}", "my.json:1:13: expected JSON in UTF-8"},
        {"{'name': '\\\\u0000', 'title': '\\u0000'}", "my.json:1:31: expected no NUL character"},
        {"[]", "my.json: $: expected an object"},
        {"null", "my.json: $: expected an object"},
    };
    ASSERT_REFUSED(refusals);
}

static void a_byte_order_mark_does_no_harm(void **state)
{
    (void)state;
    profile_free(parsed("\xEF\xBB\xBF" PROFILE("", RULE("", FIELDS)) " \r\n\t"));
}

static void a_key_that_stands_twice_is_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"{'name': 'mine', 'name': 'mine'}", "my.json: $.name: expected once; it stands here twice"},
        {WITH_FIELD("'sex': {'column': 'S', 'map': {'1': 'M', '1': 'F'}}"),
         "my.json: $.makes[0].fields.sex.map.1: expected once; it stands here twice"},
    };
    ASSERT_REFUSED(refusals);
}

static void an_unknown_key_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {PROFILE("'Encoding': 'utf-8', ", RULE("", FIELDS)),
         "my.json: $.Encoding: unknown; expected one of name, title, source, encoding, delimiter, missing, optional, "
         "leave_out, makes, rest, takes_date_format"},
        {PROFILE("", RULE("'wen': [], ", FIELDS)),
         "my.json: $.makes[0].wen: unknown; expected one of name, kind, when, first_by, unless_empty, fields"},
        {WITH_FIELD("'referral id': 'Ref'"),
         "my.json: $.makes[0].fields[\"referral id\"]: unknown; expected one of referral_id, practice_code, "
         "referral_date, specialty_code, request_type, priority, scheme, patient_key, referrer_key, "
         "previous_referral_id, received_date, provider_code, age_band, sex, imd_decile"},
        {WITH_FIELD("'sex': {'column': 'S', 'mapp': {}}"),
         "my.json: $.makes[0].fields.sex.mapp: unknown; expected one of column, columns, constant, date, map, bands, "
         "join, otherwise, missing"},
        {WITH_FIELD("'sex': {'constant': 'M', 'column': 'S'}"),
         "my.json: $.makes[0].fields.sex.column: unknown; expected one of constant"},
        {PROFILE("", RULE("'when': [{'column': 'A', 'is': ['1'], 'reason': 'x'}], ", FIELDS)),
         "my.json: $.makes[0].when[0].reason: unknown; expected one of column, is, is_not, before, after, date"},
        {PROFILE("'leave_out': [{'column': 'A', 'iss': ['1']}], ", RULE("", FIELDS)),
         "my.json: $.leave_out[0].iss: unknown; expected one of column, is, is_not, before, after, date, reason"},
    };
    ASSERT_REFUSED(refusals);
}

static void what_a_profile_must_have_is_missed(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"{}", "my.json: $.name: expected a text"},
        {"{'name': 'mine'}", "my.json: $.title: expected a text"},
        {"{'name': 'mine', 'title': 'x'}", "my.json: $.makes: expected an array"},
        {PROFILE("", ""), "my.json: $.makes: expected an array of at least 1"},
        {PROFILE("", "{'name': 'a'}"),
         "my.json: $.makes[0].kind: expected one of referrals, outcomes, practices, schemes, sessions"},
        {PROFILE("", "{'name': 'a', 'kind': 'referrals'}"), "my.json: $.makes[0].fields: expected an object"},
        {PROFILE("", RULE("", "")), "my.json: $.makes[0].fields: expected referral_id (the referral or advice request, "
                                    "unique in the input), which referrals must have"},
        {PROFILE("", RULE("", "'referral_id': 'A', 'practice_code': 'B', 'specialty_code': 'C'")),
         "my.json: $.makes[0].fields: expected referral_date (the day on which the GP referred: every clock starts "
         "here), which referrals must have"},
        {PROFILE("'leave_out': [{'column': 'A', 'is': ['1']}], ", RULE("", FIELDS)),
         "my.json: $.leave_out[0].reason: expected a text"},
    };
    ASSERT_REFUSED(refusals);
}

static void names_and_lines_have_their_form(void **state)
{
    (void)state;
    static const char name[] = "my.json: $.name: expected a name of small letters, digits and hyphens, 40 at most";
    static const struct refusal refusals[] = {
        {"{'name': 'Mine'}", name},
        {"{'name': ''}", name},
        {"{'name': 'a b'}", name},
        {"{'name': '../x'}", name},
        {"{'name': 'a2345678901234567890123456789012345678901'}", name},
        {"{'name': 7}", "my.json: $.name: expected a text"},
        {"{'name': 'canonical', 'title': 'x'}",
         "my.json: $.name: expected another name: the program's own files are 'canonical'"},
        {"{'name': 'a', 'title': ' '}", "my.json: $.title: expected a line of text, of at most 200 bytes"},
        {"{'name': 'a', 'title': 'a\\nb'}", "my.json: $.title: expected a line of text, of at most 200 bytes"},
        {PROFILE("'rest': '', ", RULE("", FIELDS)), "my.json: $.rest: expected a line of text, of at most 200 bytes"},
        {PROFILE("", RULE("", FIELDS) ", " RULE("", FIELDS)),
         "my.json: $.makes[1].name: expected a name of its own; makes[0] has 'referral' already"},
    };
    ASSERT_REFUSED(refusals);
}

static void settings_that_are_not_are_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {PROFILE("'encoding': 'latin-1', ", RULE("", FIELDS)),
         "my.json: $.encoding: expected one of utf-8, windows-1252, utf-16le"},
        {PROFILE("'delimiter': ':', ", RULE("", FIELDS)),
         "my.json: $.delimiter: expected \",\", \";\", \"tab\" or \"|\""},
        {PROFILE("'delimiter': 1, ", RULE("", FIELDS)),
         "my.json: $.delimiter: expected \",\", \";\", \"tab\" or \"|\""},
        {PROFILE("'missing': 'n/a', ", RULE("", FIELDS)), "my.json: $.missing: expected an array"},
        {PROFILE("'missing': [0], ", RULE("", FIELDS)), "my.json: $.missing[0]: expected a text"},
        {PROFILE("'optional': ['Ref', 'Nowhere'], ", RULE("", FIELDS)),
         "my.json: $.optional[1]: expected a column that the profile uses"},
        {PROFILE("", "{'name': 'a', 'kind': 'referral'}"),
         "my.json: $.makes[0].kind: expected one of referrals, outcomes, practices, schemes, sessions"},
        {PROFILE("", RULE("'first_by': '', ", FIELDS)),
         "my.json: $.makes[0].first_by: expected the name of a column, without spaces around it"},
        {PROFILE("", RULE("'unless_empty': ' Sent', ", FIELDS)),
         "my.json: $.makes[0].unless_empty: expected the name of a column, without spaces around it"},
        {PROFILE("", "{'name': 'e', 'kind': 'sessions', 'first_by': 'N', 'fields': {'practice_code': 'P', "
                     "'session_date': {'column': 'D', 'date': 'YYYYMMDD'}}}"),
         "my.json: $.makes[0].first_by: expected only in a rule that makes referrals"},
    };
    ASSERT_REFUSED(refusals);
}

static void conditions_that_are_none_are_refused(void **state)
{
    (void)state;
#define WHEN(condition) PROFILE("", RULE("'when': [{" condition "}], ", FIELDS))
    static const struct refusal refusals[] = {
        {PROFILE("", RULE("'when': {}, ", FIELDS)), "my.json: $.makes[0].when: expected an array"},
        {PROFILE("", RULE("'when': [1], ", FIELDS)), "my.json: $.makes[0].when[0]: expected an object"},
        {WHEN("'is': ['1']"), "my.json: $.makes[0].when[0].column: expected the name of a column"},
        {WHEN("'column': 'A'"), "my.json: $.makes[0].when[0]: expected one test: is, is_not, before or after"},
        {WHEN("'column': 'A', 'is': ['1'], 'is_not': ['2']"),
         "my.json: $.makes[0].when[0]: expected one test: is, is_not, before or after"},
        {WHEN("'column': 'A', 'is': '1'"), "my.json: $.makes[0].when[0].is: expected an array"},
        {WHEN("'column': 'A', 'is': []"), "my.json: $.makes[0].when[0].is: expected an array of at least 1"},
        {WHEN("'column': 'A', 'after': '31/12/2100', 'date': 'DD/MM/YYYY'"),
         "my.json: $.makes[0].when[0].after: expected a date as YYYY-MM-DD"},
        {WHEN("'column': 'A', 'before': '2100-12-31'"),
         "my.json: $.makes[0].when[0].date: expected a date format, such "
         "as \"DD/MM/YYYY\", \"YYYYMMDD\" or \"DD-MMM-YYYY\""},
        {WHEN("'column': 'A', 'is': ['1'], 'date': 'YYYY-MM-DD'"),
         "my.json: $.makes[0].when[0].date: expected only beside \"before\" or \"after\""},
    };
    ASSERT_REFUSED(refusals);
}

static void too_many_rules_are_refused(void **state)
{
    (void)state;
    struct buffer json = buffer_with_maximum(100000);
    buffer_add_string(&json, "{'name': 'mine', 'title': 'My own', 'makes': [");
    for (int i = 0; i < PROFILE_RULE_MAX + 1; i++)
        buffer_add_string(&json, i == 0 ? "{}" : ", {}");
    buffer_add_string(&json, "]}");
    const struct refusal refusal = {json.bytes, "my.json: $.makes: expected at most 32 rules"};
    assert_refused(&refusal, 1);
    buffer_release(&json);
}

static void a_profile_of_more_than_a_mebibyte_is_refused(void **state)
{
    (void)state;
    const size_t length = (1 << 20) + 1;
    const char valid[] = "{\"name\": \"mine\", \"title\": \"x\"}";
    char *const json = memory_allocate(length);
    memset(json, ' ', length);
    memcpy(json, valid, sizeof valid - 1);
    struct profile *profile = NULL;
    struct error error = {""};
    assert_false(profile_parse((struct text){json, length}, "my.json", &profile, &error));
    assert_string_equal(error.message, "my.json: expected a profile of at most 1048576 bytes");
    assert_false(profile_parse((struct text){json, length - 1}, "my.json", &profile, &error));
    assert_string_equal(error.message, "my.json: $.makes: expected an array");
    memory_free(json);
}

static void deep_nesting_is_refused_like_anything_unknown(void **state)
{
    (void)state;
    char json[2100] = "{'name': ";
    const size_t begin = strlen(json);
    memset(json + begin, '[', 2000);
    json[begin + 2000] = '\0';
    struct profile *profile = NULL;
    struct error error;
    assert_false(profile_text_parse(json, &profile, &error));
    assert_non_null(strstr(error.message, "expected JSON"));
}

static char scratch[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return 0;
}

/* Writes the profile into a file of the current folder, with " for '. */
static void write_profile(const char *path, const char *json)
{
    char *const text = memory_copy_text(json, strlen(json));
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    scratch_write(path, text);
    memory_free(text);
}

static void a_profile_is_read_from_its_file(void **state)
{
    (void)state;
    struct profile *profile = NULL;
    struct error error = {""};
    write_profile("mine.json", PROFILE("", RULE("", FIELDS)));
    assert_true(profile_read("mine.json", &profile, &error));
    assert_string_equal(profile->path, "mine.json");
    profile_free(profile);
    profile = NULL;
    assert_false(profile_read("nowhere.json", &profile, &error));
    assert_string_equal(error.message, "cannot open the profile 'nowhere.json': No such file or directory");
    alarm(60); /* in place of waiting for ever */
    assert_int_equal(mkfifo("pipe.json", 0600), 0);
    assert_false(profile_read("pipe.json", &profile, &error));
    assert_string_equal(error.message, "pipe.json:1:1: expected JSON");
    alarm(0);
    assert_false(profile_read(".", &profile, &error));
    assert_string_equal(error.message, "cannot read the profile '.': Is a directory");
    assert_null(profile);
    profile_free(NULL);
}

static void a_folders_profiles_are_listed_by_name(void **state)
{
    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    write_profile("folder/b.json", "{'name': 'b', 'title': 'Second', 'optional': ['Clinic'], 'makes': [" RULE(
                                       "", FIELDS) ", " EVENT("'event_type': 'What'") "]}");
    write_profile("folder/a.json", "{'name': 'a', 'title': 'First', 'makes': [" EVENT("'event_type': 'What'") "]}");
    write_profile("folder/notes.txt", "not read");
    struct profile_list list;
    struct error error = {""};
    assert_true(profile_list_read("folder", &list, &error));
    assert_int_equal(list.count, 2);
    struct buffer text = buffer_with_maximum(4096);
    profile_list_write(&list, &text);
    assert_string_equal(text.bytes, "profile\tmakes\ttitle\tcolumns\tfile\n"
                                    "canonical\treferrals, outcomes, practices, schemes, sessions\tthe program's own "
                                    "files\tas `referlens list columns` has them\t\n"
                                    "a\toutcomes\tFirst\tRef, On, What\tfolder/a.json\n"
                                    "b\treferrals, outcomes\tSecond\tRef, Surgery, Sent, On, What\tfolder/b.json\n");
    buffer_release(&text);
    profile_list_release(&list);
    profile_list_release(&list);
}

static void a_folder_with_a_faulty_profile_is_refused(void **state)
{
    (void)state;
    struct profile_list list = {0};
    struct error error = {""};
    assert_false(profile_list_read("nowhere", &list, &error));
    assert_string_equal(error.message, "cannot open the folder of profiles 'nowhere': No such file or directory");
    assert_int_equal(mkdir("faulty", 0700), 0);
    write_profile("faulty/a.json", "{'name': 'a', 'title': 'First', 'makes': [" EVENT("'event_type': 'What'") "]}");
    write_profile("faulty/b.json", PROFILE("", RULE("", FIELDS)));
    assert_false(profile_list_read("faulty", &list, &error));
    assert_string_equal(error.message, "faulty/b.json: $.name: expected \"b\", as the file is named");
    assert_null(list.profiles);
    assert_int_equal(mkdir("empty", 0700), 0);
    assert_true(profile_list_read("empty", &list, &error));
    assert_int_equal(list.count, 0);
    profile_list_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_profile_has_the_usual_settings),
        cmocka_unit_test(settings_of_the_file_are_read),
        cmocka_unit_test(a_profile_takes_another_date_format_where_it_says_so),
        cmocka_unit_test(each_delimiter_has_its_character),
        cmocka_unit_test(conditions_are_read_in_their_order),
        cmocka_unit_test(columns_are_listed_once_in_the_order_of_first_mention),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
        cmocka_unit_test(a_byte_order_mark_does_no_harm),
        cmocka_unit_test(a_key_that_stands_twice_is_refused),
        cmocka_unit_test(an_unknown_key_is_refused_wherever_it_stands),
        cmocka_unit_test(what_a_profile_must_have_is_missed),
        cmocka_unit_test(names_and_lines_have_their_form),
        cmocka_unit_test(settings_that_are_not_are_refused),
        cmocka_unit_test(conditions_that_are_none_are_refused),
        cmocka_unit_test(too_many_rules_are_refused),
        cmocka_unit_test(a_profile_of_more_than_a_mebibyte_is_refused),
        cmocka_unit_test(deep_nesting_is_refused_like_anything_unknown),
        cmocka_unit_test(a_profile_is_read_from_its_file),
        cmocka_unit_test(a_folders_profiles_are_listed_by_name),
        cmocka_unit_test(a_folder_with_a_faulty_profile_is_refused),
    };
    return cmocka_run_group_tests_name("input/profile", tests, enter, leave);
}
