/* Reads CSV texts that stand in a test, by way of files in the scratch folder that the test is in. */
#ifndef REFERLENS_TESTS_SUPPORT_FROM_CSV_H
#define REFERLENS_TESTS_SUPPORT_FROM_CSV_H

#include "referlens/input/input.h"
#include "scratch.h"

#define FROM_CSV_REFERRALS                                                                                             \
    "referral_id,practice_code,referral_date,specialty_code,request_type,priority,scheme,patient_key\n"
#define FROM_CSV_OUTCOMES                                                                                              \
    "referral_id,event_date,event_type,event_seq,reason_code,referrer_contacted,patient_consulted\n"

static inline day from_csv_day(const char *date)
{
    day value = DAY_UNKNOWN;
    if (date != NULL && !day_parse(text_of(date), &value)) {
        fprintf(stderr, "no date: %s\n", date);
        abort();
    }
    return value;
}

static inline void from_csv_write(const char *name, const char *bytes, size_t length)
{
    FILE *file = fopen(name, "wb");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(name);
        exit(1);
    }
}

/* Reads the files that are named, ended by NULL. */
static inline bool from_csv_files(struct input *input, const char *const *names, const char *as_of, size_t chunk_bytes,
                                  size_t workers, struct error *error)
{
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    const struct input_options options = {
        .as_of = from_csv_day(as_of), .worker_count = workers, .chunk_bytes = chunk_bytes};
    return input_read(input, names, count, &options, error);
}

/* Reads referrals and outcomes (NULL: none), and a third file of any kind (NULL: none). Aborts where that fails. */
static inline struct input from_csv(const char *referrals, const char *outcomes, const char *other, const char *as_of)
{
    const char *names[4] = {NULL};
    size_t count = 0;
    struct input input;
    struct error error;
    if (referrals != NULL)
        from_csv_write(names[count++] = "referrals.csv", referrals, strlen(referrals));
    if (outcomes != NULL)
        from_csv_write(names[count++] = "outcomes.csv", outcomes, strlen(outcomes));
    if (other != NULL)
        from_csv_write(names[count++] = "other.csv", other, strlen(other));
    if (!from_csv_files(&input, names, as_of, 0, 2, &error)) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    return input;
}

/* The ledger of the file of that name. */
static inline const struct ledger *from_csv_ledger(const struct input *input, const char *name)
{
    for (size_t i = 0; i < input->file_count; i++) {
        if (strcmp(input->ledgers[i].name, name) == 0)
            return &input->ledgers[i];
    }
    abort();
}

#endif
