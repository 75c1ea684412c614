#include "referlens/output/page_practice.h"

#include "../support/json_schema.h"
#include "../support/two_practices.h"

static struct json_schemas schemas;

static void a_pack_holds_numbers_beside_their_texts(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    char *json = read_output(&run, "practices/A81001/pack.json");
    cJSON *pack = cJSON_Parse(json);
    assert_non_null(pack);
    assert_string_equal(get(pack, "schema_version")->valuestring, "1");
    assert_string_equal(get(pack, "tool/version")->valuestring, "1.2.3");
    assert_string_equal(get(pack, "as_of")->valuestring, "2025-06-30");
    assert_string_equal(get(pack, "period")->valuestring, "2025-Q1");
    assert_string_equal(get(pack, "practice/code")->valuestring, "A81001");
    assert_string_equal(get(pack, "proportions/0/id")->valuestring, "rejection_rate");
    const cJSON *cell = get(pack, "proportions/0/overall");
    assert_float_equal(get(cell, "numerator")->valuedouble, 10, 0);
    assert_float_equal(get(cell, "denominator")->valuedouble, 40, 0);
    assert_float_equal(get(cell, "value")->valuedouble, 0.25, 0);
    assert_float_equal(get(cell, "lower")->valuedouble, 0.14187118639096305, 1e-12);
    assert_string_equal(get(cell, "value_text")->valuestring, "25.0 %");
    assert_float_equal(get(pack, "proportions/0/all_overall/numerator")->valuedouble, 13, 0);
    assert_string_equal(get(pack, "headline/rejection_rate/overall/count_text")->valuestring, "10 of 40");
    assert_string_equal(get(pack, "reasons/rows/0/reason")->valuestring, "criteria_not_met");
    assert_string_equal(get(pack, "sessions/0/date")->valuestring, "2025-02-03");
    assert_string_equal(get(pack, "headline/attendance_conversion/overall/status")->valuestring, "not_recorded");
    assert_true(cJSON_IsNull(get(pack, "headline/attendance_conversion/overall/value")));
    assert_string_equal(get(pack, "headline/attendance_conversion/overall/status_text")->valuestring, "not recorded");
    cJSON_Delete(pack);
    free(json);
    run_release(&run);
}

static void a_pack_holds_against_its_schema(void **state)
{
    (void)state;
    for (enum audience audience = AUDIENCE_SHARED; audience <= AUDIENCE_ANALYST; audience++) {
        struct run run;
        write_files("Anvilacre Surgery");
        run_open(&run, audience);
        write_pages(&run, false, 1);
        for (size_t i = 1; i < PAGE_COUNT; i++) {
            char *json = read_output(&run, i == 1 ? "practices/A81001/pack.json" : "practices/A81002/pack.json");
            cJSON *pack = cJSON_Parse(json);
            if (!json_schema_holds(&schemas, "pack", pack))
                fail_msg("%s", schemas.problem);
            cJSON_Delete(pack);
            free(json);
        }
        run_release(&run);
    }
}

/* All 40 referrals of A81001 are submitted; 10 are rejected, and of 30 accepted none is known to have been seen. No two
 * practices make a funnel, so nothing stands out; what there is of the five filling measures is named. */
static void a_pack_says_what_became_of_the_referrals_and_what_to_talk_about(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    char *json = read_output(&run, "practices/A81001/pack.json");
    cJSON *pack = cJSON_Parse(json);
    assert_float_equal(get(pack, "flow/submitted/count")->valuedouble, 40, 0);
    assert_string_equal(get(pack, "flow/decisions/0/id")->valuestring, "accepted");
    assert_float_equal(get(pack, "flow/decisions/0/count")->valuedouble, 30, 0);
    assert_string_equal(get(pack, "flow/decisions/0/ends/0/id")->valuestring, "waiting");
    assert_float_equal(get(pack, "flow/decisions/3/count")->valuedouble, 10, 0);
    assert_true(cJSON_IsFalse(get(pack, "flow/knows_attended")));
    assert_string_equal(get(pack, "talking_points/0/id")->valuestring, "rejection_rate");
    assert_string_equal(get(pack, "talking_points/0/own/count_text")->valuestring, "10 of 40");
    assert_float_equal(get(pack, "compared")->valuedouble, 0, 0);
    assert_string_equal(get(pack, "trust/0/kind")->valuestring, "no_attendances");
    assert_string_equal(get(pack, "trust/1/kind")->valuestring, "not_recorded");
    assert_string_equal(get(pack, "change/state")->valuestring, "too_early");
    assert_int_equal(cJSON_GetArraySize(get(pack, "appraisal")), 4);
    assert_true(cJSON_GetArraySize(get(pack, "series")) == (int)measure_count);
    assert_holds(&run, pages[1], "<p class=\"question\">What did we learn from the last referral that came back?</p>");
    assert_holds(&run, pages[1],
                 "Not recorded in these data, so there is no number: Rejected without a word with the referrer; ");
    assert_holds(&run, pages[1], "; Seen within 180 days; ");
    cJSON_Delete(pack);
    free(json);
    run_release(&run);
}

