/* What the passes of the comparison count, many rows at a time and in an order of their own, is what a row-by-row
 * reading of the same county counts: large enough for several blocks of practices, with schemes that change on the way.
 */
#include "../support/planted_county.h"
#include "../support/scratch.h"

#include "referlens/measure/comparison_changes.h"
#include "referlens/measure/comparison_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PRACTICES = 40, REFERRALS = 280000, SOME = 8, WORKERS = 3 };

static char folder[SCRATCH_PATH_SIZE];
static struct planted planted = {.folder = "county"};

static int enter(void **state)
{
    (void)state;
    const struct planted_kind kind = {SYNTH_EFFECT_DEFAULT, PRACTICES, REFERRALS};
    scratch_enter(folder);
    planted_make(&planted, &kind, 3, WORKERS);
    planted.evaluation->rows[SOME].scheme = SCHEME_UNKNOWN;
    return 0;
}

static int leave(void **state)
{
    (void)state;
    planted_release(&planted);
    scratch_leave(folder);
    return 0;
}

static const uint8_t *ones_of(const struct evaluated *row, size_t measure)
{
    return planted.evaluation->standings[row->standing].ones + measure * MEMBERSHIP_COUNT;
}

static bool is_in(const struct comparison_denominator *denominator, const struct evaluated *row)
{
    const uint8_t *ones = ones_of(row, denominator->measure);
    return denominator->delay < DELAYS_MAX ? ones[DELAY_EVENT] || ones[DELAY_COMPETING] || ones[DELAY_CENSORED]
                                           : ones[MEMBER_HIT] || ones[MEMBER_COUNTED];
}

static void rows_lie_in_their_cells_and_blocks(void **state)
{
    (void)state;
    const struct evaluation *evaluation = planted.evaluation;
    struct survey *survey = survey_new(evaluation, WORKERS);
    uint8_t *seen = memory_allocate_zeroed(evaluation->count, sizeof *seen);
    size_t known = 0;
    assert_true(survey->block_count > 1);
    assert_int_equal(survey->block_first[survey->block_count], evaluation->practice_count);
    for (size_t block = 0; block < survey->block_count; block++) {
        const size_t first = evaluation->practice_first[survey->block_first[block]];
        const size_t end = evaluation->practice_first[survey->block_first[block + 1]];
        for (size_t cell = 0; cell < survey->cell_count; cell++) {
            size_t before = first;
            for (size_t i = survey_block_begin(survey, block, cell);
                 i < survey->block_end[block * survey->cell_count + cell]; i++) {
                const size_t index = survey->order[i];
                const struct evaluated *row = &evaluation->rows[index];
                assert_true(index >= before && index < end);
                assert_int_equal(cell, survey_cell(survey_stratum(survey, row), row->scheme));
                assert_false(seen[index]);
                seen[index] = 1;
                before = index;
                known++;
            }
        }
    }
    assert_int_equal(survey->cell_first[survey->cell_count], known);
    assert_int_equal(evaluation->count - known, survey->rows[SCHEME_UNKNOWN]);
    memory_free(seen);
    survey_free(survey);
}

static void strata_are_tallied_as_row_by_row(void **state)
{
    (void)state;
    const struct evaluation *evaluation = planted.evaluation;
    struct survey *survey = survey_new(evaluation, WORKERS);
    struct comparison_tally *tally = comparison_tally_new(survey, SCHEME_NONE, WORKERS);
    int64_t(*counts)[DENOMINATORS_MAX] = memory_allocate_zeroed(survey->cell_count, sizeof *counts);
    int64_t(*hits)[DENOMINATORS_MAX] = memory_allocate_zeroed(survey->cell_count, sizeof *hits);
    for (size_t i = 0; i < evaluation->count; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        for (size_t d = 0; row->scheme != SCHEME_UNKNOWN && d < tally->denominator_count; d++) {
            const size_t cell = survey_cell(survey_stratum(survey, row), row->scheme);
            counts[cell][d] += is_in(&tally->denominators[d], row);
            hits[cell][d] += ones_of(row, tally->denominators[d].measure)[MEMBER_HIT];
        }
    }
    for (size_t cell = 0; cell < survey->cell_count; cell++) {
        const size_t stratum = cell / SCHEME_COUNT, scheme = cell % SCHEME_COUNT;
        for (size_t d = 0; d < tally->denominator_count; d++) {
            assert_int_equal(comparison_counts(tally, stratum, scheme)[d], counts[cell][d]);
            if (tally->denominators[d].delay == DELAYS_MAX)
                assert_true(comparison_sums(tally, stratum, scheme)[tally->denominators[d].quantity] ==
                            (double)hits[cell][d]);
        }
    }
    memory_free(counts);
    memory_free(hits);
    comparison_tally_free(tally);
    survey_free(survey);
}

