/* The files that a reader sees and an editor may change without C: chart scripts, page templates, style sheet.
 *
 * They lie together in one folder ("reports" in the source tree). It is, in this order: the folder named by the environment
 * variable REFERLENS_REPORTS; ../share/referlens/reports beside the program's own folder, where it is installed;
 * ../../reports, where it runs from the build folder of the source tree. Nothing else is searched.
 */
#ifndef REFERLENS_OUTPUT_ASSETS_H
#define REFERLENS_OUTPUT_ASSETS_H

#include "referlens/base/buffer.h"
#include "referlens/base/error.h"

#include <stdbool.h>

enum { ASSETS_PATH_SIZE = 4096 };

/* The most that one asset may hold, in bytes. */
enum { ASSET_SIZE_MAX = 1 << 20 };

/* Writes the path of the asset `name` ("charts", "charts/style.gp"; relative, "/" between its parts) and a NUL. Fails
 * where the folder or the asset is not there, naming the places that were looked at. */
bool assets_find(char path[ASSETS_PATH_SIZE], const char *name, struct error *error);

/* Reads a whole asset into `content`, which is emptied first and must have been given its maximum. */
bool assets_read(const char *name, struct buffer *content, struct error *error);

#endif
