/**
 * @file
 * @brief A cgroup beside our own, or in it: made, limited, inhabited, removed.
 */
#include "barco/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/lib/errors.h"
#include "tests/lib/refuse.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

/* The limits of the original barco, which are the defaults of the options. */
#define ORIGINAL                \
    { .memory_max = 1ULL << 30, \
      .pids_max = 64,           \
      .cpu_weight = 256,        \
      .no_huge_pages = true }

static const struct barco_cgroup_limits defaults = ORIGINAL;

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

/* A path below the cgroup that holds ours, as the caller of a library gives
 * it: in one of two buffers. */
static const char *beside_us(const char *name)
{
    static char paths[2][PATH_MAX];
    static int next;
    char text[512], *path = paths[next ^= 1];

    read_text("/proc/self/cgroup", text, sizeof(text));
    *strrchr(text, '/') = '\0'; /* 0::/user/session */
    snprintf(path, PATH_MAX, "%s/%s", text + 3, name);
    return path;
}

static const char *in_the_tree(const char *path)
{
    static char full[PATH_MAX + 16];

    snprintf(full, sizeof(full), "/sys/fs/cgroup%s", path);
    return full;
}

/* ---- Made, and limited -------------------------------------------------- */

static void its_limits_are_those_of_the_original(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults, NULL), 0);
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
        .memory_high = (32 << 20) + (12 << 10),
        .pids_max = BARCO_NO_LIMIT,
        .cpu_weight = 7,
        .cpu_quota_us = 50000,
        .io_max = "254:0 wbps=1048576",
    };

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &limits, NULL), 0);
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.max"), "max");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.high"), "33566720");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "cpu.weight"), "7");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "cpu.max"), "50000 100000");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "pids.max"), "max");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "io.max"),
                           "254:0 rbps=max wbps=1048576 riops=max wiops=max");
}

static void what_is_not_set_stays_as_the_kernel_has_it(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    const struct barco_cgroup_limits limits = { .pids_max = 5 };

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &limits, NULL), 0);
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "pids.max"), "5");
    /* Earlier tests have asked for these controllers. */
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.max"), "max");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.swap.max"), "max");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "cpu.weight"), "100");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "hugetlb.2MB.max"), "max");
}

/* Below a cgroup that enables no controllers yet, so those that it enables
 * later were asked for. */
static void expect_controllers(struct barco_cgroup_limits limits,
                               const char *expected)
{
    const char *fresh = in_the_tree(beside_us("fresh"));
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    char text[256], path[PATH_MAX];

    limits.path = beside_us("fresh/below");
    CU_ASSERT_EQUAL_FATAL(mkdir(fresh, 0755), 0);
    CU_ASSERT_EQUAL(barco_cgroup_create(&cgroup, &limits, NULL), 0);
    snprintf(path, sizeof(path), "%s/cgroup.subtree_control", fresh);
    CU_ASSERT_STRING_EQUAL(read_text(path, text, sizeof(text)), expected);
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_EQUAL(rmdir(fresh), 0);
}

static void each_limit_brings_its_controller(void)
{
    static const struct barco_cgroup_file files[] = {
        { "memory.low", "4096" },
        { "memory.high", "1048576" },
        { "cgroup.max.depth", "3" }
    };
    static const struct barco_cgroup_file alike[] = { { "cpuset.cpus", "0" },
                                                      { "cpu.weight", "5" } };

    expect_controllers((struct barco_cgroup_limits){ 0 }, "");
    expect_controllers((struct barco_cgroup_limits){ .pids_max = 5 }, "pids\n");
    expect_controllers(
        (struct barco_cgroup_limits){ .io_max = "254:0 riops=9" }, "io\n");
    expect_controllers(
        (struct barco_cgroup_limits){ .files = files, .file_count = 3 },
        "memory\n");
    expect_controllers(
        (struct barco_cgroup_limits){ .cpu_quota_us = 1000, .cpu_weight = 1 },
        "cpu\n");
    expect_controllers(
        (struct barco_cgroup_limits){ .files = alike, .file_count = 2 },
        "cpuset cpu\n");
}

