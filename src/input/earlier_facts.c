#include "referlens/input/earlier_facts.h"

#include "referlens/base/calendar.h"
#include "referlens/base/memory.h"
#include "referlens/cohort/cohort.h"

#include <string.h>

/* The next line of a text of facts, without its end; false where there is none. */
static bool next_line(struct text *left, struct text *line)
{
    const char *end = left->length > 0 ? memchr(left->bytes, '\n', left->length) : NULL;
    if (end == NULL)
        return false;
    *line = (struct text){left->bytes, (size_t)(end - left->bytes)};
    *left = (struct text){end + 1, left->length - line->length - 1};
    return true;
}

/* Of a row of practices, however its quarter is written. */
static uint64_t period_of(struct text line)
{
    quarter period = PERIOD_NONE;
    quarter_parse(fact_text_last(line), &period);
    return text_hash((struct text){(const char *)&period, sizeof period});
}

/* What a whole file that holds this line holds all of. Never 0, which marks an empty place. */
static uint64_t name_of(struct text line, enum file_kind kind)
{
    const bool one = kind == FILE_SCHEMES || kind == FILE_SESSIONS;
    const uint64_t hash = one ? 1 : kind == FILE_PRACTICES ? period_of(line) : text_hash(fact_text_id(line));
    return hash != 0 ? hash : 1;
}

static uint64_t *place_of(const struct earlier_facts *earlier, uint64_t name)
{
    uint64_t at = name & earlier->mask;
    while (earlier->named[at] != 0 && earlier->named[at] != name)
        at = (at + 1) & earlier->mask;
    return &earlier->named[at];
}

struct earlier_facts earlier_facts_of(const struct kept_pack *packs, size_t count, enum file_kind kind)
{
    struct earlier_facts earlier = {.kind = kind, .mask = 63, .text = buffer_with_maximum(SIZE_MAX / 2)};
    uint64_t facts = 0;
    for (size_t i = 0; i < count; i++)
        facts += packs[i].kind == kind ? packs[i].pack.count : 0;
    while (earlier.mask < 2 * facts)
        earlier.mask = 2 * earlier.mask + 1;
    earlier.named = memory_allocate_zeroed(earlier.mask + 1, sizeof *earlier.named);
    for (size_t i = 0; i < count; i++) {
        struct text left = {(const char *)packs[i].pack.bytes, packs[i].pack.length}, line;
        while (packs[i].kind == kind && next_line(&left, &line)) {
            const uint64_t name = name_of(line, kind);
            *place_of(&earlier, name) = name;
        }
    }
    return earlier;
}

void earlier_facts_release(struct earlier_facts *earlier)
{
    if (earlier == NULL)
        return;
    stored_facts_release(&earlier->found);
    memory_free(earlier->named);
    buffer_release(&earlier->text);
    *earlier = (struct earlier_facts){0};
}

bool earlier_facts_look(struct earlier_facts *earlier, struct store *store, const struct store_keys *stored,
                        const bool *missing, struct error *error)
{
    const struct store_block block = {.id = stored->block, .facts = (int64_t)stored->count};
    if (!store_read_block(store, &block, &earlier->text, error))
        return false;
    struct text left = buffer_text(&earlier->text), line;
    for (size_t i = 0; i < stored->count; i++) {
        if (stored->standings[i] < STORED || !next_line(&left, &line) || !missing[i] ||
            *place_of(earlier, name_of(line, earlier->kind)) == 0)
            continue;
        stored_facts_add(&earlier->found, (struct stored_fact){stored->block, (int64_t)i, stored->keys[i]});
    }
    return true;
}
