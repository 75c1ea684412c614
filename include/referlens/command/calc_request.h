/* What one statistic of `referlens calc` is asked for, and how it answers.
 */
#ifndef REFERLENS_COMMAND_CALC_REQUEST_H
#define REFERLENS_COMMAND_CALC_REQUEST_H

#include "referlens/base/error.h"
#include "referlens/base/json_writer.h"
#include "referlens/command/calc_table.h"
#include "referlens/command/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An option that was not given leaves NAN, or its default. */
struct calc_request {
    const char *const *arguments; /* what stands behind the statistic's name, as many as it allows */
    size_t argument_count;
    double level; /* two-sided, 0.95 unless given */
    double z;     /* its normal quantile */
    double at;    /* --at */
    double rmst;  /* --rmst */
    int64_t lag;
    int64_t seed;
    int64_t draws;
    int64_t jobs;
    bool screen;
};

/* Writes the members of an open object and returns COMMAND_DONE; or fills the error and returns COMMAND_FAILED (the
 * file is at fault) or COMMAND_BAD_USAGE (an argument is), after which nothing of the object is shown. */
typedef int calc_function(const struct calc_request *request, struct json_writer *json, struct error *error);

/* Argument number `index` as a whole number, 0 or above, called `name` in the error. */
bool calc_count_argument(const struct calc_request *request, size_t index, const char *name, int64_t *value,
                         struct error *error);

/* The same as a finite number. */
bool calc_number_argument(const struct calc_request *request, size_t index, const char *name, double *value,
                          struct error *error);

/* Writes "reason" where there is one. */
void calc_write_reason(struct json_writer *json, const char *reason);

/* Writes "label" from an optional column of labels (−1: none). */
void calc_write_label(struct json_writer *json, const struct calc_table *table, int column, size_t row);

#endif
