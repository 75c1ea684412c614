#!/usr/bin/env python3
"""Hostile text where people may write any: names, localities, topics, specialties, reasons, codes, names of files and columns.

hostile.py make COUNTY HARMLESS HOSTILE CANARY   COUNTY with such texts in HOSTILE, and with harmless ones in their place in
                                                 HARMLESS; HOSTILE/texts.json says which. Whatever runs one of them as a
                                                 command makes the file CANARY.
hostile.py judge HARMLESS-REPORT HOSTILE-REPORT HOSTILE   reads every file of a report with a parser of its format
"""
import collections
import csv
import html.parser
import io
import json
import pathlib
import re
import sqlite3
import sys
import xml.etree.ElementTree

FORMULA = "=+-@\t\r\n＝＋－＠"


def hostile_texts(canary):
    return [
        '"', '""', "'", ",", ";", "|", "a,b\"c\",d", "=cmd()", f"=cmd|'/C touch {canary}'!A1", "+1", "+cmd|' /C calc'!A0", "-1",
        "-1+cmd|' /C calc'!A0", "@SUM(1)", "＝1+1", "<script>alert(1)</script>", "</title><script src=x></script>",
        "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "<!--", "]]>", "<![CDATA[", "&amp;", "&#60;b&#62;", "&",
        "{{practice.name}}", "{{#each}}", f"$(touch {canary})", f"`touch {canary}`", f"; touch {canary} #", f"| touch {canary}",
        f"\"; system('touch {canary}') #", f"'; system \"touch {canary}\"; '", f"< touch {canary}", "@{system}", "$DATA << EOD", "EOD",
        "'; DROP TABLE practice; --", "\"); DROP TABLE result; --", "%n%n%s%s%x", "%d %1$s", "two\nlines", "cr\ronly", "crlf\r\nthen",
        "tab\there", "\\n\\t\\", "\\\"", "_sub^super{/Bold x}", "\u202egnirts\u202c", "\u2066x\u2069", "\ufffe\uffff", "\u2028line",
        "\x01\x02\x07\x08\x1b[31mred\x1b[0m", "\x7f\x80\x9b", "x\x01" + "\x1f" * 3, "e\u0301\u0301\u0301", "\U0001f600", "w" * 10000,
        "<" * 5000, "é" * 5000, "../../etc/passwd", "..", "CON", " leading and trailing ", "null", "NaN", "-", "#", "~",
    ]


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)


class Words:
    """Gives every value of a column a text of its own, always the same one."""

    def __init__(self, texts):
        self.texts, self.given = texts, {}

    def give(self, column, value):
        if value == "":
            return ""
        taken = self.given.setdefault(column, {})
        if value not in taken:
            taken[value] = self.texts(column, len(taken))
        return taken[value]


def make(county, folder, texts, odd_names):
    """A copy of the county in which the columns that hold free text have other texts."""
    words = Words(texts)
    free = {"practice_code": "code", "practice_name": "name", "locality": "locality", "specialty_code": "specialty",
            "reason_code": "reason", "topic": "topic", "provider_code": "provider"}
    for kind in ("referrals", "outcomes", "practices", "schemes", "sessions"):
        rows = read(county / f"{kind}.csv")
        for row in rows[1:]:
            for column, name in enumerate(rows[0]):
                if name in free:
                    row[column] = words.give(free[name], row[column])
        if kind == "referrals":
            rows[0] += [texts("header", k) for k in range(8)]
            for row in rows[1:]:
                row += ["x"] * 8
            rows += [[*rows[k][:2], "2025-02-30", *rows[k][3:]] for k in range(1, 6)]  # to be rejected
        write(folder / odd_names.get(kind, f"{kind}.csv"), rows)
    return words.given


def main_make(county, harmless, hostile, canary):
    texts = hostile_texts(canary)
    # Codes and such must be told apart when trimmed, and differ from column to column, so that every text has its turn.
    place = {"code": 0, "name": 3, "locality": 11, "specialty": 19, "reason": 31, "topic": 7, "provider": 43, "header": 15}

    def choose(column, number):
        text = texts[(place[column] + number * 5) % len(texts)]
        return text.strip() or text

    names = {"referrals": "=cmd() \"x\", <script>alert(1)<script>.csv", "outcomes": f"$(touch {pathlib.Path(canary).name}).csv",
             "sessions": "`x`;%n%s\n\u202e.csv"}
    given = make(county, hostile, choose, names)
    make(county, harmless, lambda column, number: f"{column} {number}", {})
    (hostile / "texts.json").write_text(json.dumps(given))


