#include "referlens/output/comparison_json.h"

#include "../support/hand_made_comparison.h"
#include "../support/json_schema.h"
#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char scratch[SCRATCH_PATH_SIZE];
static struct json_schemas schemas;
static struct hand_made_comparison made;

static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    hand_made_comparison_fill(&made);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return 0;
}

/* comparison.json as it was written, or NULL; to be freed. */
static char *written(void)
{
    struct folder *folder;
    struct error error = {""};
    if (!folder_open("out", true, &folder, &error) || !comparison_json_write(&made.source, folder, &error))
        fail_msg("%s", error.message);
    char *text = scratch_read("out.referlens-partial/comparison.json", NULL);
    folder_close(folder);
    return text;
}

static cJSON *parsed(void)
{
    char *text = written();
    assert_non_null(text);
    cJSON *document = cJSON_Parse(text);
    assert_non_null(document);
    free(text);
    return document;
}

static const cJSON *element(const cJSON *document, const char *list, int index)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(document, list), index);
}

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static void the_document_is_as_its_schema_has_it(void **state)
{
    (void)state;
    cJSON *document = parsed();
    if (!json_schema_holds(&schemas, "comparison", document))
        fail_msg("%s", schemas.problem);
    cJSON_Delete(document);
}

static void every_list_has_its_elements_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        int count;
    } lists[] = {{"outcomes", 3}, {"waits", 1}, {"balance", 2}, {"switches", 1}, {"sessions", 1}, {"costs", 2}, {"cautions", 3}};
    cJSON *document = parsed();
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        assert_int_equal(cJSON_GetArraySize(member(document, lists[i].key)), lists[i].count);
    assert_string_equal(member(document, "reference")->valuestring, "none");
    assert_string_equal(member(element(document, "outcomes", 1), "scheme")->valuestring, "specialist_advice");
    assert_string_equal(member(element(document, "switches", 0), "to")->valuestring, "rmc");
    assert_null(member(element(document, "sessions", 0), "to"));
    cJSON_Delete(document);
}

static void numbers_are_the_same_doubles_and_unknown_ones_null(void **state)
{
    (void)state;
    made.outcomes[0].sign_change = true;
    cJSON *document = parsed();
    const cJSON *outcome = element(document, "outcomes", 0), *withheld = element(document, "outcomes", 1);
    assert_true(member(member(outcome, "difference"), "value")->valuedouble == 0.035);
    assert_true(member(member(outcome, "crude"), "upper")->valuedouble == 0.17);
    assert_string_equal(member(outcome, "side")->valuestring, "above");
    assert_true(cJSON_IsNull(member(outcome, "reason")));
    assert_true(cJSON_IsNull(member(member(withheld, "difference"), "lower")));
    assert_true(cJSON_IsNull(member(withheld, "side")));
    assert_string_equal(member(withheld, "reason")->valuestring, "fewer than 5 practices: no interval");
    assert_true(cJSON_IsTrue(member(outcome, "sign_change")));
    assert_true(cJSON_IsFalse(member(withheld, "sign_change")));
    const cJSON *series = member(element(document, "switches", 0), "series");
    const cJSON *hidden = cJSON_GetArrayItem(member(series, "points"), 1);
    assert_true(cJSON_IsNull(member(hidden, "numerator")));
    assert_true(cJSON_IsNull(member(hidden, "counterfactual")));
    assert_true(cJSON_IsNull(member(member(element(document, "costs", 0), "break_even"), "value")));
    assert_string_equal(member(member(element(document, "costs", 0), "break_even"), "reason")->valuestring,
                        "too few to show");
    cJSON_Delete(document);
}

static void cautions_are_sentences(void **state)
{
    (void)state;
    cJSON *document = parsed();
    assert_non_null(strstr(member(element(document, "cautions", 0), "text")->valuestring, "Observational"));
    assert_true(cJSON_IsNull(member(element(document, "cautions", 0), "scheme")));
    assert_non_null(strstr(member(element(document, "cautions", 1), "text")->valuestring,
                           "Only 4 practices are under specialist advice"));
    cJSON_Delete(document);
}

static void with_one_scheme_there_is_no_file(void **state)
{
    (void)state;
    made.comparison.reference = SCHEME_COUNT;
    assert_null(written());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_document_is_as_its_schema_has_it, enter, leave),
        cmocka_unit_test_setup_teardown(every_list_has_its_elements_in_order, enter, leave),
        cmocka_unit_test_setup_teardown(numbers_are_the_same_doubles_and_unknown_ones_null, enter, leave),
        cmocka_unit_test_setup_teardown(cautions_are_sentences, enter, leave),
        cmocka_unit_test_setup_teardown(with_one_scheme_there_is_no_file, enter, leave),
    };
    schemas = json_schemas_load();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_schemas_release(&schemas);
    return failed;
}
