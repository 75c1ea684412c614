/* The template language. Where a case has a name in quotes, template, data and expected text are those of that name in
 * the public Mustache specification (github.com/mustache/spec, in its folder specs), of which this is a subset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/output/template.h"

#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAXIMUM = 10000 };

static struct buffer filled(const char *source, const char *partial, const char *json)
{
    struct error error = {""};
    struct template_set *set = template_set_make();
    assert_true(template_set_add(set, "page.html", text_of(source), &error));
    assert_true(template_set_add(set, "partial", text_of(partial), &error));
    assert_true(template_set_link(set, &error));
    cJSON *document = cJSON_Parse(json);
    assert_non_null(document);
    struct buffer output = buffer_with_maximum(OUTPUT_MAXIMUM);
    buffer_add_string(&output, "");
    assert_true(template_render(set, "page.html", document, &output, &error));
    assert_string_equal(error.message, "");
    cJSON_Delete(document);
    template_set_free(set);
    return output;
}

static void check_with_partial(const char *source, const char *partial, const char *json, const char *expected)
{
    struct buffer output = filled(source, partial, json);
    assert_string_equal(output.length > 0 ? output.bytes : "", expected);
    buffer_release(&output);
}

static void check(const char *source, const char *json, const char *expected)
{
    check_with_partial(source, "", json, expected);
}

static void check_refused(const char *source, const char *expected)
{
    struct error error = {""};
    struct template_set *set = template_set_make();
    assert_false(template_set_add(set, "page.html", text_of(source), &error) && template_set_link(set, &error));
    assert_string_equal(error.message, expected);
    template_set_free(set);
}

static void values_are_filled_in(void **state)
{
    (void)state;
    check("Hello from {Mustache}!\n", "{}", "Hello from {Mustache}!\n");            /* "No Interpolation" */
    check("Hello, {{subject}}!\n", "{\"subject\":\"world\"}", "Hello, world!\n");   /* "Basic Interpolation" */
    check("\"{{mph}} miles an hour!\"", "{\"mph\":85}", "\"85 miles an hour!\"");   /* "Basic Integer Interpolation" */
    check("\"{{power}} jiggawatts!\"", "{\"power\":1.21}", "\"1.21 jiggawatts!\""); /* "Basic Decimal Interpolation" */
    check("I ({{cannot}}) be seen!", "{\"cannot\":null}", "I () be seen!");         /* "Basic Null Interpolation" */
    check("I ({{cannot}}) be seen!", "{}", "I () be seen!");                        /* "Basic Context Miss" */
    check("|{{ string }}|", "{\"string\":\"---\"}", "|---|");                       /* "... With Padding" */
    check("  {{string}}\n", "{\"string\":\"---\"}", "  ---\n");                     /* "... Standalone" */
}

static void text_is_escaped_and_raw_text_is_not(void **state)
{
    (void)state;
    check("{{f}}", "{\"f\":\"& \\\" < >\"}", "&amp; &quot; &lt; &gt;"); /* "HTML Escaping" */
    check("{{{f}}}", "{\"f\":\"& \\\" < >\"}", "& \" < >");             /* "Triple Mustache" */
    /* Single quotes and backticks end an attribute too (backticks in old Internet Explorers). */
    check("<a title='{{f}}'>", "{\"f\":\"' onload=`x`\"}", "<a title='&#39; onload=&#96;x&#96;'>");
    check("{{f}}", "{\"f\":\"<script>alert(1)</script>\"}", "&lt;script&gt;alert(1)&lt;/script&gt;");
    /* What is filled in is not read again as a template. */
    check("{{f}}", "{\"f\":\"{{secret}}{{{secret}}}\",\"secret\":\"x\"}", "{{secret}}{{{secret}}}");
}

static void dotted_names_go_down_into_objects(void **state)
{
    (void)state;
    /* "Dotted Names - Arbitrary Depth" */
    check("{{a.b.c.d.e.name}}", "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"name\":\"Phil\"}}}}}}", "Phil");
    /* "Dotted Names - Broken Chains" and "Dotted Names - Broken Chain Resolution" */
    check("({{a.b.c}})", "{\"a\":{}}", "()");
    check("({{a.b.c.name}})", "{\"a\":{\"b\":{}},\"c\":{\"name\":\"Jim\"}}", "()");
    /* "Dotted Names - Context Precedence" */
    check("{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"ERROR\"}}", "");
    /* "Dotted Names - Leading Dot" */
    check("{{#a}}{{.name}}{{/a}}{{#b}}{{.name}}{{/b}}", "{\"a\":{\"x\":1},\"b\":{\"name\":\"Name\"},\"name\":\"Fail\"}",
          "Name");
}

