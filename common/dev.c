/**
 * @file
 * @brief A tmpfs for /dev, and what belongs into it.
 */
#include "barco/dev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/mount.h"

/* Devices that give away nothing of the host. */
static const struct device {
    const char *name;
    unsigned major, minor;
} devices[] = {
    { "null", 1, 3 },   { "zero", 1, 5 },    { "full", 1, 7 },
    { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

static const char *const links[][2] = {
    { "/proc/self/fd", "/dev/fd" },       { "/proc/self/fd/0", "/dev/stdin" },
    { "/proc/self/fd/1", "/dev/stdout" }, { "/proc/self/fd/2", "/dev/stderr" },
    { "pts/ptmx", "/dev/ptmx" },
};

/* The host's own device node, checked to be what its name says. In a user
 * namespace mknod() is refused, so nodes are mounted, not made. */
static int clone_device(int host, const struct device *device)
{
    BARCO_CLEANUP(barco_close) int node = -1;
    char path[32];
    struct stat st;

    snprintf(path, sizeof(path), "dev/%s", device->name);
    node = barco_mount_clone(host, path);
    if (node < 0)
        return node;
    if (fstat(node, &st) < 0)
        return BARCO_FAIL(fstat, "\"/%s\"", path);
    if (!S_ISCHR(st.st_mode) ||
        st.st_rdev != makedev(device->major, device->minor)) {
        errno = ENODEV;
        return BARCO_FAIL(fstat, "\"/%s\", not device %u:%u", path,
                          device->major, device->minor);
    }
    return barco_take_fd(&node);
}

static int add_device(int host, const struct device *device)
{
    BARCO_CLEANUP(barco_close) int node = clone_device(host, device);
    BARCO_CLEANUP(barco_close) int file = -1;
    char path[32];

    if (node < 0)
        return node;
    snprintf(path, sizeof(path), "/dev/%s", device->name);
    file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (file < 0)
        return BARCO_FAIL(open, "\"%s\", O_CREAT", path);
    return barco_mount_attach(node, path);
}

static int add_file_systems(void)
{
    static barco_mount_options pts[] = {
        { "mode", "0620" }, { "ptmxmode", "0666" }, { "max", "64" }, { 0 }
    };
    static barco_mount_options shm[] = { { "mode", "1777" }, { 0 } };
    static const struct {
        const char *type, *path;
        unsigned attrs;
        barco_mount_options *options;
    } mounts[] = {
        { "devpts", "/dev/pts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, pts },
        { "tmpfs", "/dev/shm", BARCO_MOUNT_RESTRICTED, shm },
        { "mqueue", "/dev/mqueue", BARCO_MOUNT_RESTRICTED, NULL },
    };
    int result = 0;

    for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        if (mkdir(mounts[i].path, 0755) < 0)
            return BARCO_FAIL(mkdir, "\"%s\"", mounts[i].path);
        result = barco_mount_new_at(mounts[i].type, mounts[i].path,
                                    mounts[i].attrs, mounts[i].options);
        if (result < 0)
            break;
    }
    return result;
}

int barco_dev_mount(int host)
{
    static barco_mount_options dev[] = { { "mode", "755" },
                                         { "size", "64k" },
                                         { 0 } };
    int result = barco_mount_new_at("tmpfs", "/dev",
                                    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, dev);

    if (result < 0)
        return result;
    BARCO_EXPLAIN("null zero full random urandom tty, bound from the host",
                  "open_tree(\"/dev/...\", OPEN_TREE_CLONE), move_mount()");
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
        if ((result = add_device(host, &devices[i])) < 0)
            return result;
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        if (symlink(links[i][0], links[i][1]) < 0)
            return BARCO_FAIL(symlink, "\"%s\", \"%s\"", links[i][0],
                              links[i][1]);
    return add_file_systems();
}

int barco_dev_clone_null(int host)
{
    return clone_device(host, &devices[0]);
}
