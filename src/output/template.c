#include "referlens/output/template.h"

#include "referlens/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED, NODE_CLOSE, NODE_PARTIAL, NODE_REMARK };

struct node {
    enum node_kind kind;
    struct text text; /* literal text, or the name; a view of the template's source */
    size_t line;
    size_t end;                    /* sections: index of the node that closes it */
    const struct template *target; /* partials, once linked */
};

struct template
{
    char *name;
    char *source;
    size_t length;
    struct node *nodes;
    size_t count, capacity;
};

struct template_set {
    struct template **templates;
    size_t count, capacity;
};

/* Parsing: one pass over the source, with the open sections on a stack. */

struct parser {
    struct template *template;
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

static struct node *add_node(struct parser *parser, enum node_kind kind, struct text text)
{
    struct template *template = parser->template;
    template->nodes = memory_grow(template->nodes, &template->capacity, template->count + 1, sizeof *template->nodes);
    struct node *node = &template->nodes[template->count++];
    *node = (struct node){.kind = kind, .text = text, .line = parser->line};
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
    struct node *opening = &parser->template->nodes[parser->open[parser->depth - 1]];
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
static void swallow_line(const struct template *template, size_t *text_end, size_t *next)
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
    const struct template *template = parser->template;
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

static bool parse(struct template *template, struct error *error)
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
        const struct node *opening = &template->nodes[parser.open[parser.depth - 1]];
        return fail(&parser, opening->line, "nothing closes the section that opens here: ", opening->text);
    }
    return true;
}

/* The set. */

static void template_free(struct template *template)
{
    free(template->name);
    free(template->source);
    free(template->nodes);
    free(template);
}

struct template_set *template_set_make(void)
{
    return memory_allocate_zeroed(1, sizeof(struct template_set));
}

void template_set_free(struct template_set *set)
{
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->count; i++) {
        template_free(set->templates[i]);
    }
    free(set->templates);
    free(set);
}

static const struct template *find_template(const struct template_set *set, struct text name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (text_equal(text_of(set->templates[i]->name), name)) {
            return set->templates[i];
        }
    }
    return NULL;
}

bool template_set_add(struct template_set *set, const char *name, struct text source, struct error *error)
{
    if (find_template(set, text_of(name)) != NULL) {
        return error_set(error, "%s: two templates of that name", name);
    }
    struct template *template = memory_allocate_zeroed(1, sizeof *template);
    template->name = memory_copy_text(name, strlen(name));
    template->source = memory_copy_text(source.length > 0 ? source.bytes : "", source.length);
    template->length = source.length;
    if (!parse(template, error)) {
        template_free(template);
        return false;
    }
    set->templates = memory_grow(set->templates, &set->capacity, set->count + 1, sizeof(struct template *));
    set->templates[set->count++] = template;
    return true;
}

struct text template_set_missing(const struct template_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct template *template = set->templates[i];
        for (size_t j = 0; j < template->count; j++) {
            const struct node *node = &template->nodes[j];
            if (node->kind == NODE_PARTIAL && find_template(set, node->text) == NULL) {
                return node->text;
            }
        }
    }
    return (struct text){0};
}

bool template_set_link(struct template_set *set, struct error *error)
{
    for (size_t i = 0; i < set->count; i++) {
        struct template *template = set->templates[i];
        for (size_t j = 0; j < template->count; j++) {
            struct node *node = &template->nodes[j];
            if (node->kind != NODE_PARTIAL) {
                continue;
            }
            node->target = find_template(set, node->text);
            if (node->target == NULL) {
                return error_set(error, "%s:%zu: there is no template '%.*s'", template->name, node->line,
                                 (int)node->text.length, node->text.bytes);
            }
        }
    }
    return true;
}

/* Rendering. */

/* What names are looked for in: the innermost first. */
struct context {
    const cJSON *item;
    const struct context *outer;
    int depth;
};

static const cJSON *member(const cJSON *item, struct text key)
{
    if (!cJSON_IsObject(item)) {
        return NULL;
    }
    for (const cJSON *child = item->child; child != NULL; child = child->next) {
        if (strlen(child->string) == key.length && memcmp(child->string, key.bytes, key.length) == 0) {
            return child;
        }
    }
    return NULL;
}

static struct text next_part(struct text *rest)
{
    const char *dot = memchr(rest->bytes, '.', rest->length);
    size_t length = dot == NULL ? rest->length : (size_t)(dot - rest->bytes);
    struct text part = {rest->bytes, length};
    size_t used = dot == NULL ? length : length + 1;
    *rest = (struct text){rest->bytes + used, rest->length - used};
    return part;
}

