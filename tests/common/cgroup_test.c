/**
 * @file
 * @brief A cgroup beside our own: made, limited, inhabited, removed.
 */
#include "barco/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/error.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static const struct barco_cgroup_limits defaults = BARCO_CGROUP_DEFAULT;
static char cause[256];

static void remember_cause(const struct barco_error *error, void *arg)
{
    (void)arg;
    snprintf(cause, sizeof(cause), "%s", error->cause ? error->cause : "");
}

/* A file of a cgroup, without its last newline. */
static const char *limit(const struct barco_cgroup *cgroup, const char *file)
{
    static char text[256];
    char path[PATH_MAX + 64];

    snprintf(path, sizeof(path), "%s/%s", cgroup->path, file);
    read_text(path, text, sizeof(text));
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static bool is_gone(const void *path)
{
    return access(path, F_OK) < 0;
}

static int wait_for_ever(void *arg)
{
    (void)arg;
    while (pause() < 0)
        ;
    return 0;
}

/* ---- Made, and limited -------------------------------------------------- */

static void its_limits_are_those_of_the_original(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults), 0);
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.max"), "1073741824");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.swap.max"), "0");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.high"), "max");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "cpu.weight"), "256");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "cpu.max"), "max 100000");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "pids.max"), "64");
}

static void every_limit_reaches_the_kernel(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    const struct barco_cgroup_limits limits = {
        .memory_max = BARCO_NO_LIMIT,
        .memory_high = 32 << 20,
        .pids_max = BARCO_NO_LIMIT,
        .cpu_weight = 7,
        .cpu_quota_us = 50000,
        .io_max = "254:0 wbps=1048576",
    };

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &limits), 0);
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.max"), "max");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.high"), "33554432");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "cpu.weight"), "7");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "cpu.max"), "50000 100000");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "pids.max"), "max");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "io.max"),
                           "254:0 rbps=max wbps=1048576 riops=max wiops=max");
}

static void several_have_names_of_their_own(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup one = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup two = BARCO_NO_CGROUP;

    CU_ASSERT_EQUAL(barco_cgroup_create(&one, &defaults), 0);
    CU_ASSERT_EQUAL(barco_cgroup_create(&two, &defaults), 0);
    CU_ASSERT_STRING_NOT_EQUAL(one.path, two.path);
}

/* ---- Inhabited ---------------------------------------------------------- */

static int tell_whether_inside(void *arg)
{
    const struct barco_cgroup *cgroup = arg;
    char text[512];

    read_text("/proc/self/cgroup", text, sizeof(text));
    return strstr(text, strrchr(cgroup->path, '/')) ? 42 : 1;
}

static void a_child_is_born_in_it(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults), 0);
    child.cgroup = cgroup.dir;
    CU_ASSERT_EQUAL_FATAL(
        barco_process_spawn(&child, 0, tell_whether_inside, &cgroup), 0);
    CU_ASSERT_EQUAL(barco_process_wait(&child), 42);
}

/* ---- Removed ------------------------------------------------------------ */

static void removing_it_kills_what_is_left(void)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_process child = BARCO_NO_PROCESS;
    char below[PATH_MAX + 16];
    int status = 0;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults), 0);
    child.cgroup = cgroup.dir;
    CU_ASSERT_EQUAL(barco_process_spawn(&child, 0, wait_for_ever, NULL), 0);
    snprintf(below, sizeof(below), "%s/below", cgroup.path);
    CU_ASSERT_EQUAL(mkdir(below, 0755), 0);

    barco_cgroup_remove(&cgroup);
    CU_ASSERT_TRUE(is_gone(cgroup.path));
    CU_ASSERT_EQUAL(waitpid(child.pid, &status, 0), child.pid);
    CU_ASSERT_EQUAL(WTERMSIG(status), SIGKILL);
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1); /* no keeper either */
}

