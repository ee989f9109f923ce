/**
 * @file
 * @brief A cgroup is removed with its container, whatever ends us.
 *
 *     we         clone3 -----------> wait for the answer -----> ... killed
 *     cleaner            mkdir, answer, wait for our end -----------> rmdir
 *
 * A cgroup does not belong to a process: it remains when all its processes are
 * gone. So a small process, the cleaner, stands by to remove it. The cleaner
 * also makes it: then there is no moment in which we could be killed with
 * nobody left to clean up, and it removes only a cgroup that it has made
 * itself, never an older one with the same path.
 */
#include "common/cgroup_cleaner.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "common/cgroup_files.h"
#include "common/cgroup_leaf.h"
#include "common/log_inside.h"

/* ---- The end of a cgroup ------------------------------------------------- */

/* The kernel wakes a process that polls cgroup.events when the file changes. A
 * process that waits for a disk can take long to die, and until then the
 * directory cannot be removed. */
static void wait_until_empty(const char *path)
{
    BARCO_CLEANUP(barco_close)
    int events = cgroup_files_open(path, "cgroup.events", O_RDONLY);
    struct pollfd change = { .fd = events, .events = POLLPRI };
    int patience = 10000; /* ms */
    char text[128];
    ssize_t length;

    while ((length = pread(events, text, sizeof(text) - 1, 0)) > 0) {
        text[length] = '\0';
        if (!strstr(text, "populated 1"))
            return;
        if (poll(&change, 1, patience) == 0) {
            BARCO_WARN("the container's last processes are slow to die; "
                       "waiting for %s to be empty",
                       path);
            patience = -1;
        }
    }
}

/* A container can have made cgroups below its own. */
static int remove_directory(const char *path, const struct stat *st, int type,
                            struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    return type == FTW_DP ? rmdir(path) : 0;
}

//! [remove]
static void remove_cgroup(const char *path)
{
    if (rmdir(path) == 0 || errno == ENOENT)
        return;
    /* Dying takes processor time, so lift the limit. (A frozen process dies
     * too.) */
    cgroup_files_write(path, "cpu.max", "max");
    cgroup_files_write(path, "cgroup.kill", "1");
    wait_until_empty(path);
    if (nftw(path, remove_directory, 8, FTW_DEPTH | FTW_PHYS) != 0)
        BARCO_WARN("the cgroup %s cannot be removed: %s", path,
                   strerror(errno));
}
//! [remove]

void cgroup_cleaner_remove(const char *path)
{
    char parent[PATH_MAX];

    remove_cgroup(path);
    cgroup_files_parent(path, parent);
    cgroup_leaf_leave(parent);
}

/* ---- The cleaner --------------------------------------------------------- */

struct cleaning {
    const char *path;
    int answer; /* where to report the result of mkdir(2) */
};

/* When the cgroup that we were started in is out of memory, the kernel kills
 * the largest process in it, or with memory.oom.group all of them. Root can
 * exempt a process. Without root it helps that the cleaner is the smallest. */
static void survive_oom(void)
{
    BARCO_CLEANUP(barco_close)
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, "-1000", 5) < 0)
        BARCO_INFO("the cleaner can be killed when memory runs out: %s",
                   strerror(errno));
}

//! [cleaner]
/* In a session of its own, out of the terminal's reach, it waits for our end,
 * in case we could not clean up. */
static int clean(void *arg)
{
    const struct cleaning *cleaning = arg;
    bool told;
    int err;

    prctl(PR_SET_NAME, "barco-cleaner");
    log_set_place("cleaner");
    if (setsid() < 0)
        return BARCO_FAIL(setsid, "%s", "");
    survive_oom();
    umask(0); /* the caller's could deny us permissions that we need */
    BARCO_EXPLAIN("a new directory here is a new cgroup", "mkdir(\"%s\")",
                  cleaning->path);
    err = mkdir(cleaning->path, 0755) < 0 ? errno : 0;
    told = write(cleaning->answer, &err, sizeof(err)) == sizeof(err);
    if (!told)
        BARCO_INFO("nothing waits for the cleaner any more: %s",
                   strerror(errno));
    if (err == 0 && (!told || barco_process_wait_for_parent() == 0))
        cgroup_cleaner_remove(cleaning->path);
    return 0;
}
//! [cleaner]

/* It may have made the cgroup, and removes it when we have ended, so nothing
 * may kill it before. */
static int forget(struct barco_process *cleaner, int result)
{
    cleaner->pid = 0;
    barco_close(&cleaner->pidfd);
    return result;
}

int cgroup_cleaner_start(struct barco_process *cleaner, const char *path)
{
    BARCO_CLEANUP(barco_close) int answer = -1;
    struct cleaning cleaning = { .path = path };
    int ends[2], result, err;
    ssize_t length;

    BARCO_EXPLAIN("the cleaner makes the cgroup, and removes it if barco is "
                  "killed",
                  "pipe2(O_CLOEXEC)");
    if (pipe2(ends, O_CLOEXEC) < 0)
        return BARCO_FAIL(pipe2, "O_CLOEXEC");
    answer = ends[0];
    cleaning.answer = ends[1];
    cleaner->outlives_parent = true;
    result = barco_process_spawn(cleaner, 0, clean, &cleaning);
    close(ends[1]);
    if (result < 0)
        return result;
    length = read(answer, &err, sizeof(err));
    if (length < 0)
        return forget(cleaner, BARCO_FAIL(read, "is the cleaner ready?"));
    if (length != sizeof(err)) {
        errno = ECHILD; /* end of file: it has ended, and has reported why */
        return BARCO_FAIL(read, "is the cleaner ready?");
    }
    errno = err;
    return err ? BARCO_FAIL(mkdir, "\"%s\"", path) : 0;
}
