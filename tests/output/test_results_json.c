#include "referlens/output/results_json.h"

#include "referlens/measure/practice_funnel.h"
#include "referlens/measure/series.h"

#include "../support/hand_made_report.h"
#include "../support/json_schema.h"
#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

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

/* measures.json as it was written, to be freed. */
static char *written(const struct report *report, size_t worker_count, size_t *length)
{
    struct folder *folder;
    struct error error = {""};
    if (!folder_open("out", true, &folder, &error) || !results_json_write(report, folder, worker_count, &error))
        fail_msg("%s", error.message);
    char *text = scratch_read("out.referlens-partial/measures.json", length);
    assert_non_null(text);
    folder_close(folder);
    return text;
}

/* Null where the number is not known, otherwise the same double bit by bit. */
static void assert_number(const cJSON *object, const char *key, double expected)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(item);
    if (isnan(expected))
        assert_true(cJSON_IsNull(item));
    else
        assert_memory_equal(&item->valuedouble, &expected, sizeof expected);
}

static void assert_text(const cJSON *object, const char *key, struct text expected)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(item);
    if (expected.length == 0) {
        assert_true(cJSON_IsNull(item));
        return;
    }
    assert_int_equal(strlen(item->valuestring), expected.length);
    assert_memory_equal(item->valuestring, expected.bytes, expected.length);
}

static void assert_keys(const cJSON *object, const char *const *keys, size_t count)
{
    const cJSON *member = object->child;
    for (size_t i = 0; i < count; i++, member = member->next) {
        assert_non_null(member);
        assert_string_equal(member->string, keys[i]);
    }
    assert_null(member);
}

static void assert_delay(const cJSON *object, const struct result *result)
{
    static const char *const keys[] = {
        "measure",      "practice", "specialty", "scheme",           "period",       "kind",   "status",
        "excluded",     "n",        "events",    "competing",        "censored",     "median", "median_lower",
        "median_upper", "p90",      "within",    "completed_median", "completed_p90"};
    assert_keys(object, keys, sizeof keys / sizeof *keys);
    assert_number(object, "n", result->n);
    assert_number(object, "events", result->events);
    assert_number(object, "competing", result->competing);
    assert_number(object, "censored", result->censored);
    assert_number(object, "median", result->median);
    assert_number(object, "median_lower", result->median_lower);
    assert_number(object, "median_upper", result->median_upper);
    assert_number(object, "p90", result->p90);
    assert_number(object, "completed_median", result->completed_median);
    assert_number(object, "completed_p90", result->completed_p90);
    static const double days[] = {2, 14, 28, 42, 126, 180, 365};
    const cJSON *within = cJSON_GetObjectItemCaseSensitive(object, "within");
    if (measure_table[result->measure].completed_only) {
        assert_int_equal(cJSON_GetArraySize(within), 0);
        return;
    }
    assert_int_equal(cJSON_GetArraySize(within), HORIZON_COUNT);
    for (int i = 0; i < HORIZON_COUNT; i++) {
        const cJSON *point = cJSON_GetArrayItem(within, i);
        assert_keys(point, (const char *const[]){"days", "value", "lower", "upper"}, 4);
        assert_number(point, "days", days[i]);
        assert_number(point, "value", result->within[i].value);
        assert_number(point, "lower", result->within[i].lower);
        assert_number(point, "upper", result->within[i].upper);
    }
}

