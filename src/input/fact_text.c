#include "referlens/input/fact_text.h"

#include "referlens/base/memory.h"

#include <string.h>

enum { PART = 0x1f, INTEGER_BYTES_MAX = 24, ESCAPED_BYTES_MAX = 6 };

void fact_pack_release(struct fact_pack *pack)
{
    if (pack == NULL)
        return;
    memory_free(pack->bytes);
    memory_free(pack->keys);
    memory_free(pack->segments);
    *pack = (struct fact_pack){0};
}

/* Whether a byte stands for itself in a JSON string and between our marks. */
static bool is_plain(char byte)
{
    return (unsigned char)byte >= 0x20 && byte != '"' && byte != '\\';
}

static bool all_plain(struct text value)
{
    size_t i = 0;
    for (; i + 8 <= value.length; i += 8) { /* bytes at a time; a carry may only find too many */
        uint64_t word;
        memcpy(&word, value.bytes + i, sizeof word);
        const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
        const uint64_t quote = word ^ '"' * ones, backslash = word ^ '\\' * ones;
        if ((((word - 0x20 * ones) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & tops)
            break;
    }
    for (; i < value.length; i++) {
        if (!is_plain(value.bytes[i]))
            return false;
    }
    return true;
}

static size_t escape(struct text value, uint8_t *to)
{
    static const char digits[] = "0123456789abcdef";
    size_t length = 0;
    for (size_t i = 0; i < value.length; i++) {
        const unsigned char byte = (unsigned char)value.bytes[i];
        if (byte < 0x20) {
            const uint8_t escaped[] = {'\\', 'u', '0', '0', (uint8_t)('0' + (byte >> 4)), (uint8_t)digits[byte & 15]};
            memcpy(to + length, escaped, sizeof escaped);
            length += sizeof escaped;
        } else {
            if (!is_plain((char)byte))
                to[length++] = '\\';
            to[length++] = byte;
        }
    }
    return length;
}

static struct text value_of(const struct row_view *view, size_t column)
{
    return view->columns[column] == FIELD_ABSENT ? (struct text){0} : view->values[view->columns[column]];
}

static size_t put_integer(int64_t value, uint8_t *to)
{
    char digits[INTEGER_BYTES_MAX];
    size_t length = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[length++] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (value < 0)
        digits[length++] = '-';
    for (size_t i = 0; i < length; i++)
        to[i] = (uint8_t)digits[length - 1 - i];
    return length;
}

static int64_t order_of(const struct row_view *view)
{
    return view->mapped != NULL ? view->mapped->order : INT64_MAX;
}

/* What a fact is one of: a few values of it, or all. Of the rows that a profile makes into one referral each is one by
 * itself, as it is for the reader to choose among them. */
static uint64_t identity_of(const struct made_row *made, struct text all)
{
    struct {
        uint64_t key;
        int64_t parts[3];
    } identity;
    memset(&identity, 0, sizeof identity);
    const struct row_view *view = &made->view;
    identity.parts[0] = view->kind;
    switch (view->kind) {
    case FILE_REFERRALS:
        identity.key = text_hash(made->decoded.referral.id);
        identity.parts[1] = order_of(view) != INT64_MAX;
        identity.parts[2] = identity.parts[1] ? order_of(view) : 0;
        break;
    case FILE_OUTCOMES:
        identity.key = text_hash(made->decoded.event.id);
        identity.parts[1] = (int64_t)made->decoded.event.row.date << 8 | made->decoded.event.row.type;
        identity.parts[2] = made->decoded.event.row.sequence;
        break;
    case FILE_PRACTICES:
        identity.key = text_hash(made->decoded.practice.practice);
        identity.parts[1] =
            (int64_t)(text_hash(made->decoded.practice.age_band) ^ text_hash(made->decoded.practice.sex) * 3);
        identity.parts[2] = made->decoded.practice.period;
        break;
    case FILE_SCHEMES:
        identity.key = text_hash(made->decoded.scheme.practice);
        identity.parts[1] = (int64_t)text_hash(made->decoded.scheme.specialty);
        identity.parts[2] = made->decoded.scheme.start;
        break;
    case FILE_SESSIONS:
    case FILE_KIND_COUNT:
        identity.key = text_hash(all);
        break;
    }
    return text_hash((struct text){(const char *)&identity, sizeof identity});
}

/* The values where they lie side by side, one byte apart, as in a canonical record without blanks; empty otherwise. */
static struct text in_one_piece(const struct row_view *view, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        if (view->columns[i] != i ||
            (i > 0 && view->values[i].bytes != view->values[i - 1].bytes + view->values[i - 1].length + 1))
            return (struct text){0};
    }
    const struct text *last = &view->values[columns - 1];
    return (struct text){view->values[0].bytes, (size_t)(last->bytes + last->length - view->values[0].bytes)};
}

/* Writes the values, a mark before each; returns the end. */
static uint8_t *put_values(const struct row_view *view, size_t columns, uint8_t *at)
{
    const struct text piece = in_one_piece(view, columns);
    if (piece.length > 0 && all_plain(piece)) {
        memcpy(at + 1, piece.bytes, piece.length);
        for (size_t i = 0; i < columns; i++)
            at[view->values[i].bytes - piece.bytes] = PART;
        return at + 1 + piece.length;
    }
    for (size_t i = 0; i < columns; i++) {
        const struct text value = value_of(view, i);
        *at++ = PART;
        if (!all_plain(value)) {
            at += escape(value, at);
        } else if (value.length > 0) {
            memcpy(at, value.bytes, value.length);
            at += value.length;
        }
    }
    return at;
}

static size_t last_segment_end(const struct fact_pack *pack)
{
    return pack->segment_count == 0 ? 0 : pack->segments[pack->segment_count - 1].end;
}

static void end_segment(struct fact_pack *pack)
{
    pack->segments =
        memory_grow(pack->segments, &pack->segment_capacity, pack->segment_count + 1, sizeof *pack->segments);
    pack->segments[pack->segment_count++] = (struct fact_segment){pack->length, pack->count};
}

void fact_pack_add(struct fact_pack *pack, const struct made_row *made)
{
    const struct row_view *view = &made->view;
    const size_t columns = format_kinds[view->kind].column_count;
    const int64_t order = order_of(view);
    size_t room = 2 * (INTEGER_BYTES_MAX + 1) + columns + 1;
    for (size_t i = 0; i < columns; i++)
        room += ESCAPED_BYTES_MAX * value_of(view, i).length;
    pack->bytes = memory_grow(pack->bytes, &pack->capacity, pack->length + room, 1);
    uint8_t *at = pack->bytes + pack->length;
    at += put_integer(view->record->line, at);
    *at++ = PART;
    if (order != INT64_MAX)
        at += put_integer(order, at);
    const uint8_t *values = at;
    at = put_values(view, columns, at);
    const struct text all = {(const char *)values, (size_t)(at - values)};
    *at++ = '\n';
    pack->keys = memory_grow(pack->keys, &pack->key_capacity, pack->count + 1, sizeof *pack->keys);
    pack->keys[pack->count++] = (struct fact_key){identity_of(made, all), text_hash(all)};
    pack->length = (size_t)(at - pack->bytes);
    if (pack->length - last_segment_end(pack) >= FACT_SEGMENT_BYTES)
        end_segment(pack);
}

void fact_pack_finish(struct fact_pack *pack)
{
    if (pack->length > last_segment_end(pack))
        end_segment(pack);
}

void fact_pack_release_text(struct fact_pack *pack)
{
    memory_free(pack->bytes);
    pack->bytes = NULL;
    pack->length = pack->capacity = 0;
}

struct text fact_text_last(struct text line)
{
    size_t begin = line.length;
    while (begin > 0 && line.bytes[begin - 1] != PART)
        begin--;
    return (struct text){line.bytes + begin, line.length - begin};
}

bool fact_text_has_order(struct text line)
{
    const char *part = line.length > 0 ? memchr(line.bytes, PART, line.length) : NULL;
    return part != NULL && part + 1 < line.bytes + line.length && part[1] != PART;
}

bool fact_text_is_bare(struct text line)
{
    static const char details[] = {PART, PART, PART}; /* reason_code, referrer_contacted, patient_consulted */
    return line.length >= sizeof details &&
           memcmp(line.bytes + line.length - sizeof details, details, sizeof details) == 0;
}

void fact_pack_find_bare(const struct fact_pack *pack, bool *bare)
{
    const char *at = (const char *)pack->bytes, *const end = at + pack->length;
    for (size_t fact = 0; at < end; fact++) {
        const char *next = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
        bare[fact] = fact_text_is_bare((struct text){at, (size_t)(next - at) - 1});
        at = next;
    }
}

/* Behind the line's number and the order. */
struct text fact_text_id(struct text line)
{
    const char *at = line.bytes, *const end = line.bytes + line.length;
    for (int i = 0; i < 2; i++) {
        at = at < end ? memchr(at, PART, (size_t)(end - at)) : NULL;
        if (at == NULL)
            return (struct text){0};
        at++;
    }
    const char *stop = at < end ? memchr(at, PART, (size_t)(end - at)) : NULL;
    return (struct text){at, (size_t)((stop != NULL ? stop : end) - at)};
}

void fact_reader_open(struct fact_reader *reader, struct text text, enum file_kind kind)
{
    *reader = (struct fact_reader){.left = text, .kind = kind, .unescaped = buffer_with_maximum(SIZE_MAX / 2)};
}

void fact_reader_close(struct fact_reader *reader)
{
    if (reader == NULL)
        return;
    buffer_release(&reader->unescaped);
}

static int digit_of(char byte)
{
    return byte >= '0' && byte <= '9' ? byte - '0' : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Adds the value's bytes as they were before escaping; false where they were never escaped by us. */
static bool unescape(struct text value, struct buffer *to)
{
    for (size_t i = 0; i < value.length; i++) {
        char byte = value.bytes[i];
        if (byte == '\\') {
            if (++i == value.length)
                return false;
            byte = value.bytes[i];
            if (byte == 'u') {
                if (value.length - i < 5)
                    return false;
                const int high = digit_of(value.bytes[i + 3]), low = digit_of(value.bytes[i + 4]);
                if (high < 0 || low < 0)
                    return false;
                byte = (char)(high << 4 | low);
                i += 4;
            }
        }
        buffer_add_character(to, byte);
    }
    return true;
}

/* Replaces escaped values by what they stand for. */
static bool unescape_values(struct fact_reader *reader, size_t columns)
{
    size_t offsets[COLUMN_COUNT_MAX];
    buffer_clear(&reader->unescaped);
    for (size_t i = 0; i < columns; i++) {
        offsets[i] = reader->unescaped.length;
        if (!unescape(reader->values[i], &reader->unescaped))
            return false;
        reader->values[i].length = reader->unescaped.length - offsets[i];
    }
    for (size_t i = 0; i < columns; i++)
        reader->values[i].bytes = reader->unescaped.bytes != NULL ? reader->unescaped.bytes + offsets[i] : "";
    return true;
}

/* The next part of a line, up to a mark or the line's end. */
static struct text take_part(struct text *line, bool *last)
{
    const char *end = line->length > 0 ? memchr(line->bytes, PART, line->length) : NULL;
    *last = end == NULL;
    const struct text part = {line->bytes, end == NULL ? line->length : (size_t)(end - line->bytes)};
    const size_t taken = part.length + (*last ? 0 : 1);
    *line = (struct text){line->bytes + taken, line->length - taken};
    return part;
}

static bool read_line(struct fact_reader *reader, struct text line)
{
    const size_t columns = format_kinds[reader->kind].column_count;
    const bool escaped = memchr(line.bytes, '\\', line.length) != NULL;
    bool last = false;
    if (!text_to_integer(take_part(&line, &last), &reader->line) || last)
        return false;
    const struct text order = take_part(&line, &last);
    reader->order = INT64_MAX;
    if (last || (order.length > 0 && !text_to_integer(order, &reader->order)))
        return false;
    for (size_t i = 0; i < columns; i++) {
        reader->values[i] = take_part(&line, &last);
        if (last != (i + 1 == columns))
            return false;
    }
    return !escaped || unescape_values(reader, columns);
}

bool fact_reader_next(struct fact_reader *reader)
{
    if (reader->left.length == 0 || reader->damaged)
        return false;
    const char *end = memchr(reader->left.bytes, '\n', reader->left.length);
    if (end == NULL) {
        reader->damaged = true;
        return false;
    }
    const struct text line = {reader->left.bytes, (size_t)(end - reader->left.bytes)};
    reader->left.bytes += line.length + 1;
    reader->left.length -= line.length + 1;
    reader->damaged = line.length == 0 || !read_line(reader, line);
    return !reader->damaged;
}
