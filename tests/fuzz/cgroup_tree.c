/**
 * @file
 * @brief What the kernel says of cgroups: cgroup_tree_find_parent(),
 * cgroup_tree_enable() and cgroup_report() with an input as
 * /proc/self/cgroup, /proc/self/mounts and every file of the tree.
 *
 * The kernel writes these, but names of cgroups and mounts are chosen by
 * others. The parent must be a path below the root, or a mistake that is
 * reported once, as a controller must be that cannot be enabled; and what is
 * logged can be shown on a terminal.
 */
#include "common/cgroup_tree.h"

#include <string.h>
#include <unistd.h>

#include "barco/log.h"
#include "common/cgroup_report.h"
#include "tests/fuzz/files.h"
#include "tests/fuzz/fuzz.h"

ssize_t __real_write(int fd, const void *text, size_t size);
ssize_t __wrap_write(int fd, const void *text, size_t size);

/* The log. */
ssize_t __wrap_write(int fd, const void *text, size_t size)
{
    char line[4096];

    if (fd != STDERR_FILENO)
        return __real_write(fd, text, size);
    MUST(size < sizeof(line));
    memcpy(line, text, size);
    line[size] = '\0';
    MUST(fuzz_is_printable(line));
    return (ssize_t)size;
}

int __wrap_faccessat(int dir, const char *path, int mode, int flags);

/* Our cgroup is ours, and the one above it is not. */
int __wrap_faccessat(int dir, const char *path, int mode, int flags)
{
    const char *last = strrchr(path, '/');

    (void)dir;
    (void)mode;
    (void)flags;
    return last && strcmp(last, "/..") == 0 ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    char parent[PATH_MAX];
    int result;

    files_put("/proc/self/cgroup", text, size);
    files_put("/proc/self/mounts", text, size);
    files_put("/tree*", text, size);

    fuzz_count_errors();
    result = cgroup_tree_find_parent("/tree", parent);
    MUST(fuzz_errors() == (result < 0));
    if (result >= 0) {
        MUST(memchr(parent, '\0', sizeof(parent)));
        MUST(!*parent || *parent == '/');
        MUST(!strchr(parent, '\n'));
    }

    fuzz_count_errors();
    result = cgroup_tree_enable("/tree", "/a/b", "memory pids");
    MUST(fuzz_errors() == (result < 0));

    barco_log.verbose = true;
    cgroup_report("/tree/a");
    files_forget();
    return 0;
}
