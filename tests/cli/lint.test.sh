#!/usr/bin/env bash
# The lint script on this project, which must pass, and on small ones of which each breaks one rule.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

project=$scratch/project

# A project of two modules in which there is nothing to complain about.
make_project() {
  rm -rf "$project"
  mkdir -p "$project"/{tests/support,src/{base,stats,command},include/referlens/{base,stats}}
  cp tests/support/lint "$project/tests/support/"
  local room
  for room in base stats; do
    printf '/* What it is for. */\n#ifndef REFERLENS_%s_ONE_H\n#define REFERLENS_%s_ONE_H\n#endif\n' \
      "${room^^}" "${room^^}" > "$project/include/referlens/$room/one.h"
    printf '#include "referlens/%s/one.h"\n\nint one(void)\n{\n    return 1;\n}\n' "$room" > "$project/src/$room/one.c"
  done
  printf '#include "referlens/base/one.h"\n#include <gsl/gsl_cdf.h>\n' >> "$project/src/stats/one.c"
  printf 'int main(void)\n{\n    return 0; /* not system("x"), nor "strcpy(a, b)" */\n}\n' > "$project/src/command/main.c"
}

accepts() {
  make_project
  same '' "$("$project/tests/support/lint" || true)"
}

# refuses FILE LINE… MESSAGE: with the lines added to the file, MESSAGE and nothing else is said.
refuses() {
  make_project
  local file=$1 message=${*: -1} said status=0
  printf '%s\n' "${@:2:$#-2}" >> "$project/$file"
  said=$("$project/tests/support/lint") || status=$?
  same "$message" "$said" && same 1 "$status"
}

refuses_without_header() {
  make_project
  rm "$project/include/referlens/stats/one.h"
  same 'src/stats/one.c:1: has no header stats/one.h' "$("$project/tests/support/lint" || true)"
}

refuses_bare_header() {
  make_project
  sed -i 1d "$project/include/referlens/base/one.h"
  same 'include/referlens/base/one.h:1: a header begins with a comment that says what it is for' \
    "$("$project/tests/support/lint" || true)"
}

mapfile -t sixty < <(for _ in {1..60}; do echo ';'; done)
mapfile -t six_hundred < <(for _ in {1..600}; do echo; done)

check 'this project keeps its own rules' tests/support/lint
check 'a project without fault passes' accepts
check 'a room may not use one above it' refuses src/base/one.c '#include "referlens/stats/one.h"' \
  'src/base/one.c:7: base/ may not use stats/ ("referlens/stats/one.h")'
check 'a destructor takes NULL' refuses src/base/one.c 'void one_free(struct one *one)' '{' '    end(one->two);' '}' \
  'src/base/one.c:7: a destructor takes NULL'
check 'a library stays in its rooms' refuses src/base/one.c '#include <gsl/gsl_cdf.h>' \
  'src/base/one.c:7: base/ may not use <gsl/gsl_cdf.h>: only stats may'
check 'an include from no room is refused' refuses src/base/one.c '#include "referlens/attic/one.h"' \
  'src/base/one.c:7: "referlens/attic/one.h" is in no room'
check 'a banned call is refused' refuses src/stats/one.c 'int two = system ("ls");' \
  'src/stats/one.c:9: system is not used here'
check 'a function of more than 60 lines is refused' refuses src/base/one.c 'void long_one(void)' '{' "${sixty[@]}" '}' \
  'src/base/one.c:8: a function of 62 lines; at most 60'
check 'a file of more than 600 lines is refused' refuses src/base/one.c "${six_hundred[@]}" \
  'src/base/one.c:601: 606 lines; at most 600'
check 'a module without a header is refused' refuses_without_header
check 'a header without an opening comment is refused' refuses_bare_header
finish
