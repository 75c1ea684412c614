#include "referlens/output/page.h"

#include "referlens/base/json_writer.h"
#include "referlens/base/memory.h"
#include "referlens/output/in_order.h"
#include "referlens/output/page_charts.h"
#include "referlens/output/page_context.h"
#include "referlens/output/page_json.h"
#include "referlens/output/page_overview.h"
#include "referlens/output/page_practice.h"
#include "referlens/output/page_templates.h"
#include "referlens/output/page_script.h"
#include "referlens/output/prompts.h"
#include "referlens/output/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACK_SIZE_MAX = 16 << 20, NAME_SIZE = 96 };

static const char overview_template[] = "overview.html";
static const char practice_template[] = "practice.html";
static const char script_template[] = "tables-script.html";

/* What a worker makes of one practice before it is written. */
struct pack {
    struct buffer json, page;
    struct error error;
    bool made;
};

struct run {
    const struct page_context *context;
    const struct template_set *templates;
    struct folder *folder;
    const uint32_t *practices;
    bool with_charts;
    struct pack *packs; /* by worker */
};

/* Packs: made by any worker, written in order. */

static void place_of(const struct run *run, size_t task, char place[NAME_SIZE])
{
    char name[FOLDER_NAME_SIZE];
    folder_safe_name(report_practice_code(run->context->report, run->practices[task]), name);
    snprintf(place, NAME_SIZE, "practices/%s/", name);
}

static bool make_page(const struct run *run, const char *template, const char *place, cJSON *document,
                      struct buffer *page, struct error *error)
{
    return (!run->with_charts || page_embed_charts(document, run->folder, place, error)) &&
           template_render(run->templates, template, document, page, error);
}

static void make_pack(void *context, size_t task, size_t worker)
{
    const struct run *run = context;
    struct pack *pack = &run->packs[worker];
    char place[NAME_SIZE];
    place_of(run, task, place);
    buffer_clear(&pack->json);
    buffer_clear(&pack->page);

    cJSON *document = page_practice(run->context, run->practices[task]);
    pack->made = !run->with_charts || page_add_charts(document, run->folder, place, &pack->error);
    struct json_writer json = json_writer_into(&pack->json);
    page_write_json(document, &json);
    json_newline(&json);
    pack->made = pack->made && make_page(run, practice_template, place, document, &pack->page, &pack->error);
    if (pack->made && pack->json.full) {
        pack->made = error_set(&pack->error, "%spack.json would be longer than %d bytes", place, PACK_SIZE_MAX);
    }
    cJSON_Delete(document);
}

static bool take_pack(void *context, size_t task, size_t worker, struct error *error)
{
    const struct run *run = context;
    const struct pack *pack = &run->packs[worker];
    if (!pack->made) {
        return error_set(error, "%s", pack->error.message);
    }
    char place[NAME_SIZE], name[2 * NAME_SIZE];
    progress_add(run->context->report->progress, 1);
    place_of(run, task, place);
    snprintf(name, sizeof name, "%.*s", (int)strlen(place) - 1, place);
    if (!folder_make(run->folder, name, error)) {
        return false;
    }
    snprintf(name, sizeof name, "%spack.json", place);
    if (!folder_write(run->folder, name, buffer_text(&pack->json), error)) {
        return false;
    }
    snprintf(name, sizeof name, "%sindex.html", place);
    return folder_write(run->folder, name, buffer_text(&pack->page), error);
}

static bool write_packs(struct run *run, size_t practice_count, size_t worker_count, struct error *error)
{
    size_t workers = worker_count == 0 ? 1 : worker_count;
    run->packs = memory_allocate_zeroed(workers, sizeof *run->packs);
    for (size_t i = 0; i < workers; i++) {
        run->packs[i].json = buffer_with_maximum(PACK_SIZE_MAX);
        run->packs[i].page = buffer_with_maximum(PAGE_SIZE_MAX);
    }
    bool done = in_order_run(workers, practice_count, make_pack, take_pack, run, error);
    for (size_t i = 0; i < workers; i++) {
        buffer_release(&run->packs[i].json);
        buffer_release(&run->packs[i].page);
    }
    free(run->packs);
    return done;
}

static bool write_overview(const struct run *run, size_t practice_count, struct error *error)
{
    cJSON *document = page_overview(run->context, run->practices, practice_count);
    struct buffer page = buffer_with_maximum(PAGE_SIZE_MAX);
    bool done = page_add_script_hash(document, run->templates, script_template, error) &&
                (!run->with_charts || page_add_charts(document, run->folder, "", error)) &&
                make_page(run, overview_template, "", document, &page, error) &&
                folder_write(run->folder, "index.html", buffer_text(&page), error);
    buffer_release(&page);
    cJSON_Delete(document);
    return done;
}

bool pages_write(const struct report *report, struct folder *folder, const uint32_t *practices, size_t practice_count,
                 bool with_charts, size_t worker_count, struct error *error)
{
    const char *const names[] = {overview_template, practice_template, script_template};
    struct template_set *templates = page_templates_load(names, sizeof names / sizeof names[0], error);
    struct prompts *prompts = NULL;
    if (templates == NULL || !prompts_load(&prompts, error)) {
        template_set_free(templates);
        return false;
    }
    struct page_context context = page_context_of(report, prompts, worker_count);
    struct run run = {.context = &context,
                      .templates = templates,
                      .folder = folder,
                      .practices = practices,
                      .with_charts = with_charts};
    bool done = write_overview(&run, practice_count, error) &&
                (practice_count == 0 || write_packs(&run, practice_count, worker_count, error));
    page_context_release(&context);
    prompts_free(prompts);
    template_set_free(templates);
    return done;
}
