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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/errors.h"
#include "tests/lib/refuse.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

static const struct barco_cgroup_limits defaults = BARCO_CGROUP_DEFAULT;
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
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1); /* no cleaner either */
    barco_process_end(&child);
}

/* ---- The parent is killed ----------------------------------------------- */

static int burn(void *arg)
{
    (void)arg;
    for (;;)
        ;
    return 0;
}

/* What a parent does that is killed. */
struct parent {
    struct barco_cgroup_limits limits;
    barco_process_main *main;
    int children;
    const char *file, *text; /* to be written into the cgroup at last */
};

static _Noreturn void be_parent(const struct parent *p, int out)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    char path[PATH_MAX + 64];
    int fd;

    barco_cgroup_create(&cgroup, &p->limits);
    for (int i = 0; i < p->children; i++) {
        struct barco_process child = BARCO_NO_PROCESS;

        child.cgroup = cgroup.dir;
        barco_process_spawn(&child, 0, p->main, NULL);
    }
    if (p->file) {
        snprintf(path, sizeof(path), "%s/%s", cgroup.path, p->file);
        fd = open(path, O_WRONLY | O_CLOEXEC);
        if (write(fd, p->text, strlen(p->text)) < 0)
            _exit(1);
    }
    if (write(out, cgroup.path, sizeof(cgroup.path)) < 0)
        _exit(1);
    wait_for_ever(NULL);
    _exit(0);
}

static void kill_parent(const struct parent *p)
{
    char path[PATH_MAX] = "";
    int ends[2];
    pid_t parent;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    parent = fork();
    if (parent == 0)
        be_parent(p, ends[1]);
    CU_ASSERT(read(ends[0], path, sizeof(path)) > 0);
    CU_ASSERT_FALSE(is_gone(path));
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    CU_ASSERT_TRUE(eventually(is_gone, path) || eventually(is_gone, path));
    close(ends[0]);
    close(ends[1]);
}

static void a_killed_parent_leaves_none_behind(void)
{
    const struct parent p = { BARCO_CGROUP_DEFAULT, wait_for_ever, 1, NULL,
                              NULL };

    kill_parent(&p);
}

/* A thousandth of a processor, to be shared by many: without more, it takes
 * them a minute to die. */
static void nor_where_nobody_has_the_time_to_die(void)
{
    const struct parent p = { BARCO_CGROUP_DEFAULT, burn, 60, "cpu.max",
                              "1000 1000000" };

    kill_parent(&p);
}

static void nor_where_everybody_is_frozen(void)
{
    const struct parent p = { BARCO_CGROUP_DEFAULT, burn, 2, "cgroup.freeze",
                              "1" };

    kill_parent(&p);
}

static bool keeper_has_only(const void *arg)
{
    char path[64], link[64];
    int open_ones = 0;

    for (int fd = 0; fd < 100; fd++) {
        snprintf(path, sizeof(path), "/proc/%d/fd/%d", *(const pid_t *)arg, fd);
        open_ones += readlink(path, link, sizeof(link)) > 0;
    }
    return open_ones == 2; /* who it waits for, and standard error */
}

static void the_keeper_holds_nothing_open(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    int spare = open("/", O_PATH | O_CLOEXEC);
    const pid_t *cleaner = &cgroup.cleaner.pid;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults), 0);
    CU_ASSERT_TRUE(eventually(keeper_has_only, cleaner));
    CU_ASSERT_EQUAL(getsid(*cleaner), *cleaner);
    close(spare);
}

/* ---- What the caller brings along --------------------------------------- */

static void a_strict_umask_takes_nothing_from_us(void)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    mode_t before = umask(0777);

    CU_ASSERT_EQUAL(barco_cgroup_create(&cgroup, &defaults), 0);
    umask(before);
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_TRUE(is_gone(cgroup.path));
}

static bool is_blocked(int sig)
{
    sigset_t set;

    sigprocmask(SIG_BLOCK, NULL, &set);
    return sigismember(&set, sig) == 1;
}

/* One that came earlier would end us with the cgroup still there. */
static void signals_come_back_when_the_cgroup_is_gone(void)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_process child = BARCO_NO_PROCESS;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults), 0);
    CU_ASSERT_TRUE(is_blocked(SIGTERM));
    CU_ASSERT_EQUAL(barco_process_spawn(&child, 0, wait_for_ever, NULL), 0);
    barco_process_end(&child);
    CU_ASSERT_TRUE(is_blocked(SIGTERM));
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_FALSE(is_blocked(SIGTERM));
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
    return result == -EBUSY && strstr(remembered.cause, "no internal processes")
               ? 42
               : 1;
}

/* Only root may make a mess of the tree. */
static void a_parent_with_processes_is_explained(void)
{
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
                   strstr(remembered.cause, "belongs to another user")
               ? 42
               : 2;
}

/* Learner has a part of their own. */
static void a_part_that_is_not_ours_is_explained(void)
{
    CU_ASSERT_EQUAL(run_in(0, create_in_foreign_part, NULL), 42);
}

