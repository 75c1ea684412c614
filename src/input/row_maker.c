#include "referlens/input/row_maker.h"

#include "referlens/base/memory.h"
#include "referlens/input/stored.h"

static const char left_out_blank[] = "blank row";

enum { PLAIN_DATE_LENGTH = 10 };

static const size_t in_order[COLUMN_COUNT_MAX] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

size_t input_file_rule_count(const struct input_file *file)
{
    if (file->stored != NULL)
        return file->stored->part_count;
    return file->mapping.profile != NULL ? file->mapping.profile->rule_count : 1;
}

static void index_words(struct vocabulary_index words[FILE_KIND_COUNT][COLUMN_COUNT_MAX])
{
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        const struct format_kind *of = &format_kinds[kind];
        for (size_t column = 0; column < of->column_count; column++) {
            if (of->columns[column].words != NULL)
                vocabulary_index_make(&words[kind][column], of->columns[column].words, of->columns[column].word_count);
        }
    }
}

static void find_dates(struct row_maker *maker, const struct input_file *file)
{
    for (size_t column = 0; column < format_kinds[file->kind].column_count; column++) {
        if (format_kinds[file->kind].columns[column].content != CONTENT_DATE || file->columns[column] == FIELD_ABSENT)
            continue;
        maker->date_columns[maker->date_count] = column;
        maker->date_fields[maker->date_count++] = file->columns[column];
    }
}

void row_maker_open(struct row_maker *maker, const struct input_file *file, enum file_kind kind)
{
    const size_t rules = input_file_rule_count(file);
    *maker = (struct row_maker){.file = file, .kind = kind};
    maker->counts = memory_allocate_zeroed(rules, sizeof *maker->counts);
    maker->made = memory_allocate_zeroed(rules, sizeof *maker->made);
    if (file->mapping.profile != NULL)
        maker->mapped = memory_allocate_zeroed(rules, sizeof *maker->mapped);
    else if (file->stored == NULL)
        find_dates(maker, file);
    index_words(maker->words);
}

void row_maker_close(struct row_maker *maker)
{
    if (maker == NULL)
        return;
    for (size_t rule = 0; maker->mapped != NULL && rule < input_file_rule_count(maker->file); rule++)
        mapped_row_release(&maker->mapped[rule]);
    memory_free(maker->mapped);
    memory_free(maker->counts);
    memory_free(maker->made);
    *maker = (struct row_maker){0};
}

bool row_maker_decode(struct made_row *made, struct problem *problem)
{
    const struct row_view *view = &made->view;
    switch (view->kind) {
    case FILE_REFERRALS:
        return decode_referral(view, &made->decoded.referral.row, &made->decoded.referral.id,
                               &made->decoded.referral.previous, problem);
    case FILE_OUTCOMES:
        return decode_event(view, &made->decoded.event.row, &made->decoded.event.id, problem);
    case FILE_PRACTICES:
        return decode_practice(view, &made->decoded.practice, problem);
    case FILE_SCHEMES:
        return decode_scheme(view, &made->decoded.scheme, problem);
    case FILE_SESSIONS:
        return decode_session(view, &made->decoded.session, problem);
    case FILE_KIND_COUNT:
        break;
    }
    return false;
}

/* Whether every date of a canonical record that is there is as long as "2025-01-31". */
static inline bool has_plain_dates(const struct row_maker *maker, const struct record_reader *record)
{
    bool plain = true;
    for (size_t i = 0; i < maker->date_count; i++) {
        const size_t length = record->fields[maker->date_fields[i]].length;
        plain = plain && (length == PLAIN_DATE_LENGTH || length == 0);
    }
    return plain;
}

/* The values of a canonical record in the order of its kind's columns, its dates as they are written plainly: without a
 * time of day, with two digits for day and month. A date that is none stays as it is. */
static void put_right(struct row_maker *maker, const struct record_reader *record)
{
    static const struct date_format format = {{DATE_YEAR, DATE_MONTH, DATE_DAY}, '-'};
    for (size_t column = 0; column < format_kinds[maker->file->kind].column_count; column++) {
        const size_t field = maker->file->columns[column];
        maker->values[column] = field == FIELD_ABSENT ? (struct text){0} : record->fields[field];
    }
    for (size_t i = 0; i < maker->date_count; i++) {
        const size_t column = maker->date_columns[i];
        day date;
        if (!date_format_read(&format, maker->values[column], &date))
            continue;
        day_format(date, maker->dates[column]);
        maker->values[column] = text_of(maker->dates[column]);
    }
}

