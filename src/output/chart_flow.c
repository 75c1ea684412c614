#include "referlens/output/chart_flow.h"

#include "referlens/base/memory.h"
#include "referlens/output/page_format.h"

#include <math.h>

enum {
    NODE_WIDTH = 9,
    FLOW_HEIGHT = 250,  /* of all referrals, in pixels */
    NODE_GAP = 9,       /* between the slots of nodes */
    SLOT_LINES_1 = 18,  /* the least height of a slot with one line of words */
    SLOT_LINES_2 = 34,
    RIBBON_STEPS = 12,
    HEAD_HEIGHT = 26,
    TIP_RADIUS = 9,
    HIDDEN_COUNT = 4,   /* a count that may not be shown is drawn as this many */
};

/* Left edges of the nodes of each stage: a stage has room for its widest words before the next. */
static const double stage_x[] = {14.0, 112.0, 280.0, 444.0};
enum { STAGE_SUBMITTED, STAGE_DECIDED, STAGE_SEEN, STAGE_TREATED };

/* What the script draws a node or a ribbon as. */
enum flow_kind { FLOW_SEEN_KIND = 1, FLOW_REJECTED_KIND, FLOW_OTHER_KIND };

struct node {
    const char *words;
    enum flow_kind kind;
    double count;        /* NAN: not shown */
    double x, top, height;
    double used_left, used_right; /* pixels of its height that ribbons have taken */
    bool in_one_line;             /* its words and its count; else one above the other */
};

struct layout {
    const struct flow *flow;
    double scale; /* pixels a referral */
    struct node submitted, decided[FLOW_DECISIONS], ended[FLOW_ENDS], seen;
    double bottom;
};

const char *chart_flow_decision_words(const struct flow *flow, enum flow_decision decision)
{
    static const char *const words[FLOW_DECISIONS] = {"Accepted", "Redirected", "Returned with advice", "Rejected",
                                                      "No decision"};
    return decision == FLOW_UNDECIDED && !flow->knows_decisions ? "Decision not recorded" : words[decision];
}

const char *chart_flow_end_words(const struct flow *flow, enum flow_end end)
{
    static const char *const words[FLOW_ENDS] = {
        "Treated",
        "Ended without treatment",
        "Not treated yet",
        "First seen on a date not recorded",
        "Still waiting to be seen",
        "Cancelled or died before being seen",
        "Back with the GP, with advice",
        "Referred again within 90 days",
        "Not referred again in 90 days",
        "Too early, or patient not known",
    };
    if (end == FLOW_DISCHARGED && !flow->knows_treated)
        return "Ended, treatment unknown";
    if (end == FLOW_IN_CARE && !flow->knows_treated)
        return "Treatment not recorded";
    if (end == FLOW_WAITING && !flow->knows_attended)
        return "Not recorded whether seen";
    if (end == FLOW_WAITING && !flow->knows_decisions)
        return "Not seen so far";
    return end == FLOW_LEFT && !flow->knows_attended ? "Cancelled or died" : words[end];
}

/* From top to bottom, so that few bands cross. */
static const enum flow_decision decision_order[FLOW_DECISIONS] = {FLOW_ACCEPTED, FLOW_REDIRECTED, FLOW_UNDECIDED,
                                                                  FLOW_RETURNED, FLOW_REJECTED};

static enum flow_kind kind_of_end(size_t end)
{
    return end < FLOW_SEEN_ENDS         ? FLOW_SEEN_KIND
           : end >= FLOW_REFERRED_AGAIN ? FLOW_REJECTED_KIND
                                        : FLOW_OTHER_KIND;
}

static double drawn(double count)
{
    return isnan(count) ? HIDDEN_COUNT : count;
}

/* "365 (28.6 %)"; "fewer than 8". */
static void add_count(struct buffer *text, double count, double submitted)
{
    if (isnan(count)) {
        buffer_add_string(text, "fewer than 8");
        return;
    }
    buffer_add_string(text, display_count(count).text);
    if (!isnan(submitted) && submitted > 0)
        buffer_add_formatted(text, " (%s)", display_percent(fmin(count / submitted, 1.0)).text);
}

/* "Rejected: 365 (28.6 %)" */
static void add_words(struct buffer *text, const struct node *node, double submitted)
{
    buffer_add_formatted(text, "%s: ", node->words);
    add_count(text, node->count, submitted);
}

static double words_x(const struct node *node)
{
    return node->x + NODE_WIDTH + 6.0;
}

