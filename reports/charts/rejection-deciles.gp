# Deciles of the practices' rejection rates, quarter by quarter.

chart_name = "rejection_deciles"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("rejection-deciles.gp")]
load scripts."style.gp"
load scripts."frame.gp"
load scripts."grid.gp"

# Kinds: 1 the middle practice, 2 the inner band, 3 the outer one.
legend_type(kind) = kind == 1 ? 7 : 5
legend_colour(kind) = kind == 1 ? accent_value : kind == 2 ? 0xa9c6e6 : 0xd3e3f4
hollow(value) = column(11) == 1 ? value : NaN

if (!nothing) {
    plot \
        sheet index "quarters" using 1:2:10 with filledcurves fs solid 1 noborder lc rgb band title "10th to 90th percentile", \
        sheet index "quarters" using 1:4:8 with filledcurves fs solid 1 noborder lc rgb "#a9c6e6" title "30th to 70th percentile", \
        sheet index "quarters" using 1:2 with lines lw 1.2 lc rgb line title " ", \
        sheet index "quarters" using 1:10 with lines lw 1.2 lc rgb line title " ", \
        sheet index "quarters" using 1:12:(0):($13 - $12) with vectors nohead lw 5 lc rgb accent title "middle practice, from and to", \
        sheet index "quarters" using 1:(hollow($12)):(0):($13 - $12) with vectors nohead lw 2 lc rgb "#ffffff" title "not complete", \
        sheet index "quarters" using 1:6 with linespoints lw 2 pt 7 ps 0.8 lc rgb accent title "middle practice", \
        sheet index "quarters" using 1:(hollow($6)) with points pt 7 ps 0.5 lc rgb "#ffffff" title "not complete"
}

load scripts."words.gp"
