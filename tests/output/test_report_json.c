#include "referlens/output/report_json.h"

#include "../support/hand_made_report.h"
#include "../support/json_schema.h"
#include "../support/scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char scratch[SCRATCH_PATH_SIZE];
static struct json_schemas schemas;

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

/* Two files of referrals and one of events; the first has rows of every fate. */
static void make_ledgers(struct ledger ledgers[3])
{
    ledgers[0] = (struct ledger){.name = "north.csv",
                                 .kind = "referrals",
                                 .profile = "canonical",
                                 .sha256 = SHA_A,
                                 .bytes = 12345,
                                 .read = 100,
                                 .used = 80,
                                 .rejected = 10,
                                 .duplicates = 4,
                                 .left_out = 6};
    ledgers[1] = (struct ledger){.name = "events.csv",
                                 .kind = "outcomes",
                                 .profile = "canonical",
                                 .sha256 = SHA_B,
                                 .bytes = 99,
                                 .read = 3,
                                 .used = 3};
    ledgers[2] = (struct ledger){.name = "east.csv",
                                 .kind = "referrals",
                                 .profile = "wide-outcomes",
                                 .sha256 = SHA_B,
                                 .bytes = 99,
                                 .read = 5,
                                 .used = 3,
                                 .rejected = 2};
    ledger_count_reason(ledgers[0].rejected_for, &ledgers[0].rejected_reason_count, "no practice", 3);
    ledger_count_reason(ledgers[0].rejected_for, &ledgers[0].rejected_reason_count, "not a date", 7);
    ledger_count_reason(ledgers[0].left_out_for, &ledgers[0].left_out_reason_count, "dated after the as-of date", 6);
    ledger_count_reason(ledgers[0].duplicates_for, &ledgers[0].duplicates_reason_count, "the same row again", 4);
    ledger_count_reason(ledgers[2].rejected_for, &ledgers[2].rejected_reason_count, "conflict", 2);
}

/* A folder with some files of a report in it; the caller closes it. */
static struct folder *make_folder(void)
{
    static const char *const names[] = {"rejects.csv",           "measures.json",
                                        "charts/wait.svg",       "practices/A-1/pack.json",
                                        "practices/A/pack.json", "practices/A/index.html"};
    struct folder *folder;
    assert_true(folder_open("out", true, &folder, NULL));
    assert_true(folder_make(folder, "charts", NULL));
    assert_true(folder_make(folder, "practices/A", NULL));
    assert_true(folder_make(folder, "practices/A-1", NULL));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(folder_write(folder, names[i], TEXT("x"), NULL));
    return folder;
}

static char *written(const struct report *report, struct folder *folder)
{
    struct error error = {""};
    if (!report_json_write(report, folder, &error))
        fail_msg("%s", error.message);
    char *text = scratch_read("out.referlens-partial/report.json", NULL);
    assert_non_null(text);
    return text;
}

/* What the report holds of everything; with an exclusion that may not be shown the whole is not known. */
static void add_share(struct buffer *shares, const struct report *report, size_t measure)
{
    const struct result *result = result_list_find(&report->aggregates, slice_all(), (uint16_t)measure);
    const double counted = result == NULL || result->status != RESULT_OK  ? NAN
                           : measure_table[measure].kind == MEASURE_DELAY ? result->n
                                                                          : result->denominator;
    buffer_add_formatted(shares, "%s{\"measure\":\"%s\",\"status\":\"%s\",\"counted\":", measure > 0 ? ",\n" : "",
                         measure_table[measure].id,
                         result == NULL ? "insufficient" : result_status_name(result->status));
    if (isnan(counted))
        buffer_add_string(shares, "null");
    else
        buffer_add_formatted(shares, "%.0f", counted);
    buffer_add_string(shares, ",\"population\":null,\"share\":null}");
}

