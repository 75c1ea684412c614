# What became of all referrals: bands between the stages, as wide as they are many.

chart_name = "referral_flow"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("referral-flow.gp")]
load scripts."style.gp"

# Kinds: 1 seen, 2 rejected, 3 all else.
node_colour(kind) = kind == 1 ? accent_value : kind == 2 ? 0x1d2328 : line_value
legend_type(kind) = 5
legend_colour(kind) = node_colour(kind)

# In pixels.
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
set xrange [0:width]
set yrange [height:0]

if (!nothing && has_other) {
    plot sheet index "other_bands" using 1:2:3 with filledcurves fs solid 1 noborder lc rgb "#e6eaed" title " "
}
if (!nothing && has_seen) {
    plot sheet index "bands_of_seen" using 1:2:3 with filledcurves fs solid 1 noborder lc rgb band title " "
}
if (!nothing && has_rejected) {
    plot sheet index "bands_of_rejected" using 1:2:3 with filledcurves fs solid 1 noborder lc rgb "#ccd2d7" title " "
}
if (!nothing) {
    plot sheet index "nodes" using ($1 + $3/2):($2 + $4/2):($3/2):($4/2):(node_colour($5)) \
        with boxxyerror fs solid 1 noborder lc rgb variable title " "
}

load scripts."words.gp"
