#!/usr/bin/env python3
"""The second, naive implementation of every measure, to be compared with the fast one number by number.

Each measure is a short function that quotes what it does and looks at one referral at a time; every slice is evaluated
by going through its rows again. No cleverness: this program is for being obviously right.

    naive_measures.py FILE... [--as-of DATE] [--period 2025-Q2]

prints a JSON array of results. evaluate() returns them keyed by (measure, practice, specialty, scheme, period), where
None means all.
"""
import argparse
import datetime
import json

from naive_input import World, day_number, others_after, quarter_days, quarter_of
from naive_statistics import (CENSORED, COMPETING, EVENT, first_day_reaching, incidence_at, incidence_curve, quantile,
                              rate_limits, wilson_interval)

HORIZONS = [2, 14, 28, 42, 126, 180, 365]
YES, NO = "yes", "no"  # in the denominator: in the numerator or not
PENDING, IMMATURE, UNKNOWN = "pending", "immature", "unknown"  # excluded, with the reason
OUTSIDE = "outside"  # not in the population of the measure at all
# A referral that was seen at a follow-up and has no first attendance recorded (`seen_undated`) is unknown to every measure
# that rests on *attended*: whether and when it was first seen is not known.
DECISIONS = {"rejected", "returned_with_advice", "redirected", "accepted"}
RESPONSES = {"advice_response", "returned_with_advice", "converted", "rejected"}


def yes_if(condition):
    """In the denominator, and in the numerator if the condition holds."""
    return YES if condition else NO


# Proportions: where one referral belongs.

def decided_as(referral, kind):
    """first decision of that kind | decided (pending reported beside it)"""
    if referral.is_advice:
        return OUTSIDE
    if referral.decision is None:
        return PENDING
    return yes_if(referral.decision.type == kind)


def rejection_rate(world, referral):
    """first decision rejected | decided (pending reported beside it)"""
    return decided_as(referral, "rejected")


def returned_with_advice_rate(world, referral):
    """first decision returned_with_advice | decided"""
    return decided_as(referral, "returned_with_advice")


def redirected_rate(world, referral):
    """first decision redirected | decided"""
    return decided_as(referral, "redirected")


def is_rejected_referral(referral):
    """request_type = referral and first decision rejected"""
    return not referral.is_advice and referral.first_decision_is("rejected")


def rejected_without_dialogue(world, referral):
    """`referrer_contacted` = no on that event | first decision rejected, value known"""
    if not is_rejected_referral(referral):
        return OUTSIDE
    if referral.decision.referrer_contacted == "":
        return UNKNOWN
    return yes_if(referral.decision.referrer_contacted == "no")


def rejected_without_patient(world, referral):
    """`patient_consulted` = no on that event | first decision rejected, value known"""
    if not is_rejected_referral(referral):
        return OUTSIDE
    if referral.decision.patient_consulted == "":
        return UNKNOWN
    return yes_if(referral.decision.patient_consulted == "no")


def referred_again(world, referral, start, days):
    """Whether another referral of the same patient and specialty is dated 0 to so many days after the start."""
    return any(0 <= other.day - start <= days for other in others_after(world, referral))


def re_referral_rate(world, referral):
    """another referral, same patient and specialty, dated 0–90 days after the rejection | first decision rejected,
    patient known, as-of ≥ 90 days after it"""
    if not is_rejected_referral(referral):
        return OUTSIDE
    if not referral.patient:
        return UNKNOWN
    rejection = referral.decision.day
    if world.as_of - rejection < 90:
        return IMMATURE
    return yes_if(referred_again(world, referral, rejection, 90))


def lost_after_rejection(world, referral):
    """neither attended nor re-referred within 180 days of the rejection | first decision rejected, patient known,
    as-of ≥ 180 days after it"""
    if not is_rejected_referral(referral):
        return OUTSIDE
    if not referral.patient:
        return UNKNOWN
    rejection = referral.decision.day
    if world.as_of - rejection < 180:
        return IMMATURE
    if referred_again(world, referral, rejection, 180):
        return NO
    if referral.seen_undated:
        return UNKNOWN
    attended = referral.attended is not None and referral.attended <= rejection + 180
    return yes_if(not attended)


def attendance_conversion(world, referral):
    """attended within 180 days of t0 | follow-up ≥ 180 days: all submitted, not only accepted"""
    if referral.is_advice:
        return OUTSIDE
    if world.as_of - referral.day < 180:
        return IMMATURE
    if referral.seen_undated:
        return UNKNOWN
    return yes_if(referral.attended is not None and referral.attended - referral.day <= 180)


