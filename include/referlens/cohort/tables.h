/* The small tables of a cohort (practices, schemes, sessions), and what they say about its referrals.
 *
 * Filled before the referrals are taken, so that every dictionary is sorted once; cohort_sort_tables and
 * cohort_assign_schemes come after.
 */
#ifndef REFERLENS_COHORT_TABLES_H
#define REFERLENS_COHORT_TABLES_H

#include "referlens/cohort/columns.h"

/* The small tables, taken over as they are (practice and specialty as texts, codes assigned here, so call these before
 * cohort_take_referrals so that every dictionary is sorted once). Texts are copied. */
struct practice_input {
    struct text practice, name, locality, age_band, sex;
    double list_size;
    quarter period;
};
struct scheme_input {
    struct text practice, specialty;
    enum scheme scheme;
    day start, end;
    double annual_cost, cost_per_referral;
};
struct session_input {
    struct text practice, specialty, topic;
    day date;
};
void cohort_add_practice(struct cohort *cohort, const struct practice_input *row);
void cohort_add_scheme(struct cohort *cohort, const struct scheme_input *row);
void cohort_add_session(struct cohort *cohort, const struct session_input *row);

/* Puts the small tables into an order of their own (never that of reading) and finds the practices' names. */
void cohort_sort_tables(struct cohort *cohort);

/* Gives each referral without a scheme the one that schemes.csv has for its practice, specialty and date: a row that
 * names the specialty before one that does not, then the latest start, then the scheme whose word sorts first. */
void cohort_assign_schemes(struct cohort *cohort, size_t worker_count);

#endif
