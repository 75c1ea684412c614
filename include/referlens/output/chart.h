/* Charts: one table of them, and how they are drawn.
 *
 * A chart is a row in this table, a function that writes its sheet (chart_sheet.h) and a gnuplot script of the same name in
 * reports/charts. Each is drawn as charts/ID.svg beside charts/ID.tsv, the sheet, for the whole report or in each
 * practice's folder, or both. gnuplot's drawing becomes the picture in chart_picture.h. Everything that lists charts reads the table.
 */
#ifndef REFERLENS_OUTPUT_CHART_H
#define REFERLENS_OUTPUT_CHART_H

#include "referlens/base/buffer.h"
#include "referlens/base/error.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chart_source;
struct chart_sheet;
struct comparison_source;

/* Whose charts it is among; those of a comparison are the report's where there is one. */
enum chart_scope { CHART_OF_REPORT = 1 << 0, CHART_OF_PRACTICE = 1 << 1, CHART_OF_COMPARISON = 1 << 2 };

struct chart {
    const char *id;    /* names its files: letters and "-" */
    const char *title; /* what it shows, in a few words */
    unsigned scopes;   /* set of enum chart_scope */
    const char *description; /* how it shows that, for those who do not see it */
    const char *measure;     /* which it rests on; NULL: on several, or on none */
    void (*write)(const struct chart_source *source, struct chart_sheet *sheet);
};

extern const struct chart chart_table[];
extern const size_t chart_count;

/* The most that one picture may hold, in bytes; nothing of ours comes near. */
enum { CHART_PICTURE_MAX = 8 << 20 };

/* `referlens list charts`: a line "id<TAB>scopes<TAB>title" and one such for each chart. */
void chart_list(struct buffer *output);

/* Draws the charts of the report, and those of the practices named (dictionary codes), into the folder. Practices are
 * handled a few at a time by `worker_count` workers, each with a gnuplot of its own, so that memory and open files do not
 * grow with their number. The same files come out whatever the number of workers. `comparison` may be
 * NULL. */
bool charts_write(const struct report *report, const struct comparison_source *comparison, struct folder *folder,
                  const uint32_t *practices, size_t practice_count, size_t worker_count, struct error *error);

#endif
