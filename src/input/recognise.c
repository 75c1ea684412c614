#include "referlens/input/recognise.h"

#include "referlens/base/memory.h"
#include "referlens/input/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DELIMITER_COUNT = 4, NEAR_MISSES_SHOWN = 3, NAMES_SHOWN = 6 };
static const char delimiters[DELIMITER_COUNT] = {',', ';', '\t', '|'};

/* A canonical kind or a profile, and how well the header fits it. */
struct candidate {
    const struct profile *profile; /* NULL: the canonical kind */
    enum file_kind kind;
    enum encoding encoding;
    char delimiter;
    size_t required, lacking;
    size_t miscased;                        /* of those lacking: how many are there but for capitals */
    size_t miscased_column, miscased_field; /* the first of them */
    bool *used; /* by the header's field; owned */
    size_t used_count, field_count;
};

struct recognising {
    const char *name;
    struct file_texts *texts;
    const struct reading_options *options;
    struct candidate *candidates;
    size_t count;
    struct header {
        bool read, sound;
        struct record_reader reader; /* at the header */
    } headers[ENCODING_COUNT][DELIMITER_COUNT]; /* each read once */
    bool readable; /* a header could be read at all */
    bool too_many; /* one has more columns than are read */
    struct error undecodable; /* why the file is not in the encoding of some profile; empty: it is, in all */
};

void file_texts_release(struct file_texts *texts)
{
    for (size_t i = 0; i < ENCODING_COUNT; i++) {
        if (texts->reserved[i] > 0)
            memory_release_reserved((void *)(uintptr_t)texts->texts[i].bytes, texts->reserved[i]);
    }
    *texts = (struct file_texts){0};
}

/* Decodes the whole file, once for each encoding. */
static bool text_in(struct recognising *all, enum encoding encoding, struct text *text, struct error *error)
{
    struct file_texts *texts = all->texts;
    if (texts->texts[encoding].bytes == NULL) {
        if (encoding == ENCODING_UTF8)
            texts->texts[encoding] = texts->bytes;
        else if (!encoding_decode(encoding, texts->bytes, &texts->texts[encoding], &texts->reserved[encoding], error))
            return error_prefix(error, "%s", all->name);
    }
    *text = texts->texts[encoding];
    return true;
}

static size_t column_count(const struct candidate *candidate)
{
    return candidate->profile != NULL ? candidate->profile->column_count : format_kinds[candidate->kind].column_count;
}

static struct text column_name(const struct candidate *candidate, size_t column)
{
    return candidate->profile != NULL ? candidate->profile->columns[column].name
                                      : text_of(format_kinds[candidate->kind].columns[column].name);
}

static bool is_required(const struct candidate *candidate, size_t column)
{
    return candidate->profile != NULL ? !candidate->profile->columns[column].optional
                                      : format_kinds[candidate->kind].columns[column].missing != NULL;
}

/* Looks for a required column that the header lacks, whatever its capitals. */
static void find_miscased(struct candidate *candidate, const struct record_reader *header, size_t column)
{
    for (size_t i = 0; i < header->field_count; i++) {
        if (!text_equal_ignoring_case(header->fields[i], column_name(candidate, column)))
            continue;
        if (candidate->miscased++ == 0) {
            candidate->miscased_column = column;
            candidate->miscased_field = i;
        }
        return;
    }
}

/* Fits a header to the candidate. */
static void fit(struct candidate *candidate, const struct record_reader *header)
{
    candidate->required = candidate->lacking = candidate->miscased = candidate->used_count = 0;
    memory_free(candidate->used);
    candidate->used = memory_allocate_zeroed(header->field_count + 1, sizeof *candidate->used);
    candidate->field_count = header->field_count;
    for (size_t i = 0; i < column_count(candidate); i++) {
        const size_t field = record_find_field(header, column_name(candidate, i));
        candidate->required += is_required(candidate, i);
        if (is_required(candidate, i) && field == SIZE_MAX) {
            candidate->lacking++;
            find_miscased(candidate, header, i);
        }
        if (field != SIZE_MAX && !candidate->used[field]) {
            candidate->used[field] = true;
            candidate->used_count++;
        }
    }
}

