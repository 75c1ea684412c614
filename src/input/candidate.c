#include "referlens/input/candidate.h"

#include "referlens/base/memory.h"

#include <string.h>

enum { NAMES_SHOWN = 6 };

struct text candidate_head(struct text text)
{
    return (struct text){text.bytes, text.length < RECORD_BYTES_MAX ? text.length : RECORD_BYTES_MAX};
}

static size_t column_count(const struct candidate *candidate)
{
    return candidate->profile != NULL ? candidate->profile->column_count : format_kinds[candidate->kind].column_count;
}

struct text candidate_column_name(const struct candidate *candidate, size_t column)
{
    return candidate->profile != NULL ? candidate->profile->columns[column].name
                                      : text_of(format_kinds[candidate->kind].columns[column].name);
}

static bool is_required(const struct candidate *candidate, size_t column)
{
    return candidate->profile != NULL ? !candidate->profile->columns[column].optional
                                      : format_kinds[candidate->kind].columns[column].missing != NULL;
}

/* Whether a rule makes nothing without a column: what must be filled in every row comes from it. */
static bool rests_on(const struct profile_rule *rule, size_t column)
{
    bool rests = rule->unless_empty == column;
    for (size_t i = 0; i < format_kinds[rule->kind].column_count; i++) {
        const struct profile_field *field = &rule->fields[i];
        for (size_t k = 0; k < field->column_count; k++)
            rests = rests || (format_kinds[rule->kind].columns[i].missing != NULL && field->columns[k] == column);
    }
    return rests;
}

/* Whether a column that a file may lack goes with another that it has, as a decision with its date: one of both is no
 * use.
 */
static bool is_wanted(const struct candidate *candidate, size_t column, const struct record_reader *header)
{
    const struct profile *profile = candidate->profile;
    for (size_t rule = 0; profile != NULL && rule < profile->rule_count; rule++) {
        for (size_t i = 0; rests_on(&profile->rules[rule], column) && i < profile->column_count; i++) {
            if (i != column && profile->columns[i].optional && rests_on(&profile->rules[rule], i) &&
                record_find_field(header, profile->columns[i].name) != SIZE_MAX)
                return true;
        }
    }
    return false;
}

static bool has_all_that_it_rests_on(const struct profile *profile, const struct profile_rule *rule,
                                     const struct record_reader *header)
{
    for (size_t i = 0; i < profile->column_count; i++) {
        if (rests_on(rule, i) && record_find_field(header, profile->columns[i].name) == SIZE_MAX)
            return false;
    }
    return true;
}

static bool takes_a_field_from(const struct profile_rule *rule, size_t column)
{
    bool takes = false;
    for (size_t i = 0; i < format_kinds[rule->kind].column_count; i++) {
        for (size_t k = 0; k < rule->fields[i].column_count; k++)
            takes = takes || rule->fields[i].columns[k] == column;
    }
    return takes;
}

/* Whether a column says nothing in this file, as the reason for a decision where there is none: every rule that takes a
 * field from it makes nothing here, and none rests on it. */
static bool is_idle(const struct candidate *candidate, size_t column, const struct record_reader *header)
{
    const struct profile *profile = candidate->profile;
    bool taken = false;
    for (size_t rule = 0; profile != NULL && rule < profile->rule_count; rule++) {
        const bool takes = takes_a_field_from(&profile->rules[rule], column);
        if (rests_on(&profile->rules[rule], column) ||
            (takes && has_all_that_it_rests_on(profile, &profile->rules[rule], header)))
            return false;
        taken = taken || takes;
    }
    return taken;
}

/* Whether the header lacks a column that the candidate needs. */
static bool lacks(const struct candidate *candidate, size_t column, const struct record_reader *header)
{
    return record_find_field(header, candidate_column_name(candidate, column)) == SIZE_MAX &&
           (is_required(candidate, column) || is_wanted(candidate, column, header));
}

static char plain_letter(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return (char)(letter - 'A' + 'a');
    return letter == ' ' || letter == '-' ? '_' : letter;
}

/* Whether two names are the same but for capitals, and blanks or hyphens in place of "_". */
static bool is_nearly(struct text a, struct text b)
{
    bool same = a.length == b.length;
    for (size_t i = 0; same && i < a.length; i++)
        same = plain_letter(a.bytes[i]) == plain_letter(b.bytes[i]);
    return same;
}

/* The header's field that has nearly the name of a column; SIZE_MAX where there is none. */
static size_t find_nearly(const struct record_reader *header, struct text name)
{
    for (size_t i = 0; i < header->field_count; i++) {
        if (is_nearly(header->fields[i], name))
            return i;
    }
    return SIZE_MAX;
}

/* Counts a column that the header lacks, unless for its name alone. */
static void note_lacking(struct candidate *candidate, const struct record_reader *header, size_t column)
{
    const size_t nearly = find_nearly(header, candidate_column_name(candidate, column));
    candidate->lacking++;
    candidate->unpaired += !is_required(candidate, column);
    if (nearly == SIZE_MAX)
        return;
    if (candidate->miscased++ == 0) {
        candidate->miscased_column = column;
        candidate->miscased_field = nearly;
    }
}

void candidate_fit(struct candidate *candidate, const struct record_reader *header)
{
    candidate->required = candidate->lacking = candidate->unpaired = 0;
    candidate->miscased = candidate->used_count = 0;
    memory_free(candidate->used);
    candidate->used = memory_allocate_zeroed(header->field_count + 1, sizeof *candidate->used);
    candidate->field_count = header->field_count;
    for (size_t i = 0; i < column_count(candidate); i++) {
        const size_t field = record_find_field(header, candidate_column_name(candidate, i));
        candidate->required += is_required(candidate, i);
        if (lacks(candidate, i, header))
            note_lacking(candidate, header, i);
        if (field != SIZE_MAX && !candidate->used[field] && !is_idle(candidate, i, header)) {
            candidate->used[field] = true;
            candidate->used_count++;
        }
    }
}

bool candidate_is_better(const struct candidate *trial, const struct candidate *best)
{
    if (best->lacking == SIZE_MAX || trial->lacking != best->lacking)
        return best->lacking == SIZE_MAX || trial->lacking < best->lacking;
    return trial->used_count + trial->miscased > best->used_count + best->miscased;
}

bool candidate_covers(const struct candidate *a, const struct candidate *b)
{
    if (b->used_count == 0)
        return true;
    if (a->delimiter != b->delimiter || a->encoding != b->encoding || a->field_count != b->field_count)
        return false;
    for (size_t i = 0; i < a->field_count; i++) {
        if (b->used[i] && !a->used[i])
            return false;
    }
    return true;
}

const char *candidate_name(const struct candidate *candidate)
{
    return candidate->profile != NULL ? candidate->profile->name : format_kinds[candidate->kind].name;
}

void candidate_add_lacking(struct buffer *message, struct text text, const struct candidate *candidate, bool nearly)
{
    struct record_reader header;
    size_t named = 0;
    record_reader_open(&header, candidate_head(text), candidate->delimiter, false);
    record_reader_next(&header);
    for (size_t i = 0; i < column_count(candidate); i++) {
        const struct text name = candidate_column_name(candidate, i);
        if (!lacks(candidate, i, &header) || (!nearly && find_nearly(&header, name) != SIZE_MAX))
            continue;
        if (named++ < NAMES_SHOWN)
            buffer_add_formatted(message, "%s%.*s", named > 1 ? ", " : "", (int)name.length, name.bytes);
    }
    if (named > NAMES_SHOWN)
        buffer_add_formatted(message, " and %zu more", named - NAMES_SHOWN);
    record_reader_close(&header);
}