def treatment_conversion(world, referral):
    """treated within 365 days of t0 | follow-up ≥ 365 days"""
    if referral.is_advice:
        return OUTSIDE
    if world.as_of - referral.day < 365:
        return IMMATURE
    return yes_if(referral.treated is not None and referral.treated - referral.day <= 365)


def discharged_at_first(world, referral):
    """discharged on the day first attended, not treated by then | attended"""
    if referral.is_advice:
        return OUTSIDE
    if referral.seen_undated:
        return UNKNOWN
    if referral.attended is None:
        return OUTSIDE
    day = referral.attended
    discharged = any(event.type == "discharged" and event.day == day for event in referral.events)
    treated = any(event.type == "treated" and event.day <= day for event in referral.events)
    return yes_if(discharged and not treated)


def dna_rate(world, referral):
    """a dna on or before the day first attended (or never attended) | attended or dna"""
    missed = referral.earliest("dna")
    if not referral.is_advice and referral.seen_undated:
        return UNKNOWN
    if referral.is_advice or (missed is None and referral.attended is None):
        return OUTSIDE
    return yes_if(missed is not None and (referral.attended is None or missed <= referral.attended))


def asi_rate(world, referral):
    """any asi event (no appointment slot) | all"""
    return OUTSIDE if referral.is_advice else yes_if(referral.has("asi"))


def cancer_conversion(world, referral):
    """any diagnosis_cancer | priority usc and attended"""
    if referral.is_advice or referral.priority != "usc":
        return OUTSIDE
    if referral.seen_undated:
        return UNKNOWN
    if referral.attended is None:
        return OUTSIDE
    return yes_if(referral.has("diagnosis_cancer"))


def advice_response_2d(world, referral):
    """(A) responded within 2 days | follow-up ≥ 2 days"""
    if not referral.is_advice:
        return OUTSIDE
    if world.as_of - referral.day < 2:
        return IMMATURE
    return yes_if(referral.responded is not None and referral.responded - referral.day <= 2)


def advice_diverted(world, referral):
    """(A) not converted, and no other referral of the same patient and specialty 0–90 days after the response |
    responded, patient known, as-of ≥ 90 days after it"""
    if not referral.is_advice:
        return OUTSIDE
    if referral.responded is None:
        return PENDING
    if not referral.patient:
        return UNKNOWN
    if world.as_of - referral.responded < 90:
        return IMMATURE
    return yes_if(not referral.has("converted") and not referred_again(world, referral, referral.responded, 90))


# Delays: (days, state) of one referral, or OUTSIDE, or UNKNOWN.

def ended(world, start, event, competing):
    """The event if there was one, else the earliest of the competing ends, else censored at the as-of date.

    "Whoever has not ended by the as-of date is censored there."
    """
    if event is not None:
        return event - start, EVENT
    ends = [day for day in competing if day is not None]
    if ends:
        return min(ends) - start, COMPETING
    return world.as_of - start, CENSORED


def turned_away(referral):
    """The day of a first decision that was rejected or returned_with_advice."""
    return referral.decision.day if referral.first_decision_is("rejected", "returned_with_advice") else None


def wait_decision(world, referral):
    """t0 → first decision; exit, if earlier"""
    if referral.is_advice:
        return OUTSIDE
    decision = None if referral.decision is None else referral.decision.day
    if decision is not None and referral.exit is not None and referral.exit < decision:
        decision = None
    return ended(world, referral.day, decision, [referral.exit])


def wait_first_attendance(world, referral):
    """t0 → attended; if never attended: first decision rejected or returned_with_advice, exit; the earliest"""
    if referral.is_advice:
        return OUTSIDE
    if referral.seen_undated:
        return UNKNOWN
    return ended(world, referral.day, referral.attended, [turned_away(referral), referral.exit])


def wait_treatment(world, referral):
    """t0 → treated; if never treated: as above, and discharged"""
    if referral.is_advice:
        return OUTSIDE
    return ended(world, referral.day, referral.treated, [turned_away(referral), referral.exit, referral.discharged])


def wait_advice(world, referral):
    """(A) t0 → responded; exit, if never responded"""
    if not referral.is_advice:
        return OUTSIDE
    return ended(world, referral.day, referral.responded, [referral.exit])


def journey_wait(world, referral):
    """t0 of a chain's head → the first attendance anywhere in the chain; if none attended: the last member's rejection,
    return or exit; the earliest. "A head follows nothing." """
    if referral.is_advice or referral.id in world.followers:
        return OUTSIDE
    chain = [referral]
    while world.successor[chain[-1].id] is not None:
        chain.append(world.successor[chain[-1].id])
    if any(member.seen_undated for member in chain):
        return UNKNOWN
    attended = min((member.attended for member in chain if member.attended is not None), default=None)
    return ended(world, referral.day, attended, [turned_away(chain[-1]), chain[-1].exit])


