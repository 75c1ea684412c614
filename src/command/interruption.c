#include "referlens/command/interruption.h"

#include "referlens/command/command.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* There is one program and one thing to be taken away, whichever thread has to. NULL where there is none. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct interruption *watched;

static void signals_of_interest(sigset_t *set)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action;
        if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(set, signals[i]);
    }
}

/* Ends the program as the signal does by itself. */
static void die_of(int signal_number)
{
    sigset_t set;
    signal(signal_number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, signal_number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(signal_number);
    _exit(COMMAND_FAILED);
}

static void *wait_for_signal(void *argument)
{
    (void)argument;
    sigset_t set;
    int signal_number;
    signals_of_interest(&set);
    while (sigwait(&set, &signal_number) != 0)
        continue;
    pthread_mutex_lock(&lock); /* for good: whoever wants to finish waits until the program is gone */
    if (watched != NULL) {
        watched->undo(watched->context);
        const ssize_t written = write(STDERR_FILENO, watched->said, strlen(watched->said));
        (void)written;
        die_of(signal_number);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void undo_without_memory(void)
{
    if (pthread_mutex_trylock(&lock) == 0 && watched != NULL && watched->without_memory != NULL)
        watched->without_memory(watched->context);
}

void interruption_undo(void)
{
    pthread_mutex_lock(&lock); /* for good, as above: where a signal has come, whoever waits for it ends the program */
    if (watched != NULL && watched->without_memory != NULL)
        watched->without_memory(watched->context);
}

void interruption_hold(void)
{
    sigset_t set;
    signals_of_interest(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void interruption_watch(const struct interruption *interruption)
{
    pthread_t thread;
    pthread_mutex_lock(&lock);
    watched = interruption;
    pthread_mutex_unlock(&lock);
    command_on_exhausted(undo_without_memory);
    if (pthread_create(&thread, NULL, wait_for_signal, NULL) == 0) {
        pthread_detach(thread);
    } else {
        sigset_t set;
        signals_of_interest(&set);
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    }
}

void interruption_end(void)
{
    command_on_exhausted(NULL);
    pthread_mutex_lock(&lock);
    watched = NULL;
    pthread_mutex_unlock(&lock);
}
