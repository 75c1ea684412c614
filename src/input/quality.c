#include "referlens/input/quality.h"

#include "referlens/base/memory.h"
#include "referlens/input/stored.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMN_NAMES_BYTES_MAX = 400 };

static const char *kept(struct arena *arena, const char *bytes, size_t length)
{
    return arena_copy_text(arena, (struct text){bytes, length}).bytes;
}

/* The file's own name for a column, as it may be printed. */
static const char *column_names(struct arena *arena, const struct input_file *file, size_t rule, size_t column)
{
    const struct mapping *mapping = &file->mapping;
    if (mapping->profile == NULL)
        return file->columns[column] != FIELD_ABSENT ? format_kinds[file->kind].columns[column].name : NULL;
    const struct profile_field *field = &mapping->profile->rules[rule].fields[column];
    struct buffer names = buffer_with_maximum(COLUMN_NAMES_BYTES_MAX);
    for (size_t i = 0; i < field->column_count; i++) {
        if (mapping->fields[field->columns[i]] == FIELD_ABSENT)
            continue;
        buffer_add_string(&names, names.length > 0 ? " + " : "");
        buffer_add_text(&names, mapping->profile->columns[field->columns[i]].name);
    }
    const char *result = NULL;
    if (names.length > 0) {
        char *scrubbed = input_scrubbed(names.bytes, names.length);
        result = kept(arena, scrubbed, strlen(scrubbed));
        memory_free(scrubbed);
    }
    buffer_release(&names);
    return result;
}

static int compare_values(const void *left, const void *right)
{
    const struct quality_value *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->value, b->value);
}

/* Keeps the commonest of the values, which it sorts. */
static struct quality_values commonest(struct quality_value *values, size_t count, int64_t others)
{
    struct quality_values result = {.others = others};
    if (count > 0)
        qsort(values, count, sizeof *values, compare_values);
    for (size_t i = 0; i < count; i++) {
        if (result.count < QUALITY_VALUES_MAX)
            result.values[result.count++] = values[i];
        else
            result.others += values[i].count;
    }
    return result;
}

static struct quality_values unmapped_values(struct arena *arena, const struct unmapped_values *unmapped)
{
    struct quality_value *values = memory_resize(NULL, unmapped->values.count + 1, sizeof *values);
    for (size_t i = 0; i < unmapped->values.count; i++) {
        const struct text value = dictionary_text(&unmapped->values, (uint32_t)i);
        values[i] = (struct quality_value){kept(arena, value.bytes, value.length), unmapped->counts[i]};
    }
    const struct quality_values result = commonest(values, unmapped->values.count, unmapped->hidden);
    memory_free(values);
    return result;
}

static struct quality_values words_of(enum file_kind kind, size_t column, const int64_t *counts)
{
    const struct format_column *of = &format_kinds[kind].columns[column];
    size_t count = 0;
    struct quality_value values[WORD_COUNT_MAX];
    for (size_t i = 0; i < of->word_count; i++) {
        if (of->words[i] != NULL && counts[i] > 0)
            values[count++] = (struct quality_value){of->words[i], counts[i]};
    }
    return commonest(values, count, 0);
}

static void fill_all_words(struct arena *arena, const struct format_column *of, const struct row_counts *counts,
                           size_t column, struct quality_column *quality)
{
    struct quality_word *words = arena_allocate(arena, (of->word_count + 1) * sizeof *words);
    for (size_t i = 0; i < of->word_count; i++) {
        if (of->words[i] != NULL && counts->words[column][i] > 0)
            words[quality->all_word_count++] = (struct quality_word){
                of->words[i], counts->words[column][i], counts->rejected[column][i], counts->rejected_since[column][i]};
    }
    quality->all_words = words;
}

static void fill_dates(struct arena *arena, const struct input_file *file, size_t rule, size_t column,
                       const struct row_counts *counts, struct quality_column *quality)
{
    struct date_format format;
    char pattern[DATE_PATTERN_SIZE];
    date_format_parse(TEXT("YYYY-MM-DD"), &format);
    if (file->mapping.profile != NULL && file->mapping.profile->rules[rule].fields[column].form == FIELD_DATE)
        format = file->mapping.profile->rules[rule].fields[column].format;
    date_format_pattern(&format, pattern);
    quality->date_format = kept(arena, pattern, strlen(pattern));
    if (counts->latest[column] == DAY_UNKNOWN)
        return;
    date_format_write(&format, counts->earliest[column], quality->earliest);
    date_format_write(&format, counts->latest[column], quality->latest);
}

