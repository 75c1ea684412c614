#include "referlens/measure/lost_rows.h"

#include "referlens/measure/data_quality.h"

#include <math.h>
#include <string.h>

const char lost_rows_reason[] = "not to be trusted: rows that it counts could not be used";

static void add_part(const struct quality_part *part, const char *word, struct lost_rows *rows)
{
    for (size_t i = 0; strcmp(part->kind, "outcomes") == 0 && i < part->column_count; i++) {
        const struct quality_column *column = &part->columns[i];
        for (size_t k = 0; strcmp(column->taken_for, "event_type") == 0 && k < column->all_word_count; k++) {
            if (strcmp(column->all_words[k].word, word) != 0)
                continue;
            rows->lost += column->all_words[k].rejected;
            rows->total += column->all_words[k].rows;
        }
    }
}

struct lost_rows lost_rows_of(const struct report *report, enum event_type type)
{
    struct lost_rows rows = {0, 0};
    for (size_t i = 0; i < report->ledger_count; i++) {
        const struct file_quality *quality = report->ledgers[i].quality;
        for (size_t k = 0; quality != NULL && k < quality->part_count; k++)
            add_part(&quality->parts[k], event_type_names[type], &rows);
    }
    return rows;
}

const char *lost_rows_effect(enum event_type type)
{
    static const char *const effects[EVENT_TYPE_COUNT] = {
        [EVENT_REJECTED] = "the rejection rate is too low",
        [EVENT_RETURNED_WITH_ADVICE] = "the share returned with advice is too low",
        [EVENT_REDIRECTED] = "the share redirected is too low",
        [EVENT_ACCEPTED] = "the shares rejected, redirected and returned with advice are too high",
        [EVENT_ADVICE_RESPONSE] = "advice seems to be answered more seldom and later than it was",
        [EVENT_CONVERTED] = "advice seems to take the place of a referral more often than it did",
        [EVENT_ASI] = "the share without an appointment slot is too low",
        [EVENT_FIRST_ATTENDED] = "the share seen within 180 days is too low, and the wait to be seen too long",
        [EVENT_DNA] = "the share who did not attend is too low",
        [EVENT_TREATED] = "the share treated within 365 days is too low, and the wait for treatment too long",
        [EVENT_DISCHARGED] = "the share discharged at the first attendance is too low",
        [EVENT_DIAGNOSIS_CANCER] = "the share found to be cancer is too low",
        [EVENT_CANCELLED_REFERRAL] = "referrals that were cancelled count as still waiting",
        [EVENT_DIED] = "patients who died count as still waiting",
    };
    return effects[type];
}

static void add_count(struct buffer *text, double count)
{
    if (isnan(count))
        buffer_add_string(text, "1 to 7");
    else
        buffer_add_integer(text, (int64_t)count);
}

void lost_rows_add_words(const struct report *report, enum event_type type, struct buffer *text)
{
    const struct lost_rows rows = lost_rows_of(report, type);
    const bool exact = report->audience == AUDIENCE_ANALYST;
    add_count(text, data_quality_count(rows.lost, exact));
    buffer_add_string(text, " of the ");
    add_count(text, data_quality_count(rows.total, exact));
    buffer_add_formatted(text, " rows that say %s could not be used", event_type_names[type]);
}

static bool is_in(uint32_t set, size_t type)
{
    return (set >> type & 1) != 0;
}

/* Whether too many rows of a set of types were lost; `*worst` receives the type that lost most. */
static bool is_spoilt(const struct lost_rows rows[EVENT_TYPE_COUNT], uint32_t set, enum event_type *worst)
{
    struct lost_rows sum = {0, 0};
    int64_t most = 0;
    for (size_t type = 0; type < EVENT_TYPE_COUNT; type++) {
        if (!is_in(set, type))
            continue;
        sum.lost += rows[type].lost;
        sum.total += rows[type].total;
        if (rows[type].lost > most) {
            most = rows[type].lost;
            *worst = (enum event_type)type;
        }
    }
    return (double)sum.lost > LOST_ROWS_SHARE * (double)sum.total;
}

static bool is_untrusted(const struct lost_rows rows[EVENT_TYPE_COUNT], size_t measure, enum event_type *worst)
{
    for (size_t i = 0; i < SHIFTED_BY_MAX; i++) {
        if (is_spoilt(rows, measure_table[measure].shifted_by[i], worst))
            return true;
    }
    return false;
}

static void count_all(const struct report *report, struct lost_rows rows[EVENT_TYPE_COUNT])
{
    for (size_t type = 0; type < EVENT_TYPE_COUNT; type++)
        rows[type] = lost_rows_of(report, (enum event_type)type);
}

uint32_t lost_rows_untrusted(const struct report *report)
{
    struct lost_rows rows[EVENT_TYPE_COUNT];
    enum event_type worst = EVENT_NONE;
    uint32_t untrusted = 0;
    count_all(report, rows);
    for (size_t i = 0; i < measure_count; i++)
        untrusted |= is_untrusted(rows, i, &worst) ? UINT32_C(1) << i : 0;
    return untrusted;
}

void lost_rows_add_mark(const struct report *report, size_t measure, struct buffer *text)
{
    struct lost_rows rows[EVENT_TYPE_COUNT];
    enum event_type worst = EVENT_NONE;
    if (!report_is_trusted(report, measure)) {
        count_all(report, rows);
        is_untrusted(rows, measure, &worst);
        buffer_add_string(text, "not to be trusted: ");
        lost_rows_add_words(report, worst, text);
    }
}
