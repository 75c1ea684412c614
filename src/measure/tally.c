#include "referlens/measure/tally.h"

#include "referlens/base/memory.h"
#include "referlens/measure/disclosure.h"
#include "referlens/measure/person_years.h"
#include "referlens/stats/incidence.h"
#include "referlens/stats/interval.h"

#include <math.h>
#include <string.h>

enum { FLUSH_ROWS = 255 /* so many ones fit a byte */, ROWS_AHEAD = 16 };

/* Subjects by day and end, and which days have any, so that few rows cost little. */
struct day_counts {
    uint32_t (*ends)[3];       /* by day, as rows number them: event, competing, censored */
    uint64_t *touched;         /* a bit a day */
    int32_t follow_up_maximum; /* −1: nobody yet */
};

struct tally {
    const struct evaluation *evaluation;
    double z;
    int64_t members[ONES_SIZE]; /* by measure and membership; of delays, by enum delay_end */
    struct day_counts days[DELAYS_MAX];
    size_t day_words;
    struct life_table_row *rows; /* scratch, by day */
    int32_t *times;              /* scratch, with the horizons, as the points at them */
    struct incidence_point *points;
    size_t count;
    int64_t referrals, listed_referrals;
};

struct tally *tally_new(const struct evaluation *evaluation)
{
    struct tally *tally = memory_allocate_zeroed(1, sizeof *tally);
    const size_t days = evaluation->day_count;
    tally->evaluation = evaluation;
    tally->z = normal_quantile_two_sided(0.95);
    tally->day_words = (days + 63) / 64;
    for (size_t i = 0; i < evaluation->delay_count; i++) {
        tally->days[i].ends = memory_allocate_zeroed(days, sizeof *tally->days[i].ends);
        tally->days[i].touched = memory_allocate_zeroed(tally->day_words, sizeof *tally->days[i].touched);
        tally->days[i].follow_up_maximum = -1;
    }
    tally->rows = memory_resize(NULL, days, sizeof *tally->rows);
    tally->times = memory_resize(NULL, days + HORIZON_COUNT, sizeof *tally->times);
    tally->points = memory_resize(NULL, days + HORIZON_COUNT, sizeof *tally->points);
    return tally;
}

void tally_free(struct tally *tally)
{
    if (tally == NULL)
        return;
    for (size_t i = 0; i < DELAYS_MAX; i++) {
        memory_free(tally->days[i].ends);
        memory_free(tally->days[i].touched);
    }
    memory_free(tally->rows);
    memory_free(tally->times);
    memory_free(tally->points);
    memory_free(tally);
}

void tally_clear(struct tally *tally)
{
    memset(tally->members, 0, sizeof tally->members);
    tally->count = 0;
    tally->referrals = tally->listed_referrals = 0;
    for (size_t i = 0; i < tally->evaluation->delay_count; i++) {
        struct day_counts *counts = &tally->days[i];
        counts->follow_up_maximum = -1;
        for (size_t word = 0; word < tally->day_words; word++) {
            for (uint64_t bits = counts->touched[word]; bits != 0; bits &= bits - 1)
                memset(counts->ends[word * 64 + (size_t)__builtin_ctzll(bits)], 0, sizeof counts->ends[0]);
            counts->touched[word] = 0;
        }
    }
}

static void add_days(struct tally *tally, size_t row, const struct standing_ones *standing)
{
    const struct evaluation *evaluation = tally->evaluation;
    const int32_t follow_up = evaluated_follow_up(evaluation, row);
    for (size_t i = 0; i < standing->running_count; i++) {
        const size_t delay = standing->running[i].delay;
        struct day_counts *counts = &tally->days[delay];
        const uint32_t days = evaluated_days(evaluation, row, delay);
        counts->ends[days][standing->running[i].end]++;
        counts->touched[days / 64] |= UINT64_C(1) << (days % 64);
        if (follow_up > counts->follow_up_maximum)
            counts->follow_up_maximum = follow_up;
    }
}

