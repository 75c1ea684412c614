#!/usr/bin/env python3
"""Makes small canonical CSV files that are all edge cases, for the comparison of two implementations.

    make_cohort.py --seed S --referrals N -o DIR

Nothing about them is realistic: dates tie, decisions contradict each other, events precede their referral or come after
the as-of date, rows are repeated, contradict each other or belong to nobody, waits end exactly at a horizon. Which
columns, event types and files are there at all differs from seed to seed. Prints the as-of date to be used. The same
seed gives the same bytes.
"""
import argparse
import csv
import datetime
import pathlib
import random

from naive_input import COLUMNS, VALUES, quarter_days, quarter_of

EDGES = [0, 0, 0, 1, 1, 2, 2, 3, 13, 14, 15, 27, 28, 29, 41, 42, 43, 89, 90, 91, 125, 126, 127, 179, 180, 181, 182, 364,
         365, 366]
DECISIONS = ["rejected"] * 5 + ["returned_with_advice", "redirected", "accepted", "accepted"]
OTHERS = ["asi", "booked", "dna", "dna", "cancelled_patient", "cancelled_provider", "followup_attended",
          "decision_to_treat", "treated", "treated", "discharged", "discharged", "diagnosis_cancer",
          "cancelled_referral", "died", "first_attended", "first_attended", "first_attended"]
ANSWERS = ["advice_response", "advice_response", "converted", "returned_with_advice", "rejected"]
ID_SHAPES = ["R{}", "R{}", "r{}", "{:06d}", "{}", "R-{}", 'R"{}', "R,{}", "é{}", "R {}", "Z{}"]
SPECIALTIES = ["100", "110", "330", "0330"]
SCHEMES = sorted(VALUES["scheme"])


def iso(day):
    """An ISO date."""
    return datetime.date.fromordinal(day).isoformat()


