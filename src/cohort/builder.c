#include "referlens/cohort/builder.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <math.h>
#include <string.h>

enum { SMALL_CODES_MAX = 250, SPECIALTIES_MAX = 65000 };

struct cohort *cohort_new(void)
{
    struct cohort *cohort = memory_allocate_zeroed(1, sizeof *cohort);
    cohort->as_of = DAY_UNKNOWN;
    return cohort;
}

bool cohort_add_source(struct cohort *cohort, struct text bytes, uint32_t *source, struct error *error)
{
    if (cohort->source_count == SOURCE_MAX)
        return error_set(error, "more than %d input files; join some of them", SOURCE_MAX);
    if (bytes.length > REFERENCE_OFFSET_MAX)
        return error_set(error, "an input file is larger than 1 TiB");
    *source = (uint32_t)cohort->source_count;
    cohort->sources[cohort->source_count++] = bytes;
    return true;
}

void referral_batch_open(struct referral_batch *batch, struct cohort *cohort, size_t first, size_t room)
{
    *batch = (struct referral_batch){.columns = &cohort->columns, .first = first, .room = room};
}

void referral_batch_release(struct referral_batch *batch)
{
    if (batch == NULL)
        return;
    dictionary_release(&batch->practices);
    dictionary_release(&batch->specialties);
    dictionary_release(&batch->age_bands);
    dictionary_release(&batch->sexes);
    memory_free(batch->previous);
    *batch = (struct referral_batch){0};
}

/* The code + 1 of a text in a dictionary that must stay small; 0 for an empty text. */
static bool small_code(struct dictionary *dictionary, struct text text, const char *column, uint8_t *code,
                       struct error *error)
{
    *code = 0;
    if (text.length == 0)
        return true;
    const uint32_t added = dictionary_add(dictionary, text);
    if (added >= SMALL_CODES_MAX)
        return error_set(error, "more than %d different values of %s: is it the right column?", SMALL_CODES_MAX,
                         column);
    *code = (uint8_t)(added + 1);
    return true;
}

bool referral_batch_add(struct referral_batch *batch, const struct referral_row *row,
                        const struct previous_reference *previous, struct error *error)
{
    uint8_t age_band, sex;
    const uint32_t specialty = dictionary_add(&batch->specialties, row->specialty);
    if (specialty >= SPECIALTIES_MAX)
        return error_set(error, "more than %d different values of specialty_code: is it the right column?",
                         SPECIALTIES_MAX);
    if (!small_code(&batch->age_bands, row->age_band, "age_band", &age_band, error) ||
        !small_code(&batch->sexes, row->sex, "sex", &sex, error))
        return false;
    if (batch->count == batch->room)
        return error_set(error, "more rows than lines");
    const size_t number = batch->count++, i = batch->first + number;
    struct columns *columns = batch->columns;
    columns->id[i] = row->id;
    columns->id_hash[i] = row->id_hash;
    /* 0 stands for an unknown patient, so a key whose hash is 0 is moved off it. */
    const uint64_t patient = row->patient.length == 0 ? 0 : text_hash(row->patient) | 1;
    columns->patient[i] = patient;
    columns->referred[i] = row->referred;
    columns->received[i] = row->received;
    columns->practice[i] = dictionary_add(&batch->practices, row->practice);
    columns->specialty[i] = (uint16_t)specialty;
    columns->flags[i] =
        (uint16_t)((row->request_type == REQUEST_ADVICE ? FLAG_ADVICE : 0) | (patient != 0 ? FLAG_PATIENT_KNOWN : 0));
    columns->priority[i] = row->priority;
    columns->scheme[i] = row->scheme;
    columns->imd_decile[i] = row->imd_decile;
    columns->age_band[i] = age_band;
    columns->sex[i] = sex;
    if (previous != NULL) {
        batch->previous =
            memory_grow(batch->previous, &batch->previous_capacity, batch->previous_count + 1, sizeof *batch->previous);
        batch->previous[batch->previous_count] = *previous;
        batch->previous[batch->previous_count++].row = (uint32_t)number;
    }
    return true;
}

