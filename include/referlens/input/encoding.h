/* Encodings: bytes of a declared encoding turned into UTF-8, by iconv.
 *
 * Never guessed: UTF-8 unless the profile or the command line says otherwise, or the file does so itself with a byte order
 * mark (EF BB BF, or FF FE for UTF-16LE).
 */
#ifndef REFERLENS_INPUT_ENCODING_H
#define REFERLENS_INPUT_ENCODING_H

#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <stdbool.h>

enum encoding { ENCODING_UTF8, ENCODING_WINDOWS_1252, ENCODING_UTF16LE, ENCODING_COUNT };

extern const char *const encoding_names[ENCODING_COUNT + 1]; /* "utf-8", "windows-1252", "utf-16le", NULL */

/* False where there is no such encoding; letters of either case. */
bool encoding_parse(struct text name, enum encoding *encoding);

/* How many bytes the mark at the start takes, and what it says; 0, leaving `encoding` alone, where there is none. */
size_t encoding_mark(struct text bytes, enum encoding *encoding);

/* The bytes as UTF-8, in memory that the caller releases with memory_release_reserved (`reserved` bytes of it). Fails at
 * the first byte that is not of the encoding, with its line and column, from 1. Not for ENCODING_UTF8. */
bool encoding_decode(enum encoding encoding, struct text bytes, struct text *decoded, size_t *reserved,
                     struct error *error);

#endif