void tally_add(struct tally *tally, const uint32_t *index, size_t count)
{
    const struct evaluation *evaluation = tally->evaluation;
    for (size_t begin = 0; begin < count; begin += FLUSH_ROWS) {
        const size_t end = count - begin < FLUSH_ROWS ? count : begin + FLUSH_ROWS;
        uint8_t ones[ONES_SIZE] = {0};
        for (size_t i = begin; i < end; i++) {
            if (i + ROWS_AHEAD < count) /* rows of a slice lie apart */
                __builtin_prefetch(&evaluation->rows[index[i + ROWS_AHEAD]]);
            const struct evaluated *row = &evaluation->rows[index[i]];
            const struct standing_ones *standing = &evaluation->standings[row->standing];
            for (size_t k = 0; k < ONES_SIZE; k++)
                ones[k] = (uint8_t)(ones[k] + standing->ones[k]);
            add_days(tally, index[i], standing);
            tally->referrals += !(row->flags & EVALUATED_ADVICE);
            tally->listed_referrals += (row->flags & (EVALUATED_ADVICE | EVALUATED_LISTED)) == EVALUATED_LISTED;
        }
        for (size_t k = 0; k < ONES_SIZE; k++)
            tally->members[k] += ones[k];
    }
    tally->count += count;
}

static void merge_days(struct day_counts *to, const struct day_counts *from, size_t day_words)
{
    for (size_t word = 0; word < day_words; word++) {
        for (uint64_t bits = from->touched[word]; bits != 0; bits &= bits - 1) {
            const size_t days = word * 64 + (size_t)__builtin_ctzll(bits);
            for (size_t end = 0; end < 3; end++)
                to->ends[days][end] += from->ends[days][end];
        }
        to->touched[word] |= from->touched[word];
    }
    if (from->follow_up_maximum > to->follow_up_maximum)
        to->follow_up_maximum = from->follow_up_maximum;
}

void tally_merge(struct tally *to, const struct tally *from)
{
    for (size_t i = 0; i < ONES_SIZE; i++)
        to->members[i] += from->members[i];
    for (size_t i = 0; i < to->evaluation->delay_count; i++)
        merge_days(&to->days[i], &from->days[i], to->day_words);
    to->count += from->count;
    to->referrals += from->referrals;
    to->listed_referrals += from->listed_referrals;
}

size_t tally_count(const struct tally *tally)
{
    return tally->count;
}

/* Writes one delay's counts as a life table into the scratch rows. */
static size_t write_life_table(struct tally *tally, size_t delay)
{
    const struct day_counts *counts = &tally->days[delay];
    size_t row_count = 0;
    for (size_t word = 0; word < tally->day_words; word++) {
        for (uint64_t bits = counts->touched[word]; bits != 0; bits &= bits - 1) {
            const size_t days = word * 64 + (size_t)__builtin_ctzll(bits);
            const int32_t *values = tally->evaluation->day_values;
            tally->rows[row_count++] =
                (struct life_table_row){values != NULL ? values[days] : (int32_t)days, counts->ends[days][0],
                                        counts->ends[days][1], counts->ends[days][2]};
        }
    }
    return row_count;
}

static void fill_proportion(const struct tally *tally, struct result *result)
{
    const int64_t *members = tally->members + result->measure * MEMBERSHIP_COUNT;
    const int64_t hits = members[MEMBER_HIT], total = hits + members[MEMBER_COUNTED];
    result->excluded = (struct exclusions){(double)(members[MEMBER_PENDING] + members[MEMBER_CLOSED]),
                                           (double)members[MEMBER_IMMATURE], (double)members[MEMBER_UNKNOWN]};
    result->open = (double)members[MEMBER_PENDING];
    result->numerator = (double)hits;
    result->denominator = (double)total;
    if (total == 0) {
        result->status = RESULT_INSUFFICIENT;
        return;
    }
    const struct interval interval = wilson_interval_z(hits, total, tally->z);
    result->value = (double)hits / (double)total;
    result->lower = interval.lower;
    result->upper = interval.upper;
}

static double day_or_none(int32_t days)
{
    return days == INCIDENCE_NEVER ? (double)NAN : days;
}

static void note_first(double *day_of, int32_t day_at, double incidence, double mark)
{
    if (isnan(*day_of) && incidence >= mark - INCIDENCE_TOLERANCE)
        *day_of = day_at;
}

/* Writes the days on which the incidence that is shown rises into the scratch times, and returns how many there are: on
 * others nothing that is shown gets to a mark. */
