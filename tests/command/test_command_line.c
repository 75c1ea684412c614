#include "referlens/command/command_line.h"

#include "referlens/command/calc.h"
#include "referlens/command/check.h"
#include "referlens/command/ingest.h"
#include "referlens/command/report.h"
#include "referlens/command/synth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const char *const audiences[] = {"shared", "practice", "analyst", NULL};

static const struct command_option options[] = {
    {"output", 'o', "DIR", NULL, "where to"},
    {"seed", 's', "N", NULL, "a number"},
    {"audience", '\0', "WHOM", audiences, "for whom"},
    {"practice", '\0', "CODE", NULL, "one practice, repeatable"},
    {"as-of", '\0', "DATE", NULL, "the day"},
    {"period", '\0', "QUARTER", NULL, "the quarter"},
    {"force", 'f', NULL, NULL, "anyway"},
    {"no-charts", '\0', NULL, NULL, "none"},
    {"no-packs", '\0', NULL, NULL, "none"},
    {NULL, '\0', NULL, NULL, NULL},
};

static const struct command report = {
    .name = "report",
    .operands = "FILE…",
    .options = options,
    .repeatable = (const char *const[]){"practice", "seed", NULL},
    .operands_maximum = SIZE_MAX,
};
static const struct command *const commands[] = {&report, NULL};
static const struct command_program program = {.name = "program", .version = "1", .commands = commands};

/* Parses NULL-ended words behind the command's name. */
static bool parse_words(const struct command *command, const char *const *words, struct command_line *line,
                        bool *help_wanted, struct error *error)
{
    static char texts[32][64];
    char *arguments[33] = {NULL};
    int count = 0;
    for (; words[count] != NULL; count++) {
        assert_true(count < 32 && strlen(words[count]) < sizeof texts[0]);
        memcpy(texts[count], words[count], strlen(words[count]) + 1);
        arguments[count] = texts[count];
    }
    *help_wanted = false;
    return command_line_parse(&program, command, count, arguments, line, help_wanted, error);
}

#define WORDS(...) ((const char *const[]){"report", __VA_ARGS__, NULL})

static struct command_line parsed(const char *const *words)
{
    struct command_line line;
    struct error error = {""};
    bool help_wanted;
    if (!parse_words(&report, words, &line, &help_wanted, &error))
        fail_msg("refused: %s", error.message);
    assert_false(help_wanted);
    return line;
}

static void assert_refused(const struct command *command, const char *const *words, const char *message)
{
    struct command_line line = {.operand_count = 99};
    struct error error = {""};
    bool help_wanted;
    assert_false(parse_words(command, words, &line, &help_wanted, &error));
    assert_string_equal(error.message, message);
    assert_int_equal(line.operand_count, 99);
}

static void options_may_stand_among_the_operands(void **state)
{
    (void)state;
    struct command_line line = parsed(WORDS("a.csv", "-o", "out", "b.csv", "--force", "c.csv", "--as-of=2025-01-01"));
    assert_int_equal(line.operand_count, 3);
    assert_string_equal(line.operands[0], "a.csv");
    assert_string_equal(line.operands[1], "b.csv");
    assert_string_equal(line.operands[2], "c.csv");
    assert_string_equal(command_text(&line, "output"), "out");
    assert_string_equal(command_text(&line, "as-of"), "2025-01-01");
    assert_int_equal(command_count(&line, "force"), 1);
    assert_null(command_text(&line, "force"));
    assert_int_equal(command_count(&line, "seed"), 0);
    assert_null(command_text(&line, "seed"));
    command_line_release(&line);
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    struct command_line line = parsed(WORDS("a", "--", "-o", "--force", "--", "-5"));
    assert_int_equal(line.operand_count, 5);
    assert_string_equal(line.operands[1], "-o");
    assert_string_equal(line.operands[2], "--force");
    assert_string_equal(line.operands[3], "--");
    assert_string_equal(line.operands[4], "-5");
    assert_int_equal(line.value_count, 0);
    command_line_release(&line);
}

static void negative_numbers_are_operands_and_values(void **state)
{
    (void)state;
    struct command_line line =
        parsed(WORDS("-5", "-0.5", "-s", "-7", "-.5", "--seed", "-1e-3", "--seed=-9", "-s-8", "-2025", "-"));
    assert_int_equal(line.operand_count, 5);
    assert_string_equal(line.operands[0], "-5");
    assert_string_equal(line.operands[1], "-0.5");
    assert_string_equal(line.operands[2], "-.5");
    assert_string_equal(line.operands[3], "-2025");
    assert_string_equal(line.operands[4], "-");
    assert_int_equal(command_count(&line, "seed"), 4);
    assert_string_equal(command_nth_text(&line, "seed", 0), "-7");
    assert_string_equal(command_nth_text(&line, "seed", 1), "-1e-3");
    assert_string_equal(command_nth_text(&line, "seed", 2), "-9");
    assert_string_equal(command_nth_text(&line, "seed", 3), "-8");
    command_line_release(&line);
}

