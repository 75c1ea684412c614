/* The small files: practices, schemes and sessions, read whole.
 *
 * A repeated row is a duplicate. Two rows of one key that differ (a practice's band and period; a practice's specialty
 * and start date in a scheme): the one whose text sorts first is used, the other is rejected as a conflict.
 */
#ifndef REFERLENS_INPUT_TABLE_FILE_H
#define REFERLENS_INPUT_TABLE_FILE_H

#include "referlens/input/chunk.h"

/* Reads every file of the kind into the cohort's table, one chunk a file for counts and rejected rows. */
void table_files_read(enum file_kind kind, struct input_file *files, size_t file_count, struct cohort *cohort,
                      struct chunk_list *chunks);

#endif
