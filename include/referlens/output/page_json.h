/* Small helpers for the documents behind pages: adding what may be missing to a cJSON object, and writing one as JSON.
 *
 * Keys must be string literals: they are not copied. Called by the page_* modules.
 */
#ifndef REFERLENS_OUTPUT_PAGE_JSON_H
#define REFERLENS_OUTPUT_PAGE_JSON_H

#include "referlens/base/json_writer.h"
#include "referlens/base/text.h"
#include "referlens/output/page_format.h"

#include <cjson/cJSON.h>

#include <stdbool.h>

/* Each adds a member to the object; the object owns it. The containers are returned, to be filled. */
void page_add(cJSON *object, const char *key, cJSON *item);
cJSON *page_add_object(cJSON *object, const char *key);
cJSON *page_add_list(cJSON *object, const char *key);
void page_add_boolean(cJSON *object, const char *key, bool value);

/* NAN becomes null. */
void page_add_number(cJSON *object, const char *key, double value);

/* The whole text; an empty one, and NULL, becomes null. */
void page_add_text(cJSON *object, const char *key, struct text text);
void page_add_string(cJSON *object, const char *key, const char *string);

/* The text as display_label shows it, null where empty. */
void page_add_label(cJSON *object, const char *key, struct text text);

/* The ready text, null where empty. */
void page_add_display(cJSON *object, const char *key, struct display display);

/* Adds a new object to the list and returns it. */
cJSON *page_list_add(cJSON *list);

/* Writes the document as one JSON value, numbers in their shortest form. */
void page_write_json(const cJSON *document, struct json_writer *json);

#endif
