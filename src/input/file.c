#include "referlens/input/file.h"

#include "referlens/base/memory.h"
#include "referlens/input/nhs_number.h"
#include "referlens/input/stored.h"

#include <openssl/evp.h>
#include <string.h>

enum { NAME_BYTES_MAX = 200, IGNORED_BYTES_MAX = 400 };

char *input_scrubbed(const char *bytes, size_t length)
{
    char *copy = memory_copy_text(bytes, length);
    copy[text_scrub(copy, length)] = '\0';
    return copy;
}

/* The base name, not endless. */
static char *scrubbed_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    const size_t length = strlen(base);
    return input_scrubbed(base, length < NAME_BYTES_MAX ? length : NAME_BYTES_MAX);
}

/* Marks the fields that are used; false where one of their names stands twice. */
static bool bind_canonical(struct input_file *file, const struct record_reader *header, bool *used, struct error *error)
{
    const struct format_kind *kind = &format_kinds[file->kind];
    for (size_t column = 0; column < kind->column_count; column++) {
        const size_t field = record_find_field(header, text_of(kind->columns[column].name));
        file->columns[column] = field;
        if (field == FIELD_ABSENT)
            continue;
        used[field] = true;
        for (size_t i = field + 1; i < header->field_count; i++) {
            if (text_equal(header->fields[i], header->fields[field]))
                return error_set(error, "%s:1: the column %s stands twice in the header", file->name,
                                 kind->columns[column].name);
        }
    }
    return true;
}

static bool bind_profile(struct input_file *file, const struct profile *profile, const struct record_reader *header,
                         const struct pseudonym_key *key, bool *used, struct error *error)
{
    if (!mapping_bind(&file->mapping, profile, header, key, error))
        return error_prefix(error, "%s:1", file->name);
    for (size_t i = 0; i < profile->column_count; i++) {
        if (file->mapping.fields[i] != FIELD_ABSENT)
            used[file->mapping.fields[i]] = true;
    }
    return true;
}

/* Whether the header is none but a row of data: then nothing of it may be shown. */
static bool holds_nhs_number(const struct record_reader *header)
{
    for (size_t i = 0; i < header->field_count; i++) {
        if (nhs_number_stands_in(header->fields[i]))
            return true;
    }
    return false;
}

static char *name_ignored(const struct record_reader *header, const bool *used)
{
    static const char hidden[] = "columns without a name that may be shown";
    if (holds_nhs_number(header))
        return memory_copy_text(hidden, sizeof hidden - 1);
    struct buffer ignored = buffer_with_maximum(IGNORED_BYTES_MAX);
    bool whole = true;
    for (size_t i = 0; i < header->field_count && whole; i++) {
        const struct text name = header->fields[i];
        if (used[i] || name.length == 0)
            continue;
        if (ignored.length > 0)
            buffer_add_string(&ignored, ", ");
        whole = ignored.length + name.length < IGNORED_BYTES_MAX - 8;
        buffer_add_text(&ignored, whole ? name : TEXT("…"));
    }
    char *names = ignored.length > 0 ? input_scrubbed(ignored.bytes, ignored.length) : NULL;
    buffer_release(&ignored);
    return names;
}

/* Binds what the file was recognised as to its header. Where keys are to be replaced, or dates to be read that are
 * written in another way, a canonical file is read through a profile too. */