static void fill_column(struct arena *arena, const struct input_file *file, size_t rule, enum file_kind kind,
                        size_t column, const struct row_counts *counts, struct quality_column *quality)
{
    const struct format_column *of = &format_kinds[kind].columns[column];
    *quality = (struct quality_column){
        .column = column_names(arena, file, rule, column),
        .taken_for = of->name,
        .content = format_content_name(of->content),
        .rows = counts->rows,
        .missing = counts->missing[column],
        .implausible = counts->implausible[column],
        .unread_since = counts->unread_since[column],
        .words = words_of(kind, column, counts->words[column]),
    };
    fill_all_words(arena, of, counts, column, quality);
    if (of->content == CONTENT_DATE)
        fill_dates(arena, file, rule, column, counts, quality);
    if (counts->unmapped != NULL)
        quality->unmapped_values = unmapped_values(arena, &counts->unmapped[column]);
    quality->unmapped = quality->unmapped_values.others;
    for (size_t i = 0; i < quality->unmapped_values.count; i++)
        quality->unmapped += quality->unmapped_values.values[i].count;
}

/* Adds up what the chunks of a file counted for one rule. */
static struct row_counts join_counts(struct chunk_list *list, size_t file, size_t rule, int64_t *made)
{
    struct row_counts sum = row_counts_none();
    for (size_t i = 0; i < list->count; i++) {
        struct chunk *chunk = &list->chunks[i];
        if (chunk->file != file || chunk->superseded)
            continue;
        row_counts_join(&sum, &chunk->parts[rule].counts);
        *made += chunk->parts[rule].made;
    }
    return sum;
}

static void add_fates(const struct reading *reading, size_t file, size_t rule, struct quality_part *part)
{
    for (size_t i = 0; i < reading->outcomes.count; i++) {
        const struct chunk *chunk = &reading->outcomes.chunks[i];
        if (chunk->file != file || chunk->superseded)
            continue;
        part->orphans += chunk->parts[rule].orphans[0] + chunk->parts[rule].orphans[1];
        for (size_t belongs = 0; belongs < WRITERS_A_RULE; belongs++) {
            const struct event_tally *tally = &reading->tallies[event_writer_number(chunk, rule, belongs == 0)];
            part->used += tally->used;
            part->duplicates += tally->duplicates + tally->joined;
            part->after_as_of += tally->after_as_of;
            part->before_referral += tally->before_referral;
        }
    }
}

static struct chunk_list *list_of(struct reading *reading, enum file_kind kind)
{
    switch (kind) {
    case FILE_REFERRALS:
        return &reading->referrals;
    case FILE_OUTCOMES:
        return &reading->outcomes;
    default:
        return &reading->tables;
    }
}

/* What was known when the file was taken in, and the fates of its rows now. */
static void fill_stored_part(struct reading *reading, size_t number, size_t rule, struct quality_part *part)
{
    const struct stored_part *stored = &reading->input->files[number].stored->parts[rule];
    const struct chunk_list *list = list_of(reading, stored->kind);
    *part = stored->quality;
    for (size_t i = 0; i < list->count; i++) {
        const struct chunk *chunk = &list->chunks[i];
        if (chunk->file == number && chunk->block != NULL && chunk->block->block.rule == (int64_t)rule)
            part->made -= chunk->replaced;
    }
    if (stored->kind != FILE_OUTCOMES)
        return;
    add_fates(reading, number, rule, part);
    part->duplicates += stored->unchanged;
}

static void fill_part(struct reading *reading, size_t number, size_t rule, struct quality_part *part)
{
    if (reading->input->files[number].stored != NULL) {
        fill_stored_part(reading, number, rule, part);
        return;
    }
    struct input *input = reading->input;
    const struct input_file *file = &input->files[number];
    const struct profile *profile = file->mapping.profile;
    const enum file_kind kind = profile != NULL ? profile->rules[rule].kind : file->kind;
    *part = (struct quality_part){
        .name = profile != NULL ? profile->rules[rule].name : format_kinds[kind].name,
        .kind = format_kinds[kind].name,
        .column_count = format_kinds[kind].column_count,
    };
    struct row_counts counts = join_counts(list_of(reading, kind), number, rule, &part->made);
    struct quality_column *columns = arena_allocate(&input->texts, part->column_count * sizeof *columns);
    for (size_t i = 0; i < part->column_count; i++)
        fill_column(&input->texts, file, rule, kind, i, &counts, &columns[i]);
    part->columns = columns;
    if (kind == FILE_OUTCOMES)
        add_fates(reading, number, rule, part);
    row_counts_release(&counts);
}

