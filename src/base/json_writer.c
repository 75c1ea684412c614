#include "referlens/base/json_writer.h"

#include <math.h>
#include <stdlib.h>

struct json_writer json_writer_into(struct buffer *buffer)
{
    return (struct json_writer){.buffer = buffer};
}

/* Writes the comma and the newline that are due before an element. */
static void begin_element(struct json_writer *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->has_member[json->depth])
        buffer_add_character(json->buffer, ',');
    if (json->newline_due)
        buffer_add_character(json->buffer, '\n');
    json->newline_due = false;
    json->has_member[json->depth] = json->depth > 0; /* nothing separates two documents */
}

static void begin_container(struct json_writer *json, char bracket)
{
    begin_element(json);
    buffer_add_character(json->buffer, bracket);
    if (json->depth + 1 >= JSON_WRITER_DEPTH_MAX)
        abort(); /* a mistake of the program: its documents have a fixed depth */
    json->has_member[++json->depth] = false;
}

static void end_container(struct json_writer *json, char bracket)
{
    if (json->depth == 0)
        abort(); /* as above: it was never opened */
    if (json->newline_due)
        buffer_add_character(json->buffer, '\n');
    json->newline_due = false;
    json->depth--;
    buffer_add_character(json->buffer, bracket);
}

void json_begin_object(struct json_writer *json)
{
    begin_container(json, '{');
}

void json_end_object(struct json_writer *json)
{
    end_container(json, '}');
}

void json_begin_array(struct json_writer *json)
{
    begin_container(json, '[');
}

void json_end_array(struct json_writer *json)
{
    end_container(json, ']');
}

static void add_escaped(struct buffer *buffer, unsigned char byte)
{
    static const char short_forms[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char letter = byte < sizeof short_forms ? short_forms[byte] : (char)byte;
    if (letter != '\0')
        buffer_add(buffer, (char[]){'\\', letter}, 2);
    else
        buffer_add_formatted(buffer, "\\u%04x", byte);
}

static void add_quoted(struct buffer *buffer, struct text text)
{
    buffer_add_character(buffer, '"');
    size_t plain_from = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        buffer_add(buffer, text.bytes + plain_from, i - plain_from);
        add_escaped(buffer, byte);
        plain_from = i + 1;
    }
    if (text.length > plain_from)
        buffer_add(buffer, text.bytes + plain_from, text.length - plain_from);
    buffer_add_character(buffer, '"');
}

void json_key(struct json_writer *json, const char *key)
{
    begin_element(json);
    add_quoted(json->buffer, text_of(key));
    buffer_add_character(json->buffer, ':');
    json->after_key = true;
}

void json_number(struct json_writer *json, double value)
{
    if (!isfinite(value)) {
        json_null(json);
        return;
    }
    begin_element(json);
    buffer_add_number(json->buffer, value);
}

void json_integer(struct json_writer *json, int64_t value)
{
    begin_element(json);
    buffer_add_integer(json->buffer, value);
}

void json_boolean(struct json_writer *json, bool value)
{
    begin_element(json);
    buffer_add_string(json->buffer, value ? "true" : "false");
}

void json_null(struct json_writer *json)
{
    begin_element(json);
    buffer_add_string(json->buffer, "null");
}

void json_text(struct json_writer *json, struct text value)
{
    begin_element(json);
    add_quoted(json->buffer, value);
}

void json_raw(struct json_writer *json, struct text value)
{
    begin_element(json);
    buffer_add_text(json->buffer, value);
}

void json_newline(struct json_writer *json)
{
    if (json->depth > 0)
        json->newline_due = true;
    else
        buffer_add_character(json->buffer, '\n');
}

void json_member_number(struct json_writer *json, const char *key, double value)
{
    json_key(json, key);
    json_number(json, value);
}

void json_member_integer(struct json_writer *json, const char *key, int64_t value)
{
    json_key(json, key);
    json_integer(json, value);
}

void json_member_boolean(struct json_writer *json, const char *key, bool value)
{
    json_key(json, key);
    json_boolean(json, value);
}

void json_member_null(struct json_writer *json, const char *key)
{
    json_key(json, key);
    json_null(json);
}

void json_member_text(struct json_writer *json, const char *key, struct text value)
{
    json_key(json, key);
    json_text(json, value);
}

void json_member_string(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    if (value == NULL)
        json_null(json);
    else
        json_text(json, text_of(value));
}
