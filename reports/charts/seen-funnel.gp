# Practices' shares of all submitted referrals that were seen within 180 days, with control limits.

chart_name = "seen_funnel"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("seen-funnel.gp")]
load scripts."funnel.gp"
