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
  same 'NAME SYNOPSIS DESCRIPTION COMMANDS OPTIONS EXIT STATUS FILES' \
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

check 'the manual page has every section' has_every_section
check 'the manual page shows every option of every command' shows_every_option
if command -v groff > /dev/null; then
  check 'the manual page formats without a warning' formats_without_warning
else
  skip 'the manual page formats without a warning' 'groff is not installed'
fi
finish
