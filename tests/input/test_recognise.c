#include "referlens/input/recognise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "../support/profile_text.h"

static struct profile_list built_in;

static const char *name_of(const struct recognition *as)
{
    return as->profile != NULL ? as->profile->name : format_kinds[as->kind].name;
}

/* Recognises x.csv, which holds the bytes, a byte order mark among them. */
static bool recognise(const char *bytes, size_t length, const struct reading_options *options, struct recognition *as,
                      struct error *error)
{
    struct file_texts texts = {.bytes = {bytes, length}};
    const size_t mark = encoding_mark(texts.bytes, &texts.mark);
    texts.marked = mark > 0;
    texts.bytes = (struct text){bytes + mark, length - mark};
    const bool done = recognise_file("x.csv", &texts, options, as, error);
    file_texts_release(&texts);
    return done;
}

static struct recognition recognised(const char *header, const struct reading_options *options)
{
    struct recognition as = {0};
    struct error error = {""};
    if (!recognise(header, strlen(header), options, &as, &error))
        fail_msg("%s", error.message);
    return as;
}

static void assert_refusal(const char *header, const struct reading_options *options, const char *message)
{
    struct recognition as;
    struct error error = {""};
    if (recognise(header, strlen(header), options, &as, &error))
        fail_msg("taken for %s: %s", name_of(&as), header);
    assert_string_equal(error.message, message);
}

static const struct reading_options canonical_alone = {0}, with_built_in = {.built_in = &built_in};

/* The header of every column of a kind, in reverse. */
static void write_kind(enum file_kind kind, char delimiter, char *header, size_t size)
{
    const struct format_kind *of = &format_kinds[kind];
    size_t length = 0;
    for (size_t i = of->column_count; i > 0; i--)
        length +=
            (size_t)snprintf(header + length, size - length, "%s%c", of->columns[i - 1].name, i > 1 ? delimiter : '\n');
}

static void every_kind_is_known_with_every_delimiter(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        for (size_t i = 0; i < 4; i++) {
            char header[1000];
            write_kind((enum file_kind)kind, ",;\t|"[i], header, sizeof header);
            const struct recognition as = recognised(header, &with_built_in);
            assert_string_equal(name_of(&as), format_kinds[kind].name);
            assert_int_equal(as.delimiter, ",;\t|"[i]);
            assert_int_equal(as.encoding, ENCODING_UTF8);
        }
    }
}

static void a_practice_code_alone_makes_practices_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(recognised("practice_code\n", &with_built_in).kind, FILE_PRACTICES);
    assert_int_equal(recognised("practice_code;practice_name;list_size\n", &with_built_in).kind, FILE_PRACTICES);
    assert_int_equal(recognised("practice_code,scheme,start_date,list_size\n", &with_built_in).kind, FILE_SCHEMES);
    /* It was meant to be another's and lacks something. */
    assert_refusal("practice_code,session_date_,topic\n", &canonical_alone,
                   "x.csv: unknown header: nearest to sessions, but without session_date");
    assert_refusal("practice_code,referral_date,referral_id\n", &canonical_alone,
                   "x.csv: unknown header: nearest to referrals, but without specialty_code");
}

static void a_header_that_fits_two_is_refused(void **state)
{
    (void)state;
    assert_refusal("practice_code,scheme,start_date,session_date\n", &canonical_alone,
                   "x.csv: the header fits both schemes and sessions: split the file");
    struct profile *one = parsed("{'name': 'one', 'title': 'x', 'makes': [" RULE("", FIELDS ", 'sex': 'S'") "]}");
    struct profile *two = parsed("{'name': 'two', 'title': 'x', 'makes': [" RULE("", FIELDS ", 'priority': 'P'") "]}");
    const struct profile *const both[] = {one, two};
    const struct reading_options options = {.named = both, .named_count = 2};
    assert_refusal("Ref,Surgery,Clinic,Sent,S,P\n", &options,
                   "x.csv: the header fits both one and two: choose one with --profile");
    assert_string_equal(recognised("Ref,Surgery,Clinic,Sent,S\n", &options).profile->name, "one");
    assert_string_equal(recognised("Ref,Surgery,Clinic,Sent,P\n", &options).profile->name, "two");
    profile_free(one);
    profile_free(two);
}

