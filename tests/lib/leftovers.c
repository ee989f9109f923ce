/**
 * @file
 * @brief Counts what a container may leave behind, as the kernel shows it.
 */
#include "tests/lib/leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/run.h"

/* Kernel threads come and go, and have no command line. */
static bool is_user_process(const char *name)
{
    char path[280], text[2];

    if (name[0] < '0' || name[0] > '9')
        return false;
    snprintf(path, sizeof(path), "/proc/%s/stat", name);
    if (!*read_text(path, text, sizeof(text)))
        return false;
    snprintf(path, sizeof(path), "/proc/%s/cmdline", name);
    return *read_text(path, text, sizeof(text)) != '\0';
}

static int count_entries(const char *path, bool (*counts)(const char *name))
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    int count = 0;

    while (dir && (entry = readdir(dir)))
        count += !counts || counts(entry->d_name);
    if (dir)
        closedir(dir);
    return count;
}

static int count_lines(const char *path)
{
    FILE *file = fopen(path, "re");
    int c, lines = 0;

    while (file && (c = getc(file)) != EOF)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

/* A cgroup has dozens of files, so this looks only at what is a directory. */
static int count_directories(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    char below[PATH_MAX];
    int count = 1;

    while (dir && (entry = readdir(dir)))
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
            snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) <
                (int)sizeof(below))
            count += count_directories(below);
    if (dir)
        closedir(dir);
    return count;
}

/* Instances of inotify(7), in all processes that we may look into. */
static int count_watchers(void)
{
    DIR *proc = opendir("/proc"), *fds;
    const struct dirent *process, *fd;
    char path[600], link[32];
    int count = 0;

    while (proc && (process = readdir(proc))) {
        snprintf(path, sizeof(path), "/proc/%s/fd", process->d_name);
        fds = *process->d_name >= '0' && *process->d_name <= '9' ? opendir(path)
                                                                 : NULL;
        while (fds && (fd = readdir(fds)))
            count +=
                readlinkat(dirfd(fds), fd->d_name, link, sizeof(link)) == 18 &&
                memcmp(link, "anon_inode:inotify", 18) == 0;
        if (fds)
            closedir(fds);
    }
    if (proc)
        closedir(proc);
    return count;
}

void read_controllers(char *text, size_t size)
{
    char own[PATH_MAX], path[PATH_MAX + 64], part[256], *slash;

    text[0] = '\0';
    read_text("/proc/self/cgroup", own, sizeof(own));
    own[strcspn(own, "\n")] = '\0';
    while ((slash = strrchr(own + 3, '/'))) {
        *slash = '\0';
        snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cgroup.subtree_control",
                 own + 3);
        read_text(path, part, sizeof(part));
        part[strcspn(part, "\n")] = '\0';
        snprintf(text + strlen(text), size - strlen(text), "%s: %s\n", path,
                 part);
    }
}

/* Whether a list of words has one, up to the end of the line. */
static bool has_word(const char *line, const char *word, size_t length)
{
    const char *end = line + strcspn(line, "\n");

    for (const char *at = line; at < end; at += strcspn(at, " \n") + 1)
        if (strncmp(at, word, length) == 0 && strchr(" \n", at[length]))
            return true;
    return false;
}

/* Whether each word of a line is in another one, or may be missing from it. */
static bool is_within(const char *line, const char *other, const char *but)
{
    const char *end = line + strcspn(line, "\n");

    for (const char *at = line; at < end; at += strcspn(at, " \n") + 1)
        if (!has_word(other, at, strcspn(at, " \n")) &&
            !has_word(but, at, strcspn(at, " \n")))
            return false;
    return true;
}

bool controllers_changed(const char *before, const char *after,
                         const char *asked_for)
{
    while (*before && *after) { /* a line for each ancestor, up to the root */
        if (!is_within(before, after, "") ||
            !is_within(after, before, asked_for))
            return true;
        before += strcspn(before, "\n") + 1;
        after += strcspn(after, "\n") + 1;
    }
    return *before || *after;
}

static struct termios terminal_settings(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios settings = { 0 };

    if (fd < 0)
        return settings;
    tcgetattr(fd, &settings);
    close(fd);
    return settings;
}

struct leftovers count_leftovers(void)
{
    struct leftovers now = {
        .processes = count_entries("/proc", is_user_process),
        .mounts = count_lines("/proc/self/mountinfo"),
        .files = count_entries("/tmp", NULL),
        .cgroups = count_directories("/sys/fs/cgroup"),
        .descriptors = count_entries("/proc/self/fd", NULL),
        .watchers = count_watchers(),
        .terminal = terminal_settings(),
    };

    read_controllers(now.controllers, sizeof(now.controllers));
    return now;
}

static bool same(const void *a, const void *b, size_t size)
{
    return memcmp(a, b, size) == 0;
}

const char *left_between(const struct leftovers *before,
                         const struct leftovers *now)
{
    if (now->processes > before->processes)
        return "processes";
    if (now->mounts > before->mounts)
        return "mounts";
    if (now->files > before->files)
        return "files";
    if (now->cgroups > before->cgroups)
        return "cgroups";
    if (now->descriptors > before->descriptors)
        return "descriptors";
    if (now->watchers > before->watchers)
        return "watchers";
    if (controllers_changed(before->controllers, now->controllers,
                            "cpu memory pids hugetlb io"))
        return "controllers";
    if (!same(&now->terminal, &before->terminal, sizeof(now->terminal)))
        return "settings of the terminal";
    return NULL;
}

static bool nothing_is_left(const void *before)
{
    const struct leftovers now = count_leftovers();

    return !left_between(before, &now);
}

bool nothing_left_since(struct leftovers before)
{
    struct leftovers now;

    if (eventually(nothing_is_left, &before))
        return true;
    now = count_leftovers();
    printf("\nleft behind: %s\n", left_between(&before, &now));
    return false;
}
