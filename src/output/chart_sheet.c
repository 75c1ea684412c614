#include "referlens/output/chart_sheet.h"

#include "referlens/output/csv_cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TITLE_LINES = 2, SUBTITLE_LINES = 3, FOOT_LINES = 6, TITLE_STEP = 24, PLAIN_STEP = 19, SMALL_STEP = 17 };

const struct chart_type chart_types[WORD_KIND_COUNT] = {
    [WORD_TITLE] = {19, true},
    [WORD_PLAIN] = {14, false},
    [WORD_STRONG] = {14, true},
    [WORD_SMALL] = {13, false},
};

static const char *const kind_names[WORD_KIND_COUNT] = {
    [WORD_TITLE] = "title",
    [WORD_PLAIN] = "plain",
    [WORD_STRONG] = "strong",
    [WORD_SMALL] = "small",
};

static const char *const anchor_names[WORD_ANCHOR_COUNT] = {
    [ANCHOR_LEFT] = "left",
    [ANCHOR_CENTRE] = "centre",
    [ANCHOR_RIGHT] = "right",
};

void chart_sheet_open(struct chart_sheet *sheet)
{
    *sheet = (struct chart_sheet){.meta = buffer_with_maximum(CHART_SHEET_MAX),
                                  .body = buffer_with_maximum(CHART_SHEET_MAX),
                                  .legend = buffer_with_maximum(CHART_SHEET_MAX),
                                  .about = buffer_with_maximum(CHART_SHEET_MAX),
                                  .tips = buffer_with_maximum(CHART_SHEET_MAX),
                                  .table = buffer_with_maximum(CHART_SHEET_MAX),
                                  .content = buffer_with_maximum(CHART_SHEET_MAX),
                                  .y = 24.0};
    for (size_t i = 0; i < WORD_KIND_COUNT * WORD_ANCHOR_COUNT; i++)
        sheet->words[i] = buffer_with_maximum(CHART_SHEET_MAX);
}

void chart_sheet_release(struct chart_sheet *sheet)
{
    if (sheet == NULL)
        return;
    buffer_release(&sheet->meta);
    buffer_release(&sheet->body);
    buffer_release(&sheet->legend);
    buffer_release(&sheet->about);
    buffer_release(&sheet->tips);
    buffer_release(&sheet->table);
    for (size_t i = 0; i < WORD_KIND_COUNT * WORD_ANCHOR_COUNT; i++)
        buffer_release(&sheet->words[i]);
    buffer_release(&sheet->content);
}

/* Pixels to a hundredth, so that a sheet does not change with the last bit of a sum. */
static double to_hundredths(double pixels)
{
    return round(pixels * 100.0) / 100.0;
}

/* To a millionth: far finer than a pixel, and short. */
static void add_number(struct buffer *buffer, double value)
{
    if (isfinite(value))
        buffer_add_number(buffer, fabs(value) < 1e9 ? round(value * 1e6) / 1e6 : value);
    else
        buffer_add_string(buffer, "NaN");
}

/* XML has no U+FFFE and U+FFFF. */
static bool is_no_xml(const char *bytes, size_t length)
{
    return length >= 3 && memcmp(bytes, "\xEF\xBF", 2) == 0 && (unsigned char)bytes[2] >= 0xBE;
}

/* XML has no "]]>" within text. */
static bool ends_section(const char *bytes, size_t length)
{
    return length >= 3 && memcmp(bytes, "]]>", 3) == 0;
}

/* gnuplot takes an opening quote for the start of a quoted field and a backslash for an escape; all else is data to it.
 * Control characters have become spaces before. The sheet lies beside the chart, where a spreadsheet may open it. */
static void add_text(struct buffer *buffer, struct text value)
{
    if (csv_is_formula(value))
        buffer_add_character(buffer, '\'');
    for (size_t i = 0; i < value.length; i++) {
        const char *bytes = value.bytes + i;
        if (*bytes == '"')
            buffer_add_string(buffer, "”");
        else if (*bytes == '\\')
            buffer_add_string(buffer, "\\\\");
        else if ((unsigned char)*bytes < 0x20)
            buffer_add_character(buffer, ' ');
        else if (is_no_xml(bytes, value.length - i)) {
            buffer_add_string(buffer, "\xEF\xBF\xBD");
            i += 2;
        } else if (ends_section(bytes, value.length - i)) {
            buffer_add_string(buffer, "]]›"); /* gnuplot leaves the sign as it is */
            i += 2;
        } else
            buffer_add_character(buffer, *bytes);
    }
}

