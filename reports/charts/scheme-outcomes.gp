# Schemes beside the reference, outcome by outcome: crude and adjusted differences.

chart_name = "scheme_outcomes"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("scheme-outcomes.gp")]
load scripts."drawing.gp"
