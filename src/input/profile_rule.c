#include "referlens/input/profile_rule.h"

#include "referlens/input/profile_condition.h"
#include "referlens/input/profile_field.h"

#include <string.h>

static const char *const rule_keys[] = {"name", "kind", "when", "first_by", "unless_empty", "fields", NULL};

static bool read_kind(const struct profile_reader *reader, const struct profile_place *place, enum file_kind *kind)
{
    const char *names[FILE_KIND_COUNT + 1] = {NULL};
    for (size_t i = 0; i < FILE_KIND_COUNT; i++)
        names[i] = format_kinds[i].name;
    size_t index = 0;
    if (!profile_read_word(reader, place, names, &index))
        return false;
    *kind = (enum file_kind)index;
    return true;
}

/* The name of a column, or PROFILE_COLUMN_NONE where nothing is given. */
static bool read_optional_column(struct profile_reader *reader, const struct profile_place *place,
                                 profile_column *column)
{
    *column = PROFILE_COLUMN_NONE;
    return place->value == NULL || profile_read_column(reader, place, column);
}

static bool read_rule(struct profile_reader *reader, const struct profile_place *place, struct profile_rule *rule)
{
    const struct profile_place name = profile_member(place, "name"), kind = profile_member(place, "kind"),
                               when = profile_member(place, "when"), first_by = profile_member(place, "first_by"),
                               unless_empty = profile_member(place, "unless_empty"),
                               fields = profile_member(place, "fields");
    if (!profile_check_keys(reader, place, rule_keys) || !profile_read_name(reader, &name, &rule->name) ||
        !read_kind(reader, &kind, &rule->kind) || !profile_read_conditions(reader, &when, false, &rule->when) ||
        !read_optional_column(reader, &first_by, &rule->first_by) ||
        !read_optional_column(reader, &unless_empty, &rule->unless_empty) ||
        !profile_read_fields(reader, &fields, rule->kind, rule->fields))
        return false;
    if (rule->first_by != PROFILE_COLUMN_NONE && rule->kind != FILE_REFERRALS)
        return profile_fail(reader, &first_by, "expected only in a rule that makes referrals");
    return true;
}

bool profile_read_rules(struct profile_reader *reader, const struct profile_place *place)
{
    struct profile *const profile = reader->profile;
    size_t count = 0;
    if (!profile_check_array(reader, place, 1, &count))
        return false;
    if (count > PROFILE_RULE_MAX)
        return profile_fail(reader, place, "expected at most %d rules", PROFILE_RULE_MAX);
    profile->rules = arena_allocate(&profile->arena, count * sizeof *profile->rules);
    memset(profile->rules, 0, count * sizeof *profile->rules);
    struct profile_place element = {0};
    while (profile_next_element(place, &element)) {
        struct profile_rule *const rule = &profile->rules[element.index];
        if (!read_rule(reader, &element, rule))
            return false;
        for (size_t i = 0; i < element.index; i++) {
            const struct profile_place name = profile_member(&element, "name");
            if (strcmp(profile->rules[i].name, rule->name) == 0)
                return profile_fail(reader, &name, "expected a name of its own; makes[%zu] has '%s' already", i,
                                    rule->name);
        }
    }
    profile->rule_count = count;
    return true;
}
