#include "referlens/input/quality_text.h"

#include "referlens/base/json_writer.h"

#include <cjson/cJSON.h>
#include <string.h>

static void write_values(struct json_writer *json, const char *key, const struct quality_values *values)
{
    json_key(json, key);
    json_begin_object(json);
    json_key(json, "values");
    json_begin_array(json);
    for (size_t i = 0; i < values->count; i++) {
        json_begin_array(json);
        json_text(json, text_of(values->values[i].value));
        json_integer(json, values->values[i].count);
        json_end_array(json);
    }
    json_end_array(json);
    json_member_integer(json, "others", values->others);
    json_end_object(json);
}

static void write_all_words(struct json_writer *json, const struct quality_column *column)
{
    json_key(json, "all_words");
    json_begin_array(json);
    for (size_t i = 0; i < column->all_word_count; i++) {
        json_begin_array(json);
        json_text(json, text_of(column->all_words[i].word));
        json_integer(json, column->all_words[i].rows);
        json_integer(json, column->all_words[i].rejected);
        json_integer(json, column->all_words[i].since);
        json_end_array(json);
    }
    json_end_array(json);
}

void quality_text_write(const struct quality_part *part, struct buffer *text)
{
    struct json_writer json = json_writer_into(text);
    json_begin_array(&json);
    for (size_t i = 0; i < part->column_count; i++) {
        const struct quality_column *column = &part->columns[i];
        json_begin_object(&json);
        json_member_string(&json, "taken_for", column->taken_for);
        json_member_string(&json, "column", column->column);
        json_member_string(&json, "date_format", column->date_format);
        json_member_string(&json, "earliest", column->earliest);
        json_member_string(&json, "latest", column->latest);
        json_member_integer(&json, "rows", column->rows);
        json_member_integer(&json, "missing", column->missing);
        json_member_integer(&json, "implausible", column->implausible);
        json_member_integer(&json, "unmapped", column->unmapped);
        json_member_integer(&json, "unread_since", column->unread_since);
        write_values(&json, "words", &column->words);
        write_all_words(&json, column);
        write_values(&json, "unmapped_values", &column->unmapped_values);
        json_end_object(&json);
    }
    json_end_array(&json);
}

/* A copy of a string member; NULL where it is null or not there. */
static const char *read_string(const cJSON *object, const char *key, struct arena *arena)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return value == NULL ? NULL : arena_copy_text(arena, text_of(value)).bytes;
}

/* Counts are below 2^53, so a double holds them. */
static int64_t read_count(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(value) ? (int64_t)value->valuedouble : 0;
}

static struct quality_values read_values(const cJSON *object, const char *key, struct arena *arena)
{
    const cJSON *from = cJSON_GetObjectItemCaseSensitive(object, key), *pair;
    struct quality_values values = {.others = read_count(from, "others")};
    cJSON_ArrayForEach(pair, cJSON_GetObjectItemCaseSensitive(from, "values"))
    {
        const char *value = cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0));
        const cJSON *count = cJSON_GetArrayItem(pair, 1);
        if (value == NULL || !cJSON_IsNumber(count) || values.count == QUALITY_VALUES_MAX)
            continue;
        values.values[values.count++] =
            (struct quality_value){arena_copy_text(arena, text_of(value)).bytes, (int64_t)count->valuedouble};
    }
    return values;
}

/* A store that was filled before these were kept has the commonest words alone, and none of the rejected. */
static void read_all_words(const cJSON *object, struct arena *arena, struct quality_column *column)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "all_words"), *of;
    const size_t kept = column->words.count, room = list != NULL ? (size_t)cJSON_GetArraySize(list) : kept;
    struct quality_word *words = arena_allocate(arena, (room + 1) * sizeof *words);
    for (size_t i = 0; list == NULL && i < kept; i++)
        words[column->all_word_count++] =
            (struct quality_word){column->words.values[i].value, column->words.values[i].count, 0, QUALITY_NEVER};
    cJSON_ArrayForEach(of, list)
    {
        const char *word = cJSON_GetStringValue(cJSON_GetArrayItem(of, 0));
        const cJSON *rows = cJSON_GetArrayItem(of, 1), *rejected = cJSON_GetArrayItem(of, 2),
                    *since = cJSON_GetArrayItem(of, 3);
        if (word != NULL && cJSON_IsNumber(rows) && cJSON_IsNumber(rejected) && cJSON_IsNumber(since))
            words[column->all_word_count++] =
                (struct quality_word){arena_copy_text(arena, text_of(word)).bytes, (int64_t)rows->valuedouble,
                                      (int64_t)rejected->valuedouble, (day)since->valuedouble};
    }
    column->all_words = words;
}

static void read_example(const cJSON *object, const char *key, char example[QUALITY_DATE_SIZE])
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    if (value != NULL && strlen(value) < QUALITY_DATE_SIZE)
        memcpy(example, value, strlen(value) + 1);
}

static void read_column(const cJSON *object, const struct format_column *of, struct arena *arena,
                        struct quality_column *column)
{
    const cJSON *since = cJSON_GetObjectItemCaseSensitive(object, "unread_since");
    *column = (struct quality_column){
        .column = read_string(object, "column", arena),
        .taken_for = of->name,
        .content = format_content_name(of->content),
        .date_format = read_string(object, "date_format", arena),
        .rows = read_count(object, "rows"),
        .missing = read_count(object, "missing"),
        .implausible = read_count(object, "implausible"),
        .unmapped = read_count(object, "unmapped"),
        .unread_since = cJSON_IsNumber(since) ? (day)since->valuedouble : QUALITY_NEVER,
        .words = read_values(object, "words", arena),
        .unmapped_values = read_values(object, "unmapped_values", arena),
    };
    read_all_words(object, arena, column);
    read_example(object, "earliest", column->earliest);
    read_example(object, "latest", column->latest);
}

bool quality_text_read(struct text text, enum file_kind kind, struct arena *arena, struct quality_part *part)
{
    cJSON *json = cJSON_ParseWithLength(text.bytes, text.length);
    const size_t count = format_kinds[kind].column_count;
    const bool sound = cJSON_IsArray(json) && (size_t)cJSON_GetArraySize(json) == count;
    struct quality_column *columns = arena_allocate(arena, count * sizeof *columns);
    const cJSON *object = sound ? json->child : NULL;
    for (size_t i = 0; i < count && object != NULL; i++, object = object->next)
        read_column(object, &format_kinds[kind].columns[i], arena, &columns[i]);
    part->columns = columns;
    part->column_count = count;
    cJSON_Delete(json);
    return sound;
}

void reasons_text_write(const struct ledger_reason *reasons, size_t count, struct buffer *text)
{
    struct json_writer json = json_writer_into(text);
    json_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(&json);
        json_member_string(&json, "reason", reasons[i].reason);
        json_member_integer(&json, "rows", reasons[i].count);
        json_end_object(&json);
    }
    json_end_array(&json);
}

bool reasons_text_read(struct text text, struct arena *arena, struct ledger_reason *reasons, size_t *count)
{
    cJSON *json = cJSON_ParseWithLength(text.bytes, text.length);
    const bool sound = cJSON_IsArray(json);
    const cJSON *object;
    *count = 0;
    cJSON_ArrayForEach(object, json)
    {
        const char *reason = read_string(object, "reason", arena);
        if (reason != NULL)
            ledger_count_reason(reasons, count, reason, read_count(object, "rows"));
    }
    cJSON_Delete(json);
    return sound;
}
