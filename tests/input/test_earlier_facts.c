#include "referlens/input/earlier_facts.h"

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
enum { HELD = 7 };
static const struct fact_key stored_keys[HELD] = {{90, 0}, {80, 1}, {70, 2}, {60, 3}, {50, 4}, {40, 5}, {30, 6}};

static struct store *make_store(struct store_keys *stored)
{
    struct store *store;
    int64_t id, block_id;
    const struct store_import import = {.name = TEXT("x"), .kind = TEXT("outcomes"), .left_out = TEXT("[]")};
    const struct store_block block = {.facts = HELD, .kind = TEXT("outcomes")};
    static const uint8_t standings[HELD] = {STORED, STORED, STORED, STORED_GONE, STORED_FOR_LATER, STORED, STORED};
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_begin(store, NULL) && store_add_import(store, &import, &id, NULL) &&
                store_add_block(store, id, &block, text_of(stored_lines), stored_keys, &block_id, NULL) &&
                store_supersede(store, 1, 3, id, NULL) && store_commit(store, NULL));
    *stored = (struct store_keys){.block = 1, .import = 1, .keys = stored_keys, .standings = standings, .count = HELD};
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
    static const bool all[HELD] = {true, true, true, true, true, true, true},
                      but_first[HELD] = {false, true, true, true, true, true, true};
    struct earlier_facts earlier = earlier_facts_of(packs, 2, FILE_OUTCOMES);
    assert_true(earlier_facts_look(&earlier, store, &stored, all, NULL));
    assert_int_equal(earlier.found.count, 3);
    static const int64_t facts[] = {0, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(earlier.found.facts[i].block, 1);
        assert_int_equal(earlier.found.facts[i].fact, facts[i]);
        assert_int_equal(earlier.found.facts[i].key.identity, stored_keys[facts[i]].identity);
    }
    earlier.found.count = 0;
    assert_true(earlier_facts_look(&earlier, store, &stored, but_first, NULL));
    assert_int_equal(earlier.found.count, 2);
    earlier_facts_release(&earlier);
    earlier = earlier_facts_of(packs, 1, FILE_OUTCOMES); /* no event: nobody is named */
    assert_true(earlier_facts_look(&earlier, store, &stored, all, NULL));
    assert_int_equal(earlier.found.count, 0);
    earlier_facts_release(&earlier);
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
    static const bool all[HELD] = {true, true, true, true, true, true, true};
    struct earlier_facts earlier = earlier_facts_of(&pack, 1, FILE_OUTCOMES);
    assert_true(earlier_facts_look(&earlier, store, &stored, all, NULL));
    stored_facts_leave_out(&earlier.found, &no_events, 1, FILE_OUTCOMES, MATCH_SAME, NULL);
    assert_int_equal(earlier.found.count, 3);
    struct stored_facts left_out = {0};
    stored_facts_leave_out(&earlier.found, &other, 1, FILE_OUTCOMES, MATCH_EQUAL, &left_out);
    assert_int_equal(left_out.count, 1);
    assert_int_equal(left_out.facts[0].fact, 0);
    stored_facts_leave_out(&earlier.found, &other, 1, FILE_OUTCOMES, MATCH_SAME, &left_out);
    assert_int_equal(left_out.count, 2);
    assert_int_equal(left_out.facts[1].fact, 5);
    stored_facts_release(&left_out);
    assert_int_equal(earlier.found.count, 1);
    assert_int_equal(earlier.found.facts[0].fact, 2);
    earlier_facts_release(&earlier);
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
    uint8_t *standings = calloc(MANY, sizeof *standings);
    struct store *store;
    int64_t id, block_id;
    assert_non_null(keys);
    assert_non_null(standings);
    assert_non_null(all);
    for (int i = 0; i < MANY; i++) {
        buffer_add_formatted(&lines, "2\x1f\x1fR%d\x1f\x1f\x1f\x1f\x1f\x1f\n", 2 * i);
        buffer_add_formatted(&before, "2\x1f\x1fR%d\x1f\x1f\x1f\x1f\x1f\x1f\n", i);
        keys[i] = (struct fact_key){(uint64_t)i, (uint64_t)i};
        all[i] = true;
        standings[i] = STORED;
    }
    const struct kept_pack pack = pack_of(FILE_OUTCOMES, lines.bytes, keys, MANY);
    const struct store_import import = {.name = TEXT("x"), .kind = TEXT("outcomes"), .left_out = TEXT("[]")};
    const struct store_block block = {.facts = MANY, .kind = TEXT("outcomes")};
    const struct store_keys stored = {.block = 1, .import = 1, .keys = keys, .standings = standings, .count = MANY};
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_begin(store, NULL) && store_add_import(store, &import, &id, NULL) &&
                store_add_block(store, id, &block, buffer_text(&before), keys, &block_id, NULL) &&
                store_commit(store, NULL));
    struct earlier_facts earlier = earlier_facts_of(&pack, 1, FILE_OUTCOMES);
    assert_true(earlier_facts_look(&earlier, store, &stored, all, NULL));
    assert_int_equal(earlier.found.count, MANY / 2);
    for (size_t i = 0; i < earlier.found.count; i++)
        assert_int_equal(earlier.found.facts[i].fact, 2 * i);
    earlier_facts_release(&earlier);
    store_close(store);
    free(keys);
    free(all);
    free(standings);
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
