/* How often the intervals of a comparison hold the truth: counties are planted (synth's --effect), written as CSV,
 * read, measured and compared like any other, and the differences found are held against those planted. Seeded, so the
 * same table each time.
 *
 * usage: comparison [COUNTIES]   (default 500 of each kind)
 */
#include "referlens/measure/comparison.h"
#include "../support/planted_county.h"

#include "referlens/base/worker.h"
#include "referlens/measure/comparison_pair.h"
#include "referlens/stats/bootstrap.h"

#include <unistd.h>

enum { LINE_MAX_SIZE = 256, DRAWS = 2000 };

/* `one_in`: of the counties asked for. */
struct setting {
    struct planted_kind kind;
    int64_t one_in;
};

static const struct setting settings[] = {
    {{SYNTH_EFFECT_PLAIN, 24, 12000}, 1},           {{SYNTH_EFFECT_PLAIN, 60, 24000}, 1},
    {{SYNTH_EFFECT_PLAIN, 200, 60000}, 1},          {{SYNTH_EFFECT_CONFOUNDED, 24, 12000}, 1},
    {{SYNTH_EFFECT_CONFOUNDED, 60, 24000}, 1},      {{SYNTH_EFFECT_CONFOUNDED, 200, 60000}, 1},
    {{SYNTH_EFFECT_PLAIN_NONE, 24, 12000}, 1},      {{SYNTH_EFFECT_CONFOUNDED_NONE, 24, 12000}, 1},
    {{SYNTH_EFFECT_CONFOUNDED_NONE, 60, 24000}, 1}, {{SYNTH_EFFECT_PARADOX, 60, 180000}, 5},
};

struct coverage {
    int64_t trials, held, flagged, withheld;
    double width;
};

static void count(struct coverage *coverage, const struct estimate *estimate, double truth)
{
    if (isnan(estimate->lower)) {
        coverage->withheld++;
        return;
    }
    coverage->trials++;
    coverage->held += estimate->lower <= truth && truth <= estimate->upper;
    coverage->flagged += estimate->lower > 0 || estimate->upper < 0;
    coverage->width += estimate->upper - estimate->lower;
}

static void print(const struct setting *setting, const char *what, const struct coverage *coverage)
{
    if (coverage->trials == 0)
        return;
    const double trials = (double)coverage->trials;
    printf("%-16s %4zu  %-44s %6.1f %% %8.4f %8.1f %% %8lld\n", synth_effect_truths[setting->kind.effect].name,
           setting->kind.practices, what, 100 * (double)coverage->held / trials, coverage->width / trials,
           100 * (double)coverage->flagged / trials, (long long)coverage->trials);
    fflush(stdout);
}

/* The intervals that were tried for the adjusted difference in rejection, all from the same rows. */
enum { TRIED_PERCENTILE, TRIED_PIVOT, TRIED_NORMAL, TRIED_STUDENT, TRIED_COUNT };
static const char *const tried_names[TRIED_COUNT] = {"percentile bootstrap over practices",
                                                     "bootstrap-t over practices", "HC2, normal", "HC2, Student's t"};

struct drawn {
    const struct clustered_row *rows;
    size_t count;
    double difference;
};

/* The difference of a draw, and how many of its own standard errors it lies from that of the data. */
static void draw(const void *context, const int32_t *times, size_t cluster_count, size_t worker, double *values)
{
    const struct drawn *drawn = context;
    double weights[COMPARISON_SIDES] = {0, 0}, means[COMPARISON_SIDES] = {0, 0}, variance = 0;
    (void)worker;
    for (size_t i = 0; i < cluster_count; i++) {
        const struct clustered_row *row = &drawn->rows[i];
        weights[row->side] += times[i] * row->weight;
        means[row->side] += times[i] * row->weight * row->value;
    }
    for (size_t side = 0; side < COMPARISON_SIDES; side++)
        means[side] /= weights[side];
    for (size_t i = 0; i < cluster_count; i++) {
        const struct clustered_row *row = &drawn->rows[i];
        const double share = row->weight / weights[row->side], off = row->value - means[row->side];
        variance += times[i] > 0 ? times[i] * share * share * off * off / (1 - share) : 0;
    }
    values[0] = means[0] - means[1];
    values[1] = (values[0] - drawn->difference) / sqrt(variance);
}

