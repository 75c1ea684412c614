#!/usr/bin/env bash
# `referlens report` where schemes are compared: which files there are, the reference, what is masked, and that the brief is
# one page of A4.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh
. tests/support/fonts.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
county=$PWD/sample-data
export PYTHONDONTWRITEBYTECODE=1
mkdir "$scratch/work"
cd "$scratch/work"

# report FOLDER ARGUMENT…: status and stderr are kept.
report() {
  local folder=$1
  shift
  status=0
  "$program" report --no-packs -o "$folder" "$@" > stdout 2> stderr || status=$?
}

report shared --as-of 2025-06-30 "$county"/*.csv
check 'a county of several schemes' same 0 "$status"
all_files() {
  local file
  for file in comparison.json comparison.html brief.html charts/scheme-{outcomes,waits,balance,moves}.svg \
    charts/meeting-series.{svg,tsv}; do
    [[ -s shared/$file ]] || { echo "not there: $file" && return 1; }
  done
}
check 'has the pages, their numbers and their charts' all_files

is_masked() {
  python3 - << 'PYTHON'
import json
document = json.load(open("shared/comparison.json"))
def counts(name, value):
    if value is not None and value % 5 != 0:
        raise SystemExit(f"{name} is {value}")
for outcome in document["outcomes"]:
    for side in (outcome, outcome["reference"]):
        counts(outcome["measure"], side["referrals"])
        counts(outcome["measure"], side["events"])
for change in document["switches"] + document["sessions"]:
    for point in change["series"]["points"]:
        counts(change["measure"], point["numerator"])
        if change["measure"] != "referral_rate":
            counts(change["measure"], point["denominator"])
        if point["numerator"] is None and point["value"] is not None:
            raise SystemExit("a hidden count has a value")
for cost in document["costs"]:
    for key in ("requests", "stopped", "known", "unattended", "unattended_known", "avoided", "came_back", "returned_with_advice", "without_cost"):
        counts(key, cost[key])
PYTHON
}
check 'every count of a shared comparison is rounded' is_masked

# A rate is of referrals over person-years: referrals per 1,000 a year × person-years ÷ 1,000 are the referrals.
rates_have_person_years() {
  python3 - << 'PYTHON'
import json
document = json.load(open("shared/comparison.json"))
rates = 0
for outcome in document["outcomes"] + document["waits"]:
    for side in (outcome, outcome["reference"]):
        if outcome["measure"] != "referral_rate":
            assert side["person_years"] is None and side["referrals"] is not None, outcome["measure"]
            continue
        rates += 1
        assert side["referrals"] is None, side
        assert abs(side["crude"]["value"] * side["person_years"] / 1000 - side["events"]) < 1e-6, side
assert rates == 8, rates
PYTHON
}
check 'a rate has person-years, all else referrals' rates_have_person_years

# results.sqlite tells of schemes what comparison.json does, whoever may see it.
tables_agree() { # FOLDER AUDIENCE
  python3 - "$1" "$2" << 'PYTHON'
import json, sqlite3, sys
folder, audience = sys.argv[1:]
database = sqlite3.connect(f"{folder}/results.sqlite")
database.row_factory = sqlite3.Row
document = json.load(open(f"{folder}/comparison.json"))
rows = {(row["scheme"], row["measure"], row["kind"], row["days"]): dict(row)
        for row in database.execute("SELECT * FROM comparison ORDER BY id")}
counts = "practices", "referrals", "person_years", "events"

def estimate(name, of):
    return {name: of["value"], f"{name}_lower": of["lower"], f"{name}_upper": of["upper"]}

def expect(of, kind, days, reason=None, **estimates):
    row = {"scheme": of["scheme"], "reference": document["reference"], "measure": of["measure"], "kind": kind, "days": days,
           "status": of["status"], "reason": of["reason"] or reason, **{name: of[name] for name in counts},
           **{f"reference_{name}": of["reference"][name] for name in counts}}
    for name in ("crude", "standardised", "reference_crude", "reference_standardised", "crude_difference", "difference", "odds_ratio"):
        row.update(estimate(name, estimates.get(name) or {"value": None, "lower": None, "upper": None}))
    found = rows.pop((of["scheme"], of["measure"], kind, days))
    for name, value in row.items():
        assert found[name] == value, (of["scheme"], of["measure"], name, found[name], value)
    return found

kinds = {measure["id"]: measure["kind"] for measure in json.load(open(f"{folder}/measures.json"))["measures"]}
for of in document["outcomes"]:
    found = expect(of, kinds[of["measure"]], None, crude=of["crude"], standardised=of["standardised"],
                   reference_crude=of["reference"]["crude"], reference_standardised=of["reference"]["standardised"],
                   crude_difference=of["crude_difference"], difference=of["difference"], odds_ratio=of["odds_ratio"])
    assert (found["side"], found["sign_change"]) == (of["side"], int(of["sign_change"]))
for of in document["waits"]:
    for at in of["within"]:
        found = expect(of, "within", at["days"], at["reason"], **{name: at[name] for name in (
            "crude", "standardised", "reference_crude", "reference_standardised", "difference")})
        assert (found["side"], found["sign_change"]) == (at["side"], int(at["sign_change"]))
        exact = {name: {"value": at[name], "lower": None, "upper": None} for name in ("crude_mean", "reference_crude_mean")}
        found = expect(of, "mean", at["days"], at["mean_reason"], crude=exact["crude_mean"], reference_crude=exact["reference_crude_mean"],
                       standardised=at["mean"], reference_standardised=at["reference_mean"], difference=at["mean_difference"])
        assert found["side"] == at["mean_side"]
assert rows == {}, rows.keys()
[report] = [dict(row) for row in database.execute("SELECT * FROM report")]
notice = report.pop("notice")
assert report == {"tool": "referlens", "version": document["tool"]["version"], "schema_version": document["schema_version"],
                  "as_of": "2025-06-30", "period": "2025-Q2", "audience": audience, "reference": document["reference"]}, report
assert notice.startswith("Exact counts: do not share." if audience == "analyst" else "Masked: "), notice
PYTHON
}
check 'the tables of results.sqlite agree with it' tables_agree shared shared
report analyst --no-charts --audience analyst --as-of 2025-06-30 "$county"/*.csv
check "an analyst's too" tables_agree analyst analyst

# What is planted in the sample county: sample-data/README.md.
finds_the_moves() {
  python3 - << 'PYTHON'
import json
changes = json.load(open("shared/comparison.json"))["switches"]
found = {(c["from"], c["to"]): c["practices"] for c in changes}
expected = {("none", "rmc"): 2, ("none", "specialist_advice"): 1, ("rmc", "specialist_advice"): 1,
            ("none", "peer_review"): 1, ("rmc", "none"): 1}
assert found == expected, found
PYTHON
}
check 'the practices that moved are those planted' finds_the_moves

says_observational() {
  local page
  for page in shared/comparison.html shared/brief.html; do grep -q 'Observational' "$page" || return 1; done
  ! grep -qE '(src|href)="(http|//)' shared/comparison.html shared/brief.html
}
check 'both pages say observational, and load nothing' says_observational

other_reference() {
  report reference --no-charts --reference rmc --as-of 2025-06-30 "$county"/*.csv
  same 0 "$status" && same rmc "$(python3 -c '
import json
document = json.load(open("reference/comparison.json"))
assert not any(o["scheme"] == "rmc" for o in document["outcomes"]) and any(o["scheme"] == "none" for o in document["outcomes"])
print(document["reference"])')" && grep -q 'The reference' reference/comparison.html
}
check 'another reference' other_reference
unknown_reference() {
  report unknown --reference magic "$county"/*.csv
  same 2 "$status" && [[ ! -e unknown ]] && grep -q -- '--reference' stderr
}
check 'a reference that is no scheme' unknown_reference

one_scheme() {
  printf '%s\n' 'referral_id,practice_code,referral_date,specialty_code,scheme' 'R1,A81001,2024-01-01,330,rmc' \
    'R2,A81002,2024-01-02,330,rmc' > referrals.csv
  report one --no-charts --as-of 2024-06-30 referrals.csv
  same 0 "$status" && [[ ! -e one/comparison.json && ! -e one/comparison.html && ! -e one/brief.html ]]
}
check 'with one scheme there is nothing to compare' one_scheme
no_data_reference() {
  report none --no-charts --reference none --as-of 2024-06-30 referrals.csv
  same 0 "$status" && grep -q "schemes can't be compared with none" stderr && [[ ! -e none/comparison.json ]]
}
check 'a reference without data is told' no_data_reference
two_schemes() {
  echo 'R3,A81003,2024-01-03,330,none' >> referrals.csv
  report two --no-charts --audience analyst --as-of 2024-06-30 referrals.csv
  same 0 "$status" && [[ -e two/comparison.json ]] && grep -q 'annual_cost' two/comparison.html &&
    grep -q 'sessions.csv' two/comparison.html && grep -q 'No data.' two/comparison.html
}
check 'two schemes and nothing else: the page says what to supply' two_schemes

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
one_page() { # FOLDER FONTS
  FONTCONFIG_FILE=$scratch/fonts/$2.conf "$browser" --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
    --print-to-pdf=brief.pdf "file://$PWD/$1/brief.html" > /dev/null 2>&1
  same 1 "$(python3 -c 'import re; print(len(re.findall(rb"/Type\s*/Page[^s]", open("brief.pdf", "rb").read())))')"
}
# Where every scheme has enough practices each sentence has its interval, and the brief is as long as it gets.
"$program" synth --practices 60 --referrals 60000 --seed 3 -o county-of-60 2> /dev/null
report large --no-charts --as-of 2025-06-30 county-of-60/*.csv
for set in "${font_sets[@]}"; do
  if [[ -z $browser ]]; then
    missing='there is no Chromium'
  else
    missing=$(font_set "$set" "$scratch/fonts") || true
  fi
  for folder in shared reference large; do
    name="the brief ($folder) is one page of A4 in $set"
    if [[ -z $missing ]]; then check "$name" one_page "$folder" "$set"; else skip "$name" "$missing"; fi
  done
done
finish
