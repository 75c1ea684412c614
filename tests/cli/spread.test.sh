#!/usr/bin/env bash
# A pack's range of most practices holds the true one, counted here from the files, wherever counts are hidden from others;
# and the page says where it is only at the widest, or that there is none.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
practice=A81018
for audience in practice analyst; do
  "$(realpath "$REFERLENS")" report --audience "$audience" --practice "$practice" --as-of 2025-06-30 --no-charts \
    -o "$scratch/$audience" sample-data/*.csv 2> "$scratch/log" || { cat "$scratch/log" >&2; exit 1; }
done

ranges_hold_the_true_ones() { # AUDIENCE
  python3 - sample-data "$scratch/$1/practices/$practice" "$1" << 'PYTHON'
import csv, json, re, sys

folder, pack_folder, audience = sys.argv[1:]
order = ["rejected", "returned_with_advice", "redirected", "accepted"]
first = {}
with open(f"{folder}/outcomes.csv", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        if row["event_type"] in order:
            key = (row["event_date"], int(row.get("event_seq") or 0), order.index(row["event_type"]))
            first[row["referral_id"]] = min(first.get(row["referral_id"], key), key)
counts = {}
with open(f"{folder}/referrals.csv", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        decision = first.get(row["referral_id"])
        if row["request_type"] != "advice" and decision is not None:
            of = counts.setdefault(row["specialty_code"], {}).setdefault(row["practice_code"], [0, 0])
            of[0] += decision[2] == 0
            of[1] += 1


def quantile(values, p):  # type 7
    place = (len(values) - 1) * p
    low = int(place)
    return values[low] + (place - low) * (values[min(low + 1, len(values) - 1)] - values[low])


widened = withheld = 0
for row in json.load(open(f"{pack_folder}/pack.json", encoding="utf-8"))["specialties"]:
    peers = row["peers"]
    enough = [(hits, total) for hits, total in counts[row["code"]].values() if total >= 20]
    hidden = sum(1 <= hits <= 7 for hits, total in enough)
    rates = sorted(hits / total for hits, total in enough)
    assert peers["practices"] == len(enough), row["code"]
    assert peers["hidden"] == (0 if audience == "analyst" else hidden), (row["code"], hidden, peers)
    if audience == "analyst":
        if len(enough) >= 5:
            for key, p in (("low", 0.1), ("middle", 0.5), ("high", 0.9)):
                assert abs(peers[key] - quantile(rates, p)) < 1e-9, (row["code"], key)
            assert not peers["is_widened"] and peers["middle_low"] == peers["middle_high"] == peers["middle"]
    elif len(enough) < 5 or 2 * hidden > len(enough):
        withheld += len(enough) >= 5
        assert peers["low"] is None and peers["high"] is None and peers["middle_low"] is None and peers["range_text"] is None
        assert peers["none_text"] == ("too few practices" if len(enough) < 5 else "mostly hidden"), peers
    else:
        widened += peers["is_widened"]
        assert peers["is_widened"] == (hidden > 0)
        assert peers["low"] <= quantile(rates, 0.1) and peers["high"] >= quantile(rates, 0.9), (row["code"], peers)
        assert peers["middle_low"] <= quantile(rates, 0.5) <= peers["middle_high"], (row["code"], peers)
        assert (peers["middle"] is None) == (peers["middle_low"] < peers["middle_high"])
page = open(f"{pack_folder}/index.html", encoding="utf-8").read()
assert len(re.findall("at the widest</span>", page)) == widened and page.count(">mostly hidden<") == withheld
assert audience == "analyst" or (widened and withheld), (widened, withheld)
PYTHON
}

check 'where nothing is hidden the range is that of practices' ranges_hold_the_true_ones analyst
check 'where counts are hidden the range holds the true one' ranges_hold_the_true_ones practice
finish