static const cJSON *look_up(const struct context *context, struct text name)
{
    if (name.length == 1 && name.bytes[0] == '.') {
        return context->item;
    }
    const cJSON *found = NULL;
    bool here_only = name.bytes[0] == '.';
    if (here_only) {
        name = (struct text){name.bytes + 1, name.length - 1};
    }
    struct text part = next_part(&name);
    found = member(context->item, part);
    for (context = context->outer; context != NULL && found == NULL && !here_only; context = context->outer) {
        found = member(context->item, part);
    }
    while (found != NULL && name.length > 0) {
        part = next_part(&name);
        found = member(found, part);
    }
    return found;
}

static bool is_empty(const cJSON *item)
{
    if (item == NULL || cJSON_IsNull(item) || cJSON_IsFalse(item) || cJSON_IsInvalid(item)) {
        return true;
    }
    if (cJSON_IsString(item)) {
        return item->valuestring[0] == '\0';
    }
    return (cJSON_IsArray(item) || cJSON_IsObject(item)) && item->child == NULL;
}

bool template_escape(struct text text, struct buffer *output)
{
    size_t done = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *entity = NULL;
        switch (text.bytes[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        case '\'':
            entity = "&#39;";
            break;
        case '`':
            entity = "&#96;";
            break;
        default:
            continue;
        }
        buffer_add(output, text.bytes + done, i - done);
        buffer_add_string(output, entity);
        done = i + 1;
    }
    if (done < text.length) {
        buffer_add(output, text.bytes + done, text.length - done);
    }
    return !output->full;
}

static void render_value(const cJSON *item, bool raw, struct buffer *output)
{
    if (cJSON_IsString(item)) {
        if (raw) {
            buffer_add_string(output, item->valuestring);
        } else {
            template_escape(text_of(item->valuestring), output);
        }
    } else if (cJSON_IsNumber(item) && item->valuedouble - item->valuedouble == 0.0) {
        buffer_add_number(output, item->valuedouble);
    } else if (cJSON_IsTrue(item)) {
        buffer_add_string(output, "true");
    }
}

static bool render_nodes(const struct template *template, size_t from, size_t to, const struct context *context,
                         struct buffer *output, struct error *error);

static bool render_inside(const struct template *template, const struct node *node, size_t index, const cJSON *item,
                          const struct context *context, struct buffer *output, struct error *error)
{
    if (context->depth == TEMPLATE_DEPTH_MAX) {
        return error_set(error, "%s:%zu: templates nest too deeply at '%.*s'", template->name, node->line,
                         (int)node->text.length, node->text.bytes);
    }
    struct context inner = {item, context, context->depth + 1};
    if (node->kind == NODE_PARTIAL) {
        return render_nodes(node->target, 0, node->target->count, &inner, output, error);
    }
    return render_nodes(template, index + 1, node->end, &inner, output, error);
}

static bool render_section(const struct template *template, size_t index, const struct context *context,
                           struct buffer *output, struct error *error)
{
    const struct node *node = &template->nodes[index];
    const cJSON *item = look_up(context, node->text);
    if (is_empty(item)) {
        return true;
    }
    if (!cJSON_IsArray(item)) {
        return render_inside(template, node, index, item, context, output, error);
    }
    for (const cJSON *element = item->child; element != NULL; element = element->next) {
        if (!render_inside(template, node, index, element, context, output, error)) {
            return false;
        }
    }
    return true;
}

static bool render_node(const struct template *template, size_t index, const struct context *context,
                        struct buffer *output, struct error *error)
{
    const struct node *node = &template->nodes[index];
    switch (node->kind) {
    case NODE_TEXT:
        buffer_add_text(output, node->text);
        return true;
    case NODE_VALUE:
    case NODE_RAW:
        render_value(look_up(context, node->text), node->kind == NODE_RAW, output);
        return true;
    case NODE_SECTION:
        return render_section(template, index, context, output, error);
    case NODE_INVERTED:
        return !is_empty(look_up(context, node->text)) ||
               render_inside(template, node, index, context->item, context, output, error);
    case NODE_PARTIAL:
        return render_inside(template, node, index, context->item, context, output, error);
    case NODE_CLOSE:
    case NODE_REMARK:
        break;
    }
    return true;
}

static bool render_nodes(const struct template *template, size_t from, size_t to, const struct context *context,
                         struct buffer *output, struct error *error)
{
    for (size_t i = from; i < to; i++) {
        if (!render_node(template, i, context, output, error)) {
            return false;
        }
        if (output->full) {
            return error_set(error, "%s:%zu: the page would be longer than %zu bytes", template->name,
                             template->nodes[i].line, output->maximum);
        }
        if (template->nodes[i].kind == NODE_SECTION || template->nodes[i].kind == NODE_INVERTED) {
            i = template->nodes[i].end;
        }
    }
    return true;
}

bool template_render(const struct template_set *set, const char *name, const cJSON *document, struct buffer *output,
                     struct error *error)
{
    const struct template *template = find_template(set, text_of(name));
    if (template == NULL) {
        return error_set(error, "there is no template '%s'", name);
    }
    struct context context = {document, NULL, 0};
    return render_nodes(template, 0, template->count, &context, output, error);
}