/* New codes of one dictionary of one batch. */
struct recoding {
    uint32_t *practice, *specialty, *age_band, *sex;
};

struct taking {
    struct cohort *cohort;
    struct referral_batch *batches;
    struct recoding *recodings;
    size_t *first_rows;
};

static uint32_t *add_all(struct dictionary *to, const struct dictionary *from)
{
    uint32_t *codes = memory_allocate((from->count + 1) * sizeof *codes);
    for (size_t i = 0; i < from->count; i++)
        codes[i] = dictionary_add(to, dictionary_text(from, (uint32_t)i));
    return codes;
}

/* Sorts a dictionary and gives the new codes by old code. */
static uint32_t *sort_codes(struct dictionary *dictionary)
{
    uint32_t *codes = memory_allocate((dictionary->count + 1) * sizeof *codes);
    dictionary_sort(dictionary, codes);
    return codes;
}

static void recode(uint32_t *codes, const struct dictionary *of, const uint32_t *new_codes)
{
    for (size_t i = 0; i < of->count; i++)
        codes[i] = new_codes[codes[i]];
}

static bool check_dictionaries(const struct cohort *cohort, struct error *error)
{
    if (cohort->specialties.count >= SPECIALTIES_MAX)
        return error_set(error, "more than %d different values of specialty_code: is it the right column?",
                         SPECIALTIES_MAX);
    if (cohort->age_bands.count >= SMALL_CODES_MAX || cohort->sexes.count >= SMALL_CODES_MAX)
        return error_set(error, "more than %d different values of age_band or sex: are they the right columns?",
                         SMALL_CODES_MAX);
    return true;
}

/* Brings all dictionaries together, sorted, with each batch's way into them and the small tables' codes renewed. */
static void join_dictionaries(struct cohort *cohort, const struct referral_batch *batches, size_t batch_count,
                              struct recoding *recodings)
{
    for (size_t i = 0; i < batch_count; i++) {
        recodings[i].practice = add_all(&cohort->practices, &batches[i].practices);
        recodings[i].specialty = add_all(&cohort->specialties, &batches[i].specialties);
        recodings[i].age_band = add_all(&cohort->age_bands, &batches[i].age_bands);
        recodings[i].sex = add_all(&cohort->sexes, &batches[i].sexes);
    }
    uint32_t *practice = sort_codes(&cohort->practices), *specialty = sort_codes(&cohort->specialties);
    uint32_t *age_band = sort_codes(&cohort->age_bands), *sex = sort_codes(&cohort->sexes);
    for (size_t i = 0; i < batch_count; i++) {
        recode(recodings[i].practice, &batches[i].practices, practice);
        recode(recodings[i].specialty, &batches[i].specialties, specialty);
        recode(recodings[i].age_band, &batches[i].age_bands, age_band);
        recode(recodings[i].sex, &batches[i].sexes, sex);
    }
    for (size_t i = 0; i < cohort->practice_row_count; i++)
        cohort->practice_rows[i].practice = practice[cohort->practice_rows[i].practice];
    for (size_t i = 0; i < cohort->scheme_row_count; i++) {
        struct scheme_row *row = &cohort->scheme_rows[i];
        row->practice = practice[row->practice];
        row->specialty = row->specialty == DICTIONARY_NONE ? DICTIONARY_NONE : specialty[row->specialty];
    }
    for (size_t i = 0; i < cohort->session_row_count; i++) {
        struct session_row *row = &cohort->session_rows[i];
        row->practice = practice[row->practice];
        row->specialty = row->specialty == DICTIONARY_NONE ? DICTIONARY_NONE : specialty[row->specialty];
    }
    memory_free(practice);
    memory_free(specialty);
    memory_free(age_band);
    memory_free(sex);
}

