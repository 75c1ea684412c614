#include "referlens/input/decode.h"

#include "referlens/input/nhs_number.h"
#include "referlens/input/shown_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
const char problem_nhs_number[] = "text that holds an NHS number";
const char problem_dates_reversed[] = "before the start_date";

enum { NAME_SHOWN_MAX = 60, DATE_EXPECTED_SIZE = 80, EXPECTED_MAX = 160 };

static const struct date_format plain_date = {{DATE_YEAR, DATE_MONTH, DATE_DAY}, '-'};

/* One row being row-> Of several problems the one in the first field is kept. */
struct decoding {
    const struct row_view *view;
    struct problem *problem;
    struct row_counts *counts; /* of a canonical row, which is counted as its columns are visited; NULL: not to be */
    bool failed;
    size_t failed_field;
};

static struct text value_of(const struct row_view *view, size_t column)
{
    const size_t index = view->columns[column];
    return index == FIELD_ABSENT ? (struct text){0} : view->values[index];
}

/* Every column is visited once. */
static struct text field(const struct decoding *decoding, size_t column)
{
    const struct text value = value_of(decoding->view, column);
    if (decoding->counts != NULL)
        decoding->counts->missing[column] += value.length == 0;
    return value;
}

static const struct format_column *column_of(const struct decoding *decoding, size_t column)
{
    return &format_kinds[decoding->view->kind].columns[column];
}

/* The value as the file has it: of a mapped row that is not the canonical value. */
static struct text raw_value(const struct row_view *view, size_t column)
{
    const size_t index = view->fields[column];
    return index == FIELD_ABSENT ? (struct text){0} : view->record->fields[index];
}

/* "referral_date", or "Date sent (referral_date)" where the file has a name of its own for it. */
static void write_name(const struct row_view *view, size_t column, char *name, size_t size)
{
    const char *canonical = format_kinds[view->kind].columns[column].name;
    const struct text own =
        view->mapping != NULL ? mapping_column_name(view->mapping, view->rule, column) : (struct text){0};
    if (own.length == 0 || text_equal(own, text_of(canonical))) {
        snprintf(name, size, "%s", canonical);
        return;
    }
    size_t shown = own.length < NAME_SHOWN_MAX ? own.length : NAME_SHOWN_MAX;
    while (shown < own.length && ((unsigned char)own.bytes[shown] & 0xC0) == 0x80)
        shown--; /* whole characters */
    snprintf(name, size, "%.*s (%s)", (int)shown, own.bytes, canonical);
    name[text_scrub(name, strlen(name))] = '\0';
}

/* The value that decides between rows: the key itself, so that the secret of its pseudonym makes no difference. */
static struct text told_by(const struct row_view *view, size_t column)
{
    const bool replaced = view->mapped != NULL && view->mapped->replaced[column].length > 0;
    return replaced ? view->mapped->replaced[column] : value_of(view, column);
}

/* Whether the value is that of a column of keys in the same row, as it stands there or as a mapping made it. */
static bool is_key_of_row(const struct row_view *view, struct text value)
{
    const struct format_kind *kind = &format_kinds[view->kind];
    for (size_t column = 0; column < kind->column_count; column++) {
        if (kind->columns[column].content == CONTENT_KEY &&
            (text_equal(raw_value(view, column), value) || text_equal(told_by(view, column), value)))
            return true;
    }
    return false;
}

static void fail(struct decoding *decoding, const char *category, size_t column, const char *expected)
{
    const struct row_view *view = decoding->view;
    const size_t index = view->fields[column];
    if (decoding->failed && decoding->failed_field <= index)
        return;
    decoding->failed = true;
    decoding->failed_field = index;
    struct problem *problem = decoding->problem;
    const struct format_column *of = column_of(decoding, column);
    const struct text value = raw_value(view, column);
    char name[2 * NAME_SHOWN_MAX], shown[SHOWN_VALUE_SIZE];
    write_name(view, column, name, sizeof name);
    problem->category = category;
    record_field_position(view->record, index == FIELD_ABSENT ? 0 : index, &problem->line, &problem->column);
    if (category == of->missing)
        snprintf(problem->message, sizeof problem->message, "%s is %s", name,
                 value.length == 0 ? "empty" : "missing: its value stands for \"not known\"");
    else if (!is_key_of_row(view, value) && shown_value(of, value, shown))
        snprintf(problem->message, sizeof problem->message, "%s '%s' is %s (expected %s)", name, shown, category,
                 expected);
    else
        snprintf(problem->message, sizeof problem->message, "%s is %s (expected %s; value not shown)", name, category,
                 expected);
}

