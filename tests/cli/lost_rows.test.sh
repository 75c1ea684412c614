#!/usr/bin/env bash
# An export that spoils the rows of one event type alone: 40 referrals of one practice, 17 of them rejected. Only rejections
# say whether the referrer was contacted, and they say it in capitals, which make a difference: no rejection can be used.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
cd "$scratch"

python3 - << 'PYTHON'
with open("referrals.csv", "w") as referrals, open("outcomes.csv", "w") as outcomes:
    print("referral_id,practice_code,referral_date,specialty_code,scheme", file=referrals)
    print("referral_id,event_date,event_type,referrer_contacted", file=outcomes)
    for i in range(40):
        print(f"R{i},P1,2025-01-06,330,{'rmc' if i % 2 else 'none'}", file=referrals)
        print(f"R{i},2025-01-08,{'rejected,No' if i < 17 else 'accepted,'}", file=outcomes)
PYTHON
options=(--as-of 2025-03-31 --no-charts)
"$program" report "${options[@]}" --audience analyst -o files referrals.csv outcomes.csv 2> log || [ $? = 3 ]
"$program" report "${options[@]}" -o shared referrals.csv outcomes.csv 2> /dev/null || [ $? = 3 ]
"$program" check --as-of 2025-03-31 referrals.csv outcomes.csv > checked 2> /dev/null || [ $? = 3 ]
"$program" ingest --store store.db referrals.csv outcomes.csv > /dev/null 2>&1 || [ $? = 3 ]
"$program" report "${options[@]}" --audience analyst --store store.db -o stored 2> /dev/null || [ $? = 3 ]

words='17 of the 17 rows that say rejected could not be used'

the_trust_box_says_what_is_lost_and_what_it_does() {
  for page in files/index.html files/practices/P1/index.html checked; do
    grep -qF "$words: the rejection rate is too low" "$page" || { echo "$page does not say so"; return 1; }
  done
  grep -qF '15 of the 15 rows that say rejected' shared/index.html
}

the_numbers_that_it_spoils_are_marked_and_not_compared() {
  python3 - << PYTHON
import json, sqlite3
measures = {of["id"]: of["caution"] for of in json.load(open("files/measures.json"))["measures"]}
assert measures["rejection_rate"] == "not to be trusted: $words", measures
assert measures["asi_rate"] is None
database = sqlite3.connect("files/results.sqlite")
assert dict(database.execute("SELECT id, caution FROM measure"))["rejection_rate"] == measures["rejection_rate"]
pack = json.load(open("files/practices/P1/pack.json"))
cells = {of["id"]: of["overall"] for of in pack["proportions"]}
assert cells["rejection_rate"]["untrusted"] and not cells["asi_rate"]["untrusted"]
assert cells["rejection_rate"]["finding"] is None
comparison = json.load(open("files/comparison.json"))
told = [of for of in comparison["outcomes"] if of["measure"] == "rejection_rate"]
assert told and all(of["difference"]["value"] is None and "not to be trusted" in of["reason"] for of in told), told
quality = json.load(open("files/report.json"))["data_quality"]
assert quality["events_lost"] == [
    {"event_type": "rejected", "rejected": 17, "rows": 17, "effect": "the rejection rate is too low"}], quality
PYTHON
  grep -q '<strong class="untrusted">not to be trusted' files/practices/P1/index.html
}

a_column_that_held_values_is_not_said_to_be_unrecorded() {
  python3 - << 'PYTHON'
import json
statuses = {of["measure"]: of["status"] for of in json.load(open("files/measures.json"))["results"]}
assert statuses["rejected_without_dialogue"] == "insufficient", statuses  # 17 values were there
assert statuses["rejected_without_patient"] == "not_recorded", statuses   # there is no such column
trust = json.load(open("files/practices/P1/pack.json"))["trust"]
told = [of["text"] for of in trust if of["kind"] == "not_recorded"]
assert told and "without a word with the referrer" not in told[0], told
PYTHON
}

# A wait for what nobody could read is no wait: without any attendance that could be used there is no number.
events_of_which_none_could_be_used_give_no_number() {
  sed 's/rejected,No/first_attended,No/' outcomes.csv > attended.csv
  "$program" report "${options[@]}" --audience analyst -o attended referrals.csv attended.csv 2> /dev/null || [ $? = 3 ]
  python3 - << 'PYTHON'
import json
results = [of for of in json.load(open("attended/measures.json"))["results"] if of["measure"] == "wait_first_attendance"]
assert results and all(of["status"] == "insufficient" and of["median"] is None for of in results), results[0]
texts = [of["text"] for of in json.load(open("attended/practices/P1/pack.json"))["trust"]]
assert not any("No attendance is recorded" in of for of in texts), texts
assert any(of.startswith("17 of the 17 rows that say first_attended could not be used") for of in texts), texts
PYTHON
}

a_word_in_capitals_is_said_to_be_one() {
  grep -qF "referrer_contacted 'No' is not one of the known words (expected yes or no; capitals make a difference: 'no'?)" log
}