static void a_pack_comes_in_the_order_of_a_meeting(void **state)
{
    (void)state;
    static const char *const order[] = {
        "<h1>",           "class=\"when\"",     "id=\"trust\"",      "id=\"talk\"",
        "id=\"flow\"",    "id=\"specialties\"", "id=\"rejections\"", "id=\"waits\"",
        "id=\"advice\"",  "id=\"time\"",        "id=\"change\"",     "id=\"cases\"",
        "id=\"prompts\"", "id=\"actions\"",     "id=\"appraisal\"",  "id=\"method\"",
        "id=\"reading\"", "id=\"definitions\"",
    };
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    write_pages(&run, false, 1);
    char *page = read_output(&run, pages[1]);
    const char *at = page;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        const char *found = strstr(at, order[i]);
        if (found == NULL)
            fail_msg("%s is missing, or out of order", order[i]);
        at = found;
    }
    free(page);
    run_release(&run);
}

/* Of 19 referrals 8 are rejected: 42.1 %. All practices together are this one, masked: 10 of 20. */
static void write_one_practice(void)
{
    struct buffer referrals = buffer_with_maximum(1 << 16), outcomes = buffer_with_maximum(1 << 16);
    buffer_add_string(&referrals, "referral_id,practice_code,referral_date,specialty_code,patient_key\n");
    buffer_add_string(&outcomes, "referral_id,event_date,event_type,reason_code\n");
    for (int i = 0; i < 19; i++)
        add_referral(&referrals, &outcomes, "A81001", i, i < 8);
    scratch_write("referrals.csv", referrals.bytes);
    scratch_write("outcomes.csv", outcomes.bytes);
    buffer_release(&referrals);
    buffer_release(&outcomes);
}

static void a_practice_alone_is_not_compared_with_itself(void **state)
{
    (void)state;
    static const char *const nulls[] = {"talking_points/0/all",        "bounced/all",
                                        "specialties/0/peers",         "headline/rejection_rate/all_overall",
                                        "proportions/0/all_in_period", "delays/0/all_overall",
                                        "reasons/rows/0/share_of_all"};
    static const char *const others[] = {"All practices:",    "All practices<",   "beside all practices",
                                         "of all practices",  "Most practices",   "the upright mark",
                                         "class=\"finding\"", "not compared",     "50.0&nbsp;%",
                                         ">Compared<",        "too few practices"};
    struct run run;
    write_files("Anvilacre Surgery"); /* the list of practices knows others: nothing of theirs is here */
    write_one_practice();
    run_open(&run, AUDIENCE_PRACTICE);
    write_pages(&run, false, 1);
    char *json = read_output(&run, "practices/A81001/pack.json");
    cJSON *pack = cJSON_Parse(json);
    assert_true(cJSON_IsTrue(get(pack, "of_one_practice")));
    assert_string_equal(get(pack, "talking_points/0/own/count_text")->valuestring, "8 of 19");
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++) {
        if (!cJSON_IsNull(get(pack, nulls[i])))
            fail_msg("%s is not null", nulls[i]);
    }
    if (!json_schema_holds(&schemas, "pack", pack))
        fail_msg("%s", schemas.problem);
    assert_holds(&run, pages[1],
                 "Only this practice’s referrals are in these files: there is nobody to compare it with.");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_lacks(&run, pages[1], others[i]);
    assert_holds(&run, "index.html", "there is nobody to compare it with.");
    assert_holds(&run, pages[1], "<title>Anvilacre Surgery (A81001): what became of our referrals");
    assert_lacks(&run, "index.html", "compared with all");
    assert_lacks(&run, "index.html", "the upright mark");
    cJSON_Delete(pack);
    free(json);
    run_release(&run);
}

/* What is not named is called by its code, once. The ids of measures stand as they are: only sentences begin with a
 * capital. */
static void a_title_says_a_code_once(void **state)
{
    (void)state;
    struct run run;
    write_files("A81001");
    run_open(&run, AUDIENCE_SHARED);
    write_pages(&run, false, 1);
    assert_holds(&run, pages[1], "<title>A81001: what became of our referrals");
    assert_holds(&run, pages[1], ".definitions dd:not(.method)::first-letter");
    run_release(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pack_holds_numbers_beside_their_texts, enter, leave),
        cmocka_unit_test_setup_teardown(a_pack_holds_against_its_schema, enter, leave),
        cmocka_unit_test_setup_teardown(a_pack_says_what_became_of_the_referrals_and_what_to_talk_about, enter, leave),
        cmocka_unit_test_setup_teardown(a_pack_comes_in_the_order_of_a_meeting, enter, leave),
        cmocka_unit_test_setup_teardown(a_title_says_a_code_once, enter, leave),
        cmocka_unit_test_setup_teardown(a_practice_alone_is_not_compared_with_itself, enter, leave),
    };
    schemas = json_schemas_load();
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_schemas_release(&schemas);
    return failed;
}
