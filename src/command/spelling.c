#include "referlens/command/spelling.h"

#include <stdint.h>
#include <string.h>

enum { WORD_MAX = 63, CHANGES_MAX = 2 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t spelling_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a > WORD_MAX || length_b > WORD_MAX)
        return SIZE_MAX;
    size_t rows[3][WORD_MAX + 1]; /* the row of this letter of `a`, of the one before it, and of the one before that */
    size_t *row = rows[0], *before = rows[1], *earlier = rows[2];
    for (size_t k = 0; k <= length_b; k++)
        row[k] = earlier[k] = k;
    for (size_t i = 1; i <= length_a; i++) {
        size_t *oldest = earlier;
        earlier = before;
        before = row;
        row = oldest;
        row[0] = i;
        for (size_t k = 1; k <= length_b; k++) {
            row[k] = smaller(smaller(before[k], row[k - 1]) + 1, before[k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                row[k] = smaller(row[k], earlier[k - 2] + 1);
        }
    }
    return row[length_b];
}

const char *spelling_nearest(const char *typed, const char *const *words)
{
    const char *nearest = NULL;
    size_t fewest = smaller(CHANGES_MAX + 1, (strlen(typed) + 1) / 2);
    for (; *words != NULL; words++) {
        size_t distance = spelling_distance(typed, *words);
        if (distance < fewest) {
            fewest = distance;
            nearest = *words;
        }
    }
    return nearest;
}
