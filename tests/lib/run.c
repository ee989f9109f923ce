/**
 * @file
 * @brief Starts the real stages, and waits for what they do.
 */
#include "tests/lib/run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "barco/process.h"
#include "tests/lib/scratch.h"

enum {
    MAX_ARGS = 32
};

/* Stages lie beside the tests: tests/stages/X and stages/Y. */
static void stage_path(const char *stage, char path[PATH_MAX])
{
    char self[PATH_MAX] = "";
    char *tests;

    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        abort();
    tests = strstr(self, "/tests/");
    if (!tests)
        abort();
    *tests = '\0';
    if (snprintf(path, PATH_MAX, "%s/stages/%s", self, stage) >= PATH_MAX)
        abort();
}

static void collect(char *argv[MAX_ARGS], char *path, va_list ap)
{
    int n = 0;

    argv[n++] = path;
    while (n < MAX_ARGS && (argv[n++] = va_arg(ap, char *)))
        ;
}

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* An unlinked file, so that no pipe can fill up and nothing is left. */
static int output_file(void)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0)
        abort();
    return fd;
}

static pid_t start(char *const argv[], int out, int err)
{
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        setpgid(0, 0);
        dup2(null, STDIN_FILENO);
        dup2(out < 0 ? null : out, STDOUT_FILENO);
        dup2(err < 0 ? null : err, STDERR_FILENO);
        execv(argv[0], argv);
        _exit(99);
    }
    setpgid(pid, pid); /* here too, so that it is done when we return */
    return pid;
}

static void slurp(int fd, char *buf, size_t size)
{
    ssize_t n = pread(fd, buf, size - 1, 0);

    buf[n < 0 ? 0 : n] = '\0';
    close(fd);
}

void run_stage(struct run *run, const char *stage, ...)
{
    char path[PATH_MAX];
    char *argv[MAX_ARGS];
    int out = output_file(), err = output_file();
    va_list ap;

    stage_path(stage, path);
    va_start(ap, stage);
    collect(argv, path, ap);
    va_end(ap);

    run->status = wait_stage(start(argv, out, err));
    slurp(out, run->out, sizeof(run->out));
    slurp(err, run->err, sizeof(run->err));
}

pid_t start_stage(const char *stage, ...)
{
    char path[PATH_MAX];
    char *argv[MAX_ARGS];
    va_list ap;

    stage_path(stage, path);
    va_start(ap, stage);
    collect(argv, path, ap);
    va_end(ap);
    return start(argv, -1, -1);
}

static void pause_a_little(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

int wait_stage(pid_t pid)
{
    int status;

    for (int i = 0; i < 6000; i++) {
        pid_t ended = waitpid(pid, &status, WNOHANG);

        if (ended == pid)
            return exit_status(status);
        if (ended < 0)
            return -1;
        pause_a_little();
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

bool eventually(bool (*holds)(const void *arg), const void *arg)
{
    for (int i = 0; i < 3000; i++) {
        if (holds(arg))
            return true;
        pause_a_little();
    }
    return false;
}

bool exists(const void *path)
{
    return access(path, F_OK) == 0;
}

bool is_gone(const void *path)
{
    return !exists(path);
}

pid_t find_sleep(const char *seconds)
{
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    char path[300], text[256];
    pid_t pid = 0;

    while (proc && pid == 0 && (entry = readdir(proc))) {
        snprintf(path, sizeof(path), "/proc/%s/cmdline", entry->d_name);
        read_text(path, text, sizeof(text));
        if (strcmp(text, "sleep") == 0 &&
            strcmp(text + strlen(text) + 1, seconds) == 0)
            pid = (pid_t)strtol(entry->d_name, NULL, 10);
    }
    if (proc)
        closedir(proc);
    return pid;
}

bool is_sleeping(const void *seconds)
{
    return find_sleep(seconds) > 0;
}

bool is_waiting(const void *pid)
{
    char path[64], text[512];

    snprintf(path, sizeof(path), "/proc/%d/status", *(const pid_t *)pid);
    return strstr(read_text(path, text, sizeof(text)), "State:\tS") != NULL;
}

int wait_for_ever(void *arg)
{
    (void)arg;
    while (pause() < 0)
        ;
    return 0;
}

/* What an ordinary user's function runs as, and the ids outside. */
struct mapped {
    int (*main)(void *arg);
    void *arg;
    uid_t uid;
    gid_t gid;
};

static int map_and_run(void *arg)
{
    const struct mapped *m = arg;
    char line[32];

    if (!write_text("/proc/self/setgroups", "deny"))
        return 98;
    snprintf(line, sizeof(line), "0 %u 1", m->gid);
    if (!write_text("/proc/self/gid_map", line))
        return 98;
    snprintf(line, sizeof(line), "0 %u 1", m->uid);
    if (!write_text("/proc/self/uid_map", line))
        return 98;
    return m->main(m->arg);
}

int run_in(uint64_t flags, int (*main)(void *arg), void *arg)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;
    struct mapped mapped = { main, arg, geteuid(), getegid() };
    int result = geteuid() == 0
                     ? barco_process_spawn(&child, flags, main, arg)
                     : barco_process_spawn(&child, flags | CLONE_NEWUSER,
                                           map_and_run, &mapped);

    return result < 0 ? result : barco_process_wait(&child);
}

const char *read_text(const char *path, char *buf, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, buf, size - 1);

    buf[n < 0 ? 0 : n] = '\0';
    if (fd >= 0)
        close(fd);
    return buf;
}
