#include "referlens/measure/comparison_costs.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/evaluated.h"
#include "referlens/measure/lost_rows.h"
#include "referlens/measure/scheme_history.h"
#include "referlens/stats/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_PER_YEAR 365.25
#define LEVEL         0.95

/* What is added up for each practice and scheme. */
enum cost_sum {
    SUM_FIXED,        /* pounds */
    SUM_CHARGED,      /* pounds, for single requests */
    SUM_FIXED_LISTED, /* the same two where the list size is known */
    SUM_CHARGED_LISTED,
    SUM_YEARS,
    SUM_HANDLED,
    SUM_STOPPED,          /* referrals rejected or returned, advice requests answered */
    SUM_KNOWN,            /* of these, whether they came back */
    SUM_UNATTENDED,       /* of the stopped, neither attended nor converted … */
    SUM_UNATTENDED_KNOWN, /* … and of these, whether they were referred again */
    SUM_AVOIDED,
    SUM_CAME_BACK,
    SUM_RETURNED,
    SUM_LET_THROUGH, /* referrals neither rejected nor returned, followed for 180 days */
    SUM_ATTENDED,    /* of these, within 180 days */
    SUM_WITHOUT_COST,
    COST_SUMS
};

struct sums {
    double of[COST_SUMS];
};

struct costing {
    const struct report *report;
    const struct evaluation *evaluation;
    const struct scheme_history *history;
    struct sums *sums; /* by practice and scheme */
    size_t *handled;   /* by row of the history: requests that were handled under it */
    bool *made;        /* by worker and quarter: whether the practice at hand made any request */
    day from, until;   /* requests dated otherwise do not count */
    size_t rejected, re_referred, diverted, attendance, seen; /* indices into measure_table */
};

static bool has_cost(const struct scheme_row *row)
{
    return !isnan(row->annual_cost) || !isnan(row->cost_per_referral);
}

static double or_nothing(double pounds)
{
    return isnan(pounds) ? 0 : pounds;
}

static struct sums *sums_of(const struct costing *costing, uint32_t practice, uint32_t scheme)
{
    return &costing->sums[practice * SCHEME_COUNT + scheme];
}

/* Days. */

/* Adds one day of a practice: each specialty that has rows of its own, and all others together. */
static void add_day(const struct costing *costing, uint32_t practice, day date, double years)
{
    const struct scheme_history *history = costing->history;
    bool in_force[SCHEME_COUNT] = {false};
    uint32_t last = DICTIONARY_NONE;
    for (size_t i = history->first[practice]; i < history->first[practice + 1]; i++) {
        const uint32_t specialty = history->rows[i].specialty;
        if (i > history->first[practice] && specialty == last)
            continue;
        last = specialty;
        const struct scheme_row *row = scheme_row_in_force(history, practice, specialty, date);
        if (row == NULL || !has_cost(row))
            continue;
        struct sums *sums = sums_of(costing, practice, row->scheme);
        const double pounds = or_nothing(row->annual_cost) / DAYS_PER_YEAR;
        sums->of[SUM_FIXED] += pounds;
        sums->of[SUM_FIXED_LISTED] += years > 0 ? pounds : 0;
        in_force[row->scheme] = true;
    }
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++)
        sums_of(costing, practice, scheme)->of[SUM_YEARS] += in_force[scheme] ? years : 0;
}

/* `made` says in which quarters the practice made any request. */
static void add_days(const struct costing *costing, uint32_t practice, const bool *made)
{
    const struct evaluation *evaluation = costing->evaluation;
    for (size_t period = 0; period < evaluation->period_count; period++) {
        if (!made[period])
            continue;
        const quarter of = evaluation->first_period + (quarter)period;
        struct slice slice = slice_all();
        slice.practice = practice;
        slice.period = of;
        const struct day_span observed = person_years_observed(evaluation->person_years, of);
        const double years =
            person_years_base(evaluation->person_years, slice).person_years / (observed.last - observed.first + 1);
        for (day date = observed.first; date <= observed.last && date <= costing->until; date++)
            add_day(costing, practice, date, years);
    }
}