static void the_profile_that_uses_all_that_another_does_and_more_is_taken(void **state)
{
    (void)state;
    struct profile *less = parsed("{'name': 'less', 'title': 'x', 'makes': [" RULE("", FIELDS) "]}");
    struct profile *more = parsed("{'name': 'more', 'title': 'x', 'optional': ['S', 'T'], 'makes': [" RULE(
        "", FIELDS ", 'sex': 'S', 'age_band': 'T'") "]}");
    const struct profile *const orders[][2] = {{less, more}, {more, less}};
    for (size_t i = 0; i < 2; i++) {
        const struct reading_options options = {.named = orders[i], .named_count = 2};
        assert_string_equal(recognised("Ref,Surgery,Clinic,Sent,S,other\n", &options).profile->name, "more");
        /* Both use the same: neither is more. */
        char message[200];
        snprintf(message, sizeof message, "x.csv: the header fits both %s and %s: choose one with --profile",
                 orders[i][0]->name, orders[i][1]->name);
        assert_refusal("Ref,Surgery,Clinic,Sent,other\n", &options, message);
    }
    /* wide-outcomes has every column that referrals have, and those of what became of them. */
    const struct recognition bare =
        recognised("referral_id,practice_code,referral_date,specialty_code\n", &with_built_in);
    assert_string_equal(name_of(&bare), "referrals");
    assert_string_equal(recognised("referral_id,practice_code,referral_date,specialty_code,sex,first_attended_date,"
                                   "treated_date\n",
                                   &with_built_in)
                            .profile->name,
                        "wide-outcomes");
    assert_string_equal(
        recognised("referral_id,practice_code,referral_date,specialty_code,decision,decision_date\n", &with_built_in)
            .profile->name,
        "wide-outcomes");
    /* The reason for a decision says nothing where no decision is told: it makes no spreadsheet of a list of referrals. */
    const struct recognition reasons =
        recognised("referral_id,practice_code,referral_date,specialty_code,reason_code\n", &with_built_in);
    assert_string_equal(name_of(&reasons), "referrals");
    profile_free(less);
    profile_free(more);
}

