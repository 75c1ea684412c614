#include "referlens/stats/difference_in_differences.h"

#include "referlens/base/memory.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/linear.h"

#include <math.h>
#include <string.h>

/* A number for each of the two columns, treatment and outcome. */
struct pair {
    double treated, y;
};

/* The fixed effects are taken out of a column exactly: first the unit means, then the periods by the normal equations
 * of what is left (periods × periods), where one period of each connected piece of the panel is held at 0. Both columns
 * go through each step together. */
struct panel_space {
    struct panel_row *rows; /* what is left of treatment and outcome */
    size_t count;
    size_t units;
    size_t periods;
    double *unit_rows; /* rows a unit */
    double *cells;     /* rows a unit and period */
    int32_t *piece;    /* connected piece of each period; −1 without rows */
    bool *held;        /* periods held at 0 */
    size_t used_units;
    size_t used_periods;
    size_t pieces;
    double *matrix;     /* of the normal equations, periods × periods */
    double *effects[2]; /* one a period; of treatment, of outcome */
    struct pair *means; /* one a unit */
    bool *ever;         /* by unit: whether it has any treatment */
    size_t row_capacity, unit_capacity, period_capacity, cell_capacity;
};

struct panel_space *panel_space_new(void)
{
    return memory_allocate_zeroed(1, sizeof(struct panel_space));
}

void panel_space_free(struct panel_space *panel)
{
    if (panel == NULL) {
        return;
    }
    memory_free(panel->rows);
    memory_free(panel->unit_rows);
    memory_free(panel->cells);
    memory_free(panel->piece);
    memory_free(panel->held);
    memory_free(panel->matrix);
    memory_free(panel->effects[0]);
    memory_free(panel->effects[1]);
    memory_free(panel->means);
    memory_free(panel->ever);
    memory_free(panel);
}

/* Makes room for a panel; what the room holds is of an earlier one. */
static void open_panel(struct panel_space *panel, size_t count, int32_t units, int32_t periods)
{
    panel->count = 0;
    panel->units = (size_t)units;
    panel->periods = (size_t)periods;
    panel->rows = memory_grow(panel->rows, &panel->row_capacity, count, sizeof *panel->rows);
    panel->cells =
        memory_grow(panel->cells, &panel->cell_capacity, panel->units * panel->periods, sizeof *panel->cells);
    if (panel->units >= panel->unit_capacity) {
        panel->unit_capacity = panel->units + 1;
        panel->unit_rows = memory_resize(panel->unit_rows, panel->unit_capacity, sizeof *panel->unit_rows);
        panel->means = memory_resize(panel->means, panel->unit_capacity, sizeof *panel->means);
        panel->ever = memory_resize(panel->ever, panel->unit_capacity, sizeof *panel->ever);
    }
    if (panel->periods > panel->period_capacity) {
        panel->period_capacity = panel->periods;
        panel->piece = memory_resize(panel->piece, panel->periods, sizeof *panel->piece);
        panel->held = memory_resize(panel->held, panel->periods, sizeof *panel->held);
        panel->matrix = memory_resize(panel->matrix, panel->periods * panel->periods, sizeof *panel->matrix);
        for (size_t i = 0; i < 2; i++) {
            panel->effects[i] = memory_resize(panel->effects[i], panel->periods, sizeof *panel->effects[i]);
        }
    }
}

/* Pieces of the panel that share no unit: a unit joins all its periods. */
static void find_pieces(struct panel_space *panel)
{
    for (size_t t = 0; t < panel->periods; t++) {
        panel->piece[t] = -1;
    }
    for (size_t u = 0; u < panel->units; u++) {
        int32_t joined = -1;
        for (size_t t = 0; t < panel->periods; t++) {
            if (panel->cells[u * panel->periods + t] == 0) {
                continue;
            }
            int32_t old = panel->piece[t];
            if (joined < 0) {
                joined = old >= 0 ? old : (int32_t)t;
            }
            for (size_t other = 0; old >= 0 && old != joined && other < panel->periods; other++) {
                panel->piece[other] = panel->piece[other] == old ? joined : panel->piece[other];
            }
            panel->piece[t] = joined;
        }
    }
}

/* Counts rows, units and periods, and the units that have any treatment. */
static size_t look_at_rows(struct panel_space *panel)
{
    size_t treated_units = 0;
    memset(panel->unit_rows, 0, panel->units * sizeof *panel->unit_rows);
    memset(panel->cells, 0, panel->units * panel->periods * sizeof *panel->cells);
    memset(panel->ever, 0, panel->units * sizeof *panel->ever);
    panel->used_units = panel->used_periods = panel->pieces = 0;
    for (size_t i = 0; i < panel->count; i++) {
        const struct panel_row *row = &panel->rows[i];
        panel->unit_rows[row->unit] += 1;
        panel->cells[(size_t)row->unit * panel->periods + (size_t)row->period] += 1;
        panel->ever[row->unit] = panel->ever[row->unit] || row->treated != 0;
    }
    find_pieces(panel);
    for (size_t u = 0; u < panel->units; u++) {
        panel->used_units += panel->unit_rows[u] > 0 ? 1 : 0;
        treated_units += panel->ever[u] ? 1 : 0;
    }
    for (size_t t = 0; t < panel->periods; t++) {
        bool first = panel->piece[t] >= 0;
        for (size_t before = 0; first && before < t; before++) {
            first = panel->piece[before] != panel->piece[t];
        }
        panel->held[t] = first || panel->piece[t] < 0;
        panel->used_periods += panel->piece[t] >= 0 ? 1 : 0;
        panel->pieces += first ? 1 : 0;
    }
    return treated_units;
}