/* Requests. */

static bool is(const struct standing_ones *standing, size_t measure, size_t membership)
{
    return standing->ones[measure * MEMBERSHIP_COUNT + membership] != 0;
}

/* A request that did not become an attendance at once: `kept` where it was not followed by a referral, `again` where it
 * was, neither where that is not known; `attended` all the same, or converted, which is known of every patient. */
static void add_stopped(struct sums *sums, bool kept, bool again, bool attended)
{
    sums->of[SUM_STOPPED] += 1;
    sums->of[SUM_KNOWN] += kept || again || attended;
    sums->of[SUM_UNATTENDED] += !attended;
    sums->of[SUM_UNATTENDED_KNOWN] += !attended && (kept || again);
    sums->of[SUM_AVOIDED] += !attended && kept;
    sums->of[SUM_CAME_BACK] += attended || again;
}

static void add_referral(const struct costing *costing, const struct evaluated *referral, struct sums *sums)
{
    const struct standing_ones *standing = &costing->evaluation->standings[referral->standing];
    const enum evaluated_return returned = evaluated_return_of(referral);
    const bool attended = is(standing, costing->seen, DELAY_EVENT) || is(standing, costing->seen, DELAY_UNKNOWN);
    if (is(standing, costing->rejected, MEMBER_HIT)) {
        add_stopped(sums, is(standing, costing->re_referred, MEMBER_COUNTED),
                    is(standing, costing->re_referred, MEMBER_HIT), attended);
    } else if (returned != RETURN_NONE) {
        add_stopped(sums, returned == RETURN_KEPT, returned == RETURN_SENT_AGAIN, attended);
        sums->of[SUM_RETURNED] += 1;
    } else {
        sums->of[SUM_LET_THROUGH] += 1;
        sums->of[SUM_ATTENDED] += is(standing, costing->attendance, MEMBER_HIT);
    }
}

static day date_of(const struct costing *costing, size_t number)
{
    return costing->report->as_of - evaluated_follow_up(costing->evaluation, number);
}

static void add_request(const struct costing *costing, uint32_t practice, size_t number)
{
    const struct evaluated *request = &costing->evaluation->rows[number];
    const day date = date_of(costing, number);
    if (date < costing->from || date > costing->until || request->scheme >= SCHEME_COUNT)
        return;
    const struct scheme_row *row = scheme_row_in_force(costing->history, practice, request->specialty, date);
    if (row == NULL)
        row = scheme_row_in_force(costing->history, practice, DICTIONARY_NONE, date);
    struct sums *sums = sums_of(costing, practice, request->scheme);
    if (row == NULL || (uint32_t)row->scheme != request->scheme || !has_cost(row)) {
        sums->of[SUM_WITHOUT_COST] += 1;
        return;
    }
    const struct standing_ones *standing = &costing->evaluation->standings[request->standing];
    costing->handled[row - costing->history->rows]++;
    sums->of[SUM_CHARGED] += or_nothing(row->cost_per_referral);
    sums->of[SUM_HANDLED] += 1;
    if (!(request->flags & EVALUATED_ADVICE))
        add_referral(costing, request, sums);
    else if (!is(standing, costing->diverted, MEMBER_PENDING) && !is(standing, costing->diverted, MEMBER_CLOSED))
        add_stopped(sums, is(standing, costing->diverted, MEMBER_HIT), is(standing, costing->diverted, MEMBER_COUNTED),
                    evaluated_return_of(request) == RETURN_SENT_AGAIN);
}