/* Only the start is looked at, so that the checks of a reader do not run over a large file twice. */
static struct text head_of(struct text text)
{
    return (struct text){text.bytes, text.length < RECORD_BYTES_MAX ? text.length : RECORD_BYTES_MAX};
}

/* Whether a header split in another way is nearer to the same candidate. `best` may be of no header yet. */
static bool is_better(const struct candidate *trial, const struct candidate *best)
{
    if (best->lacking == SIZE_MAX || trial->lacking != best->lacking)
        return best->lacking == SIZE_MAX || trial->lacking < best->lacking;
    return trial->used_count + trial->miscased > best->used_count + best->miscased;
}

/* The header in an encoding and a delimiter; NULL where it can't be read. */
static const struct record_reader *header_of(struct recognising *all, enum encoding encoding, size_t delimiter,
                                             struct text text)
{
    struct header *header = &all->headers[encoding][delimiter];
    if (!header->read) {
        header->read = true;
        record_reader_open(&header->reader, head_of(text), delimiters[delimiter], false);
        header->sound = record_reader_next(&header->reader) && header->reader.fault == RECORD_SOUND;
        all->readable = all->readable || header->sound;
        all->too_many = all->too_many || header->reader.fault == RECORD_TOO_MANY_FIELDS;
    }
    return header->sound ? &header->reader : NULL;
}

static void close_headers(struct recognising *all)
{
    for (size_t encoding = 0; encoding < ENCODING_COUNT; encoding++) {
        for (size_t i = 0; i < DELIMITER_COUNT; i++) {
            if (all->headers[encoding][i].read)
                record_reader_close(&all->headers[encoding][i].reader);
        }
    }
}

/* Fits the header in each delimiter that the candidate allows, and keeps the best. */
static void try_delimiters(struct recognising *all, struct candidate *candidate, struct text text)
{
    struct candidate best = *candidate;
    best.lacking = SIZE_MAX;
    for (size_t i = 0; i < DELIMITER_COUNT; i++) {
        const char stated = candidate->profile != NULL ? candidate->profile->delimiter : '\0';
        const struct record_reader *header = NULL;
        if (stated == '\0' || stated == delimiters[i])
            header = header_of(all, candidate->encoding, i, text);
        if (header == NULL)
            continue;
        struct candidate trial = *candidate;
        trial.delimiter = delimiters[i];
        fit(&trial, header);
        if (is_better(&trial, &best)) {
            memory_free(best.used);
            best = trial;
        } else {
            memory_free(trial.used);
        }
    }
    *candidate = best;
}

/* False where the file is not in the encoding that it says itself or the user says. One that a profile says may be that of
 * another file. */
static bool add_candidate(struct recognising *all, const struct profile *profile, enum file_kind kind,
                          struct error *error)
{
    struct candidate candidate = {.profile = profile, .kind = kind, .encoding = ENCODING_UTF8};
    const bool said = all->texts->marked || all->options->encoding != NULL;
    if (all->texts->marked)
        candidate.encoding = all->texts->mark;
    else if (all->options->encoding != NULL)
        encoding_parse(text_of(all->options->encoding), &candidate.encoding);
    else if (profile != NULL)
        candidate.encoding = profile->encoding;
    struct text text = {0};
    if (!text_in(all, candidate.encoding, &text, said ? error : &all->undecodable))
        return !said;
    try_delimiters(all, &candidate, text);
    if (candidate.lacking != SIZE_MAX)
        all->candidates[all->count++] = candidate;
    return true;
}

/* Whether `a` uses every column that `b` does. */
static bool covers(const struct candidate *a, const struct candidate *b)
{
    if (b->used_count == 0)
        return true;
    if (a->delimiter != b->delimiter || a->encoding != b->encoding || a->field_count != b->field_count)
        return false;
    for (size_t i = 0; i < a->field_count; i++) {
        if (b->used[i] && !a->used[i])
            return false;
    }
    return true;
}

static bool is_practices(const struct candidate *candidate)
{
    return candidate->profile == NULL && candidate->kind == FILE_PRACTICES;
}

/* practices.csv requires so little that it yields to any other, and to a header that was meant to be another's and
 * lacks something: one with a column of another kind that practices.csv has not. */
