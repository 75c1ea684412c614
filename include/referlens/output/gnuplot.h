/* gnuplot as a process that draws many charts, fed with one line a chart.
 *
 * It runs in the report's folder, is started without a shell and without anybody's start-up file, and is told nothing but
 * the names of a script of ours, a data file and the picture to write, each of letters, digits, ".", "_", "-" and "/". What
 * a user has written reaches it as data alone. One thread uses one process; several processes may run at a time.
 */
#ifndef REFERLENS_OUTPUT_GNUPLOT_H
#define REFERLENS_OUTPUT_GNUPLOT_H

#include "referlens/base/error.h"

#include <stdbool.h>

struct gnuplot;

/* Whether gnuplot 5.2 or later is found in PATH and runs, and its scripts are there; the error says what to install, or
 * how to go without. To be asked before any work is done. */
bool gnuplot_check(struct error *error);

/* Starts a process that works in `folder` and takes its scripts from the assets' folder "charts". */
bool gnuplot_start(const char *folder, struct gnuplot **gnuplot, struct error *error);

/* Has the script (a file name in "charts") draw the data file as the picture; both are relative to `folder`. The script
 * finds the two names in ARG1 and ARG2. Returns once the order is on its way: whether it was carried out is known after
 * gnuplot_finish. Fails where a name is unsafe or the process has ended; the reason is then told by gnuplot_finish. */
bool gnuplot_draw(struct gnuplot *gnuplot, const char *script, const char *data, const char *picture,
                  struct error *error);

/* Waits until all is drawn and releases the process. Fails with the last words of gnuplot where it did not end well. NULL
 * is allowed and succeeds. */
bool gnuplot_finish(struct gnuplot *gnuplot, struct error *error);

/* Whether the SVG file `name` in `folder` is there and complete. */
bool gnuplot_picture_check(const char *folder, const char *name, struct error *error);

#endif
