#!/usr/bin/env bash
# What gets the browser and its modules, with fakes of apt-get's caller and of npm that only write down what they were asked.
# shellcheck disable=SC2016,SC2317 # the fakes expand their own variables; the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

fakes=$scratch/fakes log=$scratch/log

make_fake() { # FILE LINE…
  printf '#!/bin/sh\n' > "$1"
  printf '%s\n' "${@:2}" >> "$1"
  chmod +x "$1"
}

# make_system STATUS COMMAND…: a project on a system with those commands, on which installing and fetching end with STATUS.
make_system() {
  rm -rf "$scratch"/{tests,fakes,log}
  mkdir -p "$fakes" "$scratch"/tests/{browser,support}
  cp tests/browser/{prepare,package.json,package-lock.json} "$scratch/tests/browser/"
  make_fake "$scratch/tests/support/install-packages" "echo install \"\$@\" >> '$log'" "exit $1"
  ln -s "$(command -v bash)" "$(command -v env)" "$(command -v dirname)" "$(command -v mkdir)" "$(command -v touch)" "$fakes/"
  local name
  for name in "${@:2}"; do make_fake "$fakes/$name" 'exit 0'; done
  [[ ! -e $fakes/npm ]] || make_fake "$fakes/npm" "echo npm \"\$@\" >> '$log'" \
    '[ '"$1"' = 0 ] && mkdir -p node_modules && touch node_modules/.package-lock.json'
  : > "$log"
}

prepare() {
  PATH=$fakes "$scratch/tests/browser/prepare"
}

fetches_once() {
  make_system 0 chromium node npm
  same 'Fetching the modules of tests/browser/package-lock.json' "$(prepare 2>&1)" &&
    same 'npm ci --ignore-scripts --no-audit --no-fund --loglevel=error' "$(cat "$log")" && same '' "$(prepare 2>&1)"
}

installs_what_is_missing() {
  make_system 0 google-chrome npm
  prepare 2> /dev/null && same 'install nodejs' "$(head -n 1 "$log")"
}

lives_without_packages() {
  make_system 1 node
  same 'Without chromium npm the tests in a browser are skipped.' "$(prepare 2>&1)"
}

lives_without_network() {
  make_system 1 chromium node npm
  same 'Fetching the modules of tests/browser/package-lock.json
Without them the tests in a browser are skipped.' "$(prepare 2>&1)"
}

check 'modules are fetched once, without running their scripts' fetches_once
check 'only what no command stands for is installed' installs_what_is_missing
check 'packages that cannot be had are no failure' lives_without_packages
check 'nor are modules' lives_without_network
finish