/* Whether all that is said of a node has room between it and the right edge. */
static bool fits_in_one_line(const struct node *node, double submitted)
{
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    add_words(&text, node, submitted);
    const double width = chart_text_width(buffer_text(&text), chart_types[WORD_SMALL]);
    buffer_release(&text);
    return words_x(node) + width <= CHART_WIDTH - CHART_MARGIN;
}

/* Puts a node into the next slot of its column. */
static void place(struct layout *layout, struct node *node, double slot, double *y)
{
    node->height = fmax(drawn(node->count) * layout->scale, 1.5);
    node->top = *y;
    *y += fmax(node->height, slot) + NODE_GAP;
    layout->bottom = fmax(layout->bottom, *y);
}

static bool is_there(const struct node *node)
{
    return node->count != 0.0;
}

static struct layout layout_of(const struct flow *flow, double top)
{
    struct layout layout = {.flow = flow, .scale = FLOW_HEIGHT / fmax(drawn(flow->submitted), 1.0)};
    double y = top;
    layout.submitted = (struct node){"Submitted", FLOW_OTHER_KIND, flow->submitted, stage_x[STAGE_SUBMITTED], 0, 0, 0, 0, false};
    place(&layout, &layout.submitted, SLOT_LINES_1, &y);
    y = top;
    for (size_t i = 0; i < FLOW_DECISIONS; i++) {
        const enum flow_decision decision = decision_order[i];
        struct node *node = &layout.decided[decision];
        *node = (struct node){chart_flow_decision_words(flow, decision),
                              decision == FLOW_REJECTED ? FLOW_REJECTED_KIND : FLOW_OTHER_KIND,
                              flow->decided[decision],
                              stage_x[STAGE_DECIDED],
                              0,
                              0,
                              0,
                              0,
                              false};
        if (is_there(node))
            place(&layout, node, SLOT_LINES_2, &y);
    }
    y = top;
    layout.seen = (struct node){"Seen", FLOW_SEEN_KIND, flow->seen, stage_x[STAGE_SEEN], 0, 0, 0, 0, false};
    double y_treated = top, y_seen = top;
    if (is_there(&layout.seen))
        place(&layout, &layout.seen, SLOT_LINES_1, &y_seen);
    for (size_t end = 0; end < FLOW_ENDS; end++) {
        struct node *node = &layout.ended[end];
        const bool of_seen = end < FLOW_SEEN_ENDS;
        *node = (struct node){chart_flow_end_words(flow, (enum flow_end)end),
                              kind_of_end(end),
                              flow->ended[end],
                              stage_x[of_seen ? STAGE_TREATED : STAGE_SEEN],
                              0,
                              0,
                              0,
                              0,
                              false};
        node->in_one_line = !of_seen && fits_in_one_line(node, flow->submitted);
        if (end == FLOW_SEEN_ENDS)
            y_seen = fmax(y_seen, y_treated);
        if (is_there(node))
            place(&layout, node, node->in_one_line ? SLOT_LINES_1 : SLOT_LINES_2, of_seen ? &y_treated : &y_seen);
    }
    return layout;
}

/* A band between two nodes. */
struct ribbon {
    enum flow_kind kind;
    double left, right, from_top, to_top, height;
};

enum { RIBBONS_MAX = FLOW_DECISIONS + FLOW_DECISIONS * (FLOW_ENDS + 1) + FLOW_SEEN_ENDS };

struct ribbons {
    struct ribbon list[RIBBONS_MAX];
    size_t count;
};

/* Joins two nodes, taking its part of both heights; a count of 0 is no band. */
static void join(struct ribbons *ribbons, struct node *from, struct node *to, double count, double scale)
{
    const double height = fmax(drawn(count) * scale, 0.75);
    if (count == 0.0)
        return;
    ribbons->list[ribbons->count++] = (struct ribbon){
        .kind = to->kind,
        .left = from->x + NODE_WIDTH,
        .right = to->x,
        .from_top = from->top + from->used_right,
        .to_top = to->top + to->used_left,
        .height = height,
    };
    from->used_right += height;
    to->used_left += height;
}

static void join_all(struct layout *layout, struct ribbons *ribbons)
{
    const struct flow *flow = layout->flow;
    ribbons->count = 0;
    for (size_t i = 0; i < FLOW_DECISIONS; i++) {
        const enum flow_decision d = decision_order[i];
        join(ribbons, &layout->submitted, &layout->decided[d], flow->decided[d], layout->scale);
        join(ribbons, &layout->decided[d], &layout->seen, flow->seen_of[d], layout->scale);
        for (size_t end = FLOW_SEEN_ENDS; end < FLOW_ENDS; end++)
            join(ribbons, &layout->decided[d], &layout->ended[end], flow->paths[d][end], layout->scale);
    }
    for (size_t end = 0; end < FLOW_SEEN_ENDS; end++)
        join(ribbons, &layout->seen, &layout->ended[end], flow->ended[end], layout->scale);
}

