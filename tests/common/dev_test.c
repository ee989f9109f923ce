/**
 * @file
 * @brief /dev has what programs expect, and no disk.
 */
#include "barco/dev.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "barco/error.h"
#include "barco/mount.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

/* In a root directory of nothing but /dev, with the host's at hand. */
static int mount_dev(void)
{
    int host = open("/", O_PATH | O_CLOEXEC);

    umask(022);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("root", "/tmp", "tmpfs", 0, NULL) < 0 ||
        mkdir("/tmp/dev", 0755) < 0 || chroot("/tmp") < 0)
        return -errno;
    return barco_dev_mount(host);
}

static bool is_device(const char *path, unsigned major, unsigned minor)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISCHR(st.st_mode) &&
           st.st_rdev == makedev(major, minor);
}

static int look_at_devices(void *arg)
{
    char byte = 'x';
    int fd;

    (void)arg;
    if (mount_dev() < 0)
        return 1;
    if (!is_device("/dev/null", 1, 3) || !is_device("/dev/urandom", 1, 9) ||
        !is_device("/dev/tty", 5, 0) || !is_device("/dev/ptmx", 5, 2))
        return 2;
    fd = open("/dev/zero", O_RDWR | O_CLOEXEC);
    if (fd < 0 || read(fd, &byte, 1) != 1 || byte != 0)
        return 3;
    return posix_openpt(O_RDWR | O_NOCTTY) >= 0 ? 42 : 4;
}

static void the_devices_are_real_and_work(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS | CLONE_NEWIPC, look_at_devices, NULL),
                    42);
}

static int look_for_others(void *arg)
{
    static const char *const expected =
        " . .. null zero full random urandom tty fd stdin stdout stderr ptmx "
        "pts shm mqueue ";
    const struct dirent *entry;
    char word[300];
    DIR *dir;

    (void)arg;
    if (mount_dev() < 0)
        return 1;
    dir = opendir("/dev");
    while (dir && (entry = readdir(dir))) {
        snprintf(word, sizeof(word), " %s ", entry->d_name);
        if (!strstr(expected, word))
            return 2;
    }
    return dir ? 42 : 3;
}

static void nothing_else_of_the_host_is_there(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS | CLONE_NEWIPC, look_for_others, NULL),
                    42);
}

/* A host whose /dev/null is something else must not be used for masks. */
static int replace_null(void *arg)
{
    int host = open("/", O_PATH | O_CLOEXEC);

    (void)arg;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("/etc/passwd", "/dev/null", NULL, MS_BIND, NULL) < 0)
        return 1;
    return barco_dev_clone_null(host) == -ENODEV ? 42 : 2;
}

static void a_false_null_is_refused(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, replace_null, NULL), 42);
}

SUITE("dev", { "the devices are real and work", the_devices_are_real_and_work },
      { "nothing else of the host is there",
        nothing_else_of_the_host_is_there },
      { "a false /dev/null is refused", a_false_null_is_refused })
