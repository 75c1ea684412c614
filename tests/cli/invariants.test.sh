#!/usr/bin/env bash
# What holds everywhere: the answer does not depend on accident, nothing is lost, and a report folder
# appears whole or not at all.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
tests=$PWD/tests
# A copy, so that nobody's edit of a template comes between two runs.
cp -r "${REFERLENS_REPORTS:-reports}" "$scratch/reports"
export REFERLENS_REPORTS=$scratch/reports PYTHONDONTWRITEBYTECODE=1
work=$scratch/work
mkdir "$work"
cd "$work"

# report FOLDER ARGUMENT…: status 0 or 3 is success; what it says is kept beside the folder.
report() {
  local folder=$1 status=0
  shift
  rm -rf "$folder"
  "$program" report -o "$folder" "$@" > "$folder.out" 2> "$folder.err" || status=$?
  ((status == 0 || status == 3)) || { echo "report ended with $status" && cat "$folder.err" && return 1; }
}

"$program" synth --referrals 2500 --practices 8 --quarters 6 --seed 11 -o county 2> /dev/null
# A county with every kind of trouble; the same rows in another order; and in files of other names and numbers.
python3 "$tests/support/trouble.py" county trouble shuffled split

# What must be the same whatever the files were: all but what tells of the files themselves.
same_answer() { # FOLDER FOLDER
  local side
  for side in "$1" "$2"; do
    rm -rf "$side.answer"
    cp -r "$side" "$side.answer"
    sqlite3 "$side/results.sqlite" '.dump measure' '.dump practice' '.dump specialty' '.dump result' '.dump incidence' \
      'select reason, message from reject order by 1, 2' > "$side.answer/dump"
    tail -n +2 "$side/rejects.csv" | cut -d, -f4- | LC_ALL=C sort > "$side.answer/rejects"
    python3 -c 'import json, sys; print(json.load(sys.stdin)["data_quality"]["ledger"])' < "$side/report.json" \
      > "$side.answer/ledger"
    rm "$side.answer/results.sqlite" "$side.answer/rejects.csv" "$side.answer/report.json"
    # The list of the files and the ledger of each, at the end of the overview.
    sed -i -e '/SHA-256/d' -e '/<bdi>[^<]*\.csv<\/bdi>/d' -e '/<div class="ledger">/,/<\/div>/d' \
      -e '/<details class="file-columns">/,/<\/details>/d' "$side.answer/index.html"
  done
  diff -r "$1.answer" "$2.answer"
}

mkdir alone
check 'a report on troubled files' report alone/all --as-of 2025-03-31 trouble/*.csv
shuffled() {
  report shuffled.out --as-of 2025-03-31 shuffled/*.csv && same_answer alone/all shuffled.out &&
    diff <(sed '/SHA-256/d' alone/all/index.html) <(sed '/SHA-256/d' shuffled.out/index.html)
}
check 'rows in another order give the same answer' shuffled
split() { report split.out --as-of 2025-03-31 split/*.csv && same_answer alone/all split.out; }
check 'rows in more files of other names give the same answer' split
assumed() {
  report alone/assumed trouble/*.csv && report assumed.out split/*.csv && same_answer alone/assumed assumed.out
}
check 'without an as-of date too' assumed

# Whatever is not the files: every byte of the folder.
reversed() {
  local files=(trouble/*.csv) turned=() i
  for ((i = ${#files[@]} - 1; i >= 0; i--)); do turned+=("./${files[i]}"); done
  report reversed.out --as-of 2025-03-31 "${turned[@]}" && diff -r alone/all reversed.out
}
check 'files named in another order give the same bytes' reversed
with_jobs() { report jobs.out --jobs "$1" --as-of 2025-03-31 trouble/*.csv && diff -r alone/all jobs.out; }
for jobs in 1 2 7; do check "--jobs $jobs gives the same bytes" with_jobs "$jobs"; done
# shellcheck disable=SC2163 # NAME=VALUE is what it is given
elsewhere() { (export "$@" && report elsewhere.out --as-of 2025-03-31 trouble/*.csv) && diff -r alone/all elsewhere.out; }
check 'another time zone gives the same bytes' elsewhere TZ=Pacific/Auckland
for name in C POSIX $(locale -a | grep -vxE 'C|POSIX' | head -n 3); do
  check "the locale $name gives the same bytes" elsewhere "LC_ALL=$name"
done
german() { elsewhere LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 LOCPATH="$work/locales" LANGUAGE=de; }
mkdir locales
if localedef -i de_DE -f UTF-8 locales/de_DE.UTF-8 > /dev/null 2>&1; then
  comma() { same 0,5 "$(LOCPATH=$work/locales LC_ALL=de_DE.UTF-8 bash -c 'printf %.1f 0,5')"; }
  check 'the German locale is there, with its comma' comma
  check 'a locale with a decimal comma gives the same bytes' german
else
  skip 'a locale with a decimal comma gives the same bytes' 'localedef can make none here'
fi
other_folder() {
  mkdir -p "$scratch/a b/ü" && cp -r trouble "$scratch/a b/ü/"
  (cd / && report "$work/other.out" --as-of 2025-03-31 "$scratch/a b/ü/trouble/"*.csv) && diff -r alone/all other.out
}
check 'another folder gives the same bytes' other_folder
again_later() { sleep 1.1 && report later.out --as-of 2025-03-31 trouble/*.csv && diff -r alone/all later.out; }
check 'another second gives the same bytes' again_later

# An earlier as-of date is what an export taken on that day would have given, but for what is said of rows that an
# earlier export would not have held: the ledger, and the remarks that packs make on it.
without_ledger() { # REPORT
  python3 - "$1" << 'PYTHON'
import json, pathlib, sys
for path in pathlib.Path(sys.argv[1]).glob("practices/*/pack.json"):
    pack = json.loads(path.read_text())
    pack["trust"] = [remark for remark in pack["trust"] if not remark["kind"].startswith("rows_")]
    path.write_text(json.dumps(pack))
