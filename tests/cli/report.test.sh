#!/usr/bin/env bash
# `referlens report` on bad input: every bad row is rejected alone, with its place and a reason; what can't be read at all
# is one line, exit status 1 and nothing written; and no identifier comes out, whatever is wrong with the columns.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
mkdir "$scratch/work"
cd "$scratch/work"

referrals_header=referral_id,practice_code,referral_date,specialty_code,request_type,priority,patient_key
outcomes_header=referral_id,event_date,event_type,event_seq,reason_code,referrer_contacted,patient_consulted

# report ARGUMENT…: runs it into the folder out, afresh; status, stdout and stderr are kept beside it.
report() {
  rm -rf out
  status=0
  "$program" report --no-charts -o out "$@" > stdout 2> stderr || status=$?
}

# ends CODE STDERR: what the last run came to; nothing ever goes to standard output.
ends() {
  same "$1" "$status" && same "$2" "$(cat stderr)" && same '' "$(cat stdout)"
}

# One file of referrals with a sound row, what standard input gives, and another sound row; and one event for each of these.
referrals_around() {
  {
    echo "$referrals_header"
    echo 'R1,A81001,2024-01-01,330,referral,routine,P1'
    cat
    echo 'R9,A81002,2024-01-02,330,referral,routine,P9'
  } > referrals.csv
  printf '%s\n' "$outcomes_header" 'R1,2024-01-05,accepted,,,,' 'R9,2024-01-05,rejected,,,,' > outcomes.csv
}

# decided: numerator and denominator of the rejection rate of all.
decided() {
  sqlite3 out/results.sqlite "select cast(numerator as int) || ' of ' || cast(denominator as int) from result where
    measure = 'rejection_rate' and coalesce(practice, specialty, scheme, period) is null"
}

summary_of() { # FILE KIND READ REJECTED
  echo "$1: $2, $3 rows: $(($3 - $4)) used, $4 rejected, 0 duplicates, 0 left out"
}
dates='referlens: note: as-of date 2024-01-05, the latest date in the data (set it with --as-of)
referlens: note: period 2023-Q4, the last quarter that was over by then'

# rejects_row PLACE REASON MESSAGE [COUNT]: the row that standard input gives, line 3 of its file, is rejected alone.
rejects_row() {
  local extra=${4:-1}
  referrals_around
  report --audience analyst referrals.csv outcomes.csv
  ends 3 "referrals.csv:$1: error: $3
$(summary_of outcomes.csv outcomes 2 0)
$(summary_of referrals.csv referrals $((2 + extra)) "$extra")
$dates" &&
    same '1 of 2' "$(decided)" &&
    python3 - "$1" "$2" "$3" << 'PYTHON'
import csv, sys
rows = list(csv.reader(open("out/rejects.csv", encoding="utf-8", newline="")))
line, column = sys.argv[1].split(":")
assert rows == [["file", "line", "column", "reason", "message"], ["referrals.csv", line, column, *sys.argv[2:]]], rows
PYTHON
}

check 'a missing required field' rejects_row 3:4 'no practice_code' 'practice_code is empty' \
  <<< 'R2,,2024-01-01,330,,,P2'
check 'a required field of spaces' rejects_row 3:25 'no specialty_code' 'specialty_code is empty' \
  <<< 'R2,A81001,2024-01-01,   ,,,P2'
check 'a quoted empty required field' rejects_row 3:1 'no referral_id' 'referral_id is empty' \
  <<< '"",A81001,2024-01-01,330,,,P2'
check 'a day that there was not' rejects_row 3:11 'not a date' \
  "referral_date '2023-02-29' is not a date (expected YYYY-MM-DD)" <<< 'R2,A81001,2023-02-29,330,,,P2'
check 'a date in another format' rejects_row 3:11 'not a date' \
  "referral_date '##/##/####' is not a date (expected YYYY-MM-DD; where days come first, give --date-format DD/MM/YYYY)" <<< 'R2,A81001,31/12/2023,330,,,P2'
