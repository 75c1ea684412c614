# Referrals and rejections by quarter: numbers above, the rejection rate below.

chart_name = "referrals_by_period"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("referrals-by-period.gp")]
load scripts."style.gp"
load scripts."frame.gp"
load scripts."grid.gp"

# Kinds: 1 referrals, 2 rejected, 3 not complete, 4 all practices, 5 a meeting.
legend_type(kind) = kind == 3 ? 4 : kind == 4 ? 7 : kind == 5 ? 11 : 5
legend_colour(kind) = kind == 1 ? pale_value : kind == 4 || kind == 5 ? line_value : accent_value
whole(value) = column(7) == 0 ? value : NaN
hollow(value) = column(7) == 1 ? value : NaN
wide = 0.36
narrow = 0.36

if (!nothing) {
    plot \
        sheet index "quarters" using 1:(whole($2)/2):($1 - wide):($1 + wide):(0):2 \
        with boxxyerror fs solid 1 border rgb mark lc rgb pale title "referrals", \
        sheet index "quarters" using 1:(hollow($2)/2):($1 - wide):($1 + wide):(0):2 \
        with boxxyerror fs solid 0 border lc rgb mark lw 1.5 title "referrals, not complete", \
        sheet index "quarters" using 1:(whole($3)/2):($1 - narrow):($1 + narrow):(0):3 \
        with boxxyerror fs solid 1 noborder lc rgb accent title "rejected", \
        sheet index "quarters" using 1:(hollow($3)/2):($1 - narrow):($1 + narrow):(0):3 \
        with boxxyerror fs solid 0 border lc rgb accent lw 1.5 title "rejected, not complete"
}
if (!nothing && session_count > 0) {
    plot sheet index "sessions" using 1:(frame_y_maximum) with points pt 11 ps 1.1 lc rgb line title "peer-review meeting"
}

if (!nothing && has_rates) {
    set lmargin at screen lower_left / width
    set rmargin at screen lower_right / width
    set tmargin at screen 1 - lower_top / height
    set bmargin at screen 1 - lower_bottom / height
    set xrange [lower_x_minimum:lower_x_maximum]
    set yrange [lower_y_minimum:lower_y_maximum]
    plot \
        sheet index "low_grid" using (lower_x_minimum):1:(lower_x_maximum - lower_x_minimum):(0) \
        with vectors nohead lw 1 lc rgb rule title " ", \
        sheet index "low_grid" every ::0::0 using (lower_x_minimum):1:(lower_x_maximum - lower_x_minimum):(0) \
        with vectors nohead lw 1.3 lc rgb line title " "
}
if (!nothing && has_rates && is_beside_all) {
    plot sheet index "everybody" using 1:4 with linespoints lw 1.6 pt 7 ps 0.5 lc rgb mark title "all practices"
}
if (!nothing && has_rates) {
    plot \
        sheet index "quarters" using 1:4 with lines lw 1.5 lc rgb accent title " ", \
        sheet index "quarters" using 1:5:(0):($6 - $5) with vectors nohead lw 2.2 lc rgb accent title "95 % interval", \
        sheet index "quarters" using 1:4 with points pt 7 ps 0.8 lc rgb accent title "rejection rate", \
        sheet index "quarters" using 1:(hollow($4)) with points pt 7 ps 0.5 lc rgb "#ffffff" title "not complete"
}

load scripts."words.gp"
