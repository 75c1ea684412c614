#!/usr/bin/env bash
# Which of two exports a store believes where they say different things of the same, and what it shows of several rows of
# the same, by small files whose answers can be counted by hand. Prints TAP.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS") support=$PWD/tests/support
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
# begin ARGUMENT…: a new county.db.
begin() {
  rm -f county.db
  ingest "$@"
}
sql() { sqlite3 county.db "$1"; }
events() { sql 'SELECT referral_id, event_date, event_type, reason_code, referrer_contacted FROM event ORDER BY 1, 2, 3, 4, 5'; }
referrals() {
  echo referral_id,practice_code,referral_date,specialty_code,scheme
  printf '%s\n' "$@"
}
outcomes() {
  echo referral_id,event_date,event_type,reason_code,referrer_contacted,patient_consulted
  printf '%s\n' "$@"
}
schemes() {
  echo practice_code,scheme,start_date
  printf '%s\n' "$@"
}
# report_on NAME ARGUMENT…: exact, and without pictures.
report_on() {
  rm -rf "$1"
  run "$program" report --no-charts --no-packs --audience analyst --as-of 2025-06-30 -o "$@"
}
# like_files FILE…: whether the report on the store has the measures of that on the files.
like_files() {
  report_on from-store --store county.db && report_on from-files "$@" && cmp from-store/measures.json from-files/measures.json
}

# A later export, and an earlier one that is taken in after it. R2's rejection is the same in both of its first exports.
referrals R1,A81001,2025-01-06,330, R2,A81001,2025-01-07,330, R3,A81001,2025-01-08,330, > r.csv
outcomes R2,2025-01-12,rejected,N,no,no > first.csv
outcomes R1,2025-01-12,rejected,NEW,no,no R2,2025-01-12,rejected,N,no,no > june.csv
outcomes R1,2025-01-12,rejected,OLD,yes,yes R2,2025-01-12,rejected,OLD,yes,yes R3,2025-01-13,accepted,,, > march.csv
late() {
  begin --as-of 2025-01-31 r.csv first.csv && ingest --as-of 2025-06-30 june.csv && ingest --as-of 2025-03-31 march.csv && same 0 "$status" &&
    same 'march.csv: outcomes, 3 read, 1 new, 0 updated, 2 unchanged, 0 duplicate, 0 rejected' "$(< out)" &&
    same 'referlens: note: march.csv: what a later export says of the same stays (of the unchanged: 2)' "$(< err)" &&
    same "$(printf '%s\n' 'R1|2025-01-12|rejected|NEW|no' 'R2|2025-01-12|rejected|N|no' 'R3|2025-01-13|accepted||')" "$(events)"
}
check 'an export of an earlier day does not overwrite what a later one says, or says again' late
late_ledger() {
  report_on from-store --store county.db && python3 - << 'PYTHON'
import json
ledgers = {file["name"]: file["ledger"] for file in json.load(open("from-store/report.json"))["inputs"]}
march = ledgers["march.csv"]
assert (march["read"], march["used"], march["left_out"]) == (3, 1, 2), march
assert march["left_out_for"] == [{"reason": "the store has what a later export says of it", "rows": 2}], march
assert ledgers["june.csv"]["used"] == 1 and ledgers["june.csv"]["duplicates"] == 1, ledgers
PYTHON
}
check 'and the ledger counts it as left out' late_ledger
withdrawn_stays() {
  outcomes R1,2025-01-14,accepted,,, > corrected.csv
  begin --as-of 2025-01-31 r.csv && ingest --as-of 2025-03-31 march.csv && ingest --as-of 2025-06-30 --replace-events corrected.csv &&
    grep -q ' 1 withdrawn$' out && outcomes R1,2025-01-12,rejected,OLD,yes,yes R1,2025-02-01,booked,,, > april.csv &&
    ingest --as-of 2025-04-30 --replace-events april.csv && same 'april.csv: outcomes, 2 read, 1 new, 0 updated, 1 unchanged, 0 duplicate, 0 rejected, 0 withdrawn' "$(< out)" &&
    same "$(printf '%s\n' 'R1|2025-01-14|accepted||' 'R1|2025-02-01|booked||')" "$(events | grep R1)"
}
check 'nor does it bring back what a later one withdrew, or withdraw what it says' withdrawn_stays
worded_otherwise() {
  outcomes R1,2025-01-12,rejected,OTHER,no,no R1,2025-02-01,booked,,, > april-too.csv
  begin --as-of 2025-01-31 r.csv && ingest --as-of 2025-03-31 march.csv && ingest --as-of 2025-06-30 --replace-events corrected.csv &&
    ingest --as-of 2025-04-30 april-too.csv && same 'april-too.csv: outcomes, 2 read, 1 new, 0 updated, 1 unchanged, 0 duplicate, 0 rejected' "$(< out)" &&
    same "$(printf '%s\n' 'R1|2025-01-14|accepted||' 'R1|2025-02-01|booked||')" "$(events | grep R1)"
}
check 'however the earlier one words it' worded_otherwise
undated() {
  begin --as-of 2025-06-30 r.csv june.csv && ingest march.csv && same 'march.csv: outcomes, 3 read, 1 new, 2 updated, 0 unchanged, 0 duplicate, 0 rejected' "$(< out)" &&
    begin r.csv march.csv && ingest --as-of 2025-01-31 june.csv && grep -q ' 2 updated,' out
}
check 'where a day is not given, what is taken in later wins' undated

