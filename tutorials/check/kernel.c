/**
 * @file
 * @brief What the kernel says of a process: /proc, and its cgroup.
 */
#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tutorials/check/inside.h"

bool eventually(bool (*holds)(void *arg), void *arg)
{
    static const struct timespec pause = { .tv_nsec = 20000000 };
    time_t deadline = time(NULL) + patience;

    while (!holds(arg)) {
        if (time(NULL) > deadline)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

/* Reads the beginning of a file. @return its length; 0 if it cannot be read */
static size_t read_file(const char *path, char *buf, size_t size)
{
    size_t length = 0;
    FILE *file = fopen(path, "re");

    if (file) {
        length = fread(buf, 1, size - 1, file);
        fclose(file);
    }
    if (length > 0 && buf[length - 1] == '\n')
        length--;
    buf[length] = '\0';
    return length;
}

const char *file_text(const char *format, ...)
{
    char path[PATH_MAX], buf[65536];
    va_list ap;

    va_start(ap, format);
    vsnprintf(path, sizeof(path), format, ap);
    va_end(ap);
    read_file(path, buf, sizeof(buf));
    return text("%s", buf);
}

/* The value of a line that begins with a key, and where it ends. */
static const char *find_value(const char *lines, const char *key,
                              size_t *length)
{
    const char *line = lines;

    while (strncmp(line, key, strlen(key)) != 0) {
        line = strchr(line, '\n');
        if (!line)
            return NULL;
        line++;
    }
    line += strlen(key);
    line += strspn(line, " \t");
    *length = strcspn(line, "\n");
    return line;
}

static const char *value_of(const char *lines, const char *key)
{
    size_t length = 0;
    const char *value = find_value(lines, key, &length);

    return value ? text("%.*s", (int)length, value) : "";
}

const char *status_of(pid_t pid, const char *field)
{
    return value_of(file_text("/proc/%d/status", pid), text("%s:", field));
}

const char *cgroup_file(pid_t pid, const char *file)
{
    return file_text("/sys/fs/cgroup%s/%s",
                     value_of(file_text("/proc/%d/cgroup", pid), "0::"), file);
}

const char *link_text(const char *format, ...)
{
    char path[PATH_MAX], target[PATH_MAX] = "";
    va_list ap;

    va_start(ap, format);
    vsnprintf(path, sizeof(path), format, ap);
    va_end(ap);
    return readlink(path, target, sizeof(target) - 1) < 0 ? ""
                                                          : text("%s", target);
}

const char *namespace_of(pid_t pid, const char *kind)
{
    return link_text("/proc/%d/ns/%s", pid, kind);
}

/* The kernel lists them in order of their numbers. */
const char *descriptors_of(pid_t pid)
{
    const struct dirent *entry;
    const char *list = "";
    DIR *descriptors = opendir(text("/proc/%d/fd", pid));

    while (descriptors && (entry = readdir(descriptors)))
        if (entry->d_name[0] != '.')
            list = text("%s%s%s", list, *list ? " " : "", entry->d_name);
    if (descriptors)
        closedir(descriptors);
    return list;
}

const char *mount_of(pid_t pid, const char *point)
{
    const char *found = "";
    char *rest = (char *)file_text("/proc/%d/mountinfo", pid), *line;
    char place[4096];

    while ((line = strsep(&rest, "\n")))
        if (sscanf(line, "%*s %*s %*s %*s %4095s", place) == 1 &&
            strcmp(place, point) == 0)
            found = line;
    return found;
}

/* ---- Processes below another one ----------------------------------------- */

/* Asked for every process, again and again, so it makes no text. */
static pid_t parent_of(pid_t pid)
{
    char path[64], status[4096];
    const char *value;
    size_t length;

    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    read_file(path, status, sizeof(status));
    value = find_value(status, "PPid:", &length);
    return value ? (pid_t)atol(value) : 0;
}

static bool is_below(pid_t pid, pid_t ancestor)
{
    do
        pid = parent_of(pid);
    while (pid > 1 && pid != ancestor);
    return pid == ancestor;
}

/* Asks about each process that is below another one, until the answer is yes.
 */
static pid_t each_below(pid_t ancestor, bool (*asked)(pid_t pid, void *arg),
                        void *arg)
{
    const struct dirent *entry;
    DIR *proc = opendir("/proc");
    pid_t found = 0;

    if (!proc)
        abort();
    while (!found && (entry = readdir(proc))) {
        pid_t pid = (pid_t)atol(entry->d_name);

        if (pid > 0 && is_below(pid, ancestor) && asked(pid, arg))
            found = pid;
    }
    closedir(proc);
    return found;
}

static bool count(pid_t pid, void *counter)
{
    (void)pid;
    ++*(int *)counter;
    return false;
}

int count_below(pid_t pid)
{
    int processes = 0;

    each_below(pid, count, &processes);
    return processes;
}

static bool count_zombie(pid_t pid, void *counter)
{
    *(int *)counter += *status_of(pid, "State") == 'Z';
    return false;
}

int zombies_below(pid_t pid)
{
    int zombies = 0;

    each_below(pid, count_zombie, &zombies);
    return zombies;
}

struct wanted {
    pid_t parent, pid;
    const char *comm;
};

static bool is_called(pid_t pid, void *comm)
{
    char path[64], name[64];

    snprintf(path, sizeof(path), "/proc/%d/comm", pid);
    read_file(path, name, sizeof(name));
    return strcmp(name, comm) == 0;
}

static bool has_ended(pid_t pid)
{
    const char *state = status_of(pid, "State");

    return *state == '\0' || *state == 'Z';
}

/* There, or never to come. */
static bool is_there(void *arg)
{
    struct wanted *wanted = arg;

    wanted->pid =
        is_called(wanted->parent, (void *)wanted->comm)
            ? wanted->parent
            : each_below(wanted->parent, is_called, (void *)wanted->comm);
    /* A process has its new name a moment before its new capabilities, but does
       not sleep in between. */
    return (wanted->pid > 0 && *status_of(wanted->pid, "State") == 'S') ||
           has_ended(wanted->parent);
}

pid_t find_in(pid_t parent, const char *comm)
{
    struct wanted wanted = { .parent = parent, .comm = comm };

    eventually(is_there, &wanted);
    expect(wanted.pid > 0, text("the program runs %s", comm), "there is no %s",
           comm);
    return wanted.pid;
}
