/* Without the system calls that make a directory. */
#include <stdio.h>
#include <sys/stat.h>

#include "barco/seccomp.h"

int main(void)
{
    const struct barco_seccomp seccomp = {
        .mode = BARCO_SECCOMP_PROFILE,
        .text = "{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [ {"
                "  \"names\": [ \"mkdir\", \"mkdirat\" ],"
                "  \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 1 } ] }",
    };
    struct barco_seccomp_filter filter = { 0 };

    if (barco_seccomp_prepare(&filter, &seccomp, 0) == 0 &&
        barco_seccomp_load(&filter) == 0 && mkdir("/tmp/new", 0700) < 0)
        perror("mkdir");
    barco_seccomp_free(&filter);
}
