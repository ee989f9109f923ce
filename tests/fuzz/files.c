/**
 * @file
 * @brief Puts a memfd in place of a file.
 *
 * BUILD.bazel has the linker put the functions with __wrap_ in place of those
 * that the library calls.
 */
#include "tests/fuzz/files.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

static struct {
    const char *path, *text;
    size_t size;
} files[8];
static size_t count;

void files_put(const char *path, const char *text, size_t size)
{
    MUST(count < sizeof(files) / sizeof(files[0]));
    files[count].path = path;
    files[count].text = text;
    files[count++].size = size;
}

void files_forget(void)
{
    count = 0;
}

static bool fits(const char *pattern, const char *path)
{
    size_t length = strcspn(pattern, "*");

    return pattern[length] ? strncmp(path, pattern, length) == 0
                           : strcmp(path, pattern) == 0;
}

/* A descriptor of a regular file with the text; -1 if there is none for this
 * path, -2 and errno if it is to be written. */
static int open_text(const char *path, int flags)
{
    for (size_t i = 0; i < count; i++)
        if (fits(files[i].path, path)) {
            int fd;

            errno = EROFS;
            if ((flags & O_ACCMODE) != O_RDONLY)
                return -2;
            fd = memfd_create("input", MFD_CLOEXEC);
            MUST(fd >= 0);
            MUST(pwrite(fd, files[i].text, files[i].size, 0) ==
                 (ssize_t)files[i].size);
            return fd;
        }
    return -1;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__real_setmntent(const char *path, const char *mode);
FILE *__wrap_setmntent(const char *path, const char *mode);

int __wrap_open(const char *path, int flags, ...)
{
    int fd = open_text(path, flags), mode;
    va_list ap;

    va_start(ap, flags);
    mode = va_arg(ap, int);
    va_end(ap);
    if (fd == -2)
        return -1;
    return fd >= 0 ? fd : __real_open(path, flags, mode);
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
    int fd = open_text(path, O_RDONLY);

    return fd >= 0 ? fdopen(fd, mode) : __real_fopen(path, mode);
}

FILE *__wrap_setmntent(const char *path, const char *mode)
{
    int fd = open_text(path, O_RDONLY);

    return fd >= 0 ? fdopen(fd, mode) : __real_setmntent(path, mode);
}
