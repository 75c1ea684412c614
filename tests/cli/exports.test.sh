#!/usr/bin/env bash
# Exports as people have them: the e-Referral Service's log beside the same facts in canonical form, every encoding and shape
# beside plain UTF-8, and what is damaged, which costs no more than itself.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
tests=$PWD/tests
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports} PYTHONDONTWRITEBYTECODE=1
mkdir "$scratch/work"
cd "$scratch/work"

# report FOLDER ARGUMENT…: for the analyst, without charts; its status and what it says are kept beside the folder.
report() {
  local folder=$1
  shift
  rm -rf "$folder"
  status=0
  "$program" report --no-charts --audience analyst --as-of 2025-06-30 -o "$folder" "$@" > "$folder.out" 2> "$folder.err" ||
    status=$?
}

# The log and the canonical files: one says what the other does.
python3 "$tests/support/make_ers_log.py" log 100000
log_reports() {
  report from-log --no-packs log/log.csv log/practices.csv log/schemes.csv && same 0 "$status" &&
    report from-facts --no-packs log/referrals.csv log/outcomes.csv log/practices.csv log/schemes.csv && same 0 "$status" &&
    grep -q '^log.csv: referrals and outcomes, profile ers-ebsx02, 100000 rows: ' from-log.err
}
check 'a log of 100,000 actions of e-RS is read by its header' log_reports
same_numbers() {
  cmp from-log/measures.json from-facts/measures.json && cmp from-log/comparison.json from-facts/comparison.json
}
check 'the log gives the numbers of the same facts in canonical form' same_numbers
same_tables() {
  local folder
  for folder in from-log from-facts; do
    sqlite3 "$folder/results.sqlite" '.dump measure' '.dump practice' '.dump specialty' '.dump result' '.dump incidence' \
      > "$folder.sql"
  done
  diff from-log.sql from-facts.sql && [[ $(grep -c 'INSERT INTO result' from-log.sql) -gt 1000 ]]
}
check 'and the same results.sqlite' same_tables
far_appointments() {
  (($(grep -c '9202-01-13' log/log.csv) > 1000))
}
check 'whatever the years of their appointments' far_appointments
log_ledger() {
  python3 - << 'PYTHON'
import json
expected = json.load(open("log/expected.json"))
ledger = next(file["ledger"] for file in json.load(open("from-log/report.json"))["inputs"] if file["name"] == "log.csv")
for key in ("duplicates_for", "left_out_for"):
    ledger[key] = {reason["reason"]: reason["rows"] for reason in ledger[key]}
assert ledger.pop("rejected_for") == []
assert ledger == expected, (ledger, expected)
assert len(expected["left_out_for"]) == 5 and min(expected["left_out_for"].values()) > 100
PYTHON
}
check 'the ledger has each reason as often as the log was given it' log_ledger
shuffled_log() {
  mkdir -p other && { head -n 1 log/log.csv && tail -n +2 log/log.csv; } > other/log.csv &&
    python3 - << 'PYTHON'
import csv
rows = list(csv.reader(open("log/log.csv", newline="", encoding="utf-8")))
with open("other/log.csv", "w", newline="", encoding="utf-8") as file:
    csv.writer(file).writerows(rows[:1] + sorted(rows[1:], reverse=True))
PYTHON
  report from-other --no-packs other/log.csv log/practices.csv log/schemes.csv && cmp from-log/measures.json from-other/measures.json
}
check 'the order of the actions in the file makes no difference' shuffled_log