static void a_file_can_be_set_by_its_name(void)
{
    static const struct barco_cgroup_file files[] = {
        { "memory.low", "1048576" },
        { "pids.max", "9" }, /* the last word */
        { "cgroup.max.depth", "3" },
        { "io.max", "254:0 wbps=1048576\n254:0 riops=100" },
    };
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    const struct barco_cgroup_limits limits = { .pids_max = 5,
                                                .files = files,
                                                .file_count = 4 };

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &limits, NULL), 0);
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "memory.low"), "1048576");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "pids.max"), "9");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "cgroup.max.depth"), "3");
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "io.max"),
                           "254:0 rbps=max wbps=1048576 riops=100 wiops=max");
}

static void a_file_that_is_not_its_own_is_refused(void)
{
    static const struct barco_cgroup_file elsewhere = { "../pids.max", "9" },
                                          none = { "pids.least", "9" };
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup one = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup two = BARCO_NO_CGROUP;
    struct barco_cgroup_limits limits = { .files = &elsewhere,
                                          .file_count = 1 };

    barco_error_set_sink(remember_error, NULL);
    CU_ASSERT_EQUAL(barco_cgroup_create(&one, &limits, NULL), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(remembered.cause, "not contain a slash"));
    limits.files = &none;
    CU_ASSERT_EQUAL(barco_cgroup_create(&two, &limits, NULL), -ENOENT);
    CU_ASSERT_STRING_EQUAL(remembered.call, "open");
    CU_ASSERT_PTR_NOT_NULL(strstr(remembered.cause, "no such limit"));
    barco_error_set_sink(NULL, NULL);
}

/* ---- Several of one process --------------------------------------------- */

static bool is_alive(const struct barco_process *process)
{
    return waitpid(process->pid, NULL, WNOHANG) == 0;
}

/* Makes two cgroups with a child in each, and removes one before the other. */
static void remove_in_order(int first, int second)
{
    struct barco_cgroup cgroups[2] = { BARCO_NO_CGROUP, BARCO_NO_CGROUP };
    struct barco_process children[2] = { BARCO_NO_PROCESS, BARCO_NO_PROCESS };
    const char *path;

    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroups[i], &defaults, NULL),
                              0);
        children[i].cgroup = cgroups[i].dir;
        CU_ASSERT_EQUAL(
            barco_process_spawn(&children[i], 0, wait_for_ever, NULL), 0);
    }
    CU_ASSERT_STRING_NOT_EQUAL(cgroups[0].path, cgroups[1].path);

    path = strdupa(cgroups[first].path);
    barco_cgroup_remove(&cgroups[first]);
    CU_ASSERT_TRUE(is_gone(path));
    CU_ASSERT_FALSE(is_alive(&children[first]));
    CU_ASSERT_TRUE(is_alive(&children[second]));
    CU_ASSERT_STRING_EQUAL(limit(&cgroups[second], "pids.max"), "64");

    path = strdupa(cgroups[second].path);
    barco_cgroup_remove(&cgroups[second]);
    CU_ASSERT_TRUE(is_gone(path));
    CU_ASSERT_FALSE(is_alive(&children[second]));
    barco_process_end(&children[0]);
    barco_process_end(&children[1]);
}

static void two_of_one_process_can_be_removed_in_any_order(void)
{
    remove_in_order(0, 1);
    remove_in_order(1, 0);
}

/* ---- Where it was asked for --------------------------------------------- */

static void its_path_can_be_chosen(void)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_cgroup_limits limits = ORIGINAL;

    limits.path = beside_us("chosen");
    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &limits, NULL), 0);
    CU_ASSERT_FALSE(is_gone(in_the_tree(limits.path)));
    CU_ASSERT_STRING_EQUAL(limit(&cgroup, "pids.max"), "64");
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_TRUE(is_gone(in_the_tree(limits.path)));

    limits.path++; /* without the first slash */
    CU_ASSERT_EQUAL(barco_cgroup_create(&cgroup, &limits, NULL), 0);
    CU_ASSERT_STRING_EQUAL(cgroup.path, in_the_tree(limits.path - 1));
    CU_ASSERT_FALSE(is_gone(cgroup.path));
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_TRUE(is_gone(in_the_tree(limits.path - 1)));
}

static void expect_refused(const char *path, int err, const char *cause)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_cgroup_limits limits = ORIGINAL;

    limits.path = path;
    remembered.cause[0] = '\0';
    CU_ASSERT_EQUAL(barco_cgroup_create(&cgroup, &limits, NULL), -err);
    CU_ASSERT_PTR_NOT_NULL(strstr(remembered.cause, cause));
}

