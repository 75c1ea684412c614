# Practices by size and rate, with control limits. Loaded by the scripts of the funnels.

load scripts."style.gp"
load scripts."frame.gp"
load scripts."grid.gp"

# Kinds of mark: 1 inside the limits, 2 beyond 95 %, 3 beyond 99.8 %, 4 the practice itself, 5 its peers.
legend_type(kind) = kind == 2 ? 12 : kind == 3 ? 13 : 7
legend_colour(kind) = kind == 1 || kind == 5 ? mark_value : accent_value
of(kind) = column(3) == kind ? $2 : NaN
mark_size = practice_count > 1000 ? 0.4 : practice_count > 200 ? 0.6 : 0.85
flag_size = practice_count > 1000 ? 0.6 : practice_count > 200 ? 1.0 : 1.4

if (!nothing && has_limits) {
    plot \
        sheet index "limits" using 1:6 with lines lw 1.3 lc rgb mark dt (1, 4) title "99.8 % limit, chance alone", \
        sheet index "limits" using 1:7 with lines lw 1.3 lc rgb mark dt (1, 4) title "99.8 % limit, chance alone", \
        sheet index "limits" using 1:2 with lines lw 1.3 lc rgb line dt (6, 5) title "95 % limit", \
        sheet index "limits" using 1:3 with lines lw 1.3 lc rgb line dt (6, 5) title "95 % limit", \
        sheet index "limits" using 1:4 with lines lw 1.6 lc rgb line title "99.8 % limit", \
        sheet index "limits" using 1:5 with lines lw 1.6 lc rgb line title "99.8 % limit"
}
if (!nothing) {
    plot sheet index "grid" every ::0::0 using (0):(overall):(frame_x_maximum):(0) \
        with vectors nohead lw 1.6 lc rgb text title "all practices"
}
if (!nothing && !is_practice) {
    plot \
        sheet index "practices" using 1:(of(1)) with points pt 7 ps mark_size lc rgb mark title "inside the limits", \
        sheet index "practices" using 1:(of(2)) with points pt 13 ps flag_size lc rgb "#ffffff" title " ", \
        sheet index "practices" using 1:(of(2)) with points pt 12 ps 0.9 * flag_size lw 2 lc rgb accent title "beyond the 95 % limits", \
        sheet index "practices" using 1:(of(3)) with points pt 13 ps flag_size lc rgb accent title "beyond the 99.8 % limits"
}
if (!nothing && is_practice) {
    # Very short lines with round ends: dots in one path, a fifth of the size of so many marks.
    dot = (frame_x_maximum - frame_x_minimum) / 4000.0
    plot \
        sheet index "peers" using 1:2:(dot):(0) with vectors nohead lw 6.5 lc rgb mark title "other practices", \
        sheet index "own" using 1:2 with points pt 7 ps 1.7 lc rgb "#ffffff" title " ", \
        sheet index "own" using 1:3:(0):($4 - $3) with vectors nohead lw 2.5 lc rgb accent title "95 % interval", \
        sheet index "own" using 1:2 with points pt 7 ps 1.3 lc rgb accent title "this practice"
}

load scripts."words.gp"
