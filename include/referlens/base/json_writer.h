/* Writing JSON as it goes, into a buffer: flat memory for any number of results.
 *
 * Keys and values are written in the order of the calls; commas are the writer's. Numbers take the shortest form
 * that reads back to the same double; NaN and infinities are written as null, never as a number. Text is
 * escaped, and must be UTF-8. Reading JSON is cJSON's job.
 */
#ifndef REFERLENS_BASE_JSON_WRITER_H
#define REFERLENS_BASE_JSON_WRITER_H

#include "referlens/base/buffer.h"
#include "referlens/base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { JSON_WRITER_DEPTH_MAX = 32 };

struct json_writer {
    struct buffer *buffer;                  /* borrowed; the caller may empty it between calls */
    int depth;                              /* open objects and arrays */
    bool has_member[JSON_WRITER_DEPTH_MAX]; /* a comma is due */
    bool after_key;
    bool newline_due; /* goes behind the comma, which is written only when the next element comes */
};

struct json_writer json_writer_into(struct buffer *buffer);

/* Containers. Inside an object, call json_key before each value. */
void json_begin_object(struct json_writer *json);
void json_end_object(struct json_writer *json);
void json_begin_array(struct json_writer *json);
void json_end_array(struct json_writer *json);
void json_key(struct json_writer *json, const char *key);

void json_number(struct json_writer *json, double value);
void json_integer(struct json_writer *json, int64_t value);
void json_boolean(struct json_writer *json, bool value);
void json_null(struct json_writer *json);
void json_text(struct json_writer *json, struct text value);

/* One value that is JSON already, as it is. */
void json_raw(struct json_writer *json, struct text value);

/* A newline between two elements, for files that people read; it changes no value. */
void json_newline(struct json_writer *json);

/* A key and its value in one call. json_member_string writes null for NULL. */
void json_member_number(struct json_writer *json, const char *key, double value);
void json_member_integer(struct json_writer *json, const char *key, int64_t value);
void json_member_boolean(struct json_writer *json, const char *key, bool value);
void json_member_null(struct json_writer *json, const char *key);
void json_member_text(struct json_writer *json, const char *key, struct text value);
void json_member_string(struct json_writer *json, const char *key, const char *value);

#endif