static void a_path_that_leads_elsewhere_is_refused(void)
{
    static const char *const names[] = { "",    "a/",   ".",
                                         "..",  "../a", "a//b",
                                         "./a", "a/..", "a/../../b" };
    static const char down[] = "only lead down";

    barco_error_set_sink(remember_error, NULL);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        expect_refused(beside_us(names[i]), EINVAL, down);
    expect_refused("", EINVAL, down);
    expect_refused("/", EINVAL, down);
    expect_refused("//a", EINVAL, down);
    barco_error_set_sink(NULL, NULL);
}

/* What is there already is somebody else's, and stays, with everything in
 * it. */
static void a_path_that_is_taken_is_left_alone(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;
    struct barco_cgroup_limits limits = ORIGINAL;

    limits.path = beside_us("taken");
    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &limits, NULL), 0);
    child.cgroup = cgroup.dir;
    CU_ASSERT_EQUAL(barco_process_spawn(&child, 0, wait_for_ever, NULL), 0);
    barco_error_set_sink(remember_error, NULL);
    expect_refused(limits.path, EEXIST, "already exists");
    expect_refused(beside_us("missing/below"), ENOENT, "does not exist");
    barco_error_set_sink(NULL, NULL);
    CU_ASSERT_FALSE(is_gone(cgroup.path));
    CU_ASSERT_TRUE(is_alive(&child));
}

/* Asks for a cgroup that is taken, and is killed. What is done after that is
 * done by its cleaner, which has standard error open until it ends. */
static _Noreturn void ask_and_be_killed(const char *path, int out)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    const struct barco_cgroup_limits limits = { .path = path };

    dup2(out, STDERR_FILENO);
    barco_error_set_sink(be_quiet, NULL);
    if (barco_cgroup_create(&cgroup, &limits, NULL) == -EEXIST)
        kill(getpid(), SIGKILL);
    _exit(1);
}

static void the_cleaner_leaves_a_path_that_is_taken_alone_too(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_cgroup_limits limits = ORIGINAL;
    int ends[2], status = 0;
    char byte;
    pid_t pid;

    limits.path = beside_us("taken");
    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &limits, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid = fork();
    if (pid == 0)
        ask_and_be_killed(limits.path, ends[1]);
    close(ends[1]);
    waitpid(pid, &status, 0);
    CU_ASSERT_EQUAL(WTERMSIG(status), SIGKILL);
    CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 0);
    CU_ASSERT_FALSE(is_gone(cgroup.path));
    close(ends[0]);
}

/* Cannot read what the cleaner answers, and only it. */
static _Noreturn void hear_nothing(const char *path, const char *full_path)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    const struct barco_cgroup_limits limits = { .path = path };
    bool was_made;

    barco_error_set_sink(be_quiet, NULL);
    refuse_call(SYS_read, 2, sizeof(int), EIO);
    if (barco_cgroup_create(&cgroup, &limits, NULL) != -EIO)
        _exit(1);
    was_made = eventually(exists, full_path);
    barco_cgroup_remove(&cgroup);
    _exit(was_made ? 42 : 2);
}

static void a_cleaner_that_was_not_heard_cleans_up(void)
{
    const char *path = beside_us("unheard"), *full_path = in_the_tree(path);
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        hear_nothing(path, full_path);
    waitpid(pid, &status, 0);
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 42);
    CU_ASSERT_TRUE(eventually(is_gone, full_path));
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

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults, NULL), 0);
    child.cgroup = cgroup.dir;
    CU_ASSERT_EQUAL_FATAL(
        barco_process_spawn(&child, 0, tell_whether_inside, &cgroup), 0);
    CU_ASSERT_EQUAL(barco_process_wait(&child), 42);
}

/* ---- Removed ------------------------------------------------------------ */

static int fork_too_often(void *arg)
{
    (void)arg;
    for (;;) {
        pid_t pid = fork();

        if (pid == 0)
            wait_for_ever(NULL);
        if (pid < 0)
            return errno == EAGAIN ? 42 : 1;
    }
}

static int use_up_memory(void *arg)
{
    (void)arg;
    for (;;)
        memset(malloc(1 << 20), 1, 1 << 20);
    return 0;
}

/* Runs something to its end in a cgroup with these limits; returns what
 * removing the cgroup reports. */
