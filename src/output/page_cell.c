#include "referlens/output/page_cell.h"

#include "referlens/measure/series.h"
#include "referlens/output/page_json.h"

#include <math.h>
#include <stdio.h>

/* What the tables of slices show. */
static const char *const slice_measures[] = {
    "rejection_rate",
    "returned_with_advice_rate",
    "rejected_without_dialogue",
    "rejected_without_patient",
    "lost_after_rejection",
    "attendance_conversion",
    "wait_decision",
    "wait_first_attendance",
};

enum { SLICE_MEASURE_COUNT = sizeof slice_measures / sizeof slice_measures[0] };

/* Left out of the denominator. */

static void add_reason(struct buffer *text, double count, const char *words)
{
    if (count == 0) {
        return;
    }
    if (text->length > 0) {
        buffer_add_string(text, ", ");
    }
    /* A masked count is one that disclosure control does not show: 1 to 7. */
    buffer_add_formatted(text, "%s %s", isnan(count) ? "fewer than 8" : display_count(count).text, words);
}

static const char *pending_words(const struct measure *measure)
{
    return measure->of_advice ? "not answered" : "not decided";
}

static void add_excluded(cJSON *cell, const struct exclusions *excluded, const struct measure *measure)
{
    cJSON *numbers = page_add_object(cell, "excluded");
    page_add_number(numbers, "pending", excluded->pending);
    page_add_number(numbers, "immature", excluded->immature);
    page_add_number(numbers, "unknown", excluded->unknown);
    struct buffer text = buffer_with_maximum(256);
    add_reason(&text, excluded->pending, pending_words(measure));
    add_reason(&text, excluded->immature, "too recent to tell");
    add_reason(&text, excluded->unknown, "not known");
    page_add_string(cell, "left_out_text", text.bytes);
    buffer_release(&text);
}

/* Proportions and rates. */

static struct display person_years(const struct result *result)
{
    struct display text = {""};
    if (!isnan(result->numerator) && !isnan(result->denominator)) {
        struct display count = display_count(result->numerator);
        struct display years = display_count(result->denominator);
        snprintf(text.text, DISPLAY_SIZE, "%.30s in %.30s person-years", count.text, years.text);
    }
    return text;
}

static void add_proportion(cJSON *cell, const struct result *result, const struct measure *measure)
{
    page_add_number(cell, "numerator", result->numerator);
    page_add_number(cell, "denominator", result->denominator);
    page_add_number(cell, "value", result->value);
    page_add_number(cell, "lower", result->lower);
    page_add_number(cell, "upper", result->upper);
    bool is_rate = measure->kind == MEASURE_RATE;
    struct display range = is_rate ? display_rate_range(result->lower, result->upper)
                                   : display_percent_range(result->lower, result->upper);
    page_add_display(cell, "value_text", is_rate ? display_rate(result->value) : display_percent(result->value));
    page_add_display(cell, "range_text", range);
    page_add_display(cell, "interval_text", display_interval(range));
    page_add_display(cell, "count_text",
                     is_rate ? person_years(result) : display_share(result->numerator, result->denominator));
}

/* Delays. */

static void add_horizons(cJSON *cell, const struct result *result)
{
    cJSON *list = page_add_list(cell, "within");
    for (size_t i = 0; i < HORIZON_COUNT; i++) {
        const struct incidence *incidence = &result->within[i];
        struct display range = display_percent_range(incidence->lower, incidence->upper);
        cJSON *item = page_list_add(list);
        page_add_number(item, "days", horizon_days[i]);
        page_add_number(item, "value", incidence->value);
        page_add_number(item, "lower", incidence->lower);
        page_add_number(item, "upper", incidence->upper);
        page_add_display(item, "value_text", display_percent(incidence->value));
        page_add_display(item, "range_text", range);
    }
}

/* The day by which nine tenths had got there. */
static struct display last_tenth_words(const struct result *result)
{
    static const struct display not_reached = {"not reached"}, too_recent = {"too recent to tell"};
    const double days = result_quantile(result, result->p90);
    return !isnan(days) ? display_days(days) : isnan(result->p90) ? not_reached : too_recent;
}

static struct display subjects(double n, bool of_advice)
{
    struct display count = display_count(n);
    struct display text = {""};
    if (count.text[0] != '\0') {
        snprintf(text.text, DISPLAY_SIZE, "%.40s %s%s", count.text, of_advice ? "advice request" : "referral",
                 n == 1 ? "" : "s");
    }
    return text;
}

static void add_delay(cJSON *cell, const struct result *result, const struct measure *measure)
{
    page_add_number(cell, "n", result->n);
    page_add_number(cell, "events", result->events);
    page_add_number(cell, "competing", result->competing);
    page_add_number(cell, "censored", result->censored);
    const double median = result_quantile(result, result->median), last_tenth = result_quantile(result, result->p90),
                 lower = result_quantile(result, result->median_lower),
                 upper = result_quantile(result, result->median_upper);
    page_add_number(cell, "median", median);
    page_add_number(cell, "median_lower", lower);
    page_add_number(cell, "median_upper", upper);
    page_add_number(cell, "p90", last_tenth);
    page_add_boolean(cell, "too_recent", isnan(median) && !isnan(result->median));
    page_add_number(cell, "completed_median", result->completed_median);
    page_add_number(cell, "completed_p90", result->completed_p90);
    page_add_display(cell, "completed_text", display_days(result->completed_median));
    page_add_display(cell, "count_text", subjects(result->n, measure->of_advice));
    struct display value = {""}, p90 = {""}, range = {""};
    if (result->status == RESULT_OK && measure->completed_only) {
        value = display_days(result->completed_median);
        p90 = display_days(result->completed_p90);
    } else if (result->status == RESULT_OK) {
        value = display_median(result);
        p90 = last_tenth_words(result);
        range = display_days_range(lower, upper);
    }
    page_add_display(cell, "value_text", value);
    page_add_display(cell, "range_text", range);
    page_add_display(cell, "interval_text", display_interval(range));
    page_add_display(cell, "p90_text", p90);
}

