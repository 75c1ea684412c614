#include "referlens/stats/difference_in_differences.h"

#include "referlens/base/memory.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/linear.h"

#include <math.h>
#include <string.h>

/* The fixed effects are taken out of a column exactly: first the unit means, then the periods by the normal equations
 * of what is left (periods × periods), where one period of each connected piece of the panel is held at 0. */
struct panel {
    const struct panel_row *rows;
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
    double *matrix;  /* of the normal equations, periods × periods */
    double *effects; /* one a period */
    double *means;   /* one a unit */
};

/* Pieces of the panel that share no unit: a unit joins all its periods. */
static void find_pieces(struct panel *panel)
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

static void open_panel(struct panel *panel, const struct panel_row *rows, size_t count, int32_t units, int32_t periods)
{
    *panel = (struct panel){.rows = rows, .count = count, .units = (size_t)units, .periods = (size_t)periods};
    panel->unit_rows = memory_allocate_zeroed(panel->units, sizeof *panel->unit_rows);
    panel->cells = memory_allocate_zeroed(panel->units * panel->periods, sizeof *panel->cells);
    panel->piece = memory_allocate_zeroed(panel->periods, sizeof *panel->piece);
    panel->held = memory_allocate_zeroed(panel->periods, sizeof *panel->held);
    panel->matrix = memory_allocate_zeroed(panel->periods * panel->periods, sizeof *panel->matrix);
    panel->effects = memory_allocate_zeroed(panel->periods, sizeof *panel->effects);
    panel->means = memory_allocate_zeroed(panel->units, sizeof *panel->means);
    for (size_t i = 0; i < count; i++) {
        panel->unit_rows[rows[i].unit] += 1;
        panel->cells[(size_t)rows[i].unit * panel->periods + (size_t)rows[i].period] += 1;
    }
    find_pieces(panel);
    for (size_t u = 0; u < panel->units; u++) {
        panel->used_units += panel->unit_rows[u] > 0 ? 1 : 0;
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
}

static void close_panel(struct panel *panel)
{
    memory_free(panel->unit_rows);
    memory_free(panel->cells);
    memory_free(panel->piece);
    memory_free(panel->held);
    memory_free(panel->matrix);
    memory_free(panel->effects);
    memory_free(panel->means);
}

static void take_out_units(struct panel *panel, double *column)
{
    memset(panel->means, 0, panel->units * sizeof *panel->means);
    for (size_t i = 0; i < panel->count; i++) {
        panel->means[panel->rows[i].unit] += column[i] / panel->unit_rows[panel->rows[i].unit];
    }
    for (size_t i = 0; i < panel->count; i++) {
        column[i] -= panel->means[panel->rows[i].unit];
    }
}

/* diag(rows a period) − Σ over units of cells·cells'/rows, with 1 on the diagonal for periods that are held: its lower
 * triangle, factored. It is the same for every column. */
static bool factor_normal_matrix(struct panel *panel)
{
    size_t size = panel->periods;
    double *shares = panel->effects;
    for (size_t u = 0; u < panel->units; u++) {
        const double *cells = &panel->cells[u * size];
        for (size_t t = 0; t < size; t++) {
            shares[t] = cells[t] == 0 || panel->held[t] ? 0 : cells[t] / panel->unit_rows[u];
        }
        for (size_t t = 0; t < size; t++) {
            if (shares[t] == 0) {
                continue;
            }
            double *row = &panel->matrix[t * size];
            row[t] += cells[t];
            for (size_t other = 0; other <= t; other++) {
                row[other] -= cells[t] * shares[other];
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

static void take_out_effects(struct panel *panel, double *column)
{
    take_out_units(panel, column);
    memset(panel->effects, 0, panel->periods * sizeof *panel->effects);
    for (size_t i = 0; i < panel->count; i++) {
        if (!panel->held[panel->rows[i].period]) {
            panel->effects[panel->rows[i].period] += column[i];
        }
    }
    linear_solve_factored(panel->matrix, panel->periods, panel->effects);
    for (size_t i = 0; i < panel->count; i++) {
        column[i] -= panel->effects[panel->rows[i].period];
    }
    take_out_units(panel, column);
}

static double product(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* By the theorem of Frisch, Waugh and Lovell: what is left of y on what is left of treatment. */
static const char *regress(struct panel *panel, double *treated, double *y, double level,
                           struct difference_in_differences *result)
{
    double coefficients = (double)(panel->used_units + panel->used_periods - panel->pieces) + 1;
    double n = (double)panel->count;
    double g = (double)panel->used_units;
    double all = product(treated, treated, panel->count);

    if (!factor_normal_matrix(panel)) {
        return "the panel does not hold together";
    }
    take_out_effects(panel, treated);
    take_out_effects(panel, y);
    double left = product(treated, treated, panel->count);
    if (!(left > 1e-14 * all)) {
        return "treatment cannot be told from unit and period";
    }
    if (n <= coefficients) {
        return "no degrees of freedom are left";
    }
    result->estimate = product(treated, y, panel->count) / left;
    memset(panel->means, 0, panel->units * sizeof *panel->means);
    for (size_t i = 0; i < panel->count; i++) {
        panel->means[panel->rows[i].unit] += treated[i] * (y[i] - result->estimate * treated[i]);
    }
    double meat = product(panel->means, panel->means, panel->units);
    result->se = sqrt(meat * g / (g - 1) * (n - 1) / (n - coefficients)) / left;
    double t = student_quantile_two_sided(level, g - 1);
    result->lower = result->estimate - t * result->se;
    result->upper = result->estimate + t * result->se;
    return NULL;
}

struct difference_in_differences difference_in_differences(const struct panel_row *rows, size_t count,
                                                           int32_t unit_count, int32_t period_count, double level)
{
    struct difference_in_differences result = {.estimate = NAN, .se = NAN, .lower = NAN, .upper = NAN, .rows = count};
    if (count == 0) {
        result.reason = "there are no rows";
        return result;
    }
    struct panel panel;
    open_panel(&panel, rows, count, unit_count, period_count);
    double *treated = memory_resize(NULL, count, sizeof *treated);
    double *y = memory_resize(NULL, count, sizeof *y);
    for (size_t i = 0; i < count; i++) {
        treated[i] = rows[i].treated;
        y[i] = rows[i].y;
        panel.means[rows[i].unit] += treated[i] != 0 ? 1 : 0;
    }
    for (size_t u = 0; u < panel.units; u++) {
        result.treated_units += panel.means[u] > 0 ? 1 : 0;
    }
    result.units = panel.used_units;
    result.few = result.units < DIFFERENCE_UNITS_SURE;
    result.reason = result.units < 2 ? "fewer than two units" : regress(&panel, treated, y, level, &result);
    memory_free(treated);
    memory_free(y);
    close_panel(&panel);
    return result;
}

struct difference_in_differences difference_pre_trend(const struct panel_row *rows, size_t count, int32_t unit_count,
                                                      int32_t period_count, double level)
{
    bool *ever = memory_allocate_zeroed((size_t)unit_count, sizeof *ever);
    struct panel_row *before = memory_resize(NULL, count, sizeof *before);
    int32_t first = INT32_MAX;
    int32_t earliest = INT32_MAX;
    int32_t latest = -1;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].treated != 0) {
            ever[rows[i].unit] = true;
            first = rows[i].period < first ? rows[i].period : first;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].period < first) {
            before[kept] = rows[i];
            before[kept].treated = ever[rows[i].unit] ? (double)rows[i].period : 0;
            earliest = rows[i].period < earliest ? rows[i].period : earliest;
            latest = rows[i].period > latest ? rows[i].period : latest;
            kept++;
        }
    }
    struct difference_in_differences result = {.estimate = NAN, .se = NAN, .lower = NAN, .upper = NAN, .rows = kept};
    if (latest <= earliest) {
        result.reason = "fewer than two periods before the first treatment";
    } else {
        result = difference_in_differences(before, kept, unit_count, period_count, level);
    }
    memory_free(ever);
    memory_free(before);
    return result;
}
