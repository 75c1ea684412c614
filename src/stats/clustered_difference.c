#include "referlens/stats/clustered_difference.h"

#include "referlens/base/memory.h"
#include "referlens/stats/linear.h"

#include <math.h>
#include <string.h>

/* Columns of the design: an indicator for each side, and the covariate about its centre. */
enum { COLUMNS = 3, RANK = 2 * COLUMNS };

/* One row with all weight leaves no residual to judge it by. */
#define FREE_SHARE_MIN 1e-8

struct design_row {
    double x[COLUMNS];
    double b[COLUMNS];                  /* the row's column of (X'WX)⁻¹X'W */
    double value, residual, free_share; /* free_share: 1 − leverage */
};

struct design {
    size_t columns, count;
    struct design_row *rows;
    double centre; /* of the covariate */
    double coefficients[COLUMNS];
    double gram[COLUMNS][COLUMNS]; /* B'B */
};

/* Weights of each side scaled to a sum of 1. */
static void fill_rows(struct design *design, const struct clustered_row *rows, double *weights)
{
    double sums[2] = {0, 0}, means[2] = {0, 0};
    for (size_t i = 0; i < design->count; i++) {
        sums[rows[i].side] += rows[i].weight;
    }
    for (size_t i = 0; i < design->count; i++) {
        weights[i] = rows[i].weight / sums[rows[i].side];
        means[rows[i].side] += weights[i] * rows[i].covariate;
    }
    design->centre = (means[0] + means[1]) / 2;
    for (size_t i = 0; i < design->count; i++) {
        design->rows[i] = (struct design_row){
            .x = {rows[i].side == 0, rows[i].side == 1, rows[i].covariate - design->centre}, .value = rows[i].value};
    }
}

/* (X'WX)⁻¹ into `inverse`, column by column. */
static bool invert(const struct design *design, const double *weights, double inverse[COLUMNS][COLUMNS])
{
    const size_t size = design->columns;
    double cross[COLUMNS * COLUMNS] = {0};
    for (size_t i = 0; i < design->count; i++) {
        for (size_t j = 0; j < size; j++) {
            for (size_t k = 0; k < size; k++) {
                cross[j * size + k] += weights[i] * design->rows[i].x[j] * design->rows[i].x[k];
            }
        }
    }
    for (size_t j = 0; j < size; j++) {
        double matrix[COLUMNS * COLUMNS];
        double vector[COLUMNS] = {0};
        memcpy(matrix, cross, sizeof matrix);
        vector[j] = 1;
        if (!linear_solve_positive(matrix, size, vector)) {
            return false;
        }
        memcpy(inverse[j], vector, sizeof vector);
    }
    return true;
}

static bool fit(struct design *design, const struct clustered_row *rows)
{
    double *weights = memory_allocate_zeroed(design->count, sizeof *weights);
    double inverse[COLUMNS][COLUMNS] = {{0}};
    fill_rows(design, rows, weights);
    const bool fitted = invert(design, weights, inverse);
    for (size_t i = 0; fitted && i < design->count; i++) {
        struct design_row *row = &design->rows[i];
        for (size_t j = 0; j < design->columns; j++) {
            for (size_t k = 0; k < design->columns; k++) {
                row->b[j] += inverse[j][k] * row->x[k] * weights[i];
            }
            design->coefficients[j] += row->b[j] * row->value;
        }
    }
    for (size_t i = 0; fitted && i < design->count; i++) {
        struct design_row *row = &design->rows[i];
        row->residual = row->value;
        row->free_share = 1;
        for (size_t j = 0; j < design->columns; j++) {
            row->residual -= row->x[j] * design->coefficients[j];
            row->free_share -= row->x[j] * row->b[j];
            for (size_t k = 0; k < design->columns; k++) {
                design->gram[j][k] += row->b[j] * row->b[k];
            }
        }
    }
    memory_free(weights);
    return fitted;
}

/* What a contrast needs of one cluster: rows i add v = g/√(1 − h) times their residual, and v times their rows of L and
 * R, where LR' = H + H' − HH' for the hat matrix H. */
struct cluster_sums {
    double score, squares;
    double left[RANK], right[RANK];
};

