#include "referlens/output/page_quality.h"

#include "referlens/measure/data_quality.h"
#include "referlens/output/page_format.h"
#include "referlens/output/page_json.h"

#include <math.h>

static void add_count(cJSON *object, const char *key, const char *text_key, int64_t count)
{
    page_add_number(object, key, (double)count);
    page_add_display(object, text_key, display_count((double)count));
}

static void add_ledger_reasons(cJSON *file, const char *key, const struct ledger_reason *reasons, size_t count)
{
    cJSON *list = page_add_list(file, key);
    for (size_t i = 0; i < count; i++) {
        cJSON *item = page_list_add(list);
        page_add_label(item, "reason", text_of(reasons[i].reason));
        add_count(item, "count", "count_text", reasons[i].count);
    }
}

static void add_shown(cJSON *object, const char *key, double shown)
{
    page_add_string(object, key, isnan(shown) ? "1 to 7" : display_count(shown).text);
}

static void add_values(cJSON *column, const char *key, const struct shown_values *values)
{
    cJSON *list = page_add_list(column, key);
    for (size_t i = 0; i < values->count; i++) {
        cJSON *item = page_list_add(list);
        page_add_label(item, "value", text_of(values->values[i].value));
        add_shown(item, "count_text", values->values[i].count);
    }
    if (values->others != 0) {
        cJSON *item = page_list_add(list);
        page_add_string(item, "value", "others, or not shown");
        add_shown(item, "count_text", values->others);
    }
}

static void add_column(cJSON *item, const struct quality_column *column, bool exact)
{
    page_add_string(item, "taken_for", column->taken_for);
    page_add_label(item, "column", text_of(column->column));
    page_add_string(item, "content", column->content);
    page_add_string(item, "date_format", column->date_format);
    const bool few = isnan(data_quality_count(column->rows - column->missing, exact));
    page_add_string(item, "earliest", few || column->earliest[0] == '\0' ? NULL : column->earliest);
    page_add_string(item, "latest", few ? NULL : column->latest);
    add_shown(item, "missing_text", data_quality_count(column->missing, exact));
    page_add_boolean(item, "has_implausible", column->implausible > 0);
    add_shown(item, "implausible_text", data_quality_count(column->implausible, exact));
    page_add_boolean(item, "has_unmapped", column->unmapped > 0);
    add_shown(item, "unmapped_text", data_quality_count(column->unmapped, exact));
    const struct shown_values unmapped = data_quality_values(&column->unmapped_values, false, exact);
    const struct shown_values words = data_quality_values(&column->words, true, exact);
    add_values(item, "unmapped_values", &unmapped);
    add_values(item, "words", &words);
}

static void add_parts(cJSON *file, const struct file_quality *quality, bool exact)
{
    cJSON *parts = page_add_list(file, "parts");
    for (size_t i = 0; quality != NULL && i < quality->part_count; i++) {
        const struct quality_part *part = &quality->parts[i];
        cJSON *item = page_list_add(parts);
        page_add_label(item, "name", text_of(part->name));
        add_shown(item, "made_text", data_quality_count(part->made, exact));
        cJSON *columns = page_add_list(item, "columns");
        for (size_t k = 0; k < part->column_count; k++) {
            if (part->columns[k].column != NULL)
                add_column(page_list_add(columns), &part->columns[k], exact);
        }
    }
    page_add_label(file, "unused", text_of(quality != NULL && quality->unused != NULL ? quality->unused : ""));
    page_add_boolean(file, "has_unused", quality != NULL && quality->unused != NULL);
}

static void add_unlisted(cJSON *quality, const struct report *report)
{
    const struct unlisted_practices *unlisted = &report->unlisted;
    page_add_boolean(quality, "has_list", unlisted->listed);
    page_add_boolean(quality, "has_unlisted", unlisted->practices > 0);
    page_add_display(quality, "unlisted_text", display_count((double)unlisted->practices));
    page_add_string(quality, "unlisted_referrals_text",
                    isnan(unlisted->referrals) ? "1 to 7" : display_count(unlisted->referrals).text);
}