/* What is expected of a date: with what to do where days come first, as in spreadsheets, if that can be said. */
static void write_expected_date(const struct row_view *view, size_t column, const struct date_format *format,
                                char *expected, size_t size)
{
    char pattern[DATE_PATTERN_SIZE];
    struct date_format days_first;
    day date;
    date_format_pattern(format, pattern);
    date_format_parse(TEXT("DD/MM/YYYY"), &days_first);
    const bool hint = (view->mapping == NULL || view->mapping->profile->takes_date_format) &&
                      strcmp(pattern, "DD/MM/YYYY") != 0 &&
                      date_format_read(&days_first, raw_value(view, column), &date);
    snprintf(expected, size, "%s%s", pattern, hint ? "; where days come first, give --date-format DD/MM/YYYY" : "");
}

/* What a mapping could not make a value of. */
static void fail_mapped(struct decoding *decoding)
{
    const struct row_view *view = decoding->view;
    for (size_t column = 0; column < format_kinds[view->kind].column_count; column++) {
        const struct profile_field *of = &view->mapping->profile->rules[view->rule].fields[column];
        char date[DATE_EXPECTED_SIZE];
        if (view->mapped->faults[column] == NULL)
            continue;
        if (of->form == FIELD_DATE)
            write_expected_date(view, column, &of->format, date, sizeof date);
        fail(decoding, view->mapped->faults[column], column,
             of->form == FIELD_DATE  ? date
             : of->form == FIELD_MAP ? "a value that the profile maps"
                                     : "a number in the profile's bands");
    }
}

/* A value that no vocabulary or map knows, for the counts. */
static void note_unmapped(const struct row_view *view, size_t column)
{
    const struct text value = raw_value(view, column);
    const struct format_column *of = &format_kinds[view->kind].columns[column];
    if (view->counts != NULL)
        row_counts_add_unmapped(view->counts, column, value,
                                shown_value_is_of_a_list(of, value) && !is_key_of_row(view, value));
}

/* Most values fail at their length. */
enum { NHS_NUMBER_MIN = 10, NHS_NUMBER_MAX = 12 }; /* bytes, as it is written with spaces or without */

static bool is_nhs_number(struct text value)
{
    return value.length >= NHS_NUMBER_MIN && value.length <= NHS_NUMBER_MAX && nhs_number_is_valid(value);
}

/* Whether one of the columns that are joined to a value holds an NHS number. */
static bool joins_nhs_number(const struct row_view *view, size_t column)
{
    if (view->mapping == NULL)
        return false;
    const struct profile_field *field = &view->mapping->profile->rules[view->rule].fields[column];
    for (size_t i = 0; field->form == FIELD_JOIN && i < field->column_count; i++) {
        const size_t index = view->mapping->fields[field->columns[i]];
        if (index != FIELD_ABSENT && is_nhs_number(view->record->fields[index]))
            return true;
    }
    return false;
}

/* Columns of one file that are mostly NHS numbers are refused: see quality.h. A pseudonym is none. */
static void count_nhs_number(const struct row_view *view, size_t column, struct text value)
{
    const bool replaced = view->mapped != NULL && view->mapped->replaced[column].length > 0;
    if (value.length > 0 && !replaced && (is_nhs_number(value) || joins_nhs_number(view, column)))
        view->counts->nhs_numbers[column]++;
}

void decode_count_unmapped(const struct row_view *view)
{
    for (size_t column = 0; column < format_kinds[view->kind].column_count; column++) {
        if (view->mapped->unmapped[column])
            note_unmapped(view, column);
    }
}

/* The day that a row speaks of; DAY_UNKNOWN where its kind has none, or it can't be read. */
static day day_of_row(const struct row_view *view)
{
    day date = DAY_UNKNOWN;
    if (view->kind == FILE_REFERRALS || view->kind == FILE_OUTCOMES)
        day_parse(value_of(view, view->kind == FILE_REFERRALS ? (size_t)REFERRALS_DATE : (size_t)OUTCOMES_DATE), &date);
    return date;
}

/* A value was there and nothing could be made of it. */
static bool is_unread(const struct row_view *view, size_t column)
{
    return view->mapped != NULL && (view->mapped->faults[column] != NULL || view->mapped->unmapped[column]);
}

void decode_count_rejected(const struct row_view *view)
{
    const struct format_kind *kind = &format_kinds[view->kind];
    const day date = day_of_row(view);
    for (size_t column = 0; view->counts != NULL && column < kind->column_count; column++) {
        const struct format_column *of = &kind->columns[column];
        const struct text value = value_of(view, column);
        if (value.length == 0 && !is_unread(view, column))
            continue;
        row_counts_add_unread(view->counts, column, date);
        const size_t word = vocabulary_find(of->words, of->word_count, value);
        if (word < of->word_count)
            row_counts_add_rejected(view->counts, column, word, date);
    }
}

