/* Any bytes as a profile: it is read whole or refused with one line, and what it holds is as the header promises. */
#include "referlens/input/profile.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_conditions(const struct profile *profile, const struct profile_conditions *conditions, bool reasons)
{
    for (size_t i = 0; i < conditions->count; i++) {
        check(conditions->conditions[i].column < profile->column_count);
        check((conditions->conditions[i].reason != NULL) == reasons);
    }
}

static void check_field(const struct profile *profile, const struct profile_field *field)
{
    for (size_t i = 0; i < field->column_count; i++)
        check(field->columns[i] < profile->column_count);
    check((field->form == FIELD_UNKNOWN || field->form == FIELD_CONSTANT) == (field->column_count == 0));
    check((field->form == FIELD_MAP) == (field->map_count > 0));
    check((field->form == FIELD_BANDS) == (field->band_count > 0));
    for (size_t i = 1; i < field->map_count; i++) {
        const int order = text_compare(field->map[i - 1].first, field->map[i].first);
        check(order < 0 || (order == 0 && text_compare(field->map[i - 1].second, field->map[i].second) < 0));
    }
    for (size_t i = 1; i < field->band_count; i++)
        check(field->bands[i - 1] < field->bands[i]);
}

static void check_profile(const struct profile *profile)
{
    check(profile->rule_count >= 1 && profile->rule_count <= PROFILE_RULE_MAX);
    check_conditions(profile, &profile->leave_out, true);
    for (size_t i = 0; i < profile->rule_count; i++) {
        const struct profile_rule *const rule = &profile->rules[i];
        const struct format_kind *const kind = &format_kinds[rule->kind];
        check_conditions(profile, &rule->when, false);
        check(rule->first_by == PROFILE_COLUMN_NONE || rule->first_by < profile->column_count);
        check(rule->unless_empty == PROFILE_COLUMN_NONE || rule->unless_empty < profile->column_count);
        for (size_t k = 0; k < kind->column_count; k++) {
            check(kind->columns[k].missing == NULL || rule->fields[k].form != FIELD_UNKNOWN);
            check(rule->fields[k].form != FIELD_DATE || kind->columns[k].content == CONTENT_DATE);
            check_field(profile, &rule->fields[k]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct profile *profile = NULL;
    struct error error = {""};
    if (profile_parse((struct text){(const char *)bytes, size}, "profile.json", &profile, &error)) {
        check(error.message[0] == '\0');
        check_profile(profile);
        profile_free(profile);
    } else {
        check(error.message[0] != '\0' && profile == NULL);
    }
    return 0;
}