static const char *said_of(const struct barco_cgroup_limits *limits,
                           barco_process_main *main, int status)
{
    static char text[1024];
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_process child = BARCO_NO_PROCESS;
    int shown = dup(STDERR_FILENO), log = memfd_create("log", MFD_CLOEXEC);

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, limits, NULL), 0);
    child.cgroup = cgroup.dir;
    CU_ASSERT_EQUAL(barco_process_spawn(&child, 0, main, NULL), 0);
    CU_ASSERT_EQUAL(barco_process_wait(&child), status);
    barco_process_end(&child);
    dup2(log, STDERR_FILENO);
    barco_cgroup_remove(&cgroup);
    dup2(shown, STDERR_FILENO);
    text[pread(log, text, sizeof(text) - 1, 0)] = '\0';
    close(log);
    close(shown);
    return text;
}

/* This limit was not given as a number, so the kernel is asked for it. */
static void removing_it_says_which_limits_were_hit(void)
{
    static const struct barco_cgroup_file file = { "pids.max", "3" };
    const struct barco_cgroup_limits few = { .files = &file, .file_count = 1 },
                                     little = { .memory_max = 4 << 20 };

    CU_ASSERT_PTR_NOT_NULL(
        strstr(said_of(&few, fork_too_often, 42),
               "hit its limit of 3 processes: 1 more refused\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(said_of(&little, use_up_memory, 137),
               "hit its memory limit of 4M: 1 process killed\n"));
}

static void removing_it_says_which_limits_were_not_its_own(void)
{
    const char *above = in_the_tree(beside_us("above"));
    struct barco_cgroup_limits none = { .path = beside_us("above/below") };
    char path[PATH_MAX];

    CU_ASSERT_EQUAL_FATAL(mkdir(above, 0755), 0);
    snprintf(path, sizeof(path), "%s/pids.max", above);
    CU_ASSERT_TRUE(write_text(path, "3"));
    snprintf(path, sizeof(path), "%s/memory.max", above);
    CU_ASSERT_TRUE(write_text(path, "4M"));
    none.pids_max = BARCO_NO_LIMIT;
    none.memory_max = 1 << 30;
    /* With this file, since Linux 6.11, the cgroup above counts its own. */
    snprintf(path, sizeof(path), "%s/pids.events.local", above);
    CU_ASSERT_EQUAL(
        strstr(said_of(&none, fork_too_often, 42),
               "a limit above the container's cgroup refused it 1 process\n") !=
            NULL,
        access(path, F_OK) < 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(said_of(&none, use_up_memory, 137),
               "outside the container's cgroup: 1 process of the container "
               "killed\n"));
    CU_ASSERT_EQUAL(rmdir(above), 0);
}

static void removing_it_kills_what_is_left(void)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_process child = BARCO_NO_PROCESS;
    char below[PATH_MAX + 16];
    int status = 0;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults, NULL), 0);
    child.cgroup = cgroup.dir;
    CU_ASSERT_EQUAL(barco_process_spawn(&child, 0, wait_for_ever, NULL), 0);
    snprintf(below, sizeof(below), "%s/below", cgroup.path);
    CU_ASSERT_EQUAL(mkdir(below, 0755), 0);

    *strrchr(below, '/') = '\0';
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_TRUE(is_gone(below));
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

/* The parent that is killed does this. */
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

    barco_cgroup_create(&cgroup, &p->limits, NULL);
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
    if (write(out, cgroup.path, strlen(cgroup.path) + 1) < 0)
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
    const struct parent p = { ORIGINAL, wait_for_ever, 1, NULL, NULL };

    kill_parent(&p);
}

/* A thousandth of a processor, shared by many: unless they get more, they take
 * a minute to die. */
static void none_is_left_where_nobody_has_the_time_to_die(void)
{
    const struct parent p = { ORIGINAL, burn, 60, "cpu.max", "1000 1000000" };

    kill_parent(&p);
}

static void none_is_left_where_everybody_is_frozen(void)
{
    const struct parent p = { ORIGINAL, burn, 2, "cgroup.freeze", "1" };

    kill_parent(&p);
}

static bool cleaner_has_only(const void *arg)
{
    char path[64], link[64];
    int open_ones = 0;

    for (int fd = 0; fd < 100; fd++) {
        snprintf(path, sizeof(path), "/proc/%d/fd/%d", *(const pid_t *)arg, fd);
        open_ones += readlink(path, link, sizeof(link)) > 0;
    }
    return open_ones == 2; /* the processes it waits for, and standard error */
}

