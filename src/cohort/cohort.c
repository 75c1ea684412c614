#include "referlens/cohort/cohort.h"

#include "referlens/base/memory.h"
#include "referlens/cohort/columns.h"

size_t cohort_count(const struct cohort *cohort)
{
    return cohort->count;
}

day cohort_as_of(const struct cohort *cohort)
{
    return cohort->as_of;
}

uint32_t cohort_recorded(const struct cohort *cohort)
{
    return cohort->recorded;
}

uint32_t cohort_unread(const struct cohort *cohort)
{
    return cohort->unread;
}

static uint32_t code_or_none(uint32_t code_plus_one)
{
    return code_plus_one == 0 ? DICTIONARY_NONE : code_plus_one - 1;
}

static day earlier(day a, day b)
{
    if (a == DAY_UNKNOWN)
        return b;
    return b == DAY_UNKNOWN || a < b ? a : b;
}

/* Follows the chain from its head. A successor is always later in the order, so this ends. */
static void fill_journey(const struct columns *columns, size_t head, struct fact *fact)
{
    uint32_t row = (uint32_t)head;
    day attended = columns->attended[row];
    uint16_t flags = columns->flags[row];
    while (columns->successor[row] != ROW_NONE) {
        row = columns->successor[row];
        attended = earlier(attended, columns->attended[row]);
        flags |= columns->flags[row];
    }
    fact->journey_attended = attended;
    fact->journey_undated = (flags & FLAG_SEEN_UNDATED) != 0;
    day ended = columns->left[row];
    if (columns->decision[row] == EVENT_REJECTED || columns->decision[row] == EVENT_RETURNED_WITH_ADVICE)
        ended = earlier(ended, columns->decided[row]);
    fact->journey_ended = ended;
}

struct fact cohort_fact(const struct cohort *cohort, size_t index)
{
    const struct columns *columns = &cohort->columns;
    struct fact fact = {
        .as_of = cohort->as_of,
        .referred = columns->referred[index],
        .received = columns->received[index],
        .decided = columns->decided[index],
        .attended = columns->attended[index],
        .treated = columns->treated[index],
        .responded = columns->responded[index],
        .left = columns->left[index],
        .discharged = columns->discharged[index],
        .next_days = columns->next_days[index],
        .practice = columns->practice[index],
        .specialty = columns->specialty[index],
        .reason = code_or_none(columns->reason[index]),
        .flags = columns->flags[index],
        .decision = columns->decision[index],
        .contacted = columns->answers[index] & 3,
        .consulted = columns->answers[index] >> 2 & 3,
        .priority = columns->priority[index],
        .scheme = columns->scheme[index],
        .age_band = code_or_none(columns->age_band[index]),
        .sex = code_or_none(columns->sex[index]),
        .imd_decile = columns->imd_decile[index],
    };
    fill_journey(columns, index, &fact);
    return fact;
}

struct given cohort_given(const struct cohort *cohort, size_t index)
{
    return (struct given){
        .referred = cohort->columns.referred[index],
        .practice = cohort->columns.practice[index],
        .flags = cohort->columns.flags[index],
    };
}

struct text cohort_id(const struct cohort *cohort, size_t index)
{
    return text_reference_text(cohort, cohort->columns.id[index]);
}

const struct dictionary *cohort_practices(const struct cohort *cohort)
{
    return &cohort->practices;
}

const struct dictionary *cohort_specialties(const struct cohort *cohort)
{
    return &cohort->specialties;
}

const struct dictionary *cohort_reasons(const struct cohort *cohort)
{
    return &cohort->reasons;
}

const struct dictionary *cohort_age_bands(const struct cohort *cohort)
{
    return &cohort->age_bands;
}

const struct dictionary *cohort_sexes(const struct cohort *cohort)
{
    return &cohort->sexes;
}

struct text cohort_practice_name(const struct cohort *cohort, uint32_t practice)
{
    if (cohort->practice_names != NULL && cohort->practice_names[practice].length > 0)
        return cohort->practice_names[practice];
    return dictionary_text(&cohort->practices, practice);
}

struct text cohort_practice_locality(const struct cohort *cohort, uint32_t practice)
{
    return cohort->practice_localities == NULL ? (struct text){0} : cohort->practice_localities[practice];
}

const struct practice_row *cohort_practice_rows(const struct cohort *cohort, size_t *count)
{
    *count = cohort->practice_row_count;
    return cohort->practice_rows;
}

const struct scheme_row *cohort_scheme_rows(const struct cohort *cohort, size_t *count)
{
    *count = cohort->scheme_row_count;
    return cohort->scheme_rows;
}

const struct session_row *cohort_session_rows(const struct cohort *cohort, size_t *count)
{
    *count = cohort->session_row_count;
    return cohort->session_rows;
}

void cohort_forget_ids(struct cohort *cohort)
{
    columns_forget(&cohort->columns, offsetof(struct columns, id));
}

void cohort_forget_facts(struct cohort *cohort)
{
    columns_release(&cohort->columns);
}

void cohort_free(struct cohort *cohort)
{
    if (cohort == NULL)
        return;
    columns_release(&cohort->columns);
    dictionary_release(&cohort->practices);
    dictionary_release(&cohort->specialties);
    dictionary_release(&cohort->reasons);
    dictionary_release(&cohort->age_bands);
    dictionary_release(&cohort->sexes);
    memory_free(cohort->practice_rows);
    memory_free(cohort->scheme_rows);
    memory_free(cohort->session_rows);
    memory_free(cohort->practice_names);
    memory_free(cohort->practice_localities);
    arena_release(&cohort->arena);
    memory_free(cohort);
}
