#include "referlens/input/format.h"

#include "referlens/cohort/cohort.h"

static const char *const answer_names[] = {[ANSWER_UNKNOWN] = NULL, [ANSWER_NO] = "no", [ANSWER_YES] = "yes"};

static const struct format_column referrals_columns[REFERRALS_COLUMN_COUNT] = {
    [REFERRALS_ID] = {"referral_id", CONTENT_KEY, "no referral_id",
                      "the referral or advice request, unique in the input", NULL, 0},
    [REFERRALS_PRACTICE] = {"practice_code", CONTENT_TEXT, "no practice_code", "ODS code of the referring practice",
                            NULL, 0},
    [REFERRALS_DATE] = {"referral_date", CONTENT_DATE, "no referral_date",
                        "the day on which the GP referred: every clock starts here", NULL, 0},
    [REFERRALS_SPECIALTY] = {"specialty_code", CONTENT_TEXT, "no specialty_code",
                             "treatment function code, or the export's specialty", NULL, 0},
    [REFERRALS_REQUEST_TYPE] = {"request_type", CONTENT_WORD, NULL, "referral or advice; blank: referral",
                                request_type_names, REQUEST_TYPE_COUNT},
    [REFERRALS_PRIORITY] = {"priority", CONTENT_WORD, NULL, "routine, urgent or usc (urgent suspected cancer)",
                            priority_names, PRIORITY_COUNT},
    [REFERRALS_SCHEME] = {"scheme", CONTENT_WORD, NULL,
                          "none, rmc, specialist_advice, local_expertise or peer_review; blank: see schemes",
                          scheme_names, SCHEME_COUNT},
    [REFERRALS_PATIENT] = {"patient_key", CONTENT_KEY, NULL, "the same for every referral of one patient", NULL, 0},
    [REFERRALS_REFERRER] = {"referrer_key", CONTENT_KEY, NULL, "the referring clinician; not used by any measure", NULL,
                            0},
    [REFERRALS_PREVIOUS] = {"previous_referral_id", CONTENT_KEY, NULL, "the rejected referral that this one follows",
                            NULL, 0},
    [REFERRALS_RECEIVED] = {"received_date", CONTENT_DATE, NULL, "the day on which the provider received it", NULL, 0},
    [REFERRALS_PROVIDER] = {"provider_code", CONTENT_TEXT, NULL, "the provider; not used by any measure", NULL, 0},
    [REFERRALS_AGE_BAND] = {"age_band", CONTENT_TEXT, NULL, "the patient's age band", NULL, 0},
    [REFERRALS_SEX] = {"sex", CONTENT_TEXT, NULL, "the patient's sex", NULL, 0},
    [REFERRALS_IMD_DECILE] = {"imd_decile", CONTENT_NUMBER, NULL, "deprivation of the patient's area, 1 (most) to 10",
                              NULL, 0},
};

static const struct format_column outcomes_columns[OUTCOMES_COLUMN_COUNT] = {
    [OUTCOMES_ID] = {"referral_id", CONTENT_KEY, "no referral_id", "the referral that it happened to", NULL, 0},
    [OUTCOMES_DATE] = {"event_date", CONTENT_DATE, "no event_date", "the day on which it happened", NULL, 0},
    [OUTCOMES_TYPE] =
        {"event_type", CONTENT_WORD, "no event_type",
         "rejected, returned_with_advice, redirected or accepted (decisions); advice_response, converted, "
         "asi (no appointment slot), booked, first_attended, dna (did not attend), cancelled_patient, "
         "cancelled_provider, followup_attended, decision_to_treat, treated, discharged, diagnosis_cancer, "
         "cancelled_referral or died",
         event_type_names, EVENT_TYPE_COUNT},
    [OUTCOMES_SEQUENCE] = {"event_seq", CONTENT_NUMBER, NULL, "order among the events of one day; blank: 0", NULL, 0},
    [OUTCOMES_REASON] = {"reason_code", CONTENT_TEXT, NULL, "why it was rejected, returned or redirected", NULL, 0},
    [OUTCOMES_CONTACTED] = {"referrer_contacted", CONTENT_WORD, NULL, "yes or no: was the referrer spoken to",
                            answer_names, 3},
    [OUTCOMES_CONSULTED] = {"patient_consulted", CONTENT_WORD, NULL, "yes or no: was the patient asked", answer_names,
                            3},
};