static void assert_result(const cJSON *object, const struct report *report, const struct result *result)
{
    static const char *const keys[] = {"measure",  "practice",  "specialty",   "scheme", "period", "kind",  "status",
                                       "excluded", "numerator", "denominator", "value",  "lower",  "upper", "expected"};
    const struct measure *measure = &measure_table[result->measure];
    char period[QUARTER_TEXT_SIZE] = "";
    if (result->slice.period != PERIOD_ALL)
        quarter_format(result->slice.period, period);
    assert_text(object, "measure", text_of(measure->id));
    assert_text(object, "practice", report_practice_code(report, result->slice.practice));
    assert_text(object, "specialty", report_specialty_code(report, result->slice.specialty));
    assert_text(object, "scheme", report_scheme_word(result->slice.scheme));
    assert_text(object, "period", text_of(period));
    assert_text(object, "kind", text_of(measure_kind_name(measure->kind)));
    assert_text(object, "status", text_of(result_status_name(result->status)));
    const cJSON *excluded = cJSON_GetObjectItemCaseSensitive(object, "excluded");
    assert_keys(excluded, (const char *const[]){"pending", "immature", "unknown"}, 3);
    assert_number(excluded, "pending", result->excluded.pending);
    assert_number(excluded, "immature", result->excluded.immature);
    assert_number(excluded, "unknown", result->excluded.unknown);
    if (measure->kind == MEASURE_DELAY) {
        assert_delay(object, result);
        return;
    }
    const bool is_rate = measure->kind == MEASURE_RATE;
    assert_keys(object, keys, sizeof keys / sizeof *keys - !is_rate);
    if (is_rate)
        assert_number(object, "expected", result->expected);
    assert_number(object, "numerator", result->numerator);
    assert_number(object, "denominator", result->denominator);
    assert_number(object, "value", result->value);
    assert_number(object, "lower", result->lower);
    assert_number(object, "upper", result->upper);
}

static void every_number_reads_back_to_the_same_double_in_the_order_of_the_lists(void **state)
{
    (void)state;
    struct report report = hand_made_report(37, 4, 6);
    char *text = written(&report, 2, NULL);
    cJSON *document = cJSON_Parse(text);
    assert_non_null(document);
    const cJSON *result = cJSON_GetObjectItemCaseSensitive(document, "results")->child;
    size_t aggregates = report.aggregates.count;
    for (size_t i = 0; i < aggregates + report.practices.count; i++, result = result->next) {
        assert_non_null(result);
        assert_result(result, &report,
                      i < aggregates ? &report.aggregates.results[i] : &report.practices.results[i - aggregates]);
    }
    assert_null(result);
    cJSON_Delete(document);
    free(text);
    hand_made_release(&report);
}

static void the_head_says_by_whom_of_when_and_for_whom(void **state)
{
    (void)state;
    struct report report = hand_made_report(2, 1, 2);
    report.audience = AUDIENCE_ANALYST;
    char *text = written(&report, 1, NULL);
    const char *head = "{\"schema_version\":\"1\",\"tool\":{\"name\":\"referlens\",\"version\":\"1.2.3\"},"
                       "\"as_of\":\"2025-07-31\",\"audience\":\"analyst\",\"period\":\"2025-Q2\",";
    assert_memory_equal(text, head, strlen(head));
    cJSON *document = cJSON_Parse(text);
    assert_keys(document,
                (const char *const[]){"schema_version", "tool", "as_of", "audience", "period", "measures", "results",
                                      "funnels", "series"},
                9);
    const cJSON *measure = cJSON_GetObjectItemCaseSensitive(document, "measures")->child;
    for (size_t i = 0; i < measure_count; i++, measure = measure->next) {
        static const char *const keys[] = {"id",        "title",       "kind",      "unit",  "direction",
                                           "numerator", "denominator", "ci_method", "level", "caution"};
        assert_keys(measure, keys, sizeof keys / sizeof *keys);
        assert_text(measure, "id", text_of(measure_table[i].id));
        assert_text(measure, "title", text_of(measure_table[i].title));
        assert_text(measure, "denominator", text_of(measure_table[i].denominator));
        assert_number(measure, "level", 0.95);
    }
    assert_null(measure);
    cJSON_Delete(document);
    free(text);
    hand_made_release(&report);
}

static void the_document_holds_against_its_schema(void **state)
{
    (void)state;
    struct report report = hand_made_report(5, 3, 3);
    char *text = written(&report, 2, NULL);
    cJSON *document = cJSON_Parse(text);
    if (!json_schema_holds(&schemas, "measures", document))
        fail_msg("%s", schemas.problem);
    cJSON *first = cJSON_GetObjectItemCaseSensitive(document, "results")->child;
    cJSON_AddNumberToObject(first, "surprise", 1);
    assert_false(json_schema_holds(&schemas, "measures", document));
    cJSON_DeleteItemFromObject(first, "surprise");
    assert_true(json_schema_holds(&schemas, "measures", document));
    cJSON_DeleteItemFromObject(first, "status");
    assert_false(json_schema_holds(&schemas, "measures", document));
    cJSON_Delete(document);
    free(text);
    hand_made_release(&report);
}