static void bootstrap(const struct clustered_row *rows, size_t count, const struct clustered_difference *plain,
                      struct estimate tried[TRIED_COUNT])
{
    const struct drawn drawn = {rows, count, plain->difference.value};
    int32_t *sides = memory_allocate_zeroed(count, sizeof *sides);
    for (size_t i = 0; i < count; i++)
        sides[i] = rows[i].side;
    const struct bootstrap_plan plan = {.cluster_count = count,
                                        .strata = sides,
                                        .stratum_count = COMPARISON_SIDES,
                                        .value_count = 2,
                                        .draws = DRAWS,
                                        .seed = 1,
                                        .workers = worker_default_count(),
                                        .level = COMPARISON_LEVEL};
    struct bootstrap_interval results[2];
    cluster_bootstrap(&plan, draw, &drawn, results);
    const double value = plain->difference.value, se = plain->difference.se;
    tried[TRIED_PERCENTILE] = (struct estimate){value, results[0].lower, results[0].upper};
    tried[TRIED_PIVOT] = (struct estimate){value, value - results[1].upper * se, value - results[1].lower * se};
    memory_free(sides);
}

static void try_others(const struct planted *planted, uint32_t scheme, struct estimate tried[TRIED_COUNT])
{
    const size_t practices = planted->evaluation->practice_count;
    struct survey *survey = survey_new(planted->evaluation, 1);
    struct comparison_tally *tally = comparison_tally_new(survey, SCHEME_NONE, 1);
    double *sizes = memory_allocate_zeroed(practices, sizeof *sizes);
    struct comparison_pair *pairs[SCHEME_COUNT];
    bool schemes[SCHEME_COUNT] = {false};
    schemes[scheme] = true;
    comparison_pairs_new(tally, schemes, sizes, 1, pairs);
    struct clustered_row *rows = memory_allocate_zeroed(practices * COMPARISON_SIDES, sizeof *rows);
    const size_t count = comparison_rows(pairs[scheme], 0, 0, rows);
    const struct clustered_difference plain = clustered_difference(rows, count, false, COMPARISON_LEVEL);
    const double value = plain.difference.value;
    const double reach = normal_quantile_two_sided(COMPARISON_LEVEL) * plain.difference.se;
    bootstrap(rows, count, &plain, tried);
    tried[TRIED_NORMAL] = (struct estimate){value, value - reach, value + reach};
    tried[TRIED_STUDENT] = (struct estimate){value, plain.difference.lower, plain.difference.upper};
    memory_free(rows);
    comparison_pair_free(pairs[scheme]);
    memory_free(sizes);
    comparison_tally_free(tally);
    survey_free(survey);
}

static const char *const known[] = {"rejection_rate", "rejected_without_dialogue", "rejected_without_patient"};
enum { KNOWN = sizeof known / sizeof *known };

struct study {
    struct coverage crude[KNOWN], adjusted[KNOWN];
    struct coverage tried[TRIED_COUNT];                    /* of the first of these */
    struct coverage crude_nothing, nothing, waits_nothing; /* of every outcome and wait, the truth being 0 */
    int64_t reversed, said;
};

static void count_nothing(struct study *study, const struct planted *planted)
{
    for (size_t i = 0; i < planted->comparison.outcome_count; i++) {
        const struct comparison_outcome *outcome = &planted->comparison.outcomes[i];
        count(&study->nothing, &outcome->difference, 0);
        if (!isnan(outcome->difference.lower))
            count(&study->crude_nothing, &outcome->crude_difference, 0);
    }
    for (size_t i = 0; i < planted->comparison.wait_count; i++) {
        const struct comparison_wait *wait = &planted->comparison.waits[i];
        for (size_t h = 0; h < COMPARISON_HORIZONS; h++) {
            count(&study->waits_nothing, &wait->within[h].difference, 0);
            count(&study->waits_nothing, &wait->within[h].mean_difference, 0);
        }
    }
}

