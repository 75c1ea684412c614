#!/usr/bin/env bash
# Published data, where it lies beside the project: child and adolescent mental health referrals of Scotland's boards
# (Public Health Scotland), England's practices (NHS Organisation Data Service) and outpatient appointments (NHS England's
# artificial sample of Hospital Episode Statistics, 2003/04).
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
camhs=$PWD/../shared/data/camhs/camhs_2025q1_rows.csv
ods=$PWD/../shared/data/ods/practices_2020.csv
hes=$PWD/../shared/data/hes_op/artificial_hes_op_0304_truncated.csv
cd "$scratch"

# A row a referral, its outcome on the same day.
write_camhs() {
  python3 - "$camhs" << 'PYTHON'
import csv, sys
referrals, outcomes = (csv.writer(open(f"{name}.csv", "w", newline="")) for name in ("referrals", "outcomes"))
referrals.writerow(["referral_id", "practice_code", "referral_date", "specialty_code"])
outcomes.writerow(["referral_id", "event_date", "event_type"])
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline="")):
    referrals.writerow([row["referral_id"], row["practice_code"], row["referral_date"], row["specialty"]])
    decision = "accepted" if row["triage_outcome"] == "accepted" else "rejected"
    outcomes.writerow([row["referral_id"], row["referral_date"], decision])
PYTHON
}

report_camhs() {
  write_camhs
  local status=0
  "$program" report --audience analyst --no-packs --no-charts --as-of 2025-03-31 -o camhs referrals.csv outcomes.csv \
    2> err || status=$?
  same 0 "$status" && same 'outcomes.csv: outcomes, 8895 rows: 8895 used, 0 rejected, 0 duplicates, 0 left out
referrals.csv: referrals, 8895 rows: 8895 used, 0 rejected, 0 duplicates, 0 left out' "$(cat err)"
}

# Numerator, denominator, and rate with its limits to four digits, of all or a board.
rate() { # MEASURE WHERE
  sqlite3 camhs/results.sqlite "select printf('%d of %d, %.4f (%.4f-%.4f)', numerator, denominator, value, lower, upper)
    from result where measure = '$1' and specialty is null and scheme is null and period is null and $2"
}

overall() {
  # 2,634 of 8,895: Wilson by hand 0.2867 to 0.3057, as published beside the data (70.39 % accepted, 69.43 to 71.33).
  same '2634 of 8895, 0.2961 (0.2867-0.3057)' "$(rate rejection_rate 'practice is null')"
}

never_rejected() {
  # 0 of 31: the upper limit is z² / (31 + z²) = 3.8415 / 34.8415.
  same '0 of 31, 0.0000 (0.0000-0.1103)' "$(rate rejection_rate "practice = 'S08000028'")"
}

# Every board's numbers again from the rows, the interval from the formula.
every_board() {
  python3 - "$camhs" << 'PYTHON'
import csv, json, math, sys
boards = {}
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline="")):
    counts = boards.setdefault(row["practice_code"], [0, 0])
    counts[0] += row["triage_outcome"] != "accepted"
    counts[1] += 1
z = 1.959963984540054
found = 0
for result in json.load(open("camhs/measures.json"))["results"]:
    if result["measure"] != "rejection_rate" or result["practice"] is None or result["period"] is not None:
        continue
    k, n = boards[result["practice"]]
    middle, half = (k + z * z / 2) / (n + z * z), z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    assert [result["numerator"], result["denominator"]] == [k, n], result
    for name, value in (("value", k / n), ("lower", middle - half), ("upper", middle + half)):
        assert math.isclose(result[name], value, rel_tol=1e-9, abs_tol=1e-12), (name, value, result)
    found += 1
assert found == len(boards) == 14, found
PYTHON
}

accepted() {
  same '6261' "$(python3 -c '
import json
results = json.load(open("camhs/measures.json"))["results"]
print(next(int(r["denominator"] - r["numerator"]) for r in results
           if r["measure"] == "rejection_rate" and not any(r[k] for k in ("practice", "specialty", "scheme", "period"))))')"
}