static void each_result_has_a_line_of_its_own(void **state)
{
    (void)state;
    struct report report = hand_made_report(3, 2, 2);
    char *text = written(&report, 1, NULL);
    size_t lines = 0;
    const char *end = strstr(text, "\"funnels\":[");
    for (const char *at = strstr(text, "\"results\":["); (at = strchr(at, '\n')) < end; at++)
        lines += strncmp(at, "\n{\"measure\":\"", 13) == 0;
    assert_int_equal(lines, report.aggregates.count + report.practices.count);
    assert_string_equal(text + strlen(text) - 5, "}\n]}\n");
    free(text);
    hand_made_release(&report);
}

static void the_bytes_do_not_depend_on_the_number_of_workers(void **state)
{
    (void)state;
    struct report report = hand_made_report(211, 3, 5);
    size_t length, other_length;
    char *text = written(&report, 1, &length);
    for (size_t workers = 0; workers <= 9; workers += 3) {
        char *other = written(&report, workers, &other_length);
        assert_int_equal(other_length, length);
        assert_memory_equal(other, text, length);
        free(other);
    }
    free(text);
    hand_made_release(&report);
}

static void codes_with_quotes_and_line_ends_are_escaped(void **state)
{
    (void)state;
    struct report report = hand_made_report(1, 1, 1);
    snprintf(hand_made.practice_codes[0], HAND_MADE_TEXT_SIZE, "%s", "\"A\\\n\t1\x01\xC3\xA9");
    char *text = written(&report, 1, NULL);
    cJSON *document = cJSON_Parse(text);
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(document, "results");
    assert_text(cJSON_GetArrayItem(results, cJSON_GetArraySize(results) - 1), "practice",
                text_of("\"A\\\n\t1\x01\xC3\xA9"));
    cJSON_Delete(document);
    free(text);
    hand_made_release(&report);
}

static void a_report_without_results_is_a_document_all_the_same(void **state)
{
    (void)state;
    struct report report = hand_made_report(0, 0, 1);
    result_list_release(&report.aggregates);
    report.as_of = DAY_UNKNOWN;
    report.period = PERIOD_ALL;
    char *text = written(&report, 2, NULL);
    cJSON *document = cJSON_Parse(text);
    assert_true(json_schema_holds(&schemas, "measures", document));
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(document, "as_of")));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(document, "results")), 0);
    cJSON_Delete(document);
    free(text);
    hand_made_release(&report);
}

static const cJSON *find_measure(const cJSON *array, const char *measure)
{
    const cJSON *item = array->child;
    while (item != NULL && strcmp(cJSON_GetObjectItemCaseSensitive(item, "measure")->valuestring, measure) != 0)
        item = item->next;
    return item;
}

static void a_funnel_is_what_the_practices_come_to(void **state)
{
    (void)state;
    struct report report = hand_made_report(40, 1, 2);
    char *text = written(&report, 2, NULL);
    cJSON *document = cJSON_Parse(text);
    const cJSON *funnels = cJSON_GetObjectItemCaseSensitive(document, "funnels");
    for (size_t i = 0; i < measure_count; i++) {
        const cJSON *object = find_measure(funnels, measure_table[i].id);
        if (measure_table[i].kind == MEASURE_DELAY) {
            assert_null(object);
            continue;
        }
        struct practice_funnel funnel = practice_funnel_of(&report, measure_table[i].id);
        const cJSON *points = cJSON_GetObjectItemCaseSensitive(object, "points");
        assert_text(object, "status", text_of(result_status_name(funnel.status)));
        assert_number(object, "target", funnel.has_limits ? funnel.model.target : NAN);
        assert_number(object, "phi", funnel.has_limits ? funnel.model.phi : NAN);
        assert_number(object, "tau2", funnel.has_limits ? funnel.model.tau2 : NAN);
        assert_number(object, "practices", (double)funnel.count);
        assert_number(object, "suppressed", (double)funnel.suppressed);
        assert_int_equal(cJSON_GetArraySize(points), funnel.count);
        for (size_t k = 0; k < funnel.count; k++) {
            const struct practice_point *point = &funnel.points[k];
            const cJSON *item = cJSON_GetArrayItem(points, (int)k);
            const char *side = point->side > 0 ? "above" : point->side < 0 ? "below" : "";
            const char *finding = finding_text(point->finding);
            assert_text(item, "practice", report_practice_code(&report, point->practice));
            assert_number(item, "numerator", point->numerator);
            assert_number(item, "value", point->value);
            assert_number(item, "lower998", point->limits.lower998);
            assert_number(item, "q", point->q);
            assert_text(item, "side", text_of(side));
            assert_text(item, "finding", text_of(finding == NULL ? "" : finding));
        }
        practice_funnel_release(&funnel);
    }
    cJSON_Delete(document);
    free(text);
    hand_made_release(&report);
}

