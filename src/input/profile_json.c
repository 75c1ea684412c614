#include "referlens/input/profile_json.h"

#include "referlens/base/buffer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PATH_TEXT_MAX = 240, KEY_SHOWN_MAX = 60, EXPECTED_TEXT_MAX = 300 };

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_plain_key(const char *key)
{
    for (const char *c = key; *c != '\0'; c++)
        if (!is_letter_or_digit(*c) && *c != '_' && *c != '-')
            return false;
    return key[0] != '\0';
}

/* "$.makes[0].fields", and ["a b"] for keys of other characters. */
static void add_path(struct buffer *path, const struct profile_place *place)
{
    if (place->outer == NULL) {
        buffer_add_character(path, '$');
        return;
    }
    add_path(path, place->outer);
    if (place->key == NULL)
        buffer_add_formatted(path, "[%zu]", place->index);
    else
        buffer_add_formatted(path, is_plain_key(place->key) ? ".%.*s" : "[\"%.*s\"]", KEY_SHOWN_MAX, place->key);
}

bool profile_fail(const struct profile_reader *reader, const struct profile_place *place, const char *format, ...)
{
    char message[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct buffer path = buffer_with_maximum(PATH_TEXT_MAX);
    add_path(&path, place);
    error_set(reader->error, "%s: %s%s: %s", reader->profile->path, path.bytes, path.full ? "..." : "", message);
    buffer_release(&path);
    return false;
}

/* "file:line:column: " and the message; returns false. */
static bool fail_at_byte(const struct profile_reader *reader, struct text text, size_t offset, const char *message)
{
    int64_t line = 1;
    size_t line_begin = 0;
    for (size_t i = 0; i < offset; i++) {
        if (text.bytes[i] == '\n') {
            line++;
            line_begin = i + 1;
        }
    }
    return error_set(reader->error, "%s:%" PRId64 ":%zu: %s", reader->profile->path, line, offset - line_begin + 1,
                     message);
}

/* Where an escaped NUL stands, which cJSON would take for the end of its text; the length where there is none. */
static size_t find_escaped_nul(struct text text)
{
    static const char escaped[] = "\\u0000";
    for (size_t i = 0; i + 1 < text.length; i++) {
        if (text.bytes[i] != '\\')
            continue;
        if (text.length - i >= sizeof escaped - 1 && memcmp(text.bytes + i, escaped, sizeof escaped - 1) == 0)
            return i;
        i++; /* what is escaped, be it a backslash, begins nothing */
    }
    return text.length;
}

/* Objects without any key twice, here and below. */
static bool check_keys_differ(const struct profile_reader *reader, const struct profile_place *place)
{
    struct dictionary keys = {0};
    size_t index = 0;
    bool sound = true;
    for (const cJSON *value = place->value->child; value != NULL && sound; value = value->next, index++) {
        const struct profile_place inner = {place, value->string, index, value};
        if (value->string != NULL && dictionary_add(&keys, text_of(value->string)) != index)
            sound = profile_fail(reader, &inner, "expected once; it stands here twice");
        else
            sound = check_keys_differ(reader, &inner);
    }
    dictionary_release(&keys);
    return sound;
}

bool profile_json_parse(const struct profile_reader *reader, struct text text, cJSON **document)
{
    size_t offset;
    if (!text_is_utf8(text, &offset))
        return fail_at_byte(reader, text, offset, "expected JSON in UTF-8");
    offset = find_escaped_nul(text);
    if (offset < text.length)
        return fail_at_byte(reader, text, offset, "expected no NUL character");
    const char *end = text.bytes;
    cJSON *const parsed = text.length > 0 ? cJSON_ParseWithLengthOpts(text.bytes, text.length, &end, false) : NULL;
    offset = text.length > 0 ? (size_t)(end - text.bytes) : 0;
    if (parsed == NULL)
        return fail_at_byte(reader, text, offset, "expected JSON");
    while (offset < text.length && strchr(" \t\r\n", text.bytes[offset]) != NULL)
        offset++;
    if (offset < text.length) {
        cJSON_Delete(parsed);
        return fail_at_byte(reader, text, offset, "expected nothing behind the profile's closing brace");
    }
    if (!check_keys_differ(reader, &(struct profile_place){.value = parsed})) {
        cJSON_Delete(parsed);
        return false;
    }
    *document = parsed;
    return true;
}

struct profile_place profile_member(const struct profile_place *object, const char *key)
{
    return (struct profile_place){object, key, 0, cJSON_GetObjectItemCaseSensitive(object->value, key)};
}

bool profile_next_element(const struct profile_place *array, struct profile_place *element)
{
    const bool first = element->outer == NULL;
    const cJSON *const value = first ? array->value->child : element->value->next;
    *element = (struct profile_place){array, NULL, first ? 0 : element->index + 1, value};
    return value != NULL;
}

/* "one of a, b, c". */
static void join_words(char text[EXPECTED_TEXT_MAX], const char *const *words)
{
    struct buffer joined = buffer_with_maximum(EXPECTED_TEXT_MAX - 1);
    for (size_t i = 0; words[i] != NULL; i++)
        buffer_add_formatted(&joined, "%s%s", i == 0 ? "one of " : ", ", words[i]);
    snprintf(text, EXPECTED_TEXT_MAX, "%s", joined.bytes != NULL ? joined.bytes : "");
    buffer_release(&joined);
}

bool profile_check_keys(const struct profile_reader *reader, const struct profile_place *place, const char *const *keys)
{
    char expected[EXPECTED_TEXT_MAX];
    join_words(expected, keys);
    if (!cJSON_IsObject(place->value))
        return profile_fail(reader, place, "expected an object");
    for (const cJSON *value = place->value->child; value != NULL; value = value->next) {
        size_t i = 0;
        while (keys[i] != NULL && strcmp(keys[i], value->string) != 0)
            i++;
        const struct profile_place member = {place, value->string, 0, value};
        if (keys[i] == NULL)
            return profile_fail(reader, &member, "unknown; expected %s", expected);
    }
    return true;
}

bool profile_check_array(const struct profile_reader *reader, const struct profile_place *place, size_t least,
                         size_t *count)
{
    size_t elements = 0;
    if (!cJSON_IsArray(place->value))
        return profile_fail(reader, place, "expected an array");
    for (const cJSON *value = place->value->child; value != NULL; value = value->next)
        elements++;
    if (elements < least)
        return profile_fail(reader, place, "expected an array of at least %zu", least);
    *count = elements;
    return true;
}

bool profile_read_text(const struct profile_reader *reader, const struct profile_place *place, struct text *text)
{
    if (!cJSON_IsString(place->value))
        return profile_fail(reader, place, "expected a text");
    *text = arena_copy_text(&reader->profile->arena, text_of(place->value->valuestring));
    return true;
}

bool profile_read_line(const struct profile_reader *reader, const struct profile_place *place, const char **line)
{
    struct text text = {0};
    if (!profile_read_text(reader, place, &text))
        return false;
    bool sound = text_trim(text).length > 0 && text.length <= PROFILE_LINE_MAX;
    for (size_t i = 0; i < text.length; i++)
        sound = sound && (unsigned char)text.bytes[i] >= ' ' && text.bytes[i] != '\x7F';
    if (!sound)
        return profile_fail(reader, place, "expected a line of text, of at most %d bytes", PROFILE_LINE_MAX);
    *line = text.bytes;
    return true;
}

bool profile_read_name(const struct profile_reader *reader, const struct profile_place *place, const char **name)
{
    struct text text = {0};
    if (!profile_read_text(reader, place, &text))
        return false;
    bool sound = text.length > 0 && text.length <= PROFILE_NAME_MAX;
    for (size_t i = 0; i < text.length; i++)
        sound = sound && (is_letter_or_digit(text.bytes[i]) || text.bytes[i] == '-') &&
                !(text.bytes[i] >= 'A' && text.bytes[i] <= 'Z');
    if (!sound)
        return profile_fail(reader, place, "expected a name of small letters, digits and hyphens, %d at most",
                            PROFILE_NAME_MAX);
    *name = text.bytes;
    return true;
}

bool profile_read_texts(const struct profile_reader *reader, const struct profile_place *place, size_t least,
                        struct text_list *list)
{
    size_t count = 0;
    if (!profile_check_array(reader, place, least, &count))
        return false;
    struct text *const texts = arena_allocate(&reader->profile->arena, count * sizeof *texts);
    struct profile_place element = {0};
    while (profile_next_element(place, &element))
        if (!profile_read_text(reader, &element, &texts[element.index]))
            return false;
    *list = (struct text_list){texts, count};
    return true;
}

bool profile_read_column(struct profile_reader *reader, const struct profile_place *place, profile_column *column)
{
    if (!cJSON_IsString(place->value))
        return profile_fail(reader, place, "expected the name of a column");
    const struct text name = text_of(place->value->valuestring);
    if (name.length == 0 || text_trim(name).length != name.length)
        return profile_fail(reader, place, "expected the name of a column, without spaces around it");
    *column = dictionary_add(&reader->columns, name);
    return true;
}

bool profile_read_format(const struct profile_reader *reader, const struct profile_place *place,
                         struct date_format *format)
{
    if (!cJSON_IsString(place->value) || !date_format_parse(text_of(place->value->valuestring), format))
        return profile_fail(reader, place,
                            "expected a date format, such as \"DD/MM/YYYY\", \"YYYYMMDD\" or "
                            "\"DD-MMM-YYYY\"");
    return true;
}

bool profile_read_word(const struct profile_reader *reader, const struct profile_place *place, const char *const *words,
                       size_t *index)
{
    char expected[EXPECTED_TEXT_MAX];
    join_words(expected, words);
    for (size_t i = 0; cJSON_IsString(place->value) && words[i] != NULL; i++) {
        if (strcmp(words[i], place->value->valuestring) == 0) {
            *index = i;
            return true;
        }
    }
    return profile_fail(reader, place, "expected %s", expected);
}