static void it_says_what_was_done_with_what(void **state)
{
    (void)state;
    struct ledger ledgers[3];
    make_ledgers(ledgers);
    struct report report = hand_made_report(0, 0, 1);
    report.ledgers = ledgers;
    report.ledger_count = 3;
    struct folder *folder = make_folder();
    char *text = written(&report, folder);
    const char *no_reasons = "\"rejected_for\":[],\"duplicates_for\":[],\"left_out_for\":[]}";
    struct buffer shares = buffer_with_maximum(8000);
    for (size_t i = 0; i < measure_count; i++)
        add_share(&shares, &report, i);
    char expected[12000];
    snprintf(
        expected, sizeof expected,
        "{\"schema_version\":\"1\",\"tool\":{\"name\":\"referlens\",\"version\":\"1.2.3\"},\n"
        "\"parameters\":{\"as_of\":\"2025-07-31\",\"as_of_assumed\":true,\"period\":\"2025-Q2\","
        "\"period_assumed\":false,\"audience\":\"shared\",\"level\":0.95},\n"
        "\"inputs\":[\n"
        "{\"name\":\"east.csv\",\"kind\":\"referrals\",\"profile\":\"wide-outcomes\",\"bytes\":99,\"sha256\":\"" SHA_B
        "\",\"ledger\":{\"read\":5,\"used\":3,\"rejected\":2,\"duplicates\":0,\"left_out\":0,"
        "\"rejected_for\":[{\"reason\":\"conflict\",\"rows\":2}],\"duplicates_for\":[],\"left_out_for\":[]}},\n"
        "{\"name\":\"events.csv\",\"kind\":\"outcomes\",\"profile\":\"canonical\",\"bytes\":99,\"sha256\":\"" SHA_B
        "\",\"ledger\":{\"read\":3,\"used\":3,\"rejected\":0,\"duplicates\":0,\"left_out\":0,%s},\n"
        "{\"name\":\"north.csv\",\"kind\":\"referrals\",\"profile\":\"canonical\",\"bytes\":12345,\"sha256\":\"" SHA_A
        "\",\"ledger\":{\"read\":100,\"used\":80,\"rejected\":10,\"duplicates\":4,\"left_out\":6,"
        "\"rejected_for\":[{\"reason\":\"not a date\",\"rows\":7},{\"reason\":\"no practice\",\"rows\":3}],"
        "\"duplicates_for\":[{\"reason\":\"the same row again\",\"rows\":4}],\"left_out_for\":[{\"reason\":\"dated "
        "after the as-of date\",\"rows\":6}]}}\n"
        "],\n"
        "\"data_quality\":{\"files\":3,\"ledger\":{\"read\":108,\"used\":86,\"rejected\":12,\"duplicates\":4,"
        "\"left_out\":6,\"rejected_for\":[{\"reason\":\"not a date\",\"rows\":7},{\"reason\":\"no "
        "practice\",\"rows\":3},"
        "{\"reason\":\"conflict\",\"rows\":2}],"
        "\"duplicates_for\":[{\"reason\":\"the same row again\",\"rows\":4}],\"left_out_for\":[{\"reason\":\"dated "
        "after the as-of date\",\"rows\":6}]},\"by_kind\":[\n"
        "{\"kind\":\"outcomes\",\"files\":1,\"ledger\":{\"read\":3,\"used\":3,\"rejected\":0,\"duplicates\":0,"
        "\"left_out\":0,%s},\n"
        "{\"kind\":\"referrals\",\"files\":2,\"ledger\":{\"read\":105,\"used\":83,\"rejected\":12,\"duplicates\":4,"
        "\"left_out\":6,\"rejected_for\":[{\"reason\":\"not a date\",\"rows\":7},{\"reason\":\"no "
        "practice\",\"rows\":3},"
        "{\"reason\":\"conflict\",\"rows\":2}],"
        "\"duplicates_for\":[{\"reason\":\"the same row again\",\"rows\":4}],\"left_out_for\":[{\"reason\":\"dated "
        "after the as-of date\",\"rows\":6}]}}\n"
        "],\n\"practices_not_listed\":null,\n\"observed_window\":{\"first_day\":\"2025-04-01\",\"requests_before\":0},\"quarters_begun_late\":[],\"list_bands\":null,\"finer_bands_given\":false,\n\"events_lost\":[],\n\"measures\":[\n%s]},\n"
        "\"files\":[\"charts/wait.svg\",\"measures.json\",\"rejects.csv\",\"report.json\"],\n"
        "\"packs\":{\"practices\":2,\"files\":3}}\n",
        no_reasons, no_reasons, shares.bytes);
    buffer_release(&shares);
    assert_string_equal(text, expected);
    cJSON *document = cJSON_Parse(text);
    if (!json_schema_holds(&schemas, "report", document))
        fail_msg("%s", schemas.problem);
    cJSON_Delete(document);
    free(text);
    folder_close(folder);
    hand_made_release(&report);
}

