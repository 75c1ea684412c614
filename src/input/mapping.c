#include "referlens/input/mapping.h"

#include "referlens/base/memory.h"
#include "referlens/input/decode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_BYTES_MAX = 8 * RECORD_BYTES_MAX };
#define NOT_IN_SCRATCH SIZE_MAX

/* Below it are the numbers of rows, above it those of rules, so that an earlier rule goes before all others. */
#define ORDER_OF_RULE (INT64_MAX / (PROFILE_RULE_MAX + 1))

bool mapping_bind(struct mapping *mapping, const struct profile *profile, const struct record_reader *header,
                  const struct pseudonym_key *key, struct error *error)
{
    *mapping = (struct mapping){.profile = profile, .key = key};
    mapping->fields = memory_resize(NULL, profile->column_count + 1, sizeof *mapping->fields);
    for (size_t i = 0; i < profile->column_count; i++) {
        const struct profile_used_column *column = &profile->columns[i];
        const size_t field = record_find_field(header, column->name);
        mapping->fields[i] = field;
        bool twice = false;
        for (size_t k = field == FIELD_ABSENT ? header->field_count : field + 1; k < header->field_count; k++)
            twice = twice || text_equal(header->fields[k], column->name);
        if (twice || (field == FIELD_ABSENT && !column->optional)) {
            mapping_release(mapping);
            return error_set(error, "the column %.*s %s", (int)column->name.length, column->name.bytes,
                             twice ? "stands twice in the header" : "is not in the header");
        }
    }
    return true;
}

void mapping_release(struct mapping *mapping)
{
    if (mapping == NULL)
        return;
    memory_free(mapping->fields);
    *mapping = (struct mapping){0};
}

struct profile *mapping_canonical_profile(enum file_kind kind, const struct record_reader *header,
                                          const struct date_format *format)
{
    struct date_format plain;
    date_format_parse(TEXT("YYYY-MM-DD"), &plain);
    const struct format_kind *of = &format_kinds[kind];
    struct profile *profile = memory_allocate_zeroed(1, sizeof *profile);
    struct profile_used_column *columns = arena_allocate(&profile->arena, of->column_count * sizeof *columns);
    struct profile_rule *rule = arena_allocate(&profile->arena, sizeof *rule);
    *rule = (struct profile_rule){
        .name = of->name, .kind = kind, .first_by = PROFILE_COLUMN_NONE, .unless_empty = PROFILE_COLUMN_NONE};
    for (size_t i = 0; i < of->column_count; i++) {
        if (record_find_field(header, text_of(of->columns[i].name)) == FIELD_ABSENT)
            continue;
        columns[profile->column_count] = (struct profile_used_column){.name = text_of(of->columns[i].name)};
        rule->fields[i] =
            (struct profile_field){.form = of->columns[i].content == CONTENT_DATE ? FIELD_DATE : FIELD_COLUMN,
                                   .columns = {profile->column_count},
                                   .column_count = 1,
                                   .format = plain};
        profile->column_count++;
    }
    profile->name = "canonical";
    profile->title = of->meaning;
    profile->source = "";
    profile->path = "";
    profile->columns = columns;
    profile->rules = rule;
    profile->rule_count = 1;
    profile->rest = "";
    profile->takes_date_format = true;
    if (format != NULL)
        profile_set_date_format(profile, format);
    return profile;
}

/* The value of a column in a record; empty where the file lacks it. */
static struct text value_of(const struct mapping *mapping, profile_column column, const struct record_reader *record)
{
    const size_t field = mapping->fields[column];
    return field == FIELD_ABSENT ? (struct text){0} : record->fields[field];
}

static bool is_among(struct text_list list, struct text value)
{
    for (size_t i = 0; i < list.count; i++) {
        if (text_equal(list.texts[i], value))
            return true;
    }
    return false;
}

static bool is_missing(const struct mapping *mapping, const struct profile_field *field, struct text value)
{
    return value.length == 0 || is_among(mapping->profile->missing, value) ||
           (field != NULL && is_among(field->missing, value));
}

static bool holds(const struct mapping *mapping, const struct profile_condition *condition,
                  const struct record_reader *record)
{
    const struct text value = value_of(mapping, condition->column, record);
    day date;
    switch (condition->test) {
    case TEST_IS:
        return is_among(condition->values, value);
    case TEST_IS_NOT:
        return !is_among(condition->values, value);
    case TEST_BEFORE:
        return !is_missing(mapping, NULL, value) && date_format_read(&condition->format, value, &date) &&
               date < condition->date;
    case TEST_AFTER:
        return !is_missing(mapping, NULL, value) && date_format_read(&condition->format, value, &date) &&
               date > condition->date;
    }
    return false;
}

const char *mapping_leaves_out(const struct mapping *mapping, const struct record_reader *record)
{
    const struct profile_conditions *leave_out = &mapping->profile->leave_out;
    for (size_t i = 0; i < leave_out->count; i++) {
        if (holds(mapping, &leave_out->conditions[i], record))
            return leave_out->conditions[i].reason;
    }
    return NULL;
}

