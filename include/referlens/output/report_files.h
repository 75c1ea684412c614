/* Which files of a folder a report has written, and whether others lie among them.
 *
 * A report may be replaced by a later one only where nothing of somebody else's goes with it. report.json names every
 * file of the report but those of packs; these are known by their names, which every report gives them, and by how many
 * the report has written. Reads names and report.json alone. Called by folder.c.
 */
#ifndef REFERLENS_OUTPUT_REPORT_FILES_H
#define REFERLENS_OUTPUT_REPORT_FILES_H

#include "referlens/base/error.h"

#include <stdbool.h>

/* Whether the open folder, `shown` in messages, holds a report of ours and nothing else: no other file, link or
 * whatever is no folder. The error names the first that is somebody else's. Links are looked at themselves, never
 * followed. */
bool report_files_alone(int folder, const char *shown, struct error *error);

/* Whether the file `path` names lies in the folder `target` names, both by way of any links; or the link does that
 * `path` is. False where either is not there. */
bool report_files_hold(const char *target, const char *path);

#endif