check 'an unknown word' rejects_row 3:35 'not one of the known words' \
  "priority 'soon' is not one of the known words (expected routine, urgent or usc)" \
  <<< 'R2,A81001,2024-01-01,330,referral,soon,P2'
check 'too few fields' rejects_row 3:27 'too few fields' '6 fields, but the header has 7' \
  <<< 'R2,A81001,2024-01-01,330,,'
check 'too many fields' rejects_row 3:31 'too many fields' '8 fields, but the header has 7' \
  <<< 'R2,A81001,2024-01-01,330,,,P2,x'
check 'a stray quote' rejects_row 3:23 'stray quote' \
  'stray quote (quote the whole field, and double the quotes inside it)' <<< 'R2,A81001,2024-01-01,3"30,,,P2'
check 'text behind a closing quote' rejects_row 3:27 'stray quote' \
  'stray quote (quote the whole field, and double the quotes inside it)' <<< 'R2,A81001,2024-01-01,"330"x,,,P2'
check 'a quote that never closes spoils one row' rejects_row 3:22 'quote that never closes' \
  'the quote that opens here never closes' <<< 'R2,A81001,2024-01-01,"330,,,P2'
nul_row() { printf 'R2,A81001,2024-01-01,33\0,,,P2\n' | rejects_row 3:24 'NUL byte' 'NUL byte'; }
check 'a NUL byte' nul_row
utf8_row() {
  printf 'R2,A81001,2024-01-01,33\xe9,,,P2\n' | rejects_row 3:24 'invalid UTF-8' \
    'invalid UTF-8: if the file is in another encoding, say which (--encoding windows-1252, say)'
}
check 'invalid UTF-8' utf8_row

# Places are those of a reader's editor: physical lines and bytes, also behind a field that spans lines.
behind_lines() {
  printf 'R2,A81001,2024-01-01,"33\n0",,,P2\r\nR3,A81001,2024-02-30,330,,,P3\r\n' |
    referrals_around
  report referrals.csv outcomes.csv
  same '5:11' "$(sed -n 's/^referrals.csv:\([0-9:]*\): error.*/\1/p' stderr)"
}
check 'lines are counted through quoted newlines and CRLF' behind_lines

bad_events() {
  referrals_around < /dev/null
  printf '%s\n' "$outcomes_header" 'R1,2024-01-05,accepted,,,,' 'R9,2024-01-05,refused,,,,' \
    'R9,2024-01-05,rejected,1st,,,' 'R9,2024-01-05,rejected,,,maybe,' 'R9,,rejected,,,,' \
    'R9,2024-01-05,rejected,,,no,' > outcomes.csv
  report --audience analyst referrals.csv outcomes.csv
  ends 3 "outcomes.csv:3:15: error: event_type 'refused' is not one of the known words (expected an event type, as \
\`referlens list columns\` has them)
outcomes.csv:4:24: error: event_seq is not a number in range (expected a whole number; value not shown)
outcomes.csv:5:26: error: referrer_contacted 'maybe' is not one of the known words (expected yes or no)
outcomes.csv:6:4: error: event_date is empty
$(summary_of outcomes.csv outcomes 6 4)
$(summary_of referrals.csv referrals 2 0)
$dates" && same '1 of 2' "$(decided)"
}
check 'events: an unknown type, sequence, answer and date, each alone' bad_events

repeats() {
  referrals_around < <(for i in $(seq 14); do echo "R2$i,,2024-01-01,330,,,P2"; done)
  report referrals.csv outcomes.csv
  same 3 "$status" && same 10 "$(grep -c ': error: practice_code is empty$' stderr)" &&
    grep -qxF 'referrals.csv: error: 4 more rows rejected: no practice_code (see rejects.csv)' stderr &&
    same 15 "$(wc -l < out/rejects.csv)"
}
check 'a reason is said ten times a file, then counted' repeats

