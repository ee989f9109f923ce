/**
 * @file
 * @brief A limit is a file, and the file's name says which controller keeps it.
 *
 *     memory.max     67108864
 *     pids.max       20
 *     cpu.max        50000 100000      50 ms in each 100 ms
 */
#include "common/cgroup_limits.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "common/cgroup_files.h"

/* ---- Which controllers --------------------------------------------------- */

/* Adds what stands before the first dot of a file's name. The files of
 * "cgroup." belong to no controller. */
static void add(char controllers[CGROUP_TREE_WORDS], const char *file)
{
    size_t used = strlen(controllers);

    if (strncmp(file, "cgroup.", 7) != 0)
        snprintf(controllers + used, CGROUP_TREE_WORDS - used, "%s%.*s",
                 used > 0 ? " " : "", (int)strcspn(file, "."), file);
}

void cgroup_limits_controllers(const struct barco_cgroup_limits *limits,
                               const char *parent,
                               char controllers[CGROUP_TREE_WORDS])
{
    controllers[0] = '\0';
    if (limits->cpu_weight || limits->cpu_quota_us)
        add(controllers, "cpu");
    if (limits->memory_max || limits->memory_high)
        add(controllers, "memory");
    if (limits->pids_max)
        add(controllers, "pids");
    if (limits->io_max || limits->io_weight)
        add(controllers, "io");
    /* An ordinary user has it only where it was delegated, and then there are
     * none to be had. */
    if (limits->no_huge_pages && cgroup_tree_has(parent, "hugetlb"))
        add(controllers, "hugetlb");
    for (size_t i = 0; i < limits->file_count; i++)
        add(controllers, limits->files[i].name);
}

/* ---- Which files --------------------------------------------------------- */

//! [limits]
struct setting {
    const char *file, *value;
    bool wanted;
    bool optional; /* there are kernels without this file */
};

static int write_limit(const char *dir, const struct setting *setting)
{
    const char *file = setting->file, *value = setting->value;

    BARCO_INFO("setting %s to %s...", file, value);
    BARCO_EXPLAIN("a limit for all in the cgroup together",
                  "write(\"%s\", \"%s\")", file, value);
    if (cgroup_files_write(dir, file, value) == 0 ||
        (setting->optional && errno == ENOENT))
        return 0;
    return BARCO_FAIL(write, "\"%s/%s\", \"%s\"", dir, file, value);
}

/* The kernel takes the limits of one disk at a time, so each line of several
 * disks is a write of its own. */
static int write_lines(const char *dir, const struct setting *setting)
{
    const char *lines = setting->value;
    int result;

    while (*lines) {
        size_t length = strcspn(lines, "\n");
        BARCO_CLEANUP(barco_free) char *line = strndup(lines, length);
        struct setting one = *setting;

        if (!line)
            return BARCO_FAIL(strndup, "%zu", length);
        one.value = line;
        if ((result = write_limit(dir, &one)) < 0)
            return result;
        lines += length + (lines[length] == '\n');
    }
    return 0;
}

static int set_limits(const struct barco_cgroup_limits *limits, const char *dir)
{
    char memory[32], high[32], pids[32], weight[32], quota[48];
    const struct setting settings[] = {
        { "memory.max", memory, limits->memory_max, false },
        /* Without this a container that is out of memory continues on the
         * disk. A kernel without swap lacks the file. */
        { "memory.swap.max", "0", limits->memory_max, true },
        { "memory.high", high, limits->memory_high, false },
        { "cpu.weight", weight, limits->cpu_weight, false },
        { "cpu.max", quota, limits->cpu_quota_us, false },
        { "pids.max", pids, limits->pids_max, false },
        { "io.max", limits->io_max, limits->io_max, false },
        { "io.weight", limits->io_weight, limits->io_weight, false },
    };
    int result;

    cgroup_files_size_text(limits->memory_max, memory, sizeof(memory));
    cgroup_files_size_text(limits->memory_high, high, sizeof(high));
    cgroup_files_number_text(limits->pids_max, pids, sizeof(pids));
    cgroup_files_number_text(limits->cpu_weight, weight, sizeof(weight));
    cgroup_files_number_text(limits->cpu_quota_us, quota, sizeof(quota));
    strlcat(quota, " 100000", sizeof(quota));

    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        if (settings[i].wanted && (result = write_lines(dir, &settings[i])) < 0)
            return result;
    return 0;
}
//! [limits]

/* The host's root sets huge pages aside for programs of the host, and one is
 * 2 MB or 1 GB. There is a file for each size. */
static int set_no_huge_pages(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    int result = 0;

    if (!dir)
        return BARCO_FAIL(opendir, "\"%s\"", path);
    while (result == 0 && (entry = readdir(dir)))
        if (fnmatch("hugetlb.*.max", entry->d_name, 0) == 0)
            result = write_limit(
                path, &(struct setting){ entry->d_name, "0", true, false });
    closedir(dir);
    return result;
}

static int set_files(const struct barco_cgroup_file *files, size_t count,
                     const char *dir)
{
    int result;

    for (size_t i = 0; i < count; i++) {
        const struct setting setting = { files[i].name, files[i].value, true,
                                         false };

        if (strchr(files[i].name, '/')) {
            errno = EINVAL;
            return BARCO_FAIL(open, "\"%s\"", files[i].name);
        }
        if ((result = write_lines(dir, &setting)) < 0)
            return result;
    }
    return 0;
}

int cgroup_limits_set(const struct barco_cgroup_limits *limits, const char *dir)
{
    int result;

    if ((result = set_limits(limits, dir)) < 0)
        return result;
    if (limits->no_huge_pages && (result = set_no_huge_pages(dir)) < 0)
        return result;
    return set_files(limits->files, limits->file_count, dir);
}
