#include "referlens/input/repeats.h"

#include "referlens/base/arena.h"
#include "referlens/base/memory.h"

#include <stdlib.h>

const char reason_repeated[] = "the same row again";
static const char reason_later_row[] = "a later row of the same referral";

/* A row that shares its id with another. */
struct claim {
    uint32_t row;   /* of the cohort */
    uint32_t first; /* the first row of that id: what rows of one id have in common */
    int64_t order;  /* of the row among those that a profile makes into one referral; INT64_MAX: it has none */
    struct text text, meaning;
    size_t chunk;
    int64_t line;
};

struct gathering {
    struct chunk *chunk;
    size_t chunk_number;
    struct claim *claims; /* by row */
    size_t claim_count, next;
    struct arena *arena;
};

static int compare_rows(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    return (a->row > b->row) - (a->row < b->row);
}

/* Rows of one id together, the one to use first. */
static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    const int order = text_compare(a->text, b->text);
    return order != 0 ? order : compare_rows(left, right);
}

static void gather(void *context, size_t row, const struct made_row *made)
{
    struct gathering *gathering = context;
    if (gathering->next == gathering->claim_count ||
        gathering->claims[gathering->next].row != gathering->chunk->first_row + row)
        return;
    struct claim *claim = &gathering->claims[gathering->next++];
    struct buffer text = buffer_with_maximum(2 * RECORD_BYTES_MAX);
    decode_canonical_text(&made->view, &text);
    claim->text = arena_copy_text(gathering->arena, buffer_text(&text));
    buffer_clear(&text);
    decode_meaning(&made->view, &text);
    claim->meaning = arena_copy_text(gathering->arena, buffer_text(&text));
    claim->chunk = gathering->chunk_number;
    claim->line = made->view.record->line;
    claim->order = made->view.mapped != NULL ? made->view.mapped->order : INT64_MAX;
    buffer_release(&text);
}

/* The rows that share an id, by row, each once. */
static struct claim *list_claims(const struct identity_repeat *repeats, size_t repeat_count, size_t *claim_count)
{
    struct claim *claims = memory_allocate_zeroed(2 * repeat_count, sizeof *claims);
    for (size_t i = 0; i < repeat_count; i++) {
        claims[2 * i] = (struct claim){.row = repeats[i].first, .first = repeats[i].first};
        claims[2 * i + 1] = (struct claim){.row = repeats[i].other, .first = repeats[i].first};
    }
    qsort(claims, 2 * repeat_count, sizeof *claims, compare_rows);
    size_t kept = 0;
    for (size_t i = 0; i < 2 * repeat_count; i++) {
        if (kept == 0 || claims[i].row != claims[kept - 1].row)
            claims[kept++] = claims[i];
    }
    *claim_count = kept;
    return claims;
}

static void gather_texts(struct claim *claims, size_t claim_count, struct chunk_list *chunks,
                         const struct input_file *files, struct arena *arena)
{
    size_t next = 0;
    for (size_t i = 0; i < chunks->count; i++) {
        struct chunk *chunk = &chunks->chunks[i];
        const size_t end_row = i + 1 < chunks->count ? chunks->chunks[i + 1].first_row : SIZE_MAX;
        if (chunk->superseded || next == claim_count || claims[next].row >= end_row)
            continue;
        struct gathering gathering = {chunk, i, claims, claim_count, next, arena};
        chunk_visit_referrals(chunk, &files[chunk->file], gather, &gathering);
        next = gathering.next;
    }
}

void repeats_settle(const struct identity_repeat *repeats, size_t repeat_count, struct chunk_list *chunks,
                    struct input_file *files, uint8_t *dropped)
{
    struct arena arena = {0};
    size_t claim_count;
    struct claim *claims = list_claims(repeats, repeat_count, &claim_count);
    gather_texts(claims, claim_count, chunks, files, &arena);
    qsort(claims, claim_count, sizeof *claims, compare_claims);
    const struct claim *used = NULL;
    for (size_t i = 0; i < claim_count; i++) {
        const struct claim *claim = &claims[i];
        if (used == NULL || used->first != claim->first) {
            used = claim;
            continue;
        }
        dropped[claim->row] = 1;
        struct chunk *chunk = &chunks->chunks[claim->chunk];
        if (claim->order == used->order && text_equal(claim->meaning, used->meaning)) {
            ledger_add_duplicates(&files[chunk->file].ledger, reason_repeated, 1);
            continue;
        }
        if (claim->order != INT64_MAX) {
            ledger_add_duplicates(&files[chunk->file].ledger, reason_later_row, 1);
            continue;
        }
        const struct conflict conflict = {claim->line, decode_difference(FILE_REFERRALS, claim->meaning, used->meaning),
                                          "referral_id"};
        chunk_reject_conflict(chunk, &conflict);
    }
    memory_free(claims);
    arena_release(&arena);
}