# The same file as a later export: what it says, and what it said again of another file, is of the later day.
outcomes R1,2025-01-12,rejected,NEW,no,no > r1-new.csv
outcomes R1,2025-01-12,rejected,OLD,yes,yes > r1-old.csv
redated() {
  begin --as-of 2025-01-31 r.csv june.csv && ingest --as-of 2025-06-30 june.csv && same 'june.csv: taken in before; now as of 2025-06-30' "$(< out)" && same '' "$(< err)" &&
    ingest --as-of 2025-03-31 r1-old.csv && grep -q ' 0 updated, 1 unchanged' out && same 'R1|2025-01-12|rejected|NEW|no' "$(events | grep R1)" &&
    same '2025-01-31 2025-06-30 2025-03-31' "$(sql 'SELECT as_of FROM import ORDER BY name = "r.csv" DESC, id' | paste -sd ' ')" &&
    run "$program" report --no-charts --no-packs --audience analyst -o redated --store county.db && grep -q '"as_of":"2025-06-30"' redated/report.json
}
check 'a file that is taken in again as of a later day is of that day' redated
redated_again() {
  begin --as-of 2025-01-31 r.csv r1-new.csv && ingest june.csv && ingest --as-of 2025-06-30 june.csv && grep -qx 'june.csv: taken in before; now as of 2025-06-30' out &&
    ingest --as-of 2025-03-31 r1-old.csv && same 'R1|2025-01-12|rejected|NEW|no' "$(events | grep R1)" &&
    ingest --as-of 2025-06-30 june.csv && same 'june.csv: taken in before; nothing changed' "$(< out)" && ingest june.csv && same '' "$(< err)"
}
check 'so is what it says of another file, and where no day was given at first' redated_again
earlier_day() {
  begin --as-of 2025-06-30 r.csv june.csv && ingest --as-of 2025-03-31 june.csv && same 'june.csv: taken in before; nothing changed' "$(< out)" &&
    same 'referlens: warning: june.csv: was taken in as of 2025-06-30 before; that is the later day, and stays' "$(< err)" && same 2025-06-30 "$(sql 'SELECT DISTINCT as_of FROM import')"
}
check 'an earlier day than that kept with it is not kept, and a warning says so' earlier_day
redated_late() {
  begin --as-of 2025-06-30 r.csv r1-new.csv && ingest --as-of 2025-03-31 r1-old.csv && ingest --as-of 2025-09-30 r1-old.csv &&
    same 'r1-old.csv: taken in before; now as of 2025-09-30: what later files replaced stays replaced' "$(< out)" && same 'R1|2025-01-12|rejected|NEW|no' "$(events)"
}
check 'what it says otherwise than a later file did stays replaced, and that is said' redated_late

