#include "referlens/measure/trust.h"

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
        add(remarks, (struct trust_remark){kind, measure_count, file, (double)count, (double)total});
}

/* Files of one kind together: what an export lacks does not depend on how it was cut. */
static void add_rows(struct remarks *remarks, const struct report *report)
{
    static const char *const kinds[] = {"referrals", "outcomes", "practices", "schemes", "sessions"};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        int64_t read = 0, rejected = 0, left_out = 0;
        for (size_t i = 0; i < report->ledger_count; i++) {
            const struct ledger *ledger = &report->ledgers[i];
            const bool counts = strcmp(ledger->kind, kinds[k]) == 0;
            read += counts ? ledger->read : 0;
            rejected += counts ? ledger->rejected : 0;
            left_out += counts ? ledger->left_out : 0;
        }
        add_share(remarks, TRUST_ROWS_REJECTED, kinds[k], rejected, read);
        add_share(remarks, TRUST_EVENTS_LEFT_OUT, kinds[k], left_out, read);
    }
}

static void add_measures(struct remarks *remarks, const struct result_list *results, struct slice slice,
                         enum trust_kind kind)
{
    for (size_t i = 0; i < measure_count; i++) {
        const struct result *result = result_list_find(results, slice, (uint16_t)i);
        if (result == NULL)
            continue;
        const double unknown = result->excluded.unknown, total = unknown + result->denominator;
        if (kind == TRUST_NOT_RECORDED && result->status == RESULT_NOT_RECORDED)
            add(remarks, (struct trust_remark){kind, i, NULL, NAN, NAN});
        if (kind == TRUST_UNKNOWN && result->status == RESULT_OK && measure_table[i].kind == MEASURE_PROPORTION &&
            unknown > TRUST_UNKNOWN_SHARE * total)
            add(remarks, (struct trust_remark){kind, i, NULL, unknown, total});
    }
}

size_t trust_remarks_of(const struct report *report, const struct result_list *results, struct slice slice,
                        struct trust_remark remarks[TRUST_REMARKS_MAX])
{
    struct remarks all = {remarks, 0};
    add_rows(&all, report);
    add_measures(&all, results, slice, TRUST_NOT_RECORDED);
    add_measures(&all, results, slice, TRUST_UNKNOWN);
    if (report->as_of_assumed && report->as_of != DAY_UNKNOWN)
        add(&all, (struct trust_remark){TRUST_DATE_ASSUMED, measure_count, NULL, NAN, NAN});
    return all.count;
}
