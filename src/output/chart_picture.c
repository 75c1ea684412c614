#include "referlens/output/chart_picture.h"

#include "referlens/output/chart_sheet.h"
#include "referlens/output/sheet_reader.h"
#include "referlens/output/template.h"

#include <math.h>
#include <string.h>

enum { OPEN_MAX = 32, ATTRIBUTES_MAX = 16, MARKS_MAX = 32, GROUPS_WAITING_MAX = 8 };

/* What gnuplot names its marks: "gpPt7". */
#define MARK_PREFIX   "gpPt"
#define SVG_NAMESPACE "http://www.w3.org/2000/svg"

/* Elements that draw, and attributes that say how. */
static const char *const drawn[] = {"g", "path", "use", "rect", "circle", "polygon", "text"};
static const char *const kept[] = {
    "d",
    "x",
    "y",
    "width",
    "height",
    "cx",
    "cy",
    "r",
    "points",
    "transform",
    "fill",
    "stroke",
    "color",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-dasharray",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
    "shape-rendering",
    "fill-opacity",
};

struct attribute {
    struct text name, value;
};

struct tag {
    struct text name;
    struct attribute attributes[ATTRIBUTES_MAX];
    size_t count;
    bool closes, is_empty; /* </name>, <name/> */
};

struct finish {
    struct text rest;  /* of the drawing */
    struct text marks; /* the inside of its <defs> */
    const char *id;
    struct buffer *picture;
    struct buffer waiting[GROUPS_WAITING_MAX]; /* groups opened that have not drawn anything yet */
    size_t waiting_count, open_count;
    bool used[MARKS_MAX];
    bool in_text;
    double head, foot; /* where the heading ends and the remarks begin, in pixels from the top; NAN: not known */
    double group_y;    /* likewise of the innermost group */
};

static bool is(struct text text, const char *word)
{
    return text_equal(text, text_of(word));
}

static bool is_among(struct text text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is(text, words[i]))
            return true;
    }
    return false;
}

static bool refuse(struct error *error, const char *what, struct text text)
{
    return error_set(error, "gnuplot drew something unexpected: %s '%.*s'", what,
                     (int)(text.length < 60 ? text.length : 60), text.bytes);
}

static void skip(struct text *text, size_t length)
{
    length = length < text->length ? length : text->length;
    *text = (struct text){text->bytes + length, text->length - length};
}

/* How many bytes come before the first of the bytes in `ends`. */
static size_t span_before(struct text text, const char *ends)
{
    size_t length = 0;
    while (length < text.length && strchr(ends, text.bytes[length]) == NULL)
        length++;
    return length;
}

static void skip_space(struct text *text)
{
    while (text->length > 0 && strchr(" \t\r\n", text->bytes[0]) != NULL)
        skip(text, 1);
}

/* All up to one byte, which stays. */
static struct text take_until(struct text *text, char end)
{
    const char *found = text->length == 0 ? NULL : memchr(text->bytes, end, text->length);
    const struct text taken = {text->bytes, found == NULL ? text->length : (size_t)(found - text->bytes)};
    skip(text, taken.length);
    return taken;
}

static struct text take(struct text *text, const char *ends)
{
    const struct text taken = {text->bytes, span_before(*text, ends)};
    skip(text, taken.length);
    return taken;
}

/* Reads the tag at "<"; `text` is then behind its ">". */
static bool read_tag(struct text *text, struct tag *tag, struct error *error)
{
    const struct text whole = *text;
    *tag = (struct tag){.count = 0};
    skip(text, 1);
    if (text->length > 0 && text->bytes[0] == '/') {
        tag->closes = true;
        skip(text, 1);
    }
    tag->name = take(text, " \t\r\n/>");
    for (skip_space(text); text->length > 0 && strchr("/>", text->bytes[0]) == NULL; skip_space(text)) {
        struct attribute *attribute = &tag->attributes[tag->count];
        attribute->name = take(text, "= \t\r\n/>");
        skip_space(text);
        const bool has_value = text->length > 0 && text->bytes[0] == '=';
        skip(text, 1);
        skip_space(text);
        const char quote = text->length > 0 ? text->bytes[0] : '\0';
        if (tag->count == ATTRIBUTES_MAX - 1 || !has_value || (quote != '"' && quote != '\''))
            return refuse(error, "a tag that cannot be read,", whole);
        skip(text, 1);
        attribute->value = take_until(text, quote);
        skip(text, 1);
        tag->count++;
    }
    tag->is_empty = text->length > 0 && text->bytes[0] == '/';
    skip(text, tag->is_empty ? 1 : 0);
    if (text->length == 0 || text->bytes[0] != '>')
        return refuse(error, "a tag without an end,", whole);
    skip(text, 1);
    return true;
}

