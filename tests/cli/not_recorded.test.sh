#!/usr/bin/env bash
# What the input does not record is said to be not recorded: never "not yet", never "too few", and never 0. Three small
# counties of two practices: referrals alone, with decisions alone, and with attendances alone.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
cd "$scratch"

# A1 has 30 referrals, 10 in each of three months; A2 has 12, all in one. Of A1's referrals 9 were rejected, 21 accepted; or 18
# were seen; of A2's none was rejected or seen.
python3 - << 'PYTHON'
with open("referrals.csv", "w") as referrals, open("decisions.csv", "w") as decisions, open("attendances.csv", "w") as seen:
    print("referral_id,practice_code,referral_date,specialty_code,patient_key", file=referrals)
    for file in decisions, seen:
        print("referral_id,event_date,event_type", file=file)
    for practice, count, rejected, attended in (("A1", 30, 9, 18), ("A2", 12, 0, 0)):
        for i in range(count):
            month = 2 + 3 * (i // 10) if practice == "A1" else 2
            print(f"{practice}-{i},{practice},2024-{month:02}-05,330,P{practice}{i}", file=referrals)
            print(f"{practice}-{i},2024-{month:02}-08,{'rejected' if i < rejected else 'accepted'}", file=decisions)
            if i < attended:
                print(f"{practice}-{i},2024-{month:02}-25,first_attended", file=seen)
with open("sessions.csv", "w") as sessions:
    sessions.write("practice_code,session_date,topic\nA1,2024-05-15,Headache\n")
PYTHON

for given in nothing decisions attendances; do
  files=(referrals.csv sessions.csv)
  if [ "$given" != nothing ]; then files+=("$given.csv"); fi
  for audience in analyst practice shared; do
    "$program" report --audience "$audience" --as-of 2024-12-31 --period 2024-Q1 -o "$given-$audience" "${files[@]}" 2> log ||
      { cat log >&2; exit 1; }
  done
done

holds() { # FILE TEXT…
  local text
  for text in "${@:2}"; do
    grep -qF -- "$text" "$1" || { echo "$1 does not hold: $text"; return 1; }
  done
}

lacks() { # FILE TEXT…
  local text
  for text in "${@:2}"; do
    if grep -qF -- "$text" "$1"; then
      echo "$1 holds: $text"
      return 1
    fi
  done
}

# What a pack's JSON has at a path: "flow.decisions.4.count".
at() { # FOLDER PATH
  python3 - "$1/practices/A1/pack.json" "$2" << 'PYTHON'
import json, sys
value = json.load(open(sys.argv[1], encoding="utf-8"))
for key in sys.argv[2].split("."):
    value = value[int(key)] if key.isdigit() else value[key]
print(json.dumps(value))
PYTHON
}

referrals_are_counted() {
  local given
  for given in nothing decisions attendances; do
    same 30 "$(at "$given-analyst" referrals.overall.count)" && same 10 "$(at "$given-analyst" referrals.in_period.count)" &&
      same '"30"' "$(at "$given-practice" specialties.0.overall.referrals.text)" &&
      same 10 "$(at "$given-shared" quarters.0.referrals.count)" &&
      holds "$given-analyst/index.html" '42 referrals by 2 practices' '<td data-value="22">22' &&
      holds "$given-shared/index.html" '40 referrals by 2 practices' &&
      lacks "$given-analyst/index.html" 'too few to show</span></td>' &&
      holds "$given-analyst/practices/A1/charts/referrals-by-period.tsv" 'January to March 2024: 10 referrals' || return 1
  done
}

without_outcomes_nothing_is_pending() {
  local audience file
  for audience in analyst practice shared; do
    for file in "nothing-$audience"/{,practices/A1/}index.html; do
      holds "$file" 'No outcomes were given' 'Decision not recorded' 'Not recorded whether seen' 'decisions are not recorded' &&
        lacks "$file" '>No decision<' 'Still waiting' 'nothing was decided' 'none decided' 'worth an hour all the same' 'no practice has enough' \
          'no quarter has enough' 'Not complete yet' 'too early to compare' 'not enough data</span>' || return 1
    done
    holds "nothing-$audience/practices/A1/index.html" 'what became of them is not recorded' \
      'there is no before and after to compare' &&
      lacks "nothing-$audience/practices/A1/index.html" 'too few referrals' || return 1
  done
  same '"no_outcomes"' "$(at nothing-analyst trust.0.kind)" && same null "$(at nothing-analyst flow.decisions.3.count)" &&
    same 30 "$(at nothing-analyst flow.decisions.4.count)" && same '"not recorded"' "$(at nothing-analyst flow.seen.count_text)" &&
    same null "$(at nothing-analyst flow.seen.count)" &&
    holds nothing-analyst/charts/referral-flow.tsv 'Of 42 referrals neither the decision nor'
}

decisions_alone_say_nothing_of_attendances() {
  same '"no_attendances"' "$(at decisions-analyst trust.0.kind)" && same 9 "$(at decisions-analyst flow.decisions.3.count)" &&
    same 21 "$(at decisions-analyst flow.decisions.0.ends.0.count)" &&
    same '"Not recorded whether seen"' "$(at decisions-analyst flow.decisions.0.ends.0.words)" &&
    same null "$(at decisions-analyst flow.seen.count)" &&
    same '"Of 42 referrals 9 were rejected; it is not recorded who was seen"' "$(title decisions-analyst)" &&
    lacks decisions-analyst/index.html 'Still waiting' 'No outcomes were given' '>No decision<'
}

attendances_alone_say_nothing_of_decisions() {
  same '"no_decisions"' "$(at attendances-analyst trust.0.kind)" && same null "$(at attendances-analyst flow.decisions.0.count)" &&
    same '"Decision not recorded"' "$(at attendances-analyst flow.decisions.4.words)" &&
    same 18 "$(at attendances-analyst flow.decisions.4.ends.0.count)" &&
    same '"Treatment not recorded"' "$(at attendances-analyst flow.decisions.4.ends.0.words)" &&
    same '"Not seen so far"' "$(at attendances-analyst flow.decisions.4.ends.1.words)" &&
    same '"Of 42 referrals 18 were seen; decisions are not recorded"' "$(title attendances-analyst)" &&
    same '"not_recorded"' "$(at attendances-analyst bounced.own.status)" &&
    lacks attendances-analyst/index.html 'Still waiting' '>No decision<' 'No outcomes were given'
}

title() { # FOLDER: of the chart of the flow of all
  python3 - "$1/charts/referral-flow.tsv" << 'PYTHON'
import json, sys
block = open(sys.argv[1], encoding="utf-8").read().split("# title_left\n")[1].split("\n\n")[0].splitlines()[1:]
print(json.dumps(" ".join(row.split("\t")[2] for row in block)))
PYTHON
}

check 'referrals are counted, whatever is recorded of them' referrals_are_counted
check 'without outcomes nothing is called pending or too few' without_outcomes_nothing_is_pending
check 'decisions alone say nothing of attendances' decisions_alone_say_nothing_of_attendances
check 'attendances alone say nothing of decisions' attendances_alone_say_nothing_of_decisions
finish