PYTHON
}
past() { # DATE AUDIENCE
  python3 "$tests/support/trouble.py" --cut "$1" trouble cut
  report past.out --audience "$2" --as-of "$1" trouble/*.csv && report cut.out --audience "$2" --as-of "$1" cut/*.csv &&
    without_ledger past.out && without_ledger cut.out && diff -r -x report.json -x index.html -x comparison.html -x brief.html -x results.sqlite -x rejects.csv past.out cut.out &&
    diff <(sqlite3 past.out/results.sqlite '.dump result' '.dump incidence') \
      <(sqlite3 cut.out/results.sqlite '.dump result' '.dump incidence')
}
check 'an as-of date in the past is an export of that day' past 2024-10-17 analyst
check 'long in the past' past 2024-01-02 shared
check 'before everything' past 2020-01-01 analyst

# The ledger, for files of every kind of damage.
python3 "$tests/support/trouble.py" --broken broken
balances() {
  report balance.out --no-charts --no-packs ${as_of:+--as-of "$as_of"} "$@" && python3 - "$@" << 'PYTHON'
import json, os, sys
report = json.load(open("balance.out/report.json"))
assert sorted(file["name"] for file in report["inputs"]) == sorted(map(os.path.basename, sys.argv[1:]))
totals = {}
for file in report["inputs"] + [report["data_quality"]]:
    ledger = file["ledger"]
    assert ledger["read"] == sum(ledger[key] for key in ("used", "rejected", "duplicates", "left_out")), file
    assert min(ledger[key] for key in ("read", "used", "rejected", "duplicates", "left_out")) >= 0, file
    for key in ("rejected", "left_out"):
        assert ledger[key] == sum(reason["rows"] for reason in ledger[key + "_for"]), file
    for key in ("read", "used", "rejected", "duplicates", "left_out"):
        totals[key] = totals.get(key, 0) + (ledger[key] if "name" in file else -ledger[key])
assert not any(totals.values()), totals
rejected = sum(file["ledger"]["rejected"] for file in report["inputs"])
assert rejected == len(open("balance.out/rejects.csv", "rb").read().splitlines()) - 1
PYTHON
}
check 'the ledgers of the troubled files balance' balances trouble/*.csv
as_of=2024-06-30 check 'the ledgers of the troubled files balance in the past' balances trouble/*.csv
check 'the ledgers of split files balance' balances split/*.csv
check 'the ledgers of all the broken files together balance' balances broken/*.csv
for file in broken/*.csv; do check "the ledger of $(basename "$file") balances" balances "$file"; done
ledger_counts() {
  report counts.out --no-charts --no-packs --as-of 2025-03-31 trouble/*.csv
  same "$(cat trouble/ledger.txt)" "$(python3 -c '
import json
for file in json.load(open("counts.out/report.json"))["inputs"]:
    print(file["name"], *(file["ledger"][key] for key in ("read", "used", "rejected", "duplicates", "left_out")))')"
}
check 'the ledgers count what was put in' ledger_counts

# Whole or absent. The county is large enough that a kill finds the run at work.
"$program" synth --referrals 40000 --practices 30 --seed 5 -o large 2> /dev/null
report whole large/*.csv
no_leftovers() { same '' "$(find . -maxdepth 1 \( -name '*.referlens-partial' -o -name '*.referlens-old' \))"; }
killed() { # SECONDS
  rm -rf victim
  "$program" report -o victim large/*.csv > /dev/null 2>&1 &
  local running=$!
  sleep "$1"
  kill -9 "$running" 2> /dev/null || true
  wait "$running" 2> /dev/null || true
  if [[ -e victim ]]; then diff -r whole victim; fi
}
killed_again() { # SECONDS: over an earlier report, which stays until the new one is there
  rm -rf victim
  cp -r alone/all victim
  "$program" report --force -o victim large/*.csv > /dev/null 2>&1 &
  local running=$!
  sleep "$1"
  kill -9 "$running" 2> /dev/null || true
  wait "$running" 2> /dev/null || true
  diff -r whole victim > /dev/null || diff -r alone/all victim
}
recovers() {
  "$program" report --force -o victim large/*.csv > /dev/null 2>&1 && diff -r whole victim && no_leftovers
}
for seconds in 0.01 0.05 0.1 0.2 0.4 0.8; do
  check "killed after $seconds s, the folder is whole or absent" killed "$seconds"
  check "killed after $seconds s, the earlier folder is whole" killed_again "$seconds"
done
check 'a new run succeeds and leaves nothing behind' recovers
interrupted() {
  rm -rf victim
  "$program" report -o victim large/*.csv > /dev/null 2>&1 &
  local running=$! status=0
  sleep 0.1
  kill -TERM "$running" 2> /dev/null || true
  wait "$running" || status=$?
  if [[ -e victim ]]; then diff -r whole victim; else ((status != 0)); fi && recovers
}
check 'terminated, too' interrupted

# refused FOLDER MESSAGE ARGUMENT…: status 1, the message at the end, no folder.
refused() {
  local folder=$1 message=$2 status=0
  shift 2
  "$program" report -o "$folder" "$@" > refused.out 2> refused.err || status=$?
  same 1 "$status" && same "referlens: error: $message" "$(tail -n 1 refused.err)" && same '' "$(cat refused.out)" &&
    [[ ! -e $folder/report.json ]]
}
touch file
check 'a file in the way of the folder' refused file/report \
  "can't open the folder that 'file/report' is to lie in: Not a directory" county/*.csv
check 'a file in its place' refused file "'file' exists and is not a folder" county/*.csv
check 'a folder that is not ours' refused county "'county' is not empty and not a referlens report, so it is left alone" county/*.csv
check 'not even with --force' refused county "'county' is not empty and not a referlens report, so it is left alone" \
  --force county/*.csv
# spares FILE MESSAGE ARGUMENT…: a report that would take FILE with it is refused, and every file stays.
spares() {
  local file=$1 message=$2 status=0
  shift 2
  find rep -type f -exec sha256sum {} + | sort > before
  "$program" report --force --no-charts -o rep "$@" > refused.out 2> refused.err || status=$?
  same 1 "$status" && same "referlens: error: '$file' $message: move it out, or name another folder" \
    "$(tail -n 1 refused.err)" && find rep -type f -exec sha256sum {} + | sort | diff before - && no_leftovers
}
foreign="is no file of the report in 'rep', which is left alone"
inside="lies in the folder 'rep', which the report would replace"
spares_others() {
  rm -rf rep
  "$program" report --no-charts -o rep county/*.csv 2> /dev/null
  printf 'referral_id,practice_code,referral_date,specialty_code\n' > rep/rejects.csv # a name of the report's
  ln -s rep link
  local pack
  pack=$(find rep/practices -mindepth 1 -maxdepth 1 | sort | head -n 1)
  spares rep/rejects.csv "$inside" rep/rejects.csv county/*.csv &&
    spares link/rejects.csv "$inside" county/*.csv link/rejects.csv &&
    spares rep/report.json "$inside" --store rep/report.json county/*.csv &&
    spares rep/rejects.csv "$inside" --pseudonymise rep/rejects.csv county/*.csv &&
    cp county/referrals.csv rep/in.csv && spares rep/in.csv "$foreign" rep/in.csv &&
    mv rep/in.csv "$pack/agreed.txt" && spares "$pack/agreed.txt" "$foreign" county/*.csv && rm "$pack/agreed.txt" link &&
    "$program" report --force --no-charts --no-packs -o rep county/*.csv 2> /dev/null && [[ ! -e rep/practices ]]
}
check 'nothing but the earlier report is replaced' spares_others
read_only() {
  mkdir -p closed && chmod 555 closed
  refused closed/report "can't write beside 'closed/report': Permission denied" county/*.csv
}
if ((UID != 0)); then
  check 'a read-only folder' read_only
elif [[ -d /proc/self ]]; then
  check 'a folder in which nobody may write' refused /proc/report \
    "can't write beside '/proc/report': No such file or directory" county/*.csv
else
  skip 'a read-only folder' 'root may write everywhere, and there is no /proc'
fi
file_limit() { (ulimit -f 100 && refused limited "can't write 'measures.json': File too large" --no-charts county/*.csv); }
check 'a file that may not grow' file_limit
small_disk() {
  local message left status=0
  mount -t tmpfs -o size=2m none disk || return 1
  "$program" report --no-charts -o disk/report county/*.csv > refused.out 2> refused.err || status=$?
  message=$(tail -n 1 refused.err)
  left=$(ls -A disk)
  umount disk
  same 1 "$status" && [[ $message == "referlens: error: can't write '"*"': No space left on device" ||
    $message == 'referlens: error: '*'database or disk is full'* ]] && same '' "$left"
}
mkdir -p disk
if ((UID == 0)) && mount -t tmpfs -o size=64k none disk 2> /dev/null; then
  umount disk
  check 'a full disk' small_disk
else
  skip 'a full disk' 'only root can make a small one, and not everywhere'
fi
finish
