#include "referlens/measure/trust.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void add(struct result_list *list, const char *measure, enum result_status status, double denominator,
                double unknown)
{
    struct result *result = result_list_add(list, slice_all(), (uint16_t)measure_index(measure));
    result->status = status;
    result->denominator = denominator;
    result->excluded = (struct exclusions){0, 0, unknown};
}

static void each_rule_gives_its_remark(void **state)
{
    (void)state;
    const struct ledger ledgers[] = {
        {.kind = "referrals", .read = 1000, .used = 990, .rejected = 10}, /* just 1 %: silent */
        {.kind = "outcomes",
         .read = 150,
         .used = 90,
         .left_out = 60, /* those of the profile and later ones say nothing of the data */
         .left_out_for =
             {{ledger_orphan, 6}, {ledger_after_as_of, 20}, {"test patient", 30}, {ledger_before_referral, 4}},
         .left_out_reason_count = 4},
        {.kind = "outcomes", .read = 100, .used = 95, .rejected = 5},
    };
    const struct report report = {
        .ledgers = ledgers, .ledger_count = 3, .as_of = 20000, .as_of_assumed = true, .finer_bands_given = true};
    struct result_list results = {0};
    add(&results, "rejected_without_dialogue", RESULT_OK, 79, 21);
    add(&results, "rejected_without_patient", RESULT_OK, 80, 20); /* just 20 %: silent */
    add(&results, "discharged_at_first", RESULT_NOT_RECORDED, NAN, NAN);
    add(&results, "re_referral_rate", RESULT_OK, 100, NAN); /* masked: not said to be many */
    struct trust_remark remarks[TRUST_REMARKS_MAX];
    const size_t count = trust_remarks_of(&report, &results, slice_all(), remarks);
    static const enum trust_kind kinds[] = {TRUST_ROWS_REJECTED, TRUST_EVENTS_LEFT_OUT, TRUST_NOT_RECORDED,
                                            TRUST_UNKNOWN,       TRUST_BANDS_DIFFER,    TRUST_DATE_ASSUMED};
    assert_int_equal(count, sizeof kinds / sizeof kinds[0]);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(remarks[i].kind, kinds[i]);
    assert_float_equal(remarks[0].count, 5, 0);
    assert_float_equal(remarks[0].total, 200, 0);
    assert_string_equal(remarks[0].file, "outcomes");
    assert_float_equal(remarks[1].count, 10, 0);
    assert_int_equal(remarks[2].measure, measure_index("discharged_at_first"));
    assert_float_equal(remarks[3].count, 21, 0);
    assert_float_equal(remarks[3].total, 100, 0);
    result_list_release(&results);
}

