#!/usr/bin/env bash
# Hostile text passes through CSV, SQLite, gnuplot, JSON and HTML as plain text, and nothing in it is ever run.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
tests=$PWD/tests
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports} PYTHONDONTWRITEBYTECODE=1
mkdir "$scratch/work"
cd "$scratch/work"
canary=$scratch/canary
"$program" synth --referrals 1200 --practices 8 --quarters 6 --seed 12 -o county 2> /dev/null
python3 "$tests/support/hostile.py" make county harmless hostile "$canary"

# reported FOLDER AUDIENCE: five rows are rejected.
reported() {
  local folder=$1 audience=$2 status=0
  "$program" report --force --cases --audience "$audience" --as-of 2025-06-30 -o "$folder-report" "$folder"/*.csv \
    > "$folder.out" 2> "$folder.err" || status=$?
  same 3 "$status" && same '' "$(cat "$folder.out")"
}
unharmed() { [[ ! -e $canary && -z $(find . "$scratch" -name "*canary*" -not -name '*.csv' -print -quit) ]]; }
for audience in analyst shared practice; do
  check "a report on harmless text ($audience)" reported harmless "$audience"
  check "a report on hostile text ($audience)" reported hostile "$audience"
  check "every file of it holds plain text to a parser of its format ($audience)" \
    python3 "$tests/support/hostile.py" judge harmless-report hostile-report hostile
done
check 'no text of it was run' unharmed
clean_messages() {
  # Nothing that moves a cursor or starts a line of its own.
  python3 - hostile.err << 'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8", newline="").read()
assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), text
for line in text.splitlines():
    assert re.match(r"referlens: |[^:]*\.csv:", line), line
assert "%n%s" in text and "=cmd()" in text and "<script>" in text
PYTHON
}
check 'messages are lines of their own, without control characters' clean_messages
checked() {
  local status=0
  "$program" check hostile/*.csv > check.txt 2> hostile.err || status=$?
  same 3 "$status" && clean_messages && status=0
  "$program" check --format json hostile/*.csv > check.json 2> hostile.err || status=$?
  same 3 "$status" && python3 -c 'import json; json.load(open("check.json", encoding="utf-8"))' && unharmed &&
    python3 -c '
import re
assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", open("check.txt", encoding="utf-8", newline="").read())'
}
check 'check, too' checked

# Columns of a profile that are named like this, in messages, in the lists of rejected rows and in the data quality.
hostile_columns() {
  python3 - << 'PYTHON'
import csv, json
names = ["=cmd()", "<script>alert(1)</script>\n", "%n%s", "é" * 80 + "\u202e"]
json.dump({"name": "hostile", "title": "<b>\"x\"", "source": "`x`", "rest": "=rest()", "optional": [],
           "leave_out": [{"column": "%n%s", "is": ["out"], "reason": "=cmd() <script>"}],
           "makes": [{"name": "referral", "kind": "referrals", "fields": {
               "referral_id": names[0], "practice_code": names[1].strip(), "specialty_code": names[2],
               "referral_date": {"column": names[3], "date": "DD/MM/YYYY"}}}]}, open("columns.json", "w"))
rows = [[names[0], names[1].strip(), names[2], names[3]], ["R1", "A81001", "330", "01/02/2025"], ["R2", "A81001", "out", "01/02/2025"],
        ["R3", "A81001", "330", "31/02/2025"], ["", "A81001", "330", "01/02/2025"]]
csv.writer(open("columns.csv", "w", newline="", encoding="utf-8")).writerows(rows)
PYTHON
  local status=0
  "$program" report --force --no-charts --audience analyst --profile columns.json -o columns columns.csv 2> columns.err || status=$?
  same 3 "$status" && python3 - << 'PYTHON'
import csv, json, re
text = open("columns.err", encoding="utf-8").read()
assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), text
rows = list(csv.reader(open("columns/rejects.csv", newline="", encoding="utf-8"), strict=True))
assert len(rows) == 3 and all(not cell.startswith(tuple("=+-@\t\r")) for row in rows for cell in row), rows
json.load(open("columns/report.json", encoding="utf-8"))
page = open("columns/index.html", encoding="utf-8").read()
assert "<script>alert" not in page and "=cmd() &lt;script&gt;" in page
PYTHON
}
check 'names of columns and reasons of a profile are plain text, too' hostile_columns
finish
