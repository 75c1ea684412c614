/* Pseudonyms: keys of patients, referrals and clinicians replaced on the way in by a keyed hash of them.
 *
 * HMAC-SHA-256 (RFC 2104) with a secret that lies in a file of the user's: whoever has not the file can neither undo a
 * pseudonym nor try numbers until one fits, and the same key gives the same pseudonym in every run, so that linkage
 * stays. The secret is never printed, and is wiped from memory when it is no longer needed.
 */
#ifndef REFERLENS_INPUT_PSEUDONYM_H
#define REFERLENS_INPUT_PSEUDONYM_H

#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <stdbool.h>

enum { PSEUDONYM_KEY_MIN = 16, PSEUDONYM_KEY_MAX = 4096, PSEUDONYM_TEXT_SIZE = 65 };

struct pseudonym_key;

/* Reads the secret: all bytes of the file, a line end included. Fails where there are fewer than PSEUDONYM_KEY_MIN or
 * more than PSEUDONYM_KEY_MAX. */
bool pseudonym_key_read(const char *path, struct pseudonym_key **key, struct error *error);

/* Wipes and releases it; NULL is allowed. */
void pseudonym_key_free(struct pseudonym_key *key);

/* Writes the text's pseudonym: 64 hexadecimal digits in lower case, and a NUL. For several threads at once. */
void pseudonym_write(const struct pseudonym_key *key, struct text text, char pseudonym[PSEUDONYM_TEXT_SIZE]);

/* Writes what tells whether two keys are the same, and nothing else of them: the pseudonym of a fixed text. NULL, for keys
 * that are not replaced, gives the empty text. */
void pseudonym_fingerprint(const struct pseudonym_key *key, char fingerprint[PSEUDONYM_TEXT_SIZE]);

#endif
