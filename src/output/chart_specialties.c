#include "referlens/output/chart_specialties.h"

#include "referlens/base/memory.h"
#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ROWS_MAX = 16, /* the others are in the table under the chart */
    ROW_HEIGHT = 26,
    NAME_WIDTH_MAX = 190,
    COUNT_WIDTH = 108, /* "1,234 of 5,678" */
    SHARE_WIDTH = 62,
    HEAD_HEIGHT = 26,
    X_STEPS = 5,
};

enum specialties_kind { KIND_OWN = 1, KIND_RANGE, KIND_MIDDLE, KIND_WIDENED };

struct row {
    const struct result *result;
    const struct spread *spread;
    struct text name;
};

struct rows {
    struct row *list;
    size_t count, hidden; /* hidden: may not be shown */
};

static int largest_first(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->result->denominator != b->result->denominator)
        return a->result->denominator > b->result->denominator ? -1 : 1;
    return (a->result->slice.specialty > b->result->slice.specialty) -
           (a->result->slice.specialty < b->result->slice.specialty);
}

static struct rows rows_of(const struct chart_source *source)
{
    const size_t measure = measure_index("rejection_rate"), specialties = report_specialty_count(source->report);
    struct rows rows = {memory_allocate_zeroed(specialties, sizeof *rows.list), 0, 0};
    for (size_t i = 0; i < source->results->count; i++) {
        const struct result *result = &source->results->results[i];
        const uint32_t specialty = result->slice.specialty;
        if (result->measure != measure || specialty == SLICE_ALL || result->slice.scheme != SLICE_ALL ||
            result->slice.period != PERIOD_ALL || result->slice.practice != source->practice)
            continue;
        rows.hidden += result->status == RESULT_SUPPRESSED;
        if (result->status == RESULT_OK)
            rows.list[rows.count++] =
                (struct row){result,
                             specialty < source->common->specialty_count && chart_is_beside_all(source)
                                 ? &source->common->by_specialty[specialty]
                                 : NULL,
                             report_specialty_title(source->report, specialty)};
    }
    if (rows.count > 1)
        qsort(rows.list, rows.count, sizeof *rows.list, largest_first);
    return rows;
}

static double decile(const struct row *row, int which)
{
    return row->spread == NULL ? NAN : row->spread->deciles[which];
}

static bool is_widened(const struct row *row)
{
    return row->spread != NULL && spread_is_widened(row->spread);
}

/* Outside the range of most practices with its whole interval: what the title counts. */
static int side_of(const struct row *row)
{
    if (row->result->lower > decile(row, DECILE_90))
        return 1;
    return row->result->upper < decile(row, DECILE_10) ? -1 : 0;
}

/* How many rows have no range because too many counts are hidden. */
static size_t withheld_of(const struct rows *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct spread *spread = rows->list[i].spread;
        count += spread != NULL && !spread_is_known(spread) && spread->practices >= SPREAD_PRACTICES_MIN;
    }
    return count;
}

static bool any_widened(const struct rows *rows, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || is_widened(&rows->list[i]);
    return any;
}

/* Beside a range that is only wider than that of practices, one may lie above this without lying above that. */
static void add_title(const struct chart_source *source, const struct rows *rows, struct buffer *text)
{
    if (!chart_is_beside_all(source)) {
        buffer_add_string(text, "Rejection rate by specialty");
        return;
    }
    size_t above = 0, compared = 0;
    const bool widened = any_widened(rows, rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        above += side_of(&rows->list[i]) > 0 ? 1 : 0;
        compared += isnan(decile(&rows->list[i], DECILE_90)) ? 0 : 1;
    }
    buffer_add_string(text, "Rejection rate by specialty: ");
    if (compared == 0)
        buffer_add_string(text, withheld_of(rows) > 0 ? "too many counts of practices are hidden to compare"
                                                      : "too few practices to compare");
    else if (above == 0)
        buffer_add_formatted(text, "none lies %swholly above the range of most practices",
                             widened ? "for certain " : "");
    else
        buffer_add_formatted(text, "%s%zu of %zu%s lie%s wholly above the range of most practices",
                             widened ? "at least " : "", above, compared, withheld_of(rows) > 0 ? " compared" : "",
                             above == 1 && !widened ? "s" : "");
}