static void a_failure_leaves_nothing_behind(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_cgroup_limits limits = BARCO_CGROUP_DEFAULT;

    barco_error_set_sink(remember_error, NULL);
    limits.cpu_weight = 0;
    CU_ASSERT_EQUAL(barco_cgroup_create(&cgroup, &limits), -ERANGE);
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_TRUE(is_gone(cgroup.path));
}

/* Only memory.swap.max and the limits of huge pages have a value of one
 * character. */
static int create_with_swap_refused(void *arg)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    int err = *(const int *)arg, result;
    bool swap;

    barco_error_set_sink(remember_error, NULL);
    refuse_call(SYS_write, 2, 1, err);
    result = barco_cgroup_create(&cgroup, &defaults);
    swap = result < 0 && strstr(remembered.args, "memory.swap.max");
    return err == ENOENT ? (swap ? 1 : 42) : (swap && result == -err ? 42 : 2);
}

/* A kernel without swap has no such file; any other error is one. */
static void swap_is_limited_or_it_ends(void)
{
    int none = ENOENT, denied = EACCES, broken = EIO;

    CU_ASSERT_EQUAL(run_in(0, create_with_swap_refused, &none), 42);
    CU_ASSERT_EQUAL(run_in(0, create_with_swap_refused, &denied), 42);
    CU_ASSERT_EQUAL(run_in(0, create_with_swap_refused, &broken), 42);
}

/* ---- Out of memory ------------------------------------------------------ */

/* The cleaner, which is in it, is the last to leave. */
static bool can_be_removed(const void *path)
{
    return rmdir(path) == 0;
}

/* In a cgroup that the kernel kills as a whole when it is out of memory. */
static _Noreturn void run_out_of_memory(int out)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;

    join("oom");
    barco_cgroup_create(&cgroup, &defaults);
    if (write(out, cgroup.path, sizeof(cgroup.path)) < 0)
        _exit(1);
    for (;;)
        memset(malloc(1 << 20), 1, 1 << 20);
}

/* Only root may exempt a process. */
static void the_keeper_survives_when_memory_runs_out(void)
{
    char path[PATH_MAX] = "";
    int ends[2], status = 0;
    pid_t parent;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    mkdir("/sys/fs/cgroup/oom", 0755);
    CU_ASSERT_TRUE(write_text("/sys/fs/cgroup/oom/memory.max", "16M"));
    CU_ASSERT_TRUE(write_text("/sys/fs/cgroup/oom/memory.oom.group", "1"));
    parent = fork();
    if (parent == 0)
        run_out_of_memory(ends[1]);
    CU_ASSERT(read(ends[0], path, sizeof(path)) > 0);
    waitpid(parent, &status, 0);
    CU_ASSERT_EQUAL(WTERMSIG(status), SIGKILL);
    CU_ASSERT_TRUE(eventually(is_gone, path));
    CU_ASSERT_TRUE(eventually(can_be_removed, "/sys/fs/cgroup/oom"));
    close(ends[0]);
    close(ends[1]);
}

/* ---- What stays --------------------------------------------------------- */

/* A controller is never taken away again: another's limits may rely on it. But
 * none is left that was not asked for, and the next run changes nothing. */
static void the_ancestors_hand_down_what_was_needed_and_no_more(void)
{
    struct barco_cgroup one = BARCO_NO_CGROUP, two = BARCO_NO_CGROUP;
    char before[1024], first[1024], second[1024];

    read_controllers(before, sizeof(before));
    CU_ASSERT_EQUAL(barco_cgroup_create(&one, &defaults), 0);
    barco_cgroup_remove(&one);
    read_controllers(first, sizeof(first));
    CU_ASSERT_EQUAL(barco_cgroup_create(&two, &defaults), 0);
    barco_cgroup_remove(&two);
    read_controllers(second, sizeof(second));
    CU_ASSERT_STRING_EQUAL(first, second);
    CU_ASSERT(*before &&
              !controllers_changed(before, first, "cpu memory pids hugetlb"));
}

SUITE("cgroup",
      { "the ancestors hand down what was needed and no more",
        the_ancestors_hand_down_what_was_needed_and_no_more },
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
        a_parent_with_processes_is_explained, AS_ROOT },
      { "a part that is not ours is explained",
        a_part_that_is_not_ours_is_explained, AS_ROOT },
      { "nor where nobody has the time to die",
        nor_where_nobody_has_the_time_to_die },
      { "nor where everybody is frozen", nor_where_everybody_is_frozen },
      { "the cleaner holds nothing open", the_keeper_holds_nothing_open },
      { "a strict umask takes nothing from us",
        a_strict_umask_takes_nothing_from_us },
      { "signals come back when the cgroup is gone",
        signals_come_back_when_the_cgroup_is_gone },
      { "swap is limited, or it ends", swap_is_limited_or_it_ends },
      { "the cleaner survives when memory runs out",
        the_keeper_survives_when_memory_runs_out, AS_ROOT })
