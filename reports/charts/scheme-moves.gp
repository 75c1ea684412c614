# Practices that moved from one scheme to another: the share rejected, month by month.

chart_name = "scheme_moves"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("scheme-moves.gp")]
load scripts."drawing.gp"
