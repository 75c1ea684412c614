#include "referlens/synth/rows.h"

#include <string.h>

enum {
    ROW_MAX = 256, /* bytes, far above the longest row */
    ID_DIGITS = 8,
    DOCTOR_DIGITS = 2,
    PRACTICE_DIGITS = 5,
    PATIENT_BITS = 40
};

const char synth_referrals_header[] =
    "referral_id,practice_code,referral_date,specialty_code,request_type,priority,scheme,patient_key,referrer_key,"
    "previous_referral_id,received_date,provider_code,age_band,sex,imd_decile\n";
const char synth_outcomes_header[] =
    "referral_id,event_date,event_type,event_seq,reason_code,referrer_contacted,patient_consulted\n";

static const char *const provider_codes[] = {"RZA01", "RZB01", "RZC01", "RZD01"};
static const char *const answer_words[] = {"", "no", "yes"};

static char *put_string(char *end, const char *string)
{
    size_t length = strlen(string);
    memcpy(end, string, length);
    return end + length;
}

static char *put_digits(char *end, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        end[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return end + digits;
}

static char *put_id(char *end, uint64_t number)
{
    *end++ = 'R';
    return put_digits(end, number, ID_DIGITS);
}

static char *put_day(char *end, const struct synth_county *county, day date)
{
    memcpy(end, county->day_texts[date - county->first], SYNTH_DAY_TEXT_LENGTH);
    return end + SYNTH_DAY_TEXT_LENGTH;
}

void synth_patient_key(uint64_t key, uint64_t seed, char *text)
{
    static const char digits[] = "0123456789ABCDFGHJKLMNPQRSTVWXYZ";
    const uint64_t mask = (UINT64_C(1) << PATIENT_BITS) - 1;
    /* Adding, multiplying by an odd number and folding the upper half down are each one to one. */
    uint64_t mixed = key & mask;
    for (int round = 0; round < 3; round++) {
        mixed = ((mixed + seed + (uint64_t)round) * UINT64_C(0x9E3779B97F4A7C15)) & mask;
        mixed ^= mixed >> (PATIENT_BITS / 2);
    }
    text[0] = 'P';
    for (int i = 1; i < SYNTH_PATIENT_LENGTH; i++) {
        text[i] = digits[mixed & 31];
        mixed >>= 5;
    }
}

static char *put_doctor(char *end, const struct synth_referral *referral)
{
    if (referral->doctor == 0)
        return end;
    *end++ = 'G';
    end = put_digits(end, referral->practice + 1, PRACTICE_DIGITS);
    return put_digits(end, referral->doctor, DOCTOR_DIGITS);
}

/* The age band, sex and decile of the patient, the last three columns. */
static char *put_patient_facts(char *end, const struct synth_referral *referral)
{
    if ((referral->blanks & SYNTH_BLANK_AGE_BAND) == 0)
        end = put_string(end, synth_age_band_truths[referral->age_band].name);
    *end++ = ',';
    if ((referral->blanks & SYNTH_BLANK_SEX) == 0)
        end = put_string(end, synth_sex_names[referral->sex]);
    *end++ = ',';
    if ((referral->blanks & SYNTH_BLANK_IMD) == 0)
        end = put_digits(end, referral->imd_decile, referral->imd_decile == 10 ? 2 : 1);
    *end++ = '\n';
    return end;
}

static void add_referral(const struct synth_county *county, uint64_t seed, const struct synth_referral *referral,
                         uint64_t number, uint64_t first_number, struct buffer *buffer)
{
    char row[ROW_MAX], *end = put_id(row, number);
    *end++ = ',';
    end = put_string(end, county->practices[referral->practice].code);
    *end++ = ',';
    end = put_day(end, county, referral->referred);
    *end++ = ',';
    end = put_string(end, synth_specialty_truths[referral->specialty].code);
    end = put_string(end, referral->advice ? ",advice," : ",referral,");
    if ((referral->blanks & SYNTH_BLANK_PRIORITY) == 0)
        end = put_string(end, synth_priority_names[referral->priority]);
    end = put_string(end, ",,"); /* the scheme is left to schemes.csv */
    if (referral->patient != 0) {
        synth_patient_key(referral->patient, seed, end);
        end += SYNTH_PATIENT_LENGTH;
    }
    *end++ = ',';
    end = put_doctor(end, referral);
    *end++ = ',';
    if (referral->follows != 0)
        end = put_id(end, first_number + referral->follows - 1);
    *end++ = ',';
    if (referral->received != DAY_UNKNOWN)
        end = put_day(end, county, referral->received);
    *end++ = ',';
    end = put_string(end, provider_codes[referral->provider]);
    *end++ = ',';
    end = put_patient_facts(end, referral);
    buffer_add(buffer, row, (size_t)(end - row));
}

void synth_rows_referrals(const struct synth_county *county, uint64_t seed, const struct synth_episode *episode,
                          uint64_t first_number, struct buffer *buffer)
{
    for (size_t i = 0; i < episode->count; i++)
        add_referral(county, seed, &episode->referrals[i], first_number + i, first_number, buffer);
}

static void add_outcomes(const struct synth_county *county, const struct synth_referral *referral, uint64_t number,
                         struct buffer *buffer)
{
    const struct synth_event *events = referral->events;
    uint8_t place = 0; /* among the events of one day, from 1 */
    for (uint8_t i = 0; i < referral->event_count; i++) {
        bool with_last = i > 0 && events[i - 1].date == events[i].date;
        bool with_next = i + 1 < referral->event_count && events[i + 1].date == events[i].date;
        place = with_last ? (uint8_t)(place + 1) : 1;
        char row[ROW_MAX], *end = put_id(row, number);
        *end++ = ',';
        end = put_day(end, county, events[i].date);
        *end++ = ',';
        end = put_string(end, synth_event_names[events[i].type]);
        *end++ = ',';
        if (with_last || with_next)
            *end++ = (char)('0' + place);
        *end++ = ',';
        if (events[i].reason != SYNTH_BLANK)
            end = put_string(end, synth_reason_truths[events[i].reason].name);
        *end++ = ',';
        end = put_string(end, answer_words[events[i].contacted]);
        *end++ = ',';
        end = put_string(end, answer_words[events[i].consulted]);
        *end++ = '\n';
        buffer_add(buffer, row, (size_t)(end - row));
    }
}

void synth_rows_outcomes(const struct synth_county *county, const struct synth_episode *episode, uint64_t first_number,
                         struct buffer *buffer)
{
    for (size_t i = 0; i < episode->count; i++)
        add_outcomes(county, &episode->referrals[i], first_number + i, buffer);
}
