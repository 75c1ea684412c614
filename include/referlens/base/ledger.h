/* The row ledger: for every input file, what became of each row, and why.
 *
 * It balances: read = used + rejected + duplicates + left out. Input and cohort fill it, outputs print it. It never
 * holds a referral id or a patient key.
 */
#ifndef REFERLENS_BASE_LEDGER_H
#define REFERLENS_BASE_LEDGER_H

#include "referlens/base/quality.h"
#include "referlens/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many rows shared a reason. */
struct ledger_reason {
    const char *reason; /* a sentence fragment: "dated after the as-of date". Constant, or the profile's; not freed here */
    int64_t count;
};

/* Reasons why events and referrals are left out, whatever the profile: see what becomes of each row in the manual. */
extern const char ledger_orphan[], ledger_before_referral[], ledger_after_as_of[];

enum { LEDGER_REASON_MAX = 32 };

/* One file. */
struct ledger {
    const char *name;    /* the path's base name, scrubbed; owned by the input */
    const char *kind;    /* "referrals", "outcomes", "practices", "schemes", "sessions"; several joined by " and " */
    const char *profile; /* its name; "canonical" */
    char sha256[65];     /* of the bytes as they lie on disk, lower-case hexadecimal */
    int64_t bytes;
    int64_t read, used, rejected, duplicates, left_out; /* rows, the header and blank lines apart */
    struct ledger_reason rejected_for[LEDGER_REASON_MAX]; /* sums to `rejected` */
    size_t rejected_reason_count;
    struct ledger_reason left_out_for[LEDGER_REASON_MAX]; /* sums to `left_out` */
    size_t left_out_reason_count;
    struct ledger_reason duplicates_for[LEDGER_REASON_MAX]; /* sums to `duplicates` */
    size_t duplicates_reason_count;
    const struct file_quality *quality; /* what its columns held; NULL where that is not known; owned by the input */
};

/* A rejected row: where it is and why. */
struct reject {
    size_t ledger;   /* index of its file's ledger */
    int64_t line;    /* physical line from 1, the header being line 1 */
    int64_t column;  /* byte in that line from 1 */
    const char *category; /* from the fixed set of ledger_reason */
    const char *message;  /* a sentence with the field and, where harmless, the value; owned by the input */
};

/* What stands for every further reason once a list is full. */
#define LEDGER_OTHER_REASONS "other reasons"

/* Adds `count` rows to the reason in such a list (reasons are compared by text). The list holds LEDGER_REASON_MAX: a
 * new reason that finds only its last place free is counted there as LEDGER_OTHER_REASONS, so that sums stay whole. */
void ledger_count_reason(struct ledger_reason *reasons, size_t *reason_count, const char *reason, int64_t count);

/* How many rows share a reason of such a list; 0 where it is not in it. */
int64_t ledger_reason_rows(const struct ledger_reason *reasons, size_t reason_count, const char *reason);

/* Counts rows as duplicates for a reason; 0 rows are none. */
void ledger_add_duplicates(struct ledger *ledger, const char *reason, int64_t count);

/* True where read = used + rejected + duplicates + left out, and each list of reasons sums to what it explains. */
bool ledger_balances(const struct ledger *ledger);

/* An order of files that does not depend on how they were named on the command line: by name, then kind, then content.
 * Zero for the same file twice. */
int ledger_compare(const struct ledger *a, const struct ledger *b);

#endif
