/**
 * @file
 * @brief PID 1 is a parent like any other, and then everybody's parent.
 *
 * There is little to do: barco_process_wait() reaps whoever ends and forwards
 * what comes. Signals need no handler here, because they are blocked, and a
 * blocked signal waits for sigwaitinfo() even in PID 1.
 */
#include "barco/init.h"

#include <sys/prctl.h>

#include <bsd/unistd.h>

#include "barco/error.h"

int barco_init_run(barco_process_main *command, void *arg)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;
    int result;

    /* Everybody may read /proc/1/cmdline, and our command line tells of the
     * host. */
    BARCO_EXPLAIN("ps shows who is PID 1, and not how it was started",
                  "setproctitle(\"init\"), prctl(PR_SET_NAME, \"init\")");
    setproctitle("-init");
    prctl(PR_SET_NAME, "init");

    /* PID 1 is still the host's program, with descriptors of the host. Only
     * who may trace processes on the host can open its /proc/1/exe or fd. */
    BARCO_EXPLAIN("nobody in the container may look into PID 1",
                  "prctl(PR_SET_DUMPABLE, 0)");
    prctl(PR_SET_DUMPABLE, 0);

    result = barco_process_spawn(&child, 0, command, arg);
    return result < 0 ? result : barco_process_wait(&child);
}