static void sections_repeat_for_lists_and_enter_objects(void **state)
{
    (void)state;
    check("\"{{#boolean}}This should be rendered.{{/boolean}}\"", "{\"boolean\":true}",
          "\"This should be rendered.\"");                                 /* "Truthy" */
    check("\"{{#boolean}}x{{/boolean}}\"", "{\"boolean\":false}", "\"\""); /* "Falsey" */
    check("\"{{#context}}Hi {{name}}.{{/context}}\"", "{\"context\":{\"name\":\"Joe\"}}",
          "\"Hi Joe.\""); /* "Context" */
    check("\"{{#list}}{{item}}{{/list}}\"", "{\"list\":[{\"item\":1},{\"item\":2},{\"item\":3}]}",
          "\"123\"");                                                   /* "List" */
    check("\"{{#list}}Yay lists!{{/list}}\"", "{\"list\":[]}", "\"\""); /* "Empty List" */
    check("\"{{#list}}({{.}}){{/list}}\"", "{\"list\":[\"a\",\"b\",\"c\"]}",
          "\"(a)(b)(c)\""); /* "Implicit Iterator - String" */
    check("| A {{#bool}}B {{#bool}}C{{/bool}} D{{/bool}} E |", "{\"bool\":true}",
          "| A B C D E |"); /* "Nested (Truthy)" */
    /* "Deeply Nested Contexts", its first three levels: inner sections see outer names. */
    check("{{#a}}{{one}}{{#b}}{{one}}{{two}}{{#c}}{{one}}{{two}}{{three}}{{/c}}{{/b}}{{/a}}",
          "{\"a\":{\"one\":1},\"b\":{\"two\":2},\"c\":{\"three\":3}}", "112123");
}

static void an_inner_null_hides_an_outer_value(void **state)
{
    (void)state;
    check("{{#row}}({{value}}){{/row}}", "{\"value\":0.5,\"row\":{\"value\":null}}", "()");
}

static void zero_is_something(void **state)
{
    (void)state;
    check("{{#count}}{{count}} rejected{{/count}}{{^count}}unknown{{/count}}", "{\"count\":0}", "0 rejected");
    check("{{#count}}{{count}} rejected{{/count}}{{^count}}unknown{{/count}}", "{\"count\":null}", "unknown");
    check("{{#text}}x{{/text}}{{^text}}none{{/text}}", "{\"text\":\"\"}", "none");
}

static void inverted_sections_stand_for_what_is_empty(void **state)
{
    (void)state;
    check("\"{{^boolean}}This should be rendered.{{/boolean}}\"", "{\"boolean\":false}",
          "\"This should be rendered.\""); /* "Falsey" */
    check("\"{{^null}}This should be rendered.{{/null}}\"", "{\"null\":null}", "\"This should be rendered.\"");
    check("\"{{^context}}x{{/context}}\"", "{\"context\":{\"name\":\"Joe\"}}", "\"\""); /* "Context" */
    check("\"{{^list}}Yay lists!{{/list}}\"", "{\"list\":[]}", "\"Yay lists!\"");       /* "Empty List" */
    check("[{{^missing}}Cannot find key 'missing'!{{/missing}}]", "{}", "[Cannot find key 'missing'!]");
}

static void a_mark_alone_on_its_line_takes_the_line_with_it(void **state)
{
    (void)state;
    /* "Standalone Lines", "Indented Standalone Lines", "Standalone Line Endings", "Standalone Without Previous Line",
     * "Standalone Without Newline" of the sections; "Standalone" and "Indented Standalone" of the comments. */
    check("| This Is\n{{#boolean}}\n|\n{{/boolean}}\n| A Line\n", "{\"boolean\":true}", "| This Is\n|\n| A Line\n");
    check("| This Is\n  {{#boolean}}\n|\n  {{/boolean}}\n| A Line\n", "{\"boolean\":true}", "| This Is\n|\n| A Line\n");
    check("|\r\n{{#boolean}}\r\n{{/boolean}}\r\n|", "{\"boolean\":true}", "|\r\n|");
    check("  {{#boolean}}\n#{{/boolean}}\n/", "{\"boolean\":true}", "#\n/");
    check("#{{#boolean}}\n/\n  {{/boolean}}", "{\"boolean\":true}", "#\n/\n");
    check("Begin.\n{{! Comment Block! }}\nEnd.\n", "{}", "Begin.\nEnd.\n");
    check("Begin.\n{{!\nSomething's going on here...\n}}\nEnd.\n", "{}", "Begin.\nEnd.\n");
    check("12345{{! Comment Block! }}67890\n", "{}", "1234567890\n"); /* "Inline" */
}

static void partials_are_filled_in_the_same_place(void **state)
{
    (void)state;
    check_with_partial("\"{{>partial}}\"", "*{{text}}*", "{\"text\":\"content\"}", "\"*content*\""); /* "Context" */
    /* "Recursion", with objects that end it by an empty list. */
    check_with_partial("{{>partial}}", "{{content}}<{{#nodes}}{{>partial}}{{/nodes}}>",
                       "{\"content\":\"X\",\"nodes\":[{\"content\":\"Y\",\"nodes\":[]}]}", "X<Y<>>");
    check_with_partial("a\n{{>partial}}\nb", "p\n", "{}", "a\np\nb");
}

