#include "referlens/output/chart_funnel.h"

#include "referlens/base/memory.h"
#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_text.h"
#include "referlens/output/folder.h"

#include <math.h>
#include <stdlib.h>

enum {
    FRAME_LEFT = 62,
    FRAME_RIGHT = 546,
    FRAME_HEIGHT = 262,
    X_STEPS = 7,
    Y_STEPS = 8,
    LIMIT_POINTS = 50,
    NAMED_MAX = 12,        /* practices named beside their marks */
    WORD_GAP = 17,         /* between the middles of two words, in pixels */
    PEERS_UNTHINNED = 300, /* more peers than this are drawn as one mark a cell */
    CELL = 11,             /* pixels */
    TIP_NAME_WIDTH = 280   /* likewise */
};

/* A practice much smaller than the largest one gets an axis of its own: this many times its size. */
#define AXIS_TO_OWN_MAX 8.0

/* What the script draws for a finding; the legend uses the same kinds. */
static int kind_of(enum finding finding)
{
    return finding == FINDING_CONVERSATION ? 3 : finding == FINDING_WATCH ? 2 : 1;
}

enum { KIND_OWN = 4, KIND_PEER = 5 };

/* The words of one measure. */
struct funnel_words {
    const char *measure;
    const char *name;    /* "Rejection rate" */
    const char *counted; /* "12.3 % of 252 …" */
    const char *y_title, *x_title;
    const char *method; /* a sentence's begin: "…, referrals of July 2023 to June 2025." */
};

static const struct funnel_words words_of_rejection = {"rejection_rate",
                                                       "Rejection rate",
                                                       "decided",
                                                       "Share of decided referrals that was rejected",
                                                       "Decided referrals of the practice",
                                                       "Rejected at the first decision"};
static const struct funnel_words words_of_lost = {"lost_after_rejection",
                                                  "Lost after a rejection",
                                                  "rejected",
                                                  "Share of rejected referrals that was lost",
                                                  "Rejected referrals of the practice with 180 days of follow-up",
                                                  "Neither seen nor referred again within 180 days of the rejection"};
static const struct funnel_words words_of_seen = {"attendance_conversion",
                                                  "Seen within 180 days",
                                                  "submitted",
                                                  "Share of all submitted that was seen within 180 days",
                                                  "Referrals of the practice with 180 days of follow-up",
                                                  "First attended within 180 days, of all submitted"};

/* One chart: its subject, its points and its words. */
struct funnel_chart {
    const struct chart_source *source;
    const struct practice_funnel *funnel;
    const struct funnel_words *words;
};

static struct chart_frame frame_of(const struct funnel_chart *chart, const struct chart_sheet *sheet,
                                   const struct practice_point *own)
{
    const struct practice_funnel *funnel = chart->funnel;
    double x_maximum = fmax(funnel->denominator_maximum, isnan(own->denominator) ? 1.0 : own->denominator);
    if (own->denominator * AXIS_TO_OWN_MAX < x_maximum)
        x_maximum = own->denominator * AXIS_TO_OWN_MAX;
    struct chart_scale x = chart_scale_of(x_maximum * 1.03, X_STEPS, 1.0);
    double y_maximum = fmax(funnel->value_maximum * 1.06, 0.02);
    if (!isnan(own->value))
        y_maximum = fmax(y_maximum, fmin(own->upper, own->value * 1.6) * 1.03);
    if (funnel->has_limits)
        y_maximum = fmax(y_maximum, practice_funnel_limits(funnel, x.maximum / 5.0, true).upper998);
    struct chart_scale y = chart_scale_of(fmin(y_maximum, 1.0), Y_STEPS, 0.005);
    double top = sheet->y + AXIS_Y_TITLE_HEIGHT;
    return (struct chart_frame){FRAME_LEFT, FRAME_RIGHT, top, top + FRAME_HEIGHT,
                                0.0,        x.maximum,   0.0, fmin(y.maximum, 1.0)};
}

