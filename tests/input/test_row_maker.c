#include "referlens/input/row_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/described_input.h"
#include "../support/profile_text.h"

/* Referrals, two kinds of events, practices and meetings from the rows of one file. */
#define ON(column) "'event_date': {'column': '" column "', 'date': 'YYYY-MM-DD'}"
static const char mixed_profile[] = PROFILE(
    "'leave_out': [{'column': 'Ref', 'is': ['skip'], 'reason': 'a trial'}], 'rest': 'nothing here', ",
    "{'name': 'advice', 'kind': 'referrals', 'when': [{'column': 'Kind', 'is': ['A', 'AR']}], 'fields': {" FIELDS
    ", 'request_type': {'constant': 'advice'}}}, "
    "{'name': 'referral', 'kind': 'referrals', 'when': [{'column': 'Kind', 'is': ['R', 'AR']}], 'fields': {" FIELDS
    "}}, "
    "{'name': 'decided', 'kind': 'outcomes', 'unless_empty': 'Decided', 'fields': {'referral_id': 'Ref', " ON(
        "Decided") ", 'event_type': {'column': 'Decision', 'map': {'Y': 'accepted', 'N': 'rejected'}}}}, "
                   "{'name': 'seen', 'kind': 'outcomes', 'unless_empty': 'Seen', 'fields': {'referral_id': 'Ref', " ON(
                       "Seen") ", 'event_type': {'constant': 'first_attended'}}}, "
                               "{'name': 'practice', 'kind': 'practices', 'unless_empty': 'Name', 'fields': "
                               "{'practice_code': 'Surgery', 'practice_name': "
                               "'Name'}}, "
                               "{'name': 'meeting', 'kind': 'sessions', 'unless_empty': 'Met', 'fields': "
                               "{'practice_code': 'Surgery', 'session_date': "
                               "{'column': 'Met', 'date': 'YYYY-MM-DD'}}}");

static const char mixed_rows[] = "Ref,Surgery,Clinic,Sent,Kind,Decided,Decision,Seen,Name,Met\n"
                                 "R1,A,330,01/01/2024,R,2024-01-05,Y,2024-02-01,Elm,2024-03-01\n" /* five rows of one */
                                 "R2,A,330,02/01/2024,R,2024-01-06,N,,,\n"
                                 "R3,B,330,03/01/2024,AR,,,,Ash,\n"               /* one referral: the advice */
                                 "R2,,,,E,,,2024-02-07,,\n"                       /* an event alone */
                                 "R9,,,,E,,,2024-02-07,,\n"                       /* without its referral */
                                 "R1,,,,E,2023-12-01,Y,,,\n"                      /* before its referral */
                                 "R2,,,,E,,,2024-02-07,,\n"                       /* again */
                                 ",C,,,P,,,,Oak,\n"                               /* a practice alone */
                                 ",C,,,P,,,,Oak,\n"                               /* again */
                                 ",B,,,P,,,,,2024-03-02\n"                        /* a meeting alone */
                                 "skip,A,330,01/01/2024,R,,,,,\n"                 /* left out */
                                 "R4,A,330,01/01/2024,other,,,,,\n"               /* nothing is made of it */
                                 ",,,,,,,,,\n"                                    /* blank */
                                 "R5,A,330,31/02/2024,R,2024-01-05,Y,,,\n"        /* no such day */
                                 "R6,A,330,01/01/2024,R,2024-01-05,maybe,,Elm,\n" /* of its event: rejected whole */
                                 "R7,A,330,01/01/2024,R,2024-01-05,Y\n"           /* too few fields */
                                 "R8,A,330,05/01/2025,R,,,,,\n";                  /* after the as-of date */

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

/* In a pass, which records belong to it; returns how many there are. */
static size_t records_of(const struct input_file *file, enum file_kind kind, bool *belongs, size_t room)
{
    struct record_reader reader;
    struct row_maker maker;
    size_t count = 0;
    record_reader_open(&reader, file->body, file->delimiter, true);
    row_maker_open(&maker, file, kind);
    while (record_reader_next(&reader)) {
        assert_true(count < room);
        row_maker_take(&maker, &reader);
        belongs[count++] = maker.belongs;
    }
    row_maker_close(&maker);
    record_reader_close(&reader);
    return count;
}

