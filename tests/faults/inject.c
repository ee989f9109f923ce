/**
 * @file
 * @brief A tracer that follows each process of a stage.
 *
 * To list the calls, it stops every process at every call. To let one of them
 * fail, it stops only calls of that kind, by a filter that every process
 * inherits, which takes half the time. Kinds that the C library's start uses
 * too are the exception: the start is over at the first call of another kind,
 * so the tracer has to see them all.
 */
#include "tests/faults/inject.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PROCESSES = 64,
    KINDS = 512,
    A_MINUTE = 60
};

/* What is known of a process that is traced. */
struct process {
    pid_t pid;
    char name[NAME_MAX_]; /* "" until its parent has told that it was born */
    int children;         /* born so far */
    bool waits;           /* stopped at its start, until it has a name */
    int made[KINDS];      /* its calls so far, by SYS_* */
    bool is_barco;        /* it runs the stage's code, after its start */
    bool starts;          /* it runs the C library's start */
    bool fails;           /* the call that it makes is to fail */
    struct call *call;    /* where it is recorded */
};

static struct process processes[PROCESSES];
static const struct trial *trial;
static struct calls *calls;
static bool met;
static bool filtered; /* only calls of the kind that is to fail stop */

static struct process *find(pid_t pid)
{
    struct process *unused = NULL;

    for (struct process *p = processes; p < processes + PROCESSES; p++) {
        if (p->pid == pid)
            return p;
        if (!p->pid && !unused)
            unused = p;
    }
    if (!unused)
        abort();
    *unused = (struct process){ .pid = pid };
    return unused;
}

const char *name_of_call(long nr)
{
    static char name[64];
    char *found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)nr);

    snprintf(name, sizeof(name), "%s", found ? found : "?");
    free(found);
    return name;
}

/* ---- Calls -------------------------------------------------------------- */

static bool is_one_of(long nr, const long *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (nr == list[i])
            return true;
    return false;
}

/* The C library's start, before main(): nothing of that is barco's. */
static bool is_start(long nr)
{
    static const long start[] = {
        SYS_brk,       SYS_arch_prctl, SYS_set_tid_address, SYS_set_robust_list,
        SYS_rseq,      SYS_prlimit64,  SYS_readlinkat,      SYS_readlink,
        SYS_getrandom, SYS_mprotect
    };

    return is_one_of(nr, start, sizeof(start) / sizeof(*start));
}

/* These do not come back, or always succeed: brk(2) answers an address. */
static bool cannot_fail(long nr)
{
    static const long sure[] = { SYS_exit,    SYS_exit_group, SYS_rt_sigreturn,
                                 SYS_brk,     SYS_umask,      SYS_getpid,
                                 SYS_getppid, SYS_gettid,     SYS_getuid,
                                 SYS_geteuid, SYS_getgid,     SYS_getegid };

    return is_one_of(nr, sure, sizeof(sure) / sizeof(*sure));
}

static void begin_call(struct process *p, long nr)
{
    const struct call *fail = trial->fail;
    int number;

    p->call = NULL;
    p->fails = false;
    if (!p->is_barco || cannot_fail(nr) || (p->starts && is_start(nr)))
        return;
    p->starts = false;
    number = ++p->made[nr < KINDS ? nr : 0];
    if (calls->count < CALLS_MAX) {
        p->call = &calls->call[calls->count++];
        *p->call = (struct call){ .nr = nr, .number = number };
        snprintf(p->call->process, sizeof(p->call->process), "%s", p->name);
    }
    if (fail && !met && fail->nr == nr && fail->number == number &&
        strcmp(fail->process, p->name) == 0)
        met = p->fails = true;
}

/* Another call in its place, which does not exist; close(2) closes first. */
static void make_none(const struct process *p)
{
    struct user_regs_struct regs;

    if (ptrace(PTRACE_GETREGS, p->pid, NULL, &regs) < 0 ||
        regs.orig_rax == SYS_close)
        return;
    regs.orig_rax = -1UL;
    ptrace(PTRACE_SETREGS, p->pid, NULL, &regs);
}

static void answer(const struct process *p, int error)
{
    struct user_regs_struct regs;

    if (ptrace(PTRACE_GETREGS, p->pid, NULL, &regs) < 0)
        return;
    regs.rax = (unsigned long long)-(long long)error;
    ptrace(PTRACE_SETREGS, p->pid, NULL, &regs);
}

static void at_call(struct process *p)
{
    struct __ptrace_syscall_info info = { 0 };

    if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) < 0)
        return; /* it was killed */
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY ||
        info.op == PTRACE_SYSCALL_INFO_SECCOMP) {
        begin_call(p, (long)(info.op == PTRACE_SYSCALL_INFO_ENTRY
                                 ? info.entry.nr
                                 : info.seccomp.nr));
        if (p->fails)
            make_none(p);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->call) {
        if (p->fails)
            answer(p, trial->error);
        p->call->answer = p->fails ? -trial->error : info.exit.rval;
        p->call = NULL;
        p->fails = false;
    }
}

/* ---- Births, and other programs ----------------------------------------- */