static int64_t scaled(double value)
{
    return (int64_t)llrint(ldexp(value, COMPARISON_SCALE));
}

/* Adds a row to its practice's part of one side of a pair. */
static void add_row(const struct comparison_pair *pair, const struct comparison_fit *fit, size_t index, size_t side,
                    struct comparison_part *part)
{
    const struct comparison_tally *tally = pair->tally;
    const struct evaluated *row = &planted.evaluation->rows[index];
    const size_t stratum = survey_stratum(tally->survey, row);
    part->rows++;
    for (size_t d = 0; d < tally->denominator_count; d++) {
        const struct comparison_denominator *of = &tally->denominators[d];
        const double *weights =
            pair->weights + (stratum * COMPARISON_SIDES + side) * tally->weighing_count + of->weighing;
        const double *expected =
            fit->expected + survey_cell(stratum, row->scheme) * tally->quantity_count + of->quantity;
        if (!is_in(of, row))
            continue;
        const uint8_t *ones = ones_of(row, of->measure);
        part->counts[d]++;
        if (of->delay == DELAYS_MAX) {
            part->hits[d] += ones[MEMBER_HIT];
            part->weights[of->weighing] += scaled(*weights);
            part->parts[of->quantity] += scaled(*weights * (ones[MEMBER_HIT] - *expected));
            continue;
        }
        const size_t end = ones[DELAY_EVENT]       ? PSEUDO_EVENT
                           : ones[DELAY_COMPETING] ? PSEUDO_COMPETING
                                                   : PSEUDO_CENSORED;
        const size_t place = survey_day(planted.evaluation, index, of->delay) * PSEUDO_END_COUNT + end;
        const double *values = tally->tables[comparison_cell_delay(stratum, row->scheme, of->delay)][place].of;
        for (size_t h = 0; h < COMPARISON_HORIZONS; h++)
            part->weights[of->weighing + h] += scaled(weights[h]);
        for (size_t q = 0; q < DELAY_QUANTITIES; q++)
            part->parts[of->quantity + q] += scaled(weights[q / 2] * (values[q] - expected[q]));
    }
}

static void check_pair(const struct comparison_pair *pair, const struct comparison_fit *fit)
{
    const struct evaluation *evaluation = planted.evaluation;
    for (size_t practice = 0; practice < evaluation->practice_count; practice++) {
        struct comparison_part parts[COMPARISON_SIDES];
        memset(parts, 0, sizeof parts);
        for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
            for (size_t side = 0; side < COMPARISON_SIDES; side++) {
                if (evaluation->rows[i].scheme == pair->schemes[side])
                    add_row(pair, fit, i, side, &parts[side]);
            }
        }
        assert_memory_equal(parts, comparison_part(pair, practice, 0), sizeof parts);
    }
}

static void practices_have_the_parts_that_their_rows_add_up_to(void **state)
{
    (void)state;
    struct survey *survey = survey_new(planted.evaluation, WORKERS);
    struct comparison_tally *tally = comparison_tally_new(survey, SCHEME_NONE, WORKERS);
    struct comparison_fit fit = comparison_fit_of(tally, WORKERS);
    double *sizes = memory_allocate_zeroed(planted.evaluation->practice_count, sizeof *sizes);
    struct comparison_pair *pairs[SCHEME_COUNT];
    size_t checked = 0;
    comparison_pairs_new(tally, planted.comparison.schemes, sizes, WORKERS, pairs);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        if (pairs[scheme] != NULL) {
            check_pair(pairs[scheme], &fit);
            checked++;
        }
        comparison_pair_free(pairs[scheme]);
    }
    assert_true(checked > 1);
    memory_free(sizes);
    comparison_fit_release(&fit);
    comparison_tally_free(tally);
    survey_free(survey);
}

