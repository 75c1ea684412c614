# The rejection rate over the quarters: a control chart with its limits, or a run chart with the median.

chart_name = "rejection_over_time"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("rejection-over-time.gp")]
load scripts."style.gp"
load scripts."frame.gp"
load scripts."grid.gp"

# Kinds: 1 the rate, 2 stands out, 3 not complete, 4 a meeting.
legend_type(kind) = kind == 2 ? 13 : kind == 3 ? 6 : kind == 4 ? 11 : 7
legend_colour(kind) = kind == 4 ? line_value : accent_value
out(value) = column(7) == 1 ? value : NaN
usual(value) = column(7) == 0 ? value : NaN
hollow(value) = column(8) == 1 ? value : NaN
top = frame_y_maximum

if (!nothing && session_count > 0) {
    plot \
        sheet index "sessions" using 1:(0):(0):(top) with vectors nohead lw 1.2 lc rgb mark dt (2, 4) title " ", \
        sheet index "sessions" using 1:(top) with points pt 11 ps 1.1 lc rgb line title "peer-review meeting"
}
if (!nothing && has_limits) {
    plot \
        sheet index "quarters" using ($1 - 0.5):5:(1):(0) with vectors nohead lw 1.6 lc rgb line title "lower limit", \
        sheet index "quarters" using ($1 - 0.5):6:(1):(0) with vectors nohead lw 1.6 lc rgb line title "upper limit"
}
if (!nothing && !has_limits) {
    plot sheet index "quarters" using 1:3:(0):($4 - $3) with vectors nohead lw 1.6 lc rgb accent title "95 % interval"
}
if (!nothing && overall == overall) {
    plot sheet index "grid" every ::0::0 using (frame_x_minimum):(overall):(frame_x_maximum - frame_x_minimum):(0) \
        with vectors nohead lw 1.6 lc rgb text dt (6, 5) title "centre"
}
if (!nothing) {
    plot \
        sheet index "quarters" using 1:2 with lines lw 1.5 lc rgb accent title " ", \
        sheet index "quarters" using 1:(usual($2)) with points pt 7 ps 0.9 lc rgb accent title "rejection rate", \
        sheet index "quarters" using 1:(out($2)) with points pt 13 ps 1.4 lc rgb accent title "stands out", \
        sheet index "quarters" using 1:(hollow($2)) with points pt 7 ps 0.55 lc rgb "#ffffff" title "not complete"
}

load scripts."words.gp"
