#include "referlens/input/row_source.h"

#include "referlens/base/memory.h"
#include "referlens/input/stored.h"

enum { BLOCK_BYTES_MAX = 1 << 30 };

static const char reason_replaced[] = "replaced or withdrawn by a later import";

static const size_t in_order[COLUMN_COUNT_MAX] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* Reads the block; what later imports have replaced is left out, if it stands for rows of the file. */
static void open_block(struct row_source *source, const struct input_file *file)
{
    struct chunk *chunk = source->chunk;
    const struct stored_block *block = chunk->block;
    int64_t replaced = 0;
    source->text = buffer_with_maximum(BLOCK_BYTES_MAX);
    stored_file_read(file->stored, block, &source->text, &replaced, &chunk->error);
    fact_reader_open(&source->facts, buffer_text(&source->text), block->kind);
    source->record.fields = source->facts.values;
    source->record.field_count = format_kinds[block->kind].column_count;
    if (!source->counts)
        return;
    chunk->replaced = replaced;
    if (block->block.counts)
        ledger_count_reason(chunk->left_out_for, &chunk->left_out_reason_count, reason_replaced, replaced);
}

void row_source_open(struct row_source *source, struct chunk *chunk, const struct input_file *file, enum file_kind kind,
                     bool counts)
{
    *source = (struct row_source){.chunk = chunk, .counts = counts};
    row_maker_open(&source->maker, file, kind);
    if (chunk->block != NULL) {
        open_block(source, file);
        return;
    }
    record_reader_open(&source->record, chunk->text, file->delimiter, chunk->in_order);
    for (size_t rule = 0; counts && rule < chunk->part_count; rule++)
        source->maker.counts[rule] = &chunk->parts[rule].counts;
}

static bool next_record(struct row_source *source)
{
    while (record_reader_next(&source->record)) {
        if (source->counts && chunk_take(source->chunk, &source->maker, &source->record))
            return true;
        if (source->counts)
            continue;
        row_maker_take(&source->maker, &source->record);
        if (source->maker.outcome == RECORD_MADE)
            return true;
    }
    return false;
}

/* A fact was sound when it went into the store, so one that is not means that somebody changed it, or that it went in
 * before NHS numbers in texts were refused. */
static bool refuse_fact(struct chunk *chunk, const struct problem *problem)
{
    if (problem->category == problem_nhs_number)
        return error_set(&chunk->error, "the store has texts of it that hold NHS numbers: take it into a new store");
    return error_set(&chunk->error, "what the store has of it is damaged");
}

static bool next_fact(struct row_source *source)
{
    const struct stored_block *block = source->chunk->block;
    struct made_row *made = &source->maker.made[0];
    if (source->chunk->error.message[0] != '\0' || !fact_reader_next(&source->facts)) {
        if (source->facts.damaged)
            error_set(&source->chunk->error, "what the store has of it is damaged");
        return false;
    }
    source->record.begin = "";
    source->record.line = source->facts.line;
    source->record.has_quotes = source->facts.unescaped.length > 0; /* its values are gone with the next */
    source->mapped.order = source->facts.order;
    made->rule = (size_t)block->block.rule;
    made->belongs = block->block.counts;
    made->view = (struct row_view){
        .kind = block->kind,
        .values = source->facts.values,
        .columns = in_order,
        .fields = in_order,
        .record = &source->record,
        .mapped = &source->mapped,
        .words = source->maker.words[block->kind],
    };
    source->maker.made_count = 1;
    struct problem problem;
    return row_maker_decode(made, &problem) || refuse_fact(source->chunk, &problem);
}

bool row_source_next(struct row_source *source)
{
    return source->chunk->block != NULL ? next_fact(source) : next_record(source);
}

void row_source_close(struct row_source *source)
{
    if (source == NULL)
        return;
    if (source->chunk->block != NULL) {
        fact_reader_close(&source->facts);
        buffer_release(&source->text);
    } else {
        if (source->counts) {
            source->chunk->line_count = source->record.next_line - 1;
            source->chunk->refused = source->record.stopped;
        }
        record_reader_close(&source->record);
    }
    row_maker_close(&source->maker);
}