not_recorded() {
  # Nobody's attendance, treatment or patient was written down: no number, and not 0 %.
  same 'not_recorded||' "$(sqlite3 camhs/results.sqlite "select distinct status, value, numerator from result where
    measure in ('attendance_conversion', 'treatment_conversion', 're_referral_rate', 'rejected_without_dialogue',
    'lost_after_rejection', 'dna_rate', 'asi_rate', 'cancer_conversion', 'advice_diverted', 'journey_wait',
    'hidden_delay', 'referral_rate', 'wait_treatment')")"
}

same_day() {
  same '8895|8895|0.0|0.0' "$(sqlite3 camhs/results.sqlite "select cast(n as int), cast(events as int), median, p90
    from result where measure = 'wait_decision' and coalesce(practice, specialty, scheme, period) is null")"
}

shared_mask() {
  "$program" report --no-packs --no-charts --as-of 2025-03-31 -o shared referrals.csv outcomes.csv 2> err &&
    same '2635|8895' "$(sqlite3 shared/results.sqlite "select cast(numerator as int), cast(denominator as int) from result
      where measure = 'rejection_rate' and coalesce(practice, specialty, scheme, period) is null")" &&
    same '0|30|ok' "$(sqlite3 shared/results.sqlite "select cast(numerator as int), cast(denominator as int), status from
      result where measure = 'rejection_rate' and practice = 'S08000028' and coalesce(specialty, period) is null")"
}

if [[ -f $camhs ]]; then
  check 'the CAMHS rows are read, each of them' report_camhs
  check 'CAMHS: 2,634 of 8,895 rejected, 29.61 % (28.67-30.57)' overall
  check 'CAMHS: 6,261 accepted' accepted
  check 'CAMHS: a board that rejected none of 31 has an upper limit of 11.03 %' never_rejected
  check 'CAMHS: every board as counted from the rows' every_board
  check 'CAMHS: what was not written down is not recorded' not_recorded
  check 'CAMHS: decisions of the same day wait 0 days' same_day
  check 'CAMHS: rounded for those who share' shared_mask
else
  for name in 'are read' 'rejected' 'accepted' 'none of 31' 'every board' 'not recorded' 'same day' 'rounded'; do
    skip "CAMHS: $name" 'the data is not here'
  done
fi

# Practices whose names hold what CSV and HTML make hard, and a code that is not in the list.
ods_names() {
  python3 - "$ods" << 'PYTHON'
import csv, json, sys
names = {row["practice_code"]: row["practice_name"] for row in csv.DictReader(open(sys.argv[1], newline=""))}
chosen = sorted(names)[:3]
for mark in (",", "&", "'"):
    chosen += [code for code in sorted(names) if mark in names[code]][:1]
chosen = sorted(set(chosen))
json.dump({code: names[code] for code in chosen}, open("names.json", "w"))
with open("few.csv", "w") as file:
    file.write("referral_id,practice_code,referral_date,specialty_code\n")
    for k, code in enumerate([*chosen, "Z00000"] * 9):
        file.write(f"R{k},{code},2020-01-{k % 28 + 1:02d},330\n")
PYTHON
}

ods_report() {
  ods_names
  local status=0
  "$program" report --audience analyst --no-charts -o named --as-of 2020-01-31 few.csv "$ods" 2> err || status=$?
  same 0 "$status" && grep -qxF 'practices_2020.csv: practices, 14357 rows: 14357 used, 0 rejected, 0 duplicates, 0 left out' err &&
    grep -qxF 'practices_2020.csv: note: columns not used: commissioner_code, status' err && python3 - << 'PYTHON'
import html, json, pathlib, sqlite3
names = json.load(open("names.json"))
packs = {path.name for path in pathlib.Path("named/practices").iterdir()}
assert packs == {*names, "Z00000"}, packs
table = dict(sqlite3.connect("named/results.sqlite").execute("select code, name from practice"))
overview = pathlib.Path("named/index.html").read_text(encoding="utf-8")
for code, name in [*names.items(), ("Z00000", "Z00000")]:
    assert table[code] == name, (code, name, table[code])
    page = pathlib.Path(f"named/practices/{code}/index.html").read_text(encoding="utf-8")
    assert name in html.unescape(page), (code, name)
    assert name in html.unescape(overview), (code, name)
    assert name in pathlib.Path(f"named/practices/{code}/pack.json").read_text(encoding="utf-8"), (code, name)
PYTHON
}

