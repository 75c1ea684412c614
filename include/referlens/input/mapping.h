/* Mapping: a profile applied to the rows of one file.
 *
 * A mapping is a profile bound to the columns of a header. For each record and each rule it gives the canonical values that
 * the rule makes, as text: dates as YYYY-MM-DD, words as the canonical files have them, keys pseudonymised where that is
 * asked for. Whether these make a sound row is decided by input/decode.h, as for a canonical file. A mapping is read-only
 * once made; several threads may use it, each with rows of its own.
 */
#ifndef REFERLENS_INPUT_MAPPING_H
#define REFERLENS_INPUT_MAPPING_H

#include "referlens/base/buffer.h"
#include "referlens/input/profile.h"
#include "referlens/input/pseudonym.h"
#include "referlens/input/record.h"

#include <stdint.h>

#define FIELD_ABSENT SIZE_MAX

struct mapping {
    const struct profile *profile; /* borrowed */
    size_t *fields;                /* owned; by the profile's column: number of the record's field, or FIELD_ABSENT */
    const struct pseudonym_key *key; /* borrowed; NULL: keys stay as they are */
};

/* What one rule made of one record. */
struct mapped_row {
    struct text values[COLUMN_COUNT_MAX]; /* by the kind's column; empty: unknown. Views into the record or `scratch` */
    size_t fields[COLUMN_COUNT_MAX];      /* the record's field that a value came from, for messages; FIELD_ABSENT: none */
    bool as_it_is[COLUMN_COUNT_MAX];      /* the value is that field's, to the letter */
    const char *faults[COLUMN_COUNT_MAX]; /* why there is no value though there should be: a problem_… ; NULL: sound */
    bool unmapped[COLUMN_COUNT_MAX];      /* the map names no such value, whatever became of it */
    bool has_faults;
    int64_t order; /* the rule's number, then `first_by`: see profile.h; INT64_MAX where that is no number */
    struct buffer scratch;
    size_t offsets[COLUMN_COUNT_MAX]; /* of values that lie in `scratch` */
    struct text replaced[COLUMN_COUNT_MAX]; /* the key that a pseudonym stands for; empty: the value is no pseudonym */
    size_t replaced_offsets[COLUMN_COUNT_MAX];
};

enum mapped { MAPPED_NOTHING, MAPPED_ROW };

/* Binds a profile to a header. Fails where a column that the profile requires is not there, or one that it uses stands
 * twice; the message does not name the file. */
bool mapping_bind(struct mapping *mapping, const struct profile *profile, const struct record_reader *header,
                  const struct pseudonym_key *key, struct error *error);

/* The profile as which a canonical file of a kind is read when its keys must be replaced or its dates are not written
 * as YYYY-MM-DD. The caller frees it. `format`: of its dates; NULL: YYYY-MM-DD. */
struct profile *mapping_canonical_profile(enum file_kind kind, const struct record_reader *header,
                                          const struct date_format *format);

void mapping_release(struct mapping *mapping); /* a zeroed one is allowed */

/* Why the profile leaves a record out altogether; NULL where it does not. */
const char *mapping_leaves_out(const struct mapping *mapping, const struct record_reader *record);

/* Fills `row` with what rule number `rule` makes of a record. `row` is zeroed before its first use and may be used again;
 * its values are good until then, and as long as the record is. */
enum mapped mapping_make(const struct mapping *mapping, size_t rule, const struct record_reader *record,
                         struct mapped_row *row);

/* What the file calls the column from which a rule makes a value; the first of several; empty where it takes
 * none. */
struct text mapping_column_name(const struct mapping *mapping, size_t rule, size_t column);

void mapped_row_release(struct mapped_row *row);

#endif