static void add_early(cJSON *quality, const struct report *report)
{
    const double count = report->early.count;
    page_add_boolean(quality, "has_early", count != 0);
    page_add_boolean(quality, "one_early", count == 1);
    page_add_string(quality, "early_text", isnan(count) ? "1 to 7" : display_count(count).text);
    page_add_display(quality, "window_first", display_day(report->early.before));
}

static void add_late_quarters(cJSON *quality, const struct report *report)
{
    cJSON *list = page_add_list(quality, "late_quarters");
    for (size_t i = 0; i < report->late_quarter_count; i++) {
        cJSON *item = page_list_add(list);
        page_add_display(item, "period", display_quarter(report->late_quarters[i].period));
        page_add_display(item, "first", display_day(report->late_quarters[i].first));
    }
}

/* How much of each measure the data can tell. */
static void add_shares(cJSON *quality, const struct report *report)
{
    cJSON *list = page_add_list(quality, "measures");
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure_share share = measure_share_of(report, i);
        cJSON *item = page_list_add(list);
        page_add_string(item, "id", measure_table[i].id);
        page_add_string(item, "title", measure_table[i].title);
        const bool known = share.population > 0; /* false for NAN too */
        page_add_string(item, "counted_text", isnan(share.counted) ? NULL : display_count(share.counted).text);
        page_add_string(item, "population_text", known ? display_count(share.population).text : NULL);
        page_add_string(item, "share_text", known ? display_percent(share.counted / share.population).text : NULL);
        page_add_string(item, "why",
                        known                                 ? NULL
                        : share.status == RESULT_NOT_RECORDED ? "not recorded"
                        : share.status == RESULT_SUPPRESSED   ? "too few to show"
                        : share.counted > 0                   ? "how many are left out is too few to show"
                                                              : "nothing to count");
    }
}

static void add_file(cJSON *file, const struct ledger *ledger, bool exact)
{
    page_add_string(file, "name", ledger->name);
    page_add_label(file, "name_shown", text_of(ledger->name));
    page_add_string(file, "kind", ledger->kind);
    page_add_string(file, "profile", ledger->profile);
    page_add_string(file, "sha256", ledger->sha256);
    add_count(file, "bytes", "bytes_text", ledger->bytes);
    add_count(file, "read", "read_text", ledger->read);
    add_count(file, "used", "used_text", ledger->used);
    add_count(file, "rejected", "rejected_text", ledger->rejected);
    add_count(file, "duplicates", "duplicates_text", ledger->duplicates);
    add_count(file, "left_out", "left_out_text", ledger->left_out);
    add_ledger_reasons(file, "rejected_for", ledger->rejected_for, ledger->rejected_reason_count);
    add_ledger_reasons(file, "duplicates_for", ledger->duplicates_for, ledger->duplicates_reason_count);
    add_ledger_reasons(file, "left_out_for", ledger->left_out_for, ledger->left_out_reason_count);
    page_add_boolean(file, "has_reasons", ledger->rejected_reason_count + ledger->left_out_reason_count > 0);
    add_parts(file, ledger->quality, exact);
}

void page_add_quality(cJSON *document, const struct report *report)
{
    cJSON *quality = page_add_object(document, "quality");
    cJSON *files = page_add_list(quality, "files");
    const bool exact = report->audience == AUDIENCE_ANALYST;
    bool has_reasons = false;
    for (size_t i = 0; i < report->ledger_count; i++) {
        add_file(page_list_add(files), &report->ledgers[i], exact);
        has_reasons |= report->ledgers[i].rejected_reason_count + report->ledgers[i].left_out_reason_count > 0;
    }
    page_add_boolean(quality, "has_reasons", has_reasons);
    page_add_boolean(quality, "has_rejects", report->reject_count > 0);
    add_count(quality, "rejects", "rejects_text", (int64_t)report->reject_count);
    add_unlisted(quality, report);
    add_early(quality, report);
    add_late_quarters(quality, report);
    add_shares(quality, report);
}
