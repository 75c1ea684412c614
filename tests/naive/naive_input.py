"""Reads canonical CSV files into plain facts, row by row, for the naive measures.

A file's kind is recognised from its header. Rows that are not valid, repeated rows and the losers of a conflict are
left out. Nothing here is shared with the C program.
"""
import csv
import datetime
import re

COLUMNS = {
    "referrals": ("referral_id practice_code referral_date specialty_code request_type priority scheme patient_key "
                  "referrer_key previous_referral_id received_date provider_code age_band sex imd_decile").split(),
    "outcomes": ("referral_id event_date event_type event_seq reason_code referrer_contacted "
                 "patient_consulted").split(),
    "practices": "practice_code practice_name locality list_size age_band sex period".split(),
    "schemes": ("practice_code scheme start_date end_date specialty_code annual_cost cost_per_referral").split(),
    "sessions": "practice_code session_date topic specialty_code".split(),
}
REQUIRED = {
    "referrals": "referral_id practice_code referral_date specialty_code".split(),
    "outcomes": "referral_id event_date event_type".split(),
    "schemes": "practice_code scheme start_date".split(),
    "sessions": "practice_code session_date topic".split(),
    "practices": ["practice_code"],
}
DATES = {"referral_date", "received_date", "event_date", "start_date", "end_date", "session_date"}
VALUES = {
    "request_type": {"referral", "advice"},
    "priority": {"routine", "urgent", "usc"},
    "scheme": {"none", "rmc", "specialist_advice", "local_expertise", "peer_review"},
    "referrer_contacted": {"yes", "no"},
    "patient_consulted": {"yes", "no"},
    "event_type": set("accepted rejected returned_with_advice redirected advice_response converted asi booked "
                      "first_attended dna cancelled_patient cancelled_provider followup_attended decision_to_treat "
                      "treated discharged diagnosis_cancer cancelled_referral died".split()),
}
NUMBERS = {"event_seq", "list_size"}


def day_number(text):
    """Days since a fixed day, of an ISO date; None if it is not one."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return datetime.date.fromisoformat(text).toordinal()
    except ValueError:
        return None


def quarter_of(day):
    """The calendar quarter of a day, "2025-Q2"."""
    date = datetime.date.fromordinal(day)
    return f"{date.year}-Q{(date.month - 1) // 3 + 1}"


def quarter_days(period):
    """The first and the last day of a calendar quarter."""
    year, quarter = int(period[:4]), int(period[6])
    first = datetime.date(year, 3 * quarter - 2, 1)
    after = datetime.date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    return first.toordinal(), after.toordinal() - 1


def kind_of(header):
    """A file's kind is recognised from its header."""
    for kind, required in REQUIRED.items():
        if set(required) <= set(header):
            return kind
    raise ValueError(f"no kind of file has the header {header}")


def is_valid(kind, row):
    """A row is used if nothing required is blank and every value that is there can be read."""
    if any(row[column] == "" for column in REQUIRED[kind]):
        return False
    for column, text in row.items():
        if text == "":
            continue
        if column in DATES and day_number(text) is None:
            return False
        if column in VALUES and text not in VALUES[column]:
            return False
        if column in NUMBERS and not re.fullmatch(r"[0-9]+", text):
            return False
    return True


def text_of(kind, row):
    """A row's text: its values in the canonical order of columns, joined with commas."""
    return ",".join(row[column] for column in COLUMNS[kind])


def read_tables(paths):
    """{kind: [row]} of the valid rows of every file, a repeated row once, in the order of their text."""
    tables = {kind: {} for kind in COLUMNS}
    for path in paths:
        with open(path, newline="", encoding="utf-8-sig") as stream:
            lines = csv.reader(stream)
            header = next(lines)
            kind = kind_of(header)
            for line in lines:
                if not line:
                    continue
                row = dict.fromkeys(COLUMNS[kind], "")
                row.update((column, text) for column, text in zip(header, line) if column in row)
                if is_valid(kind, row):
                    tables[kind][text_of(kind, row)] = row
    sorted_rows = {kind: [rows[text] for text in sorted(rows)] for kind, rows in tables.items()}
    sorted_rows["schemes"] = without_conflicts(sorted_rows["schemes"], "practice_code", "specialty_code", "start_date")
    return sorted_rows


