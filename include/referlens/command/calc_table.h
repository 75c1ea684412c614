/* A small table from a CSV file, held whole: the FILE of `referlens calc`.
 *
 * Comma-separated UTF-8 with a header row; fields may be quoted, lines may end in CR LF, empty lines are passed over.
 * Columns are found by name, letters of either case alike. This is not the reader of exports: nothing is skipped, and
 * the first fault ends it.
 */
#ifndef REFERLENS_COMMAND_CALC_TABLE_H
#define REFERLENS_COMMAND_CALC_TABLE_H

#include "referlens/base/buffer.h"
#include "referlens/base/dictionary.h"
#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calc_table {
    const char *name;    /* of the file, for errors */
    struct buffer bytes; /* what the cells look at */
    struct text *cells;  /* owned; the header first, row by row */
    size_t *lines;       /* owned; the line on which each row begins, the header's first */
    size_t column_count;
    size_t row_count; /* without the header; at least 1 after a success */
    size_t cell_count;
    size_t cell_capacity;
    size_t line_capacity;
};

/* Reads a file, or standard input where `path` is "-". Fails on a file that cannot be read, is not such a table, or has
 * no row below its header. */
bool calc_table_read(const char *path, struct calc_table *table, struct error *error);

/* A zeroed table is allowed. */
void calc_table_release(struct calc_table *table);

/* The column's number. Fails where it is missing or there twice; calc_table_find gives −1 for a missing one. */
bool calc_table_column(const struct calc_table *table, const char *name, int *column, struct error *error);
int calc_table_find(const struct calc_table *table, const char *name);

struct text calc_table_cell(const struct calc_table *table, int column, size_t row);

/* A column as finite numbers, as whole numbers of at least 0, or as the codes of its texts, which `labels` receives in
 * the order of their bytes. The caller frees the array with memory_free. On a fault the error names the line. */
bool calc_table_numbers(const struct calc_table *table, const char *name, double **numbers, struct error *error);
bool calc_table_counts(const struct calc_table *table, const char *name, int64_t **counts, struct error *error);
bool calc_table_labels(const struct calc_table *table, const char *name, int32_t **codes, struct dictionary *labels,
                       struct error *error);

/* As error_set, with the file and line of a row before it. Returns false. */
bool calc_table_fault(const struct calc_table *table, size_t row, struct error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
