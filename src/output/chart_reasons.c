#include "referlens/output/chart_reasons.h"

#include "referlens/output/chart_text.h"
#include "referlens/output/page_format.h"

#include <math.h>
#include <string.h>

enum {
    ROW_HEIGHT = 27,
    NAME_WIDTH_MAX = 225,
    CUMULATIVE_WIDTH = 80, /* of the columns of numbers at the right */
    SHARE_WIDTH = 60,
    COUNT_WIDTH_MIN = 56,
    HEAD_HEIGHT = 28,
    TITLE_NAME_WIDTH = 235, /* of plain type: leaves room for the rest of two lines */
};

/* Where "none given" makes up this much, it is the finding. */
#define NONE_GIVEN_MAIN 0.5

/* With fewer rejections than this, which reason comes first is chance. */
enum { COMMONEST_OF_MIN = 20 };

/* What the script draws for a row. */
enum bar_kind { BAR_NAMED = 1, BAR_FOLDED = 2, BAR_NONE_GIVEN = 3 };

static enum bar_kind kind_of(const struct reason_row *row)
{
    return row->folded > 0 ? BAR_FOLDED : row->reason.length == 0 ? BAR_NONE_GIVEN : BAR_NAMED;
}

static void add_name(const struct reason_row *row, double width, struct buffer *output)
{
    struct buffer words = buffer_with_maximum(CHART_LINE_MAX);
    if (row->folded > 0)
        buffer_add_formatted(&words, "%zu other reasons", row->folded);
    else if (row->reason.length == 0)
        buffer_add_string(&words, "No reason given");
    else
        chart_text_reason(row->reason, &words);
    chart_text_cut(buffer_text(&words), chart_types[WORD_PLAIN], width, output);
    buffer_release(&words);
}

/* How many reasons are as common as the first. */
static size_t tied(const struct reason_table *table)
{
    size_t count = 1;
    while (count < table->count && kind_of(&table->rows[count]) == BAR_NAMED &&
           table->rows[count].count == table->rows[0].count)
        count++;
    return count;
}

static void add_commonest(const struct reason_table *table, struct buffer *text)
{
    const struct reason_row *first = &table->rows[0];
    const size_t count = tied(table);
    if (table->rejections < COMMONEST_OF_MIN) {
        buffer_add_formatted(text, "Reasons for %s rejection%s: too few to call one the commonest",
                             display_count(table->rejections).text, table->rejections == 1 ? "" : "s");
    } else if (count > 2) {
        buffer_add_formatted(text, "%zu reasons for rejection are equally common, %s each", count,
                             display_percent(first->share).text);
    } else if (count == 2) {
        buffer_add_string(text, "Commonest reasons for rejection: ‘");
        add_name(first, TITLE_NAME_WIDTH, text);
        buffer_add_string(text, "’ and ‘");
        add_name(first + 1, TITLE_NAME_WIDTH, text);
        buffer_add_formatted(text, "’, %s each", display_percent(first->share).text);
    } else {
        buffer_add_string(text, "Commonest reason for rejection: ‘");
        add_name(first, TITLE_NAME_WIDTH, text);
        buffer_add_formatted(text, "’, %s", display_percent(first->share).text);
        if (!isnan(first->share_of_all))
            buffer_add_formatted(text, " (all practices %s)", display_percent(first->share_of_all).text);
    }
}

/* "None given" is told where that is most of all, otherwise what is given most often. */
static void add_title(const struct reason_table *table, struct buffer *text)
{
    const struct reason_row *last = &table->rows[table->count - 1];
    if (kind_of(last) != BAR_NONE_GIVEN || last->share <= NONE_GIVEN_MAIN) {
        add_commonest(table, text);
        return;
    }
    buffer_add_formatted(text, "No reason is given for %s of rejections", display_percent(last->share).text);
    if (!isnan(last->share_of_all))
        buffer_add_formatted(text, " (all practices %s)", display_percent(last->share_of_all).text);
}

static double names_width(const struct reason_table *table)
{
    double widest = 0.0;
    struct buffer name = buffer_with_maximum(CHART_LINE_MAX);
    for (size_t i = 0; i < table->count; i++) {
        buffer_clear(&name);
        add_name(&table->rows[i], NAME_WIDTH_MAX, &name);
        widest = fmax(widest, chart_text_width(buffer_text(&name), chart_types[WORD_PLAIN]));
    }
    buffer_release(&name);
    return widest;
}

static double counts_width(const struct reason_table *table)
{
    double widest = COUNT_WIDTH_MIN;
    for (size_t i = 0; i < table->count; i++)
        widest =
            fmax(widest, chart_text_width(text_of(display_count(table->rows[i].count).text), chart_types[WORD_PLAIN]));
    return widest;
}

/* Right-hand edges of the columns of numbers, and the bars' frame between names and numbers. */
struct reasons_layout {
    struct chart_frame frame;
    double count_right, share_right, cumulative_right;
};

static struct reasons_layout layout_of(const struct chart_sheet *sheet, const struct reason_table *table)
{
    struct reasons_layout layout;
    layout.cumulative_right = CHART_WIDTH - CHART_MARGIN;
    layout.share_right = layout.cumulative_right - CUMULATIVE_WIDTH;
    layout.count_right = layout.share_right - SHARE_WIDTH;
    double top = sheet->y + HEAD_HEIGHT;
    layout.frame = (struct chart_frame){CHART_MARGIN + names_width(table) + 10.0,
                                        layout.count_right - counts_width(table),
                                        top,
                                        top + ROW_HEIGHT * (double)table->count,
                                        0.0,
                                        1.0,
                                        0.0,
                                        (double)table->count};
    return layout;
}

