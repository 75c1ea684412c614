#include "referlens/output/quality_json.h"

#include "referlens/measure/data_quality.h"
#include "referlens/measure/lost_rows.h"
#include "referlens/output/results_json.h"

#include <math.h>

static void add_reasons(struct json_writer *json, const char *key, const struct ledger_reason *reasons, size_t count)
{
    json_key(json, key);
    input_order_add_reasons(json, reasons, count);
}

void quality_json_add_ledger(struct json_writer *json, const struct ledger *ledger)
{
    json_begin_object(json);
    json_member_integer(json, "read", ledger->read);
    json_member_integer(json, "used", ledger->used);
    json_member_integer(json, "rejected", ledger->rejected);
    json_member_integer(json, "duplicates", ledger->duplicates);
    json_member_integer(json, "left_out", ledger->left_out);
    add_reasons(json, "rejected_for", ledger->rejected_for, ledger->rejected_reason_count);
    add_reasons(json, "duplicates_for", ledger->duplicates_for, ledger->duplicates_reason_count);
    add_reasons(json, "left_out_for", ledger->left_out_for, ledger->left_out_reason_count);
    json_end_object(json);
}

static void add_count(struct json_writer *json, const char *key, int64_t count, bool exact)
{
    json_member_number(json, key, data_quality_count(count, exact));
}

static void add_values(struct json_writer *json, const char *key, const struct shown_values *values)
{
    json_key(json, key);
    json_begin_object(json);
    json_key(json, "commonest");
    json_begin_array(json);
    for (size_t i = 0; i < values->count; i++) {
        json_begin_object(json);
        json_member_string(json, "value", values->values[i].value);
        json_member_number(json, "rows", values->values[i].count);
        json_end_object(json);
    }
    json_end_array(json);
    json_member_number(json, "others", values->others);
    json_end_object(json);
}

static void add_column(struct json_writer *json, const struct quality_column *column, bool exact)
{
    json_newline(json);
    json_begin_object(json);
    json_member_string(json, "taken_for", column->taken_for);
    json_member_string(json, "column", column->column);
    json_member_string(json, "content", column->content);
    add_count(json, "rows", column->rows, exact);
    add_count(json, "missing", column->missing, exact);
    if (column->date_format != NULL) {
        json_member_string(json, "date_format", column->date_format);
        const bool few = isnan(data_quality_count(column->rows - column->missing, exact));
        json_member_string(json, "earliest", few || column->earliest[0] == '\0' ? NULL : column->earliest);
        json_member_string(json, "latest", few || column->latest[0] == '\0' ? NULL : column->latest);
        add_count(json, "implausible", column->implausible, exact);
    }
    const struct shown_values words = data_quality_values(&column->words, true, exact);
    if (column->words.count > 0)
        add_values(json, "words", &words);
    add_count(json, "unmapped", column->unmapped, exact);
    const struct shown_values unmapped = data_quality_values(&column->unmapped_values, false, exact);
    if (column->unmapped > 0)
        add_values(json, "unmapped_values", &unmapped);
    json_end_object(json);
}

static void add_part(struct json_writer *json, const struct quality_part *part, bool exact)
{
    json_newline(json);
    json_begin_object(json);
    json_member_string(json, "name", part->name);
    json_member_string(json, "kind", part->kind);
    add_count(json, "made", part->made, exact);
    if (part->used + part->duplicates + part->orphans + part->before_referral + part->after_as_of > 0) {
        add_count(json, "used", part->used, exact);
        add_count(json, "duplicates", part->duplicates, exact);
        add_count(json, "orphans", part->orphans, exact);
        add_count(json, "before_referral", part->before_referral, exact);
        add_count(json, "after_as_of", part->after_as_of, exact);
    }
    json_key(json, "columns");
    json_begin_array(json);
    for (size_t i = 0; i < part->column_count; i++) {
        if (part->columns[i].column != NULL)
            add_column(json, &part->columns[i], exact);
    }
    json_end_array(json);
    json_end_object(json);
}

static void add_file(struct json_writer *json, const struct file_quality *quality, bool exact)
{
    json_begin_object(json);
    json_member_string(json, "encoding", quality->encoding);
    json_member_string(json, "delimiter", quality->delimiter);
    json_member_string(json, "unused_columns", quality->unused);
    json_key(json, "parts");
    json_begin_array(json);
    for (size_t i = 0; i < quality->part_count; i++)
        add_part(json, &quality->parts[i], exact);
    json_end_array(json);
    json_end_object(json);
}

static void add_window(struct json_writer *json, const struct report *report)
{
    char first[DAY_TEXT_SIZE];
    day_format(report->early.before, first);
    json_key(json, "observed_window");
    json_begin_object(json);
    json_member_string(json, "first_day", first[0] == '\0' ? NULL : first);
    json_member_number(json, "requests_before", report->early.count);
    json_end_object(json);
}

