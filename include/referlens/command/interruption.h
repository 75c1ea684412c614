/* Ctrl-C and its like: a report that is being written is taken away again, and the user told.
 *
 * A thread waits for SIGINT, SIGTERM and SIGHUP, so that no code runs inside a signal handler. It removes the folder
 * while other threads still write, says so in one line, and lets the signal end the program as it would have, so that a
 * shell sees its usual status (130 for Ctrl-C). A signal that the caller has ignored stays ignored.
 */
#ifndef REFERLENS_COMMAND_INTERRUPTION_H
#define REFERLENS_COMMAND_INTERRUPTION_H

#include "referlens/output/folder.h"

/* Holds signals back from here on, in this thread and those that it starts; call it before folder_open, so that no
 * signal comes between that and interruption_watch. */
void interruption_hold(void);

/* Starts to wait; the folder must be open until interruption_end. Where no thread can be started, signals are let
 * through again and leave the folder to the next run. The folder is removed as well where memory runs out. */
void interruption_watch(const struct folder *folder);

/* From here on a signal changes nothing, and the folder may be published or closed. Allowed without a watch. */
void interruption_end(void);

#endif
