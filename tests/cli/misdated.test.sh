#!/usr/bin/env bash
# A referral or two dated before all others: they add no time to rates and costs, take no comparison away, and it is said.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
export PYTHONDONTWRITEBYTECODE=1
county=$PWD/sample-data
mkdir "$scratch/work"
cd "$scratch/work"
cp "$county"/{outcomes,practices,schemes,sessions}.csv .

# report FOLDER [OPTION…]: stderr is kept beside it.
report() {
  local folder=$1
  shift
  "$program" report --no-charts --no-packs --as-of 2025-06-30 -o "$folder" "$@" ./*.csv > /dev/null 2> "$folder.said"
}

# begun DATE: the county's referrals from that day on.
begun() {
  awk -F , -v from="$1" 'NR == 1 || $3 >= from' "$county/referrals.csv" > referrals.csv
}

# misdate DATE…: adds a referral of A81009, of which nothing more is known, for each.
misdate() {
  local date
  for date; do
    awk -F , -v OFS=, -v date="$date" 'NR == 2 { $1 = "EARLY" date; $3 = date; print; exit }' "$county/referrals.csv" >> referrals.csv
  done
}

# Rates by practice and specialty, overall and by quarter; costs; and what changed after a switch or a meeting.
cat > same.py << 'END'
import json, sqlite3, sys
def found(folder, early):
    rates = sqlite3.connect(folder + "/results.sqlite").execute(
        "select practice, specialty, period, numerator, denominator, value from result where measure = 'referral_rate' "
        "and scheme is null and status = 'ok' order by 1, 2, 3").fetchall()
    unknown = sqlite3.connect(folder + "/results.sqlite").execute(
        "select unknown from result where measure = 'referral_rate' "
        "and coalesce(practice, specialty, scheme, period) is null").fetchone()[0]
    comparison = json.load(open(folder + "/comparison.json"))
    return rates, unknown - early, [comparison[part] for part in ("costs", "switches", "sessions", "changes_left_out")]
before, after = found("without", 0), found("with", int(sys.argv[1]))
assert len(before[2][1]) == 65 and len(before[2][2]) == 13, "the county has switches and meetings"
for one, other in zip(before, after):
    assert one == other, (str(one)[:300], str(other)[:300])
END

# unmoved BEGIN DATE…
unmoved() {
  begun "$1"
  shift
  report without --audience analyst && misdate "$@" && report with --audience analyst && python3 same.py $# || return 1
  rm -r without with
}
check 'one in the quarter before moves no rate, no cost and no comparison' unmoved 2023-08-01 2023-05-10
check 'nor does one in the month before' unmoved 2023-08-01 2023-07-31
check 'nor one of years before' unmoved 2023-07-01 2013-07-01
check 'nor do six of different years' unmoved 2023-07-01 {2008,2010,2012,2014,2016,2018}-05-20

# Five years of twelve practices: every series with and without a referral two years before them.
cat > series.py << 'END'
import json
def series(folder):
    return json.load(open(folder + "/measures.json"))["series"]
compared = charts = 0
after = {tuple(one[key] for key in ("measure", "specialty", "scheme")): one for one in series("with")}
for one in series("without"):
    other = after[tuple(one[key] for key in ("measure", "specialty", "scheme"))]
    early = [point for point in other["points"] if point["before_window"]]
    assert all(point["lower_limit"] is None and point["signal"] is None for point in early), other
    assert not any(point["before_window"] for point in one["points"]), one
    other["points"] = other["points"][len(early):]
    assert one == other, (one, other)
    compared += len(early)
    charts += one["method"] == "p_prime" and one["measure"] == "rejection_rate" and one["specialty"] is None
assert compared >= 8 and charts >= 1, (compared, charts)
END
series() {
  "$program" synth --referrals 20000 --practices 12 --quarters 20 --seed 5 -o synth --force 2> /dev/null &&
    cp synth/*.csv . && report without --audience analyst || return 1
  awk -F , -v OFS=, 'NR == 2 { $1 = "EARLY"; $3 = (substr($3, 1, 4) - 2) substr($3, 5); print; exit }' \
    synth/referrals.csv >> referrals.csv
  report with --audience analyst && python3 series.py || return 1
  rm -r without with
}
check 'a quarter before all others moves no centre, no limit and no finding of a series' series

# quality: what report.json says of the window.
quality() {
  python3 -c 'import json; print(json.load(open("out/report.json"))["data_quality"]["observed_window"])'
}
words='What became of it is counted; rates, costs and comparisons over time leave it out'
said() {
  begun 2023-08-01 && misdate 2023-05-10 && report out --audience analyst || return 1
  same "{'first_day': '2023-08-01', 'requests_before': 1}" "$(quality)" &&
    same "referlens: warning: 1 request dated before 2023-08-01 stands alone at the beginning: if a date is wrong, correct it. $words" \
      "$(grep "alone at" out.said)" &&
    grep -F '1 request dated before 1 August 2023 stands alone at the beginning' out/index.html &&
    "$program" check --as-of 2025-06-30 ./*.csv 2> check.said |
      grep -Fx "1 request dated before 2023-08-01 stands alone at the beginning: if a date is wrong, correct it. $words" &&
    grep -F 'warning: 1 request dated before' check.said && rm -r out
}
check 'what stands alone at the beginning is said by report, its page and check' said
said_masked() {
  begun 2023-08-01 && misdate 2023-05-{10..12} && report out || return 1
  same "{'first_day': '2023-08-01', 'requests_before': None}" "$(quality)" &&
    grep -F 'warning: 1 to 7 requests dated before 2023-08-01 stand alone' out.said &&
    grep -F '1 to 7 requests dated before 1 August 2023 stand alone' out/index.html && rm -r out
}
check 'and how many they are is masked' said_masked
nothing_to_say() {
  begun 2023-08-01 && report out || return 1
  same "{'first_day': '2023-08-01', 'requests_before': 0}" "$(quality)" &&
    same '' "$(grep -h "alone at the beginning" out.said out/index.html)" && rm -r out
}
check 'nothing is said where none stands alone' nothing_to_say
finish