/* A ribbon's edges at even steps, bent like an S. */
static void write_ribbon(struct chart_sheet *sheet, const struct ribbon *ribbon)
{
    for (int i = 0; i <= RIBBON_STEPS; i++) {
        const double part = (double)i / RIBBON_STEPS, bend = part * part * (3.0 - 2.0 * part);
        const double top = ribbon->from_top + (ribbon->to_top - ribbon->from_top) * bend;
        const double row[] = {round((ribbon->left + (ribbon->right - ribbon->left) * part) * 100) / 100,
                              round(top * 100) / 100, round((top + ribbon->height) * 100) / 100};
        chart_sheet_row(sheet, row, 3);
    }
    chart_sheet_gap(sheet);
}

static void write_ribbons(struct chart_sheet *sheet, const struct ribbons *ribbons)
{
    static const char *const blocks[] = {[FLOW_SEEN_KIND] = "bands_of_seen",
                                         [FLOW_REJECTED_KIND] = "bands_of_rejected",
                                         [FLOW_OTHER_KIND] = "other_bands"};
    static const char *const flags[] = {
        [FLOW_SEEN_KIND] = "has_seen", [FLOW_REJECTED_KIND] = "has_rejected", [FLOW_OTHER_KIND] = "has_other"};
    for (int kind = FLOW_SEEN_KIND; kind <= FLOW_OTHER_KIND; kind++) {
        bool any = false;
        chart_sheet_block(sheet, blocks[kind], "x, upper edge, lower edge, in pixels");
        for (size_t i = 0; i < ribbons->count; i++) {
            if ((int)ribbons->list[i].kind != kind)
                continue;
            any = true;
            write_ribbon(sheet, &ribbons->list[i]);
        }
        chart_sheet_meta(sheet, flags[kind], any);
    }
}

/* The node's mark, its words at its right, in one line or two, and what it says when pointed at. */
static void write_node(struct chart_sheet *sheet, const struct node *node, double submitted)
{
    const double values[] = {node->x, round(node->top * 100) / 100, NODE_WIDTH, round(node->height * 100) / 100,
                             node->kind};
    if (!is_there(node))
        return;
    chart_sheet_row(sheet, values, sizeof values / sizeof values[0]);
    struct buffer count = buffer_with_maximum(CHART_LINE_MAX), whole = buffer_with_maximum(CHART_LINE_MAX);
    add_count(&count, node->count, submitted);
    add_words(&whole, node, submitted);
    const double x = words_x(node), y = node->top + fmin(node->height / 2.0, 40.0);
    if (node->in_one_line) {
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, x, fmax(node->top + 7.0, y), buffer_text(&whole));
    } else {
        const double first = fmax(node->top + 7.0, y - 8.0);
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, x, first, text_of(node->words));
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, x, first + 15.0, buffer_text(&count));
    }
    chart_sheet_tip(sheet, node->x + NODE_WIDTH / 2.0, node->top + node->height / 2.0, TIP_RADIUS, buffer_text(&whole),
                    TEXT(""));
    buffer_release(&count);
    buffer_release(&whole);
}

static void write_nodes(struct chart_sheet *sheet, const struct layout *layout)
{
    const double submitted = layout->flow->submitted;
    chart_sheet_block(sheet, "nodes", "left, top, width, height in pixels, kind");
    write_node(sheet, &layout->submitted, NAN);
    for (size_t d = 0; d < FLOW_DECISIONS; d++)
        write_node(sheet, &layout->decided[d], submitted);
    write_node(sheet, &layout->seen, submitted);
    for (size_t end = 0; end < FLOW_ENDS; end++)
        write_node(sheet, &layout->ended[end], submitted);
}

/* The share of a count that may not be shown is not shown either. */
static struct display share_of(double count, double submitted)
{
    return display_percent(isnan(count) ? NAN : fmin(count / submitted, 1.0));
}

