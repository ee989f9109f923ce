/**
 * @file
 * @brief What belongs in /dev.
 */
#include "barco/dev.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/mount.h"

//! [devices]
/* Devices that reveal nothing about the host. */
static const struct device {
    const char *path;
    unsigned major, minor;
} devices[] = {
    { "/dev/null", 1, 3 },   { "/dev/zero", 1, 5 },    { "/dev/full", 1, 7 },
    { "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
};
//! [devices]

static const char *const links[][2] = {
    { "/proc/self/fd", "fd" },       { "/proc/self/fd/0", "stdin" },
    { "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
    { "pts/ptmx", "ptmx" },
};

static const char *const directories[] = { "pts", "shm", "mqueue" };

/* Clones the host's own device node, and checks that it is what its name
 * says. */
static int clone_device(const struct device *device)
{
    BARCO_CLEANUP(barco_close) int node = -1;
    const char *path = device->path;
    struct stat st;

    node = barco_mount_clone(AT_FDCWD, path);
    if (node < 0)
        return node;
    if (fstat(node, &st) < 0)
        return BARCO_FAIL(fstat, "\"%s\"", path);
    if (!S_ISCHR(st.st_mode) ||
        st.st_rdev != makedev(device->major, device->minor)) {
        errno = ENODEV;
        return BARCO_FAIL(fstat, "\"%s\", not device %u:%u", path,
                          device->major, device->minor);
    }
    return barco_take_fd(&node);
}

int barco_dev_clone_null(void)
{
    return clone_device(&devices[0]);
}

static int add_node(int dev, const struct device *device)
{
    BARCO_CLEANUP(barco_close) int node = clone_device(device);
    BARCO_CLEANUP(barco_close) int file = -1;
    const char *name = basename(device->path);

    if (node < 0)
        return node;
    file = openat(dev, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (file < 0)
        return BARCO_FAIL(openat, "\"/dev\", \"%s\", O_CREAT|O_EXCL", name);
    return barco_mount_attach_to(node, file, name);
}

int barco_dev_populate(int dev)
{
    int result;

    BARCO_EXPLAIN("null zero full random urandom tty, and no disk; from the "
                  "host, because a user namespace may not mknod",
                  "open_tree(\"/dev/null\", OPEN_TREE_CLONE), "
                  "move_mount(\"/dev/null\"), ...");
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
        if ((result = add_node(dev, &devices[i])) < 0)
            return result;
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        if (symlinkat(links[i][0], dev, links[i][1]) < 0)
            return BARCO_FAIL(symlinkat, "\"%s\", \"/dev\", \"%s\"",
                              links[i][0], links[i][1]);
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
        if (mkdirat(dev, directories[i], 0755) < 0)
            return BARCO_FAIL(mkdirat, "\"/dev\", \"%s\"", directories[i]);
    return 0;
}
