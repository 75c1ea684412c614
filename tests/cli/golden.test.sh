#!/usr/bin/env bash
# Runs tests/cli/cases/*/: `command` is a line for the shell, in which `referlens` is the program under test and $OUT a
# folder that does not exist yet; it is run in the case's own folder, with `stdin` as its input. `stdout`, `stderr` and
# `code` are what must come of it (nothing, nothing and 0 where there is no such file), and the folder `out` what must
# be in $OUT. GOLDEN_UPDATE=1 writes down what comes instead: look at the difference before keeping it.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
referlens() { "$program" "$@"; }
export program OUT=$scratch/out
export -f referlens

# Compares a file of the case with what came, or writes it down.
compare() { # EXPECTED ACTUAL
  if [[ -n ${GOLDEN_UPDATE:-} ]]; then
    if [[ -s $2 ]]; then cp "$2" "$1"; else rm -f "$1"; fi
  elif [[ -f $1 ]]; then
    diff -u "$1" "$2"
  else
    diff -u /dev/null "$2"
  fi
}

run_case() { # FOLDER
  local folder=$1 input=/dev/null code=0 faults=0
  rm -rf "$OUT"
  [[ ! -f $folder/stdin ]] || input=$folder/stdin
  (cd "$folder" && bash -c "$(cat command)") < "$input" > "$scratch/stdout" 2> "$scratch/stderr" || code=$?
  sed -i "s|$OUT|\$OUT|g" "$scratch/stdout" "$scratch/stderr"
  : > "$scratch/code"
  ((code == 0)) || echo "$code" > "$scratch/code"
  for stream in code stderr stdout; do
    compare "$folder/$stream" "$scratch/$stream" || faults=1
  done
  if [[ -d $folder/out && -n ${GOLDEN_UPDATE:-} ]]; then
    rm -r "$folder/out" && cp -r "$OUT" "$folder/out"
  elif [[ -d $folder/out ]]; then
    diff -ru "$folder/out" "$OUT" || faults=1
  fi
  return "$faults"
}

for folder in tests/cli/cases/*/; do
  check "golden: $(basename "$folder")" run_case "$PWD/${folder%/}"
done
finish
