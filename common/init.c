/**
 * @file
 * @brief PID 1 is a parent like any other, and adopts every orphan.
 *
 * There is little to do: barco_process_wait() reaps every child that ends,
 * because PID 1 asks for that, and forwards signals. Signals need no handler
 * here, because they are blocked, and a blocked signal waits for sigwaitinfo()
 * even in PID 1.
 */
#include "barco/init.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "barco/error.h"
#include "process_inside.h"

/* ---- The title ---------------------------------------------------------- */

/* Where the kernel put the strings of our command line and of our environment,
 * one after the other; glibc passes them to every constructor. */
static struct words {
    char *first;
    size_t size;
} line, environment;

static struct words words_of(char **list)
{
    char **last = list;

    if (!*list)
        return (struct words){ 0 };
    while (last[1])
        last++;
    return (struct words){ *list, (size_t)(*last + strlen(*last) + 1 - *list) };
}

__attribute__((constructor)) static void remember_words(int argc, char **argv,
                                                        char **envp)
{
    (void)argc;
    line = words_of(argv);
    environment = words_of(envp);
}

/* What PID 2 should do, and a copy of the strings that it may need. */
struct task {
    barco_process_main *command;
    void *arg;
    char *words;
};

/* Every process can read /proc/1/cmdline, and the host's root /proc/1/environ;
 * both reveal something about the host. The kernel shows the memory where the
 * strings are. If the last byte of the line is not NUL, it shows only the first
 * string. */
static int hide_words(struct task *task)
{
    static const char title[] = "init";

    BARCO_EXPLAIN("ps shows what PID 1 is, not how it was started",
                  "/proc/self/cmdline = \"init\", "
                  "prctl(PR_SET_NAME, \"init\")");
    prctl(PR_SET_NAME, title);
    if (line.size <= sizeof(title))
        return 0;
    /* Not on the heap: PID 1 would keep its pages. */
    task->words =
        mmap(NULL, line.size + environment.size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (task->words == MAP_FAILED)
        return BARCO_FAIL(mmap, "%zu", line.size + environment.size);
    memcpy(task->words, line.first, line.size);
    memcpy(line.first, title, sizeof(title));
    line.first[line.size - 1] = '.';
    if (environment.size > 0) {
        memcpy(task->words + line.size, environment.first, environment.size);
        memset(environment.first, 0, environment.size);
    }
    return 0;
}

/* In PID 2, whose memory is a copy: the command can be one of the strings. */
static int run_task(void *arg)
{
    const struct task *task = arg;

    if (task->words) {
        memcpy(line.first, task->words, line.size);
        if (environment.size > 0)
            memcpy(environment.first, task->words + line.size,
                   environment.size);
    }
    return task->command(task->arg);
}

/* ---- PID 1 -------------------------------------------------------------- */

//! [start]
/* PID 1 still runs the host's program, with descriptors of the host. After this
 * only a process with CAP_SYS_PTRACE on the host can open its /proc/1/exe or
 * fd. */
static int lock_up(void)
{
    BARCO_EXPLAIN("no process in the container may look into PID 1",
                  "prctl(PR_SET_DUMPABLE, 0)");
    return prctl(PR_SET_DUMPABLE, 0) < 0
               ? BARCO_FAIL(prctl, "PR_SET_DUMPABLE, 0")
               : 0;
}

static int start(struct barco_process *child, struct task *task)
{
    int result;

    if ((result = lock_up()) < 0)
        return result;
    child->reaps_orphans = true;
    child->began = process_began();
    if ((result = barco_process_spawn(child, 0, run_task, task)) < 0)
        return result;
    BARCO_EXPLAIN("PID 1 no longer needs what the command needed from the host",
                  "close_range(3, ~0), except the pidfd of PID 2");
    return process_close_all_but(child->pidfd);
}
//! [start]

//! [run]
int barco_init_run(const struct barco_init *init, barco_process_main *command,
                   void *arg)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;
    struct task task = { .command = command, .arg = arg };
    int result;

    if (init->none)
        return command(arg);
    if ((result = hide_words(&task)) < 0)
        return result;
    result = start(&child, &task);
    if (task.words) /* PID 2 has its own copy */
        munmap(task.words, line.size + environment.size);
    return result < 0 ? result : barco_process_wait(&child);
}
//! [run]