static double highest(const struct rows *rows, size_t shown)
{
    double most = 0.02;
    for (size_t i = 0; i < shown; i++) {
        most = fmax(most, rows->list[i].result->upper);
        most = fmax(most, isnan(decile(&rows->list[i], DECILE_90)) ? 0.0 : decile(&rows->list[i], DECILE_90));
    }
    return fmin(most, 1.0);
}

/* Both are the middle practice's rate where it is known. */
static double middle_lower(const struct row *row)
{
    return row->spread == NULL ? NAN : row->spread->middle_lower;
}

static double middle_upper(const struct row *row)
{
    return row->spread == NULL ? NAN : row->spread->middle_upper;
}

static struct display middle_words(const struct row *row)
{
    return middle_lower(row) < middle_upper(row) ? display_percent_range(middle_lower(row), middle_upper(row))
                                                 : display_percent(middle_lower(row));
}

/* "2.1–9.8 %", "at the widest 0.9–14.0 %", "too few practices" */
static struct display range_words(const struct row *row)
{
    struct display words = {"too few practices"};
    const char *why = row->spread == NULL || spread_is_known(row->spread) ? NULL : spread_why_none(row->spread);
    const struct display range = display_percent_range(decile(row, DECILE_10), decile(row, DECILE_90));
    if (why != NULL)
        snprintf(words.text, DISPLAY_SIZE, "%s", why);
    else if (row->spread != NULL)
        snprintf(words.text, DISPLAY_SIZE, "%s%.40s", is_widened(row) ? "at the widest " : "", range.text);
    return words;
}

static void write_row(struct chart_sheet *sheet, const struct chart_frame *frame, const struct row *row, double height)
{
    const struct result *result = row->result;
    struct buffer name = buffer_with_maximum(CHART_LINE_MAX);
    const double values[] = {height,
                             result->value,
                             result->lower,
                             result->upper,
                             decile(row, DECILE_10),
                             middle_lower(row),
                             middle_upper(row),
                             decile(row, DECILE_90),
                             is_widened(row) ? 1.0 : 0.0};
    const double y = chart_frame_y(frame, height);
    chart_sheet_row(sheet, values, sizeof values / sizeof values[0]);
    chart_text_cut(row->name, chart_types[WORD_PLAIN], NAME_WIDTH_MAX, &name);
    chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_RIGHT, frame->left - 8.0, y, buffer_text(&name));
    chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_RIGHT, CHART_WIDTH - CHART_MARGIN - SHARE_WIDTH, y,
                     text_of(display_share(result->numerator, result->denominator).text));
    chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_RIGHT, CHART_WIDTH - CHART_MARGIN, y,
                     text_of(display_percent(result->value).text));
    buffer_add_formatted(&name, ": %s (%s)", display_percent(result->value).text,
                         display_interval(display_percent_range(result->lower, result->upper)).text);
    if (!isnan(decile(row, DECILE_10)))
        buffer_add_formatted(&name, ", most practices %s", range_words(row).text);
    chart_sheet_tip(sheet, chart_frame_x(frame, result->value), y, 11.0, buffer_text(&name), TEXT(""));
    buffer_release(&name);
}

static void write_table(struct chart_sheet *sheet, const struct rows *rows, bool beside_all)
{
    chart_sheet_table(sheet, beside_all
                                 ? "Specialty\tRejected\tRate\t95 % CI\tMost practices (10th–90th percentile)\tMiddle "
                                   "practice\tPractices\tOf these hidden"
                                 : "Specialty\tRejected\tRate\t95 % CI");
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->list[i];
        struct buffer name = buffer_with_maximum(CHART_LINE_MAX);
        display_label(row->name, LABEL_CHARACTERS_MAX, &name);
        chart_sheet_cell(sheet, buffer_text(&name));
        chart_sheet_cell_string(sheet, display_share(row->result->numerator, row->result->denominator).text);
        chart_sheet_cell_string(sheet, display_percent(row->result->value).text);
        chart_sheet_cell_string(sheet, display_percent_range(row->result->lower, row->result->upper).text);
        if (beside_all) {
            chart_sheet_cell_string(sheet, range_words(row).text);
            chart_sheet_cell_string(sheet, middle_words(row).text);
            chart_sheet_cell_string(sheet,
                                    row->spread == NULL ? "" : display_count((double)row->spread->practices).text);
            chart_sheet_cell_string(sheet, row->spread == NULL ? "" : display_count((double)row->spread->hidden).text);
        }
        chart_sheet_end_cells(sheet);
        buffer_release(&name);
    }
}

