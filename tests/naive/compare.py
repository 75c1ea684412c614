#!/usr/bin/env python3
"""Compares a report folder with the naive measures, number by number.

    compare.py REPORT_DIR FILE... [--as-of DATE] [--period 2025-Q2]

Reads measures.json (audience analyst) and results.sqlite. Integers must be equal, doubles equal to 1e-9 relative (or
1e-14 absolute, for limits that are 0 but for rounding). Prints the first differences; exits 1 if there is any.
"""
import argparse
import json
import pathlib
import sqlite3
import sys

from naive_measures import HORIZONS, default_period, evaluate, has_bands, parse_arguments
from naive_input import World

SHOWN = 20
SLICE = ["measure", "practice", "specialty", "scheme", "period"]
SHARE = ["numerator", "denominator", "value", "lower", "upper"]
DELAY = ("n events competing censored median median_lower median_upper p90 completed_median completed_p90").split()
FIELDS = {"proportion": SHARE, "rate": [*SHARE, "expected"], "delay": DELAY}
COUNTS = {"numerator", "n", "events", "competing", "censored"}


def same(name, ours, theirs):
    """Whether two numbers are equal, by the tolerance of their kind."""
    if ours is None or theirs is None:
        return ours is None and theirs is None
    if isinstance(theirs, (str, bool)):
        return False
    if name in COUNTS or (name == "denominator" and isinstance(ours, int)):
        return ours == theirs
    return abs(ours - theirs) <= max(1e-9 * max(abs(ours), abs(theirs)), 1e-14)


def belongs_in_json(key, period):
    """measures.json holds: all, specialty, scheme, scheme × specialty, overall and by period; practice, overall and
    for --period. results.sqlite holds the others too."""
    _, practice, specialty, _, of_period = key
    return practice is None or (specialty is None and of_period in (None, period))


def differences(ours, theirs, strict_within):
    """Yields (field, ours, theirs) for every field of one result in which two implementations differ."""
    for name in ("kind", "status", "excluded"):
        if ours[name] != theirs.get(name):
            yield name, ours[name], theirs.get(name)
    for name in FIELDS[ours["kind"]]:
        if name not in theirs:
            yield name, ours[name], "no such field"
        elif not same(name, ours[name], theirs[name]):
            yield name, ours[name], theirs[name]
    for name in {*SHARE, "expected", *DELAY} - set(FIELDS[ours["kind"]]):
        if theirs.get(name) is not None:
            yield name, "nothing", theirs[name]
    expected = ours.get("within", [])
    found = theirs.get("within") or []
    if strict_within and [entry["days"] for entry in expected] != [entry["days"] for entry in found]:
        yield "within", HORIZONS, found
    by_days = {entry["days"]: entry for entry in found}
    for days in sorted(set(by_days) - {entry["days"] for entry in expected}):
        yield f"within {days}", "nothing", by_days[days]
    for entry in expected:
        other = by_days.get(entry["days"], {})
        for name in ("value", "lower", "upper"):
            if not same(name, entry[name], other.get(name)):
                yield f"within {entry['days']} {name}", entry[name], other.get(name)


def keyed(rows, label, complaints):
    """{key: row}; a result that comes twice is a difference."""
    found = {}
    for row in rows:
        key = tuple(row.get(name) for name in SLICE)
        if key in found:
            complaints.append(f"{label}: {key} comes twice")
        found[key] = row
    return found


def read_json(folder, complaints):
    """The results of measures.json."""
    document = json.loads((folder / "measures.json").read_text(encoding="utf-8"))
    if document["audience"] != "analyst":
        sys.exit("compare.py: only the numbers for an analyst are exact")
    return keyed(document["results"], "measures.json", complaints)


def read_sqlite(folder, complaints):
    """The results of results.sqlite, in the shape of those in measures.json."""
    database = sqlite3.connect(f"file:{folder / 'results.sqlite'}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    rows = {row["id"]: dict(row) for row in database.execute("SELECT * FROM result")}
    for row in rows.values():
        row["excluded"] = json.loads(row["excluded"])
    for entry in database.execute("SELECT * FROM incidence ORDER BY result_id, days"):
        rows[entry["result_id"]].setdefault("within", []).append(dict(entry))
    database.close()
    return keyed(rows.values(), "results.sqlite", complaints)


def compare(label, ours, theirs, strict_within, complaints):
    """Adds a line for every result that is missing or extra and for every field that differs."""
    for key in ours.keys() - theirs.keys():
        complaints.append(f"{label}: {key} is missing")
    for key in theirs.keys() - ours.keys():
        complaints.append(f"{label}: {key} is extra: {theirs[key].get('status')}")
    for key in ours.keys() & theirs.keys():
        for name, left, right in differences(ours[key], theirs[key], strict_within):
            complaints.append(f"{label}: {key} {name}: naive {left!r}, report {right!r}")


def check_rates(label, found, complaints):
    """A rate without an expected number is crude; with one, it is what was observed over that times the rate of all."""
    for key, row in found.items():
        if key[0] != "referral_rate" or row["status"] != "ok":
            continue
        of_all = found[("referral_rate", None, key[2], None, key[4])]
        if row["expected"] is None:
            value = 1000 * row["numerator"] / row["denominator"]
        else:
            value = row["numerator"] / row["expected"] * of_all["value"]
        if not same("value", value, row["value"]):
            complaints.append(f"{label}: {key} value: {value!r} by the row itself, report {row['value']!r}")


def main():
    parser = argparse.ArgumentParser(description="A report folder against the naive measures.")
    parser.add_argument("report", type=pathlib.Path, metavar="REPORT_DIR")
    arguments = parse_arguments(parser)
    ours = evaluate(arguments.files, arguments.as_of, arguments.period)
    world = World(arguments.files, arguments.as_of)
    period = arguments.period or default_period(world.as_of)
    complaints = []
    in_json, in_sqlite = read_json(arguments.report, complaints), read_sqlite(arguments.report, complaints)
    check_rates("measures.json", in_json, complaints)
    check_rates("results.sqlite", in_sqlite, complaints)
    if has_bands(world):
        in_json, in_sqlite = ({key: row for key, row in found.items() if key[0] != "referral_rate"}
                              for found in (in_json, in_sqlite))
    public = {key: row for key, row in ours.items() if belongs_in_json(key, period)}
    compare("measures.json", public, in_json, True, complaints)
    compare("results.sqlite", ours, in_sqlite, False, complaints)
    for line in sorted(complaints)[:SHOWN]:
        print(line)
    print(f"{len(ours)} results, {len(complaints)} differences")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