/* Counts a row that a mapping made. */
static void count_mapped(const struct row_view *view)
{
    const struct format_kind *kind = &format_kinds[view->kind];
    const struct mapped_row *mapped = view->mapped;
    view->counts->rows++;
    for (size_t column = 0; column < kind->column_count; column++) {
        const struct text value = value_of(view, column);
        /* What could not be read is not missing. */
        view->counts->missing[column] += value.length == 0 && !is_unread(view, column);
        if (mapped->unmapped[column])
            row_counts_add_unread(view->counts, column, day_of_row(view));
        if ((kind->free_columns >> column & 1) != 0)
            count_nhs_number(view, column, value);
    }
    decode_count_unmapped(view);
}

static void begin(struct decoding *decoding, const struct row_view *view, struct problem *problem)
{
    *decoding = (struct decoding){.view = view, .problem = problem};
    if (view->counts != NULL && view->mapped != NULL) {
        count_mapped(view);
    } else if (view->counts != NULL) {
        decoding->counts = view->counts;
        decoding->counts->rows++;
    }
    if (view->mapped != NULL && view->mapped->has_faults)
        fail_mapped(decoding);
}

/* What is in a column of text may be printed. */
static void refuse_nhs_number(struct decoding *decoding, size_t column, struct text value)
{
    if (column_of(decoding, column)->content == CONTENT_TEXT && nhs_number_stands_in(value))
        fail(decoding, problem_nhs_number, column, "a code or a name");
}

/* A column of keys or of text, which may hold anything. */
static struct text free_field(struct decoding *decoding, size_t column)
{
    const struct text value = field(decoding, column);
    if (value.length < NHS_NUMBER_MIN)
        return value;
    if (value.length <= NHS_NUMBER_MAX && decoding->counts != NULL)
        count_nhs_number(decoding->view, column, value);
    refuse_nhs_number(decoding, column, value);
    return value;
}

static void fail_missing(struct decoding *decoding, size_t column)
{
    fail(decoding, column_of(decoding, column)->missing, column, "");
}

static struct text required_text(struct decoding *decoding, size_t column)
{
    const struct text value = free_field(decoding, column);
    if (value.length == 0)
        fail_missing(decoding, column);
    return value;
}

static day decode_date(struct decoding *decoding, size_t column)
{
    const struct text value = field(decoding, column);
    day date = DAY_UNKNOWN;
    if (value.length == 0) {
        if (column_of(decoding, column)->missing != NULL)
            fail_missing(decoding, column);
    } else if (!day_parse(value, &date)) {
        char expected[DATE_EXPECTED_SIZE];
        write_expected_date(decoding->view, column, &plain_date, expected, sizeof expected);
        fail(decoding, problem_date, column, expected);
    } else if (decoding->view->counts != NULL) {
        row_counts_add_date(decoding->view->counts, column, date);
    }
    return date;
}

/* "yes or no; capitals make a difference: 'no'?" where that is all that is wrong. */
static void fail_word(struct decoding *decoding, size_t column, struct text value, const char *expected)
{
    char hinted[EXPECTED_MAX];
    const char *word = shown_value_but_for_capitals(column_of(decoding, column), value);
    if (word != NULL && !is_key_of_row(decoding->view, value)) {
        snprintf(hinted, sizeof hinted, "%s; capitals make a difference: '%s'?", expected, word);
        expected = hinted;
    }
    fail(decoding, problem_word, column, expected);
}