/* One field being made. */
struct making {
    const struct mapping *mapping;
    const struct record_reader *record;
    const struct profile_field *field;
    struct mapped_row *row;
    size_t column; /* of the kind */
};

static struct text part(const struct making *making, size_t index)
{
    return value_of(making->mapping, making->field->columns[index], making->record);
}

/* Says that the value is the text, which was added to the scratch bytes from `offset` on. */
static void end_scratch(const struct making *making, size_t offset)
{
    making->row->offsets[making->column] = offset;
    making->row->values[making->column].length = making->row->scratch.length - offset;
    making->row->as_it_is[making->column] = false;
}

static void set_fault(const struct making *making, const char *category)
{
    making->row->faults[making->column] = category;
    making->row->has_faults = true;
}

static void make_date(const struct making *making)
{
    const struct text value = part(making, 0);
    char text[DATE_FORMAT_TEXT_SIZE];
    day date;
    if (is_missing(making->mapping, making->field, value))
        return;
    if (!date_format_read(&making->field->format, value, &date)) {
        set_fault(making, problem_date);
        return;
    }
    day_format(date, text);
    const size_t offset = making->row->scratch.length;
    buffer_add_string(&making->row->scratch, text);
    end_scratch(making, offset);
}

static int compare_entry(struct text first, struct text second, const struct profile_map_entry *entry)
{
    const int order = text_compare(first, entry->first);
    if (order != 0)
        return order;
    if (second.bytes == NULL || entry->second.bytes == NULL)
        return (second.bytes != NULL) - (entry->second.bytes != NULL);
    return text_compare(second, entry->second);
}

