"""The statistics that the naive measures need, written as their definitions read and in no other way.

Pure functions on plain numbers, standard library only. None stands for "no number". Nothing here is shared with the
C program: the two are compared number by number.
"""
import math
from collections import Counter
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
CENSORED, EVENT, COMPETING = "censored", "event", "competing"
REACHED = 1e-9  # "reaches 0.5 and 0.9 (to 1e-9)"
CERTAIN = 1e-12  # an incidence this near to 0 or 1 is 0 or 1 but for rounding


def wilson_interval(count, total):
    """Wilson score, no continuity correction: (2x+z² ∓ z√(z²+4x(1−x/n))) / (2(n+z²)); exactly 0 and 1 at the ends."""
    root = Z * math.sqrt(Z * Z + 4 * count * (1 - count / total))
    middle, scale = 2 * count + Z * Z, 2 * (total + Z * Z)
    lower = 0.0 if count == 0 else (middle - root) / scale
    upper = 1.0 if count == total else (middle + root) / scale
    return lower, upper


def poisson_probability_up_to(count, mean):
    """P(X ≤ count) for a Poisson variable of that mean, summed term by term."""
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


def bisect(function, low, high):
    """Where a rising function crosses 0 between low and high."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


def exact_poisson_limits(count):
    """The means under which a count this high, or this low, has a chance of 2.5 % (the χ² quantiles say the same)."""
    lower = 0.0
    if count > 0:
        lower = bisect(lambda mean: 1 - poisson_probability_up_to(count - 1, mean) - 0.025, 1e-12, count + 1.0)
    upper = bisect(lambda mean: 0.025 - poisson_probability_up_to(count, mean), count + 1e-12, count + 30.0)
    return lower, upper


def byar_limits(count):
    """Byar: lower x(1−1/(9x)−z/(3√x))³, upper with x+1 and +z."""
    above = count + 1
    lower = count * (1 - 1 / (9 * count) - Z / (3 * math.sqrt(count))) ** 3
    upper = above * (1 - 1 / (9 * above) + Z / (3 * math.sqrt(above))) ** 3
    return lower, upper


def rate_limits(count):
    """exact Poisson (χ² quantiles) for x < 10, Byar's from 10 on."""
    return exact_poisson_limits(count) if count < 10 else byar_limits(count)


def quantile(values, probability):
    """Type 7: linear between the order statistics around (n − 1)p. None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * probability
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def log_log_interval(incidence, standard_error):
    """log-log interval of the incidence: F^exp(∓ z·se/(F·ln F)); there is none at 0 and 1."""
    if incidence <= CERTAIN or incidence >= 1 - CERTAIN:
        return None, None
    width = Z * standard_error / abs(incidence * math.log(incidence))
    return incidence ** math.exp(width), incidence ** math.exp(-width)


def hazards_by_day(subjects):
    """(day, at risk, events, ends) of every day on which anyone ends; whoever is censored on it is at risk on it."""
    table = []
    for day in sorted({days for days, state in subjects if state != CENSORED}):
        at_risk = sum(1 for days, _ in subjects if days >= day)
        events = sum(1 for days, state in subjects if days == day and state == EVENT)
        ends = sum(1 for days, state in subjects if days == day and state != CENSORED)
        table.append((day, at_risk, events, ends))
    return table


def influence_of(subject, table):
    """The derivative of the incidence on every day of the table with respect to one subject's weight.

    Weighted, the hazards are h = Σw·end/Σw·at risk, so that dh = (ended here − h·at risk here)/n for this subject, and
    F adds S·h₁ and S falls by S·h on each day: the derivatives of both are carried along.
    """
    time, state = subject
    survival, survival_change, incidence_change, changes = 1.0, 0.0, 0.0, []
    for day, at_risk, events, ends in table:
        here = time >= day
        event_hazard, hazard = events / at_risk, ends / at_risk
        event_hazard_change = ((time == day and state == EVENT) - event_hazard * here) / at_risk
        hazard_change = ((time == day and state != CENSORED) - hazard * here) / at_risk
        incidence_change += survival_change * event_hazard + survival * event_hazard_change
        survival_change = survival_change * (1 - hazard) - survival * hazard_change
        survival *= 1 - hazard
        changes.append(incidence_change)
    return changes


def incidence_curve(subjects):
    """Aalen–Johansen incidence of the event, with its infinitesimal-jackknife error and log-log interval.

    subjects: [(days, state)]. Returns [(day, incidence, standard error, lower, upper)] for every day with an end. The
    variance is the sum over the subjects of their squared influence; equal subjects have equal influence.
    """
    table = hazards_by_day(subjects)
    variances = [0.0] * len(table)
    for subject, count in sorted(Counter(subjects).items()):
        for place, change in enumerate(influence_of(subject, table)):
            variances[place] += count * change * change
    curve, survival, incidence = [], 1.0, 0.0
    for (day, at_risk, events, ends), variance in zip(table, variances):
        incidence += survival * events / at_risk
        survival *= 1 - ends / at_risk
        error = math.sqrt(variance)
        curve.append((day, incidence, error, *log_log_interval(incidence, error)))
    return curve


def first_day_reaching(curve, column, level):
    """The first day on which that column of the curve reaches the level (to 1e-9), None if it never does."""
    for step in curve:
        if step[column] is not None and step[column] >= level - REACHED:
            return step[0]
    return None


def incidence_at(curve, day):
    """(incidence, lower, upper) on a day: the last step on or before it; 0 and no interval before the first step."""
    found = (0.0, None, None)
    for step_day, incidence, _, lower, upper in curve:
        if step_day <= day:
            found = (incidence, lower, upper)
    return found
