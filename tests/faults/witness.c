/**
 * @file
 * @brief The command of a container in the sweep: it writes what it has.
 *
 * Usage: witness NAMESPACE..., what the host's links in /proc/self/ns say.
 *
 * Each layer of a container shows in what it prints. A line does not depend on
 * the run, so two runs with the same layers print the same.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Those lines of a file that begin with one of these words, or all. */
static void put_lines(const char *path, const char *const *words)
{
    char line[4096];
    FILE *file = fopen(path, "re");

    printf("%s%s\n", path, file ? "" : ": cannot be read");
    while (file && fgets(line, sizeof(line), file)) {
        bool wanted = !words;

        for (size_t i = 0; words && words[i]; i++)
            wanted = wanted || strncmp(line, words[i], strlen(words[i])) == 0;
        if (wanted)
            fputs(line, stdout);
    }
    if (file)
        fclose(file);
}

/* The ids inside; those outside are others in each run. */
static void put_ids(const char *path)
{
    unsigned inside, count;
    FILE *file = fopen(path, "re");

    printf("%s", path);
    while (file && fscanf(file, "%u %*u %u", &inside, &count) == 2)
        printf(" %u, %u", inside, count);
    printf("\n");
    if (file)
        fclose(file);
}

/* Where each mount is and what it is: the numbers are new in each run. */
static void put_mounts(void)
{
    char line[4096], root[1024], place[1024], options[256], type[64];
    FILE *file = fopen("/proc/self/mountinfo", "re");

    while (file && fgets(line, sizeof(line), file)) {
        const char *end = strstr(line, " - ");

        if (end &&
            sscanf(line, "%*d %*d %*s %1023s %1023s %255s", root, place,
                   options) == 3 &&
            sscanf(end, " - %63s", type) == 1)
            printf("mount %s %s %s%s\n", place, options, type,
                   strstr(line, "shared:") ? " shared" : "");
    }
    if (file)
        fclose(file);
}

static bool is_hosts(const char *namespace, char **of_host)
{
    char path[64], link[64];
    ssize_t length;

    snprintf(path, sizeof(path), "/proc/self/ns/%s", namespace);
    length = readlink(path, link, sizeof(link) - 1);
    link[length < 0 ? 0 : length] = '\0';
    for (char **host = of_host; *host; host++)
        if (strcmp(*host, link) == 0)
            return true;
    return false;
}

static void put_namespaces(char **of_host)
{
    static const char *const names[] = { "cgroup", "ipc",  "mnt", "net",
                                         "pid",    "user", "uts" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        printf("namespace %s: %s\n", names[i],
               is_hosts(names[i], of_host) ? "the host's" : "its own");
}

/* The host's numbers are others in each run. A process group or session that
 * began outside is 0 here. */
static void put_pids(char **of_host)
{
    if (!is_hosts("pid", of_host))
        printf("pid %d of %d, group %d, session %d\n", getpid(), getppid(),
               getpgrp(), getsid(0));
}

static void put_names(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);

    printf("%s:", path);
    for (int i = 0; i < count; i++)
        printf(" %s", entries[i]->d_name);
    printf("\n");
}

/* The files of our cgroup, which is the root of what we see. */
static void put_limits(void)
{
    static const char *const files[] = { "cpu.max",         "cpu.weight",
                                         "memory.max",      "memory.high",
                                         "memory.swap.max", "pids.max" };
    char path[128];

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        snprintf(path, sizeof(path), "/sys/fs/cgroup/%s", files[i]);
        if (access(path, F_OK) == 0)
            put_lines(path, NULL);
    }
}

int main(int argc, char *argv[])
{
    static const char *const status[] = { "Umask",  "Uid",        "Gid",
                                          "Groups", "SigBlk",     "SigIgn",
                                          "Cap",    "NoNewPrivs", "Seccomp",
                                          NULL };
    extern char **environ;
    char name[128] = "", dir[1024] = "";

    (void)argc;
    put_lines("/proc/self/status", status);
    put_lines("/proc/self/limits", NULL);
    put_ids("/proc/self/uid_map");
    put_ids("/proc/self/gid_map");
    put_lines("/proc/self/setgroups", NULL);
    put_lines("/proc/self/oom_score_adj", NULL);
    put_namespaces(argv + 1);
    put_pids(argv + 1);
    put_mounts();
    put_limits();
    put_names("/proc/self/fd");
    put_names("/dev");
    put_names("/sys/class/net");
    gethostname(name, sizeof(name) - 1);
    printf("name %s, directory %s\n", name,
           getcwd(dir, sizeof(dir)) ? dir : "?");
    for (char **variable = environ; *variable; variable++)
        puts(*variable);
    return fflush(stdout) == 0 ? 7 : 1;
}