static void add_late_quarters(struct json_writer *json, const struct report *report)
{
    json_key(json, "quarters_begun_late");
    json_begin_array(json);
    for (size_t i = 0; i < report->late_quarter_count; i++) {
        char period[QUARTER_TEXT_SIZE], first[DAY_TEXT_SIZE];
        quarter_format(report->late_quarters[i].period, period);
        day_format(report->late_quarters[i].first, first);
        json_begin_object(json);
        json_member_string(json, "period", period);
        json_member_string(json, "first_day", first);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_events_lost(struct json_writer *json, const struct report *report)
{
    const bool exact = report->audience == AUDIENCE_ANALYST;
    json_key(json, "events_lost");
    json_begin_array(json);
    for (size_t type = 0; type < EVENT_TYPE_COUNT; type++) {
        const struct lost_rows rows = lost_rows_of(report, (enum event_type)type);
        if (rows.lost == 0)
            continue;
        json_newline(json);
        json_begin_object(json);
        json_member_string(json, "event_type", event_type_names[type]);
        add_count(json, "rejected", rows.lost, exact);
        add_count(json, "rows", rows.total, exact);
        json_member_string(json, "effect", lost_rows_effect((enum event_type)type));
        json_end_object(json);
    }
    json_end_array(json);
}

void quality_json_add_whole(struct json_writer *json, const struct report *report)
{
    const struct unlisted_practices unlisted = report->unlisted;
    json_key(json, "practices_not_listed");
    if (unlisted.listed) {
        json_begin_object(json);
        json_member_integer(json, "practices", (int64_t)unlisted.practices);
        json_member_number(json, "referrals", unlisted.referrals);
        json_end_object(json);
    } else {
        json_null(json);
    }
    json_newline(json);
    add_window(json, report);
    add_late_quarters(json, report);
    json_member_string(json, "list_bands", list_banding_name(report->list_banding));
    json_member_boolean(json, "finer_bands_given", report->finer_bands_given);
    json_newline(json);
    add_events_lost(json, report);
    json_newline(json);
    json_key(json, "measures");
    json_begin_array(json);
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure_share share = measure_share_of(report, i);
        json_newline(json);
        json_begin_object(json);
        json_member_string(json, "measure", measure_table[i].id);
        json_member_string(json, "status", result_status_name(share.status));
        json_member_number(json, "counted", share.counted);
        json_member_number(json, "population", share.population);
        json_member_number(json, "share", share.counted / share.population);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_problems(struct json_writer *json, const struct input_order *order)
{
    json_key(json, "problems");
    json_begin_array(json);
    for (size_t i = 0; i < order->reject_count; i++) {
        const struct reject *reject = order->rejects[i];
        json_newline(json);
        json_begin_object(json);
        json_member_string(json, "file", order->ledgers[order->places[reject->ledger]]->name);
        json_member_integer(json, "line", reject->line);
        json_member_integer(json, "column", reject->column);
        json_member_string(json, "reason", reject->category);
        json_member_string(json, "message", reject->message);
        json_end_object(json);
    }
    json_end_array(json);
}

void quality_json_add_inputs(struct json_writer *json, const struct input_order *order, bool exact)
{
    json_key(json, "inputs");
    json_begin_array(json);
    for (size_t i = 0; i < order->ledger_count; i++) {
        const struct ledger *ledger = order->ledgers[i];
        json_newline(json);
        json_begin_object(json);
        json_member_string(json, "name", ledger->name);
        json_member_string(json, "kind", ledger->kind);
        json_member_string(json, "profile", ledger->profile);
        json_member_integer(json, "bytes", ledger->bytes);
        json_member_string(json, "sha256", ledger->sha256);
        json_key(json, "ledger");
        quality_json_add_ledger(json, ledger);
        if (ledger->quality != NULL) {
            json_key(json, "quality");
            add_file(json, ledger->quality, exact);
        }
        json_end_object(json);
    }
    json_newline(json);
    json_end_array(json);
}

void quality_json_add_check(struct buffer *text, const struct report *report)
{
    struct json_writer json = json_writer_into(text);
    struct input_order order = input_order_of(report);
    char as_of[DAY_TEXT_SIZE];
    day_format(report->as_of, as_of);
    json_begin_object(&json);
    results_json_add_tool(&json, report);
    json_member_string(&json, "as_of", as_of[0] != '\0' ? as_of : NULL);
    json_member_boolean(&json, "as_of_assumed", report->as_of_assumed);
    json_newline(&json);
    quality_json_add_inputs(&json, &order, true);
    json_newline(&json);
    quality_json_add_whole(&json, report);
    json_newline(&json);
    add_problems(&json, &order);
    json_end_object(&json);
    json_newline(&json);
    input_order_release(&order);
}
