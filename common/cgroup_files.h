/**
 * @file
 * @brief The files of a cgroup: what the sources of this module share.
 */
#ifndef BARCO_COMMON_CGROUP_FILES_H
#define BARCO_COMMON_CGROUP_FILES_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

/* The cgroup above one. */
void cgroup_files_parent(const char *path, char parent[PATH_MAX]);

/* Opens a file of a cgroup; the descriptor, or -1 with errno. */
int cgroup_files_open(const char *dir, const char *file, int flags);

/* What cgroup_files_write() could not do; errno says why. */
enum {
    CGROUP_FILES_NOT_OPENED = -1,
    CGROUP_FILES_NOT_WRITTEN = -2
};

/* Writes a file of a cgroup in one write(2); 0, or one of the above. */
int cgroup_files_write(const char *dir, const char *file, const char *text);

/* Reads a file of a cgroup; "" if it does not exist. */
void cgroup_files_read(const char *dir, const char *file, char *buf,
                       size_t size);

/* Bytes as people write them, exactly: 67108864 is "64M". */
void cgroup_files_size_text(uint64_t bytes, char *buf, size_t size);

#endif
