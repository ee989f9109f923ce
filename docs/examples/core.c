/* An error that says what failed and where, and a descriptor that is closed. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"

static int first_byte(const char *path)
{
    BARCO_CLEANUP(barco_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char byte;

    if (fd < 0)
        return BARCO_FAIL(open, "\"%s\"", path);
    return read(fd, &byte, 1) == 1 ? byte : BARCO_FAIL(read, "\"%s\"", path);
}

int main(void)
{
    barco_log.explain = true;
    BARCO_EXPLAIN("a program for Linux begins with 0x7f and ELF", "read()");
    printf("%#x\n", (unsigned)first_byte("/proc/self/exe"));
    printf("%d\n", first_byte("/no/such/file"));
}
