#include "referlens/measure/evaluation.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/evaluated.h"
#include "referlens/measure/proportion.h"

#include <string.h>

/* Tallies have room for every day up to the longest delay, as long as that is a sensible one. */
enum { PREPARE_BLOCK = 1 << 16, REMEMBERED = 1 << 12, DAYS_DIRECT_MAX = 1 << 14, PLACES_AHEAD = 3 };

/* What a worker remembers of the standings that it met, to spare the shared table. */
struct memory_of_standings {
    struct {
        struct standing standing;
        uint32_t code_plus_one;
    } entries[REMEMBERED];
};

struct day_range {
    day earliest, latest;
};

struct preparation {
    struct evaluation *evaluation;
    struct standing_table *standings;
    uint32_t *places;       /* by block and practice: how many rows there are, then where the next one goes */
    struct day_range *days; /* by block: of the referral dates */
    struct memory_of_standings *memories; /* by worker */
    int32_t *days_maximum;                /* by worker */
};

static uint32_t code_of(const struct preparation *preparation, size_t worker, const struct standing *standing)
{
    const uint64_t hash = text_hash((struct text){(const char *)standing, sizeof *standing});
    struct memory_of_standings *memory = &preparation->memories[worker];
    const size_t entry = hash % REMEMBERED;
    if (memory->entries[entry].code_plus_one == 0 ||
        memcmp(&memory->entries[entry].standing, standing, sizeof *standing) != 0) {
        memory->entries[entry].standing = *standing;
        memory->entries[entry].code_plus_one = standing_table_add(preparation->standings, standing) + 1;
    }
    return memory->entries[entry].code_plus_one - 1;
}

static void set_days(const struct evaluation *evaluation, size_t place, size_t delay, int32_t days)
{
    evaluation->rows[place].days[delay] = (uint16_t)days;
    if (evaluation->upper != NULL)
        evaluation->upper[place][delay] = (uint16_t)((uint32_t)days >> 16);
}

/* Where the measures place the fact, and how long its delays are. */
static struct standing evaluate_measures(const struct preparation *preparation, size_t worker, const struct fact *fact,
                                         int32_t days[DELAYS_MAX])
{
    const bool advice = (fact->flags & FLAG_ADVICE) != 0;
    struct standing standing = {{0}};
    int32_t longest = 0;
    size_t delay = 0;
    for (size_t m = 0; m < measure_count; m++) {
        const struct measure *measure = &measure_table[m];
        const bool applies = measure->of_advice == advice;
        if (measure->member != NULL && applies)
            standing.of[m] = (uint8_t)measure->member(fact);
        if (measure->delay == NULL)
            continue;
        const struct delay ended = applies ? measure->delay(fact) : (struct delay){0, DELAY_OUTSIDE};
        standing.of[m] = (uint8_t)ended.end;
        days[delay++] = ended.days;
        longest = ended.days > longest ? ended.days : longest;
    }
    if (longest > preparation->days_maximum[worker])
        preparation->days_maximum[worker] = longest;
    return standing;
}

static enum evaluated_return return_of(const struct fact *fact)
{
    static const enum evaluated_return returns[MEMBERSHIP_COUNT] = {[MEMBER_OUTSIDE] = RETURN_NONE,
                                                                    [MEMBER_COUNTED] = RETURN_KEPT,
                                                                    [MEMBER_HIT] = RETURN_SENT_AGAIN,
                                                                    [MEMBER_IMMATURE] = RETURN_NOT_KNOWN,
                                                                    [MEMBER_UNKNOWN] = RETURN_NOT_KNOWN};
    if (fact->flags & FLAG_ADVICE)
        return fact->flags & FLAG_CONVERTED ? RETURN_SENT_AGAIN : RETURN_NONE;
    return returns[member_referred_after_advice(fact)];
}

