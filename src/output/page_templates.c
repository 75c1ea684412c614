#include "referlens/output/page_templates.h"

#include "referlens/output/assets.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 96 };

static bool load(struct template_set *set, const char *name, struct error *error)
{
    static const char style[] = ".css";
    const size_t length = strlen(name);
    const bool is_style = length > sizeof style && strcmp(name + length - (sizeof style - 1), style) == 0;
    char path[NAME_SIZE];
    snprintf(path, sizeof path, "%s%s", is_style ? "" : "templates/", name);
    struct buffer source = buffer_with_maximum(ASSET_SIZE_MAX);
    const bool done = assets_read(path, &source, error) && template_set_add(set, name, buffer_text(&source), error);
    buffer_release(&source);
    return done;
}

static bool load_all(struct template_set *set, const char *const *names, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!load(set, names[i], error))
            return false;
    }
    struct text missing;
    while ((missing = template_set_missing(set)).length > 0) {
        char name[NAME_SIZE];
        if (missing.length >= NAME_SIZE / 2)
            return error_set(error, "a template's name is too long: %.*s", NAME_SIZE / 2, missing.bytes);
        snprintf(name, sizeof name, "%.*s", (int)missing.length, missing.bytes);
        if (!load(set, name, error))
            return false;
    }
    return template_set_link(set, error);
}

struct template_set *page_templates_load(const char *const *names, size_t count, struct error *error)
{
    struct template_set *set = template_set_make();
    if (load_all(set, names, count, error))
        return set;
    template_set_free(set);
    return NULL;
}
