/**
 * @file
 * @brief Runs commands side by side, and prints what each run took.
 *
 * Round after round, each command once, in random order: what disturbs the
 * machine for a while disturbs all of them alike, and a round's figures can be
 * compared as pairs.
 *
 *     pairs [-u UID:GID] [-p CGROUP.PROCS] ROUNDS [-- COMMAND [ARG...]]...
 *     pairs -a ... COUNT -- COMMAND [ARG...]
 *
 *     run COMMAND STATUS NANOSECONDS CPU KIB FAULTS  a line each
 *     calls COMMAND COUNT                           system calls of one more
 * run alive NUMBER NANOSECONDS                      with -a: keeps them alive
 *     memory PROCESSES KIB                          and adds up what they use
 *
 * A command is a number from 0 on. CPU is processor time, in microseconds. KIB
 * is the peak of the largest process. This is a small static program because
 * the kernel counts what exec replaces, too. With -a a command is ready when it
 * has printed something, and ends when its standard input does.
 */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST = 64,
    CANNOT = 126
};

static const char *procs;
static bool user;
static uid_t uid;
static gid_t gid;

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* In a child of vfork(2), or of fork(2): system calls only. */
static void execute(char **argv, int in, int out)
{
    int fd;

    if (procs && ((fd = open(procs, O_WRONLY)) < 0 || write(fd, "0", 1) < 0))
        _exit(CANNOT);
    if (user && (setgroups(0, NULL) < 0 || setgid(gid) < 0 || setuid(uid) < 0))
        _exit(CANNOT);
    dup2(in, 0);
    dup2(out, 1);
    closefrom(3);
    execv(argv[0], argv);
    _exit(127);
}

/* ---- Side by side -------------------------------------------------------- */

static int status_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static long long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

static void run_once(int number, char **argv, int null)
{
    struct rusage usage;
    int status = 0;
    long long start = now(), end;
    pid_t pid = fork();

    if (pid == 0)
        execute(argv, null, null);
    if (wait4(pid, &status, 0, &usage) < 0)
        exit(CANNOT);
    end = now();
    printf("run %d %d %lld %lld %ld %ld\n", number, status_of(status),
           end - start,
           microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
           usage.ru_maxrss, usage.ru_minflt + usage.ru_majflt);
}

/* The system calls of a run, of all its processes together. */
static long count_calls(char **argv, int null)
{
    struct __ptrace_syscall_info info;
    long calls = 0;
    int status, signal;
    pid_t pid = fork(), who;

    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execute(argv, null, null);
    }
    waitpid(pid, &status, 0);
    ptrace(PTRACE_SETOPTIONS, pid, 0,
           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
               PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    ptrace(PTRACE_SYSCALL, pid, 0, 0);
    while ((who = waitpid(-1, &status, __WALL)) > 0) {
        if (!WIFSTOPPED(status))
            continue;
        signal = WSTOPSIG(status);
        if (signal == (SIGTRAP | 0x80) &&
            ptrace(PTRACE_GET_SYSCALL_INFO, who, sizeof(info), &info) > 0)
            calls += info.op == PTRACE_SYSCALL_INFO_ENTRY;
        if ((signal & 0x7f) == SIGTRAP || signal == SIGSTOP)
            signal = 0;
        ptrace(PTRACE_SYSCALL, who, 0, signal);
    }
    return calls;
}

static void shuffle(int *order, int count)
{
    for (int i = count - 1; i > 0; i--) {
        int j = (int)(random() % (i + 1)), swap = order[i];

        order[i] = order[j];
        order[j] = swap;
    }
}

static void run_all(int rounds, char ***commands, int count)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), order[MOST];

    for (int i = 0; i < count; i++)
        order[i] = i;
    srandom((unsigned)now());
    for (int round = 0; round < rounds; round++) {
        shuffle(order, count);
        for (int i = 0; i < count; i++)
            run_once(order[i], commands[order[i]], null);
        fflush(stdout);
    }
    for (int i = 0; i < count; i++)
        printf("calls %d %ld\n", i, count_calls(commands[i], null));
}

/* ---- Alive at once ------------------------------------------------------- */

static pid_t start(char **argv, int in, int *ready)
{
    char byte;
    int out[2];
    pid_t pid;

    if (pipe2(out, O_CLOEXEC) < 0)
        exit(CANNOT);
    pid = fork();
    if (pid == 0)
        execute(argv, in, out[1]);
    close(out[1]);
    *ready = read(out[0], &byte, 1) == 1;
    close(out[0]);
    return pid;
}

/* Processes whose program is the command's. */
static void add_memory(const char *program)
{
    char path[300], file[4096], line[256];
    unsigned long all = 0, kib;
    int processes = 0;
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    FILE *rollup;
    ssize_t length;

    while (proc && (entry = readdir(proc))) {
        snprintf(path, sizeof(path), "/proc/%s/exe", entry->d_name);
        length = readlink(path, file, sizeof(file) - 1);
        if (length < 0)
            continue;
        file[length] = '\0';
        snprintf(path, sizeof(path), "/proc/%s/smaps_rollup", entry->d_name);
        if (strcmp(file, program) != 0 || !(rollup = fopen(path, "re")))
            continue;
        while (fgets(line, sizeof(line), rollup))
            if (sscanf(line, "Pss: %lu", &kib) == 1)
                all += kib;
        fclose(rollup);
        processes++;
    }
    printf("memory %d %lu\n", processes, all);
}

static void keep_alive(int count, char **argv)
{
    int end[2], ready = 1;

    if (pipe2(end, O_CLOEXEC) < 0)
        exit(CANNOT);
    for (int i = 0; i < count && ready; i++) {
        long long began = now();

        start(argv, end[0], &ready);
        printf(ready ? "alive %d %lld\n" : "failed %d %lld\n", i + 1,
               now() - began);
        fflush(stdout);
    }
    add_memory(argv[0]);
    fflush(stdout);
    close(end[1]);
    close(end[0]);
    while (wait(NULL) > 0)
        ;
}

int main(int argc, char **argv)
{
    char **commands[MOST];
    bool alive = false;
    int option, rounds, count = 0;

    while ((option = getopt(argc, argv, "+au:p:")) != -1)
        if (option == 'a')
            alive = true;
        else if (option == 'u')
            user = sscanf(optarg, "%u:%u", &uid, &gid) == 2;
        else if (option == 'p')
            procs = optarg;
        else
            return CANNOT;
    rounds = optind < argc ? atoi(argv[optind++]) : 0;
    while (optind < argc && count < MOST) {
        argv[optind++] = NULL; /* the two dashes */
        commands[count++] = argv + optind;
        while (optind < argc && strcmp(argv[optind], "--") != 0)
            optind++;
    }
    if (alive && count == 1)
        keep_alive(rounds, commands[0]);
    else
        run_all(rounds, commands, count);
    return 0;
}