/* diag(rows a period) − Σ over units of cells·cells'/rows, with 1 on the diagonal for periods that are held: its lower
 * triangle, factored. */
static bool factor_normal_matrix(struct panel_space *panel)
{
    size_t size = panel->periods;
    double *shares = panel->effects[0];
    memset(panel->matrix, 0, size * size * sizeof *panel->matrix);
    for (size_t u = 0; u < panel->units; u++) {
        const double *cells = &panel->cells[u * size];
        double times = 0; /* what the shares are multiplied by; mostly every cell has one row */
        for (size_t t = 0; t < size; t++) {
            if (cells[t] == 0 || panel->held[t]) {
                continue;
            }
            for (size_t other = 0; cells[t] != times && other < size; other++) {
                shares[other] = panel->held[other] ? 0 : cells[t] * cells[other] / panel->unit_rows[u];
            }
            times = cells[t];
            double *row = &panel->matrix[t * size];
            row[t] += times;
            for (size_t other = 0; other <= t; other++) {
                row[other] -= shares[other];
            }
        }
    }
    for (size_t t = 0; t < size; t++) {
        if (panel->held[t]) {
            panel->matrix[t * size + t] = 1;
        }
    }
    return linear_factor_positive(panel->matrix, size);
}

/* Takes `effects` by period off the rows, where there are any, and sums what is left into the means of the units. Rows
 * of one unit mostly follow each other. */
static void find_means(struct panel_space *panel, bool with_effects)
{
    memset(panel->means, 0, panel->units * sizeof *panel->means);
    for (size_t i = 0; i < panel->count;) {
        const int32_t unit = panel->rows[i].unit;
        const double unit_rows = panel->unit_rows[unit];
        struct pair mean = panel->means[unit];
        for (; i < panel->count && panel->rows[i].unit == unit; i++) {
            struct panel_row *row = &panel->rows[i];
            if (with_effects) {
                row->treated -= panel->effects[0][row->period];
                row->y -= panel->effects[1][row->period];
            }
            mean.treated += row->treated / unit_rows;
            mean.y += row->y / unit_rows;
        }
        panel->means[unit] = mean;
    }
}

static void find_effects(struct panel_space *panel)
{
    for (size_t i = 0; i < 2; i++) {
        memset(panel->effects[i], 0, panel->periods * sizeof *panel->effects[i]);
    }
    for (size_t i = 0; i < panel->count; i++) {
        struct panel_row *row = &panel->rows[i];
        row->treated -= panel->means[row->unit].treated;
        row->y -= panel->means[row->unit].y;
        panel->effects[0][row->period] += row->treated;
        panel->effects[1][row->period] += row->y;
    }
    for (size_t i = 0; i < 2; i++) {
        for (size_t t = 0; t < panel->periods; t++) {
            panel->effects[i][t] = panel->held[t] ? 0 : panel->effects[i][t];
        }
        linear_solve_factored(panel->matrix, panel->periods, panel->effects[i]);
    }
}

/* What is left of the columns, taken off their means: the sums of their products. */
struct products {
    double treated_treated, treated_y;
};

static struct products take_out_effects(struct panel_space *panel)
{
    struct products products = {0, 0};
    find_means(panel, false);
    find_effects(panel);
    find_means(panel, true);
    for (size_t i = 0; i < panel->count; i++) {
        struct panel_row *row = &panel->rows[i];
        row->treated -= panel->means[row->unit].treated;
        row->y -= panel->means[row->unit].y;
        products.treated_treated += row->treated * row->treated;
        products.treated_y += row->treated * row->y;
    }
    return products;
}

/* Σ over units of the square of their Σ treated·residual. */
static double find_meat(const struct panel_space *panel, double estimate)
{
    double meat = 0;
    memset(panel->means, 0, panel->units * sizeof *panel->means);
    for (size_t i = 0; i < panel->count;) {
        const int32_t unit = panel->rows[i].unit;
        double score = panel->means[unit].treated;
        for (; i < panel->count && panel->rows[i].unit == unit; i++) {
            const struct panel_row *row = &panel->rows[i];
            score += row->treated * (row->y - estimate * row->treated);
        }
        panel->means[unit].treated = score;
    }
    for (size_t u = 0; u < panel->units; u++) {
        meat += panel->means[u].treated * panel->means[u].treated;
    }
    return meat;
}

