#include "referlens/measure/flow.h"

#include "referlens/base/memory.h"
#include "referlens/measure/evaluated.h"

/* The measures in which a referral's standing tells its path, as numbers in measure_table. */
struct flow_measures {
    size_t rejected, returned, redirected, decision, attendance, treatment, again;
};

struct flow_counts {
    int64_t paths[FLOW_DECISIONS][FLOW_ENDS];
};

static struct flow_measures measures_of_flow(void)
{
    return (struct flow_measures){
        .rejected = measure_index("rejection_rate"),
        .returned = measure_index("returned_with_advice_rate"),
        .redirected = measure_index("redirected_rate"),
        .decision = measure_index("wait_decision"),
        .attendance = measure_index("wait_first_attendance"),
        .treatment = measure_index("wait_treatment"),
        .again = measure_index("re_referral_rate"),
    };
}

static bool stands(const struct standing_ones *ones, size_t measure, unsigned place)
{
    return ones->ones[measure * MEMBERSHIP_COUNT + place] != 0;
}

static enum flow_decision decision_of(const struct standing_ones *ones, const struct flow_measures *measures)
{
    if (stands(ones, measures->rejected, MEMBER_PENDING) || stands(ones, measures->rejected, MEMBER_CLOSED))
        return FLOW_UNDECIDED;
    if (stands(ones, measures->rejected, MEMBER_HIT))
        return FLOW_REJECTED;
    if (stands(ones, measures->returned, MEMBER_HIT))
        return FLOW_RETURNED;
    return stands(ones, measures->redirected, MEMBER_HIT) ? FLOW_REDIRECTED : FLOW_ACCEPTED;
}

static enum flow_end end_of_rejected(const struct standing_ones *ones, const struct flow_measures *measures)
{
    if (stands(ones, measures->again, MEMBER_HIT))
        return FLOW_REFERRED_AGAIN;
    return stands(ones, measures->again, MEMBER_COUNTED) ? FLOW_NOT_AGAIN : FLOW_NOT_KNOWN;
}

static enum flow_end end_of(const struct standing_ones *ones, const struct flow_measures *measures,
                            enum flow_decision decision)
{
    if (stands(ones, measures->treatment, DELAY_EVENT))
        return FLOW_TREATED;
    if (stands(ones, measures->attendance, DELAY_UNKNOWN))
        return FLOW_UNDATED;
    if (stands(ones, measures->attendance, DELAY_EVENT))
        return stands(ones, measures->treatment, DELAY_COMPETING) ? FLOW_DISCHARGED : FLOW_IN_CARE;
    if (decision == FLOW_REJECTED)
        return end_of_rejected(ones, measures);
    if (decision == FLOW_RETURNED)
        return FLOW_WITH_GP;
    return stands(ones, measures->attendance, DELAY_COMPETING) ? FLOW_LEFT : FLOW_WAITING;
}

/* Rows are counted by standing, since each way to stand has one path. Standings of advice requests have no decision. */
static struct flow_counts count_rows(const struct evaluation *evaluation, size_t begin, size_t end)
{
    const struct flow_measures measures = measures_of_flow();
    struct flow_counts counts = {{{0}}};
    int64_t *of_standing = memory_allocate_zeroed(evaluation->standing_count, sizeof *of_standing);
    for (size_t i = begin; i < end; i++)
        of_standing[evaluation->rows[i].standing]++;
    for (size_t code = 0; code < evaluation->standing_count; code++) {
        const struct standing_ones *ones = &evaluation->standings[code];
        if (of_standing[code] == 0 || stands(ones, measures.rejected, MEMBER_OUTSIDE))
            continue;
        const enum flow_decision decision = decision_of(ones, &measures);
        counts.paths[decision][end_of(ones, &measures, decision)] += of_standing[code];
    }
    memory_free(of_standing);
    return counts;
}

static double shown(int64_t count, bool exact)
{
    return exact ? (double)count : disclosure_count((double)count);
}

struct flow report_flow(const struct report *report, uint32_t practice, bool own)
{
    const struct evaluation *evaluation = report->evaluation;
    const size_t begin = practice == SLICE_ALL ? 0 : evaluation->practice_first[practice];
    const size_t end = practice == SLICE_ALL ? evaluation->count : evaluation->practice_first[practice + 1];
    const struct flow_counts counts = count_rows(evaluation, begin, end);
    const struct flow_measures measures = measures_of_flow();
    const bool exact = report_is_exact(report, own);
    struct flow flow = {
        .knows_decisions = measure_is_recorded(&measure_table[measures.rejected], evaluation->recorded),
        .knows_attended = measure_is_recorded(&measure_table[measures.attendance], evaluation->recorded),
        .knows_treated = measure_is_recorded(&measure_table[measures.treatment], evaluation->recorded),
    };
    int64_t submitted = 0, seen = 0, ended[FLOW_ENDS] = {0};
    for (size_t d = 0; d < FLOW_DECISIONS; d++) {
        int64_t decided = 0, seen_here = 0;
        for (size_t e = 0; e < FLOW_ENDS; e++) {
            const int64_t count = counts.paths[d][e];
            flow.paths[d][e] = shown(count, exact);
            ended[e] += count;
            decided += count;
            seen_here += e < FLOW_SEEN_ENDS ? count : 0;
        }
        flow.decided[d] = shown(decided, exact);
        flow.seen_of[d] = shown(seen_here, exact);
        submitted += decided;
        seen += seen_here;
    }
    for (size_t e = 0; e < FLOW_ENDS; e++)
        flow.ended[e] = shown(ended[e], exact);
    flow.submitted = shown(submitted, exact);
    flow.seen = shown(seen, exact);
    return flow;
}

bool flow_knows_end(const struct flow *flow, enum flow_end end)
{
    switch (end) {
    case FLOW_TREATED:
        return flow->knows_treated;
    case FLOW_DISCHARGED:
    case FLOW_IN_CARE:
        return flow->knows_attended;
    case FLOW_WITH_GP:
    case FLOW_REFERRED_AGAIN:
    case FLOW_NOT_AGAIN:
    case FLOW_NOT_KNOWN:
        return flow->knows_decisions;
    case FLOW_UNDATED:
    case FLOW_WAITING:
    case FLOW_LEFT:
    case FLOW_ENDS:
        break;
    }
    return true;
}

const char *flow_decision_name(enum flow_decision decision)
{
    static const char *const names[FLOW_DECISIONS] = {"accepted", "redirected", "returned_with_advice", "rejected",
                                                      "undecided"};
    return names[decision];
}

const char *flow_end_name(enum flow_end end)
{
    static const char *const names[FLOW_ENDS] = {
        "treated", "discharged", "in_care",        "first_date_not_recorded", "waiting",
        "left",    "with_gp",    "referred_again", "not_referred_again",      "not_known",
    };
    return names[end];
}
