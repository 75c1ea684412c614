# Practices' shares of rejected referrals that were lost, with control limits.

chart_name = "lost_funnel"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("lost-funnel.gp")]
load scripts."funnel.gp"