static uint8_t flags_of(const struct fact *fact, bool listed)
{
    const bool advice = (fact->flags & FLAG_ADVICE) != 0;
    const uint32_t sex = fact->sex < EVALUATED_SEXES_MAX ? fact->sex + 1 : 0;
    return (uint8_t)(sex << EVALUATED_SEX_SHIFT | (advice ? EVALUATED_ADVICE : 0) | (listed ? EVALUATED_LISTED : 0) |
                     (fact->decision == EVENT_REJECTED && !advice ? EVALUATED_REJECTED : 0));
}

/* The row is written in one piece: rows of practices lie apart, and each comes to its place from memory. */
static void evaluate_row(const struct preparation *preparation, size_t worker, const struct fact *fact, size_t place)
{
    const struct evaluation *evaluation = preparation->evaluation;
    int32_t days[DELAYS_MAX + 1] = {0};
    const struct standing standing = evaluate_measures(preparation, worker, fact, days);
    const size_t period = (size_t)(quarter_of_day(fact->referred) - evaluation->first_period);
    const bool listed = fact->referred >= evaluation->window.first &&
                        person_years_count(evaluation->person_years, worker, fact, period);
    days[DELAYS_MAX] = fact->as_of - fact->referred;
    struct evaluated row = {
        .follow_up = (uint16_t)days[DELAYS_MAX],
        .specialty = (uint16_t)fact->specialty,
        .standing = code_of(preparation, worker, &standing),
        .period = (uint16_t)period,
        .reason = fact->reason == DICTIONARY_NONE ? REASON_UNKNOWN : (uint16_t)fact->reason,
        .scheme = fact->scheme,
        .flags = flags_of(fact, listed),
        .age_band = fact->age_band == DICTIONARY_NONE ? 0 : (uint8_t)(fact->age_band + 1),
        .priority_decile = (uint8_t)((uint32_t)fact->priority | (uint32_t)fact->imd_decile << EVALUATED_DECILE_SHIFT |
                                     (uint32_t)return_of(fact) << EVALUATED_RETURN_SHIFT),
    };
    for (size_t i = 0; i < DELAYS_MAX; i++)
        row.days[i] = (uint16_t)days[i];
    for (size_t i = 0; i <= DELAYS_MAX && evaluation->upper != NULL; i++)
        evaluation->upper[place][i] = (uint16_t)((uint32_t)days[i] >> 16);
    evaluation->rows[place] = row;
    if (place + PLACES_AHEAD < evaluation->count) /* where the practice's next rows go */
        __builtin_prefetch(&evaluation->rows[place + PLACES_AHEAD], 1);
}

static size_t block_end(const struct cohort *cohort, size_t block)
{
    const size_t end = (block + 1) * PREPARE_BLOCK;
    return end < cohort_count(cohort) ? end : cohort_count(cohort);
}

static void count_block(void *context, size_t block, size_t worker)
{
    (void)worker;
    const struct preparation *preparation = context;
    const struct evaluation *evaluation = preparation->evaluation;
    uint32_t *counts = preparation->places + block * evaluation->practice_count;
    struct day_range days = {INT32_MAX, INT32_MIN};
    for (size_t i = block * PREPARE_BLOCK; i < block_end(evaluation->cohort, block); i++) {
        const struct given given = cohort_given(evaluation->cohort, i);
        if (given.flags & FLAG_LEFT_OUT)
            continue;
        days.earliest = given.referred < days.earliest ? given.referred : days.earliest;
        days.latest = given.referred > days.latest ? given.referred : days.latest;
        counts[given.practice]++;
    }
    preparation->days[block] = days;
}

static void prepare_block(void *context, size_t block, size_t worker)
{
    const struct preparation *preparation = context;
    const struct evaluation *evaluation = preparation->evaluation;
    uint32_t *places = preparation->places + block * evaluation->practice_count;
    for (size_t i = block * PREPARE_BLOCK; i < block_end(evaluation->cohort, block); i++) {
        const struct fact fact = cohort_fact(evaluation->cohort, i);
        if (!(fact.flags & FLAG_LEFT_OUT))
            evaluate_row(preparation, worker, &fact, places[fact.practice]++);
    }
}

