#include "referlens/input/recognise.h"

#include "referlens/base/memory.h"
#include "referlens/input/candidate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DELIMITER_COUNT = 4, NEAR_MISSES_SHOWN = 3 };
static const char delimiters[DELIMITER_COUNT] = {',', ';', '\t', '|'};

struct recognising {
    const char *name;
    struct file_texts *texts;
    const struct reading_options *options;
    struct candidate *candidates;
    size_t count;
    struct header {
        bool read, sound;
        struct record_reader reader;            /* at the header */
    } headers[ENCODING_COUNT][DELIMITER_COUNT]; /* each read once */
    bool readable;                              /* a header could be read at all */
    bool too_many;                              /* one has more columns than are read */
    struct error undecodable; /* why the file is not in the encoding of some profile; empty: it is, in all */
};

void file_texts_release(struct file_texts *texts)
{
    if (texts == NULL)
        return;
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

/* The header in an encoding and a delimiter; NULL where it can't be read. */
static const struct record_reader *header_of(struct recognising *all, enum encoding encoding, size_t delimiter,
                                             struct text text)
{
    struct header *header = &all->headers[encoding][delimiter];
    if (!header->read) {
        header->read = true;
        record_reader_open(&header->reader, candidate_head(text), delimiters[delimiter], false);
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
        candidate_fit(&trial, header);
        if (candidate_is_better(&trial, &best)) {
            memory_free(best.used);
            best = trial;
        } else {
            memory_free(trial.used);
        }
    }
    *candidate = best;
}

/* False where the file is not in the encoding that it says itself or the user says. One that a profile says may be that
 * of another file. */
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
        if (!is_practices(other) &&
            (other->lacking == 0 || (other->profile == NULL && !candidate_covers(practices, other))))
            return true;
    }
    return false;
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
        if (chosen == NULL || (candidate->used_count > chosen->used_count && candidate_covers(candidate, chosen)))
            chosen = candidate;
    }
    for (size_t i = first; chosen != NULL && i < end; i++) {
        const struct candidate *candidate = &all->candidates[i];
        if (candidate == chosen || candidate->lacking > 0 || is_practices(candidate))
            continue;
        /* A profile that has no more to say leaves the file to its own kind. */
        if (chosen->profile == NULL && candidate->profile != NULL && candidate_covers(chosen, candidate))
            continue;
        if (candidate->used_count >= chosen->used_count || !candidate_covers(chosen, candidate))
            other = candidate;
    }
    *failed = other != NULL;
    if (other != NULL)
        refuse_two(all, chosen < other ? chosen : other, chosen < other ? other : chosen, error);
    return other == NULL ? chosen : NULL;
}

