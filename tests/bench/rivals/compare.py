"""compare.py RESULTS_SQLITE CSV [no-schemes]: whether another program's counts and medians are those of the report.

Prints how many numbers agree; ends with status 1 where any does not, or a slice is missing.
"""
import csv
import sqlite3
import sys

report, rival = sys.argv[1:3]
partial = "no-schemes" in sys.argv[3:]
ours = {}
for practice, specialty, scheme, period, measure, numerator, denominator, median in sqlite3.connect(report).execute(
        "SELECT practice, specialty, scheme, period, measure, numerator, denominator, completed_median FROM result"
        " WHERE measure IN ('rejection_rate', 'wait_first_attendance')"):
    numbers = ours.setdefault((practice, specialty, scheme, period), [0, 0, None])
    if measure == "rejection_rate":
        numbers[:2] = [numerator or 0, denominator or 0]
    else:
        numbers[2] = median
theirs = {}
with open(rival, newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        key = tuple(row.get(name) or None for name in ("practice", "specialty", "scheme", "period"))
        wait = row.get("wait")
        theirs[key] = [float(row["rejected"] or 0), float(row["decided"] or 0), float(wait) if wait not in (None, "", "NA") else None]
if partial:  # sums over practice, specialty and period are all that can be held against the report
    total = [sum(numbers[i] for numbers in theirs.values()) for i in (0, 1)]
    agree = total == ours[(None, None, None, None)][:2]
    print("counts agree in all" if agree else f"counts differ: {total}, {ours[(None, None, None, None)]}")
    sys.exit(not agree)
wrong = [key for key in theirs.keys() | ours.keys() if theirs.get(key, [0, 0, None]) != ours.get(key, [0, 0, None])
         and not (key[2] is None and key not in ours)]  # slices of an unknown scheme are in no report
print(f"{3 * len(theirs)} numbers agree" if not wrong else f"{len(wrong)} slices differ, such as {wrong[0]}:"
      f" {theirs.get(wrong[0])}, {ours.get(wrong[0])}")
sys.exit(bool(wrong))