/* The value of a word, or `blank` where the field is empty and not required. */
static uint8_t decode_word(struct decoding *decoding, size_t column, uint8_t blank, const char *expected)
{
    const struct text value = field(decoding, column);
    if (value.length == 0) {
        if (column_of(decoding, column)->missing != NULL)
            fail_missing(decoding, column);
        return blank;
    }
    const struct format_column *of = column_of(decoding, column);
    const struct vocabulary_index *words = decoding->view->words;
    const size_t found = words != NULL ? vocabulary_index_find(&words[column], value)
                                       : vocabulary_find(of->words, of->word_count, value);
    if (found == of->word_count) {
        if (decoding->view->mapped == NULL)
            note_unmapped(decoding->view, column);
        fail_word(decoding, column, value, expected);
    } else if (decoding->view->counts != NULL) {
        decoding->view->counts->words[column][found]++;
    }
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

/* Whether the fields from `first` on hold nothing. */
static bool are_empty(const struct record_reader *record, size_t first)
{
    for (size_t i = first; i < record->field_count; i++) {
        if (record->fields[i].length > 0)
            return false;
    }
    return true;
}

bool decode_is_blank(const struct record_reader *record)
{
    return record->fault == RECORD_SOUND && record->fields[0].length == 0 && are_empty(record, 0);
}

bool decode_record(size_t named_count, size_t header_count, const struct record_reader *record, struct problem *problem)
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
        return refuse(problem, problem_utf8, record, at,
                      "invalid UTF-8: if the file is in another encoding, say which (--encoding windows-1252, say)");
    case RECORD_TOO_LONG:
        return refuse(problem, problem_too_long, record, at, problem_too_long);
    case RECORD_TOO_MANY_FIELDS:
    case RECORD_SOUND:
        break;
    }
    const bool few = record->field_count < named_count;
    if (record->fault == RECORD_SOUND && !few &&
        (record->field_count <= header_count || are_empty(record, header_count))) /* a trailing comma */
        return true;
    problem->category = few ? problem_few_fields : problem_many_fields;
    record_field_position(record, few ? record->field_count : header_count, &problem->line, &problem->column);
    snprintf(problem->message, sizeof problem->message, "%zu fields, but the header has %zu", record->field_count,
             header_count);
    return false;
}

bool decode_referral(const struct row_view *view, struct referral_row *row, struct text *id, struct text *previous,
                     struct problem *problem)
{
    struct decoding decoding;
    begin(&decoding, view, problem);
    row->practice = required_text(&decoding, REFERRALS_PRACTICE);
    row->referred = decode_date(&decoding, REFERRALS_DATE);
    row->specialty = required_text(&decoding, REFERRALS_SPECIALTY);
    row->request_type = decode_word(&decoding, REFERRALS_REQUEST_TYPE, REQUEST_REFERRAL, "referral or advice");
    row->priority = decode_word(&decoding, REFERRALS_PRIORITY, PRIORITY_UNKNOWN, "routine, urgent or usc");
    row->scheme = decode_word(&decoding, REFERRALS_SCHEME, SCHEME_UNKNOWN,
                              "none, rmc, specialist_advice, local_expertise or peer_review");
    row->patient = free_field(&decoding, REFERRALS_PATIENT);
    row->received = decode_date(&decoding, REFERRALS_RECEIVED);
    row->age_band = free_field(&decoding, REFERRALS_AGE_BAND);
    row->sex = free_field(&decoding, REFERRALS_SEX);
    *id = required_text(&decoding, REFERRALS_ID);
    *previous = free_field(&decoding, REFERRALS_PREVIOUS);
    free_field(&decoding, REFERRALS_REFERRER); /* these two are only counted */
    free_field(&decoding, REFERRALS_PROVIDER);
    if (id->length > REFERENCE_LENGTH_MAX)
        fail(&decoding, problem_id_too_long, REFERRALS_ID, "at most that");
    if (previous->length > REFERENCE_LENGTH_MAX)
        fail(&decoding, problem_id_too_long, REFERRALS_PREVIOUS, "at most that");
    const struct text decile = field(&decoding, REFERRALS_IMD_DECILE);
    int64_t number = 0;
    if (decile.length > 0 && (!text_to_integer(decile, &number) || number < 1 || number > 10))
        fail(&decoding, problem_number, REFERRALS_IMD_DECILE, "1 to 10");
    row->imd_decile = (uint8_t)number;
    return !decoding.failed;
}

bool decode_event(const struct row_view *view, struct event_row *row, struct text *id, struct problem *problem)
{
    struct decoding decoding;
    begin(&decoding, view, problem);
    *id = required_text(&decoding, OUTCOMES_ID);
    row->date = decode_date(&decoding, OUTCOMES_DATE);
    row->type =
        decode_word(&decoding, OUTCOMES_TYPE, EVENT_NONE, "an event type, as `referlens list columns` has them");
    row->reason = free_field(&decoding, OUTCOMES_REASON);
    row->contacted = decode_word(&decoding, OUTCOMES_CONTACTED, ANSWER_UNKNOWN, "yes or no");
    row->consulted = decode_word(&decoding, OUTCOMES_CONSULTED, ANSWER_UNKNOWN, "yes or no");
    row->sequence = 0;
    const struct text sequence = field(&decoding, OUTCOMES_SEQUENCE);
    if (sequence.length > 0 && !text_to_integer(sequence, &row->sequence))
        fail(&decoding, problem_number, OUTCOMES_SEQUENCE, "a whole number");
    return !decoding.failed;
}

