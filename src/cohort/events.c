#include "referlens/cohort/events.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <stdatomic.h>
#include <string.h>

enum {
    BLOCK_SIZE = 1024,
    SLAB_BLOCKS = 256,
    KINDS_MAX = 65535,
    SEQUENCE_WIDE = 15,
    DAY_BASE = -25567 /* 1900-01-01 */,
    FOLD_BLOCK = 1 << 15
};

/* An event in its compact form: 8 bytes. Dates of 1900 to 2079 and small sequence numbers fit; what does not is kept in
 * the chunk's list of wide ones. */
struct event {
    uint32_t next; /* place + 1 of another event of the referral, 0: none */
    uint16_t days; /* since DAY_BASE */
    uint16_t kind; /* index into its chunk's kinds */
};

/* What an event says besides its date: few distinct ones a chunk. Its bytes are a key, so it has no padding. */
struct event_kind {
    uint8_t type, contacted, consulted;
    uint8_t sequence; /* SEQUENCE_WIDE: date and sequence are in the list */
    uint32_t reason;  /* the chunk's own code + 1, 0: none */
};

struct wide_event {
    uint32_t place;
    day date;
    int64_t sequence;
};

struct event_chunk {
    struct dictionary kind_keys; /* bytes of struct event_kind → code */
    struct event_kind *kinds;
    size_t kind_capacity;
    uint16_t plain_codes[EVENT_TYPE_COUNT][9][SEQUENCE_WIDE + 1]; /* code + 1 of kinds without a reason, by type,
                                                                     answers and sequence */
    struct dictionary reasons;
    uint32_t *reason_codes; /* the cohort's, once joined */
    struct wide_event *wide;
    size_t wide_count, wide_capacity;
    bool is_void;
};

/* Blocks that a worker has taken and not filled: 2 MiB at a time, so that no two workers meet in one large page, which
 * each would clear. */
struct event_slab {
    size_t next, end;
};

struct event_store {
    const struct cohort *cohort;
    struct event *events; /* reserved address space, touched as events come */
    size_t event_maximum;
    _Atomic uint32_t *heads; /* by row: place + 1, 0: none */
    size_t head_count;
    uint32_t *block_chunks; /* by block */
    size_t block_count;
    _Atomic size_t next_block;
    struct event_slab *slabs; /* by worker */
    struct event_chunk *chunks;
    size_t chunk_count;
};

struct event_store *event_store_new(const struct cohort *cohort, size_t event_maximum, size_t chunk_count,
                                    size_t worker_count)
{
    struct event_store *store = memory_allocate_zeroed(1, sizeof *store);
    store->cohort = cohort;
    store->chunk_count = chunk_count;
    store->chunks = memory_allocate_zeroed(chunk_count, sizeof *store->chunks);
    store->slabs = memory_allocate_zeroed(worker_count, sizeof *store->slabs);
    store->block_count = event_maximum / BLOCK_SIZE + chunk_count + 1 + worker_count * SLAB_BLOCKS;
    store->block_chunks = memory_allocate_zeroed(store->block_count, sizeof *store->block_chunks);
    store->event_maximum = store->block_count * BLOCK_SIZE;
    store->head_count = cohort->count;
    store->heads = memory_reserve_for_random_access(store->head_count * sizeof *store->heads);
    store->events = memory_reserve_for_random_access(store->event_maximum * sizeof *store->events);
    return store;
}

void event_store_free(struct event_store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < store->chunk_count; i++) {
        dictionary_release(&store->chunks[i].kind_keys);
        dictionary_release(&store->chunks[i].reasons);
        memory_free(store->chunks[i].kinds);
        memory_free(store->chunks[i].reason_codes);
        memory_free(store->chunks[i].wide);
    }
    memory_release_reserved(store->events, store->event_maximum * sizeof *store->events);
    memory_free(store->chunks);
    memory_free(store->slabs);
    memory_release_reserved(store->heads, store->head_count * sizeof *store->heads);
    memory_free(store->block_chunks);
    memory_free(store);
}

struct event_writer event_writer_for(struct event_store *store, size_t chunk, size_t worker)
{
    return (struct event_writer){.store = store, .chunk = chunk, .worker = worker};
}

