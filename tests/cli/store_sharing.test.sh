#!/usr/bin/env bash
# A store that several programs have open at once, and what lies where a store should be. Prints TAP.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports} PYTHONDONTWRITEBYTECODE=1
sample=$PWD/sample-data
mkdir "$scratch/work"
cd "$scratch/work"

# run COMMAND…: what it prints is in `out`, what it says in `err`, its status in $status.
run() {
  status=0
  "$@" > out 2> err || status=$?
}

# while_open DATABASE SQL COMMAND…: runs the command while another program has the first row of a query, and what it
# wrote before in a second file.
while_open() {
  python3 - "$@" << 'PYTHON'
import sqlite3, subprocess, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
cursor = None
for statement in sys.argv[2].split(";"):
    cursor = database.execute(statement)
cursor.fetchone()
sys.exit(subprocess.run(sys.argv[3:]).returncode)
PYTHON
}

# More than SQLite keeps in memory before it has to write some of it.
sed 's/,routine,/,urgent,/' "$sample/referrals.csv" > urgent.csv
never_hangs() {
  run "$program" ingest --store county.db "$sample"/referrals.csv && same 0 "$status" && cp county.db before.db &&
    run while_open county.db 'SELECT id FROM block' timeout 120 "$program" ingest --store county.db urgent.csv &&
    same 1 "$status" && same 'referlens: error: county.db: another program has the store open; try again once it is done' "$(< err)" &&
    cmp before.db county.db && run "$program" ingest --store county.db urgent.csv && same 0 "$status"
}
check 'while a query is open ingest waits a little, says why it fails, and leaves the store as it was' never_hangs
# on_terminal COMMAND…: with a terminal for standard error; what it shows is in `shown`.
on_terminal() {
  python3 - "$@" << 'PYTHON'
import os, pty, subprocess, sys
ours, theirs = pty.openpty()
run = subprocess.Popen(sys.argv[1:], stderr=theirs)
os.close(theirs)
with open("shown", "wb") as shown:
    while True:
        try:
            shown.write(os.read(ours, 4096))
        except OSError:
            break
sys.exit(run.wait())
PYTHON
}
waits_visibly() {
  run while_open county.db 'SELECT id FROM block' bash -c "$(declare -f on_terminal); on_terminal timeout 120 '$program' ingest --store county.db '$sample/sessions.csv'" &&
    same 1 "$status" && grep -q 'store: waiting until nobody else has it open' shown && grep -q 'another program has the store open' shown
}
check 'it shows meanwhile that it waits' waits_visibly
full() {
  status=0
  "$program" ingest --store county.db "$sample/schemes.csv" > /dev/full 2> err || status=$?
  same 1 "$status" && grep -q 'cannot write to standard output' err && run "$program" ingest --store county.db "$sample/schemes.csv" && grep -q 'taken in before' out &&
    run "$program" help ingest && tr -s '[:space:]' ' ' < out | grep -q 'where it was standard output that failed, files that were to be named on it are in the store too'
}
check 'what standard output did not take was taken in, as the help says' full
reports_wait() {
  run while_open county.db 'BEGIN EXCLUSIVE; SELECT id FROM block' timeout 120 "$program" report --no-charts --no-packs --store county.db -o report &&
    same 1 "$status" && same 'referlens: error: county.db: another run is writing to the store; try again once it is done' "$(< err)"
}
check 'while somebody writes report waits a little, and says why it fails' reports_wait

# What another program wrote and has not yet moved into its file, as when it was killed.
left_alone() {
  run while_open theirs.db 'PRAGMA journal_mode = WAL; CREATE TABLE theirs (a)' sh -c 'mkdir copy; cp theirs.db* copy' &&
    rm -f copy/*-shm && cp -r copy before && run "$program" ingest --store copy/theirs.db "$sample"/sessions.csv && same 1 "$status" &&
    grep -q 'is a database of another program, not a referlens store' err && diff -r before copy &&
    run "$program" report --store copy/theirs.db -o report && same 1 "$status" && grep -q 'another program' err && diff -r before copy
}
check 'the files of another program are left as they are, with those beside them' left_alone

finish