static void cost_practice(void *context, size_t task, size_t worker)
{
    const struct costing *costing = context;
    const struct evaluation *evaluation = costing->evaluation;
    const uint32_t practice = (uint32_t)task;
    bool *made = costing->made + worker * evaluation->period_count;
    memset(made, 0, evaluation->period_count * sizeof *made);
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
        made[evaluation->rows[i].period] |= date_of(costing, i) >= costing->from;
        add_request(costing, practice, i);
    }
    add_days(costing, practice, made);
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        struct sums *sums = sums_of(costing, practice, scheme);
        sums->of[SUM_CHARGED_LISTED] = sums->of[SUM_YEARS] > 0 ? sums->of[SUM_CHARGED] : 0;
    }
}

/* Figures. */

/* Whether an attendance came is known of all, whether another referral came of those alone whose patient is known and
 * who could be followed: so it is among the unattended, and not among all stopped, that the unknown ones are taken to
 * be kept as often as the known ones. Avoided = kept + unknown × kept ÷ known = unattended × kept ÷ known.
 *
 * A figure is a product of sums: pounds upwards, and each count upwards (1) or downwards (−1). Its logarithm varies by
 * Σ over practices of (Σ over the counts of ±own ÷ total)². */
struct figure_factor {
    enum cost_sum sum;
    int power;
};
struct figure_plan {
    bool of_pounds;
    enum cost_sum fixed, charged;
    struct figure_factor factors[5];
    size_t factor_count;
    const char *nothing; /* why there is no figure where a count is 0 */
};

enum { PLAN_PER_PATIENT_YEAR, PLAN_PER_REQUEST, PLAN_PER_AVOIDED, PLAN_BREAK_EVEN };
static const struct figure_plan plans[] = {
    {true, SUM_FIXED_LISTED, SUM_CHARGED_LISTED, {{SUM_YEARS, -1}}, 1, "the list size is not known"},
    {true, SUM_FIXED, SUM_CHARGED, {{SUM_HANDLED, -1}}, 1, "no request can be counted yet"},
    {true,
     SUM_FIXED,
     SUM_CHARGED,
     {{SUM_UNATTENDED, -1}, {SUM_AVOIDED, -1}, {SUM_UNATTENDED_KNOWN, 1}},
     3,
     "no referral is known to have been avoided"},
    {true,
     SUM_FIXED,
     SUM_CHARGED,
     {{SUM_UNATTENDED, -1}, {SUM_AVOIDED, -1}, {SUM_UNATTENDED_KNOWN, 1}, {SUM_ATTENDED, -1}, {SUM_LET_THROUGH, 1}},
     5,
     "no referral is known to have been avoided, or none was attended"},
};

/* The share of the requests handled that was avoided. */
static const struct figure_plan share_plan = {
    false,       SUM_FIXED,
    SUM_CHARGED, {{SUM_UNATTENDED, 1}, {SUM_AVOIDED, 1}, {SUM_UNATTENDED_KNOWN, -1}, {SUM_HANDLED, -1}},
    4,           "no referral is known to have been avoided"};

static double shown(const struct costing *costing, enum cost_sum sum, double count)
{
    const bool is_count = sum >= SUM_HANDLED;
    return is_count && costing->report->audience != AUDIENCE_ANALYST ? disclosure_count(count) : count;
}

/* Requests that were handled at one price. */
struct priced {
    double pounds, count;
};

static int compare_prices(const void *a, const void *b)
{
    const double left = ((const struct priced *)a)->pounds, right = ((const struct priced *)b)->pounds;
    return (left > right) - (left < right);
}

/* The mean price of a request by the rounded number at each price: the exact mean would tell how many paid which.
 * `listed`: of practices whose list size is known. */
