/* Whether the words of a chart have room, by the widths that charts are laid out by: read back from its sheet. */
#ifndef REFERLENS_TESTS_FITTING_WORDS_H
#define REFERLENS_TESTS_FITTING_WORDS_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/sheet_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { FITTING_WORDS_MAX = 400 };

struct fitting_words {
    struct word_box boxes[FITTING_WORDS_MAX];
    struct text words[FITTING_WORDS_MAX];
    size_t count;
};

static inline void fitting_words_read(struct fitting_words *fitting, struct text sheet, enum word_kind kind,
                                      enum word_anchor anchor)
{
    static const char *const kinds[] = {"title", "plain", "strong", "small"}, *const anchors[] = {"left", "centre", "right"};
    char block[32];
    (void)snprintf(block, sizeof block, "%s_%s", kinds[kind], anchors[anchor]);
    struct text rows = sheet_rows(sheet, block), row;
    while (sheet_next_row(&rows, &row)) {
        double place[2];
        for (size_t i = 0; i < 2; i++)
            assert_true(text_to_number(sheet_next_field(&row), &place[i]));
        assert_true(fitting->count < FITTING_WORDS_MAX);
        fitting->words[fitting->count] = sheet_next_field(&row);
        fitting->boxes[fitting->count] = chart_word_box(kind, anchor, place[0], place[1], fitting->words[fitting->count]);
        fitting->count++;
    }
}

/* Fails where words of the sheet reach beyond the picture or lie upon each other. */
static inline void assert_words_fit(struct text sheet)
{
    static struct fitting_words fitting;
    double height = 480.0;
    fitting.count = 0;
    for (int kind = 0; kind < WORD_KIND_COUNT; kind++) {
        for (int anchor = 0; anchor < WORD_ANCHOR_COUNT; anchor++)
            fitting_words_read(&fitting, sheet, (enum word_kind)kind, (enum word_anchor)anchor);
    }
    const struct text told = sheet_value(sheet, "meta", "height");
    assert_true(told.length == 0 || text_to_number(told, &height));
    for (size_t i = 0; i < fitting.count; i++) {
        const struct word_box *box = &fitting.boxes[i];
        if (box->left < 0.0 || box->right > CHART_WIDTH || box->top < 0.0 || box->bottom > height)
            fail_msg("'%.*s' reaches beyond the picture", (int)fitting.words[i].length, fitting.words[i].bytes);
        for (size_t k = 0; k < i; k++) {
            const struct word_box *other = &fitting.boxes[k];
            if (box->left < other->right && other->left < box->right && box->top < other->bottom && other->top < box->bottom)
                fail_msg("'%.*s' lies upon '%.*s'", (int)fitting.words[i].length, fitting.words[i].bytes,
                         (int)fitting.words[k].length, fitting.words[k].bytes);
        }
    }
}

#endif
