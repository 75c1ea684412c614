#include "referlens/output/chart_picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char opening[] =
    "<?xml version=\"1.0\"?>\n<svg\n viewBox=\"0 0 640 480\" xmlns=\"http://www.w3.org/2000/svg\">\n"
    "<title>gnuplot</title><desc>by gnuplot</desc>\n<defs>\n"
    "<circle id='gpPt5' r='1'/>\n<use xlink:href='#gpPt5' id='gpPt6' fill='currentColor'/>\n"
    "<path id='gpPt7' d='M0,0'/>\n<filter id='textbox'><feFlood result='x'/></filter></defs>\n";

static const char sheet[] =
    "# meta\n# (key, value)\n\n\n# about\n# (key, text)\ntitle\tMore < less\n\n\n"
    "# tips\n# (x)\n1\t2\t7\tpoint \"one\" <b>\t\n3\t4\t7\tpoint two\t../practices/A/index.html\n";

/* Finishes a drawing of this inside; the caller releases the picture. */
static bool finish(const char *inside, struct buffer *picture, struct error *error)
{
    struct buffer drawing = buffer_with_maximum(1 << 14);
    *picture = buffer_with_maximum(1 << 14);
    buffer_add_string(&drawing, opening);
    buffer_add_string(&drawing, inside);
    buffer_add_string(&drawing, "</svg>\n");
    const bool done =
        chart_picture_finish(buffer_text(&drawing), "funnel", "A picture", text_of(sheet), picture, error);
    buffer_release(&drawing);
    return done;
}

static void a_picture_names_itself_and_its_points(void **state)
{
    (void)state;
    struct buffer picture;
    struct error error = {""};
    assert_true(finish("<g stroke=\"black\"><path d='M1,2'/></g>", &picture, &error));
    static const char *const held[] = {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"group\" viewBox=\"0 0 640 480\" "
        "aria-label=\"More &lt; less. A picture\">",
        "<g stroke=\"black\"><path d=\"M1,2\"/></g>",
        "<circle cx=\"1\" cy=\"2\" r=\"7\"><title>point &quot;one&quot; &lt;b&gt;</title></circle>",
        "<a href=\"../practices/A/index.html\" tabindex=\"-1\"><circle cx=\"3\" cy=\"4\" r=\"7\"><title>point "
        "two</title>"
        "</circle></a>",
    };
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++)
        assert_non_null(strstr(picture.bytes, held[i]));
    assert_null(strstr(picture.bytes, "gnuplot"));
    assert_null(strstr(picture.bytes, "filter"));
    buffer_release(&picture);
}

static void marks_that_are_used_are_kept_under_the_name_of_the_chart(void **state)
{
    (void)state;
    struct buffer picture;
    struct error error = {""};
    assert_true(finish("<use xlink:href='#gpPt6' transform = 'scale(2)' color='black'/>", &picture, &error));
    assert_non_null(strstr(picture.bytes, "<use href=\"#funnel-mark6\" transform=\"scale(2)\" color=\"black\"/>"));
    assert_non_null(strstr(picture.bytes, "<circle id=\"funnel-mark5\" r=\"1\"/>"));
    assert_non_null(strstr(picture.bytes, "<use href=\"#funnel-mark5\" id=\"funnel-mark6\" fill=\"currentColor\"/>"));
    assert_null(strstr(picture.bytes, "mark7"));
    buffer_release(&picture);
}

static void what_draws_nothing_is_left_out(void **state)
{
    (void)state;
    struct buffer picture;
    struct error error = {""};
    assert_true(finish("<g id=\"a\"><g fill=\"none\">\n</g></g>\n<g fill=\"red\"><g/><text>a &lt; b</text><g></g></g>",
                       &picture, &error));
    assert_non_null(strstr(picture.bytes, ">\n<g fill=\"red\"><g/><text>a &lt; b</text></g>\n<defs></defs>"));
    assert_null(strstr(picture.bytes, "none"));
    buffer_release(&picture);
}

static void anything_unexpected_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *inside, *words;
    } cases[] = {
        {"<script>alert(1)</script>", "the element 'script'"}, {"<image href=\"x\"/>", "the element 'image'"},
        {"<!-- a remark -->", "a tag that cannot be read"},    {"<path d=x/>", "a tag that cannot be read"},
        {"<path d='M0,0'", "a tag that cannot be read"},       {"</g>", "a group that was not open"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer picture;
        struct error error = {""};
        assert_false(finish(cases[i].inside, &picture, &error));
        assert_non_null(strstr(error.message, cases[i].words));
        buffer_release(&picture);
    }
}

static void attributes_that_could_do_something_are_dropped(void **state)
{
    (void)state;
    struct buffer picture;
    struct error error = {""};
    assert_true(
        finish("<path d='M0,0' onclick='alert(1)' style='x' xlink:href='http://x/' id='mine'/>", &picture, &error));
    assert_non_null(strstr(picture.bytes, "<path d=\"M0,0\"/>"));
    buffer_release(&picture);
}

/* The heading ends at 60 and the remarks begin at 400: what lies between is no caption. */
static void lines_that_a_page_says_itself_are_marked(void **state)
{
    (void)state;
    static const char with_ends[] =
        "# meta\n# (key, value)\nhead\t60\nfoot\t400\nheight\t480\n\n\n# about\n# (key, text)\n"
        "title\tMore\n";
    struct buffer drawing = buffer_with_maximum(1 << 14), picture = buffer_with_maximum(1 << 14);
    struct error error = {""};
    buffer_add_formatted(&drawing,
                         "%s<g transform=\"translate(14.00,30.19)\"><text>More</text></g>"
                         "<g transform=\"translate(14.00,80.00)\"><text>20 %%</text></g>"
                         "<g transform=\"translate(14.00,417.00)\"><text>Data</text></g></svg>\n",
                         opening);
    assert_true(
        chart_picture_finish(buffer_text(&drawing), "funnel", "A picture", text_of(with_ends), &picture, &error));
    assert_non_null(strstr(picture.bytes, "viewBox=\"0 0 640 480\" data-body=\"0 60 640 340\" aria-label="));
    assert_non_null(strstr(picture.bytes, CHART_CAPTION_OPEN "More</text>"));
    assert_non_null(strstr(picture.bytes, "<text>20 %</text>"));
    assert_non_null(strstr(picture.bytes, CHART_CAPTION_OPEN "Data</text>"));
    buffer_release(&drawing);
    buffer_release(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_names_itself_and_its_points),
        cmocka_unit_test(lines_that_a_page_says_itself_are_marked),
        cmocka_unit_test(marks_that_are_used_are_kept_under_the_name_of_the_chart),
        cmocka_unit_test(what_draws_nothing_is_left_out),
        cmocka_unit_test(anything_unexpected_is_refused),
        cmocka_unit_test(attributes_that_could_do_something_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