static bool yields(const struct recognising *all, const struct candidate *practices)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct candidate *other = &all->candidates[i];
        if (!is_practices(other) && (other->lacking == 0 || (other->profile == NULL && !covers(practices, other))))
            return true;
    }
    return false;
}

static const char *candidate_name(const struct candidate *candidate)
{
    return candidate->profile != NULL ? candidate->profile->name : format_kinds[candidate->kind].name;
}

static bool refuse_two(const struct recognising *all, const struct candidate *a, const struct candidate *b,
                       struct error *error)
{
    return error_set(error, "%s: the header fits both %s and %s: %s", all->name, candidate_name(a), candidate_name(b),
                     a->profile == NULL && b->profile == NULL ? "split the file" : "choose one with --profile");
}

/* The candidate that fits and covers all others that do; NULL, with an error, where there are several and none such;
 * NULL without one where nothing fits. Only those from `first` to before `end`. */
static const struct candidate *choose(const struct recognising *all, size_t first, size_t end, bool *failed,
                                      struct error *error)
{
    const struct candidate *chosen = NULL, *other = NULL;
    for (size_t i = first; i < end; i++) {
        const struct candidate *candidate = &all->candidates[i];
        if (candidate->lacking > 0 || (is_practices(candidate) && yields(all, candidate)))
            continue;
        if (chosen == NULL || (candidate->used_count > chosen->used_count && covers(candidate, chosen)))
            chosen = candidate;
    }
    for (size_t i = first; chosen != NULL && i < end; i++) {
        const struct candidate *candidate = &all->candidates[i];
        if (candidate == chosen || candidate->lacking > 0 || is_practices(candidate))
            continue;
        if (candidate->used_count >= chosen->used_count || !covers(chosen, candidate))
            other = candidate;
    }
    *failed = other != NULL;
    if (other != NULL)
        refuse_two(all, chosen < other ? chosen : other, chosen < other ? other : chosen, error);
    return other == NULL ? chosen : NULL;
}

/* The required columns that a header lacks, a few of them by name. */
static void add_lacking(struct buffer *message, struct text text, const struct candidate *candidate)
{
    struct record_reader header;
    size_t named = 0;
    record_reader_open(&header, head_of(text), candidate->delimiter, false);
    record_reader_next(&header);
    for (size_t i = 0; i < column_count(candidate); i++) {
        const struct text name = column_name(candidate, i);
        if (!is_required(candidate, i) || record_find_field(&header, name) != SIZE_MAX)
            continue;
        if (named++ < NAMES_SHOWN)
            buffer_add_formatted(message, "%s%.*s", named > 1 ? ", " : "", (int)name.length, name.bytes);
    }
    if (named > NAMES_SHOWN)
        buffer_add_formatted(message, " and %zu more", named - NAMES_SHOWN);
    record_reader_close(&header);
}

bool recognise_explain(const char *name, struct text text, char delimiter, const struct profile *profile,
                       struct error *error)
{
    const struct candidate candidate = {.profile = profile,
                                        .delimiter = profile->delimiter != '\0' ? profile->delimiter : delimiter};
    struct buffer lacking = buffer_with_maximum(ERROR_MESSAGE_MAX / 2);
    add_lacking(&lacking, text, &candidate);
    if (lacking.length > 0)
        error_set(error, "the profile %s fits none of the files: %s lacks %s", profile->name, name, lacking.bytes);
    else
        error_set(error, "the profile %s is used for none of the files: another fits %s better, or it is not in %s",
                  profile->name, name, encoding_names[profile->encoding]);
    buffer_release(&lacking);
    return false;
}

/* The nearest candidate before `end` that is not yet told of: fewest columns lacking, the first of equals. After the
 * first only profiles are asked for, since canonical kinds have most names in common. Of those that nobody named only
 * such as have something in the header; practices where no other has. */