if [[ -f $ods ]]; then
  check 'the ODS list names the practices' ods_report
else
  skip 'the ODS list names the practices' 'the data is not here'
fi

hes_check() {
  local status=0
  "$program" check --format json "$hes" > hes.json 2> err || status=$?
  same 3 "$status" && same 'referlens: note: as-of date 2004-03-31, the latest date in the data (set it with --as-of)' \
    "$(cat err)"
}

# Ten of a reason, and where the others are.
hes_terminal() {
  local status=0
  "$program" check "$hes" > check.txt 2> err || status=$?
  same 3 "$status" && same 10 "$(grep -c ': error: REQDATE (referral_date) is missing: its value stands for "not known"$' err)" &&
    grep -qE 'error: 62 more rows rejected: no referral_date \(see --format json\)$' err &&
    grep -qE '^ +554 left out: not referred by a GP$' check.txt && grep -qE '^  rejection_rate +not recorded$' check.txt
}

# The published counts, then all that the check says once more, from the raw rows.
hes_counts() {
  python3 - "$hes" << 'PYTHON'
import collections, csv, json, sys
MISSING = {"1800-01-01", "1801-01-01", "9999-12-31"}
rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8-sig")))
assert len(rows) == 1000 and len(rows[0]) == 157
gp = [row for row in rows if row["REFSOURC"] == "03"]
events, before, discharged, undated, undecided = collections.Counter(), 0, 0, 0, 0
first, seen = set(), set()  # referrals that were first attended, and seen at all, on or after the day of the request
for row in gp:
    attended = row["ATTENDED"] in ("5", "6")
    undated += row["REQDATE"] in MISSING
    discharged += attended and row["OUTCOME"] == "1"
    # ISO dates sort as text.
    before += row["REQDATE"] not in MISSING and row["APPTDATE"] < row["REQDATE"]
    if attended and row["REQDATE"] not in MISSING and row["APPTDATE"] >= row["REQDATE"]:
        referral = row["PSEUDO_HESID"], row["REQDATE"], row["TRETSPEF"]
        seen.add(referral)
        if row["FIRSTATT"] in ("1", "3"):
            first.add(referral)
    if attended:  # 9: whether it was the first is not known; the patient was seen
        events["first_attended" if row["FIRSTATT"] in ("1", "3") else "followup_attended"] += 1
    elif row["ATTENDED"] in ("2", "4"):
        events[{"2": "cancelled_patient", "4": "cancelled_provider"}[row["ATTENDED"]]] += 1
    elif row["FIRSTATT"] in ("1", "3"):  # a missed follow-up is no missed first appointment
        events["dna"] += 1
    else:
        undecided += row["FIRSTATT"] not in ("2", "4")
assert (len(gp), undated, before, discharged) == (446, 72, 85, 65), (len(gp), undated, before, discharged)
assert (events["first_attended"] + events["followup_attended"], events["dna"]) == (368, 12), events
assert undecided == 1
assert (events["cancelled_patient"], events["cancelled_provider"]) == (14, 25), events

check = json.load(open("hes.json"))
file, = check["inputs"]
assert (file["kind"], file["profile"]) == ("referrals and outcomes", "hes-op")
assert file["ledger"] == {"read": 1000, "used": 374, "rejected": 72, "duplicates": 0, "left_out": 554,
                          "rejected_for": [{"reason": "no referral_date", "rows": 72}], "duplicates_for": [],
                          "left_out_for": [{"reason": "not referred by a GP", "rows": 554}]}, file["ledger"]
assert len(check["problems"]) == 72 and {problem["reason"] for problem in check["problems"]} == {"no referral_date"}
parts = {part["name"]: part for part in file["quality"]["parts"]}
columns = {name: {column["taken_for"]: column for column in part["columns"]} for name, part in parts.items()}

def words(part, column):
    return {value["value"]: value["rows"] for value in columns[part][column]["words"]["commonest"]}

appointments = ("attendance", "missed-appointment", "cancelled-appointment")
read_as = collections.Counter()
for part in appointments:
    read_as.update(words(part, "event_type"))
assert read_as == events, read_as
assert columns["missed-appointment"]["event_type"]["unmapped"] == undecided
assert columns["discharge"]["referral_id"]["rows"] == discharged
assert sum(parts[part]["made"] for part in appointments) == 374 - 23  # undated requests apart, 23 follow-ups were missed
requested = columns["referral"]["referral_date"]
dates = sorted(row["REQDATE"] for row in gp if row["REQDATE"] not in MISSING)
assert (requested["rows"], requested["missing"]) == (446, undated)
assert (requested["earliest"], requested["latest"], requested["date_format"]) == (dates[0], dates[-1], "YYYY-MM-DD")
# Who was seen, but whose first attendance is not among the rows, is unknown to what rests on it, and not unseen.
share = {measure["measure"]: measure for measure in check["measures"]}["wait_first_attendance"]
assert (share["counted"], share["population"]) == (374 - len(seen - first), 374), share
assert len(first) == 57 and len(seen - first) == 173, (len(first), len(seen - first))
codes = collections.Counter({"1": "routine", "2": "urgent", "3": "usc"}.get(row["PRIORITY"], "?") for row in gp)
unknown = codes.pop("?")
assert words("referral", "priority") == codes and columns["referral"]["priority"]["unmapped"] == unknown
PYTHON
}

