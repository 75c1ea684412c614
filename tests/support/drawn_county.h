/* Charts of small counties made up here, from the files to the pictures. Practice number i of a county has 60 decided
 * referrals; how many of them were rejected is said where the county is made. */
#ifndef REFERLENS_TESTS_SUPPORT_DRAWN_COUNTY_H
#define REFERLENS_TESTS_SUPPORT_DRAWN_COUNTY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "made_report.h"

#include "referlens/input/input.h"
#include "referlens/measure/report.h"
#include "referlens/output/chart.h"

enum { REFERRALS = 60, PRACTICES_MAX = 30 };

/* The files. Referral number j of a practice is rejected where j is below the practice's count, at once; the others
 * are accepted after a week and seen after j + 20 days. */
struct county {
    size_t practice_count;
    const int *rejected;              /* by practice */
    const char *names[PRACTICES_MAX]; /* NULL: an ordinary one */
    const char *codes[PRACTICES_MAX];
    const char *reason;       /* of every second rejection */
    const char *other_reason; /* of the others; NULL: they have none */
    bool two_schemes;
};

static inline const char *code_of(const struct county *county, size_t practice, char text[32])
{
    (void)snprintf(text, 32, "A81%03zu", practice + 1);
    return county->codes[practice] != NULL ? county->codes[practice] : text;
}

static inline void add_practice(const struct county *county, size_t practice, struct buffer *referrals,
                                struct buffer *outcomes, struct buffer *practices)
{
    char text[32];
    const char *code = code_of(county, practice, text);
    buffer_add_formatted(practices, "\"%s\",\"%s\"\n", code,
                         county->names[practice] != NULL ? county->names[practice] : "Somewhere Surgery");
    for (int j = 0; j < REFERRALS; j++) {
        char decided[DAY_TEXT_SIZE], seen[DAY_TEXT_SIZE];
        day referred = 0;
        assert_true(day_from_date(2024, 1, 1, &referred));
        referred += j * 7;
        char date[DAY_TEXT_SIZE];
        day_format(referred, date);
        day_format(referred + 7, decided);
        day_format(referred + 20 + j, seen);
        const char *scheme = !county->two_schemes ? "none" : practice % 2 == 0 ? "rmc" : "peer_review";
        buffer_add_formatted(referrals, "R%zu-%d,\"%s\",%s,330,%s,P%zu-%d\n", practice, j, code, date, scheme, practice,
                             j);
        if (j < county->rejected[practice]) {
            buffer_add_formatted(outcomes, "R%zu-%d,%s,rejected,\"%s\"\n", practice, j, decided,
                                 j % 2 == 0                     ? county->reason
                                 : county->other_reason != NULL ? county->other_reason
                                                                : "");
        } else {
            buffer_add_formatted(outcomes, "R%zu-%d,%s,accepted,\n", practice, j, decided);
            buffer_add_formatted(outcomes, "R%zu-%d,%s,first_attended,\n", practice, j, seen);
        }
    }
}

static inline void write_files(const struct county *county)
{
    struct buffer referrals = buffer_with_maximum(1 << 22);
    struct buffer outcomes = buffer_with_maximum(1 << 22);
    struct buffer practices = buffer_with_maximum(1 << 20);
    buffer_add_string(&referrals, "referral_id,practice_code,referral_date,specialty_code,scheme,patient_key\n");
    buffer_add_string(&outcomes, "referral_id,event_date,event_type,reason_code\n");
    buffer_add_string(&practices, "practice_code,practice_name\n");
    for (size_t i = 0; i < county->practice_count; i++)
        add_practice(county, i, &referrals, &outcomes, &practices);
    scratch_write("referrals.csv", referrals.bytes);
    scratch_write("outcomes.csv", outcomes.bytes);
    scratch_write("practices.csv", practices.bytes);
    scratch_write("sessions.csv", "practice_code,session_date,topic\nA81001,2024-05-15,Headache\n");
    buffer_release(&referrals);
    buffer_release(&outcomes);
    buffer_release(&practices);
}

static inline void run_prepare(struct run *run, const struct county *county, enum audience audience)
{
    write_files(county);
    run_open(run, audience);
}

/* Draws the charts of the report and of all its practices. */
static inline void draw(struct run *run, size_t worker_count)
{
    uint32_t practices[PRACTICES_MAX];
    size_t count = report_practice_count(&run->report);
    for (size_t i = 0; i < count; i++)
        practices[i] = (uint32_t)i;
    struct error error = {""};
    bool done = charts_write(&run->report, NULL, run->folder, practices, count, worker_count, &error);
    assert_string_equal(error.message, "");
    assert_true(done);
}

static inline char *read_output(const struct run *run, const char *place, const char *chart, const char *ending,
                                size_t *length)
{
    char path[2 * SCRATCH_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%scharts/%s.%s", folder_path(run->folder), place, chart, ending);
    char *bytes = scratch_read(path, length);
    assert_non_null(bytes);
    return bytes;
}

static inline void assert_holds(const struct run *run, const char *place, const char *chart, const char *text)
{
    char *sheet = read_output(run, place, chart, "tsv", NULL);
    if (strstr(sheet, text) == NULL)
        fail_msg("%scharts/%s.tsv does not hold: %s", place, chart, text);
    free(sheet);
}

static inline void assert_lacks(const struct run *run, const char *place, const char *chart, const char *text)
{
    char *sheet = read_output(run, place, chart, "tsv", NULL);
    if (strstr(sheet, text) != NULL)
        fail_msg("%scharts/%s.tsv holds: %s", place, chart, text);
    free(sheet);
}

static const int even[] = {20, 22, 21, 23, 20, 22, 21, 24, 20, 23, 55, 21};
static const struct county ordinary = {.practice_count = 12, .rejected = even, .reason = "criteria_not_met"};

#endif
