# A delay's cumulative incidence in steps, with marks at the steps of the axis. Loaded by the scripts of the charts of waits.

load scripts."style.gp"
load scripts."frame.gp"
load scripts."grid.gp"

# Kinds: 1 to 5 the schemes, 6 all in a chart of its own, 7 the practice, 8 all behind a practice. Each has a colour, a
# mark and a dash, so that a grey print tells them apart.
array colour_value[8] = [0x3d4852, 0x0b5cad, 0xa8500a, 0x6d3fa0, 0x2c7a4b, 0x0b5cad, 0x0b5cad, 0x8a949c]
array type_value[8] = [7, 5, 9, 13, 11, 7, 7, 13]
set style line 1 lw 2 lc rgb colour_value[1] dt (8, 4)
set style line 2 lw 2.2 lc rgb colour_value[2]
set style line 3 lw 2 lc rgb colour_value[3] dt (4, 3)
set style line 4 lw 2 lc rgb colour_value[4] dt (10, 3, 2, 3)
set style line 5 lw 2 lc rgb colour_value[5] dt (2, 3)
set style line 6 lw 2.4 lc rgb colour_value[6]
set style line 7 lw 2.4 lc rgb colour_value[7]
set style line 8 lw 2 lc rgb colour_value[8]
legend_type(kind) = type_value[int(kind)]
legend_colour(kind) = colour_value[int(kind)]

if (!nothing && has_band) {
    plot sheet index "band" using 1:2:3 with filledcurves fs solid 1 noborder lc rgb band title "95 % interval"
}
if (!nothing) {
    # From the back to the front: everybody's curve lies behind the practice's.
    do for [kind = 8:1:-1] {
        if (curve_kinds & (1 << kind)) {
            plot sheet index sprintf("curve_%d", kind) using 1:2 with steps ls kind title " "
        }
    }
    plot sheet index "marks" using 1:2:(legend_type($3)):(legend_colour($3)) \
        with points pt variable ps 0.9 lc rgb variable title " "
}

load scripts."words.gp"