a_store_says_the_same() {
  diff -r files stored
}

# Dates of which the month comes second can all be read once that is said; R1's rejection is a row like any other then.
a_file_that_is_read_again_lost_nothing() (
  mkdir again && cd again
  printf 'referral_id,practice_code,referral_date,specialty_code\nR1,P1,2025-01-06,330\nR2,P1,2025-01-06,330\n' > r.csv
  printf 'referral_id,event_date,event_type\nR1,08/01/2025,rejected\nR2,13/01/2025,accepted\n' > o.csv
  "$program" ingest -s s.db r.csv o.csv > first 2> /dev/null || [ $? = 3 ]
  "$program" ingest -s s.db --date-format DD/MM/YYYY o.csv > second 2> /dev/null
  "$program" report "${options[@]}" --audience analyst -s s.db -o report 2> /dev/null
  cat first second
  python3 - << 'PYTHON'
import json
assert json.load(open("report/report.json"))["data_quality"]["events_lost"] == []
assert all(of["caution"] is None for of in json.load(open("report/measures.json"))["measures"])
trust = json.load(open("report/practices/P1/pack.json"))["trust"]
assert not any(of["kind"] == "events_lost" for of in trust), trust
PYTHON
)

# A county whose practices write the dates of rejections in another way from their first meeting on: all rejections after
# it are lost, which looks like what a meeting does, and like a scheme that costs more for each request avoided.
what_a_loss_spoils_is_no_change_and_has_no_price() {
  "$program" synth -o county --referrals 20000 --practices 30 --seed 3 2> /dev/null
  python3 - << 'PYTHON'
import csv
read = lambda name: list(csv.DictReader(open(f"county/{name}.csv")))
met = {}
for row in read("sessions"):
    met[row["practice_code"]] = min(met.get(row["practice_code"], "9"), row["session_date"])
practice = {row["referral_id"]: row["practice_code"] for row in read("referrals")}
rows = read("outcomes")
for row in rows:
    if row["event_type"] == "rejected" and row["event_date"] >= met.get(practice[row["referral_id"]], "9"):
        row["event_date"] = "/".join(reversed(row["event_date"].split("-")))
with open("county/outcomes.csv", "w", newline="") as file:
    writer = csv.DictWriter(file, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
PYTHON
  "$program" report --audience analyst --as-of 2025-06-30 --no-charts --no-packs -o spoilt county/*.csv 2> /dev/null || [ $? = 3 ]
  python3 - << 'PYTHON'
import json, sqlite3
comparison = json.load(open("spoilt/comparison.json"))
told = "not to be trusted: rows that it counts could not be used"
for change in comparison["switches"] + comparison["sessions"]:
    estimates = [change["difference"], change["later"], change["pre_trend"], change["series"]["level_change"]]
    if change["measure"] == "rejection_rate":
        assert change["status"] == "insufficient", change
        assert all(of["value"] is None and of["reason"] == told for of in estimates), change
        assert all(of["fitted"] is None for of in change["series"]["points"]), change
assert any(of["measure"] == "returned_with_advice_rate" and of["difference"]["value"] is not None
           for of in comparison["sessions"])
for cost in comparison["costs"]:
    for figure in "per_avoided", "break_even", "avoided_share", "per_avoided_beyond_reference":
        is_reference = cost["scheme"] == comparison["reference"]
        reason = "it is the reference" if is_reference and figure == "per_avoided_beyond_reference" else told
        assert cost[figure]["value"] is None and cost[figure]["reason"] == reason, (cost["scheme"], figure, cost[figure])
    assert cost["per_request"]["value"] is not None
database = sqlite3.connect("spoilt/results.sqlite")
assert database.execute("SELECT count(*) FROM comparison WHERE difference IS NULL AND side IS NOT NULL").fetchone() == (0,)
assert database.execute("SELECT count(*) FROM comparison WHERE reason LIKE 'not to be trusted%'").fetchone()[0] > 0
PYTHON
  grep -qF 'No number (too few, not recorded or not to be trusted): What it cost.' spoilt/brief.html &&
    ! grep -qF 'turned away or advised that did not come back' spoilt/brief.html
}

check "the trust box says what is lost and what that does" the_trust_box_says_what_is_lost_and_what_it_does
check "the numbers that a loss spoils are marked, and compared with nothing" the_numbers_that_it_spoils_are_marked_and_not_compared
check "a column that held values is not said to be unrecorded" a_column_that_held_values_is_not_said_to_be_unrecorded
check "events of which none could be used give no number" events_of_which_none_could_be_used_give_no_number
check "a word that is known but for capitals is said to be" a_word_in_capitals_is_said_to_be_one
check "what a loss spoils is no change of schemes or meetings, and has no price" what_a_loss_spoils_is_no_change_and_has_no_price
check "a report on a store says the same" a_store_says_the_same
check "a file that was read again lost what it lost the second time, and no more" a_file_that_is_read_again_lost_nothing
finish
