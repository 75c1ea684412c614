#include "referlens/input/fact_text.h"

#include "referlens/base/memory.h"
#include "referlens/input/quality_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const size_t in_order[COLUMN_COUNT_MAX] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* Packs one row of sessions.csv, at line 7. */
static void pack_session(struct fact_pack *pack, const struct text values[SESSIONS_COLUMN_COUNT])
{
    const struct record_reader record = {.line = 7};
    const struct made_row made = {
        .view = {.kind = FILE_SESSIONS, .values = values, .columns = in_order, .fields = in_order, .record = &record}};
    fact_pack_add(pack, &made);
}

static void every_byte_comes_back(void **state)
{
    (void)state;
    char all[255];
    for (int i = 0; i < 255; i++)
        all[i] = (char)(i + 1);
    const struct text rows[][SESSIONS_COLUMN_COUNT] = {
        {TEXT("A81001"), TEXT("2025-01-01"), TEXT("plain"), TEXT("")},
        {{all, sizeof all}, TEXT(""), TEXT("\\u0041 \" \\n"), TEXT("\x1f\n\t\\")},
        {TEXT(""), TEXT(""), TEXT(""), TEXT("")},
    };
    struct fact_pack pack = {0};
    for (size_t i = 0; i < 3; i++)
        pack_session(&pack, rows[i]);
    assert_int_equal(pack.count, 3);
    struct fact_reader reader;
    fact_reader_open(&reader, (struct text){(const char *)pack.bytes, pack.length}, FILE_SESSIONS);
    for (size_t i = 0; i < 3; i++) {
        assert_true(fact_reader_next(&reader));
        assert_int_equal(reader.line, 7);
        assert_true(reader.order == INT64_MAX);
        for (size_t k = 0; k < SESSIONS_COLUMN_COUNT; k++)
            assert_true(text_equal(reader.values[k], rows[i][k]));
    }
    assert_false(fact_reader_next(&reader));
    assert_false(reader.damaged);
    fact_reader_close(&reader);
    fact_pack_release(&pack);
}

/* Values that lie side by side in a record are packed in one piece: they must give what they give each on its own. */
static void values_side_by_side_pack_as_values_apart(void **state)
{
    (void)state;
    static const char *const lines[] = {"A81001,2025-01-01,how we refer,330", ",,,", "A,2025-01-01,,",
                                        "A,B,C,D and more than a word of eight bytes"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        for (int byte = 1; byte < 256; byte++) { /* any byte in any place */
            for (size_t place = 0; place < strlen(lines[i]); place++) {
                char line[64], apart[SESSIONS_COLUMN_COUNT][64];
                struct text values[SESSIONS_COLUMN_COUNT], copies[SESSIONS_COLUMN_COUNT];
                strcpy(line, lines[i]);
                if (line[place] != ',')
                    line[place] = (char)byte;
                const char *at = line;
                for (size_t k = 0; k < SESSIONS_COLUMN_COUNT; k++) {
                    const char *template = lines[i] + (at - line);
                    values[k] = (struct text){at, strcspn(template, ",")};
                    memcpy(apart[k], at, values[k].length);
                    copies[k] = (struct text){apart[k], values[k].length};
                    at += values[k].length + 1;
                }
                struct fact_pack piece = {0}, pieces = {0};
                pack_session(&piece, values);
                pack_session(&pieces, copies);
                assert_int_equal(piece.length, pieces.length);
                assert_memory_equal(piece.bytes, pieces.bytes, piece.length);
                assert_memory_equal(piece.keys, pieces.keys, sizeof *piece.keys);
                fact_pack_release(&piece);
                fact_pack_release(&pieces);
            }
        }
    }
}

