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

# events: those in the store.
events() { sqlite3 county.db 'SELECT referral_id, event_date, event_type, reason_code FROM event ORDER BY 1, 2, 3, 4'; }
# profile MAP: a profile of the name "mine" whose events are mapped so.
profile() {
  printf '{"name": "mine", "title": "Mine", "makes": [{"name": "event", "kind": "outcomes", "fields": {"referral_id": "Number",
    "event_date": {"column": "Day", "date": "YYYY-MM-DD"}, "event_type": {"column": "Taken", "map": {%s}}}}]}' "$1" > mine.json
}
printf 'Number,Day,Taken\nR1,2025-02-01,Yes\nR2,2025-02-02,No\nR3,2025-02-03,No\n' > answers.csv
referrals R1,A81001,2025-01-10,330,P1 R2,A81001,2025-01-11,330,P2 R3,A81001,2025-01-12,330,P3 > three.csv
corrected_profile() {
  rm -f county.db
  profile '"Yes": "accepted"'
  ingest --profile mine.json answers.csv && same 3 "$status" && ingest three.csv || return 1
  ingest --profile mine.json answers.csv && same 'answers.csv: taken in before; nothing changed' "$(< out)" || return 1
  profile '"Yes": "accepted", "No": "rejected"'
  ingest --profile mine.json answers.csv && same 0 "$status" && same '' "$(< err)" &&
    same 'answers.csv: read again: outcomes, 3 read, 2 new, 0 updated, 1 unchanged, 0 duplicate, 0 rejected' "$(< out)" &&
    same "$(printf 'R1|2025-02-01|accepted|\nR2|2025-02-02|rejected|\nR3|2025-02-03|rejected|')" "$(events)" &&
    ingest --profile mine.json answers.csv && same 'answers.csv: taken in before; nothing changed' "$(< out)"
}
check 'a file is taken in again once its profile is corrected' corrected_profile
# The first reading used one row, the second two, and each ledger balances.
ledgers_again() {
  report && same 0 "$status" && [[ $(wc -l < report/rejects.csv) == 1 ]] && python3 - << 'PYTHON'
import json
answers = [file["ledger"] for file in json.load(open("report/report.json"))["inputs"] if file["name"] == "answers.csv"]
assert [(ledger["read"], ledger["used"], ledger["rejected"], ledger["duplicates"], ledger["left_out"])
        for ledger in answers] == [(3, 1, 0, 0, 2), (3, 2, 0, 1, 0)], answers
assert answers[0]["left_out_for"] == [{"reason": "read again through another profile or encoding", "rows": 2}], answers
PYTHON
}
check 'then what was rejected before is rejected no more' ledgers_again
mistaken_profile() {
  profile '"Yes": "treated", "No": "rejected"'
  ingest --profile mine.json answers.csv && same 0 "$status" && same \
    'answers.csv: read again: outcomes, 3 read, 1 new, 0 updated, 2 unchanged, 0 duplicate, 0 rejected' "$(< out)" &&
    same 'referlens: warning: answers.csv: what it was read as before and is not now stays in the store (facts: 1)' "$(head -n 1 err)" &&
    same 2 "$(wc -l < err)" && ingest --replace-events --profile mine.json answers.csv && same 'answers.csv: taken in before; 1 withdrawn' "$(< out)" &&
    same "$(printf 'R1|2025-02-01|treated|\nR2|2025-02-02|rejected|\nR3|2025-02-03|rejected|')" "$(events)"
}
check 'what a mistaken profile made stays, and is told; --replace-events is rid of it' mistaken_profile
other_encoding() {
  rm -f county.db
  printf 'practice_code,practice_name\nA81001,Caf\xe9\n' > names.csv
  ingest names.csv && same 3 "$status" && ingest --encoding windows-1252 names.csv && same 0 "$status" &&
    same 'Café' "$(sqlite3 county.db 'SELECT practice_name FROM practice')"
}
check 'and so it is with a mistaken encoding' other_encoding
first_again() {
  rm -f county.db
  outcomes R1,2025-02-01,rejected,,ONE > one.csv
  outcomes R1,2025-02-01,rejected,,TWO > two.csv
  ingest one.csv && ingest two.csv && grep -q ', 1 updated,' out && ingest one.csv && same \
    'one.csv: taken in before; nothing changed: what later files replaced stays replaced' "$(< out)" &&
    same 'R1|2025-02-01|rejected|TWO' "$(events)" && ingest two.csv && same 'two.csv: taken in before; nothing changed' "$(< out)"
}
check 'an earlier file again changes nothing, and it is said what that means' first_again

