#!/usr/bin/env bash
# Identifiers stay home: keys that are NHS numbers are refused or replaced, and no key is in any byte that comes out.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
tests=$PWD/tests
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports} PYTHONDONTWRITEBYTECODE=1
mkdir "$scratch/work"
cd "$scratch/work"
"$program" synth --referrals 400 --practices 4 --quarters 5 --seed 9 -o county 2> /dev/null
python3 "$tests/support/identifiers.py" county made
head -c 40 /dev/urandom > secret.key
head -c 40 /dev/urandom > other.key
python3 "$tests/support/identifiers.py" --pseudonyms secret.key made

# run FOLDER COMMAND ARGUMENT…: all that comes out lies in FOLDER, standard output and error too.
run() {
  local folder=$1 command=$2
  shift 2
  rm -rf "$folder"
  mkdir "$folder"
  status=0
  if [[ $command == report ]]; then set -- --as-of 2025-06-30 -o "$folder/report" "$@"; fi
  "$program" "$command" "$@" > "$folder/stdout" 2> "$folder/stderr" || status=$?
}

# holds_none KEYS FOLDER [EXCEPT]: no file of the folder holds any line of KEYS, but those named EXCEPT.
holds_none() {
  local found
  found=$(LC_ALL=C grep -rlaF -f "$1" ${3:+--exclude="$3"} "$2" || true)
  same '' "$found"
}

# refused COLUMN FOLDER COMMAND ARGUMENT…: status 1, one line that names the column, nothing written.
refused() {
  local place=$1
  shift
  run refused "$@"
  same 1 "$status" && same '' "$(cat refused/stdout)" && [[ ! -e refused/report ]] && holds_none made/keys.txt refused &&
    grep -qE "^referlens: error: $place holds NHS numbers \([0-9]+ of [0-9]+ values are valid ones\); nothing was written: use \
--pseudonymise KEYFILE\$" refused/stderr
}
check 'patients told by NHS numbers are refused' refused 'referrals.csv: patient_key' report made/nhs/*.csv
check 'by check, too' refused 'referrals.csv: patient_key' check made/nhs/*.csv
check 'and by its JSON' refused 'referrals.csv: patient_key' check --format json made/nhs/*.csv
check 'NHS numbers for ids are refused' refused 'outcomes.csv: referral_id' report made/as-id/*.csv
check 'in outcomes alone' refused 'outcomes.csv: referral_id' report county/referrals.csv made/as-id/outcomes.csv
check 'in referrals alone' refused 'referrals.csv: referral_id' report made/as-id/referrals.csv county/outcomes.csv
check 'in a file that is read through a built-in profile' refused 'wide.csv: patient_key' report made/wide/wide.csv
check 'joined to another column' refused 'joined.csv: referral_id' report --profile made/joined/profile.json \
  made/joined/joined.csv

right_column() { # ARGUMENT…
  run refused "$@"
  same 1 "$status" && [[ ! -e refused/report ]] && holds_none made/keys.txt refused &&
    grep -qE 'error: swapped.csv: practice_code holds NHS numbers .*; nothing was written: is it the right column\?$' \
      refused/stderr
}
sed -e '1s/practice_code/kept/; 1s/patient_key/practice_code/' -e '1s/kept/patient_key/' made/nhs/referrals.csv > swapped.csv
check 'NHS numbers for the codes of practices are refused' right_column report swapped.csv
check 'with a secret, too' right_column report --pseudonymise secret.key swapped.csv

# One among codes costs its row; read with a profile that joins columns, too.
among_codes() {
  {
    head -n 200 county/referrals.csv
    sed -n '201s/^\([^,]*,[^,]*,[^,]*\),[^,]*/\1,Jane Smith 9434765919/p; 202s/^\([^,]*\),[^,]*/\1,943 476 5919/p' county/referrals.csv
  } > among.csv
  printf '9434765919\n943 476 5919\nJane Smith\n' > among.txt
  run among report --no-charts --audience analyst among.csv
  same 3 "$status" && holds_none among.txt among &&
    same 2 "$(grep -c 'among.csv:20[12]:.*_code is text that holds an NHS number (expected a code or a name; value not shown)$' among/stderr)" &&
    run among ingest --store among/db among.csv && same 3 "$status" && holds_none among.txt among
}
check 'an NHS number among the codes of a column costs its row, and is in no byte' among_codes
among_joined() {
  awk -F, -v OFS=, 'NR == 1 { print "Ref", "Who", "Number", "Sent", "Practice" } NR > 1 && NR < 50 {
    print $1, NR == 9 ? "Jane Smith" : "Knee", NR == 9 ? "9434765919" : "clinic", $3, $2 }' county/referrals.csv > parts.csv
  cat > parts.json << 'JSON'
{"name": "parts", "title": "x", "makes": [{"name": "referral", "kind": "referrals", "fields": {
  "referral_id": "Ref", "practice_code": "Practice", "specialty_code": {"columns": ["Who", "Number"], "join": " "},
  "referral_date": {"column": "Sent", "date": "YYYY-MM-DD"}}}]}
