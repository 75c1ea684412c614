#include "referlens/command/diagnostics.h"

#include "referlens/command/command.h"
#include "referlens/input/repeats.h"
#include "referlens/output/quality_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { REPEATS_SHOWN = 10 };

static void say_reject(const struct input *input, const struct reject *reject)
{
    fprintf(stderr, "%s:%" PRId64 ":%" PRId64 ": error: %s\n", input->ledgers[reject->ledger].name, reject->line,
            reject->column, reject->message);
}

void diagnostics_rejects(const struct input *input, const char *all)
{
    /* Counts by reason, started afresh with each file. */
    const char *categories[LEDGER_REASON_MAX];
    size_t shown[LEDGER_REASON_MAX], known = 0, file = SIZE_MAX;
    for (size_t i = 0; i < input->reject_count; i++) {
        const struct reject *reject = &input->rejects[i];
        if (reject->ledger != file)
            known = 0;
        file = reject->ledger;
        size_t k = 0;
        while (k < known && strcmp(categories[k], reject->category) != 0)
            k++;
        if (k == known && known < LEDGER_REASON_MAX) {
            categories[known] = reject->category;
            shown[known++] = 0;
        }
        if (k < LEDGER_REASON_MAX && shown[k]++ < REPEATS_SHOWN)
            say_reject(input, reject);
    }
    for (size_t i = 0; i < input->file_count; i++) {
        const struct ledger *ledger = &input->ledgers[i];
        for (size_t k = 0; k < ledger->rejected_reason_count; k++) {
            if (ledger->rejected_for[k].count > REPEATS_SHOWN)
                fprintf(stderr, "%s: error: %" PRId64 " more rows rejected: %s (see %s)\n", ledger->name,
                        ledger->rejected_for[k].count - REPEATS_SHOWN, ledger->rejected_for[k].reason, all);
        }
    }
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

void diagnostics_files(const struct input *input)
{
    for (size_t i = 0; i < input->file_count; i++) {
        const struct ledger *ledger = &input->ledgers[i];
        const bool canonical = strcmp(ledger->profile, "canonical") == 0;
        fprintf(stderr,
                "%s: %s%s%s, %" PRId64 " row%s: %" PRId64 " used, %" PRId64 " rejected, %" PRId64
                " duplicate%s, %" PRId64 " left out\n",
                ledger->name, ledger->kind, canonical ? "" : ", profile ", canonical ? "" : ledger->profile,
                ledger->read, plural(ledger->read), ledger->used, ledger->rejected, ledger->duplicates,
                plural(ledger->duplicates), ledger->left_out);
        for (size_t k = 0; k < ledger->duplicates_reason_count; k++) {
            if (ledger->duplicates_for[k].reason != reason_repeated)
                fprintf(stderr, "%s: note: %" PRId64 " duplicate%s: %s\n", ledger->name,
                        ledger->duplicates_for[k].count, plural(ledger->duplicates_for[k].count),
                        ledger->duplicates_for[k].reason);
        }
        for (size_t k = 0; k < ledger->left_out_reason_count; k++)
            fprintf(stderr, "%s: note: %" PRId64 " left out: %s\n", ledger->name, ledger->left_out_for[k].count,
                    ledger->left_out_for[k].reason);
        if (input->files[i].ignored != NULL)
            fprintf(stderr, "%s: note: columns not used: %s\n", ledger->name, input->files[i].ignored);
    }
}

void diagnostics_early(const struct report *report)
{
    struct buffer text = buffer_with_maximum(ERROR_MESSAGE_MAX);
    quality_text_add_early(&text, report);
    if (text.length > 0)
        command_warn("%s", text.bytes);
    buffer_release(&text);
}

bool reject_limit_parse(const char *text, struct reject_limit *limit, struct error *error)
{
    *limit = (struct reject_limit){NAN, NAN};
    if (text == NULL)
        return true;
    struct text number = text_of(text);
    const bool percent = number.length > 0 && number.bytes[number.length - 1] == '%';
    number.length -= percent ? 1 : 0;
    double value;
    int64_t rows;
    if (percent && text_to_number(number, &value) && value >= 0 && value <= 100) {
        limit->share = value / 100;
        return true;
    }
    if (!percent && text_to_integer(number, &rows) && rows >= 0) {
        limit->rows = (double)rows;
        return true;
    }
    return error_set(error, "--max-rejects takes a number of rows or a percentage, such as 100 or 5%%");
}

bool reject_limit_passed(const struct reject_limit *limit, const struct input *input)
{
    int64_t read = 0, rejected = 0;
    for (size_t i = 0; i < input->file_count; i++) {
        read += input->ledgers[i].read;
        rejected += input->ledgers[i].rejected;
    }
    return (!isnan(limit->rows) && (double)rejected > limit->rows) ||
           (!isnan(limit->share) && (double)rejected > limit->share * (double)read);
}
