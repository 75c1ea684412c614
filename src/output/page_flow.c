#include "referlens/output/page_flow.h"

#include "referlens/measure/chart_data.h"
#include "referlens/output/chart_flow.h"
#include "referlens/output/page_cell.h"
#include "referlens/output/page_json.h"

#include <math.h>

/* A count with its share of all submitted. A masked share may not pass the whole. */
static void add_count(cJSON *object, double count, double submitted)
{
    const double share = isnan(count) || !(submitted > 0) ? NAN : fmin(count / submitted, 1.0);
    const struct display hidden = {"fewer than 8"};
    page_add_number(object, "count", count);
    page_add_display(object, "count_text", isnan(count) ? hidden : display_count(count));
    page_add_number(object, "share", share);
    page_add_display(object, "share_text", display_percent(share));
}

/* What nothing in the input could have told is not 0. */
static void add_not_recorded(cJSON *object)
{
    page_add_number(object, "count", NAN);
    page_add_string(object, "count_text", "not recorded");
    page_add_number(object, "share", NAN);
    page_add_string(object, "share_text", "–");
}

static void add_end(cJSON *list, const struct flow *flow, enum flow_end end, double count)
{
    cJSON *item = page_list_add(list);
    page_add_string(item, "id", flow_end_name(end));
    page_add_string(item, "words", chart_flow_end_words(flow, end));
    page_add_boolean(item, "was_seen", (int)end < FLOW_SEEN_ENDS);
    if (flow_knows_end(flow, end))
        add_count(item, count, flow->submitted);
    else
        add_not_recorded(item);
}

void page_add_flow(cJSON *document, const struct flow *flow)
{
    cJSON *object = page_add_object(document, "flow");
    add_count(page_add_object(object, "submitted"), flow->submitted, flow->submitted);
    cJSON *seen = page_add_object(object, "seen");
    if (flow->knows_attended)
        add_count(seen, flow->seen, flow->submitted);
    else
        add_not_recorded(seen);
    page_add_boolean(object, "knows_decisions", flow->knows_decisions);
    page_add_boolean(object, "knows_attended", flow->knows_attended);
    page_add_boolean(object, "knows_treated", flow->knows_treated);
    cJSON *decisions = page_add_list(object, "decisions");
    for (size_t d = 0; d < FLOW_DECISIONS; d++) {
        cJSON *item = page_list_add(decisions);
        page_add_string(item, "id", flow_decision_name((enum flow_decision)d));
        page_add_string(item, "words", chart_flow_decision_words(flow, (enum flow_decision)d));
        if (flow->knows_decisions || d == FLOW_UNDECIDED)
            add_count(item, flow->decided[d], flow->submitted);
        else
            add_not_recorded(item);
        cJSON *ends = page_add_list(item, "ends");
        for (size_t end = 0; end < FLOW_ENDS; end++) {
            if (flow->paths[d][end] != 0.0)
                add_end(ends, flow, (enum flow_end)end, flow->paths[d][end]);
        }
    }
    cJSON *ends = page_add_list(object, "ends");
    for (size_t end = 0; end < FLOW_ENDS; end++) {
        if (end != FLOW_UNDATED || flow->ended[end] != 0.0) /* whole exports have none */
            add_end(ends, flow, (enum flow_end)end, flow->ended[end]);
    }
}

void page_add_bounced(cJSON *document, const char *key, const struct curve *curve, bool recorded)
{
    const size_t measure = measure_index("journey_wait");
    struct result result = curve_result(curve, measure);
    if (!recorded)
        result.status = RESULT_NOT_RECORDED;
    page_add(document, key, page_cell(&result, measure, false));
}
