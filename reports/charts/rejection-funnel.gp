# Practices' rejection rates against their decided referrals, with control limits.

chart_name = "rejection_funnel"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("rejection-funnel.gp")]
load scripts."funnel.gp"
