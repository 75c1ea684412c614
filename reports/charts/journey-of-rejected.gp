# The whole journey of those whose first referral was rejected.

chart_name = "journey_of_rejected"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("journey-of-rejected.gp")]
load scripts."wait.gp"
