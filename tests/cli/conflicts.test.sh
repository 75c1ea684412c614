#!/usr/bin/env bash
# Rows of one key: those that say the same, however they write it, are duplicates; of those that differ, the message says in
# what, and which row is used.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
cd "$scratch"

cat > referrals.csv << 'CSV'
referral_id,practice_code,referral_date,specialty_code,request_type,priority,imd_decile
R1,A81001,2025-01-06,330,,,1
R1,A81001,2025-01-06,330,referral,,01
R2,A81001,2025-01-06,330,,routine,2
R2,A81001,2025-01-06,330,referral,urgent,02
CSV
cat > practices.csv << 'CSV'
practice_code,list_size,period
A81001,1000,2025-Q1
A81001,1000.0,2024/25-Q4
A81001,900,2024/25-Q4
CSV
cat > schemes.csv << 'CSV'
practice_code,scheme,start_date,end_date,specialty_code,annual_cost
A81001,rmc,2024-01-01,,,50000
A81001,rmc,2024-01-01,,,50000.00
CSV
"$program" report --as-of 2025-03-31 --no-charts --audience analyst -o files ./*.csv 2> log || [ $? = 3 ]
"$program" ingest --store store.db ./*.csv > /dev/null 2>&1 || [ $? = 3 ]
"$program" report --as-of 2025-03-31 --no-charts --audience analyst --store store.db -o stored 2> /dev/null || [ $? = 3 ]

rows_that_say_the_same_are_duplicates() {
  python3 - << 'PYTHON'
import json
ledgers = {of["name"]: of["ledger"] for of in json.load(open("files/report.json"))["inputs"]}
assert [ledgers[name][fate] for name in ("referrals.csv", "practices.csv", "schemes.csv")
        for fate in ("used", "duplicates", "rejected")] == [2, 1, 1, 1, 1, 1, 1, 1, 0], ledgers
PYTHON
}

a_conflict_says_in_what_and_with_which_row() {
  local end="which is used, since its text sorts first (in a store the newer wins: see 'referlens help ingest')"
  grep -qF "referrals.csv:5:1: error: priority differs from that of another row of the same referral_id, $end" log &&
    grep -qF "practices.csv:4:1: error: list_size differs from that of another row of the same practice_code, period, \
age_band and sex, $end" log
}

check "rows that say the same in other words are duplicates" rows_that_say_the_same_are_duplicates
check "a conflict says in what the rows differ, and which is used" a_conflict_says_in_what_and_with_which_row
check "a report on a store says the same" diff -r files stored
finish
