#!/usr/bin/env python3
"""Takes random exports of a few referrals into a store, in several runs of several files with or without their days, and holds
what the store shows and what a report uses against what was said of each referral, worked out plainly.

random_store.py PROGRAM SEED ROUNDS, in an empty folder.
"""
import csv
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys

program, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
DAYS = (
    (None, None, None, None),
    ("2025-03-31", "2025-06-30", "2025-04-30", "2025-05-31"),
    ("2025-06-30", "2025-03-31", None, "2025-04-30"),
)
SCHEMES = ("rmc", "none", "peer_review")
random.seed(seed)


def write_file(name):
    """A file of referrals, of which it returns what it says of each."""
    rows = [(f"R{random.randint(1, 12)}", random.choice(SCHEMES)) for _ in range(random.randint(1, 12))]
    with open(name, "w", encoding="utf-8") as file:
        print("referral_id,practice_code,referral_date,specialty_code,scheme", file=file)
        for referral, scheme in rows:
            print(f"{referral},A81001,2025-01-01,330,{scheme}", file=file)
    return rows


def believe(store, gone, said, day):
    """What a run of a day says, added to what the store holds true: by referral, the schemes that nothing later contradicts
    with the last day on which each was said; `gone` has the day of what replaced them."""

    def is_later(other):
        return day is not None and other is not None and other > day

    for referral, schemes in said.items():
        before = store.get(referral, {})
        if any(is_later(other) for other in before.values()):
            continue
        after = {}
        for scheme in schemes:
            if scheme in before:
                after[scheme] = max(filter(None, (before[scheme], day)), default=None)
            elif not is_later(gone.get((referral, scheme))):
                after[scheme] = day
        if after:
            gone.update({(referral, scheme): day for scheme in before if scheme not in schemes})
            store[referral] = after


def hold(store):
    """What the store in county.db shows and a report on it uses, against what is held true."""
    database = sqlite3.connect("county.db")
    shown = database.execute("SELECT referral_id, scheme FROM referral ORDER BY 1").fetchall()
    rejected = database.execute("SELECT file, line FROM rejected ORDER BY 1, 2").fetchall()
    database.close()
    assert shown == sorted((referral, min(schemes)) for referral, schemes in store.items()), (shown, store)
    shutil.rmtree("report", ignore_errors=True)
    subprocess.run([program, "report", "--store", "county.db", "--as-of", "2025-12-31", "--no-charts", "--no-packs",
                    "--audience", "analyst", "-o", "report"], capture_output=True, check=False)
    with open("report/report.json", encoding="utf-8") as file:
        used = sum(source["ledger"]["used"] for source in json.load(file)["inputs"])
    with open("report/rejects.csv", encoding="utf-8") as file:
        rows = sorted((row["file"], int(row["line"])) for row in csv.DictReader(file))
    assert used == len(shown), (used, shown)
    assert rows == rejected, (rows, rejected)


for _ in range(rounds):
    if os.path.exists("county.db"):
        os.remove("county.db")
    held, replaced = {}, {}
    for number, day_given in enumerate(random.choice(DAYS)):
        names = [f"r{number}{i}.csv" for i in range(random.randint(1, 2))]
        of_run = {}
        for name in names:
            for referral, scheme in write_file(name):
                of_run.setdefault(referral, set()).add(scheme)
        subprocess.run([program, "ingest", "--store", "county.db", *(["--as-of", day_given] if day_given else []), *names],
                       capture_output=True, check=False)
        believe(held, replaced, of_run, day_given)
    hold(held)