static void the_cleaner_holds_nothing_open(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    int spare = open("/", O_PATH | O_CLOEXEC);
    const pid_t *cleaner = &cgroup.cleaner.pid;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults, NULL), 0);
    CU_ASSERT_TRUE(eventually(cleaner_has_only, cleaner));
    CU_ASSERT_EQUAL(getsid(*cleaner), *cleaner);
    close(spare);
}

/* ---- What the caller brings along --------------------------------------- */

static void a_strict_umask_does_no_harm(void)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    mode_t before = umask(0777);
    const char *path;

    CU_ASSERT_EQUAL(barco_cgroup_create(&cgroup, &defaults, NULL), 0);
    umask(before);
    path = strdupa(cgroup.path);
    barco_cgroup_remove(&cgroup);
    CU_ASSERT_TRUE(is_gone(path));
}

static bool is_blocked(int sig)
{
    sigset_t set;

    sigprocmask(SIG_BLOCK, NULL, &set);
    return sigismember(&set, sig) == 1;
}

/* A signal that came earlier would end us with the cgroup still there. */
static void signals_come_back_when_the_cgroup_is_gone(void)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_process child = BARCO_NO_PROCESS;

    CU_ASSERT_EQUAL_FATAL(barco_cgroup_create(&cgroup, &defaults, NULL), 0);
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
    barco_error_set_sink(remember_error, NULL);
    result = barco_cgroup_create(&cgroup, &defaults, NULL);
    barco_process_end(&child);
    join("root");
    return result == -EBUSY && strcmp(remembered.call, "write") == 0 &&
                   strstr(remembered.cause, "no internal processes")
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
    barco_error_set_sink(remember_error, NULL);
    return barco_cgroup_create(&cgroup, &defaults, NULL) == -EACCES &&
                   strstr(remembered.cause, "belongs to another user")
               ? 42
               : 2;
}

/* Learner has a part of their own. */
static void a_cgroup_that_is_not_ours_is_explained(void)
{
    CU_ASSERT_EQUAL(run_in(0, create_in_foreign_part, NULL), 42);
}

static void a_failure_leaves_nothing_behind(void)
{
    BARCO_CLEANUP(barco_cgroup_remove)
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_cgroup_limits limits = ORIGINAL;
    const char *path;

    barco_error_set_sink(remember_error, NULL);
    limits.cpu_weight = 10001;
    CU_ASSERT_EQUAL(barco_cgroup_create(&cgroup, &limits, NULL), -ERANGE);
    CU_ASSERT_STRING_EQUAL(remembered.call, "write");
    path = strdupa(cgroup.path);
    barco_cgroup_remove(&cgroup);
    barco_error_set_sink(NULL, NULL);
    CU_ASSERT_TRUE(is_gone(path));
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
    result = barco_cgroup_create(&cgroup, &defaults, NULL);
    swap = result < 0 && strstr(remembered.args, "memory.swap.max");
    return err == ENOENT ? (swap ? 1 : 42) : (swap && result == -err ? 42 : 2);
}

/* A kernel without swap has no such file; any other error is one. */
static void swap_is_limited_or_the_start_fails(void)
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
    barco_cgroup_create(&cgroup, &defaults, NULL);
    if (write(out, cgroup.path, strlen(cgroup.path) + 1) < 0)
        _exit(1);
    for (;;)
        memset(malloc(1 << 20), 1, 1 << 20);
}

/* Only root may exempt a process. */
static void the_cleaner_survives_when_memory_runs_out(void)
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

/* ---- Inside our own, where that is what was delegated -------------------- */

#define SCOPE "/sys/fs/cgroup/scope"

/* The path of our cgroup. */
static const char *own(void)
{
    static char text[512];

    read_text("/proc/self/cgroup", text, sizeof(text));
    text[strcspn(text, "\n")] = '\0';
    return text + strlen("0::");
}

static bool is_empty(const char *path)
{
    char text[256];

    return *read_text(path, text, sizeof(text)) == '\0';
}

/* As it was: its processes are in it, it hands nothing down, and there is
 * nothing below. */