/* The number of a mark in "gpPt7" or "#gpPt7"; MARKS_MAX where it is none. */
static size_t mark_of(struct text reference)
{
    int64_t number = 0;
    if (reference.length > 0 && reference.bytes[0] == '#')
        skip(&reference, 1);
    const size_t length = sizeof MARK_PREFIX - 1;
    if (reference.length <= length || memcmp(reference.bytes, MARK_PREFIX, length) != 0)
        return MARKS_MAX;
    skip(&reference, length);
    return text_to_integer(reference, &number) && number >= 0 && number < MARKS_MAX ? (size_t)number : MARKS_MAX;
}

static void add_attribute(struct buffer *output, const char *name, struct text value)
{
    buffer_add_formatted(output, " %s=\"", name);
    template_escape(value, output);
    buffer_add_character(output, '"');
}

static void add_tag(const struct finish *finish, const struct tag *tag, struct buffer *output)
{
    buffer_add_character(output, '<');
    buffer_add_text(output, tag->name);
    for (size_t i = 0; i < tag->count; i++) {
        const struct attribute *attribute = &tag->attributes[i];
        const size_t mark = mark_of(attribute->value);
        if (is_among(attribute->name, kept, sizeof kept / sizeof kept[0])) {
            buffer_add_character(output, ' ');
            buffer_add_text(output, attribute->name);
            buffer_add_string(output, "=\"");
            template_escape(attribute->value, output);
            buffer_add_character(output, '"');
        } else if (mark < MARKS_MAX && is(attribute->name, "xlink:href")) {
            buffer_add_formatted(output, " href=\"#%s-mark%zu\"", finish->id, mark);
        } else if (mark < MARKS_MAX && is(attribute->name, "id")) {
            buffer_add_formatted(output, " id=\"%s-mark%zu\"", finish->id, mark);
        }
    }
    buffer_add_string(output, tag->is_empty ? "/>" : ">");
}

/* What has been put off is drawn now. */
static void flush_waiting(struct finish *finish)
{
    for (size_t i = 0; i < finish->waiting_count; i++)
        buffer_add_text(finish->picture, buffer_text(&finish->waiting[i]));
    finish->waiting_count = 0;
}

/* The pixel of "translate(14.00,30.19)" from the top. */
static double y_of(const struct tag *tag)
{
    static const char opening[] = "translate(";
    double y = NAN;
    for (size_t i = 0; i < tag->count; i++) {
        struct text value = tag->attributes[i].value;
        if (!is(tag->attributes[i].name, "transform") || value.length < sizeof opening ||
            memcmp(value.bytes, opening, sizeof opening - 1) != 0)
            continue;
        (void)take_until(&value, ',');
        skip(&value, 1);
        if (!text_to_number(take_until(&value, ')'), &y))
            y = NAN;
    }
    return y;
}

static bool open_group(struct finish *finish, const struct tag *tag, struct error *error)
{
    finish->group_y = y_of(tag);
    if (++finish->open_count > OPEN_MAX)
        return refuse(error, "groups too deep at", tag->name);
    if (finish->waiting_count == GROUPS_WAITING_MAX)
        flush_waiting(finish);
    struct buffer *waiting = &finish->waiting[finish->waiting_count++];
    buffer_clear(waiting);
    add_tag(finish, tag, waiting);
    return true;
}

static bool close_group(struct finish *finish, struct error *error)
{
    if (finish->open_count-- == 0)
        return refuse(error, "a group that was not open", finish->rest);
    if (finish->waiting_count > 0)
        finish->waiting_count--;
    else
        buffer_add_string(finish->picture, "</g>\n");
    return true;
}

