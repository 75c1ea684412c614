/* A pattern, a line end, and a date: a pattern is written back as it was, and a date written in it is read as the same
 * day. */
#include "referlens/base/date_format.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const uint8_t *const line_end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    if (line_end == NULL)
        return 0;
    const struct text pattern = {(const char *)bytes, (size_t)(line_end - bytes)};
    const struct text text = {(const char *)line_end + 1, size - pattern.length - 1};
    struct date_format format;
    if (!date_format_parse(pattern, &format))
        return 0;
    char written[DATE_FORMAT_TEXT_SIZE];
    date_format_pattern(&format, written);
    if (!text_equal(text_of(written), pattern))
        abort();
    day value, back;
    if (!date_format_read(&format, text, &value))
        return 0;
    date_format_write(&format, value, written);
    if (!date_format_read(&format, text_of(written), &back) || back != value)
        abort();
    return 0;
}
