#!/usr/bin/env bash
# The README and the manual against the program: they name every option, measure, chart and column, and none that is not
# there; what they show was run; their links lead somewhere. A block of commands is run where "<!-- tried -->" stands above
# it, all of them in one folder beside the sample data, the README's first; the block below "<!-- prints -->" is what it
# must print, on either stream.
# DOCUMENTS_UPDATE=1 writes down what comes instead: look at the difference before keeping it.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
referlens() { "$program" "$@"; }
documents=(README.md reports/manual/*.md)
mapfile -t commands < <(referlens --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' | grep -vx help)

# The options that the help of the commands named shows, one a line.
options_of() {
  local command
  for command in "$@"; do
    referlens "$command" --help | grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE -- '--.*'
  done | sort -u
}

# names_each WORD…: each stands somewhere between the marks of code.
names_each() {
  local word missing=0
  for word in "$@"; do
    grep -qE "\`([^\`]*[ ,])?$word([ ,][^\`]*)?\`" "${documents[@]}" || { echo "not in the manual: $word"; missing=1; }
  done
  return "$missing"
}

names_every() { # LIST COLUMN
  local words
  mapfile -t words < <(referlens list "$1" | sed 1d | cut -f "$2" | sort -u)
  names_each "${words[@]}"
}

choices_of() { # COMMAND: the choices of its operand
  referlens "$1" --help | tr '\n' ' ' | grep -oE "(STATISTIC|LIST) is [^.]*" | grep -oE "'[a-z-]+'" | tr -d "'"
}

describes_every_option() { # COMMAND: in the table of that command
  local option missing=0
  sed -n "/^| \`$1\` | |/,/^$/p" reports/manual/commands.md > "$scratch/table"
  for option in $(options_of "$1" | grep -vx -- --help); do
    grep -q -- "\`[^\`]*$option\b" "$scratch/table" || { echo "not in the table of $1: $option"; missing=1; }
  done
  return "$missing"
}

names_no_other_option() {
  local known
  known=$(options_of "${commands[@]}"; printf '%s\n' --version)
  same '' "$(grep -ohE -- '(^|[^-a-z!])--[a-z][a-z-]*' "${documents[@]}" | grep -oE -- '--.*' | sort -u | grep -vxF -e "$known")"
}

# The anchors that the headings of a document get.
anchors() { # FILE
  sed -nE 's/^#+ //p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E "s/[^a-z0-9 _-]//g; s/ /-/g"
}

links_lead_somewhere() {
  local link file target missing=0
  while IFS= read -r link; do
    file=${link%%:*} target=${link#*:](}
    target=${target%)}
    [[ $target == http* ]] && continue
    [[ $target == '#'* ]] && target=$(basename "$file")$target
    [[ -e $(dirname "$file")/${target%%#*} ]] || { echo "$file: no file: $target"; missing=1; continue; }
    [[ $target != *'#'* ]] || anchors "$(dirname "$file")/${target%%#*}" | grep -qxF -- "${target#*#}" ||
      { echo "$file: no heading: $target"; missing=1; }
  done < <(grep -oE '\]\([^)]+\)' "${documents[@]}" sample-data/README.md)
  return "$missing"
}

pictures_are_small_and_whole() {
  local picture
  for picture in reports/manual/*.svg; do
    (($(wc -c < "$picture") < 60000)) || return 1
    ! grep -qE '(href|src)="(http|//)' "$picture" || return 1
  done
}

# Writes the commands tried to N.sh and what they print to N.out, N from 1.
part() {
  awk -v folder="$1" '
    /^<!-- tried -->$/ { wanted = folder "/" ++count ".sh"; next }
    /^<!-- prints -->$/ { wanted = folder "/" count ".out"; next }
    /^```/ && wanted != "" { target = wanted; wanted = ""; printf "" > target; next }
    /^```$/ { target = ""; next }
    target != "" { print > target }' "${documents[@]}"
}

# Runs the block and shows where it prints something else.
runs_as_shown() { # NUMBER
  local block=$scratch/blocks/$1
  (cd "$scratch/place" && bash -euo pipefail "$block.sh") > "$block.came" 2>&1 || return 1
  sed -i 's/ *$//' "$block.came"
  [[ -n ${DOCUMENTS_UPDATE:-} ]] || diff -u "$block.out" "$block.came"
}

# Puts what came in the place of what is shown.
update() {
  awk -v folder="$scratch/blocks" '
    FNR == 1 { target = FILENAME ".came" }
    /^<!-- tried -->$/ { count++ }
    /^<!-- prints -->$/ { shown = 1 }
    skipping && /^```$/ { skipping = 0 }
    !skipping { print > target }
    /^```[a-z]/ && shown {
      while ((getline line < (folder "/" count ".came")) > 0) print line > target
      shown = 0
      skipping = 1
    }' "${documents[@]}"
  local document
  for document in "${documents[@]}"; do mv "$document.came" "$document"; done
}

for command in "${commands[@]}"; do
  check "the manual describes every option of $command" describes_every_option "$command"
done
check 'the manual names no option that is not there' names_no_other_option
check 'the manual names every measure' names_every measures 1
check 'the manual names every chart' names_every charts 1
check 'the manual names every column' names_every columns 2
mapfile -t choices < <(choices_of list; choices_of calc)
check 'the manual names every list and statistic' names_each "${choices[@]}"
check 'the links of the README and the manual lead somewhere' links_lead_somewhere
check 'the pictures of the manual are small and load nothing' pictures_are_small_and_whole

mkdir "$scratch/blocks" "$scratch/place" "$scratch/bin"
ln -s "$program" "$scratch/bin/referlens"
ln -s "$PWD/sample-data" "$scratch/place/sample-data"
export PATH=$scratch/bin:$PATH REFERLENS_REPORTS=$PWD/reports
part "$scratch/blocks"
for ((number = 1; ; number++)); do
  [[ -f $scratch/blocks/$number.sh ]] || break
  check "what the manual shows is run: $(grep -om1 '^[^ ]* [^ ]*' "$scratch/blocks/$number.sh")" runs_as_shown "$number"
done
[[ -z ${DOCUMENTS_UPDATE:-} ]] || update
finish
