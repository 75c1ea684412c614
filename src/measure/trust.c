#include "referlens/measure/trust.h"

#include "referlens/measure/data_quality.h"
#include "referlens/measure/lost_rows.h"

#include <math.h>
#include <string.h>

struct remarks {
    struct trust_remark *list;
    size_t count;
};

static void add(struct remarks *remarks, struct trust_remark remark)
{
    if (remarks->count < TRUST_REMARKS_MAX)
        remarks->list[remarks->count++] = remark;
}

static void add_share(struct remarks *remarks, enum trust_kind kind, const char *file, int64_t count, int64_t total)
{
    if ((double)count > TRUST_ROWS_SHARE * (double)total)
        add(remarks, (struct trust_remark){kind, measure_count, EVENT_NONE, file, (double)count, (double)total});
}

/* Rows of a kind that an export of the as-of day would hold and that the profile does not leave out. */
struct rows {
    int64_t rejected, events_left_out, total;
};

static void count_rows(struct rows *rows, const struct ledger *ledger)
{
    const int64_t events_left_out =
        ledger_reason_rows(ledger->left_out_for, ledger->left_out_reason_count, ledger_orphan) +
        ledger_reason_rows(ledger->left_out_for, ledger->left_out_reason_count, ledger_before_referral);
    rows->rejected += ledger->rejected;
    rows->events_left_out += events_left_out;
    rows->total += ledger->used + ledger->rejected + ledger->duplicates + events_left_out;
}

/* Whether an earlier file is of the same kind. */
static bool is_told(const struct report *report, size_t number)
{
    for (size_t i = 0; i < number; i++) {
        if (strcmp(report->ledgers[i].kind, report->ledgers[number].kind) == 0)
            return true;
    }
    return false;
}

/* Files of one kind together: what an export lacks does not depend on how it was cut. */
static void add_rows(struct remarks *remarks, const struct report *report)
{
    for (size_t number = 0; number < report->ledger_count; number++) {
        const char *kind = report->ledgers[number].kind;
        struct rows rows = {0};
        if (is_told(report, number))
            continue;
        for (size_t i = 0; i < report->ledger_count; i++) {
            if (strcmp(report->ledgers[i].kind, kind) == 0)
                count_rows(&rows, &report->ledgers[i]);
        }
        add_share(remarks, TRUST_ROWS_REJECTED, kind, rows.rejected, rows.total);
        add_share(remarks, TRUST_EVENTS_LEFT_OUT, kind, rows.events_left_out, rows.total);
    }
}

/* What happened according to rows that could not be used, where that shifts a number. */
static void add_events_lost(struct remarks *remarks, const struct report *report)
{
    const bool exact = report->audience == AUDIENCE_ANALYST;
    for (size_t type = 0; type < EVENT_TYPE_COUNT; type++) {
        const struct lost_rows rows = lost_rows_of(report, (enum event_type)type);
        if (lost_rows_effect((enum event_type)type) == NULL ||
            !((double)rows.lost > TRUST_ROWS_SHARE * (double)rows.total))
            continue;
        add(remarks,
            (struct trust_remark){TRUST_EVENTS_LOST, measure_count, (enum event_type)type, NULL,
                                  data_quality_count(rows.lost, exact), data_quality_count(rows.total, exact)});
    }
}

/* Those who were seen at a follow-up while their first attendance is not in the data. */
static bool add_undated(struct remarks *remarks, const struct result_list *results, struct slice slice)
{
    const size_t measure = measure_index("wait_first_attendance");
    const struct result *result = result_list_find(results, slice, (uint16_t)measure);
    if (result == NULL || result->status == RESULT_NOT_RECORDED)
        return false;
    const double unknown = result->excluded.unknown, total = unknown + result->n;
    if (!(unknown > TRUST_ROWS_SHARE * total))
        return false;
    add(remarks, (struct trust_remark){TRUST_SEEN_UNDATED, measure, EVENT_NONE, NULL, unknown, total});
    return true;
}

/* Whether a measure lacks nobody but them: one remark tells of all such. */
static bool lacks_only_undated(size_t measure)
{
    static const char *const measures[] = {"attendance_conversion", "discharged_at_first", "dna_rate",
                                           "cancer_conversion"};
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
        if (measure == measure_index(measures[i]))
            return true;
    }
    return false;
}