class Cohort:
    """The rows made so far, and the choices that hold for the whole of them."""

    def __init__(self, seed, wanted):
        self.seed, self.random = seed, random.Random(seed)
        self.wanted = wanted
        self.referrals, self.events = [], []
        self.as_of = self.pick_as_of()
        numbers = self.random.sample(range(1000, 9999), self.random.choice([1, 3, 8]))
        self.practices = [f"A8{number}" for number in numbers]
        self.patients = [f"p{number}" for number in range(max(2, wanted // self.random.choice([1, 3, 8])))]
        self.absent_types = {kind for kind in sorted(VALUES["event_type"]) if self.chance(0.03)}
        if self.chance(0.06):
            self.absent_types |= set(DECISIONS)
        optional = COLUMNS["referrals"][4:] + COLUMNS["outcomes"][3:]
        self.absent_columns = {column for column in optional if self.chance(0.05)}

    def chance(self, probability):
        """True with that probability."""
        return self.random.random() < probability

    def pick_as_of(self):
        """A day within, at the start or at the end of a quarter."""
        day = datetime.date(2024, 1, 1).toordinal() + self.random.randrange(700)
        first, last = quarter_days(quarter_of(day))
        return self.random.choice([day, day, first, last])

    def some_day(self):
        """A referral date: often one at which a follow-up just suffices or just does not; seldom after the as-of."""
        if self.chance(0.2):
            return self.as_of - self.random.choice(EDGES)
        return self.as_of - self.random.randrange(-4, 900)

    def after(self, day):
        """A day some edge after this one, seldom before it."""
        if self.chance(0.04):
            return day - self.random.choice([1, 1, 2, 30])
        return day + self.random.choice(EDGES if self.chance(0.4) else EDGES[:18] + list(range(60)))

    def add_event(self, identifier, day, kind):
        """One row of the event log, unless the whole cohort lacks such events."""
        if kind in self.absent_types:
            return
        pick = self.random.choice
        self.events.append({
            "referral_id": identifier, "event_date": iso(day), "event_type": kind,
            "event_seq": pick(["", "", "", "0", "1", "2", "9", "10"]),
            "reason_code": pick(["", "", "OTHER", 'a "b", c']),
            "referrer_contacted": pick(["", "yes", "no"]), "patient_consulted": pick(["", "yes", "no"])})

    def add_decisions(self, identifier, day):
        """None to three decisions, often on one day. Returns the day of one of them, or None."""
        decided = None
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            decided = decided if decided is not None and self.chance(0.6) else self.after(day)
            self.add_event(identifier, decided, self.random.choice(DECISIONS))
        return decided

    def add_referral(self, day, patient, specialty, previous, depth):
        """One referral or advice request with its events and, after a decision, often another one of the patient."""
        if len(self.referrals) >= self.wanted:
            return
        pick = self.random.choice
        identifier = pick(ID_SHAPES).format(len(self.referrals))
        advice = self.chance(0.2)
        self.referrals.append({
            "referral_id": identifier, "practice_code": pick(self.practices), "referral_date": iso(day),
            "specialty_code": specialty, "request_type": "advice" if advice else pick(["", "referral"]),
            "priority": pick(["", "routine", "urgent", "usc", "usc"]), "scheme": pick(["", ""] + SCHEMES),
            "patient_key": patient, "referrer_key": pick(["", "g1"]), "previous_referral_id": previous,
            "received_date": pick(["", iso(self.after(day))]), "provider_code": pick(["", "RAA"]), "age_band": "",
            "sex": "", "imd_decile": pick(["", "1", "10"])})
        if self.chance(0.12):
            return
        decided = self.add_decisions(identifier, day)
        base = decided if decided is not None and self.chance(0.4) else day
        for _ in range(self.random.choice([0, 1, 2, 3, 6])):
            base = self.after(base) if self.chance(0.6) else base
            self.add_event(identifier, base, pick(ANSWERS if advice and self.chance(0.6) else OTHERS))
        if decided is not None and depth < 5 and self.chance(0.7):
            self.follow(identifier, decided, patient, specialty, depth)

    def follow(self, identifier, decided, patient, specialty, depth):
        """One or two more referrals after a decision, as its successors or nearly so."""
        for _ in range(self.random.choice([1, 1, 2])):
            day = decided + self.random.choice([-1, 0, 0, 1, 30, 89, 90, 91, 179, 180, 181])
            if day > self.as_of + 3:
                continue
            other = self.random.choice(self.referrals)["referral_id"]
            self.add_referral(day, patient if self.chance(0.9) else self.some_patient(),
                              specialty if self.chance(0.9) else self.random.choice(SPECIALTIES),
                              self.random.choice(["", "", "", identifier, identifier, other, "nobody"]), depth + 1)

    def some_patient(self):
        """A patient, or none known."""
        return "" if self.chance(0.15) else self.random.choice(self.patients)

    def fill(self):
        """As many referrals as wanted."""
        while len(self.referrals) < self.wanted:
            self.add_referral(self.some_day(), self.some_patient(), self.random.choice(SPECIALTIES), "", 0)

    def disturb(self):
        """Conflicts, repeated rows, and events of nobody."""
        for row in self.random.sample(self.referrals, len(self.referrals) // 40):
            column = self.random.choice(["practice_code", "referral_date", "specialty_code", "request_type",
                                         "patient_key", "priority", "received_date"])
            donor = self.random.choice(self.referrals)
            self.referrals.append({**row, column: donor[column]})
        for rows in (self.referrals, self.events):
            rows += [dict(row) for row in self.random.sample(rows, len(rows) // 30)]
        for row in self.random.sample(self.events, len(self.events) // 15):
            thinner = {detail: self.random.choice([row[detail], ""])
                       for detail in ("reason_code", "referrer_contacted", "patient_consulted")}
            self.events.append({**row, **thinner})
        for number in range(len(self.events) // 60):
            self.add_event(f"orphan{number}", self.some_day(), self.random.choice(OTHERS))

    def misdate(self):
        """By turns: a few referrals dated years or only a month or two before all others, a practice that began before
        all others, or nothing of the kind. Drawn apart, so that the rest is as it would be without."""
        pick = random.Random(self.seed).choice
        begin = min(datetime.date.fromisoformat(row["referral_date"]).toordinal() for row in self.referrals)
        kind = ["far", "near", "pilot", ""][self.seed % 4]
        for number in range(pick([1, 2, 6]) if kind in ("far", "near") else 0):
            row = pick(self.referrals)
            back = pick([20, 40, 70]) if kind == "near" else pick([365, 800, 3652])
            self.referrals.append({**row, "referral_id": f"early{number}", "referral_date": iso(begin - back)})
        for number in range(pick([6, 20]) if kind == "pilot" else 0):
            row = {**pick(self.referrals), "practice_code": self.practices[0]}
            self.referrals.append({**row, "referral_id": f"pilot{number}", "referral_date": iso(begin - 10 - number % 45)})

    def practice_rows(self):
        """List sizes by quarter, for good, or not at all."""
        rows, pick = [], self.random.choice
        quarters = sorted({quarter_of(self.as_of - days) for days in range(0, 900, 60)})
        bands = [("", "")] if self.chance(0.9) else [("0-17", "F"), ("18-64", "F"), ("18-64", "M")]
        for code in self.practices + ["B81999"]:
            periods = pick([[], [""], [""], ["", pick(quarters)], [pick(quarters)], self.random.sample(quarters, 3)])
            for period in sorted(set(periods)):
                for age_band, sex in bands:
                    size = "" if self.chance(0.1) else str(self.random.randrange(1, 20000))
                    rows.append({"practice_code": code, "practice_name": 'The "Old", Surgery', "locality": "North",
                                 "list_size": size, "age_band": age_band, "sex": sex, "period": period})
        return rows

    def scheme_rows(self):
        """Schemes with gaps, overlaps and ties, some for one specialty."""
        rows, pick = [], self.random.choice
        for code in self.practices:
            starts = [self.as_of - self.random.randrange(-30, 600) for _ in range(pick([0, 1, 2, 4]))]
            for start in starts:
                start = pick(starts) if self.chance(0.3) else start
                end = pick(["", "", iso(start + pick([0, 1, 30, 90, 300]))])
                rows.append({"practice_code": code, "scheme": pick(SCHEMES), "start_date": iso(start), "end_date": end,
                             "specialty_code": pick(["", "", "100", "330"]), "annual_cost": pick(["", "1000"]),
                             "cost_per_referral": ""})
        return rows

    def write(self, folder, name, kind, rows):
        """One file, its rows and columns in any order, quoted and ended in any way."""
        columns = [column for column in COLUMNS[kind]
                   if column not in self.absent_columns or kind not in ("referrals", "outcomes")]
        self.random.shuffle(columns)
        rows = self.random.sample(rows, len(rows))
        mark = "\ufeff" if self.chance(0.3) else ""
        with open(folder / name, "w", newline="", encoding="utf-8") as stream:
            stream.write(mark)
            writer = csv.DictWriter(stream, columns, extrasaction="ignore",
                                    lineterminator=self.random.choice(["\n", "\r\n"]),
                                    quoting=self.random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
            writer.writeheader()
            writer.writerows(rows)

    def save(self, folder):
        """Every file; the two large kinds are often split in two."""
        folder.mkdir(parents=True, exist_ok=True)
        for kind, rows in (("referrals", self.referrals), ("outcomes", self.events)):
            cut = self.random.randrange(len(rows) + 1) if self.chance(0.5) else len(rows)
            self.write(folder, f"{kind}.csv", kind, rows[:cut])
            if cut < len(rows):
                self.write(folder, f"{kind}-2.csv", kind, rows[cut:])
        for kind, rows in (("practices", self.practice_rows()), ("schemes", self.scheme_rows())):
            if self.chance(0.8):
                self.write(folder, f"{kind}.csv", kind, rows)


def main():
    parser = argparse.ArgumentParser(description="Canonical CSV files that are all edge cases.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--referrals", type=int, required=True)
    parser.add_argument("-o", dest="folder", type=pathlib.Path, required=True, metavar="DIR")
    arguments = parser.parse_args()
    cohort = Cohort(arguments.seed, arguments.referrals)
    cohort.fill()
    cohort.disturb()
    cohort.misdate()
    cohort.save(arguments.folder)
    print(iso(cohort.as_of))


if __name__ == "__main__":
    main()