static size_t find_shown_rises(const struct tally *tally, size_t row_count, double n)
{
    double survival = 1, incidence = 0, at_risk = n, last = 0;
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        const struct life_table_row *row = &tally->rows[i];
        const double gone = (double)(row->events + row->competing);
        incidence += survival * (double)row->events / at_risk;
        survival *= (at_risk - gone) / at_risk;
        at_risk -= gone + (double)row->censored;
        const double shown = row->events > 0 ? disclosure_share(incidence, n) : NAN;
        if (shown > last) {
            tally->times[count++] = row->time;
            last = shown;
        }
    }
    return count;
}

/* The median, its limits and the 90th percentile of the curve that is shown. */
static void note_marks(int32_t time, struct incidence shown, struct result *result)
{
    note_first(&result->masked_median, time, shown.value, 0.5);
    note_first(&result->masked_p90, time, shown.value, 0.9);
    note_first(&result->masked_median_lower, time, shown.upper, 0.5);
    note_first(&result->masked_median_upper, time, shown.lower, 0.5);
}

/* Merges the horizons into the scratch times, and tells where each has come to lie. */
static void merge_horizons(const struct tally *tally, size_t count, size_t places[HORIZON_COUNT])
{
    size_t end = count + HORIZON_COUNT;
    for (size_t horizon = HORIZON_COUNT; horizon > 0;) {
        if (count > 0 && tally->times[count - 1] > horizon_days[horizon - 1]) {
            tally->times[--end] = tally->times[--count];
        } else {
            tally->times[--end] = horizon_days[--horizon];
            places[horizon] = end;
        }
    }
}

/* The curve's numbers, each horizon only as far as somebody could have been followed; and those of the curve that is
 * shown, where it is masked and has enough events to be. */
static void fill_incidence(struct tally *tally, size_t delay, size_t row_count, struct result *result)
{
    struct incidence_summary summary;
    size_t places[HORIZON_COUNT];
    const bool is_shown = tally->evaluation->is_masked && disclosure_count(result->events) > 0;
    const size_t rises = is_shown ? find_shown_rises(tally, row_count, result->n) : 0;
    merge_horizons(tally, rises, places);
    incidence_of_life_table(tally->rows, row_count, tally->z, tally->times, rises + HORIZON_COUNT, tally->points,
                            &summary);
    result->median = day_or_none(summary.median);
    result->median_lower = day_or_none(summary.median_lower);
    result->median_upper = day_or_none(summary.median_upper);
    result->p90 = day_or_none(summary.p90);
    for (size_t i = 0, horizon = 0; i < rises + HORIZON_COUNT; i++) {
        const struct incidence incidence = {tally->points[i].incidence, tally->points[i].lower, tally->points[i].upper};
        const bool is_horizon = horizon < HORIZON_COUNT && i == places[horizon];
        if (is_horizon && horizon_days[horizon++] > tally->days[delay].follow_up_maximum)
            continue;
        if (is_horizon)
            result->within[horizon - 1] = incidence;
        if (is_shown)
            note_marks(tally->times[i], disclosure_incidence(incidence, result->n), result);
    }
}

/* The first day on which so large a share of the events that are shown is shown to have come. */
static double masked_quantile(const struct tally *tally, size_t row_count, double shown, double share)
{
    return day_or_none(life_table_event_time(tally->rows, row_count, disclosure_least_count(share * shown)));
}

static void fill_masked_quantiles(const struct tally *tally, size_t row_count, struct result *result)
{
    const double shown = disclosure_count(result->events);
    if (!(shown > 0))
        return;
    result->masked_completed_median = masked_quantile(tally, row_count, shown, 0.5);
    result->masked_completed_p90 = masked_quantile(tally, row_count, shown, 0.9);
}

static double count_as_shown(double count, bool masked)
{
    return masked ? disclosure_count_to_reckon_with(count) : count;
}

double tally_followed_until(const struct life_table_row *rows, size_t row_count, double censored, bool masked)
{
    double at_risk = 0;
    for (size_t i = row_count; i > 0; i--) { /* few are at risk at the end */
        const struct life_table_row *row = &rows[i - 1];
        at_risk += (double)(row->events + row->competing + row->censored);
        censored -= (double)row->censored;
        const double shown = count_as_shown(at_risk, masked);
        if (shown >= AT_RISK_MIN || count_as_shown(censored, masked) <= shown)
            return i == row_count ? (double)INFINITY : (double)row->time;
    }
    return NAN;
}