# The store has of one event what one of two files of one command says, and the other contradicts.
outcomes R1,2025-01-12,rejected,X,no,no > stored.csv
outcomes R1,2025-01-12,rejected,X,yes,yes > a.csv
outcomes R1,2025-01-12,rejected,X,no,no R1,2025-02-12,booked,,, > b.csv
cp a.csv z.csv
named_first() { begin r.csv stored.csv && ingest a.csv b.csv && like_files r.csv a.csv b.csv && cp from-store/measures.json first.json; }
check 'files of one command are settled as in a report, whatever the store had of one of them' named_first
named_last() { begin r.csv stored.csv && ingest b.csv z.csv && like_files r.csv b.csv z.csv && cmp from-store/measures.json first.json; }
check 'and whatever their names are' named_last
siblings_of() {
  printf 'practice_code,list_size\nA81001,%s\n' 9000 > p0.csv
  printf 'practice_code,list_size\nA81001,%s\n' 8000 > p1.csv
  printf 'practice_code,list_size\nA81001,%s\nA81002,1\n' 9000 > p2.csv
  begin r.csv p0.csv && ingest p1.csv p2.csv && like_files r.csv p1.csv p2.csv && same '8000 1' "$(sql 'SELECT list_size FROM practice ORDER BY practice_code' | paste -sd ' ')" &&
    referrals R1,A81001,2025-01-06,330,rmc > r1.csv && referrals R1,A81001,2025-01-06,330,none > r2.csv && referrals R1,A81001,2025-01-06,330,rmc R4,A81001,2025-01-06,330, > r3.csv &&
    begin r1.csv && ingest r2.csv r3.csv && like_files r2.csv r3.csv && same 'none' "$(sql "SELECT scheme FROM referral WHERE referral_id = 'R1'")"
}
check 'of practices and referrals too' siblings_of

blanks() {
  outcomes R1,2025-01-12,rejected,X,no,no > known.csv
  outcomes R1,2025-01-12,rejected,,, R2,2025-01-12,rejected,Y,, > blank.csv
  outcomes R2,2025-01-12,rejected,X,no,no > known-too.csv
  begin r.csv known.csv known-too.csv && ingest blank.csv && same 'blank.csv: outcomes, 2 read, 0 new, 1 updated, 1 unchanged, 0 duplicate, 0 rejected' "$(< out)" &&
    same "$(printf '%s\n' 'R1|2025-01-12|rejected|X|no' 'R2|2025-01-12|rejected|Y|')" "$(events)"
}
check 'an event whose details are blank takes nothing away; one of which any is known replaces the event whole' blanks

# A thin later export that is taken in first: R1's event without details. What an earlier one knows of it is let in beside it,
# and gives way to one of a day between them; R2's event, of which the later one knows something, stays as it is.
late_details() {
  outcomes R1,2025-01-12,rejected,X,yes, R2,2025-01-12,rejected,X,yes,yes > march-full.csv
  outcomes R1,2025-01-12,rejected,Z,no,no > april-full.csv
  begin --as-of 2025-06-30 r.csv blank.csv && ingest --as-of 2025-03-31 march-full.csv && same 'march-full.csv: outcomes, 2 read, 1 new, 0 updated, 1 unchanged, 0 duplicate, 0 rejected' "$(< out)" &&
    same "$(printf '%s\n' 'R1|2025-01-12|rejected|X|yes' 'R2|2025-01-12|rejected|Y|')" "$(events)" && head -2 march-full.csv > march-r1.csv && like_files r.csv blank.csv march-r1.csv &&
    ingest --as-of 2025-04-30 april-full.csv && grep -q ' 0 new, 1 updated, 0 unchanged' out && same 'R1|2025-01-12|rejected|Z|no' "$(events | grep R1)" &&
    outcomes R1,2025-01-12,rejected,W,no,no > february-full.csv && ingest --as-of 2025-02-28 february-full.csv && grep -q ' 0 new, 0 updated, 1 unchanged' out &&
    same 'R1|2025-01-12|rejected|Z|no' "$(events | grep R1)"
}
check 'where a later export knows no details of an event, those of an earlier one that is taken in after it count' late_details

