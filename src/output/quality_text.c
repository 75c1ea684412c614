#include "referlens/output/quality_text.h"

#include "referlens/measure/data_quality.h"
#include "referlens/measure/lost_rows.h"
#include "referlens/output/input_order.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { NAME_WIDTH = 22, SOURCE_WIDTH = 30 };

static void add_reasons(struct buffer *text, const char *fate, const struct ledger_reason *reasons, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_add_formatted(text, "  %10" PRId64 " %s: %s\n", reasons[i].count, fate, reasons[i].reason);
}

static void add_ledger(struct buffer *text, const struct ledger *ledger)
{
    buffer_add_formatted(text, "%s: %s", ledger->name, ledger->kind);
    if (strcmp(ledger->profile, "canonical") != 0)
        buffer_add_formatted(text, ", read with the profile %s", ledger->profile);
    if (ledger->quality != NULL && strcmp(ledger->quality->encoding, "utf-8") != 0)
        buffer_add_formatted(text, ", %s", ledger->quality->encoding);
    if (ledger->quality != NULL && strcmp(ledger->quality->delimiter, ",") != 0)
        buffer_add_formatted(text, ", delimiter %s",
                             strcmp(ledger->quality->delimiter, "\t") == 0 ? "tab" : ledger->quality->delimiter);
    buffer_add_formatted(text, "\n  %10" PRId64 " row%s\n  %10" PRId64 " used\n", ledger->read,
                         ledger->read == 1 ? "" : "s", ledger->used);
    add_reasons(text, "rejected", ledger->rejected_for, ledger->rejected_reason_count);
    add_reasons(text, "duplicates", ledger->duplicates_for, ledger->duplicates_reason_count);
    add_reasons(text, "left out", ledger->left_out_for, ledger->left_out_reason_count);
}

static void add_values(struct buffer *text, const char *title, const struct quality_values *values)
{
    if (values->count == 0 && values->others == 0)
        return;
    buffer_add_formatted(text, "      %s: ", title);
    for (size_t i = 0; i < values->count; i++)
        buffer_add_formatted(text, "%s%s %" PRId64, i > 0 ? ", " : "", values->values[i].value,
                             values->values[i].count);
    if (values->others > 0)
        buffer_add_formatted(text, "%sothers, or not shown %" PRId64, values->count > 0 ? ", " : "", values->others);
    buffer_add_character(text, '\n');
}

static void add_column(struct buffer *text, const struct quality_column *column)
{
    buffer_add_formatted(text, "    %-*s %-*s %s", NAME_WIDTH, column->taken_for, SOURCE_WIDTH,
                         column->column != NULL ? column->column : "(the same in every row)", column->content);
    if (column->date_format != NULL)
        buffer_add_formatted(text, " %s", column->date_format);
    if (column->earliest[0] != '\0')
        buffer_add_formatted(text, ", %s to %s", column->earliest, column->latest);
    if (column->missing > 0)
        buffer_add_formatted(text, "; %" PRId64 " missing", column->missing);
    if (column->implausible > 0)
        buffer_add_formatted(text, "; %" PRId64 " before 1990 or after 2100", column->implausible);
    if (column->unmapped > 0)
        buffer_add_formatted(text, "; %" PRId64 " unknown", column->unmapped);
    buffer_add_character(text, '\n');
    add_values(text, "read as", &column->words);
    add_values(text, "unknown values", &column->unmapped_values);
}

/* A column that the file has not, and that is not the same in every row, is not worth a line. */
static bool is_told(const struct quality_column *column)
{
    return column->column != NULL || (column->missing < column->rows && column->rows > 0);
}

static void add_part(struct buffer *text, const struct quality_part *part)
{
    buffer_add_formatted(text, "  %s, %" PRId64 " made:\n", part->name, part->made);
    const int64_t events = part->used + part->duplicates + part->orphans + part->before_referral + part->after_as_of;
    if (events > 0)
        buffer_add_formatted(text,
                             "    %" PRId64 " used, %" PRId64 " duplicates, %" PRId64
                             " without their referral, %" PRId64 " dated before it, %" PRId64 " after the as-of date\n",
                             part->used, part->duplicates, part->orphans, part->before_referral, part->after_as_of);
    for (size_t i = 0; i < part->column_count; i++) {
        if (is_told(&part->columns[i]))
            add_column(text, &part->columns[i]);
    }
}