static void series_are_written_for_all_and_each_specialty_and_scheme(void **state)
{
    (void)state;
    struct report report = hand_made_report(1, 2, 15);
    char *text = written(&report, 2, NULL);
    cJSON *document = cJSON_Parse(text);
    if (!json_schema_holds(&schemas, "measures", document))
        fail_msg("%s", schemas.problem);
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(document, "series")->child;
    struct series_list list = series_list_of(&report);
    size_t control_charts = 0;
    for (size_t i = 0; i < list.count; i++, item = item->next) {
        const struct series *series = &list.series[i];
        const char *method = series_method_name(series->method);
        assert_text(item, "measure", text_of(measure_table[series->measure].id));
        assert_text(item, "specialty", report_specialty_code(&report, series->slice.specialty));
        assert_text(item, "scheme", report_scheme_word(series->slice.scheme));
        assert_text(item, "method", text_of(method == NULL ? "" : method));
        assert_number(item, "mean", series->mean);
        assert_number(item, "median", series->median);
        assert_number(item, "crossings", series->method == SERIES_RUN ? (double)series->crossings : NAN);
        control_charts += series->method == SERIES_P_PRIME || series->method == SERIES_XMR;
        const cJSON *point = cJSON_GetObjectItemCaseSensitive(item, "points")->child;
        for (size_t k = 0; k < series->count && point != NULL; k++, point = point->next) {
            assert_number(point, "value", series->points[k].value);
            assert_number(point, "upper_limit", series->points[k].upper_limit);
            assert_text(point, "signal", text_of(series->points[k].signal == NULL ? "" : series->points[k].signal));
        }
        assert_null(point);
    }
    assert_null(item);
    assert_true(control_charts > 0);
    series_list_release(&list);
    cJSON_Delete(document);
    free(text);
    hand_made_release(&report);
}

/* A limit on the size of files fails a write half-way as a full disk does. */
static void a_full_disk_is_told(void **state)
{
    (void)state;
    struct report report = hand_made_report(100, 3, 5);
    pid_t child = fork();
    if (child == 0) {
        struct folder *folder;
        struct error error = {""};
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){100000, 100000}) != 0 ||
            !folder_open("out", true, &folder, &error) || results_json_write(&report, folder, 3, &error))
            _exit(2);
        folder_close(folder);
        _exit(strcmp(error.message, "can't write 'measures.json': File too large") != 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    hand_made_release(&report);
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(every_number_reads_back_to_the_same_double_in_the_order_of_the_lists),
        IN_SCRATCH(the_head_says_by_whom_of_when_and_for_whom),
        IN_SCRATCH(the_document_holds_against_its_schema),
        IN_SCRATCH(each_result_has_a_line_of_its_own),
        IN_SCRATCH(the_bytes_do_not_depend_on_the_number_of_workers),
        IN_SCRATCH(codes_with_quotes_and_line_ends_are_escaped),
        IN_SCRATCH(a_report_without_results_is_a_document_all_the_same),
        IN_SCRATCH(a_funnel_is_what_the_practices_come_to),
        IN_SCRATCH(series_are_written_for_all_and_each_specialty_and_scheme),
        IN_SCRATCH(a_full_disk_is_told),
    };
    schemas = json_schemas_load();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    json_schemas_release(&schemas);
    return failures;
}