# Corrections. The provider takes a rejection back: it exports the acceptance, and the rejection no longer.
outcomes R1,2025-02-01,rejected,,X R2,2025-02-02,accepted,, R3,2025-02-03,accepted,, > mistaken.csv
outcomes R1,2025-02-01,accepted,, R2,2025-02-02,accepted,, > corrected.csv
kept() { echo "referlens: note: $1: events that earlier files have and it has not stay; use --replace-events if it holds all events of the referrals that it names"; }
right="$(printf 'R1|2025-02-01|accepted|\nR2|2025-02-02|accepted|\nR3|2025-02-03|accepted|')"
counts='0 updated, 1 unchanged, 0 duplicate, 0 rejected'
begin() {
  rm -f county.db
  ingest three.csv "$@" && same 0 "$status" && same '' "$(< err)"
}
told() {
  begin mistaken.csv && ingest corrected.csv && same 0 "$status" && same "corrected.csv: outcomes, 2 read, 1 new, $counts" "$(< out)" &&
    same "$(kept corrected.csv)" "$(< err)" && same 4 "$(events | wc -l)"
}
check 'an event that a later file of its referral does not have is kept, and told' told
afterwards() {
  ingest --replace-events corrected.csv && same 0 "$status" && same 'corrected.csv: taken in before; 1 withdrawn' "$(< out)" &&
    same '' "$(< err)" && same "$right" "$(events)" && cp county.db before.db &&
    ingest --replace-events corrected.csv && same 'corrected.csv: taken in before; nothing changed' "$(< out)" && cmp county.db before.db
}
check '--replace-events withdraws it afterwards, and twice changes nothing' afterwards
at_once() {
  begin mistaken.csv && ingest --replace-events corrected.csv && same "corrected.csv: outcomes, 2 read, 1 new, $counts, 1 withdrawn" "$(< out)" &&
    same '' "$(< err)" && same "$right" "$(events)" && cp county.db before.db &&
    ingest --replace-events corrected.csv && same 'corrected.csv: taken in before; nothing changed' "$(< out)" && cmp county.db before.db &&
    ingest mistaken.csv && same 'mistaken.csv: taken in before; nothing changed: what later files replaced stays replaced' "$(< out)"
}
check 'or at once' at_once
# The referral that the correction does not name keeps its event.
numbers() {
  rm -rf from-store
  report --as-of 2025-06-30 && mv report from-store && outcomes R1,2025-02-01,accepted,, R2,2025-02-02,accepted,, R3,2025-02-03,accepted,, > truth.csv &&
    run "$program" report --no-charts --no-packs --audience analyst --as-of 2025-06-30 -o report three.csv truth.csv &&
    cmp from-store/measures.json report/measures.json && python3 - << 'PYTHON'
import json
ledger = [file["ledger"] for file in json.load(open("from-store/report.json"))["inputs"] if file["name"] == "mistaken.csv"][0]
assert ledger["read"] == 3 and ledger["used"] == 2 and ledger["left_out"] == 1, ledger
assert ledger["left_out_for"] == [{"reason": "replaced or withdrawn by a later import", "rows": 1}], ledger
PYTHON
}
check 'then the report is that on what is true, and its ledger balances' numbers
only_new() {
  begin mistaken.csv && outcomes R1,2025-03-01,discharged,, > more.csv && ingest more.csv && same "$(kept more.csv)" "$(< err)" &&
    same 4 "$(events | wc -l)" && outcomes R4,2025-03-01,discharged,, > others.csv && ingest others.csv && same "$(kept others.csv)" "$(< err)" &&
    same 5 "$(events | wc -l)"
}
check 'an export of new events alone harms nothing' only_new
together() {
  begin mistaken.csv && outcomes R1,2025-02-01,accepted,, > half.csv && outcomes R1,2025-02-01,rejected,,X R1,2025-03-02,booked,, > other-half.csv &&
    ingest --replace-events half.csv other-half.csv && same '' "$(< err)" && same 2 "$(grep -c ' 0 withdrawn$' out)" && same 5 "$(events | wc -l)"
}
check 'what another file of the same command has is not missing' together
# One that lacks what may be known of an event says all the same that it happened.
bare() {
  printf 'referral_id,event_date,event_type\nR1,2025-02-01,rejected\n' > bare.csv
  begin mistaken.csv && ingest --replace-events bare.csv && same 'bare.csv: outcomes, 1 read, 0 new, 0 updated, 1 unchanged, 0 duplicate, 0 rejected, 0 withdrawn' "$(< out)" &&
    same 3 "$(events | wc -l)" && begin mistaken.csv && ingest --replace-events half.csv bare.csv && same 2 "$(grep -c ' 0 withdrawn$' out)" &&
    same 4 "$(events | wc -l)"
}
check 'a thinner export of the same event withdraws nothing of it' bare
rejected_rows() {
  begin mistaken.csv && outcomes R1,2025-02-01,accepted,, R1,2025-13-13,booked,, > broken.csv && ingest --replace-events broken.csv && same 3 "$status" &&
    grep -q ' 0 withdrawn$' out && grep -qx 'referlens: warning: broken.csv: rows were rejected, so that it may not hold all events of its referrals; earlier ones that are not in it are kept (events: 1)' err &&
    same 4 "$(events | wc -l)"
}
check 'a file of which rows were rejected withdraws nothing' rejected_rows
overtaken() {
  begin mistaken.csv && ingest corrected.csv && outcomes R1,2025-04-01,discharged,, > latest.csv && ingest latest.csv &&
    ingest --replace-events corrected.csv && same 'corrected.csv: taken in before; nothing changed' "$(< out)" &&
    same 'referlens: warning: corrected.csv: other files of events were taken in after it, so nothing is withdrawn; name the last one' "$(< err)" &&
    same 5 "$(events | wc -l)" && ingest --replace-events corrected.csv latest.csv && same '' "$(< err)" &&
    same "$(printf 'corrected.csv: taken in before; 1 withdrawn\nlatest.csv: taken in before; nothing changed')" "$(< out)"
}
check 'a file that others came after withdraws nothing unless they are named too' overtaken
comes_back() {
  begin mistaken.csv && ingest --replace-events corrected.csv && outcomes R1,2025-02-01,rejected,,X R1,2025-02-01,accepted,, > both.csv &&
    ingest both.csv && same "both.csv: outcomes, 2 read, 1 new, $counts" "$(< out)" && same 4 "$(events | wc -l)"
}
check 'what was withdrawn comes back with a file that has it' comes_back

