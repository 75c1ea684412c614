# The wait for the first attendance.

chart_name = "wait_first_attendance"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("wait-first-attendance.gp")]
load scripts."wait.gp"