/* Of 200 referrals 3 were seen at a follow-up alone, above 1 %: one remark for all that it leaves unknown. */
static void an_unknown_first_attendance_is_told_once(void **state)
{
    (void)state;
    const struct report report = {.as_of = 20000};
    static const struct {
        double unknown;
        size_t remarks;
    } cases[] = {{3, 2}, {2, 3} /* just 1 %: each measure tells of its own */, {(double)NAN, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct result_list results = {0};
        add(&results, "wait_first_attendance", RESULT_OK, NAN, cases[i].unknown);
        results.results[0].n = 200 - cases[i].unknown;
        add(&results, "attendance_conversion", RESULT_OK, 3, 3);
        add(&results, "discharged_at_first", RESULT_OK, 3, 3);
        add(&results, "rejected_without_dialogue", RESULT_OK, 3, 3);
        struct trust_remark remarks[TRUST_REMARKS_MAX];
        assert_int_equal(trust_remarks_of(&report, &results, slice_all(), remarks), cases[i].remarks);
        assert_int_equal(remarks[0].kind, i == 0 ? TRUST_SEEN_UNDATED : TRUST_UNKNOWN);
        assert_float_equal(remarks[0].count, 3, 0);
        assert_float_equal(remarks[0].total, i == 0 ? 200 : 6, 0);
        assert_int_equal(remarks[cases[i].remarks - 1].kind, TRUST_UNKNOWN);
        result_list_release(&results);
    }
}

static void a_quarter_that_was_asked_for_and_is_empty_is_told(void **state)
{
    (void)state;
    struct report report = {.period = 8100};
    struct trust_remark remarks[TRUST_REMARKS_MAX];
    struct result_list *all = &report.aggregates;
    add(all, "rejection_rate", RESULT_OK, 100, 0);
    assert_int_equal(trust_remarks_of(&report, all, slice_all(), remarks), 1);
    assert_int_equal(remarks[0].kind, TRUST_PERIOD_EMPTY);
    report.period_assumed = true;
    assert_int_equal(trust_remarks_of(&report, all, slice_all(), remarks), 0);
    report.period_assumed = false;
    struct slice slice = slice_all();
    slice.period = 8100;
    result_list_add(all, slice, (uint16_t)measure_index("rejection_rate"))->status = RESULT_SUPPRESSED;
    assert_int_equal(trust_remarks_of(&report, all, slice_all(), remarks), 0);
    report_release(&report);
}

static void sound_data_need_no_remark(void **state)
{
    (void)state;
    const struct ledger ledger = {.kind = "referrals", .read = 1000, .used = 1000};
    const struct report report = {.ledgers = &ledger, .ledger_count = 1, .as_of = 20000};
    struct result_list results = {0};
    add(&results, "rejected_without_dialogue", RESULT_OK, 100, 0);
    struct trust_remark remarks[TRUST_REMARKS_MAX];
    assert_int_equal(trust_remarks_of(&report, &results, slice_all(), remarks), 0);
    result_list_release(&results);
}

static void a_report_of_nothing_says_what_there_was(void **state)
{
    (void)state;
    static const struct {
        struct ledger ledger;
        bool said;
    } cases[] = {
        {{.kind = "referrals", .read = 3, .rejected = 3}, true},
        {{.kind = "outcomes", .read = 3, .left_out = 3}, true},
        {{.kind = "referrals", .read = 3, .left_out = 3}, false}, /* dated after the as-of date, say */
        {{.kind = "referrals"}, false},                           /* only a header */
        {{.kind = "referrals and outcomes", .read = 3, .used = 1, .rejected = 2}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct report report = {.ledgers = &cases[i].ledger, .ledger_count = 1, .as_of = 20000};
        struct result_list results = {0};
        struct trust_remark remarks[TRUST_REMARKS_MAX];
        const size_t count = trust_remarks_of(&report, &results, slice_all(), remarks);
        assert_int_equal(count > 0 && remarks[0].kind == TRUST_NO_REFERRALS, cases[i].said);
    }
}

static enum trust_kind first_kind(const struct result_list *results)
{
    const struct report report = {.as_of = 20000};
    struct trust_remark remarks[TRUST_REMARKS_MAX];
    return trust_remarks_of(&report, results, slice_all(), remarks) > 0 ? remarks[0].kind : TRUST_DATE_ASSUMED;
}

static void what_most_measures_rest_on_is_missed_first(void **state)
{
    (void)state;
    static const char *const measures[] = {"rejection_rate", "attendance_conversion", "treatment_conversion",
                                           "wait_advice"};
    static const struct {
        bool recorded[4]; /* in the order of the measures */
        enum trust_kind kind;
    } cases[] = {
        {{false, false, false, false}, TRUST_NO_OUTCOMES}, {{true, false, false, false}, TRUST_NO_ATTENDANCES},
        {{false, true, true, false}, TRUST_NO_DECISIONS},  {{false, false, true, false}, TRUST_NO_DECISIONS},
        {{false, false, false, true}, TRUST_NO_DECISIONS}, {{true, true, false, false}, TRUST_NOT_RECORDED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct result_list results = {0};
        for (size_t k = 0; k < 4; k++)
            add(&results, measures[k], cases[i].recorded[k] ? RESULT_OK : RESULT_NOT_RECORDED, 100, 0);
        assert_int_equal(first_kind(&results), cases[i].kind);
        result_list_release(&results);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_gives_its_remark),
        cmocka_unit_test(an_unknown_first_attendance_is_told_once),
        cmocka_unit_test(a_quarter_that_was_asked_for_and_is_empty_is_told),
        cmocka_unit_test(sound_data_need_no_remark),
        cmocka_unit_test(a_report_of_nothing_says_what_there_was),
        cmocka_unit_test(what_most_measures_rest_on_is_missed_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
