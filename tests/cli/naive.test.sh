#!/bin/sh
# Every number of a report against the naive implementation, on cohorts that are all edge cases. Prints TAP.
# Exit code 3 is fine: some of their rows contradict each other and are rejected.
set -u
naive=$(cd "$(dirname "$0")/../naive" && pwd)
referlens=${REFERLENS:-build/release/referlens}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
export PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1
count=0
failed=0

# result CODE NAME FILE: one line of TAP; on failure the file is shown as comments.
result() {
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        failed=1
        echo "not ok $count - $2"
        sed 's/^/# /' "$3"
    fi
}

# compare SEED REFERRALS AS_OF [OPTION…]: AS_OF is yes (the cohort's own is given) or no (both find it themselves).
compare() {
    seed=$1 size=$2 given=$3
    shift 3
    name="a cohort of $size referrals, seed $seed${*:+, $*}"
    data=$folder/$seed
    as_of=$(python3 "$naive/make_cohort.py" --seed "$seed" --referrals "$size" -o "$data") || as_of=unknown
    [ "$given" = no ] || set -- "$@" --as-of "$as_of"
    "$referlens" report --audience analyst --no-charts --no-packs --max-rejects 100% --force -o "$data/report" "$@" \
        "$data"/*.csv >"$data/log" 2>&1
    code=$?
    if [ $code -eq 0 ] || [ $code -eq 3 ]; then
        python3 "$naive/compare.py" "$data/report" "$data"/*.csv "$@" >>"$data/log" 2>&1
        code=$?
    fi
    result $code "$name" "$data/log"
    rm -rf "$data"
}

echo 1..14
(cd "$naive" && python3 -m unittest -q test_naive) >"$folder/log" 2>&1
result $? "the naive measures give the numbers worked out by hand" "$folder/log"
compare 1 30 yes
compare 2 60 yes
compare 3 100 yes --period 2024-Q1
compare 4 150 yes
compare 5 200 no
compare 6 300 yes
compare 7 400 yes
compare 8 600 yes
compare 9 800 yes --period 2024-Q3
compare 10 1000 yes
compare 11 1500 yes
compare 12 3000 yes
compare 13 3000 no
exit $failed
