#include "referlens/input/file.h"

#include "referlens/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES_MAX = 200, IGNORED_BYTES_MAX = 400 };

/* A copy for messages and outputs, without control characters. */
static char *scrubbed_copy(const char *bytes, size_t length)
{
    char *copy = memory_copy_text(bytes, length);
    const bool sound = text_is_utf8((struct text){copy, length}, NULL);
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)copy[i];
        if (c < 0x20 || c == 0x7f || (!sound && c >= 0x80))
            copy[i] = '?';
        /* U+0080 to U+009F are control characters too. */
        if (sound && c == 0xc2 && i + 1 < length && (unsigned char)copy[i + 1] < 0xa0)
            copy[i] = copy[i + 1] = '?';
    }
    return copy;
}

/* The base name, not endless. */
static char *scrubbed_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    const size_t length = strlen(base);
    return scrubbed_copy(base, length < NAME_BYTES_MAX ? length : NAME_BYTES_MAX);
}

static bool map_file(struct input_file *file, struct error *error)
{
    const int descriptor = open(file->path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_system(error, errno, "%s: can't be opened", file->name);
    struct stat status;
    bool done = false;
    if (fstat(descriptor, &status) != 0) {
        error_set_system(error, errno, "%s: can't be read", file->name);
    } else if (S_ISDIR(status.st_mode)) {
        error_set(error, "%s: is a directory, not a CSV file", file->name);
    } else if (!S_ISREG(status.st_mode)) {
        error_set(error, "%s: is not a regular file; save it to one first", file->name);
    } else if (status.st_size == 0) {
        error_set(error, "%s: is empty, without even a header row", file->name);
    } else {
        file->map_size = (size_t)status.st_size;
        file->map = mmap(NULL, file->map_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (file->map == MAP_FAILED) {
            file->map = NULL;
            error_set_system(error, errno, "%s: can't be mapped", file->name);
        } else {
            done = true;
        }
    }
    close(descriptor);
    return done;
}

static size_t find_column(const struct record_reader *header, const char *name)
{
    for (size_t i = 0; i < header->field_count; i++) {
        if (text_equal(header->fields[i], text_of(name)))
            return i;
    }
    return FIELD_ABSENT;
}

static bool is_known(const struct format_kind *kind, struct text name)
{
    for (size_t i = 0; i < kind->column_count; i++) {
        if (text_equal(text_of(kind->columns[i].name), name))
            return true;
    }
    return false;
}

/* How many required columns the header lacks for a kind. */
static size_t count_lacking(const struct record_reader *header, const struct format_kind *kind)
{
    size_t lacking = 0;
    for (size_t i = 0; i < kind->column_count; i++)
        lacking += kind->columns[i].required && find_column(header, kind->columns[i].name) == FIELD_ABSENT;
    return lacking;
}

static bool refuse_header(const struct input_file *file, const struct record_reader *header, struct error *error)
{
    size_t nearest = 0, fewest = SIZE_MAX;
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        const size_t lacking = count_lacking(header, &format_kinds[kind]);
        if (lacking < fewest && kind != FILE_PRACTICES) {
            fewest = lacking;
            nearest = kind;
        }
    }
    struct buffer names = buffer_with_maximum(ERROR_MESSAGE_MAX / 2);
    for (size_t i = 0; i < format_kinds[nearest].column_count; i++) {
        const struct format_column *column = &format_kinds[nearest].columns[i];
        if (column->required && find_column(header, column->name) == FIELD_ABSENT)
            buffer_add_formatted(&names, "%s%s", names.length > 0 ? ", " : "", column->name);
    }
    error_set(error, "%s: unknown header: nearest to %s, but without %s", file->name, format_kinds[nearest].name,
              names.bytes);
    buffer_release(&names);
    return false;
}

/* Whether the header names a column of another kind that this kind has not. */
static bool has_foreign_column(const struct record_reader *header, const struct format_kind *kind)
{
    for (size_t other = 0; other < FILE_KIND_COUNT; other++) {
        for (size_t i = 0; i < format_kinds[other].column_count; i++) {
            const char *name = format_kinds[other].columns[i].name;
            if (!is_known(kind, text_of(name)) && find_column(header, name) != FIELD_ABSENT)
                return true;
        }
    }
    return false;
}

/* Every kind whose required columns are all there fits. practices.csv requires so little that it yields to any other, and
 * to a header that was meant to be another's and lacks something. */
static bool recognise(struct input_file *file, const struct record_reader *header, struct error *error)
{
    size_t fitting[FILE_KIND_COUNT], count = 0;
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        if (kind != FILE_PRACTICES && count_lacking(header, &format_kinds[kind]) == 0)
            fitting[count++] = kind;
    }
    const struct format_kind *practices = &format_kinds[FILE_PRACTICES];
    if (count == 0 && count_lacking(header, practices) == 0 && !has_foreign_column(header, practices))
        fitting[count++] = FILE_PRACTICES;
    if (count == 0)
        return refuse_header(file, header, error);
    if (count > 1)
        return error_set(error, "%s: the header fits both %s and %s: split the file", file->name,
                         format_kinds[fitting[0]].name, format_kinds[fitting[1]].name);
    file->kind = (enum file_kind)fitting[0];
    return true;
}

