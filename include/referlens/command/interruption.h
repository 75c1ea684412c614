/* Ctrl-C and its like: what is being written is taken away again, and the user told.
 *
 * A thread waits for SIGINT, SIGTERM and SIGHUP, so that no code runs inside a signal handler. It undoes what was begun
 * while other threads still work, says so in one line, and lets the signal end the program as it would have, so that a
 * shell sees its usual status (130 for Ctrl-C). A signal that the caller has ignored stays ignored.
 */
#ifndef REFERLENS_COMMAND_INTERRUPTION_H
#define REFERLENS_COMMAND_INTERRUPTION_H

struct interruption {
    const char *said;               /* the line, with its newline */
    void (*undo)(void *context);    /* called in the thread that waits */
    /* Called in any thread where memory runs out or a file can't be read any more, in a signal handler too, and must not
     * allocate; or NULL. */
    void (*without_memory)(void *context);
    void *context;
};

/* Holds signals back from here on, in this thread and those that it starts; call it before anything is begun, so that
 * no signal comes between that and interruption_watch. */
void interruption_hold(void);

/* Starts to wait; the interruption must last until interruption_end. Where no thread can be started, signals are let
 * through again and leave what was begun to the next run. */
void interruption_watch(const struct interruption *interruption);

/* From here on a signal changes nothing, and what was begun may be finished. Does not return where a signal has come.
 * Allowed without a watch. */
void interruption_end(void);

/* Takes away what was begun, for a program that is to end at once. May be called in a signal handler. Allowed without a
 * watch. */
void interruption_undo(void);

#endif
