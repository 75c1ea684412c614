#include "referlens/stats/run_chart.h"

#include "referlens/stats/distribution.h"
#include "referlens/stats/quantile.h"

#include <math.h>

static bool is_one_sided(int64_t above, int64_t useful)
{
    const int64_t fewer = above < useful - above ? above : useful - above;
    return fewer == 0 || fewer < binomial_half_quantile(0.05, useful);
}

struct run_chart run_chart(const double *values, size_t count)
{
    struct run_chart chart = {.median = quantile_of(values, count, 0.5)};
    int64_t run = 0;
    int64_t above = 0;
    int before = 0;

    for (size_t i = 0; i < count; i++) {
        int side = (values[i] > chart.median) - (values[i] < chart.median);
        if (side == 0) {
            continue;
        }
        chart.useful++;
        above += side > 0 ? 1 : 0;
        chart.crossings += before != 0 && side != before ? 1 : 0;
        run = side == before ? run + 1 : 1;
        chart.longest_run = run > chart.longest_run ? run : chart.longest_run;
        before = side;
    }
    if (chart.useful > 0) {
        chart.longest_run_max = (int64_t)nearbyint(log2((double)chart.useful)) + 3;
        chart.crossings_min = binomial_half_quantile(0.05, chart.useful - 1);
        if (is_one_sided(above, chart.useful)) {
            chart.reason = "the median is so common a value that those off it lie on one side, or nearly all do";
        } else {
            chart.signal = chart.longest_run > chart.longest_run_max || chart.crossings < chart.crossings_min;
        }
    }
    return chart;
}
