# Rejection rates of a practice by specialty, each on the range in which most practices lie.

chart_name = "rejection_by_specialty"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("rejection-by-specialty.gp")]
load scripts."style.gp"
load scripts."frame.gp"

# Kinds: 1 this practice, 2 the range of practices, 3 the middle one of them, 4 a range that is at the widest.
legend_type(kind) = kind == 1 ? 7 : kind == 2 ? 5 : kind == 4 ? 4 : 0
legend_colour(kind) = kind == 1 ? accent_value : kind == 2 ? 0xb9c1c7 : kind == 4 ? mark_value : line_value
legend_tick = 3
whole(value) = column(9) == 0 ? value : NaN
widest(value) = column(9) == 1 ? value : NaN
certain(value) = column(6) == column(7) ? value : NaN

if (!nothing) {
    plot sheet index "x_grid" using 1:(0):(0):(frame_y_maximum) with vectors nohead lw 1 lc rgb rule title " "
    plot \
        sheet index "rows" using (whole(($5 + $8)/2)):1:5:8:($1 - 0.3):($1 + 0.3) \
        with boxxyerror fs solid 1 border rgb mark lc rgb "#dde2e6" title "10th to 90th percentile of practices", \
        sheet index "rows" using (widest(($5 + $8)/2)):1:5:8:($1 - 0.3):($1 + 0.3) \
        with boxxyerror fs solid 0 border lc rgb mark lw 1.2 title "10th to 90th percentile of practices, at the widest", \
        sheet index "rows" using (widest(($6 + $7)/2)):1:6:7:($1 - 0.3):($1 + 0.3) \
        with boxxyerror fs solid 1 noborder lc rgb "#dde2e6" title "middle practice, from and to", \
        sheet index "rows" using (certain($6)):($1 - 0.36):(0):(0.72) with vectors nohead lw 2.4 lc rgb line title "middle practice", \
        sheet index "rows" using 3:1:($4 - $3):(0) with vectors nohead lw 2.4 lc rgb accent title "95 % interval", \
        sheet index "rows" using 2:1 with points pt 7 ps 1.05 lc rgb "#ffffff" title " ", \
        sheet index "rows" using 2:1 with points pt 7 ps 0.85 lc rgb accent title "this practice"
}

load scripts."words.gp"
