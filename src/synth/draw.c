#include "referlens/synth/draw.h"

#include <math.h>

double draw_exp(double value)
{
    /* The Taylor series as far as a term below 2^-53 for a rest within ±0.35. */
    static const double inverse_factorials[] = {
        1.0 / 87178291200,
        1.0 / 6227020800,
        1.0 / 479001600,
        1.0 / 39916800,
        1.0 / 3628800,
        1.0 / 362880,
        1.0 / 40320,
        1.0 / 5040,
        1.0 / 720,
        1.0 / 120,
        1.0 / 24,
        1.0 / 6,
        1.0 / 2,
        1.0,
        1.0,
    };
    /* value = power × ln 2 + rest; ln 2 in two parts, so that the rest keeps its digits. */
    double power = floor(value * 1.4426950408889634 + 0.5);
    double rest = (value - power * 0.693147180369123816490) - power * 1.90821492927058770002e-10;
    double sum = 0;
    for (size_t i = 0; i < sizeof inverse_factorials / sizeof inverse_factorials[0]; i++)
        sum = sum * rest + inverse_factorials[i];
    return ldexp(sum, (int)power);
}

bool draw_chance(struct random_stream *random, double probability)
{
    return random_uniform(random) < probability;
}

double draw_log_normal(struct random_stream *random, double median, double sigma)
{
    return median * draw_exp(sigma * random_normal(random));
}

day draw_days(struct random_stream *random, double median_days, double sigma)
{
    return (day)draw_log_normal(random, median_days, sigma);
}

day draw_between(struct random_stream *random, day first, day last)
{
    return first + (day)random_below(random, (uint64_t)(last - first) + 1);
}

size_t draw_find(const double *cumulative, size_t count, double target)
{
    size_t low = 0, high = count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cumulative[middle] > target)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int draw_weekday(day date)
{
    return (date % 7 + 10) % 7; /* 1970-01-01 was a Thursday */
}

day draw_working_day(day date)
{
    int number = draw_weekday(date);
    return number < 5 ? date : date + 7 - number;
}