static void write_limits(struct chart_sheet *sheet, const struct practice_funnel *funnel,
                         const struct chart_frame *frame)
{
    chart_sheet_block(
        sheet, "limits",
        "number, lower 95 %, upper 95 %, lower 99.8 %, upper 99.8 %, chance alone lower and upper 99.8 %");
    for (int i = 1; i <= LIMIT_POINTS; i++) {
        double step = (double)i / LIMIT_POINTS; /* squared: closer where the limits bend */
        double denominator = fmax(1.0, round(frame->x_maximum * step * step));
        struct finding_limits limits = practice_funnel_limits(funnel, denominator, true);
        struct finding_limits plain = practice_funnel_limits(funnel, denominator, false);
        double row[] = {denominator,     limits.lower95, limits.upper95, limits.lower998,
                        limits.upper998, plain.lower998, plain.upper998};
        chart_sheet_row(sheet, row, sizeof row / sizeof row[0]);
    }
}

static void put_beside(struct chart_sheet *sheet, const struct chart_frame *frame, double y, const char *words)
{
    if (y >= frame->top - WORD_GAP && y <= frame->bottom)
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, frame->right + 8.0, y, text_of(words));
}

/* Names the lines at their right ends, pushed apart from the middle outwards. */
static void name_lines(struct chart_sheet *sheet, const struct practice_funnel *funnel, const struct chart_frame *frame)
{
    struct finding_limits limits = practice_funnel_limits(funnel, frame->x_maximum, true);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    double middle = chart_frame_y(frame, funnel->overall);
    buffer_add_formatted(&text, "all %s", display_percent(funnel->overall).text);
    put_beside(sheet, frame, middle, text.bytes);
    buffer_release(&text);
    if (!funnel->has_limits)
        return;
    const struct {
        const char *words;
        double upper, lower;
    } lines[] = {{"95 %", limits.upper95, limits.lower95}, {"99.8 %", limits.upper998, limits.lower998}};
    double above = middle, below = middle;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        above = fmin(above - WORD_GAP, chart_frame_y(frame, lines[i].upper));
        below = fmax(below + WORD_GAP, chart_frame_y(frame, lines[i].lower));
        put_beside(sheet, frame, above, lines[i].words);
        put_beside(sheet, frame, below, lines[i].words);
    }
}

/* A mark's box, so that no name is put upon it. */
static struct word_box mark_box(const struct chart_frame *frame, const struct practice_point *point)
{
    double x = chart_frame_x(frame, point->denominator);
    double y = chart_frame_y(frame, point->value);
    return (struct word_box){x - 5.0, x + 5.0, y - 5.0, y + 5.0};
}

static size_t marks_under(const struct chart_frame *frame, const struct practice_funnel *funnel, struct word_box box)
{
    size_t count = 0;
    for (size_t i = 0; i < funnel->count; i++) {
        struct word_box mark = mark_box(frame, &funnel->points[i]);
        count += mark.left < box.right && box.left < mark.right && mark.top < box.bottom && box.top < mark.bottom;
    }
    return count;
}

/* How many of the funnel's lines run through a box. */
static size_t lines_under(const struct chart_frame *frame, const struct practice_funnel *funnel, struct word_box box)
{
    double x = (box.left + box.right) / 2.0;
    double denominator = (x - frame->left) / (frame->right - frame->left) * frame->x_maximum;
    struct finding_limits limits = practice_funnel_limits(funnel, fmax(denominator, 1.0), true);
    double lines[] = {limits.lower998, limits.lower95, funnel->overall, limits.upper95, limits.upper998};
    size_t count = 0;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        double y = isnan(lines[i]) ? 0.0 : chart_frame_y(frame, lines[i]);
        count += y > box.top && y < box.bottom;
    }
    return count;
}

/* Puts the text beside the point where it covers fewest marks and lines, at most `covered_max`, and no other text;
 * false where there is no such place. */