same_rows() {
  printf '%s\n' 'R1,A81001,2024-01-01,330,referral,routine,P1' 'R9,A81002,2024-01-03,330,referral,routine,P9' |
    referrals_around
  report --audience analyst referrals.csv outcomes.csv
  ends 3 "referrals.csv:4:1: error: referral_date differs from that of another row of the same referral_id, which is used, \
since its text sorts first (in a store the newer wins: see 'referlens help ingest')
$(summary_of outcomes.csv outcomes 2 0)
referrals.csv: referrals, 4 rows: 2 used, 1 rejected, 1 duplicate, 0 left out
$dates"
}
check 'a repeated row is a duplicate, one that differs a conflict' same_rows

one_row() {
  printf '%s\n' "$referrals_header" 'R1,A81001,2024-01-01,330,,,P1' > referrals.csv
  report --as-of 2025-06-30 referrals.csv
  ends 0 'referrals.csv: referrals, 1 row: 1 used, 0 rejected, 0 duplicates, 0 left out'
}
check 'one row is a row and not rows' one_row

headers_only() {
  echo "$referrals_header" > referrals.csv
  printf '\xef\xbb\xbf%s' "$outcomes_header" > outcomes.csv
  report referrals.csv outcomes.csv
  ends 0 "$(summary_of outcomes.csv outcomes 0 0)
$(summary_of referrals.csv referrals 0 0)
referlens: note: there is no date in the data, so there is no as-of date" &&
    same 'file,line,column,reason,message' "$(tr -d '\r' < out/rejects.csv)" &&
    python3 - << 'PYTHON'
import json
report, measures = (json.load(open(f"out/{name}.json")) for name in ("report", "measures"))
assert report["parameters"]["as_of"] is None and report["parameters"]["period"] is None, report["parameters"]
assert measures["as_of"] is None and measures["results"] == [], measures["as_of"]
PYTHON
}
check 'files with only a header are no error' headers_only

only_header() {
  printf '%s\n' "$1" > only.csv
  report --as-of 2024-01-05 only.csv
  same 0 "$status"
}
check 'only the header of referrals' only_header "$referrals_header"
check 'only the header of outcomes' only_header "$outcomes_header"
check 'only the header of practices' only_header practice_code,list_size
check 'only the header of schemes' only_header practice_code,scheme,start_date
check 'only the header of sessions' only_header practice_code,session_date

# fails FILE REASON: one line, exit status 1, and no trace of the folder.
fails() {
  referrals_around < /dev/null
  report referrals.csv "$1"
  ends 1 "referlens: error: $2" && [[ ! -e out ]] && same '' "$(find . -name '*partial*')"
}
: > empty.csv
check 'an empty file' fails empty.csv 'empty.csv: is empty, without even a header row'
echo 'name,phone' > unknown.csv
check 'an unknown header' fails unknown.csv \
  'unknown.csv:1: no known column is in this line: is there a title above the header? Expected are '\
"referral_id, practice_code, referral_date, specialty_code … (see 'referlens list columns'); for other names write a profile "\
"(see 'referlens list profiles')"
echo 'referral_id,practice_code,referral_date,specialty' > near.csv
check 'a header that lacks a column' fails near.csv \
  'near.csv: unknown header: nearest to referrals, but without specialty_code; next wide-outcomes, but without specialty_code'
named_profile() {
  report --profile hes-op unknown.csv
  ends 1 'referlens: error: unknown.csv: unknown header: nearest to hes-op, but without REFSOURC, ATTENDKEY, '\
'PSEUDO_HESID, REQDATE, TRETSPEF, GPPRAC and 3 more'
}
check 'a header that lacks columns of the profile that was named' named_profile
mkdir folder.csv
check 'a directory' fails folder.csv 'folder.csv: is a directory, not a CSV file'
check 'a missing file' fails missing.csv "missing.csv: can't be opened: No such file or directory"
echo "$referrals_header,event_date,event_type" > two.csv
check 'a header that fits two kinds' fails two.csv 'two.csv: the header fits both referrals and outcomes: split the file'
echo 'practice_code,scheme,start_date,session_date' > two.csv
check 'a header that fits two small kinds' fails two.csv \
  'two.csv: the header fits both schemes and sessions: split the file'