static void note_use(struct finish *finish, const struct tag *tag)
{
    for (size_t i = 0; i < tag->count; i++) {
        const size_t mark = mark_of(tag->attributes[i].value);
        if (mark < MARKS_MAX && is(tag->attributes[i].name, "xlink:href"))
            finish->used[mark] = true;
    }
}

static bool take_drawn(struct finish *finish, const struct tag *tag, struct error *error)
{
    if (is(tag->name, "g") && !tag->is_empty)
        return tag->closes ? close_group(finish, error) : open_group(finish, tag, error);
    flush_waiting(finish);
    note_use(finish, tag);
    finish->in_text = is(tag->name, "text") && !tag->closes && !tag->is_empty;
    if (tag->closes)
        buffer_add_formatted(finish->picture, "</%.*s>", (int)tag->name.length, tag->name.bytes);
    else if (finish->in_text && (finish->group_y < finish->head || finish->group_y > finish->foot))
        buffer_add_string(finish->picture, CHART_CAPTION_OPEN);
    else
        add_tag(finish, tag, finish->picture);
    return true;
}

/* Passes over an element with all that is in it; returns its inside. */
static struct text take_whole(struct text *rest, const char *closing)
{
    const struct text inside = *rest;
    const char *end = rest->length == 0 ? NULL : memmem(rest->bytes, rest->length, closing, strlen(closing));
    if (end == NULL) {
        skip(rest, rest->length);
        return inside;
    }
    skip(rest, (size_t)(end - inside.bytes) + strlen(closing));
    return (struct text){inside.bytes, (size_t)(end - inside.bytes)};
}

static bool take_tag(struct finish *finish, struct error *error)
{
    struct tag tag;
    if (finish->rest.length > 1 && finish->rest.bytes[1] == '?') {
        (void)take_whole(&finish->rest, "?>");
        return true;
    }
    if (!read_tag(&finish->rest, &tag, error))
        return false;
    if (is_among(tag.name, drawn, sizeof drawn / sizeof drawn[0]))
        return take_drawn(finish, &tag, error);
    if (is(tag.name, "defs"))
        finish->marks = take_whole(&finish->rest, "</defs>");
    else if (is(tag.name, "title"))
        (void)take_whole(&finish->rest, "</title>");
    else if (is(tag.name, "desc"))
        (void)take_whole(&finish->rest, "</desc>");
    else if (!is(tag.name, "svg"))
        return refuse(error, "the element", tag.name);
    return true;
}

static bool take_drawing(struct finish *finish, struct error *error)
{
    while (finish->rest.length > 0) {
        const struct text between = take_until(&finish->rest, '<');
        if (finish->in_text)
            buffer_add_text(finish->picture, between);
        if (finish->rest.length > 0 && !take_tag(finish, error))
            return false;
    }
    return true;
}

/* The marks in use, and those that they are made of. */
static bool add_marks(struct finish *finish, struct error *error)
{
    struct text marks;
    struct tag tag;
    for (int again = 0; again < 3; again++) {
        for (marks = finish->marks; (void)take_until(&marks, '<'), marks.length > 0;) {
            if (!read_tag(&marks, &tag, error))
                return false;
            for (size_t i = 0; i < tag.count; i++) {
                const size_t mark = mark_of(tag.attributes[i].value);
                if (is(tag.attributes[i].name, "id") && mark < MARKS_MAX && finish->used[mark])
                    note_use(finish, &tag);
            }
        }
    }
    buffer_add_string(finish->picture, "<defs>");
    for (marks = finish->marks; (void)take_until(&marks, '<'), marks.length > 0;) {
        if (!read_tag(&marks, &tag, error))
            return false;
        for (size_t i = 0; i < tag.count; i++) {
            const size_t mark = mark_of(tag.attributes[i].value);
            if (is(tag.attributes[i].name, "id") && mark < MARKS_MAX && finish->used[mark])
                add_tag(finish, &tag, finish->picture);
        }
    }
    buffer_add_string(finish->picture, "</defs>\n");
    return true;
}