static bool name_point(struct chart_sheet *sheet, const struct chart_frame *frame, const struct practice_funnel *funnel,
                       const struct practice_point *point, struct text text, size_t covered_max)
{
    static const struct {
        double right, down;
        enum word_anchor anchor;
    } places[] = {{13, 0, ANCHOR_LEFT},   {-13, 0, ANCHOR_RIGHT},   {0, -18, ANCHOR_CENTRE}, {0, 18, ANCHOR_CENTRE},
                  {11, -13, ANCHOR_LEFT}, {-11, -13, ANCHOR_RIGHT}, {11, 13, ANCHOR_LEFT},   {-11, 13, ANCHOR_RIGHT}};
    double x = chart_frame_x(frame, point->denominator);
    double y = chart_frame_y(frame, point->value);
    size_t best = SIZE_MAX;
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct word_box box =
            chart_word_box(WORD_STRONG, places[i].anchor, x + places[i].right, y + places[i].down, text);
        if (box.left < frame->left || box.right > frame->right || box.bottom > frame->bottom || box.top < frame->top ||
            !chart_sheet_is_free(sheet, box))
            continue;
        size_t count = marks_under(frame, funnel, box) + lines_under(frame, funnel, box);
        if (count <= covered_max && count < fewest) {
            best = i;
            fewest = count;
        }
    }
    if (best == SIZE_MAX)
        return false;
    chart_sheet_word(sheet, WORD_STRONG, places[best].anchor, x + places[best].right, y + places[best].down, text);
    return true;
}

/* How far beyond its limit a point lies, in widths of the funnel. */
static double distance_beyond(const struct practice_funnel *funnel, const struct practice_point *point)
{
    struct finding_limits limits = practice_funnel_limits(funnel, point->denominator, true);
    return point->side > 0 ? (point->value - limits.upper998) / (limits.upper998 - funnel->overall)
                           : (limits.lower998 - point->value) / (funnel->overall - limits.lower998);
}

struct ranked {
    const struct practice_point *point;
    double distance;
};

static int furthest_first(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->distance != b->distance)
        return a->distance > b->distance ? -1 : 1;
    return (a->point > b->point) - (a->point < b->point);
}

/* Names the practices beyond the limits, the furthest first; returns how many were left unnamed. */
static size_t name_points(const struct chart_source *source, struct chart_sheet *sheet,
                          const struct practice_funnel *funnel, const struct chart_frame *frame)
{
    struct ranked *ranked = memory_allocate_zeroed(funnel->count, sizeof *ranked);
    size_t count = 0;
    for (size_t i = 0; i < funnel->count; i++) {
        if (funnel->points[i].finding == FINDING_CONVERSATION)
            ranked[count++] = (struct ranked){&funnel->points[i], distance_beyond(funnel, &funnel->points[i])};
    }
    qsort(ranked, count, sizeof *ranked, furthest_first);
    size_t covered_max = count > NAMED_MAX ? 0 : SIZE_MAX; /* in a crowd, a name upon others would be read as theirs */
    size_t named = 0;
    struct buffer code = buffer_with_maximum(CHART_LINE_MAX);
    for (size_t i = 0; i < count && i < NAMED_MAX; i++) {
        buffer_clear(&code);
        chart_text_cut(report_practice_code(source->report, ranked[i].point->practice), chart_types[WORD_STRONG], 125.0,
                       &code);
        named += name_point(sheet, frame, funnel, ranked[i].point, buffer_text(&code), covered_max);
    }
    buffer_release(&code);
    free(ranked);
    return count - named;
}

/* "31.2 % of 252 decided", and the finding where there is one. */
static void add_place(const struct funnel_chart *chart, struct buffer *words, const struct practice_point *point)
{
    buffer_add_formatted(words, "%s of %s %s", display_percent(point->value).text,
                         display_count(point->denominator).text, chart->words->counted);
    if (point->finding != FINDING_NO_NUMBER)
        buffer_add_formatted(words, ": %s", finding_text(point->finding));
    if (practice_point_note(point) != NULL)
        buffer_add_formatted(words, ", %s", practice_point_note(point));
}

