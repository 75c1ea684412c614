#!/usr/bin/env bash
# The tables by quarter say which numbers are not complete: by the same rule as the series, measure by measure, counted here
# from the files themselves; and they give no median that hangs on a few of many.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
practice=A81018
"$(realpath "$REFERLENS")" report --audience practice --practice "$practice" --as-of 2025-06-30 --period 2025-Q2 --no-charts \
  -o "$scratch/out" sample-data/*.csv 2> "$scratch/log" || { cat "$scratch/log" >&2; exit 1; }
page=$scratch/out/practices/$practice/index.html

# For each quarter of referrals of the practice (advice requests aside): how many there are, how many of them have no decision,
# and how many had less than 180 days of follow-up. Then every cell of the table against them.
cells_are_marked() {
  python3 - sample-data "$scratch/out/practices/$practice/pack.json" "$practice" << 'PYTHON'
import csv, datetime, json, sys

folder, path, practice = sys.argv[1:]
as_of = datetime.date(2025, 6, 30)
day = datetime.date.fromisoformat
with open(f"{folder}/referrals.csv", encoding="utf-8") as file:
    referrals = [row for row in csv.DictReader(file) if row["practice_code"] == practice and row["request_type"] != "advice"]
with open(f"{folder}/outcomes.csv", encoding="utf-8") as file:
    decided = {row["referral_id"] for row in csv.DictReader(file)
               if row["event_type"] in ("accepted", "rejected", "redirected", "returned_with_advice")}
quarters = {}
for row in referrals:
    made = day(row["referral_date"])
    quarters.setdefault(f"{made.year}-Q{(made.month + 2) // 3}", []).append(row)
pack = json.load(open(path, encoding="utf-8"))
series = {of["measure"]: {point["period"]: point for point in of["points"]} for of in pack["series"]}
rows = {row["period"]: row for row in pack["quarters"]}
assert set(rows) == set(quarters), (set(rows), set(quarters))
marked = 0
for period, made in quarters.items():
    year, number = int(period[:4]), int(period[-1])
    last = datetime.date(year + number // 4, number % 4 * 3 + 1, 1) - datetime.timedelta(days=1)
    recent = sum((as_of - day(row["referral_date"])).days < 180 for row in made)
    expected = {
        "rejection_rate": sum(row["referral_id"] not in decided for row in made) > 0.05 * len(made),
        "attendance_conversion": recent > 0.05 * len(made),
        "wait_first_attendance": last + datetime.timedelta(days=42) > as_of,
        "wait_decision": last + datetime.timedelta(days=42) > as_of,
    }
    for measure, is_marked in expected.items():
        cell = rows[period][measure]
        assert cell["provisional"] == (is_marked and cell["value_text"] is not None), (period, measure, cell)
    for measure, points in series.items():
        cell = rows[period].get(measure)
        if cell is not None and cell["value_text"] is not None:
            assert cell["provisional"] == points[period]["provisional"], (period, measure)
            marked += cell["provisional"]
    cell = rows[period]["attendance_conversion"]
    told = len(made) - recent
    shown = f"{told} of {len(made)} so far" if cell["value_text"] is not None and recent > told else None
    assert cell["so_far_text"] == shown, (period, cell)
assert marked > 5, marked
assert any(row["attendance_conversion"]["so_far_text"] for row in rows.values())
PYTHON
}

marks_are_hollow_and_worded() {
  python3 - "$page" "$scratch/out/practices/$practice/pack.json" << 'PYTHON'
import json, re, sys

page, pack = open(sys.argv[1], encoding="utf-8").read(), json.load(open(sys.argv[2], encoding="utf-8"))
table = page[page.index('id="quarters-caption"'):]
table = table[:table.index("</table>")]
for row in pack["quarters"]:
    text = table[table.index(f'<th scope="row">{row["period"]}'):]
    text = text[:text.index("</tr>")]
    cells = [cell for cell in row.values() if isinstance(cell, dict)]
    assert text.count("not complete") == sum(cell.get("provisional", False) for cell in cells), row["period"]
    dots = re.findall(r'class="dot([^"]*)"', text)
    rejected, wait = row["rejection_rate"], row["wait_first_attendance"]
    drawn = [cell["provisional"] for cell, value in ((rejected, rejected["value"]), (wait, wait["median"])) if value is not None]
    assert ["hollow" in dot for dot in dots] == drawn, (row["period"], dots, drawn)
PYTHON
}

# 44 of the 165 decided of the quarter were rejected (the manual's query of results.sqlite): 26.7 %, in the card beside all quarters.
cards_say_their_months() {
  grep -qF '<p>All our referrals of July 2023 to June 2025; the quarter from April to June 2025 stands beside.' "$page" &&
    sed -n '/id="point-rejection_rate"/,/<\/li>/p' "$page" | grep -qF 'In April to June 2025: 26.7 % (44 of 165), not complete.'
}

# What compares schemes is over everything: no page of it names the quarter.
schemes_are_of_no_quarter() {
  grep -q 'Quarter looked at' "$page" && ! grep -q 'Quarter looked at' "$scratch"/out/{comparison,brief}.html
}

an_empty_quarter_is_told() {
  "$(realpath "$REFERLENS")" report --practice "$practice" --as-of 2025-06-30 --period 2030-Q1 --no-charts -o "$scratch/empty" \
    sample-data/*.csv 2>&1 | grep -qF "referlens: warning: nothing was requested in 2030-Q1: the report's own quarter is empty" &&
    ! grep -q 'warning' "$scratch/log" && ! grep -q 'stands beside' "$scratch/empty/practices/$practice/index.html" &&
    grep -qF '<li>Nothing was requested in January to March 2030, the quarter asked for: there is no number of it.</li>' \
      "$scratch/empty/practices/$practice/index.html"
}

check 'cells are marked by the rule of the series' cells_are_marked
check 'what is not complete is hollow and said in words' marks_are_hollow_and_worded
check 'cards say of which months they are' cards_say_their_months
check 'pages that compare schemes name no quarter' schemes_are_of_no_quarter
check 'a quarter without a request is told of' an_empty_quarter_is_told

# A practice that referred nobody in the report's own quarter has a result of it all the same, in every file.
own_quarter_is_there() {
  mkdir "$scratch/quiet"
  awk -F, -v practice="$practice" 'NR == 1 || $2 != practice || $3 < "2025-04-01"' sample-data/referrals.csv \
    > "$scratch/quiet/referrals.csv"
  head -n 1 sample-data/referrals.csv | grep -q '^referral_id,practice_code,referral_date,' || return 1
  "$(realpath "$REFERLENS")" report --audience analyst --practice "$practice" --as-of 2025-06-30 --period 2025-Q2 --no-charts \
    -o "$scratch/quiet/out" "$scratch/quiet/referrals.csv" sample-data/{outcomes,practices,schemes,sessions}.csv \
    2> "$scratch/quiet/log" || return 1
  python3 - "$scratch/quiet/out" "$practice" << 'PYTHON'
import json, sqlite3, sys
folder, practice = sys.argv[1:]
document = json.load(open(f"{folder}/measures.json", encoding="utf-8"))
of_json = {row["measure"]: row["status"] for row in document["results"]
           if (row["practice"], row["period"]) == (practice, "2025-Q2")}
query = "SELECT measure, status FROM result WHERE practice = ? AND period = '2025-Q2' AND specialty IS NULL"
of_sqlite = dict(sqlite3.connect(f"{folder}/results.sqlite").execute(query, (practice,)))
pack = json.load(open(f"{folder}/practices/{practice}/pack.json", encoding="utf-8"))
of_pack = {row["id"]: row["in_period"]["status"] for kind in ("proportions", "rates", "delays") for row in pack[kind]}
assert of_json == dict.fromkeys((measure["id"] for measure in document["measures"]), "insufficient"), of_json
assert of_sqlite == of_json and of_pack == of_json, (of_sqlite, of_pack)
PYTHON
}
check "the report's own quarter is there for a practice that did not refer in it" own_quarter_is_there
finish
