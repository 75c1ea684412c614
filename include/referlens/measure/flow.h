/* What became of referrals, from submitted through decided to seen and treated, with every exit: each referral of a slice
 * in one place and one only.
 *
 * Counted from where referrals stand in the measures, so that the flow cannot disagree with them. Called by report pages
 * and charts; pure, several threads may ask at once.
 */
#ifndef REFERLENS_MEASURE_FLOW_H
#define REFERLENS_MEASURE_FLOW_H

#include "referlens/measure/report.h"

#include <stdbool.h>
#include <stdint.h>

/* The first decision. */
enum flow_decision {
    FLOW_ACCEPTED,
    FLOW_REDIRECTED,
    FLOW_RETURNED, /* with advice */
    FLOW_REJECTED,
    FLOW_UNDECIDED, /* none recorded by the as-of date */
    FLOW_DECISIONS
};

/* Where it stood on the as-of date. The first four were seen: attended, or treated without an attendance recorded. */
enum flow_end {
    FLOW_TREATED,
    FLOW_DISCHARGED,     /* seen, and over without treatment: discharged, cancelled, died, or turned away */
    FLOW_IN_CARE,        /* seen, not treated yet */
    FLOW_UNDATED,        /* seen at a follow-up, when first is not recorded; not treated */
    FLOW_WAITING,        /* neither seen nor gone */
    FLOW_LEFT,           /* cancelled or died before being seen */
    FLOW_WITH_GP,        /* returned with advice, and not seen */
    FLOW_REFERRED_AGAIN, /* rejected, and another referral followed within 90 days */
    FLOW_NOT_AGAIN,      /* rejected, and none followed in 90 days */
    FLOW_NOT_KNOWN,      /* rejected, and too early to tell, or the patient is not known */
    FLOW_ENDS
};
enum { FLOW_SEEN_ENDS = FLOW_UNDATED + 1 };

/* Counts, masked for the audience: NAN is one that may not be shown. */
struct flow {
    double submitted;
    double decided[FLOW_DECISIONS];
    double paths[FLOW_DECISIONS][FLOW_ENDS];
    double ended[FLOW_ENDS];
    double seen;                                     /* the first four ends together */
    double seen_of[FLOW_DECISIONS];                  /* the same of one decision */
    bool knows_decisions, knows_attended, knows_treated; /* whether the input records such a thing at all */
};

/* The flow of all referrals (not advice requests) of a practice, or of everybody (SLICE_ALL), over everything. */
struct flow report_flow(const struct report *report, uint32_t practice, bool own);

/* Whether the input could tell of such an end: if not, a count of 0 says nothing. */
bool flow_knows_end(const struct flow *flow, enum flow_end end);

/* "accepted", "not_referred_again": for data. */
const char *flow_decision_name(enum flow_decision decision);
const char *flow_end_name(enum flow_end end);

#endif
