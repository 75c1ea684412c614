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

# Times of day behind dates, as databases write them: the same facts, so the same bytes in a store.
printf '%s\n' "$four,received_date" R1,A81001,2025-01-06,330,2025-01-07 R2,A81001,2025-01-07,330, \
  R3,A81001,2025-01-08,330,2025-01-09 > plain.csv
printf '%s\n' 'referral_id,event_date,event_type' R1,2025-02-01,first_attended R2,2025-01-09,rejected > events.csv
mkdir timed
sed 's/-06,/-06 00:00:00,/; s/01-07$/01-07T23:59:59.123Z/; s/,2025-01-08,/,2025-1-8 9:05,/' plain.csv > timed/plain.csv
sed 's/,\(2025-..-..\),/,\1 00:00:00.000,/' events.csv > timed/events.csv
times_are_dropped() {
  local folder
  grep -q '9:05' timed/plain.csv && grep -q '00.000' timed/events.csv &&
    says 0 'events.csv: outcomes, 2 rows: 2 used, 0 rejected, 0 duplicates, 0 left out
plain.csv: referrals, 3 rows: 3 used, 0 rejected, 0 duplicates, 0 left out' plain.csv events.csv && mv out out-plain &&
    says 0 'events.csv: outcomes, 2 rows: 2 used, 0 rejected, 0 duplicates, 0 left out
plain.csv: referrals, 3 rows: 3 used, 0 rejected, 0 duplicates, 0 left out' timed/plain.csv timed/events.csv &&
    cmp out/measures.json out-plain/measures.json && same '1 of 3' "$(number wait_first_attendance)"
}
check 'a time of day behind a date is dropped' times_are_dropped
same_rows() {
  says 0 'plain.csv: referrals, 3 rows: 3 used, 0 rejected, 0 duplicates, 0 left out
plain.csv: referrals, 3 rows: 0 used, 0 rejected, 3 duplicates, 0 left out' plain.csv timed/plain.csv
}
check 'rows that differ in it alone are the same row' same_rows
in_a_store() {
  "$program" ingest --store a.db plain.csv events.csv > a.txt && "$program" ingest --store a.db timed/*.csv > b.txt &&
    grep -q '^plain.csv: .*0 new' b.txt && same '2025-01-08' "$(sqlite3 a.db "select referral_date from referral where referral_id = 'R3'")"
}
check 'and the same fact in a store' in_a_store
with_keys() {
  printf 'a secret of this test' > key
  says 0 'plain.csv: referrals, 3 rows: 3 used, 0 rejected, 0 duplicates, 0 left out' --pseudonymise key timed/plain.csv
}
check 'also where keys are replaced' with_keys
nothing='
referlens: warning: no referral could be used: there is nothing to measure'
no_time() {
  printf '%s\n' "$four" 'R1,A81001,2025-01-06 25:00,330' 'R2,A81001,2025-01-06x,330' > bad.csv
  says 3 "bad.csv:2:11: error: referral_date '####-##-## ##:##' is not a date (expected YYYY-MM-DD)
bad.csv:3:11: error: referral_date is not a date (expected YYYY-MM-DD; value not shown)
bad.csv: referrals, 2 rows: 0 used, 2 rejected, 0 duplicates, 0 left out$nothing" bad.csv
}
check 'what is no time is not' no_time

# Days first, as a British spreadsheet saves any of the five kinds.
mkdir uk
cp plain.csv events.csv wide.csv uk
printf '%s\n' practice_code,list_size A81001,5000 > uk/practices.csv
printf '%s\n' practice_code,scheme,start_date,end_date A81001,rmc,2024-01-01,2024-12-31 A81001,none,2025-01-01, > uk/schemes.csv
printf '%s\n' practice_code,session_date,topic A81001,2025-01-31,Headache > uk/sessions.csv
cp uk/{practices,schemes,sessions}.csv .
sed -i 's/\(20..\)-\(..\)-\(..\)/\3\/\2\/\1/g' uk/*.csv
hint='where days come first, give --date-format DD/MM/YYYY'
unasked() {
  says 3 "plain.csv:2:11: error: referral_date '##/##/####' is not a date (expected YYYY-MM-DD; $hint)
plain.csv:3:11: error: referral_date '##/##/####' is not a date (expected YYYY-MM-DD; $hint)
plain.csv:4:11: error: referral_date '##/##/####' is not a date (expected YYYY-MM-DD; $hint)
plain.csv: referrals, 3 rows: 0 used, 3 rejected, 0 duplicates, 0 left out$nothing" uk/plain.csv
}
check 'days first are not guessed, and the message says what to do' unasked
five_kinds() {
  "$program" report --no-charts --no-packs --audience analyst --as-of 2025-12-31 -o out-iso plain.csv events.csv practices.csv \
    schemes.csv sessions.csv 2> /dev/null &&
    "$program" report --no-charts --no-packs --audience analyst --as-of 2025-12-31 -o out-uk --date-format DD/MM/YYYY \
      uk/plain.csv uk/events.csv uk/practices.csv uk/schemes.csv uk/sessions.csv 2> /dev/null &&
    cmp out-iso/measures.json out-uk/measures.json && grep -q '"scheme":"none"' out-uk/measures.json
}
check 'all five kinds are read with days first where that is said' five_kinds
wide_uk() {
  says 3 "wide.csv:2:11: error: referral_date '##/##/####' is not a date (expected YYYY-MM-DD; $hint)
wide.csv:3:11: error: referral_date '##/##/####' is not a date (expected YYYY-MM-DD; $hint)
wide.csv: referrals and outcomes, profile wide-outcomes, 2 rows: 0 used, 2 rejected, 0 duplicates, 0 left out$nothing" uk/wide.csv &&
    says 0 'wide.csv: referrals and outcomes, profile wide-outcomes, 2 rows: 2 used, 0 rejected, 0 duplicates, 0 left out' \
      --date-format DD/MM/YYYY uk/wide.csv && same '1 of 2' "$(number wait_first_attendance)"
}
check 'and spreadsheets of outcomes' wide_uk
shown() {
  "$program" check --date-format DD/MM/YYYY uk/plain.csv > check.txt 2> err
  grep -q 'referral_date *date DD/MM/YYYY, 06/01/2025 to 08/01/2025$' check.txt
}
check 'which the check shows' shown
no_format() {
  says 2 "referlens report: error: --date-format dd/mm/yy: expected YYYY, MM (or MMM) and DD with one like separator between \
them, as DD/MM/YYYY (see 'referlens report --help')" --date-format dd/mm/yy plain.csv &&
    says 1 'referlens: error: --date-format is used for none of the files: their profiles say how dates are written' \
      --date-format DD/MM/YYYY log.csv
}
printf 'RowIdentifier,IDOrganisation,DateEvent,TypeOfReferral,IDPatient\n' > log.csv
check 'a format that is none, or that no file takes, is refused' no_format
where_profiles_lie() {
  local file
  file=$("$program" list profiles | awk -F '\t' '$1 == "emis-referral" {print $5}')
  [[ -f $file ]] && sed 's/emis-referral/ours/' "$file" > ours.json &&
    says 1 'referlens: error: the profile ours fits none of the files: plain.csv lacks ObservationGuid, OrganisationGuid, ReferralReceivedDate, ReferralServiceType, PatientGuid' \
      --profile ours.json plain.csv
}
check 'the list of profiles says where to copy one from' where_profiles_lie

finish
