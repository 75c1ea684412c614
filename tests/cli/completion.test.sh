#!/usr/bin/env bash
# Sources the completion script into this bash and asks it as bash would.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

"$REFERLENS" list completion > "$scratch/completion"

# completes WORD… EXPECTED: what is offered for the last word, sorted, is EXPECTED.
completes() {
  local expected=${*: -1}
  COMP_WORDS=("${@:1:$#-1}")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _referlens
  local offered
  offered=$(printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' ')
  same "$expected" "$offered"
}

# Every option that a command's help shows is offered, and every choice of its operand.
offers_what_help_shows() { # COMMAND
  local shown
  shown=$("$REFERLENS" "$1" --help | grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE -- '-[a-z-]+' | sort | paste -sd ' ')
  completes referlens "$1" - "$shown"
}

compopt() { :; } # works only while bash itself completes

check 'the completion script is good bash' bash -n "$scratch/completion"
# shellcheck disable=SC1091
. "$scratch/completion"

mapfile -t commands < <("$REFERLENS" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' | grep -vx help)
check 'every command is offered' completes referlens '' \
  "$(printf '%s\n' --help --version help "${commands[@]}" | sort | paste -sd ' ')"
check 'help is completed with the commands' completes referlens help '' \
  "$(printf '%s\n' "${commands[@]}" | sort | paste -sd ' ')"
check 'a command begun is finished' completes referlens li list
check 'a choice begun is finished' completes referlens list man manual
for command in "${commands[@]}"; do
  check "the options of $command are offered" offers_what_help_shows "$command"
done
check 'files are offered where nothing better is known' completes referlens nosuch tests/cli/completion.t \
  tests/cli/completion.test.sh
finish
