/* A dictionary: distinct texts and their codes, 0, 1, 2 … in the order in which they first came.
 *
 * It owns copies of its texts. Codes that depend on the order of reading must not reach an output: merge
 * the workers' dictionaries and sort (dictionary_sort) before anything is written. Not for several threads.
 */
#ifndef REFERLENS_BASE_DICTIONARY_H
#define REFERLENS_BASE_DICTIONARY_H

#include "referlens/base/arena.h"
#include "referlens/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DICTIONARY_NONE UINT32_MAX

struct dictionary {
    struct arena arena;
    struct text *texts; /* by code */
    uint64_t *packed;   /* by code: with the length, all of a text of at most eight bytes, and part of a longer one */
    size_t count;
    size_t capacity, packed_capacity;
    uint32_t *slots; /* open addressing; code + 1, or 0 for an empty slot */
    size_t slot_count;
};

/* A zeroed struct dictionary is an empty one. Releasing an empty one is allowed. */
void dictionary_release(struct dictionary *dictionary);

/* The code of the text, added where it is new. */
uint32_t dictionary_add(struct dictionary *dictionary, struct text text);

/* The code of the text, or DICTIONARY_NONE. */
uint32_t dictionary_find(const struct dictionary *dictionary, struct text text);

/* The text of a code below `count`. */
struct text dictionary_text(const struct dictionary *dictionary, uint32_t code);

/* Gives the texts new codes in the order of their bytes. `new_codes`, with room for `count`, receives the new
 * code of each old one. */
void dictionary_sort(struct dictionary *dictionary, uint32_t *new_codes);

#endif
