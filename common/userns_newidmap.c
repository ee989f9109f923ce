/**
 * @file
 * @brief Two set-user-ID helpers, side by side, which a signal to us ends.
 *
 * newuidmap is set-user-ID root and checks the request against /etc/subuid. It
 * is run by its absolute path, the one that was checked before, because the
 * first match in PATH could be anything. It can hang, for example when a
 * directory service does not answer; and because our signals are blocked
 * already (see common/process.c), we have to look for them while we wait.
 */
#include "common/userns_newidmap.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/process.h"
#include "common/userns_maps.h"

/* One of the two. */
struct helper {
    const char *name;
    char path[32];
    char pid[16];
    char map[USERNS_MAPS_BYTES]; /* its numbers are the arguments */
    char *argv[2 + 3 * USERNS_MAPS_LINES + 1];
    struct barco_process process;
};

static char *path_of(const char *name, char path[32])
{
    snprintf(path, 32, "/usr/bin/%s", name);
    return path;
}

static int can_run(const char *name)
{
    char path[32];

    if (access(path_of(name, path), X_OK) == 0)
        return 1;
    if (errno == ENOENT || errno == EACCES)
        return 0;
    return BARCO_FAIL(access, "\"%s\", X_OK", path);
}

int userns_newidmap_can_run(void)
{
    int result = can_run("newuidmap");

    return result > 0 ? can_run("newgidmap") : result;
}

static int prepare(struct helper *helper, const char *name, pid_t pid,
                   const struct barco_id_range *ranges, size_t count)
{
    char *rest = helper->map, **arg = helper->argv;
    int result = userns_maps_print(name, ranges, count, helper->map);

    if (result < 0)
        return result;
    for (char *line = helper->map; (line = strchr(line, '\n'));)
        *line = ' ';
    helper->name = name;
    /* Nothing kills it with its parent: the kernel clears that setting when a
     * set-user-ID program is executed. */
    helper->process.outlives_parent = true;
    snprintf(helper->pid, sizeof(helper->pid), "%d", pid);
    *arg++ = path_of(name, helper->path);
    *arg++ = helper->pid;
    BARCO_EXPLAIN("a set-user-ID helper writes the ranges that /etc/subuid "
                  "grants",
                  "%s %s %s", helper->path, helper->pid, helper->map);
    while ((*arg = strsep(&rest, " ")))
        arg++;
    return 0;
}

/* In the helper. */
static int execute(void *arg)
{
    struct helper *helper = arg;

    int result = barco_process_restore_signal_mask();

    if (result < 0)
        return result;
    execv(helper->argv[0], helper->argv);
    return BARCO_FAIL(execv, "\"%s\"", helper->argv[0]);
}

/* Reaps it, and kills it first if it still runs; barco_process_end() would not
 * report how it ended. */
static int reap(struct helper *helper)
{
    struct barco_process *process = &helper->process;
    int status = 0;

    if (process->pid > 0) {
        pidfd_send_signal(process->pidfd, SIGKILL, NULL, 0);
        while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
            ;
        process->pid = 0;
        barco_close(&process->pidfd);
    }
    /* Stop blocking signals for it, even if it never started. */
    barco_process_end(process);
    return status;
}

/* Whether a helper that has ended was successful. */
static int check_end(struct helper *helper)
{
    int status = reap(helper);

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == BARCO_EXIT_FAILED)
        return -ECANCELED; /* it has reported why */
    return barco_error_report(
        helper->name, EPERM, __func__, __FILE__, __LINE__, "%s, %s %d",
        helper->argv[1], WIFEXITED(status) ? "exit status" : "signal",
        WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

/* Watches the signals that ask a program to end, unless they are ignored.
 * Returns a descriptor that is readable when one has come; the signal itself
 * stays pending. */
static int watch_signals(void)
{
    static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
    struct sigaction action;
    sigset_t set;
    int fd;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
        if (sigaction(ending[i], NULL, &action) == 0 &&
            action.sa_handler != SIG_IGN)
            sigaddset(&set, ending[i]);
    fd = signalfd(-1, &set, SFD_CLOEXEC);
    return fd < 0 ? BARCO_FAIL(signalfd, "SIGHUP, SIGINT, SIGQUIT, SIGTERM")
                  : fd;
}

/* Waits until both have succeeded, one has failed, or a signal has come. */
static int wait_for(struct helper helpers[2])
{
    BARCO_CLEANUP(barco_close) int signals = watch_signals();
    struct pollfd fds[] = {
        { .fd = helpers[0].process.pidfd, .events = POLLIN },
        { .fd = helpers[1].process.pidfd, .events = POLLIN },
        { .fd = signals, .events = POLLIN },
    };
    int result = signals < 0 ? signals : 0;

    while (result == 0 && (fds[0].fd >= 0 || fds[1].fd >= 0)) {
        if (poll(fds, 3, -1) < 0) {
            if (errno != EINTR) /* we were stopped and have continued */
                return BARCO_FAIL(poll, "newuidmap");
            continue;
        }
        if (fds[2].revents) {
            errno = EINTR;
            return BARCO_FAIL(poll, "newuidmap");
        }
        for (int i = 0; i < 2 && result == 0; i++)
            if (fds[i].revents) {
                fds[i].fd = -1;
                result = check_end(&helpers[i]);
            }
    }
    return result;
}

static int run_both(struct helper helpers[2], const struct barco_userns *userns,
                    pid_t pid)
{
    int result;

    if ((result = prepare(&helpers[0], "newgidmap", pid, userns->gids,
                          userns->gid_count)) < 0)
        return result;
    if ((result = prepare(&helpers[1], "newuidmap", pid, userns->uids,
                          userns->uid_count)) < 0)
        return result;
    for (int i = 0; i < 2; i++)
        if ((result = barco_process_spawn(&helpers[i].process, 0, execute,
                                          &helpers[i])) < 0)
            return result;
    return wait_for(helpers);
}

int userns_newidmap_run(const struct barco_userns *userns, pid_t pid)
{
    struct helper helpers[2] = { { .process = BARCO_NO_PROCESS },
                                 { .process = BARCO_NO_PROCESS } };
    int result = run_both(helpers, userns, pid);

    reap(&helpers[0]);
    reap(&helpers[1]);
    return result;
}
