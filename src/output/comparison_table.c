#include "referlens/output/comparison_table.h"

#include <math.h>
#include <stdio.h>

enum { PARAMETER_SIZE = 40 };

/* What an outcome and one day of a wait have in common. */
struct row {
    size_t measure;
    uint32_t scheme;
    const char *kind;
    int32_t days; /* 0: none */
    enum result_status status;
    const char *reason;                            /* NULL: none */
    const struct comparison_side *own, *reference; /* their counts */
    struct estimate crude, reference_crude, standardised, reference_standardised;
    struct estimate crude_difference, difference, odds_ratio;
    int side;
    bool sign_change;
};

static int place_of(sqlite3_stmt *insert, const char *prefix, const char *name, const char *suffix)
{
    char parameter[PARAMETER_SIZE];
    snprintf(parameter, sizeof parameter, ":%s%s%s", prefix, name, suffix);
    return sqlite3_bind_parameter_index(insert, parameter);
}

/* NAN and NULL leave the parameter NULL, as it is before each row. */
static void bind_number(sqlite3_stmt *insert, const char *prefix, const char *name, const char *suffix, double value)
{
    if (!isnan(value))
        sqlite3_bind_double(insert, place_of(insert, prefix, name, suffix), value);
}

static void bind_word(sqlite3_stmt *insert, const char *name, const char *word)
{
    if (word != NULL)
        sqlite3_bind_text(insert, place_of(insert, "", name, ""), word, -1, SQLITE_STATIC);
}

static void bind_estimate(sqlite3_stmt *insert, const char *prefix, const char *name, struct estimate estimate)
{
    bind_number(insert, prefix, name, "", estimate.value);
    bind_number(insert, prefix, name, "_lower", estimate.lower);
    bind_number(insert, prefix, name, "_upper", estimate.upper);
}

static void bind_side(sqlite3_stmt *insert, const char *prefix, const struct comparison_side *side, bool is_rate)
{
    bind_number(insert, prefix, "practices", "", side->practices);
    bind_number(insert, prefix, is_rate ? "person_years" : "referrals", "", side->denominator);
    bind_number(insert, prefix, "events", "", side->numerator);
}

static bool insert_row(const struct comparison_source *source, const struct row *row, sqlite3_stmt *insert)
{
    static const char *const reference = "reference_";
    const struct measure *measure = &measure_table[row->measure];
    sqlite3_clear_bindings(insert);
    bind_word(insert, "scheme", scheme_names[row->scheme]);
    bind_word(insert, "reference", scheme_names[source->comparison->reference]);
    bind_word(insert, "measure", measure->id);
    bind_word(insert, "kind", row->kind);
    bind_number(insert, "", "days", "", row->days > 0 ? row->days : (double)NAN);
    bind_word(insert, "status", result_status_name(row->status));
    bind_word(insert, "reason", row->reason);
    bind_side(insert, "", row->own, measure->kind == MEASURE_RATE);
    bind_side(insert, reference, row->reference, measure->kind == MEASURE_RATE);
    bind_estimate(insert, "", "crude", row->crude);
    bind_estimate(insert, reference, "crude", row->reference_crude);
    bind_estimate(insert, "", "standardised", row->standardised);
    bind_estimate(insert, reference, "standardised", row->reference_standardised);
    bind_estimate(insert, "", "crude_difference", row->crude_difference);
    bind_estimate(insert, "", "difference", row->difference);
    bind_word(insert, "side", row->side > 0 ? "above" : row->side < 0 ? "below" : NULL);
    bind_estimate(insert, "", "odds_ratio", row->odds_ratio);
    bind_number(insert, "", "sign_change", "", row->sign_change);
    const bool done = sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_reset(insert);
    return done;
}

static bool insert_outcome(const struct comparison_source *source, const struct comparison_outcome *outcome,
                           sqlite3_stmt *insert)
{
    const struct row row = {
        .measure = outcome->measure,
        .scheme = outcome->scheme,
        .kind = measure_kind_name(measure_table[outcome->measure].kind),
        .status = outcome->status,
        .reason = outcome->reason,
        .own = &outcome->own,
        .reference = &outcome->reference,
        .crude = outcome->own.crude,
        .reference_crude = outcome->reference.crude,
        .standardised = outcome->own.standardised,
        .reference_standardised = outcome->reference.standardised,
        .crude_difference = outcome->crude_difference,
        .difference = outcome->difference,
        .odds_ratio = outcome->odds_ratio,
        .side = outcome->side,
        .sign_change = outcome->sign_change,
    };
    return insert_row(source, &row, insert);
}

/* The share that got there within the days, and the mean number of them. */
static bool insert_horizon(const struct comparison_source *source, const struct comparison_wait *wait,
                           const struct comparison_horizon *horizon, sqlite3_stmt *insert)
{
    static const struct estimate none = {NAN, NAN, NAN};
    struct row row = {
        .measure = wait->measure,
        .scheme = wait->scheme,
        .kind = "within",
        .days = horizon->days,
        .status = wait->status,
        .reason = wait->reason != NULL ? wait->reason : horizon->reason,
        .own = &wait->own,
        .reference = &wait->reference,
        .crude = horizon->crude,
        .reference_crude = horizon->reference_crude,
        .standardised = horizon->standardised,
        .reference_standardised = horizon->reference_standardised,
        .crude_difference = none,
        .difference = horizon->difference,
        .odds_ratio = none,
        .side = horizon->side,
        .sign_change = horizon->sign_change,
    };
    if (!insert_row(source, &row, insert))
        return false;
    row.kind = "mean";
    row.reason = wait->reason != NULL ? wait->reason : horizon->mean_reason;
    row.crude = (struct estimate){horizon->crude_mean, NAN, NAN};
    row.reference_crude = (struct estimate){horizon->reference_crude_mean, NAN, NAN};
    row.standardised = horizon->mean;
    row.reference_standardised = horizon->reference_mean;
    row.difference = horizon->mean_difference;
    row.side = horizon->mean_side;
    row.sign_change = false;
    return insert_row(source, &row, insert);
}

bool comparison_table_fill(const struct comparison_source *source, sqlite3_stmt *insert)
{
    const struct comparison *comparison = source->comparison;
    for (size_t i = 0; i < comparison->outcome_count; i++)
        if (!insert_outcome(source, &comparison->outcomes[i], insert))
            return false;
    for (size_t i = 0; i < comparison->wait_count; i++)
        for (size_t k = 0; k < COMPARISON_HORIZONS; k++)
            if (!insert_horizon(source, &comparison->waits[i], &comparison->waits[i].within[k], insert))
                return false;
    return true;
}
