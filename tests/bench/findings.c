/* How often funnels call a practice worth a conversation, or worth watching, where no practice was made to stand out:
 * by chance alone, and where practices differ about one mean as people do (normal on the scale of the limits). Then the
 * same of masked counts, where the spread is measured with the hidden ones, beside a spread of the shown ones alone.
 * Seeded. */
#include "referlens/base/memory.h"
#include "referlens/base/random.h"
#include "referlens/stats/funnel.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PRACTICES_MAX = 200, HIDDEN_MAX = 7, GRID = 5 };

struct setting {
    double rate, size, size_spread; /* sizes are log-normal about their median */
    double spread;                  /* standard deviation between practices, on the arcsine or log scale */
    size_t practices;
};

struct sample {
    int64_t counts[PRACTICES_MAX], totals[PRACTICES_MAX];
    double observed[PRACTICES_MAX], expected[PRACTICES_MAX];
};

struct tally {
    double phi, tau;
    size_t funnels, points, found[FINDING_CONVERSATION + 1];
};

static int64_t draw_binomial(struct random_stream *random, int64_t n, double p)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        count += random_uniform(random) < p ? 1 : 0;
    }
    return count;
}

static double draw_size(struct random_stream *random, const struct setting *setting)
{
    return setting->size * exp(setting->size_spread * random_normal(random));
}

static void draw_proportions(struct random_stream *random, const struct setting *setting, struct sample *sample)
{
    for (size_t i = 0; i < setting->practices; i++) {
        const double angle = asin(sqrt(setting->rate)) + setting->spread * random_normal(random);
        const double sine = sin(fmin(fmax(angle, 0), M_PI_2));
        sample->totals[i] = (int64_t)fmax(12, round(draw_size(random, setting)));
        sample->counts[i] = draw_binomial(random, sample->totals[i], sine * sine);
    }
}

static void draw_ratios(struct random_stream *random, const struct setting *setting, struct sample *sample)
{
    for (size_t i = 0; i < setting->practices; i++) {
        sample->expected[i] = draw_size(random, setting);
        sample->observed[i] =
            (double)random_poisson(random, sample->expected[i] * exp(setting->spread * random_normal(random)));
    }
}

static void count_points(const struct funnel *funnel, const struct funnel_point *points, size_t count,
                         struct tally *tally)
{
    tally->phi += funnel->phi;
    tally->tau += sqrt(funnel->tau2);
    tally->funnels++;
    for (size_t i = 0; i < count; i++) {
        tally->points++;
        tally->found[points[i].finding]++;
    }
}

static void print_tally(const char *what, const struct setting *setting, const struct tally *tally, size_t of)
{
    printf("%-24s %6.3f %6g (%.1f) %5zu %6.2f | %6.2f %% %6.2f %% | phi %5.2f tau %.3f\n", what, setting->rate,
           setting->size, setting->size_spread, setting->practices, setting->spread,
           100 * (double)tally->found[FINDING_CONVERSATION] / (double)of,
           100 * (double)tally->found[FINDING_WATCH] / (double)of, tally->phi / (double)tally->funnels,
           tally->tau / (double)tally->funnels);
}

static void try_exact(struct random_stream *random, const struct setting *setting, bool ratios)
{
    struct tally tally = {.phi = 0};
    struct sample sample;
    struct funnel_point points[PRACTICES_MAX];
    for (size_t trial = 0; trial < 60000 / setting->practices; trial++) {
        struct funnel funnel;
        if (ratios) {
            draw_ratios(random, setting, &sample);
            funnel = funnel_of_ratios(sample.observed, sample.expected, setting->practices, points);
        } else {
            draw_proportions(random, setting, &sample);
            funnel = funnel_of_proportions(sample.counts, sample.totals, setting->practices, points);
        }
        if (funnel.reason == NULL) {
            count_points(&funnel, points, setting->practices, &tally);
        }
    }
    print_tally(ratios ? "ratio" : "proportion", setting, &tally, tally.points);
}

/* Of the masked counts: those shown, and the totals of those hidden. */
struct masked {
    int64_t counts[PRACTICES_MAX], totals[PRACTICES_MAX];
    double hidden[PRACTICES_MAX];
    size_t shown, hidden_count;
    double target;
};

static int64_t rounded(int64_t count)
{
    return (count + GRID / 2) / GRID * GRID;
}

