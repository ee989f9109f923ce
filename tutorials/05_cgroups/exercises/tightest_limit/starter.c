/**
 * @file
 * @brief Print the smallest limit that holds for a process: that of its cgroup,
 * or of one above it. FILE is pids.max, memory.max, or the like:
 *
 *     tightest_limit PID FILE
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char root[] = "/sys/fs/cgroup";

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* The folder of the cgroup that a process is in. */
static char *find_cgroup(const char *pid)
{
    char path[64], line[PATH_MAX] = "", *cgroup;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%s/cgroup", pid);
    file = fopen(path, "re");
    if (!file || !fgets(line, sizeof(line), file))
        fail(path);
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    /* A line of cgroup v2 begins with "0::". */
    if (asprintf(&cgroup, "%s%s", root, line + 3) < 0)
        fail("asprintf");
    return cgroup;
}

/* What a file of a cgroup says: digits, or "max", which is also said of a file
   that does not exist. */
static void read_limit(const char *cgroup, const char *name, char limit[32])
{
    char path[PATH_MAX + 32];
    FILE *file;

    snprintf(limit, 32, "max");
    snprintf(path, sizeof(path), "%s/%s", cgroup, name);
    file = fopen(path, "re");
    if (!file && errno != ENOENT)
        fail(path);
    if (file) {
        if (fscanf(file, "%31s", limit) != 1)
            fail(path);
        fclose(file);
    }
}

int main(int argc, char **argv)
{
    char *cgroup, limit[32];

    if (argc != 3) {
        fprintf(stderr, "Usage: tightest_limit PID FILE\n");
        return 1;
    }
    cgroup = find_cgroup(argv[1]);
    /* TODO: this is the limit of one cgroup. Those above it limit the process
       too, all the way up to `root`. Limits of memory are bytes, and need more
       than 32 bits. */
    read_limit(cgroup, argv[2], limit);
    printf("%s\n", limit);
    free(cgroup);
    return 0;
}