static void an_operand_of_zero_is_no_hidden_number(void **state)
{
    (void)state;
    struct command_line line = parsed(WORDS("0", "-1", "0", "-s", "0"));
    assert_string_equal(line.operands[0], "0");
    assert_string_equal(line.operands[1], "-1");
    assert_string_equal(line.operands[2], "0");
    assert_string_equal(command_text(&line, "seed"), "0");
    command_line_release(&line);
}

static void letters_may_be_joined_and_names_cut_short(void **state)
{
    (void)state;
    struct command_line line = parsed(WORDS("-ffffo", "out", "--aud", "analyst", "--no-c"));
    assert_int_equal(command_count(&line, "force"), 4);
    assert_string_equal(command_text(&line, "output"), "out");
    assert_string_equal(command_text(&line, "audience"), "analyst");
    assert_int_equal(command_count(&line, "no-charts"), 1);
    command_line_release(&line);
}

static void all_values_of_a_repeatable_option_are_kept(void **state)
{
    (void)state;
    struct command_line line = parsed(WORDS("--practice", "A81001", "--practice=A81002", "--practice", ""));
    assert_int_equal(command_count(&line, "practice"), 3);
    assert_string_equal(command_nth_text(&line, "practice", 0), "A81001");
    assert_string_equal(command_nth_text(&line, "practice", 1), "A81002");
    assert_string_equal(command_nth_text(&line, "practice", 2), "");
    assert_null(command_nth_text(&line, "practice", 3));
    command_line_release(&line);
}

static void an_empty_line_is_a_line(void **state)
{
    (void)state;
    struct command_line line = parsed((const char *const[]){"report", NULL});
    assert_int_equal(line.operand_count, 0);
    assert_int_equal(line.value_count, 0);
    command_line_release(&line);
    command_line_release(&line);
}

static void help_wins_over_what_follows_it(void **state)
{
    (void)state;
    struct command_line line;
    struct error error;
    bool help_wanted;
    const struct command strict = {.name = "strict", .operands = "FILE", .operands_minimum = 1, .operands_maximum = 1};
    assert_true(parse_words(&strict, WORDS("--help", "--nonsense"), &line, &help_wanted, &error));
    assert_true(help_wanted);
    command_line_release(&line);
    assert_true(parse_words(&report, WORDS("-fh"), &line, &help_wanted, &error));
    assert_true(help_wanted);
    command_line_release(&line);
}

static void what_is_wrong_with_an_option_is_said(void **state)
{
    (void)state;
    assert_refused(&report, WORDS("--forec"), "there is no option '--forec'; did you mean '--force'?");
    assert_refused(&report, WORDS("--outptu=x"), "there is no option '--outptu'; did you mean '--output'?");
    assert_refused(&report, WORDS("--frobnicate=1"), "there is no option '--frobnicate'");
    assert_refused(&report, WORDS("--no"), "option '--no' is not clear: several begin with it");
    assert_refused(&report, WORDS("-fx"), "there is no option '-x'");
    assert_refused(&report, WORDS("--output"), "option '--output' needs a value: DIR");
    assert_refused(&report, WORDS("a", "-o"), "option '--output' needs a value: DIR");
    assert_refused(&report, WORDS("--force=yes"), "option '--force' takes no value");
    assert_refused(&report, WORDS("--help=yes"), "option '--help' takes no value");
    assert_refused(&report, WORDS("--audience", "all"),
                   "--audience: 'all' is not one of 'shared', 'practice' or 'analyst'");
    assert_refused(&report, WORDS("--audience", ""), "--audience: '' is not one of 'shared', 'practice' or 'analyst'");
    assert_refused(&report, WORDS("--\x1b[31m"), "there is no option '--?[31m'");
}

static void an_option_with_a_value_is_given_once(void **state)
{
    (void)state;
    assert_refused(&report, WORDS("--as-of", "2024-01-01", "a", "--as-of=2024-01-01"), "--as-of is given twice");
    assert_refused(&report, WORDS("-o", "a", "-s1", "--out", "b"), "--output is given twice");
    struct command_line line = parsed(WORDS("-f", "--force", "--no-charts", "--no-charts"));
    assert_int_equal(command_count(&line, "force"), 2);
    command_line_release(&line);
}