static const struct candidate *next_nearest(const struct recognising *all, const bool *told, size_t end,
                                            bool profiles_only, bool was_named)
{
    const struct candidate *nearest = NULL;
    for (size_t i = 0; i < end; i++) {
        const struct candidate *candidate = &all->candidates[i];
        if (told[i] || candidate->lacking == 0 || (profiles_only && candidate->profile == NULL) ||
            (!was_named && candidate->used_count + candidate->miscased == 0))
            continue;
        const bool nearer =
            nearest == NULL || candidate->lacking - candidate->miscased < nearest->lacking - nearest->miscased;
        if (nearest == NULL || is_practices(nearest) || (nearer && !is_practices(candidate)))
            nearest = candidate;
    }
    return nearest;
}

/* The header in the encoding and delimiter of a candidate. */
static const struct record_reader *header_as(const struct recognising *all, const struct candidate *candidate)
{
    size_t delimiter = 0;
    while (delimiters[delimiter] != candidate->delimiter)
        delimiter++;
    return &all->headers[candidate->encoding][delimiter].reader;
}

/* A name in the header that is right but for its capitals. */
static bool refuse_miscased(const struct recognising *all, const struct candidate *candidate, struct error *error)
{
    const struct record_reader *header = header_as(all, candidate);
    const struct text own = header->fields[candidate->miscased_field],
                      name = column_name(candidate, candidate->miscased_column);
    char more[64] = "";
    if (candidate->miscased > 1)
        snprintf(more, sizeof more, " (and %zu more likewise)", candidate->miscased - 1);
    return error_set(error, "%s:%" PRId64 ": the column %.*s must be named %.*s%s: capitals make a difference",
                     all->name, header->line, (int)own.length, own.bytes, (int)name.length, name.bytes, more);
}

/* Whether a line above the header tells Excel which delimiter the file has. */
static bool is_delimiter_line(const struct record_reader *header)
{
    static const size_t length = sizeof "sep=," - 1;
    return header->length == length && text_equal_ignoring_case((struct text){header->begin, length - 1}, TEXT("sep="));
}

/* No column of any candidate is there. */
static bool refuse_strange(const struct recognising *all, struct error *error)
{
    const struct record_reader *header = header_as(all, &all->candidates[0]);
    if (is_delimiter_line(header))
        return error_set(error,
                         "%s:%" PRId64
                         ": a line that tells Excel the delimiter (sep=) stands above the header: take it "
                         "away",
                         all->name, header->line);
    return error_set(error,
                     "%s:%" PRId64 ": no known column is in this line: is there a title above the header, or does the "
                     "file need a profile?",
                     all->name, header->line);
}

static bool refuse_all(const struct recognising *all, size_t named, struct error *error)
{
    bool *told = memory_allocate_zeroed(all->count + 1, sizeof *told);
    struct buffer message = buffer_with_maximum(ERROR_MESSAGE_MAX - 1);
    const struct candidate *first = NULL;
    for (size_t shown = 0; shown < NEAR_MISSES_SHOWN; shown++) {
        /* First what the user named. */
        const bool was_named = shown == 0 && named > 0;
        const struct candidate *candidate =
            next_nearest(all, told, was_named ? named : all->count, shown > 0, was_named);
        /* After the nearest only those that have some of what they need. */
        if (candidate == NULL || (shown > 0 && candidate->lacking * 2 > candidate->required))
            break;
        first = first != NULL ? first : candidate;
        told[candidate - all->candidates] = true;
        buffer_add_formatted(&message, "%s%s, but without ", shown > 0 ? "; next " : "", candidate_name(candidate));
        add_lacking(&message, all->texts->texts[candidate->encoding], candidate);
    }
    if (first == NULL)
        refuse_strange(all, error);
    else if (first->miscased > 0)
        refuse_miscased(all, first, error);
    else
        error_set(error, "%s: unknown header: nearest to %s", all->name, message.bytes);
    buffer_release(&message);
    memory_free(told);
    return false;
}