echo "$referrals_header,priority" > twice.csv
check 'a column named twice' fails twice.csv 'twice.csv:1: the column priority stands twice in the header'
printf '\177ELF\000\377\n' > program.csv
check 'a file that is no text' fails program.csv \
  "program.csv:1: the header row can't be read: is this a CSV file in UTF-8?"
printf 'PK\003\004\000\377\n' > book.xlsx
check 'an Excel workbook' fails book.xlsx \
  'book.xlsx: is an Excel workbook or a ZIP archive: save the sheet as CSV UTF-8 (comma delimited), or unpack the archive'
{ echo "$referrals_header" && echo 'R1,A81001,2024-01-01,330,referral,routine,P1'; } | gzip > referrals.csv.gz
check 'a compressed file' fails referrals.csv.gz 'referrals.csv.gz: is compressed: unpack it first'
check 'no regular file' fails /dev/null 'null: is not a regular file; save it to one first'

control_characters() {
  printf '%s,\033[31mred\302\233\n' "$referrals_header" > $'esc\033[31m.csv'
  report --as-of 2024-01-05 $'esc\033[31m.csv'
  same 0 "$status" && ! LC_ALL=C grep -q $'[\001-\010\013-\037\177]' stderr && ! LC_ALL=C grep -q $'\302\233' stderr &&
    grep -qxF 'esc?[31m.csv: note: columns not used: ?[31mred?' stderr
}
check 'control characters of names and headers do not reach the terminal' control_characters

too_many() {
  for i in 2 3 4; do echo "R$i,,2024-01-01,330,,,P2"; done | referrals_around
  report --max-rejects "$1" referrals.csv outcomes.csv
  same "$2" "$status" && if ((status == 4)); then
    [[ ! -e out ]] && same 'referlens: error: more rows were rejected than --max-rejects allows; nothing was written' \
      "$(tail -n 1 stderr)"
  else [[ -e out/report.json ]]; fi
}
check 'more rejected rows than --max-rejects allows' too_many 2 4
check 'as many rejected rows as --max-rejects allows' too_many 3 3
check 'none allowed' too_many 0 4
check 'a larger share rejected than --max-rejects allows' too_many 42% 4 # 3 of 7 rows are 42.86 %
check 'a smaller share rejected than --max-rejects allows' too_many 43% 3

closed_descriptors() {
  local status=0
  referrals_around < /dev/null
  rm -rf out
  "$program" report -o out referrals.csv outcomes.csv 2> stderr <&- >&- || status=$?
  same 0 "$status" && [[ -s out/charts/referrals-by-period.svg ]] || return 1
  rm -rf out
  "$program" report -o out referrals.csv outcomes.csv <&- >&- 2>&- || status=$?
  same 0 "$status" && [[ -s out/charts/referrals-by-period.svg ]] || return 1
  "$program" list columns 2> stderr >&- || status=$?
  same 1 "$status" && same 'referlens: error: cannot write to standard output: Bad file descriptor' "$(cat stderr)"
}
check 'charts are drawn though standard input, output and error are closed; what must be printed is an error' \
  closed_descriptors

bad_usage() {
  local message=$1
  shift
  report "$@"
  ends 2 "referlens report: error: $message (see 'referlens report --help')" && [[ ! -e out ]]
}
check 'an option that there is not' bad_usage "there is no option '--bogus'" --bogus referrals.csv
check 'no file' bad_usage 'name the files to read, or a store with --store'
check 'a date that there is not' bad_usage "--as-of: '2023-02-29' is not a date (expected YYYY-MM-DD)" \
  --as-of 2023-02-29 referrals.csv
