/**
 * @file
 * @brief Runs the reader's program where it can harm neither the check nor the
 * lab.
 *
 * It is learner, or root of a user namespace that is learner's, so it can
 * neither signal nor trace the check, nor read what is root's, nor set a clock.
 * Its cgroup bounds its processes and its memory, tmpfs included; RLIMIT_FSIZE
 * bounds what it prints. Whatever is left of it is killed by cgroup.kill, from
 * which nothing in a cgroup can fork away.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tutorials/check/inside.h"

enum {
    MAX_ARGS = 32,
    MAX_OUTPUT = 4 << 20, /* bytes, before SIGXFSZ ends the program */
    NOT_STARTED = 126     /* exit status of a child that could not run it */
};

static char program[PATH_MAX];
static enum run_as run_as;
static uid_t learner;
static gid_t learners;

static bool complain(const char *what)
{
    fprintf(stderr, "checks: %s: %s\n", what, strerror(errno));
    return false;
}

bool program_set(const char *path, enum run_as user)
{
    struct stat home;

    if (geteuid() != 0 || stat("/home/learner", &home) < 0) {
        fprintf(stderr,
                "checks: a check needs root, and a user `learner`, as the lab "
                "has them: bazel run //tutorials:learn\n");
        return false;
    }
    learner = home.st_uid;
    learners = home.st_gid;
    run_as = user;
    return realpath(path, program) && access(program, X_OK) == 0
               ? true
               : complain(path);
}

/* ---- The cgroup of a test, and its folder -------------------------------- */

/* `tree` is learner's, so that a program may make cgroups beside its own, which
   is `tree/program`; the limits of `tree` are not. */
static char tree[64], scratch[64];

static bool write_file(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written =
        fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

    if (fd >= 0)
        close(fd);
    return written ? true : complain(path);
}

static bool delegate(const char *cgroup)
{
    static const char *const files[] = { "", "/cgroup.procs",
                                         "/cgroup.subtree_control",
                                         "/cgroup.threads" };

    if (mkdir(cgroup, 0755) < 0)
        return complain(cgroup);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (chown(text("%s%s", cgroup, files[i]), learner, learners) < 0)
            return complain(cgroup);
    return true;
}

static bool make_cgroup(void)
{
    snprintf(tree, sizeof(tree), "/sys/fs/cgroup/check-%d", getpid());
    return delegate(tree) && delegate(text("%s/program", tree)) &&
           write_file(text("%s/pids.max", tree), "400") &&
           write_file(text("%s/memory.max", tree), "48M") &&
           write_file(text("%s/cgroup.subtree_control", tree),
                      "+pids +memory +cpu");
}

bool program_begin(void)
{
    strcpy(scratch, "/tmp/check-XXXXXX");
    if (!mkdtemp(scratch) || chown(scratch, learner, learners) < 0 ||
        chmod(scratch, 0755) < 0)
        return complain(scratch);
    return make_cgroup();
}

const char *cgroup_of_test(void)
{
    return tree;
}

const char *folder(void)
{
    return scratch;
}