static bool is_as_before(const void *scope)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/cgroup.subtree_control",
             (const char *)scope);
    if (!is_empty(path))
        return false;
    snprintf(path, sizeof(path), "%s/barco-leaf", (const char *)scope);
    return is_gone(path);
}

#define CHECK(condition)        \
    do {                        \
        if (!(condition)) {     \
            perror(#condition); \
            return 1;           \
        }                       \
    } while (0)

/* As systemd does: the user gets the directory and three of its files. */
static void delegate_scope(uid_t uid)
{
    static const char *const files[] = { SCOPE, SCOPE "/cgroup.procs",
                                         SCOPE "/cgroup.subtree_control",
                                         SCOPE "/cgroup.threads" };

    CU_ASSERT_EQUAL_FATAL(mkdir(SCOPE, 0755), 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        CU_ASSERT_EQUAL(chown(files[i], uid, uid), 0);
}

/* Runs something in a new scope, as its owner. */
static void run_in_scope(uid_t uid, int (*main)(void *arg))
{
    delegate_scope(uid);
    CU_ASSERT_EQUAL(run_in(0, main, &uid), 42);
    CU_ASSERT_TRUE(eventually(is_as_before, SCOPE));
    CU_ASSERT_TRUE(eventually(can_be_removed, SCOPE));
}

static int enter_scope(const uid_t *uid)
{
    join("scope");
    CHECK(setresgid(*uid, *uid, *uid) == 0 && setresuid(*uid, *uid, *uid) == 0);
    return 0;
}

static int create_in_scope(void *arg)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_process shell = BARCO_NO_PROCESS, child = BARCO_NO_PROCESS;
    const char *path;

    if (enter_scope(arg) != 0)
        return 1;
    CHECK(barco_process_spawn(&shell, 0, wait_for_ever, NULL) == 0);
    CHECK(barco_cgroup_create(&cgroup, &defaults, &child) == 0);
    CHECK(strncmp(cgroup.path, SCOPE "/barco-", strlen(SCOPE "/barco-")) == 0);
    CHECK(strcmp(limit(&cgroup, "pids.max"), "64") == 0);
    CHECK(strcmp(own(), "/scope/barco-leaf") == 0);
    CHECK(is_empty(SCOPE "/cgroup.procs"));
    CHECK(barco_process_spawn(&child, 0, tell_whether_inside, &cgroup) == 0);
    CHECK(barco_process_wait(&child) == 42);
    barco_process_end(&child);
    path = strdupa(cgroup.path);
    barco_cgroup_remove(&cgroup);
    CHECK(is_gone(path) && is_as_before(SCOPE));
    CHECK(strcmp(own(), "/scope") == 0);
    barco_process_end(&shell);
    return 42;
}

static void what_was_delegated_holds_the_container(void)
{
    run_in_scope(1000, create_in_scope);
}

/* The second is made by a process that the first has moved. */
static int create_two_in_scope(void *arg)
{
    struct barco_cgroup one = BARCO_NO_CGROUP, two = BARCO_NO_CGROUP;

    if (enter_scope(arg) != 0)
        return 1;
    CHECK(barco_cgroup_create(&one, &defaults, NULL) == 0);
    CHECK(barco_cgroup_create(&two, &defaults, NULL) == 0);
    CHECK(strncmp(two.path, SCOPE "/barco-", strlen(SCOPE "/barco-")) == 0);
    barco_cgroup_remove(&one);
    CHECK(strcmp(own(), "/scope/barco-leaf") == 0);
    CHECK(strcmp(limit(&two, "pids.max"), "64") == 0);
    barco_cgroup_remove(&two);
    CHECK(strcmp(own(), "/scope") == 0);
    return 42;
}

static void it_holds_several_until_the_last_one_ends(void)
{
    run_in_scope(1000, create_two_in_scope);
}

static int create_often(void *arg)
{
    (void)arg;
    for (int i = 0; i < 30; i++) {
        struct barco_cgroup cgroup = BARCO_NO_CGROUP;

        CHECK(barco_cgroup_create(&cgroup, &defaults, NULL) == 0);
        CHECK(strcmp(limit(&cgroup, "pids.max"), "64") == 0);
        barco_cgroup_remove(&cgroup);
    }
    return 42;
}

/* One ends while another begins, again and again. */
static int create_at_once_in_scope(void *arg)
{
    struct barco_process runs[4];
    bool good = true;

    if (enter_scope(arg) != 0)
        return 1;
    for (int i = 0; i < 4; i++) {
        runs[i] = (struct barco_process)BARCO_NO_PROCESS;
        CHECK(barco_process_spawn(&runs[i], 0, create_often, NULL) == 0);
    }
    for (int i = 0; i < 4; i++) {
        good &= barco_process_wait(&runs[i]) == 42;
        barco_process_end(&runs[i]);
    }
    CHECK(strcmp(own(), "/scope") == 0);
    return good ? 42 : 1;
}

static void those_that_come_and_go_at_once_do_no_harm(void)
{
    run_in_scope(1000, create_at_once_in_scope);
}

static int fail_in_scope(void *arg)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;
    struct barco_cgroup_limits limits = ORIGINAL;
    static const struct barco_cgroup_file none = { "none.max", "1" };

    if (enter_scope(arg) != 0)
        return 1;
    barco_error_set_sink(be_quiet, NULL);
    limits.cpu_weight = 10001;
    CHECK(barco_cgroup_create(&cgroup, &limits, NULL) == -ERANGE);
    barco_cgroup_remove(&cgroup);
    CHECK(strcmp(own(), "/scope") == 0 && is_as_before(SCOPE));
    limits.files = &none; /* a controller that does not exist */
    limits.file_count = 1;
    CHECK(barco_cgroup_create(&cgroup, &limits, NULL) < 0);
    barco_cgroup_remove(&cgroup);
    CHECK(strcmp(own(), "/scope") == 0 && is_as_before(SCOPE));
    return 42;
}

