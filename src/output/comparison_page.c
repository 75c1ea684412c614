#include "referlens/output/comparison_page.h"

#include "referlens/output/brief_document.h"
#include "referlens/output/comparison_document.h"
#include "referlens/output/page_charts.h"
#include "referlens/output/page_templates.h"

static bool write_page(const struct template_set *templates, const char *name, cJSON *document, struct folder *folder,
                       bool with_charts, struct error *error)
{
    struct buffer page = buffer_with_maximum(PAGE_SIZE_MAX);
    const bool done = (!with_charts || (page_add_charts(document, folder, "", error) &&
                                        page_embed_charts(document, folder, "", error))) &&
                      template_render(templates, name, document, &page, error) &&
                      folder_write(folder, name, buffer_text(&page), error);
    buffer_release(&page);
    cJSON_Delete(document);
    return done;
}

bool comparison_pages_write(const struct comparison_source *source, struct folder *folder, bool with_charts,
                            struct error *error)
{
    static const char *const names[] = {"comparison.html", "brief.html"};
    if (!comparison_is_there(source))
        return true;
    struct template_set *templates = page_templates_load(names, 2, error);
    if (templates == NULL)
        return false;
    const bool done = write_page(templates, names[0], comparison_document(source), folder, with_charts, error) &&
                      write_page(templates, names[1], brief_document(source), folder, false, error);
    template_set_free(templates);
    return done;
}
