#!/usr/bin/env bash
# The manual page, as groff reads it.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

"$REFERLENS" list manual > "$scratch/referlens.1"

formats_without_warning() {
  groff -man -Tutf8 -ww -Kutf8 "$scratch/referlens.1" > "$scratch/page" 2> "$scratch/warnings"
  same '' "$(cat "$scratch/warnings")"
}

has_every_section() {
  same 'NAME SYNOPSIS DESCRIPTION COMMANDS OPTIONS EXIT STATUS ENVIRONMENT FILES' \
    "$(sed -n 's/^\.SH //p' "$scratch/referlens.1" | paste -sd ' ')"
}

# Every option in any command's help stands in the page.
shows_every_option() {
  local command option missing=0
  for command in $("$REFERLENS" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' | grep -vx help); do
    for option in $("$REFERLENS" "$command" --help | grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE -- '--.*'); do
      grep -qF -- "\\fB${option//-/\\-}\\fR" "$scratch/referlens.1" || { echo "$command $option"; missing=1; }
    done
  done
  return "$missing"
}

# Every file that a report may have stands under FILES, every effect of synth under COMMANDS, every variable that the
# program asks for under ENVIRONMENT.
section() { sed -n "/^\.SH $1/,/^\.SH /p" "$scratch/referlens.1" | sed -e 's/\\-/-/g' -e 's/\\f[A-Z]//g'; }
tells_of() { # SECTION WORD…
  local text word missing=0
  text=$(section "$1")
  shift
  for word in "$@"; do grep -qwF -e "$word" <<< "$text" || { echo "not there: $word"; missing=1; }; done
  return "$missing"
}
tells_of_every_file() {
  "$REFERLENS" report --cases --no-charts --audience practice --practice A81018 --as-of 2025-06-30 -o "$scratch/out" \
    sample-data/*.csv 2> /dev/null || return 1
  local files
  mapfile -t files < <(find "$scratch/out" -type f -printf '%f\n' | sort -u)
  ((${#files[@]} >= 10)) && tells_of FILES "${files[@]}"
}
tells_of_every_effect() {
  local effects
  mapfile -t effects < <("$REFERLENS" synth --help | tr -s ' \n' ' ' | sed 's/.*as said above): //; s/ --jobs.*//' | grep -oE "[a-z]+(-[a-z]+)?" | grep -vx or)
  same 7 "${#effects[@]}" && tells_of COMMANDS "${effects[@]/#default/by default}"
}
tells_of_every_variable() {
  local variables
  mapfile -t variables < <(grep -ohE 'getenv\("REFERLENS[A-Z_]*' src/*/*.c | cut -d '"' -f 2 | sort -u)
  ((${#variables[@]} > 0)) && tells_of ENVIRONMENT "${variables[@]}" && "$REFERLENS" --help | grep -qwF -e "${variables[@]}"
}
says_as_of_of_its_own() {
  ! "$REFERLENS" check --help | grep -w store && "$REFERLENS" ingest --help | tr -s ' \n' ' ' | grep -q 'exports were taken, which the store keeps'
}

check 'the manual page tells of every file of a report' tells_of_every_file
check 'the manual page says what each effect of synth plants' tells_of_every_effect
check 'the manual page and the help tell of every variable of the environment' tells_of_every_variable
check 'check speaks of no store' says_as_of_of_its_own
check 'the manual page has every section' has_every_section
check 'the manual page shows every option of every command' shows_every_option
if command -v groff > /dev/null; then
  check 'the manual page formats without a warning' formats_without_warning
else
  skip 'the manual page formats without a warning' 'groff is not installed'
fi
finish