static void write_heads(struct chart_sheet *sheet, const struct reasons_layout *layout)
{
    double y = layout->frame.top - 14.0;
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, layout->count_right, y, TEXT("number"));
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, layout->share_right, y, TEXT("share"));
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, layout->cumulative_right, y, TEXT("cumulative"));
    double below = layout->frame.bottom + 13.0;
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, layout->frame.left, below, TEXT("0"));
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, (layout->frame.left + layout->frame.right) / 2.0, below,
                     TEXT("50 %"));
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, layout->frame.right, below, TEXT("100 %"));
}

static void write_row(struct chart_sheet *sheet, const struct reasons_layout *layout, const struct reason_row *row,
                      double height)
{
    struct buffer name = buffer_with_maximum(CHART_LINE_MAX);
    add_name(row, NAME_WIDTH_MAX, &name);
    double values[] = {height, row->share, row->cumulative, row->share_of_all, row->count, kind_of(row)};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        chart_sheet_number(sheet, values[i]);
    chart_sheet_text(sheet, buffer_text(&name));
    chart_sheet_end_row(sheet);
    double y = chart_frame_y(&layout->frame, height);
    chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_RIGHT, layout->frame.left - 8.0, y, buffer_text(&name));
    const struct {
        double right;
        struct display words;
    } numbers[] = {{layout->count_right, display_count(row->count)},
                   {layout->share_right, display_percent(row->share)},
                   {layout->cumulative_right, display_percent(row->cumulative)}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_RIGHT, numbers[i].right, y, text_of(numbers[i].words.text));
    buffer_add_formatted(&name, ": %s, %s of rejections", numbers[0].words.text, numbers[1].words.text);
    chart_sheet_tip(sheet, chart_frame_x(&layout->frame, row->share), y, 10.0, buffer_text(&name), TEXT(""));
    buffer_release(&name);
}

static void write_table(struct chart_sheet *sheet, const struct reason_table *table, bool beside_all)
{
    chart_sheet_table(sheet, beside_all ? "Reason\tRejections\tShare\tCumulative\tAll practices"
                                        : "Reason\tRejections\tShare\tCumulative");
    for (size_t i = 0; i < table->count; i++) {
        const struct reason_row *row = &table->rows[i];
        struct buffer name = buffer_with_maximum(CHART_LINE_MAX);
        add_name(row, CHART_WIDTH, &name);
        chart_sheet_cell(sheet, buffer_text(&name));
        chart_sheet_cell_string(sheet, display_count(row->count).text);
        chart_sheet_cell_string(sheet, display_percent(row->share).text);
        chart_sheet_cell_string(sheet, display_percent(row->cumulative).text);
        if (beside_all)
            chart_sheet_cell_string(sheet, display_percent(row->share_of_all).text);
        chart_sheet_end_cells(sheet);
        buffer_release(&name);
    }
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct reason_table *table)
{
    struct reasons_layout layout = layout_of(sheet, table);
    chart_sheet_frame(sheet, "frame", &layout.frame);
    chart_sheet_meta(sheet, "is_beside_all", chart_is_beside_all(source));
    write_heads(sheet, &layout);
    chart_sheet_block(sheet, "bars",
                      "height, share, cumulative share, share in the whole report, number, kind of bar, reason");
    for (size_t i = 0; i < table->count; i++)
        write_row(sheet, &layout, &table->rows[i], (double)(table->count - i) - 0.5);
    write_table(sheet, table, chart_is_beside_all(source));
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    if (table->suppressed > 0)
        buffer_add_formatted(&text, "%s %s too rare to show. ", display_count((double)table->suppressed).text,
                             table->suppressed == 1 ? "reason is" : "reasons are");
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, layout.frame.bottom + 42.0, buffer_text(&text));
    buffer_release(&text);
}

static void add_legend(const struct chart_source *source, struct chart_sheet *sheet)
{
    enum { KIND_BAR = 1, KIND_ALL = 4, KIND_CUMULATIVE = 5 };
    static const struct legend_entry of_practice[] = {
        {KIND_BAR, "this practice"}, {KIND_ALL, "all practices"}, {KIND_CUMULATIVE, "cumulative share"}};
    static const struct legend_entry of_report[] = {{KIND_BAR, "share of rejections"},
                                                    {KIND_CUMULATIVE, "cumulative share"}};
    if (chart_is_beside_all(source))
        chart_sheet_legend(sheet, of_practice, 3);
    else
        chart_sheet_legend(sheet, of_report, 2);
}

void chart_write_reasons(const struct chart_source *source, struct chart_sheet *sheet)
{
    const struct chart_common *common = source->common;
    bool of_practice = chart_is_of_practice(source);
    struct reason_table table =
        reason_table_of(source->report, source->practice, of_practice, source->results,
                        chart_is_beside_all(source) ? common->reasons : NULL, common->reason_count, common->rejections);
    if (table.count == 0) {
        const char *words = table.status == RESULT_OK && table.rejections == 0.0 ? "nothing was rejected"
                            : table.status == RESULT_INSUFFICIENT                ? "nothing was decided"
                                                                                 : "too few to show";
        chart_sheet_nothing(sheet, source, "Reasons for rejection", chart_why_no_decisions(source, words));
        return;
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    add_title(&table, &text);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    chart_add_subject(source, &text);
    buffer_add_formatted(&text, "Reasons recorded with %s rejections; referrals of %s.",
                         display_count(table.rejections).text, chart_span(source).text);
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    add_legend(source, sheet);
    draw(source, sheet, &table);
}
