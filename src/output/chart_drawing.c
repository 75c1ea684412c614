#include "referlens/output/chart_drawing.h"

#include "referlens/base/memory.h"

#include <math.h>
#include <stdio.h>

enum { STROKE_NUMBERS = 5, DOT_NUMBERS = 3, BAND_NUMBERS = 3 };

/* To a hundredth, so that a sheet does not change with the last bit of a sum. */
static double rounded(double pixels)
{
    return round(pixels * 100) / 100;
}

static void add(double **values, size_t *count, size_t *capacity, const double *added, size_t number)
{
    *values = memory_grow(*values, capacity, *count + number, sizeof **values);
    for (size_t i = 0; i < number; i++)
        (*values)[(*count)++] = added[i];
}

void drawing_stroke(struct drawing *drawing, double x, double y, double to_x, double to_y, int kind)
{
    const double row[STROKE_NUMBERS] = {rounded(x), rounded(y), rounded(to_x - x), rounded(to_y - y), kind};
    if (isfinite(x + y + to_x + to_y))
        add(&drawing->strokes.values, &drawing->strokes.count, &drawing->strokes.capacity, row, STROKE_NUMBERS);
}

void drawing_dot(struct drawing *drawing, double x, double y, int kind)
{
    const double row[DOT_NUMBERS] = {rounded(x), rounded(y), kind};
    if (isfinite(x + y))
        add(&drawing->dots.values, &drawing->dots.count, &drawing->dots.capacity, row, DOT_NUMBERS);
}

void drawing_band(struct drawing *drawing, enum drawing_band band, double x, double top, double bottom)
{
    const double row[BAND_NUMBERS] = {rounded(x), rounded(top), rounded(bottom)};
    add(&drawing->bands[band].values, &drawing->bands[band].count, &drawing->bands[band].capacity, row, BAND_NUMBERS);
}

static void write_rows(struct chart_sheet *sheet, double *values, size_t count, size_t columns)
{
    for (size_t i = 0; i < count; i += columns) {
        if (isnan(values[i]))
            chart_sheet_gap(sheet);
        else
            chart_sheet_row(sheet, values + i, columns);
    }
    memory_free(values);
}

void drawing_write(struct drawing *drawing, struct chart_sheet *sheet)
{
    int kinds = 0;
    for (size_t band = 0; band < DRAWING_BANDS; band++) {
        char name[16];
        snprintf(name, sizeof name, "bands_%zu", band);
        kinds |= drawing->bands[band].count > 0 ? 1 << band : 0;
        chart_sheet_block(sheet, name, "x, upper edge, lower edge, in pixels");
        write_rows(sheet, drawing->bands[band].values, drawing->bands[band].count, BAND_NUMBERS);
    }
    chart_sheet_meta(sheet, "curve_kinds", kinds);
    chart_sheet_block(sheet, "strokes", "x, y, width, height in pixels, kind");
    write_rows(sheet, drawing->strokes.values, drawing->strokes.count, STROKE_NUMBERS);
    chart_sheet_block(sheet, "dots", "x, y in pixels, kind");
    write_rows(sheet, drawing->dots.values, drawing->dots.count, DOT_NUMBERS);
    *drawing = (struct drawing){.strokes = {NULL, 0, 0}};
}
