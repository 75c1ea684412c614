#include "referlens/output/page_format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* No number is left to printf, so that a locale's decimal comma never shows. */

static const struct display nothing = {""};

static void add(struct display *display, const char *text)
{
    size_t length = strlen(display->text), more = strlen(text);
    more = length + more < DISPLAY_SIZE ? more : DISPLAY_SIZE - 1 - length;
    memcpy(display->text + length, text, more);
    display->text[length + more] = '\0';
}

/* Digits from the right, with a comma before every third. */
static void add_whole(struct display *display, int64_t value)
{
    char text[32];
    size_t place = sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    text[--place] = '\0';
    for (int digits = 0; digits == 0 || rest > 0; digits++) {
        if (digits > 0 && digits % 3 == 0) {
            text[--place] = ',';
        }
        text[--place] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (value < 0) {
        text[--place] = '-';
    }
    add(display, text + place);
}

static void add_tenths(struct display *display, int64_t tenths)
{
    const char text[] = {'.', (char)('0' + tenths % 10), '\0'};
    add_whole(display, tenths / 10);
    add(display, text);
}

/* The number of tenths, held inside what an int64_t can say. */
static int64_t tenths_of(double value)
{
    return (int64_t)llround(fmin(fmax(value, 0.0), 1e15) * 10.0);
}

struct display display_count(double count)
{
    struct display display = nothing;
    if (!isnan(count)) {
        add_whole(&display, (int64_t)llround(fmin(count, 1e15)));
    }
    return display;
}

struct display display_share(double part, double whole)
{
    struct display display = nothing;
    if (!isnan(part) && !isnan(whole)) {
        add_whole(&display, (int64_t)llround(part));
        add(&display, " of ");
        add_whole(&display, (int64_t)llround(whole));
    }
    return display;
}

struct display display_percent(double proportion)
{
    struct display display = nothing;
    if (isnan(proportion)) {
        return display;
    }
    int64_t tenths = tenths_of(proportion * 100.0);
    if (tenths == 0 && proportion > 0) {
        add(&display, "under 0.1 %");
        return display;
    }
    add_tenths(&display, tenths);
    add(&display, " %");
    return display;
}

static struct display range_of_tenths(double lower, double upper, const char *unit)
{
    struct display display = nothing;
    if (!isnan(lower) && !isnan(upper)) {
        add_tenths(&display, tenths_of(lower));
        add(&display, "–");
        add_tenths(&display, tenths_of(upper));
        add(&display, unit);
    }
    return display;
}

struct display display_percent_range(double lower, double upper)
{
    return range_of_tenths(lower * 100.0, upper * 100.0, " %");
}

static void add_points(struct display *display, double difference)
{
    const int64_t tenths = tenths_of(fabs(difference) * 100.0);
    add(display, tenths == 0 ? "" : difference > 0 ? "+" : "−");
    add_tenths(display, tenths);
}

struct display display_points(double difference)
{
    struct display display = nothing;
    if (!isnan(difference)) {
        add_points(&display, difference);
    }
    return display;
}

struct display display_points_range(double lower, double upper)
{
    struct display display = nothing;
    if (!isnan(lower) && !isnan(upper)) {
        add_points(&display, lower);
        add(&display, " to ");
        add_points(&display, upper);
    }
    return display;
}

struct display display_interval(struct display range)
{
    struct display display = nothing;
    if (range.text[0] != '\0') {
        add(&display, "95 % CI ");
        add(&display, range.text);
    }
    return display;
}

struct display display_axis_end(double end)
{
    struct display display = nothing;
    if (isnan(end)) {
        return display;
    }
    add_whole(&display, (int64_t)llround(end > 1 ? end : end * 100.0));
    add(&display, end > 1 ? " days" : " %");
    return display;
}

struct display display_rate(double value)
{
    struct display display = nothing;
    if (!isnan(value)) {
        add_tenths(&display, tenths_of(value));
    }
    return display;
}

struct display display_rate_range(double lower, double upper)
{
    return range_of_tenths(lower, upper, "");
}

static void add_days(struct display *display, double days)
{
    int64_t tenths = tenths_of(days);
    if (tenths % 10 == 0) {
        add_whole(display, tenths / 10);
    } else {
        add_tenths(display, tenths);
    }
}

struct display display_days(double days)
{
    struct display display = nothing;
    if (!isnan(days)) {
        add_days(&display, days);
        add(&display, tenths_of(days) == 10 ? " day" : " days");
    }
    return display;
}

struct display display_days_range(double lower, double upper)
{
    struct display display = nothing;
    if (isnan(lower)) {
        return display;
    }
    add_days(&display, lower);
    if (isnan(upper)) {
        add(&display, " days or more");
        return display;
    }
    add(&display, "–");
    add_days(&display, upper);
    add(&display, " days");
    return display;
}

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

struct display display_day(day value)
{
    struct display display = nothing;
    if (value == DAY_UNKNOWN) {
        return display;
    }
    int year, month, day_of_month;
    day_to_date(value, &year, &month, &day_of_month);
    snprintf(display.text, DISPLAY_SIZE, "%d %s %d", day_of_month, months[month - 1], year);
    return display;
}

struct display display_quarter(quarter value)
{
    struct display display = nothing;
    char text[QUARTER_TEXT_SIZE];
    if (value != PERIOD_ALL) {
        quarter_format(value, text);
        add(&display, text);
    }
    return display;
}

struct display display_quarter_months(quarter value)
{
    struct display display = nothing;
    if (value == PERIOD_ALL) {
        return display;
    }
    int year, first_month, last_month, day_of_month;
    day_to_date(quarter_first_day(value), &year, &first_month, &day_of_month);
    day_to_date(quarter_last_day(value), &year, &last_month, &day_of_month);
    snprintf(display.text, DISPLAY_SIZE, "%s to %s %d", months[first_month - 1], months[last_month - 1], year);
    return display;
}

struct display display_quarter_span(quarter first, quarter last)
{
    struct display display = nothing;
    int first_year, last_year, first_month, last_month, day_of_month;
    day_to_date(quarter_first_day(first), &first_year, &first_month, &day_of_month);
    day_to_date(quarter_last_day(last), &last_year, &last_month, &day_of_month);
    snprintf(display.text, DISPLAY_SIZE, "%s %d to %s %d", months[first_month - 1], first_year, months[last_month - 1],
             last_year);
    return display;
}

const char *display_status(enum result_status status)
{
    static const char *const words[] = {
        [RESULT_OK] = "",
        [RESULT_SUPPRESSED] = "too few to show",
        [RESULT_INSUFFICIENT] = "not enough data",
        [RESULT_NOT_RECORDED] = "not recorded",
    };
    return words[status];
}

struct display display_median(const struct result *result)
{
    static const struct display not_reached = {"not reached"}, too_recent = {"too recent to tell"};
    if (isnan(result->median))
        return not_reached;
    return isnan(result_quantile(result, result->median)) ? too_recent : display_days(result->median);
}

/* Labels. */

/* The length in bytes of the well-formed UTF-8 character at the start of the text, or 0. */
static size_t character_length(struct text text)
{
    unsigned char first = (unsigned char)text.bytes[0];
    size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (length == 0 || length > text.length) {
        return 0;
    }
    size_t offset;
    return first == 0 || text_is_utf8((struct text){text.bytes, length}, &offset) ? length : 0;
}

/* U+202A–202E embed and override, U+2066–2069 isolate. */
static bool turns_direction(const char *bytes, size_t length)
{
    if (length != 3 || memcmp(bytes, "\xE2\x80", 2) != 0) {
        return length == 3 && memcmp(bytes, "\xE2\x81", 2) == 0 && (unsigned char)bytes[2] >= 0xA6 &&
               (unsigned char)bytes[2] <= 0xA9;
    }
    return (unsigned char)bytes[2] >= 0xAA && (unsigned char)bytes[2] <= 0xAE;
}

/* C0, DEL, C1, and the separators of lines and paragraphs. */
static bool is_control(const char *bytes, size_t length)
{
    unsigned char first = (unsigned char)bytes[0];
    if (length == 1) {
        return first < 0x20 || first == 0x7F;
    }
    if (length == 2) {
        return first == 0xC2 && (unsigned char)bytes[1] < 0xA0;
    }
    return length == 3 && (memcmp(bytes, "\xE2\x80\xA8", 3) == 0 || memcmp(bytes, "\xE2\x80\xA9", 3) == 0);
}

void display_label(struct text text, size_t characters_max, struct buffer *output)
{
    size_t characters = 0;
    for (size_t i = 0; i < text.length;) {
        const char *bytes = text.bytes + i;
        size_t length = character_length((struct text){bytes, text.length - i});
        i += length == 0 ? 1 : length;
        if (length > 0 && turns_direction(bytes, length)) {
            continue;
        }
        if (characters == characters_max) {
            buffer_add_string(output, "…");
            return;
        }
        characters++;
        if (length == 0) {
            buffer_add_string(output, "\xEF\xBF\xBD");
        } else if (is_control(bytes, length)) {
            buffer_add_character(output, ' ');
        } else {
            buffer_add(output, bytes, length);
        }
    }
}
