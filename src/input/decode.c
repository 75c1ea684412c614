#include "referlens/input/decode.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char problem_missing[] = "a required field is empty";
const char problem_date[] = "not a date";
const char problem_word[] = "not one of the known words";
const char problem_number[] = "not a number in range";
const char problem_period[] = "not a quarter";
const char problem_few_fields[] = "too few fields";
const char problem_many_fields[] = "too many fields";
const char problem_stray_quote[] = "stray quote";
const char problem_unclosed_quote[] = "quote that never closes";
const char problem_nul[] = "NUL byte";
const char problem_utf8[] = "invalid UTF-8";
const char problem_too_long[] = "record longer than 1 MiB";
const char problem_id_too_long[] = "an id longer than 4,095 bytes";
const char problem_conflict[] = "conflict: another row of the same key differs";
const char problem_dates_reversed[] = "before the start_date";

enum { SHOWN_MAX = 40 };

/* One record being decoded. Of several problems the one in the first field is kept. */
struct decoding {
    const struct input_file *file;
    const struct record_reader *record;
    struct problem *problem;
    bool failed;
    size_t failed_field;
};

static struct text field(const struct decoding *decoding, size_t column)
{
    const size_t index = decoding->file->columns[column];
    return index == FIELD_ABSENT ? (struct text){0} : decoding->record->fields[index];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Three numbers between two like separators, four digits in the first or last and two at most in the others; a time of
 * day may follow. */
static bool looks_like_date(struct text value)
{
    size_t lengths[3] = {0}, part = 0, i = 0;
    char separator = '\0';
    for (; i < value.length && part < 3; i++) {
        const char c = value.bytes[i];
        if (is_digit(c)) {
            lengths[part]++;
        } else if (part < 2 && (c == '/' || c == '-' || c == '.') && (part == 0 || c == separator)) {
            separator = c;
            part++;
        } else {
            break;
        }
    }
    for (size_t k = i; k < value.length; k++) {
        if (strchr("0123456789:. TZ", value.bytes[k]) == NULL)
            return false;
    }
    const size_t longer = lengths[0] > lengths[2] ? lengths[0] : lengths[2];
    const size_t shorter = lengths[0] > lengths[2] ? lengths[2] : lengths[0];
    const bool time_follows = i == value.length || value.bytes[i] == ' ' || value.bytes[i] == 'T';
    return part == 2 && time_follows && shorter >= 1 && shorter <= 2 && (longer == 4 || longer == 2) &&
           lengths[1] >= 1 && lengths[1] <= 2;
}

/* Words of small letters, each perhaps with a capital at its start, or capitals joined by "_", as code lists have them. */
static bool looks_like_words(struct text value)
{
    bool capitals = false, joined = false;
    for (size_t i = 0; i < value.length; i++) {
        const char c = value.bytes[i];
        const bool starts = i == 0 || strchr(" -_", value.bytes[i - 1]) != NULL;
        const bool capital = c >= 'A' && c <= 'Z';
        if (!capital && !(c >= 'a' && c <= 'z') && c != ' ' && c != '-' && c != '_')
            return false;
        joined = joined || c == '_';
        capitals = capitals || (capital && !starts);
    }
    return !capitals || joined;
}

/* A few digits, as a sequence or a decile has them. */
static bool looks_like_number(struct text value)
{
    size_t digits = 0;
    for (size_t i = 0; i < value.length; i++) {
        if (!is_digit(value.bytes[i]) && value.bytes[i] != '.' && value.bytes[i] != '-')
            return false;
        digits += is_digit(value.bytes[i]);
    }
    return digits <= 3;
}

/* True where the value can't be an identifier that came from another column. */
static bool may_show(enum column_content content, struct text value)
{
    if (value.length > SHOWN_MAX)
        return false;
    return (content == CONTENT_DATE && looks_like_date(value)) || (content == CONTENT_WORD && looks_like_words(value)) ||
           (content == CONTENT_NUMBER && looks_like_number(value));
}

static void fail(struct decoding *decoding, const char *category, size_t column, const char *expected)
{
    const size_t index = decoding->file->columns[column];
    if (decoding->failed && decoding->failed_field <= index)
        return;
    decoding->failed = true;
    decoding->failed_field = index;
    struct problem *problem = decoding->problem;
    const struct format_column *of = &format_kinds[decoding->file->kind].columns[column];
    const struct text value = field(decoding, column);
    problem->category = category;
    record_field_position(decoding->record, index == FIELD_ABSENT ? 0 : index, &problem->line, &problem->column);
    if (category == problem_missing)
        snprintf(problem->message, sizeof problem->message, "%s is empty", of->name);
    else if (may_show(of->content, value))
        snprintf(problem->message, sizeof problem->message, "%s '%.*s' is %s (expected %s)", of->name,
                 (int)value.length, value.bytes, category, expected);
    else
        snprintf(problem->message, sizeof problem->message, "%s is %s (expected %s; value not shown)", of->name,
                 category, expected);
}

static struct text required_text(struct decoding *decoding, size_t column)
{
    const struct text value = field(decoding, column);
    if (value.length == 0)
        fail(decoding, problem_missing, column, "");
    return value;
}

static day decode_date(struct decoding *decoding, size_t column)
{
    const struct text value = field(decoding, column);
    day date = DAY_UNKNOWN;
    if (value.length == 0) {
        if (format_kinds[decoding->file->kind].columns[column].required)
            fail(decoding, problem_missing, column, "");
    } else if (!day_parse(value, &date)) {
        fail(decoding, problem_date, column, "YYYY-MM-DD");
    }
    return date;
}

/* The value of a word, or `blank` where the field is empty and not required. */
static uint8_t decode_word(struct decoding *decoding, size_t column, const char *const *names, size_t count,
                           uint8_t blank, const char *expected)
{
    const struct text value = field(decoding, column);
    if (value.length == 0) {
        if (format_kinds[decoding->file->kind].columns[column].required)
            fail(decoding, problem_missing, column, "");
        return blank;
    }
    const size_t found = vocabulary_find(names, count, value);
    if (found == count)
        fail(decoding, problem_word, column, expected);
    return (uint8_t)found;
}

static double decode_amount(struct decoding *decoding, size_t column)
{
    const struct text value = field(decoding, column);
    double amount = NAN;
    if (value.length > 0 && (!text_to_number(value, &amount) || amount < 0))
        fail(decoding, problem_number, column, "a number of at least 0");
    return amount;
}

static bool refuse(struct problem *problem, const char *category, const struct record_reader *record, size_t offset,
                   const char *message)
{
    problem->category = category;
    record_offset_position(record, offset, &problem->line, &problem->column);
    snprintf(problem->message, sizeof problem->message, "%s", message);
    return false;
}

bool decode_record(const struct input_file *file, const struct record_reader *record, struct problem *problem)
{
    const size_t at = record->fault_offset;
    switch (record->fault) {
    case RECORD_STRAY_QUOTE:
        return refuse(problem, problem_stray_quote, record, at,
                      "stray quote (quote the whole field, and double the quotes inside it)");
    case RECORD_UNCLOSED_QUOTE:
        return refuse(problem, problem_unclosed_quote, record, at, "the quote that opens here never closes");
    case RECORD_NUL_BYTE:
        return refuse(problem, problem_nul, record, at, "NUL byte");
    case RECORD_BAD_UTF8:
        return refuse(problem, problem_utf8, record, at, "invalid UTF-8: save the file as UTF-8");
    case RECORD_TOO_LONG:
        return refuse(problem, problem_too_long, record, at, problem_too_long);
    case RECORD_TOO_MANY_FIELDS:
    case RECORD_SOUND:
        break;
    }
    if (record->field_count == file->header_count && record->fault == RECORD_SOUND)
        return true;
    const bool few = record->field_count < file->header_count;
    problem->category = few ? problem_few_fields : problem_many_fields;
    record_field_position(record, few ? record->field_count : file->header_count, &problem->line, &problem->column);
    snprintf(problem->message, sizeof problem->message, "%zu fields, but the header has %zu", record->field_count,
             file->header_count);
    return false;
}

bool decode_referral(const struct input_file *file, const struct record_reader *record, struct referral_row *row,
                     struct text *id, struct text *previous, struct problem *problem)
{
    struct decoding decoding = {.file = file, .record = record, .problem = problem};
    struct referral_row decoded = {
        .practice = required_text(&decoding, REFERRALS_PRACTICE),
        .referred = decode_date(&decoding, REFERRALS_DATE),
        .specialty = required_text(&decoding, REFERRALS_SPECIALTY),
        .request_type = decode_word(&decoding, REFERRALS_REQUEST_TYPE, request_type_names, REQUEST_TYPE_COUNT,
                                    REQUEST_REFERRAL, "referral or advice"),
        .priority = decode_word(&decoding, REFERRALS_PRIORITY, priority_names, PRIORITY_COUNT, PRIORITY_UNKNOWN,
                                "routine, urgent or usc"),
        .scheme = decode_word(&decoding, REFERRALS_SCHEME, scheme_names, SCHEME_COUNT, SCHEME_UNKNOWN,
                              "none, rmc, specialist_advice, local_expertise or peer_review"),
        .patient = field(&decoding, REFERRALS_PATIENT),
        .received = decode_date(&decoding, REFERRALS_RECEIVED),
        .age_band = field(&decoding, REFERRALS_AGE_BAND),
        .sex = field(&decoding, REFERRALS_SEX),
    };
    *id = required_text(&decoding, REFERRALS_ID);
    *previous = field(&decoding, REFERRALS_PREVIOUS);
    if (id->length > REFERENCE_LENGTH_MAX)
        fail(&decoding, problem_id_too_long, REFERRALS_ID, "at most that");
    if (previous->length > REFERENCE_LENGTH_MAX)
        fail(&decoding, problem_id_too_long, REFERRALS_PREVIOUS, "at most that");
    const struct text decile = field(&decoding, REFERRALS_IMD_DECILE);
    int64_t number = 0;
    if (decile.length > 0 && (!text_to_integer(decile, &number) || number < 1 || number > 10))
        fail(&decoding, problem_number, REFERRALS_IMD_DECILE, "1 to 10");
    decoded.imd_decile = (uint8_t)number;
    if (!decoding.failed)
        *row = decoded;
    return !decoding.failed;
}

static const char *const answer_names[] = {[ANSWER_UNKNOWN] = NULL, [ANSWER_NO] = "no", [ANSWER_YES] = "yes"};

bool decode_event(const struct input_file *file, const struct record_reader *record, struct event_row *row,
                  struct text *id, struct problem *problem)
{
    struct decoding decoding = {.file = file, .record = record, .problem = problem};
    *id = required_text(&decoding, OUTCOMES_ID);
    struct event_row decoded = {
        .date = decode_date(&decoding, OUTCOMES_DATE),
        .type = decode_word(&decoding, OUTCOMES_TYPE, event_type_names, EVENT_TYPE_COUNT, EVENT_NONE,
                            "an event type, as `referlens list columns` has them"),
        .reason = field(&decoding, OUTCOMES_REASON),
        .contacted = decode_word(&decoding, OUTCOMES_CONTACTED, answer_names, 3, ANSWER_UNKNOWN, "yes or no"),
        .consulted = decode_word(&decoding, OUTCOMES_CONSULTED, answer_names, 3, ANSWER_UNKNOWN, "yes or no"),
    };
    const struct text sequence = field(&decoding, OUTCOMES_SEQUENCE);
    if (sequence.length > 0 && !text_to_integer(sequence, &decoded.sequence))
        fail(&decoding, problem_number, OUTCOMES_SEQUENCE, "a whole number");
    if (!decoding.failed)
        *row = decoded;
    return !decoding.failed;
}

bool decode_practice(const struct input_file *file, const struct record_reader *record, struct practice_input *row,
                     struct problem *problem)
{
    struct decoding decoding = {.file = file, .record = record, .problem = problem};
    struct practice_input decoded = {
        .practice = required_text(&decoding, PRACTICES_CODE),
        .name = field(&decoding, PRACTICES_NAME),
        .locality = field(&decoding, PRACTICES_LOCALITY),
        .list_size = decode_amount(&decoding, PRACTICES_LIST_SIZE),
        .age_band = field(&decoding, PRACTICES_AGE_BAND),
        .sex = field(&decoding, PRACTICES_SEX),
        .period = PERIOD_NONE,
    };
    const struct text period = field(&decoding, PRACTICES_PERIOD);
    if (period.length > 0 && !quarter_parse(period, &decoded.period))
        fail(&decoding, problem_period, PRACTICES_PERIOD, "2025-Q2 or 2025/26-Q1");
    if (!decoding.failed)
        *row = decoded;
    return !decoding.failed;
}

bool decode_scheme(const struct input_file *file, const struct record_reader *record, struct scheme_input *row,
                   struct problem *problem)
{
    struct decoding decoding = {.file = file, .record = record, .problem = problem};
    const struct scheme_input decoded = {
        .practice = required_text(&decoding, SCHEMES_PRACTICE),
        .scheme = (enum scheme)decode_word(&decoding, SCHEMES_SCHEME, scheme_names, SCHEME_COUNT, SCHEME_UNKNOWN,
                                           "none, rmc, specialist_advice, local_expertise or peer_review"),
        .start = decode_date(&decoding, SCHEMES_START),
        .end = decode_date(&decoding, SCHEMES_END),
        .specialty = field(&decoding, SCHEMES_SPECIALTY),
        .annual_cost = decode_amount(&decoding, SCHEMES_ANNUAL_COST),
        .cost_per_referral = decode_amount(&decoding, SCHEMES_COST_PER_REFERRAL),
    };
    if (decoded.end != DAY_UNKNOWN && decoded.end < decoded.start)
        fail(&decoding, problem_dates_reversed, SCHEMES_END, "a day on or after start_date");
    if (!decoding.failed)
        *row = decoded;
    return !decoding.failed;
}

bool decode_session(const struct input_file *file, const struct record_reader *record, struct session_input *row,
                    struct problem *problem)
{
    struct decoding decoding = {.file = file, .record = record, .problem = problem};
    const struct session_input decoded = {
        .practice = required_text(&decoding, SESSIONS_PRACTICE),
        .date = decode_date(&decoding, SESSIONS_DATE),
        .topic = field(&decoding, SESSIONS_TOPIC),
        .specialty = field(&decoding, SESSIONS_SPECIALTY),
    };
    if (!decoding.failed)
        *row = decoded;
    return !decoding.failed;
}

void decode_canonical_text(const struct input_file *file, const struct record_reader *record, struct buffer *text)
{
    const size_t count = format_kinds[file->kind].column_count;
    bool holds_comma = false;
    for (size_t i = 0; i < count; i++) {
        const struct text value = file->columns[i] != FIELD_ABSENT ? record->fields[file->columns[i]] : (struct text){0};
        holds_comma = holds_comma || (value.length > 0 && memchr(value.bytes, ',', value.length) != NULL);
        if (i > 0)
            buffer_add_character(text, ',');
        buffer_add_text(text, value);
    }
    for (size_t i = 0; holds_comma && i < count; i++) {
        buffer_add_character(text, '\0');
        buffer_add_integer(text, file->columns[i] != FIELD_ABSENT ? (int64_t)record->fields[file->columns[i]].length : 0);
    }
}