def hidden_delay(world, referral):
    """`referral_date` → `received_date`, where there is one"""
    if referral.is_advice:
        return OUTSIDE
    if referral.received is None or not referral.day <= referral.received <= world.as_of:
        return UNKNOWN
    return referral.received - referral.day, EVENT


# "not_recorded where nothing in the whole input could have recorded it"

def any_value(world, column):
    """Whether any used event has a value there."""
    return any(getattr(event, column) for event in world.events)


def any_patient(world):
    """Whether any used row has a patient key."""
    return any(referral.patient for referral in world.referrals)


def any_decision(world):
    """Whether there is any decision event at all."""
    return bool(world.types & DECISIONS)


def any_link(world):
    """Whether any used row could tell a chain: a patient key or a previous referral."""
    return any_patient(world) or any(referral.previous for referral in world.referrals)


PROPORTIONS = {
    "rejection_rate": (rejection_rate, any_decision),
    "returned_with_advice_rate": (returned_with_advice_rate, any_decision),
    "redirected_rate": (redirected_rate, any_decision),
    "rejected_without_dialogue": (
        rejected_without_dialogue, lambda world: any_decision(world) and any_value(world, "referrer_contacted")),
    "rejected_without_patient": (
        rejected_without_patient, lambda world: any_decision(world) and any_value(world, "patient_consulted")),
    "re_referral_rate": (re_referral_rate, lambda world: any_decision(world) and any_patient(world)),
    "lost_after_rejection": (
        lost_after_rejection,
        lambda world: any_decision(world) and any_patient(world) and "first_attended" in world.types),
    "attendance_conversion": (attendance_conversion, lambda world: "first_attended" in world.types),
    "treatment_conversion": (treatment_conversion, lambda world: "treated" in world.types),
    "discharged_at_first": (discharged_at_first, lambda world: {"first_attended", "discharged"} <= world.types),
    "dna_rate": (dna_rate, lambda world: "dna" in world.types),
    "asi_rate": (asi_rate, lambda world: "asi" in world.types),
    "cancer_conversion": (cancer_conversion, lambda world: "diagnosis_cancer" in world.types),
    "advice_response_2d": (advice_response_2d, lambda world: bool(world.types & RESPONSES)),
    "advice_diverted": (advice_diverted, lambda world: bool(world.types & RESPONSES) and any_patient(world)),
}
DELAYS = {
    "wait_decision": (wait_decision, any_decision),
    "wait_first_attendance": (wait_first_attendance, lambda world: "first_attended" in world.types),
    "wait_treatment": (wait_treatment, lambda world: "treated" in world.types),
    "wait_advice": (wait_advice, lambda world: bool(world.types & RESPONSES)),
    "journey_wait": (journey_wait, lambda world: "first_attended" in world.types and any_link(world)),
    "hidden_delay": (
        hidden_delay,
        lambda world: any(row.received is not None and row.received <= world.as_of for row in world.referrals)),
}


def nothing_excluded():
    """The three reasons, all 0."""
    return {PENDING: 0, IMMATURE: 0, UNKNOWN: 0}


def proportion_result(world, measure, rows):
    """One proportion over the rows of a slice: Wilson interval; insufficient with an empty denominator."""
    function, recorded = PROPORTIONS[measure]
    result = {"kind": "proportion", "status": "not_recorded", "excluded": nothing_excluded()}
    result.update(dict.fromkeys(["numerator", "denominator", "value", "lower", "upper"]))
    if not recorded(world):
        return result
    places = [function(world, row) for row in rows]
    for reason in result["excluded"]:
        result["excluded"][reason] = places.count(reason)
    numerator, denominator = places.count(YES), places.count(YES) + places.count(NO)
    result.update(status="insufficient", numerator=numerator, denominator=denominator)
    if denominator > 0:
        lower, upper = wilson_interval(numerator, denominator)
        result.update(status="ok", value=numerator / denominator, lower=lower, upper=upper)
    return result


def within_result(curve, longest_follow_up):
    """The incidence at the seven horizons.

    "An incidence at a horizon beyond the longest follow-up in its slice (as-of − t0, over the rows of that measure) is
    null."
    """
    entries = []
    for days in HORIZONS:
        value, lower, upper = incidence_at(curve, days) if days <= longest_follow_up else (None, None, None)
        entries.append({"days": days, "value": value, "lower": lower, "upper": upper})
    return entries