/* Gives a writer its next block; false where there is none. */
static bool take_block(struct event_writer *writer)
{
    struct event_store *store = writer->store;
    struct event_slab *slab = &store->slabs[writer->worker];
    if (slab->next == slab->end) {
        slab->next = atomic_fetch_add_explicit(&store->next_block, SLAB_BLOCKS, memory_order_relaxed);
        slab->end = slab->next + SLAB_BLOCKS;
    }
    const size_t block = slab->next++;
    if (block >= store->block_count || block >= UINT32_MAX / BLOCK_SIZE)
        return false;
    store->block_chunks[block] = (uint32_t)writer->chunk;
    writer->next = (uint32_t)(block * BLOCK_SIZE);
    writer->end = writer->next + BLOCK_SIZE;
    return true;
}

/* The code of an event's kind in its chunk, by way of the dictionary. */
static bool look_up_kind(struct event_chunk *chunk, struct event_kind kind, uint16_t *code, struct error *error)
{
    const uint32_t added = dictionary_add(&chunk->kind_keys, (struct text){(const char *)&kind, sizeof kind});
    if (added >= KINDS_MAX)
        return error_set(error, "more than %d different reasons: is reason_code the right column?", KINDS_MAX);
    chunk->kinds = memory_grow(chunk->kinds, &chunk->kind_capacity, added + 1, sizeof *chunk->kinds);
    chunk->kinds[added] = kind;
    *code = (uint16_t)added;
    return true;
}

/* The code of an event's kind in its chunk. Most events have no reason, and few forms. */
static inline bool kind_code(struct event_chunk *chunk, const struct event_row *event, uint8_t sequence, uint16_t *code,
                             struct error *error)
{
    struct event_kind kind = {event->type, event->contacted, event->consulted, sequence, 0};
    if (event->reason.length > 0) {
        kind.reason = dictionary_add(&chunk->reasons, event->reason) + 1;
        return look_up_kind(chunk, kind, code, error);
    }
    uint16_t *plain = &chunk->plain_codes[event->type][event->contacted * 3 + event->consulted][sequence];
    if (*plain == 0) {
        if (!look_up_kind(chunk, kind, code, error))
            return false;
        *plain = (uint16_t)(*code + 1);
    }
    *code = (uint16_t)(*plain - 1);
    return true;
}

bool event_writer_add(struct event_writer *writer, uint32_t row, const struct event_row *event, struct error *error)
{
    struct event_store *store = writer->store;
    struct event_chunk *chunk = &store->chunks[writer->chunk];
    const int32_t days = event->date - DAY_BASE;
    const bool is_wide = event->sequence < 0 || event->sequence >= SEQUENCE_WIDE || days < 0 || days > UINT16_MAX;
    uint16_t kind = 0;
    if (!kind_code(chunk, event, is_wide ? SEQUENCE_WIDE : (uint8_t)event->sequence, &kind, error))
        return false;
    if (writer->next == writer->end && !take_block(writer))
        return error_set(error, "more events than can be held");
    const uint32_t place = writer->next++;
    struct event *stored = &store->events[place];
    stored->days = (uint16_t)days;
    stored->kind = kind;
    if (is_wide) {
        chunk->wide = memory_grow(chunk->wide, &chunk->wide_capacity, chunk->wide_count + 1, sizeof *chunk->wide);
        chunk->wide[chunk->wide_count++] = (struct wide_event){place, event->date, event->sequence};
    }
    stored->next = atomic_exchange_explicit(&store->heads[row], place + 1, memory_order_acq_rel);
    return true;
}

void event_store_void(struct event_store *store, size_t chunk)
{
    store->chunks[chunk].is_void = true;
}

size_t event_store_chunk_count(const struct event_store *store)
{
    return store->chunk_count;
}

/* One event with everything in the open, as the fold sees it. */
struct open_event {
    day date;
    int64_t sequence;
    uint32_t reason; /* the cohort's code + 1 */
    uint8_t type, contacted, consulted;
    uint32_t chunk;
};

struct folding {
    struct event_store *store;
    struct cohort *cohort;
    struct event_tally *tallies; /* by worker, then by chunk */
    uint32_t *recorded;          /* by worker */
};

/* Places within a chunk rise in the order of adding, so the list is sorted by place. */
static const struct wide_event *wide_event_at(const struct event_chunk *chunk, uint32_t place)
{
    size_t low = 0, high = chunk->wide_count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (chunk->wide[middle].place <= place)
            low = middle;
        else
            high = middle;
    }
    return &chunk->wide[low];
}