bool decode_practice(const struct row_view *view, struct practice_input *row, struct problem *problem)
{
    struct decoding decoding;
    begin(&decoding, view, problem);
    *row = (struct practice_input){.period = PERIOD_NONE};
    row->practice = required_text(&decoding, PRACTICES_CODE);
    row->name = free_field(&decoding, PRACTICES_NAME);
    row->locality = free_field(&decoding, PRACTICES_LOCALITY);
    row->list_size = decode_amount(&decoding, PRACTICES_LIST_SIZE);
    row->age_band = free_field(&decoding, PRACTICES_AGE_BAND);
    row->sex = free_field(&decoding, PRACTICES_SEX);
    const struct text period = free_field(&decoding, PRACTICES_PERIOD);
    if (period.length > 0 && !quarter_parse(period, &row->period))
        fail(&decoding, problem_period, PRACTICES_PERIOD, "2025-Q2 or 2025/26-Q1");
    return !decoding.failed;
}

bool decode_scheme(const struct row_view *view, struct scheme_input *row, struct problem *problem)
{
    struct decoding decoding;
    begin(&decoding, view, problem);
    row->practice = required_text(&decoding, SCHEMES_PRACTICE);
    row->scheme = (enum scheme)decode_word(&decoding, SCHEMES_SCHEME, SCHEME_UNKNOWN,
                                           "none, rmc, specialist_advice, local_expertise or peer_review");
    row->start = decode_date(&decoding, SCHEMES_START);
    row->end = decode_date(&decoding, SCHEMES_END);
    row->specialty = free_field(&decoding, SCHEMES_SPECIALTY);
    row->annual_cost = decode_amount(&decoding, SCHEMES_ANNUAL_COST);
    row->cost_per_referral = decode_amount(&decoding, SCHEMES_COST_PER_REFERRAL);
    if (row->end != DAY_UNKNOWN && row->end < row->start)
        fail(&decoding, problem_dates_reversed, SCHEMES_END, "a day on or after start_date");
    return !decoding.failed;
}

bool decode_session(const struct row_view *view, struct session_input *row, struct problem *problem)
{
    struct decoding decoding;
    begin(&decoding, view, problem);
    row->practice = required_text(&decoding, SESSIONS_PRACTICE);
    row->date = decode_date(&decoding, SESSIONS_DATE);
    row->topic = free_field(&decoding, SESSIONS_TOPIC);
    row->specialty = free_field(&decoding, SESSIONS_SPECIALTY);
    return !decoding.failed;
}

void decode_canonical_text(const struct row_view *view, struct buffer *text)
{
    const size_t count = format_kinds[view->kind].column_count;
    bool holds_comma = false;
    for (size_t i = 0; i < count; i++) {
        const struct text value = told_by(view, i);
        holds_comma = holds_comma || (value.length > 0 && memchr(value.bytes, ',', value.length) != NULL);
        if (i > 0)
            buffer_add_character(text, ',');
        buffer_add_text(text, value);
    }
    for (size_t i = 0; holds_comma && i < count; i++) {
        buffer_add_character(text, '\0');
        buffer_add_integer(text, (int64_t)told_by(view, i).length);
    }
}

static void add_meaning(enum file_kind kind, size_t column, struct text value, struct buffer *text)
{
    double number;
    quarter period;
    if (kind == FILE_REFERRALS && column == REFERRALS_REQUEST_TYPE && value.length == 0)
        buffer_add_string(text, request_type_names[REQUEST_REFERRAL]);
    else if (kind == FILE_PRACTICES && column == PRACTICES_PERIOD && quarter_parse(value, &period))
        buffer_add_integer(text, period);
    else if (format_kinds[kind].columns[column].content == CONTENT_NUMBER && text_to_number(value, &number))
        buffer_add_formatted(text, "%.17g", number);
    else
        buffer_add_text(text, value);
}

void decode_meaning(const struct row_view *view, struct buffer *text)
{
    for (size_t i = 0; i < format_kinds[view->kind].column_count; i++) {
        add_meaning(view->kind, i, told_by(view, i), text);
        buffer_add_character(text, '\0');
    }
}

const char *decode_difference(enum file_kind kind, struct text meaning, struct text other)
{
    size_t column = 0;
    for (size_t i = 0; i < meaning.length && i < other.length && meaning.bytes[i] == other.bytes[i]; i++)
        column += meaning.bytes[i] == '\0';
    return format_kinds[kind].columns[column < format_kinds[kind].column_count ? column : 0].name;
}