static void add_tip(const struct funnel_chart *chart, struct chart_sheet *sheet, const struct chart_frame *frame,
                    const struct practice_point *point, struct text name, struct text link)
{
    struct buffer words = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_text(&words, name);
    buffer_add_string(&words, ": ");
    add_place(chart, &words, point);
    chart_sheet_tip(sheet, chart_frame_x(frame, point->denominator), chart_frame_y(frame, point->value), 7.0,
                    buffer_text(&words), link);
    buffer_release(&words);
}

/* What a point of the report's chart says, with the way to its pack. */
static void add_practice_tip(const struct funnel_chart *chart, struct chart_sheet *sheet,
                             const struct chart_frame *frame, const struct practice_point *point)
{
    const struct chart_source *source = chart->source;
    struct buffer name = buffer_with_maximum(CHART_LINE_MAX), link = buffer_with_maximum(CHART_LINE_MAX);
    const struct text code = report_practice_code(source->report, point->practice);
    const struct text full = report_practice_name(source->report, point->practice);
    char place[FOLDER_NAME_SIZE];
    chart_text_cut(code, chart_types[WORD_SMALL], TIP_NAME_WIDTH, &name);
    if (full.length > 0 && !text_equal(code, full)) {
        buffer_add_character(&name, ' ');
        chart_text_cut(full, chart_types[WORD_SMALL], TIP_NAME_WIDTH, &name);
    }
    folder_safe_name(code, place);
    if (chart_has_pack(source, point->practice))
        buffer_add_formatted(&link, "../practices/%s/index.html", place);
    add_tip(chart, sheet, frame, point, buffer_text(&name), buffer_text(&link));
    buffer_release(&name);
    buffer_release(&link);
}

static void write_practices(const struct funnel_chart *chart, struct chart_sheet *sheet,
                            const struct chart_frame *frame)
{
    const struct practice_funnel *funnel = chart->funnel;
    chart_sheet_block(sheet, "practices", "number, rate, kind of mark, practice");
    for (size_t i = 0; i < funnel->count; i++) {
        const struct practice_point *point = &funnel->points[i];
        chart_sheet_number(sheet, point->denominator);
        chart_sheet_number(sheet, point->value);
        chart_sheet_number(sheet, kind_of(point->finding));
        struct buffer code = buffer_with_maximum(CHART_LINE_MAX);
        display_label(report_practice_code(chart->source->report, point->practice), LABEL_CHARACTERS_MAX, &code);
        chart_sheet_text(sheet, buffer_text(&code));
        chart_sheet_end_row(sheet);
        buffer_release(&code);
        add_practice_tip(chart, sheet, frame, point);
    }
    chart_sheet_meta(sheet, "practice_count", (double)funnel->count);
}

/* Peers without their names. Where there are very many, one mark stands for all that would lie upon each other. */
static void write_peers(const struct funnel_chart *chart, struct chart_sheet *sheet, const struct chart_frame *frame)
{
    const struct chart_source *source = chart->source;
    const struct chart_common *common = source->common;
    size_t columns = (FRAME_RIGHT - FRAME_LEFT) / CELL + 1;
    size_t rows = FRAME_HEIGHT / CELL + 1;
    bool *taken = memory_allocate_zeroed(columns * rows, sizeof *taken);
    chart_sheet_block(sheet, "peers", "decided, rate");
    for (size_t i = 0; i < common->peer_count; i++) {
        const struct practice_point *peer = &common->peers[i];
        if (peer->practice == source->practice || peer->denominator > frame->x_maximum ||
            peer->value > frame->y_maximum)
            continue;
        size_t column = (size_t)((chart_frame_x(frame, peer->denominator) - frame->left) / CELL);
        size_t row = (size_t)((chart_frame_y(frame, peer->value) - frame->top) / CELL);
        bool *cell = &taken[row * columns + column];
        if (common->peer_count > PEERS_UNTHINNED && *cell)
            continue;
        *cell = true;
        double values[] = {peer->denominator, peer->value};
        chart_sheet_row(sheet, values, 2);
        add_tip(chart, sheet, frame, peer, TEXT("another practice"), TEXT(""));
    }
    free(taken);
}

