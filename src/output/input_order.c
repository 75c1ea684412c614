#include "referlens/output/input_order.h"

#include "referlens/base/memory.h"

#include <stdlib.h>
#include <string.h>

static int compare_ledgers(const void *a, const void *b)
{
    const struct ledger *left = *(const struct ledger *const *)a, *right = *(const struct ledger *const *)b;
    int order = ledger_compare(left, right);
    return order != 0 ? order : (left > right) - (left < right); /* one file twice: as in the report's array */
}

static int compare_rejects(const void *a, const void *b, void *context)
{
    const struct reject *left = *(const struct reject *const *)a, *right = *(const struct reject *const *)b;
    const size_t *places = context;
    size_t left_place = places[left->ledger], right_place = places[right->ledger];
    if (left_place != right_place)
        return left_place < right_place ? -1 : 1;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    int order = strcmp(left->category, right->category);
    return order != 0 ? order : strcmp(left->message, right->message);
}

struct input_order input_order_of(const struct report *report)
{
    struct input_order order = {
        .ledgers = memory_allocate_zeroed(report->ledger_count, sizeof *order.ledgers),
        .places = memory_allocate_zeroed(report->ledger_count, sizeof *order.places),
        .rejects = memory_allocate_zeroed(report->reject_count, sizeof *order.rejects),
        .ledger_count = report->ledger_count,
        .reject_count = report->reject_count,
    };
    for (size_t i = 0; i < order.ledger_count; i++)
        order.ledgers[i] = &report->ledgers[i];
    if (order.ledger_count > 1)
        qsort(order.ledgers, order.ledger_count, sizeof *order.ledgers, compare_ledgers);
    for (size_t i = 0; i < order.ledger_count; i++)
        order.places[order.ledgers[i] - report->ledgers] = i;
    for (size_t i = 0; i < order.reject_count; i++)
        order.rejects[i] = &report->rejects[i];
    if (order.reject_count > 1)
        qsort_r(order.rejects, order.reject_count, sizeof *order.rejects, compare_rejects, order.places);
    return order;
}

void input_order_release(struct input_order *order)
{
    if (order == NULL)
        return;
    memory_free(order->ledgers);
    memory_free(order->places);
    memory_free(order->rejects);
    *order = (struct input_order){0};
}

static int compare_reasons(const void *a, const void *b)
{
    const struct ledger_reason *left = a, *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(left->reason, right->reason);
}

void input_order_add_reasons(struct json_writer *json, const struct ledger_reason *reasons, size_t count)
{
    struct ledger_reason sorted[LEDGER_REASON_MAX];
    memcpy(sorted, reasons, count * sizeof *sorted);
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, compare_reasons);
    json_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(json);
        json_member_string(json, "reason", sorted[i].reason);
        json_member_integer(json, "rows", sorted[i].count);
        json_end_object(json);
    }
    json_end_array(json);
}