# Pseudonyms: the store takes those of one key.
printf 'sixteen bytes and more that nobody knows' > key
(cat key && echo) > key-and-line-end
printf 'practice_code,list_size\nA81001,9000\n' > practices.csv
refused() {
  cp county.db before.db
  ingest "${@:2}" && same 1 "$status" && same '' "$(< out)" && same "referlens: error: county.db: was filled $1" "$(< err)" &&
    cmp county.db before.db
}
filled_without() {
  rm -f county.db
  ingest one.csv && refused 'without --pseudonymise; go on without it, or begin a new store' --pseudonymise key two.csv three.csv &&
    refused 'without --pseudonymise; go on without it, or begin a new store' --pseudonymise key one.csv &&
    ingest --pseudonymise key practices.csv && same 0 "$status" && ingest two.csv && same 0 "$status"
}
check 'a store that was filled without a key takes no pseudonyms' filled_without
filled_with() {
  rm -f county.db
  ingest practices.csv && ingest --pseudonymise key one.csv three.csv &&
    refused 'with --pseudonymise; give the same key file, or begin a new store' two.csv &&
    refused 'with --pseudonymise and another key; give the same key file, the same to its last byte, or begin a new store' \
      --pseudonymise key-and-line-end two.csv &&
    ingest --pseudonymise key two.csv && same 'two.csv: outcomes, 1 read, 0 new, 1 updated, 0 unchanged, 0 duplicate, 0 rejected' "$(< out)"
}
check 'one that was filled with a key takes those of that key alone' filled_with
beside() {
  report two.csv && same 1 "$status" && grep -q 'give the same key file' err && report --pseudonymise key two.csv && same 0 "$status" &&
    report && same 0 "$status"
}
check 'and so does a report that reads files beside it' beside
no_key() { ! grep -q -a 'that nobody knows' county.db && same 64 "$(sqlite3 county.db 'SELECT length(key) FROM pseudonyms')"; }
check 'the key itself is not in the store' no_key

finish