static void a_failure_there_leaves_nothing_behind(void)
{
    run_in_scope(1000, fail_in_scope);
}

/* Not all that systemd gives. */
static int create_in_half_a_scope(void *arg)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;

    CHECK(chown(SCOPE "/cgroup.procs", 0, 0) == 0);
    if (enter_scope(arg) != 0)
        return 1;
    barco_error_set_sink(remember_error, NULL);
    CHECK(barco_cgroup_create(&cgroup, &defaults, NULL) == -EACCES);
    CHECK(strstr(remembered.cause, "cannot be moved"));
    CHECK(is_as_before(SCOPE));
    return 42;
}

static void a_scope_without_its_processes_is_explained(void)
{
    run_in_scope(1000, create_in_half_a_scope);
}

static int be_killed_in_scope(void *arg)
{
    const struct parent p = { ORIGINAL, wait_for_ever, 1, NULL, NULL };

    if (enter_scope(arg) != 0)
        return 1;
    kill_parent(&p);
    CHECK(eventually(is_as_before, SCOPE));
    CHECK(strcmp(own(), "/scope") == 0);
    return 42;
}

static void a_killed_parent_leaves_no_leaf_behind(void)
{
    run_in_scope(1000, be_killed_in_scope);
}

/* Root can write everything, so only systemd's mark says what is delegated. */
static int create_in_marked(void *arg)
{
    CHECK(setxattr(SCOPE, "user.delegate", "1", 1, 0) == 0);
    return create_in_scope(arg);
}

static void root_goes_by_the_mark_of_systemd(void)
{
    run_in_scope(0, create_in_marked);
}

/* Nothing is above. */
static int create_in_namespace(void *arg)
{
    struct barco_cgroup cgroup = BARCO_NO_CGROUP;

    if (enter_scope(arg) != 0)
        return 1;
    CHECK(unshare(CLONE_NEWNS | CLONE_NEWCGROUP) == 0);
    CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    CHECK(umount2("/sys/fs/cgroup", MNT_DETACH) == 0);
    CHECK(mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL) == 0);
    CHECK(barco_cgroup_create(&cgroup, &defaults, NULL) == 0);
    CHECK(strcmp(own(), "/barco-leaf") == 0);
    CHECK(strcmp(limit(&cgroup, "pids.max"), "64") == 0);
    barco_cgroup_remove(&cgroup);
    CHECK(strcmp(own(), "/") == 0 && is_as_before("/sys/fs/cgroup"));
    return 42;
}

static void the_root_of_a_namespace_is_delegated_too(void)
{
    run_in_scope(0, create_in_namespace);
}

/* ---- What stays --------------------------------------------------------- */

/* A controller is never taken away again, because others' limits may rely on
 * it. But none is left that was not asked for, and the next run changes
 * nothing. */
