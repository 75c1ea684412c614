#!/usr/bin/env bash
# What `referlens` says of rates: how much time they count, over which parts of the lists, and what it tells of both.
# shellcheck disable=SC2317 # the functions are called through `check`
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}
mkdir "$scratch/work"
cd "$scratch/work"

# report AS_OF: into the folder out, afresh.
report() {
  rm -rf out
  "$program" report --audience analyst --no-charts --as-of "$1" -o out referrals.csv practices.csv > stdout 2> stderr
}

# rate_of_all: referrals and referrals per 1,000 a year, to four digits.
rate_of_all() {
  sqlite3 out/results.sqlite "select cast(numerator as int) || ' ' || round(value, 4) from result where
    measure = 'referral_rate' and coalesce(practice, specialty, scheme, period) is null"
}

# quality KEY: what report.json says under data_quality.
quality() {
  python3 -c 'import json, sys; print(json.dumps(json.load(open("out/report.json"))["data_quality"][sys.argv[1]]))' "$1"
}

# 600 referrals of six practices, 20 on each day of March 2025 but the last.
march() {
  echo referral_id,practice_code,referral_date,specialty_code
  for i in {0..599}; do
    printf 'R%d,P%d,2025-03-%02d,330\n' "$i" $((i % 6)) $((i / 20 + 1))
  done
}
late_export() {
  march > referrals.csv
  { echo practice_code,list_size && printf 'P%d,10000\n' {0..5}; } > practices.csv
  report 2025-03-31 || return 1
  # 1000 × 600 ÷ (60,000 × 31 ÷ 365.25)
  same '600 117.8226' "$(rate_of_all)" &&
    same '[{"period": "2025-Q1", "first_day": "2025-03-01"}]' "$(quality quarters_begun_late)" &&
    grep -F 'Rates and costs count 2025-Q1 from 1 March 2025, the month' out/index.html &&
    "$program" check --as-of 2025-03-31 referrals.csv practices.csv |
      grep -Fx 'Rates and costs count 2025-Q1 from 2025-03-01: the quarter before has none that counts'
}
check 'an export that begins within a quarter counts from its first month' late_export
whole_export() {
  march | sed 's/2025-03-0[1-5]/2025-01-01/' > referrals.csv
  report 2025-03-31 || return 1
  # 1000 × 600 ÷ (60,000 × 90 ÷ 365.25)
  same '600 40.5833' "$(rate_of_all)" && same '[]' "$(quality quarters_begun_late)" &&
    ! grep -F 'Rates and costs count' out/index.html
}
check 'one that begins with a quarter counts all of it' whole_export

# Twelve practices of 2,000 under 18, 6,000 under 65 and 2,000 over, and 10 referrals each of every band; of P0 it is not
# known how many are over 65.
unknown_band() {
  {
    echo referral_id,practice_code,referral_date,specialty_code,age_band
    for i in {0..359}; do
      bands=(0-17 18-64 65+)
      printf 'R%d,P%d,2025-01-05,330,%s\n' "$i" $((i % 12)) "${bands[i / 12 % 3]}"
    done
  } > referrals.csv
  {
    echo practice_code,list_size,age_band
    for i in {0..11}; do
      printf 'P%d,2000,0-17\nP%d,6000,18-64\nP%d,%s,65+\n' "$i" "$i" "$i" "$([[ $i = 0 ]] || echo 2000)"
    done
  } > practices.csv
  report 2025-03-31 || return 1
  python3 -c 'import json; print(json.load(open("out/report.json"))["data_quality"]["measures"][-1])' > share
  # All practices refer alike: 1000 × 350 ÷ (118,000 × 90 ÷ 365.25); P0 the same, of 20.
  same '350 12.0374' "$(rate_of_all)" && same '20 12.0374 10' "$(sqlite3 out/results.sqlite "select
    cast(numerator as int) || ' ' || round(value, 4) || ' ' ||
    unknown from result where measure = 'referral_rate' and practice = 'P0' and coalesce(specialty, period) is null")" &&
    same "{'measure': 'referral_rate', 'status': 'ok', 'counted': 350, 'population': 360, 'share': 0.9722222222222222}" "$(< share)"
}
check 'referrals of a band whose size is blank are unknown, and not those of nobody' unknown_band

# Two practices of 4,000, with a referral a day of whoever the line says.
mixed_bands() { # RATE, BANDS, FINER, CAVEAT; list from standard input
  {
    echo referral_id,practice_code,referral_date,specialty_code,age_band,sex
    for i in {0..79}; do
      bands=("0-64,F" "0-64,M" "65+,F" "65+,M")
      printf 'R%d,A8100%d,2025-0%d-%02d,330,%s\n' "$i" $((i % 2 + 1)) $((i / 40 + 1)) $((i / 2 % 20 + 1)) "${bands[i / 2 % 4]}"
    done
  } > referrals.csv
  cat > practices.csv
  report 2025-03-31 || return 1
  same "80 $1" "$(rate_of_all)" && same "$2" "$(quality list_bands)" && same "$3" "$(quality finer_bands_given)" &&
    same "$4" "$("$program" check --as-of 2025-03-31 referrals.csv practices.csv | grep '^Age and sex bands' || true)" &&
    same "$4" "$(sed -n 's/.*\(Age and sex bands[^<]*\).*/\1/p' out/index.html)" &&
    same "$4" "$(sed -n 's/.*\(Age and sex bands[^<]*\).*/\1/p' out/practices/A81001/index.html)"
}
differ='Age and sex bands of list sizes overlap or differ between practices: rates are'
by_age_and_sex() { # PRACTICE
  printf "$1,1000,%s\n" 0-64,F 0-64,M 65+,F 65+,M
}
# 1000 × 80 ÷ (8,000 × 90 ÷ 365.25)
twice() {
  {
    echo practice_code,list_size,age_band,sex
    by_age_and_sex A81001 && printf 'A81001,2000,%s,\n' 0-64 65+ && by_age_and_sex A81002 && printf 'A81002,2000,%s,\n' 0-64 65+
  } | mixed_bands 40.5833 '"age_and_sex"' false ''
}
check 'a list given by age and sex and by age again is counted once' twice
by_age() {
  { echo practice_code,list_size,age_band,sex && by_age_and_sex A81001 && printf 'A81002,2000,%s,\n' 0-64 65+; } |
    mixed_bands 40.5833 '"age"' true "$differ standardised by age alone."
}
check 'a list by age and sex beside one by age is added up to it, and this is said' by_age
crude() {
  { echo practice_code,list_size,age_band,sex && by_age_and_sex A81001 && echo A81002,4000,,; } |
    mixed_bands 40.5833 '"everybody"' true "$differ crude, not standardised."
}
check 'without bands in common rates are crude, and this is said' crude
finish
