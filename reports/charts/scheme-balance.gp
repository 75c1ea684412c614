# How unlike the referrals of each scheme and of the reference are.

chart_name = "scheme_balance"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("scheme-balance.gp")]
load scripts."drawing.gp"
