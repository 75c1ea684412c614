# A delay's cumulative incidence in steps, with marks at the steps of the axis. Loaded by the scripts of the charts of waits.

load scripts."style.gp"
load scripts."frame.gp"
load scripts."grid.gp"

# Kinds: 1 to 5 the schemes, 6 all in a chart of its own, 7 the practice, 8 all behind a practice. Each has a colour, a
# mark and a dash, so that a grey print tells them apart.
array colour_value[8] = [0x3d4852, 0x0b5cad, 0xa8500a, 0x6d3fa0, 0x2c7a4b, 0x0b5cad, 0x0b5cad, 0x8a949c]
array type_value[8] = [7, 5, 9, 13, 11, 7, 7, 13]
legend_type(kind) = type_value[int(kind)]
legend_colour(kind) = colour_value[int(kind)]
of(kind) = column(3) == kind ? $2 : NaN

if (!nothing && has_band) {
    plot sheet index "band" using 1:2:3 with filledcurves fs solid 1 noborder lc rgb band title "95 % interval"
}
if (!nothing) {
    plot \
        sheet index "curves" using 1:(of(8)) with steps lw 2 lc rgb colour_value[8] title "all practices", \
        sheet index "curves" using 1:(of(1)) with steps lw 2 lc rgb colour_value[1] dt (8, 4) title " ", \
        sheet index "curves" using 1:(of(2)) with steps lw 2.2 lc rgb colour_value[2] title " ", \
        sheet index "curves" using 1:(of(3)) with steps lw 2 lc rgb colour_value[3] dt (4, 3) title " ", \
        sheet index "curves" using 1:(of(4)) with steps lw 2 lc rgb colour_value[4] dt (10, 3, 2, 3) title " ", \
        sheet index "curves" using 1:(of(5)) with steps lw 2 lc rgb colour_value[5] dt (2, 3) title " ", \
        sheet index "curves" using 1:(of(6)) with steps lw 2.4 lc rgb colour_value[6] title "all practices", \
        sheet index "curves" using 1:(of(7)) with steps lw 2.4 lc rgb colour_value[7] title "this practice", \
        sheet index "marks" using 1:2:(legend_type($3)):(legend_colour($3)) \
        with points pt variable ps 0.9 lc rgb variable title " "
    # In pixels: thin lines from the ends of the curves to their names.
    set lmargin at screen 0
    set rmargin at screen 1
    set tmargin at screen 1
    set bmargin at screen 0
    set xrange [0:width]
    set yrange [height:0]
    plot sheet index "leaders" using 1:2:($3 - $1):($4 - $2) with vectors nohead lw 0.8 lc rgb mark title " "
}

load scripts."words.gp"