# Rows of which a profile takes the first for the referral: the lowest number counts, whichever export it came in.
cat > mine.json << 'JSON'
{"name": "mine", "title": "Mine", "makes": [{"name": "referral", "kind": "referrals", "first_by": "Action", "fields": {
  "referral_id": "Number", "practice_code": "Practice", "referral_date": {"column": "Day", "date": "YYYY-MM-DD"},
  "specialty_code": "Specialty"}}]}
JSON
actions() {
  echo Number,Practice,Day,Specialty,Action
  printf '%s\n' "$@"
}
actions U1,A81001,2025-01-06,100,100 U2,A81001,2025-01-06,300,300 U3,A81001,2025-01-06,500,500 > q1.csv
actions U1,A81001,2025-01-06,101,300 U2,A81001,2025-01-06,299,200 U3,A81001,2025-01-06,501,500 U3,A81001,2025-01-06,500,700 > q2.csv
specialties() { sql 'SELECT specialty_code FROM referral ORDER BY referral_id' | paste -sd ' '; }
ordered() {
  begin --profile mine.json q1.csv && same '100 300 500' "$(specialties)" && ingest --profile mine.json q2.csv &&
    same 'q2.csv: referrals, 4 read, 3 new, 1 updated, 0 unchanged, 0 duplicate, 0 rejected' "$(< out)" && same '100 299 501' "$(specialties)" &&
    sed 's/U3,A81001,2025-01-06,500,500/U3,A81001,2025-01-06,501,500/' q1.csv > q1-corrected.csv && report_on from-store --store county.db &&
    report_on from-files --profile mine.json q1-corrected.csv q2.csv && cmp from-store/measures.json from-files/measures.json
}
check 'of rows that make one referral the first counts in all exports, and of the same row the later' ordered

at_random() {
  mkdir random && (cd random && python3 "$support/random_store.py" "$program" 1 15)
}
check 'so it is for exports at random, and the views show what a report uses' at_random

# What the views show.
one_row_each() {
  referrals R1,A81001,2025-01-06,330,rmc R1,A81001,2025-01-06,330,rmc R2,A81001,2025-01-06,330,rmc R2,A81001,2025-01-06,330,none > twice.csv
  outcomes R1,2025-01-12,rejected,X,,no R1,2025-01-12,rejected,X,,no R1,2025-01-12,rejected,X,no,no R1,2025-01-12,rejected,Y,,no > events.csv
  begin twice.csv events.csv && same 3 "$status" && same "$(printf '%s\n' 'R1|rmc|2' 'R2|none|5')" "$(sql 'SELECT referral_id, scheme, line FROM referral ORDER BY 1')" &&
    same "$(printf '%s\n' 'R1|2025-01-12|rejected|X|no' 'R1|2025-01-12|rejected|Y|')" "$(events)" &&
    same "$(sql 'SELECT rejected FROM import ORDER BY name DESC LIMIT 1')" "$(sql 'SELECT count(*) FROM rejected')" &&
    same 'twice.csv|4|conflict: another row of the same key differs' "$(sql 'SELECT file, line, reason FROM rejected')" &&
    report_on from-store --store county.db && grep -c '"used":2' from-store/report.json && same 2 "$(wc -l < from-store/rejects.csv)"
}
check 'the views show one row of each, and the other rows as rejected where they contradict it' one_row_each
across_files() {
  referrals R1,A81001,2025-01-06,330,rmc R3,A81001,2025-01-06,330, > again.csv
  begin twice.csv events.csv again.csv && same "$(printf '%s\n' 'R1|rmc' 'R2|none' 'R3|')" "$(sql 'SELECT referral_id, scheme FROM referral ORDER BY 1')" &&
    referrals R2,A81001,2025-01-06,330,peer_review > later.csv && ingest later.csv &&
    same "$(printf '%s\n' 'R1|rmc' 'R2|peer_review' 'R3|')" "$(sql 'SELECT referral_id, scheme FROM referral ORDER BY 1')" && same 0 "$(sql 'SELECT count(*) FROM rejected')"
}
check 'of several files too, until a later one settles it' across_files
agreed_again() {
  referrals R2,A81001,2025-01-06,330,rmc > loser.csv
  begin twice.csv && ingest loser.csv && same rmc "$(sql "SELECT scheme FROM referral WHERE referral_id = 'R2'")" && same 0 "$(sql 'SELECT count(*) FROM rejected')" &&
    referrals R5,A81001,2025-01-06,330,rmc > single.csv && begin single.csv && referrals R5,A81001,2025-01-06,330,rmc R5,A81001,2025-01-06,330,rmc > double.csv &&
    ingest double.csv && same 'double.csv: referrals, 2 read, 0 new, 0 updated, 1 unchanged, 1 duplicate, 0 rejected' "$(< out)" && same 1 "$(sql 'SELECT count(*) FROM referral')"
}
check 'a row that lost counts once a later export says it too' agreed_again