static double masked_price(const struct costing *costing, uint32_t scheme, bool listed)
{
    const struct scheme_history *history = costing->history;
    struct priced *prices = memory_resize(NULL, history->row_count, sizeof *prices);
    size_t count = 0;
    for (size_t i = 0; i < history->row_count; i++) {
        const struct scheme_row *row = &history->rows[i];
        if ((uint32_t)row->scheme == scheme && (!listed || sums_of(costing, row->practice, scheme)->of[SUM_YEARS] > 0))
            prices[count++] = (struct priced){or_nothing(row->cost_per_referral), (double)costing->handled[i]};
    }
    qsort(prices, count, sizeof *prices, compare_prices);
    double pounds = 0, requests = 0;
    for (size_t i = 0; i < count;) {
        const double price = prices[i].pounds;
        double at_price = 0;
        for (; i < count && prices[i].pounds == price; i++)
            at_price += prices[i].count;
        const double rounded = disclosure_count_to_reckon_with(at_price);
        pounds += price * rounded;
        requests += rounded;
    }
    memory_free(prices);
    return requests > 0 ? pounds / requests : 0;
}

/* What was paid. Charges give the number of requests away: masked, they are those of the rounded number. */
static double pounds_of(const struct costing *costing, uint32_t scheme, const struct sums *total, enum cost_sum fixed,
                        enum cost_sum charged)
{
    const double handled = total->of[SUM_HANDLED];
    if (costing->report->audience == AUDIENCE_ANALYST || handled == 0)
        return total->of[fixed] + total->of[charged];
    return total->of[fixed] +
           shown(costing, SUM_HANDLED, handled) * masked_price(costing, scheme, charged == SUM_CHARGED_LISTED);
}

/* A practice's sums, masked where counts are: its share in an interval would tell them. */
static struct sums sums_to_reckon_with(const struct costing *costing, uint32_t practice, uint32_t scheme)
{
    struct sums own = *sums_of(costing, practice, scheme);
    if (costing->report->audience == AUDIENCE_ANALYST)
        return own;
    const double handled = own.of[SUM_HANDLED];
    for (size_t i = SUM_HANDLED; i < COST_SUMS; i++)
        own.of[i] = disclosure_count_to_reckon_with(own.of[i]);
    const double share = handled > 0 ? own.of[SUM_HANDLED] / handled : 1;
    own.of[SUM_CHARGED] *= share;
    own.of[SUM_CHARGED_LISTED] *= share;
    return own;
}

static struct sums total_to_reckon_with(const struct costing *costing, uint32_t scheme)
{
    struct sums total = {{0}};
    for (uint32_t practice = 0; practice < costing->evaluation->practice_count; practice++) {
        const struct sums own = sums_to_reckon_with(costing, practice, scheme);
        for (size_t i = 0; i < COST_SUMS; i++)
            total.of[i] += own.of[i];
    }
    return total;
}

/* What a practice adds to the figure's logarithm; pounds are left out where they are none. */
static double influence_of(const struct figure_plan *plan, const struct sums *own, const struct sums *total)
{
    const double pounds = total->of[plan->fixed] + total->of[plan->charged];
    double influence = plan->of_pounds && pounds > 0 ? (own->of[plan->fixed] + own->of[plan->charged]) / pounds : 0;
    for (size_t i = 0; i < plan->factor_count; i++)
        influence += plan->factors[i].power * own->of[plan->factors[i].sum] / total->of[plan->factors[i].sum];
    return influence;
}

/* The standard error of the figure's logarithm. */
static double log_error(const struct costing *costing, uint32_t scheme, const struct figure_plan *plan,
                        size_t practices)
{
    const struct sums total = total_to_reckon_with(costing, scheme);
    double squares = 0;
    for (uint32_t practice = 0; practice < costing->evaluation->practice_count; practice++) {
        const struct sums own = sums_to_reckon_with(costing, practice, scheme);
        const double influence = influence_of(plan, &own, &total);
        squares += influence * influence;
    }
    const double count = (double)practices;
    return sqrt(count / (count - 1) * squares);
}

/* Half the width of an interval, which is no finer than a hundredth where counts are masked. */
static double half_width(const struct costing *costing, double error, size_t practices)
{
    const double width = student_quantile_two_sided(LEVEL, (double)practices - 1) * error;
    return costing->report->audience == AUDIENCE_ANALYST ? width : ceil(width * 100) / 100;
}