const char difference_not_told_apart[] = "treatment cannot be told from unit and period";

/* By the theorem of Frisch, Waugh and Lovell: what is left of y on what is left of treatment. */
static const char *regress(struct panel_space *panel, double level, struct difference_in_differences *result)
{
    double coefficients = (double)(panel->used_units + panel->used_periods - panel->pieces) + 1;
    double n = (double)panel->count;
    double g = (double)panel->used_units;
    double all = 0;

    for (size_t i = 0; i < panel->count; i++) {
        all += panel->rows[i].treated * panel->rows[i].treated;
    }
    if (!factor_normal_matrix(panel)) {
        return "the panel does not hold together";
    }
    const struct products left = take_out_effects(panel);
    if (!(left.treated_treated > 1e-14 * all)) {
        return difference_not_told_apart;
    }
    if (n <= coefficients) {
        return "no degrees of freedom are left";
    }
    result->estimate = left.treated_y / left.treated_treated;
    double meat = find_meat(panel, result->estimate);
    result->se = sqrt(meat * g / (g - 1) * (n - 1) / (n - coefficients)) / left.treated_treated;
    double t = student_quantile_two_sided(level, g - 1);
    result->lower = result->estimate - t * result->se;
    result->upper = result->estimate + t * result->se;
    return NULL;
}

static size_t smaller_side(const struct difference_in_differences *difference)
{
    const size_t treated = difference->treated_units, untreated = difference->units - treated;
    return treated < untreated ? treated : untreated;
}

struct difference_in_differences difference_by_smaller_side(struct difference_in_differences difference, double level)
{
    const size_t units = smaller_side(&difference);
    const double t = units > 1 ? student_quantile_two_sided(level, (double)units - 1) : NAN;
    difference.lower = difference.estimate - t * difference.se;
    difference.upper = difference.estimate + t * difference.se;
    return difference;
}

/* Of the rows that the panel holds. */
static struct difference_in_differences estimate_of(struct panel_space *panel, double level)
{
    struct difference_in_differences result = {
        .estimate = NAN, .se = NAN, .lower = NAN, .upper = NAN, .rows = panel->count};
    if (panel->count == 0) {
        result.reason = "there are no rows";
        return result;
    }
    result.treated_units = look_at_rows(panel);
    result.units = panel->used_units;
    result.few = smaller_side(&result) < DIFFERENCE_SIDE_SURE;
    result.reason = result.units < 2 ? "fewer than two units" : regress(panel, level, &result);
    return result;
}

struct difference_in_differences difference_in_differences_with(struct panel_space *panel, const struct panel_row *rows,
                                                                size_t count, int32_t unit_count, int32_t period_count,
                                                                double level)
{
    open_panel(panel, count, unit_count, period_count);
    for (size_t i = 0; i < count; i++) {
        panel->rows[panel->count++] = rows[i];
    }
    return estimate_of(panel, level);
}

struct difference_in_differences difference_pre_trend_with(struct panel_space *panel, const struct panel_row *rows,
                                                           size_t count, int32_t unit_count, int32_t period_count,
                                                           double level)
{
    int32_t first = INT32_MAX;
    int32_t earliest = INT32_MAX;
    int32_t latest = -1;

    open_panel(panel, count, unit_count, period_count);
    memset(panel->ever, 0, panel->units * sizeof *panel->ever);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].treated != 0) {
            panel->ever[rows[i].unit] = true;
            first = rows[i].period < first ? rows[i].period : first;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].period < first) {
            struct panel_row *row = &panel->rows[panel->count++];
            *row = rows[i];
            row->treated = panel->ever[row->unit] ? (double)row->period : 0;
            earliest = row->period < earliest ? row->period : earliest;
            latest = row->period > latest ? row->period : latest;
        }
    }
    if (latest > earliest) {
        return estimate_of(panel, level);
    }
    return (struct difference_in_differences){.estimate = NAN,
                                              .se = NAN,
                                              .lower = NAN,
                                              .upper = NAN,
                                              .rows = panel->count,
                                              .reason = "fewer than two periods before the first treatment"};
}

struct difference_in_differences difference_in_differences(const struct panel_row *rows, size_t count,
                                                           int32_t unit_count, int32_t period_count, double level)
{
    struct panel_space *space = panel_space_new();
    const struct difference_in_differences result =
        difference_in_differences_with(space, rows, count, unit_count, period_count, level);
    panel_space_free(space);
    return result;
}

struct difference_in_differences difference_pre_trend(const struct panel_row *rows, size_t count, int32_t unit_count,
                                                      int32_t period_count, double level)
{
    struct panel_space *space = panel_space_new();
    const struct difference_in_differences result =
        difference_pre_trend_with(space, rows, count, unit_count, period_count, level);
    panel_space_free(space);
    return result;
}