struct word_box chart_word_box(enum word_kind kind, enum word_anchor anchor, double x, double y, struct text text)
{
    double size = chart_types[kind].size;
    double width = chart_text_width(text, chart_types[kind]);
    double left = anchor == ANCHOR_LEFT ? x : anchor == ANCHOR_RIGHT ? x - width : x - width / 2.0;
    return (struct word_box){left, left + width, y - size * 0.55, y + size * 0.55};
}

bool chart_sheet_is_free(const struct chart_sheet *sheet, struct word_box box)
{
    for (size_t i = 0; i < sheet->box_count; i++) {
        const struct word_box *other = &sheet->boxes[i];
        if (box.left < other->right && other->left < box.right && box.top < other->bottom && other->top < box.bottom)
            return false;
    }
    return true;
}

void chart_sheet_take(struct chart_sheet *sheet, struct word_box box)
{
    if (sheet->box_count < WORDS_MAX)
        sheet->boxes[sheet->box_count++] = box;
}

void chart_sheet_word(struct chart_sheet *sheet, enum word_kind kind, enum word_anchor anchor, double x, double y,
                      struct text text)
{
    chart_sheet_take(sheet, chart_word_box(kind, anchor, x, y, text));
    struct buffer *words = &sheet->words[kind * WORD_ANCHOR_COUNT + anchor];
    buffer_add_number(words, to_hundredths(x));
    buffer_add_character(words, '\t');
    buffer_add_number(words, to_hundredths(y));
    buffer_add_character(words, '\t');
    add_text(words, text);
    buffer_add_character(words, '\n');
}

/* Sets a text in lines of one kind from the sheet's place downwards; what does not fit ends in "…". */
static void add_lines(struct chart_sheet *sheet, enum word_kind kind, struct text text, size_t room, double step)
{
    struct text lines[FOOT_LINES];
    size_t count = chart_text_wrap_evenly(text, chart_types[kind], CHART_WIDTH - 2 * CHART_MARGIN, lines, room);
    for (size_t i = 0; i < count; i++) {
        struct buffer line = buffer_with_maximum(CHART_LINE_MAX);
        buffer_add_text(&line, lines[i]);
        if (i + 1 == count && !chart_text_is_whole(text, lines, count))
            buffer_add_string(&line, "…");
        chart_sheet_word(sheet, kind, ANCHOR_LEFT, CHART_MARGIN, sheet->y, buffer_text(&line));
        buffer_release(&line);
        sheet->y += step;
    }
}

/* For people and not for gnuplot: as it is, but on one line and without tabs. */
static void add_plain(struct buffer *buffer, struct text value)
{
    if (csv_is_formula(value))
        buffer_add_character(buffer, '\'');
    for (size_t i = 0; i < value.length; i++) {
        const char *bytes = value.bytes + i;
        if (is_no_xml(bytes, value.length - i)) {
            buffer_add_string(buffer, "\xEF\xBF\xBD");
            i += 2;
        } else {
            buffer_add_character(buffer, (unsigned char)*bytes < 0x20 ? ' ' : *bytes);
        }
    }
}

static void add_about(struct chart_sheet *sheet, const char *key, struct text text)
{
    buffer_add_string(&sheet->about, key);
    buffer_add_character(&sheet->about, '\t');
    add_plain(&sheet->about, text_trim(text));
    buffer_add_character(&sheet->about, '\n');
}

void chart_sheet_tip(struct chart_sheet *sheet, double x, double y, double radius, struct text words, struct text link)
{
    const double values[] = {to_hundredths(x), to_hundredths(y), to_hundredths(radius)};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        buffer_add_number(&sheet->tips, values[i]);
        buffer_add_character(&sheet->tips, '\t');
    }
    add_plain(&sheet->tips, words);
    buffer_add_character(&sheet->tips, '\t');
    add_plain(&sheet->tips, link);
    buffer_add_character(&sheet->tips, '\n');
}

