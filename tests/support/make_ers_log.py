#!/usr/bin/env python3
"""make_ers_log.py FOLDER ACTIONS: an invented action log of the e-Referral Service, and the same facts in canonical form.

Writes FOLDER/log.csv (EBSX02, a row an action, in no order), FOLDER/referrals.csv and FOLDER/outcomes.csv, FOLDER/practices.csv
and FOLDER/schemes.csv for both, and FOLDER/expected.json: how many of the log's rows are to be used, duplicates and left out,
as of AS_OF. The canonical files are written from the invented facts, not from the log. Always the same bytes.
"""
import csv
import datetime
import json
import pathlib
import random
import sys

AS_OF = datetime.date(2025, 6, 30)
FIRST = datetime.date(2023, 4, 1)
COLUMNS = """UBRN_ID UBRN INITIAL_UBRN_ID PREVIOUS_UBRN_ID NEXT_UBRN E_REFERRAL_PATHWAY_START DUE_DATE SPECIALTY_CD CLINIC_TYPE_CD
PRIORITY_CD ORIGINAL_PRIORITY_CD REFERRING_CLINICIAN_ID REFERRING_ORG_ID PATIENT_ID PATIENT_AGE PATIENT_SEX_CD
PATIENTS_REG_GP_PRACTICE_ID ACTION_ID ACTION_DT_TM ACTION_CD ACTION_REASON_CD BUS_FUNCTION_CD ORG_ID SERVICE_ID
SERVICE_SPECIALTY_CD APPT_DT_TM APPT_TYPE_CD PROVIDER_ORG_ID LOCATION_ORG_ID CLINICAL_ASSESSMENT_OUTCOME_CD AR_STATUS_CD
SHORTLIST_COUNT REBOOKED_TO_ACTION_ID NAMED_CLINICIAN_ID IWT TEST_PATIENT_IND""".split()
PRACTICES = [f"A8{k:04d}" for k in range(1, 41)]
SPECIALTIES = ["DERMATOLOGY", "CARDIOLOGY", "GYNAECOLOGY", "NEUROLOGY", "RHEUMATOLOGY", "ENT"]
PRIORITIES = {"ROUTINE": "routine", "URGENT": "urgent", "TWO_WEEK_WAIT": "usc", "SOMEWHAT_SOON": "", "NULL": ""}
SEXES = {"1": "M", "2": "F", "MALE": "M", "FEMALE": "F", "9": "", "NULL": ""}
BANDS = [0, 5, 15, 25, 35, 45, 55, 65, 75, 85]
REJECTIONS = ["FURTHER_INFORMATION_REQUIRED", "OUTPATIENT_APPT_NOT_REQUIRED", "SERVICE_INAPPROPRIATE",
              "SERVICE_PREREQUISITES_NOT_COMPLETE", "OTHER"]
# An assessment's outcome, and the event that it is; None: no measure uses it.
ASSESSMENTS = {"ACCEPT_REFER_BOOK_LATER": "accepted", "RETURN_TO_REFERRER_WITH_ADVICE": "returned_with_advice",
               "CANCEL_APPOINTMENT_ACTION_LATER": None, "REQUIRE_FURTHER_INFORMATION": None,
               "PROVIDER_CONVERTED_ADVICE_AND_GUIDANCE_ADMIN_TO_REFER": "converted", "PROVIDER_CONVERTED": "converted"}
ADVICE = {"RETURN_TO_REFERRER_WITH_ADVICE": ["advice_response"], "REQUIRE_FURTHER_INFORMATION": ["advice_response"],
          "PROVIDER_CONVERTED": ["advice_response", "converted"]}
UNUSED = ["1608", "1810", "1836", "1423", "1533", "1999", "", "42"]
# No measure asks when an appointment is to be, so that an impossible year costs nothing.
APPOINTMENTS = ["NULL"] * 15 + ["2025-09-01 09:00:00", "9202-01-13 09:00:00", "2101-01-01"]
# Why the ledger leaves a row out.
TEST, IDLE = "test patient", "an action that no measure uses"
EARLY, LATE, LOST = "event dated before its referral", "dated after the as-of date", "event without its referral"


def band(age):
    if age == "NULL":
        return ""
    place = max(k for k, low in enumerate(BANDS) if low <= int(age))
    return f"{BANDS[place]}+" if place == len(BANDS) - 1 else f"{BANDS[place]}-{BANDS[place + 1] - 1}"