/* The entry for the values, sorted as they are; NULL where there is none. */
static const struct profile_map_entry *find_entry(const struct profile_field *field, struct text first,
                                                  struct text second)
{
    size_t low = 0, high = field->map_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_entry(first, second, &field->map[middle]);
        if (order == 0)
            return &field->map[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* What becomes of a value that neither a map nor bands know. False where nothing is to be made of the row. */
static bool make_otherwise(const struct making *making, const char *category)
{
    struct mapped_row *row = making->row;
    row->unmapped[making->column] = making->field->otherwise != OTHERWISE_KEEP;
    switch (making->field->otherwise) {
    case OTHERWISE_REJECT:
        set_fault(making, category);
        break;
    case OTHERWISE_KEEP:
        row->values[making->column] = part(making, 0);
        row->as_it_is[making->column] = true;
        break;
    case OTHERWISE_MISSING:
        break;
    case OTHERWISE_LEAVE_OUT:
        return false;
    }
    return true;
}

/* False where nothing is to be made of the row. */
static bool make_mapped(const struct making *making)
{
    const struct profile_field *field = making->field;
    const struct text first = part(making, 0).length > 0 ? part(making, 0) : TEXT("");
    const struct profile_map_entry *entry = NULL;
    if (field->column_count > 1) {
        const struct text second = part(making, 1);
        entry = find_entry(field, first, second.length > 0 ? second : TEXT(""));
    }
    if (entry == NULL)
        entry = find_entry(field, first, (struct text){0});
    if (entry == NULL && is_missing(making->mapping, field, first)) {
        making->row->unmapped[making->column] = field->otherwise == OTHERWISE_LEAVE_OUT; /* so it is counted */
        return field->otherwise != OTHERWISE_LEAVE_OUT;
    }
    if (entry != NULL) {
        making->row->values[making->column] = entry->value;
        return true;
    }
    return make_otherwise(making, problem_word);
}

/* False where nothing is to be made of the row. */
static bool make_band(const struct making *making)
{
    const struct profile_field *field = making->field;
    const struct text value = part(making, 0);
    double number;
    if (is_missing(making->mapping, field, value))
        return true;
    if (!text_to_number(value, &number) || number < field->bands[0])
        return make_otherwise(making, problem_number);
    size_t band = field->band_count - 1;
    while (number < field->bands[band])
        band--;
    struct buffer *scratch = &making->row->scratch;
    const size_t offset = scratch->length;
    if (band + 1 == field->band_count)
        buffer_add_formatted(scratch, "%.0f+", field->bands[band]);
    else
        buffer_add_formatted(scratch, "%.0f-%.0f", field->bands[band], field->bands[band + 1] - 1);
    end_scratch(making, offset);
    return true;
}

static void make_joined(const struct making *making)
{
    struct buffer *scratch = &making->row->scratch;
    for (size_t i = 0; i < making->field->column_count; i++) {
        if (!is_missing(making->mapping, making->field, part(making, i)))
            continue;
        making->row->fields[making->column] = making->mapping->fields[making->field->columns[i]];
        return;
    }
    const size_t offset = scratch->length;
    for (size_t i = 0; i < making->field->column_count; i++) {
        if (i > 0)
            buffer_add_text(scratch, making->field->constant);
        buffer_add_text(scratch, part(making, i));
    }
    end_scratch(making, offset);
}

/* False where nothing is to be made of the row. */
static bool make_field(const struct making *making)
{
    struct mapped_row *row = making->row;
    const size_t column = making->column;
    if (making->field->form != FIELD_UNKNOWN && making->field->form != FIELD_CONSTANT)
        row->fields[column] = making->mapping->fields[making->field->columns[0]];
    switch (making->field->form) {
    case FIELD_UNKNOWN:
        break;
    case FIELD_COLUMN:
        if (!is_missing(making->mapping, making->field, part(making, 0))) {
            row->values[column] = part(making, 0);
            row->as_it_is[column] = true;
        }
        break;
    case FIELD_CONSTANT:
        row->values[column] = making->field->constant;
        break;
    case FIELD_DATE:
        make_date(making);
        break;
    case FIELD_MAP:
        return make_mapped(making);
    case FIELD_BANDS:
        return make_band(making);
    case FIELD_JOIN:
        make_joined(making);
        break;
    }
    return true;
}

/* Replaces a key by its pseudonym. The bytes may lie in the scratch bytes, which may move: pseudonyms come behind them.
 */
static void replace_key(const struct making *making)
{
    struct mapped_row *row = making->row;
    struct text value = row->values[making->column];
    if (value.length == 0)
        return;
    if (row->offsets[making->column] != NOT_IN_SCRATCH)
        value.bytes = row->scratch.bytes + row->offsets[making->column];
    row->replaced[making->column] = value;
    row->replaced_offsets[making->column] = row->offsets[making->column];
    char pseudonym[PSEUDONYM_TEXT_SIZE];
    pseudonym_write(making->mapping->key, value, pseudonym);
    const size_t offset = row->scratch.length;
    buffer_add_string(&row->scratch, pseudonym);
    end_scratch(making, offset);
}

/* The number by which the first of several rows is told; see profile.h. */
static int64_t order_of(const struct mapping *mapping, size_t rule, const struct record_reader *record)
{
    const profile_column column = mapping->profile->rules[rule].first_by;
    int64_t number = 0;
    if (column == PROFILE_COLUMN_NONE)
        return INT64_MAX;
    if (!text_to_integer(value_of(mapping, column, record), &number) || number < 0 || number >= ORDER_OF_RULE)
        number = ORDER_OF_RULE - 1;
    return (int64_t)rule * ORDER_OF_RULE + number;
}

static void begin_row(struct mapped_row *row)
{
    if (row->scratch.maximum == 0)
        row->scratch = buffer_with_maximum(SCRATCH_BYTES_MAX);
    buffer_clear(&row->scratch);
    memset(row->values, 0, sizeof row->values);
    memset(row->replaced, 0, sizeof row->replaced);
    memset(row->as_it_is, 0, sizeof row->as_it_is);
    memset(row->faults, 0, sizeof row->faults);
    memset(row->unmapped, 0, sizeof row->unmapped);
    row->has_faults = false;
    for (size_t i = 0; i < COLUMN_COUNT_MAX; i++) {
        row->fields[i] = FIELD_ABSENT;
        row->offsets[i] = row->replaced_offsets[i] = NOT_IN_SCRATCH;
    }
}

enum mapped mapping_make(const struct mapping *mapping, size_t rule_number, const struct record_reader *record,
                         struct mapped_row *row)
{
    const struct profile_rule *rule = &mapping->profile->rules[rule_number];
    const struct format_kind *kind = &format_kinds[rule->kind];
    begin_row(row);
    for (size_t i = 0; i < rule->when.count; i++) {
        if (!holds(mapping, &rule->when.conditions[i], record))
            return MAPPED_NOTHING;
    }
    if (rule->unless_empty != PROFILE_COLUMN_NONE &&
        is_missing(mapping, NULL, value_of(mapping, rule->unless_empty, record)))
        return MAPPED_NOTHING;
    for (size_t i = 0; i < kind->column_count; i++) {
        const struct making making = {mapping, record, &rule->fields[i], row, i};
        if (!make_field(&making))
            return MAPPED_NOTHING;
        if (mapping->key != NULL && kind->columns[i].content == CONTENT_KEY)
            replace_key(&making);
    }
    for (size_t i = 0; i < kind->column_count; i++) { /* the scratch bytes move no more */
        if (row->offsets[i] != NOT_IN_SCRATCH)
            row->values[i].bytes = row->scratch.bytes + row->offsets[i];
        if (row->replaced_offsets[i] != NOT_IN_SCRATCH)
            row->replaced[i].bytes = row->scratch.bytes + row->replaced_offsets[i];
    }
    row->order = order_of(mapping, rule_number, record);
    return MAPPED_ROW;
}

struct text mapping_column_name(const struct mapping *mapping, size_t rule, size_t column)
{
    const struct profile_field *field = &mapping->profile->rules[rule].fields[column];
    return field->column_count > 0 ? mapping->profile->columns[field->columns[0]].name : (struct text){0};
}

void mapped_row_release(struct mapped_row *row)
{
    if (row == NULL)
        return;
    buffer_release(&row->scratch);
}
