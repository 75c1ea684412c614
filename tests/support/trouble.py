#!/usr/bin/env python3
"""Makes trouble out of a sound county, for tests.

trouble.py COUNTY TROUBLE SHUFFLED SPLIT   the county with repeated, contradictory, orphaned, untimely and bad rows and
                                           ids that have to be unescaped; the same rows in another order; and in more
                                           files. TROUBLE/ledger.txt says what a ledger must count as of 2025-03-31.
trouble.py --cut DATE FOLDER CUT           what FOLDER's files would have been on that day
trouble.py --broken FOLDER                 files with a sound header and damage of every kind behind it
"""
import csv
import datetime
import pathlib
import random
import sys

AS_OF = "2025-03-31"
KINDS = ["outcomes", "practices", "referrals", "schemes", "sessions"]


def read(path):
    """The header and the rows."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def line(row, chance=None):
    """A row as it stands in a file; some fields are quoted that need not be."""
    fields = []
    for field in row:
        needs = any(c in field for c in ',"\n')
        if needs or (chance is not None and chance.random() < 0.01):
            field = '"' + field.replace('"', '""') + '"'
        fields.append(field)
    return ",".join(fields).encode() + b"\n"


def write(path, header, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(line(header) + b"".join(lines))


def add_trouble(kind, header, rows, chance):
    """The file's lines, and [read, used, rejected, duplicates, left out] as of AS_OF."""
    at = {name: k for k, name in enumerate(header)}
    if kind == "referrals":
        for row in rows[::40]:  # ids that need unescaping; their events are orphans unless renamed alike
            row[0] = renamed(row[0])
    if kind == "outcomes":
        for row in rows:
            row[0] = RENAMED.get(row[0], row[0])
    if kind == "sessions":
        rows[0][at["topic"]] = 'Coughs, "colds"\nand sneezes'
    lines = [line(row, chance) for row in rows]
    count = {"read": len(rows), "used": len(rows), "rejected": 0, "duplicates": 0, "left_out": 0}

    def add(extra, reason):
        lines.extend(extra)
        count["read"] += len(extra)
        count[reason] += len(extra)

    def altered(row, **changes):
        row = list(row)
        for name, value in changes.items():
            row[at[name]] = value
        return row

    picked = chance.sample(rows, min(len(rows), 60))
    add([line(row) for row in picked[:20]], "duplicates")
    if kind == "referrals":
        # The original sorts first by its text (R… before a later specialty), whatever else differs.
        add([line(altered(row, specialty_code=row[at["specialty_code"]] + "X")) for row in picked[10:30]], "rejected")
        add([line(altered(row, referral_id=f"bad{k}", referral_date="2024-02-30")) for k, row in enumerate(picked[:5])],
            "rejected")
    if kind == "outcomes":
        add([line(altered(row, referral_id=f"lost{k}")) for k, row in enumerate(picked[:25])], "left_out")
        add([line(altered(row, event_date="2001-01-01", reason_code=f"early{k}")) for k, row in enumerate(picked[:15])],
            "left_out")
        add([line(altered(row, event_type="vanished")) for row in picked[:5]], "rejected")
        for seq in ("-3", "70000", "65535"):  # out of the range that most have
            add([line(altered(row, event_seq=seq)) for row in picked[30:35] if row[at["event_date"]] <= AS_OF], "used")
    if kind == "practices":
        add([line(altered(row, list_size="99999")) for row in picked[:5]], "rejected")
    add([b"R1,stray\"quote" + b"," * (len(header) - 2) + b"\n", b"\0" + b"," * (len(header) - 1) + b"\n",
         b"\xff" + b"," * (len(header) - 1) + b"\n", b"just one field\n", b"," * (len(header) + 3) + b"x\n"], "rejected")
    add([b"," * (len(header) - 1) + b"\n", b"," * (len(header) + 3) + b"\n"], "left_out")  # as spreadsheets end
    date = {"referrals": "referral_date", "outcomes": "event_date"}.get(kind)
    if date:
        later = sum(1 for row in rows if row[at[date]] > AS_OF)
        count["left_out"] += later
    count["used"] = count["read"] - count["rejected"] - count["duplicates"] - count["left_out"]
    return lines, [count[key] for key in ("read", "used", "rejected", "duplicates", "left_out")]


RENAMED = {}


def renamed(key):
    RENAMED[key] = key[:3] + '"' + key[3:]
    return RENAMED[key]


