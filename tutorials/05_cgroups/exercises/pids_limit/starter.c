/**
 * @file
 * @brief Run COMMAND in a cgroup of its own, with at most LIMIT processes:
 *
 *     pids_limit LIMIT COMMAND [ARG...]
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(125);
}

/* A cgroup beside our own, by a name that no other process chooses: the kernel
   lets no cgroup that has processes hand controllers down. */
static void choose_path(char path[PATH_MAX])
{
    char line[PATH_MAX] = "";
    FILE *file = fopen("/proc/self/cgroup", "re");

    if (!file || !fgets(line, sizeof(line), file))
        fail("/proc/self/cgroup");
    fclose(file);
    *strrchr(line, '/') = '\0';
    /* A line of cgroup v2 begins with "0::". */
    snprintf(path, PATH_MAX, "/sys/fs/cgroup%s/limited-%d", line + 3, getpid());
}

static void write_file(const char *folder, const char *name, const char *value)
{
    char path[PATH_MAX + 32];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, value, strlen(value)) < 0)
        fail(path);
    close(fd);
}

/* Starts a child that is born in a cgroup.

   TODO: it is born in ours. clone3(2) can start it in another one: see
   CLONE_INTO_CGROUP, and the field `cgroup` of struct clone_args, which takes a
   descriptor of the cgroup's folder. */
static pid_t start_in(const char *path)
{
    struct clone_args args = { .exit_signal = SIGCHLD };

    (void)path;
    return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

int main(int argc, char **argv)
{
    char path[PATH_MAX];
    int status = 0;
    pid_t pid;

    if (argc < 3) {
        fprintf(stderr, "Usage: pids_limit LIMIT COMMAND [ARG...]\n");
        return 125;
    }
    choose_path(path);
    /* TODO: make the cgroup, and write LIMIT to its file pids.max. */
    pid = start_in(path);
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        fail(argv[2]);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        fail("start the command");
    /* TODO: remove the cgroup. */
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