void chart_sheet_table(struct chart_sheet *sheet, const char *heads)
{
    buffer_add_formatted(&sheet->table, "0\t%s\n", heads);
}

/* Rows open with their number: what stands in a cell never begins a line. */
void chart_sheet_cell(struct chart_sheet *sheet, struct text words)
{
    if (sheet->table.bytes[sheet->table.length - 1] == '\n')
        buffer_add_integer(&sheet->table, (int64_t)++sheet->table_rows);
    buffer_add_character(&sheet->table, '\t');
    add_plain(&sheet->table, words);
}

void chart_sheet_cell_string(struct chart_sheet *sheet, const char *words)
{
    chart_sheet_cell(sheet, text_of(words));
}

void chart_sheet_end_cells(struct chart_sheet *sheet)
{
    buffer_add_character(&sheet->table, '\n');
}

void chart_sheet_title(struct chart_sheet *sheet, struct text title)
{
    struct buffer text = buffer_with_maximum(CHART_SHEET_MAX);
    buffer_add_string(&text, sheet->untrusted ? "Not to be trusted: " : "");
    buffer_add_text(&text, title);
    add_about(sheet, "title", buffer_text(&text));
    add_lines(sheet, WORD_TITLE, buffer_text(&text), TITLE_LINES, TITLE_STEP);
    buffer_release(&text);
}

void chart_sheet_subtitle(struct chart_sheet *sheet, struct text subtitle)
{
    add_about(sheet, "subtitle", subtitle);
    sheet->y += 2.0;
    add_lines(sheet, WORD_PLAIN, subtitle, SUBTITLE_LINES, PLAIN_STEP);
    chart_sheet_meta(sheet, "head", round(sheet->y - PLAIN_STEP / 2.0));
}

void chart_sheet_foot(struct chart_sheet *sheet, double y, struct text remarks)
{
    sheet->y = y;
    add_about(sheet, "foot", remarks);
    chart_sheet_meta(sheet, "foot", round(y - SMALL_STEP / 2.0));
    add_lines(sheet, WORD_SMALL, remarks, FOOT_LINES, SMALL_STEP);
    chart_sheet_meta(sheet, "height", round(sheet->y));
}

void chart_sheet_mark(struct chart_sheet *sheet, int kind, double x, double y)
{
    double values[] = {kind, to_hundredths(x), to_hundredths(y)};
    for (size_t i = 0; i < 3; i++) {
        buffer_add_number(&sheet->legend, values[i]);
        buffer_add_character(&sheet->legend, i < 2 ? '\t' : '\n');
    }
}

void chart_sheet_legend(struct chart_sheet *sheet, const struct legend_entry *entries, size_t count)
{
    enum { MARK_WIDTH = 22, GAP = 18, RIGHT = 405 }; /* what a phone shows of a picture before it is moved */
    double x = CHART_MARGIN;
    sheet->y += 4.0;
    for (size_t i = 0; i < count; i++) {
        struct text words = text_of(entries[i].words);
        double width = MARK_WIDTH + chart_text_width(words, chart_types[WORD_SMALL]);
        if (i > 0 && x + width > RIGHT) {
            x = CHART_MARGIN;
            sheet->y += PLAIN_STEP;
        }
        chart_sheet_mark(sheet, entries[i].kind, x + 7.0, sheet->y);
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, x + MARK_WIDTH, sheet->y, words);
        x += width + GAP;
    }
    sheet->y += PLAIN_STEP;
}

void chart_sheet_meta(struct chart_sheet *sheet, const char *key, double value)
{
    buffer_add_string(&sheet->meta, key);
    buffer_add_character(&sheet->meta, '\t');
    add_number(&sheet->meta, value);
    buffer_add_character(&sheet->meta, '\n');
}