class Log:
    """The rows of the log, the canonical rows of the same facts, and what the ledger is to say."""

    def __init__(self, chance, target):
        self.chance, self.target = chance, target
        self.rows, self.referrals, self.outcomes = [], [], []
        self.left_out, self.later, self.repeated, self.used = {}, 0, 0, 0
        self.next_action = 7_000_000_000
        self.rejected = []  # UBRNs whose referral was rejected, with patient, specialty and day

    def full(self):
        return len(self.rows) >= self.target

    def action_id(self):
        self.next_action += self.chance.randrange(1, 9)
        return self.next_action

    def leave_out(self, reason):
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def write(self, facts, day, code, reason="NULL", fate=None):
        """Adds an action; `fate` is why it is left out, None where it is used. Returns its row, None when the log is full."""
        if self.full():
            return None
        row = dict.fromkeys(COLUMNS, "NULL")
        row.update(facts)
        clock = f"{self.chance.randrange(24):02d}:{self.chance.randrange(60):02d}:{self.chance.randrange(60):02d}"
        row.update({
            "ACTION_ID": str(self.action_id()), "ACTION_DT_TM": f"{day} {clock}", "ACTION_CD": code, "ACTION_REASON_CD": reason,
            "BUS_FUNCTION_CD": self.chance.choice(["PROVIDER_CLINICIAN", "REFERRER"]),
            "APPT_DT_TM": self.chance.choice(APPOINTMENTS),
            "NAMED_CLINICIAN_ID": self.chance.choice(["NULL", 'Dr "Jo" Grey, Ward 3', "two\nlines"]), "IWT": "12",
            "SHORTLIST_COUNT": str(self.chance.randrange(9)), "DUE_DATE": str(day + datetime.timedelta(180))})
        self.rows.append(row)
        if fate is not None:
            self.leave_out(fate)
        else:
            self.used += 1
        return row

    def repeat(self, row):
        """The same row once more, as two exports that overlap have it."""
        if row is not None and not self.full() and self.chance.random() < 0.005:
            self.rows.append(dict(row))
            self.repeated += 1

    def event(self, facts, sequence, day, code, reason, kinds):
        late = day > AS_OF
        row = self.write(facts, day, code, reason, fate=LATE if late else None)
        if row is None or late:
            return
        for kind in kinds:
            self.outcomes.append([facts["UBRN_ID"], day, kind, sequence, "" if reason == "NULL" else reason])
        self.repeat(row)


def invent_facts(log, number, start):
    chance = log.chance
    age = chance.choice(["NULL", *map(str, range(0, 99, 3)), "4", "5", "84", "85"])
    patient = f"PT{chance.randrange(1, 9000):07d}"
    facts = {
        "UBRN_ID": str(510_000_000_000 + number * 7), "UBRN": f"{chance.randrange(10 ** 11, 10 ** 12)}", "INITIAL_UBRN_ID": "NULL",
        "E_REFERRAL_PATHWAY_START": chance.choice([str(start), f"{start} 00:00:00"]),
        "SPECIALTY_CD": chance.choice(SPECIALTIES), "PRIORITY_CD": chance.choice(list(PRIORITIES)),
        "REFERRING_CLINICIAN_ID": f"C{chance.randrange(500)}", "REFERRING_ORG_ID": chance.choice(PRACTICES),
        "PATIENT_ID": chance.choice([patient] * 30 + ["NULL"]), "PATIENT_AGE": age, "PATIENT_SEX_CD": chance.choice(list(SEXES)),
        "SERVICE_ID": "77, Main Street", "PROVIDER_ORG_ID": chance.choice(["RX1", "RX2"]), "TEST_PATIENT_IND": "0"}
    if log.rejected and chance.random() < 0.1:  # referred again, and said so
        earlier, patient, specialty, day = chance.choice(log.rejected[-200:])
        if day <= start:
            facts.update({"PREVIOUS_UBRN_ID": earlier, "PATIENT_ID": patient, "SPECIALTY_CD": specialty})
    return facts


def add_test_patient(log, facts, start):
    facts = dict(facts, TEST_PATIENT_IND=log.chance.choice(["1", "Y"]))
    log.write(facts, start, "1422", fate=TEST)
    log.write(facts, start, "1424", "OTHER", fate=TEST)


def add_orphans(log, facts, start):
    """Actions whose creation lies before the export's first day."""
    for k in range(log.chance.randrange(1, 4)):
        day = start + datetime.timedelta(k)
        log.write(facts, day, "1420", fate=LOST)


def add_creations(log, facts, start, code):
    """The row that counts, and later ones that say something else."""
    late = start > AS_OF
    row = log.write(facts, start, code, fate=LATE if late else None)
    if row is None:
        return False
    if not late:
        log.referrals.append({
            "referral_id": facts["UBRN_ID"], "practice_code": facts["REFERRING_ORG_ID"], "referral_date": start,
            "specialty_code": facts["SPECIALTY_CD"], "request_type": "advice" if code == "1407" else "",
            "priority": PRIORITIES[facts["PRIORITY_CD"]], "patient_key": facts["PATIENT_ID"].replace("NULL", ""),
            "referrer_key": facts["REFERRING_CLINICIAN_ID"],
            "previous_referral_id": facts.get("PREVIOUS_UBRN_ID", ""), "provider_code": facts["PROVIDER_ORG_ID"],
            "age_band": band(facts["PATIENT_AGE"]), "sex": SEXES[facts["PATIENT_SEX_CD"]]})
        log.repeat(row)
    while log.chance.random() < 0.25 and not log.full():
        other = dict(facts, SPECIALTY_CD=log.chance.choice(SPECIALTIES), PRIORITY_CD="URGENT",
                     REFERRING_ORG_ID=log.chance.choice(PRACTICES), PATIENT_AGE="50")
        log.write(other, start + datetime.timedelta(log.chance.randrange(20)), code)
        log.used -= 1
        log.later += 1
    return True


