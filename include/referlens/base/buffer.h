/* A growing byte buffer with a maximum.
 *
 * Every buffer is given the most that it may hold when it is made; text that would pass it is not added and
 * the buffer is marked as full, once and for good, so that a caller may check at the end. A full buffer takes
 * nothing more, however short: what it holds is always the beginning of what it should have held. `bytes` always
 * has a NUL behind it, not counted in `length`.
 */
#ifndef REFERLENS_BASE_BUFFER_H
#define REFERLENS_BASE_BUFFER_H

#include "referlens/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *bytes;     /* owned; NULL until something is added */
    size_t length;   /* in bytes */
    size_t capacity; /* in bytes, the NUL included */
    size_t maximum;  /* in bytes; `length` never passes it */
    bool full;       /* something was refused */
};

/* An empty buffer that may hold `maximum` bytes; allocates nothing yet. */
struct buffer buffer_with_maximum(size_t maximum);

/* Releases the bytes; NULL and an already released buffer are allowed. */
void buffer_release(struct buffer *buffer);

/* Empties the buffer and its mark, keeping the memory. */
void buffer_clear(struct buffer *buffer);

/* Each returns false, adding nothing, where the maximum would be passed. */
bool buffer_add(struct buffer *buffer, const void *bytes, size_t length);
bool buffer_add_text(struct buffer *buffer, struct text text);
bool buffer_add_string(struct buffer *buffer, const char *string);
bool buffer_add_character(struct buffer *buffer, char character);
bool buffer_add_formatted(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The decimal digits of a whole number. */
bool buffer_add_integer(struct buffer *buffer, int64_t value);

/* The shortest decimal form that reads back to the same double, as in the C locale ("0.1", "1e-07", "3").
 * Not for NaN or infinity: the caller decides what stands for them. */
bool buffer_add_number(struct buffer *buffer, double value);

/* The content as a view, good until the buffer changes. */
struct text buffer_text(const struct buffer *buffer);

#endif
