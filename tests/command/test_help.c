/* Help, the manual page and the completion, of one program made for the purpose: what is in its tables is in all three.
 */
#include "referlens/command/help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/command/completion.h"
#include "referlens/command/manual.h"

#include <string.h>

static const char *const audiences[] = {"shared", "analyst", NULL};
static const char *const lists[] = {"measures", "columns", NULL};

static const struct command_option options[] = {
    {"output", 'o', "DIR", NULL, "write the folder here"},
    {"audience", '\0', "WHOM", audiences, "for whom it is"},
    {"a-name-that-is-rather-long", '\0', "VALUE", NULL, "is explained below its name"},
    {"force", 'f', NULL, NULL,
     "go on where there is something already, however long the sentence may be that has to explain such a thing to "
     "whoever asks"},
    {NULL, '\0', NULL, NULL, NULL},
};

static const struct command report = {
    .name = "report",
    .summary = "read, measure and write",
    .operands = "FILE…",
    .description = "Reads what there is.\n\n.Writes 'it' to C:\\back, don't ask – why.",
    .options = options,
    .operands_maximum = SIZE_MAX,
};
static const struct command list = {
    .name = "list",
    .summary = "print a table",
    .operands = "LIST",
    .choices = lists,
    .operands_minimum = 1,
    .operands_maximum = 1,
};
static const struct command *const commands[] = {&report, &list, NULL};
static const struct command_variable environment[] = {{"TOOL_HOME", "where it's at home"}, {NULL, NULL}};
static const struct command_program program = {
    .name = "tool",
    .version = "2.1",
    .summary = "does things",
    .description = "Does one thing.\n\nThen another.",
    .files = "It reads files.",
    .environment = environment,
    .commands = commands,
};

static void assert_contains(const struct buffer *text, const char *part)
{
    if (strstr(text->bytes, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text->bytes);
}

static void a_commands_help_shows_all_of_its_table(void **state)
{
    (void)state;
    struct buffer text = buffer_with_maximum(HELP_TEXT_MAX);
    help_of_command(&text, &program, &report);
    assert_string_equal(text.bytes, "Usage: tool report [options] FILE…\n"
                                    "\n"
                                    "Reads what there is.\n"
                                    "\n"
                                    ".Writes 'it' to C:\\back, don't ask – why.\n"
                                    "\n"
                                    "Options:\n"
                                    "  -o, --output DIR        write the folder here\n"
                                    "      --audience WHOM     for whom it is: 'shared' or 'analyst'\n"
                                    "      --a-name-that-is-rather-long VALUE\n"
                                    "                          is explained below its name\n"
                                    "  -f, --force             go on where there is something already, however long\n"
                                    "                          the sentence may be that has to explain such a thing\n"
                                    "                          to whoever asks\n"
                                    "  -h, --help              show this help\n");
    buffer_clear(&text);
    help_of_command(&text, &program, &list);
    assert_string_equal(text.bytes, "Usage: tool list LIST\n"
                                    "\n"
                                    "print a table\n"
                                    "\n"
                                    "LIST is 'measures' or 'columns'.\n"
                                    "\n"
                                    "Options:\n"
                                    "  -h, --help              show this help\n");
    buffer_release(&text);
}

static void the_programs_help_shows_every_command(void **state)
{
    (void)state;
    struct buffer text = buffer_with_maximum(HELP_TEXT_MAX);
    help_of_program(&text, &program);
    assert_contains(&text, "Usage: tool COMMAND [options] …\n\nDoes one thing.\n\nThen another.\n\nCommands:\n");
    assert_contains(&text, "  report                  read, measure and write\n");
    assert_contains(&text, "  list                    print a table\n");
    assert_contains(&text, "      --version           show the version\n\nEnvironment:\n");
    assert_contains(&text, "  TOOL_HOME               where it's at home\n\n'tool COMMAND");
    buffer_release(&text);
}

static void lines_are_filled_to_80_columns(void **state)
{
    (void)state;
    struct buffer text = buffer_with_maximum(HELP_TEXT_MAX);
    help_add_filled(&text, 0, 0,
                    "Seventy-nine columns of text, with an é and a – which are wider in bytes than so, x then "
                    "averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongword end");
    assert_string_equal(text.bytes,
                        "Seventy-nine columns of text, with an é and a – which are wider in bytes than\n"
                        "so, x then\n"
                        "averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongword\n"
                        "end\n");
    buffer_clear(&text);
    help_add_filled(&text, 0, 0, "");
    assert_string_equal(text.bytes, "\n");
    buffer_release(&text);
}

static void the_manual_page_shows_all_and_escapes_it(void **state)
{
    (void)state;
    struct buffer text = buffer_with_maximum(HELP_TEXT_MAX);
    manual_of_program(&text, &program);
    const char *const parts[] = {
        ".TH TOOL 1 \"\" \"tool 2.1\" \"User Commands\"\n.SH NAME\ntool \\- does things\n.SH SYNOPSIS\n",
        "\\fBtool\\fR \\fBreport\\fR [\\fIoptions\\fR] \\fIFILE\\&...\\fR\n",
        ".SH DESCRIPTION\nDoes one thing.\n.PP\nThen another.\n.SH COMMANDS\n",
        ".TP\n\\fBreport\\fR\nReads what there is.\n.IP\n\\&.Writes \\(aqit\\(aq to C:\\eback, don\\(aqt ask – why.\n",
        ".IP\nLIST is \\(aqmeasures\\(aq or \\(aqcolumns\\(aq.\n",
        ".TP\n\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIDIR\\fR\nwrite the folder here\n",
        ".TP\n\\fB\\-\\-audience\\fR \\fIWHOM\\fR\nfor whom it is: \\(aqshared\\(aq or \\(aqanalyst\\(aq\n",
        ".TP\n\\fB\\-f\\fR, \\fB\\-\\-force\\fR\n",
        ".SH EXIT STATUS\n.TP\n\\fB0\\fR\nDone.\n",
        ".TP\n\\fB4\\fR\n",
        ".SH ENVIRONMENT\n.TP\n\\fBTOOL_HOME\\fR\nwhere it\\(aqs at home\n",
        ".SH FILES\nIt reads files.\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_contains(&text, parts[i]);
    buffer_release(&text);
}

static void the_completion_knows_all(void **state)
{
    (void)state;
    struct buffer text = buffer_with_maximum(HELP_TEXT_MAX);
    completion_of_program(&text, &program);
    const char *const parts[] = {
        "compgen -W \"report list help --help --version\"",
        "report:--output|report:-o) kind=folders ;;\n",
        "report:--audience) words=\"shared analyst\" kind=words ;;\n",
        "report) options=\"-o --output --audience --a-name-that-is-rather-long -f --force -h --help\" ;;\n",
        "list) options=\"-h --help\" words=\"measures columns\" kind=words ;;\n",
        "complete -F _tool tool\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_contains(&text, parts[i]);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commands_help_shows_all_of_its_table),
        cmocka_unit_test(the_programs_help_shows_every_command),
        cmocka_unit_test(lines_are_filled_to_80_columns),
        cmocka_unit_test(the_manual_page_shows_all_and_escapes_it),
        cmocka_unit_test(the_completion_knows_all),
    };
    return cmocka_run_group_tests_name("command/help", tests, NULL, NULL);
}
