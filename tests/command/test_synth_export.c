#include "referlens/synth/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/synth_reader.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

static const char *const file_names[] = {"referrals.csv", "outcomes.csv", "practices.csv", "schemes.csv",
                                         "sessions.csv"};
enum { FILE_COUNT = sizeof file_names / sizeof *file_names };

static struct synth_options small_options(void)
{
    struct synth_options options = synth_default_options();
    options.referral_count = 30000;
    return options;
}

static char *read_in(const char *folder, const char *name, size_t *length)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    char *bytes = scratch_read(path, length);
    assert_non_null(bytes);
    return bytes;
}

/* Whether the file is the same in two folders. */
static bool same_file(const char *folder, const char *other, const char *name)
{
    size_t length = 0, other_length = 0;
    char *bytes = read_in(folder, name, &length), *other_bytes = read_in(other, name, &other_length);
    bool same = length == other_length && memcmp(bytes, other_bytes, length) == 0;
    memory_free(bytes);
    memory_free(other_bytes);
    return same;
}

static void write_to(const char *folder, struct synth_options options)
{
    struct error error = {{0}};
    options.folder = folder;
    if (!synth_export(&options, NULL, NULL, NULL, &error))
        fail_msg("%s", error.message);
}

static void the_same_seed_gives_the_same_bytes_for_any_number_of_workers(void **state)
{
    (void)state;
    struct synth_options options = small_options();
    write_to("one", options);
    options.worker_count = 2;
    write_to("two", options);
    options.worker_count = 7;
    write_to("seven", options);
    for (size_t i = 0; i < FILE_COUNT; i++) {
        assert_true(same_file("one", "two", file_names[i]));
        assert_true(same_file("one", "seven", file_names[i]));
    }
}

static void another_seed_gives_another_county(void **state)
{
    (void)state;
    struct synth_options options = small_options();
    options.referral_count = 100;
    write_to("first", options);
    options.seed++;
    write_to("second", options);
    assert_false(same_file("first", "second", "referrals.csv"));
    assert_false(same_file("first", "second", "outcomes.csv"));
    assert_false(same_file("first", "second", "practices.csv"));
}

static void the_headers_are_those_of_the_canonical_files(void **state)
{
    (void)state;
    static const char *const headers[FILE_COUNT] = {
        ("referral_id,practice_code,referral_date,specialty_code,request_type,priority,scheme,patient_key,"
         "referrer_key,previous_referral_id,received_date,provider_code,age_band,sex,imd_decile\n"),
        "referral_id,event_date,event_type,event_seq,reason_code,referrer_contacted,patient_consulted\n",
        "practice_code,practice_name,locality,list_size,age_band,sex,period\n",
        "practice_code,scheme,start_date,end_date,specialty_code,annual_cost,cost_per_referral\n",
        "practice_code,session_date,topic,specialty_code\n",
    };
    struct synth_options options = small_options();
    options.referral_count = 0;
    write_to("empty", options);
    for (size_t i = 0; i < FILE_COUNT; i++) {
        char *bytes = read_in("empty", file_names[i], NULL);
        assert_memory_equal(bytes, headers[i], strlen(headers[i]));
        memory_free(bytes);
    }
    char *referrals = read_in("empty", "referrals.csv", NULL);
    assert_string_equal(referrals, headers[0]);
    memory_free(referrals);
}

static bool is_one_of(const char *text, const char *words)
{
    size_t length = strlen(text);
    for (const char *found = words; (found = strstr(found, text)) != NULL; found += length)
        if ((found == words || found[-1] == ' ') && (found[length] == ' ' || found[length] == '\0'))
            return true;
    return false;
}

