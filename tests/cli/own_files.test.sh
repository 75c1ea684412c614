#!/usr/bin/env bash
# The program's own files and spreadsheets as people have them: outcomes beside the referral, names and dates that another
# program wrote. What is read is named; what cannot be read says what to do.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
cd "$scratch"

# says STATUS TEXT ARGUMENT…: a report's status and what it says, the notes of the as-of date apart.
says() {
  local expected=$1 text=$2 status=0
  shift 2
  rm -rf out
  "$program" report --no-charts --no-packs --audience analyst --as-of 2025-12-31 -o out "$@" > /dev/null 2> err || status=$?
  same "$expected" "$status" && same "$text" "$(cat err)"
}

# The numbers of all, of a measure: "1 of 2", or "1 event of 2".
number() { # MEASURE
  sqlite3 out/results.sqlite "select coalesce(cast(numerator as int) || ' of ' || cast(denominator as int),
    cast(events as int) || ' of ' || cast(n as int)) from result
    where measure = '$1' and coalesce(practice, specialty, scheme, period) is null"
}

four=referral_id,practice_code,referral_date,specialty_code

printf '%s\n' "$four,first_attended_date,treated_date" R1,A81001,2025-01-06,330,2025-02-01,2025-03-01 \
  R2,A81001,2025-01-07,330,, > wide.csv
without_decisions() {
  says 0 'wide.csv: referrals and outcomes, profile wide-outcomes, 2 rows: 2 used, 0 rejected, 0 duplicates, 0 left out' \
    wide.csv && same '1 of 2' "$(number wait_first_attendance)" && same '1 of 2' "$(number wait_treatment)"
}
check 'a spreadsheet of outcomes need not have decisions' without_decisions
as_canonical() {
  says 0 'wide.csv: referrals, 2 rows: 2 used, 0 rejected, 0 duplicates, 0 left out
wide.csv: note: columns not used: first_attended_date, treated_date' --profile canonical wide.csv
}
check 'the profile canonical can be named, and is no other' as_canonical
canonical_alone() {
  says 1 "referlens: error: other.csv: unknown header: nearest to referrals, but without referral_id, practice_code, \
referral_date, specialty_code" --profile canonical other.csv
}
printf 'ObservationGuid,OrganisationGuid,ReferralReceivedDate,ReferralServiceType,PatientGuid,sex\n' > other.csv
check 'so that no other profile is tried' canonical_alone

finish
