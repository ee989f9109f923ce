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

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/mount.h"
#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

/* A new /dev that is the root directory's, which has nothing else. */
static int mount_dev(void)
{
    BARCO_CLEANUP(barco_close) int dev = -1;
    int result;

    umask(022);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("root", "/tmp", "tmpfs", 0, NULL) < 0 ||
        mkdir("/tmp/dev", 0755) < 0)
        return -errno;
    dev = barco_mount_new(&(struct barco_mount){ .type = "tmpfs" });
    if (dev < 0 ||
        (result = barco_mount_attach(dev, AT_FDCWD, "/tmp/dev")) < 0 ||
        (result = barco_dev_populate(dev)) < 0)
        return dev < 0 ? dev : result;
    return chroot("/tmp");
}

static bool is_device(const char *path, unsigned major, unsigned minor)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISCHR(st.st_mode) &&
           st.st_rdev == makedev(major, minor);
}

static bool leads_to(const char *path, const char *target)
{
    char text[64];
    ssize_t length = readlink(path, text, sizeof(text) - 1);

    text[length < 0 ? 0 : length] = '\0';
    return strcmp(text, target) == 0;
}

static int look_at_devices(void *arg)
{
    char byte = 'x';
    int fd;

    (void)arg;
    if (mount_dev() < 0)
        return 1;
    if (!is_device("/dev/null", 1, 3) || !is_device("/dev/urandom", 1, 9) ||
        !is_device("/dev/tty", 5, 0) || !is_device("/dev/full", 1, 7) ||
        !is_device("/dev/random", 1, 8))
        return 2;
    fd = open("/dev/zero", O_RDWR | O_CLOEXEC);
    if (fd < 0 || read(fd, &byte, 1) != 1 || byte != 0)
        return 3;
    if (barco_mount_new_at("devpts", "/dev/pts", 0, "mode=0620,ptmxmode=0666") <
        0)
        return 4;
    if (!leads_to("/dev/fd", "/proc/self/fd") ||
        !leads_to("/dev/stdin", "/proc/self/fd/0") ||
        !leads_to("/dev/stdout", "/proc/self/fd/1") ||
        !leads_to("/dev/stderr", "/proc/self/fd/2"))
        return 6;
    return is_device("/dev/ptmx", 5, 2) && posix_openpt(O_RDWR | O_NOCTTY) >= 0
               ? 42
               : 5;
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

/* A host whose /dev/null is something else must not be used for masks, nor for
 * the /dev of a container. */
static int replace_null(const char *with)
{
    barco_error_set_sink(be_quiet, NULL);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(with, "/dev/null", NULL, MS_BIND, NULL) < 0)
        return 1;
    return barco_dev_clone_null() == -ENODEV && mount_dev() == -ENODEV ? 42 : 2;
}

static int replace_null_by_a_file(void *arg)
{
    (void)arg;
    return replace_null("/etc/passwd");
}

static int replace_null_by_another_device(void *arg)
{
    (void)arg;
    return replace_null("/dev/zero");
}

/* A link leads to a device that is what it should be, for now. */
static int replace_null_by_a_link(void *arg)
{
    (void)arg;
    barco_error_set_sink(be_quiet, NULL);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mkdir("/tmp/barco-dev", 0755) < 0)
        return 1;
    if (mount("/dev", "/tmp/barco-dev", NULL, MS_BIND | MS_REC, NULL) < 0 ||
        mount("false", "/dev", "tmpfs", 0, NULL) < 0 ||
        symlink("/tmp/barco-dev/null", "/dev/null") < 0)
        return 2;
    return barco_dev_clone_null() < 0 ? 42 : 3;
}

static void a_false_null_is_refused(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, replace_null_by_a_file, NULL), 42);
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, replace_null_by_another_device, NULL),
                    42);
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, replace_null_by_a_link, NULL), 42);
    rmdir("/tmp/barco-dev");
}

SUITE("dev", { "the devices are real and work", the_devices_are_real_and_work },
      { "nothing else of the host is there",
        nothing_else_of_the_host_is_there },
      { "a false /dev/null is refused", a_false_null_is_refused })
