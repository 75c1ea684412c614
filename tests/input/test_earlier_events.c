#include "referlens/input/earlier_events.h"

#include "../support/scratch_store.h"

/* A line of an event, as it is packed. */
#define EVENT(id, date) "2\x1f\x1f" id "\x1f" date "\x1frejected\x1f\x1f\x1f\x1f\n"

static struct kept_pack pack_of(enum file_kind kind, const char *lines, struct fact_key *keys, size_t count)
{
    struct kept_pack kept = {.kind = kind};
    kept.pack.bytes = (uint8_t *)(uintptr_t)lines;
    kept.pack.length = strlen(lines);
    kept.pack.keys = keys;
    kept.pack.count = count;
    return kept;
}

/* What the store has, by the number of the fact. */
static const char stored_lines[] = EVENT("R1", "2025-01-01") EVENT("R2", "2025-01-02") EVENT("R\\\"3", "2025-01-03")
    EVENT("R1", "2025-01-04") EVENT("", "2025-01-05") EVENT("R1", "2025-01-06") EVENT("R11", "2025-01-07");
enum { STORED = 7 };
static const struct fact_key stored_keys[STORED] = {{90, 0}, {80, 1}, {70, 2}, {60, 3}, {50, 4}, {40, 5}, {30, 6}};

static struct store *make_store(struct store_keys *stored)
{
    struct store *store;
    int64_t id;
    const struct store_import import = {.name = TEXT("x"), .kind = TEXT("outcomes"), .left_out = TEXT("[]")};
    const struct store_block block = {.facts = STORED, .kind = TEXT("outcomes")};
    static const bool live[STORED] = {true, true, true, false, true, true, true};
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_begin(store, NULL) && store_add_import(store, &import, &id, NULL) &&
                store_add_block(store, id, &block, text_of(stored_lines), stored_keys, NULL) &&
                store_supersede(store, 1, 3, NULL) && store_commit(store, NULL));
    *stored = (struct store_keys){.block = 1, .import = 1, .keys = stored_keys, .live = live, .count = STORED};
    return store;
}

static void they_are_the_missing_ones_of_referrals_that_are_named(void **state)
{
    (void)state;
    struct store_keys stored;
    struct store *store = make_store(&stored);
    struct fact_key keys[2] = {{11, 11}, {12, 12}};
    const struct kept_pack packs[] = {
        pack_of(FILE_REFERRALS, EVENT("R2", "2025-01-01") EVENT("R11", "2025-01-01"), keys, 2),
        pack_of(FILE_OUTCOMES, EVENT("R1", "2025-02-01") EVENT("R\\\"3", "2025-02-02"), keys, 2)};
    static const bool all[STORED] = {true, true, true, true, true, true, true},
                      but_first[STORED] = {false, true, true, true, true, true, true};
    struct earlier_events earlier = earlier_events_of(packs, 2);
    assert_true(earlier_events_look(&earlier, store, &stored, all, NULL));
    assert_int_equal(earlier.count, 3);
    static const int64_t facts[] = {0, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(earlier.events[i].block, 1);
        assert_int_equal(earlier.events[i].fact, facts[i]);
        assert_int_equal(earlier.events[i].identity, stored_keys[facts[i]].identity);
    }
    earlier.count = 0;
    assert_true(earlier_events_look(&earlier, store, &stored, but_first, NULL));
    assert_int_equal(earlier.count, 2);
    earlier_events_release(&earlier);
    earlier = earlier_events_of(packs, 1); /* no event: nobody is named */
    assert_true(earlier_events_look(&earlier, store, &stored, all, NULL));
    assert_int_equal(earlier.count, 0);
    earlier_events_release(&earlier);
    store_close(store);
}

static void those_that_other_files_speak_of_are_left_out(void **state)
{
    (void)state;
    struct store_keys stored;
    struct store *store = make_store(&stored);
    struct fact_key keys[2] = {{11, 11}, {12, 12}}, others[3] = {{90, 0}, {40, 77}, {55, 2}};
    const struct kept_pack pack =
                               pack_of(FILE_OUTCOMES, EVENT("R1", "2025-02-01") EVENT("R\\\"3", "2025-02-02"), keys, 2),
                           other = pack_of(FILE_OUTCOMES, "", others, 3),
                           no_events = pack_of(FILE_SESSIONS, "", &(struct fact_key){70, 2}, 1);
    static const bool all[STORED] = {true, true, true, true, true, true, true};
    struct earlier_events earlier = earlier_events_of(&pack, 1);
    assert_true(earlier_events_look(&earlier, store, &stored, all, NULL));
    earlier_events_leave_out(&earlier, &no_events, 1);
    assert_int_equal(earlier.count, 3);
    earlier_events_leave_out(&earlier, &other, 1);
    assert_int_equal(earlier.count, 1);
    assert_int_equal(earlier.events[0].fact, 2);
    earlier_events_release(&earlier);
    store_close(store);
}

/* As many referrals as make the table grow, each of them found and no other. */
static void every_referral_of_many_is_found(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct buffer lines = buffer_with_maximum(1 << 20), before = buffer_with_maximum(1 << 20);
    struct fact_key *keys = calloc(MANY, sizeof *keys);
    bool *all = calloc(MANY, sizeof *all);
    struct store *store;
    int64_t id;
    assert_non_null(keys);
    assert_non_null(all);
    for (int i = 0; i < MANY; i++) {
        buffer_add_formatted(&lines, "2\x1f\x1fR%d\x1f\x1f\x1f\x1f\x1f\x1f\n", 2 * i);
        buffer_add_formatted(&before, "2\x1f\x1fR%d\x1f\x1f\x1f\x1f\x1f\x1f\n", i);
        keys[i] = (struct fact_key){(uint64_t)i, (uint64_t)i};
        all[i] = true;
    }
    const struct kept_pack pack = pack_of(FILE_OUTCOMES, lines.bytes, keys, MANY);
    const struct store_import import = {.name = TEXT("x"), .kind = TEXT("outcomes"), .left_out = TEXT("[]")};
    const struct store_block block = {.facts = MANY, .kind = TEXT("outcomes")};
    const struct store_keys stored = {.block = 1, .import = 1, .keys = keys, .live = all, .count = MANY};
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_begin(store, NULL) && store_add_import(store, &import, &id, NULL) &&
                store_add_block(store, id, &block, buffer_text(&before), keys, NULL) && store_commit(store, NULL));
    struct earlier_events earlier = earlier_events_of(&pack, 1);
    assert_true(earlier_events_look(&earlier, store, &stored, all, NULL));
    assert_int_equal(earlier.count, MANY / 2);
    for (size_t i = 0; i < earlier.count; i++)
        assert_int_equal(earlier.events[i].fact, 2 * i);
    earlier_events_release(&earlier);
    store_close(store);
    free(keys);
    free(all);
    buffer_release(&lines);
    buffer_release(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(they_are_the_missing_ones_of_referrals_that_are_named),
        IN_SCRATCH(those_that_other_files_speak_of_are_left_out),
        IN_SCRATCH(every_referral_of_many_is_found),
    };
    return cmocka_run_group_tests(tests, install, NULL);
}
