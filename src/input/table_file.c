#include "referlens/input/table_file.h"

#include "referlens/base/arena.h"
#include "referlens/base/memory.h"
#include "referlens/input/row_source.h"
#include "referlens/input/repeats.h"

#include <stdlib.h>

struct table_row {
    struct text key, text, meaning;
    size_t chunk; /* index of its chunk in the list */
    int64_t line;
    bool belongs; /* see row_maker.h */
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

static void keep(struct arena *arena, struct text *text)
{
    *text = arena_copy_text(arena, *text);
}

/* Moves the row's texts into the arena, and writes what must be unique. */
static void keep_row(struct table *table, const struct made_row *made, struct table_row *row, struct buffer *key)
{
    if (table->kind == FILE_PRACTICES) {
        struct practice_input *practice = &row->decoded.practice;
        *practice = made->decoded.practice;
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
        *scheme = made->decoded.scheme;
        keep(&table->arena, &scheme->practice);
        keep(&table->arena, &scheme->specialty);
        buffer_add_text(key, scheme->practice);
        buffer_add_character(key, '\n');
        buffer_add_text(key, scheme->specialty);
        buffer_add_formatted(key, "\n%d", (int)scheme->start);
    } else {
        struct session_input *session = &row->decoded.session;
        *session = made->decoded.session;
        keep(&table->arena, &session->practice);
        keep(&table->arena, &session->specialty);
        keep(&table->arena, &session->topic);
        buffer_add_text(key, row->text); /* two meetings of one day are two meetings */
    }
}

static void add_row(struct table *table, const struct made_row *made, size_t chunk_number)
{
    struct table_row row = {.chunk = chunk_number, .line = made->view.record->line, .belongs = made->belongs};
    struct buffer text = buffer_with_maximum(4 * RECORD_BYTES_MAX);
    decode_canonical_text(&made->view, &text);
    row.text = arena_copy_text(&table->arena, buffer_text(&text));
    buffer_clear(&text);
    decode_meaning(&made->view, &text);
    row.meaning = arena_copy_text(&table->arena, buffer_text(&text));
    buffer_clear(&text);
    keep_row(table, made, &row, &text);
    row.key = arena_copy_text(&table->arena, buffer_text(&text));
    buffer_release(&text);
    table->rows = memory_grow(table->rows, &table->capacity, table->count + 1, sizeof *table->rows);
    table->rows[table->count++] = row;
}

static void read_chunk(struct table *table, const struct input_file *file, struct chunk *chunk, size_t chunk_number)
{
    struct row_source source;
    row_source_open(&source, chunk, file, table->kind, true);
    while (row_source_next(&source)) {
        for (size_t i = 0; i < source.maker.made_count; i++) {
            const struct made_row *made = &source.maker.made[i];
            if (made->view.kind != table->kind)
                continue;
            chunk->parts[made->rule].made++;
            chunk_keep(chunk, made);
            add_row(table, made, chunk_number);
        }
    }
    row_source_close(&source);
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

/* What rows share of which one alone is used; two sessions that differ are two. */
static const char *const shared_columns[FILE_KIND_COUNT] = {
    [FILE_PRACTICES] = "practice_code, period, age_band and sex",
    [FILE_SCHEMES] = "practice_code, specialty_code and start_date",
};

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
        } else if (!row->belongs) {
            continue; /* said again in a record that stands for something else */
        } else if (text_equal(used->meaning, row->meaning)) {
            ledger_add_duplicates(&files[chunk->file].ledger, reason_repeated, 1);
        } else {
            const struct conflict conflict = {row->line, decode_difference(table->kind, row->meaning, used->meaning),
                                              shared_columns[table->kind]};
            chunk_reject_conflict(chunk, &conflict);
        }
    }
}

void table_files_read(enum file_kind kind, struct input_file *files, size_t file_count, struct cohort *cohort,
                      struct chunk_list *chunks)
{
    struct table table = {.kind = kind};
    for (size_t i = 0; i < file_count; i++) {
        if (!input_file_makes(&files[i], kind))
            continue;
        const size_t first = chunks->count;
        if (files[i].stored != NULL)
            chunk_list_add_file(chunks, i, &files[i], kind, 0);
        else
            chunk_list_add_in_order(chunks, i, &files[i]);
        for (size_t k = first; k < chunks->count; k++)
            read_chunk(&table, &files[i], &chunks->chunks[k], k);
    }
    settle(&table, files, cohort, chunks);
    memory_free(table.rows);
    arena_release(&table.arena);
}
