#!/usr/bin/env python3
"""reshape.py COUNTY FOLDER: the same facts in every encoding and shape that exports come in.

FOLDER/plain has COUNTY's referrals, outcomes and practices in UTF-8 with commas and LF, with letters and signs in names and
codes that are no ASCII; FOLDER/SHAPE has the same rows in each SHAPE of SHAPES. FOLDER/profiles has a profile for each file
that says that it is in windows-1252.
"""
import csv
import io
import json
import pathlib
import sys

REQUIRED = {
    "referrals": ["referral_id", "practice_code", "referral_date", "specialty_code"],
    "outcomes": ["referral_id", "event_date", "event_type"],
    "practices": ["practice_code"],
}
DATES = ["referral_date", "received_date", "event_date"]


def text(rows, delimiter=",", end="\n", quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


def with_column(rows, name, cell):
    return [[*row, name if k == 0 else cell] for k, row in enumerate(rows)]


def blank(rows, delimiter=","):
    return delimiter * (len(rows[0]) - 1)


SHAPES = {
    "bom": lambda rows: b"\xef\xbb\xbf" + text(rows).encode(),
    "utf-16le-marked": lambda rows: b"\xff\xfe" + text(rows).encode("utf-16-le"),
    "utf-16le": lambda rows: text(rows).encode("utf-16-le"),
    "windows-1252": lambda rows: text(rows, end="\r\n").encode("cp1252"),
    "semicolons": lambda rows: text(rows, ";").encode(),
    "tabs": lambda rows: text(rows, "\t").encode(),
    "bars": lambda rows: text(rows, "|").encode(),
    "cr-lf": lambda rows: text(rows, end="\r\n").encode(),
    "cr": lambda rows: text(rows, end="\r").encode(),
    "mixed-ends": lambda rows: b"".join(text([row], end=["\n", "\r\n", "\r"][k % 3]).encode() for k, row in enumerate(rows)),
    "no-last-end": lambda rows: text(rows).rstrip("\n").encode(),
    "quoted": lambda rows: text(with_column(rows, "remark", 'said: "no",\r\nthen\n\n;yes'), quoting=csv.QUOTE_ALL).encode(),
    "quoted-cr": lambda rows: text(with_column(rows, "remark", 'a "b"\rc'), end="\r", quoting=csv.QUOTE_ALL).encode(),
    "blank-tail": lambda rows: text(rows).encode() + b"\n\n \n\r\n\n",
    "comma-tail": lambda rows: text(rows).encode() + (blank(rows) + "\n").encode() * 20,
    "semicolon-tail": lambda rows: text(rows, ";", "\r\n").encode() + (blank(rows, ";") + "\r\n").encode() * 20,
    "trailing-comma": lambda rows: text(rows, end=",\n").encode(),
    "trailing-comma-in-header": lambda rows: text(rows[:1], end=",,,\n").encode() + text(rows[1:]).encode(),
    "trailing-comma-in-rows": lambda rows: text(rows[:1]).encode() + text(rows[1:], end=",\n").encode(),
    "spaced": lambda rows: "".join(",".join(f' "{cell}" \t' for cell in row) + "\n" for row in rows).encode(),
    "10000-columns": lambda rows: text(
        [[*(f"column {k}" if n == 0 else "x" for k in range(10000)), *row] for n, row in enumerate(rows)]).encode(),
    "all-at-once": lambda rows: b"\xff\xfe" + (text(with_column(rows, "", 'a\t"b"\r\n'), "\t", "\r\n", csv.QUOTE_ALL)
                                             + "\t\t\r\n\r\n").encode("utf-16-le"),
}


def make_profile(name, header):
    fields = {column: {"column": column, "date": "YYYY-MM-DD"} if column in DATES else column for column in header}
    return {"name": f"own-{name}", "title": name, "encoding": "windows-1252",
            "optional": [column for column in header if column not in REQUIRED[name]],
            "makes": [{"name": name, "kind": name, "fields": fields}]}


def main():
    county, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    (folder / "profiles").mkdir(parents=True, exist_ok=True)
    for name in REQUIRED:
        rows = list(csv.reader(open(county / f"{name}.csv", newline="", encoding="utf-8")))
        header = rows[0]
        for row in rows[1:]:
            for column, cell in enumerate(header):
                if cell == "practice_name":
                    row[column] = f"Café “Élan”, {row[column]} – £5"
                if cell == "specialty_code" and row[column] == "330":
                    row[column] = "Œdème £"
        for shape, write in {"plain": lambda rows: text(rows).encode(), **SHAPES}.items():
            (folder / shape).mkdir(exist_ok=True)
            (folder / shape / f"{name}.csv").write_bytes(write(rows))
        (folder / "profiles" / f"{name}.json").write_text(json.dumps(make_profile(name, header)))
    print(*SHAPES)


if __name__ == "__main__":
    main()