/* Turns the blocks' counts into places: practice after practice, and within one block after block. */
static void place_rows(struct preparation *preparation, size_t block_count, size_t worker_count)
{
    struct evaluation *evaluation = preparation->evaluation;
    struct day_range days = {INT32_MAX, INT32_MIN};
    uint32_t place = 0;
    for (size_t practice = 0; practice < evaluation->practice_count; practice++) {
        evaluation->practice_first[practice] = place;
        for (size_t block = 0; block < block_count; block++) {
            uint32_t *entry = &preparation->places[block * evaluation->practice_count + practice];
            const uint32_t count = *entry;
            *entry = place;
            place += count;
        }
    }
    evaluation->practice_first[evaluation->practice_count] = evaluation->count = place;
    for (size_t block = 0; block < block_count; block++) {
        const struct day_range of = preparation->days[block];
        days.earliest = of.earliest < days.earliest ? of.earliest : days.earliest;
        days.latest = of.latest > days.latest ? of.latest : days.latest;
    }
    evaluation->window = observed_window_of(evaluation->cohort, days.earliest, days.latest, worker_count);
    if (evaluation->count == 0)
        return;
    evaluation->first_period = quarter_of_day(days.earliest);
    evaluation->period_count = (size_t)(quarter_of_day(days.latest) - evaluation->first_period) + 1;
    if (cohort_as_of(evaluation->cohort) - days.earliest > UINT16_MAX)
        evaluation->upper = memory_allocate_zeroed(evaluation->count, sizeof *evaluation->upper);
}

static void prepare_person_years(struct evaluation *evaluation, size_t worker_count)
{
    bool *referred = memory_allocate_zeroed(evaluation->practice_count, sizeof *referred);
    for (size_t i = 0; i < evaluation->practice_count; i++)
        referred[i] = evaluation->practice_first[i] < evaluation->practice_first[i + 1];
    evaluation->person_years = person_years_new(evaluation->cohort, referred, evaluation->first_period,
                                                evaluation->period_count, worker_count);
    memory_free(referred);
}

static void spread_standing(const struct evaluation *evaluation, const struct standing *standing,
                            struct standing_ones *spread)
{
    *spread = (struct standing_ones){.running_count = 0};
    for (size_t m = 0; m < measure_count; m++)
        spread->ones[m * MEMBERSHIP_COUNT + standing->of[m]] = 1;
    for (size_t i = 0; i < evaluation->delay_count; i++) {
        const uint8_t end = standing->of[evaluation->delays[i]];
        if (end == DELAY_EVENT || end == DELAY_COMPETING || end == DELAY_CENSORED) {
            spread->running[spread->running_count].delay = (uint8_t)i;
            spread->running[spread->running_count++].end = (uint8_t)(end - DELAY_EVENT);
        }
    }
}

/* One date in a wrong century would make every tally huge: then rows hold places among the days that there are. */
static void number_days(struct evaluation *evaluation, int32_t days_maximum)
{
    evaluation->day_count = (size_t)days_maximum + 1;
    if (days_maximum < DAYS_DIRECT_MAX)
        return;
    int32_t *places = memory_allocate_zeroed(evaluation->day_count, sizeof *places);
    for (size_t i = 0; i < evaluation->count; i++) {
        for (size_t k = 0; k < evaluation->delay_count; k++)
            places[evaluated_days(evaluation, i, k)] = 1;
    }
    size_t found = 0;
    for (size_t i = 0; i < evaluation->day_count; i++)
        found += places[i] == 1;
    evaluation->day_values = memory_resize(NULL, found, sizeof *evaluation->day_values);
    found = 0;
    for (size_t i = 0; i < evaluation->day_count; i++) {
        if (places[i] == 1) {
            evaluation->day_values[found] = (int32_t)i;
            places[i] = (int32_t)found++;
        }
    }
    evaluation->day_count = found;
    for (size_t i = 0; i < evaluation->count; i++) {
        for (size_t k = 0; k < evaluation->delay_count; k++)
            set_days(evaluation, i, k, places[evaluated_days(evaluation, i, k)]);
    }
    memory_free(places);
}