/* The bytes are not UTF-8, or no CSV. */
static bool refuse_unreadable(const struct recognising *all, struct error *error)
{
    const struct text text = head_of(all->texts->bytes);
    size_t offset;
    struct record_reader header;
    record_reader_open(&header, text, ',', false);
    const bool bad_bytes =
        record_reader_next(&header) && header.fault == RECORD_BAD_UTF8 && !text_is_utf8(text, &offset);
    int64_t line = 1, column = 1;
    if (bad_bytes)
        record_offset_position(&header, header.fault_offset, &line, &column);
    record_reader_close(&header);
    if (bad_bytes)
        return error_set(error,
                         "%s:%" PRId64 ":%" PRId64 ": the header holds a byte that is not UTF-8: if the file is in "
                         "another encoding, say which (--encoding windows-1252, say)",
                         all->name, line, column);
    if (memchr(text.bytes, '\0', text.length < 2 ? text.length : 2) != NULL)
        return error_set(error,
                         "%s:1: the header holds NUL bytes: if the file is in UTF-16, say so (--encoding utf-16le)",
                         all->name);
    return error_set(error, "%s:1: the header row can't be read: is this a CSV file in UTF-8?", all->name);
}

/* Nothing fits. */
static bool refuse(const struct recognising *all, size_t named, struct error *error)
{
    if (all->undecodable.message[0] != '\0')
        return error_set(error, "%s", all->undecodable.message);
    if (all->too_many)
        return error_set(error, "%s: the header has more than %d columns", all->name, RECORD_FIELDS_MAX);
    return !all->readable ? refuse_unreadable(all, error) : refuse_all(all, named, error);
}

static bool settle(const struct recognising *all, size_t named, struct recognition *recognition, struct error *error)
{
    bool failed;
    const struct candidate *chosen = choose(all, 0, named, &failed, error);
    if (chosen == NULL && !failed)
        chosen = choose(all, named, all->count, &failed, error);
    if (chosen == NULL)
        return failed ? false : refuse(all, named, error);
    *recognition = (struct recognition){
        .profile = chosen->profile,
        .kind = chosen->kind,
        .encoding = chosen->encoding,
        .delimiter = chosen->delimiter,
    };
    return true;
}

/* Files that are no text, or not as it is read here, by how they begin. */
static bool check_first_bytes(const char *name, const struct file_texts *texts, struct error *error)
{
    static const struct {
        struct text bytes;
        const char *what;
    } known[] = {
        {{"PK\x03\x04", 4},
         "is an Excel workbook or a ZIP archive: save the sheet as CSV UTF-8 (comma delimited), or unpack "
         "the archive"},
        {{"\xD0\xCF\x11\xE0", 4}, "is an Excel workbook: save the sheet as CSV UTF-8 (comma delimited)"},
        {{"\x1F\x8B", 2}, "is compressed: unpack it first"},
        {{"\xFE\xFF", 2}, "is in UTF-16 with the high byte first (big-endian): save it as UTF-8"},
    };
    enum encoding mark;
    if (texts->marked && encoding_mark(texts->bytes, &mark) > 0)
        return error_set(error, "%s: starts with two byte order marks: take one away", name);
    for (size_t i = 0; !texts->marked && i < sizeof known / sizeof *known; i++) {
        const struct text bytes = known[i].bytes;
        if (texts->bytes.length >= bytes.length && memcmp(texts->bytes.bytes, bytes.bytes, bytes.length) == 0)
            return error_set(error, "%s: %s", name, known[i].what);
    }
    return true;
}

bool recognise_file(const char *name, struct file_texts *texts, const struct reading_options *options,
                    struct recognition *recognition, struct error *error)
{
    const size_t built_in = options->built_in != NULL ? options->built_in->count : 0;
    struct recognising all = {.name = name, .texts = texts, .options = options};
    all.candidates = memory_allocate_zeroed(options->named_count + FILE_KIND_COUNT + built_in, sizeof *all.candidates);
    bool done = check_first_bytes(name, texts, error);
    for (size_t i = 0; done && i < options->named_count; i++)
        done = add_candidate(&all, options->named[i], FILE_REFERRALS, error);
    const size_t named = all.count;
    for (size_t kind = 0; done && kind < FILE_KIND_COUNT; kind++)
        done = add_candidate(&all, NULL, (enum file_kind)kind, error);
    for (size_t i = 0; done && i < built_in; i++)
        done = add_candidate(&all, options->built_in->profiles[i], FILE_REFERRALS, error);
    done = done && settle(&all, named, recognition, error);
    for (size_t i = 0; i < all.count; i++)
        memory_free(all.candidates[i].used);
    memory_free(all.candidates);
    close_headers(&all);
    return done;
}