# Tables: a scheme that began on another day, and a meeting that was moved.
kept() { echo "referlens: note: $1: $2 that earlier files have and it has not stay (rows: $3); use --replace-tables if it holds all of them$4"; }
starts() { sql 'SELECT practice_code, start_date FROM scheme ORDER BY 1, 2' | paste -sd ' '; }
schemes A81001,rmc,2024-01-01 A81002,rmc,2024-02-01 > wrong.csv
schemes A81001,rmc,2024-03-01 > right.csv
moved() {
  begin wrong.csv && ingest right.csv && same "$(kept right.csv schemes 2 '')" "$(< err)" && same 3 "$(sql 'SELECT count(*) FROM scheme')" &&
    ingest --replace-tables right.csv && same 'right.csv: taken in before; 2 withdrawn' "$(< out)" && same '' "$(< err)" && same 'A81001|2024-03-01' "$(starts)" &&
    cp county.db before.db && ingest --replace-tables right.csv && same 'right.csv: taken in before; nothing changed' "$(< out)" && cmp county.db before.db
}
check 'rows of schemes that a later file has not stay, and are told; --replace-tables withdraws them' moved
together() {
  schemes A81002,rmc,2024-02-01 > other.csv
  begin wrong.csv && ingest --replace-tables other.csv right.csv && same 'A81001|2024-03-01 A81002|2024-02-01' "$(starts)" && same '' "$(< err)" &&
    begin wrong.csv && ingest other.csv right.csv && same "$(kept other.csv schemes 1 '')
$(kept right.csv schemes 1 '')" "$(< err)"
}
check 'the files of one command are one table' together
meetings() {
  printf 'practice_code,session_date,topic\nA81001,2025-01-10,Ears\nA81001,2025-02-10,Eyes\n' > s1.csv
  printf 'practice_code,session_date,topic\nA81001,2025-01-17,Ears\nA81001,2025-02-10,Eyes\n' > s2.csv
  begin s1.csv && ingest s2.csv && same "$(kept s2.csv sessions 1 '')" "$(< err)" && ingest --replace-tables s2.csv && same '2025-01-17 2025-02-10' "$(sql 'SELECT session_date FROM session ORDER BY 1' | paste -sd ' ')"
}
check 'a meeting that was moved is rid of its first day' meetings
periods() {
  printf 'practice_code,list_size,period\nA81001,9000,2025-Q1\nA81002,8000,2025-Q1\n' > q1p.csv
  printf 'practice_code,list_size,period\nA81001,9100,2025-Q2\n' > q2p.csv
  printf 'practice_code,list_size,period\nA81001,9001,2025-Q1\n' > q1c.csv
  begin q1p.csv && ingest --replace-tables q2p.csv && grep -q ' 0 withdrawn$' out && same '' "$(< err)" && ingest q1c.csv && same "$(kept q1c.csv practices 1 ' for its periods')" "$(< err)" &&
    ingest --replace-tables q1c.csv && same '9001 9100' "$(sql 'SELECT list_size FROM practice ORDER BY 1' | paste -sd ' ')"
}
check 'of practices the rows of other quarters stay' periods
periods_as_written() {
  printf 'practice_code,list_size,period\nA81001,9002,2024/25-Q4\n' > q1f.csv
  begin q1p.csv q2p.csv && ingest --replace-tables q1f.csv && grep -q ' 1 updated,.* 1 withdrawn$' out && same '9002 9100' "$(sql 'SELECT list_size FROM practice ORDER BY 1' | paste -sd ' ')"
}
check 'and a quarter is the same however it is written' periods_as_written
# Events of one day and type are told apart by their number, and rows of a practice by their quarter.
parts_of_a_key() {
  printf 'referral_id,event_date,event_type,event_seq\nR1,2025-01-12,dna,1\n' > seq1.csv
  printf 'referral_id,event_date,event_type,event_seq\nR1,2025-01-12,dna,2\n' > seq2.csv
  begin seq1.csv && ingest seq2.csv && grep -q ' 1 new, 0 updated,' out && same '1 2' "$(sql 'SELECT event_seq FROM event ORDER BY 1' | paste -sd ' ')" &&
    begin q1p.csv && ingest q2p.csv && grep -q ' 1 new, 0 updated,' out && same '8000 9000 9100' "$(sql 'SELECT list_size FROM practice ORDER BY 1' | paste -sd ' ')"
}
check 'an event is the same by its number too, and a list size by its quarter' parts_of_a_key
table_rejects() {
  schemes A81001,rmc,2024-03-01 A81002,rmc,2024-13-01 > broken.csv
  begin wrong.csv && ingest --replace-tables broken.csv && same 3 "$status" && grep -q ' 0 withdrawn$' out && same 3 "$(sql 'SELECT count(*) FROM scheme')" &&
    grep -qx 'referlens: warning: broken.csv: rows were rejected, so that it may not hold all schemes; earlier ones that are not in it are kept (rows: 2)' err
}
check 'a table of which rows were rejected withdraws nothing' table_rejects
table_late() {
  begin --as-of 2025-06-30 right.csv && ingest --as-of 2025-03-31 --replace-tables wrong.csv && same '' "$(< err)" && grep -q ' 0 withdrawn$' out && same 3 "$(sql 'SELECT count(*) FROM scheme')"
}
check 'nor does one of an earlier day' table_late
table_reworded() {
  costs=practice_code,scheme,start_date,annual_cost
  printf '%s\n' $costs A81001,rmc,2024-01-01,1000 A81002,rmc,2024-01-01,1000 > s-january.csv
  printf '%s\n' $costs A81001,rmc,2024-02-01,1000 A81002,rmc,2024-01-01,1000 > s-march.csv
  printf '%s\n' $costs A81001,rmc,2024-01-01,900 > s-february.csv
  begin --as-of 2024-01-31 s-january.csv && ingest --as-of 2024-03-31 --replace-tables s-march.csv && ingest --as-of 2024-02-28 s-february.csv &&
    same 's-february.csv: schemes, 1 read, 0 new, 0 updated, 1 unchanged, 0 duplicate, 0 rejected' "$(< out)" && same 'A81001|2024-02-01 A81002|2024-01-01' "$(starts)"
}
check 'nor does one of an earlier day bring back a row that a later one withdrew, whatever else it says of it' table_reworded
table_overtaken() {
  begin right.csv && ingest wrong.csv && ingest --replace-tables right.csv &&
    same 'referlens: warning: right.csv: other files of its kind were taken in after it, so nothing is withdrawn; name the last one' "$(< err)"
}
check 'a table that others came after withdraws nothing' table_overtaken

hint() {
  begin r.csv first.csv wrong.csv && ingest first.csv && same 'first.csv: taken in before; nothing changed' "$(< out)" &&
    outcomes R2,2025-01-12,rejected,OTHER,no,no > other-events.csv && ingest other-events.csv && ingest first.csv wrong.csv r.csv && same "$(printf '%s\n' \
      'first.csv: taken in before; nothing changed: what later files replaced stays replaced' 'r.csv: taken in before; nothing changed' \
      'wrong.csv: taken in before; nothing changed')" "$(< out)"
}
check 'that later files replaced something is said of the file of which they did' hint

finish
