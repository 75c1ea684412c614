#include "referlens/output/cases_csv.h"

#include "referlens/measure/case_list.h"
#include "referlens/output/csv_cell.h"

#include <stdio.h>

enum { CASES_BYTES_MAX = 4 << 20, NAME_SIZE = 128, WHY_SIZE = 256 };

#define NOTICE "must not leave the practice"

static void add_row(struct buffer *lines, const struct report *report, const struct case_row *row)
{
    char date[DAY_TEXT_SIZE];
    day_format(row->referred, date);
    buffer_add_string(lines, NOTICE ",");
    csv_add_cell(lines, row->id);
    buffer_add_formatted(lines, ",%s,%s,", case_reason_name(row->reason), date);
    csv_add_cell(lines, report_specialty_code(report, row->specialty));
    buffer_add_character(lines, ',');
    csv_add_cell(lines, report_specialty_title(report, row->specialty));
    buffer_add_character(lines, ',');
    if (row->days >= 0)
        buffer_add_integer(lines, row->days);
    buffer_add_character(lines, ',');
    char why[WHY_SIZE];
    snprintf(why, sizeof why, "%s%s", case_reason_words(row->reason), row->waits ? ", and waits still" : "");
    csv_add_cell(lines, text_of(why));
    buffer_add_character(lines, '\n');
}

static bool write_one(const struct report *report, struct folder *folder, uint32_t practice, struct error *error)
{
    char code[FOLDER_NAME_SIZE], place[NAME_SIZE], name[2 * NAME_SIZE];
    const struct case_row *rows;
    const size_t count = case_list_practice(report->cases, practice, &rows);
    folder_safe_name(report_practice_code(report, practice), code);
    snprintf(place, sizeof place, "practices/%s", code);
    snprintf(name, sizeof name, "%s/" CASES_FILE, place);
    struct buffer lines = buffer_with_maximum(CASES_BYTES_MAX);
    buffer_add_string(&lines, "notice,referral_id,picked_for,referral_date,specialty_code,specialty,days_waited,why\n");
    for (size_t i = 0; i < count; i++)
        add_row(&lines, report, &rows[i]);
    const bool done = lines.full ? error_set(error, "can't write '%s': it is too long", name)
                                 : folder_make(folder, place, error) &&
                                       folder_write_private(folder, name, buffer_text(&lines), error);
    buffer_release(&lines);
    return done;
}

bool cases_csv_write(const struct report *report, struct folder *folder, const uint32_t *practices,
                     size_t practice_count, struct error *error)
{
    bool done = true;
    for (size_t i = 0; i < practice_count && done && report->cases != NULL; i++)
        done = write_one(report, folder, practices[i], error);
    return done;
}
