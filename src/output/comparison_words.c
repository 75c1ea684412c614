#include "referlens/output/comparison_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char comparison_not_adjusted[] = "when referrals were made, how ill the patients were, what the letters said, "
                                       "deprivation and sex, how many hospital places there were, and why a practice "
                                       "came under its scheme";

enum comparison_unit comparison_unit_of(size_t measure)
{
    static const enum comparison_unit units[] = {
        [MEASURE_PROPORTION] = UNIT_SHARE, [MEASURE_DELAY] = UNIT_DAYS, [MEASURE_RATE] = UNIT_RATE};
    return units[measure_table[measure].kind];
}

const char *comparison_scheme_phrase(uint32_t scheme)
{
    static const char *const phrases[] = {[SCHEME_NONE] = "no scheme",
                                          [SCHEME_RMC] = "a referral management centre",
                                          [SCHEME_SPECIALIST_ADVICE] = "specialist advice",
                                          [SCHEME_LOCAL_EXPERTISE] = "local expertise",
                                          [SCHEME_PEER_REVIEW] = "peer review"};
    return scheme < SCHEME_COUNT ? phrases[scheme] : "an unknown scheme";
}

/* Numbers. */

/* Pounds: whole ones from 100 on. */
static struct display pounds(double value)
{
    struct display display = {""};
    if (value >= 99.995) {
        snprintf(display.text, DISPLAY_SIZE, "£%.80s", display_count(value).text);
    } else if (!isnan(value)) {
        const long long pence = llround(fmax(value, 0) * 100);
        snprintf(display.text, DISPLAY_SIZE, "£%lld.%02lld", pence / 100, pence % 100);
    }
    return display;
}

static struct display tenth_days(double value)
{
    struct display display = {""};
    if (!isnan(value))
        snprintf(display.text, DISPLAY_SIZE, "%.80s days", display_rate(value).text);
    return display;
}

struct display comparison_value(double value, enum comparison_unit unit)
{
    switch (unit) {
    case UNIT_SHARE:
        return display_percent(value);
    case UNIT_RATE:
        return display_rate(value);
    case UNIT_DAYS:
        return tenth_days(value);
    case UNIT_POUNDS:
        return pounds(value);
    }
    return (struct display){""};
}

struct display comparison_range(struct estimate estimate, enum comparison_unit unit)
{
    struct display range = {""};
    if (isnan(estimate.lower) || isnan(estimate.upper))
        return range;
    if (unit == UNIT_SHARE)
        return display_percent_range(estimate.lower, estimate.upper);
    if (unit == UNIT_POUNDS) {
        snprintf(range.text, DISPLAY_SIZE, "%.40s–%.40s", pounds(estimate.lower).text, pounds(estimate.upper).text);
        return range;
    }
    range = display_rate_range(estimate.lower, estimate.upper);
    if (unit == UNIT_DAYS) {
        const struct display plain = range;
        snprintf(range.text, DISPLAY_SIZE, "%.80s days", plain.text);
    }
    return range;
}

static int64_t tenths_of(double difference, enum comparison_unit unit)
{
    const double scaled = unit == UNIT_SHARE ? 100 * difference : difference;
    return (int64_t)llround(fmin(fmax(scaled, -1e12), 1e12) * 10);
}

/* With one decimal and a sign, shares in percentage points. */
static struct display signed_number(double difference, enum comparison_unit unit)
{
    struct display display = {""};
    if (isnan(difference))
        return display;
    const int64_t tenths = tenths_of(difference, unit);
    const char *sign = tenths > 0 ? "+" : tenths < 0 ? "−" : "";
    snprintf(display.text, DISPLAY_SIZE, "%s%.60s", sign, display_rate((double)imaxabs(tenths) / 10).text);
    return display;
}

static const char *difference_unit(enum comparison_unit unit)
{
    return unit == UNIT_SHARE ? " points" : unit == UNIT_DAYS ? " days" : "";
}

struct display comparison_signed(double difference, enum comparison_unit unit)
{
    struct display display = {""};
    if (!isnan(difference))
        snprintf(display.text, DISPLAY_SIZE, "%.60s%s", signed_number(difference, unit).text, difference_unit(unit));
    return display;
}

