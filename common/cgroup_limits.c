/**
 * @file
 * @brief A limit is a file, and the file's name says which controller enforces
 * it.
 *
 *     memory.max     64M
 *     pids.max       20
 *     cpu.max        50000 100000      50 of every 100 ms
 */
#include "common/cgroup_limits.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barco/error.h"
#include "common/cgroup_files.h"

/* ---- Numbers ------------------------------------------------------------- */

enum {
    NUMBER = 32 /* bytes for one */
};

/* A value of 0 is not set, and has no text. */
static const char *count(uint64_t number, char text[NUMBER])
{
    if (number == BARCO_NO_LIMIT)
        return "max";
    snprintf(text, NUMBER, "%llu", (unsigned long long)number);
    return number > 0 ? text : NULL;
}

static const char *size(uint64_t bytes, char text[NUMBER])
{
    cgroup_files_size_text(bytes, text, NUMBER);
    return bytes > 0 ? text : NULL;
}

static const char *quota(uint64_t us, char text[NUMBER])
{
    char number[NUMBER];
    const char *first = count(us, number);

    if (first)
        snprintf(text, NUMBER, "%.20s 100000", first);
    return first ? text : NULL;
}

/* ---- Files --------------------------------------------------------------- */

//! [limits]
/* The limits as files; a limit that is not set has no value. */
struct settings {
    char numbers[5][NUMBER];
    struct barco_cgroup_file files[8];
};

static void describe(const struct barco_cgroup_limits *limits,
                     struct settings *s)
{
    const struct barco_cgroup_file files[] = {
        { "memory.max", size(limits->memory_max, s->numbers[0]) },
        /* Without this a container that is out of memory would swap to disk. */
        { "memory.swap.max", limits->memory_max ? "0" : NULL },
        { "memory.high", size(limits->memory_high, s->numbers[1]) },
        { "cpu.weight", count(limits->cpu_weight, s->numbers[2]) },
        { "cpu.max", quota(limits->cpu_quota_us, s->numbers[3]) },
        { "pids.max", count(limits->pids_max, s->numbers[4]) },
        { "io.max", limits->io_max },
        { "io.weight", limits->io_weight },
    };

    memcpy(s->files, files, sizeof(files));
}
//! [limits]

/* For --explain. */
static const char *reason(const char *file)
{
    static const char *const reasons[][2] = {
        { "memory.max",
          "when the container needs more, the kernel kills one of "
          "its processes" },
        { "memory.swap.max", "or it would swap to disk instead" },
        { "memory.high", "above this the kernel slows it down and takes memory "
                         "back" },
        { "cpu.weight", "its share of processor time while others want some" },
        { "cpu.max", "processor time in each period, even on an idle machine" },
        { "pids.max", "the fork bomb stops here: clone fails with EAGAIN" },
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (strcmp(file, reasons[i][0]) == 0)
            return reasons[i][1];
    return "a limit for all processes in the cgroup together";
}

static int write_line(const char *dir, const char *file, const char *value)
{
    int result;

    BARCO_INFO("setting %s to %s...", file, value);
    BARCO_EXPLAIN(reason(file), "write(\"%s\", \"%s\")", file, value);
    result = cgroup_files_write(dir, file, value);
    if (result == 0)
        return 0;
    if (errno == ENOENT && strcmp(file, "memory.swap.max") == 0)
        return 0; /* a kernel without swap */
    if (result == CGROUP_FILES_NOT_OPENED)
        return BARCO_FAIL(open, "\"%s/%s\", O_WRONLY", dir, file);
    return BARCO_FAIL(write, "\"%s/%s\", \"%s\"", dir, file, value);
}

/* The kernel accepts the limits of one disk at a time, so each line is a
 * separate write. */
static int write_limit(const char *dir, const char *file, const char *value)
{
    const char *rest = value;
    int result;

    while (*rest) {
        size_t length = strcspn(rest, "\n");
        char *line = strndup(rest, length);

        if (!line)
            return BARCO_FAIL(strndup, "%zu", length);
        result = write_line(dir, file, line);
        free(line);
        if (result < 0)
            return result;
        rest += length + (rest[length] == '\n');
    }
    return 0;
}

/* The host's root reserves huge pages, of 2 MB or 1 GB, for programs of the
 * host. There is a file for each size. */
static int set_no_huge_pages(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    int result = 0;

    if (!dir)
        return BARCO_FAIL(opendir, "\"%s\"", path);
    while (result == 0 && (entry = readdir(dir)))
        if (fnmatch("hugetlb.*.max", entry->d_name, 0) == 0)
            result = write_limit(path, entry->d_name, "0");
    closedir(dir);
    return result;
}

static int set_file(const char *dir, const struct barco_cgroup_file *file)
{
    if (strchr(file->name, '/')) {
        errno = EINVAL;
        return BARCO_FAIL(open, "\"%s\"", file->name);
    }
    return write_limit(dir, file->name, file->value);
}

int cgroup_limits_set(const struct barco_cgroup_limits *limits, const char *dir)
{
    struct settings s;
    int result;

    describe(limits, &s);
    for (size_t i = 0; i < sizeof(s.files) / sizeof(s.files[0]); i++)
        if (s.files[i].value && (result = set_file(dir, &s.files[i])) < 0)
            return result;
    if (limits->no_huge_pages && (result = set_no_huge_pages(dir)) < 0)
        return result;
    for (size_t i = 0; i < limits->file_count; i++)
        if ((result = set_file(dir, &limits->files[i])) < 0)
            return result;
    return 0;
}

/* ---- Controllers --------------------------------------------------------- */

/* Adds the part of a file's name before the first dot. Files that begin with
 * "cgroup." belong to no controller. */
static void add_controller(char list[CGROUP_TREE_WORDS], const char *file)
{
    size_t used = strlen(list);

    if (strncmp(file, "cgroup.", 7) != 0)
        snprintf(list + used, CGROUP_TREE_WORDS - used, "%s%.*s",
                 used > 0 ? " " : "", (int)strcspn(file, "."), file);
}

void cgroup_limits_controllers(const struct barco_cgroup_limits *limits,
                               const char *parent, char list[CGROUP_TREE_WORDS])
{
    struct settings s;

    describe(limits, &s);
    list[0] = '\0';
    for (size_t i = 0; i < sizeof(s.files) / sizeof(s.files[0]); i++)
        if (s.files[i].value)
            add_controller(list, s.files[i].name);
    /* Only if it is available: root can enable it, an ordinary user has it only
     * if it was delegated. */
    if (limits->no_huge_pages && cgroup_tree_has(parent, "hugetlb"))
        add_controller(list, "hugetlb.");
    for (size_t i = 0; i < limits->file_count; i++)
        add_controller(list, limits->files[i].name);
}
