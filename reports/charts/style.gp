# What all charts share: type, colours, and how a sheet is read. Each script loads this first.
# Called as: call 'NAME.gp' 'NAME.tsv' 'NAME.svg'. The sheet (the .tsv) holds all words and numbers; this folder holds the
# looks. To try a change: gnuplot -c NAME.gp NAME.tsv NAME.svg

set encoding utf8
set datafile separator "\t"
set datafile commentschars "#"
set datafile missing "NaN"
unset key
unset border
unset tics

# One accent, dark enough to read on white and in a grey print (6.5:1); all else is grey, marks and lines at least 3:1.
accent = "#0b5cad"
band = "#d3e3f4"
ink = "#1d2328"
text = "#3d4852"
quiet = "#56616c"
line = "#6b757d"
mark = "#858f97"
pale = "#c3cad0"
rule = "#e3e7ea"

# The same as numbers, for marks whose colour is a column.
accent_value = 0x0b5cad
mark_value = 0x858f97
line_value = 0x6b757d
pale_value = 0xc3cad0

# The svg terminal has no bold of its own outside enhanced text; this sets the attribute beside the family's.
plain_font = "sans-serif,14"
small_font = "sans-serif,13"
strong_font = "sans-serif\" font-weight=\"bold,14"
title_font = "sans-serif\" font-weight=\"bold,19"

# Keys of the block "meta".
width = 640.0
height = 480.0
nothing = 0
frame_left = 0.0; frame_right = 640.0; frame_top = 0.0; frame_bottom = 480.0
frame_x_minimum = 0.0; frame_x_maximum = 1.0; frame_y_minimum = 0.0; frame_y_maximum = 1.0
lower_left = 0.0; lower_right = 640.0; lower_top = 0.0; lower_bottom = 480.0
lower_x_minimum = 0.0; lower_x_maximum = 1.0; lower_y_minimum = 0.0; lower_y_maximum = 1.0
overall = NaN
has_limits = 0
practice_count = 0
curve_kinds = 0
has_band = 0
is_practice = 0
is_beside_all = 0
session_count = 0
has_legend = 0
has_seen = 0
has_rejected = 0
has_other = 0
has_rates = 0
legend_tick = 0

keep(key, value) = \
    key eq "height" ? (height = value) : key eq "nothing" ? (nothing = int(value)) : \
    key eq "frame_left" ? (frame_left = value) : key eq "frame_right" ? (frame_right = value) : \
    key eq "frame_top" ? (frame_top = value) : key eq "frame_bottom" ? (frame_bottom = value) : \
    key eq "frame_x_minimum" ? (frame_x_minimum = value) : key eq "frame_x_maximum" ? (frame_x_maximum = value) : \
    key eq "frame_y_minimum" ? (frame_y_minimum = value) : key eq "frame_y_maximum" ? (frame_y_maximum = value) : \
    key eq "lower_left" ? (lower_left = value) : key eq "lower_right" ? (lower_right = value) : \
    key eq "lower_top" ? (lower_top = value) : key eq "lower_bottom" ? (lower_bottom = value) : \
    key eq "lower_x_minimum" ? (lower_x_minimum = value) : key eq "lower_x_maximum" ? (lower_x_maximum = value) : \
    key eq "lower_y_minimum" ? (lower_y_minimum = value) : key eq "lower_y_maximum" ? (lower_y_maximum = value) : \
    key eq "overall" ? (overall = value) : key eq "has_limits" ? (has_limits = int(value)) : \
    key eq "practice_count" ? (practice_count = value) : key eq "curve_kinds" ? (curve_kinds = int(value)) : \
    key eq "has_band" ? (has_band = int(value)) : key eq "is_practice" ? (is_practice = int(value)) : \
    key eq "is_beside_all" ? (is_beside_all = int(value)) : \
    key eq "session_count" ? (session_count = value) : key eq "has_legend" ? (has_legend = int(value)) : \
    key eq "has_seen" ? (has_seen = int(value)) : key eq "has_rejected" ? (has_rejected = int(value)) : \
    key eq "has_other" ? (has_other = int(value)) : key eq "has_rates" ? (has_rates = int(value)) : 0

set xrange [-1e15:1e15]
set yrange [-1:1]
set table $discarded
plot sheet index "meta" using (keep(strcol(1), $2)):(0)
unset table

# The first picture of a process differs from the others by a byte or two of what the terminal remembers: let it be this.
if (!exists("has_drawn")) {
    set terminal svg
    set output "/dev/null"
    plot [0:1] [0:1] 0.5 lc rgb "#000000"
    set output
    has_drawn = 1
}

set terminal svg size width, height dynamic noenhanced rounded font plain_font background "#ffffff" name chart_name
set output picture
set multiplot
