#include "referlens/output/json_document.h"

#include "referlens/base/memory.h"
#include "referlens/output/in_order.h"

enum {
    CHUNK_ELEMENTS = 256,      /* that a worker renders before it waits for its turn */
    CHUNK_BYTES_MAX = 64 << 20 /* far beyond what they take with codes of a sane length */
};

bool json_document_open(struct json_document *document, struct folder *folder, const char *name, size_t worker_count,
                        struct error *error)
{
    *document = (struct json_document){.name = name, .worker_count = worker_count > 0 ? worker_count : 1};
    if (!folder_file_open(folder, name, &document->file, error))
        return false;
    document->frame = buffer_with_maximum(CHUNK_BYTES_MAX);
    document->json = json_writer_into(&document->frame);
    return true;
}

static bool add_to_file(const struct json_document *document, const struct buffer *buffer, struct error *error)
{
    if (buffer->full)
        return error_set(error, "can't write '%s': a line is too long", document->name);
    return folder_file_add(document->file, buffer_text(buffer), error);
}

static bool flush(struct json_document *document, struct error *error)
{
    const bool done = add_to_file(document, &document->frame, error);
    buffer_clear(&document->frame);
    return done;
}

struct rendering {
    const struct json_document *document;
    size_t count;
    json_document_element *render;
    const void *context;
    struct buffer *chunks; /* one a worker */
};

static void render_chunk(void *context, size_t task, size_t worker)
{
    const struct rendering *rendering = context;
    struct buffer chunk = rendering->chunks[worker]; /* a copy: workers' own ones share lines of cache */
    const size_t first = task * CHUNK_ELEMENTS;
    const size_t end = first + CHUNK_ELEMENTS < rendering->count ? first + CHUNK_ELEMENTS : rendering->count;
    buffer_clear(&chunk);
    for (size_t i = first; i < end; i++) {
        struct json_writer json = json_writer_into(&chunk);
        buffer_add_string(&chunk, i == 0 ? "\n" : ",\n");
        rendering->render(rendering->context, i, &json);
    }
    rendering->chunks[worker] = chunk;
}

static bool write_chunk(void *context, size_t task, size_t worker, struct error *error)
{
    (void)task;
    const struct rendering *rendering = context;
    return add_to_file(rendering->document, &rendering->chunks[worker], error);
}

bool json_document_elements(struct json_document *document, size_t count, json_document_element *render,
                            const void *context, struct error *error)
{
    struct rendering rendering = {document, count, render, context, NULL};
    if (!flush(document, error))
        return false;
    rendering.chunks = memory_allocate_zeroed(document->worker_count, sizeof *rendering.chunks);
    for (size_t i = 0; i < document->worker_count; i++)
        rendering.chunks[i] = buffer_with_maximum(CHUNK_BYTES_MAX);
    const size_t chunk_count = (count + CHUNK_ELEMENTS - 1) / CHUNK_ELEMENTS;
    const bool done = in_order_run(document->worker_count, chunk_count, render_chunk, write_chunk, &rendering, error);
    for (size_t i = 0; i < document->worker_count; i++)
        buffer_release(&rendering.chunks[i]);
    memory_free(rendering.chunks);
    json_newline(&document->json);
    return done;
}

bool json_document_close(struct json_document *document, bool done, struct error *error)
{
    done = done && flush(document, error);
    buffer_release(&document->frame);
    return folder_file_close(document->file, done ? error : NULL) && done;
}
