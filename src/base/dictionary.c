#include "referlens/base/dictionary.h"

#include "referlens/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SLOT_COUNT_FIRST = 64 }; /* slot counts are powers of two, at most half full */

void dictionary_release(struct dictionary *dictionary)
{
    if (dictionary == NULL)
        return;
    arena_release(&dictionary->arena);
    memory_free(dictionary->texts);
    memory_free(dictionary->packed);
    memory_free(dictionary->slots);
    *dictionary = (struct dictionary){0};
}

/* Two texts of one length up to eight bytes are packed into the same number only if they are equal. */
static inline uint64_t pack(struct text text)
{
    uint64_t packed = 0;
    uint32_t first, last;
    if (text.length >= sizeof packed) {
        memcpy(&packed, text.bytes, sizeof packed);
        return packed;
    }
    if (text.length >= sizeof first) {
        memcpy(&first, text.bytes, sizeof first);
        memcpy(&last, text.bytes + text.length - sizeof last, sizeof last);
        return first | (uint64_t)last << 32;
    }
    if (text.length > 0)
        packed = (uint64_t)(unsigned char)text.bytes[0] | (uint64_t)(unsigned char)text.bytes[text.length / 2] << 8 |
                 (uint64_t)(unsigned char)text.bytes[text.length - 1] << 16;
    return packed;
}

/* Codes of practices and specialties, bands and sexes are short: their number says it all. */
static inline uint64_t hash_of(struct text text, uint64_t packed)
{
    if (text.length > sizeof packed)
        return text_hash(text);
    /* Every byte of the number reaches the product's highest, so that goes lowest. */
    return __builtin_bswap64((packed + text.length) * UINT64_C(0x9e3779b97f4a7c15));
}

static inline bool is_text(const struct dictionary *dictionary, size_t code, struct text text, uint64_t packed)
{
    return dictionary->packed[code] == packed && dictionary->texts[code].length == text.length &&
           (text.length <= sizeof packed || text_equal(dictionary->texts[code], text));
}

/* The slot that holds the text, or the empty one where it would go. There must be slots. */
static inline size_t find_slot(const struct dictionary *dictionary, struct text text)
{
    const uint64_t packed = pack(text);
    size_t mask = dictionary->slot_count - 1;
    size_t slot = (size_t)hash_of(text, packed) & mask;
    while (dictionary->slots[slot] != 0 && !is_text(dictionary, dictionary->slots[slot] - 1, text, packed))
        slot = (slot + 1) & mask;
    return slot;
}

static void grow_slots(struct dictionary *dictionary)
{
    size_t slot_count = dictionary->slot_count == 0 ? SLOT_COUNT_FIRST : dictionary->slot_count * 2;
    memory_free(dictionary->slots);
    dictionary->slots = memory_allocate_zeroed(slot_count, sizeof *dictionary->slots);
    dictionary->slot_count = slot_count;
    for (size_t code = 0; code < dictionary->count; code++) {
        size_t slot = (size_t)hash_of(dictionary->texts[code], dictionary->packed[code]) & (slot_count - 1);
        while (dictionary->slots[slot] != 0)
            slot = (slot + 1) & (slot_count - 1);
        dictionary->slots[slot] = (uint32_t)code + 1;
    }
}

uint32_t dictionary_add(struct dictionary *dictionary, struct text text)
{
    if (dictionary->count >= dictionary->slot_count / 2)
        grow_slots(dictionary);
    size_t slot = find_slot(dictionary, text);
    if (dictionary->slots[slot] != 0)
        return dictionary->slots[slot] - 1;
    if (dictionary->count >= DICTIONARY_NONE - 1) /* code + 1 must fit a slot and code must not mean "none" */
        memory_exhausted();
    dictionary->texts =
        memory_grow(dictionary->texts, &dictionary->capacity, dictionary->count + 1, sizeof *dictionary->texts);
    dictionary->packed = memory_grow(dictionary->packed, &dictionary->packed_capacity, dictionary->count + 1,
                                     sizeof *dictionary->packed);
    dictionary->packed[dictionary->count] = pack(text);
    dictionary->texts[dictionary->count] = arena_copy_text(&dictionary->arena, text);
    dictionary->slots[slot] = (uint32_t)++dictionary->count;
    return dictionary->slots[slot] - 1;
}

uint32_t dictionary_find(const struct dictionary *dictionary, struct text text)
{
    if (dictionary->slot_count == 0)
        return DICTIONARY_NONE;
    uint32_t occupant = dictionary->slots[find_slot(dictionary, text)];
    return occupant == 0 ? DICTIONARY_NONE : occupant - 1;
}

struct text dictionary_text(const struct dictionary *dictionary, uint32_t code)
{
    return dictionary->texts[code];
}

/* What is sorted: the text's first eight bytes as a number settle most comparisons without a look at the text. */
struct sort_entry {
    uint64_t prefix;
    struct text text;
    uint32_t code;
};

static uint64_t ordered_prefix(struct text text)
{
    uint64_t prefix = 0;
    for (size_t i = 0; i < sizeof prefix; i++)
        prefix = prefix << 8 | (i < text.length ? (unsigned char)text.bytes[i] : 0);
    return prefix;
}

static int compare_entries(const void *left, const void *right)
{
    const struct sort_entry *a = left, *b = right;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    return text_compare(a->text, b->text);
}

void dictionary_sort(struct dictionary *dictionary, uint32_t *new_codes)
{
    size_t count = dictionary->count;
    if (count == 0)
        return;
    struct sort_entry *entries = memory_resize(NULL, count, sizeof *entries);
    for (size_t code = 0; code < count; code++) {
        struct text text = dictionary->texts[code];
        entries[code] = (struct sort_entry){ordered_prefix(text), text, (uint32_t)code};
    }
    qsort(entries, count, sizeof *entries, compare_entries);
    for (size_t i = 0; i < count; i++) {
        new_codes[entries[i].code] = (uint32_t)i;
        dictionary->texts[i] = entries[i].text;
        dictionary->packed[i] = pack(entries[i].text);
    }
    memory_free(entries);
    for (size_t slot = 0; slot < dictionary->slot_count; slot++)
        if (dictionary->slots[slot] != 0)
            dictionary->slots[slot] = new_codes[dictionary->slots[slot] - 1] + 1;
}
