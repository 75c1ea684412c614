#include "referlens/stats/multiplicity.h"

#include "referlens/base/memory.h"

#include <math.h>
#include <stdlib.h>

struct test {
    double p;
    size_t index;
};

static int compare_tests(const void *a, const void *b)
{
    const struct test *x = a;
    const struct test *y = b;
    if (x->p != y->p) {
        return x->p < y->p ? -1 : 1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

/* The tests in ascending order; NAN is copied to `adjusted` and left out. The caller frees the array. */
static struct test *sorted_tests(const double *p, size_t count, double *adjusted, size_t *tests)
{
    struct test *sorted = memory_resize(NULL, count, sizeof *sorted);

    *tests = 0;
    for (size_t i = 0; i < count; i++) {
        adjusted[i] = NAN;
        if (!isnan(p[i])) {
            sorted[(*tests)++] = (struct test){p[i], i};
        }
    }
    if (*tests > 1) {
        qsort(sorted, *tests, sizeof *sorted, compare_tests);
    }
    return sorted;
}

void adjust_benjamini_hochberg(const double *p, size_t count, double *adjusted)
{
    size_t tests = 0;
    struct test *sorted = sorted_tests(p, count, adjusted, &tests);
    double smallest = 1;

    for (size_t i = tests; i-- > 0;) {
        smallest = fmin(smallest, (double)tests / (double)(i + 1) * sorted[i].p);
        adjusted[sorted[i].index] = smallest;
    }
    memory_free(sorted);
}

void adjust_holm(const double *p, size_t count, double *adjusted)
{
    size_t tests = 0;
    struct test *sorted = sorted_tests(p, count, adjusted, &tests);
    double largest = 0;

    for (size_t i = 0; i < tests; i++) {
        largest = fmax(largest, (double)(tests - i) * sorted[i].p);
        adjusted[sorted[i].index] = fmin(1, largest);
    }
    memory_free(sorted);
}