/* What help says is what the line allows. */
static void those_that_may_be_repeated_say_so(void **state)
{
    (void)state;
    static const struct command *const real[] = {&command_report, &command_check, &command_ingest, &command_calc,
                                                 &command_synth};
    for (size_t i = 0; i < sizeof real / sizeof real[0]; i++) {
        size_t said = 0, found = 0;
        for (const struct command_option *option = real[i]->options; option->name != NULL; option++)
            said += strstr(option->help, "may be repeated") != NULL;
        for (const char *const *name = real[i]->repeatable; name != NULL && *name != NULL; name++) {
            for (const struct command_option *option = real[i]->options; option->name != NULL; option++)
                found += strcmp(option->name, *name) == 0 && strstr(option->help, "may be repeated") != NULL;
        }
        assert_int_equal(found, said);
    }
}

static void operands_are_counted_and_the_first_is_checked(void **state)
{
    (void)state;
    static const char *const lists[] = {"measures", "columns", NULL};
    const struct command list = {
        .name = "list", .operands = "LIST", .choices = lists, .operands_minimum = 1, .operands_maximum = 1};
    struct command_line line;
    struct error error;
    bool help_wanted;
    assert_true(parse_words(&list, WORDS("columns"), &line, &help_wanted, &error));
    command_line_release(&line);
    assert_refused(&list, (const char *const[]){"list", NULL}, "missing: LIST");
    assert_refused(&list, WORDS("columns", "measures"), "'measures' was not expected");
    assert_refused(&list, WORDS("charts"), "'charts' is not one of 'measures' or 'columns'");
    assert_refused(&list, WORDS("-5"), "'-5' is not one of 'measures' or 'columns'");
}

static void typed_values_are_read_or_explained(void **state)
{
    (void)state;
    struct command_line line = parsed(WORDS("--seed=17", "--as-of", "2024-02-29", "--period=2025/26-Q1"));
    struct error error = {""};
    int64_t seed = 1;
    day as_of = 0, expected;
    quarter period = 0;
    assert_true(command_read_integer(&line, "seed", 0, 17, &seed, &error));
    assert_int_equal(seed, 17);
    assert_true(command_read_day(&line, "as-of", &as_of, &error));
    assert_true(day_from_date(2024, 2, 29, &expected));
    assert_int_equal(as_of, expected);
    assert_true(command_read_quarter(&line, "period", &period, &error));
    assert_int_equal(period, 2025 * 4 + 1);
    assert_false(command_read_integer(&line, "seed", 0, 16, &seed, &error));
    assert_string_equal(error.message, "--seed: '17' is not a whole number from 0 to 16");
    assert_int_equal(seed, 17);
    command_line_release(&line);

    line = parsed(WORDS("--seed=many", "--as-of", "31/02/2024", "--period=2025"));
    assert_false(command_read_integer(&line, "seed", 0, 16, &seed, &error));
    assert_false(command_read_day(&line, "as-of", &as_of, &error));
    assert_string_equal(error.message, "--as-of: '31/02/2024' is not a date (expected YYYY-MM-DD)");
    assert_false(command_read_quarter(&line, "period", &period, &error));
    assert_string_equal(error.message, "--period: '2025' is not a quarter (expected 2025-Q2 or 2025/26-Q1)");
    command_line_release(&line);

    line = parsed((const char *const[]){"report", NULL});
    assert_true(command_read_integer(&line, "seed", 0, 16, &seed, &error));
    assert_true(command_read_day(&line, "as-of", &as_of, &error));
    assert_true(command_read_quarter(&line, "period", &period, &error));
    assert_int_equal(seed, 17);
    assert_int_equal(as_of, expected);
    command_line_release(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_may_stand_among_the_operands),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(negative_numbers_are_operands_and_values),
        cmocka_unit_test(an_operand_of_zero_is_no_hidden_number),
        cmocka_unit_test(letters_may_be_joined_and_names_cut_short),
        cmocka_unit_test(all_values_of_a_repeatable_option_are_kept),
        cmocka_unit_test(an_empty_line_is_a_line),
        cmocka_unit_test(help_wins_over_what_follows_it),
        cmocka_unit_test(what_is_wrong_with_an_option_is_said),
        cmocka_unit_test(an_option_with_a_value_is_given_once),
        cmocka_unit_test(those_that_may_be_repeated_say_so),
        cmocka_unit_test(operands_are_counted_and_the_first_is_checked),
        cmocka_unit_test(typed_values_are_read_or_explained),
    };
    return cmocka_run_group_tests_name("command/command_line", tests, NULL, NULL);
}
