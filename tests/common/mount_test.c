/**
 * @file
 * @brief Mounts as objects: made, attached, read-only, never through a link.
 */
#include "barco/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

enum {
    TMPFS = 0x01021994
};

/* In a mount namespace: a tmpfs on /tmp to work in. */
static int prepare(void)
{
    barco_error_set_sink(be_quiet, NULL);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -errno;
    return barco_mount_new_at("tmpfs", "/tmp", 0, NULL);
}

static int attach_read_only(void *arg)
{
    BARCO_CLEANUP(barco_close) int tree = -1;
    struct statfs fs;

    (void)arg;
    if (prepare() < 0 || mkdir("/tmp/a", 0755) < 0 || mkdir("/tmp/b", 0755) < 0)
        return 1;
    tree = barco_mount_clone(AT_FDCWD, "/tmp/a");
    if (tree < 0 || barco_mount_set_read_only(tree) < 0 ||
        barco_mount_attach(tree, "/tmp/b") < 0 || statfs("/tmp/b", &fs) < 0)
        return 2;
    if (fs.f_type != TMPFS || creat("/tmp/b/x", 0644) >= 0 || errno != EROFS)
        return 3;
    return creat("/tmp/a/x", 0644) >= 0 ? 42 : 4;
}

static void a_clone_can_be_read_only_where_the_original_is_not(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, attach_read_only, NULL), 42);
}

static int attach_to_links(void *arg)
{
    (void)arg;
    if (prepare() < 0 || mkdir("/tmp/a", 0755) < 0 ||
        symlink("/tmp/a", "/tmp/link") < 0 || mkdir("/tmp/a/b", 0755) < 0)
        return 1;
    if (barco_mount_new_at("tmpfs", "/tmp/link", 0, NULL) != -ELOOP)
        return 2;
    if (barco_mount_new_at("tmpfs", "/tmp/link/b", 0, NULL) != -ELOOP)
        return 3;
    if (barco_mount_new_at("tmpfs", "/tmp/none", 0, NULL) != -ENOENT)
        return 4;
    return 42;
}

static void nothing_is_mounted_through_a_symbolic_link(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, attach_to_links, NULL), 42);
}

static int drop_unattached(void *arg)
{
    struct leftovers before;
    int tree;

    (void)arg;
    if (prepare() < 0)
        return 1;
    before = count_leftovers();
    tree = barco_mount_new("tmpfs", BARCO_MOUNT_RESTRICTED, NULL);
    if (tree < 0)
        return 2;
    close(tree);
    return nothing_left_since(before) ? 42 : 3;
}

static void a_mount_that_is_not_attached_goes_with_its_descriptor(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, drop_unattached, NULL), 42);
}

SUITE("mount",
      { "a clone can be read-only where the original is not",
        a_clone_can_be_read_only_where_the_original_is_not },
      { "nothing is mounted through a symbolic link",
        nothing_is_mounted_through_a_symbolic_link },
      { "a mount that is not attached goes with its descriptor",
        a_mount_that_is_not_attached_goes_with_its_descriptor })
