#include "referlens/output/chart_quarters.h"

#include <math.h>
#include <stdio.h>

enum { SESSIONS_MAX = 40 };

void chart_quarters_axis(struct chart_sheet *sheet, const struct chart_frame *frame, quarter first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char words[16];
        double x = chart_frame_x(frame, (double)i);
        quarter of = first + (quarter)i;
        int number = of % 4;
        (void)snprintf(words, sizeof words, "Q%d", number + 1);
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, x, frame->bottom + 14.0, text_of(words));
        bool crowded = i == 0 && number == 3 && count > QUARTERS_NAMED_MAX;
        if ((i == 0 || number == 0) && !crowded) {
            (void)snprintf(words, sizeof words, "%d", of / 4);
            chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_CENTRE, x, frame->bottom + 33.0, text_of(words));
        }
    }
}

size_t chart_quarters_sessions(const struct chart_source *source, struct chart_sheet *sheet, quarter first,
                               quarter last)
{
    day days[SESSIONS_MAX];
    size_t session_count = session_days_of(source->report, source->practice, days, SESSIONS_MAX);
    size_t written = 0;
    chart_sheet_block(sheet, "sessions", "place, date");
    for (size_t i = 0; i < session_count; i++) {
        quarter of = quarter_of_day(days[i]);
        if (of < first || of > last)
            continue;
        double length = quarter_last_day(of) - quarter_first_day(of) + 1;
        double part = (days[i] - quarter_first_day(of)) / length;
        chart_sheet_number(sheet, round((of - first - 0.5 + part) * 1000.0) / 1000.0);
        char date[DAY_TEXT_SIZE];
        day_format(days[i], date);
        chart_sheet_text(sheet, text_of(date));
        chart_sheet_end_row(sheet);
        written++;
    }
    return written;
}