static const struct format_column practices_columns[PRACTICES_COLUMN_COUNT] = {
    [PRACTICES_CODE] = {"practice_code", CONTENT_TEXT, "no practice_code", "ODS code of the practice", NULL, 0},
    [PRACTICES_NAME] = {"practice_name", CONTENT_TEXT, NULL, "its name", NULL, 0},
    [PRACTICES_LOCALITY] = {"locality", CONTENT_TEXT, NULL, "the group of practices that it belongs to", NULL, 0},
    [PRACTICES_LIST_SIZE] = {"list_size", CONTENT_NUMBER, NULL, "registered patients (of the band, where there is one)",
                             NULL, 0},
    [PRACTICES_AGE_BAND] = {"age_band", CONTENT_TEXT, NULL, "the age band that the row counts", NULL, 0},
    [PRACTICES_SEX] = {"sex", CONTENT_TEXT, NULL, "the sex that the row counts", NULL, 0},
    [PRACTICES_PERIOD] = {"period", CONTENT_TEXT, NULL, "the quarter that the row counts (2025-Q2); blank: any", NULL,
                          0},
};

static const struct format_column schemes_columns[SCHEMES_COLUMN_COUNT] = {
    [SCHEMES_PRACTICE] = {"practice_code", CONTENT_TEXT, "no practice_code", "ODS code of the practice", NULL, 0},
    [SCHEMES_SCHEME] = {"scheme", CONTENT_WORD, "no scheme",
                        "none, rmc, specialist_advice, local_expertise or peer_review", scheme_names, SCHEME_COUNT},
    [SCHEMES_START] = {"start_date", CONTENT_DATE, "no start_date", "its first day", NULL, 0},
    [SCHEMES_END] = {"end_date", CONTENT_DATE, NULL, "its last day; blank: it goes on", NULL, 0},
    [SCHEMES_SPECIALTY] = {"specialty_code", CONTENT_TEXT, NULL, "the one specialty that it covers; blank: all", NULL,
                           0},
    [SCHEMES_ANNUAL_COST] = {"annual_cost", CONTENT_NUMBER, NULL, "pounds a year for this practice", NULL, 0},
    [SCHEMES_COST_PER_REFERRAL] = {"cost_per_referral", CONTENT_NUMBER, NULL, "pounds for each referral handled", NULL,
                                   0},
};

static const struct format_column sessions_columns[SESSIONS_COLUMN_COUNT] = {
    [SESSIONS_PRACTICE] = {"practice_code", CONTENT_TEXT, "no practice_code", "ODS code of the practice", NULL, 0},
    [SESSIONS_DATE] = {"session_date", CONTENT_DATE, "no session_date", "the day of the peer-review meeting", NULL, 0},
    [SESSIONS_TOPIC] = {"topic", CONTENT_TEXT, NULL, "what it was about", NULL, 0},
    [SESSIONS_SPECIALTY] = {"specialty_code", CONTENT_TEXT, NULL, "the one specialty that it was about; blank: all",
                            NULL, 0},
};

#define BIT(column) (UINT32_C(1) << (column))

const struct format_kind format_kinds[FILE_KIND_COUNT] = {
    [FILE_REFERRALS] = {"referrals", "one row a referral or advice request", referrals_columns, REFERRALS_COLUMN_COUNT,
                        BIT(REFERRALS_ID) | BIT(REFERRALS_PRACTICE) | BIT(REFERRALS_SPECIALTY) |
                            BIT(REFERRALS_PATIENT) | BIT(REFERRALS_REFERRER) | BIT(REFERRALS_PREVIOUS) |
                            BIT(REFERRALS_PROVIDER) | BIT(REFERRALS_AGE_BAND) | BIT(REFERRALS_SEX)},
    [FILE_OUTCOMES] = {"outcomes", "one row an event, any number a referral", outcomes_columns, OUTCOMES_COLUMN_COUNT,
                       BIT(OUTCOMES_ID) | BIT(OUTCOMES_REASON)},
    [FILE_PRACTICES] = {"practices", "names and list sizes", practices_columns, PRACTICES_COLUMN_COUNT,
                        BIT(PRACTICES_CODE) | BIT(PRACTICES_NAME) | BIT(PRACTICES_LOCALITY) | BIT(PRACTICES_AGE_BAND) |
                            BIT(PRACTICES_SEX) | BIT(PRACTICES_PERIOD)},
    [FILE_SCHEMES] = {"schemes", "which practice was in which scheme, and when", schemes_columns, SCHEMES_COLUMN_COUNT,
                      BIT(SCHEMES_PRACTICE) | BIT(SCHEMES_SPECIALTY)},
    [FILE_SESSIONS] = {"sessions", "peer-review meetings held", sessions_columns, SESSIONS_COLUMN_COUNT,
                       BIT(SESSIONS_PRACTICE) | BIT(SESSIONS_TOPIC) | BIT(SESSIONS_SPECIALTY)},
};

const char *format_content_name(enum column_content content)
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
                                 format_content_name(column->content), column->missing != NULL ? "yes" : "no",
                                 column->meaning);
        }
    }
}