static struct open_event open_event(const struct event_store *store, uint32_t place)
{
    const struct event *event = &store->events[place];
    const uint32_t chunk_number = store->block_chunks[place / BLOCK_SIZE];
    const struct event_chunk *chunk = &store->chunks[chunk_number];
    const struct event_kind *kind = &chunk->kinds[event->kind];
    const struct wide_event *wide = kind->sequence == SEQUENCE_WIDE ? wide_event_at(chunk, place) : NULL;
    return (struct open_event){
        .date = wide != NULL ? wide->date : DAY_BASE + event->days,
        .sequence = wide != NULL ? wide->sequence : kind->sequence,
        .reason = kind->reason == 0 ? 0 : chunk->reason_codes[kind->reason - 1] + 1,
        .type = kind->type,
        .contacted = kind->contacted,
        .consulted = kind->consulted,
        .chunk = chunk_number,
    };
}

/* Known values in their order, then the unknown one, which is 0. */
static uint32_t rank_of(uint32_t value)
{
    return value - 1;
}

/* The order of the log: date, sequence, type (decisions as the tie rule has them); then whatever else an event says, so
 * that no two different events are ever in the order of reading. */
static int compare_content(const struct open_event *a, const struct open_event *b)
{
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    if (a->sequence != b->sequence)
        return a->sequence < b->sequence ? -1 : 1;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->reason != b->reason)
        return rank_of(a->reason) < rank_of(b->reason) ? -1 : 1;
    if (a->contacted != b->contacted)
        return rank_of(a->contacted) < rank_of(b->contacted) ? -1 : 1;
    return (rank_of(a->consulted) > rank_of(b->consulted)) - (rank_of(a->consulted) < rank_of(b->consulted));
}

static bool is_in_order(const struct open_event *earlier, const struct open_event *later)
{
    const int order = compare_content(earlier, later);
    return order < 0 || (order == 0 && earlier->chunk <= later->chunk);
}

/* Insertion sort: a referral has a handful of events, most often in order already. */
static void sort_events(struct open_event *events, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (is_in_order(&events[i - 1], &events[i]))
            continue;
        const struct open_event event = events[i];
        size_t k = i;
        for (; k > 0 && !is_in_order(&events[k - 1], &event); k--)
            events[k] = events[k - 1];
        events[k] = event;
    }
}

static void earliest(day *column, size_t row, day date)
{
    if (column[row] == DAY_UNKNOWN)
        column[row] = date;
}

/* Puts one event, the events before it in the order being in already, into the columns. */
static void fold_event(struct columns *columns, size_t row, const struct open_event *event)
{
    static const uint16_t flags[EVENT_TYPE_COUNT] = {
        [EVENT_DNA] = FLAG_DNA,
        [EVENT_ASI] = FLAG_ASI,
        [EVENT_CONVERTED] = FLAG_CONVERTED,
        [EVENT_DIAGNOSIS_CANCER] = FLAG_CANCER,
    };
    columns->flags[row] |= flags[event->type];
    if (event->type <= EVENT_ACCEPTED && columns->decision[row] == EVENT_NONE) {
        columns->decision[row] = event->type;
        columns->decided[row] = event->date;
        columns->reason[row] = (uint16_t)event->reason;
        columns->answers[row] = (uint8_t)(event->contacted | event->consulted << 2);
    }
    switch (event->type) {
    case EVENT_REJECTED:
    case EVENT_RETURNED_WITH_ADVICE:
    case EVENT_ADVICE_RESPONSE:
    case EVENT_CONVERTED:
        earliest(columns->responded, row, event->date);
        break;
    case EVENT_FIRST_ATTENDED:
        earliest(columns->attended, row, event->date);
        break;
    case EVENT_TREATED:
        earliest(columns->treated, row, event->date);
        break;
    case EVENT_DISCHARGED:
        earliest(columns->discharged, row, event->date);
        break;
    case EVENT_CANCELLED_REFERRAL:
    case EVENT_DIED:
        earliest(columns->left, row, event->date);
        break;
    default:
        break;
    }
}

