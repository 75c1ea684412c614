#include "referlens/output/template_parse.h"

#include "referlens/base/memory.h"
#include "referlens/output/template.h"

#include <stdlib.h>
#include <string.h>

/* One pass over the source, with the open sections on a stack. */

struct parser {
    struct parsed_template *template;
    size_t position;
    size_t line;
    size_t open[TEMPLATE_DEPTH_MAX]; /* indices of the nodes of sections not closed yet */
    size_t depth;
    struct error *error;
};

static bool fail(struct parser *parser, size_t line, const char *what, struct text name)
{
    return error_set(parser->error, "%s:%zu: %s%.*s", parser->template->name, line, what,
                     (int)(name.length > 80 ? 80 : name.length), name.length > 0 ? name.bytes : "");
}

static struct template_node *add_node(struct parser *parser, enum node_kind kind, struct text text)
{
    struct parsed_template *template = parser->template;
    template->nodes = memory_grow(template->nodes, &template->capacity, template->count + 1, sizeof *template->nodes);
    struct template_node *node = &template->nodes[template->count++];
    *node = (struct template_node){.kind = kind, .text = text, .line = parser->line};
    return node;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static bool name_is_good(struct text name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.bytes[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
              c == '.')) {
            return false;
        }
    }
    bool ends_in_dot = name.length > 1 && name.bytes[name.length - 1] == '.';
    return name.length > 0 && !ends_in_dot && memmem(name.bytes, name.length, "..", 2) == NULL;
}

static bool close_section(struct parser *parser, struct text name)
{
    if (parser->depth == 0) {
        return fail(parser, parser->line, "nothing is open to be closed by /", name);
    }
    struct template_node *opening = &parser->template->nodes[parser->open[parser->depth - 1]];
    if (!text_equal(opening->text, name)) {
        return error_set(parser->error, "%s:%zu: section '%.*s' is still open from line %zu, but '%.*s' is closed",
                         parser->template->name, parser->line, (int)opening->text.length, opening->text.bytes,
                         opening->line, (int)name.length, name.bytes);
    }
    opening->end = parser->template->count;
    parser->depth--;
    add_node(parser, NODE_CLOSE, name);
    return true;
}

static bool add_tag(struct parser *parser, enum node_kind kind, struct text name)
{
    if (kind == NODE_REMARK) {
        return true;
    }
    if (!name_is_good(name)) {
        return fail(parser, parser->line, "this is no name: ", name);
    }
    if (kind == NODE_CLOSE) {
        return close_section(parser, name);
    }
    if (kind == NODE_SECTION || kind == NODE_INVERTED) {
        if (parser->depth == TEMPLATE_DEPTH_MAX) {
            return fail(parser, parser->line, "too many sections inside one another at ", name);
        }
        parser->open[parser->depth++] = parser->template->count;
    }
    add_node(parser, kind, name);
    return true;
}

static enum node_kind kind_of_mark(char mark)
{
    switch (mark) {
    case '#':
        return NODE_SECTION;
    case '^':
        return NODE_INVERTED;
    case '/':
        return NODE_CLOSE;
    case '>':
        return NODE_PARTIAL;
    case '!':
        return NODE_REMARK;
    default:
        return NODE_VALUE;
    }
}

/* Where a tag stands alone on its line, sets `*text_end` back to the start of the line and `*next` to that of the next.
 */
static void swallow_line(const struct parsed_template *template, size_t *text_end, size_t *next)
{
    size_t start = *text_end;
    while (start > 0 && is_blank(template->source[start - 1])) {
        start--;
    }
    size_t end = *next;
    while (end < template->length && is_blank(template->source[end])) {
        end++;
    }
    if (end + 1 < template->length && template->source[end] == '\r' && template->source[end + 1] == '\n') {
        end++;
    }
    bool starts = start == 0 || template->source[start - 1] == '\n';
    bool ends = end == template->length || template->source[end] == '\n';
    if (starts && ends) {
        *text_end = start;
        *next = end < template->length ? end + 1 : end;
    }
}

static size_t count_lines(const char *bytes, size_t length)
{
    size_t lines = 0;
    for (size_t i = 0; i < length; i++) {
        lines += bytes[i] == '\n';
    }
    return lines;
}

/* Parses the tag at `start` with the text before it. */
static bool parse_tag(struct parser *parser, size_t start)
{
    const struct parsed_template *template = parser->template;
    const char *source = template->source;
    bool raw = start + 2 < template->length && source[start + 2] == '{';
    const char *ending = raw ? "}}}" : "}}";
    size_t inner = start + (raw ? 3 : 2);
    size_t text_start = parser->position;
    size_t line_of_tag = parser->line + count_lines(source + text_start, start - text_start);

    const char *found = memmem(source + inner, template->length - inner, ending, strlen(ending));
    if (found == NULL) {
        return fail(parser, line_of_tag, "{{ without }}", TEXT(""));
    }
    size_t inner_end = (size_t)(found - source);
    size_t next = inner_end + strlen(ending);
    enum node_kind kind = raw ? NODE_RAW : inner < inner_end ? kind_of_mark(source[inner]) : NODE_VALUE;
    size_t mark = kind == NODE_RAW || kind == NODE_VALUE ? 0 : 1;
    struct text name = text_trim((struct text){source + inner + mark, inner_end - inner - mark});

    size_t text_end = start;
    size_t following = next;
    if (mark == 1) {
        swallow_line(template, &text_end, &following);
    }
    if (text_end > text_start) {
        add_node(parser, NODE_TEXT, (struct text){source + text_start, text_end - text_start});
    }
    parser->line = line_of_tag;
    if (!add_tag(parser, kind, name)) {
        return false;
    }
    parser->line += count_lines(source + start, following - start);
    parser->position = following;
    return true;
}

static bool parse(struct parsed_template *template, struct error *error)
{
    struct parser parser = {.template = template, .line = 1, .error = error};
    while (parser.position < template->length) {
        size_t rest = template->length - parser.position;
        const char *found = memmem(template->source + parser.position, rest, "{{", 2);
        if (found == NULL) {
            add_node(&parser, NODE_TEXT, (struct text){template->source + parser.position, rest});
            break;
        }
        if (!parse_tag(&parser, (size_t)(found - template->source))) {
            return false;
        }
    }
    if (parser.depth > 0) {
        const struct template_node *opening = &template->nodes[parser.open[parser.depth - 1]];
        return fail(&parser, opening->line, "nothing closes the section that opens here: ", opening->text);
    }
    return true;
}

struct parsed_template *template_parse(const char *name, struct text source, struct error *error)
{
    struct parsed_template *template = memory_allocate_zeroed(1, sizeof *template);
    template->name = memory_copy_text(name, strlen(name));
    template->source = memory_copy_text(source.length > 0 ? source.bytes : "", source.length);
    template->length = source.length;
    if (!parse(template, error)) {
        template_parsed_free(template);
        return NULL;
    }
    return template;
}

void template_parsed_free(struct parsed_template *template)
{
    if (template == NULL) {
        return;
    }
    free(template->name);
    free(template->source);
    free(template->nodes);
    free(template);
}
