/* A cohort of a few referrals made by hand, step by step as the input room makes one. Dates are "YYYY-MM-DD". */
#ifndef REFERLENS_TESTS_SUPPORT_SMALL_COHORT_H
#define REFERLENS_TESTS_SUPPORT_SMALL_COHORT_H

#include "referlens/base/memory.h"
#include "referlens/cohort/chain.h"
#include "referlens/cohort/events.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tables of these leave out what is zero at their ends. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* NULL stands for an unknown text. */
struct small_referral {
    const char *id, *date, *patient, *previous, *specialty, *practice;
    bool advice;
};

struct small_event {
    const char *id, *date;
    enum event_type type;
    int64_t sequence;
    const char *reason;
    enum answer contacted, consulted;
};

/* Rows of the cohort are those of the array, as long as batches are joined in order. */
struct small_cohort {
    struct cohort *cohort;
    char bytes[1 << 14]; /* what ids point into */
    size_t length;
    uint32_t source;
    struct identity identity;
    struct identity_repeat *repeats;
    size_t repeat_count;
    struct previous_reference *previous;
    size_t previous_count;
    struct event_tally tallies[8];
};

static inline day small_day(const char *date)
{
    day value = DAY_UNKNOWN;
    if (date != NULL && !day_parse(text_of(date), &value)) {
        fprintf(stderr, "no date: %s\n", date);
        abort();
    }
    return value;
}

static inline struct text small_text(const char *string)
{
    return string == NULL ? (struct text){0} : text_of(string);
}

static inline text_reference small_reference(struct small_cohort *small, const char *id)
{
    const size_t length = strlen(id);
    if (small->length + length > sizeof small->bytes)
        abort();
    memcpy(small->bytes + small->length, id, length);
    small->length += length;
    return text_reference_make(small->source, small->length - length, (uint32_t)length);
}

static inline void small_add(struct small_cohort *small, struct referral_batch *batch,
                             const struct small_referral *referral)
{
    const struct referral_row row = {
        .id = small_reference(small, referral->id),
        .id_hash = text_hash(text_of(referral->id)),
        .practice = text_of(referral->practice != NULL ? referral->practice : "A81001"),
        .specialty = text_of(referral->specialty != NULL ? referral->specialty : "330"),
        .patient = small_text(referral->patient),
        .referred = small_day(referral->date),
        .received = DAY_UNKNOWN,
        .request_type = referral->advice ? REQUEST_ADVICE : REQUEST_REFERRAL,
        .scheme = SCHEME_UNKNOWN,
    };
    struct previous_reference previous = {0};
    if (referral->previous != NULL) {
        previous.id = small_reference(small, referral->previous);
        previous.id_hash = text_hash(text_of(referral->previous));
    }
    if (!referral_batch_add(batch, &row, referral->previous != NULL ? &previous : NULL, NULL))
        abort();
}

/* Takes the referrals in batches of `batch_size`, and indexes them. */
static inline struct small_cohort *small_cohort_new(const struct small_referral *referrals, size_t count,
                                                    size_t batch_size, size_t workers)
{
    struct small_cohort *small = memory_allocate_zeroed(1, sizeof *small);
    small->cohort = cohort_new();
    if (!cohort_add_source(small->cohort, (struct text){small->bytes, sizeof small->bytes}, &small->source, NULL))
        abort();
    const size_t batch_count = (count + batch_size - 1) / batch_size;
    struct referral_batch *batches = memory_allocate_zeroed(batch_count + 1, sizeof *batches);
    /* Each batch has more room than it needs, so that gaps are closed. */
    cohort_reserve_referrals(small->cohort, batch_count * (batch_size + 1));
    for (size_t i = 0; i < batch_count; i++)
        referral_batch_open(&batches[i], small->cohort, i * (batch_size + 1), batch_size + 1);
    for (size_t i = 0; i < count; i++)
        small_add(small, &batches[i / batch_size], &referrals[i]);
    if (!cohort_take_referrals(small->cohort, batches, batch_count, workers, &small->previous, &small->previous_count,
                               NULL))
        abort();
    memory_free(batches);
    identity_build(&small->identity, small->cohort, workers, &small->repeats, &small->repeat_count);
    return small;
}

static inline uint32_t small_row(const struct small_cohort *small, const char *id)
{
    return identity_find(&small->identity, text_hash(text_of(id)), text_of(id));
}

/* Folds the events (event number n belongs to chunk n modulo `chunks`, at most 8) and links the chains. */
static inline void small_fold(struct small_cohort *small, const struct small_event *events, size_t count, size_t chunks,
                              const char *as_of, size_t workers)
{
    struct event_store *store = event_store_new(small->cohort, count, chunks, 1);
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        struct event_writer writer = event_writer_for(store, chunk, 0);
        for (size_t i = chunk; i < count; i += chunks) {
            const struct event_row row = {.date = small_day(events[i].date),
                                          .sequence = events[i].sequence,
                                          .type = (uint8_t)events[i].type,
                                          .contacted = (uint8_t)events[i].contacted,
                                          .consulted = (uint8_t)events[i].consulted,
                                          .reason = small_text(events[i].reason)};
            const uint32_t of = small_row(small, events[i].id);
            if (of == ROW_NONE || !event_writer_add(&writer, of, &row, NULL))
                abort();
        }
    }
    small->cohort->as_of = small_day(as_of);
    if (!event_store_fold(store, small->cohort, workers, small->tallies, NULL))
        abort();
    event_store_free(store);
    struct previous_link *links = memory_resize(NULL, small->previous_count, sizeof *links);
    const size_t linked = chain_resolve(&small->identity, small->previous, small->previous_count, links);
    chain_link(small->cohort, links, linked, workers);
    memory_free(links);
}

static inline struct fact small_fact(const struct small_cohort *small, const char *id)
{
    const uint32_t row = small_row(small, id);
    if (row == ROW_NONE)
        abort();
    return cohort_fact(small->cohort, row);
}

/* The id of the referral that follows this one, or "" where none does. Good until the next call. */
static inline const char *small_successor(const struct small_cohort *small, const char *id, char text[64])
{
    const uint32_t next = small->cohort->columns.successor[small_row(small, id)];
    const struct text found =
        next == ROW_NONE ? (struct text){0} : text_reference_text(small->cohort, small->cohort->columns.id[next]);
    snprintf(text, 64, "%.*s", (int)found.length, found.length > 0 ? found.bytes : "");
    return text;
}

static inline void small_cohort_free(struct small_cohort *small)
{
    identity_release(&small->identity);
    memory_free(small->repeats);
    memory_free(small->previous);
    cohort_free(small->cohort);
    memory_free(small);
}

#endif
