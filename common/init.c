/**
 * @file
 * @brief PID 1 is a parent like any other, and then everybody's parent.
 *
 * There is little to do: barco_process_wait() reaps every child that ends and
 * forwards what comes. Signals need no handler here, because they are blocked,
 * and a blocked signal waits for sigwaitinfo() even in PID 1.
 */
#include "barco/init.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "barco/error.h"

/* ---- The title ---------------------------------------------------------- */

/* Where the kernel put the words of our command line, one after the other;
 * glibc hands them to every constructor. */
static struct {
    char *words;
    size_t size;
} line;

__attribute__((constructor)) static void remember_line(int argc, char **argv)
{
    if (argc < 1)
        return;
    line.words = argv[0];
    line.size = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0]);
}

/* What PID 2 is to do, and a copy of the words that it may need for it. */
struct task {
    barco_process_main *command;
    void *arg;
    char *words;
};

/* Everybody may read /proc/1/cmdline, and our command line tells of the host.
 * The kernel shows what is at the place of the words; where the last byte is
 * not NUL, it shows one string and nothing of the rest. */
static int hide_line(struct task *task)
{
    static const char title[] = "init";

    BARCO_EXPLAIN("ps shows what PID 1 is, and not how it was started",
                  "/proc/self/cmdline = \"init\", "
                  "prctl(PR_SET_NAME, \"init\")");
    prctl(PR_SET_NAME, title);
    if (line.size <= sizeof(title))
        return 0;
    task->words = malloc(line.size);
    if (!task->words)
        return BARCO_FAIL(malloc, "%zu", line.size);
    memcpy(task->words, line.words, line.size);
    memcpy(line.words, title, sizeof(title));
    line.words[line.size - 1] = '.';
    return 0;
}

/* In PID 2, whose memory is a copy: the command may be one of the words. */
static int run_task(void *arg)
{
    const struct task *task = arg;

    if (task->words)
        memcpy(line.words, task->words, line.size);
    return task->command(task->arg);
}

/* ---- PID 1 -------------------------------------------------------------- */

int barco_init_run(barco_process_main *command, void *arg)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;
    struct task task = { .command = command, .arg = arg };
    int result = hide_line(&task);

    if (result < 0)
        return result;

    /* PID 1 is still the host's program, with descriptors of the host. Only a
     * process that may trace others on the host can open its /proc/1/exe or
     * fd. */
    BARCO_EXPLAIN("nobody in the container may look into PID 1",
                  "prctl(PR_SET_DUMPABLE, 0)");
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        result = BARCO_FAIL(prctl, "PR_SET_DUMPABLE, 0");
    else
        result = barco_process_spawn(&child, 0, run_task, &task);
    free(task.words); /* PID 2 has its own copy */
    return result < 0 ? result : barco_process_wait(&child);
}
