#include "referlens/input/stored.h"

#include "referlens/base/memory.h"
#include "referlens/input/quality_text.h"

#include <string.h>

/* What the walk over imports leaves for the walks over each one's parts. */
struct opening {
    struct shared_store *shared;
    struct input_file *files;
    size_t count, capacity;
};

static const char *kept(struct arena *arena, struct text text)
{
    return arena_copy_text(arena, text).bytes;
}

/* The kind of that name; FILE_KIND_COUNT where there is none. */
static enum file_kind kind_of(struct text name)
{
    size_t kind = 0;
    while (kind < FILE_KIND_COUNT && !text_equal(text_of(format_kinds[kind].name), name))
        kind++;
    return (enum file_kind)kind;
}

static enum encoding encoding_of(struct text name)
{
    size_t encoding = 0;
    while (encoding + 1 < ENCODING_COUNT && !text_equal(text_of(encoding_names[encoding]), name))
        encoding++;
    return (enum encoding)encoding;
}

static void add_import(void *context, const struct store_import *import)
{
    struct opening *opening = context;
    struct stored_file *stored = memory_allocate_zeroed(1, sizeof *stored);
    stored->shared = opening->shared;
    stored->import = import->id;
    stored->read = import->read;
    stored->as_of = DAY_UNKNOWN;
    stored->sound =
        reasons_text_read(import->left_out, &stored->arena, stored->left_out_for, &stored->left_out_reason_count) &&
        (import->as_of.length == 0 || day_parse(import->as_of, &stored->as_of));
    opening->files = memory_grow(opening->files, &opening->capacity, opening->count + 1, sizeof *opening->files);
    struct input_file *file = &opening->files[opening->count++];
    *file = (struct input_file){
        .path = "",
        .name = memory_copy_text(import->name.bytes, import->name.length),
        .kind_names = memory_copy_text(import->kind.bytes, import->kind.length),
        .encoding = encoding_of(import->reading.encoding),
        .delimiter = import->delimiter.length > 0 ? import->delimiter.bytes[0] : ',',
        .body_line = 1,
        .kind = FILE_KIND_COUNT,
        .ignored = import->unused.length > 0 ? memory_copy_text(import->unused.bytes, import->unused.length) : NULL,
        .stored = stored,
    };
    file->ledger.name = file->name;
    file->ledger.kind = file->kind_names;
    file->ledger.profile = kept(&stored->arena, import->reading.profile);
    file->ledger.bytes = import->bytes;
    if (import->reading.sha256.length < sizeof file->ledger.sha256)
        memcpy(file->ledger.sha256, import->reading.sha256.bytes, import->reading.sha256.length);
}

static void add_part(void *context, const struct store_part *from)
{
    struct input_file *file = context;
    struct stored_file *stored = file->stored;
    const enum file_kind kind = kind_of(from->kind);
    stored->sound = stored->sound && kind != FILE_KIND_COUNT && from->rule == (int64_t)stored->part_count;
    if (!stored->sound)
        return;
    stored->parts = memory_grow(stored->parts, &stored->part_capacity, stored->part_count + 1, sizeof *stored->parts);
    struct stored_part *part = &stored->parts[stored->part_count++];
    *part = (struct stored_part){
        .kind = kind,
        .quality = {.name = kept(&stored->arena, from->name), .kind = format_kinds[kind].name, .made = from->made},
        .unchanged = from->unchanged,
        .unchanged_rows = from->unchanged_rows,
    };
    stored->sound = quality_text_read(from->columns, kind, &stored->arena, &part->quality);
    file->kinds |= 1U << kind;
    file->kind = kind < file->kind ? kind : file->kind;
}

static void add_reject(void *context, const struct store_reject *from)
{
    struct stored_file *stored = context;
    stored->rejects =
        memory_grow(stored->rejects, &stored->reject_capacity, stored->reject_count + 1, sizeof *stored->rejects);
    stored->rejects[stored->reject_count++] = (struct stored_reject){
        from->line, from->column, kept(&stored->arena, from->reason), kept(&stored->arena, from->message)};
}

static void add_block(void *context, const struct store_block *from)
{
    struct stored_file *stored = context;
    const enum file_kind kind = kind_of(from->kind);
    stored->sound = stored->sound && kind != FILE_KIND_COUNT && from->rule >= 0 &&
                    (uint64_t)from->rule < stored->part_count && from->bytes >= 0 &&
                    stored->parts[from->rule].kind == kind;
    if (!stored->sound)
        return;
    stored->blocks =
        memory_grow(stored->blocks, &stored->block_capacity, stored->block_count + 1, sizeof *stored->blocks);
    struct stored_block *block = &stored->blocks[stored->block_count++];
    *block = (struct stored_block){*from, kind};
    block->block.kind = text_of(format_kinds[kind].name); /* the one given is gone soon */
}

/* Rows of which some were rejected have been judged anew, and all counted again, where a later import is of the same
 * bytes through a profile of the same name. */
static bool is_read_again(const struct input_file *files, size_t file, size_t count)
{
    const struct ledger *ledger = &files[file].ledger;
    for (size_t i = file + 1; i < count; i++) {
        if (strcmp(files[i].ledger.sha256, ledger->sha256) == 0 &&
            strcmp(files[i].ledger.profile, ledger->profile) == 0)
            return true;
    }
    return false;
}

/* Leaves it to the later import to say what could not be used. */
static void forget_unread(struct stored_file *stored)
{
    for (size_t i = 0; i < stored->part_count; i++) {
        struct quality_part *quality = &stored->parts[i].quality;
        struct quality_column *columns = arena_allocate(&stored->arena, quality->column_count * sizeof *columns);
        for (size_t k = 0; k < quality->column_count; k++) {
            columns[k] = quality->columns[k];
            columns[k].unread_since = QUALITY_NEVER;
            columns[k].all_words = NULL;
            columns[k].all_word_count = 0;
        }
        quality->columns = columns;
    }
}

bool stored_files_open(struct shared_store *shared, struct input_file **files, size_t *count, struct error *error)
{
    struct opening opening = {shared, *files, *count, *count};
    const size_t first = *count;
    bool done = store_each_import(shared->store, add_import, &opening, error);
    *files = opening.files;
    *count = opening.count;
    for (size_t i = first; done && i < *count; i++) {
        struct input_file *file = &opening.files[i];
        done = store_each_part(shared->store, file->stored->import, add_part, file, error) &&
               store_each_reject(shared->store, file->stored->import, add_reject, file->stored, error) &&
               store_each_block(shared->store, file->stored->import, add_block, file->stored, error);
        if (done && (!file->stored->sound || file->stored->part_count == 0))
            done = error_set(error, "the store's import of %s is damaged", file->name);
        if (done && is_read_again(opening.files, i, *count))
            forget_unread(file->stored);
    }
    return done;
}

void stored_file_free(struct stored_file *stored)
{
    if (stored == NULL)
        return;
    arena_release(&stored->arena);
    memory_free(stored->parts);
    memory_free(stored->blocks);
    memory_free(stored->rejects);
    memory_free(stored);
}

bool stored_file_read(const struct stored_file *stored, const struct stored_block *block, struct buffer *text,
                      int64_t *replaced, struct error *error)
{
    pthread_mutex_lock(&stored->shared->lock);
    const bool done = store_read_block(stored->shared->store, &block->block, text, error);
    pthread_mutex_unlock(&stored->shared->lock);
    *replaced = block->block.facts;
    for (const char *at = text->bytes, *end = at + text->length; done && at < end; (*replaced)--)
        at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
    return done;
}
