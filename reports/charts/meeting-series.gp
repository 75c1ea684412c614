# Practices that began to hold peer-review meetings: outcomes month by month.

chart_name = "meeting_series"
sheet = ARG1
picture = ARG2
scripts = ARG0[1:strlen(ARG0) - strlen("meeting-series.gp")]
load scripts."drawing.gp"
