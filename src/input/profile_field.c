#include "referlens/input/profile_field.h"

#include "referlens/cohort/vocabulary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAND_MAX = 100, BAND_END_MAX = 1000000, VALUE_SHOWN_MAX = 60, WORDS_TEXT_MAX = 400 };

static const char *const otherwise_names[] = {
    [OTHERWISE_REJECT] = "reject",
    [OTHERWISE_MISSING] = "missing",
    [OTHERWISE_KEEP] = "keep",
    [OTHERWISE_LEAVE_OUT] = "leave_out",
    NULL,
};

/* Which forms a column may have, by what it holds. */
static const bool allowed_forms[][FIELD_JOIN + 1] = {
    [CONTENT_KEY] = {[FIELD_COLUMN] = true, [FIELD_JOIN] = true},
    [CONTENT_TEXT] =
        {[FIELD_COLUMN] = true, [FIELD_CONSTANT] = true, [FIELD_MAP] = true, [FIELD_BANDS] = true, [FIELD_JOIN] = true},
    [CONTENT_DATE] = {[FIELD_DATE] = true},
    [CONTENT_WORD] = {[FIELD_COLUMN] = true, [FIELD_CONSTANT] = true, [FIELD_MAP] = true},
    [CONTENT_NUMBER] = {[FIELD_COLUMN] = true, [FIELD_CONSTANT] = true, [FIELD_MAP] = true},
};

static const char *const expected_forms[] = {
    [CONTENT_KEY] = "a column, or columns and a text to join them by: it holds keys",
    [CONTENT_TEXT] = "a column, a constant, a map, bands or a join: it holds texts",
    [CONTENT_DATE] = "a column and its date format: {\"column\": ..., \"date\": \"DD/MM/YYYY\"}",
    [CONTENT_WORD] = "a column, a constant or a map: it holds words",
    [CONTENT_NUMBER] = "a column, a constant or a map: it holds numbers",
};

/* One field being read, and the column that it is for. */
struct field_reader {
    struct profile_reader *reader;
    enum file_kind kind;
    size_t column;
    struct profile_field field;
};

static const struct format_column *column_of(const struct field_reader *field)
{
    return &format_kinds[field->kind].columns[field->column];
}

/* A value that the profile gives must be one that the column can hold. */
static bool check_word(const struct field_reader *field, const struct profile_place *place, struct text value)
{
    const struct format_column *of = column_of(field);
    if (of->words == NULL || vocabulary_find(of->words, of->word_count, value) < of->word_count)
        return true;
    struct buffer expected = buffer_with_maximum(WORDS_TEXT_MAX);
    for (size_t i = 0; i < of->word_count; i++)
        if (of->words[i] != NULL)
            buffer_add_formatted(&expected, "%s%s", expected.length > 0 ? ", " : "", of->words[i]);
    profile_fail(field->reader, place, "'%.*s' is no %s; expected one of %s", VALUE_SHOWN_MAX, value.bytes, of->name,
                 expected.bytes);
    buffer_release(&expected);
    return false;
}

static bool read_value(const struct field_reader *field, const struct profile_place *place, struct text *value)
{
    double number;
    if (!profile_read_text(field->reader, place, value))
        return false;
    if (value->length == 0)
        return profile_fail(field->reader, place, "expected a value; what is not known is \"missing\"");
    if (column_of(field)->content == CONTENT_NUMBER && !text_to_number(*value, &number))
        return profile_fail(field->reader, place, "expected the text of a number");
    return check_word(field, place, *value);
}

static int compare_entries(const void *a, const void *b)
{
    const struct profile_map_entry *left = a, *right = b;
    const int order = text_compare(left->first, right->first);
    return order != 0 ? order : text_compare(left->second, right->second);
}

/* How many entries the map comes to, or 0 where an entry is neither a text nor, of two columns, an object of texts. */
static size_t count_entries(const struct field_reader *field, const struct profile_place *map)
{
    size_t count = 0;
    for (const cJSON *entry = map->value->child; entry != NULL; entry = entry->next) {
        const struct profile_place place = {map, entry->string, 0, entry};
        if (field->field.column_count == 1 || !cJSON_IsObject(entry)) {
            count++;
            continue;
        }
        if (entry->child == NULL) {
            profile_fail(field->reader, &place, "expected a value for each of the second column's");
            return 0;
        }
        for (const cJSON *inner = entry->child; inner != NULL; inner = inner->next)
            count++;
    }
    if (count == 0)
        profile_fail(field->reader, map, "expected at least one value and what it means");
    return count;
}