static void a_record_belongs_to_one_pass(void **state)
{
    (void)state;
    enum { ROOM = 40 };
    static const enum file_kind pass[] = {
        FILE_REFERRALS, FILE_REFERRALS, FILE_REFERRALS, FILE_OUTCOMES,  FILE_OUTCOMES,  FILE_OUTCOMES,
        FILE_OUTCOMES,  FILE_PRACTICES, FILE_PRACTICES, FILE_SESSIONS,  FILE_REFERRALS, FILE_REFERRALS,
        FILE_REFERRALS, FILE_REFERRALS, FILE_REFERRALS, FILE_REFERRALS, FILE_REFERRALS};
    struct profile *profile = parsed(mixed_profile);
    const struct profile *const named[] = {profile};
    const struct reading_options options = {.named = named, .named_count = 1};
    struct input_file file;
    struct error error = {""};
    from_csv_write("mixed.csv", mixed_rows, sizeof mixed_rows - 1);
    if (!input_file_open(&file, "mixed.csv", &options, &error))
        fail_msg("%s", error.message);
    assert_string_equal(file.ledger.kind, "referrals and outcomes and practices and sessions");
    unsigned belonging[ROOM] = {0};
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        bool belongs[ROOM];
        if (!input_file_makes(&file, (enum file_kind)kind))
            continue;
        assert_int_equal(records_of(&file, (enum file_kind)kind, belongs, ROOM), sizeof pass / sizeof *pass);
        for (size_t i = 0; i < sizeof pass / sizeof *pass; i++) {
            assert_int_equal(belongs[i], pass[i] == (enum file_kind)kind);
            belonging[i] += belongs[i];
        }
    }
    for (size_t i = 0; i < sizeof pass / sizeof *pass; i++)
        assert_int_equal(belonging[i], 1);
    input_file_close(&file);
    profile_free(profile);
}

/* One value for a column: none, an NHS number, or something sound. */
static const char *some_value(const struct format_column *column, unsigned random)
{
    static const char *const free_values[] = {"", "9434765919", "943 476 5919", "9434765918", "A81001", "x"};
    static const char *const numbers[] = {"", "1", "9434765919"};
    static const char *const dates[] = {"", "2024-01-31", "9434765919"};
    switch (column->content) {
    case CONTENT_KEY:
    case CONTENT_TEXT:
        return free_values[random % 6];
    case CONTENT_NUMBER:
        return numbers[random % 3];
    case CONTENT_DATE:
        return dates[random % 3];
    case CONTENT_WORD:
        break;
    }
    const char *word = random % 3 == 0 ? NULL : column->words[random / 3 % column->word_count];
    return word != NULL ? word : "";
}

/* What the rows of a canonical file hold, counted by a look at each value. */
static void a_canonical_row_is_counted_column_by_column(void **state)
{
    (void)state;
    enum { ROWS = 300 };
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        const struct format_kind *of = &format_kinds[kind];
        struct row_counts expected = row_counts_none(), counts = row_counts_none();
        struct buffer text = buffer_with_maximum(1 << 20);
        uint64_t seed = kind + 1;
        for (size_t i = 0; i < of->column_count; i++)
            buffer_add_formatted(&text, "%s%s", i > 0 ? "," : "", of->columns[i].name);
        for (size_t row = 0; row < ROWS; row++) {
            buffer_add_string(&text, "\n");
            for (size_t i = 0; i < of->column_count; i++) {
                seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                /* The first column is there, so that no row is blank. */
                const char *value = i == 0 ? "9434765919" : some_value(&of->columns[i], (unsigned)(seed >> 40));
                const bool is_free = of->columns[i].content == CONTENT_KEY || of->columns[i].content == CONTENT_TEXT;
                expected.missing[i] += value[0] == '\0';
                expected.nhs_numbers[i] +=
                    is_free && (strcmp(value, "9434765919") == 0 || strcmp(value, "943 476 5919") == 0);
                for (size_t word = 0; of->columns[i].words != NULL && word < of->columns[i].word_count; word++) {
                    const char *name = of->columns[i].words[word];
                    expected.words[i][word] += name != NULL && strcmp(name, value) == 0;
                }
                buffer_add_formatted(&text, "%s%s", i > 0 ? "," : "", value);
            }
        }
        struct input_file file;
        struct record_reader reader;
        struct row_maker maker;
        struct error error = {""};
        from_csv_write("rows.csv", text.bytes, text.length);
        if (!input_file_open(&file, "rows.csv", &(struct reading_options){0}, &error))
            fail_msg("%s", error.message);
        record_reader_open(&reader, file.body, file.delimiter, true);
        row_maker_open(&maker, &file, (enum file_kind)kind);
        maker.counts[0] = &counts;
        while (record_reader_next(&reader))
            row_maker_take(&maker, &reader);
        assert_int_equal(counts.rows, ROWS);
        assert_memory_equal(counts.missing, expected.missing, sizeof counts.missing);
        assert_memory_equal(counts.nhs_numbers, expected.nhs_numbers, sizeof counts.nhs_numbers);
        assert_memory_equal(counts.words, expected.words, sizeof counts.words);
        row_maker_close(&maker);
        record_reader_close(&reader);
        input_file_close(&file);
        row_counts_release(&counts);
        buffer_release(&text);
    }
}

