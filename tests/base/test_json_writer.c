#include "referlens/base/json_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

static void containers_nest_and_commas_are_set(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(1000);
    struct json_writer json = json_writer_into(&buffer);
    json_begin_object(&json);
    json_member_integer(&json, "n", -3);
    json_key(&json, "list");
    json_begin_array(&json);
    json_number(&json, 0.5);
    json_begin_object(&json);
    json_end_object(&json);
    json_begin_array(&json);
    json_end_array(&json);
    json_null(&json);
    json_end_array(&json);
    json_member_boolean(&json, "yes", true);
    json_member_boolean(&json, "no", false);
    json_member_text(&json, "text", TEXT("a"));
    json_member_string(&json, "string", "b");
    json_member_string(&json, "none", NULL);
    json_member_null(&json, "null");
    json_member_number(&json, "third", 1.0 / 3);
    json_end_object(&json);
    assert_string_equal(buffer.bytes, "{\"n\":-3,\"list\":[0.5,{},[],null],\"yes\":true,\"no\":false,\"text\":\"a\","
                                      "\"string\":\"b\",\"none\":null,\"null\":null,\"third\":0.3333333333333333}");
    buffer_release(&buffer);
}

static void what_is_no_number_is_null(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(100);
    struct json_writer json = json_writer_into(&buffer);
    json_begin_array(&json);
    json_number(&json, NAN);
    json_number(&json, INFINITY);
    json_number(&json, -INFINITY);
    json_number(&json, 0);
    json_end_array(&json);
    assert_string_equal(buffer.bytes, "[null,null,null,0]");
    buffer_release(&buffer);
}

static void text_is_escaped(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(1000);
    struct json_writer json = json_writer_into(&buffer);
    json_text(&json, (struct text){"\"\\/\b\f\n\r\t\x01\x1f\x7f\0z é\U0001F600", 20});
    assert_string_equal(buffer.bytes, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000z é\U0001F600\"");
    buffer_clear(&buffer);
    json_text(&json, (struct text){NULL, 0});
    assert_string_equal(buffer.bytes, "\"\"");
    buffer_release(&buffer);
}

/* cJSON is another reader: every character comes back from it. NUL is left out, which it has no room for. */
static void every_byte_comes_back_from_another_reader(void **state)
{
    (void)state;
    char text[128] = "";
    for (int i = 1; i < 128; i++)
        text[i - 1] = (char)i;
    text[127] = '\0';
    struct buffer buffer = buffer_with_maximum(1000);
    struct json_writer json = json_writer_into(&buffer);
    json_begin_object(&json);
    json_member_string(&json, text, text);
    json_end_object(&json);
    cJSON *read = cJSON_Parse(buffer.bytes);
    assert_non_null(read);
    assert_string_equal(read->child->string, text);
    assert_string_equal(cJSON_GetStringValue(read->child), text);
    cJSON_Delete(read);
    buffer_release(&buffer);
}

static void newlines_stand_between_elements(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(1000);
    struct json_writer json = json_writer_into(&buffer);
    json_begin_object(&json);
    json_newline(&json);
    json_key(&json, "a");
    json_begin_array(&json);
    for (int i = 0; i < 2; i++) {
        json_newline(&json);
        json_integer(&json, i);
    }
    json_newline(&json);
    json_end_array(&json);
    json_newline(&json);
    json_member_integer(&json, "b", 1);
    json_end_object(&json);
    json_newline(&json);
    assert_string_equal(buffer.bytes, "{\n\"a\":[\n0,\n1\n],\n\"b\":1}\n");
    buffer_release(&buffer);
}

static void the_buffer_may_be_emptied_between_calls(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(8);
    struct buffer whole = buffer_with_maximum(1000);
    struct json_writer json = json_writer_into(&buffer);
    json_begin_array(&json);
    for (int i = 0; i < 5; i++) {
        json_integer(&json, i);
        buffer_add_text(&whole, buffer_text(&buffer));
        buffer_clear(&buffer);
    }
    json_end_array(&json);
    buffer_add_text(&whole, buffer_text(&buffer));
    assert_string_equal(whole.bytes, "[0,1,2,3,4]");
    assert_false(buffer.full);
    buffer_release(&buffer);
    buffer_release(&whole);
}

static void documents_follow_one_another_without_a_comma(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(100);
    struct json_writer json = json_writer_into(&buffer);
    json_begin_object(&json);
    json_end_object(&json);
    json_newline(&json);
    json_integer(&json, 1);
    assert_string_equal(buffer.bytes, "{}\n1");
    buffer_release(&buffer);
}

static void containers_nest_to_the_stated_depth(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(1000);
    struct json_writer json = json_writer_into(&buffer);
    for (int i = 1; i < JSON_WRITER_DEPTH_MAX; i++)
        json_begin_array(&json);
    for (int i = 1; i < JSON_WRITER_DEPTH_MAX; i++)
        json_end_array(&json);
    assert_int_equal(buffer.length, 2 * (JSON_WRITER_DEPTH_MAX - 1));
    buffer_release(&buffer);
}

static void a_value_that_is_json_already_stands_as_it_is(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(100);
    struct json_writer json = json_writer_into(&buffer);
    json_begin_object(&json);
    json_member_integer(&json, "a", 1);
    json_key(&json, "b");
    json_raw(&json, TEXT("[1,{}]"));
    json_member_integer(&json, "c", 2);
    json_end_object(&json);
    assert_string_equal(buffer.bytes, "{\"a\":1,\"b\":[1,{}],\"c\":2}");
    buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(containers_nest_and_commas_are_set),
        cmocka_unit_test(what_is_no_number_is_null),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(every_byte_comes_back_from_another_reader),
        cmocka_unit_test(newlines_stand_between_elements),
        cmocka_unit_test(the_buffer_may_be_emptied_between_calls),
        cmocka_unit_test(documents_follow_one_another_without_a_comma),
        cmocka_unit_test(containers_nest_to_the_stated_depth),
        cmocka_unit_test(a_value_that_is_json_already_stands_as_it_is),
    };
    return cmocka_run_group_tests_name("base/json_writer", tests, NULL, NULL);
}
