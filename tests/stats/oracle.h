/* Reading the committed answers of tests/oracle/: what the tests of stats/ share. */
#ifndef TESTS_STATS_ORACLE_H
#define TESTS_STATS_ORACLE_H

#include "referlens/base/memory.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Checks one case; called for each case of its name. */
typedef void oracle_check(const cJSON *input, const cJSON *answer);

/* Within 1e-9 relative, 1e-12 near 0; NAN equals NAN only. */
static inline void assert_near(double actual, double expected, const char *what)
{
    bool same = isnan(expected) ? isnan(actual) : fabs(actual - expected) <= 1e-12 + 1e-9 * fabs(expected);
    if (!same && actual != expected) {
        fail_msg("%s: %.17g where %.17g was expected", what, actual, expected);
    }
}

static inline double number_of(const cJSON *item)
{
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static inline double oracle_number(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (item == NULL) {
        fail_msg("no %s in the case", key);
    }
    return number_of(item);
}

/* An array of numbers (null is NAN), or of rows of numbers one behind the other; the caller frees it. */
static inline double *oracle_numbers(const cJSON *object, const char *key, size_t *count)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, key);
    if (array == NULL) {
        fail_msg("no %s in the case", key);
    }
    size_t capacity = 0;
    double *numbers = memory_grow(NULL, &capacity, 1, sizeof *numbers);
    const cJSON *item = NULL;
    *count = 0;
    cJSON_ArrayForEach(item, array)
    {
        const cJSON *row = cJSON_IsArray(item) ? item->child : item;
        for (const cJSON *cell = row; cell != NULL; cell = cJSON_IsArray(item) ? cell->next : NULL) {
            numbers = memory_grow(numbers, &capacity, *count + 1, sizeof *numbers);
            numbers[(*count)++] = number_of(cell);
        }
    }
    return numbers;
}

static inline int64_t *oracle_counts(const cJSON *object, const char *key, size_t *count)
{
    double *numbers = oracle_numbers(object, key, count);
    int64_t *counts = memory_allocate_zeroed(*count + 1, sizeof *counts);
    for (size_t i = 0; i < *count; i++) {
        counts[i] = (int64_t)numbers[i];
    }
    memory_free(numbers);
    return counts;
}

/* The text at an index of an array of texts. */
static inline const char *oracle_text(const cJSON *object, const char *key, size_t index)
{
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, key), (int)index);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static inline void assert_all_near(const double *actual, const cJSON *answer, const char *key)
{
    size_t count = 0;
    double *expected = oracle_numbers(answer, key, &count);
    for (size_t i = 0; i < count; i++) {
        assert_near(actual[i], expected[i], key);
    }
    memory_free(expected);
}

static inline char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot open %s; the tests run in the project's folder", path);
        return NULL;
    }
    size_t capacity = 0;
    size_t length = 0;
    char *text = memory_grow(NULL, &capacity, 1 << 16, 1);
    size_t got = 0;
    while ((got = fread(text + length, 1, capacity - length - 1, file)) > 0) {
        length += got;
        text = memory_grow(text, &capacity, length + 4096, 1);
    }
    text[length] = '\0';
    (void)fclose(file);
    return text;
}

/* Calls `check` on each case of this name in tests/oracle/FILE.json; there must be some. */
static inline void for_each_case(const char *file, const char *name, oracle_check *check)
{
    char path[256];
    (void)snprintf(path, sizeof path, "tests/oracle/%s.json", file);
    char *text = read_whole(path);
    cJSON *root = cJSON_Parse(text);
    const cJSON *item = NULL;
    int cases = 0;

    assert_non_null(root);
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "cases"))
    {
        if (strcmp(cJSON_GetObjectItemCaseSensitive(item, "name")->valuestring, name) == 0) {
            check(cJSON_GetObjectItemCaseSensitive(item, "input"), cJSON_GetObjectItemCaseSensitive(item, "answer"));
            cases++;
        }
    }
    assert_true(cases > 0);
    cJSON_Delete(root);
    memory_free(text);
}

#endif
