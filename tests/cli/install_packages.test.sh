#!/usr/bin/env bash
# The package script with an apt-get that only writes down what it was asked.
# shellcheck disable=SC2016,SC2317 # the fakes expand their own variables; the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

fakes=$scratch/fakes
log=$scratch/log

make_fake() { # NAME LINE…
  printf '#!/bin/sh\n' > "$fakes/$1"
  printf '%s\n' "${@:2}" >> "$fakes/$1"
  chmod +x "$fakes/$1"
}

# A system on which only the package "here" is installed; apt-get ends as `$1` says for its n-th call.
make_system() {
  rm -rf "$fakes" "$log"
  mkdir -p "$fakes"
  : > "$log"
  ln -s "$(command -v bash)" "$(command -v env)" "$fakes/"
  make_fake sudo 'exec "$@"'
  make_fake dpkg-query 'for last; do :; done' '[ "$last" = here ] || exit 1' 'printf installed'
  make_fake apt-get "for word; do case \$word in -*|*=*) ;; *) printf '%s ' \"\$word\" ;; esac; done >> '$log'" \
    "echo >> '$log'" "echo noise" "$1"
}

install_packages() {
  PATH=$fakes tests/support/install-packages "$@"
}

says_nothing_where_nothing_is_missing() {
  make_system 'exit 1'
  same '' "$(install_packages here here 2>&1)" && same '' "$(cat "$log")"
}

installs_what_is_missing() {
  make_system 'exit 0'
  same 'Installing one two' "$(install_packages one here two 2>&1)" &&
    same 'install one two ' "$(tail -n 1 "$log")"
}

either_of_two_will_do() {
  make_system 'exit 0'
  same '' "$(install_packages 'one|here' here 2>&1)" && same 'Installing one' "$(install_packages 'one|two' 2>&1)" &&
    same 'install one ' "$(tail -n 1 "$log")"
}

updates_where_installing_fails() {
  make_system "grep -q update '$log'"
  ln -s "$(command -v grep)" "$fakes/"
  install_packages one && same 'update  install one ' "$(grep -A1 update "$log" | paste -sd ' ')"
}

fails_where_installing_fails() {
  make_system 'exit 1'
  ! install_packages one
}

explains_a_system_without_apt() {
  make_system 'exit 0'
  rm "$fakes/apt-get"
  local said status=0
  said=$(install_packages one here two 2>&1) || status=$?
  same 1 "$status" && same 'These Debian packages, or what your system calls them, are needed: one two
There is no apt-get here to install them with.' "$said"
}

check 'nothing missing is nothing said' says_nothing_where_nothing_is_missing
check 'what is missing is named and installed' installs_what_is_missing
check 'of alternatives any one will do, and the first is installed' either_of_two_will_do
check 'a failed install is tried again with new lists' updates_where_installing_fails
check 'an install that fails for good is a failure' fails_where_installing_fails
check 'without apt-get it says what is needed' explains_a_system_without_apt
finish
