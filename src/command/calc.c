#include "referlens/command/calc.h"

#include "referlens/base/buffer.h"
#include "referlens/base/worker.h"
#include "referlens/command/calc_charts.h"
#include "referlens/command/calc_comparisons.h"
#include "referlens/command/calc_designs.h"
#include "referlens/command/calc_intervals.h"
#include "referlens/command/calc_request.h"
#include "referlens/command/calc_survival.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/interrupted_series.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { OUTPUT_BYTES_MAX = 1 << 30, DRAWS_USUAL = 2000, DRAWS_MAX = 1000000, LAG_MAX = 1000, JOBS_MAX = 256 };

/* One statistic. `options` are those of calc_options that mean something to it, parted by spaces. */
struct calc_statistic {
    const char *name;
    const char *arguments;
    size_t argument_minimum;
    size_t argument_maximum;
    const char *options;
    calc_function *function;
};

static const struct calc_statistic statistics[] = {
    {"wilson", "X N", 2, 2, "level", calc_wilson},
    {"clopper-pearson", "X N", 2, 2, "level", calc_clopper_pearson},
    {"newcombe", "X1 N1 X2 N2", 4, 4, "level", calc_newcombe},
    {"rate", "X [T]", 1, 2, "level", calc_rate},
    {"poisson-exact", "X [T]", 1, 2, "level", calc_poisson_exact},
    {"byar", "X [T]", 1, 2, "level", calc_byar},
    {"dsr", "FILE", 1, 1, "level", calc_dsr},
    {"isr", "FILE", 1, 1, "level", calc_isr},
    {"quantile", "FILE P", 2, 2, "", calc_quantile},
    {"funnel", "FILE", 1, 1, "", calc_funnel},
    {"ratio-funnel", "FILE", 1, 1, "", calc_ratio_funnel},
    {"xmr", "FILE", 1, 1, "screen", calc_xmr},
    {"pprime", "FILE", 1, 1, "", calc_pprime},
    {"run", "FILE", 1, 1, "", calc_run},
    {"km", "FILE", 1, 1, "level at rmst", calc_km},
    {"aj", "FILE", 1, 1, "level", calc_aj},
    {"logrank", "FILE", 1, 1, "", calc_logrank},
    {"mh", "FILE", 1, 1, "level", calc_mh},
    {"dl", "FILE", 1, 1, "level", calc_dl},
    {"bh", "FILE", 1, 1, "", calc_bh},
    {"holm", "FILE", 1, 1, "", calc_holm},
    {"smd", "FILE", 1, 1, "", calc_smd},
    {"shrink", "FILE", 1, 1, "level", calc_shrink},
    {"its", "FILE", 1, 1, "level at lag", calc_its},
    {"did", "FILE", 1, 1, "level", calc_did},
    {"bootstrap", "FILE", 1, 1, "level seed draws jobs", calc_bootstrap},
};

enum { STATISTIC_COUNT = sizeof statistics / sizeof *statistics };

/* The names again, in the same order, as the choices of the operand. */
static const char *const statistic_names[] = {
    "wilson",
    "clopper-pearson",
    "newcombe",
    "rate",
    "poisson-exact",
    "byar",
    "dsr",
    "isr",
    "quantile",
    "funnel",
    "ratio-funnel",
    "xmr",
    "pprime",
    "run",
    "km",
    "aj",
    "logrank",
    "mh",
    "dl",
    "bh",
    "holm",
    "smd",
    "shrink",
    "its",
    "did",
    "bootstrap",
    NULL,
};

_Static_assert(sizeof statistic_names / sizeof *statistic_names == STATISTIC_COUNT + 1, "each is among the choices");

