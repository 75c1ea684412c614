# Reasons for rejection: bars from the left, the commonest first, and the cumulative share on the same axis.

chart_name = "rejection_reasons"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("rejection-reasons.gp")]
load scripts."style.gp"
load scripts."frame.gp"

# Kinds: 1 a reason, 2 several rare ones, 3 none given, 4 all practices, 5 the cumulative share.
legend_type(kind) = kind == 4 ? 0 : kind == 5 ? 7 : 5
legend_colour(kind) = kind == 4 || kind == 5 ? line_value : accent_value
of(kind) = column(6) == kind ? column(2) / 2 : NaN
thick = 0.33

if (!nothing) {
    # Quarters of the whole, from the foot of the frame to its head.
    plot "+" using (floor($0) * 0.25):(0):(0):(frame_y_maximum) every ::0::4 with vectors nohead lw 1 lc rgb rule title " "
    plot \
        sheet index "bars" using (of(1)):1:(0):2:($1 - thick):($1 + thick) \
        with boxxyerror fs solid 1 noborder lc rgb accent title "reason", \
        sheet index "bars" using (of(2)):1:(0):2:($1 - thick):($1 + thick) \
        with boxxyerror fs solid 1 noborder lc rgb mark title "other reasons", \
        sheet index "bars" using (of(3)):1:(0):2:($1 - thick):($1 + thick) \
        with boxxyerror fs solid 0 border lc rgb line lw 1.5 title "no reason given", \
        sheet index "bars" using 3:1 with linespoints lw 1.3 dt (2, 4) pt 7 ps 0.55 lc rgb line title "cumulative share"
}
if (!nothing && is_beside_all) {
    plot \
        sheet index "bars" using 4:($1 - thick - 0.1):(0):(2 * thick + 0.2) with vectors nohead lw 6 lc rgb "#ffffff" title " ", \
        sheet index "bars" using 4:($1 - thick - 0.1):(0):(2 * thick + 0.2) with vectors nohead lw 2.8 lc rgb ink title "all practices"
}
legend_tick = 4

load scripts."words.gp"
