# Where the referrals of each scheme stood, day by day: a panel a scheme.

chart_name = "scheme_waits"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("scheme-waits.gp")]
load scripts."drawing.gp"