static struct cost_figure figure_of(const struct costing *costing, uint32_t scheme, const struct figure_plan *plan,
                                    const struct sums *total, size_t practices)
{
    struct cost_figure figure = {{NAN, NAN, NAN}, NULL};
    double value = plan->of_pounds ? pounds_of(costing, scheme, total, plan->fixed, plan->charged) : 1;
    for (size_t i = 0; i < plan->factor_count; i++) {
        const enum cost_sum sum = plan->factors[i].sum;
        const double count = shown(costing, sum, total->of[sum]);
        if (total->of[sum] == 0)
            figure.reason = plan->nothing;
        else if (isnan(count) && figure.reason == NULL)
            figure.reason = "too few to show";
        value *= plan->factors[i].power > 0 ? count : 1 / count;
    }
    if (figure.reason == NULL && isnan(value))
        figure.reason = "too few to show";
    if (figure.reason != NULL)
        return figure;
    figure.estimate.value = value;
    if (practices < COST_PRACTICES_MIN) {
        figure.reason = "fewer than 5 practices: no interval";
        return figure;
    }
    const double width = half_width(costing, log_error(costing, scheme, plan, practices), practices);
    figure.estimate.lower = value * exp(-width);
    figure.estimate.upper = value * exp(width);
    return figure;
}

static bool adds_anything(const struct sums *sums)
{
    return sums->of[SUM_HANDLED] > 0 || sums->of[SUM_YEARS] > 0 || sums->of[SUM_FIXED] > 0;
}

static bool has_costs(const struct scheme_history *history, uint32_t scheme)
{
    for (size_t i = 0; i < history->row_count; i++) {
        if ((uint32_t)history->rows[i].scheme == scheme && has_cost(&history->rows[i]))
            return true;
    }
    return false;
}

/* Standard errors of what a scheme and the reference differ by; practices that are under both count once. */
struct beyond_errors {
    double log_price;  /* of the logarithm of one cost a request over the other */
    double share;      /* of the difference between the shares avoided */
    double log_figure; /* of the logarithm of the difference in cost over that in shares */
};

static struct beyond_errors beyond_errors_of(const struct costing *costing,
                                             const struct comparison_cost *const sides[2], double pounds, double share)
{
    struct sums totals[2];
    struct beyond_errors squares = {0, 0, 0};
    for (size_t side = 0; side < 2; side++)
        totals[side] = total_to_reckon_with(costing, sides[side]->scheme);
    for (uint32_t practice = 0; practice < costing->evaluation->practice_count; practice++) {
        double log_price = 0, own_pounds = 0, own_share = 0;
        for (size_t side = 0; side < 2; side++) {
            const struct sums own = sums_to_reckon_with(costing, practice, sides[side]->scheme);
            const double count = (double)sides[side]->practices;
            const double sign = (side == 0 ? 1 : -1) * sqrt(count / (count - 1));
            const double price = sign * influence_of(&plans[PLAN_PER_REQUEST], &own, &totals[side]);
            log_price += sides[side]->per_request.estimate.value > 0 ? price : 0;
            own_pounds += sides[side]->per_request.estimate.value * price;
            own_share +=
                sides[side]->avoided_share.estimate.value * sign * influence_of(&share_plan, &own, &totals[side]);
        }
        const double log_figure = own_pounds / pounds - own_share / share;
        squares.log_price += log_price * log_price;
        squares.share += own_share * own_share;
        squares.log_figure += log_figure * log_figure;
    }
    return (struct beyond_errors){sqrt(squares.log_price), sqrt(squares.share), sqrt(squares.log_figure)};
}