static void mask(const struct sample *sample, size_t practices, struct masked *masked)
{
    int64_t events = 0, total = 0;
    masked->shown = masked->hidden_count = 0;
    for (size_t i = 0; i < practices; i++) {
        events += sample->counts[i];
        total += sample->totals[i];
        if (sample->counts[i] > 0 && sample->counts[i] <= HIDDEN_MAX) {
            masked->hidden[masked->hidden_count++] = (double)rounded(sample->totals[i]);
            continue;
        }
        masked->counts[masked->shown] = rounded(sample->counts[i]);
        masked->totals[masked->shown++] = rounded(sample->totals[i]);
    }
    masked->target = (double)rounded(events) / (double)rounded(total);
}

static void try_masked(struct random_stream *random, const struct setting *setting)
{
    struct tally exact = {.phi = 0}, with = {.phi = 0}, without = {.phi = 0};
    struct sample sample;
    struct masked masked;
    struct funnel_point points[PRACTICES_MAX];
    for (size_t trial = 0; trial < 20000 / setting->practices; trial++) {
        draw_proportions(random, setting, &sample);
        struct funnel funnel = funnel_of_proportions(sample.counts, sample.totals, setting->practices, points);
        count_points(&funnel, points, setting->practices, &exact);
        mask(&sample, setting->practices, &masked);
        if (masked.shown < 5) {
            continue;
        }
        const struct funnel_hidden hidden = {masked.hidden, masked.hidden_count, HIDDEN_MAX};
        funnel =
            funnel_of_proportions_about(masked.target, masked.counts, masked.totals, masked.shown, &hidden, points);
        count_points(&funnel, points, masked.shown, &with);
        funnel = funnel_of_proportions_about(masked.target, masked.counts, masked.totals, masked.shown, NULL, points);
        count_points(&funnel, points, masked.shown, &without);
    }
    print_tally("exact", setting, &exact, exact.points);
    print_tally("  masked, hidden ones too", setting, &with, exact.points);
    print_tally("  masked, shown ones only", setting, &without, exact.points);
}

int main(void)
{
    static const struct setting chance[] = {
        {0.01, 60, 0.5, 0, 40}, {0.02, 60, 0, 0, 40},   {0.04, 32, 0, 0, 40},   {0.04, 65, 0, 0, 40},
        {0.04, 80, 0.3, 0, 40}, {0.04, 100, 0, 0, 40},  {0.1, 30, 0.3, 0, 40},  {0.1, 150, 0.5, 0, 40},
        {0.1, 400, 0.5, 0, 40}, {0.3, 150, 0.5, 0, 40}, {0.95, 55, 0.1, 0, 40}, {0.04, 65, 0.2, 0, 10},
    };
    static const struct setting expected[] = {
        {1, 5, 0.5, 0, 24}, {1, 15, 0.5, 0, 24}, {1, 40, 0.5, 0, 24}, {1, 200, 0.5, 0, 24}};
    static const struct setting differing[] = {{0.09, 400, 0.5, 0.05, 10},  {0.09, 400, 0.5, 0.05, 24},
                                               {0.09, 400, 0.5, 0.10, 24},  {0.09, 400, 0.5, 0.10, 60},
                                               {0.09, 400, 0.5, 0.10, 200}, {0.3, 1200, 0.5, 0.10, 60}};
    static const struct setting rates[] = {{1, 400, 0.5, 0.15, 24}, {1, 400, 0.5, 0.15, 60}};
    static const struct setting hidden[] = {
        {0.04, 100, 0.3, 0, 200},    {0.02, 150, 0.3, 0, 200},    {0.03, 300, 0.5, 0, 100},   {0.1, 100, 0.5, 0, 60},
        {0.04, 100, 0.3, 0.05, 200}, {0.04, 200, 0.5, 0.05, 100}, {0.04, 200, 0.5, 0.1, 100}, {0.1, 100, 0.5, 0.1, 60}};
    struct random_stream random = random_seed(20260107, 0);
    printf("%-24s %6s %12s %5s %6s | %8s %8s |\n", "funnel of", "rate", "size", "units", "spread", "convers.", "watch");
    for (size_t i = 0; i < sizeof chance / sizeof chance[0]; i++) {
        try_exact(&random, &chance[i], false);
    }
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        try_exact(&random, &expected[i], true);
    }
    for (size_t i = 0; i < sizeof differing / sizeof differing[0]; i++) {
        try_exact(&random, &differing[i], false);
    }
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        try_exact(&random, &rates[i], true);
    }
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        try_masked(&random, &hidden[i]);
    }
    return 0;
}