static bool bind(struct input_file *file, const struct recognition *as, const struct record_reader *header,
                 const struct reading_options *options, struct error *error)
{
    bool *used = memory_allocate_zeroed(header->field_count + 1, sizeof *used);
    const struct profile *profile = as->profile;
    file->kind = as->kind;
    bool done = profile != NULL || bind_canonical(file, header, used, error);
    if (done && profile == NULL && (options->key != NULL || options->date_format != NULL))
        profile = file->canonical_profile = mapping_canonical_profile(as->kind, header, options->date_format);
    if (done && profile != NULL)
        done = bind_profile(file, profile, header, options->key, used, error);
    if (done) {
        file->kinds = profile == NULL ? 1U << as->kind : 0;
        for (size_t i = 0; profile != NULL && i < profile->rule_count; i++)
            file->kinds |= 1U << profile->rules[i].kind;
        while ((file->kinds >> file->kind & 1) == 0)
            file->kind++;
        file->ignored = name_ignored(header, used);
        file->header_count = file->named_count = header->field_count;
        while (file->named_count > 0 && header->fields[file->named_count - 1].length == 0)
            file->named_count--;
        file->ledger.profile = profile != NULL ? profile->name : "canonical";
    }
    memory_free(used);
    return done;
}

/* "referrals", or "referrals and outcomes". */
static char *name_kinds(const struct input_file *file)
{
    struct buffer names = buffer_with_maximum(NAME_BYTES_MAX);
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        if ((file->kinds >> kind & 1) == 0)
            continue;
        buffer_add_formatted(&names, "%s%s", names.length > 0 ? " and " : "", format_kinds[kind].name);
    }
    return names.bytes;
}

static bool read_header(struct input_file *file, const struct reading_options *options, struct error *error)
{
    struct recognition as;
    struct file_texts texts = {.bytes = mapped_file_bytes(file->mapped)};
    const size_t mark = encoding_mark(texts.bytes, &texts.mark);
    texts.marked = mark > 0;
    texts.bytes.bytes += mark;
    texts.bytes.length -= mark;
    bool done = recognise_file(file->name, &texts, options, &as, error);
    if (done) {
        file->text = texts.texts[as.encoding];
        file->decoded_size = texts.reserved[as.encoding];
        texts.reserved[as.encoding] = 0;
        file->encoding = as.encoding;
        file->delimiter = as.delimiter;
        struct record_reader header;
        const size_t head = file->text.length < RECORD_BYTES_MAX ? file->text.length : RECORD_BYTES_MAX;
        record_reader_open(&header, (struct text){file->text.bytes, head}, as.delimiter, false);
        record_reader_next(&header);
        done = bind(file, &as, &header, options, error);
        file->body = (struct text){header.next, (size_t)(file->text.bytes + file->text.length - header.next)};
        file->body_line = header.next_line;
        record_reader_close(&header);
    }
    file_texts_release(&texts);
    return done;
}

bool input_file_open(struct input_file *file, const char *path, const struct reading_options *options,
                     struct error *error)
{
    *file = (struct input_file){.path = path, .name = scrubbed_name(path)};
    if (!mapped_file_open(path, file->name, &file->mapped, error) || !read_header(file, options, error)) {
        input_file_close(file);
        return false;
    }
    file->ledger.name = file->name;
    file->kind_names = name_kinds(file);
    file->ledger.kind = file->kind_names;
    file->ledger.bytes = (int64_t)mapped_file_bytes(file->mapped).length;
    return true;
}

void input_file_close(struct input_file *file)
{
    if (file == NULL)
        return;
    if (file->decoded_size > 0)
        memory_release_reserved((void *)(uintptr_t)file->text.bytes, file->decoded_size);
    mapped_file_close(file->mapped);
    mapping_release(&file->mapping);
    stored_file_free(file->stored);
    profile_free(file->canonical_profile);
    memory_free(file->name);
    memory_free(file->kind_names);
    memory_free(file->ignored);
    *file = (struct input_file){0};
}

void input_file_hash(struct input_file *file)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (file->ledger.sha256[0] != '\0')
        return;
    const struct text bytes = mapped_file_bytes(file->mapped);
    if (EVP_Digest(bytes.bytes, bytes.length, digest, &length, EVP_sha256(), NULL) != 1)
        memory_exhausted(); /* the one way in which it fails */
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 32; i++) {
        file->ledger.sha256[2 * i] = digits[digest[i] >> 4];
        file->ledger.sha256[2 * i + 1] = digits[digest[i] & 15];
    }
    file->ledger.sha256[64] = '\0';
}
