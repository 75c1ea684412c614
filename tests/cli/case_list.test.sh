#!/usr/bin/env bash
# `referlens report --cases`: ids in cases.csv beside each pack, nowhere else, and not unless asked for.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
mkdir "$scratch/work"
cd "$scratch/work"
cat > referrals.csv << 'END'
referral_id,practice_code,referral_date,specialty_code,patient_key
=ID-ONE,A81001,2024-01-01,330,KEY-ONE
ID-TWO,A81001,2024-01-02,330,KEY-TWO
ID-THREE,A81002,2024-01-03,330,KEY-THREE
END
cat > outcomes.csv << 'END'
referral_id,event_date,event_type,referrer_contacted
=ID-ONE,2024-01-05,rejected,no
ID-TWO,2024-01-05,rejected,yes
ID-THREE,2024-01-05,rejected,no
END

report() {
  "$program" report --no-charts --force --as-of 2024-03-31 --audience "$audience" -o out "$@" referrals.csv outcomes.csv > /dev/null 2>&1
}

ids_are_in_the_lists_alone() {
  report --cases && same 'out/practices/A81001/cases.csv
out/practices/A81002/cases.csv' "$(grep -rlE 'ID-(ONE|TWO|THREE)' out | sort)" && ! grep -rq KEY- out
}

the_list_warns_and_runs_no_formula() {
  same "notice,referral_id,picked_for,referral_date,specialty_code,specialty,days_waited,why
must not leave the practice,'=ID-ONE,without_dialogue,2024-01-01,330,Dermatology,,rejected without a word with the referrer" \
    "$(cat out/practices/A81001/cases.csv)"
}

the_list_is_its_owners() {
  same 600 "$(stat -c %a out/practices/A81001/cases.csv)" && same 644 "$(umask 022 && report --cases && stat -c %a out/practices/A81001/index.html)"
}

a_shared_folder_warns() {
  local audience
  for audience in shared practice; do
    "$program" report --no-charts --force --as-of 2024-03-31 --audience "$audience" -o out --cases referrals.csv outcomes.csv \
      > /dev/null 2> "stderr-$audience"
  done
  grep -q 'cases.csv holds referral ids: take it out' stderr-shared && ! grep -q 'holds referral ids' stderr-practice
}

the_page_leads_to_it() {
  grep -q '<a href="cases.csv">' out/practices/A81001/index.html && grep -q 'must not leave the' out/practices/A81001/index.html
}

no_list_unless_asked_for() {
  report && ! find out -name cases.csv | grep -q . && ! grep -rqE 'ID-(ONE|TWO|THREE)' out
}

only_packs_asked_for_have_one() {
  report --cases --practice A81002 && same out/practices/A81002/cases.csv "$(find out -name cases.csv)"
}

no_packs_no_lists() {
  local status=0
  "$program" report --cases --no-packs --no-charts -o none referrals.csv outcomes.csv > /dev/null 2> stderr || status=$?
  same 2 "$status" && grep -q -- '--cases lists cases beside packs' stderr && [[ ! -e none ]]
}

for audience in shared practice analyst; do
  check "ids are in the lists of cases alone ($audience)" ids_are_in_the_lists_alone
  check "no list unless asked for ($audience)" no_list_unless_asked_for
done
audience=practice
report --cases
check 'the list warns in every row and runs no formula' the_list_warns_and_runs_no_formula
check 'the list is for its owner alone to read' the_list_is_its_owners
check 'the page leads to it' the_page_leads_to_it
check 'where the folder is to be passed round the command warns' a_shared_folder_warns
check 'only packs that were asked for have one' only_packs_asked_for_have_one
check '--cases without packs is refused' no_packs_no_lists
finish
