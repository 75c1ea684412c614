#include "referlens/command/lost_page.h"

#include "referlens/command/command.h"
#include "referlens/command/interruption.h"
#include "referlens/input/mapped_file.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 512 };

static const char failed[] = "can't be read to its end: the disk or the network that it lies on fails";

static atomic_flag ending = ATOMIC_FLAG_INIT;

static void add(char line[LINE_SIZE], size_t *length, const char *words)
{
    for (; *words != '\0' && *length < LINE_SIZE; words++)
        line[(*length)++] = *words;
}

/* Runs in a signal handler: nothing here may allocate or wait for what the thread itself holds. It holds nothing, as it
 * was looking at a file's bytes. */
static void end(const char *name, const char *words)
{
    char line[LINE_SIZE];
    size_t length = 0;
    const char *const parts[] = {"referlens: error: ", name, ": ", words, "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        add(line, &length, parts[i]);
    interruption_undo();
    const ssize_t written = write(STDERR_FILENO, line, length);
    (void)written; /* there is nobody left to tell */
    _exit(COMMAND_FAILED);
}

static void handle(int signal_number, siginfo_t *about, void *context)
{
    (void)context;
    bool cut_short;
    const char *name = mapped_file_at(about->si_addr, &cut_short);
    if (name == NULL) { /* not ours: it comes again at once, and ends the program */
        signal(signal_number, SIG_DFL);
        return;
    }
    while (atomic_flag_test_and_set(&ending))
        pause(); /* another thread ends the program */
    end(name, cut_short ? mapped_file_changed : failed);
}

void lost_page_handle(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    action.sa_sigaction = handle;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}