void chart_sheet_frame(struct chart_sheet *sheet, const char *name, const struct chart_frame *frame)
{
    const struct {
        const char *key;
        double value;
    } sides[] = {
        {"left", to_hundredths(frame->left)}, {"right", to_hundredths(frame->right)},
        {"top", to_hundredths(frame->top)},   {"bottom", to_hundredths(frame->bottom)},
        {"x_minimum", frame->x_minimum},      {"x_maximum", frame->x_maximum},
        {"y_minimum", frame->y_minimum},      {"y_maximum", frame->y_maximum},
    };
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        buffer_add_string(&sheet->meta, name);
        buffer_add_character(&sheet->meta, '_');
        chart_sheet_meta(sheet, sides[i].key, sides[i].value);
    }
}

double chart_frame_x(const struct chart_frame *frame, double x)
{
    return frame->left + (x - frame->x_minimum) / (frame->x_maximum - frame->x_minimum) * (frame->right - frame->left);
}

double chart_frame_y(const struct chart_frame *frame, double y)
{
    return frame->bottom -
           (y - frame->y_minimum) / (frame->y_maximum - frame->y_minimum) * (frame->bottom - frame->top);
}

static void add_heading(struct buffer *buffer, const char *name, const char *columns)
{
    buffer_add_string(buffer, "\n\n# ");
    buffer_add_string(buffer, name);
    buffer_add_string(buffer, "\n# (");
    buffer_add_string(buffer, columns);
    buffer_add_string(buffer, ")\n");
}

void chart_sheet_block(struct chart_sheet *sheet, const char *name, const char *columns)
{
    add_heading(&sheet->body, name, columns);
}

static void begin_field(struct chart_sheet *sheet)
{
    if (sheet->in_row)
        buffer_add_character(&sheet->body, '\t');
    sheet->in_row = true;
}

void chart_sheet_number(struct chart_sheet *sheet, double value)
{
    begin_field(sheet);
    add_number(&sheet->body, value);
}

void chart_sheet_text(struct chart_sheet *sheet, struct text value)
{
    begin_field(sheet);
    add_text(&sheet->body, value);
}

void chart_sheet_end_row(struct chart_sheet *sheet)
{
    buffer_add_character(&sheet->body, '\n');
    sheet->in_row = false;
}

void chart_sheet_row(struct chart_sheet *sheet, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        chart_sheet_number(sheet, values[i]);
    chart_sheet_end_row(sheet);
}

void chart_sheet_gap(struct chart_sheet *sheet)
{
    buffer_add_character(&sheet->body, '\n');
}

/* A block for each way of setting words that is in use: a row of one that mixed them would be read once a way. */
static void add_words(struct buffer *content, const struct chart_sheet *sheet)
{
    for (size_t i = 0; i < WORD_KIND_COUNT * WORD_ANCHOR_COUNT; i++) {
        char name[32];
        if (sheet->words[i].length == 0)
            continue;
        (void)snprintf(name, sizeof name, "%s_%s", kind_names[i / WORD_ANCHOR_COUNT],
                       anchor_names[i % WORD_ANCHOR_COUNT]);
        add_heading(content, name, "x in pixels, y in pixels, text");
        buffer_add_text(content, buffer_text(&sheet->words[i]));
    }
}

void chart_sheet_close(struct chart_sheet *sheet)
{
    if (sheet == NULL)
        return;
    struct buffer *content = &sheet->content;
    buffer_add_string(content, "# meta\n# (key, value)\n");
    buffer_add_text(content, buffer_text(&sheet->meta));
    buffer_add_formatted(content, "has_legend\t%d\n", sheet->legend.length > 0);
    add_words(content, sheet);
    if (sheet->legend.length > 0) {
        add_heading(content, "legend", "kind, x in pixels, y in pixels");
        buffer_add_text(content, buffer_text(&sheet->legend));
    }
    buffer_add_text(content, buffer_text(&sheet->body));
    const struct {
        const char *name, *columns;
        const struct buffer *rows;
    } unread[] = {
        {"about", "key, text", &sheet->about},
        {"tips", "x, y, radius in pixels, words, link", &sheet->tips},
        {"table", "number of the row, cells; the first row has the heads", &sheet->table},
    };
    for (size_t i = 0; i < sizeof unread / sizeof unread[0]; i++) {
        if (unread[i].rows->length == 0)
            continue;
        add_heading(content, unread[i].name, unread[i].columns);
        buffer_add_text(content, buffer_text(unread[i].rows));
    }
}
