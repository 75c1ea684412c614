/* The file that is shipped, and small ones made here. */
#include "referlens/output/prompts.h"

#include "../support/json_schema.h"

#include "referlens/measure/measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define QUESTIONS "{\"measure\":\"dna_rate\",\"side\":\"above\",\"question\":\"A?\"},{\"measure\":\"dna_rate\",\"side\":\"any\",\"question\":\"B?\"}"
#define PROMPTS "{\"about\":[],\"prompt\":\"Always?\"},{\"about\":[\"dna_rate\",\"asi_rate\"],\"prompt\":\"Sometimes?\"}"
#define DOCUMENT(questions, prompts, rest)                                                                             \
    "{\"schema_version\":\"1\",\"questions\":[" questions "],\"default_question\":\"Default?\",\"prompts\":[" prompts         \
    "],\"appraisal\":[{\"heading\":\"What?\",\"hint\":\"Say it.\"}]" rest "}"

static struct prompts *parsed(const char *source)
{
    struct prompts *prompts = NULL;
    struct error error = {""};
    const bool done = prompts_parse(text_of(source), &prompts, &error);
    assert_string_equal(error.message, "");
    assert_true(done);
    return prompts;
}

static void the_question_is_the_first_that_fits(void **state)
{
    (void)state;
    struct prompts *prompts = parsed(DOCUMENT(QUESTIONS, PROMPTS, ""));
    assert_string_equal(prompts_question(prompts, measure_index("dna_rate"), 1), "A?");
    assert_string_equal(prompts_question(prompts, measure_index("dna_rate"), -1), "B?");
    assert_string_equal(prompts_question(prompts, measure_index("dna_rate"), 0), "B?");
    assert_string_equal(prompts_question(prompts, measure_index("asi_rate"), 1), "Default?");
    prompts_free(prompts);
}

static void prompts_are_chosen_by_the_findings(void **state)
{
    (void)state;
    struct prompts *prompts = parsed(DOCUMENT(QUESTIONS, PROMPTS, ""));
    const size_t dna = measure_index("dna_rate"), rejection = measure_index("rejection_rate");
    cJSON *with = cJSON_CreateArray(), *without = cJSON_CreateArray();
    prompts_add_chosen(prompts, (size_t[]){rejection, dna}, 2, with);
    prompts_add_chosen(prompts, &rejection, 1, without);
    assert_int_equal(cJSON_GetArraySize(with), 2);
    assert_string_equal(cJSON_GetArrayItem(with, 1)->valuestring, "Sometimes?");
    assert_int_equal(cJSON_GetArraySize(without), 1);
    assert_string_equal(cJSON_GetArrayItem(without, 0)->valuestring, "Always?");
    cJSON *appraisal = prompts_appraisal(prompts);
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(appraisal, 0), "hint")->valuestring, "Say it.");
    cJSON_Delete(with);
    cJSON_Delete(without);
    cJSON_Delete(appraisal);
    prompts_free(prompts);
}

static void each_fault_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *source, *message;
    } cases[] = {
        {"{\n\"a\": 1,\n]", "prompts.json:3: is no JSON"},
        {"[]", "prompts.json: the whole: is no object"},
        {"{}", "prompts.json: schema_version: must be \"1\""},
        {"{\"schema_version\":\"1\"}", "prompts.json: questions: a list is missing"},
        {DOCUMENT("7", "", ""), "prompts.json: questions[0]: is no object"},
        {DOCUMENT("{\"measure\":\"dna\",\"side\":\"any\",\"question\":\"A?\"}", "", ""),
         "prompts.json: questions[0].measure: 'dna' is no measure (see referlens list measures)"},
        {DOCUMENT(QUESTIONS ",{\"measure\":\"dna_rate\",\"side\":\"up\",\"question\":\"A?\"}", "", ""),
         "prompts.json: questions[2].side: must be above, below or any"},
        {DOCUMENT("{\"measure\":\"dna_rate\",\"side\":\"any\",\"question\":\"Look at it.\"}", "", ""),
         "prompts.json: questions[0].question: is no question: it does not end in '?'"},
        {DOCUMENT("", "{\"about\":[],\"prompt\":\"Was it InAppropriate?\"}", ""),
         "prompts.json: prompts[0].prompt: 'appropriate' and 'inappropriate' are not said here"},
        {DOCUMENT("", "{\"about\":[],\"prompt\":\"\"}", ""), "prompts.json: prompts[0].prompt: a text is missing"},
        {DOCUMENT("", "{\"prompt\":\"What?\"}", ""), "prompts.json: prompts[0].about: a list of measures is missing"},
        {DOCUMENT("", "{\"about\":[],\"prompt\":\"What?\",\"more\":1}", ""),
         "prompts.json: prompts[0]: holds a member that is not known"},
        {DOCUMENT("", "", ",\"more\":1"), "prompts.json: the whole: holds a member that is not known"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct prompts *prompts = NULL;
        struct error error = {""};
        assert_false(prompts_parse(text_of(cases[i].source), &prompts, &error));
        assert_string_equal(error.message, cases[i].message);
        assert_null(prompts);
    }
}

static void the_file_that_is_shipped_is_sound(void **state)
{
    (void)state;
    struct prompts *prompts = NULL;
    struct error error = {""};
    assert_int_equal(setenv("REFERLENS_REPORTS", "reports", 1), 0);
    assert_true(prompts_load(&prompts, &error));
    /* Every proportion and rate has a question of its own; delays have none. */
    const char *other = prompts_question(prompts, measure_index("wait_decision"), 0);
    for (size_t i = 0; i < measure_count; i++) {
        if (measure_table[i].kind != MEASURE_DELAY)
            assert_string_not_equal(prompts_question(prompts, i, 0), other);
    }
    struct json_schemas schemas = json_schemas_load();
    char *text = scratch_read("reports/prompts.json", NULL);
    cJSON *document = cJSON_Parse(text);
    assert_true(json_schema_holds(&schemas, "prompts", document));
    cJSON_Delete(document);
    free(text);
    json_schemas_release(&schemas);
    prompts_free(prompts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_question_is_the_first_that_fits),
        cmocka_unit_test(prompts_are_chosen_by_the_findings),
        cmocka_unit_test(each_fault_is_named_with_its_place),
        cmocka_unit_test(the_file_that_is_shipped_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
