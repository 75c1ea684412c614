#!/usr/bin/env bash
# The store: a report on it beside the report on the files that went into it, quarters taken in one after another, and what
# becomes of it when a run is killed. Prints TAP.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
tests=$PWD/tests sample=$PWD/sample-data statements=$PWD/src/cohort/store_statements.sql
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports} PYTHONDONTWRITEBYTECODE=1
mkdir "$scratch/work"
cd "$scratch/work"

# run COMMAND…: what it prints is in `out`, what it says in `err`, its status in $status.
run() {
  status=0
  "$@" > out 2> err || status=$?
}

# report FOLDER ARGUMENT…
report() {
  rm -rf "$1"
  run "$program" report --no-charts --audience analyst --as-of 2025-06-30 -o "$@"
  echo "$status" >> err
}

# like_files ARGUMENT…: whether the report on a store that took the files in is that on the files.
like_files() {
  rm -f county.db
  run "$program" ingest --store county.db "$@"
  [[ $status == 0 || $status == 3 ]] && report from-store --store county.db && cp err said && report from-files "$@" &&
    diff said err && diff -r from-store from-files
}

check 'a report on the store is the report on the files, byte for byte' like_files "$sample"/*.csv
head -c 40 /dev/zero > key
check 'with pseudonyms too' like_files --pseudonymise key "$sample"/*.csv
no_keys() { ! grep -q -a 'R0000\|PF9C' county.db; }
check 'and then the store has no key as it was' no_keys
cohorts() {
  local seed
  for seed in 1 2 3 4 5 6 7; do
    rm -rf cohort
    python3 "$tests/naive/make_cohort.py" --seed "$seed" --referrals 400 -o cohort > /dev/null || true
    like_files cohort/*.csv || return 1
  done
}
check 'so it is for cohorts that are all edge cases: conflicts, repeats, rejected rows' cohorts
python3 "$tests/support/make_ers_log.py" log 20000
check 'and for a log that is read through a profile' like_files log/log.csv log/practices.csv log/schemes.csv
odd() {
  printf 'referral_id,practice_code,referral_date,specialty_code,patient_key\n"R\t1"," A\\u0041 ",2025-01-01,"3""30","p,1"\n\nR2,Ä€,2025-01-02,330,\n' > odd.csv
  printf 'referral_id,event_date,event_type,event_seq,reason_code\n"R\t1",2025-01-03,rejected,-7,"a\nb\\n"\nR2,2025-01-03,accepted,007,\x1f\nR3,2025-01-03,dna,,\n' > odd-events.csv
  like_files odd.csv odd-events.csv && grep -q '"used":2' from-store/report.json
}
check 'values with quotes, controls, blanks and backslashes come back as they were' odd
columns() {
  local kind view
  for kind in referrals:referral outcomes:event practices:practice schemes:scheme sessions:session; do
    view=${kind#*:}
    same "$("$program" list columns | awk -F'\t' -v file="${kind%:*}.csv" '$1 == file { print $2 }'; echo import_id; echo line)" \
      "$(sqlite3 county.db "SELECT name FROM pragma_table_info('$view')")" || return 1
  done
  same "$(printf 'R\t1| A\\u0041 |2025-01-01|3"30|p,1|1|2')" "$(sqlite3 county.db "SELECT referral_id, practice_code,
    referral_date, specialty_code, patient_key, import_id - 1, line FROM referral ORDER BY line LIMIT 1")"
}
check 'the views have the canonical columns, and the values as they were' columns

rm -f county.db
twice() {
  run "$program" ingest --store county.db "$sample"/*.csv && same 0 "$status" && cp county.db before.db || return 1
  run "$program" ingest --store county.db "$sample"/*.csv && same 0 "$status" && cmp before.db county.db &&
    same 5 "$(grep -c 'taken in before; nothing changed' out)"
}
check 'the same files twice change no byte, and it is said' twice
known_beside_new() {
  sed '$d' "$sample/schemes.csv" > fewer.csv && run "$program" ingest --store county.db fewer.csv "$sample"/referrals.csv &&
    same "$(printf '%s\n' 'fewer.csv: schemes, 31 read, 0 new, 0 updated, 31 unchanged, 0 duplicate, 0 rejected' \
      'referrals.csv: taken in before; nothing changed')" "$(< out)"
}
check 'a file that was taken in before is not read again beside a new one' known_beside_new

# Exports of two quarters: the later one has what the earlier had, one referral with another specialty, one event with
# another reason, and what is new.
mkdir -p q1 q2
awk -F, 'NR == 1 || $3 < "2025-01-01"' "$sample/referrals.csv" > q1/referrals.csv
awk -F, 'NR == 1 || $2 < "2025-01-01"' "$sample/outcomes.csv" > q1/outcomes.csv
sed 's/^R00000001,\([^,]*\),\([^,]*\),[^,]*/R00000001,\1,\2,999/' "$sample/referrals.csv" > q2/referrals.csv
awk -F, -v OFS=, '$3 == "rejected" && !done { $5 = "ANOTHER"; done = 1 } { print }' "$sample/outcomes.csv" > q2/outcomes.csv
cp "$sample"/{practices,schemes,sessions}.csv q2
rm -f county.db
later() {
  local old all
  old=$(($(wc -l < q1/referrals.csv) - 1)) all=$(($(wc -l < q2/referrals.csv) - 1))
  run "$program" ingest --store county.db q1/*.csv && run "$program" ingest --store county.db q2/*.csv && same 0 "$status" &&
    grep -qx "referrals.csv: referrals, $all read, $((all - old)) new, 1 updated, $((old - 1)) unchanged, 0 duplicate, 0 rejected" out &&
    grep -q 'outcomes.csv: outcomes, 96821 read, [0-9]* new, 1 updated, [0-9]* unchanged, 0 duplicate, 0 rejected' out
}
check 'a later export says what is new, updated and unchanged' later
numbers() {
  report from-store --store county.db && report from-files q2/*.csv && cmp from-store/measures.json from-files/measures.json &&
    cmp from-store/comparison.json from-files/comparison.json
}
check 'and then the store gives the numbers of the later export' numbers
same_ledger() { python3 - << 'PYTHON'
import json
for file in json.load(open("from-store/report.json"))["inputs"]:
    ledger = file["ledger"]
    assert ledger["read"] == sum(ledger[key] for key in ("used", "rejected", "duplicates", "left_out")), ledger
PYTHON
}
check 'with ledgers that balance' same_ledger
# A rejection of which the first export knows all, and the second, which has no such columns, only that it happened.
thinner() {
  printf '%s\n' referral_id,practice_code,referral_date,specialty_code R1,A,2025-01-06,330 > thin-r.csv
  printf '%s\n' referral_id,event_date,event_type,reason_code,referrer_contacted R1,2025-01-10,rejected,FULL,no > thin-1.csv
  printf '%s\n' referral_id,event_date,event_type R1,2025-01-10,rejected R1,2025-02-10,accepted > thin-2.csv
  rm -f thin.db
  run "$program" ingest --store thin.db thin-r.csv thin-1.csv && run "$program" ingest --store thin.db thin-2.csv &&
    same 'thin-2.csv: outcomes, 2 read, 1 new, 0 updated, 1 unchanged, 0 duplicate, 0 rejected' "$(< out)" &&
    run sqlite3 thin.db "SELECT event_type, reason_code, referrer_contacted FROM event ORDER BY event_date" &&
    same "$(printf '%s\n' 'rejected|FULL|no' 'accepted||')" "$(< out)" &&
    report thin-store --store thin.db && report thin-files thin-r.csv thin-2.csv thin-1.csv &&
    cmp thin-store/measures.json thin-files/measures.json &&
    grep -q '"measure":"rejected_without_dialogue".*"status":"ok".*"numerator":1,"denominator":1' thin-store/measures.json
}
check 'a later export without the columns takes nothing away' thinner
parts() {
  local i
  for i in 1 2 3; do
    mkdir -p "part$i"
    awk -F, -v part="$i" 'NR == 1 || NR % 3 == part - 1' "$sample/referrals.csv" > "part$i/r$i.csv"
    awk -F, -v part="$i" 'NR == 1 || NR % 3 == part - 1' "$sample/outcomes.csv" > "part$i/o$i.csv"
  done
  rm -f county.db
  for i in 3 1 2; do # outcomes before their referrals, in any order
    run "$program" ingest --store county.db "part$i/o$i.csv" || return 1
  done
  for i in 2 3 1; do
    run "$program" ingest --store county.db "part$i/r$i.csv" || return 1
  done
  report from-store --store county.db && cp err said && report from-files part*/*.csv && diff said err &&
    diff -r from-store from-files
}
check 'files taken in one by one, outcomes before their referrals, are as all at once' parts