static void a_column_that_goes_with_another_is_missed(void **state)
{
    (void)state;
    static const char rest[] = ", without which other columns say nothing; if they are to say nothing, it is read as "
                               "referrals with --profile canonical";
    static const struct {
        const char *more, *lacking;
    } cases[] = {{"decision\n", "decision_date"},
                 {"decision_date\n", "decision"},
                 {"first_attended_date,decision,decided\n", "decision_date"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[200], message[400];
        snprintf(header, sizeof header, "referral_id,practice_code,referral_date,specialty_code,%s", cases[i].more);
        snprintf(message, sizeof message, "x.csv: as wide-outcomes it lacks %s%s", cases[i].lacking, rest);
        assert_refusal(header, &with_built_in, message);
        assert_int_equal(recognised(header, &canonical_alone).kind, FILE_REFERRALS);
    }
}

static void a_named_profile_goes_before_all_others(void **state)
{
    (void)state;
    struct profile *mine = parsed("{'name': 'mine', 'title': 'x', 'makes': [" RULE(
        "", "'referral_id': 'referral_id', 'practice_code': 'practice_code', 'specialty_code': 'specialty_code', "
            "'referral_date': {'column': 'referral_date', 'date': 'YYYYMMDD'}") "]}");
    const struct profile *const named[] = {mine};
    const struct reading_options options = {.named = named, .named_count = 1, .built_in = &built_in};
    assert_string_equal(
        recognised("referral_id,practice_code,referral_date,specialty_code,priority\n", &options).profile->name,
        "mine");
    assert_null(recognised("referral_id,event_date,event_type\n", &options)
                    .profile); /* what it does not fit is left to others */
    struct error error = {""};
    assert_false(recognise_explain("x.csv", TEXT("referral_id,event_date\n"), ',', mine, &error));
    assert_string_equal(
        error.message,
        "the profile mine fits none of the files: x.csv lacks practice_code, referral_date, specialty_code");
    assert_false(recognise_explain("x.csv", TEXT("referral_id,practice_code,referral_date,specialty_code\n"), ',', mine,
                                   &error));
    assert_string_equal(
        error.message,
        "the profile mine is used for none of the files: another fits x.csv better, or it is not in utf-8");
    profile_free(mine);
}

static void near_misses_say_what_they_lack(void **state)
{
    (void)state;
    assert_refusal("PSEUDO_HESID,APPTDATE,ATTENDED,FIRSTATT,GPPRAC,REFSOURC,REQDATE,ATTENDKEY\n", &with_built_in,
                   "x.csv: unknown header: nearest to hes-op, but without TRETSPEF");
    /* Of those that have something in the header. */
    assert_refusal(
        "referral_date,b\n", &canonical_alone,
        "x.csv: unknown header: nearest to referrals, but without referral_id, practice_code, specialty_code");
    assert_refusal("practice_name,list_size\n", &canonical_alone,
                   "x.csv: unknown header: nearest to practices, but without practice_code");
}

static void names_that_are_nearly_right_are_named(void **state)
{
    (void)state;
    assert_refusal("Referral_ID,Practice_Code,Referral_Date,Specialty_Code\n", &with_built_in,
                   "x.csv:1: the column Referral_ID must be named referral_id (and 3 more likewise): names are "
                   "matched to the letter");
    assert_refusal(
        "Referral ID,practice-code,REFERRAL DATE,Specialty\n", &with_built_in,
        "x.csv:1: the column Referral ID must be named referral_id (and 2 more likewise): names are matched to "
        "the letter; lacking besides: specialty_code");
    assert_refusal("\nspecialty_code;REFERRAL_DATE;practice_code;referral_id\n", &canonical_alone,
                   "x.csv:2: the column REFERRAL_DATE must be named referral_date: names are matched to the letter");
    assert_refusal("Practice_Code,List_Size\n", &canonical_alone,
                   "x.csv:1: the column Practice_Code must be named practice_code: names are matched to the letter");
    struct profile *mine = parsed(PROFILE("", RULE("", FIELDS)));
    const struct profile *const named[] = {mine};
    const struct reading_options options = {.named = named, .named_count = 1};
    assert_refusal("Ref,surgery,Clinic,Sent\n", &options,
                   "x.csv:1: the column surgery must be named Surgery: names are matched to the letter");
    profile_free(mine);
}

static void a_line_above_the_header_is_told_from_one(void **state)
{
    (void)state;
    static const char strange[] =
        "x.csv:1: no known column is in this line: is there a title above the header? Expected are referral_id, "
        "practice_code, referral_date, specialty_code … (see 'referlens list columns'); for other names write a "
        "profile "
        "(see 'referlens list profiles')";
    assert_refusal("Referrals to June\nreferral_id,practice_code,referral_date,specialty_code\n", &with_built_in,
                   strange);
    assert_refusal("a,b\n", &canonical_alone, strange);
    static const char sep[] =
        "x.csv:1: a line that tells Excel the delimiter (sep=) stands above the header: take it away";
    assert_refusal("sep=,\nreferral_id,practice_code,referral_date,specialty_code\n", &with_built_in, sep);
    assert_refusal("SEP=;\r\nreferral_id;practice_code;referral_date;specialty_code\r\n", &canonical_alone, sep);
    assert_refusal("\xEF\xBB\xBFsep=\t\nreferral_id\tpractice_code\n", &canonical_alone, sep);
}

static void more_columns_than_are_read_are_said_to_be_too_many(void **state)
{
    (void)state;
    struct buffer header = buffer_with_maximum(1 << 17);
    buffer_add_string(&header, "referral_id,practice_code,referral_date,specialty_code");
    for (int columns = 4; columns < 16384; columns++)
        buffer_add_string(&header, ",c");
    assert_int_equal(recognised(header.bytes, &with_built_in).kind, FILE_REFERRALS);
    buffer_add_string(&header, ",c");
    assert_refusal(header.bytes, &with_built_in, "x.csv: the header has more than 16384 columns");
    buffer_release(&header);
}

static void what_is_no_csv_is_known_by_its_first_bytes(void **state)
{
    (void)state;
    assert_refusal(
        "PK\x03\x04 and so on", &with_built_in,
        "x.csv: is an Excel workbook or a ZIP archive: save the sheet as CSV UTF-8 (comma delimited), or unpack "
        "the archive");
    assert_refusal("\xD0\xCF\x11\xE0\xA1\xB1", &with_built_in,
                   "x.csv: is an Excel workbook: save the sheet as CSV UTF-8 (comma delimited)");
    assert_refusal("\x1F\x8B\x08", &with_built_in, "x.csv: is compressed: unpack it first");
    struct recognition as;
    struct error error = {""};
    assert_false(recognise("\xFE\xFF\0r\0e", 6, &with_built_in, &as, &error));
    static const char big_endian[] =
        "x.csv: is in UTF-16 with the high byte first (big-endian), which is not read: save "
        "it as UTF-8 (utf-8, windows-1252 and utf-16le are read)";
    assert_string_equal(error.message, big_endian);
    const struct reading_options little_endian = {.encoding = "utf-16le"};
    assert_false(recognise("\0r\0e\0f", 6, &with_built_in, &as, &error));
    assert_string_equal(error.message, big_endian);
    assert_false(recognise("\0r\0e\0f", 6, &little_endian, &as, &error));
    assert_string_equal(error.message, big_endian);
    assert_refusal("\xEF\xBB\xBF\xEF\xBB\xBFpractice_code\n", &with_built_in,
                   "x.csv: starts with two byte order marks: take one away");
}

static void a_delimiter_that_a_profile_states_is_the_only_one(void **state)
{
    (void)state;
    struct profile *mine = parsed(PROFILE("'delimiter': '|', ", RULE("", FIELDS)));
    const struct profile *const named[] = {mine};
    const struct reading_options options = {.named = named, .named_count = 1};
    assert_int_equal(recognised("Ref|Surgery|Clinic|Sent\n", &options).delimiter, '|');
    struct recognition as;
    assert_false(recognise("Ref,Surgery,Clinic,Sent\n", 24, &options, &as, NULL));
    profile_free(mine);
}

static void an_encoding_is_that_of_the_mark_then_of_the_user_then_of_the_profile(void **state)
{
    (void)state;
    struct profile *mine = parsed(PROFILE("'encoding': 'windows-1252', ", RULE("", FIELDS)));
    const struct profile *const named[] = {mine};
    struct reading_options options = {.named = named, .named_count = 1};
    static const char header[] = "Ref,Surgery,Clinic,Sent\n", marked[] = "\xEF\xBB\xBFRef,Surgery,Clinic,Sent\n";
    assert_int_equal(recognised(header, &options).encoding, ENCODING_WINDOWS_1252);
    assert_int_equal(recognised(marked, &options).encoding, ENCODING_UTF8);
    options.encoding = "utf-8";
    assert_int_equal(recognised(header, &options).encoding, ENCODING_UTF8);
    profile_free(mine);
    options = (struct reading_options){.encoding = "utf-16le"};
    struct recognition as;
    static const char wide[] = "p\0r\0a\0c\0t\0i\0c\0e\0_\0c\0o\0d\0e\0\n";
    assert_true(
        recognise(wide, sizeof wide, &options, &as, NULL)); /* the NUL behind the text is half of its last character */
    assert_int_equal(as.encoding, ENCODING_UTF16LE);
}

static void the_encoding_of_a_profile_is_no_other_files(void **state)
{
    (void)state;
    struct profile *mine = parsed(PROFILE("'encoding': 'utf-16le', ", RULE("", FIELDS)));
    const struct profile *const named[] = {mine};
    const struct reading_options options = {.named = named, .named_count = 1};
    /* An odd number of bytes is no UTF-16. */
    assert_int_equal(recognised("practice_code\nA\n\n", &options).kind, FILE_PRACTICES);
    assert_refusal("what,is,it,now\nxy\n\n", &options,
                   "x.csv: line 1, column 10: the text ends within a character of utf-16le");
    profile_free(mine);
}

static void what_is_no_text_is_refused_with_the_option_to_use(void **state)
{
    (void)state;
    assert_refusal(
        "practice_code,caf\xE9\n", &with_built_in,
        "x.csv:1:18: the header holds a byte that is not UTF-8: if the file is in another encoding, say which "
        "(--encoding windows-1252, say)");
    struct recognition as;
    struct error error = {""};
    assert_false(recognise("p\0r\0", 4, &canonical_alone, &as, &error));
    assert_string_equal(error.message,
                        "x.csv:1: the header holds NUL bytes: if the file is in UTF-16, say so (--encoding utf-16le)");
    assert_refusal("practice_code,\"name\n", &canonical_alone,
                   "x.csv:1: the header row can't be read: is this a CSV file in UTF-8?");
    assert_refusal("\n\n", &canonical_alone, "x.csv:1: the header row can't be read: is this a CSV file in UTF-8?");
}

static void names_of_columns_may_be_quoted_and_hold_delimiters(void **state)
{
    (void)state;
    struct profile *mine =
        parsed(PROFILE("", RULE("", "'referral_id': 'Ref, long', 'practice_code': 'Sur;gery', 'specialty_code': "
                                    "'Cli\\nnic', 'referral_date': {'column': 'Sent', 'date': 'DD/MM/YYYY'}")));
    const struct profile *const named[] = {mine};
    const struct reading_options options = {.named = named, .named_count = 1};
    assert_int_equal(recognised("\"Ref, long\",Sur;gery,\"Cli\nnic\",Sent\n", &options).delimiter, ',');
    assert_int_equal(recognised("Ref, long;\"Sur;gery\";\"Cli\nnic\";Sent\n", &options).delimiter, ';');
    profile_free(mine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_known_with_every_delimiter),
        cmocka_unit_test(a_practice_code_alone_makes_practices_and_no_more),
        cmocka_unit_test(a_header_that_fits_two_is_refused),
        cmocka_unit_test(the_profile_that_uses_all_that_another_does_and_more_is_taken),
        cmocka_unit_test(a_column_that_goes_with_another_is_missed),
        cmocka_unit_test(a_named_profile_goes_before_all_others),
        cmocka_unit_test(near_misses_say_what_they_lack),
        cmocka_unit_test(names_that_are_nearly_right_are_named),
        cmocka_unit_test(a_line_above_the_header_is_told_from_one),
        cmocka_unit_test(more_columns_than_are_read_are_said_to_be_too_many),
        cmocka_unit_test(what_is_no_csv_is_known_by_its_first_bytes),
        cmocka_unit_test(a_delimiter_that_a_profile_states_is_the_only_one),
        cmocka_unit_test(an_encoding_is_that_of_the_mark_then_of_the_user_then_of_the_profile),
        cmocka_unit_test(the_encoding_of_a_profile_is_no_other_files),
        cmocka_unit_test(what_is_no_text_is_refused_with_the_option_to_use),
        cmocka_unit_test(names_of_columns_may_be_quoted_and_hold_delimiters),
    };
    struct error error = {""};
    if (!profile_list_read("reports/profiles", &built_in, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    const int failed = cmocka_run_group_tests_name("input/recognise", tests, NULL, NULL);
    profile_list_release(&built_in);
    return failed;
}
