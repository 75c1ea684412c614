/* Any bytes as a CSV text: every record lies inside it, lines rise, and positions can be told. */
#include "referlens/input/record.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct text text = {(const char *)bytes, size};
    for (int recover = 0; recover < 2; recover++) {
        struct record_reader reader;
        record_reader_open(&reader, text, ',', recover != 0);
        int64_t last_line = 0, line, column;
        while (record_reader_next(&reader)) {
            check(reader.line > last_line);
            last_line = reader.line;
            check(reader.begin >= text.bytes && reader.begin + reader.length <= text.bytes + text.length);
            for (size_t i = 0; i < reader.field_count && reader.fault == RECORD_SOUND; i++) {
                record_field_position(&reader, i, &line, &column);
                check(line >= reader.line && column >= 1);
                const struct text in_place = record_field_in_place(&reader, i);
                check(in_place.bytes == NULL || text_equal(in_place, reader.fields[i]));
            }
            record_offset_position(&reader, reader.fault_offset, &line, &column);
            check(line >= reader.line && column >= 1);
        }
        record_reader_close(&reader);
    }
    return 0;
}
