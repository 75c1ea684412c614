#!/bin/sh
# A report that is interrupted: nothing is left, the user is told, and the status is that of the signal. Prints TAP.
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


print("1..5")
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
sys.exit(failed > 0)
PYTHON