static void count_county(struct study *study, const struct planted *planted, const struct setting *setting)
{
    static const uint32_t schemes[] = {SCHEME_RMC, SCHEME_SPECIALIST_ADVICE};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        const struct planted_mix mix = planted_mix(planted, schemes[i]);
        for (size_t k = 0; k < KNOWN; k++) {
            const struct comparison_outcome *outcome =
                comparison_find_outcome(&planted->comparison, schemes[i], known[k]);
            const double truth = planted_truth(planted, &mix, schemes[i], known[k]);
            count(&study->adjusted[k], &outcome->difference, truth);
            count(&study->crude[k], &outcome->crude_difference, truth);
        }
        struct estimate tried[TRIED_COUNT];
        try_others(planted, schemes[i], tried);
        for (size_t k = 0; k < TRIED_COUNT; k++)
            count(&study->tried[k], &tried[k], planted_truth(planted, &mix, schemes[i], known[0]));
    }
    if (setting->kind.effect == SYNTH_EFFECT_PLAIN_NONE || setting->kind.effect == SYNTH_EFFECT_CONFOUNDED_NONE)
        count_nothing(study, planted);
    const struct comparison_outcome *rejection =
        comparison_find_outcome(&planted->comparison, SCHEME_RMC, "rejection_rate");
    study->reversed += rejection->crude_difference.value > 0 && rejection->difference.value < 0;
    study->said += rejection->sign_change;
}

static void run(const struct setting *setting, int64_t counties, size_t workers)
{
    struct study study = {.reversed = 0};
    struct planted planted = {.folder = ""};
    (void)snprintf(planted.folder, sizeof planted.folder, "%s/county-%ld",
                   getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp", (long)getpid());
    for (int64_t i = 0; i < counties; i++) {
        planted_make(&planted, &setting->kind, (uint64_t)i + 1, workers);
        count_county(&study, &planted, setting);
        planted_release(&planted);
    }
    for (size_t k = 0; k < KNOWN; k++) {
        char what[LINE_MAX_SIZE];
        (void)snprintf(what, sizeof what, "%s, crude", known[k]);
        print(setting, what, &study.crude[k]);
        for (size_t tried = 0; k == 0 && tried < TRIED_COUNT; tried++) {
            (void)snprintf(what, sizeof what, "  %s", tried_names[tried]);
            print(setting, what, &study.tried[tried]);
        }
        (void)snprintf(what, sizeof what, "%s, adjusted", known[k]);
        print(setting, what, &study.adjusted[k]);
    }
    print(setting, "all proportions and the rate, crude", &study.crude_nothing);
    print(setting, "all proportions and the rate, adjusted", &study.nothing);
    print(setting, "all waits, adjusted", &study.waits_nothing);
    if (setting->kind.effect == SYNTH_EFFECT_PARADOX)
        printf("%-16s %4zu  rmc: sign changed in %lld of %lld, said in %lld\n", "paradox", setting->kind.practices,
               (long long)study.reversed, (long long)counties, (long long)study.said);
}

int main(int argc, char **argv)
{
    int64_t counties = 500;
    if (argc > 1 && (!text_to_integer(text_of(argv[1]), &counties) || counties < 1)) {
        fprintf(stderr, "usage: comparison [COUNTIES]\n");
        return 2;
    }
    printf("%-16s %4s  %-44s %8s %8s %10s %8s\n", "planted", "of", "95 % interval of the difference", "coverage",
           "width", "flagged", "trials");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        run(&settings[i], counties / settings[i].one_in, worker_default_count());
    return 0;
}
