/**
 * @file
 * @brief Reads and writes the files of a cgroup.
 */
#include "common/cgroup_files.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "barco/cgroup.h"
#include "barco/cleanup.h"

void cgroup_files_parent(const char *path, char parent[PATH_MAX])
{
    snprintf(parent, PATH_MAX, "%s", path);
    *strrchr(parent, '/') = '\0';
}

int cgroup_files_open(const char *dir, const char *file, int flags)
{
    BARCO_CLEANUP(barco_free) char *path = NULL;

    if (asprintf(&path, "%s/%s", dir, file) < 0)
        return -1;
    return open(path, flags | O_CLOEXEC);
}

int cgroup_files_write(const char *dir, const char *file, const char *text)
{
    BARCO_CLEANUP(barco_close) int fd = cgroup_files_open(dir, file, O_WRONLY);

    if (fd < 0)
        return CGROUP_FILES_NOT_OPENED;
    return write(fd, text, strlen(text)) < 0 ? CGROUP_FILES_NOT_WRITTEN : 0;
}

void cgroup_files_read(const char *dir, const char *file, char *buf,
                       size_t size)
{
    BARCO_CLEANUP(barco_close) int fd = cgroup_files_open(dir, file, O_RDONLY);
    ssize_t length = fd < 0 ? 0 : read(fd, buf, size - 1);

    buf[length < 0 ? 0 : length] = '\0';
}

void cgroup_files_size_text(uint64_t bytes, char *buf, size_t size)
{
    static const char *const units[] = { "", "K", "M", "G", "T", "P", "E" };
    size_t unit = 0;

    if (bytes == BARCO_NO_LIMIT) {
        snprintf(buf, size, "max");
        return;
    }
    for (; bytes > 0 && bytes % 1024 == 0; bytes /= 1024)
        unit++;
    snprintf(buf, size, "%llu%s", (unsigned long long)bytes, units[unit]);
}