static void fill_delay(struct tally *tally, size_t delay, struct result *result)
{
    const int64_t *ends = tally->members + result->measure * MEMBERSHIP_COUNT;
    const size_t row_count = write_life_table(tally, delay);
    result->excluded.unknown = (double)ends[DELAY_UNKNOWN];
    result->events = (double)ends[DELAY_EVENT];
    result->competing = (double)ends[DELAY_COMPETING];
    result->censored = (double)ends[DELAY_CENSORED];
    result->n = result->events + result->competing + result->censored;
    if (result->n == 0) {
        result->status = RESULT_INSUFFICIENT;
        return;
    }
    if (!measure_table[result->measure].completed_only)
        fill_incidence(tally, delay, row_count, result);
    result->followed_until = tally_followed_until(tally->rows, row_count, result->censored, false);
    if (tally->evaluation->is_masked)
        result->masked_followed_until = tally_followed_until(tally->rows, row_count, result->censored, true);
    result->completed_median = life_table_completed_quantile(tally->rows, row_count, 0.5);
    result->completed_p90 = life_table_completed_quantile(tally->rows, row_count, 0.9);
    fill_masked_quantiles(tally, row_count, result);
}

static void fill_rate(const struct tally *tally, struct result *result)
{
    /* Patients are registered with a practice, not with a scheme: by scheme there is no denominator. */
    struct rate_base base = {0, NAN, NAN};
    if (result->slice.scheme == SLICE_ALL) {
        base = person_years_base(tally->evaluation->person_years, result->slice);
        result->excluded.unknown = (double)(tally->referrals - tally->listed_referrals);
    }
    if (!(base.person_years > 0)) {
        result->numerator = result->denominator = 0;
        result->status = RESULT_INSUFFICIENT;
        return;
    }
    result->numerator = (double)tally->listed_referrals;
    result->denominator = base.person_years;
    result->factor = base.factor;
    if (isnan(base.factor)) {
        result->status = RESULT_INSUFFICIENT;
        return;
    }
    const struct interval limits = rate_interval(result->numerator, 0.95);
    result->value = 1000 * result->numerator * base.factor;
    result->lower = 1000 * limits.lower * base.factor;
    result->upper = 1000 * limits.upper * base.factor;
    result->expected = base.expected;
}

static size_t delay_number(const struct evaluation *evaluation, size_t measure)
{
    size_t i = 0;
    while (evaluation->delays[i] != measure)
        i++;
    return i;
}

/* Nothing is left out for being undecided or recent where nothing could be read. */
static void fill_unrecorded(const struct evaluation *evaluation, struct result *result)
{
    result->status =
        measure_status_unrecorded(&measure_table[result->measure], evaluation->recorded, evaluation->unread);
    if (result->status == RESULT_INSUFFICIENT)
        result->excluded.pending = result->excluded.immature = 0;
}

void tally_results(struct tally *tally, struct slice slice, struct result_list *results)
{
    const struct evaluation *evaluation = tally->evaluation;
    for (uint16_t m = 0; m < measure_count; m++) {
        struct result *result = result_list_add(results, slice, m);
        const enum measure_kind kind = measure_table[m].kind;
        result->referrals = (double)tally->referrals;
        if (!measure_is_recorded(&measure_table[m], evaluation->recorded))
            fill_unrecorded(evaluation, result);
        else if (kind == MEASURE_PROPORTION)
            fill_proportion(tally, result);
        else if (kind == MEASURE_DELAY)
            fill_delay(tally, delay_number(evaluation, m), result);
        else
            fill_rate(tally, result);
    }
}

const struct life_table_row *tally_life_table(struct tally *tally, size_t measure, size_t *row_count,
                                              int32_t *follow_up_maximum)
{
    const size_t delay = delay_number(tally->evaluation, measure);
    *row_count = write_life_table(tally, delay);
    *follow_up_maximum = tally->days[delay].follow_up_maximum;
    return tally->rows;
}
