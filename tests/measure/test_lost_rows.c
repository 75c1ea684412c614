/* Counts by hand: a file with 20 rejections of which 1 was lost (5 %, just borne) and one with 2 more, both lost: 3 of
 * 22, more than 5 %. Of the decisions of both together 3 of 82 were lost, fewer than 5 %. */
#include "referlens/measure/lost_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct files {
    struct quality_word words[2][2];
    struct quality_column columns[2];
    struct quality_part parts[2];
    struct file_quality qualities[2];
    struct ledger ledgers[2];
};

static struct report report_of(struct files *files, size_t count)
{
    static const struct quality_word words[2][2] = {{{"rejected", 20, 1, 0}, {"accepted", 60, 0, QUALITY_NEVER}},
                                                    {{"rejected", 2, 2, 0}}};
    memcpy(files->words, words, sizeof words);
    for (size_t i = 0; i < 2; i++) {
        files->columns[i] = (struct quality_column){
            .taken_for = "event_type", .all_words = files->words[i], .all_word_count = i == 0 ? 2 : 1};
        files->parts[i] = (struct quality_part){.kind = "outcomes", .columns = &files->columns[i], .column_count = 1};
        files->qualities[i] = (struct file_quality){.parts = &files->parts[i], .part_count = 1};
        files->ledgers[i] = (struct ledger){.kind = "outcomes", .quality = &files->qualities[i]};
    }
    return (struct report){.ledgers = files->ledgers, .ledger_count = count, .audience = AUDIENCE_ANALYST};
}

static bool is_untrusted(const struct report *report, const char *measure)
{
    return (lost_rows_untrusted(report) >> measure_index(measure) & 1) != 0;
}

static void rows_add_up_over_files(void **state)
{
    (void)state;
    struct files files;
    const struct report report = report_of(&files, 2);
    assert_int_equal(lost_rows_of(&report, EVENT_REJECTED).lost, 3);
    assert_int_equal(lost_rows_of(&report, EVENT_REJECTED).total, 22);
    assert_int_equal(lost_rows_of(&report, EVENT_ACCEPTED).lost, 0);
    assert_int_equal(lost_rows_of(&report, EVENT_ACCEPTED).total, 60);
}

static void five_percent_of_what_is_counted_can_be_borne(void **state)
{
    (void)state;
    struct files files;
    const struct report one = report_of(&files, 1), both = report_of(&files, 2);
    assert_int_equal(lost_rows_untrusted(&one), 0);
    assert_true(is_untrusted(&both, "rejection_rate"));
    assert_true(is_untrusted(&both, "lost_after_rejection"));
    assert_true(is_untrusted(&both, "wait_first_attendance"));      /* a rejection ends it */
    assert_false(is_untrusted(&both, "returned_with_advice_rate")); /* 3 of 82 decisions */
    assert_false(is_untrusted(&both, "wait_decision"));
    assert_false(is_untrusted(&both, "attendance_conversion"));
    assert_false(is_untrusted(&both, "referral_rate"));
}

static void the_mark_says_why(void **state)
{
    (void)state;
    struct files files;
    struct report report = report_of(&files, 2);
    report.untrusted = lost_rows_untrusted(&report);
    struct buffer text = buffer_with_maximum(LOST_ROWS_WORDS_MAX);
    lost_rows_add_mark(&report, measure_index("attendance_conversion"), &text);
    assert_int_equal(text.length, 0);
    lost_rows_add_mark(&report, measure_index("rejection_rate"), &text);
    assert_string_equal(text.bytes, "not to be trusted: 3 of the 22 rows that say rejected could not be used");
    buffer_clear(&text);
    report.audience = AUDIENCE_SHARED;
    lost_rows_add_mark(&report, measure_index("rejection_rate"), &text);
    assert_string_equal(text.bytes, "not to be trusted: 1 to 7 of the 20 rows that say rejected could not be used");
    buffer_release(&text);
}

static void every_event_that_a_measure_rests_on_may_spoil_it(void **state)
{
    (void)state;
    const uint32_t events = RECORDED_EVENT(EVENT_TYPE_COUNT) - 1;
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure *measure = &measure_table[i];
        uint32_t shifted_by = 0;
        for (size_t k = 0; k < SHIFTED_BY_MAX; k++)
            shifted_by |= measure->shifted_by[k];
        assert_int_equal((measure->rests_on | measure->rests_on_any) & events & ~shifted_by, 0);
        for (size_t type = 0; type < EVENT_TYPE_COUNT; type++) {
            if ((shifted_by >> type & 1) != 0)
                assert_non_null(lost_rows_effect((enum event_type)type));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_add_up_over_files),
        cmocka_unit_test(five_percent_of_what_is_counted_can_be_borne),
        cmocka_unit_test(the_mark_says_why),
        cmocka_unit_test(every_event_that_a_measure_rests_on_may_spoil_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