JSON
  run among report --no-charts --audience analyst --profile ./parts.json parts.csv
  same 3 "$status" && holds_none among.txt among && grep -q 'parts.csv:9:.*holds an NHS number' among/stderr
}
check 'so does one that is joined to other text' among_joined

# Without a secret: the keys of other forms, in a report with all its pictures.
run plain report --audience analyst made/plain/*.csv county/{practices,schemes,sessions}.csv
no_key_in_a_report() { same 0 "$status" && [[ -e plain/report/charts ]] && holds_none made/keys.txt plain; }
check 'no key is in any byte of a report' no_key_in_a_report
cases_alone() {
  run cases report --cases --no-charts made/plain/*.csv
  same 0 "$status" && holds_none made/keys.txt cases cases.csv &&
    LC_ALL=C grep -qaF -f made/keys.txt cases/report/practices/*/cases.csv
}
check 'with --cases, in the lists of cases alone' cases_alone
checked() {
  run checked check made/plain/*.csv && same 0 "$status" && holds_none made/keys.txt checked &&
    run checked check --format json made/plain/*.csv && same 0 "$status" && holds_none made/keys.txt checked
}
check 'no key is in what check says' checked

# With one: the same numbers, the pseudonyms in the lists of cases alone.
secret() { # FOLDER KEYFILE SOURCE ARGUMENT…
  local folder=$1 key=$2 source=$3
  shift 3
  run "$folder" report --audience analyst --pseudonymise "$key" "$@" "made/$source/"*.csv county/{practices,schemes,sessions}.csv
}
replaced() { # SOURCE
  secret hidden secret.key "$1" --cases
  same 0 "$status" && cmp plain/report/measures.json hidden/report/measures.json && holds_none made/keys.txt hidden &&
    holds_none made/pseudonyms.txt hidden cases.csv &&
    LC_ALL=C grep -qaF -f made/pseudonyms.txt hidden/report/practices/*/cases.csv
}
check 'pseudonyms give the same numbers, and hide every key (NHS numbers for patients)' replaced nhs
check 'NHS numbers for ids' replaced as-id
check 'keys of other forms' replaced plain
joined_hidden() {
  run hidden report --pseudonymise secret.key --profile made/joined/profile.json --cases --no-charts made/joined/joined.csv
  same 3 "$status" && # a few patients are not known
    holds_none made/keys.txt hidden
}
check 'keys that are joined are replaced as one' joined_hidden
same_secret() {
  secret one secret.key nhs --cases --no-charts
  secret two secret.key nhs --cases --no-charts
  diff -r one two
}
check 'the same secret gives the same bytes' same_secret
other_secret() {
  secret one secret.key nhs --cases --no-charts
  secret two other.key nhs --cases --no-charts
  cmp one/report/measures.json two/report/measures.json && cmp one/report/results.sqlite two/report/results.sqlite &&
    ! cmp -s <(cat one/report/practices/*/cases.csv) <(cat two/report/practices/*/cases.csv)
}
check 'another secret gives the same numbers and other pseudonyms' other_secret
# Which of two rows of one referral that differ is used does not hang on the secret.
conflicts() {
  local key
  python3 - << 'PYTHON'
import csv
rows = list(csv.reader(open("made/nhs/referrals.csv", newline="")))
patient = rows[0].index("patient_key")
for row in rows[1:101]:
    rows.append([*row[:patient], rows[-1][patient], *row[patient + 1:]])
csv.writer(open("conflicts.csv", "w", newline="")).writerows(rows)
PYTHON
  for key in secret other; do
    run "$key" report --audience analyst --no-charts --pseudonymise "$key.key" conflicts.csv made/nhs/outcomes.csv
    same 3 "$status" && grep -q 'conflict' "$key/report/rejects.csv" && holds_none made/keys.txt "$key" || return 1
  done
  cmp secret/report/measures.json other/report/measures.json && cmp secret/report/rejects.csv other/report/rejects.csv
}
check 'no conflict is settled by the secret' conflicts
short_secret() {
  printf 'fifteen bytes..' > short.key
  run refused report --pseudonymise short.key made/nhs/*.csv
  same 1 "$status" && [[ ! -e refused/report ]] && ! grep -q 'fifteen' refused/stderr
}
check 'a secret that is too short is refused, and not shown' short_secret

# Keys where dates, words and numbers belong: whatever is said of them, they are not in it.
turned() {
  local file out
  for file in made/turned/*.csv; do
    for out in "check" "check --format json" "report --audience analyst --no-charts"; do
      # shellcheck disable=SC2086 # the words of a command
      if [[ $file == *events* ]]; then run turned $out made/plain/referrals.csv "$file"; else run turned $out "$file"; fi
      [[ $out != check* ]] || ((status == 0 || status == 1 || status == 3)) || { echo "$file: $out: $status" && return 1; }
      # Whoever says that a key is a practice or a specialty has it read as one: that is all that a report may show of it.
      [[ $out == report* ]] && rm -rf turned/report/{practices,index.html,measures.json,results.sqlite,comparison.*,report.json}
      holds_none made/keys.txt turned || { echo "$file: $out" && return 1; }
    done
  done
}
check 'keys in columns of every other content are in no message' turned
missing_referrals() {
  run refused report made/plain/outcomes.csv made/plain/outcomes.csv nowhere.csv
  same 1 "$status" && holds_none made/keys.txt refused
}
check 'nor in an error that ends the run' missing_referrals
headless() {
  tail -n +2 made/plain/referrals.csv > headless.csv
  run refused check headless.csv
  same 1 "$status" && holds_none made/keys.txt refused &&
    { tail -n +2 made/plain/outcomes.csv && cat county/practices.csv; } > headless.csv &&
    run refused check headless.csv && holds_none made/keys.txt refused
}
check 'nor where a file has no header, and its first row is taken for one' headless
# A shifted column: priority, imd_decile and scheme hold what the key columns of the same row hold.
shifted_keys_stay_hidden() {
  python3 - << 'PYTHON'
with open("shifted.csv", "w") as file:
    print("referral_id,practice_code,referral_date,specialty_code,patient_key,referrer_key,priority,scheme,imd_decile", file=file)
    for i, key in enumerate(["Mary Smith"] * 6 + ["Jane Doe"] * 3 + ["jsmith"] * 3 + ["pat"] * 3):
        print(f"R{i},A81001,2025-01-06,330,{key},,{key},,", file=file)
    print("R90,A81001,2025-01-06,330,P1,drjones,,drjones,", file=file)
    print("512,A81001,2025-01-06,330,P2,,,,512", file=file)
    for i in range(10):
        print(f"S{i},A81001,2025-01-06,330,P1,,USC,RMC,", file=file)
    print("S10,A81001,2025-01-06,330,P1,,soon,,", file=file)
    print("S11,A81001,2025-01-06,330,P1,,usc,rmc,5", file=file)
PYTHON
  printf '%s\n' 'Mary Smith' 'Jane Doe' jsmith "'pat'" 'pat 3' '"pat"' drjones "'512'" > shifted-keys.txt
  for audience in shared analyst; do
    run "shifted-$audience" report --audience "$audience" shifted.csv
    same 3 "$status" && holds_none shifted-keys.txt "shifted-$audience" || return 1
  done
  run shifted-check check shifted.csv
  holds_none shifted-keys.txt shifted-check && grep -qF 'unknown values: USC 10, soon 1, others, or not shown 15' shifted-check/stdout &&
    grep -qF 'unknown values: RMC 10, others, or not shown 1' shifted-check/stdout &&
    grep -qF "priority 'soon' is not one" shifted-shared/report/rejects.csv
}
check 'keys in a shifted column are not shown' shifted_keys_stay_hidden

finish
