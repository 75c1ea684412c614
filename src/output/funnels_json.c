#include "referlens/output/funnels_json.h"

#include "referlens/base/memory.h"
#include "referlens/measure/practice_funnel.h"

struct funnel_points {
    const struct report *report;
    const struct practice_funnel *funnel;
};

static void add_limits(struct json_writer *json, const struct finding_limits *limits, const char *const names[4])
{
    json_member_number(json, names[0], limits->lower95);
    json_member_number(json, names[1], limits->upper95);
    json_member_number(json, names[2], limits->lower998);
    json_member_number(json, names[3], limits->upper998);
}

static const char *const adjusted_names[] = {"lower95", "upper95", "lower998", "upper998"};
static const char *const plain_names[] = {"plain_lower95", "plain_upper95", "plain_lower998", "plain_upper998"};

static void add_grid(struct json_writer *json, const struct practice_funnel *funnel)
{
    double grid[FUNNEL_GRID_MAX];
    const size_t count = practice_funnel_grid(funnel, grid);
    json_key(json, "limits");
    json_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        const struct finding_limits adjusted = practice_funnel_limits(funnel, grid[i], true);
        const struct finding_limits plain = practice_funnel_limits(funnel, grid[i], false);
        json_newline(json);
        json_begin_object(json);
        json_member_number(json, "n", grid[i]);
        add_limits(json, &adjusted, adjusted_names);
        add_limits(json, &plain, plain_names);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_point(const void *context, size_t index, struct json_writer *json)
{
    const struct funnel_points *of = context;
    const struct practice_point *point = &of->funnel->points[index];
    json_begin_object(json);
    json_member_text(json, "practice", report_practice_code(of->report, point->practice));
    json_member_number(json, "numerator", point->numerator);
    json_member_number(json, "denominator", point->denominator);
    json_member_number(json, "value", point->value);
    json_member_number(json, "lower", point->lower);
    json_member_number(json, "upper", point->upper);
    add_limits(json, &point->limits, adjusted_names);
    json_member_number(json, "q", point->q);
    json_member_string(json, "finding", finding_text(point->finding));
    json_key(json, "beyond_chance_alone");
    json_boolean(json, point->beyond_chance_alone);
    json_member_string(json, "side", point->side > 0 ? "above" : point->side < 0 ? "below" : NULL);
    json_end_object(json);
}

static void add_number_or_null(struct json_writer *json, const char *key, double value, bool known)
{
    if (known)
        json_member_number(json, key, value);
    else
        json_member_null(json, key);
}

static bool add_funnel(struct json_document *document, const struct report *report,
                       const struct practice_funnel *funnel, struct error *error)
{
    struct json_writer *json = &document->json;
    const struct measure *measure = &measure_table[funnel->measure];
    json_newline(json);
    json_begin_object(json);
    json_member_string(json, "measure", measure->id);
    json_member_string(json, "kind", measure->kind == MEASURE_RATE ? "ratio" : "proportion");
    json_member_string(json, "status", result_status_name(funnel->status));
    add_number_or_null(json, "target", funnel->model.target, funnel->has_limits);
    add_number_or_null(json, "phi", funnel->model.phi, funnel->has_limits);
    add_number_or_null(json, "tau2", funnel->model.tau2, funnel->has_limits);
    json_key(json, "overdispersed");
    if (funnel->has_limits)
        json_boolean(json, funnel->model.tau2 > 0);
    else
        json_null(json);
    json_member_integer(json, "practices", (int64_t)funnel->count);
    json_member_integer(json, "suppressed", (int64_t)funnel->suppressed);
    json_member_integer(json, "empty", (int64_t)funnel->empty);
    add_grid(json, funnel);
    json_newline(json);
    json_key(json, "points");
    json_begin_array(json);
    const struct funnel_points points = {report, funnel};
    const bool done = json_document_elements(document, funnel->count, add_point, &points, error);
    json_end_array(json);
    json_end_object(json);
    return done;
}

bool funnels_json_add(struct json_document *document, const struct report *report, struct error *error)
{
    struct practice_funnel *funnels = practice_funnels_of(report, document->worker_count);
    bool done = true;
    json_newline(&document->json);
    json_key(&document->json, "funnels");
    json_begin_array(&document->json);
    for (size_t i = 0; i < measure_count; i++) {
        if (measure_table[i].kind != MEASURE_DELAY)
            done = done && add_funnel(document, report, &funnels[i], error);
        practice_funnel_release(&funnels[i]);
    }
    json_newline(&document->json);
    json_end_array(&document->json);
    memory_free(funnels);
    return done;
}
