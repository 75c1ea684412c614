#!/usr/bin/env bash
# The test runner on programs that pass, fail, crash and say nothing: what it counts must not depend on good manners.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

project=$scratch/project
mkdir -p "$project"/tests/{support,cli}
cp tests/support/run-tests "$project/tests/support/"

make_program() { # NAME LINE…
  printf '#!/bin/sh\n' > "$project/$1"
  printf '%s\n' "${@:2}" >> "$project/$1"
  chmod +x "$project/$1"
}

make_program passes 'echo "1..2"; echo "ok 1 - a"; echo "ok 2 - b"'
make_program on_stderr 'echo "1..1" >&2; echo "ok 1 - a" >&2'
make_program fails 'echo "1..2"; echo "ok 1 - a"; echo "not ok 2 - b"; echo "# because of this"; exit 1'
make_program skips 'echo "1..2"; echo "ok 1 - a"; echo "ok 2 - b # SKIP there is no c"'
make_program crashes 'echo "1..3"; echo "ok 1 - a"; kill -SEGV $$'
make_program is_silent 'exit 0'
make_program ends_badly 'echo "1..1"; echo "ok 1 - a"; exit 7'
make_program hangs 'sleep 60'

# ends_with LAST-LINE STATUS PROGRAM…
ends_with() {
  local status=0 last
  TEST_SECONDS=3 BUILD=build REFERLENS=none "$project/tests/support/run-tests" "${@:3}" > "$scratch/said" 2>&1 || status=$?
  last=$(tail -n 1 "$scratch/said")
  same "$1" "$last" && same "$2" "$status"
}

says() { # TEXT
  grep -qF -- "$1" "$scratch/said" || { cat "$scratch/said"; return 1; }
}

check 'what passes is counted' ends_with '3 passed, 0 failed' 0 passes on_stderr
check 'what fails is counted' ends_with '3 passed, 1 failed' 1 fails passes
check 'why it failed is shown' says '# because of this'
check 'what is skipped is counted apart' ends_with '1 passed, 0 failed, 1 skipped' 0 skips
check 'why it was skipped is shown' says 'skipped: skips: b there is no c'
check 'a crash is a failure' ends_with '1 passed, 1 failed' 1 crashes
check 'a crash is named' says 'FAILED crashes: ended after 1 of 3 tests'
check 'silence is a failure' ends_with '0 passed, 1 failed' 1 is_silent
check 'a bad end is a failure' ends_with '1 passed, 1 failed' 1 ends_badly
check 'a test that hangs is a failure' ends_with '2 passed, 1 failed' 1 hangs passes
check 'nothing to run is nothing' ends_with '0 passed, 0 failed' 0
# shellcheck disable=SC2016 # the program expands them
make_program tests/cli/x.test.sh 'echo "1..1"; echo "ok 1 - $REFERLENS in $BUILD"'
check 'scripts are run too' ends_with '3 passed, 0 failed' 0 passes
chmod -x "$project/tests/cli/x.test.sh"
check 'a script that may not be run is a failure' ends_with '2 passed, 1 failed' 1 passes
finish
