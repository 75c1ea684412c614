#!/usr/bin/env python3
"""identifiers.py COUNTY FOLDER: COUNTY with keys that tell who somebody is, for tests that look for them everywhere.

FOLDER/plain    keys of other forms: letters, digits, slashes and spaces
FOLDER/nhs      the same with patients' NHS numbers, in the two ways of writing them
FOLDER/as-id    the same with NHS numbers for the ids of referrals
FOLDER/wide     a row a referral with the date of its first decision, read by the built-in profile wide-outcomes
FOLDER/joined   the same; its profile.json joins an NHS number to each id
FOLDER/turned   N.csv for N = 1 …: the referrals of plain and nhs with the columns behind the first moved on by N, so that keys
                stand where dates, words and numbers belong; events-N.csv likewise
FOLDER/keys.txt every key of all of these, a line each
identifiers.py --pseudonyms SECRET FOLDER: writes FOLDER/pseudonyms.txt, the HMAC-SHA-256 of each key.
"""
import csv
import hashlib
import hmac
import json
import pathlib
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def nhs_number(number):
    """The first valid one whose leading digits are those of the number or follow them."""
    while True:
        digits = f"{number:09d}"
        check = 11 - sum((10 - k) * int(digit) for k, digit in enumerate(digits)) % 11
        if check != 10:
            return digits + str(check % 11)
        number += 1


class Keys:
    """A key of each kind for each key of the county, always the same one, in the order of first use."""

    def __init__(self):
        self.made, self.all = {}, []

    def make(self, kind, key):
        if key == "":
            return ""
        if (kind, key) not in self.made:
            number = sum(1 for other, _ in self.made if other == kind)
            nhs = nhs_number(433_000_000 + 17 * number)
            spaced = f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}"
            forms = {"id": ["UBRN-%09d", "REF/%06d/KEY", "%d-secretref-x9"][number % 3] % (700_000 + number),
                     "patient": ["PSECRET%06d", "patient %07d z", "%012d"][number % 3] % (810_000 + number),
                     "referrer": f"GREFERRER{number:05d}", "nhs": nhs if number % 2 else spaced,
                     "nhs-id": nhs_number(600_000_000 + 17 * number)}
            self.made[kind, key] = forms[kind]
            self.all.append(forms[kind])
        return self.made[kind, key]


def replace(rows, keys, kinds):
    columns = [(column, kinds[name]) for column, name in enumerate(rows[0]) if name in kinds]
    result = [list(row) for row in rows]
    for row in result[1:]:
        for column, kind in columns:
            row[column] = keys.make(kind, row[column])
    return result


def make_wide(folder, referrals, outcomes):
    first = {}
    for row in outcomes[1:]:
        if row[2] in ("accepted", "rejected") and row[0] not in first:
            first[row[0]] = row
    at = {name: column for column, name in enumerate(referrals[0])}
    names = ["referral_id", "practice_code", "referral_date", "specialty_code", "patient_key"]
    rows = [[*names, "decision", "decision_date"]]
    for row in referrals[1:]:
        event = first.get(row[0], ["", "", ""])
        rows.append([row[at[name]] for name in names] + [event[2], event[1]])
    write(folder / "wide" / "wide.csv", rows)
    write(folder / "joined" / "joined.csv", [["Ref", "Surgery", "Sent", "Clinic", "Patient", "x", "y"], *rows[1:]])
    (folder / "joined" / "profile.json").write_text(json.dumps({
        "name": "joined", "title": "An id joined to a patient", "makes": [{
            "name": "referral", "kind": "referrals", "fields": {
                "referral_id": {"columns": ["Ref", "Patient"], "join": "/"}, "practice_code": "Surgery",
                "referral_date": {"column": "Sent", "date": "YYYY-MM-DD"}, "specialty_code": "Clinic"}}]}))


def turn(rows, by):
    return [rows[0]] + [row[:1] + row[1 + by:] + row[1:1 + by] for row in rows[1:]]


def main():
    county, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    keys = Keys()
    referrals, outcomes = read(county / "referrals.csv"), read(county / "outcomes.csv")
    plain = {"referral_id": "id", "patient_key": "patient", "referrer_key": "referrer", "previous_referral_id": "id"}
    for name, kinds in (("plain", plain), ("nhs", dict(plain, patient_key="nhs")),
                        ("as-id", dict(plain, referral_id="nhs-id", previous_referral_id="nhs-id"))):
        write(folder / name / "referrals.csv", replace(referrals, keys, kinds))
        write(folder / name / "outcomes.csv", replace(outcomes, keys, kinds))
    make_wide(folder, read(folder / "nhs" / "referrals.csv"), read(folder / "nhs" / "outcomes.csv"))
    mixed = read(folder / "plain" / "referrals.csv")[:60] + read(folder / "nhs" / "referrals.csv")[60:120]
    for by in range(1, len(referrals[0]) - 1):
        write(folder / "turned" / f"{by}.csv", turn(mixed, by))
    events = read(folder / "plain" / "outcomes.csv")[:120]
    for by in range(len(outcomes[0])):
        rows = [events[0]] + [row[:by] + row[:1] + row[by + 1:] for row in events[1:]]
        write(folder / "turned" / f"events-{by}.csv", rows)
    (folder / "keys.txt").write_text("".join(f"{key}\n" for key in keys.all))


def pseudonyms(secret, folder):
    lines = (folder / "keys.txt").read_text().splitlines()
    (folder / "pseudonyms.txt").write_text(
        "".join(hmac.new(secret.read_bytes(), line.encode(), hashlib.sha256).hexdigest() + "\n" for line in lines))


if __name__ == "__main__":
    if sys.argv[1] == "--pseudonyms":
        pseudonyms(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    else:
        main()
