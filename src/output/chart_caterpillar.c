#include "referlens/output/chart_caterpillar.h"

#include "referlens/measure/caterpillar.h"
#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_text.h"
#include "referlens/output/folder.h"

#include <math.h>

enum {
    FRAME_LEFT = 62,
    FRAME_RIGHT = 528, /* leaves room for "mean 100.0 %" */
    FRAME_HEIGHT = 262,
    Y_STEPS = 6,
    SINGLE_MAX = 300, /* more practices than this are drawn as a band */
    TIP_NAME_WIDTH = 280,
};

enum caterpillar_kind { KIND_LIKELY = 1, KIND_RAW, KIND_BAND };

static double highest(const struct caterpillar *caterpillar)
{
    double most = 0.02;
    for (size_t i = 0; i < caterpillar->count; i++)
        most = fmax(most, fmax(caterpillar->points[i].upper, caterpillar->points[i].own->value));
    return fmin(most * 1.03, 1.0);
}

static void add_tip(const struct chart_source *source, struct chart_sheet *sheet, const struct chart_frame *frame,
                    const struct caterpillar_point *point, double place)
{
    struct buffer words = buffer_with_maximum(CHART_LINE_MAX), link = buffer_with_maximum(CHART_LINE_MAX);
    const struct text code = report_practice_code(source->report, point->own->practice);
    char name[FOLDER_NAME_SIZE];
    chart_text_cut(code, chart_types[WORD_SMALL], TIP_NAME_WIDTH, &words);
    buffer_add_formatted(&words, ": likely %s (95 %% interval %s), counted %s of %s",
                         display_percent(point->value).text, display_percent_range(point->lower, point->upper).text,
                         display_percent(point->own->value).text, display_count(point->own->denominator).text);
    folder_safe_name(code, name);
    if (chart_has_pack(source, point->own->practice))
        buffer_add_formatted(&link, "../practices/%s/index.html", name);
    chart_sheet_tip(sheet, chart_frame_x(frame, place), chart_frame_y(frame, point->value), 7.0, buffer_text(&words),
                    buffer_text(&link));
    buffer_release(&words);
    buffer_release(&link);
}

static void write_points(const struct chart_source *source, struct chart_sheet *sheet, const struct chart_frame *frame,
                         const struct caterpillar *caterpillar)
{
    chart_sheet_block(sheet, "practices", "place, likely rate, lower, upper, raw rate");
    for (size_t i = 0; i < caterpillar->count; i++) {
        const struct caterpillar_point *point = &caterpillar->points[i];
        const double place = (double)i + 1.0;
        const double row[] = {place, point->value, point->lower, point->upper, point->own->value};
        chart_sheet_row(sheet, row, sizeof row / sizeof row[0]);
        add_tip(source, sheet, frame, point, place);
    }
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct caterpillar *caterpillar)
{
    static const struct legend_entry single[] = {{KIND_LIKELY, "likely rate, with its 95 % interval"},
                                                 {KIND_RAW, "as counted"}};
    static const struct legend_entry many[] = {{KIND_LIKELY, "likely rate"}, {KIND_BAND, "its 95 % interval"}};
    const bool as_band = caterpillar->count > SINGLE_MAX;
    chart_sheet_legend(sheet, as_band ? many : single, 2);
    struct chart_scale scale = chart_scale_of(highest(caterpillar), Y_STEPS, 0.005);
    scale.maximum = fmin(scale.maximum, 1.0);
    const double top = sheet->y + AXIS_Y_TITLE_HEIGHT;
    const struct chart_frame frame = {
        FRAME_LEFT, FRAME_RIGHT, top, top + FRAME_HEIGHT, 0.0, (double)caterpillar->count + 1.0, 0.0, scale.maximum};
    chart_sheet_frame(sheet, "frame", &frame);
    chart_sheet_meta(sheet, "overall", caterpillar->mean);
    chart_sheet_meta(sheet, "has_band", as_band);
    chart_axis_y(sheet, "grid", &frame, scale, chart_axis_percent, "Share of decided referrals that was rejected");
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, (frame.left + frame.right) / 2.0, frame.bottom + 16.0,
                     TEXT("Practices, in the order of their likely rates"));
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_formatted(&text, "mean %s", display_percent(caterpillar->mean).text);
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, frame.right + 8.0, chart_frame_y(&frame, caterpillar->mean),
                     buffer_text(&text));
    write_points(source, sheet, &frame, caterpillar);
    buffer_clear(&text);
    buffer_add_string(&text, "No ranking: where intervals overlap, the order is chance. ");
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, frame.bottom + 42.0, buffer_text(&text));
    buffer_release(&text);
}

static void add_title(const struct caterpillar *caterpillar, struct buffer *text)
{
    if (caterpillar->count == 1)
        buffer_add_formatted(text, "Rejection rate: too few practices to compare");
    else if (caterpillar->pooled)
        buffer_add_formatted(text, "Rejection rate: %zu practices differ by no more than chance", caterpillar->count);
    else
        buffer_add_formatted(text, "Likely rejection rates of practices lie between %s and %s",
                             display_percent(caterpillar->points[0].value).text,
                             display_percent(caterpillar->points[caterpillar->count - 1].value).text);
}

void chart_write_caterpillar(const struct chart_source *source, struct chart_sheet *sheet)
{
    if (chart_sheet_of_one_practice(sheet, source, "Likely rejection rates"))
        return;
    struct caterpillar caterpillar = caterpillar_of(&source->common->funnel);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    if (caterpillar.status != RESULT_OK) {
        chart_sheet_nothing(sheet, source, "Likely rejection rates",
                            chart_why_no_decisions(source, caterpillar.status == RESULT_SUPPRESSED
                                                               ? "too many practices have too few to show"
                                                               : "no practice has enough to show"));
    } else {
        add_title(&caterpillar, &text);
        chart_sheet_title(sheet, buffer_text(&text));
        buffer_clear(&text);
        buffer_add_formatted(
            &text,
            "Beta-binomial shrinkage: a small practice is drawn towards the mean, since its own number says "
            "little. Referrals of %s; case mix is not adjusted for.",
            chart_span(source).text);
        chart_sheet_subtitle(sheet, buffer_text(&text));
        draw(source, sheet, &caterpillar);
    }
    buffer_release(&text);
    caterpillar_release(&caterpillar);
}