static void add_row(const struct design *design, const struct design_row *row, double v, struct cluster_sums *sums)
{
    sums->score += v * row->residual;
    sums->squares += v * v;
    for (size_t j = 0; j < design->columns; j++) {
        double half = row->b[j];
        for (size_t k = 0; k < design->columns; k++) {
            half -= row->x[k] * design->gram[k][j] / 2;
        }
        sums->left[j] += v * row->x[j];
        sums->right[j] += v * half;
        sums->left[COLUMNS + j] += v * half;
        sums->right[COLUMNS + j] += v * row->x[j];
    }
}

/* Traces of the quadratic form in independent rows that the variance is: its mean, and half its variance. */
struct traces {
    double first, second;
    double left[RANK][RANK], right[RANK][RANK];
};

static void add_cluster(const struct cluster_sums *sums, struct traces *traces)
{
    double own = 0;
    for (size_t u = 0; u < RANK; u++) {
        own += sums->left[u] * sums->right[u];
        for (size_t v = 0; v < RANK; v++) {
            traces->left[u][v] += sums->left[u] * sums->left[v];
            traces->right[u][v] += sums->right[u] * sums->right[v];
        }
    }
    traces->first += sums->squares - own;
    traces->second += sums->squares * sums->squares - 2 * sums->squares * own;
}

static struct clustered_estimate estimate_contrast(const struct design *design, const struct clustered_row *rows,
                                                   const double contrast[2], double level)
{
    struct clustered_estimate estimate = {.lower = NAN, .upper = NAN, .se = NAN, .degrees = NAN};
    struct traces traces = {.first = 0};
    double variance = 0;
    estimate.value = contrast[0] * design->coefficients[0] + contrast[1] * design->coefficients[1];
    for (size_t i = 0; i < design->count;) {
        struct cluster_sums sums = {.score = 0};
        const uint32_t cluster = rows[i].cluster;
        for (; i < design->count && rows[i].cluster == cluster; i++) {
            const struct design_row *row = &design->rows[i];
            const double g = contrast[0] * row->b[0] + contrast[1] * row->b[1];
            if (g != 0 && row->free_share < FREE_SHARE_MIN) {
                return estimate;
            }
            add_row(design, row, g == 0 ? 0 : g / sqrt(row->free_share), &sums);
        }
        variance += sums.score * sums.score;
        add_cluster(&sums, &traces);
    }
    for (size_t u = 0; u < RANK; u++) {
        for (size_t v = 0; v < RANK; v++) {
            traces.second += traces.left[u][v] * traces.right[u][v];
        }
    }
    estimate.se = sqrt(variance);
    estimate.degrees = traces.first * traces.first / traces.second;
    const double reach = student_quantile_two_sided(level, estimate.degrees) * estimate.se;
    estimate.lower = estimate.value - reach;
    estimate.upper = estimate.value + reach;
    return estimate;
}

struct clustered_difference clustered_difference(const struct clustered_row *rows, size_t count, bool with_covariate,
                                                 double level)
{
    static const struct clustered_estimate none = {NAN, NAN, NAN, NAN, NAN};
    struct clustered_difference result = {.sides = {none, none}, .difference = none, .slope = NAN};
    struct design design = {.columns = with_covariate ? COLUMNS : COLUMNS - 1, .count = count};
    size_t on_side[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        on_side[rows[i].side]++;
    }
    if (on_side[0] == 0 || on_side[1] == 0) {
        result.reason = "one side has no clusters";
        return result;
    }
    design.rows = memory_allocate_zeroed(count, sizeof *design.rows);
    if (!fit(&design, rows)) {
        result.reason = "the covariate can't be told from the sides";
    } else {
        const double limits_at = on_side[0] > 1 && on_side[1] > 1 ? level : NAN;
        result.sides[0] = estimate_contrast(&design, rows, (const double[2]){1, 0}, limits_at);
        result.sides[1] = estimate_contrast(&design, rows, (const double[2]){0, 1}, limits_at);
        result.difference = estimate_contrast(&design, rows, (const double[2]){1, -1}, limits_at);
        result.slope = with_covariate ? design.coefficients[2] : (double)NAN;
        if (isnan(result.difference.lower)) {
            result.reason = isnan(limits_at) ? "one side has a single cluster" : "one cluster has all the weight";
        }
    }
    memory_free(design.rows);
    return result;
}
