#!/bin/sh
# sqlite.sh FOLDER AS_OF QUARTER OUTPUT: the sqlite3 shell's .import, and SQL, for the counts and medians of every slice.
set -eu
folder=$1 as_of=$2 quarter=$3 output=$4
here=$(dirname "$0")
{
    echo "PRAGMA journal_mode = OFF;"
    echo "PRAGMA synchronous = OFF;"
    echo ".mode csv"
    for name in referrals outcomes schemes; do
        echo ".import $folder/$name.csv $name"
    done
    echo "CREATE INDEX outcome_by_referral ON outcomes (referral_id);"
    echo "CREATE UNIQUE INDEX referral_by_id ON referrals (referral_id);"
    sed -e "s/:as_of/$as_of/; s|/ :three|/ 3|; s/:wait/julianday(a.event_date) - julianday(r.referral_date)/" "$here/facts.sql"
    echo ".headers on"
    echo ".output $output"
    separator=
    for keys in "" period specialty specialty,period scheme scheme,period scheme,specialty scheme,specialty,period \
        practice practice,period practice,specialty practice,specialty,period; do
        filter=1
        [ "$keys" != practice,specialty,period ] || filter="period = '$quarter'"
        select=
        for key in practice specialty scheme period; do
            case ",$keys," in
            *,$key,*) select="$select$key," ;;
            *) select="${select}NULL AS $key," ;;
            esac
        done
        echo "$separator SELECT practice, specialty, scheme, period, sum(rejected) AS rejected, sum(decided) AS decided,
            avg(wait) FILTER (WHERE place IN ((waits + 1) / 2, waits / 2 + 1)) AS wait
            FROM (SELECT $select rejected, decided, wait,
                row_number() OVER (PARTITION BY ${keys:-NULL} ORDER BY wait NULLS LAST) AS place,
                count(wait) OVER (PARTITION BY ${keys:-NULL}) AS waits FROM fact WHERE $filter)
            GROUP BY 1, 2, 3, 4"
        separator="UNION ALL"
    done
    echo ";"
} | sqlite3 -bail "$output.sqlite" > /dev/null
rm -f "$output.sqlite"