def delay_result(world, measure, rows):
    """One delay over the rows of a slice: Aalen–Johansen incidence, and the quantiles of those who ended."""
    function, recorded = DELAYS[measure]
    result = {"kind": "delay", "status": "not_recorded", "excluded": nothing_excluded()}
    result.update(dict.fromkeys("n events competing censored median median_lower median_upper p90 completed_median "
                                "completed_p90".split()))
    result["within"] = [] if measure == "hidden_delay" else within_result([], -1)
    if not recorded(world):
        return result
    waits = [(row, function(world, row)) for row in rows]
    result["excluded"][UNKNOWN] = sum(1 for _, wait in waits if wait == UNKNOWN)
    waits = [(row, wait) for row, wait in waits if wait not in (OUTSIDE, UNKNOWN)]
    subjects = [wait for _, wait in waits]
    states = [state for _, state in subjects]
    completed = [days for days, state in subjects if state == EVENT]
    result.update(status="ok" if subjects else "insufficient", n=len(subjects), events=states.count(EVENT),
                  competing=states.count(COMPETING), censored=states.count(CENSORED),
                  completed_median=quantile(completed, 0.5), completed_p90=quantile(completed, 0.9))
    if subjects and measure != "hidden_delay":
        curve = incidence_curve(subjects)
        result.update(median=first_day_reaching(curve, 1, 0.5), p90=first_day_reaching(curve, 1, 0.9),
                      median_lower=first_day_reaching(curve, 4, 0.5), median_upper=first_day_reaching(curve, 3, 0.5),
                      within=within_result(curve, max(world.as_of - row.day for row, _ in waits)))
    return result


# referral_rate

def list_size_in(world, practice, period):
    """The list size of a practice in a quarter, None if it has none.

    The rows of that period, else those without a period, else the nearest earlier period's, else the nearest later's.
    """
    sizes = {}
    for row in world.practice_rows:
        if row["practice_code"] == practice and row["list_size"]:
            sizes[row["period"]] = sizes.get(row["period"], 0) + int(row["list_size"])
    earlier = [stated for stated in sizes if stated and stated < period]
    later = [stated for stated in sizes if stated and stated > period]
    for choice in ([period], [""], [max(earlier, default=None)], [min(later, default=None)]):
        if choice[0] in sizes:
            return sizes[choice[0]]
    return None


def month_of(day):
    """The calendar month of a day, as a number that goes up by one from each to the next."""
    date = datetime.date.fromordinal(day)
    return 12 * date.year + date.month


def observed_requests(world):
    """The requests of the observed window.

    It "begins with the first month that has a tenth or more of what a busy month has: the largest number such that
    months with so many requests or more hold nine in ten of all. […] Months that lie right before it, one after the
    other, belong to it as well while each has four requests or more for every practice that made any".
    """
    months = {}
    for row in world.referrals:
        months.setdefault(month_of(row.day), []).append(row)

    def held_by_months_with(number):
        return sum(len(rows) for rows in months.values() if len(rows) >= number)

    busy = max(number for number in map(len, months.values())
               if 10 * held_by_months_with(number) >= 9 * len(world.referrals))
    begin = min(month for month, rows in months.items() if 10 * len(rows) >= busy)
    while begin - 1 in months and len(months[begin - 1]) >= 4 * len({row.practice for row in months[begin - 1]}):
        begin -= 1
    return [row for row in world.referrals if month_of(row.day) >= begin]


def quarters_observed(world):
    """[(period, days observed)]: from the quarter of the earliest t0 to that of the latest, none behind the as-of date.

    Quarters behind the latest referral were followed up but not referred in: counting them would dilute every rate. So
    would the months before an export begins: a quarter counts from the month of its earliest request if there is none
    of the quarter before. Only requests of the observed window count.
    """
    observed = []
    earliest = {}
    requests = observed_requests(world)
    for row in requests:
        earliest[row.period] = min(row.day, earliest.get(row.period, row.day))
    end = min(quarter_days(quarter_of(max(row.day for row in requests)))[1], world.as_of)
    day = quarter_days(quarter_of(min(row.day for row in requests)))[0]
    while day <= end:
        period = quarter_of(day)
        last = min(quarter_days(period)[1], end)
        begin = day
        if period in earliest and quarter_of(day - 1) not in earliest:
            begin = datetime.date.fromordinal(earliest[period]).replace(day=1).toordinal()
        observed.append((period, last - begin + 1))
        day = last + 1
    return observed


def practices_concerned(world, practice):
    """The one of the slice, else every practice that made a referral or an advice request."""
    return [practice] if practice is not None else sorted({row.practice for row in world.referrals})