# Shapes: the numbers, byte for byte.
"$program" synth --referrals 300 --practices 4 --quarters 5 --seed 4 -o county 2> /dev/null
read -ra shapes <<< "$(python3 "$tests/support/reshape.py" county shapes)"
report plain shapes/plain/*.csv
specialties() {
  same 0 "$status" && python3 -c '
import json
results = json.load(open("plain/measures.json"))["results"]
assert any(result["specialty"] == "Œdème £" and result["numerator"] for result in results)'
}
check 'signs beyond ASCII reach the numbers' specialties
shape_is_plain() { # SHAPE OPTION…
  local shape=$1
  shift
  report shaped "$@" "shapes/$shape/"*.csv
  same 0 "$status" && cmp plain/measures.json shaped/measures.json &&
    diff <(sqlite3 plain/results.sqlite '.dump practice') <(sqlite3 shaped/results.sqlite '.dump practice')
}
for shape in "${shapes[@]}"; do
  case $shape in
    utf-16le | windows-1252) check "$shape, declared, gives the same numbers" shape_is_plain "$shape" --encoding "$shape" ;;
    *) check "$shape gives the same numbers" shape_is_plain "$shape" ;;
  esac
done
by_profile() {
  shape_is_plain windows-1252 --profile shapes/profiles/referrals.json --profile shapes/profiles/outcomes.json \
    --profile shapes/profiles/practices.json
}
check 'windows-1252, declared by profiles, gives the same numbers' by_profile
one_of_two() {
  # Á is C3 81 in UTF-8, and 81 is no character of windows-1252: that profile is for the other file.
  sed 's/Café/CafÁ/' shapes/plain/practices.csv > utf8.csv
  report shaped --profile shapes/profiles/referrals.json shapes/windows-1252/referrals.csv shapes/plain/outcomes.csv utf8.csv
  same 0 "$status" && cmp plain/measures.json shaped/measures.json
}
check 'a profile says nothing of the encoding of files that it does not fit' one_of_two
tails_are_counted() {
  report shaped shapes/comma-tail/*.csv && same 3 "$(grep -c 'note: 20 left out: blank row' shaped.err)" &&
    report shaped shapes/blank-tail/*.csv && ! grep -q 'blank row' shaped.err
}
check 'rows that hold nothing but commas are counted, blank lines are no rows' tails_are_counted

# A million rows ended by CR alone take seconds, not hours: half a minute would be a hundred times too long.
many_returns() {
  { echo 'referral_id,practice_code,referral_date,specialty_code' &&
    seq -f 'R%.0f,A81001,2025-01-06,330' 1000000; } | tr '\n' '\r' > returns.csv
  timeout 30 "$program" report --no-charts --no-packs -o returns --as-of 2025-06-30 returns.csv 2> returns.err &&
    grep -qxF 'returns.csv: referrals, 1000000 rows: 1000000 used, 0 rejected, 0 duplicates, 0 left out' returns.err
}
check 'a million rows that end in CR are read in time' many_returns

# A line of 2 GB, most of it a hole in the file: one row is lost, and memory does not grow with it.
long_line() {
  python3 - << 'PYTHON'
with open("long.csv", "wb") as file:
    file.write(b"referral_id,practice_code,referral_date,specialty_code\nR1,A81001,2025-01-06,330\nR2,")
    file.seek(2 << 30, 1)
    file.write(b"x\nR3,A81001,2025-01-08,330\n")
PYTHON
  status=0
  timeout 120 python3 "$tests/bench/peak.py" peak "$program" report --no-charts --audience analyst --as-of 2025-06-30 -o long \
    long.csv 2> long.err || status=$?
  rm long.csv
  same 3 "$status" && same 'long.csv:3:1: error: record longer than 1 MiB
long.csv: referrals, 3 rows: 2 used, 1 rejected, 0 duplicates, 0 left out' "$(grep -v '^referlens: note' long.err)" &&
    (($(cat peak) < 200 << 20))
}
check 'a line of 2 GB costs its own row and no memory' long_line

# ends STATUS MESSAGE: how a report ended, the notes apart.
ends() {
  same "$1" "$status" && same "$2" "$(grep -v '^referlens: note' bad.err)"
}
three='referral_id,practice_code,referral_date,specialty_code'
bad_byte() {
  printf '%s\nR1,A81001,2025-01-06,330\nR2,A81001,2025-01-07,caf\xe9\nR3,A81001,2025-01-08,330\n' "$three" > bad.csv
  report bad bad.csv
  ends 3 'bad.csv:3:25: error: invalid UTF-8: if the file is in another encoding, say which (--encoding windows-1252, say)
bad.csv: referrals, 3 rows: 2 used, 1 rejected, 0 duplicates, 0 left out'
}
check 'a byte that is not UTF-8 costs its row, and names its place and the option' bad_byte
bad_header() {
  printf '%s,caf\xe9\nR1,A81001,2025-01-06,330,\n' "$three" > bad.csv
  report bad bad.csv
  ends 1 'referlens: error: bad.csv:1:59: the header holds a byte that is not UTF-8: if the file is in another encoding, '\
'say which (--encoding windows-1252, say)' && [[ ! -e bad ]]
}
check 'so does one in the header, which ends the run' bad_header
undeclared_utf16() {
  cp shapes/utf-16le/referrals.csv bad.csv
  report bad bad.csv
  ends 1 'referlens: error: bad.csv:1: the header holds NUL bytes: if the file is in UTF-16, say so (--encoding utf-16le)'
}
check 'UTF-16 without a mark is not guessed' undeclared_utf16
wrong_declared() {
  printf '%s\nR1,A81001,2025-01-06,3\xe930\nR2,A81001,2025-01-07,33\x810\n' "$three" > bad.csv
  report bad --encoding windows-1252 bad.csv
  ends 1 'referlens: error: bad.csv: line 3, column 24: byte 0x81 is no character of windows-1252' && [[ ! -e bad ]]
}
check 'a byte that is not of the encoding declared ends the run, with its place' wrong_declared
half_character() {
  { head -c 200 shapes/utf-16le-marked/referrals.csv && printf '\x00\xd8\n\x00'; } > bad.csv
  report bad bad.csv
  same 1 "$status" && grep -qE 'error: bad.csv: line [0-9]+, column [0-9]+: 0xD800 is half a character of utf-16le$' bad.err
}
check 'half a character of UTF-16 does, too' half_character
unclosed() {
  { printf '%s\nR1,A81001,2025-01-06,330\nR2,"A81001,2025-01-07,330\n' "$three"
    seq -f 'S%.0f,A81001,2025-01-08,330' 50000; } > bad.csv
  report bad bad.csv
  ends 3 'bad.csv:3:4: error: the quote that opens here never closes
bad.csv: referrals, 50002 rows: 50001 used, 1 rejected, 0 duplicates, 0 left out'
}
check 'a quote that never closes says where it opened, and takes no row with it' unclosed
unclosed_twice() {
  printf '%s\nR1,A81001,2025-01-06,330\nR2,"A81001,2025-01-07,330\nR3,A81001,2025-01-08,330\nR4,"A81002",2025-01-08,330\n' \
    "$three" > bad.csv
  report bad bad.csv
  ends 3 'bad.csv:3:4: error: the quote that opens here never closes
bad.csv: referrals, 4 rows: 3 used, 1 rejected, 0 duplicates, 0 left out'
}
check 'so does one that would end in a later quoted field' unclosed_twice
header_alone() {
  printf '%s' "$three" > bad.csv
  report bad bad.csv
  ends 0 'bad.csv: referrals, 0 rows: 0 used, 0 rejected, 0 duplicates, 0 left out'
}
check 'a header alone is no error' header_alone
finish
