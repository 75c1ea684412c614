#include "referlens/output/page_charts.h"

#include "referlens/base/buffer.h"
#include "referlens/output/chart.h"
#include "referlens/output/chart_picture.h"
#include "referlens/output/chart_sheet.h"
#include "referlens/output/page_json.h"
#include "referlens/output/sheet_reader.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 160 };

static void add_cells(cJSON *cells, struct text row)
{
    while (row.length > 0) {
        const struct text cell = sheet_next_field(&row);
        struct buffer words = buffer_with_maximum(CHART_LINE_MAX);
        buffer_add_text(&words, cell);
        cJSON_AddItemToArray(cells, cJSON_CreateString(words.length > 0 ? words.bytes : ""));
        buffer_release(&words);
    }
}

static void add_table(cJSON *chart, struct text sheet)
{
    struct text rows = sheet_rows(sheet, "table"), row;
    if (!sheet_next_row(&rows, &row))
        return;
    cJSON *table = page_add_object(chart, "table");
    (void)sheet_next_field(&row); /* its number */
    add_cells(page_add_list(table, "heads"), row);
    cJSON *list = page_add_list(table, "rows");
    while (sheet_next_row(&rows, &row)) {
        (void)sheet_next_field(&row);
        add_cells(page_add_list(page_list_add(list), "cells"), row);
    }
}

static void name_of(char name[NAME_SIZE], const char *place, const char *id, const char *ending)
{
    snprintf(name, NAME_SIZE, "%scharts/%s.%s", place, id, ending);
}

bool page_add_charts(cJSON *document, const struct folder *folder, const char *place, struct error *error)
{
    cJSON *charts = page_add_object(document, "charts");
    bool done = true;
    for (size_t i = 0; i < chart_count && done; i++) {
        char svg[NAME_SIZE], tsv[NAME_SIZE];
        name_of(svg, place, chart_table[i].id, "svg");
        name_of(tsv, place, chart_table[i].id, "tsv");
        if (!folder_holds(folder, svg))
            continue;
        struct buffer sheet = buffer_with_maximum(CHART_SHEET_MAX);
        done = folder_read(folder, tsv, &sheet, error);
        cJSON *chart = page_add_object(charts, chart_table[i].id);
        page_add_string(chart, "id", chart_table[i].id);
        page_add_text(chart, "title", sheet_value(buffer_text(&sheet), "about", "title"));
        page_add_text(chart, "subtitle", sheet_value(buffer_text(&sheet), "about", "subtitle"));
        page_add_text(chart, "remarks", sheet_value(buffer_text(&sheet), "about", "foot"));
        page_add_string(chart, "svg", svg + strlen(place));
        page_add_string(chart, "tsv", tsv + strlen(place));
        add_table(chart, buffer_text(&sheet));
        buffer_release(&sheet);
    }
    return done;
}

/* Adds the text, with `instead` for each occurrence of `what`. */
static void add_with(struct buffer *output, struct text text, const char *what, const char *instead)
{
    const size_t length = strlen(what);
    const char *found;
    while (text.length > 0 && (found = memmem(text.bytes, text.length, what, length)) != NULL) {
        const size_t before = (size_t)(found - text.bytes);
        buffer_add(output, text.bytes, before);
        buffer_add_string(output, instead);
        text = (struct text){found + length, text.length - before - length};
    }
    buffer_add_text(output, text);
}

/* Takes off `text` all up to the end of the first `to` that follows `from`, and adds what comes before `from`; false,
 * doing nothing, where they are not there. */
static bool add_without(struct buffer *output, struct text *text, const char *from, const char *to)
{
    const char *limit = text->bytes + text->length;
    const char *start = text->length == 0 ? NULL : memmem(text->bytes, text->length, from, strlen(from));
    const char *end = start == NULL ? NULL : memmem(start, (size_t)(limit - start), to, strlen(to));
    if (end == NULL)
        return false;
    end += strlen(to);
    buffer_add(output, text->bytes, (size_t)(start - text->bytes));
    *text = (struct text){end, (size_t)(limit - end)};
    return true;
}

/* The picture without title, subtitle and remarks, which the page says itself, and without its white ground, which
 * would hide that a frame goes on. */
static void add_body(struct buffer *output, struct text picture)
{
    if (add_without(output, &picture, " viewBox=", CHART_BODY_BOX))
        buffer_add_string(output, " viewBox=");
    (void)add_without(output, &picture, "<rect x=\"0\" y=\"0\"", "/>");
    while (add_without(output, &picture, CHART_CAPTION_OPEN, "</text>")) {
    }
    buffer_add_text(output, picture);
}

/* The picture's file, fit for the inside of a page: HTML needs no namespace, and links start from the page's folder. */
static bool embed(cJSON *chart, const struct folder *folder, const char *place, struct error *error)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s%s", place, cJSON_GetObjectItemCaseSensitive(chart, "svg")->valuestring);
    struct buffer content = buffer_with_maximum(CHART_PICTURE_MAX);
    struct buffer linked = buffer_with_maximum(CHART_PICTURE_MAX);
    struct buffer picture = buffer_with_maximum(CHART_PICTURE_MAX);
    struct buffer body = buffer_with_maximum(CHART_PICTURE_MAX);
    const bool done = folder_read(folder, name, &content, error);
    if (done) {
        add_with(&linked, buffer_text(&content), " xmlns=\"http://www.w3.org/2000/svg\"", "");
        add_with(&picture, buffer_text(&linked), "<a href=\"../", "<a href=\"");
        add_body(&body, buffer_text(&picture));
        page_add_string(chart, "picture", body.bytes);
    }
    buffer_release(&content);
    buffer_release(&linked);
    buffer_release(&picture);
    buffer_release(&body);
    return done;
}

bool page_embed_charts(cJSON *document, const struct folder *folder, const char *place, struct error *error)
{
    const cJSON *charts = cJSON_GetObjectItemCaseSensitive(document, "charts");
    for (cJSON *chart = charts == NULL ? NULL : charts->child; chart != NULL; chart = chart->next) {
        if (!embed(chart, folder, place, error))
            return false;
    }
    return true;
}
