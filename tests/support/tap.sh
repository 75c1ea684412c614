# For test scripts, to be sourced: each test is one call of `check`, and `finish` comes last. Prints TAP.
# shellcheck shell=bash

tap_count=0
tap_failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# check NAME COMMAND…: the test passes where the command ends with status 0; what it prints is shown where it fails.
check() {
  local name=$1
  shift
  tap_count=$((tap_count + 1))
  if "$@" > "$scratch/tap-output" 2>&1; then
    echo "ok $tap_count - $name"
  else
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $name"
    sed 's/^/# /' "$scratch/tap-output"
  fi
}

# skip NAME WHY
skip() {
  tap_count=$((tap_count + 1))
  echo "ok $tap_count - $1 # SKIP $2"
}

# same EXPECTED ACTUAL: two texts are equal.
same() {
  diff <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

finish() {
  echo "1..$tap_count"
  ((tap_failed == 0)) || exit 1
  exit 0
}