check 'a limit that is none' bad_usage \
  '--max-rejects takes a number of rows or a percentage, such as 100 or 5%' --max-rejects some referrals.csv

unknown_practice() {
  referrals_around < /dev/null
  report --practice X99999 referrals.csv outcomes.csv
  same 1 "$status" && [[ ! -e out ]] && same 'referlens: error: --practice X99999: no such practice in the files' \
    "$(tail -n 1 stderr)"
}
check 'a practice that the files have not' unknown_practice

same_practice_twice() {
  referrals_around < /dev/null
  report --practice A81001 --practice A81001 referrals.csv outcomes.csv
  same 0 "$status" && same A81001 "$(ls out/practices)"
}
check 'a practice asked for twice gets one pack' same_practice_twice

odd_codes() {
  printf '%s\n' 'R2,../../escape,2024-01-01,330,,,P2' 'R3,"<b>&""x",2024-01-01,330,,,P3' 'R4,..,2024-01-01,330,,,P4' \
    'R5,a/b,2024-01-01,330,,,P5' 'R6,CON é,2024-01-01,330,,,P6' | referrals_around
  report --audience analyst referrals.csv outcomes.csv
  same 0 "$status" && [[ ! -e escape && ! -e ../escape ]] && same 7 "$(find out/practices -name index.html | wc -l)" &&
    ! grep -rqF '<b>' out --include '*.html'
}
check 'practice codes that are no file names stay in the folder and out of the markup' odd_codes

# Identifiers of many shapes, in every column that holds one; then the same rows with their columns moved by one, to either
# side, by a comma too many or too few.
leak_files() {
  python3 - << 'PYTHON'
header = ("referral_id,practice_code,referral_date,specialty_code,request_type,priority,scheme,patient_key,referrer_key,"
          "previous_referral_id,received_date,provider_code,age_band,sex,imd_decile").split(",")
keys = ["UBRN-000012345", "943 476 5919", "9434765919", "40012345", "PSECRETKEY", "psecret99", "GREFERRER7",
        "NEXT/12/77777", "QwErTyUiOp"]
rows = []
for i, key in enumerate(keys):
    other = keys[(i + 1) % len(keys)]
    row = [key, "A81001", "2024-01-01", "330", "referral", "routine", "rmc", other, keys[(i + 2) % len(keys)],
           keys[(i + 3) % len(keys)], "2024-01-03", "RZA01", "15-24", "F", "3"]
    rows.append(row)
    rows.append(row[:1] + ["7"] + row[2:])  # the same id again: a conflict
    for cut in range(len(row)):
        rows.append(row[:cut] + [""] + row[cut:-1])      # a comma too many
        rows.append(row[:cut] + [""] + row[cut:])        # the same, and a field too many
        rows.append(row[:cut] + row[cut + 1:] + [""])    # a field lost
        rows.append(row[:cut] + [row[cut] + '"'] + row[cut + 1:])  # a stray quote
with open("referrals.csv", "w") as file:
    file.write("\n".join(",".join(row) for row in [header, *rows]) + "\n")
swapped = [0, 7, 8, 9, 2, 1, 3, 4, 5, 6, 10, 14, 11, 12, 13]  # keys beside every kind of column
with open("swapped.csv", "w") as file:
    file.write("\n".join(",".join(row[k] for k in swapped) for row in [header, *(r for r in rows if len(r) == 15)]) + "\n")
header = "referral_id,event_date,event_type,event_seq,reason_code,referrer_contacted,patient_consulted".split(",")
rows = []
for key in keys:
    row = [key, "2024-01-05", "rejected", "1", "FULL", "no", "no"]
    rows.append(row)
    for cut in range(len(row)):
        rows.append(row[:cut] + [key] + row[cut + 1:])
        rows.append(row[:cut] + [""] + row[cut:-1])
with open("outcomes.csv", "w") as file:
    file.write("\n".join(",".join(row) for row in [header, *(r for r in rows if r[4] not in keys)]) + "\n")
PYTHON
}
no_identifier() {
  leak_files
  report --audience "$1" --as-of 2024-06-30 referrals.csv outcomes.csv
  same 3 "$status" || return 1
  local key found=0
  for key in 'UBRN-000012345' '943 476 5919' '9434765919' '40012345' 'PSECRETKEY' 'psecret99' 'GREFERRER7' \
    'NEXT/12/77777' 'QwErTyUiOp'; do
    if grep -rlaF -- "$key" out stdout stderr; then echo "$key came out" && found=1; fi
  done
  # Nine referrals, rounded for those who share.
  ((found == 0)) && same "$2" "$(sqlite3 out/results.sqlite "select cast(denominator as int) from result where
    measure = 'rejection_rate' and coalesce(practice, specialty, scheme, period) is null")"
}
check 'no identifier comes out, for an analyst' no_identifier analyst 9
swapped_columns() {
  leak_files
  mv swapped.csv referrals.csv
  report --audience analyst --as-of 2024-06-30 referrals.csv outcomes.csv
  same 3 "$status" && ! grep -F -e 'UBRN-000012345' -e '943 476 5919' -e '9434765919' -e '40012345' -e PSECRETKEY \
    -e psecret99 -e GREFERRER7 -e 'NEXT/12/77777' -e QwErTyUiOp stderr out/rejects.csv
}
check 'no identifier is in a message, with keys beside every kind of column' swapped_columns
check 'no identifier comes out, shared' no_identifier shared 10
all_refused() { # COMMAND ARGUMENT…
  local status=0
  echo 'id,nothing' > h1.csv
  echo 'key,neither' > h2.csv
  "$program" "$@" h1.csv h2.csv nofile.csv referrals.csv > /dev/null 2> stderr || status=$?
  same 1 "$status" && same 3 "$(grep -c '^referlens: error: ' stderr)" && grep -q '^referlens: error: h1.csv' stderr &&
    grep -q '^referlens: error: h2.csv' stderr && tail -n 1 stderr | grep -q 'nofile.csv'
}
check 'a report names every file that cannot be read' all_refused report -o none
check 'and so does check' all_refused check
check 'and ingest' all_refused ingest --store none.db

