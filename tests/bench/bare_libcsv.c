/* The yardstick: libcsv alone over the same bytes, in chunks on all processors, doing nothing with what it finds.
 *
 * Usage: bare_libcsv WORKERS FILE…; prints bytes, fields and rows.
 */
#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <csv.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 4 << 20 };

struct piece {
    const char *bytes;
    size_t length;
    int64_t fields, rows;
};

static void on_field(void *bytes, size_t length, void *context)
{
    (void)bytes;
    (void)length;
    ((struct piece *)context)->fields++;
}

static void on_row(int terminator, void *context)
{
    (void)terminator;
    ((struct piece *)context)->rows++;
}

static void parse(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct piece *piece = (struct piece *)context + task;
    struct csv_parser parser;
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    csv_parse(&parser, piece->bytes, piece->length, on_field, on_row, piece);
    csv_fini(&parser, on_field, on_row, piece);
    csv_free(&parser);
}

static bool add_file(const char *path, struct piece **pieces, size_t *count, size_t *capacity)
{
    const int descriptor = open(path, O_RDONLY);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        return false;
    const size_t size = (size_t)status.st_size;
    const char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (bytes == MAP_FAILED)
        return false;
    for (size_t at = 0; at < size;) {
        size_t end = size - at > CHUNK_BYTES ? at + CHUNK_BYTES : size;
        const char *newline = memchr(bytes + end - 1, '\n', size - end + 1);
        end = newline != NULL ? (size_t)(newline - bytes) + 1 : size;
        *pieces = memory_grow(*pieces, capacity, *count + 1, sizeof **pieces);
        (*pieces)[(*count)++] = (struct piece){.bytes = bytes + at, .length = end - at};
        at = end;
    }
    return true;
}

int main(int argument_count, char **arguments)
{
    struct piece *pieces = NULL;
    size_t count = 0, capacity = 0;
    for (int i = 2; i < argument_count; i++) {
        if (!add_file(arguments[i], &pieces, &count, &capacity)) {
            fprintf(stderr, "bare_libcsv: can't read %s\n", arguments[i]);
            return 1;
        }
    }
    worker_run(argument_count > 1 ? (size_t)(arguments[1][0] - '0') : 1, count, parse, pieces);
    int64_t bytes = 0, fields = 0, rows = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += (int64_t)pieces[i].length;
        fields += pieces[i].fields;
        rows += pieces[i].rows;
    }
    printf("%" PRId64 " bytes, %" PRId64 " fields, %" PRId64 " rows\n", bytes, fields, rows);
    memory_free(pieces);
    return 0;
}