static bool check_columns(struct input_file *file, const struct record_reader *header, struct error *error)
{
    const struct format_kind *kind = &format_kinds[file->kind];
    struct buffer ignored = buffer_with_maximum(IGNORED_BYTES_MAX);
    for (size_t i = 0; i < header->field_count; i++) {
        const struct text name = header->fields[i];
        if (name.length == 0)
            continue;
        if (!is_known(kind, name)) {
            if (ignored.length > 0)
                buffer_add_string(&ignored, ", ");
            buffer_add_text(&ignored, name);
            continue;
        }
        for (size_t k = 0; k < i; k++) {
            if (text_equal(header->fields[k], name)) {
                buffer_release(&ignored);
                return error_set(error, "%s:1: the column %.*s stands twice in the header", file->name,
                                 (int)name.length, name.bytes);
            }
        }
    }
    for (size_t i = 0; i < kind->column_count; i++)
        file->columns[i] = find_column(header, kind->columns[i].name);
    file->ignored = ignored.length > 0 ? scrubbed_copy(ignored.bytes, ignored.length) : NULL;
    buffer_release(&ignored);
    return true;
}

static bool read_header(struct input_file *file, struct error *error)
{
    struct text bytes = {file->map, file->map_size};
    if (bytes.length >= 3 && memcmp(bytes.bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes.bytes += 3;
        bytes.length -= 3;
    }
    /* Only the start is looked at here, so that the checks of a reader do not run over a large file twice. */
    const size_t head = bytes.length < RECORD_BYTES_MAX ? bytes.length : RECORD_BYTES_MAX;
    struct record_reader header;
    record_reader_open(&header, (struct text){bytes.bytes, head}, ',', false);
    bool done = false;
    if (!record_reader_next(&header) || header.fault != RECORD_SOUND) {
        error_set(error, "%s:1: the header row can't be read: is this a CSV file in UTF-8?", file->name);
    } else if (recognise(file, &header, error) && check_columns(file, &header, error)) {
        file->header_count = header.field_count;
        file->body = (struct text){header.next, (size_t)(bytes.bytes + bytes.length - header.next)};
        file->body_line = header.next_line;
        done = true;
    }
    record_reader_close(&header);
    return done;
}

bool input_file_open(struct input_file *file, const char *path, struct error *error)
{
    *file = (struct input_file){.path = path, .name = scrubbed_name(path)};
    if (!map_file(file, error) || !read_header(file, error)) {
        input_file_close(file);
        return false;
    }
    file->ledger.name = file->name;
    file->ledger.kind = format_kinds[file->kind].name;
    file->ledger.profile = "canonical";
    file->ledger.bytes = (int64_t)file->map_size;
    return true;
}

void input_file_close(struct input_file *file)
{
    if (file->map != NULL)
        munmap(file->map, file->map_size);
    memory_free(file->name);
    memory_free(file->ignored);
    *file = (struct input_file){0};
}

void input_file_hash(struct input_file *file)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(file->map, file->map_size, digest, &length, EVP_sha256(), NULL) != 1)
        memory_exhausted(); /* the one way in which it fails */
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 32; i++) {
        file->ledger.sha256[2 * i] = digits[digest[i] >> 4];
        file->ledger.sha256[2 * i + 1] = digits[digest[i] & 15];
    }
    file->ledger.sha256[64] = '\0';
}
