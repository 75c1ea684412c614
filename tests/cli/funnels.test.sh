#!/usr/bin/env bash
# `referlens report`: what funnels call different where no practice is, and that they still find one that is.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
mkdir "$scratch/work"
cd "$scratch/work"

# FOLDER: reads lines of a practice's number, its referrals and how many of them were rejected.
county() {
  mkdir "$1" && python3 -c '
import sys
folder = sys.argv[1]
referrals, outcomes = (open(f"{folder}/{name}.csv", "w") for name in ("referrals", "outcomes"))
print("referral_id,practice_code,referral_date,specialty_code", file=referrals)
print("referral_id,event_date,event_type", file=outcomes)
for line in sys.stdin:
    practice, total, rejected = map(int, line.split())
    for i in range(total):
        print(f"{practice}-{i},A{practice:05d},2024-03-01,330", file=referrals)
        print(f"{practice}-{i},2024-03-05,{'\''rejected'\'' if i < rejected else '\''accepted'\''}", file=outcomes)
' "$1"
}
report() { # FOLDER AUDIENCE ARGUMENT…
  local folder=$1 audience=$2
  shift 2
  "$program" report --audience "$audience" --as-of 2025-06-30 --no-charts "$@" -o "$folder-$audience" "$folder"/*.csv 2> stderr
}
# FOLDER EXPRESSION: of the funnel `f` of rejections, and `points` by practice.
funnel() {
  python3 -c '
import json, sys
f, = (f for f in json.load(open(sys.argv[1] + "/measures.json"))["funnels"] if f["measure"] == "rejection_rate")
points = {p["practice"]: p for p in f["points"]}
print(*eval(sys.argv[2]))' "$1" "$2"
}

# Twelve practices of 64 referrals, 28 rejections in all: a rate of 3.6 %, at which chance gives none of 64 in 9.4 %, though
# that lies beyond the 95 % limit on the arcsine scale.
i=0
for rejected in 0 1 2 2 2 3 3 3 3 3 3 3; do echo "$((i++)) 64 $rejected"; done | county few
report few analyst --practice A00000
check 'none of 64 is chance where one in 28 is rejected' same 'no more different than chance None True' \
  "$(funnel few-analyst '[points["A00000"][key] for key in ("finding", "side")] + [points["A00000"]["lower95"] > 0]')"
says_that_it_may_be_chance() {
  python3 -c 'import re, sys; print(" ".join(re.sub("<[^>]*>", "", open(sys.argv[1]).read()).split()))' \
    few-analyst/practices/A00000/index.html > page.txt
  grep -qF 'this one lies past a limit, where chance may take so small a number' page.txt
}
check 'and the page does not say that it lies beyond the limits' says_that_it_may_be_chance

# Two hundred practices with a true rate of 4 %, and one with 28 of 127 (chance: 1 in 10^13). Most counts lie between 1 and 7
# and are hidden from others.
python3 -c '
import random
draw = random.Random(1)
for practice in range(200):
    total = draw.randrange(50, 150)
    print(practice, total, sum(draw.random() < 0.04 for _ in range(total)))
print(900, 127, 28)' | county many
for audience in analyst shared; do
  report many $audience --no-packs
  check "nothing planted makes no spread ($audience)" same 'False True' "$(funnel many-$audience '[f["overdispersed"], 0.5 < f["phi"] < 1.1]')"
  check "and hides none that is planted ($audience)" same 'worth a conversation True' \
    "$(funnel many-$audience '[points["A00900"]["finding"], points["A00900"]["q"] < 1e-6]')"
done
most_are_hidden() { same True "$(funnel many-shared '[f["suppressed"] > 150]')"; }
check 'though most counts are hidden' most_are_hidden
finish