struct display comparison_signed_range(struct estimate difference, enum comparison_unit unit)
{
    struct display display = {""};
    if (!isnan(difference.lower) && !isnan(difference.upper))
        snprintf(display.text, DISPLAY_SIZE, "%.40s to %.40s", signed_number(difference.lower, unit).text,
                 signed_number(difference.upper, unit).text);
    return display;
}

/* Readings. */

bool comparison_is_clear(struct estimate difference)
{
    return difference.lower > 0 || difference.upper < 0;
}

const char *comparison_direction(struct estimate difference, enum comparison_unit unit)
{
    if (!comparison_is_clear(difference))
        return "no more different than chance";
    if (unit == UNIT_DAYS)
        return difference.lower > 0 ? "longer" : "shorter";
    return difference.lower > 0 ? "higher" : "lower";
}

void comparison_add_reading(struct estimate difference, enum comparison_unit unit, const char *reason,
                            struct buffer *output)
{
    const struct display moved = comparison_signed(difference.value, unit);
    const struct display range = comparison_signed_range(difference, unit);
    if (isnan(difference.value)) {
        buffer_add_string(output, reason != NULL ? reason : "no number");
    } else if (range.text[0] == '\0') {
        buffer_add_formatted(output, "%s%s%s", moved.text, reason != NULL ? "; " : "", reason != NULL ? reason : "");
    } else if (!comparison_is_clear(difference)) {
        buffer_add_formatted(output, "no more different than chance (%s; 95 %% CI %s)", moved.text, range.text);
    } else {
        const struct display size = comparison_signed(fabs(difference.value), unit);
        buffer_add_formatted(output, "%s %s (95 %% CI %s)", size.text[0] == '+' ? size.text + 1 : size.text,
                             comparison_direction(difference, unit), range.text);
    }
}

static bool are_few(double referrals, double left_out)
{
    return referrals - (isnan(left_out) ? DISCLOSURE_HIDDEN_MAX : left_out) < COMPARISON_ALIKE_MIN;
}

const char *comparison_too_few_alike(struct estimate difference, const struct comparison_side *own,
                                     const struct comparison_side *reference,
                                     const struct comparison_left_out *left_out)
{
    if (!isnan(difference.lower) || isnan(difference.value))
        return NULL;
    return are_few(own->denominator, left_out->referrals) ||
                   are_few(reference->denominator, left_out->reference_referrals)
               ? "too few to compare"
               : NULL;
}

static bool is_of_few(const char *reason)
{
    return reason != NULL && strcmp(reason, comparison_no_spread) != 0 && strcmp(reason, comparison_one_outweighs) != 0;
}

const char *comparison_withheld_reason(const struct comparison *comparison, uint32_t scheme)
{
    size_t withheld = 0, others = 0;
    const char *reason = NULL;
    for (size_t i = 0; i < comparison->outcome_count; i++) {
        const struct comparison_outcome *outcome = &comparison->outcomes[i];
        if (outcome->scheme != scheme || isnan(outcome->difference.value))
            continue;
        if (!isnan(outcome->difference.lower)) {
            others++;
        } else if (is_of_few(outcome->reason)) {
            reason = outcome->reason;
            withheld++;
        }
    }
    return withheld > others ? reason : NULL;
}

const char *comparison_reason_to_say(struct estimate difference, const char *reason, const char *said)
{
    const bool is_said = reason != NULL && said != NULL && strcmp(reason, said) == 0;
    return is_said && !isnan(difference.value) ? NULL : reason;
}

/* Cautions. */

static const char *count_or_few(double number, struct display *display)
{
    *display = display_count(number);
    return isnan(number) ? "1 to 7" : display->text;
}

static bool is_one(double number)
{
    return number > 0 && number < 2;
}

bool comparison_at_other_times(const struct comparison *comparison, uint32_t scheme)
{
    const struct comparison_caution *caution = comparison_find_caution(comparison, scheme, CAUTION_DIFFERENT_TIMES);
    return caution != NULL && caution->number > COMPARISON_OTHER_TIME_MIN;
}