/* What a row adds to its month. */
static struct monthly_cell cell_of(size_t index, struct monthly_outcome outcome)
{
    const struct evaluation *evaluation = planted.evaluation;
    const struct evaluated *row = &evaluation->rows[index];
    const size_t measure = measure_index(outcome.measure);
    const uint8_t *ones = ones_of(row, measure);
    size_t delay = 0;
    switch (measure_table[measure].kind) {
    case MEASURE_RATE:
        return (struct monthly_cell){(row->flags & EVALUATED_LISTED) && !(row->flags & EVALUATED_ADVICE), 0};
    case MEASURE_PROPORTION:
        return (struct monthly_cell){ones[MEMBER_HIT], ones[MEMBER_HIT] + ones[MEMBER_COUNTED]};
    default:
        break;
    }
    while (evaluation->delays[delay] != measure)
        delay++;
    if ((!ones[DELAY_EVENT] && !ones[DELAY_COMPETING] && !ones[DELAY_CENSORED]) ||
        evaluated_follow_up(evaluation, index) < outcome.within_days)
        return (struct monthly_cell){0, 0};
    return (struct monthly_cell){
        ones[DELAY_EVENT] && evaluated_days(evaluation, index, delay) <= (uint32_t)outcome.within_days, 1};
}

static bool has_own_row(const struct scheme_history *history, size_t practice, uint32_t specialty)
{
    for (size_t i = history->first[practice]; i < history->first[practice + 1]; i++) {
        if (history->rows[i].specialty == specialty)
            return true;
    }
    return false;
}

static void check_months(const struct monthly *monthly, const struct scheme_history *history,
                         struct monthly_outcome outcome, size_t practice, size_t *left_out)
{
    const struct evaluation *evaluation = planted.evaluation;
    struct monthly_cell cells[MONTHLY_MONTHS_MAX] = {{0, 0}};
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
        const int32_t month = month_of_day(planted.report.as_of - evaluated_follow_up(evaluation, i)) - monthly->first;
        if (has_own_row(history, practice, evaluation->rows[i].specialty)) {
            (*left_out)++;
        } else if (month >= 0 && month < (int32_t)monthly->month_count) {
            const struct monthly_cell cell = cell_of(i, outcome);
            cells[month].hits += cell.hits;
            cells[month].total += cell.total;
        }
    }
    for (size_t month = 0; month < monthly->month_count; month++) {
        const struct monthly_cell cell = monthly_at(monthly, (uint32_t)practice, monthly->first + (int32_t)month);
        assert_true(cell.hits == cells[month].hits);
        if (measure_table[measure_index(outcome.measure)].kind != MEASURE_RATE)
            assert_true(cell.total == cells[month].total);
    }
}

static void months_are_counted_as_row_by_row(void **state)
{
    (void)state;
    struct scheme_history history = scheme_history_of(planted.input.cohort);
    struct monthly monthly[MONTHLY_OUTCOMES_MAX];
    struct month_span span;
    size_t left_out = 0;
    assert_true(monthly_span(planted.evaluation, &span));
    monthly_of(planted.evaluation, &history, span, change_outcomes, change_outcome_count, WORKERS, monthly);
    for (size_t i = 0; i < change_outcome_count; i++) {
        for (size_t practice = 0; practice < planted.evaluation->practice_count; practice++)
            check_months(&monthly[i], &history, change_outcomes[i], practice, &left_out);
        monthly_release(&monthly[i]);
    }
    assert_true(left_out > 0);
    scheme_history_release(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_lie_in_their_cells_and_blocks),
        cmocka_unit_test(strata_are_tallied_as_row_by_row),
        cmocka_unit_test(practices_have_the_parts_that_their_rows_add_up_to),
        cmocka_unit_test(months_are_counted_as_row_by_row),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
