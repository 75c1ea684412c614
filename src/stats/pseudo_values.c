#include "referlens/stats/pseudo_values.h"

#include <math.h>
#include <stdbool.h>

/* Everything here is a sum Σ w(u)·ΔF(u) over times u up to the horizon, ΔF(u) = S(u−)·d(u)/Y(u): the incidence with w =
 * 1, the days that are saved by ending before the horizon with w = horizon − u. */
struct sum {
    double whole;   /* over all times */
    double so_far;  /* up to the time at hand */
    double by_risk; /* Σ w·S(u−)·λ(u)·(A(u−) − 1/Y(u)): the derivative by being at risk up to now */
};

struct walk {
    double at_risk, survival;
    double hazard; /* A(u) = Σ D(v)/(Y(v)·(Y(v) − D(v))) over v ≤ u, D all ends: the derivative of −log S by leaving */
};

static void add_time(struct sum *sum, const struct walk *walk, double events, double weight)
{
    const double mass = weight * walk->survival * events / walk->at_risk;
    sum->so_far += mass;
    sum->by_risk += mass * (walk->hazard - 1 / walk->at_risk);
}

/* Moves on behind the row; after the last end there is nobody left to matter. */
static void leave(struct walk *walk, const struct life_table_row *row)
{
    const double ends = (double)(row->events + row->competing);
    const double left = walk->at_risk - ends;
    if (ends > 0) {
        walk->survival *= left / walk->at_risk;
        walk->hazard += left > 0 ? ends / (walk->at_risk * left) : 0;
    }
    walk->at_risk -= ends + (double)row->censored;
}

/* The derivative by one who left at the row that `before` stands at and `after` lies behind. */
static double derivative(const struct sum *sum, const struct walk *before, const struct walk *after,
                         const struct life_table_row *row, enum pseudo_end end, double weight)
{
    double value = sum->by_risk;
    const double left = before->at_risk - (double)(row->events + row->competing);
    const double to_come = sum->whole - sum->so_far;
    value += to_come * (after->hazard - (end != PSEUDO_CENSORED && left > 0 ? 1 / left : 0));
    if (end == PSEUDO_EVENT) {
        value += weight * before->survival / before->at_risk;
    }
    return value;
}

static double weight_at(const struct life_table_row *row, int32_t horizon, bool of_mean)
{
    return row->time > horizon ? 0 : of_mean ? (double)horizon - row->time : 1;
}

static struct walk start(const struct life_table_row *rows, size_t row_count)
{
    struct walk walk = {.survival = 1};
    for (size_t i = 0; i < row_count; i++) {
        walk.at_risk += (double)(rows[i].events + rows[i].competing + rows[i].censored);
    }
    return walk;
}

static void walk_through(const struct life_table_row *rows, size_t row_count, int32_t horizon, bool of_mean,
                         struct sum *sum, struct pseudo_value (*values)[PSEUDO_END_COUNT])
{
    struct walk walk = start(rows, row_count);
    const double subjects = walk.at_risk;
    for (size_t i = 0; i < row_count && walk.at_risk > 0; i++) {
        const double weight = weight_at(&rows[i], horizon, of_mean);
        const struct walk before = walk;
        add_time(sum, &before, (double)rows[i].events, weight);
        /* Who leaves behind the horizon was at risk throughout it, and no more. */
        leave(&walk, &rows[i]);
        for (size_t end = 0; values != NULL && end < PSEUDO_END_COUNT; end++) {
            const double value =
                sum->whole + subjects * derivative(sum, &before, &walk, &rows[i], (enum pseudo_end)end, weight);
            if (of_mean) {
                values[i][end].mean = (double)horizon - value;
            } else {
                values[i][end].incidence = value;
            }
        }
    }
}

void pseudo_values(const struct life_table_row *rows, size_t row_count, int32_t horizon,
                   struct pseudo_value (*values)[PSEUDO_END_COUNT], struct pseudo_value *whole)
{
    *whole = (struct pseudo_value){NAN, NAN};
    for (size_t i = 0; i < row_count; i++) {
        for (size_t end = 0; end < PSEUDO_END_COUNT; end++) {
            values[i][end] = (struct pseudo_value){NAN, NAN};
        }
    }
    if (!(start(rows, row_count).at_risk > 0)) {
        return;
    }
    for (int of_mean = 0; of_mean <= 1; of_mean++) {
        struct sum sum = {0};
        walk_through(rows, row_count, horizon, of_mean, &sum, NULL);
        const double total = sum.so_far;
        sum = (struct sum){.whole = total};
        walk_through(rows, row_count, horizon, of_mean, &sum, values);
        if (of_mean) {
            whole->mean = (double)horizon - total;
        } else {
            whole->incidence = total;
        }
    }
}
