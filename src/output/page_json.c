#include "referlens/output/page_json.h"

#include "referlens/base/memory.h"

#include <math.h>
#include <stdlib.h>

void page_add(cJSON *object, const char *key, cJSON *item)
{
    cJSON_AddItemToObjectCS(object, key, item);
}

cJSON *page_add_object(cJSON *object, const char *key)
{
    cJSON *item = cJSON_CreateObject();
    page_add(object, key, item);
    return item;
}

cJSON *page_add_list(cJSON *object, const char *key)
{
    cJSON *item = cJSON_CreateArray();
    page_add(object, key, item);
    return item;
}

void page_add_boolean(cJSON *object, const char *key, bool value)
{
    page_add(object, key, cJSON_CreateBool(value));
}

void page_add_number(cJSON *object, const char *key, double value)
{
    page_add(object, key, isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull());
}

void page_add_string(cJSON *object, const char *key, const char *string)
{
    bool empty = string == NULL || string[0] == '\0';
    page_add(object, key, empty ? cJSON_CreateNull() : cJSON_CreateString(string));
}

void page_add_text(cJSON *object, const char *key, struct text text)
{
    char *copy = memory_copy_text(text.length > 0 ? text.bytes : "", text.length);
    page_add_string(object, key, copy);
    free(copy);
}

void page_add_label(cJSON *object, const char *key, struct text text)
{
    struct buffer label = buffer_with_maximum(4 * (LABEL_CHARACTERS_MAX + 1));
    display_label(text, LABEL_CHARACTERS_MAX, &label);
    page_add_string(object, key, label.bytes);
    buffer_release(&label);
}

void page_add_display(cJSON *object, const char *key, struct display display)
{
    page_add_string(object, key, display.text);
}

cJSON *page_list_add(cJSON *list)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddItemToArray(list, item);
    return item;
}

static void write_members(const cJSON *container, bool named, struct json_writer *json)
{
    for (const cJSON *child = container->child; child != NULL; child = child->next) {
        if (named) {
            json_key(json, child->string);
        }
        page_write_json(child, json);
    }
}

void page_write_json(const cJSON *document, struct json_writer *json)
{
    if (cJSON_IsObject(document)) {
        json_begin_object(json);
        write_members(document, true, json);
        json_end_object(json);
    } else if (cJSON_IsArray(document)) {
        json_begin_array(json);
        write_members(document, false, json);
        json_end_array(json);
    } else if (cJSON_IsRaw(document)) {
        json_raw(json, text_of(document->valuestring));
    } else if (cJSON_IsString(document)) {
        json_text(json, text_of(document->valuestring));
    } else if (cJSON_IsNumber(document)) {
        json_number(json, document->valuedouble);
    } else if (cJSON_IsBool(document)) {
        json_boolean(json, cJSON_IsTrue(document));
    } else {
        json_null(json);
    }
}