static int remove_file(const char *path, const struct stat *status, int type,
                       struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int found;

static int count_cgroup(const char *path, const struct stat *status, int type,
                        struct FTW *ftw)
{
    (void)path;
    (void)status;
    (void)ftw;
    found += type == FTW_D;
    return 0;
}

int cgroups_made(void)
{
    found = -2; /* the two that make_cgroup() made */
    nftw(tree, count_cgroup, 16, FTW_PHYS);
    return found;
}

int processes_left(void)
{
    return atoi(file_text("%s/pids.current", tree));
}

/* In a cgroup only its subfolders can be removed; its files go with it. */
static int remove_cgroup(const char *path, const struct stat *status, int type,
                         struct FTW *ftw)
{
    (void)status;
    (void)ftw;
    return type == FTW_DP ? rmdir(path) : 0;
}

static bool is_empty(void *arg)
{
    (void)arg;
    /* What we started is ours to reap, before its cgroup is empty. */
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    return strstr(file_text("%s/cgroup.events", tree), "populated 0");
}

void program_end(void)
{
    before_start(NULL, NULL);
    write_file(text("%s/cgroup.kill", tree), "1");
    if (!eventually(is_empty, NULL) ||
        nftw(tree, remove_cgroup, 16, FTW_DEPTH | FTW_PHYS) < 0)
        complain(tree);
    if (nftw(scratch, remove_file, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0)
        complain(scratch);
}

/* ---- The child that becomes the program ---------------------------------- */

static bool become_learner(void)
{
    return setgroups(0, NULL) == 0 &&
           setresgid(learners, learners, learners) == 0 &&
           setresuid(learner, learner, learner) == 0 && chdir(scratch) == 0;
}

/* Uid 0 of namespaces in which it owns mounts and network. Mounts are shared,
   as on most hosts, so that a mount that gets out is seen in
   /proc/PID/mountinfo. */
static bool become_namespace_root(void)
{
    /* Without it /proc/self would be the real root's since the change of ids.
     */
    return prctl(PR_SET_DUMPABLE, 1) == 0 &&
           unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0 &&
           write_file("/proc/self/setgroups", "deny") &&
           write_file("/proc/self/uid_map", text("0 %u 1", learner)) &&
           write_file("/proc/self/gid_map", text("0 %u 1", learners)) &&
           mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) == 0;
}

static bool (*prepare)(void *arg);
static void *prepared_with;

void before_start(bool (*by)(void *arg), void *arg)
{
    prepare = by;
    prepared_with = arg;
}

static void become_program(char *const argv[], int out, int err)
{
    static const struct rlimit most = { MAX_OUTPUT, MAX_OUTPUT };
    static const struct rlimit none = { 0, 0 };
    static char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                         "HOME=/tmp", "LC_ALL=C.UTF-8", NULL };
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null < 0 || setsid() < 0 ||
        !write_file(text("%s/program/cgroup.procs", tree), "0") ||
        !become_learner() ||
        (run_as == AS_NAMESPACE_ROOT && !become_namespace_root()) ||
        setrlimit(RLIMIT_FSIZE, &most) < 0 ||
        setrlimit(RLIMIT_CORE, &none) < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
        /* What we have inherited ourselves is not for the program. */
        close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0 ||
        (prepare && !prepare(prepared_with)))
        _exit(NOT_STARTED);
    execve(program, argv, environment);
    _exit(NOT_STARTED);
}

static pid_t start_with(char *const argv[], int out, int err)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid < 0)
        abort();
    if (pid == 0)
        become_program(argv, out, err);
    return pid;
}

static void collect(char *argv[MAX_ARGS], const char *first, va_list ap)
{
    int n = 0;

    argv[n++] = program;
    argv[n] = (char *)first;
    while (n < MAX_ARGS - 1 && argv[n])
        argv[++n] = va_arg(ap, char *);
    argv[n] = NULL;
}

/* A file without a name: a pipe could fill up, or be held open. */
static int output_file(void)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0)
        abort();
    return fd;
}

pid_t start(const char *argument, ...)
{
    char *argv[MAX_ARGS];
    int out = output_file();
    va_list ap;
    pid_t pid;

    va_start(ap, argument);
    collect(argv, argument, ap);
    va_end(ap);
    pid = start_with(argv, out, out);
    close(out);
    return pid;
}

/* ---- To its end ---------------------------------------------------------- */

struct waiting {
    pid_t pid;
    int status;
};

static bool has_ended(void *arg)
{
    struct waiting *waiting = arg;

    return waitpid(waiting->pid, &waiting->status, WNOHANG) == waiting->pid;
}

int end_of(pid_t pid)
{
    struct waiting waiting = { .pid = pid };

    if (!expect(eventually(has_ended, &waiting),
                text("the program ends within %d seconds", patience),
                "it still runs"))
        return -1;
    return WIFSIGNALED(waiting.status) ? 128 + WTERMSIG(waiting.status)
                                       : WEXITSTATUS(waiting.status);
}

static void take(int fd, char *text, size_t size)
{
    ssize_t length = pread(fd, text, size - 1, 0);

    text[length > 0 ? length : 0] = '\0';
    close(fd);
}

void run_to_end(struct run *run, ...)
{
    char *argv[MAX_ARGS];
    int out = output_file(), err = output_file();
    const char *first;
    va_list ap;

    va_start(ap, run);
    /* A statement of its own: it changes ap, of which a call may get a copy. */
    first = va_arg(ap, char *);
    collect(argv, first, ap);
    va_end(ap);
    run->status = end_of(start_with(argv, out, err));
    run->ended = run->status >= 0;
    take(out, run->out, sizeof(run->out));
    take(err, run->err, sizeof(run->err));
}
