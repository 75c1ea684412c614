#include "referlens/input/table_file.h"

#include "referlens/base/arena.h"
#include "referlens/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

struct table_row {
    struct text key, text;
    size_t chunk; /* index of its chunk in the list */
    int64_t line;
    union {
        struct practice_input practice;
        struct scheme_input scheme;
        struct session_input session;
    } decoded; /* texts in the arena */
};

struct table {
    enum file_kind kind;
    struct arena arena;
    struct table_row *rows;
    size_t count, capacity;
};

static bool decode(const struct input_file *file, const struct record_reader *record, struct table_row *row,
                   struct problem *problem)
{
    switch (file->kind) {
    case FILE_PRACTICES:
        return decode_practice(file, record, &row->decoded.practice, problem);
    case FILE_SCHEMES:
        return decode_scheme(file, record, &row->decoded.scheme, problem);
    default:
        return decode_session(file, record, &row->decoded.session, problem);
    }
}

static void keep(struct arena *arena, struct text *text)
{
    *text = arena_copy_text(arena, *text);
}

/* Moves the row's texts into the arena, and writes what must be unique. */
static void keep_row(struct table *table, struct table_row *row, struct buffer *key)
{
    if (table->kind == FILE_PRACTICES) {
        struct practice_input *practice = &row->decoded.practice;
        keep(&table->arena, &practice->practice);
        keep(&table->arena, &practice->name);
        keep(&table->arena, &practice->locality);
        keep(&table->arena, &practice->age_band);
        keep(&table->arena, &practice->sex);
        buffer_add_text(key, practice->practice);
        buffer_add_character(key, '\n');
        buffer_add_text(key, practice->age_band);
        buffer_add_character(key, '\n');
        buffer_add_text(key, practice->sex);
        buffer_add_formatted(key, "\n%d", (int)practice->period);
    } else if (table->kind == FILE_SCHEMES) {
        struct scheme_input *scheme = &row->decoded.scheme;
        keep(&table->arena, &scheme->practice);
        keep(&table->arena, &scheme->specialty);
        buffer_add_text(key, scheme->practice);
        buffer_add_character(key, '\n');
        buffer_add_text(key, scheme->specialty);
        buffer_add_formatted(key, "\n%d", (int)scheme->start);
    } else {
        struct session_input *session = &row->decoded.session;
        keep(&table->arena, &session->practice);
        keep(&table->arena, &session->specialty);
        keep(&table->arena, &session->topic);
        buffer_add_text(key, row->text); /* two meetings of one day are two meetings */
    }
}

static void read_file(struct table *table, const struct input_file *file, struct chunk *chunk, size_t chunk_number)
{
    struct record_reader reader;
    record_reader_open(&reader, chunk->text, ',', true);
    struct buffer text = buffer_with_maximum(4 * RECORD_BYTES_MAX);
    while (record_reader_next(&reader)) {
        struct problem problem;
        struct table_row row = {.chunk = chunk_number, .line = reader.line};
        chunk->read++;
        if (!decode_record(file, &reader, &problem) || !decode(file, &reader, &row, &problem)) {
            chunk_reject(chunk, &problem);
            continue;
        }
        buffer_clear(&text);
        decode_canonical_text(file, &reader, &text);
        row.text = arena_copy_text(&table->arena, buffer_text(&text));
        buffer_clear(&text);
        keep_row(table, &row, &text);
        row.key = arena_copy_text(&table->arena, buffer_text(&text));
        table->rows = memory_grow(table->rows, &table->capacity, table->count + 1, sizeof *table->rows);
        table->rows[table->count++] = row;
    }
    chunk->line_count = reader.next_line - 1;
    buffer_release(&text);
    record_reader_close(&reader);
}

static int compare_table_rows(const void *left, const void *right)
{
    const struct table_row *a = left, *b = right;
    int order = text_compare(a->key, b->key);
    order = order != 0 ? order : text_compare(a->text, b->text);
    order = order != 0 ? order : (a->chunk > b->chunk) - (a->chunk < b->chunk);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static void use_row(const struct table *table, const struct table_row *row, struct cohort *cohort)
{
    if (table->kind == FILE_PRACTICES)
        cohort_add_practice(cohort, &row->decoded.practice);
    else if (table->kind == FILE_SCHEMES)
        cohort_add_scheme(cohort, &row->decoded.scheme);
    else
        cohort_add_session(cohort, &row->decoded.session);
}

static void settle(struct table *table, struct input_file *files, struct cohort *cohort, struct chunk_list *chunks)
{
    if (table->count > 0)
        qsort(table->rows, table->count, sizeof *table->rows, compare_table_rows);
    const struct table_row *used = NULL;
    for (size_t i = 0; i < table->count; i++) {
        const struct table_row *row = &table->rows[i];
        struct chunk *chunk = &chunks->chunks[row->chunk];
        if (used == NULL || !text_equal(used->key, row->key)) {
            used = row;
            use_row(table, row, cohort);
        } else if (text_equal(used->text, row->text)) {
            files[chunk->file].ledger.duplicates++;
        } else {
            struct problem problem = {.category = problem_conflict, .line = row->line, .column = 1};
            snprintf(problem.message, sizeof problem.message,
                     "another row says something else of the same; the one whose text sorts first is used");
            chunk_reject(chunk, &problem);
        }
    }
}

void table_files_read(enum file_kind kind, struct input_file *files, size_t file_count, struct cohort *cohort,
                      struct chunk_list *chunks)
{
    struct table table = {.kind = kind};
    for (size_t i = 0; i < file_count; i++) {
        if (files[i].kind != kind)
            continue;
        chunk_list_add_in_order(chunks, i, files[i].body);
        read_file(&table, &files[i], &chunks->chunks[chunks->count - 1], chunks->count - 1);
    }
    settle(&table, files, cohort, chunks);
    memory_free(table.rows);
    arena_release(&table.arena);
}
