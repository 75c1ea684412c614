#!/usr/bin/env bash
# No count of a report for others lies off the grid, whatever file it stands in (tests/support/on_grid.py says how it is
# looked for). The analyst's report on the same files shows that the counts are not there by chance.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
look=$(realpath tests/support/on_grid.py)
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
cd "$scratch"

"$program" synth -o county --referrals 6000 --practices 12 --seed 3 2> /dev/null
# Referrals without a scheme, of a practice that is in none: 378 of its 380.
practice=$(sed -n 2p county/referrals.csv | cut -d, -f2)
sed -i "/^$practice,/d" county/schemes.csv
awk -F, -v practice="$practice" '$2 != practice || n++ > 1' county/referrals.csv > referrals.csv
mv referrals.csv county/
# Events of 13 referrals that are not there, and of 3 days that are yet to come.
for ((i = 0; i < 13; i++)); do echo "missing-$i,2024-05-01,accepted,,,,"; done > more
for ((i = 0; i < 3; i++)); do echo "$(sed -n "$((i + 2))p" county/referrals.csv | cut -d, -f1),2031-05-01,followup_attended,,,,"; done >> more
cat more >> county/outcomes.csv
for who in shared practice analyst; do
  "$program" report --audience "$who" --as-of 2025-06-30 --no-charts --no-packs -o "$who" county/*.csv 2> log || [[ $? == 3 ]]
done

is_on_the_grid() { # AUDIENCE
  same $'comparison.json looked at\nmeasures.json looked at\nreport.json looked at' "$(python3 "$look" "$1")"
}

is_off_the_grid() {
  local found
  found=$(python3 "$look" analyst)
  for place in 'unknown_scheme' 'balance ' 'left_out.referrals' '.orphans' '.after_as_of' '.denominator' '.events'; do
    grep -qF -- "$place" <<< "$found" || { echo "on the grid even for an analyst: $place"; return 1; }
  done
}

check 'a shared report shows no count off the grid' is_on_the_grid shared
check 'nor does one for practices, but for their packs' is_on_the_grid practice
check 'an analyst sees the counts as they are' is_off_the_grid
finish