bool recognise_explain(const char *name, struct text text, char delimiter, const struct profile *profile,
                       struct error *error)
{
    const struct candidate candidate = {.profile = profile,
                                        .delimiter = profile->delimiter != '\0' ? profile->delimiter : delimiter};
    struct buffer lacking = buffer_with_maximum(ERROR_MESSAGE_MAX / 2);
    candidate_add_lacking(&lacking, text, &candidate, true);
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

/* A name in the header that is nearly right. */
static bool refuse_miscased(const struct recognising *all, const struct candidate *candidate, struct error *error)
{
    const struct record_reader *header = header_as(all, candidate);
    const struct text own = header->fields[candidate->miscased_field],
                      name = candidate_column_name(candidate, candidate->miscased_column);
    char more[64] = "";
    if (candidate->miscased > 1)
        snprintf(more, sizeof more, " (and %zu more likewise)", candidate->miscased - 1);
    struct buffer lacking = buffer_with_maximum(ERROR_MESSAGE_MAX / 2);
    const size_t besides = candidate->lacking - candidate->miscased;
    if (besides > 0 && candidate->used_count + candidate->miscased > besides) { /* it was meant */
        buffer_add_string(&lacking, "; lacking besides: ");
        candidate_add_lacking(&lacking, all->texts->texts[candidate->encoding], candidate, false);
    }
    error_set(error, "%s:%" PRId64 ": the column %.*s must be named %.*s%s: names are matched to the letter%s",
              all->name, header->line, (int)own.length, own.bytes, (int)name.length, name.bytes, more,
              lacking.length > 0 ? lacking.bytes : "");
    buffer_release(&lacking);
    return false;
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
                     "%s:%" PRId64 ": no known column is in this line: is there a title above the header? Expected are "
                     "referral_id, practice_code, referral_date, specialty_code … (see 'referlens list columns'); for "
                     "other names write a profile (see 'referlens list profiles')",
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
        candidate_add_lacking(&message, all->texts->texts[candidate->encoding], candidate, true);
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
    const struct text text = candidate_head(all->texts->bytes);
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

/* A profile that would use more of the header than the kind that was chosen, had it the columns that go with others. */
static const struct candidate *find_unpaired(const struct recognising *all, const struct candidate *chosen)
{
    for (size_t i = 0; chosen->profile == NULL && i < all->count; i++) {
        const struct candidate *candidate = &all->candidates[i];
        if (candidate->lacking > 0 && candidate->lacking == candidate->unpaired &&
            candidate->used_count > chosen->used_count && candidate_covers(candidate, chosen))
            return candidate;
    }
    return NULL;
}

/* Columns would go unused that were meant to be read. */
static bool refuse_unpaired(const struct recognising *all, const struct candidate *chosen,
                            const struct candidate *candidate, struct error *error)
{
    struct buffer lacking = buffer_with_maximum(ERROR_MESSAGE_MAX / 2);
    candidate_add_lacking(&lacking, all->texts->texts[candidate->encoding], candidate, true);
    error_set(
        error,
        "%s: as %s it lacks %s, without which other columns say nothing; if they are to say nothing, it is read as "
        "%s with --profile canonical",
        all->name, candidate_name(candidate), lacking.bytes, candidate_name(chosen));
    buffer_release(&lacking);
    return false;
}

static bool settle(const struct recognising *all, size_t named, struct recognition *recognition, struct error *error)
{
    bool failed;
    const struct candidate *chosen = choose(all, 0, named, &failed, error);
    if (chosen == NULL && !failed)
        chosen = choose(all, named, all->count, &failed, error);
    if (chosen == NULL)
        return failed ? false : refuse(all, named, error);
    const struct candidate *unpaired = find_unpaired(all, chosen);
    if (unpaired != NULL)
        return refuse_unpaired(all, chosen, unpaired, error);
    *recognition = (struct recognition){
        .profile = chosen->profile,
        .kind = chosen->kind,
        .encoding = chosen->encoding,
        .delimiter = chosen->delimiter,
    };
    return true;
}

/* Whether two characters of ASCII stand at the start, each behind a NUL. */
static bool is_big_endian(struct text text)
{
    return text.length >= 4 && text.bytes[0] == '\0' && text.bytes[2] == '\0' && text.bytes[1] >= ' ' &&
           text.bytes[1] < 0x7f && text.bytes[3] >= ' ' && text.bytes[3] < 0x7f;
}

/* Files that are no text, or not as it is read here, by how they begin. */
static bool check_first_bytes(const char *name, const struct file_texts *texts, struct error *error)
{
    static const char big_endian[] =
        "is in UTF-16 with the high byte first (big-endian), which is not read: save it as "
        "UTF-8 (utf-8, windows-1252 and utf-16le are read)";
    static const struct {
        struct text bytes;
        const char *what;
    } known[] = {
        {{"PK\x03\x04", 4},
         "is an Excel workbook or a ZIP archive: save the sheet as CSV UTF-8 (comma delimited), or unpack "
         "the archive"},
        {{"\xD0\xCF\x11\xE0", 4}, "is an Excel workbook: save the sheet as CSV UTF-8 (comma delimited)"},
        {{"\x1F\x8B", 2}, "is compressed: unpack it first"},
        {{"\xFE\xFF", 2}, big_endian},
    };
    enum encoding mark;
    if (texts->marked && encoding_mark(texts->bytes, &mark) > 0)
        return error_set(error, "%s: starts with two byte order marks: take one away", name);
    for (size_t i = 0; !texts->marked && i < sizeof known / sizeof *known; i++) {
        const struct text bytes = known[i].bytes;
        if (texts->bytes.length >= bytes.length && memcmp(texts->bytes.bytes, bytes.bytes, bytes.length) == 0)
            return error_set(error, "%s: %s", name, known[i].what);
    }
    if (!texts->marked && is_big_endian(texts->bytes))
        return error_set(error, "%s: %s", name, big_endian);
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
