#!/usr/bin/env bash
# What a store makes of exports that were taken one after another, by small files whose answers can be counted by hand.
# Prints TAP.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports} PYTHONDONTWRITEBYTECODE=1
mkdir "$scratch/work"
cd "$scratch/work"

# run COMMAND…: what it prints is in `out`, what it says in `err`, its status in $status.
run() {
  status=0
  "$@" > out 2> err || status=$?
}
# ingest ARGUMENT…: into county.db.
ingest() { run "$program" ingest --store county.db "$@"; }
# report ARGUMENT…: on county.db; exact, and without pictures.
report() {
  rm -rf report
  run "$program" report --store county.db --no-charts --no-packs --audience analyst -o report "$@"
}
# parameter NAME: of the report.
parameter() { python3 -c 'import json, sys; print(json.load(open("report/report.json"))["parameters"][sys.argv[1]])' "$1"; }
# referrals ROW…, outcomes ROW…: such a file on standard output.
referrals() {
  echo referral_id,practice_code,referral_date,specialty_code,patient_key
  printf '%s\n' "$@"
}
outcomes() {
  echo referral_id,event_date,event_type,event_seq,reason_code
  printf '%s\n' "$@"
}

# The day of the export. One of February tells of an appointment in March.
referrals R1,A81001,2025-01-10,330,P1 R2,A81001,2025-01-11,330,P2 > february.csv
outcomes R1,2025-02-01,accepted,, R1,2025-03-20,booked,, > february-events.csv
outcomes R2,2025-02-03,accepted,, > late.csv
outcomes R2,2025-04-05,rejected,, > april.csv
outcomes R1,2025-04-04,discharged,, > may.csv
# dated DATE ASSUMED NOTE: what the report says.
dated() {
  same "$1" "$(parameter as_of)" && same "$2" "$(parameter as_of_assumed)" && same "$3" "$(grep 'note: as-of' err)"
}
latest='the latest date in the data (set it with --as-of)'
kept_day() {
  ingest --as-of 2025-02-10 february.csv february-events.csv && report && same 0 "$status" &&
    dated 2025-02-10 False 'referlens: note: as-of date 2025-02-10, as given when taken in' &&
    grep -q 'note: period 2024-Q4, the last quarter that was over by then' err
}
check 'the day given when an export is taken in is that of the report' kept_day
given_day() { report --as-of 2025-03-31 && dated 2025-03-31 False '' && same 2025-Q1 "$(parameter period)"; }
check 'but one that is given with the report wins' given_day
later_date() {
  ingest late.csv && report && dated 2025-02-10 False 'referlens: note: as-of date 2025-02-10, as given when taken in' &&
    ingest april.csv && report && dated 2025-04-05 True "referlens: note: as-of date 2025-04-05, $latest" &&
    ingest --as-of 2025-05-01 may.csv && report &&
    dated 2025-05-01 False 'referlens: note: as-of date 2025-05-01, as given when taken in'
}
check 'of an export whose day was not given the latest date counts, of all of them the last' later_date
same_for_files() {
  rm -f county.db
  ingest --as-of 2025-02-10 february.csv february-events.csv && report && mv report from-store &&
    run "$program" report --no-charts --no-packs --audience analyst --as-of 2025-02-10 -o report february.csv february-events.csv &&
    diff -r from-store report
}
check 'a report on the store is that on the files of the same day' same_for_files
not_of_practices() {
  rm -f county.db
  printf 'practice_code,list_size\nA81001,9000\n' > practices.csv
  ingest --as-of 2025-06-30 practices.csv && ingest february.csv && report && dated 2025-01-11 True "referlens: note: as-of date 2025-01-11, $latest"
}
check 'the day of a list of practices says nothing of what became of referrals' not_of_practices

finish