static void write_own(const struct funnel_chart *chart, struct chart_sheet *sheet, const struct chart_frame *frame,
                      const struct practice_point *own)
{
    chart_sheet_block(sheet, "own", "decided, rate, lower, upper");
    double values[] = {own->denominator, own->value, own->lower, own->upper};
    chart_sheet_row(sheet, values, 4);
    double x = chart_frame_x(frame, own->denominator);
    chart_sheet_take(
        sheet, (struct word_box){x - 3.0, x + 3.0, chart_frame_y(frame, own->upper), chart_frame_y(frame, own->lower)});
    add_tip(chart, sheet, frame, own, TEXT("this practice"), TEXT(""));
}

/* The practice beside the limits at its size. */
static void write_own_table(struct chart_sheet *sheet, const struct practice_funnel *funnel,
                            const struct practice_point *own)
{
    const struct finding_limits plain = practice_funnel_limits(funnel, own->denominator, false);
    chart_sheet_table(sheet, "Rejection rate at this number of decided referrals\tValue");
    const struct {
        const char *name;
        struct display words;
    } rows[] = {
        {"This practice", display_percent(own->value)},
        {"Its 95 % confidence interval", display_percent_range(own->lower, own->upper)},
        {"Decided referrals", display_count(own->denominator)},
        {"All practices", display_percent(funnel->overall)},
        {"95 % limits", display_percent_range(own->limits.lower95, own->limits.upper95)},
        {"99.8 % limits", display_percent_range(own->limits.lower998, own->limits.upper998)},
        {"99.8 % limits, chance alone", display_percent_range(plain.lower998, plain.upper998)},
    };
    enum { ROWS = sizeof rows / sizeof rows[0], WITHOUT_LIMITS = ROWS - 3 };
    for (size_t i = 0; i < (funnel->has_limits ? ROWS : WITHOUT_LIMITS); i++) {
        chart_sheet_cell_string(sheet, rows[i].name);
        chart_sheet_cell_string(sheet, rows[i].words.text);
        chart_sheet_end_cells(sheet);
    }
}

static void add_title(const struct funnel_chart *chart, const struct practice_point *own, struct buffer *text)
{
    const struct practice_funnel *funnel = chart->funnel;
    const char *name = chart->words->name;
    if (chart_is_of_practice(chart->source)) {
        const char *finding = finding_text(own->finding);
        buffer_add_formatted(text, "%s %s (%s)", name, display_percent(own->value).text,
                             display_interval(display_percent_range(own->lower, own->upper)).text);
        if (finding != NULL)
            buffer_add_formatted(text, ": %s", finding);
        return;
    }
    size_t beyond = 0;
    for (size_t i = 0; i < funnel->count; i++)
        beyond += funnel->points[i].finding == FINDING_CONVERSATION;
    struct display total = display_count((double)funnel->count);
    if (!funnel->has_limits)
        buffer_add_formatted(text, "%s: %s; %s", name, display_percent(funnel->overall).text,
                             funnel->is_untrusted ? "nobody is compared" : "too few practices to compare");
    else if (beyond == 0)
        buffer_add_formatted(text, "%s: none of %s practices lies beyond the 99.8 %% limits", name, total.text);
    else
        buffer_add_formatted(text, "%s: %s of %s practices %s beyond the 99.8 %% limits", name,
                             display_count((double)beyond).text, total.text, beyond == 1 ? "lies" : "lie");
}