static bool read_entry(struct field_reader *field, const struct profile_place *place, struct profile_map_entry *entry)
{
    entry->first = arena_copy_text(&field->reader->profile->arena, text_of(place->key));
    if (field->field.column_count == 1 || cJSON_IsString(place->value))
        return read_value(field, place, &entry->value);
    return profile_fail(field->reader, place, "expected a text, or an object by the second column's value");
}

/* The entries of an inner object, one for each value of the second column. */
static bool read_inner_entries(struct field_reader *field, const struct profile_place *place,
                               struct profile_map_entry *entries, size_t *count)
{
    struct arena *const arena = &field->reader->profile->arena;
    const struct text first = arena_copy_text(arena, text_of(place->key));
    for (const cJSON *value = place->value->child; value != NULL; value = value->next) {
        const struct profile_place inner = {place, value->string, 0, value};
        struct profile_map_entry *const entry = &entries[(*count)++];
        *entry = (struct profile_map_entry){first, arena_copy_text(arena, text_of(value->string)), {0}};
        if (!read_value(field, &inner, &entry->value))
            return false;
    }
    return true;
}

static bool read_map(struct field_reader *field, const struct profile_place *map)
{
    struct profile_field *const read = &field->field;
    if (!cJSON_IsObject(map->value))
        return profile_fail(field->reader, map, "expected an object of values and what they mean");
    if (read->column_count > 2)
        return profile_fail(field->reader, map, "expected no map of more than two columns");
    size_t count = count_entries(field, map);
    if (count == 0)
        return false;
    struct profile_map_entry *const entries = arena_allocate(&field->reader->profile->arena, count * sizeof *entries);
    memset(entries, 0, count * sizeof *entries);
    count = 0;
    for (const cJSON *value = map->value->child; value != NULL; value = value->next) {
        const struct profile_place place = {map, value->string, 0, value};
        const bool nested = read->column_count == 2 && cJSON_IsObject(value);
        if (nested ? !read_inner_entries(field, &place, entries, &count)
                   : !read_entry(field, &place, &entries[count++]))
            return false;
    }
    qsort(entries, count, sizeof *entries, compare_entries);
    read->map = entries;
    read->map_count = count;
    read->form = FIELD_MAP;
    return true;
}

static bool read_bands(struct field_reader *field, const struct profile_place *place)
{
    size_t count = 0;
    if (!profile_check_array(field->reader, place, 1, &count))
        return false;
    if (count > BAND_MAX)
        return profile_fail(field->reader, place, "expected at most %d bands", BAND_MAX);
    double *const bands = arena_allocate(&field->reader->profile->arena, count * sizeof *bands);
    double last = -1;
    struct profile_place element = {0};
    while (profile_next_element(place, &element)) {
        const double end = cJSON_IsNumber(element.value) ? element.value->valuedouble : -1;
        if (!(end > last && end <= BAND_END_MAX && end == floor(end)))
            return profile_fail(field->reader, &element,
                                "expected a whole number above the one before it, from 0 to %d", BAND_END_MAX);
        bands[element.index] = last = end;
    }
    field->field.bands = bands;
    field->field.band_count = count;
    field->field.form = FIELD_BANDS;
    return true;
}

static bool read_columns(struct field_reader *field, const struct profile_place *place)
{
    const struct profile_place one = profile_member(place, "column"), several = profile_member(place, "columns");
    if ((one.value != NULL) == (several.value != NULL))
        return profile_fail(field->reader, place, "expected \"column\", \"columns\" or \"constant\"");
    if (one.value != NULL) {
        field->field.column_count = 1;
        return profile_read_column(field->reader, &one, &field->field.columns[0]);
    }
    size_t count = 0;
    if (!profile_check_array(field->reader, &several, 2, &count))
        return false;
    if (count > PROFILE_FIELD_COLUMNS_MAX)
        return profile_fail(field->reader, &several, "expected at most %d columns", PROFILE_FIELD_COLUMNS_MAX);
    struct profile_place element = {0};
    while (profile_next_element(&several, &element))
        if (!profile_read_column(field->reader, &element, &field->field.columns[element.index]))
            return false;
    field->field.column_count = count;
    return true;
}

