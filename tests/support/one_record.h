/* A header and a record that stand in a test, and a profile bound to them. To be included behind cmocka.h. */
#ifndef REFERLENS_TESTS_SUPPORT_ONE_RECORD_H
#define REFERLENS_TESTS_SUPPORT_ONE_RECORD_H

#include "profile_text.h"
#include "referlens/input/mapping.h"

struct one_record {
    struct profile *profile;
    struct record_reader reader; /* at the record */
    struct mapping mapping;
    struct mapped_row row;
};

/* The text is a header line and a record; `profile` has ' for ", and is released with the rest. */
static inline struct one_record one_record_open(const char *profile, const char *text, const struct pseudonym_key *key)
{
    struct one_record one = {.profile = parsed(profile)};
    struct error error = {""};
    record_reader_open(&one.reader, text_of(text), ',', true);
    assert_true(record_reader_next(&one.reader));
    if (!mapping_bind(&one.mapping, one.profile, &one.reader, key, &error))
        fail_msg("%s", error.message);
    assert_true(record_reader_next(&one.reader));
    assert_int_equal(one.reader.fault, RECORD_SOUND);
    return one;
}

static inline void one_record_close(struct one_record *one)
{
    mapped_row_release(&one->row);
    mapping_release(&one->mapping);
    record_reader_close(&one->reader);
    profile_free(one->profile);
}

#endif
