#include "referlens/output/template.h"

#include "referlens/base/memory.h"
#include "referlens/output/template_parse.h"

#include <stdlib.h>
#include <string.h>

struct template_set {
    struct parsed_template **templates;
    size_t count, capacity;
};

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
        template_parsed_free(set->templates[i]);
    }
    free(set->templates);
    free(set);
}

static const struct parsed_template *find_template(const struct template_set *set, struct text name)
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
    struct parsed_template *template = template_parse(name, source, error);
    if (template == NULL) {
        return false;
    }
    set->templates = memory_grow(set->templates, &set->capacity, set->count + 1, sizeof(struct parsed_template *));
    set->templates[set->count++] = template;
    return true;
}

struct text template_set_missing(const struct template_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct parsed_template *template = set->templates[i];
        for (size_t j = 0; j < template->count; j++) {
            const struct template_node *node = &template->nodes[j];
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
        struct parsed_template *template = set->templates[i];
        for (size_t j = 0; j < template->count; j++) {
            struct template_node *node = &template->nodes[j];
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
        if (strncmp(child->string, key.bytes, key.length) == 0 && child->string[key.length] == '\0') {
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

static bool render_nodes(const struct parsed_template *template, size_t from, size_t to, const struct context *context,
                         struct buffer *output, struct error *error);

static bool render_inside(const struct parsed_template *template, const struct template_node *node, size_t index,
                          const cJSON *item, const struct context *context, struct buffer *output, struct error *error)
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

static bool render_section(const struct parsed_template *template, size_t index, const struct context *context,
                           struct buffer *output, struct error *error)
{
    const struct template_node *node = &template->nodes[index];
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

static bool render_node(const struct parsed_template *template, size_t index, const struct context *context,
                        struct buffer *output, struct error *error)
{
    const struct template_node *node = &template->nodes[index];
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

static bool render_nodes(const struct parsed_template *template, size_t from, size_t to, const struct context *context,
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
    const struct parsed_template *template = find_template(set, text_of(name));
    if (template == NULL) {
        return error_set(error, "there is no template '%s'", name);
    }
    struct context context = {document, NULL, 0};
    return render_nodes(template, 0, template->count, &context, output, error);
}