static void segments_cover_the_pack(void **state)
{
    (void)state;
    static char topic[40000];
    memset(topic, 'x', sizeof topic);
    const struct text values[SESSIONS_COLUMN_COUNT] = {TEXT("A"), TEXT("2025-01-01"), {topic, sizeof topic}, TEXT("")};
    struct fact_pack pack = {0};
    fact_pack_finish(&pack);
    assert_int_equal(pack.segment_count, 0);
    for (size_t i = 0; i < 100; i++)
        pack_session(&pack, values);
    fact_pack_finish(&pack);
    fact_pack_finish(&pack); /* nothing is left to end */
    assert_int_equal(pack.segment_count, 4);
    size_t begin = 0, first = 0;
    for (size_t i = 0; i < pack.segment_count; i++) {
        const struct fact_segment *segment = &pack.segments[i];
        size_t facts = 0;
        for (size_t at = begin; at < segment->end; at++)
            facts += pack.bytes[at] == '\n';
        assert_int_equal(facts, segment->fact_end - first);
        assert_true(i + 1 == pack.segment_count || segment->end - begin >= FACT_SEGMENT_BYTES);
        begin = segment->end;
        first = segment->fact_end;
    }
    assert_int_equal(begin, pack.length);
    assert_int_equal(first, pack.count);
    fact_pack_release(&pack);
}

static void keys_tell_facts_apart_that_differ_in_any_column(void **state)
{
    (void)state;
    const struct text rows[][SESSIONS_COLUMN_COUNT] = {
        {TEXT("A"), TEXT("2025-01-01"), TEXT("x"), TEXT("")},
        {TEXT("A"), TEXT("2025-01-01"), TEXT("x"), TEXT("")},
        {TEXT("A"), TEXT("2025-01-01"), TEXT(""), TEXT("x")},
    };
    struct fact_pack pack = {0};
    for (size_t i = 0; i < 3; i++)
        pack_session(&pack, rows[i]);
    assert_true(pack.keys[0].content == pack.keys[1].content && pack.keys[0].identity == pack.keys[1].identity);
    assert_true(pack.keys[0].content != pack.keys[2].content && pack.keys[0].identity != pack.keys[2].identity);
    fact_pack_release(&pack);
}

/* Whatever is cut off, put in or changed: values of the right number, or damage, and nothing else. */
static void text_that_is_none_of_ours_is_damage(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        "7",
        "7\x1f\x1f"
        "A\x1f"
        "B\x1f"
        "C\x1f"
        "D",
        "\n",
        "x\x1f\x1f"
        "A\x1f"
        "B\x1f"
        "C\x1f"
        "D\n",
        "7\x1fy\x1f"
        "A\x1f"
        "B\x1f"
        "C\x1f"
        "D\n",
        "7\x1f\x1f"
        "A\x1f"
        "B\x1f"
        "C\n",
        "7\x1f\x1f"
        "A\x1f"
        "B\x1f"
        "C\x1f"
        "D\x1f"
        "E\n",
        "7\x1f\x1f"
        "A\x1f"
        "B\x1f"
        "C\x1f"
        "D\\\n",
        "7\x1f\x1f"
        "A\x1f"
        "B\x1f"
        "C\x1f"
        "\\u00\n",
        "7\x1f\x1f"
        "A\x1f"
        "B\x1f"
        "C\x1f"
        "\\u00zz\n",
    };
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        struct fact_reader reader;
        fact_reader_open(&reader, text_of(damaged[i]), FILE_SESSIONS);
        assert_false(fact_reader_next(&reader));
        assert_true(reader.damaged);
        assert_false(fact_reader_next(&reader));
        fact_reader_close(&reader);
    }
}