class Page(html.parser.HTMLParser):
    """The elements outside pictures with the names of their attributes, the text, and what a reader could run."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.runs, self.pieces, self.depth, self.inside = collections.Counter(), [], [], 0, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.depth += tag == "svg"
        names = tuple(sorted(name for name, _ in attributes))
        if self.depth == 0:
            self.elements[tag, names] += 1
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form", "img") or \
                any(name.startswith("on") for name in names):
            self.runs.append((tag, names))
        for name, value in attributes:
            if name in ("href", "src", "xlink:href") and re.match(r"\s*[a-z]+:", value or "", re.I):
                self.runs.append((tag, name, value))
        self.inside.append(tag)

    def handle_endtag(self, tag):
        self.depth -= tag == "svg"
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data):
        if not self.inside or self.inside[-1] not in ("style", "script"):
            self.pieces.append(data)


def shown(text):
    """As a page shows a text: without the characters that turn its direction, control characters as blanks."""
    text = re.sub("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
    text = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def judge_csv(path):
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1, path
    for row in rows[1:]:
        assert not any(cell.startswith(tuple(FORMULA)) for cell in row), (path, row)


def judge_tsv(path):
    for line in path.read_text(encoding="utf-8").split("\n"):
        for cell in line.split("\t"):
            try:
                float(cell.replace("%", "").replace(",", "").replace("−", "-"))
            except ValueError:
                assert not cell.startswith(tuple(FORMULA)), (path, cell)
            assert not re.search("[\x00-\x08\x0b-\x1f]", cell), (path, cell)


def judge_svg(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    for element in root.iter():
        tag = element.tag.split("}")[-1]
        assert tag not in ("script", "foreignObject", "image", "iframe"), (path, tag)
        for name, value in element.attrib.items():
            assert not name.split("}")[-1].startswith("on"), (path, name)
            # A point of a funnel leads to its practice's page: nowhere else.
            assert not name.endswith("href") or re.fullmatch(r"#[\w-]+|(\.\./)*(practices/)?[\w-]+/index\.html", value), (path, value)
            assert "url(" not in value or "url(#" in value.replace(" ", ""), (path, value)


def judge_sqlite(path, given):
    base = sqlite3.connect(path)
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    practices = {code: (name, locality) for code, name, locality in base.execute("SELECT code, name, locality FROM practice")}
    names, localities = set(given["name"].values()), set(given["locality"].values())
    assert set(practices) == set(given["code"].values()), set(practices) ^ set(given["code"].values())
    assert {name for name, _ in practices.values()} == names, {name for name, _ in practices.values()} ^ names
    assert {locality for _, locality in practices.values()} == localities
    found = {value for value, in base.execute("SELECT DISTINCT specialty FROM result WHERE specialty IS NOT NULL")}
    assert found == set(given["specialty"].values()), found ^ set(given["specialty"].values())


def judge_pages(harmless, hostile):
    pages = sorted(path.relative_to(hostile) for path in hostile.rglob("*.html"))
    assert len(pages) == len(list(harmless.rglob("*.html"))) > 3, pages
    runs = {"of": set()}
    for path in harmless.rglob("*.html"):
        runs["of"] |= set(Page(path.read_text(encoding="utf-8")).runs)
    everything, elements, expected = [], collections.Counter(), collections.Counter()
    for path in pages:
        page = Page((hostile / path).read_text(encoding="utf-8"))
        assert set(page.runs) <= runs["of"], (path, set(page.runs) - runs["of"])
        everything.append(re.sub(r"\s+", " ", " ".join(page.pieces)))
        elements += page.elements
    for path in harmless.rglob("*.html"):
        expected += Page(path.read_text(encoding="utf-8")).elements
    differ = {key: (expected[key], elements[key]) for key in expected | elements if expected[key] != elements[key]}
    assert not differ, differ
    return " ".join(everything)


def main_judge(harmless, hostile, source):
    given = json.loads((source / "texts.json").read_text())
    for path in hostile.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda value: 1 / 0)
    results = json.loads((hostile / "measures.json").read_text(encoding="utf-8"))["results"]
    assert {result["specialty"] for result in results} == {None, *given["specialty"].values()}
    assert {result["practice"] for result in results} == {None, *given["code"].values()}
    for suffix, judge in ((".csv", judge_csv), (".tsv", judge_tsv), (".svg", judge_svg)):
        paths = list(hostile.rglob("*" + suffix))
        assert len(paths) > 1, suffix
        for path in paths:
            judge(path)
    judge_sqlite(hostile / "results.sqlite", given)
    text = judge_pages(harmless, hostile)
    for name in given["name"].values():
        assert shown(name)[:60].strip() in text, name
    assert "w" * 200 not in text


if __name__ == "__main__":
    if sys.argv[1] == "make":
        main_make(*map(pathlib.Path, sys.argv[2:5]), sys.argv[5])
    else:
        main_judge(*map(pathlib.Path, sys.argv[2:5]))