/* A parent that makes a cgroup with a process in it, and is killed. */
static void a_killed_parent_leaves_none_behind(void)
{
    char path[PATH_MAX] = "";
    int ends[2];
    pid_t parent;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    parent = fork();
    if (parent == 0) {
        struct barco_cgroup cgroup = BARCO_NO_CGROUP;
        struct barco_process child = BARCO_NO_PROCESS;

        barco_cgroup_create(&cgroup, &defaults);
        child.cgroup = cgroup.dir;
        barco_process_spawn(&child, 0, wait_for_ever, NULL);
        if (write(ends[1], cgroup.path, sizeof(path)) < 0)
            _exit(1);
        wait_for_ever(NULL);
    }
    CU_ASSERT(read(ends[0], path, sizeof(path)) > 0);
    CU_ASSERT_FALSE(is_gone(path));
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    CU_ASSERT_TRUE(eventually(is_gone, path));
    close(ends[0]);
    close(ends[1]);
}

/* ---- Refused ------------------------------------------------------------ */

static void join(const char *cgroup)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/cgroup.procs", cgroup);
    file = fopen(path, "we");
    if (!file || fprintf(file, "%d", getpid()) < 0 || fclose(file) != 0)
        _exit(98);
}

static int create_in_a_busy_part(void *arg)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_process child = BARCO_NO_PROCESS;
    int result;

    (void)arg;
    join("busy");
    barco_process_spawn(&child, 0, wait_for_ever, NULL);
    join("busy/leaf");
    result = barco_cgroup_create(&cgroup, &defaults);
    barco_process_end(&child);
    join("root");
    return result == -EBUSY && strstr(cause, "no internal processes") ? 42 : 1;
}

static void a_parent_with_processes_is_explained(void)
{
    if (geteuid() != 0)
        return; /* only root may make a mess of the tree */
    mkdir("/sys/fs/cgroup/busy", 0755);
    mkdir("/sys/fs/cgroup/busy/leaf", 0755);
    CU_ASSERT_EQUAL(run_in(0, create_in_a_busy_part, NULL), 42);
    CU_ASSERT_EQUAL(rmdir("/sys/fs/cgroup/busy/leaf"), 0);
    CU_ASSERT_EQUAL(rmdir("/sys/fs/cgroup/busy"), 0);
}

static int create_in_foreign_part(void *arg)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;

    (void)arg;
    if (setresuid(1000, 1000, 1000) < 0)
        return 1;
    return barco_cgroup_create(&cgroup, &defaults) == -EACCES &&
                   strstr(cause, "belongs to another user")
               ? 42
               : 2;
}

static void a_part_that_is_not_ours_is_explained(void)
{
    if (geteuid() != 0)
        return; /* learner has a part of his own */
    CU_ASSERT_EQUAL(run_in(0, create_in_foreign_part, NULL), 42);
}

static void a_failure_leaves_nothing_behind(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_cgroup_limits limits = BARCO_CGROUP_DEFAULT;

    barco_error_set_sink(remember_cause, NULL);
    limits.cpu_weight = 0;
    CU_ASSERT_EQUAL(barco_cgroup_create(&cgroup, &limits), -ERANGE);
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_TRUE(is_gone(cgroup.path));
}

SUITE("cgroup",
      { "a failure leaves nothing behind", a_failure_leaves_nothing_behind },
      { "its limits are those of the original",
        its_limits_are_those_of_the_original },
      { "every limit reaches the kernel", every_limit_reaches_the_kernel },
      { "several have names of their own", several_have_names_of_their_own },
      { "a child is born in it", a_child_is_born_in_it },
      { "removing it kills what is left", removing_it_kills_what_is_left },
      { "a killed parent leaves none behind",
        a_killed_parent_leaves_none_behind },
      { "a parent with processes is explained",
        a_parent_with_processes_is_explained },
      { "a part that is not ours is explained",
        a_part_that_is_not_ours_is_explained })
