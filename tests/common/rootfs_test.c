/**
 * @file
 * @brief A root of its own: the host's files are out of reach.
 */
#include "barco/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barco/error.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC
};

/* A root directory with nothing in it but the places to mount on. */
static char root[64], inside_root[128];

static const char *at(const char *name)
{
    snprintf(inside_root, sizeof(inside_root), "%s/%s", root, name);
    return inside_root;
}

static void make_root(void)
{
    snprintf(root, sizeof(root), "/tmp/rootXXXXXX");
    if (!mkdtemp(root) || mkdir(at("proc"), 0755) || mkdir(at("sys"), 0755) ||
        mkdir(at("dev"), 0755) || chmod(root, 0755))
        abort();
}

static void remove_root(void)
{
    rmdir(at("proc"));
    unlink(at("proc"));
    rmdir(at("sys"));
    rmdir(at("dev"));
    rmdir(root);
}

static int enter(void)
{
    struct barco_rootfs rootfs = BARCO_ROOTFS_DEFAULT;

    rootfs.dir = root;
    return barco_rootfs_enter(&rootfs);
}

static int look_for_host(void *arg)
{
    (void)arg;
    if (enter() < 0)
        return 1;
    if (access("/etc/passwd", F_OK) == 0 || access(root, F_OK) == 0)
        return 2;
    for (int i = 0; i < 10; i++)
        if (chdir("..") < 0)
            return 3;
    return access("etc/passwd", F_OK) < 0 && access("proc/1", F_OK) == 0 ? 42
                                                                         : 4;
}

static void the_files_of_the_host_are_out_of_reach(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, look_for_host, NULL), 42);
    remove_root();
}

/* The way out of a chroot: make another one, and walk up from outside it. */
static int walk_out(void *arg)
{
    (void)arg;
    if (enter() < 0)
        return 1;
    if (chroot("/dev/shm") < 0)
        return 2;
    for (int i = 0; i < 20; i++)
        if (chdir("..") < 0)
            return 3;
    return access("etc/passwd", F_OK) < 0 && chroot(".") == 0 ? 42 : 4;
}

static void the_way_out_of_a_chroot_leads_nowhere(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, walk_out, NULL), 42);
    remove_root();
}

static int write_kernel_files(void *arg)
{
    struct stat st;

    (void)arg;
    if (enter() < 0)
        return 1;
    if (open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC) >= 0)
        return 2;
    if (open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC) >= 0)
        return 3;
    if (stat("/proc/keys", &st) < 0 || !S_ISCHR(st.st_mode))
        return 4;
    return mkdir("/sys/fs/cgroup/barco", 0755) < 0 ? 42 : 5;
}

static void kernel_files_are_covered_or_read_only(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, write_kernel_files, NULL), 42);
    remove_root();
}

static int mount_inside(void *arg)
{
    (void)arg;
    if (enter() < 0)
        return 1;
    return mount("leak", "/dev/shm", "tmpfs", 0, NULL) == 0 ? 42 : 2;
}

static void no_mount_leaks_to_the_host(void)
{
    struct leftovers before;

    make_root();
    before = count_leftovers();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, mount_inside, NULL), 42);
    CU_ASSERT_TRUE(nothing_left_since(before));
    remove_root();
}

static int result_of;

static int enter_and_keep_quiet(void *arg)
{
    (void)arg;
    result_of = enter();
    return result_of == -ELOOP || result_of == -ENOENT ? 42 : 1;
}

static void a_symbolic_link_for_proc_is_refused(void)
{
    make_root();
    CU_ASSERT_EQUAL(rmdir(at("proc")), 0);
    CU_ASSERT_EQUAL(symlink("/dev", at("proc")), 0);
    CU_ASSERT_EQUAL(run_in(NAMESPACES, enter_and_keep_quiet, NULL), 42);
    remove_root();
}

SUITE("rootfs",
      { "the files of the host are out of reach",
        the_files_of_the_host_are_out_of_reach },
      { "the way out of a chroot leads nowhere",
        the_way_out_of_a_chroot_leads_nowhere },
      { "kernel files are covered or read-only",
        kernel_files_are_covered_or_read_only },
      { "no mount leaks to the host", no_mount_leaks_to_the_host },
      { "a symbolic link for /proc is refused",
        a_symbolic_link_for_proc_is_refused })