struct evaluation *evaluation_prepare(const struct cohort *cohort, quarter period, size_t worker_count)
{
    struct evaluation *evaluation = memory_allocate_zeroed(1, sizeof *evaluation);
    evaluation->cohort = cohort;
    evaluation->recorded = cohort_recorded(cohort);
    evaluation->unread = cohort_unread(cohort);
    evaluation->practice_count = cohort_practices(cohort)->count;
    evaluation->specialty_count = cohort_specialties(cohort)->count;
    evaluation->practice_first = memory_allocate_zeroed(evaluation->practice_count + 1, sizeof(size_t));
    for (size_t m = 0; m < measure_count; m++) {
        if (measure_table[m].kind == MEASURE_DELAY)
            evaluation->delays[evaluation->delay_count++] = m;
    }
    const size_t block_count = (cohort_count(cohort) + PREPARE_BLOCK - 1) / PREPARE_BLOCK;
    struct preparation preparation = {
        .evaluation = evaluation,
        .standings = standing_table_new(),
        .places = memory_allocate_zeroed(block_count * evaluation->practice_count, sizeof(uint32_t)),
        .days = memory_allocate_zeroed(block_count, sizeof(struct day_range)),
        .memories = memory_allocate_zeroed(worker_count, sizeof(struct memory_of_standings)),
        .days_maximum = memory_allocate_zeroed(worker_count, sizeof(int32_t)),
    };
    worker_run(worker_count, block_count, count_block, &preparation);
    place_rows(&preparation, block_count, worker_count);
    prepare_person_years(evaluation, worker_count);
    evaluation->rows = memory_reserve_for_random_access(evaluation->count * sizeof *evaluation->rows);
    worker_run(worker_count, block_count, prepare_block, &preparation);
    int32_t days_maximum = 0;
    for (size_t i = 0; i < worker_count; i++)
        days_maximum = preparation.days_maximum[i] > days_maximum ? preparation.days_maximum[i] : days_maximum;
    number_days(evaluation, days_maximum);
    evaluation->standing_count = standing_table_count(preparation.standings);
    evaluation->standings = memory_resize(NULL, evaluation->standing_count, sizeof *evaluation->standings);
    for (size_t i = 0; i < evaluation->standing_count; i++)
        spread_standing(evaluation, standing_table_get(preparation.standings, (uint32_t)i), &evaluation->standings[i]);
    standing_table_free(preparation.standings);
    memory_free(preparation.places);
    memory_free(preparation.days);
    memory_free(preparation.memories);
    memory_free(preparation.days_maximum);
    const bool has_period =
        period >= evaluation->first_period && period < evaluation->first_period + (quarter)evaluation->period_count;
    evaluation->own_quarter = period;
    evaluation->own_period = has_period ? (size_t)(period - evaluation->first_period) : evaluation->period_count;
    person_years_close(evaluation->person_years);
    return evaluation;
}

void evaluation_mask(struct evaluation *evaluation)
{
    evaluation->is_masked = true;
    person_years_mask(evaluation->person_years);
}

void evaluation_free(struct evaluation *evaluation)
{
    if (evaluation == NULL)
        return;
    memory_release_reserved(evaluation->rows, evaluation->count * sizeof *evaluation->rows);
    memory_free(evaluation->upper);
    memory_free(evaluation->practice_first);
    person_years_free(evaluation->person_years);
    memory_free(evaluation->standings);
    memory_free(evaluation->day_values);
    memory_free(evaluation);
}