static const struct command_option calc_options[] = {
    {.name = "level", .argument = "L", .help = "two-sided level of the intervals (default 0.95)"},
    {.name = "screen", .help = "xmr: leave out, once, ranges of 3.267 × their mean or more"},
    {.name = "at", .argument = "T", .help = "km: the survival at this time; its: when the change came"},
    {.name = "rmst", .argument = "T", .help = "km: the restricted mean up to this time"},
    {.name = "lag", .argument = "L", .help = "its: lags of the Newey–West errors (default 3)"},
    {.name = "seed", .argument = "S", .help = "bootstrap: seed of the draws (default 1)"},
    {.name = "draws", .argument = "N", .help = "bootstrap: number of draws (default 2000)"},
    {.name = "jobs", .argument = "N", .help = "bootstrap: workers; the result is the same for any number"},
    {0},
};

bool calc_count_argument(const struct calc_request *request, size_t index, const char *name, int64_t *value,
                         struct error *error)
{
    const int64_t maximum = INT64_C(10000000000); /* up to here the exact intervals keep ten digits */
    const char *argument = request->arguments[index];
    int64_t number = 0;
    if (!text_to_integer(text_of(argument), &number) || number < 0 || number > maximum) {
        return error_set(error, "%s '%s' is not a count: a whole number from 0 to 10^10", name, argument);
    }
    *value = number;
    return true;
}

bool calc_number_argument(const struct calc_request *request, size_t index, const char *name, double *value,
                          struct error *error)
{
    const char *argument = request->arguments[index];
    return text_to_number(text_of(argument), value) ? true
                                                    : error_set(error, "%s '%s' is not a number", name, argument);
}

void calc_write_reason(struct json_writer *json, const char *reason)
{
    if (reason != NULL) {
        json_member_string(json, "reason", reason);
    }
}

void calc_write_label(struct json_writer *json, const struct calc_table *table, int column, size_t row)
{
    if (column >= 0) {
        json_member_text(json, "label", calc_table_cell(table, column, row));
    }
}

/* True where `name` is one of the words of `list`. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *word = list; *word != '\0';) {
        size_t word_length = strcspn(word, " ");
        if (word_length == length && strncmp(word, name, length) == 0) {
            return true;
        }
        word += word_length + strspn(word + word_length, " ");
    }
    return false;
}

static bool read_number(const struct command_line *line, const char *name, double *value, struct error *error)
{
    const char *text = command_text(line, name);
    if (text == NULL) {
        return true;
    }
    return text_to_number(text_of(text), value) ? true : error_set(error, "--%s '%s' is not a number", name, text);
}

static bool read_request(const struct command_line *line, struct calc_request *request, struct error *error)
{
    *request = (struct calc_request){
        .arguments = line->operands + 1,
        .argument_count = line->operand_count - 1,
        .level = 0.95,
        .at = NAN,
        .rmst = NAN,
        .lag = INTERRUPTED_LAG,
        .seed = 1,
        .draws = DRAWS_USUAL,
        .jobs = (int64_t)worker_default_count(),
        .screen = command_count(line, "screen") > 0,
    };
    if (!read_number(line, "level", &request->level, error) || !read_number(line, "at", &request->at, error) ||
        !read_number(line, "rmst", &request->rmst, error) ||
        !command_read_integer(line, "lag", 0, LAG_MAX, &request->lag, error) ||
        !command_read_integer(line, "seed", 0, INT64_MAX, &request->seed, error) ||
        !command_read_integer(line, "draws", 1, DRAWS_MAX, &request->draws, error) ||
        !command_read_integer(line, "jobs", 1, JOBS_MAX, &request->jobs, error)) {
        return false;
    }
    if (!(request->level > 0 && request->level < 1)) {
        return error_set(error, "--level must lie between 0 and 1, as 0.95 does");
    }
    if (request->rmst <= 0) {
        return error_set(error, "--rmst must be above 0");
    }
    request->z = normal_quantile_two_sided(request->level);
    return true;
}

static bool check_usage(const struct command_line *line, const struct calc_statistic *statistic, struct error *error)
{
    size_t given = line->operand_count - 1;
    if (given < statistic->argument_minimum || given > statistic->argument_maximum) {
        return error_set(error, "%s takes %s", statistic->name, statistic->arguments);
    }
    for (size_t i = 0; calc_options[i].name != NULL; i++) {
        const char *name = calc_options[i].name;
        if (command_count(line, name) > 0 && !is_listed(statistic->options, name)) {
            return error_set(error, "--%s means nothing to %s", name, statistic->name);
        }
    }
    return true;
}

/* Writes the object; only a whole one is printed. */
static int answer(const struct command_line *line, const struct calc_statistic *statistic,
                  const struct calc_request *request, struct error *error)
{
    struct buffer text = buffer_with_maximum(OUTPUT_BYTES_MAX);
    struct json_writer json = json_writer_into(&text);
    json_begin_object(&json);
    json_member_string(&json, "statistic", statistic->name);
    if (is_listed(statistic->options, "level")) {
        json_member_number(&json, "level", request->level);
    }
    int status = statistic->function(request, &json, error);
    json_end_object(&json);
    json_newline(&json);

    if (status == COMMAND_DONE && text.full) {
        error_set(error, "the answer is too long");
        status = COMMAND_FAILED;
    }
    if (status == COMMAND_DONE && (fwrite(text.bytes, 1, text.length, stdout) != text.length || fflush(stdout) != 0)) {
        error_set(error, "standard output cannot be written");
        status = COMMAND_FAILED;
    }
    buffer_release(&text);
    if (status == COMMAND_BAD_USAGE) {
        return command_refuse(line, error);
    }
    return status == COMMAND_FAILED ? command_fail(error) : status;
}

