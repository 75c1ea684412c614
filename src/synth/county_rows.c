#include "referlens/synth/county_rows.h"

#include "referlens/synth/draw.h"

/* Names are put together from invented parts; the counts and the step have no common factor, so that the first
 * 6,510 practices have different ones. */
static const char *const name_heads[] = {
    "Anvil",   "Bracken", "Cinder", "Dapple", "Elder", "Fennel", "Gorse",  "Heron",  "Ivory",  "Juniper",
    "Kestrel", "Larkin",  "Marl",   "Nettle", "Osier", "Plover", "Quill",  "Rowan",  "Sorrel", "Teasel",
    "Umber",   "Vetch",   "Wren",   "Yarrow", "Aspen", "Bryony", "Curlew", "Damson", "Ember",  "Finch",
};
static const char *const name_tails[] = {
    "acre",   "barrow", "combe", "dene",  "edge", "fold",  "garth",  "holt",  "leigh", "knoll", "lea",
    "mere",   "nab",    "oxley", "pool",  "rigg", "shaw",  "thorpe", "vale",  "wick",  "wold",  "yard",
    "bourne", "cliffe", "drove", "firth", "gate", "hythe", "lode",   "marsh", "pike",
};
static const char *const name_kinds[] = {"Surgery",          "Medical Centre",  "Health Centre", "Practice",
                                         "Medical Practice", "Family Practice", "Group Practice"};
static const char *const localities[] = {"Northmoor", "Eastvale", "Harbourside", "Westerdown"};

struct topic {
    const char *title;
    const char *specialty; /* empty: none in particular */
};
static const struct topic topics[] = {
    {"Referrals that came back", ""},   {"Skin lesions", "330"},  {"Back and joint pain", "110"}, {"Headache", "400"},
    {"Asking for advice first", ""},    {"Heavy periods", "502"}, {"Palpitations", "320"},        {"Dyspepsia", "301"},
    {"Letters and what they lack", ""},
};

enum {
    HEAD_COUNT = sizeof name_heads / sizeof name_heads[0],
    TAIL_COUNT = sizeof name_tails / sizeof name_tails[0],
    KIND_COUNT = sizeof name_kinds / sizeof name_kinds[0],
    LOCALITY_COUNT = sizeof localities / sizeof localities[0],
    TOPIC_COUNT = sizeof topics / sizeof topics[0],
    NAME_STEP = 1009,
    SCHEME_QUARTERS_BEFORE = 6 /* how long a practice has been under its first scheme */
};
#define LOCAL_SPECIALTY_COST_SHARE 0.1

static void add_date(struct buffer *buffer, day date)
{
    char text[DAY_TEXT_SIZE];
    day_format(date, text);
    buffer_add(buffer, text, DAY_TEXT_SIZE - 1);
}

static void add_practice_rows(const struct synth_county *county, size_t practice, struct buffer *buffer)
{
    const struct synth_practice *facts = &county->practices[practice];
    size_t name = practice * NAME_STEP;
    for (size_t group = 0; group < SYNTH_GROUP_COUNT; group++)
        buffer_add_formatted(buffer, "%s,%s%s %s,%s,%lld,%s,%s,\n", facts->code, name_heads[name % HEAD_COUNT],
                             name_tails[name % TAIL_COUNT], name_kinds[name % KIND_COUNT],
                             localities[practice % LOCALITY_COUNT], (long long)facts->list_sizes[group],
                             synth_age_band_truths[group / SYNTH_SEX_COUNT].name,
                             synth_sex_names[group % SYNTH_SEX_COUNT]);
}

struct scheme_period {
    enum synth_scheme scheme;
    const char *specialty; /* empty: all */
    day start, end;        /* end DAY_UNKNOWN: open */
    double cost_share;     /* of the cost of the whole practice */
};

static void add_pounds(struct buffer *buffer, double pounds)
{
    long long pence = (long long)(pounds * 100 + 0.5);
    buffer_add_formatted(buffer, ",%lld.%02lld", pence / 100, pence % 100);
}

static void add_scheme_row(const struct synth_practice *practice, const struct scheme_period *period,
                           struct buffer *buffer)
{
    const struct synth_scheme_truth *scheme = &synth_scheme_truths[period->scheme];
    int64_t patients = 0;
    for (size_t group = 0; group < SYNTH_GROUP_COUNT; group++)
        patients += practice->list_sizes[group];
    buffer_add_formatted(buffer, "%s,%s,", practice->code, scheme->name);
    add_date(buffer, period->start);
    buffer_add_character(buffer, ',');
    if (period->end != DAY_UNKNOWN)
        add_date(buffer, period->end);
    buffer_add_formatted(buffer, ",%s", period->specialty);
    add_pounds(buffer, scheme->cost_per_patient_year * (double)patients * period->cost_share);
    add_pounds(buffer, scheme->cost_per_referral);
    buffer_add_character(buffer, '\n');
}

static void add_scheme_rows(const struct synth_county *county, size_t practice, struct buffer *buffer)
{
    const struct synth_practice *facts = &county->practices[practice];
    quarter started = quarter_of_day(county->first) - SCHEME_QUARTERS_BEFORE;
    struct scheme_period period = {
        .scheme = facts->before, .specialty = "", .start = quarter_first_day(started), .end = DAY_UNKNOWN};
    period.cost_share = 1;
    bool changes = facts->before != facts->after;
    if (changes)
        period.end = county->change - 1;
    add_scheme_row(facts, &period, buffer);
    if (changes) {
        period.scheme = facts->after;
        period.start = county->change;
        period.end = DAY_UNKNOWN;
        add_scheme_row(facts, &period, buffer);
    }
    if (facts->local_specialty < SYNTH_SPECIALTY_COUNT) {
        period.scheme = SYNTH_LOCAL_EXPERTISE;
        period.specialty = synth_specialty_truths[facts->local_specialty].code;
        period.cost_share = LOCAL_SPECIALTY_COST_SHARE;
        add_scheme_row(facts, &period, buffer);
    }
}

/* Practices under peer review meet every quarter; of the others every fourth meets once, in its fourth quarter. */
static bool meets(const struct synth_county *county, size_t practice, day date, int number)
{
    const struct synth_practice *facts = &county->practices[practice];
    if ((date < county->change ? facts->before : facts->after) == SYNTH_PEER_REVIEW)
        return true;
    return practice % 4 == 0 && number == 3;
}

static void add_session_rows(const struct synth_county *county, size_t practice, struct buffer *buffer)
{
    quarter first = quarter_of_day(county->first), last = quarter_of_day(county->as_of);
    for (quarter period = first; period <= last; period++) {
        int number = period - first;
        day date = draw_working_day(quarter_first_day(period) + 20 + (day)(practice * 13 % 50));
        if (date > county->as_of || !meets(county, practice, date, number))
            continue;
        const struct topic *topic = &topics[(practice * 5 + (size_t)number) % TOPIC_COUNT];
        buffer_add_formatted(buffer, "%s,", county->practices[practice].code);
        add_date(buffer, date);
        buffer_add_formatted(buffer, ",%s,%s\n", topic->title, topic->specialty);
    }
}

const struct synth_county_file synth_county_files[SYNTH_COUNTY_FILE_COUNT] = {
    {"practices.csv", "practice_code,practice_name,locality,list_size,age_band,sex,period\n", add_practice_rows},
    {"schemes.csv", "practice_code,scheme,start_date,end_date,specialty_code,annual_cost,cost_per_referral\n",
     add_scheme_rows},
    {"sessions.csv", "practice_code,session_date,topic,specialty_code\n", add_session_rows},
};