/* What is done with the columns: at most one of "date", "map", "bands" and "join". */
static bool read_treatment(struct field_reader *field, const struct profile_place *place)
{
    struct profile_field *const read = &field->field;
    const struct profile_place date = profile_member(place, "date"), map = profile_member(place, "map"),
                               bands = profile_member(place, "bands"), join = profile_member(place, "join"),
                               otherwise = profile_member(place, "otherwise"),
                               missing = profile_member(place, "missing");
    const int given = (date.value != NULL) + (map.value != NULL) + (bands.value != NULL) + (join.value != NULL);
    size_t word = OTHERWISE_REJECT;
    if (given > 1)
        return profile_fail(field->reader, place, "expected one of \"date\", \"map\", \"bands\" and \"join\" at most");
    if (read->column_count > 1 && map.value == NULL && join.value == NULL)
        return profile_fail(field->reader, place, "expected \"map\" or \"join\" beside several columns");
    if (read->column_count == 1 && join.value != NULL)
        return profile_fail(field->reader, &join, "expected only beside \"columns\"");
    if (otherwise.value != NULL && map.value == NULL && bands.value == NULL)
        return profile_fail(field->reader, &otherwise, "expected only beside \"map\" or \"bands\"");
    if ((otherwise.value != NULL && !profile_read_word(field->reader, &otherwise, otherwise_names, &word)) ||
        (missing.value != NULL && !profile_read_texts(field->reader, &missing, 0, &read->missing)))
        return false;
    read->otherwise = (enum profile_otherwise)word;
    if (map.value != NULL)
        return read_map(field, &map);
    if (bands.value != NULL)
        return read_bands(field, &bands);
    read->form = date.value != NULL ? FIELD_DATE : join.value != NULL ? FIELD_JOIN : FIELD_COLUMN;
    if (date.value != NULL)
        return profile_read_format(field->reader, &date, &read->format);
    if (join.value != NULL && profile_read_text(field->reader, &join, &read->constant) && read->constant.length == 0)
        return profile_fail(field->reader, &join, "expected a text to stand between the columns");
    return join.value == NULL || read->constant.bytes != NULL;
}

static bool read_object(struct field_reader *field, const struct profile_place *place)
{
    static const char *const keys[] = {"column", "columns", "constant",  "date",    "map",
                                       "bands",  "join",    "otherwise", "missing", NULL};
    static const char *const constant_keys[] = {"constant", NULL};
    const struct profile_place constant = profile_member(place, "constant");
    if (constant.value == NULL)
        return profile_check_keys(field->reader, place, keys) && read_columns(field, place) &&
               read_treatment(field, place);
    field->field.form = FIELD_CONSTANT;
    return profile_check_keys(field->reader, place, constant_keys) &&
           read_value(field, &constant, &field->field.constant);
}

static bool read_field(struct field_reader *field, const struct profile_place *place)
{
    const enum column_content content = column_of(field)->content;
    if (cJSON_IsString(place->value)) {
        field->field.form = FIELD_COLUMN;
        field->field.column_count = 1;
        if (!profile_read_column(field->reader, place, &field->field.columns[0]))
            return false;
    } else if (!cJSON_IsObject(place->value)) {
        return profile_fail(field->reader, place, "expected the name of a column, or an object");
    } else if (!read_object(field, place)) {
        return false;
    }
    return allowed_forms[content][field->field.form] ||
           profile_fail(field->reader, place, "expected %s", expected_forms[content]);
}

bool profile_read_fields(struct profile_reader *reader, const struct profile_place *place, enum file_kind kind,
                         struct profile_field fields[COLUMN_COUNT_MAX])
{
    const struct format_kind *const of = &format_kinds[kind];
    const char *names[COLUMN_COUNT_MAX + 1] = {NULL};
    for (size_t i = 0; i < of->column_count; i++)
        names[i] = of->columns[i].name;
    if (!profile_check_keys(reader, place, names))
        return false;
    for (size_t i = 0; i < of->column_count; i++) {
        const struct profile_place member = profile_member(place, names[i]);
        struct field_reader field = {.reader = reader, .kind = kind, .column = i};
        if (member.value == NULL && of->columns[i].missing != NULL)
            return profile_fail(reader, place, "expected %s (%s), which %s must have", names[i], of->columns[i].meaning,
                                of->name);
        if (member.value != NULL && !read_field(&field, &member))
            return false;
        fields[i] = field.field;
    }
    return true;
}
