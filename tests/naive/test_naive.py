#!/usr/bin/env python3
"""Hand-worked cases for the naive measures: every expected number was worked out on paper, by R or by publication."""
import contextlib
import datetime
import io
import json
import pathlib
import sqlite3
import sys
import tempfile
import unittest
from unittest import mock

import compare
from naive_input import World, day_number
from naive_measures import HORIZONS, default_period, evaluate, list_size_in, observed_requests, quarters_observed
from naive_statistics import (CENSORED, COMPETING, EVENT, first_day_reaching, incidence_curve, influence_of,
                              hazards_by_day, quantile, rate_limits, wilson_interval)

ALL = (None, None, None, None)
REFERRALS = "referral_id,practice_code,referral_date,specialty_code,request_type,priority,scheme,patient_key," \
            "previous_referral_id,received_date"
OUTCOMES = "referral_id,event_date,event_type,event_seq,referrer_contacted,patient_consulted"


class Case(unittest.TestCase):
    """Writes a few rows to a folder that goes away again, and evaluates them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def paths(self, referrals, outcomes=(), **tables):
        """referrals: 'id date key=value…' (practice A81001, specialty 100, patient p); outcomes: 'id date type …'."""
        lines = [REFERRALS]
        for text in referrals:
            identifier, date, *extras = text.split()
            row = dict(practice="A81001", specialty="100", type="", priority="", scheme="", patient="p", previous="",
                       received="")
            row.update(extra.split("=") for extra in extras)
            lines.append(",".join([identifier, row["practice"], date, row["specialty"], row["type"], row["priority"],
                                   row["scheme"], row["patient"], row["previous"], row["received"]]))
        files = {"referrals": lines, "outcomes": [OUTCOMES]}
        for text in outcomes:
            identifier, date, kind, *extras = text.split()
            row = dict(seq="", gp="", patient="")
            row.update(extra.split("=") for extra in extras)
            files["outcomes"].append(",".join([identifier, date, kind, row["seq"], row["gp"], row["patient"]]))
        files.update(tables)
        for name, content in files.items():
            (self.folder / f"{name}.csv").write_text("\n".join(content) + "\n", encoding="utf-8")
        return [str(self.folder / f"{name}.csv") for name in files]

    def results(self, referrals, outcomes=(), as_of="2025-12-31", period=None, **tables):
        """Every result as of the end of 2025."""
        return evaluate(self.paths(referrals, outcomes, **tables), day_number(as_of), period)

    def assert_share(self, results, measure, numerator, denominator, pending=0, immature=0, unknown=0, where=ALL):
        """What a proportion has to be."""
        result = results[(measure,) + where]
        self.assertEqual((numerator, denominator), (result["numerator"], result["denominator"]), measure)
        self.assertEqual({"pending": pending, "immature": immature, "unknown": unknown}, result["excluded"], measure)

    def assert_counts(self, results, measure, events, competing, censored, where=ALL):
        """What the counts of a delay have to be."""
        result = results[(measure,) + where]
        self.assertEqual((events, competing, censored, events + competing + censored),
                         (result["events"], result["competing"], result["censored"], result["n"]), measure)


class Statistics(unittest.TestCase):
    def test_wilson_interval_is_the_published_one_for_camhs(self):
        lower, upper = wilson_interval(6261, 8895)  # 70.39 % (69.43-71.33), Public Health Scotland
        self.assertEqual(("69.43", "71.33"), (f"{100 * lower:.2f}", f"{100 * upper:.2f}"))

    def test_rate_limits_are_those_of_r(self):
        # R: qchisq(c(.025, .975), 2 * 9 + c(0, 2)) / 2; for 0: qchisq(.975, 2) / 2
        self.assertAlmostEqual(4.11537309737833, rate_limits(9)[0], places=12)
        self.assertAlmostEqual(17.08480345141917, rate_limits(9)[1], places=11)
        self.assertEqual(0, rate_limits(0)[0])
        self.assertAlmostEqual(3.68887945411394, rate_limits(0)[1], places=12)
        # R: x <- 10; x * (1 - 1/(9*x) - qnorm(.975)/(3*sqrt(x)))^3
        self.assertAlmostEqual(4.787449913967564, rate_limits(10)[0], places=12)

    def test_quantile_is_type_7(self):
        self.assertEqual(2.5, quantile([4, 1, 2, 3], 0.5))
        self.assertAlmostEqual(3.7, quantile([4, 1, 2, 3], 0.9))
        self.assertIsNone(quantile([], 0.5))

    def test_incidence_is_that_of_r(self):
        # R: survfit(Surv(time, factor(state, 0:2)) ~ 1, id = seq_len(n), conf.type = "log-log") of package survival
        # 3.5-3, on the days with an event: pstate, std.err, lower, upper
        times = [0, 2, 2, 3, 5, 5, 5, 8, 9, 14, 14, 20]
        states = [1, 1, 2, 0, 1, 1, 0, 2, 1, 0, 1, 0]
        expected = {
            0: (0.0833333333333333, 0.0797855923130282, 0.00505283547899073, 0.311070409989987),
            2: (0.1666666666666667, 0.1075828707279838, 0.02651042659082597, 0.412980312724027),
            5: (0.3541666666666666, 0.1432686183040122, 0.10774031529067854, 0.616575717818695),
            9: (0.4666666666666666, 0.1558949670154259, 0.16539461789069596, 0.724116913817664),
            14: (0.5791666666666666, 0.1574036117461754, 0.23494592899014410, 0.813874757302825)}
        curve = incidence_curve([(time, [CENSORED, EVENT, COMPETING][state]) for time, state in zip(times, states)])
        for day, *numbers in curve:
            for ours, theirs in zip(numbers, expected.get(day, numbers)):
                self.assertAlmostEqual(ours, theirs, places=14)
        self.assertEqual((14, 5, None), tuple(first_day_reaching(curve, column, 0.5) for column in (1, 4, 3)))

    def test_influence_is_the_numerical_derivative(self):
        subjects = [(1, EVENT), (2, COMPETING), (2, EVENT), (3, CENSORED), (4, EVENT), (6, CENSORED)]

        def weighted(weights, day):
            survival, incidence = 1.0, 0.0
            for step in range(day + 1):
                at_risk = sum(w for w, (time, _) in zip(weights, subjects) if time >= step)
                events = sum(w for w, subject in zip(weights, subjects) if subject == (step, EVENT))
                ends = events + sum(w for w, subject in zip(weights, subjects) if subject == (step, COMPETING))
                incidence += survival * events / at_risk
                survival *= 1 - ends / at_risk
            return incidence

        for place, subject in enumerate(subjects):
            changes = influence_of(subject, hazards_by_day(subjects))
            for (day, *_), change in zip(hazards_by_day(subjects), changes):
                up, down = ([1 + step * (other == place) for other in range(6)] for step in (1e-6, -1e-6))
                self.assertAlmostEqual((weighted(up, day) - weighted(down, day)) / 2e-6, change, places=8)

    def test_an_incidence_of_one_has_no_interval(self):
        curve = incidence_curve([(5, EVENT)] * 3)
        self.assertEqual([(5, 1.0, 0.0, None, None)], curve)
        self.assertEqual((5, None), (first_day_reaching(curve, 1, 0.5), first_day_reaching(curve, 4, 0.5)))


class Decisions(Case):
    def test_first_decision_goes_by_date_then_number_then_kind(self):
        results = self.results(
            ["a 2025-01-01", "b 2025-01-01", "c 2025-01-01", "d 2025-01-01", "e 2025-01-01"],
            ["a 2025-01-05 accepted", "a 2025-01-06 rejected",  # the date
             "b 2025-01-05 rejected seq=10", "b 2025-01-05 redirected seq=9",  # the number, not its text
             "c 2025-01-05 returned_with_advice", "c 2025-01-05 rejected seq=1",  # missing is 0
             "d 2025-01-05 accepted", "d 2025-01-05 redirected", "d 2025-01-05 rejected seq=0"])  # the kind
        self.assert_share(results, "rejection_rate", 1, 4, pending=1)
        self.assert_share(results, "redirected_rate", 1, 4, pending=1)
        self.assert_share(results, "returned_with_advice_rate", 1, 4, pending=1)
        self.assertEqual(0.25, results[("rejection_rate",) + ALL]["value"])

    def test_dialogue_is_read_from_the_first_decision_alone(self):
        results = self.results(
            ["a 2025-01-01", "b 2025-01-01", "c 2025-01-01", "d 2025-01-01"],
            ["a 2025-01-02 rejected gp=no patient=yes", "a 2025-01-03 rejected gp=yes", "b 2025-01-02 rejected gp=yes",
             "c 2025-01-02 rejected", "d 2025-01-02 accepted gp=no patient=no"])
        self.assert_share(results, "rejected_without_dialogue", 1, 2, unknown=1)
        self.assert_share(results, "rejected_without_patient", 0, 1, unknown=2)

    def test_an_event_told_twice_is_known_as_well_as_all_its_rows_know_it(self):
        results = self.results(["A 2025-01-01", "B 2025-01-01"],
                               ["A 2025-01-05 rejected", "A 2025-01-05 rejected gp=no",
                                "A 2025-01-05 rejected patient=yes", "B 2025-01-05 rejected gp=yes",
                                "B 2025-01-05 rejected gp=no patient=no", "B 2025-01-05 rejected seq=1 patient=yes"])
        self.assert_share(results, "rejected_without_dialogue", 2, 2)
        self.assert_share(results, "rejected_without_patient", 1, 2)

    def test_of_two_scheme_rows_that_contradict_each_other_the_first_by_text_counts(self):
        schemes = ["practice_code,scheme,start_date,end_date", "A81001,rmc,2025-01-01,2025-01-31",
                   "A81001,specialist_advice,2025-01-01,"]
        results = self.results(["A 2025-01-15", "B 2025-02-15"], schemes=schemes)
        self.assertIn(("asi_rate", None, None, "rmc", None), results)
        self.assertNotIn(("asi_rate", None, None, "specialist_advice", None), results)

    def test_re_referral_counts_from_day_0_to_day_90(self):
        rejected = [f"{name} 2025-02-01 rejected" for name in "abcdefg"]
        referrals = [f"{name} 2025-01-01 patient=p{name}" for name in "abcdef"] + ["g 2025-01-01 patient="]
        again = ["a2 2025-02-01 patient=pa", "b2 2025-05-02 patient=pb", "c2 2025-05-03 patient=pc",  # days 0, 90, 91
                 "d2 2025-01-31 patient=pd", "e2 2025-02-02 patient=pe specialty=110",
                 "f2 2025-02-02 patient=pf type=advice"]
        results = self.results(referrals + again, rejected)
        self.assert_share(results, "re_referral_rate", 2, 6, unknown=1)
        results = self.results(referrals + again, rejected, as_of="2025-05-01")
        self.assert_share(results, "re_referral_rate", 0, 0, immature=6, unknown=1)
        self.assertEqual("insufficient", results[("re_referral_rate",) + ALL]["status"])

    def test_of_two_on_one_day_only_the_later_id_is_another(self):
        outcomes = ["a 2025-01-01 rejected", "B 2025-01-01 rejected"]
        results = self.results(["a 2025-01-01", "B 2025-01-01"], outcomes)
        self.assert_share(results, "re_referral_rate", 1, 2)  # B sorts before a by bytes: a follows B
        self.assert_counts(results, "wait_decision", 2, 0, 0)

    def test_lost_is_neither_attended_nor_referred_again(self):
        referrals = [f"{name} 2025-01-01 patient=p{name}" for name in "abcde"]
        outcomes = [f"{name} 2025-02-01 rejected" for name in "abcde"]
        outcomes += ["a 2025-01-15 first_attended",  # before the rejection: seen all the same
                     "b 2025-07-31 first_attended", "c 2025-08-01 first_attended"]  # days 180 and 181
        results = self.results(referrals + ["d2 2025-07-31 patient=pd"], outcomes)
        self.assert_share(results, "lost_after_rejection", 2, 5)  # c and e
        results = self.results(referrals, outcomes, as_of="2025-07-30")
        self.assert_share(results, "lost_after_rejection", 0, 0, immature=5)


class Outcomes(Case):
    def test_conversion_is_over_all_who_were_followed_long_enough(self):
        results = self.results(
            ["a 2025-01-01", "b 2025-01-01", "c 2025-07-04", "d 2025-07-05", "e 2024-12-31", "f 2025-01-01"],
            ["a 2025-06-30 first_attended", "b 2025-07-01 first_attended", "c 2025-12-31 first_attended",
             "d 2025-07-05 first_attended", "e 2025-12-31 treated", "f 2025-12-31 treated"])
        self.assert_share(results, "attendance_conversion", 2, 5, immature=1)  # a on day 180, c on day 180
        self.assert_share(results, "treatment_conversion", 1, 1, immature=5)  # e alone has 365 days

    def test_discharged_at_first_is_on_that_very_day_and_untreated(self):
        results = self.results(
            [f"{name} 2025-01-01" for name in "abcd"],
            ["a 2025-01-09 first_attended", "a 2025-01-05 discharged", "a 2025-01-09 discharged",
             "b 2025-01-09 first_attended", "b 2025-01-10 discharged",
             "c 2025-01-09 first_attended", "c 2025-01-09 discharged", "c 2025-01-09 treated",
             "d 2025-01-09 discharged"])
        self.assert_share(results, "discharged_at_first", 1, 3)

    def test_a_dna_after_the_first_attendance_is_not_of_the_first(self):
        results = self.results(
            [f"{name} 2025-01-01 priority=usc" for name in "abcd"] + ["e 2025-01-01"],
            ["a 2025-01-09 first_attended", "a 2025-01-10 dna", "b 2025-01-09 first_attended", "b 2025-01-09 dna",
             "c 2025-01-09 dna", "d 2025-01-02 asi", "a 2025-03-01 diagnosis_cancer", "d 2025-03-01 diagnosis_cancer",
             "e 2025-01-02 first_attended", "e 2025-01-03 diagnosis_cancer"])
        self.assert_share(results, "dna_rate", 2, 4)
        self.assert_share(results, "asi_rate", 1, 5)
        self.assert_share(results, "cancer_conversion", 1, 2)

    def test_without_its_first_attendance_a_follow_up_leaves_it_unknown(self):
        # b to e were seen, nobody knows when first; f is a missed appointment, a has both attendances
        results = self.results(
            [f"{name} 2025-01-01 priority=usc patient=p{name}" for name in "abcdef"] + ["e2 2025-05-01 patient=pe"],
            ["a 2025-01-09 first_attended", "a 2025-01-20 followup_attended", "a 2025-02-01 diagnosis_cancer",
             "b 2025-03-01 followup_attended", "b 2025-02-01 dna", "c 2025-03-01 followup_attended",
             "c 2025-03-01 discharged", "d 2025-01-05 rejected", "d 2025-02-01 followup_attended",
             "e 2025-03-05 rejected", "e 2025-04-01 followup_attended", "f 2025-01-02 dna"])
        self.assert_share(results, "attendance_conversion", 1, 3, unknown=4)  # a of a, f and e2
        self.assert_share(results, "discharged_at_first", 0, 1, unknown=4)
        self.assert_share(results, "dna_rate", 1, 2, unknown=4)
        self.assert_share(results, "cancer_conversion", 1, 1, unknown=4)
        self.assert_share(results, "lost_after_rejection", 0, 1, unknown=1)  # e was referred again
        self.assert_counts(results, "wait_first_attendance", 1, 0, 2)
        self.assertEqual(4, results[("wait_first_attendance",) + ALL]["excluded"]["unknown"])
        self.assert_counts(results, "journey_wait", 1, 0, 1)  # e2 is the last of the journey of e
        self.assertEqual(4, results[("journey_wait",) + ALL]["excluded"]["unknown"])

    def test_advice_is_apart_from_referrals(self):
        advice = [f"{name} 2025-01-01 type=advice patient=p{name}" for name in "abcd"]
        results = self.results(
            advice + ["e 2025-01-01 type=advice patient=", "f 2025-12-30 type=advice", "a2 2025-04-03 patient=pa",
                      "b2 2025-04-04 patient=pb"],
            ["a 2025-01-03 advice_response", "b 2025-01-03 rejected", "c 2025-01-04 returned_with_advice",
             "c 2025-03-01 converted", "e 2025-01-01 converted", "d 2025-02-01 died"])
        self.assert_share(results, "advice_response_2d", 3, 5, immature=1)
        # a was referred on day 90, b on day 91, c was converted, d and f await a response, e has no patient
        self.assert_share(results, "advice_diverted", 1, 3, pending=2, unknown=1)
        self.assert_share(results, "rejection_rate", 0, 0, pending=2)
        self.assert_counts(results, "wait_advice", 4, 1, 1)
        self.assertEqual(2, results[("wait_advice",) + ALL]["completed_median"])  # of 0, 2, 2, 3


class Delays(Case):
    def test_an_exit_competes_with_a_decision_only_if_earlier(self):
        results = self.results(
            [f"{name} 2025-01-01" for name in "abcd"],
            ["a 2025-01-05 accepted", "a 2025-01-05 died", "b 2025-01-05 accepted", "b 2025-01-04 cancelled_referral",
             "c 2025-01-09 died"])
        self.assert_counts(results, "wait_decision", 1, 2, 1)
        # incidence: day 3: 0; day 4: survival 3/4 · 1/3 = 1/4; day 8: competing; then nothing more
        within = {entry["days"]: entry["value"] for entry in results[("wait_decision",) + ALL]["within"]}
        self.assertEqual({2: 0.0, 14: 0.25, 28: 0.25, 42: 0.25, 126: 0.25, 180: 0.25, 365: None}, within)

    def test_competing_ends_count_only_if_it_never_came(self):
        results = self.results(
            [f"{name} 2025-01-01" for name in "abcde"],
            ["a 2025-01-02 rejected", "a 2025-02-01 first_attended", "b 2025-01-08 rejected", "b 2025-01-05 died",
             "c 2025-01-03 accepted", "c 2025-01-04 rejected", "d 2025-01-04 discharged", "e 2025-01-20 treated",
             "e 2025-01-10 discharged"])
        self.assert_counts(results, "wait_first_attendance", 1, 1, 3)
        self.assert_counts(results, "wait_treatment", 1, 3, 1)
        self.assertEqual(19, results[("wait_treatment",) + ALL]["completed_median"])

    def test_a_journey_runs_from_the_head_to_any_attendance(self):
        # a → b (named, though c is earlier) → d (same patient, within 90 days); c follows nothing; e names a referral
        # that was not rejected, f one that was rejected later: both are heads
        results = self.results(
            ["a 2025-01-01", "b 2025-06-01 previous=a patient=q specialty=110", "c 2025-02-01",
             "d 2025-06-20 patient=q specialty=110", "e 2025-02-02 previous=c patient=",
             "f 2025-01-09 previous=a patient="],
            ["a 2025-01-10 rejected", "b 2025-06-10 rejected", "d 2025-07-01 first_attended", "c 2025-02-20 accepted",
             "e 2025-03-01 returned_with_advice"])
        self.assert_counts(results, "journey_wait", 1, 1, 2)
        self.assertEqual(181, results[("journey_wait",) + ALL]["completed_median"])
        self.assert_counts(results, "journey_wait", 1, 1, 2, where=(None, "100", None, None))
        self.assertEqual("insufficient", results[("journey_wait", None, "110", None, None)]["status"])

    def test_a_chain_of_the_never_seen_ends_with_its_last_member(self):
        results = self.results(
            ["a 2025-01-01", "b 2025-01-31", "z 2025-01-01 patient=other"],
            ["a 2025-01-10 rejected", "b 2025-02-10 rejected", "z 2025-01-01 first_attended"])
        self.assert_counts(results, "journey_wait", 1, 1, 0)
        self.assertEqual(0.5, results[("journey_wait",) + ALL]["within"][0]["value"])

    def test_hidden_delay_has_quantiles_and_nothing_else(self):
        results = self.results(
            ["a 2025-01-01 received=2025-01-01", "b 2025-01-01 received=2025-01-11", "c 2025-01-01",
             "d 2025-01-02 received=2025-01-01", "e 2025-01-01 received=2026-01-01",
             "f 2025-01-01 type=advice received=2025-01-05"])
        result = results[("hidden_delay",) + ALL]
        self.assertEqual((2, 2, 0, 0, [], None), tuple(
            result[name] for name in ("n", "events", "competing", "censored", "within", "median")))
        self.assertEqual((5, 9), (result["completed_median"], result["completed_p90"]))
        self.assertEqual(3, result["excluded"]["unknown"])

    def test_no_number_is_told_from_nothing_recorded(self):
        results = self.results(["a 2025-01-01", "b 2025-07-01 type=advice"], ["a 2025-01-05 accepted"])
        status = {key[0]: result["status"] for key, result in results.items() if key[1:] == ALL}
        self.assertEqual("ok", status["rejection_rate"])
        self.assertEqual("insufficient", status["re_referral_rate"])
        for measure in ("rejected_without_dialogue", "attendance_conversion", "dna_rate", "wait_treatment",
                        "advice_diverted", "hidden_delay", "referral_rate", "journey_wait"):
            self.assertEqual("not_recorded", status[measure], measure)
        self.assertIsNone(results[("dna_rate",) + ALL]["numerator"])
        self.assertEqual([{"days": days, "value": None, "lower": None, "upper": None} for days in HORIZONS],
                         results[("wait_treatment",) + ALL]["within"])


class Rows(Case):
    def test_rows_out_of_time_repeated_contradictory_or_of_nobody(self):
        results = self.results(
            ["a 2025-01-01", "a 2025-01-01", "b 2025-01-01 specialty=330", "b 2025-01-01 specialty=110",
             "c 2026-01-01", "d 2025-02-30", "e 2025-01-01"],
            ["a 2024-12-31 rejected", "a 2026-01-01 rejected", "b 2025-01-02 accepted", "b 2025-01-02 accepted",
             "nobody 2025-01-02 rejected", "e 2025-12-31 accepted"])
        self.assert_share(results, "rejection_rate", 0, 2, pending=1)
        self.assertEqual({"100", "110", None}, {key[2] for key in results})

    def test_the_default_as_of_is_the_latest_date(self):
        self.assertEqual(day_number("2025-04-01"), World(self.paths(
            ["a 2025-01-01 received=2025-03-01"], ["a 2025-04-01 accepted"])).as_of)

    def test_schemes_come_from_the_table_where_the_referral_has_none(self):
        table = ["practice_code,scheme,start_date,end_date,specialty_code",
                 "A81001,rmc,2025-01-01,2025-03-31,", "A81001,peer_review,2025-02-01,2025-02-28,",
                 "A81001,local_expertise,2024-01-01,2025-01-31,110", "A81002,none,2025-01-01,,",
                 "A81002,specialist_advice,2025-01-01,,"]
        referrals = ["a 2025-01-01", "b 2025-02-01", "c 2025-02-28", "d 2025-03-31", "e 2025-04-01",
                     "f 2025-01-31 specialty=110", "g 2025-02-01 specialty=110", "h 2025-02-01 scheme=none",
                     "i 2025-02-01 practice=A81002"]
        world = World(self.paths(referrals, schemes=table), day_number("2025-12-31"))
        self.assertEqual({"a": "rmc", "b": "peer_review", "c": "peer_review", "d": "rmc", "e": None,
                          "f": "local_expertise", "g": "peer_review", "h": "none", "i": "none"},
                         {referral.id: referral.scheme for referral in world.referrals})

    def test_only_slices_with_a_row_exist_and_each_practice_in_the_reports_own_period(self):
        results = self.results(["a 2025-05-01 scheme=rmc", "b 2025-08-01 practice=A81002"], period="2025-Q2")
        self.assertEqual({
            (None, None, None, None), (None, None, None, "2025-Q2"), (None, None, None, "2025-Q3"),
            (None, "100", None, None), (None, "100", None, "2025-Q2"), (None, "100", None, "2025-Q3"),
            (None, None, "rmc", None), (None, None, "rmc", "2025-Q2"), (None, "100", "rmc", None),
            (None, "100", "rmc", "2025-Q2"), ("A81001", None, None, None), ("A81001", None, None, "2025-Q2"),
            ("A81002", None, None, None), ("A81002", None, None, "2025-Q2"), ("A81002", None, None, "2025-Q3"), ("A81001", "100", None, None),
            ("A81001", "100", None, "2025-Q2"), ("A81002", "100", None, None)}, {key[1:] for key in results})

    def test_the_default_period_was_over(self):
        self.assertEqual("2025-Q1", default_period(day_number("2025-06-29")))
        self.assertEqual("2024-Q4", default_period(day_number("2025-01-01")))


class Rates(Case):
    TABLE = ["practice_code,list_size,period", "A81001,1000,2025-Q1", "A81001,3000,2025-Q3", "A81002,500,",
             "A81002,700,2025-Q1", "A81003,,"]

    def test_person_years_go_quarter_by_quarter(self):
        referrals = ["a 2025-02-01", "b 2025-05-01", "c 2025-05-01 practice=A81002", "d 2025-05-01 practice=A81003",
                     "e 2025-05-01 practice=A81002 type=advice", "f 2025-07-01 practice=A81003"]
        results = self.results(referrals, as_of="2025-07-02", practices=self.TABLE)
        # Q1 has 59 days from February on, Q2 91; A81001 referred in both: 1000 and 1000 (the earlier); A81002 in Q2: 500
        expected = (59 * 1000 + 91 * 1500) / 365.25
        result = results[("referral_rate",) + ALL]
        self.assertAlmostEqual(expected, result["denominator"])
        self.assertEqual((3, 2), (result["numerator"], result["excluded"]["unknown"]))
        self.assertAlmostEqual(3000 / expected, result["value"])
        by_period = results[("referral_rate", "A81002", None, None, "2025-Q2")]
        self.assertEqual((1, 91 * 500 / 365.25), (by_period["numerator"], by_period["denominator"]))
        without = results[("referral_rate", "A81003", None, None, None)]
        self.assertEqual(("insufficient", 0), (without["status"], without["numerator"]))
        self.assertEqual(2, without["excluded"]["unknown"])

    def test_quarters_behind_the_last_referral_do_not_count(self):
        world = World(self.paths(["a 2024-12-01"], practices=self.TABLE), day_number("2025-01-02"))
        self.assertEqual([("2024-Q4", 31)], quarters_observed(world))

    def test_list_size_comes_from_the_nearest_period(self):
        world = World(self.paths(["a 2024-12-01", "b 2025-01-01"], practices=self.TABLE), day_number("2025-01-02"))
        self.assertEqual([("2024-Q4", 31), ("2025-Q1", 2)], quarters_observed(world))
        self.assertEqual([1000, 1000, 3000, 500, None], [
            list_size_in(world, "A81001", "2024-Q4"), list_size_in(world, "A81001", "2025-Q2"),
            list_size_in(world, "A81001", "2025-Q4"), list_size_in(world, "A81002", "2025-Q2"),
            list_size_in(world, "A81003", "2025-Q2")])

    def test_an_export_begins_with_the_month_of_its_first_request(self):
        stray, export = "a 2019-05-14", ["b 2024-02-29", "c 2024-03-01", "d 2024-06-30"]
        world = World(self.paths([stray] + export), day_number("2024-07-31"))
        observed = [one for one in quarters_observed(world) if one[0] in ("2019-Q2", "2024-Q1", "2024-Q2")]
        # May and June; 1 February to 31 March of a leap year; all of the quarter, which follows one with requests
        self.assertEqual([("2019-Q2", 61), ("2024-Q1", 60), ("2024-Q2", 91)], observed)


    def window(self, referrals):
        """The first day that counts, and how many requests lie before it."""
        world = World(self.paths(referrals), day_number("2025-12-31"))
        kept = observed_requests(world)
        first = datetime.date.fromordinal(min(row.day for row in kept)).isoformat()
        return first, len(world.referrals) - len(kept)

    def test_what_stands_alone_at_the_beginning_is_not_observed(self):
        def month(name, number, practice="A81001"):
            return [f"{name}-{i} {name}-{1 + i % 28:02} practice={practice}" for i in range(number)]

        bulk = month("2024-08", 30) + month("2024-09", 40) + month("2024-11", 30)
        # Busy months have 30: 100 of 100, with more only 40. A tenth of it are 3.
        self.assertEqual(("2024-08-01", 0), self.window(bulk))
        self.assertEqual(("2024-08-01", 1), self.window(bulk + month("2014-08", 1)))
        self.assertEqual(("2024-08-01", 2), self.window(bulk + month("2024-07", 2)))
        self.assertEqual(("2024-07-01", 0), self.window(bulk + month("2024-07", 3)))
        # Busy months of 60 have months of 6. Four of one practice that comes first make a month, three or a gap do not.
        more = bulk + month("2024-08", 30, "B1") + month("2024-09", 30, "B1") + month("2024-11", 30, "B1")
        more = [f"{number}{text}" for number, text in enumerate(more)]
        self.assertEqual(("2024-07-01", 0), self.window(more + month("2024-07", 4)))
        self.assertEqual(("2024-08-01", 3), self.window(more + month("2024-07", 3)))
        self.assertEqual(("2024-08-01", 4), self.window(more + month("2024-06", 4)))
        # Of a few, gaps are natural: a month of ten is busy, and one is a tenth of it.
        self.assertEqual(("2014-08-01", 0), self.window(month("2024-08", 10) + month("2014-08", 1)))
        self.assertEqual(("2014-08-01", 0), self.window(["1 2014-08-01", "2 2015-05-02", "3 2017-01-02"]))

    def test_a_misdated_referral_adds_no_time(self):
        rows = [f"r{i} 2024-{8 + i % 2:02}-{1 + i % 28:02}" for i in range(60)]
        practices = ["practice_code,list_size", "A81001,1000"]
        stray = self.results(rows + ["stray 2024-06-10"], practices=practices)[("referral_rate",) + ALL]
        # August and September, 61 days; the stray one is not counted and said to be left out.
        self.assertEqual((60, 1), (stray["numerator"], stray["excluded"]["unknown"]))
        self.assertAlmostEqual(1000 * 61 / 365.25, stray["denominator"], places=9)


class Comparison(Case):
    """compare.py on a folder that holds our own results, true and then falsified."""

    def write_report(self, results, period):
        rows = [{**dict(zip(compare.SLICE, key)), **result} for key, result in results.items()]
        public = [row for row, key in zip(rows, results) if compare.belongs_in_json(key, period)]
        (self.folder / "measures.json").write_text(json.dumps({"audience": "analyst", "results": public}))
        columns = compare.SLICE + ["kind", "status"] + compare.SHARE + ["expected"] + compare.DELAY + ["excluded"]
        (self.folder / "results.sqlite").unlink(missing_ok=True)
        database = sqlite3.connect(self.folder / "results.sqlite")
        database.execute(f"CREATE TABLE result (id INTEGER PRIMARY KEY, {', '.join(columns)})")
        database.execute("CREATE TABLE incidence (result_id, days, value, lower, upper)")
        for number, row in enumerate(rows):
            values = [json.dumps(row[name]) if name == "excluded" else row.get(name) for name in columns]
            database.execute(f"INSERT INTO result VALUES ({number}{', ?' * len(columns)})", values)
            for entry in row.get("within", []):
                database.execute("INSERT INTO incidence VALUES (?, ?, ?, ?, ?)", (number, *entry.values()))
        database.commit()
        database.close()

    def compare(self, paths):
        out = io.StringIO()
        arguments = ["compare.py", str(self.folder), *paths, "--as-of", "2025-12-31", "--period", "2025-Q1"]
        with mock.patch.object(sys, "argv", arguments), contextlib.redirect_stdout(out):
            code = compare.main()
        return code, out.getvalue()

    def test_equal_reports_agree_and_every_falsehood_is_found(self):
        paths = self.paths(["a 2025-01-01 scheme=rmc", "b 2025-02-01", "c 2025-04-01 specialty=110"],
                           ["a 2025-01-02 accepted", "b 2025-02-11 rejected", "b 2025-03-01 first_attended"])
        results = evaluate(paths, day_number("2025-12-31"), "2025-Q1")
        self.write_report(results, "2025-Q1")
        self.assertEqual(0, self.compare(paths)[0])
        key = ("wait_decision",) + ALL
        for name, value in (("n", 4), ("median", 2), ("completed_p90", 9.1000001), ("status", "suppressed"),
                            ("excluded", {"pending": 0, "immature": 0, "unknown": 1}), ("value", 0.5),
                            ("within", results[key]["within"][1:])):
            self.write_report({**results, key: {**results[key], name: value}}, "2025-Q1")
            code, said = self.compare(paths)
            self.assertEqual((1, True), (code, f"wait_decision', None, None, None, None) {name}" in said), said)
        self.write_report({other: result for other, result in results.items() if other != key}, "2025-Q1")
        self.assertIn("is missing", self.compare(paths)[1])
        self.write_report({**results, ("new",) + ALL: results[key]}, "2025-Q1")
        self.assertIn("is extra", self.compare(paths)[1])


if __name__ == "__main__":
    unittest.main()