static void resume(const struct process *p, int signal)
{
    ptrace(filtered && !p->fails ? PTRACE_CONT : PTRACE_SYSCALL, p->pid, NULL,
           signal);
}

/* The child's first stop can come before its parent's: then it has waited. */
static void at_birth(struct process *p)
{
    unsigned long pid = 0;
    struct process *child;

    ptrace(PTRACE_GETEVENTMSG, p->pid, NULL, &pid);
    child = find((pid_t)pid);
    child->is_barco = p->is_barco;
    p->children++;
    snprintf(child->name, sizeof(child->name), "%.*s.%d", NAME_MAX_ - 6,
             p->name, p->children);
    if (child->waits)
        resume(child, 0);
    child->waits = false;
}

/* The stage begins, or a child of it becomes another program. */
static void at_exec(struct process *p)
{
    char link[64], path[PATH_MAX] = "";

    snprintf(link, sizeof(link), "/proc/%d/exe", p->pid);
    if (readlink(link, path, sizeof(path) - 1) < 0)
        *path = '\0';
    p->is_barco = strcmp(path, trial->stage) == 0;
    p->starts = p->is_barco;
}

/* What a stop means. Returns the signal that the process is to get, or -1 if it
 * has to wait. */
static int at_stop(struct process *p, int status)
{
    int signal = WSTOPSIG(status);

    switch (status >> 16) {
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
        at_birth(p);
        return 0;
    case PTRACE_EVENT_EXEC:
        at_exec(p);
        return 0;
    case PTRACE_EVENT_SECCOMP:
        at_call(p);
        return 0;
    case PTRACE_EVENT_STOP: /* a new process, or a group that stops */
        p->waits = !*p->name;
        return p->waits ? -1 : 0;
    default:
        if (signal != (SIGTRAP | 0x80))
            return signal;
        at_call(p);
        return 0;
    }
}

/* ---- A run -------------------------------------------------------------- */

static volatile sig_atomic_t late;

static void on_alarm(int signal)
{
    (void)signal;
    late = 1;
}

/* Without no_new_privs, as root may: newuidmap(1) has to stay set-user-ID. And
 * always, because the command can see how many filters it has. */
static void load_filter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    if (!filter || seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0) < 0 ||
        (filtered && seccomp_rule_add(filter, SCMP_ACT_TRACE(0),
                                      (int)trial->fail->nr, 0) < 0) ||
        seccomp_load(filter) < 0)
        _exit(98);
    seccomp_release(filter);
}

/* As /lab/run-as does, but without its three programs, which take longer than a
 * stage. */
static void become(const char *name)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *user = NULL;
    char procs[128];
    int fd;

    while (file && (user = fgetpwent(file)))
        if (strcmp(user->pw_name, name) == 0)
            break;
    snprintf(procs, sizeof(procs), "/sys/fs/cgroup/%s/session/cgroup.procs",
             name);
    fd = open(procs, O_WRONLY | O_CLOEXEC);
    if (!user || fd < 0 || write(fd, "0", 1) < 0 ||
        setgroups(1, &user->pw_gid) < 0 || setgid(user->pw_gid) < 0 ||
        setuid(user->pw_uid) < 0)
        _exit(97);
    setenv("HOME", user->pw_dir, 1);
    setenv("USER", name, 1);
    setenv("LOGNAME", name, 1);
    fclose(file);
}

static pid_t start(void)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                         PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                         PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP |
                         PTRACE_O_EXITKILL;
    pid_t pid = fork();

    if (pid == 0) {
        raise(SIGSTOP);
        load_filter();
        if (strcmp(trial->user, "root") != 0)
            become(trial->user);
        dup2(trial->out, STDOUT_FILENO);
        dup2(trial->err, STDERR_FILENO);
        execv(trial->argv[0], trial->argv);
        _exit(99);
    }
    waitpid(pid, NULL, WUNTRACED);
    if (ptrace(PTRACE_SEIZE, pid, NULL, options) < 0)
        abort();
    snprintf(find(pid)->name, NAME_MAX_, "0");
    kill(pid, SIGCONT);
    return pid;
}

static void kill_all(void)
{
    for (struct process *p = processes; p < processes + PROCESSES; p++)
        if (p->pid)
            kill(p->pid, SIGKILL);
}

int inject(const struct trial *what, struct calls *made, bool *was_met)
{
    struct sigaction action = { .sa_handler = on_alarm };
    int status, result = -1;
    pid_t pid, stage;

    memset(processes, 0, sizeof(processes));
    trial = what;
    calls = made;
    calls->count = 0;
    met = false;
    filtered = trial->fail && !is_start(trial->fail->nr);
    late = 0;
    sigaction(SIGALRM, &action, NULL);
    stage = start();
    alarm(A_MINUTE);
    while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
        if (late)
            kill_all();
        if (pid < 0)
            continue;
        if (WIFSTOPPED(status)) {
            struct process *p = find(pid);
            int signal = at_stop(p, status);

            if (signal >= 0)
                resume(p, signal);
            continue;
        }
        find(pid)->pid = 0;
        if (pid == stage)
            result = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                         : WEXITSTATUS(status);
    }
    alarm(0);
    *was_met = met;
    return late ? -1 : result;
}