/* The one row of a canonical record. */
static void take_canonical(struct row_maker *maker, const struct record_reader *record)
{
    struct made_row *made = &maker->made[0];
    const bool plain = has_plain_dates(maker, record);
    if (made->view.record != record ||
        maker->put_right) { /* the first that this reader gives, or the first plain one */
        made->view = (struct row_view){
            .kind = maker->file->kind,
            .columns = maker->file->columns,
            .fields = maker->file->columns,
            .record = record,
            .counts = maker->counts[0],
            .words = maker->words[maker->file->kind],
        };
        made->belongs = true;
    }
    made->view.values = record->fields;
    maker->put_right = !plain;
    if (!plain) {
        put_right(maker, record);
        made->view.values = maker->values;
        made->view.columns = in_order;
    }
    maker->made_count = 1;
    maker->outcome = row_maker_decode(made, &maker->problem) ? RECORD_MADE : RECORD_REJECTED;
    if (maker->outcome == RECORD_REJECTED)
        decode_count_rejected(&made->view);
}

/* What one rule makes; false where the record is to be rejected. */
static bool take_rule(struct row_maker *maker, size_t rule, const struct record_reader *record)
{
    const struct mapping *mapping = &maker->file->mapping;
    struct mapped_row *mapped = &maker->mapped[rule];
    const enum file_kind kind = mapping->profile->rules[rule].kind;
    struct row_counts *counts = kind == maker->kind ? maker->counts[rule] : NULL;
    struct made_row *made = &maker->made[maker->made_count];
    made->rule = rule;
    made->view = (struct row_view){
        .kind = kind,
        .values = mapped->values,
        .columns = in_order,
        .fields = mapped->fields,
        .record = record,
        .mapping = mapping,
        .rule = rule,
        .mapped = mapped,
        .counts = counts,
        .words = maker->words[kind],
    };
    if (mapping_make(mapping, rule, record, mapped) == MAPPED_NOTHING) {
        decode_count_unmapped(&made->view);
        return true;
    }
    maker->made_count++;
    return row_maker_decode(made, &maker->problem);
}

static bool has_referral(const struct row_maker *maker)
{
    for (size_t i = 0; i < maker->made_count; i++) {
        if (maker->made[i].view.kind == FILE_REFERRALS)
            return true;
    }
    return false;
}

/* The pass that a record belongs to; marks the row whose fate is the record's. */
static enum file_kind choose_pass(struct row_maker *maker)
{
    struct made_row *first = NULL;
    for (size_t i = 0; maker->outcome == RECORD_MADE && i < maker->made_count; i++) {
        struct made_row *made = &maker->made[i];
        made->belongs = false;
        if (first == NULL || made->view.kind < first->view.kind)
            first = made;
    }
    if (first == NULL)
        return maker->file->kind;
    first->belongs = true;
    return first->view.kind;
}

static void take_mapped(struct row_maker *maker, const struct record_reader *record)
{
    const struct profile *profile = maker->file->mapping.profile;
    bool sound = true;
    maker->made_count = 0;
    maker->left_out = mapping_leaves_out(&maker->file->mapping, record);
    for (size_t rule = 0; maker->left_out == NULL && rule < profile->rule_count; rule++) {
        if (profile->rules[rule].kind == FILE_REFERRALS && has_referral(maker))
            continue;
        const struct problem first = maker->problem;
        const bool rule_sound = take_rule(maker, rule, record);
        if (!sound)
            maker->problem = first; /* one problem a record, but every rule is counted */
        sound = sound && rule_sound;
    }
    for (size_t i = 0; !sound && i < maker->made_count; i++)
        decode_count_rejected(&maker->made[i].view); /* the record is rejected whole */
    if (!sound)
        maker->outcome = RECORD_REJECTED;
    else if (maker->made_count > 0)
        maker->outcome = RECORD_MADE;
    else
        maker->outcome = RECORD_LEFT_OUT;
    if (maker->outcome == RECORD_LEFT_OUT && maker->left_out == NULL)
        maker->left_out = profile->rest;
    maker->belongs = choose_pass(maker) == maker->kind;
}

/* Most records are sound, as wide as the header, and start with a key. */
static bool is_plainly_whole(const struct row_maker *maker, const struct record_reader *record)
{
    return record->fault == RECORD_SOUND && record->field_count == maker->file->header_count &&
           record->fields[0].length > 0;
}

void row_maker_take(struct row_maker *maker, const struct record_reader *record)
{
    maker->belongs = maker->kind == maker->file->kind;
    const bool is_plain = maker->mapped == NULL && is_plainly_whole(maker, record);
    if (!is_plain && record->fault == RECORD_SOUND && decode_is_blank(record)) {
        maker->outcome = RECORD_LEFT_OUT;
        maker->left_out = left_out_blank;
    } else if (!is_plain &&
               !decode_record(maker->file->named_count, maker->file->header_count, record, &maker->problem)) {
        maker->outcome = RECORD_REJECTED;
    } else if (maker->mapped == NULL) {
        take_canonical(maker, record);
    } else {
        take_mapped(maker, record);
    }
}
