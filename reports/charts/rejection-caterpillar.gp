# What the rejection rates of practices are likely to be, with their intervals.

chart_name = "rejection_caterpillar"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("rejection-caterpillar.gp")]
load scripts."style.gp"
load scripts."frame.gp"
load scripts."grid.gp"

# Kinds: 1 the likely rate, 2 as counted, 3 the band of intervals.
legend_type(kind) = kind == 1 ? 7 : kind == 2 ? 2 : 5
legend_colour(kind) = kind == 1 ? accent_value : kind == 2 ? line_value : 0xb9d0ea
first = frame_x_minimum
span = frame_x_maximum - frame_x_minimum

if (!nothing && has_band) {
    plot sheet index "practices" using 1:3:4 with filledcurves fs solid 1 noborder lc rgb band title "95 % interval"
}
if (!nothing) {
    plot sheet index "grid" every ::0::0 using (first):(overall):(span):(0) with vectors nohead lw 1.6 lc rgb text dt (6, 5) title "mean"
}
if (!nothing && has_band) {
    plot sheet index "practices" using 1:2 with lines lw 2 lc rgb accent title "likely rate"
}
if (!nothing && !has_band) {
    plot \
        sheet index "practices" using 1:3:(0):($4 - $3) with vectors nohead lw 1.6 lc rgb mark title "95 % interval", \
        sheet index "practices" using 1:5 with points pt 2 ps 0.45 lw 1.4 lc rgb line title "as counted", \
        sheet index "practices" using 1:2 with points pt 7 ps 0.6 lc rgb accent title "likely rate"
}

load scripts."words.gp"