refused() {
  run "$program" "${@:2}"
  [[ $status == "$1" && ! -e refused ]] || return 1
}
refusals() {
  printf 'not a database, but long enough to be taken for one by a careless reader of headers, which is all of 100 bytes\n' > text.db
  cp text.db text.copy
  refused 1 ingest --store text.db "$sample"/sessions.csv && grep -q 'not a referlens store' err && cmp text.db text.copy &&
    refused 1 report --store missing.db -o refused && [[ ! -e missing.db ]] &&
    refused 2 report -o refused && grep -q -- '--store' err && refused 2 ingest "$sample"/sessions.csv
}
check 'what is no store is refused and left alone' refusals
unnamed() {
  refused 2 ingest --store '' "$sample"/sessions.csv && same \
    "referlens ingest: error: --store needs a file, and its name is empty (see 'referlens ingest --help')" "$(< err)" &&
    refused 2 report -s '' -o refused && grep -q -- '--store needs a file' err
}
check 'a store without a name, as of a variable that is not set, is refused' unnamed
colons() {
  run "$program" ingest -s :memory: "$sample"/sessions.csv && [[ -s :memory: ]] &&
    run "$program" ingest -s :memory: "$sample"/sessions.csv && grep -q 'taken in before' out
}
check 'a store named as what SQLite keeps in memory is a file all the same' colons
damaged() {
  cp county.db damaged.db
  sqlite3 damaged.db "UPDATE block SET text = replace(text, '2024-01-', '2024-99-')"
  refused 1 report --store damaged.db --no-charts -o refused && grep -q 'damaged' err
}
check 'a store whose facts somebody changed into nonsense is refused' damaged