def without_conflicts(rows, *key):
    """Of rows that say different things of the same, the one whose text sorts first."""
    first = {}
    for row in rows:
        first.setdefault(tuple(row[column] for column in key), row)
    return list(first.values())


class Event:
    """One used row of the event log."""

    def __init__(self, row):
        self.day = day_number(row["event_date"])
        self.type = row["event_type"]
        self.sequence = int(row["event_seq"] or 0)
        self.reason = row["reason_code"]
        self.referrer_contacted = row["referrer_contacted"]
        self.patient_consulted = row["patient_consulted"]

    DETAILS = ("reason", "referrer_contacted", "patient_consulted")

    def order(self):
        """What settles a tie of day, sequence and type, so that the order of reading never does: "no" < "yes" < blank."""
        details = [getattr(self, detail) for detail in self.DETAILS]
        return [(text == "", text) for text in details]

    def may_be(self, other):
        """Whether both are the same event, told twice: nothing that both know is different."""
        return ((self.day, self.type, self.sequence) == (other.day, other.type, other.sequence)
                and all(len({getattr(event, detail) for event in (self, other)} - {""}) < 2 for detail in self.DETAILS))

    def learn_from(self, other):
        """Takes over what only the other row knows."""
        for detail in self.DETAILS:
            setattr(self, detail, getattr(self, detail) or getattr(other, detail))


def told_once(events):
    """Each event once, with all that its rows know of it: each row goes with the first one it may be the same as."""
    told = []
    for event in sorted(events, key=Event.order):
        same = [other for other in told if event.may_be(other)]
        if same:
            same[0].learn_from(event)
        else:
            told.append(event)
    return told


class Referral:
    """One used referral or advice request, with what became of it."""

    def __init__(self, row):
        self.id = row["referral_id"]
        self.practice = row["practice_code"]
        self.specialty = row["specialty_code"]
        self.day = day_number(row["referral_date"])
        self.period = quarter_of(self.day)
        self.is_advice = row["request_type"] == "advice"
        self.priority = row["priority"]
        self.patient = row["patient_key"]
        self.previous = row["previous_referral_id"]
        self.received = day_number(row["received_date"])
        self.scheme = row["scheme"] or None
        self.events = []

    def earliest(self, *types):
        """The first day with an event of one of these types, None without."""
        return min((event.day for event in self.events if event.type in types), default=None)

    def fold(self):
        """The words of the design.

        "The first decision is the earliest of `rejected, returned_with_advice, redirected, accepted` by (event_date,
        event_seq with missing as 0, then in the order just written). Attended, treated, responded are the earliest
        event of that kind (responded: `advice_response, returned_with_advice, converted, rejected`). Exit is the
        earliest `cancelled_referral` or `died`."
        """
        kinds = ["rejected", "returned_with_advice", "redirected", "accepted"]
        decisions = [event for event in self.events if event.type in kinds]
        self.decision = min(decisions, default=None,
                            key=lambda event: (event.day, event.sequence, kinds.index(event.type), event.order()))
        self.attended = self.earliest("first_attended")
        self.treated = self.earliest("treated")
        self.responded = self.earliest("advice_response", "returned_with_advice", "converted", "rejected")
        self.seen_undated = self.attended is None and self.has("followup_attended")
        self.exit = self.earliest("cancelled_referral", "died")
        self.discharged = self.earliest("discharged")

    def has(self, event_type):
        """Whether any such event was recorded."""
        return self.earliest(event_type) is not None

    def first_decision_is(self, *types):
        """Whether there was a decision, and the first was one of these."""
        return self.decision is not None and self.decision.type in types