static void the_ancestors_enable_what_is_needed_and_nothing_else(void)
{
    struct barco_cgroup one = BARCO_NO_CGROUP, two = BARCO_NO_CGROUP;
    char before[1024], first[1024], second[1024];

    read_controllers(before, sizeof(before));
    CU_ASSERT_EQUAL(barco_cgroup_create(&one, &defaults, NULL), 0);
    barco_cgroup_remove(&one);
    read_controllers(first, sizeof(first));
    CU_ASSERT_EQUAL(barco_cgroup_create(&two, &defaults, NULL), 0);
    barco_cgroup_remove(&two);
    read_controllers(second, sizeof(second));
    CU_ASSERT_STRING_EQUAL(first, second);
    CU_ASSERT(*before &&
              !controllers_changed(before, first, "cpu memory pids hugetlb"));
}

SUITE("cgroup",
      { "the ancestors enable what is needed and nothing else",
        the_ancestors_enable_what_is_needed_and_nothing_else },
      { "a failure leaves nothing behind", a_failure_leaves_nothing_behind },
      { "its limits are those of the original",
        its_limits_are_those_of_the_original },
      { "every limit reaches the kernel", every_limit_reaches_the_kernel },
      { "what is not set stays as the kernel has it",
        what_is_not_set_stays_as_the_kernel_has_it },
      { "each limit brings its controller", each_limit_brings_its_controller },
      { "a file can be set by its name", a_file_can_be_set_by_its_name },
      { "a file that is not its own is refused",
        a_file_that_is_not_its_own_is_refused },
      { "two of one process can be removed in any order",
        two_of_one_process_can_be_removed_in_any_order },
      { "its path can be chosen", its_path_can_be_chosen },
      { "a path that leads elsewhere is refused",
        a_path_that_leads_elsewhere_is_refused },
      { "a path that is taken is left alone",
        a_path_that_is_taken_is_left_alone },
      { "the cleaner leaves a path that is taken alone too",
        the_cleaner_leaves_a_path_that_is_taken_alone_too },
      { "a cleaner that was not heard cleans up",
        a_cleaner_that_was_not_heard_cleans_up },
      { "a child is born in it", a_child_is_born_in_it },
      { "removing it says which limits were hit",
        removing_it_says_which_limits_were_hit },
      { "removing it says which limits were not its own",
        removing_it_says_which_limits_were_not_its_own },
      { "removing it kills what is left", removing_it_kills_what_is_left },
      { "a killed parent leaves none behind",
        a_killed_parent_leaves_none_behind },
      { "a parent with processes is explained",
        a_parent_with_processes_is_explained, AS_ROOT },
      { "a cgroup that is not ours is explained",
        a_cgroup_that_is_not_ours_is_explained, AS_ROOT },
      { "none is left where nobody has the time to die",
        none_is_left_where_nobody_has_the_time_to_die },
      { "none is left where everybody is frozen",
        none_is_left_where_everybody_is_frozen },
      { "the cleaner holds nothing open", the_cleaner_holds_nothing_open },
      { "a strict umask does no harm", a_strict_umask_does_no_harm },
      { "signals come back when the cgroup is gone",
        signals_come_back_when_the_cgroup_is_gone },
      { "swap is limited, or the start fails",
        swap_is_limited_or_the_start_fails },
      { "the cleaner survives when memory runs out",
        the_cleaner_survives_when_memory_runs_out, AS_ROOT },
      { "what was delegated holds the container",
        what_was_delegated_holds_the_container, AS_ROOT },
      { "it holds several until the last one ends",
        it_holds_several_until_the_last_one_ends, AS_ROOT },
      { "those that come and go at once do no harm",
        those_that_come_and_go_at_once_do_no_harm, AS_ROOT },
      { "a failure there leaves nothing behind",
        a_failure_there_leaves_nothing_behind, AS_ROOT },
      { "a scope without its processes is explained",
        a_scope_without_its_processes_is_explained, AS_ROOT },
      { "a killed parent leaves no leaf behind",
        a_killed_parent_leaves_no_leaf_behind, AS_ROOT },
      { "root goes by the mark of systemd", root_goes_by_the_mark_of_systemd,
        AS_ROOT },
      { "the root of a namespace is delegated too",
        the_root_of_a_namespace_is_delegated_too, AS_ROOT })