from_before() {
  cp county.db before.db
  sqlite3 before.db "UPDATE block SET text = replace(text, 'A81009', '9434765919')"
  refused 1 report --store before.db --no-charts -o refused && ! grep -q 9434765919 err &&
    grep -q 'the store has texts of it that hold NHS numbers: take it into a new store' err
}
check 'a store that has NHS numbers for codes, from before they were refused, is not reported on' from_before

failing_file() {
  rm -f county.db
  "$program" ingest --store county.db "$sample"/sessions.csv > out && sqlite3 county.db "CREATE TRIGGER fails BEFORE INSERT ON import
    WHEN NEW.name = 'referrals.csv' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
  run "$program" ingest --store county.db "$sample"/{outcomes,practices,referrals,schemes}.csv
  same 1 "$status" && same 'outcomes.csv practices.csv' "$(cut -d: -f1 out | paste -sd ' ')" && grep -q '^referlens: error: ' err &&
    same 'referlens: note: the files named on standard output were taken in' "$(tail -n 1 err)" &&
    same 'sessions.csv outcomes.csv practices.csv' "$(sqlite3 county.db 'SELECT name FROM import ORDER BY id' | paste -sd ' ')" &&
    run "$program" ingest --store county.db "$sample"/referrals.csv && same 1 "$status" && same '' "$(< out)" && same 1 "$(wc -l < err)"
}
check 'where one file fails, those before it were taken in, and this is said' failing_file

