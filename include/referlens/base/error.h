/* What went wrong, as a value.
 *
 * A fallible function returns bool and takes a `struct error *` as its last argument. On failure it
 * returns false, fills the error with one sentence for the user, and leaves its outputs untouched.
 * Nothing here prints: only command/ does. The message never holds a referral id or a patient key,
 * and control characters in it are scrubbed, so that it can go to a terminal as it is.
 */
#ifndef REFERLENS_BASE_ERROR_H
#define REFERLENS_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

enum { ERROR_MESSAGE_MAX = 512 };

struct error {
    char message[ERROR_MESSAGE_MAX]; /* one line, no newline at its end; empty: nothing went wrong */
};

/* Fills `error` (NULL is allowed) with the formatted sentence and returns false, so that a caller can
 * write `return error_set(error, "…")`. A message too long is cut at a character boundary. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As error_set, with ": " and the system's description of `number` (an errno value) behind it. */
bool error_set_system(struct error *error, int number, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts the formatted text and ": " before the message that is already there, to say where it happened.
 * Returns false. */
bool error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
