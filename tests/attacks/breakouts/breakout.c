/**
 * @file
 * @brief The program that all break-outs are in, and what they share.
 */
#include "tests/attacks/breakouts/breakout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The linker puts the pointers of all files side by side. */
extern const struct breakout *const __start_breakouts[];
extern const struct breakout *const __stop_breakouts[];

int stopped(const char *call)
{
    printf("stopped: %s: %s\n", call, strerror(errno));
    return 1;
}

int show_fd(int fd, const char *what)
{
    char text[4096];
    ssize_t n = read(fd, text, sizeof(text));

    if (n < 0)
        return stopped(what);
    fwrite(text, 1, (size_t)n, stdout);
    fflush(stdout);
    return 0;
}

int show(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return stopped(path);
    result = show_fd(fd, path);
    close(fd);
    return result;
}

int readable(const char *path)
{
    char c;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, &c, 1);

    if (fd >= 0)
        close(fd);
    return n == 1;
}

int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    int err = errno;

    if (fd >= 0)
        close(fd);
    errno = err;
    return n < 0 ? -1 : 0;
}

const char *disk_of_host(void)
{
    return access("/sys/class/block/vda", F_OK) == 0 ? "vda" : "sda";
}

int linger(void)
{
    prctl(PR_SET_NAME, "escaped");
    fflush(stdout);
    sleep(20); /* run-matrix ends us before */
    return 0;
}

int parent(void)
{
    char line[256];
    int pid = 0;
    FILE *status = fopen("/proc/self/status", "re");

    while (status && fgets(line, sizeof(line), status))
        if (sscanf(line, "PPid: %d", &pid) == 1)
            break;
    if (status)
        fclose(status);
    return pid;
}

const char *root_on_host(void)
{
    static char root[1024];
    char line[4096], at[1024];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && fgets(line, sizeof(line), mounts))
        if (sscanf(line, "%*s %*s %*s %1023s %1023s", root, at) == 2 &&
            strcmp(at, "/") == 0)
            break;
    if (mounts)
        fclose(mounts);
    return strcmp(root, "/") == 0 ? "" : root;
}

/* The command line of the lab's kernel says where it runs; no other one
 * does. */
static int in_lab(void)
{
    char text[4096] = "";
    int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

    if (fd >= 0)
        close(fd);
    return n > 0 && strstr(text, " barco.lab");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!in_lab()) {
        fputs("breakout: this does harm, so it runs only in the lab\n", stderr);
        return 1;
    }
    /* Not a break-out, but something for run-matrix to look at. */
    while (argc > 1 && strcmp(argv[1], "stay") == 0)
        linger();
    for (const struct breakout *const *b = __start_breakouts;
         argc > 1 && b < __stop_breakouts; b++) {
        if (strcmp((*b)->name, argv[1]) == 0) {
            /* Without this line run-matrix believes no result. */
            printf("%s begins\n", argv[1]);
            return (*b)->run(argv + 2);
        }
    }
    fputs("breakout: there is no such break-out\n", stderr);
    return 2;
}
