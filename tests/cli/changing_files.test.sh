#!/bin/sh
# Files that somebody writes to, or cuts short, while a report reads them: the program says so and nothing is left. Prints TAP.
#
# The program is held by what it has to say: standard error is a pipe that is full, and with --timings there is a line to be
# written between reading and hashing. That the files are open by then is seen in the list of what it has mapped.
set -u
referlens=$(realpath "${REFERLENS:-build/release/referlens}")
REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
export referlens REFERLENS_REPORTS
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
"$referlens" synth --referrals 2000 --practices 5 -o county 2>/dev/null
exec python3 - <<'PYTHON'
import os
import pathlib
import shutil
import subprocess
import sys
import time

referlens = os.environ["referlens"]
names = ("outcomes.csv", "practices.csv", "referrals.csv")
MESSAGE = "referlens: error: referrals.csv: changed while it was being read; wait until the export is finished and run again"
count = failed = 0


def result(fine, name, detail=""):
    global count, failed
    count += 1
    failed += not fine
    print("ok" if fine else "not ok", count, "-", name)
    if not fine:
        print("#", detail)


def fill(pipe):
    """Writes to a pipe until it takes no more; how much that was."""
    os.set_blocking(pipe, False)
    filled = 0
    try:
        while True:
            filled += os.write(pipe, b"x")
    except BlockingIOError:
        os.set_blocking(pipe, True)
    return filled


def report(change):
    """Runs one over copies of the files, with a change while it has read them; status and what it said."""
    shutil.rmtree("exports", ignore_errors=True)
    shutil.copytree("county", "exports")
    reader, writer = os.pipe()
    filled = fill(writer)
    command = [referlens, "report", "--no-charts", "--timings", "-o", "out", *(f"exports/{name}" for name in names)]
    run = subprocess.Popen(command, stderr=writer)
    os.close(writer)
    while run.poll() is None and not all(f"exports/{name}" in pathlib.Path(f"/proc/{run.pid}/maps").read_text() for name in names):
        time.sleep(0.001)
    change(pathlib.Path("exports/referrals.csv"))
    with open(reader, "rb") as said:
        lines = said.read()[filled:].decode().splitlines()
    return run.wait(), [line for line in lines if ": timing: " not in line]


def left():
    return sorted(name for name in os.listdir(".") if name.startswith("out"))


def rewrite(path):
    content = path.read_bytes()
    with open(path, "r+b") as file:
        file.write(content.replace(b",routine,", b",urgent ,"))


def lengthen(path):
    with open(path, "ab") as file:
        file.write(b"RX,A81001,2025-01-01,330\n")


print("1..4")
status, said = report(lambda path: None)
result(status == 0 and left() == ["out"], "files that stay as they are give a report", (status, said))
shutil.rmtree("out", ignore_errors=True)
for change, name in ((rewrite, "rewritten in place"), (lengthen, "that grows"), (lambda path: os.truncate(path, 100), "cut short")):
    status, said = report(change)
    result((status, said, left()) == (1, [MESSAGE], []), f"a file {name} is named, and nothing is left", (status, said, left()))
    shutil.rmtree("out", ignore_errors=True)
sys.exit(failed > 0)
PYTHON
