#!/usr/bin/env bash
# The sample county is what `referlens synth` writes here and now: on this machine, with this compiler, on any number of
# threads.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

same_as_sample() { # JOBS
  "$REFERLENS" synth --force --jobs "$1" -o "$scratch/county" || return 1
  local file
  for file in sample-data/*.csv; do
    cmp "$file" "$scratch/county/${file##*/}" || return 1
  done
  same "$(cd sample-data && ls -- *.csv)" "$(ls "$scratch/county")"
}

check 'the sample county is made again by one thread' same_as_sample 1
check 'the sample county is made again by three threads' same_as_sample 3
finish