static void check_referral(const struct synth_export_read *all, size_t row, day first, day as_of)
{
    const char *const *fields = all->referrals.rows[row];
    char id[32];
    snprintf(id, sizeof id, "R%08zu", row + 1);
    assert_string_equal(fields[REFERRAL_ID], id);
    assert_int_equal(strlen(fields[REFERRAL_PRACTICE]), 6);
    day referred = day_of(fields[REFERRAL_DATE]);
    assert_true(referred >= first && referred <= as_of);
    assert_true(
        is_one_of(fields[REFERRAL_SPECIALTY], "100 101 110 120 130 140 300 301 320 330 340 400 410 420 430 502"));
    assert_true(is_one_of(fields[REFERRAL_REQUEST], "referral advice"));
    assert_true(fields[REFERRAL_PRIORITY][0] == '\0' || is_one_of(fields[REFERRAL_PRIORITY], "routine urgent usc"));
    assert_string_equal(fields[REFERRAL_SCHEME], "");
    assert_true(fields[REFERRAL_PATIENT][0] == '\0' ||
                (fields[REFERRAL_PATIENT][0] == 'P' && strlen(fields[REFERRAL_PATIENT]) == 9));
    if (fields[REFERRAL_RECEIVED][0] != '\0') {
        day received = day_of(fields[REFERRAL_RECEIVED]);
        assert_true(received >= referred && received <= as_of);
    }
    assert_true(fields[REFERRAL_AGE_BAND][0] == '\0' ||
                is_one_of(fields[REFERRAL_AGE_BAND], "0-4 5-14 15-24 25-34 35-44 45-54 55-64 65-74 75-84 85+"));
    assert_true(fields[REFERRAL_SEX][0] == '\0' || is_one_of(fields[REFERRAL_SEX], "F M"));
    assert_true(fields[REFERRAL_IMD][0] == '\0' || is_one_of(fields[REFERRAL_IMD], "1 2 3 4 5 6 7 8 9 10"));
    if (fields[REFERRAL_PREVIOUS][0] != '\0') {
        size_t previous = (size_t)integer_of(fields[REFERRAL_PREVIOUS] + 1) - 1;
        assert_true(previous < row);
        const char *const *named = all->referrals.rows[previous];
        assert_string_equal(named[REFERRAL_PATIENT], fields[REFERRAL_PATIENT]);
        assert_string_equal(named[REFERRAL_SPECIALTY], fields[REFERRAL_SPECIALTY]);
        assert_true(day_of(named[REFERRAL_DATE]) <= referred);
    }
}

static void check_events(const struct synth_export_read *all, size_t row, day as_of)
{
    const char *const(*events)[TABLE_COLUMNS_MAX] = (const char *const(*)[TABLE_COLUMNS_MAX])all->outcomes.rows;
    size_t first = all->first_event[row], end = all->first_event[row + 1];
    day last = day_of(all->referrals.rows[row][REFERRAL_DATE]);
    int place = 0;
    for (size_t i = first; i < end; i++) {
        day date = day_of(events[i][EVENT_DATE]);
        assert_true(date >= last && date <= as_of);
        assert_true(is_one_of(events[i][EVENT_TYPE],
                              "accepted rejected returned_with_advice redirected advice_response converted asi booked "
                              "first_attended dna cancelled_patient cancelled_provider followup_attended "
                              "decision_to_treat treated discharged diagnosis_cancer cancelled_referral died"));
        assert_true(events[i][EVENT_CONTACTED][0] == '\0' || is_one_of(events[i][EVENT_CONTACTED], "yes no"));
        assert_true(events[i][EVENT_CONSULTED][0] == '\0' || is_one_of(events[i][EVENT_CONSULTED], "yes no"));
        bool with_last = i > first && date == last;
        bool with_next = i + 1 < end && day_of(events[i + 1][EVENT_DATE]) == date;
        place = with_last ? place + 1 : 1;
        char seq[16] = "";
        if (with_last || with_next)
            snprintf(seq, sizeof seq, "%d", place);
        assert_string_equal(events[i][EVENT_SEQ], seq);
        last = date;
    }
}

static void check_export(struct synth_options options, day first)
{
    struct synth_totals totals = synth_write(&options);
    struct synth_export_read all = synth_read();
    assert_int_equal(all.referrals.count, options.referral_count);
    assert_int_equal(totals.referrals, all.referrals.count);
    assert_int_equal(totals.events, all.outcomes.count);
    for (size_t row = 0; row < all.referrals.count; row++) {
        check_referral(&all, row, first, options.as_of);
        check_events(&all, row, options.as_of);
    }
    synth_read_release(&all);
}

static void every_row_is_valid(void **state)
{
    (void)state;
    struct synth_options options = small_options();
    check_export(options, day_of("2023-07-01"));
    options.practice_count = 2500; /* to C81502 */
    options.quarter_count = 1;
    options.as_of = day_of("2024-02-29"); /* within its quarter */
    options.referral_count = 4097;
    check_export(options, day_of("2024-01-01"));
    options.quarter_count = 80;
    options.practice_count = 1;
    check_export(options, day_of("2004-04-01"));
}

static void the_totals_count_the_bytes_written(void **state)
{
    (void)state;
    struct synth_options options = small_options();
    struct synth_totals totals = synth_write(&options);
    int64_t bytes = 0;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        size_t length = 0;
        memory_free(read_in("out", file_names[i], &length));
        bytes += (int64_t)length;
    }
    assert_int_equal(totals.bytes, bytes);
}

