/* A file system that cannot be made, and the kernel's own words about it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

int main(void)
{
    int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
    char text[256];
    ssize_t length;

    if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "size", "lots", 0) == 0)
        return 1;
    printf("fsconfig: %s\n", strerror(errno));
    while ((length = read(fs, text, sizeof(text))) > 0)
        printf("kernel:   %.*s", (int)length, text);
    printf("read:     %s\n", strerrorname_np(errno));
    close(fs);
}