static void what_columns_held_comes_back(void **state)
{
    (void)state;
    struct quality_column columns[SESSIONS_COLUMN_COUNT] = {
        {.column = "Date \"held\"",
         .date_format = "DD/MM/YYYY",
         .earliest = "01/02/2003",
         .latest = "04/05/2006",
         .rows = 9,
         .missing = 1,
         .implausible = 2,
         .unmapped = 7},
    };
    columns[0].words = (struct quality_values){.values = {{"yes", 5}, {"no", 2}}, .count = 2, .others = 1};
    columns[3].unmapped_values = (struct quality_values){.values = {{"\xC3\xA4", 1}}, .count = 1};
    const struct quality_part part = {.columns = columns, .column_count = SESSIONS_COLUMN_COUNT};
    struct quality_part again = {.made = 3};
    struct arena arena = {0};
    struct buffer text = buffer_with_maximum(1 << 16);
    quality_text_write(&part, &text);
    assert_true(quality_text_read(buffer_text(&text), FILE_SESSIONS, &arena, &again));
    assert_int_equal(again.column_count, SESSIONS_COLUMN_COUNT);
    assert_string_equal(again.columns[0].column, "Date \"held\"");
    assert_string_equal(again.columns[0].taken_for, "practice_code");
    assert_string_equal(again.columns[0].date_format, "DD/MM/YYYY");
    assert_string_equal(again.columns[0].earliest, "01/02/2003");
    assert_string_equal(again.columns[0].latest, "04/05/2006");
    assert_int_equal(again.columns[0].rows, 9);
    assert_int_equal(again.columns[0].missing, 1);
    assert_int_equal(again.columns[0].implausible, 2);
    assert_int_equal(again.columns[0].unmapped, 7);
    assert_int_equal(again.columns[0].words.count, 2);
    assert_string_equal(again.columns[0].words.values[1].value, "no");
    assert_int_equal(again.columns[0].words.values[1].count, 2);
    assert_int_equal(again.columns[0].words.others, 1);
    assert_null(again.columns[1].column);
    assert_null(again.columns[1].date_format);
    assert_string_equal(again.columns[3].unmapped_values.values[0].value, "\xC3\xA4");
    assert_false(quality_text_read(TEXT("[]"), FILE_SESSIONS, &arena, &again));
    assert_false(quality_text_read(TEXT("no JSON"), FILE_SESSIONS, &arena, &again));
    buffer_release(&text);
    arena_release(&arena);
}

static void an_event_is_bare_where_nothing_of_its_details_is_known(void **state)
{
    (void)state;
    static char lines[] = "2\x1f\x1fR1\x1f"
                          "2025-01-01\x1frejected\x1f\x1f\x1f\x1f\n"
                          "3\x1f\x1fR1\x1f"
                          "2025-01-01\x1frejected\x1f"
                          "7\x1f\x1f\x1f\n"
                          "4\x1f\x1fR1\x1f"
                          "2025-01-01\x1frejected\x1f\x1fX\x1f\x1f\n"
                          "5\x1f\x1fR1\x1f"
                          "2025-01-01\x1frejected\x1f\x1f\x1f\x1fno\n";
    const struct fact_pack pack = {.bytes = (uint8_t *)lines, .length = sizeof lines - 1, .count = 4};
    bool bare[4];
    fact_pack_find_bare(&pack, bare);
    assert_true(bare[0] && bare[1] && !bare[2] && !bare[3]);
}

static void parts_of_a_line_are_found(void **state)
{
    (void)state;
    assert_true(text_equal(fact_text_id(TEXT("2\x1f\x1fR1\x1fX\x1fY")), TEXT("R1")));
    assert_true(text_equal(fact_text_last(TEXT("2\x1f\x1fR1\x1fX\x1fY")), TEXT("Y")));
    assert_int_equal(fact_text_last(TEXT("2\x1f\x1fR1\x1fX\x1f")).length, 0);
    assert_false(fact_text_has_order(TEXT("2\x1f\x1fR1\x1fX\x1fY\n")));
    assert_true(fact_text_has_order(TEXT("2\x1f"
                                         "0\x1fR1\x1fX\x1fY\n")));
    assert_false(fact_text_has_order(TEXT("")));
    assert_false(fact_text_has_order(TEXT("2\x1f")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_comes_back),
        cmocka_unit_test(values_side_by_side_pack_as_values_apart),
        cmocka_unit_test(segments_cover_the_pack),
        cmocka_unit_test(keys_tell_facts_apart_that_differ_in_any_column),
        cmocka_unit_test(text_that_is_none_of_ours_is_damage),
        cmocka_unit_test(what_columns_held_comes_back),
        cmocka_unit_test(an_event_is_bare_where_nothing_of_its_details_is_known),
        cmocka_unit_test(parts_of_a_line_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