def add_noise(log, facts, start, day):
    """Actions that count for nothing, each for its reason. None of a referral that is not known by then."""
    chance = log.chance
    while chance.random() < 0.45:
        log.write(facts, day, chance.choice(UNUSED), chance.choice(["NULL", "OTHER"]), fate=IDLE)
    if chance.random() < 0.15 and start <= AS_OF:
        early = start - datetime.timedelta(chance.randrange(1, 400))
        log.write(facts, early, chance.choice(["1412", "1420", "1424", "1408"]), fate=EARLY)


def add_referral(log, facts, start):
    chance = log.chance
    if not add_creations(log, facts, start, "1422"):
        return
    day = start + datetime.timedelta(chance.randrange(0, 15))
    add_noise(log, facts, start, day)
    step, events = chance.random(), []
    if step < 0.12:
        events.append(("1424", chance.choice(REJECTIONS), ["rejected"]))
        log.rejected.append((facts["UBRN_ID"], facts["PATIENT_ID"], facts["SPECIALTY_CD"], day))
    elif step < 0.55:
        events.append(("1420", "NULL", ["accepted"]))
    elif step < 0.9:
        reason = chance.choice(list(ASSESSMENTS))
        events.append(("1770", reason, [ASSESSMENTS[reason]] if ASSESSMENTS[reason] else None))
    if chance.random() < 0.2:
        events.append(("1430", chance.choice(["NULL", "NO_SLOTS"]), ["asi"]))
    if chance.random() < 0.6:
        events.append(("1412", "NULL", ["booked"]))
    # Of one day often: then the action's number alone says what came first.
    for sequence, (code, reason, kinds) in enumerate(events):
        if kinds is None:
            log.write(facts, day, code, reason, fate=IDLE)
        else:
            log.event(facts, sequence, day, code, reason, kinds)
        day += datetime.timedelta(chance.choice([0, 0, 3, 30]))


def add_advice(log, facts, start):
    chance = log.chance
    if not add_creations(log, facts, start, "1407"):
        return
    day = start + datetime.timedelta(chance.randrange(0, 6))
    add_noise(log, facts, start, day)
    if chance.random() < 0.8:
        reason = chance.choice(list(ADVICE))
        log.event(facts, 1, day, "1408", reason, ADVICE[reason])
    if chance.random() < 0.1:
        log.event(facts, 2, day + datetime.timedelta(2), "1770", "PROVIDER_CONVERTED", ["converted"])


def invent(log):
    number = 0
    while not log.full():
        number += 1
        start = FIRST + datetime.timedelta(min(number // 32, (AS_OF - FIRST).days + 10))
        facts = invent_facts(log, number, start)
        kind = log.chance.random()
        if kind < 0.02:
            add_test_patient(log, facts, start)
        elif kind < 0.05:
            add_orphans(log, facts, start)
        elif kind < 0.25:
            add_advice(log, facts, start)
        else:
            add_referral(log, facts, start)


def write_log(path, rows, chance):
    """Some fields are quoted that need not be, as exports have them."""
    def cell(value):
        if any(c in value for c in ',"\n') or chance.random() < 0.02:
            return '"' + value.replace('"', '""') + '"'
        return value
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write(",".join(COLUMNS) + "\r\n")
        for row in rows:
            file.write(",".join(cell(row[name]) for name in COLUMNS) + "\r\n")


def write_table(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def main():
    folder, actions = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(20250630)
    log = Log(chance, actions)
    invent(log)
    chance.shuffle(log.rows)
    write_log(folder / "log.csv", log.rows, chance)
    header = list(log.referrals[0])
    write_table(folder / "referrals.csv", header, [[row[name] for name in header] for row in log.referrals])
    write_table(folder / "outcomes.csv", ["referral_id", "event_date", "event_type", "event_seq", "reason_code"], log.outcomes)
    write_table(folder / "practices.csv", ["practice_code", "practice_name", "list_size"],
                [[code, f"Practice {k}", 4000 + 100 * k] for k, code in enumerate(PRACTICES)])
    write_table(folder / "schemes.csv", ["practice_code", "scheme", "start_date"],
                [[code, ["none", "rmc", "specialist_advice", "peer_review"][k % 4], "2020-01-01"]
                 for k, code in enumerate(PRACTICES)])
    ledger = {"read": len(log.rows), "used": log.used, "rejected": 0, "duplicates": log.later + log.repeated,
              "left_out": sum(log.left_out.values()),
              "duplicates_for": {"a later row of the same referral": log.later, "the same row again": log.repeated},
              "left_out_for": log.left_out}
    (folder / "expected.json").write_text(json.dumps(ledger, indent=1) + "\n")


if __name__ == "__main__":
    main()
