/* A JSON document of many like elements, written piece by piece: its frame by hand, its long arrays by workers.
 *
 * What is rendered and not yet written is one chunk of elements a worker, so memory does not grow with their number, and
 * the bytes do not depend on the number of workers. Called by results_json.c, funnels_json.c and series_json.c.
 */
#ifndef REFERLENS_OUTPUT_JSON_DOCUMENT_H
#define REFERLENS_OUTPUT_JSON_DOCUMENT_H

#include "referlens/base/error.h"
#include "referlens/base/json_writer.h"
#include "referlens/output/folder.h"

#include <stdbool.h>
#include <stddef.h>

/* Write the frame with `json`; it is flushed before each array of elements and at the end. */
struct json_document {
    struct json_writer json;
    struct buffer frame;
    struct folder_file *file;
    const char *name; /* borrowed */
    size_t worker_count;
};

/* Opens the file `name` of the folder. On failure there is nothing to close. The document must stay where it is. */
bool json_document_open(struct json_document *document, struct folder *folder, const char *name, size_t worker_count,
                        struct error *error);

/* Writes element number `index` with the writer given; several may be rendered at a time. */
typedef void json_document_element(const void *context, size_t index, struct json_writer *json);

/* Adds `count` elements to the array that has just been begun, a line each. */
bool json_document_elements(struct json_document *document, size_t count, json_document_element *render,
                            const void *context, struct error *error);

/* Ends the file, and releases all. `done` is whether everything before succeeded; so is what is returned. */
bool json_document_close(struct json_document *document, bool done, struct error *error);

#endif