def person_years(world, practice, period):
    """Σ over practices, and over quarters in which they made any request of the observed window, of list_size × days
    observed ÷ 365.25"""
    total = 0.0
    made = {(row.practice, row.period) for row in observed_requests(world)}
    for quarter, days in quarters_observed(world):
        if period in (None, quarter):
            for code in practices_concerned(world, practice):
                if (code, quarter) in made:
                    total += (list_size_in(world, code, quarter) or 0) * days / 365.25
    return total


def rate_result(world, slice_key, rows, years):
    """referrals per 1,000 registered patients a year, exact or Byar interval"""
    _, _, scheme, period = slice_key
    result = {"kind": "rate", "status": "not_recorded", "excluded": nothing_excluded()}
    result.update(dict.fromkeys(["numerator", "denominator", "value", "lower", "upper", "expected"]))
    if not any(row["list_size"] for row in world.practice_rows):
        return result
    result.update(status="insufficient", numerator=0, denominator=0)
    if scheme is not None:
        return result
    referrals = [row for row in rows if not row.is_advice]
    in_window = {row.id for row in observed_requests(world)}
    counted = [row for row in referrals
               if row.id in in_window and list_size_in(world, row.practice, row.period) is not None]
    result["excluded"][UNKNOWN] = len(referrals) - len(counted)
    if years > 0:
        lower, upper = rate_limits(len(counted))
        result.update(status="ok", numerator=len(counted), denominator=years, value=1000 * len(counted) / years,
                      lower=1000 * lower / years, upper=1000 * upper / years)
    return result


def has_bands(world):
    """Whether the rate would be standardised, which is not done here."""
    return any(row["age_band"] or row["sex"] for row in world.practice_rows)


# Slices

def slices_of(referral, report_period):
    """Every slice (practice, specialty, scheme, period) that a referral is in.

    "all · specialty · scheme · scheme × specialty · practice, each over everything and by every period of t0; practice
    × specialty over everything and for the report's own period"
    """
    bases = [(None, None, None), (None, referral.specialty, None), (referral.practice, None, None)]
    if referral.scheme is not None:
        bases += [(None, None, referral.scheme), (None, referral.specialty, referral.scheme)]
    found = [base + (period,) for base in bases for period in (None, referral.period)]
    found.append((referral.practice, referral.specialty, None, None))
    if referral.period == report_period:
        found.append((referral.practice, referral.specialty, None, report_period))
    return found


def default_period(as_of):
    """The last quarter that was over by the as-of date."""
    first, last = quarter_days(quarter_of(as_of))
    return quarter_of(as_of) if last == as_of else quarter_of(first - 1)


def evaluate(paths, as_of=None, period=None):
    """{(measure, practice, specialty, scheme, period): result} for every slice that holds a row, and for every practice
    in the report's own period, whether it referred then or not.
    """
    world = World(paths, as_of)
    period = period or default_period(world.as_of)
    slices = {}
    for referral in world.referrals:
        for key in slices_of(referral, period):
            slices.setdefault(key, []).append(referral)
    results, years = {}, {}
    for practice in {row.practice for row in world.referrals}:
        slices.setdefault((practice, None, None, period), [])
    for key, rows in slices.items():
        for measure in PROPORTIONS:
            results[(measure,) + key] = proportion_result(world, measure, rows)
        for measure in DELAYS:
            results[(measure,) + key] = delay_result(world, measure, rows)
        if not has_bands(world):
            population = (key[0], key[3])
            if population not in years:
                years[population] = person_years(world, *population)
            results[("referral_rate",) + key] = rate_result(world, key, rows, years[population])
    return results


def parse_arguments(parser):
    """Adds the files, --as-of and --period, and reads them."""
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--as-of", help="the day of the export; default: the latest date in the data")
    parser.add_argument("--period", help="the report's own quarter, as 2025-Q2")
    arguments = parser.parse_args()
    if arguments.as_of is not None:
        arguments.as_of = day_number(arguments.as_of)
        if arguments.as_of is None:
            parser.error("--as-of is not a date")
    return arguments


def main():
    arguments = parse_arguments(argparse.ArgumentParser(description="Every measure over every slice, as JSON."))
    results = evaluate(arguments.files, arguments.as_of, arguments.period)
    names = ["measure", "practice", "specialty", "scheme", "period"]
    ordered = sorted(results.items(), key=lambda item: tuple("" if part is None else part for part in item[0]))
    print(json.dumps([{**dict(zip(names, key)), **result} for key, result in ordered], indent=1))


if __name__ == "__main__":
    main()