static void add_method(const struct funnel_chart *chart, struct buffer *text)
{
    const struct practice_funnel *funnel = chart->funnel;
    chart_add_subject(chart->source, text);
    buffer_add_formatted(text, "%s, referrals of %s.", chart->words->method, chart_span(chart->source).text);
    if (!funnel->has_limits)
        return;
    buffer_add_string(text, " Limits at 95 % (dashed) and 99.8 %");
    if (funnel->model.tau2 > 0.0)
        buffer_add_formatted(text,
                             ", widened for the spread between practices (φ = %s); dotted: 99.8 %% for chance alone.",
                             display_rate(funnel->model.phi).text);
    else
        buffer_add_string(text, "; the spread between practices is no wider than chance.");
}

static void add_not_shown(const struct funnel_chart *chart, size_t unnamed, struct buffer *text)
{
    const struct practice_funnel *funnel = chart->funnel;
    const char *counted = chart->words->counted;
    if (funnel->suppressed > 0)
        buffer_add_formatted(text, "%s %s not shown. ", display_count((double)funnel->suppressed).text,
                             funnel->suppressed == 1 ? "practice is" : "practices are");
    if (funnel->empty > 0)
        buffer_add_formatted(text, "%s had none %s. ", display_count((double)funnel->empty).text, counted);
    if (unnamed > 0)
        buffer_add_formatted(text, "%s beyond the limits %s not named. ", display_count((double)unnamed).text,
                             unnamed == 1 ? "is" : "are");
}

/* What the verdicts' word "chance" holds, and of whom chance alone would not bear it out. */
static void add_chance(const struct funnel_chart *chart, const struct practice_point *own, struct buffer *text)
{
    const struct practice_funnel *funnel = chart->funnel;
    if (!funnel->has_limits || !(funnel->model.tau2 > 0.0))
        return;
    buffer_add_string(text, "Chance includes how far practices usually lie apart. ");
    if (chart_is_of_practice(chart->source)) {
        if (practice_point_note(own) != NULL)
            buffer_add_formatted(text, "This one lies %s. ", practice_point_note(own));
        return;
    }
    size_t count = 0;
    const char *note = NULL;
    for (size_t i = 0; i < funnel->count; i++) {
        note = funnel->points[i].beyond_chance_alone ? practice_point_note(&funnel->points[i]) : note;
        count += funnel->points[i].beyond_chance_alone;
    }
    if (note != NULL)
        buffer_add_formatted(text, "%s of those no more different lie%s %s. ", display_count((double)count).text,
                             count == 1 ? "s" : "", note);
}

static void add_legend(const struct funnel_chart *chart, struct chart_sheet *sheet)
{
    const struct legend_entry of_report[] = {
        {kind_of(FINDING_CONVERSATION), finding_text(FINDING_CONVERSATION)},
        {kind_of(FINDING_WATCH), finding_text(FINDING_WATCH)},
        {kind_of(FINDING_CHANCE), finding_text(FINDING_CHANCE)},
    };
    static const struct legend_entry of_practice[] = {{KIND_OWN, "this practice, with its 95 % interval"},
                                                      {KIND_PEER, "other practices, unnamed"}};
    if (chart_is_of_practice(chart->source))
        chart_sheet_legend(sheet, of_practice, chart->source->common->peer_count > 1 ? 2 : 1);
    else if (chart->funnel->has_limits)
        chart_sheet_legend(sheet, of_report, 3);
}

static bool is_unmarked(const struct practice_point *point)
{
    return point->finding == FINDING_CHANCE && finding_of(point->value, &point->limits) != FINDING_CHANCE;
}

/* Whether a mark lies past a limit, and yet is no finding: `own`, or any. */
static bool has_unmarked(const struct practice_funnel *funnel, const struct practice_point *own)
{
    bool unmarked = own != NULL && is_unmarked(own);
    for (size_t i = 0; own == NULL && i < funnel->count; i++)
        unmarked = unmarked || is_unmarked(&funnel->points[i]);
    return unmarked;
}