def make(county, trouble, shuffled, split):
    chance = random.Random(7)
    ledgers = {}
    for kind in sorted(KINDS, key=lambda name: name != "referrals"):
        header, rows = read(county / f"{kind}.csv")
        lines, ledgers[kind] = add_trouble(kind, header, rows, chance)
        write(trouble / f"{kind}.csv", header, lines)
        chance.shuffle(lines)
        write(shuffled / f"{kind}.csv", header, lines)
        parts = 4 if kind in ("referrals", "outcomes") else 2
        for part in range(parts):
            # Names whose order is another than that of the kinds, and columns in another order.
            order = list(range(len(header)))
            write(split / f"{(part * 7 + 3) % 10}{kind}.csv", [header[k] for k in order], lines[part::parts])
    text = "".join(f"{kind}.csv {' '.join(map(str, ledgers[kind]))}\n" for kind in KINDS)
    (trouble / "ledger.txt").write_text(text)


def cut(date, folder, target):
    for kind in KINDS:
        path = folder / f"{kind}.csv"
        lines = path.read_bytes().split(b"\n")
        header = lines[0].decode().split(",")
        column = {"referrals": "referral_date", "outcomes": "event_date"}.get(kind)
        if column is None:
            write_bytes(target / f"{kind}.csv", path.read_bytes())
            continue
        kept = [lines[0]]
        for text in lines[1:]:
            try:
                row = next(csv.reader([text.decode()]))
                when = row[header.index(column)]
                datetime.date.fromisoformat(when)
            except (UnicodeDecodeError, ValueError, IndexError, StopIteration, csv.Error):
                kept.append(text)  # whatever is wrong with it stays
                continue
            if when > date:
                continue
            if kind == "referrals" and row[header.index("received_date")] > date:
                row[header.index("received_date")] = ""
                text = line(row)[:-1]
            kept.append(text)
        write_bytes(target / f"{kind}.csv", b"\n".join(kept))


def write_bytes(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def make_broken(folder):
    referrals = b"referral_id,practice_code,referral_date,specialty_code,patient_key\n"
    outcomes = b"referral_id,event_date,event_type\n"
    good = b"R%d,A81001,2024-01-%02d,330,P1\n"
    sound = b"".join(good % (k, k % 28 + 1) for k in range(1, 50))
    chance = random.Random(3)
    noise = bytes(chance.randrange(256) for _ in range(20000))
    cases = {
        "blank-lines": referrals + b"\n\r\n  \n\t\n" + sound + b"\n\n",
        "carriage-returns": referrals.replace(b"\n", b"\r") + sound.replace(b"\n", b"\r"),
        "crlf": (referrals + sound).replace(b"\n", b"\r\n"),
        "cut-short": referrals + sound[:-20],
        "deep-in-quotes": referrals + sound + b'R99,"A81001\n' + sound,
        "every-line-opens-a-quote": referrals + sound.replace(b"A81001", b'"A81001'),
        "long-line": referrals + sound + b"x" * 3000000 + b"\n" + sound,
        "long-quoted-line": referrals + sound + b'"' + b"x\n" * 1500000 + b"\n" + sound,
        "many-columns": referrals + sound + b"," * 50000 + b"\n" + sound,
        "noise": referrals + noise + b"\n" + sound,
        "noise-in-outcomes": outcomes + noise,
        "nothing-but-commas": referrals + b",,,,\n" * 100,
        "nothing-but-quotes": referrals + b'"\n' * 99,
        "nul-bytes": referrals + b"\0" * 5000 + b"\n" + sound,
        "one-row-a-hundred-times": referrals + sound[:27] * 100,
        "orphans": outcomes + b"R1,2024-01-01,accepted\n" * 10,
        "quotes": referrals + b'"R""1","A81001","2024-01-01","33\n0","P,1"\n' * 10 + b'"R2""\n',
        "utf-16": referrals + sound.decode().encode("utf-16-le"),
        "wide-header": referrals[:-1] + b"".join(b",c%d" % k for k in range(9995)) + b"\n" +
                       sound.replace(b"\n", b"," * 9995 + b"\n"),
    }
    for name, content in cases.items():
        write_bytes(folder / f"{name}.csv", content)


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "--cut":
        cut(arguments[1], pathlib.Path(arguments[2]), pathlib.Path(arguments[3]))
    elif arguments[0] == "--broken":
        make_broken(pathlib.Path(arguments[1]))
    else:
        make(*map(pathlib.Path, arguments))


main()