/* Its interval, or why there is none: there has to be a difference in the shares, and in cost, to divide. */
static void limit_beyond(const struct costing *costing, const struct comparison_cost *const sides[2], double pounds,
                         double share, struct cost_figure *beyond)
{
    const size_t practices = sides[0]->practices < sides[1]->practices ? sides[0]->practices : sides[1]->practices;
    beyond->reason = "fewer than 5 practices: no interval";
    if (practices < COST_PRACTICES_MIN)
        return;
    const struct beyond_errors errors = beyond_errors_of(costing, sides, pounds, share);
    const double reach = student_quantile_two_sided(LEVEL, (double)practices - 1);
    beyond->reason = "whether more are avoided than in the reference may be chance";
    if (share <= reach * errors.share)
        return;
    beyond->reason = "whether it costs more a request than the reference may be chance";
    const double other = sides[1]->per_request.estimate.value;
    if (other > 0 && log((other + pounds) / other) <= reach * errors.log_price)
        return;
    const double width = half_width(costing, errors.log_figure, practices);
    beyond->estimate.lower = beyond->estimate.value * exp(-width);
    beyond->estimate.upper = beyond->estimate.value * exp(width);
    beyond->reason = NULL;
}

/* What each referral cost that was avoided beyond what the reference avoids: the difference in cost a request over the
 * difference in the share avoided. */
static void fill_beyond(const struct costing *costing, const struct comparison_cost *reference,
                        struct comparison_cost *cost)
{
    struct cost_figure *beyond = &cost->per_avoided_beyond;
    *beyond = (struct cost_figure){{NAN, NAN, NAN}, "it is the reference"};
    if (reference == cost)
        return;
    beyond->reason = "the reference’s costs are not known";
    if (reference == NULL || isnan(reference->per_request.estimate.value) ||
        isnan(reference->avoided_share.estimate.value))
        return;
    beyond->reason = cost->avoided_share.reason;
    if (isnan(cost->per_request.estimate.value) || isnan(cost->avoided_share.estimate.value))
        return;
    const double pounds = cost->per_request.estimate.value - reference->per_request.estimate.value;
    const double share = cost->avoided_share.estimate.value - reference->avoided_share.estimate.value;
    if (!(share > 0) || !(pounds > 0)) {
        beyond->reason =
            share > 0 ? "it costs no more a request than the reference" : "no more avoided than in the reference";
        return;
    }
    beyond->estimate.value = pounds / share;
    limit_beyond(costing, (const struct comparison_cost *const[]){cost, reference}, pounds, share, beyond);
}

/* Whether a request was avoided hangs on all of these. */
static bool is_avoidance_trusted(const struct report *report)
{
    static const char *const measures[] = {"rejection_rate", "returned_with_advice_rate", "re_referral_rate",
                                           "attendance_conversion", "advice_diverted"};
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++) {
        if (!report_is_trusted(report, measure_index(measures[i])))
            return false;
    }
    return true;
}

static void withhold_avoidance(struct comparison_cost *cost, bool is_reference)
{
    static const struct cost_figure withheld = {{NAN, NAN, NAN}, lost_rows_reason};
    cost->avoided_share = cost->per_avoided = cost->break_even = withheld;
    if (!is_reference)
        cost->per_avoided_beyond = withheld;
}

