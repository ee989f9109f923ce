/**
 * @file
 * @brief Mounts as objects: made, attached, read-only, never through a link.
 */
#include "barco/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
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
    if (tree < 0 || barco_mount_set_attrs(tree, MOUNT_ATTR_RDONLY) < 0 ||
        barco_mount_attach(tree, AT_FDCWD, "/tmp/b") < 0 ||
        statfs("/tmp/b", &fs) < 0)
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
    tree = barco_mount_new(&(struct barco_mount){ .type = "tmpfs" });
    if (tree < 0)
        return 2;
    close(tree);
    return nothing_left_since(before) ? 42 : 3;
}

static void a_mount_that_is_not_attached_goes_with_its_descriptor(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, drop_unattached, NULL), 42);
}

static int make_both_kinds(void *arg)
{
    int clone = -1, new = -1;

    (void)arg;
    if (prepare() < 0)
        return 1;
    clone = barco_mount_clone(AT_FDCWD, "/tmp");
    new = barco_mount_new(&(struct barco_mount){ .type = "tmpfs" });
    return fcntl(clone, F_GETFD) == FD_CLOEXEC &&
                   fcntl(new, F_GETFD) == FD_CLOEXEC
               ? 42
               : 2;
}

static void no_mount_survives_an_exec(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, make_both_kinds, NULL), 42);
}

/* With a file system mounted below what is cloned. */
static int clone_two_read_only(void *arg)
{
    BARCO_CLEANUP(barco_close) int tree = -1;

    (void)arg;
    if (prepare() < 0 || mkdir("/tmp/a", 0755) < 0 ||
        mkdir("/tmp/b", 0755) < 0 || mkdir("/tmp/a/below", 0755) < 0 ||
        barco_mount_new_at("tmpfs", "/tmp/a/below", 0, NULL) < 0 ||
        mkdir("/tmp/a/below/there", 0755) < 0)
        return 1;
    tree = barco_mount_clone(AT_FDCWD, "/tmp/a");
    if (tree < 0 || barco_mount_set_attrs(tree, MOUNT_ATTR_RDONLY) < 0 ||
        barco_mount_attach(tree, AT_FDCWD, "/tmp/b") < 0)
        return 2;
    if (access("/tmp/b/below/there", F_OK) < 0)
        return 3;
    return creat("/tmp/b/below/x", 0644) < 0 && errno == EROFS ? 42 : 4;
}

static void a_mount_below_comes_along_and_is_read_only_too(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, clone_two_read_only, NULL), 42);
}

static int mount_below_a_clone(void *arg)
{
    BARCO_CLEANUP(barco_close) int tree = -1;

    (void)arg;
    if (prepare() < 0 || mount(NULL, "/tmp", NULL, MS_SHARED, NULL) < 0 ||
        mkdir("/tmp/a", 0755) < 0 || mkdir("/tmp/b", 0755) < 0 ||
        mkdir("/tmp/a/below", 0755) < 0)
        return 1;
    tree = barco_mount_clone(AT_FDCWD, "/tmp/a");
    if (tree < 0 || barco_mount_isolate(tree, -1, false, "/tmp/a") < 0 ||
        barco_mount_attach(tree, AT_FDCWD, "/tmp/b") < 0 ||
        barco_mount_new_at("tmpfs", "/tmp/b/below", 0, NULL) < 0 ||
        mkdir("/tmp/b/below/new", 0755) < 0)
        return 2;
    return access("/tmp/a/below/new", F_OK) < 0 ? 42 : 3;
}

static void what_is_mounted_below_a_clone_stays_there(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, mount_below_a_clone, NULL), 42);
}

/* The line of /proc/self/mountinfo for a mountpoint, or NULL. */
static const char *mount_line(const char *place)
{
    static char line[1024];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    char point[256];

    while (mounts && fgets(line, sizeof(line), mounts))
        if (sscanf(line, "%*d %*d %*s %*s %255s", point) == 1 &&
            strcmp(point, place) == 0) {
            fclose(mounts);
            return line;
        }
    if (mounts)
        fclose(mounts);
    return NULL;
}

static int make_as_described(void *arg)
{
    static const struct barco_mount mount = {
        .type = "tmpfs",
        .source = "from-here",
        .attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_RDONLY,
        .data = "mode=1777,size=64k",
    };
    BARCO_CLEANUP(barco_close) int made = -1;
    const char *line;

    (void)arg;
    if (prepare() < 0 || mkdir("/tmp/a", 0755) < 0)
        return 1;
    made = barco_mount_new(&mount);
    if (made < 0 || barco_mount_attach(made, AT_FDCWD, "/tmp/a") < 0)
        return 2;
    line = mount_line("/tmp/a");
    if (!line || !strstr(line, " ro,nosuid,relatime - tmpfs from-here "))
        return 3;
    return strstr(line, "size=64k") && !strstr(line, "mode=1777,mode") ? 42 : 4;
}

static void a_file_system_is_as_it_was_described(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, make_as_described, NULL), 42);
}

static int make_with_bad_data(void *arg)
{
    char long_data[5000] = "size=";
    struct barco_mount mount = { .type = "tmpfs", .data = long_data };

    (void)arg;
    if (prepare() < 0)
        return 1;
    memset(long_data + 5, '1', sizeof(long_data) - 6);
    if (barco_mount_new(&mount) != -E2BIG)
        return 2;
    mount.data = "no-such-option";
    if (barco_mount_new(&mount) != -EINVAL)
        return 3;
    mount.data = "size=many";
    if (barco_mount_new(&mount) != -EINVAL)
        return 4;
    mount.data = "noswap=,";
    if (barco_mount_new(&mount) != -EINVAL)
        return 5;
    mount.type = "no-such-type";
    return barco_mount_new(&mount) == -ENODEV ? 42 : 6;
}

static void options_that_make_no_sense_are_refused(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, make_with_bad_data, NULL), 42);
}

SUITE("mount",
      { "a clone can be read-only where the original is not",
        a_clone_can_be_read_only_where_the_original_is_not },
      { "nothing is mounted through a symbolic link",
        nothing_is_mounted_through_a_symbolic_link },
      { "a mount that is not attached goes with its descriptor",
        a_mount_that_is_not_attached_goes_with_its_descriptor },
      { "no mount survives an exec", no_mount_survives_an_exec },
      { "a mount below comes along, and is read-only too",
        a_mount_below_comes_along_and_is_read_only_too },
      { "what is mounted below a clone stays there",
        what_is_mounted_below_a_clone_stays_there },
      { "a file system is as it was described",
        a_file_system_is_as_it_was_described },
      { "options that make no sense are refused",
        options_that_make_no_sense_are_refused })