/* The flags that need the day first attended, known only when all events have been seen. */
static void fold_against_attendance(struct columns *columns, size_t row, const struct open_event *events, size_t count)
{
    const day attended = columns->attended[row];
    for (size_t i = 0; i < count; i++) {
        if (events[i].type == EVENT_DNA && (attended == DAY_UNKNOWN || events[i].date <= attended))
            columns->flags[row] |= FLAG_DNA_BEFORE_ATTENDED;
        if (events[i].type == EVENT_DISCHARGED && attended != DAY_UNKNOWN && events[i].date == attended)
            columns->flags[row] |= FLAG_DISCHARGED_WHEN_ATTENDED;
        if (events[i].type == EVENT_FOLLOWUP_ATTENDED && attended == DAY_UNKNOWN)
            columns->flags[row] |= FLAG_SEEN_UNDATED;
    }
}

static bool agrees(uint32_t a, uint32_t b)
{
    return a == b || a == 0 || b == 0;
}

/* The first of `count` sorted events that is the same one and contradicts it in nothing; NULL if there is none. */
static struct open_event *twin_of(struct open_event *events, size_t count, const struct open_event *event)
{
    struct open_event *twin = NULL;
    for (size_t i = count; i > 0; i--) {
        struct open_event *other = &events[i - 1];
        if (other->date != event->date || other->sequence != event->sequence || other->type != event->type)
            break;
        if (agrees(other->reason, event->reason) && agrees(other->contacted, event->contacted) &&
            agrees(other->consulted, event->consulted))
            twin = other;
    }
    return twin;
}

/* Makes one of the rows that tell the same event, of which one may know what another does not; returns how many are
 * left. They are sorted, so that each is raw until the next has been looked at. */
static size_t join_twins(struct open_event *events, size_t count, struct event_tally *tallies)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct open_event event = events[i];
        if (i > 0 && compare_content(&event, &events[i - 1]) == 0) {
            tallies[event.chunk].duplicates++;
            continue;
        }
        struct open_event *twin = twin_of(events, kept, &event);
        if (twin == NULL) {
            events[kept++] = event;
            continue;
        }
        tallies[event.chunk].joined++;
        twin->reason = twin->reason != 0 ? twin->reason : event.reason;
        twin->contacted = twin->contacted != ANSWER_UNKNOWN ? twin->contacted : event.contacted;
        twin->consulted = twin->consulted != ANSWER_UNKNOWN ? twin->consulted : event.consulted;
    }
    return kept;
}

/* Drops what is outside the time that is looked at, counts every event, and returns how many are left. */
static size_t keep_in_time(const struct folding *folding, size_t row, struct open_event *events, size_t count,
                           struct event_tally *tallies, uint32_t *recorded)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct open_event *event = &events[i];
        struct event_tally *tally = &tallies[event->chunk];
        if (event->date > folding->cohort->as_of) {
            tally->after_as_of++;
        } else if (event->date < folding->cohort->columns.referred[row]) {
            tally->before_referral++;
        } else {
            tally->used++;
            *recorded |= RECORDED_EVENT(event->type);
            *recorded |= event->contacted != ANSWER_UNKNOWN ? RECORDED_CONTACTED : 0;
            *recorded |= event->consulted != ANSWER_UNKNOWN ? RECORDED_CONSULTED : 0;
            events[kept++] = *event;
        }
    }
    return kept;
}

/* The events of the referral at hand; their list leads from the last one read to the first. */
struct row_events {
    uint32_t *places;
    size_t place_capacity;
    struct open_event *events;
    size_t capacity;
};

/* Opens the events of a row in the order of reading, and returns how many there are. */
static size_t open_events(const struct event_store *store, size_t row, struct row_events *of)
{
    size_t count = 0;
    for (uint32_t next = atomic_load_explicit(&store->heads[row], memory_order_relaxed); next != 0;
         next = store->events[next - 1].next) {
        if (store->chunks[store->block_chunks[(next - 1) / BLOCK_SIZE]].is_void)
            continue;
        of->places = memory_grow(of->places, &of->place_capacity, count + 1, sizeof *of->places);
        of->places[count++] = next - 1;
    }
    of->events = memory_grow(of->events, &of->capacity, count, sizeof *of->events);
    for (size_t i = 0; i < count; i++)
        of->events[i] = open_event(store, of->places[count - 1 - i]);
    return count;
}

