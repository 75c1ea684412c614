#include "referlens/output/report_json.h"

#include "referlens/base/json_writer.h"
#include "referlens/output/input_order.h"
#include "referlens/output/quality_json.h"
#include "referlens/output/result_fields.h"
#include "referlens/output/results_json.h"

#include <string.h>

enum { REPORT_BYTES_MAX = 15 << 20 }; /* report_files.c reads up to 16 MiB */

#define OWN_NAME    "report.json"
#define PACK_FOLDER "practices/"

static void add_parameters(struct json_writer *json, const struct report *report)
{
    char as_of[DAY_TEXT_SIZE], period[QUARTER_TEXT_SIZE];
    day_format(report->as_of, as_of);
    quarter_format(report->period, period);
    json_key(json, "parameters");
    json_begin_object(json);
    json_member_string(json, "as_of", as_of[0] != '\0' ? as_of : NULL);
    json_member_boolean(json, "as_of_assumed", report->as_of_assumed);
    json_member_string(json, "period", period[0] != '\0' ? period : NULL);
    json_member_boolean(json, "period_assumed", report->period_assumed);
    json_member_string(json, "audience", audience_name(report->audience));
    json_member_number(json, "level", RESULT_LEVEL);
    json_end_object(json);
}

static void add_to_sum(struct ledger *sum, const struct ledger *ledger)
{
    sum->read += ledger->read;
    sum->used += ledger->used;
    sum->rejected += ledger->rejected;
    sum->duplicates += ledger->duplicates;
    sum->left_out += ledger->left_out;
    for (size_t i = 0; i < ledger->rejected_reason_count; i++)
        ledger_count_reason(sum->rejected_for, &sum->rejected_reason_count, ledger->rejected_for[i].reason,
                            ledger->rejected_for[i].count);
    for (size_t i = 0; i < ledger->duplicates_reason_count; i++)
        ledger_count_reason(sum->duplicates_for, &sum->duplicates_reason_count, ledger->duplicates_for[i].reason,
                            ledger->duplicates_for[i].count);
    for (size_t i = 0; i < ledger->left_out_reason_count; i++)
        ledger_count_reason(sum->left_out_for, &sum->left_out_reason_count, ledger->left_out_for[i].reason,
                            ledger->left_out_for[i].count);
}

/* The number of files of a kind, and their ledgers summed up; NULL means every kind. */
static void add_sum(struct json_writer *json, const struct input_order *order, const char *kind)
{
    struct ledger sum = {0};
    int64_t files = 0;
    for (size_t i = 0; i < order->ledger_count; i++)
        if (kind == NULL || strcmp(order->ledgers[i]->kind, kind) == 0) {
            add_to_sum(&sum, order->ledgers[i]);
            files++;
        }
    json_member_integer(json, "files", files);
    json_key(json, "ledger");
    quality_json_add_ledger(json, &sum);
}

/* The first kind that sorts behind `previous`; NULL at the end. */
static const char *next_kind(const struct input_order *order, const char *previous)
{
    const char *next = NULL;
    for (size_t i = 0; i < order->ledger_count; i++) {
        const char *kind = order->ledgers[i]->kind;
        if (strcmp(kind, previous) > 0 && (next == NULL || strcmp(kind, next) < 0))
            next = kind;
    }
    return next;
}

static void add_data_quality(struct json_writer *json, const struct report *report, const struct input_order *order)
{
    json_key(json, "data_quality");
    json_begin_object(json);
    add_sum(json, order, NULL);
    json_key(json, "by_kind");
    json_begin_array(json);
    for (const char *kind = ""; (kind = next_kind(order, kind)) != NULL;) {
        json_newline(json);
        json_begin_object(json);
        json_member_string(json, "kind", kind);
        add_sum(json, order, kind);
        json_end_object(json);
    }
    json_newline(json);
    json_end_array(json);
    json_newline(json);
    quality_json_add_whole(json, report);
    json_end_object(json);
}

/* The length of "practices/CODE" in the name of a pack's file, 0 for any other file. */
static size_t pack_length(const char *name)
{
    size_t prefix = strlen(PACK_FOLDER);
    if (strncmp(name, PACK_FOLDER, prefix) != 0)
        return 0;
    size_t length = prefix + strcspn(name + prefix, "/");
    return name[length] == '/' ? length : 0;
}

/* How many packs and files the practices' folder holds: a country has too many to name. */
static void add_packs(struct json_writer *json, const struct tree_files *files)
{
    int64_t pack_count = 0, file_count = 0;
    size_t last_length = 0;
    const char *last = "";
    for (size_t i = 0; i < files->count; i++) {
        size_t length = pack_length(files->names[i]);
        if (length == 0)
            continue;
        pack_count += length != last_length || strncmp(files->names[i], last, length) != 0;
        file_count++;
        last = files->names[i];
        last_length = length;
    }
    json_key(json, "packs");
    json_begin_object(json);
    json_member_integer(json, "practices", pack_count);
    json_member_integer(json, "files", file_count);
    json_end_object(json);
}

/* Every file but those of packs, this one among them though it is still to be written. */
static void add_files(struct json_writer *json, const struct tree_files *files)
{
    bool own_named = false;
    json_key(json, "files");
    json_begin_array(json);
    for (size_t i = 0; i < files->count; i++) {
        if (!own_named && strcmp(files->names[i], OWN_NAME) > 0) {
            json_text(json, TEXT(OWN_NAME));
            own_named = true;
        }
        if (pack_length(files->names[i]) == 0)
            json_text(json, text_of(files->names[i]));
    }
    if (!own_named)
        json_text(json, TEXT(OWN_NAME));
    json_end_array(json);
}

static void add_document(struct json_writer *json, const struct report *report, const struct tree_files *files)
{
    struct input_order order = input_order_of(report);
    json_begin_object(json);
    results_json_add_tool(json, report);
    json_newline(json);
    add_parameters(json, report);
    json_newline(json);
    quality_json_add_inputs(json, &order, report->audience == AUDIENCE_ANALYST);
    json_newline(json);
    add_data_quality(json, report, &order);
    json_newline(json);
    add_files(json, files);
    json_newline(json);
    add_packs(json, files);
    json_end_object(json);
    json_newline(json);
    input_order_release(&order);
}

bool report_json_write(const struct report *report, struct folder *folder, struct error *error)
{
    for (size_t i = 0; i < report->ledger_count; i++)
        if (!ledger_balances(&report->ledgers[i]))
            return error_set(error, "the ledger of '%s' does not balance: rows of it were lost",
                             report->ledgers[i].name);
    struct tree_files files = {0};
    if (!folder_list(folder, &files, error))
        return false;
    struct buffer buffer = buffer_with_maximum(REPORT_BYTES_MAX);
    struct json_writer json = json_writer_into(&buffer);
    add_document(&json, report, &files);
    bool done = buffer.full ? error_set(error, "can't write '" OWN_NAME "': it is too long")
                            : folder_write(folder, OWN_NAME, buffer_text(&buffer), error);
    buffer_release(&buffer);
    tree_files_release(&files);
    return done;
}