killed() {
  local i seconds
  rm -f county.db county.db-journal
  seconds=$({ TIMEFORMAT=%R; time "$program" ingest --store county.db "$sample"/*.csv > out 2> err; } 2>&1)
  sqlite3 county.db 'SELECT sum(facts) FROM block' > whole
  for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    rm -f county.db county.db-journal
    "$program" ingest --store county.db "$sample"/*.csv > out 2> err &
    sleep "$(awk -v s="$seconds" -v i="$i" 'BEGIN { print s * i / 12 }')"
    kill -KILL $! 2> kill.err || true
    wait $! 2> wait.err || true
    [[ ! -e county.db ]] || same ok "$(sqlite3 county.db 'PRAGMA integrity_check')" || return 1
    run "$program" ingest --store county.db "$sample"/*.csv
    same 0 "$status" && same "$(< whole)" "$(sqlite3 county.db 'SELECT sum(facts) FROM block')" || return 1
  done
}
check 'a run that is killed leaves whole imports, and the next run completes' killed

# The one who comes next only reads.
killed_then_read() {
  local i seconds hot=0
  rm -f base.db
  run "$program" ingest --store base.db "$sample"/{referrals,practices,schemes,sessions}.csv
  cp base.db county.db
  seconds=$({ TIMEFORMAT=%R; time "$program" ingest --store county.db "$sample"/outcomes.csv > out 2> err; } 2>&1)
  for i in 6 7 8 9 10 11 12; do
    rm -f county.db-journal
    cp base.db county.db
    "$program" ingest --store county.db "$sample"/outcomes.csv > out 2> err &
    sleep "$(awk -v s="$seconds" -v i="$i" 'BEGIN { print s * i / 12 }')"
    kill -KILL $! 2> kill.err || true
    wait $! 2> wait.err || true
    [[ ! -s county.db-journal ]] || hot=$((hot + 1))
    report from-store --store county.db --no-packs || return 1
    same "$(cat base-said)" "$(grep -v outcomes err)" || return 1
  done
  echo "$hot of 7 left a journal"
}
report from-files --no-packs "$sample"/{referrals,practices,schemes,sessions}.csv
cp err base-said
check 'a report on the store of a run that was killed is one on what is whole' killed_then_read
# A size in KiB that has room for what was there before.
full() {
  local size
  rm -f county.db
  run "$program" ingest --store county.db "$sample"/{referrals,practices,schemes,sessions}.csv
  size=$(($(stat -c %s county.db) / 1024 + 3000))
  (
    trap '' XFSZ
    ulimit -f "$size"
    run "$program" ingest --store county.db "$sample"/outcomes.csv
    same 1 "$status"
  ) && [[ ! -e county.db-journal ]] && report from-store --store county.db --no-packs && same "$(cat base-said)" "$(cat err)"
}
check 'a run that finds the disk full leaves nothing that has to be undone' full

# within KILOBYTES COMMAND…: with so much address space and no more.
within() {
  (
    ulimit -v "$1"
    "${@:2}"
  )
}
# In ever more room, until there is enough: what comes before the files are open may fail too.
cramped() {
  local size failed=0
  for ((size = 20000; size < 200000; size += 3000)); do
    rm -f county.db county.db-journal
    run within "$size" "$program" ingest --jobs 1 --store county.db "$sample"/*.csv
    [[ $status != 0 ]] || break
    failed=$((failed + 1))
    same 1 "$status" && same 1 "$(grep -c '^referlens: error: .*memory$' err)" || return 1
    [[ ! -e county.db ]] || same ok "$(sqlite3 county.db 'PRAGMA integrity_check')" || return 1
    [[ ! -s county.db ]] || same "$(wc -l < out)" "$(sqlite3 county.db 'SELECT count(*) FROM import')" || return 1
    run "$program" ingest --store county.db "$sample"/*.csv
    same 0 "$status" && same "$(< whole)" "$(sqlite3 county.db 'SELECT sum(facts) FROM block')" || return 1
  done
  echo "$failed sizes were too small, $size was not"
  ((failed >= 8 && size < 200000))
}
# The keys of a store are gone through in the order in which they lie: to sort them, all would be copied.
keys_are_not_sorted() {
  local question
  question=$(sed -n '/^SELECT block_id, import_id, keys/,/;$/p' "$statements")
  same 1 "$(grep -c 'ORDER BY block_id;' <<< "$question")" && run "$program" ingest --store county.db "$sample"/*.csv &&
    same '' "$(sqlite3 county.db "EXPLAIN QUERY PLAN $question" | grep 'TEMP B-TREE')"
}
check 'the keys of a store are not sorted' keys_are_not_sorted
# A profile that fits no file is explained by a file of the command, never by one that the store has.
explained_by_what_is_given() {
  rm -f county.db
  run "$program" ingest --store county.db "$sample/practices.csv"
  printf 'referral_id,practice_code,referral_date,specialty_code\nR1,A81001,2024-01-01,330\n' > z.csv
  run "$program" report --store county.db --profile ers-ebsx02 -o unmade z.csv
  same 1 "$status" && grep -q '^referlens: error: the profile ers-ebsx02 fits none of the files: z.csv lacks ' err
}
check 'a profile that fits nothing is explained by a file that was given' explained_by_what_is_given
without_memory='without memory a run says so, has whole imports in the store, and the next run completes'
if within 200000 "$program" --version > /dev/null 2>&1; then
  check "$without_memory" cramped
else
  skip "$without_memory" 'a sanitizer needs more address space than that'
fi
finish