static void write_table(struct chart_sheet *sheet, const struct flow *flow)
{
    chart_sheet_table(sheet, "First decision\tWhere it stood by then\tReferrals\tOf all submitted");
    for (size_t i = 0; i < FLOW_DECISIONS; i++) {
        for (size_t end = 0; end < FLOW_ENDS; end++) {
            const enum flow_decision d = decision_order[i];
            const double count = flow->paths[d][end];
            if (count == 0.0)
                continue;
            chart_sheet_cell_string(sheet, chart_flow_decision_words(flow, d));
            chart_sheet_cell_string(sheet, chart_flow_end_words(flow, (enum flow_end)end));
            chart_sheet_cell_string(sheet, isnan(count) ? "fewer than 8" : display_count(count).text);
            chart_sheet_cell_string(sheet, share_of(count, flow->submitted).text);
            chart_sheet_end_cells(sheet);
        }
    }
}

/* What is known of seeing and of rejecting, and what is not recorded at all. */
static void add_title(const struct flow *flow, struct buffer *text)
{
    const char *were = flow->seen == 1.0 ? "was" : "were";
    const bool tells_rejected = flow->knows_decisions && !isnan(flow->decided[FLOW_REJECTED]);
    const struct display rejected = display_count(flow->decided[FLOW_REJECTED]);
    buffer_add_formatted(text, "Of %s referral%s ", display_count(flow->submitted).text,
                         flow->submitted == 1.0 ? "" : "s");
    if (!flow->knows_attended && !flow->knows_decisions) {
        buffer_add_string(text, "neither the decision nor who was seen is recorded");
        return;
    }
    if (!flow->knows_attended) {
        if (tells_rejected)
            buffer_add_formatted(text, "%s %s rejected; ", rejected.text,
                                 flow->decided[FLOW_REJECTED] == 1.0 ? "was" : "were");
        buffer_add_string(text, "it is not recorded who was seen");
        return;
    }
    buffer_add_formatted(text, "%s %s seen", isnan(flow->seen) ? "fewer than 8" : display_count(flow->seen).text, were);
    if (tells_rejected)
        buffer_add_formatted(text, " and %s rejected", rejected.text);
    if (!flow->knows_decisions)
        buffer_add_string(text, "; decisions are not recorded");
}

static bool any_hidden(const double *counts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (isnan(counts[i]))
            return true;
    }
    return false;
}

/* Whether any node or band is of a count that may not be shown. */
static bool hides_counts(const struct flow *flow)
{
    bool hidden = isnan(flow->seen) || any_hidden(flow->decided, FLOW_DECISIONS) ||
                  any_hidden(flow->seen_of, FLOW_DECISIONS) || any_hidden(flow->ended, FLOW_ENDS);
    for (size_t i = 0; i < FLOW_DECISIONS; i++)
        hidden = hidden || any_hidden(flow->paths[i], FLOW_ENDS);
    return hidden;
}

static void write_heads(struct chart_sheet *sheet, bool knows_treated)
{
    static const char *const heads[] = {"Submitted", "First decision", "Seen, or not", "Treated, or not"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (i != STAGE_TREATED || knows_treated)
            chart_sheet_word(sheet, WORD_STRONG, ANCHOR_LEFT, stage_x[i], sheet->y + 4.0, text_of(heads[i]));
    }
    sheet->y += HEAD_HEIGHT;
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct flow *flow)
{
    static struct chart_frame const frame = {0, CHART_WIDTH, 0, 1, 0, 1, 0, 1};
    write_heads(sheet, flow->knows_treated);
    struct layout layout = layout_of(flow, sheet->y);
    struct ribbons *ribbons = memory_allocate(sizeof *ribbons);
    join_all(&layout, ribbons);
    chart_sheet_frame(sheet, "frame", &frame);
    write_ribbons(sheet, ribbons);
    memory_free(ribbons);
    write_nodes(sheet, &layout);
    write_table(sheet, flow);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_string(&text, "Percentages are of all submitted. ");
    if (hides_counts(flow))
        buffer_add_formatted(&text, "Fewer than 8 are drawn as wide as %d. ", HIDDEN_COUNT);
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, fmax(layout.bottom, sheet->y + FLOW_HEIGHT) + 14.0, buffer_text(&text));
    buffer_release(&text);
}

void chart_write_flow(const struct chart_source *source, struct chart_sheet *sheet)
{
    const struct flow flow = report_flow(source->report, source->practice, chart_is_of_practice(source));
    if (isnan(flow.submitted) || flow.submitted == 0.0) {
        chart_sheet_nothing(sheet, source, "What became of the referrals",
                            isnan(flow.submitted) ? "too few to show" : "there are none");
        return;
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    add_title(&flow, &text);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    chart_add_subject(source, &text);
    buffer_add_formatted(&text, "Every referral of %s, by its first decision and where it stood on the last day of the data. "
                                "Bands are as wide as they are many.",
                         chart_span(source).text);
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    draw(source, sheet, &flow);
}
