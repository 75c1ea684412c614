/* Reads what `referlens synth` wrote: plain CSV without quotes, whole in memory. */
#ifndef REFERLENS_TESTS_SUPPORT_SYNTH_READER_H
#define REFERLENS_TESTS_SUPPORT_SYNTH_READER_H

#include "referlens/base/calendar.h"
#include "referlens/base/memory.h"
#include "referlens/base/text.h"
#include "referlens/synth/export.h"
#include "scratch.h"

#include <stddef.h>
#include <stdint.h>

enum { TABLE_COLUMNS_MAX = 15 };

/* The columns that the tests ask for, in the order of the files. */
enum {
    REFERRAL_ID,
    REFERRAL_PRACTICE,
    REFERRAL_DATE,
    REFERRAL_SPECIALTY,
    REFERRAL_REQUEST,
    REFERRAL_PRIORITY,
    REFERRAL_SCHEME,
    REFERRAL_PATIENT,
    REFERRAL_REFERRER,
    REFERRAL_PREVIOUS,
    REFERRAL_RECEIVED,
    REFERRAL_PROVIDER,
    REFERRAL_AGE_BAND,
    REFERRAL_SEX,
    REFERRAL_IMD,
    REFERRAL_COLUMNS
};
enum { EVENT_ID, EVENT_DATE, EVENT_TYPE, EVENT_SEQ, EVENT_REASON, EVENT_CONTACTED, EVENT_CONSULTED, EVENT_COLUMNS };

struct table {
    char *bytes;
    size_t count; /* rows without the header */
    const char *(*rows)[TABLE_COLUMNS_MAX];
};

static inline struct table table_read(const char *path, size_t columns)
{
    size_t length = 0, capacity = 0;
    struct table table = {.bytes = scratch_read(path, &length)};
    assert_non_null(table.bytes);
    assert_null(memchr(table.bytes, '"', length));
    char *end = table.bytes + length, *start = memchr(table.bytes, '\n', length);
    assert_non_null(start);
    for (start++; start < end; table.count++) {
        table.rows = memory_grow(table.rows, &capacity, table.count + 1, sizeof *table.rows);
        size_t column = 0;
        for (bool in_row = true; in_row; column++) {
            assert_true(column < columns);
            table.rows[table.count][column] = start;
            start += strcspn(start, ",\n");
            in_row = *start == ',';
            *start++ = '\0';
        }
        assert_int_equal(column, columns);
    }
    return table;
}

static inline void table_release(struct table *table)
{
    memory_free(table->bytes);
    memory_free(table->rows);
}

static inline day day_of(const char *text)
{
    day value = DAY_UNKNOWN;
    assert_true(day_parse(text_of(text), &value));
    return value;
}

static inline int64_t integer_of(const char *text)
{
    int64_t value = 0;
    assert_true(text_to_integer(text_of(text), &value));
    return value;
}

/* An export read back. Outcomes lie by referral, in its order: those of row i are first_event[i] to
 * first_event[i + 1] − 1. */
struct synth_export_read {
    struct table referrals, outcomes;
    size_t *first_event;
};

static inline struct synth_export_read synth_read(void)
{
    struct synth_export_read all = {.referrals = table_read("out/referrals.csv", REFERRAL_COLUMNS),
                                    .outcomes = table_read("out/outcomes.csv", EVENT_COLUMNS)};
    all.first_event = memory_allocate_zeroed(all.referrals.count + 1, sizeof *all.first_event);
    size_t event = 0;
    for (size_t i = 0; i < all.referrals.count; i++) {
        all.first_event[i] = event;
        while (event < all.outcomes.count &&
               strcmp(all.outcomes.rows[event][EVENT_ID], all.referrals.rows[i][REFERRAL_ID]) == 0)
            event++;
    }
    all.first_event[all.referrals.count] = event;
    assert_int_equal(event, all.outcomes.count); /* every event has found its referral */
    return all;
}

static inline void synth_read_release(struct synth_export_read *all)
{
    table_release(&all->referrals);
    table_release(&all->outcomes);
    memory_free(all->first_event);
}

/* The number of the first event of that type of a referral, or SIZE_MAX. */
static inline size_t find_event(const struct synth_export_read *all, size_t referral, const char *type)
{
    for (size_t i = all->first_event[referral]; i < all->first_event[referral + 1]; i++)
        if (strcmp(all->outcomes.rows[i][EVENT_TYPE], type) == 0)
            return i;
    return SIZE_MAX;
}

/* Writes an export to out/. */
static inline struct synth_totals synth_write(const struct synth_options *options)
{
    struct synth_options chosen = *options;
    struct synth_totals totals;
    struct error error = {{0}};
    chosen.folder = "out";
    chosen.replace = true;
    if (!synth_export(&chosen, NULL, NULL, &totals, &error))
        fail_msg("%s", error.message);
    return totals;
}

#endif