void quality_settle(struct reading *reading)
{
    struct input *input = reading->input;
    input->qualities = memory_allocate_zeroed(input->file_count, sizeof *input->qualities);
    for (size_t i = 0; i < input->file_count; i++) {
        struct input_file *file = &input->files[i];
        const size_t rules = input_file_rule_count(file);
        struct quality_part *parts = arena_allocate(&input->texts, rules * sizeof *parts);
        for (size_t rule = 0; rule < rules; rule++)
            fill_part(reading, i, rule, &parts[rule]);
        input->qualities[i] = (struct file_quality){
            .parts = parts,
            .part_count = rules,
            .encoding = encoding_names[file->encoding],
            .delimiter = kept(&input->texts, &file->delimiter, 1),
            .unused = file->ignored,
        };
        file->ledger.quality = &input->qualities[i];
    }
}

/* What a value in a column records. */
static uint32_t recorded_by(enum file_kind kind, size_t column)
{
    static const struct {
        size_t column;
        enum file_kind kind;
        uint32_t recorded;
    } columns[] = {
        {REFERRALS_PATIENT, FILE_REFERRALS, RECORDED_PATIENT},
        {REFERRALS_PREVIOUS, FILE_REFERRALS, RECORDED_PREVIOUS},
        {REFERRALS_RECEIVED, FILE_REFERRALS, RECORDED_RECEIVED},
        {OUTCOMES_CONTACTED, FILE_OUTCOMES, RECORDED_CONTACTED},
        {OUTCOMES_CONSULTED, FILE_OUTCOMES, RECORDED_CONSULTED},
        {PRACTICES_LIST_SIZE, FILE_PRACTICES, RECORDED_LIST_SIZE},
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        if (columns[i].kind == kind && columns[i].column == column)
            return columns[i].recorded;
    }
    return 0;
}

static enum file_kind kind_named(const char *name)
{
    size_t kind = 0;
    while (kind < FILE_KIND_COUNT && strcmp(format_kinds[kind].name, name) != 0)
        kind++;
    return (enum file_kind)kind;
}

static uint32_t unread_in(const struct quality_part *part, day as_of)
{
    uint32_t unread = 0;
    const enum file_kind kind = kind_named(part->kind);
    for (size_t i = 0; i < part->column_count; i++) {
        const struct quality_column *column = &part->columns[i];
        if (column->unread_since <= as_of)
            unread |= recorded_by(kind, i);
        for (size_t k = 0; kind == FILE_OUTCOMES && i == OUTCOMES_TYPE && k < column->all_word_count; k++) {
            const size_t type = vocabulary_find(event_type_names, EVENT_TYPE_COUNT, text_of(column->all_words[k].word));
            if (column->all_words[k].since <= as_of && type < EVENT_TYPE_COUNT)
                unread |= RECORDED_EVENT(type);
        }
    }
    return unread;
}

uint32_t quality_unread(const struct input *input, day as_of)
{
    uint32_t unread = 0;
    for (size_t i = 0; i < input->file_count; i++) {
        for (size_t k = 0; k < input->qualities[i].part_count; k++)
            unread |= unread_in(&input->qualities[i].parts[k], as_of);
    }
    return unread;
}

/* Rows, and those with a valid NHS number, in one column over the chunks of a file. */
static void count_nhs_numbers(const struct chunk_list *list, size_t file, size_t rule, size_t column, int64_t *present,
                              int64_t *valid)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct chunk *chunk = &list->chunks[i];
        if (chunk->file != file || chunk->superseded)
            continue;
        const struct row_counts *counts = &chunk->parts[rule].counts;
        *present += counts->rows - counts->missing[column];
        *valid += counts->nhs_numbers[column];
    }
}

static bool check_rule(const struct reading *reading, size_t number, size_t rule, enum file_kind kind,
                       struct error *error)
{
    const struct chunk_list *list = kind == FILE_REFERRALS ? &reading->referrals : &reading->outcomes;
    for (size_t column = 0; column < format_kinds[kind].column_count; column++) {
        int64_t present = 0, valid = 0;
        const struct format_column *of = &format_kinds[kind].columns[column];
        count_nhs_numbers(list, number, rule, column, &present, &valid);
        if (valid * 2 > present)
            return error_set(error,
                             "%s: %s holds NHS numbers (%lld of %lld values are valid ones); nothing was written: %s",
                             reading->input->files[number].name, of->name, (long long)valid, (long long)present,
                             of->content == CONTENT_KEY ? "use --pseudonymise KEYFILE" : "is it the right column?");
    }
    return true;
}

bool quality_check_keys(const struct reading *reading, struct error *error)
{
    for (size_t i = 0; i < reading->input->file_count; i++) {
        const struct input_file *file = &reading->input->files[i];
        for (size_t rule = 0; rule < input_file_rule_count(file); rule++) {
            const enum file_kind kind =
                file->mapping.profile != NULL ? file->mapping.profile->rules[rule].kind : file->kind;
            if ((kind == FILE_REFERRALS || kind == FILE_OUTCOMES) && !check_rule(reading, i, rule, kind, error))
                return false;
        }
    }
    return true;
}