static void fold_row(const struct folding *folding, size_t row, struct row_events *of, struct event_tally *tallies,
                     uint32_t *recorded)
{
    size_t count = open_events(folding->store, row, of);
    if (count == 0)
        return;
    sort_events(of->events, count);
    count = join_twins(of->events, count, tallies);
    count = keep_in_time(folding, row, of->events, count, tallies, recorded);
    struct columns *columns = &folding->cohort->columns;
    for (size_t i = 0; i < count; i++)
        fold_event(columns, row, &of->events[i]);
    fold_against_attendance(columns, row, of->events, count);
}

static void fold_block(void *context, size_t task, size_t worker)
{
    const struct folding *folding = context;
    struct columns *columns = &folding->cohort->columns;
    const size_t first = task * FOLD_BLOCK;
    const size_t end = first + FOLD_BLOCK < folding->cohort->count ? first + FOLD_BLOCK : folding->cohort->count;
    struct row_events events = {0};
    uint32_t recorded = 0; /* the workers' own lie side by side in one cache line */
    for (size_t row = first; row < end; row++) {
        columns->decided[row] = columns->attended[row] = columns->treated[row] = DAY_UNKNOWN;
        columns->responded[row] = columns->left[row] = columns->discharged[row] = DAY_UNKNOWN;
        columns->decision[row] = EVENT_NONE;
        columns->reason[row] = 0;
        columns->answers[row] = 0;
        if (row + 8 < end)
            __builtin_prefetch(
                &folding->store->events[atomic_load_explicit(&folding->store->heads[row + 8], memory_order_relaxed)]);
        fold_row(folding, row, &events, folding->tallies + worker * folding->store->chunk_count, &recorded);
    }
    folding->recorded[worker] |= recorded;
    memory_free(events.places);
    memory_free(events.events);
}

/* One dictionary of reasons, in the order of the texts, and each chunk's way into it. */
static void join_reasons(struct event_store *store, struct cohort *cohort)
{
    for (size_t i = 0; i < store->chunk_count; i++) {
        struct event_chunk *chunk = &store->chunks[i];
        if (chunk->is_void)
            continue;
        chunk->reason_codes = memory_resize(NULL, chunk->reasons.count + 1, sizeof *chunk->reason_codes);
        for (size_t k = 0; k < chunk->reasons.count; k++)
            chunk->reason_codes[k] = dictionary_add(&cohort->reasons, dictionary_text(&chunk->reasons, (uint32_t)k));
    }
    uint32_t *sorted = memory_resize(NULL, cohort->reasons.count + 1, sizeof *sorted);
    dictionary_sort(&cohort->reasons, sorted);
    for (size_t i = 0; i < store->chunk_count; i++) {
        for (size_t k = 0; !store->chunks[i].is_void && k < store->chunks[i].reasons.count; k++)
            store->chunks[i].reason_codes[k] = sorted[store->chunks[i].reason_codes[k]];
    }
    memory_free(sorted);
}

bool event_store_fold(struct event_store *store, struct cohort *cohort, size_t worker_count,
                      struct event_tally *tallies, struct error *error)
{
    join_reasons(store, cohort);
    if (cohort->reasons.count >= KINDS_MAX - 1)
        return error_set(error, "more than %d different reasons: is reason_code the right column?", KINDS_MAX - 2);
    memory_give_back(); /* nothing takes more memory than what follows */
    columns_reserve_stage(&cohort->columns, COLUMNS_OF_EVENTS);
    struct folding folding = {
        .store = store,
        .cohort = cohort,
        .tallies = memory_allocate_zeroed(worker_count * store->chunk_count, sizeof *folding.tallies),
        .recorded = memory_allocate_zeroed(worker_count, sizeof *folding.recorded),
    };
    worker_run(worker_count, (cohort->count + FOLD_BLOCK - 1) / FOLD_BLOCK, fold_block, &folding);
    memset(tallies, 0, store->chunk_count * sizeof *tallies);
    for (size_t i = 0; i < worker_count * store->chunk_count; i++) {
        struct event_tally *tally = &tallies[i % store->chunk_count];
        tally->used += folding.tallies[i].used;
        tally->duplicates += folding.tallies[i].duplicates;
        tally->joined += folding.tallies[i].joined;
        tally->after_as_of += folding.tallies[i].after_as_of;
        tally->before_referral += folding.tallies[i].before_referral;
    }
    for (size_t i = 0; i < worker_count; i++)
        cohort->recorded |= folding.recorded[i];
    memory_free(folding.tallies);
    memory_free(folding.recorded);
    return true;
}
