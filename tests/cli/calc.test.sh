#!/usr/bin/env bash
# referlens calc against published numbers and numbers that R printed (the R call stands beside them), and against
# input that it must refuse. Prints TAP.
set -u
referlens=$(realpath "${REFERLENS:-build/release/referlens}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
count=0
failed=0

report() { # CODE NAME: one line of TAP, with what the program said where it failed
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        failed=1
        echo "not ok $count - $2"
        cat out err | cut -c1-400 | sed 's/^/# /'
    fi
}

# gives NAME 'EXPRESSION of d' EXPECTED ARGUMENT…: a number (to 1e-9), or a list of them, or text, or None.
gives() {
    local name=$1 expression=$2 expected=$3
    shift 3
    "$referlens" calc "$@" >out 2>err <in
    python3 - "$expression" "$expected" <<'PYTHON'
import json, math, sys
def refuse(word):
    raise ValueError(word + " is not JSON")
d = json.load(open("out"), parse_constant=refuse)
actual, expected = eval(sys.argv[1]), eval(sys.argv[2])
def same(a, e):
    if isinstance(e, (list, tuple)):
        return len(a) == len(e) and all(map(same, a, e))
    if isinstance(e, bool) or isinstance(a, bool) or not isinstance(e, (int, float)) or a is None:
        return a == e and type(a) == type(e)
    return math.isclose(a, e, rel_tol=1e-9, abs_tol=1e-12)
if not same(actual, expected):
    open("err", "a").write(f"{sys.argv[1]} is {actual}, not {expected}\n")
    sys.exit(1)
PYTHON
    report $? "$name"
}

# refuses NAME STATUS PATTERN ARGUMENT…: one sentence on standard error, nothing on standard output.
refuses() {
    local name=$1 status=$2 pattern=$3 actual=0
    shift 3
    "$referlens" calc "$@" >out 2>err <in || actual=$?
    [ "$actual" -eq "$status" ] && [ ! -s out ] && grep -q -- "$pattern" err && [ "$(grep -c error: err)" -eq 1 ]
    report $? "$name"
}

: >in

# Newcombe 1998, Statistics in Medicine 17:857 table I and 17:873 table II, as R has them to more digits.
gives "wilson is prop.test(81, 263, correct = FALSE)" '[d["estimate"], d["lower"], d["upper"]]' \
    '[81/263, 0.255288519878274, 0.366209576982800]' wilson 81 263
gives "wilson of 0 of 20 ends at 0.1611 and begins at 0" '[d["lower"], round(d["upper"], 4)]' '[0, 0.1611]' wilson 0 20
gives "wilson of n of n ends at 1" 'd["upper"]' 1 wilson 20 20
gives "wilson of 0 of 0 has no number" '[d["estimate"], d["lower"], d["upper"]]' '[None, None, None]' wilson 0 0
gives "a level of 99.8 % is taken" 'd["level"]' 0.998 wilson 1 2 --level 0.998
gives "clopper-pearson of 10 of 10 begins at 0.025^(1/10)" '[d["lower"], d["upper"]]' '[0.025 ** 0.1, 1]' clopper-pearson 10 10
gives "newcombe of 56/70 and 48/80 is 0.0524 to 0.3339" '[d["difference"], round(d["lower"], 4), round(d["upper"], 4)]' \
    '[0.2, 0.0524, 0.3339]' newcombe 56 70 48 80
gives "rate below 10 is poisson.test(7)\$conf.int / 4.5" '[d["estimate"], d["lower"], d["upper"]]' \
    '[7/4.5, 0.625414011448859, 3.205038969267195]' rate 7 4.5
gives "rate from 10 on is byar" 'd["lower"]' '10 * (1 - 1/90 - 1.959963984540054 / (3 * 10 ** 0.5)) ** 3' rate 10
gives "poisson-exact of 0 ends at -ln 0.025" '[d["lower"], d["upper"]]' '[0, -math.log(0.025)]' poisson-exact 0
gives "byar of 0 has no lower limit" '[d["lower"], d["estimate"]]' '[None, 0]' byar 0

printf 'count,population,weight\n40,12000,5000\n65,15500,5500\n110,9800,2500\n' >in
gives "dsr has Dobson's limits" '[d["estimate"], d["lower"], d["upper"], d["status"]]' \
    '[0.00521480056042268, 0.00452675387030743, 0.00597615875895231, "ok"]' dsr -
printf 'count,population,weight\n4,12000,5000\n5,15500,5500\n' >in
gives "dsr of fewer than 10 events is insufficient" '[d["status"], d["estimate"]]' '["insufficient", None]' dsr -
printf 'observed,expected\n3,2.5\n4,2\n' >in
gives "isr is poisson.test(7)\$conf.int / 4.5" '[d["observed"], d["lower"], d["upper"]]' \
    '[7, 0.625414011448859, 3.205038969267195]' isr -
printf 'value\n3\n1\n4\n1\n5\n9\n2\n6\n' >in
gives "quantile is quantile(type = 7)" 'd["value"]' 6.9 quantile - 0.9

printf 'count,n,label\n3,10,A\n30,100,B\n300,1000,C\n' >in
gives "a funnel of equal units has no overdispersion" \
    '[d["target"], d["tau2"], d["points"][0]["label"], d["points"][0]["count"], d["points"][2]["flag"]]' \
    '[0.3, 0, "A", 3, "no more different than chance"]' funnel -
gives "its limits are sin²(asin √0.3 ∓ z / (2 √n))" '[d["points"][1]["lower998"], d["points"][1]["plain_upper95"]]' \
    '[math.sin(math.asin(0.3 ** 0.5) - 3.090232306167813 / 20) ** 2, math.sin(math.asin(0.3 ** 0.5) + 1.959963984540054 / 20) ** 2]' funnel -
printf 'observed,expected\n0,0.5\n12,10\n9,10\n' >in
gives "a ratio funnel takes O = 0" '[d["points"][0]["value"], d["points"][0]["lower998"], d["points"][0]["flag"]]' \
    '[0, 0, "no more different than chance"]' ratio-funnel -
{
    echo value
    printf '%s\n' 10 11 10 11 10 11 10 11 10 11 10 11 40
} >in
gives "xmr says which point is outside, and which lie on one side" \
    '[d["points"][12]["signal"], d["points"][12]["side"], d["points"][3]["signal"], d["points"][3]["side"], d["screened"]]' \
    '["outside", "high", "shift", "low", False]' xmr -
gives "xmr with the screen says so" '[d["screened"], d["ranges_screened"], d["upper"]]' '[True, 1, 166 / 13 + 2.66 * 1]' \
    xmr - --screen
printf 'count,n\n10,100\n20,200\n0,0\n40,200\n' >in
gives "pprime leaves out a period without a denominator" '[d["mean"], d["points"][2]["value"], d["points"][2]["lower"]]' \
    '[0.14, None, None]' pprime -
printf 'value\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n' >in
gives "run counts runs and crossings" \
    '[d["median"], d["longest_run"], d["longest_run_max"], d["crossings"], d["crossings_min"], d["signal"]]' \
    '[6.5, 6, 7, 1, 3, True]' run -
printf '%s\n' value 1 2 1 1 2 1 1 2 1 2 1 1 2 1 2 1 1 2 2 1 >in
gives "run takes no side where the median is a plateau" '[d["longest_run"], d["crossings"], d["signal"], "reason" in d]' \
    '[8, 0, False, True]' run -

# survival::ovarian
cat >ovarian.csv <<'CSV'
time,event,group
59,1,1
115,1,1
156,1,1
421,0,2
431,1,1
448,0,1
464,1,2
475,1,2
477,0,1
563,1,2
638,1,1
744,0,2
769,0,2
770,0,2
803,0,1
855,0,1
1040,0,1
1106,0,1
1129,0,2
1206,0,2
1227,0,2
268,1,1
329,1,1
353,1,2
365,1,2
377,0,2
CSV
cut -d, -f1,2 ovarian.csv >in
gives "km is survfit(Surv(futime, fustat) ~ 1, ovarian)" '[d["n"], d["events"], d["median"], d["median_lower"], d["median_upper"]]' \
    '[26, 12, 638, 431, None]' km -
gives "km at 500 is its summary" '[d["at"][k] for k in ("survival", "se", "lower", "upper")]' \
    '[0.596078431372549, 0.099926146847691, 0.376676946848099, 0.760207070302569]' km - --at 500
gives "km restricted to 500 is its mean" '[d["rmst"], d["rmst_se"]]' '[422.8907993966817, 25.4505473869739]' km - --rmst 500
gives "km beyond the follow-up has no number" '[d["at"]["survival"], d["rmst"]]' '[None, None]' km - --at 5000 --rmst 5000
gives "km gives each group" '[[g["group"], g["n"]] for g in d["groups"]]' '[["1", 13], ["2", 13]]' km ovarian.csv
gives "logrank is survdiff(Surv(futime, fustat) ~ rx, ovarian)" '[d["chisq"], d["df"]]' '[1.06273986129141, 1]' logrank ovarian.csv

# survfit(Surv(t, factor(s, 0:2)) ~ 1)
printf 'time,state\n1,1\n2,2\n2,0\n3,1\n4,1\n5,0\n6,2\n7,1\n' >in
gives "aj is survfit of two states" '[d["steps"][-1]["incidence"][s] for s in "12"] + [d["steps"][5]["se"][s] for s in "12"]' \
    '[0.650, 0.350, 0.187208106127913, 0.202021038508369]' aj -

# mantelhaen.test(UCBAdmissions)
cat >in <<'CSV'
stratum,a,b,c,d
A,512,313,89,19
B,353,207,17,8
C,120,205,202,391
D,138,279,131,244
E,53,138,94,299
F,22,351,24,317
CSV
gives "mh is mantelhaen.test(UCBAdmissions)" '[d[k] for k in ("or", "or_lower", "or_upper", "chisq", "chisq_corrected", "q_df")]' \
    '[0.904696828258623, 0.771907361759350, 1.060329764436656, 1.524606660443436, 1.42694622858669, 5]' mh -
printf 'estimate,se\n0.1,0.1\n0.9,0.1\n' >in
gives "dl of two estimates, by hand" '[d["tau2"], d["pooled"], d["se"], d["q"], d["i2"]]' '[0.31, 0.5, 0.4, 32, 31/32]' dl -
printf 'p\n.01\n.02\n.03\n.04\n.05\n.5\n' >in
gives "bh is p.adjust(\"BH\")" 'd["q"]' '[0.06, 0.06, 0.06, 0.06, 0.06, 0.5]' bh -
gives "holm is p.adjust(\"holm\")" 'd["adjusted"]' '[0.06, 0.10, 0.12, 0.12, 0.12, 0.5]' holm -
printf 'category,count1,count2\na,50,30\nb,50,70\n' >in
gives "smd of a share, by hand" '[d["categories"][0]["smd"], d["overall"]]' '[0.2 / 0.23 ** 0.5, 0.2 / 0.23 ** 0.5]' smd -
printf 'variable,mean1,sd1,mean2,sd2\nage,50,6,53,8\n' >in
gives "smd of a mean, by hand" 'd["variables"][0]["smd"]' '-3 / 50 ** 0.5' smd -
printf 'count,n\n5,10\n50,100\n' >in
gives "shrink of equal rates is the pooled rate" '[d["pooled"], d["alpha"], d["points"][0]["value"], d["points"][0]["n"]]' \
    '[True, None, 0.5, 10]' shrink -

# lm(y ~ t + D + pmax(0, t - 9)); NeweyWest(fit, lag, prewhite = FALSE, adjust = FALSE)
{
    echo t,y
    t=0
    for y in 12 15 11 14 13 16 12 15 20 22 19 23 21 24 22 25; do
        t=$((t + 1))
        echo "$t,$y"
    done
} >in
gives "its is lm" 'd["beta"]' '[12.428571428571431, 0.238095238095237, 5.428571428571431, 0.333333333333334]' its - --at 9
gives "its has the errors of NeweyWest" 'd["se"]' '[0.490583621132908, 0.103561669601430, 0.710011099878740, 0.126144296232160]' \
    its - --at 9
gives "and with no lag" 'd["se"][0]' 1.140569564297136 its - --at 9 --lag 0
gives "it warns of few points" 'd["warning"][:15]' '"fewer than 12 p"' its - --at 9
refuses "its refuses fewer than 8 points a side" 1 'fewer than 8 points' its - --at 10
refuses "its needs to know when" 2 '--at' its -

# lm(y ~ unit + factor(period) + treated); vcovCL(fit, ~unit, type = "HC1")
{
    echo unit,period,treated,y
    for row in a,1,0,5 a,2,0,6 a,3,1,9 a,4,1,11 b,1,0,4 b,2,0,6 b,3,1,8 b,4,1,9 c,1,0,7 c,2,0,7 c,3,0,8 c,4,0,9 \
        d,1,0,3 d,2,0,4 d,3,0,4 d,4,0,6; do
        echo "$row"
    done
} >in
gives "did is lm with vcovCL" '[d["estimate"], d["se"], d["design"]]' '[2.5, 0.559016994374949, "observational"]' did -

printf 'unit,count,n\na,1,10\nb,5,20\nc,9,30\nd,2,25\n' >in
"$referlens" calc bootstrap - --jobs 1 <in >one 2>err
"$referlens" calc bootstrap - --jobs 5 <in >five 2>>err
cp five out
cmp -s one five && [ -s one ]
report $? "the bootstrap gives the same digits for 1 and 5 workers"
gives "its estimate is the pooled proportion" 'd["estimate"]' 0.2 bootstrap -

: >in
refuses "an unknown statistic" 2 "wilsn" wilsn 1 2
refuses "no statistic" 2 missing
refuses "too few arguments" 2 'takes X N' wilson 1
refuses "too many arguments" 2 'takes X N' wilson 1 2 3
refuses "more than n" 2 'more than N' wilson 3 2
refuses "more than n in the second pair" 2 'more than N' newcombe 1 2 3 2
for bad in -1 1.5 abc nan inf 0x10 '' 1e3; do
    refuses "'$bad' is not a count" 2 'not a count' wilson "$bad" 2
done
refuses "a time of 0" 2 'above 0' rate 5 0
refuses "a time that is not a number" 2 'not a number' rate 5 nan
refuses "a quantile beyond 1" 2 'between 0 and 1' quantile - 1.5
for bad in 0 1 95 -0.5 nan x; do
    refuses "a level of '$bad'" 2 'level' wilson 1 2 --level "$bad"
done
refuses "an option that means nothing here" 2 'means nothing' wilson 1 2 --screen
refuses "a lag below 0" 2 lag its - --at 9 --lag -1
refuses "a file that is not there" 1 'nowhere.csv' km nowhere.csv
refuses "a folder" 1 . km .

for statistic in dsr isr funnel ratio-funnel xmr pprime run km aj logrank mh dl bh holm smd shrink did bootstrap; do
    : >in
    refuses "$statistic of an empty file" 1 'is empty' "$statistic" -
    printf 'x,y\n' >in
    refuses "$statistic of a header alone" 1 'no rows' "$statistic" -
    printf 'x,y\n1,2\n' >in
    refuses "$statistic without its columns" 1 'no column' "$statistic" -
done

# bad NAME PATTERN STATISTIC LINE…: a file of these lines is refused.
bad() {
    local name=$1 pattern=$2 statistic=$3
    shift 3
    printf '%b\n' "$@" >in
    refuses "$name" 1 "$pattern" "$statistic" -
}
bad "a count above n in a file" 'input:2: count is 5, more than n, 3' funnel count,n 5,3
bad "a negative count" "'-1' is not a count" funnel count,n -1,3
bad "a fraction of a count" "'1.5' is not a count" shrink count,n 1.5,3
bad "a word for a number" "'x' is not a number" km time,event x,1
bad "NaN" "'NaN' is not a number" km time,event NaN,1
bad "an infinity" "'inf' is not a number" xmr value inf
bad "a blank" "'' is not a number" xmr value,x ,1
bad "a negative time" 'time is below 0' km time,event -1,1
bad "an event that is neither 0 nor 1" 'above 1' km time,event 1,2
bad "a se of 0" 'not above 0' dl estimate,se 1,0
bad "a p above 1" 'outside 0 to 1' bh p 1.01
bad "a treatment of 2" 'outside 0 to 1' did unit,period,treated,y a,1,2,3
bad "a stratum that is there twice" 'twice' mh stratum,a,b,c,d x,1,2,3,4 x,1,2,3,4
bad "a column that is there twice" 'twice' xmr value,value 1,2
bad "a row that is too short" 'has 1 fields' km time,event 1
bad "a quote that is not closed" 'not closed' xmr value '"1'
bad "a quote inside a field" 'quote inside' xmr value '1"'
bad "bytes that are not UTF-8" 'not UTF-8' funnel label,count,n '\0377,1,2'
bad "a unit in two groups" 'two groups' bootstrap unit,group,count,n a,x,1,2 a,y,1,2
bad "three groups" 'two can be compared' bootstrap unit,group,count,n a,x,1,2 b,y,1,2 c,z,1,2

printf '\357\273\277"count","N",label\r\n\r\n1,2,"a ""b"", c"\r\n' >in
gives "a byte order mark, CR LF, quotes and an empty line are read" '[d["points"][0]["label"], d["points"][0]["value"]]' \
    '["a \"b\", c", 0.5]' funnel -

echo "1..$count"
exit "$failed"