printf '%s\n' "$referrals_header" 'R1,A81001,01/02/2024,330,,,P1' > all-bad.csv
printf '%s\n' "$outcomes_header" 'R1,2024-01-05,accepted,,,,' > events.csv
nothing_usable() {
  rm -rf out
  report all-bad.csv events.csv
  same 3 "$status" && grep -q '^referlens: warning: no referral could be used: there is nothing to measure' stderr &&
    grep -qF 'No referral could be used: rows of referrals that were read: 1, rejected: 1.' out/index.html
}
check 'a report of referrals of which none can be used says so' nothing_usable
outcomes_alone() {
  rm -rf out
  report events.csv
  same 0 "$status" && grep -q '^referlens: warning: no referral could be used, for no file holds referrals: ' stderr &&
    grep -qF 'No referral could be used' out/index.html
}
check 'so does one of outcomes alone' outcomes_alone

# Only a terminal is told where to look.
told_where() { # EXPECTED ARGUMENT…
  local expected=$1
  shift
  rm -rf pack
  python3 - "$program" report --no-charts --as-of 2024-06-30 -o pack/ "$@" > terminal << 'PYTHON'
import pty, sys
pty.spawn(sys.argv[1:])
PYTHON
  same "$expected" "$(tr -d '\r' < terminal | tail -n 1)" && [[ -e ${expected#report: open } ]]
}
printf '%s\n' "$referrals_header" 'R1,A81001,2024-01-01,330,,,P1' > told.csv
check 'a terminal is told where the report is' told_where 'report: open pack/index.html' told.csv
check 'or the one pack that was asked for' told_where 'report: open pack/practices/A81001/index.html' --practice A81001 told.csv

finish