static struct input read_with(const struct profile *const *named, size_t named_count, const char *const *names,
                              size_t chunk_bytes)
{
    struct input input;
    struct error error = {""};
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    const struct input_options options = {.as_of = from_csv_day("2024-12-31"),
                                          .worker_count = 2,
                                          .chunk_bytes = chunk_bytes,
                                          .reading = {.named = named, .named_count = named_count}};
    if (!input_read(&input, names, count, &options, &error))
        fail_msg("%s", error.message);
    return input;
}

static int64_t rows_for(const struct ledger_reason *reasons, size_t count, const char *reason)
{
    return ledger_reason_rows(reasons, count, reason);
}

static void each_record_counts_once_whatever_is_made_of_it(void **state)
{
    (void)state;
    struct profile *profile = parsed(mixed_profile);
    const struct profile *const named[] = {profile};
    static const char *const names[] = {"mixed.csv", NULL};
    from_csv_write("mixed.csv", mixed_rows, sizeof mixed_rows - 1);
    for (size_t chunk = 0; chunk < 300; chunk += 37) {
        struct input input = read_with(named, 1, names, chunk);
        const struct ledger *ledger = &input.ledgers[0];
        assert_true(ledger_balances(ledger));
        assert_int_equal(ledger->read, 17);
        assert_int_equal(ledger->rejected, 3);
        assert_int_equal(ledger->duplicates, 2);
        assert_int_equal(ledger->left_out, 6);
        assert_int_equal(ledger->used, 6);
        static const char *const left_out[] = {"a trial",
                                               "nothing here",
                                               "blank row",
                                               "event without its referral",
                                               "event dated before its referral",
                                               "dated after the as-of date"};
        for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
            assert_int_equal(rows_for(ledger->left_out_for, ledger->left_out_reason_count, left_out[i]), 1);
        assert_int_equal(cohort_count(input.cohort), 4); /* R8, too, which is after the as-of date */
        input_release(&input);
    }
    profile_free(profile);
}

static void what_was_made_is_told_rule_by_rule(void **state)
{
    (void)state;
    struct profile *profile = parsed(mixed_profile);
    const struct profile *const named[] = {profile};
    static const char *const names[] = {"mixed.csv", NULL};
    from_csv_write("mixed.csv", mixed_rows, sizeof mixed_rows - 1);
    struct input input = read_with(named, 1, names, 0);
    const struct file_quality *quality = &input.qualities[0];
    static const struct {
        const char *name;
        int64_t made, used, duplicates, orphans, before_referral;
    } parts[] = {{"advice", 1, 0, 0, 0, 0}, {"referral", 3, 0, 0, 0, 0}, {"decided", 3, 2, 0, 0, 1},
                 {"seen", 4, 2, 1, 1, 0},   {"practice", 4, 0, 0, 0, 0}, {"meeting", 2, 0, 0, 0, 0}};
    assert_int_equal(quality->part_count, sizeof parts / sizeof *parts);
    for (size_t i = 0; i < quality->part_count; i++) {
        const struct quality_part *part = &quality->parts[i];
        assert_string_equal(part->name, parts[i].name);
        assert_int_equal(part->made, parts[i].made);
        assert_int_equal(part->used, parts[i].used);
        assert_int_equal(part->duplicates, parts[i].duplicates);
        assert_int_equal(part->orphans, parts[i].orphans);
        assert_int_equal(part->before_referral, parts[i].before_referral);
    }
    input_release(&input);
    profile_free(profile);
}

/* A fixed sequence, so that a failure comes again. */
static unsigned next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*seed >> 33);
}