/* Why there is no number. Where everybody was left out, that is the reason; a masked count (NAN) is not zero. */
static const char *status_words(const struct result *result, const struct measure *measure)
{
    if (result->status != RESULT_INSUFFICIENT) {
        return display_status(result->status);
    }
    if (result->is_untrusted && !measure->of_advice) { /* of which there may be none */
        return "rows that it counts could not be used";
    }
    if (result->excluded.immature != 0) {
        return "too recent to tell";
    }
    if (result->excluded.pending != 0) {
        return pending_words(measure);
    }
    return display_status(result->status);
}

static void add_numbers(cJSON *cell, const struct result *result, const struct measure *measure, bool brief)
{
    page_add_string(cell, "status", result_status_name(result->status));
    page_add_string(cell, "status_text", status_words(result, measure));
    page_add_boolean(cell, "untrusted", result->is_untrusted);
    if (measure->kind == MEASURE_DELAY) {
        add_delay(cell, result, measure);
    } else {
        add_proportion(cell, result, measure);
    }
    if (!brief) {
        add_excluded(cell, &result->excluded, measure);
    }
    if (!brief && measure->kind == MEASURE_DELAY && result->status == RESULT_OK && !measure->completed_only) {
        add_horizons(cell, result);
    }
}

cJSON *page_cell(const struct result *result, size_t measure, bool brief)
{
    cJSON *cell = cJSON_CreateObject();
    struct result_list none = {0};
    if (result == NULL) {
        struct result *empty = result_list_add(&none, slice_all(), (uint16_t)measure);
        empty->status = RESULT_INSUFFICIENT;
        result = empty;
    }
    add_numbers(cell, result, &measure_table[measure], brief);
    result_list_release(&none);
    return cell;
}

/* Quarters. */

/* How many of those in question count so far, where most do not: "1 of 154 so far". Empty where that may not be shown.
 */
static struct display so_far(const struct result *result)
{
    struct display text = {""};
    const double left_out = result->excluded.pending + result->excluded.immature;
    if (measure_table[result->measure].kind != MEASURE_PROPORTION || !(left_out > result->denominator))
        return text;
    const struct display share = display_share(result->denominator, result->denominator + left_out);
    snprintf(text.text, DISPLAY_SIZE, "%.48s so far", share.text);
    return text;
}

void page_add_provisional(cJSON *cell, const struct report *report, const struct result *result)
{
    const bool provisional = result != NULL && result->slice.period != PERIOD_ALL && result->status == RESULT_OK &&
                             series_is_provisional(report, result);
    page_add_boolean(cell, "provisional", provisional);
    page_add_display(cell, "so_far_text", provisional ? so_far(result) : display_count(NAN));
}

/* Rows of slices. */

/* How many referrals a slice has; one without rows has no results. */
static double referral_count(const struct page_index *index, struct slice slice)
{
    const struct result *result = page_index_find(index, slice, 0);
    return result == NULL ? 0 : result->referrals;
}

void page_add_referral_count(cJSON *object, const struct page_index *index, struct slice slice)
{
    double count = referral_count(index, slice);
    page_add_number(object, "count", count);
    page_add_display(object, "text", display_count(count));
    page_add_display(object, "words", subjects(count, false));
}

void page_add_slice_cells(cJSON *row, const struct report *report, const struct page_index *index, struct slice slice)
{
    page_add_referral_count(page_add_object(row, "referrals"), index, slice);
    for (size_t i = 0; i < SLICE_MEASURE_COUNT; i++) {
        size_t measure = measure_index(slice_measures[i]);
        if (measure < measure_count) {
            const struct result *result = page_index_find(index, slice, measure);
            cJSON *cell = page_cell(result, measure, true);
            page_add_provisional(cell, report, result);
            page_add(row, slice_measures[i], cell);
        }
    }
}

static double larger(double a, const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? fmax(a, item->valuedouble) : a;
}

double page_axis(const cJSON *rows, const char *section, const char *measure)
{
    static const double steps[] = {0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1,   7,
                                   14,   28,  50,   100, 150,  200, 300, 400, 600,  1000};
    double most = NAN;
    for (const cJSON *row = rows == NULL ? NULL : rows->child; row != NULL; row = row->next) {
        const cJSON *place = section == NULL ? row : cJSON_GetObjectItemCaseSensitive(row, section);
        const cJSON *cell = cJSON_GetObjectItemCaseSensitive(place, measure);
        most = larger(most, cell, "value");
        most = larger(most, cell, "upper");
        most = larger(most, cell, "median");
        most = larger(most, cell, "median_upper");
    }
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (most <= steps[i]) {
            return steps[i];
        }
    }
    return most;
}
