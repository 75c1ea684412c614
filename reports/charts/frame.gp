# Places the axes in the frame of the sheet.

set lmargin at screen frame_left / width
set rmargin at screen frame_right / width
set tmargin at screen 1 - frame_top / height
set bmargin at screen 1 - frame_bottom / height
set xrange [frame_x_minimum:frame_x_maximum]
set yrange [frame_y_minimum:frame_y_maximum]
