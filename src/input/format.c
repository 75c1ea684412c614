#include "referlens/input/format.h"

static const struct format_column referrals_columns[REFERRALS_COLUMN_COUNT] = {
    [REFERRALS_ID] = {"referral_id", CONTENT_KEY, true, "the referral or advice request, unique in the input"},
    [REFERRALS_PRACTICE] = {"practice_code", CONTENT_TEXT, true, "ODS code of the referring practice"},
    [REFERRALS_DATE] = {"referral_date", CONTENT_DATE, true, "the day on which the GP referred: every clock starts here"},
    [REFERRALS_SPECIALTY] = {"specialty_code", CONTENT_TEXT, true, "treatment function code, or the export's specialty"},
    [REFERRALS_REQUEST_TYPE] = {"request_type", CONTENT_WORD, false, "referral or advice; blank: referral"},
    [REFERRALS_PRIORITY] = {"priority", CONTENT_WORD, false, "routine, urgent or usc (urgent suspected cancer)"},
    [REFERRALS_SCHEME] = {"scheme", CONTENT_WORD, false,
                          "none, rmc, specialist_advice, local_expertise or peer_review; blank: see schemes"},
    [REFERRALS_PATIENT] = {"patient_key", CONTENT_KEY, false, "the same for every referral of one patient"},
    [REFERRALS_REFERRER] = {"referrer_key", CONTENT_KEY, false, "the referring clinician; not used by any measure"},
    [REFERRALS_PREVIOUS] = {"previous_referral_id", CONTENT_KEY, false, "the rejected referral that this one follows"},
    [REFERRALS_RECEIVED] = {"received_date", CONTENT_DATE, false, "the day on which the provider received it"},
    [REFERRALS_PROVIDER] = {"provider_code", CONTENT_TEXT, false, "the provider; not used by any measure"},
    [REFERRALS_AGE_BAND] = {"age_band", CONTENT_TEXT, false, "the patient's age band"},
    [REFERRALS_SEX] = {"sex", CONTENT_TEXT, false, "the patient's sex"},
    [REFERRALS_IMD_DECILE] = {"imd_decile", CONTENT_NUMBER, false, "deprivation of the patient's area, 1 (most) to 10"},
};

static const struct format_column outcomes_columns[OUTCOMES_COLUMN_COUNT] = {
    [OUTCOMES_ID] = {"referral_id", CONTENT_KEY, true, "the referral that it happened to"},
    [OUTCOMES_DATE] = {"event_date", CONTENT_DATE, true, "the day on which it happened"},
    [OUTCOMES_TYPE] = {"event_type", CONTENT_WORD, true,
                       "rejected, returned_with_advice, redirected or accepted (decisions); advice_response, converted, "
                       "asi (no appointment slot), booked, first_attended, dna (did not attend), cancelled_patient, "
                       "cancelled_provider, followup_attended, decision_to_treat, treated, discharged, diagnosis_cancer, "
                       "cancelled_referral or died"},
    [OUTCOMES_SEQUENCE] = {"event_seq", CONTENT_NUMBER, false, "order among the events of one day; blank: 0"},
    [OUTCOMES_REASON] = {"reason_code", CONTENT_TEXT, false, "why it was rejected, returned or redirected"},
    [OUTCOMES_CONTACTED] = {"referrer_contacted", CONTENT_WORD, false, "yes or no: was the referrer spoken to"},
    [OUTCOMES_CONSULTED] = {"patient_consulted", CONTENT_WORD, false, "yes or no: was the patient asked"},
};

static const struct format_column practices_columns[PRACTICES_COLUMN_COUNT] = {
    [PRACTICES_CODE] = {"practice_code", CONTENT_TEXT, true, "ODS code of the practice"},
    [PRACTICES_NAME] = {"practice_name", CONTENT_TEXT, false, "its name"},
    [PRACTICES_LOCALITY] = {"locality", CONTENT_TEXT, false, "the group of practices that it belongs to"},
    [PRACTICES_LIST_SIZE] = {"list_size", CONTENT_NUMBER, false, "registered patients (of the band, where there is one)"},
    [PRACTICES_AGE_BAND] = {"age_band", CONTENT_TEXT, false, "the age band that the row counts"},
    [PRACTICES_SEX] = {"sex", CONTENT_TEXT, false, "the sex that the row counts"},
    [PRACTICES_PERIOD] = {"period", CONTENT_TEXT, false, "the quarter that the row counts (2025-Q2); blank: any"},
};

static const struct format_column schemes_columns[SCHEMES_COLUMN_COUNT] = {
    [SCHEMES_PRACTICE] = {"practice_code", CONTENT_TEXT, true, "ODS code of the practice"},
    [SCHEMES_SCHEME] = {"scheme", CONTENT_WORD, true,
                        "none, rmc, specialist_advice, local_expertise or peer_review"},
    [SCHEMES_START] = {"start_date", CONTENT_DATE, true, "its first day"},
    [SCHEMES_END] = {"end_date", CONTENT_DATE, false, "its last day; blank: it goes on"},
    [SCHEMES_SPECIALTY] = {"specialty_code", CONTENT_TEXT, false, "the one specialty that it covers; blank: all"},
    [SCHEMES_ANNUAL_COST] = {"annual_cost", CONTENT_NUMBER, false, "pounds a year for this practice"},
    [SCHEMES_COST_PER_REFERRAL] = {"cost_per_referral", CONTENT_NUMBER, false, "pounds for each referral handled"},
};

static const struct format_column sessions_columns[SESSIONS_COLUMN_COUNT] = {
    [SESSIONS_PRACTICE] = {"practice_code", CONTENT_TEXT, true, "ODS code of the practice"},
    [SESSIONS_DATE] = {"session_date", CONTENT_DATE, true, "the day of the peer-review meeting"},
    [SESSIONS_TOPIC] = {"topic", CONTENT_TEXT, false, "what it was about"},
    [SESSIONS_SPECIALTY] = {"specialty_code", CONTENT_TEXT, false, "the one specialty that it was about; blank: all"},
};

const struct format_kind format_kinds[FILE_KIND_COUNT] = {
    [FILE_REFERRALS] = {"referrals", "one row a referral or advice request", referrals_columns, REFERRALS_COLUMN_COUNT},
    [FILE_OUTCOMES] = {"outcomes", "one row an event, any number a referral", outcomes_columns, OUTCOMES_COLUMN_COUNT},
    [FILE_PRACTICES] = {"practices", "names and list sizes", practices_columns, PRACTICES_COLUMN_COUNT},
    [FILE_SCHEMES] = {"schemes", "which practice was in which scheme, and when", schemes_columns,
                      SCHEMES_COLUMN_COUNT},
    [FILE_SESSIONS] = {"sessions", "peer-review meetings held", sessions_columns, SESSIONS_COLUMN_COUNT},
};

static const char *content_name(enum column_content content)
{
    static const char *const names[] = {
        [CONTENT_KEY] = "key",   [CONTENT_TEXT] = "text",     [CONTENT_DATE] = "date",
        [CONTENT_WORD] = "word", [CONTENT_NUMBER] = "number",
    };
    return names[content];
}

void format_list(struct buffer *text)
{
    buffer_add_string(text, "file\tcolumn\tcontent\trequired\tmeaning\n");
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        for (size_t i = 0; i < format_kinds[kind].column_count; i++) {
            const struct format_column *column = &format_kinds[kind].columns[i];
            buffer_add_formatted(text, "%s.csv\t%s\t%s\t%s\t%s\n", format_kinds[kind].name, column->name,
                                 content_name(column->content), column->required ? "yes" : "no", column->meaning);
        }
    }
}
