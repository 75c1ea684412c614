#include "referlens/measure/comparison_balance.h"

#include "referlens/base/memory.h"
#include "referlens/stats/balance.h"

#include <math.h>

static void add(struct comparison *comparison, size_t *capacity, struct comparison_balance row)
{
    comparison->balance =
        memory_grow(comparison->balance, capacity, comparison->balance_count + 1, sizeof *comparison->balance);
    comparison->balance[comparison->balance_count++] = row;
}

/* The place of "unknown" among the values of a variable: the first, but for specialties and quarters, which are all
 * known. */
static bool is_known(enum comparison_variable variable, size_t value)
{
    return variable == COMPARISON_SPECIALTY || variable == COMPARISON_QUARTER || value > 0;
}

static struct text label_of(const struct comparison *comparison, const struct cohort *cohort,
                            enum comparison_variable variable, size_t value)
{
    static const char *const deciles[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    switch (variable) {
    case COMPARISON_SPECIALTY:
        return dictionary_text(cohort_specialties(cohort), (uint32_t)value);
    case COMPARISON_PRIORITY:
        return text_of(priority_names[value]);
    case COMPARISON_AGE_BAND:
        return dictionary_text(cohort_age_bands(cohort), (uint32_t)value - 1);
    case COMPARISON_SEX:
        return dictionary_text(cohort_sexes(cohort), (uint32_t)value - 1);
    case COMPARISON_QUARTER:
        return text_of(comparison->quarters[value]);
    default:
        return text_of(deciles[value - 1]);
    }
}

/* Counts of the known values as they may be shown, 0 for those that may not; a suppressed one has `shown` false. */
struct category {
    int64_t counts[COMPARISON_SIDES];
    bool shown;
};

static struct category category_of(const struct comparison_pair *pair, size_t value, bool exact)
{
    const struct survey *survey = pair->tally->survey;
    struct category category = {.shown = true};
    for (size_t side = 0; side < COMPARISON_SIDES; side++) {
        const double count =
            (double)survey->values[pair->schemes[side] * survey->variable_first[SURVEY_VARIABLES] + value];
        const double shown = exact ? count : disclosure_count(count);
        category.shown = category.shown && !isnan(shown);
        category.counts[side] = isnan(shown) ? 0 : (int64_t)shown;
    }
    return category;
}

static void add_variable(const struct comparison_pair *pair, enum comparison_variable variable, bool exact,
                         struct comparison *comparison, size_t *capacity)
{
    const struct survey *survey = pair->tally->survey;
    const size_t first = survey->variable_first[variable], count = survey->variable_first[variable + 1] - first;
    int64_t *counts[COMPARISON_SIDES], totals[COMPARISON_SIDES] = {0, 0};
    for (size_t side = 0; side < COMPARISON_SIDES; side++)
        counts[side] = memory_allocate_zeroed(count, sizeof *counts[side]);
    for (size_t i = 0; i < count; i++) {
        const struct category category = category_of(pair, first + i, exact);
        for (size_t side = 0; side < COMPARISON_SIDES && is_known(variable, i); side++) {
            counts[side][i] = category.counts[side];
            totals[side] += category.counts[side];
        }
    }
    add(comparison, capacity,
        (struct comparison_balance){pair->schemes[COMPARISON_OWN],
                                    variable,
                                    {0},
                                    NAN,
                                    NAN,
                                    standardised_difference_of_categories(counts[0], counts[1], count)});
    for (size_t i = 0; i < count; i++) {
        const struct category category = category_of(pair, first + i, exact);
        if (!is_known(variable, i) || (category.shown && category.counts[0] + category.counts[1] == 0))
            continue;
        struct comparison_balance row = {pair->schemes[COMPARISON_OWN],
                                         variable,
                                         label_of(comparison, survey->evaluation->cohort, variable, i),
                                         NAN,
                                         NAN,
                                         NAN};
        if (category.shown) {
            row.own = totals[0] > 0 ? (double)counts[0][i] / (double)totals[0] : (double)NAN;
            row.reference = totals[1] > 0 ? (double)counts[1][i] / (double)totals[1] : (double)NAN;
            row.smd = standardised_difference_of_shares(counts[0][i], totals[0], counts[1][i], totals[1]);
        }
        add(comparison, capacity, row);
    }
    for (size_t side = 0; side < COMPARISON_SIDES; side++)
        memory_free(counts[side]);
}

/* Deviations smaller than this, in parts of the mean, are what rounding leaves of none. */
#define NO_DEVIATION 1e-9

/* Of the list sizes, in thousands, of a side's practices; NAN with fewer than two, which have no spread. */
struct size_moments {
    double mean, deviation;
};

static struct size_moments sizes_of(const struct comparison_pair *pair, size_t side)
{
    const size_t practices = pair->tally->survey->evaluation->practice_count;
    double count = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < practices; i++) {
        const bool counts = comparison_part(pair, i, side)->rows > 0 && !isnan(pair->sizes[i]);
        count += counts;
        sum += counts ? pair->sizes[i] / 1000 : 0;
    }
    if (count < 2)
        return (struct size_moments){NAN, NAN};
    const double mean = sum / count;
    for (size_t i = 0; i < practices; i++) {
        if (comparison_part(pair, i, side)->rows > 0 && !isnan(pair->sizes[i]))
            squares += (pair->sizes[i] / 1000 - mean) * (pair->sizes[i] / 1000 - mean);
    }
    const double deviation = sqrt(squares / (count - 1));
    return (struct size_moments){mean, deviation > NO_DEVIATION * mean ? deviation : 0};
}

static void add_list_size(const struct comparison_pair *pair, struct comparison *comparison, size_t *capacity)
{
    const struct size_moments own = sizes_of(pair, COMPARISON_OWN), reference = sizes_of(pair, COMPARISON_REFERENCE);
    if (isnan(own.mean) || isnan(reference.mean))
        return;
    const bool are_one = fabs(own.mean - reference.mean) <= NO_DEVIATION * own.mean;
    add(comparison, capacity,
        (struct comparison_balance){
            pair->schemes[COMPARISON_OWN],
            COMPARISON_LIST_SIZE,
            {0},
            own.mean,
            reference.mean,
            are_one ? 0 : standardised_difference(own.mean, own.deviation, reference.mean, reference.deviation)});
}

void comparison_add_balance(const struct comparison_pair *pair, bool exact, struct comparison *comparison,
                            size_t *capacity)
{
    for (size_t variable = 0; variable < SURVEY_VARIABLES; variable++)
        add_variable(pair, (enum comparison_variable)variable, exact, comparison, capacity);
    add_list_size(pair, comparison, capacity);
}
