"""Tries to tell masked counts apart by everything that a report holds. Called by tests/cli/audience.test.sh.

audience.py county FOLDER CATEGORY CENTRE turn|total NUMBER   writes a small county of exports
audience.py categories                                        what may be planted
audience.py tell REPORT REPORT…                               prints the files by which the reports can be told apart

No sum, difference, inverted interval or measured coordinate can tell two counts apart that give the same report. So the
county is written again and again with other numbers in a few cells, and the reports are compared byte by byte: where they
are the same, whoever has one of them cannot know which of the numbers it was made from.

In specialty 330 and one quarter, five practices have a planted number of referrals of CATEGORY. For "turn" these are
CENTRE − 2, …, CENTRE + 2, and NUMBER (0 to 4) says which practice has which: sums over practices, and all that treats
practices alike, stay as they are. For "total" all have CENTRE, and the first NUMBER (−2 to 2) more, so that totals change too,
within their rounding. Whatever a category has more the category "seen" has less, and all rows are of one width, so that
files have as many rows and bytes; only their hashes differ, and are left out of the comparison.
"""
import csv
import datetime
import pathlib
import re
import sqlite3
import sys

DAY = datetime.timedelta(days=1)
QUARTERS = [datetime.date(2022 + q // 4, 1 + 3 * (q % 4), 10) for q in range(6)]
SPECIALTIES = ("330", "410")
PRACTICES = [f"A{number}" for number in range(1, 13)]
PLANTED_QUARTER = 2
EACH, MOST = 5, 20  # referrals of a category, and of that which makes room, in each practice, specialty and quarter

# What happens to a referral: (days after it, event, reason, referrer contacted, patient consulted).
SEEN = [(7, "accepted"), (40, "first_attended"), (41, "discharged")]
CATEGORIES = {
    "seen": SEEN,
    "rejected": [(7, "rejected", "criteria not met", "yes", "yes")],
    "no_dialogue": [(7, "rejected", "no form", "no", "yes")],
    "no_patient": [(7, "rejected", "out of area", "yes", "no")],
    "returned": [(7, "returned_with_advice")],
    "redirected": [(7, "redirected"), *SEEN[1:]],
    "seen_late": [(7, "accepted"), (200, "first_attended"), (201, "discharged")],
    "treated": [*SEEN[:2], (90, "treated")],
    "discharged_at_once": [*SEEN[:2], (40, "discharged")],
    "no_slot": [(3, "asi"), *SEEN],
    "absent": [(30, "dna"), *SEEN],
    "waiting": [(7, "accepted")],
    "cancelled": [(7, "accepted"), (20, "cancelled_referral")],
    "decided_late": [(28, "accepted"), *SEEN[1:]],
    "received_late": SEEN,
    "woman": SEEN,
}
FILLERS = ((1, "booked"), (2, "cancelled_patient"), (4, "cancelled_provider"))  # events that no measure uses
EVENTS = 4
WIDTH = 80


def planted(place, centre, how, number):
    if how == "turn":
        return centre - 2 + (place + number) % 5
    return centre + (number if place == 0 else 0)


def cell(practice, specialty, quarter, category, plan):
    """How many referrals of each category."""
    counts = {name: EACH for name in CATEGORIES}
    counts["seen"] = MOST
    place = PRACTICES.index(practice)
    if place < 5 and specialty == "330" and quarter == PLANTED_QUARTER:
        counts[category] = planted(place, *plan)
        counts["seen"] = MOST + plan[0] - counts[category]
    return counts


def rows_of(identity, practice, day, specialty, category):
    """A referral, and its events, which are as many in every category."""
    received = day + (9 if category == "received_late" else 2) * DAY
    events = list(CATEGORIES[category])
    events += FILLERS[:EVENTS - len(events)]
    sex = "F" if category == "woman" else "M"
    referral = [identity, practice, day, specialty, "P" + identity, received, sex]
    return referral, [[identity, day + event[0] * DAY, event[1], *event[2:], *[""] * (5 - len(event))] for event in events]


def write(path, heads, rows, padded):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(heads + ["remark"] * padded)
        for row in rows:
            out.writerow(row + ["x" * (WIDTH - sum(len(str(field)) for field in row))] * padded)


def write_county(folder, category, plan):
    folder.mkdir(parents=True, exist_ok=True)
    referrals, outcomes = [], []
    for practice in PRACTICES:
        for specialty in SPECIALTIES:
            for quarter, day in enumerate(QUARTERS):
                counts = cell(practice, specialty, quarter, category, plan)
                for name, count in counts.items():
                    for _ in range(count):
                        referral, events = rows_of(f"R{len(referrals):06}", practice, day, specialty, name)
                        referrals.append(referral)
                        outcomes += events
    write(folder / "referrals.csv", ["referral_id", "practice_code", "referral_date", "specialty_code", "patient_key",
                                     "received_date", "sex"], referrals, True)
    write(folder / "outcomes.csv", ["referral_id", "event_date", "event_type", "reason_code", "referrer_contacted",
                                    "patient_consulted"], outcomes, True)
    # Shares of women differ, but not among the practices that take turns: what is expected rests on referrals of either sex.
    write(folder / "practices.csv", ["practice_code", "practice_name", "sex", "list_size"],
          [[code, f"Practice {code}", sex, 4500 + sign * 100 * max(place, 4)] for place, code in enumerate(PRACTICES)
           for sex, sign in (("M", 1), ("F", -1))], False)
    write(folder / "schemes.csv", ["practice_code", "scheme", "start_date"],
          [[code, "rmc" if place < 6 else "none", "2021-01-01"] for place, code in enumerate(PRACTICES)], False)
    write(folder / "sessions.csv", ["practice_code", "session_date", "topic"],
          [[code, "2023-02-01", "waits"] for code in PRACTICES[:5]], False)


def contents(report):
    """Every file by its path, without the hashes of the inputs; a database as it lies on the disk, free pages and all."""
    return {str(path.relative_to(report)): re.sub(rb"[0-9a-f]{64}", b"", path.read_bytes())
            for path in sorted(report.rglob("*")) if path.is_file()}


def tables(report, *left_out):
    """All that results.sqlite says, but for the hashes of files and the tables left out."""
    database = sqlite3.connect(f"file:{report}/results.sqlite?mode=ro", uri=True)
    names = {name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")} - set(left_out)
    said = {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
    if "import" in said:
        said["import"] = [tuple(re.sub(r"[0-9a-f]{64}", "", str(value)) for value in row) for row in said["import"]]
    database.close()
    return said


def tell(reports):
    """Where results.sqlite differs in its table comparison alone, that is comparison.sqlite."""
    first, *others = [contents(pathlib.Path(report)) for report in reports]
    names = set(first).union(*others)
    told = {name for name in names if any(other.get(name) != first.get(name) for other in others)}
    if "results.sqlite" in told and all(tables(report, "comparison") == tables(reports[0], "comparison") for report in reports):
        told = told - {"results.sqlite"} | {"comparison.sqlite"}
    return sorted(told)


def main():
    task, *values = sys.argv[1:]
    if task == "categories":
        print(*list(CATEGORIES)[1:])
    elif task == "county":
        folder, category, centre, how, number = values
        write_county(pathlib.Path(folder), category, (int(centre), how, int(number)))
    else:
        print("\n".join(tell(values)))


if __name__ == "__main__":
    main()
