/**
 * @file
 * @brief Run COMMAND in a cgroup that has at most MIB mebibytes of memory:
 *
 *     one_name MIB COMMAND [ARG...]
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(125);
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

/* Makes a cgroup beside our own, below our parent, which hands the memory
   controller down to it. */
static void make_cgroup(char path[PATH_MAX])
{
    char line[PATH_MAX / 2] = "", parent[PATH_MAX];
    FILE *file = fopen("/proc/self/cgroup", "re");

    if (!file || !fgets(line, sizeof(line), file))
        fail("/proc/self/cgroup");
    fclose(file);
    *strrchr(line, '/') = '\0';
    /* A line of cgroup v2 begins with "0::". */
    snprintf(parent, sizeof(parent), "/sys/fs/cgroup%s", line + 3);
    write_file(parent, "cgroup.subtree_control", "+memory");
    snprintf(path, PATH_MAX, "/sys/fs/cgroup%s/limited", line + 3);
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        fail(path);
}

static void limit_memory(const char *path, const char *mib)
{
    char value[32];

    snprintf(value, sizeof(value), "%sM", mib);
    write_file(path, "memory.max", value);
}

int main(int argc, char **argv)
{
    char path[PATH_MAX];
    int status = 0;
    pid_t pid;

    if (argc < 3) {
        fprintf(stderr, "Usage: one_name MIB COMMAND [ARG...]\n");
        return 125;
    }
    make_cgroup(path);
    pid = fork();
    if (pid == 0) {
        limit_memory(path, argv[1]);
        /* 0 is the process that writes it, which has started nothing yet. */
        write_file(path, "cgroup.procs", "0");
        execvp(argv[2], argv + 2);
        fail(argv[2]);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        fail("start the command");
    rmdir(path);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