/* Gives the rows of one batch, in their place, the new codes, and releases it. */
static void take_batch(void *context, size_t task, size_t worker)
{
    (void)worker;
    const struct taking *taking = context;
    const struct recoding *codes = &taking->recodings[task];
    struct columns *columns = &taking->cohort->columns;
    for (size_t i = taking->first_rows[task]; i < taking->first_rows[task + 1]; i++) {
        columns->practice[i] = codes->practice[columns->practice[i]];
        columns->specialty[i] = (uint16_t)codes->specialty[columns->specialty[i]];
        if (columns->age_band[i] != 0)
            columns->age_band[i] = (uint8_t)(codes->age_band[columns->age_band[i] - 1] + 1);
        if (columns->sex[i] != 0)
            columns->sex[i] = (uint8_t)(codes->sex[columns->sex[i] - 1] + 1);
    }
    memory_free(codes->practice);
    memory_free(codes->specialty);
    memory_free(codes->age_band);
    memory_free(codes->sex);
    referral_batch_release(&taking->batches[task]);
}

/* Gathers the batches' named predecessors, with rows of the cohort. */
static struct previous_reference *join_previous(const struct referral_batch *batches, const size_t *first_rows,
                                                size_t batch_count, size_t *previous_count)
{
    size_t count = 0;
    for (size_t i = 0; i < batch_count; i++)
        count += batches[i].previous_count;
    struct previous_reference *previous = memory_resize(NULL, count, sizeof *previous);
    *previous_count = 0;
    for (size_t i = 0; i < batch_count; i++) {
        for (size_t k = 0; k < batches[i].previous_count; k++) {
            previous[*previous_count] = batches[i].previous[k];
            previous[(*previous_count)++].row += (uint32_t)first_rows[i];
        }
    }
    return previous;
}

void cohort_reserve_referrals(struct cohort *cohort, size_t capacity)
{
    columns_reserve(&cohort->columns, capacity);
}

bool cohort_take_referrals(struct cohort *cohort, struct referral_batch *batches, size_t batch_count,
                           size_t worker_count, struct previous_reference **previous, size_t *previous_count,
                           struct error *error)
{
    size_t *first_rows = memory_allocate_zeroed(batch_count + 1, sizeof *first_rows);
    for (size_t i = 0; i < batch_count; i++)
        first_rows[i + 1] = first_rows[i] + batches[i].count;
    const size_t count = first_rows[batch_count];
    if (count >= ROW_NONE - 1) {
        memory_free(first_rows);
        return error_set(error, "more than 4,294,967,293 referrals");
    }
    struct recoding *recodings = memory_allocate_zeroed(batch_count, sizeof *recodings);
    join_dictionaries(cohort, batches, batch_count, recodings);
    const bool fits = check_dictionaries(cohort, error);
    *previous = join_previous(batches, first_rows, batch_count, previous_count);
    for (size_t i = 0; i < batch_count; i++) {
        if (batches[i].count > 0 && batches[i].first != first_rows[i])
            columns_move(&cohort->columns, first_rows[i], batches[i].first, batches[i].count);
    }
    cohort->count = count;
    struct taking taking = {cohort, batches, recodings, first_rows};
    worker_run(worker_count, batch_count, take_batch, &taking);
    memory_free(recodings);
    memory_free(first_rows);
    return fits;
}

void cohort_forget_hashes(struct cohort *cohort)
{
    columns_forget(&cohort->columns, offsetof(struct columns, id_hash));
}

void cohort_drop_rows(struct cohort *cohort, const uint8_t *dropped, struct previous_reference *previous,
                      size_t *previous_count)
{
    columns_drop(&cohort->columns, dropped, cohort->count);
    uint32_t *new_rows = memory_resize(NULL, cohort->count, sizeof *new_rows);
    uint32_t kept = 0;
    for (size_t i = 0; i < cohort->count; i++)
        new_rows[i] = dropped[i] ? ROW_NONE : kept++;
    size_t kept_previous = 0;
    for (size_t i = 0; i < *previous_count; i++) {
        if (new_rows[previous[i].row] != ROW_NONE) {
            previous[kept_previous] = previous[i];
            previous[kept_previous++].row = new_rows[previous[i].row];
        }
    }
    *previous_count = kept_previous;
    memory_free(new_rows);
    cohort->count = kept;
}