static void add_file(struct buffer *text, const struct ledger *ledger)
{
    add_ledger(text, ledger);
    for (size_t i = 0; ledger->quality != NULL && i < ledger->quality->part_count; i++)
        add_part(text, &ledger->quality->parts[i]);
    if (ledger->quality != NULL && ledger->quality->unused != NULL)
        buffer_add_formatted(text, "  not used: %s\n", ledger->quality->unused);
    buffer_add_character(text, '\n');
}

static void add_measure(struct buffer *text, const struct report *report, size_t measure)
{
    const struct measure_share share = measure_share_of(report, measure);
    buffer_add_formatted(text, "  %-26s ", measure_table[measure].id);
    if (share.status == RESULT_NOT_RECORDED)
        buffer_add_string(text, "not recorded\n");
    else if (isnan(share.population) || !(share.population > 0))
        buffer_add_string(text, "nothing to count\n");
    else
        buffer_add_formatted(text, "%5.1f %%  %.0f of %.0f%s\n", 100 * share.counted / share.population, share.counted,
                             share.population, report_is_trusted(report, measure) ? "" : "  not to be trusted");
}

void quality_text_add_early(struct buffer *text, const struct report *report)
{
    const double count = report->early.count;
    if (count == 0)
        return;
    char before[DAY_TEXT_SIZE];
    day_format(report->early.before, before);
    if (isnan(count))
        buffer_add_string(text, "1 to 7 requests");
    else
        buffer_add_formatted(text, "%.0f request%s", count, count == 1 ? "" : "s");
    const char *what = count == 1 ? "it" : "them";
    buffer_add_formatted(text,
                         " dated before %s stand%s alone at the beginning: if a date is wrong, correct it. What became "
                         "of %s is counted; rates, costs and comparisons over time leave %s out",
                         before, count == 1 ? "s" : "", what, what);
}

static void add_early(struct buffer *text, const struct report *report)
{
    quality_text_add_early(text, report);
    buffer_add_string(text, report->early.count == 0 ? "" : "\n\n");
}

static void add_late_quarters(struct buffer *text, const struct report *report)
{
    for (size_t i = 0; i < report->late_quarter_count; i++) {
        char period[QUARTER_TEXT_SIZE], first[DAY_TEXT_SIZE];
        quarter_format(report->late_quarters[i].period, period);
        day_format(report->late_quarters[i].first, first);
        buffer_add_formatted(text, "Rates and costs count %s from %s: the quarter before has none that counts\n",
                             period, first);
    }
    buffer_add_string(text, report->late_quarter_count > 0 ? "\n" : "");
}

static void add_events_lost(struct buffer *text, const struct report *report)
{
    bool any = false;
    for (size_t type = 0; type < EVENT_TYPE_COUNT; type++) {
        const char *effect = lost_rows_effect((enum event_type)type);
        if (lost_rows_of(report, (enum event_type)type).lost == 0)
            continue;
        buffer_add_string(text, any ? "" : "Events lost with rejected rows:\n");
        buffer_add_string(text, "  ");
        lost_rows_add_words(report, (enum event_type)type, text);
        buffer_add_formatted(text, "%s%s\n", effect != NULL ? ": " : "", effect != NULL ? effect : "");
        any = true;
    }
    buffer_add_string(text, any ? "\n" : "");
}

void quality_text_add(struct buffer *text, const struct report *report)
{
    struct input_order order = input_order_of(report);
    for (size_t i = 0; i < order.ledger_count; i++)
        add_file(text, order.ledgers[i]);
    input_order_release(&order);
    const struct unlisted_practices unlisted = report->unlisted;
    if (!unlisted.listed)
        buffer_add_string(text, "Practices: no list of practices was given\n\n");
    else
        buffer_add_formatted(text, "Practices: %zu that refer are not in the list, with %.0f referrals\n\n",
                             unlisted.practices, unlisted.referrals);
    add_early(text, report);
    add_late_quarters(text, report);
    if (report->finer_bands_given)
        buffer_add_formatted(text, "%s\n\n", list_banding_caveat(report->list_banding));
    add_events_lost(text, report);
    buffer_add_string(text, "Measures that can be computed, as a share of the referrals in question:\n");
    for (size_t i = 0; i < measure_count; i++)
        add_measure(text, report, i);
}