static int run_calc(const struct command_line *line)
{
    struct error error = {0};
    struct calc_request request;

    for (size_t i = 0; i < STATISTIC_COUNT; i++) {
        if (strcmp(statistics[i].name, line->operands[0]) == 0) {
            if (!check_usage(line, &statistics[i], &error) || !read_request(line, &request, &error)) {
                return command_refuse(line, &error);
            }
            return answer(line, &statistics[i], &request, &error);
        }
    }
    error_set(&error, "there is no statistic '%s'", line->operands[0]);
    return command_refuse(line, &error);
}

const struct command command_calc = {
    .name = "calc",
    .summary = "work out one statistic on given numbers, as JSON",
    .operands = "STATISTIC ARGUMENT…",
    .description =
        "Prints one JSON object at full precision, to check the program's maths by hand. FILE is CSV with a header "
        "row, "
        "whose columns are found by name; - reads standard input.\n\n"
        "wilson X N, clopper-pearson X N, newcombe X1 N1 X2 N2: proportions and their difference. rate X [T], "
        "poisson-exact X [T], byar X [T]: X events in time T. dsr FILE (count, population, weight), isr FILE "
        "(observed, "
        "expected): standardised rates and ratios. quantile FILE P (value): type 7.\n\n"
        "funnel FILE (count, n, label), ratio-funnel FILE (observed, expected, label), shrink FILE (count, n, label): "
        "many units beside each other. xmr FILE (value), pprime FILE (count, n), run FILE (value): one series.\n\n"
        "km FILE (time, event, group), aj FILE (time, state, group; state 0 is censored), logrank FILE (time, event, "
        "group, stratum): times to an event.\n\n"
        "mh FILE (stratum, a, b, c, d), dl FILE (estimate, se), bh FILE (p), holm FILE (p), smd FILE (category, "
        "count1, "
        "count2; or variable, mean1, sd1, mean2, sd2): put together and compared. its FILE --at T0 (t, y), did FILE "
        "(unit, period, treated, y), bootstrap FILE (unit, count, n, group): before and after, and clusters.",
    .options = calc_options,
    .choices = statistic_names,
    .operands_minimum = 1,
    .operands_maximum = SIZE_MAX,
    .run = run_calc,
};
