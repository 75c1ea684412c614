/* Candidates: as what a file may be read, a canonical kind or a profile, and how well its header fits that.
 *
 * Used by input/recognise.h alone, which chooses among them. Pure, but for the marks of the header's fields.
 */
#ifndef REFERLENS_INPUT_CANDIDATE_H
#define REFERLENS_INPUT_CANDIDATE_H

#include "referlens/base/buffer.h"
#include "referlens/input/profile.h"
#include "referlens/input/record.h"

/* A canonical kind or a profile, and how well the header fits it. */
struct candidate {
    const struct profile *profile; /* NULL: the canonical kind */
    enum file_kind kind;
    enum encoding encoding;
    char delimiter;
    size_t required, lacking;
    size_t unpaired;                        /* of those lacking: how many go with another that is there */
    size_t miscased;                        /* of those lacking: how many are there under nearly that name */
    size_t miscased_column, miscased_field; /* the first of them */
    bool *used;                             /* by the header's field; owned */
    size_t used_count, field_count;
};

/* Fits a header to the candidate; the caller releases `used`. A column that a file may lack is needed all the same
 * where another is there that goes with it, as a decision with its date: one of both is no use. */
void candidate_fit(struct candidate *candidate, const struct record_reader *header);

/* Whether a header split in another way is nearer to the same candidate. `best` may be of no header yet, and lack
 * SIZE_MAX. */
bool candidate_is_better(const struct candidate *trial, const struct candidate *best);

/* Whether `a` uses every column of the header that `b` does. */
bool candidate_covers(const struct candidate *a, const struct candidate *b);

/* "hes-op", "referrals" */
const char *candidate_name(const struct candidate *candidate);

struct text candidate_column_name(const struct candidate *candidate, size_t column);

/* Adds the columns that the header of a file's text lacks, a few of them by name; with `nearly`, those too that it has
 * under nearly that name. */
void candidate_add_lacking(struct buffer *message, struct text text, const struct candidate *candidate, bool nearly);

/* As much of a text as a header can take, so that a large file is not looked at whole. */
struct text candidate_head(struct text text);

#endif