/* Of what there is in the chart. */
static void add_legend(const struct rows *rows, size_t shown, struct chart_sheet *sheet)
{
    struct legend_entry legend[4] = {{KIND_OWN, "this practice, with its 95 % interval"}};
    size_t count = 1;
    bool exact = false, middle = false;
    for (size_t i = 0; i < shown; i++) {
        exact = exact || (!isnan(decile(&rows->list[i], DECILE_90)) && !is_widened(&rows->list[i]));
        middle = middle || !isnan(decile(&rows->list[i], DECILE_50));
    }
    if (exact)
        legend[count++] = (struct legend_entry){KIND_RANGE, "most practices"};
    if (any_widened(rows, shown))
        legend[count++] = (struct legend_entry){KIND_WIDENED, "most practices, at the widest"};
    if (middle)
        legend[count++] = (struct legend_entry){KIND_MIDDLE, "middle practice"};
    chart_sheet_legend(sheet, legend, count);
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct rows *rows)
{
    const size_t shown = rows->count < ROWS_MAX ? rows->count : ROWS_MAX;
    const bool widened = any_widened(rows, shown);
    add_legend(rows, shown, sheet);
    const struct chart_scale scale = chart_scale_of(highest(rows, shown), X_STEPS, 0.01);
    const double top = sheet->y + HEAD_HEIGHT;
    const struct chart_frame frame = {CHART_MARGIN + NAME_WIDTH_MAX + 10.0,
                                      CHART_WIDTH - CHART_MARGIN - SHARE_WIDTH - COUNT_WIDTH,
                                      top,
                                      top + ROW_HEIGHT * (double)shown,
                                      0.0,
                                      scale.maximum,
                                      0.0,
                                      (double)shown};
    chart_sheet_frame(sheet, "frame", &frame);
    chart_axis_x(sheet, "x_grid", &frame, scale, chart_axis_percent, "Share of decided referrals that was rejected");
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, CHART_WIDTH - CHART_MARGIN - SHARE_WIDTH, top - 14.0,
                     TEXT("rejected"));
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, CHART_WIDTH - CHART_MARGIN, top - 14.0, TEXT("rate"));
    chart_sheet_block(
        sheet, "rows",
        "height, rate, lower, upper, 10th percentile of practices, the middle one from and to, 90th percentile, at "
        "the widest (1)");
    for (size_t i = 0; i < shown; i++)
        write_row(sheet, &frame, &rows->list[i], (double)(shown - i) - 0.5);
    write_table(sheet, rows, chart_is_beside_all(source));
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    if (rows->count > shown)
        buffer_add_formatted(&text, "%zu smaller ones are in the table below. ", rows->count - shown);
    if (widened)
        buffer_add_string(&text, "Hollow bars are as wide as hidden counts of 1 to 7 may make them, and grey where the "
                                 "middle practice may lie. ");
    if (withheld_of(rows) > 0)
        buffer_add_string(&text,
                          "Where there is no bar, more than half of the practices have a count of 1 to 7, which is "
                          "hidden, or there are too few. ");
    if (rows->hidden > 0)
        buffer_add_formatted(&text, "%zu %s too small to show. ", rows->hidden, rows->hidden == 1 ? "is" : "are");
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, frame.bottom + AXIS_X_HEIGHT + 12.0, buffer_text(&text));
    buffer_release(&text);
}

void chart_write_specialties(const struct chart_source *source, struct chart_sheet *sheet)
{
    struct rows rows = rows_of(source);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    if (rows.count == 0) {
        chart_sheet_nothing(
            sheet, source, "Rejection rate by specialty",
            chart_why_no_decisions(source, rows.hidden > 0 ? "too few to show" : "nothing was decided"));
    } else {
        add_title(source, &rows, &text);
        chart_sheet_title(sheet, buffer_text(&text));
        buffer_clear(&text);
        chart_add_subject(source, &text);
        if (chart_is_beside_all(source))
            buffer_add_formatted(&text,
                                 "Bars reach from the 10th to the 90th percentile of practices with %d or more decided "
                                 "referrals in that specialty; case mix is not adjusted for.",
                                 SPREAD_DENOMINATOR_MIN);
        else
            buffer_add_formatted(&text, "Referrals of %s; case mix is not adjusted for.", chart_span(source).text);
        chart_sheet_subtitle(sheet, buffer_text(&text));
        draw(source, sheet, &rows);
    }
    buffer_release(&text);
    free(rows.list);
}
