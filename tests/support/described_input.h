/* What was read, as one text, to compare two readings. To be included behind cmocka.h. */
#ifndef REFERLENS_TESTS_SUPPORT_DESCRIBED_INPUT_H
#define REFERLENS_TESTS_SUPPORT_DESCRIBED_INPUT_H

#include "from_csv.h"
#include "referlens/cohort/columns.h"

static inline int described_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Everything that was read about the referrals, a line each in the order of their ids; then the rejected rows and the
 * ledgers. */
static inline char *describe_input(const struct input *input)
{
    const struct cohort *cohort = input->cohort;
    const size_t count = cohort_count(cohort);
    char **lines = memory_allocate_zeroed(count + 1, sizeof *lines);
    for (size_t i = 0; i < count; i++) {
        const struct fact fact = cohort_fact(cohort, i);
        const struct text id = text_reference_text(cohort, cohort->columns.id[i]);
        const struct text practice = dictionary_text(cohort_practices(cohort), fact.practice);
        const struct text specialty = dictionary_text(cohort_specialties(cohort), fact.specialty);
        struct buffer line = buffer_with_maximum(1 << 12);
        buffer_add_text(&line, id);
        buffer_add_formatted(&line, " %.*s %.*s %d %d %d %d %d %d %d %d %d %u %u %u %u %u %u %d %d\n",
                             (int)practice.length, practice.bytes, (int)specialty.length, specialty.bytes, fact.as_of,
                             fact.referred, fact.decided, fact.attended, fact.treated, fact.responded, fact.left,
                             fact.discharged, fact.next_days, fact.reason, fact.flags, fact.decision, fact.contacted,
                             fact.scheme, fact.priority, fact.journey_attended, fact.journey_ended);
        lines[i] = line.bytes;
    }
    qsort(lines, count, sizeof *lines, described_compare);
    struct buffer all = buffer_with_maximum(1 << 22);
    for (size_t i = 0; i < count; i++) {
        buffer_add_string(&all, lines[i]);
        free(lines[i]);
    }
    free(lines);
    for (size_t i = 0; i < input->reject_count; i++)
        buffer_add_formatted(&all, "%s:%d:%d: %s\n", input->ledgers[input->rejects[i].ledger].name,
                             (int)input->rejects[i].line, (int)input->rejects[i].column, input->rejects[i].message);
    for (size_t i = 0; i < input->file_count; i++) {
        const struct ledger *ledger = &input->ledgers[i];
        assert_true(ledger_balances(ledger));
        buffer_add_formatted(&all, "%s %d %d %d %d %d\n", ledger->name, (int)ledger->read, (int)ledger->used,
                             (int)ledger->rejected, (int)ledger->duplicates, (int)ledger->left_out);
    }
    buffer_add_formatted(&all, "recorded %x\n", cohort_recorded(cohort));
    assert_false(all.full);
    return all.bytes;
}

#endif