static void add_measures(struct remarks *remarks, const struct result_list *results, struct slice slice,
                         enum trust_kind kind, bool undated_told)
{
    for (size_t i = 0; i < measure_count; i++) {
        const struct result *result = result_list_find(results, slice, (uint16_t)i);
        if (result == NULL || (undated_told && lacks_only_undated(i) && kind == TRUST_UNKNOWN))
            continue;
        const double unknown = result->excluded.unknown, total = unknown + result->denominator;
        if (kind == TRUST_NOT_RECORDED && result->status == RESULT_NOT_RECORDED)
            add(remarks, (struct trust_remark){kind, i, EVENT_NONE, NULL, NAN, NAN});
        if (kind == TRUST_UNKNOWN && result->status == RESULT_OK && measure_table[i].kind == MEASURE_PROPORTION &&
            unknown > TRUST_UNKNOWN_SHARE * total)
            add(remarks, (struct trust_remark){kind, i, EVENT_NONE, NULL, unknown, total});
    }
}

static bool is_not_recorded(const struct result_list *results, struct slice slice, const char *measure)
{
    const struct result *result = result_list_find(results, slice, (uint16_t)measure_index(measure));
    return result != NULL && result->status == RESULT_NOT_RECORDED;
}

/* What most measures rest on, where there is none of it. */
static void add_missing(struct remarks *remarks, const struct result_list *results, struct slice slice)
{
    const bool decisions = !is_not_recorded(results, slice, "rejection_rate"),
               attendances = !is_not_recorded(results, slice, "attendance_conversion"),
               others = !is_not_recorded(results, slice, "treatment_conversion") ||
                        !is_not_recorded(results, slice, "wait_advice");
    if (!decisions && !attendances && !others) {
        add(remarks, (struct trust_remark){TRUST_NO_OUTCOMES, measure_count, EVENT_NONE, NULL, NAN, NAN});
        return;
    }
    if (!decisions)
        add(remarks, (struct trust_remark){TRUST_NO_DECISIONS, measure_count, EVENT_NONE, NULL, NAN, NAN});
    if (!attendances)
        add(remarks, (struct trust_remark){TRUST_NO_ATTENDANCES, measure_count, EVENT_NONE, NULL, NAN, NAN});
}

/* A report of nothing says that there was something: rows of referrals that were all rejected, or rows of other things
 * alone. */
static void add_no_referrals(struct remarks *remarks, const struct report *report)
{
    int64_t read = 0, used = 0, rejected = 0, others = 0;
    for (size_t i = 0; i < report->ledger_count; i++) {
        const struct ledger *ledger = &report->ledgers[i];
        const bool holds_referrals = strstr(ledger->kind, "referrals") != NULL;
        read += holds_referrals ? ledger->read : 0;
        used += holds_referrals ? ledger->used + ledger->duplicates : 0;
        rejected += holds_referrals ? ledger->rejected : 0;
        others += holds_referrals ? 0 : ledger->read;
    }
    if (used == 0 && (rejected > 0 || (read == 0 && others > 0)))
        add(remarks,
            (struct trust_remark){TRUST_NO_REFERRALS, measure_count, EVENT_NONE, NULL, (double)rejected, (double)read});
}

size_t trust_remarks_of(const struct report *report, const struct result_list *results, struct slice slice,
                        struct trust_remark remarks[TRUST_REMARKS_MAX])
{
    struct remarks all = {remarks, 0};
    add_no_referrals(&all, report);
    add_missing(&all, results, slice);
    if (report_period_is_empty(report))
        add(&all, (struct trust_remark){TRUST_PERIOD_EMPTY, measure_count, EVENT_NONE, NULL, NAN, NAN});
    add_events_lost(&all, report);
    add_rows(&all, report);
    const bool undated = add_undated(&all, results, slice);
    add_measures(&all, results, slice, TRUST_NOT_RECORDED, undated);
    add_measures(&all, results, slice, TRUST_UNKNOWN, undated);
    if (report->finer_bands_given)
        add(&all,
            (struct trust_remark){TRUST_BANDS_DIFFER, measure_index("referral_rate"), EVENT_NONE, NULL, NAN, NAN});
    if (report->as_of_assumed && report->as_of != DAY_UNKNOWN)
        add(&all, (struct trust_remark){TRUST_DATE_ASSUMED, measure_count, EVENT_NONE, NULL, NAN, NAN});
    return all.count;
}
