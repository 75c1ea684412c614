/* The sheet: all that one chart shows, as a text file of tab-separated values that gnuplot reads and a person can too.
 *
 * It opens with a block of keys and values ("meta"); named blocks of rows follow, each set off by two blank lines and
 * headed by "# name" and "# columns". Texts are columns like any other: no script ever holds one. Marks and lines are in
 * units of their axes; words stand at their places in pixels from the upper left corner, in a block for each way of setting
 * them ("title_left"). What is where is settled here, what it looks like in the script. Blocks that no script reads follow:
 * "about" (title, subtitle and remarks), "tips" (what points say when pointed at) and "table" (the numbers as people read them); see
 * sheet_reader.h. Called by the chart_* modules.
 */
#ifndef REFERLENS_OUTPUT_CHART_SHEET_H
#define REFERLENS_OUTPUT_CHART_SHEET_H

#include "referlens/base/buffer.h"
#include "referlens/base/text.h"
#include "referlens/output/chart_text.h"

#include <stdbool.h>
#include <stddef.h>

/* Pixels. */
enum { CHART_WIDTH = 640, CHART_MARGIN = 14 };

enum { CHART_SHEET_MAX = 8 << 20, CHART_LINE_MAX = 1024, WORDS_MAX = 200 };

/* How a text is set, and which end of it its place is; the blocks of words are named after the two. */
enum word_kind { WORD_TITLE, WORD_PLAIN, WORD_STRONG, WORD_SMALL, WORD_KIND_COUNT };
enum word_anchor { ANCHOR_LEFT, ANCHOR_CENTRE, ANCHOR_RIGHT, WORD_ANCHOR_COUNT };

/* The type of each kind, for measuring: as reports/charts/style.gp has it. */
extern const struct chart_type chart_types[WORD_KIND_COUNT];

/* What a text or a mark takes up, in pixels. */
struct word_box {
    double left, right, top, bottom;
};

struct chart_sheet {
    struct buffer meta, legend, body; /* parts of the file */
    struct buffer about, tips, table; /* those that gnuplot passes over */
    size_t table_rows;
    struct buffer words[WORD_KIND_COUNT * WORD_ANCHOR_COUNT];
    struct buffer content;            /* the file, after chart_sheet_close */
    struct word_box boxes[WORDS_MAX];        /* of the words so far; words beyond these are not minded */
    size_t box_count;
    double y; /* where the next line from the top has its middle */
    bool in_row;
    bool untrusted; /* what it shows is not to be trusted: its title says so. Set before that */
};

/* A new sheet. Release with chart_sheet_release, also after a failure; NULL is allowed there. */
void chart_sheet_open(struct chart_sheet *sheet);
void chart_sheet_release(struct chart_sheet *sheet);

/* The finding in at most two lines, then the method in at most three. */
void chart_sheet_title(struct chart_sheet *sheet, struct text title);
void chart_sheet_subtitle(struct chart_sheet *sheet, struct text subtitle);

/* A mark of the legend, or before a row of numbers, with its middle at a place in pixels. */
void chart_sheet_mark(struct chart_sheet *sheet, int kind, double x, double y);

/* A mark and its meaning. */
struct legend_entry {
    int kind; /* what the script draws for it */
    const char *words;
};

/* A line of marks with their meanings, broken where it is full. */
void chart_sheet_legend(struct chart_sheet *sheet, const struct legend_entry *entries, size_t count);

/* A key of the block "meta". */
void chart_sheet_meta(struct chart_sheet *sheet, const char *key, double value);

/* The rectangle of a system of axes: where it lies, in pixels, and what it spans; y grows upwards. */
struct chart_frame {
    double left, right, top, bottom;
    double x_minimum, x_maximum, y_minimum, y_maximum;
};

/* Writes the frame into the meta block, its keys "NAME_left" and so on. */
void chart_sheet_frame(struct chart_sheet *sheet, const char *name, const struct chart_frame *frame);

/* The pixel of a value. */
double chart_frame_x(const struct chart_frame *frame, double x);
double chart_frame_y(const struct chart_frame *frame, double y);

/* Begins a block of rows. No name is the start of another's, or of a list of columns. */
void chart_sheet_block(struct chart_sheet *sheet, const char *name, const char *columns);

/* Fields of the current row. NAN is written as "NaN", which gnuplot passes over. */
void chart_sheet_number(struct chart_sheet *sheet, double value);
void chart_sheet_text(struct chart_sheet *sheet, struct text value);
void chart_sheet_end_row(struct chart_sheet *sheet);

/* A row of numbers alone. */
void chart_sheet_row(struct chart_sheet *sheet, const double *values, size_t count);

/* A gap within a block: what follows is not joined to what came before. */
void chart_sheet_gap(struct chart_sheet *sheet);

/* A plain text at a place, its middle height at y. */
void chart_sheet_word(struct chart_sheet *sheet, enum word_kind kind, enum word_anchor anchor, double x, double y,
                      struct text text);

/* What such a text would take up, whether that is free of all words so far, and taking a place for something else. */
struct word_box chart_word_box(enum word_kind kind, enum word_anchor anchor, double x, double y, struct text text);
bool chart_sheet_is_free(const struct chart_sheet *sheet, struct word_box box);
void chart_sheet_take(struct chart_sheet *sheet, struct word_box box);

/* A place that names itself when it is pointed at: a circle of that radius in pixels. `link`, relative to the folder of the
 * report's or the practice's page, may be empty. */
void chart_sheet_tip(struct chart_sheet *sheet, double x, double y, double radius, struct text words, struct text link);

/* The numbers of the chart as a table for people: its heads, separated by tabs, and then cell after cell. */
void chart_sheet_table(struct chart_sheet *sheet, const char *heads);
void chart_sheet_cell(struct chart_sheet *sheet, struct text words);
void chart_sheet_cell_string(struct chart_sheet *sheet, const char *words);
void chart_sheet_end_cells(struct chart_sheet *sheet);

/* Sets remarks in lines of small text from y downwards, and ends the picture below them. */
void chart_sheet_foot(struct chart_sheet *sheet, double y, struct text remarks);

/* Puts the file together. */
void chart_sheet_close(struct chart_sheet *sheet);

#endif
