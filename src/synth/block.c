#include "referlens/synth/block.h"

#include "referlens/synth/draw.h"
#include "referlens/synth/episode.h"
#include "referlens/synth/rows.h"

#define SEEN_BEFORE 0.15 /* of the requests: a patient who was referred to another specialty shortly before */

enum {
    RECENT_COUNT = 64,
    BLOCK_BYTES_MAX = SYNTH_BLOCK_ROWS * 2048 /* above the longest that its rows can be */
};

/* Patients of the block who may come again, with another specialty. */
struct recent {
    struct synth_patient patients[RECENT_COUNT];
    size_t specialties[RECENT_COUNT];
    bool available[RECENT_COUNT];
    size_t next;
};

struct synth_block synth_block_new(void)
{
    return (struct synth_block){.referrals = buffer_with_maximum(BLOCK_BYTES_MAX),
                                .outcomes = buffer_with_maximum(BLOCK_BYTES_MAX)};
}

void synth_block_release(struct synth_block *block)
{
    if (block == NULL)
        return;
    buffer_release(&block->referrals);
    buffer_release(&block->outcomes);
}

static void remember(struct recent *recent, const struct synth_patient *patient, size_t specialty)
{
    size_t place = recent->next++ % RECENT_COUNT;
    recent->patients[place] = *patient;
    recent->specialties[place] = specialty;
    recent->available[place] = true;
}

/* The patient of the next request: new, with the given key, or one seen before, whose `place` among the recent ones is
 * then told (RECENT_COUNT for a new one). */
static struct synth_patient draw_patient(struct random_stream *random, const struct synth_county *county,
                                         const struct recent *recent, uint64_t key, size_t *place)
{
    *place = (size_t)random_below(random, RECENT_COUNT);
    if (draw_chance(random, SEEN_BEFORE) && recent->available[*place])
        return recent->patients[*place];
    *place = RECENT_COUNT;
    return synth_draw_patient(random, county, key);
}

/* The day at the place of a row among all, up to chance: rows are spread over the days by their weights. */
static day draw_day(struct random_stream *random, const struct synth_county *county, int64_t row, int64_t total)
{
    size_t days = synth_county_days(county);
    double place = ((double)row + random_uniform(random)) / (double)total;
    return county->first + (day)draw_find(county->day_cumulative, days, place * county->day_cumulative[days - 1]);
}

static void add_episode(struct synth_block *block, const struct synth_county *county, uint64_t seed,
                        const struct synth_episode *episode, uint64_t first_number)
{
    synth_rows_referrals(county, seed, episode, first_number, &block->referrals);
    synth_rows_outcomes(county, episode, first_number, &block->outcomes);
    for (size_t i = 0; i < episode->count; i++)
        block->event_count += episode->referrals[i].event_count;
}

void synth_block_fill(struct synth_block *block, const struct synth_county *county, uint64_t seed, int64_t number,
                      int64_t total)
{
    struct random_stream random = random_seed(seed, (uint64_t)number);
    struct recent recent = {.next = 0};
    struct synth_episode episode;
    int64_t row = number * SYNTH_BLOCK_ROWS;
    int64_t end = row + SYNTH_BLOCK_ROWS < total ? row + SYNTH_BLOCK_ROWS : total;
    buffer_clear(&block->referrals);
    buffer_clear(&block->outcomes);
    block->referral_count = end - row;
    block->event_count = 0;
    while (row < end) {
        uint64_t first_number = (uint64_t)row + 1;
        size_t place;
        struct synth_patient patient = draw_patient(&random, county, &recent, first_number, &place);
        bool is_new = place == RECENT_COUNT;
        size_t not_specialty = is_new ? SYNTH_SPECIALTY_COUNT : recent.specialties[place];
        synth_episode(&random, county, &patient, draw_day(&random, county, row, total), not_specialty, &episode);
        if ((int64_t)episode.count > end - row)
            continue; /* too long for what is left of the block: drawn again */
        if (!is_new)
            recent.available[place] = false; /* nobody comes a third time */
        else if (!episode.died && patient.key != 0)
            remember(&recent, &patient, episode.referrals[0].specialty);
        add_episode(block, county, seed, &episode, first_number);
        row += (int64_t)episode.count;
    }
}