hes_not_recorded() {
  local status=0
  "$program" report --audience analyst --no-charts --practice A81029 -o hes "$hes" 2> err || status=$?
  same 3 "$status" && python3 - << 'PYTHON'
import html.parser, json, re
class Text(html.parser.HTMLParser):
    def handle_data(self, data): pieces.append(data)
results = json.load(open("hes/measures.json"))["results"]
rejections = [result for result in results if result["measure"] == "rejection_rate"]
assert rejections
for result in rejections:
    assert result["status"] == "not_recorded" and result["value"] is None and result["numerator"] is None, result
pieces = []
Text().feed(open("hes/index.html", encoding="utf-8").read())
text = re.sub(r"\s+", " ", " ".join(pieces))
assert "173 of 374 referrals were seen at a follow-up with no first attendance in the data" in text
assert "First seen on a date not recorded 173 46.3 %" in text
wait = [r for r in results if r["measure"] == "wait_first_attendance" and not any(r[k] for k in ("practice", "specialty", "scheme", "period"))]
assert [(r["n"], r["events"], r["excluded"]["unknown"]) for r in wait] == [(201, 57, 173)], wait
assert "Rejected at the first decision not recorded" in text
assert "Rejected not recorded" in text and not re.search(r"Rejected 0 0\.0 %", text)
assert "so there is no number: Rejected; " in text
PYTHON
}

if [[ -f $hes ]]; then
  check 'HES: the sample is checked' hes_check
  check 'HES: what is said on a terminal' hes_terminal
  check 'HES: attendances, sentinels, intervals and codes as counted from the rows' hes_counts
  check 'HES: rejections are not recorded, which is not 0 %' hes_not_recorded
else
  for name in 'is checked' 'said on a terminal' 'counted from the rows' 'not recorded'; do skip "HES: $name" 'the data is not here'; done
fi
finish