static void every_practice_has_a_scheme_on_every_day(void **state)
{
    (void)state;
    struct synth_options options = small_options();
    synth_write(&options);
    struct table schemes = table_read("out/schemes.csv", 7);
    int general[24] = {0};
    for (size_t i = 0; i < schemes.count; i++) {
        const char *const *row = schemes.rows[i];
        size_t practice = (size_t)integer_of(row[0] + 3) - 1;
        assert_true(practice < 24);
        assert_true(is_one_of(row[1], "none rmc specialist_advice local_expertise peer_review"));
        if (row[4][0] != '\0')
            continue;
        general[practice]++;
        /* The first begins before the referrals do, and a second one on the day after its end. */
        if (general[practice] == 1)
            assert_true(day_of(row[2]) < day_of("2023-07-01"));
        else
            assert_int_equal(day_of(row[2]), day_of(schemes.rows[i - 1][3]) + 1);
        bool last =
            i + 1 == schemes.count || strcmp(schemes.rows[i + 1][0], row[0]) != 0 || schemes.rows[i + 1][4][0] != '\0';
        assert_int_equal(row[3][0] == '\0', last);
    }
    int changed = 0;
    for (size_t i = 0; i < 24; i++) {
        assert_true(general[i] == 1 || general[i] == 2);
        changed += general[i] == 2;
    }
    assert_int_equal(changed, 6); /* a quarter of them */
    table_release(&schemes);
}

/* Names in a folder that are neither "." nor "..". */
static size_t count_entries(const char *path)
{
    size_t count = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static void assert_fails(const char *folder, bool replace, const char *message)
{
    struct synth_options options = small_options();
    struct error error = {{0}};
    options.folder = folder;
    options.replace = replace;
    assert_false(synth_export(&options, NULL, NULL, NULL, &error));
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, message);
}

static void a_place_that_can_not_be_written_is_named(void **state)
{
    (void)state;
    assert_fails("/dev/full", true, "/dev/full is not a folder");
    assert_fails("/dev/full/out", true, "can't write to /dev/full/out: Not a directory");
    assert_fails("/proc/out", true, "can't make the folder /proc/out");
    assert_fails("no/such/place", true, "can't make the folder no/such/place: No such file or directory");
    assert_fails("", true, "the name of the folder is empty");
}

static void a_folder_that_holds_something_is_left_alone_unless_forced(void **state)
{
    (void)state;
    assert_int_equal(mkdir("kept", 0777), 0);
    scratch_write("kept/README.md", "mine");
    scratch_write("kept/referrals.csv", "old");
    assert_fails("kept", false, "kept is not empty");
    assert_int_equal(count_entries("kept"), 2);
    struct synth_options options = small_options();
    options.replace = true;
    write_to("kept/", options);
    assert_int_equal(count_entries("kept"), FILE_COUNT + 1);
    char *bytes = read_in("kept", "README.md", NULL);
    assert_string_equal(bytes, "mine");
    memory_free(bytes);
    assert_int_equal(mkdir("vacant", 0777), 0);
    options.replace = false;
    write_to("vacant", options);
    assert_int_equal(count_entries("vacant"), FILE_COUNT);
    assert_true(same_file("kept", "vacant", "outcomes.csv"));
}

/* A file size limit stands for a full disk: the write fails part of the way. */
static void a_write_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    struct rlimit old, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    size_t before = count_entries(".");
    limit = (struct rlimit){.rlim_cur = 1000000, .rlim_max = old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_fails("broken", false, "can't write outcomes.csv in broken: File too large");
    assert_int_equal(mkdir("there", 0777), 0);
    assert_fails("there", false, "can't write outcomes.csv in there: File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(count_entries("."), before + 1);
    assert_int_equal(count_entries("there"), 0);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    struct error error = {{0}};
    struct synth_options options = small_options();
    assert_true(synth_options_check(&options, &error));
    options.as_of = day_of("1899-12-31");
    assert_false(synth_options_check(&options, &error));
    options = small_options();
    options.practice_count = 0;
    assert_false(synth_options_check(&options, &error));
    options = small_options();
    options.quarter_count = 81;
    assert_false(synth_options_check(&options, &error));
    options = small_options();
    options.referral_count = 100000000;
    assert_false(synth_options_check(&options, &error));
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

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_seed_gives_the_same_bytes_for_any_number_of_workers),
        TEST(another_seed_gives_another_county),
        TEST(the_headers_are_those_of_the_canonical_files),
        TEST(every_row_is_valid),
        TEST(the_totals_count_the_bytes_written),
        TEST(every_practice_has_a_scheme_on_every_day),
        TEST(a_place_that_can_not_be_written_is_named),
        TEST(a_folder_that_holds_something_is_left_alone_unless_forced),
        TEST(a_write_that_fails_leaves_nothing_behind),
        TEST(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
