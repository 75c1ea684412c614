#!/usr/bin/env bash
# What is masked cannot be found out, from any file of a report: counties that differ in nothing but masked counts give the
# same reports, byte by byte, for every number that the rounding leaves open (tests/support/audience.py says how). For an
# analyst they differ: the counties are not the same.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
attack=$(realpath tests/support/audience.py)
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
cd "$scratch"

# told_apart_by AUDIENCE CATEGORY CENTRE HOW NUMBERS [OPTION…]: the files that differ between the reports of these counties.
told_apart_by() {
  local number reports=()
  rm -rf report-*
  for number in $5; do
    python3 "$attack" county county "$2" "$3" "$4" "$number"
    "$program" report --audience "$1" --practice A1 --practice A9 --as-of 2024-06-30 "${@:6}" -o "report-$number" \
      county/*.csv 2> log || { cat log >&2; return 1; }
    reports+=("report-$number")
  done
  python3 "$attack" tell "${reports[@]}"
}

# Five practices share out 3, 4, 5, 6 and 7 of a kind: which of them has which does not show, nor therefore how many one
# has, be it 3, 5 or 7.
hides_small_counts() { # CATEGORY
  same '' "$(told_apart_by shared "$1" 5 turn '0 2 4' --no-charts)"
}

# One practice has 8, 9, 10, 11 or 12, and so much more is in every total. What compares schemes may tell that something
# differs: it rests on all practices at once, each of which is known to its rounding only.
hides_exact_counts() { # CATEGORY
  same '' "$(told_apart_by shared "$1" 10 total '-2 -1 0 1 2' | grep -vE '^(comparison|brief)\.|^charts/scheme-')"
}

# A practice may see its own numbers; nobody else may, in the same folder or elsewhere.
shows_a_practice_its_own() { # CATEGORY
  local files
  files=$(told_apart_by practice "$1" 5 turn '0 1 2 3 4')
  same '' "$(grep -v '^practices/A1/' <<< "$files")" && grep -q '^practices/A1/pack.json' <<< "$files"
}

shows_an_analyst_all() { # CATEGORY: that the counties differ
  local files name
  files=$(told_apart_by analyst "$1" 5 turn '0 1')
  for name in measures.json results.sqlite practices/A1/{pack.json,index.html}; do
    grep -qxF "$name" <<< "$files" || { echo "the same for an analyst: $name"; return 1; }
  done
}

categories=$(python3 "$attack" categories)
for category in $categories; do
  check "which practice has how few cannot be told: $category" hides_small_counts "$category"
done
for category in rejected no_dialogue seen_late waiting woman; do
  check "what a count was before it was rounded cannot be told: $category" hides_exact_counts "$category"
done
check 'a practice sees its own counts, and nobody else does' shows_a_practice_its_own rejected
check 'an analyst sees all' shows_an_analyst_all rejected
finish