/* Circles that cannot be seen, with what each point says. */
static void add_tips(struct text sheet, struct buffer *picture)
{
    struct text rows = sheet_rows(sheet, "tips"), row;
    if (rows.length == 0)
        return;
    buffer_add_string(picture, "<g class=\"tips\" fill-opacity=\"0\">\n");
    while (sheet_next_row(&rows, &row)) {
        static const char *const names[] = {"cx", "cy", "r"};
        struct text values[3];
        for (size_t i = 0; i < 3; i++)
            values[i] = sheet_next_field(&row);
        const struct text words = sheet_next_field(&row), link = sheet_next_field(&row);
        if (link.length > 0) {
            buffer_add_string(picture, "<a");
            add_attribute(picture, "href", link);
            add_attribute(picture, "tabindex", TEXT("-1"));
            buffer_add_character(picture, '>');
        }
        buffer_add_string(picture, "<circle");
        for (size_t i = 0; i < 3; i++)
            add_attribute(picture, names[i], values[i]);
        buffer_add_string(picture, "><title>");
        template_escape(words, picture);
        buffer_add_string(picture, link.length > 0 ? "</title></circle></a>\n" : "</title></circle>\n");
    }
    buffer_add_string(picture, "</g>\n");
}

/* Whether a point leads somewhere: then the picture is no mere image, whose parts nobody would be told of. */
static bool has_links(struct text sheet)
{
    struct text rows = sheet_rows(sheet, "tips"), row;
    while (sheet_next_row(&rows, &row)) {
        if (row.length > 0 && row.bytes[row.length - 1] != '\t')
            return true;
    }
    return false;
}

/* A number of the sheet's meta block; NAN where it is not there. */
static double meta(struct text sheet, const char *key)
{
    double value;
    return text_to_number(sheet_value(sheet, "meta", key), &value) ? value : NAN;
}

static void add_opening(const struct finish *finish, struct text view_box, const char *description, struct text sheet)
{
    struct buffer label = buffer_with_maximum(1 << 14);
    buffer_add_text(&label, sheet_value(sheet, "about", "title"));
    buffer_add_formatted(&label, ". %s", description);
    buffer_add_string(finish->picture, "<svg xmlns=\"" SVG_NAMESPACE "\" class=\"chart\"");
    add_attribute(finish->picture, "role", has_links(sheet) ? TEXT("group") : TEXT("img"));
    add_attribute(finish->picture, "viewBox", view_box);
    if (finish->head < finish->foot)
        buffer_add_formatted(finish->picture, CHART_BODY_BOX "\"0 %.0f %d %.0f\"", finish->head, CHART_WIDTH,
                             finish->foot - finish->head);
    add_attribute(finish->picture, "aria-label", buffer_text(&label));
    buffer_add_string(finish->picture, ">\n");
    buffer_release(&label);
}

/* The view box of the first <svg>; empty where there is none. */
static struct text view_box_of(struct text drawing)
{
    struct tag tag;
    struct error ignored = {""};
    const char *start = drawing.length == 0 ? NULL : memmem(drawing.bytes, drawing.length, "<svg", 4);
    if (start == NULL)
        return (struct text){drawing.bytes, 0};
    skip(&drawing, (size_t)(start - drawing.bytes));
    if (read_tag(&drawing, &tag, &ignored)) {
        for (size_t i = 0; i < tag.count; i++) {
            if (is(tag.attributes[i].name, "viewBox"))
                return tag.attributes[i].value;
        }
    }
    return (struct text){drawing.bytes, 0};
}

bool chart_picture_finish(struct text drawing, const char *id, const char *description, struct text sheet,
                          struct buffer *picture, struct error *error)
{
    struct finish finish = {.rest = drawing, .id = id, .picture = picture, .group_y = NAN};
    finish.head = meta(sheet, "head");
    finish.foot = meta(sheet, "foot");
    for (size_t i = 0; i < GROUPS_WAITING_MAX; i++)
        finish.waiting[i] = buffer_with_maximum(1 << 12);
    add_opening(&finish, view_box_of(drawing), description, sheet);
    bool done = take_drawing(&finish, error) && add_marks(&finish, error);
    add_tips(sheet, picture);
    buffer_add_string(picture, "</svg>\n");
    for (size_t i = 0; i < GROUPS_WAITING_MAX; i++)
        buffer_release(&finish.waiting[i]);
    return done && (!picture->full || error_set(error, "the picture of '%s' is too large", id));
}
