"""Every count of a masked report is none of 1 to 7, and a multiple of 5.

    on_grid.py FOLDER   prints how many counts of each JSON file were looked at, and each that is not so

A second look at the mask, which knows nothing of how it is put on: it goes through the files and takes what stands under
the name of a count. The ledger of files is exact for everybody, and the denominator of a rate is person-years.
"""

import json
import math
import pathlib
import sys

COUNTS = set(
    """referrals events numerator denominator n competing censored pending immature unknown requests stopped known
    unattended unattended_known avoided came_back returned_with_advice without_cost reference_referrals made used
    duplicates orphans before_referral after_as_of counted population missing unmapped at_risk open""".split()
)


def is_shown(count):
    return count is None or count == 0 or (count >= 10 and count % 5 == 0)


def is_rate(record):
    return record.get("kind") == "rate" or record.get("measure") == "referral_rate"


def counts_of(value, place, record):
    """The counts in a value of a document, each with its place; `record` is the innermost one that names a measure."""
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from counts_of(item, f"{place}[{i}]", record)
    if not isinstance(value, dict):
        return
    if "measure" in value:
        record = value
    for name, member in value.items():
        if name == "ledger" or (name == "used" and "points" in value):  # of a series: quarters
            continue
        if name in COUNTS and not isinstance(member, (dict, list, bool, str)):
            if not (name in ("denominator", "referrals") and is_rate(record)):
                yield f"{place}.{name}", member
        else:
            yield from counts_of(member, f"{place}.{name}", record)


def are_on_the_grid(shares, near):
    """Whether these are shares that counts on the grid have in one total on it, which is not far from `near`."""
    return any(
        all(is_shown(round(share * total, 6)) for share in shares)
        for total in range(5 * int(0.9 * near / 5), int(1.1 * near) + 5, 5)
    )


def shares_of(comparison):
    """Of each scheme in the balance table, and of the reference, the shares of the categories of each variable."""
    shares = {}
    for row in comparison["balance"]:
        for side in "own", "reference":
            if row["label"] is not None and row[side] is not None:
                scheme = row["scheme"] if side == "own" else comparison["reference"]
                shares.setdefault((row["scheme"], row["variable"], side, scheme), []).append(row[side])
    return shares


def main():
    folder = pathlib.Path(sys.argv[1])
    documents = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    for name, document in documents.items():
        found = list(counts_of(document, "$", {}))
        print(name, "looked at" if found else "holds no count")
        for place, count in found:
            if not is_shown(count):
                print(name, place, count)
    comparison = documents["comparison.json"]
    totals = {
        result["scheme"]: result["denominator"]
        for result in documents["measures.json"]["results"]
        if result["measure"] == "asi_rate" and result["practice"] is None and result["specialty"] is None
        and result["period"] is None
    }
    for place, shares in shares_of(comparison).items():
        if not are_on_the_grid(shares, totals[place[-1]]):
            print("comparison.json balance", *place)
    for caution in comparison["cautions"]:
        if caution["caution"] == "unknown_scheme" and not is_shown(caution["number"]):
            print("comparison.json", "unknown_scheme", caution["number"])
    for wait in comparison["waits"]:
        for horizon in wait["within"]:
            if horizon["crude"]["value"] is None and horizon["standardised"]["value"] is not None:
                print("comparison.json", "adjusted where nothing is shown crude", wait["measure"], horizon["days"])
        chisq, p = wait["logrank"]["chisq"], wait["logrank"]["p"]
        if chisq is not None and not math.isclose(p, math.erfc(math.sqrt(chisq / 2)), rel_tol=1e-9):
            print("comparison.json", "p tells more than the statistic", wait["measure"], wait["scheme"], chisq, p)


main()
