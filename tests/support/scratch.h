/* A scratch folder of a test, and files in it. */
#ifndef REFERLENS_TESTS_SUPPORT_SCRATCH_H
#define REFERLENS_TESTS_SUPPORT_SCRATCH_H

#include "referlens/base/memory.h"
#include "referlens/output/tree.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRATCH_PATH_SIZE = 512 };

/* Makes a new folder in $TMPDIR or /tmp and goes into it, so that a test can use short relative names. */
static inline void scratch_enter(char path[SCRATCH_PATH_SIZE])
{
    const char *parent = getenv("TMPDIR");
    snprintf(path, SCRATCH_PATH_SIZE, "%s/referlens-test-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(path) == NULL || chdir(path) != 0) {
        perror(path);
        exit(1);
    }
}

/* Leaves the folder and removes it. */
static inline void scratch_leave(const char *path)
{
    if (chdir("/") != 0 || !tree_remove(AT_FDCWD, path, NULL))
        perror(path);
}

/* The whole file with a NUL behind it, to be freed, or NULL. `*length` (NULL is allowed) is its size in bytes. */
static inline char *scratch_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    struct stat status;
    size_t size = fstat(fileno(file), &status) == 0 ? (size_t)status.st_size : 0;
    char *bytes = memory_allocate(size + 1);
    size = fread(bytes, 1, size, file);
    bytes[size] = '\0';
    fclose(file);
    if (length != NULL)
        *length = size;
    return bytes;
}

static inline void scratch_write(const char *path, const char *content)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputs(content, file) < 0 || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static inline bool scratch_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

#endif
