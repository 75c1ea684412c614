# Draws the grid lines of a frame with a vertical axis: pale ones, and a dark one at zero.

if (!nothing) {
    plot \
        sheet index "grid" using (frame_x_minimum):1:(frame_x_maximum - frame_x_minimum):(0) \
        with vectors nohead lw 1 lc rgb rule title " ", \
        sheet index "grid" every ::0::0 using (frame_x_minimum):1:(frame_x_maximum - frame_x_minimum):(0) \
        with vectors nohead lw 1.3 lc rgb line title " "
}