static void add_about_time(const struct comparison_caution *caution, const char *phrase, const char *reference,
                           struct buffer *output)
{
    if (caution->number > COMPARISON_OTHER_TIME_MIN)
        buffer_add_formatted(output, "The referrals under %s and those under %s were made at different times, %s.",
                             phrase, reference,
                             caution->number < 1 ? "hardly any in the same quarter" : "none in the same quarter");
    else
        buffer_add_formatted(
            output,
            "The referrals under %s and those under %s are spread differently over time: %s of the ones "
            "would have had to be made in another quarter to be spread as the others.",
            phrase, reference, display_percent(caution->number).text);
    buffer_add_string(output, " That is not adjusted for: what changed meanwhile, for everybody, looks like the "
                              "scheme’s doing. Practices that moved tell more, beside others that stayed.");
}

static void add_about_scheme(const struct comparison_source *source, const struct comparison_caution *caution,
                             struct buffer *output)
{
    const char *phrase = comparison_scheme_phrase(caution->scheme);
    const char *reference = comparison_scheme_phrase(source->comparison->reference);
    struct display display;
    switch (caution->kind) {
    case CAUTION_FEW_PRACTICES:
        buffer_add_formatted(output,
                             "Only %s practice%s under %s: with fewer than %d no interval of a difference can be "
                             "trusted, so none is given.",
                             count_or_few(caution->number, &display), is_one(caution->number) ? " is" : "s are", phrase,
                             COMPARISON_PRACTICES_MIN);
        return;
    case CAUTION_LEFT_OUT:
        buffer_add_formatted(
            output,
            "Of the referrals under %s, or of those under %s, up to %s have nobody like them on the other "
            "side, or nobody followed for as long, and are left out of adjusted numbers (most for “%s”).",
            phrase, reference, display_percent(caution->number).text,
            caution->measure < measure_count ? measure_table[caution->measure].title : "");
        return;
    case CAUTION_SIGN_CHANGE:
        buffer_add_formatted(output,
                             "For %s, %s of the outcomes and waits point%s one way before adjustment and the other way "
                             "after it, both beyond chance: the crude numbers mislead there.",
                             phrase, count_or_few(caution->number, &display), is_one(caution->number) ? "s" : "");
        return;
    case CAUTION_IMBALANCE:
        buffer_add_formatted(output,
                             "Patients or practices under %s differ from those under %s in what is not adjusted for "
                             "(largest standardised mean difference %.40s; 0.1 is usually called noticeable).",
                             phrase, reference, display_rate(caution->number).text);
        return;
    case CAUTION_SIZE_TIED:
        buffer_add_formatted(
            output,
            "The practices under %s are of one size and those under %s of another: size can not be told "
            "from the scheme, and is not adjusted for.",
            phrase, reference);
        return;
    case CAUTION_DIFFERENT_TIMES:
        add_about_time(caution, phrase, reference, output);
        return;
    case CAUTION_SHARED_PRACTICES:
        buffer_add_formatted(
            output, "%s practice%s both under %s and under %s, at different times or for different specialties.",
            count_or_few(caution->number, &display), is_one(caution->number) ? " is" : "s are", phrase, reference);
        return;
    default:
        return;
    }
}

void comparison_add_caution(const struct comparison_source *source, const struct comparison_caution *caution,
                            struct buffer *output)
{
    struct display display;
    switch (caution->kind) {
    case CAUTION_OBSERVATIONAL:
        buffer_add_formatted(
            output,
            "Observational: practices did not come under their schemes by lot. Adjusted for specialty, "
            "priority and age band, and for the size of the practices where it is known of all, they "
            "are enough and it can be told from the scheme; not for %s.",
            comparison_not_adjusted);
        return;
    case CAUTION_UNKNOWN_SCHEME:
        buffer_add_formatted(output, "Requests whose scheme is not known, and which are in no comparison: %s.",
                             count_or_few(caution->number, &display));
        return;
    case CAUTION_SIZE_UNKNOWN:
        buffer_add_formatted(output, "Practices whose list size is not known, so that size cannot be allowed for: %s.",
                             count_or_few(caution->number, &display));
        return;
    default:
        add_about_scheme(source, caution, output);
    }
}
