#!/usr/bin/env bash
# `referlens report` where practices come and go: nobody changes in these counties, so that any change found is made up.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
mkdir "$scratch/work"
cd "$scratch/work"

# Each practice makes 20 requests on the 5th of every month of 2022 and 2023 in which it is there, of which one is rejected;
# of practices that come later, five. P00 to P09 move to another scheme on 1 January 2023, P10 to P16 stay. P06 comes half a
# year before the move, P07 with it, and P08 is there for one month after it; of those that stay, P16 comes in 2023.
# `gap`: P09 makes no request in June 2022.
county() { # FOLDER gap|whole
  mkdir "$1" && python3 - "$1" "$2" << 'PYTHON'
import sys
folder, gap = sys.argv[1], sys.argv[2] == "gap"
there = {6: range(6, 24), 7: range(12, 24), 8: range(13), 16: range(12, 24)}
files = {name: open(f"{folder}/{name}.csv", "w") for name in ("referrals", "outcomes", "practices", "schemes")}
print("referral_id,practice_code,referral_date,specialty_code", file=files["referrals"])
print("referral_id,event_date,event_type", file=files["outcomes"])
print("practice_code,list_size", file=files["practices"])
print("practice_code,scheme,start_date,end_date", file=files["schemes"])
for practice in range(17):
    moves = practice < 10
    print(f"P{practice:02d},6000", file=files["practices"])
    print(f"P{practice:02d},none,2020-01-01,{'2022-12-31' if moves else ''}", file=files["schemes"])
    if moves:
        print(f"P{practice:02d},rmc,2023-01-01,", file=files["schemes"])
    for month in there.get(practice, range(24)):
        if gap and practice == 9 and month == 5:
            continue
        date = f"{2022 + month // 12}-{month % 12 + 1:02d}"
        for i in range(20):
            name = f"{practice}-{month}-{i}"
            print(f"{name},P{practice:02d},{date}-05,330", file=files["referrals"])
            print(f"{name},{date}-07,{'rejected' if i < (5 if practice in there and practice != 8 else 1) else 'accepted'}", file=files["outcomes"])
PYTHON
}

report() { # FOLDER
  "$program" report --audience analyst --no-charts --no-packs --as-of 2024-06-30 -o "$1-report" "$1"/*.csv 2> stderr
}

# FOLDER MEASURE: what is found of a measure's change.
found() {
  python3 - "$1-report/comparison.json" "$2" << 'PYTHON'
import json, sys
document = json.load(open(sys.argv[1]))
change, = (c for c in document["switches"] if c["measure"] == sys.argv[2])
series = change["series"]
numbers = [change["practices"], change["comparators"], series["practices"], series["months_before"], series["months_after"],
           document["changes_left_out"]["came_or_went"]]
effects = [series["level_change"]["value"], change["difference"]["value"]]
print(*numbers, *(f"{abs(effect):.6f}" for effect in effects))
PYTHON
}

county whole whole && report whole
check 'who comes or goes changes nothing in the series, nor beside others' \
  same '8 6 7 12 12 2 0.000000 0.000000' "$(found whole rejection_rate)"
# Months without a practice are no months of zero referrals: a rate would rise with those that come.
rate_differs_by_nothing() { same 0.000000 "$(found whole referral_rate | cut -d ' ' -f 8)"; }
check 'nor in the rate of referrals' rate_differs_by_nothing
county gap gap && report gap
check 'a month of zero costs nobody a month' same '8 6 7 12 12 2 0.000000 0.000000' "$(found gap rejection_rate)"

page() { python3 -c 'import re, sys; print(" ".join(re.sub("<[^>]*>", "", open(sys.argv[1]).read()).split()))' "$1"; }
says_who_is_out() {
  page whole-report/comparison.html > page.txt
  grep -qF '8 practices moved, 6 stayed where they were. The series follows 7 of the 8, those that have referrals from its first month to its last' page.txt &&
    grep -qF 'without referrals of their own for three months before and after the change 2;' page.txt
}
check 'the page counts those left out and says why' says_who_is_out
finish