static void a_style_sheet_can_be_a_partial(void **state)
{
    (void)state;
    check_with_partial("<style>{{>partial}}</style>", "@media print{a{b:c}}", "{}",
                       "<style>@media print{a{b:c}}</style>");
}

static void errors_name_file_and_line(void **state)
{
    (void)state;
    check_refused("one\ntwo\n{{#list}}\nthree", "page.html:3: nothing closes the section that opens here: list");
    check_refused("one {{name", "page.html:1: {{ without }}");
    check_refused("\n\n{{{name}}", "page.html:3: {{ without }}");
    check_refused("a\n{{/list}}", "page.html:2: nothing is open to be closed by /list");
    check_refused("{{#a}}\n{{#b}}\n{{/a}}", "page.html:3: section 'b' is still open from line 2, but 'a' is closed");
    check_refused("{{}}", "page.html:1: this is no name: ");
    check_refused("\n{{two words}}", "page.html:2: this is no name: two words");
    check_refused("{{a..b}}", "page.html:1: this is no name: a..b");
    check_refused("x\n\n{{>nowhere.html}}\n", "page.html:3: there is no template 'nowhere.html'");
}

static void lines_are_counted_through_remarks_of_several_lines(void **state)
{
    (void)state;
    check_refused("{{! one\ntwo\n}}\n{{a}}\n{{#b}}", "page.html:5: nothing closes the section that opens here: b");
}

static void two_templates_of_one_name_are_refused(void **state)
{
    (void)state;
    struct error error = {""};
    struct template_set *set = template_set_make();
    assert_true(template_set_add(set, "a", TEXT("x"), &error));
    assert_false(template_set_add(set, "a", TEXT("y"), &error));
    assert_string_equal(error.message, "a: two templates of that name");
    template_set_free(set);
    template_set_free(NULL);
}

static void depth_is_limited_in_parsing_and_in_rendering(void **state)
{
    (void)state;
    struct buffer source = buffer_with_maximum(OUTPUT_MAXIMUM);
    for (int i = 0; i <= TEMPLATE_DEPTH_MAX; i++) {
        buffer_add_string(&source, "{{#a}}");
    }
    check_refused(source.bytes, "page.html:1: too many sections inside one another at a");
    buffer_release(&source);

    struct error error = {""};
    struct template_set *set = template_set_make();
    assert_true(template_set_add(set, "loop.html", TEXT("x\n{{>loop.html}}"), &error));
    assert_true(template_set_link(set, &error));
    struct buffer output = buffer_with_maximum(OUTPUT_MAXIMUM);
    assert_false(template_render(set, "loop.html", NULL, &output, &error));
    assert_string_equal(error.message, "loop.html:2: templates nest too deeply at 'loop.html'");
    buffer_release(&output);
    template_set_free(set);
}

static void a_page_too_long_is_an_error(void **state)
{
    (void)state;
    struct error error = {""};
    struct template_set *set = template_set_make();
    assert_true(template_set_add(set, "a.html", TEXT("12345\n{{x}}"), &error));
    assert_true(template_set_link(set, &error));
    cJSON *document = cJSON_Parse("{\"x\":\"67890\"}");
    struct buffer output = buffer_with_maximum(9);
    assert_false(template_render(set, "a.html", document, &output, &error));
    assert_string_equal(error.message, "a.html:2: the page would be longer than 9 bytes");
    assert_false(template_render(set, "b.html", document, &output, &error));
    assert_string_equal(error.message, "there is no template 'b.html'");
    buffer_release(&output);
    cJSON_Delete(document);
    template_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_filled_in),
        cmocka_unit_test(text_is_escaped_and_raw_text_is_not),
        cmocka_unit_test(dotted_names_go_down_into_objects),
        cmocka_unit_test(sections_repeat_for_lists_and_enter_objects),
        cmocka_unit_test(an_inner_null_hides_an_outer_value),
        cmocka_unit_test(zero_is_something),
        cmocka_unit_test(inverted_sections_stand_for_what_is_empty),
        cmocka_unit_test(a_mark_alone_on_its_line_takes_the_line_with_it),
        cmocka_unit_test(partials_are_filled_in_the_same_place),
        cmocka_unit_test(a_style_sheet_can_be_a_partial),
        cmocka_unit_test(errors_name_file_and_line),
        cmocka_unit_test(lines_are_counted_through_remarks_of_several_lines),
        cmocka_unit_test(two_templates_of_one_name_are_refused),
        cmocka_unit_test(depth_is_limited_in_parsing_and_in_rendering),
        cmocka_unit_test(a_page_too_long_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
