# Sets the words of a sheet and the marks of its legend over what has been drawn, and ends the picture. The legend's marks
# are legend_type(kind) and legend_colour(kind), which the script defines; the kind legend_tick is an upright line.

set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
set xrange [0:width]
set yrange [height:0]

if (has_legend) {
    plot \
        sheet index "legend" using 2:3:(legend_type($1)):(legend_colour($1)) \
        with points pt variable ps 1.1 lw 2 lc rgb variable title " ", \
        sheet index "legend" using ($1 == legend_tick ? $2 : NaN):($3 - 8):(0):(16) \
        with vectors nohead lw 2.8 lc rgb ink title " "
}

plot \
    sheet index "title_left" using 1:2:3 with labels left noenhanced font title_font tc rgb ink title " ", \
    sheet index "plain_left" using 1:2:3 with labels left noenhanced font plain_font tc rgb text title " ", \
    sheet index "plain_centre" using 1:2:3 with labels center noenhanced font plain_font tc rgb text title " ", \
    sheet index "plain_right" using 1:2:3 with labels right noenhanced font plain_font tc rgb text title " ", \
    sheet index "strong_left" using 1:2:3 with labels left noenhanced font strong_font tc rgb accent title " ", \
    sheet index "strong_centre" using 1:2:3 with labels center noenhanced font strong_font tc rgb accent title " ", \
    sheet index "strong_right" using 1:2:3 with labels right noenhanced font strong_font tc rgb accent title " ", \
    sheet index "small_left" using 1:2:3 with labels left noenhanced font small_font tc rgb quiet title " ", \
    sheet index "small_centre" using 1:2:3 with labels center noenhanced font small_font tc rgb quiet title " ", \
    sheet index "small_right" using 1:2:3 with labels right noenhanced font small_font tc rgb quiet title " "

unset multiplot
unset output
