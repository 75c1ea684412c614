# Draws a sheet whose bands, strokes and dots are in pixels. Loaded by the scripts of the charts that compare schemes.

load scripts."style.gp"

# Kinds: 1 to 5 the schemes, 6 grid lines, 7 no difference, 8 crude, 9 adjusted, 10 adjusted without an interval,
# 11 what would have followed, 12 when the change came. Each scheme has a colour and a mark, so that a grey print tells them
# apart.
array colour_value[12] = [0x3d4852, 0x0b5cad, 0xa8500a, 0x6d3fa0, 0x2c7a4b, 0xe3e7ea, 0x6b757d, 0x858f97, 0x0b5cad, 0x0b5cad, 0xa8500a, 0x6b757d]
array type_value[12] = [7, 5, 9, 13, 11, 7, 7, 6, 7, 6, 6, 7]
array width_value[12] = [1.8, 1.8, 1.8, 1.8, 1.8, 1, 1.3, 1.6, 2.6, 2, 2, 1.2]
legend_type(kind) = kind > 20 ? 5 : type_value[int(kind)]
legend_colour(kind) = kind == 21 ? 0x5b93cc : kind == 22 ? 0x56616c : kind == 23 ? 0x858f97 : colour_value[int(kind)]
of_kind(kind, value) = column(5) == kind ? value : NaN

set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
set xrange [0:width]
set yrange [height:0]

if (!nothing) {
    # Bands: seen, turned away, left.
    if (curve_kinds & 1) { plot sheet index "bands_0" using 1:2:3 with filledcurves fs solid 1 noborder lc rgb 0x5b93cc title " " }
    if (curve_kinds & 2) { plot sheet index "bands_1" using 1:2:3 with filledcurves fs solid 1 noborder lc rgb 0x56616c title " " }
    if (curve_kinds & 4) { plot sheet index "bands_2" using 1:2:3 with filledcurves fs solid 1 noborder lc rgb 0x858f97 title " " }
    plot \
        for [kind = 1:10] sheet index "strokes" using (of_kind(kind, $1)):2:3:4 \
        with vectors nohead lw width_value[kind] lc rgb colour_value[kind] title " ", \
        sheet index "strokes" using (of_kind(11, $1)):2:3:4 with vectors nohead lw 2 lc rgb colour_value[11] dt (6, 4) title " ", \
        sheet index "strokes" using (of_kind(12, $1)):2:3:4 with vectors nohead lw 1.2 lc rgb colour_value[12] dt (2, 3) title " ", \
        sheet index "dots" using 1:2:(type_value[int($3)]):(colour_value[int($3)]) \
        with points pt variable ps 0.85 lw 1.6 lc rgb variable title " "
}

load scripts."words.gp"
