/**
 * @file
 * @brief Files of the host are read with suspicion: whole fields, bounded.
 *
 * They are few and small, and root wrote them. But a misread line would give a
 * container somebody else's ids, and a start that hangs on a file would have to
 * be killed. So a pipe is refused, reading stops after a limit, and a number is
 * digits from its first byte to its last.
 */
#include "common/userns_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "barco/cleanup.h"
#include "barco/error.h"

enum {
    MOST_BYTES = 4 << 20 /* a hundred thousand users */
};

/* Reads a file into memory that grows with it. 0, or a negative errno,
 * reported. */
static int read_whole(int fd, const char *path, struct userns_lines *lines)
{
    size_t size = 0, length = 0;
    ssize_t n;

    do {
        if (length + 1 >= size) {
            char *larger;

            size = size ? 2 * size : 1024;
            larger = realloc(lines->text, size);
            if (!larger)
                return BARCO_FAIL(realloc, "%zu", size);
            lines->text = larger;
        }
        n = read(fd, lines->text + length, size - length - 1);
        if (n < 0)
            return BARCO_FAIL(read, "\"%s\"", path);
        length += (size_t)n;
    } while (n > 0 && length <= MOST_BYTES);
    if (n > 0) {
        errno = EFBIG;
        return BARCO_FAIL(read, "\"%s\"", path);
    }
    lines->next = lines->text;
    lines->end = lines->text + length;
    *lines->end = '\0';
    return 0;
}

int userns_lines_read(struct userns_lines *lines, const char *path)
{
    /* O_NONBLOCK, because a pipe without a writer would hang us here. */
    BARCO_CLEANUP(barco_close)
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    int result;

    *lines = (struct userns_lines){ 0 };
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        return BARCO_FAIL(open, "\"%s\"", path);
    if (!S_ISREG(st.st_mode)) {
        errno = EINVAL;
        return BARCO_FAIL(read, "\"%s\"", path);
    }
    result = read_whole(fd, path, lines);
    if (result < 0)
        userns_lines_free(lines);
    return result;
}

char *userns_lines_next(struct userns_lines *lines)
{
    char *line = lines->next, *newline;

    if (line == lines->end)
        return NULL;
    newline = memchr(line, '\n', (size_t)(lines->end - line));
    lines->next = newline ? newline + 1 : lines->end;
    if (newline)
        *newline = '\0';
    return line;
}

void userns_lines_free(struct userns_lines *lines)
{
    free(lines->text);
    *lines = (struct userns_lines){ 0 };
}

char *userns_lines_field(char **line)
{
    static char none[] = "";
    char *field = strsep(line, ":");

    return field ? field : none;
}

bool userns_lines_id(const char *text, unsigned *id)
{
    const char *problem = NULL;

    /* strtonum() would accept blanks and a sign before the digits. */
    if (!*text || text[strspn(text, "0123456789")])
        return false;
    *id = (unsigned)strtonum(text, 0, UINT_MAX - 1, &problem);
    return !problem;
}

bool userns_lines_range(const char *first, const char *count,
                        struct barco_id_range *range)
{
    return userns_lines_id(first, &range->outside) &&
           userns_lines_id(count, &range->count) && range->count > 0 &&
           range->count <= UINT_MAX - range->outside;
}