static void the_order_of_files_and_reasons_changes_nothing(void **state)
{
    (void)state;
    struct ledger ledgers[3];
    make_ledgers(ledgers);
    struct report report = hand_made_report(0, 0, 1);
    report.ledgers = ledgers;
    report.ledger_count = 3;
    struct folder *folder = make_folder();
    char *text = written(&report, folder);
    folder_close(folder);
    struct ledger swapped[] = {ledgers[2], ledgers[0], ledgers[1]};
    struct ledger_reason reason = swapped[1].rejected_for[0];
    swapped[1].rejected_for[0] = swapped[1].rejected_for[1];
    swapped[1].rejected_for[1] = reason;
    report.ledgers = swapped;
    folder = make_folder();
    char *again = written(&report, folder);
    folder_close(folder);
    assert_string_equal(again, text);
    free(again);
    free(text);
    hand_made_release(&report);
}

static void a_report_with_it_is_known_as_ours(void **state)
{
    (void)state;
    struct report report = hand_made_report(0, 0, 1);
    for (int i = 0; i < 2; i++) {
        struct folder *folder;
        struct error error = {""};
        if (!folder_open("out", true, &folder, &error) || !report_json_write(&report, folder, &error) ||
            !folder_publish(folder, &error))
            fail_msg("%s", error.message);
        folder_close(folder);
    }
    char *text = scratch_read("out/report.json", NULL);
    cJSON *document = cJSON_Parse(text);
    assert_true(json_schema_holds(&schemas, "report", document));
    cJSON_Delete(document);
    free(text);
    hand_made_release(&report);
}

static void a_report_on_files_without_rows_has_no_dates(void **state)
{
    (void)state;
    struct report report = hand_made_report(0, 0, 1);
    report.as_of = DAY_UNKNOWN;
    report.period = PERIOD_ALL;
    struct folder *folder = make_folder();
    char *text = written(&report, folder);
    assert_non_null(strstr(text, "\"as_of\":null,\"as_of_assumed\":true,\"period\":null,"));
    cJSON *document = cJSON_Parse(text);
    assert_true(json_schema_holds(&schemas, "report", document));
    cJSON_Delete(document);
    free(text);
    folder_close(folder);
    hand_made_release(&report);
}

static void a_ledger_that_does_not_balance_is_not_published(void **state)
{
    (void)state;
    struct ledger ledgers[3];
    make_ledgers(ledgers);
    ledgers[1].read++;
    struct report report = hand_made_report(0, 0, 1);
    report.ledgers = ledgers;
    report.ledger_count = 3;
    struct folder *folder = make_folder();
    struct error error = {""};
    assert_false(report_json_write(&report, folder, &error));
    assert_string_equal(error.message, "the ledger of 'events.csv' does not balance: rows of it were lost");
    folder_close(folder);
    hand_made_release(&report);
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(it_says_what_was_done_with_what),
        IN_SCRATCH(the_order_of_files_and_reasons_changes_nothing),
        IN_SCRATCH(a_report_with_it_is_known_as_ours),
        IN_SCRATCH(a_report_on_files_without_rows_has_no_dates),
        IN_SCRATCH(a_ledger_that_does_not_balance_is_not_published),
    };
    schemas = json_schemas_load();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    json_schemas_release(&schemas);
    return failures;
}
