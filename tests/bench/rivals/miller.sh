#!/bin/sh
# miller.sh FOLDER AS_OF QUARTER OUTPUT: what Miller can do of it: rejected and decided, by practice, specialty and quarter. It
# joins no ranges of dates, so there are no schemes; and medians are left out, in its favour.
set -eu
folder=$1 as_of=$2 output=$4
mlr --icsv --ocsv --from "$folder/outcomes.csv" \
    filter '$event_type =~ "^(rejected|returned_with_advice|redirected|accepted)$" && $event_date <= "'"$as_of"'"' then \
    join -s -j referral_id -f "$folder/referrals.csv" then \
    filter '$request_type == "referral" && $event_date >= $referral_date' then \
    put -q '@first[$referral_id] = is_absent(@first[$referral_id]) || $event_date < @first[$referral_id][1] ? {"1": $event_date, "2": $event_type, "3": $practice_code, "4": $specialty_code, "5": $referral_date} : @first[$referral_id];
      end { for (id, first in @first) {
        q = substr(first[5], 0, 3) . "-Q" . string((int(sub(substr(first[5], 5, 6), "^0", "")) + 2) // 3);
        r = first[2] == "rejected" ? 1 : 0;
        @decided[first[3]][first[4]][q] += 1; @rejected[first[3]][first[4]][q] += r }
        emit (@decided, @rejected), "practice", "specialty", "period" }' > "$output"
