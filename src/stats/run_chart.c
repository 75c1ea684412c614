#include "referlens/stats/run_chart.h"

#include "referlens/stats/distribution.h"
#include "referlens/stats/quantile.h"

#include <math.h>

struct run_chart run_chart(const double *values, size_t count)
{
    struct run_chart chart = {.median = quantile_of(values, count, 0.5)};
    int64_t run = 0;
    int before = 0;

    for (size_t i = 0; i < count; i++) {
        int side = (values[i] > chart.median) - (values[i] < chart.median);
        if (side == 0) {
            continue;
        }
        chart.useful++;
        chart.crossings += before != 0 && side != before ? 1 : 0;
        run = side == before ? run + 1 : 1;
        chart.longest_run = run > chart.longest_run ? run : chart.longest_run;
        before = side;
    }
    if (chart.useful > 0) {
        chart.longest_run_max = (int64_t)nearbyint(log2((double)chart.useful)) + 3;
        chart.crossings_min = binomial_half_quantile(0.05, chart.useful - 1);
        chart.signal = chart.longest_run > chart.longest_run_max || chart.crossings < chart.crossings_min;
    }
    return chart;
}