/* Marks, lines and their names, and the remarks. */
static void draw(const struct funnel_chart *chart, struct chart_sheet *sheet, const struct practice_point *own)
{
    const struct chart_source *source = chart->source;
    const struct practice_funnel *funnel = chart->funnel;
    struct chart_frame frame = frame_of(chart, sheet, own);
    chart_sheet_frame(sheet, "frame", &frame);
    chart_sheet_meta(sheet, "overall", funnel->overall);
    chart_sheet_meta(sheet, "has_limits", funnel->has_limits);
    chart_sheet_meta(sheet, "is_practice", chart_is_of_practice(source));
    chart_axis_y(sheet, "grid", &frame, chart_scale_of(frame.y_maximum, Y_STEPS, 0.005), chart_axis_percent,
                 chart->words->y_title);
    chart_axis_x(sheet, "x_axis", &frame, chart_scale_of(frame.x_maximum, X_STEPS, 1.0), chart_axis_count,
                 chart->words->x_title);
    if (funnel->has_limits)
        write_limits(sheet, funnel, &frame);
    name_lines(sheet, funnel, &frame);
    size_t unnamed = 0;
    if (chart_is_of_practice(source)) {
        write_peers(chart, sheet, &frame);
        write_own(chart, sheet, &frame, own);
        write_own_table(sheet, funnel, own);
        (void)name_point(sheet, &frame, funnel, own, TEXT("this practice"), SIZE_MAX);
    } else {
        write_practices(chart, sheet, &frame);
        unnamed = name_points(source, sheet, funnel, &frame);
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    if (!chart_is_of_practice(source))
        add_not_shown(chart, unnamed, &text);
    add_chance(chart, own, &text);
    chart_add_remarks(source, &text);
    if (has_unmarked(funnel, chart_is_of_practice(source) ? own : NULL))
        buffer_add_string(&text, " Past a limit but not marked: chance, or rounding, may do that to so few.");
    if (funnel->has_limits && source->report->audience != AUDIENCE_ANALYST)
        buffer_add_string(&text, " Rounding alone sets no practice apart.");
    chart_sheet_foot(sheet, frame.bottom + AXIS_X_HEIGHT + 12.0, buffer_text(&text));
    buffer_release(&text);
}

static void write_funnel(const struct funnel_chart *chart, struct chart_sheet *sheet)
{
    const struct chart_source *source = chart->source;
    if (chart_sheet_of_one_practice(sheet, source, chart->words->name))
        return;
    const struct result *result = chart_source_result(source, chart->words->measure);
    const struct practice_point own =
        practice_funnel_place(chart->funnel, chart_is_of_practice(source) ? result : NULL);
    if (chart_is_of_practice(source) ? isnan(own.value) : chart->funnel->count == 0) {
        enum result_status status = result == NULL ? RESULT_INSUFFICIENT : result->status;
        chart_sheet_nothing(sheet, source, chart->words->name,
                            status == RESULT_OK ? "no practice has enough to show" : display_status(status));
        return;
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    add_title(chart, &own, &text);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    add_method(chart, &text);
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    add_legend(chart, sheet);
    draw(chart, sheet, &own);
}

/* Of the report alone: drawn once, so its points are worked out here. */
static void write_other_funnel(const struct chart_source *source, struct chart_sheet *sheet,
                               const struct funnel_words *words)
{
    struct practice_funnel funnel = practice_funnel_of(source->report, words->measure);
    const struct funnel_chart chart = {source, &funnel, words};
    write_funnel(&chart, sheet);
    practice_funnel_release(&funnel);
}

void chart_write_funnel(const struct chart_source *source, struct chart_sheet *sheet)
{
    const struct funnel_chart chart = {source, &source->common->funnel, &words_of_rejection};
    write_funnel(&chart, sheet);
}

void chart_write_funnel_of_lost(const struct chart_source *source, struct chart_sheet *sheet)
{
    write_other_funnel(source, sheet, &words_of_lost);
}

void chart_write_funnel_of_seen(const struct chart_source *source, struct chart_sheet *sheet)
{
    write_other_funnel(source, sheet, &words_of_seen);
}
