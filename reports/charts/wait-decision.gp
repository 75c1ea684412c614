# The wait for the first decision.

chart_name = "wait_decision"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("wait-decision.gp")]
load scripts."wait.gp"
