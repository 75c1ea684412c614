/* Any bytes as a date or a quarter: what is read is written back as it was. */
#include "referlens/base/calendar.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct text text = {(const char *)bytes, size};
    day date;
    quarter period;
    char written[DAY_TEXT_SIZE];
    if (day_parse(text, &date)) {
        day_format(date, written);
        if (!text_equal(text_of(written), text))
            abort();
    }
    if (quarter_parse(text, &period) && quarter_of_day(quarter_first_day(period)) != period)
        abort();
    return 0;
}
