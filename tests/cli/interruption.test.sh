#!/bin/sh
# A report and an ingest that are interrupted: nothing is left of what was begun, the user is told, and the status is that of
# the signal. Prints TAP.
set -u
referlens=$(realpath "${REFERLENS:-build/release/referlens}")
export referlens
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
"$referlens" synth --referrals 30000 --practices 30 -o county 2>/dev/null
exec python3 - <<'PYTHON'
import glob
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

referlens = os.environ["referlens"]
exports = sorted(glob.glob("county/*.csv"))
count = failed = 0


def result(fine, name, detail=""):
    global count, failed
    count += 1
    failed += not fine
    print("ok" if fine else "not ok", count, "-", name)
    if not fine:
        print("#", detail)


def start(output="out", **options):
    command = [referlens, "report", "--no-charts", "-o", output, *exports]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, **options)


def left():
    return sorted(name for name in os.listdir(".") if name.startswith("out"))


print("1..7")
begin = time.monotonic()
whole = start("out-whole")
whole.communicate()
seconds = time.monotonic() - begin
os.rename("out-whole", "whole")

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    run = start()
    while run.poll() is None and not os.path.exists("out.referlens-partial"):
        time.sleep(0.001)
    time.sleep(seconds / 4)
    run.send_signal(number)
    said = run.communicate()[1]
    fine = run.returncode == -number and "interrupted; nothing was written" in said and left() == []
    result(fine, f"{number.name} leaves nothing and ends the program as it would have", (run.returncode, said, left()))

# At any moment: either nothing is there, or the report is there whole.
random.seed(1)
odd = []
for i in range(15):
    run = start()
    time.sleep(random.uniform(0, 1.1 * seconds))
    run.send_signal(signal.SIGTERM)
    said = run.communicate()[1]
    whole_now = left() == ["out"] and run.returncode == 0
    nothing = left() == [] and run.returncode == -signal.SIGTERM
    if not whole_now and not nothing:
        odd.append((i, run.returncode, said, left()))
    subprocess.run(["rm", "-rf", "out"], check=True)
result(odd == [], "whenever it is interrupted, all of the report is there or nothing", odd)

run = start(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
time.sleep(seconds / 3)
run.send_signal(signal.SIGHUP)
run.communicate()
result(run.returncode == 0 and left() == ["out"], "a signal that the caller ignores stays ignored", run.returncode)


def ingest():
    for name in ("county.db", "county.db-journal"):
        if os.path.exists(name):
            os.remove(name)
    return subprocess.Popen([referlens, "ingest", "--store", "county.db", *exports], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def stored():
    if not os.path.exists("county.db"):
        return []
    with sqlite3.connect("county.db") as database:
        if not database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            return []
        return [name for name, in database.execute("SELECT name FROM import ORDER BY id")]


def is_undone(run, number):
    """The files in the store are those named, and none is halfway in. Before it has begun it says nothing, and has none."""
    named, said = run.communicate()
    undone = not os.path.exists("county.db-journal")
    if run.returncode == -number and not named and not said:
        return undone and stored() == []
    told = run.returncode == 0 or run.returncode == -number and "no file was taken in but those that were named" in said
    return undone and told and stored() == [line.split(":")[0] for line in named.splitlines()]


run = ingest()
while run.poll() is None and not stored():
    time.sleep(0.001)
while run.poll() is None and not os.path.exists("county.db-journal"):
    time.sleep(0.0001)
run.send_signal(signal.SIGINT)
result(is_undone(run, signal.SIGINT), "an ingest that is interrupted halfway through a file undoes it", run.returncode)

odd = []
for i in range(10):
    run = ingest()
    time.sleep(random.uniform(0, seconds))
    run.send_signal(signal.SIGTERM)
    if not is_undone(run, signal.SIGTERM):
        odd.append((i, run.returncode, stored()))
result(odd == [], "whenever it is interrupted, the store has the files that were named and no others", odd)
sys.exit(failed > 0)
PYTHON