static struct comparison_cost cost_of(const struct costing *costing, uint32_t scheme)
{
    struct comparison_cost cost = {.scheme = scheme};
    struct sums total = {{0}};
    for (uint32_t practice = 0; practice < costing->evaluation->practice_count; practice++) {
        const struct sums *own = sums_of(costing, practice, scheme);
        cost.practices += adds_anything(own);
        for (size_t i = 0; i < COST_SUMS; i++)
            total.of[i] += own->of[i];
    }
    cost.cost = pounds_of(costing, scheme, &total, SUM_FIXED, SUM_CHARGED);
    cost.person_years = total.of[SUM_YEARS];
    cost.handled = shown(costing, SUM_HANDLED, total.of[SUM_HANDLED]);
    cost.stopped = shown(costing, SUM_STOPPED, total.of[SUM_STOPPED]);
    cost.known = shown(costing, SUM_KNOWN, total.of[SUM_KNOWN]);
    cost.unattended = shown(costing, SUM_UNATTENDED, total.of[SUM_UNATTENDED]);
    cost.unattended_known = shown(costing, SUM_UNATTENDED_KNOWN, total.of[SUM_UNATTENDED_KNOWN]);
    cost.avoided = shown(costing, SUM_AVOIDED, total.of[SUM_AVOIDED]);
    cost.came_back = shown(costing, SUM_CAME_BACK, total.of[SUM_CAME_BACK]);
    cost.returned = shown(costing, SUM_RETURNED, total.of[SUM_RETURNED]);
    cost.without_cost = shown(costing, SUM_WITHOUT_COST, total.of[SUM_WITHOUT_COST]);
    struct cost_figure *const figures[] = {&cost.per_patient_year, &cost.per_request, &cost.per_avoided,
                                           &cost.break_even};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        *figures[i] = figure_of(costing, scheme, &plans[i], &total, cost.practices);
    cost.avoided_share = figure_of(costing, scheme, &share_plan, &total, cost.practices);
    return cost;
}

/* One for each scheme that has a cost, and each beside the reference. */
static void fill_costs(const struct costing *costing, uint32_t reference, struct comparison_costs *costs)
{
    const struct comparison_cost *reference_cost = NULL;
    costs->costs = memory_allocate_zeroed(SCHEME_COUNT, sizeof *costs->costs);
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        if (!has_costs(costing->history, scheme))
            continue;
        struct comparison_cost *cost = &costs->costs[costs->count++];
        *cost = cost_of(costing, scheme);
        if (scheme == reference)
            reference_cost = cost;
    }
    for (size_t i = 0; i < costs->count; i++)
        fill_beyond(costing, reference_cost, &costs->costs[i]);
    for (size_t i = 0; i < costs->count && !is_avoidance_trusted(costing->report); i++)
        withhold_avoidance(&costs->costs[i], &costs->costs[i] == reference_cost);
}

struct comparison_costs comparison_costs_of(const struct report *report, uint32_t reference, size_t worker_count)
{
    struct comparison_costs costs = {.until = DAY_UNKNOWN};
    const struct evaluation *evaluation = report->evaluation;
    struct scheme_history history = scheme_history_of(report->cohort);
    costs.has_schemes = history.row_count > 0;
    struct costing costing = {
        .report = report,
        .evaluation = evaluation,
        .history = &history,
        .from = evaluation->window.first,
        .until = report->as_of == DAY_UNKNOWN ? DAY_UNKNOWN : report->as_of - COST_FOLLOW_UP_DAYS,
        .rejected = measure_index("rejection_rate"),
        .re_referred = measure_index("re_referral_rate"),
        .diverted = measure_index("advice_diverted"),
        .attendance = measure_index("attendance_conversion"),
        .seen = measure_index("wait_first_attendance"),
    };
    if (costs.has_schemes && evaluation->count > 0) {
        costs.until = costing.until;
        costing.sums = memory_allocate_zeroed(evaluation->practice_count * SCHEME_COUNT, sizeof *costing.sums);
        costing.handled = memory_allocate_zeroed(history.row_count, sizeof *costing.handled);
        costing.made = memory_allocate_zeroed(worker_count * evaluation->period_count, sizeof *costing.made);
        worker_run(worker_count, evaluation->practice_count, cost_practice, &costing);
        memory_free(costing.made);
        fill_costs(&costing, reference, &costs);
        memory_free(costing.handled);
        memory_free(costing.sums);
    }
    scheme_history_release(&history);
    return costs;
}

void comparison_costs_release(struct comparison_costs *costs)
{
    if (costs == NULL)
        return;
    memory_free(costs->costs);
    *costs = (struct comparison_costs){.costs = NULL};
}