def scheme_from_table(rows, practice, specialty, day):
    """The scheme of schemes.csv, None if no row fits.

    A row fits if its practice is the referral's and start ≤ t0 ≤ end (blank: open) and it names the specialty or none;
    one that names it beats one that does not, then the latest start, then the order of the schemes' names.
    """
    fitting = []
    for row in rows:
        start, end = day_number(row["start_date"]), day_number(row["end_date"])
        if row["practice_code"] != practice or day < start or (end is not None and day > end):
            continue
        if row["specialty_code"] in ("", specialty):
            fitting.append((row["specialty_code"] == "", -start, row["scheme"]))
    return min(fitting)[2] if fitting else None


class World:
    """Everything that was read, as of a day."""

    def __init__(self, paths, as_of=None):
        tables = read_tables(paths)
        self.as_of = as_of if as_of is not None else latest_day(tables)
        self.practice_rows = tables["practices"]
        self.referrals = used_referrals(tables, self.as_of)
        self.events = [event for referral in self.referrals for event in referral.events]
        self.types = {event.type for event in self.events}
        self.same_patient = {}
        self.naming = {}
        for referral in self.referrals:
            if not referral.is_advice and referral.patient:
                self.same_patient.setdefault((referral.patient, referral.specialty), []).append(referral)
            if not referral.is_advice and referral.previous:
                self.naming.setdefault(referral.previous, []).append(referral)
        self.successor = {referral.id: successor_of(self, referral) for referral in self.referrals}
        self.followers = {follower.id for follower in self.successor.values() if follower is not None}


def latest_day(tables):
    """The default as-of: the latest of all referral, received and event dates of valid rows; 0 without a row."""
    dates = [row[column] for row in tables["referrals"] for column in ("referral_date", "received_date")]
    dates += [row["event_date"] for row in tables["outcomes"]]
    return max((day_number(date) for date in dates if date), default=0)


def used_referrals(tables, as_of):
    """The referrals with their events, in the order of their ids.

    "Two rows of one referral_id that differ: the one whose text sorts first is used." "Referrals with t0 after the
    as-of date, and events after it, are left out [...]. An event dated before its referral is left out everywhere."
    """
    found = {}
    for row in tables["referrals"]:  # sorted by text: the first of an id is the one to keep
        found.setdefault(row["referral_id"], Referral(row))
    used = {key: referral for key, referral in found.items() if referral.day <= as_of}
    for row in tables["outcomes"]:
        referral, event = used.get(row["referral_id"]), Event(row)
        if referral is not None and referral.day <= event.day <= as_of:
            referral.events.append(event)
    for referral in used.values():
        referral.events = told_once(referral.events)
        referral.fold()
        if referral.scheme is None:
            referral.scheme = scheme_from_table(tables["schemes"], referral.practice, referral.specialty, referral.day)
    return [used[key] for key in sorted(used)]


def others_after(world, referral):
    """The other referrals of the same patient and specialty, later in the order, earliest first.

    "Another referral means request_type = referral and later in the order (t0, then id by bytes), so that two of one
    day are never each other's successor."
    """
    if not referral.patient:
        return []
    same = world.same_patient.get((referral.patient, referral.specialty), [])
    later = [other for other in same if (other.day, other.id) > (referral.day, referral.id)]
    return sorted(later, key=lambda other: (other.day, other.id))


def successor_of(world, referral):
    """The next of its chain, None if it has none.

    "A rejected referral is followed by the earliest other referral of the same patient and specialty dated 0–90 days
    after the rejection; one whose previous_referral_id names it, dated on or after the rejection, wins."
    """
    if referral.is_advice or not referral.first_decision_is("rejected"):
        return None
    rejection = referral.decision.day
    named = [other for other in world.naming.get(referral.id, [])
             if (other.day, other.id) > (referral.day, referral.id) and other.day >= rejection]
    if named:
        return min(named, key=lambda other: (other.day, other.id))
    near = [other for other in others_after(world, referral) if 0 <= other.day - rejection <= 90]
    return near[0] if near else None
