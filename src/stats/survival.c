#include "referlens/stats/survival.h"

#include "referlens/stats/incidence.h"

#include <math.h>
#include <stdbool.h>

static void note_median(double time, double estimate, double *median)
{
    if (isnan(*median) && estimate <= 0.5 + INCIDENCE_TOLERANCE) { /* false for NAN */
        *median = time;
    }
}

void kaplan_meier(const struct survival_row *rows, size_t row_count, double z, struct survival_step *steps,
                  struct survival_summary *summary)
{
    *summary = (struct survival_summary){.median = NAN, .median_lower = NAN, .median_upper = NAN};
    for (size_t i = 0; i < row_count; i++) {
        summary->subjects += rows[i].events + rows[i].censored;
        summary->events += rows[i].events;
    }
    int64_t at_risk = summary->subjects;
    double survival = 1;
    double greenwood = 0;

    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].events > 0) {
            double n = (double)at_risk;
            double left = (double)(at_risk - rows[i].events);
            survival *= left / n;
            greenwood += (double)rows[i].events / (n * left); /* infinite when nobody is left */
        }
        double se = survival > 0 ? survival * sqrt(greenwood) : NAN;
        struct interval limits = log_log_interval(survival, se, z);
        steps[i] = (struct survival_step){.time = rows[i].time,
                                          .at_risk = at_risk,
                                          .events = rows[i].events,
                                          .survival = survival,
                                          .se = se,
                                          .lower = limits.lower,
                                          .upper = limits.upper};
        note_median(rows[i].time, survival, &summary->median);
        note_median(rows[i].time, limits.lower, &summary->median_lower);
        note_median(rows[i].time, limits.upper, &summary->median_upper);
        at_risk -= rows[i].events + rows[i].censored;
    }
}

struct survival_step survival_at(const struct survival_step *steps, size_t count, double time)
{
    struct survival_step start = {.time = time, .survival = 1, .lower = NAN, .upper = NAN, .at_risk = steps[0].at_risk};
    size_t after = 0;

    while (after < count && steps[after].time <= time) {
        after++;
    }
    if (after == 0) {
        return start;
    }
    struct survival_step result = steps[after - 1];
    if (after == count && steps[count - 1].time < time) {
        result.at_risk = 0;
        if (result.survival > 0) {
            result.survival = result.se = result.lower = result.upper = NAN;
        }
    } else if (result.time < time) {
        result.at_risk = steps[after].at_risk;
    }
    result.events = result.time == time ? result.events : 0;
    result.time = time;
    return result;
}

struct restricted_mean survival_restricted_mean(const struct survival_step *steps, size_t count, double horizon)
{
    const struct restricted_mean none = {NAN, NAN};
    if (count == 0 || !(horizon > 0 && isfinite(horizon)) ||
        (horizon > steps[count - 1].time && steps[count - 1].survival > 0)) {
        return none;
    }
    double until = horizon;
    double area = 0; /* from the step at hand to the horizon */
    double variance = 0;

    for (size_t i = count; i-- > 0;) {
        if (steps[i].time > horizon) {
            continue;
        }
        area += (until - steps[i].time) * steps[i].survival;
        until = steps[i].time;
        double left = (double)(steps[i].at_risk - steps[i].events);
        if (steps[i].events > 0 && left > 0) {
            variance += area * area * (double)steps[i].events / ((double)steps[i].at_risk * left);
        }
    }
    return (struct restricted_mean){.value = area + until, .se = sqrt(variance)};
}