static const char *one_of(uint64_t *seed, const char *const *texts, size_t count)
{
    return texts[next_random(seed) % count];
}
#define ONE_OF(seed, ...)                                                                                              \
    one_of(seed, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* An id that may lie in the file as it is, or not. */
static void add_id(struct buffer *text, uint64_t *seed)
{
    const unsigned number = next_random(seed) % 150;
    buffer_add_formatted(text, number % 10 == 0 ? "\"R\"\"%u\"" : number % 10 == 1 ? "\"R,%u\"" : "R%u", number);
}

static void add_date(struct buffer *text, uint64_t *seed)
{
    buffer_add_formatted(text, ",2024-%02u-%02u", next_random(seed) % 13, next_random(seed) % 31);
}

/* Canonical files of 200 referrals and 500 events in which anything may be wrong. */
static void write_random(uint64_t *seed)
{
    struct buffer referrals = buffer_with_maximum(1 << 20), outcomes = buffer_with_maximum(1 << 20);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (int i = 0; i < 200; i++) {
        add_id(&referrals, seed);
        buffer_add_formatted(&referrals, ",%s", ONE_OF(seed, "A", "B", "\"C\nD\"", ""));
        add_date(&referrals, seed);
        buffer_add_formatted(&referrals, ",%s,%s,%s,%s,P%u%s", ONE_OF(seed, "100", "330", "\"a \"\"b\"\"\""),
                             ONE_OF(seed, "", "referral", "advice"), ONE_OF(seed, "", "usc", "routine", "soon"),
                             ONE_OF(seed, "", "rmc", "none"), next_random(seed) % 50,
                             ONE_OF(seed, "\n", "\r\n", ",\n", ",x\n"));
    }
    for (int i = 0; i < 500; i++) {
        add_id(&outcomes, seed);
        add_date(&outcomes, seed);
        buffer_add_formatted(&outcomes, ",%s,%s,%s,%s,%s\n",
                             ONE_OF(seed, "accepted", "rejected", "first_attended", "treated", "refused", ""),
                             ONE_OF(seed, "", "", "1", "7", "x"), ONE_OF(seed, "", "FULL", "\"a,b\""),
                             ONE_OF(seed, "", "yes", "no", "maybe"), ONE_OF(seed, "", "yes", "no"));
    }
    from_csv_write("referrals.csv", referrals.bytes, referrals.length);
    from_csv_write("outcomes.csv", outcomes.bytes, outcomes.length);
    buffer_release(&referrals);
    buffer_release(&outcomes);
}

static void a_profile_that_changes_nothing_reads_what_is_read_without_it(void **state)
{
    (void)state;
    struct profile *referrals = parsed(
        "{'name': 'as-is-1', 'title': 'x', 'makes': [{'name': 'r', 'kind': 'referrals', 'fields': {'referral_id': "
        "'referral_id', "
        "'practice_code': 'practice_code', 'referral_date': {'column': 'referral_date', 'date': 'YYYY-MM-DD'}, "
        "'specialty_code': "
        "'specialty_code', 'request_type': 'request_type', 'priority': 'priority', 'scheme': 'scheme', 'patient_key': "
        "'patient_key'}}]}");
    struct profile *outcomes = parsed("{'name': 'as-is-2', 'title': 'x', 'makes': [{'name': 'e', 'kind': 'outcomes', "
                                      "'fields': {'referral_id': 'referral_id', "
                                      "'event_date': {'column': 'event_date', 'date': 'YYYY-MM-DD'}, 'event_type': "
                                      "'event_type', 'event_seq': 'event_seq', "
                                      "'reason_code': 'reason_code', 'referrer_contacted': 'referrer_contacted', "
                                      "'patient_consulted': 'patient_consulted'}}]}");
    const struct profile *const named[] = {referrals, outcomes};
    static const char *const names[] = {"referrals.csv", "outcomes.csv", NULL};
    uint64_t seed = 11;
    for (size_t round = 0; round < 30; round++) {
        write_random(&seed);
        struct input plain = read_with(NULL, 0, names, 0), mapped = read_with(named, 2, names, round * 50);
        assert_string_equal(mapped.ledgers[1].profile, "as-is-1");
        assert_true(plain.reject_count > 50 && cohort_count(plain.cohort) > 20);
        char *expected = describe_input(&plain), *found = describe_input(&mapped);
        assert_string_equal(found, expected);
        free(expected);
        free(found);
        input_release(&plain);
        input_release(&mapped);
    }
    profile_free(referrals);
    profile_free(outcomes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_belongs_to_one_pass),
        cmocka_unit_test(a_canonical_row_is_counted_column_by_column),
        cmocka_unit_test(each_record_counts_once_whatever_is_made_of_it),
        cmocka_unit_test(what_was_made_is_told_rule_by_rule),
        cmocka_unit_test(a_profile_that_changes_nothing_reads_what_is_read_without_it),
    };
    return cmocka_run_group_tests_name("input/row_maker", tests, enter, leave);
}
