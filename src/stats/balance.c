#include "referlens/stats/balance.h"

#include "referlens/base/memory.h"
#include "referlens/stats/linear.h"

#include <math.h>
#include <string.h>

double standardised_difference(double mean1, double deviation1, double mean2, double deviation2)
{
    double spread = sqrt((deviation1 * deviation1 + deviation2 * deviation2) / 2);
    if (isnan(spread)) {
        return NAN;
    }
    if (mean1 == mean2) {
        return 0;
    }
    return spread > 0 ? (mean1 - mean2) / spread : NAN;
}

double standardised_difference_of_shares(int64_t count1, int64_t total1, int64_t count2, int64_t total2)
{
    if (total1 <= 0 || total2 <= 0) {
        return NAN;
    }
    double p1 = (double)count1 / (double)total1;
    double p2 = (double)count2 / (double)total2;
    return standardised_difference(p1, sqrt(p1 * (1 - p1)), p2, sqrt(p2 * (1 - p2)));
}

static double total_of(const int64_t *counts, size_t categories)
{
    double total = 0;
    for (size_t i = 0; i < categories; i++) {
        total += (double)counts[i];
    }
    return total;
}

double standardised_difference_of_categories(const int64_t *counts1, const int64_t *counts2, size_t categories)
{
    double total1 = total_of(counts1, categories);
    double total2 = total_of(counts2, categories);
    if (!(total1 > 0 && total2 > 0)) {
        return NAN;
    }
    double *p1 = memory_allocate_zeroed(categories, sizeof *p1);
    double *p2 = memory_allocate_zeroed(categories, sizeof *p2);
    size_t size = 0; /* categories that occur in either group */
    for (size_t i = 0; i < categories; i++) {
        if (counts1[i] > 0 || counts2[i] > 0) {
            p1[size] = (double)counts1[i] / total1;
            p2[size] = (double)counts2[i] / total2;
            size++;
        }
    }
    double *covariance = memory_allocate_zeroed(size * size, sizeof *covariance);
    double *solution = memory_allocate_zeroed(size, sizeof *solution);
    size_t free_size = size - 1; /* the first is the others' complement */
    for (size_t i = 0; i < free_size; i++) {
        solution[i] = p1[i + 1] - p2[i + 1];
        for (size_t j = 0; j < free_size; j++) {
            double both = p1[i + 1] * ((i == j ? 1 : 0) - p1[j + 1]) + p2[i + 1] * ((i == j ? 1 : 0) - p2[j + 1]);
            covariance[i * free_size + j] = both / 2;
        }
    }
    double result = NAN;
    if (linear_solve_positive(covariance, free_size, solution)) {
        result = 0;
        for (size_t i = 0; i < free_size; i++) {
            result += solution[i] * (p1[i + 1] - p2[i + 1]);
        }
        result = sqrt(fmax(0, result));
    }
    memory_free(p1);
    memory_free(p2);
    memory_free(covariance);
    memory_free(solution);
    return result;
}
