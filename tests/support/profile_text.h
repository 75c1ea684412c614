/* Profiles written into tests, with ' for ", and what is expected of them. To be included behind cmocka.h. */
#ifndef REFERLENS_TESTS_SUPPORT_PROFILE_TEXT_H
#define REFERLENS_TESTS_SUPPORT_PROFILE_TEXT_H

#include "referlens/base/memory.h"
#include "referlens/input/profile.h"

#include <string.h>

/* Profiles stand here with ' for ". */
#define FIELDS                                                                                                         \
    "'referral_id': 'Ref', 'practice_code': 'Surgery', 'specialty_code': 'Clinic', "                                   \
    "'referral_date': {'column': 'Sent', 'date': 'DD/MM/YYYY'}"
#define RULE(more, fields) "{'name': 'referral', 'kind': 'referrals', " more "'fields': {" fields "}}"
#define EVENT(fields)                                                                                                  \
    "{'name': 'event', 'kind': 'outcomes', 'fields': {'referral_id': 'Ref', 'event_date': "                            \
    "{'column': 'On', 'date': 'YYYY-MM-DD'}, " fields "}}"
#define PROFILE(more, rules) "{'name': 'mine', 'title': 'My own', " more "'makes': [" rules "]}"
#define WITH_FIELD(field)    PROFILE("", RULE("", FIELDS ", " field))

/* Parses the profile, the file of which would be my.json. */
static inline bool profile_text_parse(const char *json, struct profile **profile, struct error *error)
{
    char *const text = memory_copy_text(json, strlen(json));
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    const bool parsed = profile_parse(text_of(text), "my.json", profile, error);
    memory_free(text);
    return parsed;
}

static inline struct profile *parsed(const char *json)
{
    struct profile *profile = NULL;
    struct error error = {""};
    if (!profile_text_parse(json, &profile, &error))
        fail_msg("%s", error.message);
    return profile;
}

static inline void assert_text(struct text text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.bytes, expected, text.length);
}

static inline void assert_column(const struct profile *profile, profile_column column, const char *name)
{
    assert_true(column < profile->column_count);
    assert_text(profile->columns[column].name, name);
}

struct refusal {
    const char *json, *message;
};

static inline void assert_refused(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct profile *profile = NULL;
        struct error error = {""};
        if (profile_text_parse(refusals[i].json, &profile, &error))
            fail_msg("taken for a profile: %s", refusals[i].json);
        assert_null(profile);
        assert_string_equal(error.message, refusals[i].message);
    }
}

#define ASSERT_REFUSED(refusals) assert_refused(refusals, sizeof refusals / sizeof *refusals)

#endif
