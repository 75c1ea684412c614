#include "referlens/input/kept_facts.h"

#include "referlens/base/memory.h"
#include "referlens/input/reading.h"

#include <stdlib.h>

static void take_chunk(struct kept_facts *kept, struct reading *reading, struct chunk *chunk)
{
    const struct input_file *file = &reading->input->files[chunk->file];
    struct kept_file *of = &kept->files[chunk->file];
    for (size_t i = 0; i < chunk->left_out_reason_count; i++)
        ledger_count_reason(of->left_out_for, &of->left_out_reason_count, chunk->left_out_for[i].reason,
                            chunk->left_out_for[i].count);
    for (size_t i = 0; i < pack_number(chunk->part_count, true); i++) {
        if (chunk->packs[i].count == 0)
            continue;
        const size_t rule = i / 2;
        fact_pack_finish(&chunk->packs[i]);
        kept->packs = memory_grow(kept->packs, &kept->capacity, kept->count + 1, sizeof *kept->packs);
        kept->packs[kept->count++] = (struct kept_pack){
            .file = chunk->file,
            .rule = rule,
            .counts = i % 2 == 0,
            .kind = file->mapping.profile != NULL ? file->mapping.profile->rules[rule].kind : file->kind,
            .first_line = chunk->first_line,
            .pack = chunk->packs[i],
        };
        chunk->packs[i] = (struct fact_pack){0};
    }
}

static int compare_packs(const void *left, const void *right)
{
    const struct kept_pack *a = left, *b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->first_line != b->first_line)
        return a->first_line < b->first_line ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    return (b->counts > a->counts) - (b->counts < a->counts);
}

void kept_facts_take(struct kept_facts *kept, struct reading *reading)
{
    struct chunk_list *const lists[] = {&reading->tables, &reading->referrals, &reading->outcomes};
    kept->files = memory_allocate_zeroed(reading->input->file_count, sizeof *kept->files);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (size_t k = 0; k < lists[i]->count; k++) {
            if (!lists[i]->chunks[k].superseded)
                take_chunk(kept, reading, &lists[i]->chunks[k]);
        }
    }
    if (kept->count > 0)
        qsort(kept->packs, kept->count, sizeof *kept->packs, compare_packs);
}

void kept_facts_release(struct kept_facts *kept)
{
    if (kept == NULL)
        return;
    for (size_t i = 0; i < kept->count; i++)
        fact_pack_release(&kept->packs[i].pack);
    memory_free(kept->packs);
    memory_free(kept->files);
    *kept = (struct kept_facts){0};
}
