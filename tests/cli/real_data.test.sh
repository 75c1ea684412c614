#!/usr/bin/env bash
# Published data, where it lies beside the project: child and adolescent mental health referrals of Scotland's boards
# (Public Health Scotland) and England's practices (NHS Organisation Data Service).
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
camhs=$PWD/../shared/data/camhs/camhs_2025q1_rows.csv
ods=$PWD/../shared/data/ods/practices_2020.csv
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
finish
