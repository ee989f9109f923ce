/**
 * @file
 * @brief A root of its own: the host's files are out of reach.
 */
#include "barco/rootfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "barco/error.h"
#include "stages/options/options.h"
#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC
};

/* A root directory with nothing in it but mountpoints. */
static void make_root(void)
{
    make_scratch("/tmp");
    CU_ASSERT(mkdir(scratch("proc"), 0755) == 0 &&
              mkdir(scratch("sys"), 0755) == 0 &&
              mkdir(scratch("dev"), 0755) == 0);
}

/* With what a container usually has. */
static int enter(void)
{
    const char *argv[] = { "test", "--mnt", scratch(""), NULL };
    struct barco_fds mounts = { .count = 0 };
    struct barco_rootfs rootfs = { 0 };

    if (argp_parse(&barco_rootfs_options, 3, (char **)argv, 0, NULL, &rootfs))
        return -EINVAL;
    return barco_rootfs_enter(&rootfs, &mounts);
}

static int look_for_host(void *arg)
{
    (void)arg;
    if (enter() < 0)
        return 1;
    if (access("/etc/passwd", F_OK) == 0 || access(scratch(""), F_OK) == 0)
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
    remove_scratch();
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
    remove_scratch();
}

/* A covered file is /dev/null, a covered directory is empty. */
static bool is_covered(const char *path)
{
    struct stat st;
    int entries = 0;
    DIR *dir;

    if (lstat(path, &st) < 0)
        return errno == ENOENT; /* not in this kernel */
    if (!S_ISDIR(st.st_mode))
        return S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
    for (dir = opendir(path); dir && readdir(dir);)
        entries++;
    if (dir)
        closedir(dir);
    return entries == 2;
}

static int look_at_kernel_files(void *arg)
{
    static const char *const covered[] = {
        "/proc/acpi",
        "/proc/asound",
        "/proc/interrupts",
        "/proc/irq",
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/sched_debug",
        "/proc/scsi",
        "/proc/softirqs",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/sys/firmware",
        "/sys/kernel/irq",
        "/sys/devices/virtual/powercap",
    };

    (void)arg;
    if (enter() < 0)
        return 1;
    for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++)
        if (!is_covered(covered[i]))
            return 100 + (int)i;
    return 42;
}

static void files_that_tell_about_the_host_are_covered(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, look_at_kernel_files, NULL), 42);
    remove_scratch();
}

static int write_kernel_files(void *arg)
{
    static const char *const places[] = { "/proc/bus",           "/proc/fs",
                                          "/proc/irq",           "/proc/sys",
                                          "/proc/sysrq-trigger", "/sys" };
    struct statvfs fs;

    (void)arg;
    if (enter() < 0)
        return 1;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (statvfs(places[i], &fs) == 0 && !(fs.f_flag & ST_RDONLY))
            return 100 + (int)i;
    if (open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC) >= 0)
        return 2;
    if (open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC) >= 0)
        return 3;
    return mkdir("/sys/fs/cgroup/barco", 0755) < 0 ? 42 : 5;
}

static void files_that_change_the_host_are_read_only(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, write_kernel_files, NULL), 42);
    remove_scratch();
}

/* ---- A kernel that fails, and somebody who renames ----------------------- */

/* From now on openat2(2) from a descriptor, which is how a kernel file is
 * looked up, fails as on a broken disk. */
static int break_openat2(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)AT_FDCWD, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static int enter_a_broken_kernel(void *arg)
{
    (void)arg;
    barco_error_set_sink(be_quiet, NULL);
    return break_openat2() == 0 && enter() == -EIO ? 42 : 1;
}

/* What cannot be looked at may be there, uncovered. */
static void a_kernel_file_that_cannot_be_opened_ends_the_start(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, enter_a_broken_kernel, NULL), 42);
    remove_scratch();
}

/* Between the child, which enters the root directory, and somebody who shares
 * that directory and can write to it. */
static int now[2], done[2];

/* What --explain says goes into a pipe, and the kernel tells its writer so
 * before its write(2) returns: so the other one acts here, between a line and
 * what the line is about. */
static int story[2];

static void watch_the_story(int signal)
{
    char text[4096], byte = 0;
    ssize_t size = read(story[0], text, sizeof(text));

    (void)signal;
    /* It interrupts nothing but the write(2) of that line. */
    /* NOLINTNEXTLINE(bugprone-signal-handler) */
    if (size > 0 && memmem(text, (size_t)size, "/proc/kcore", 11) &&
        (write(now[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1))
        _exit(6);
}

static int listen_to_the_story(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    return pipe2(story, O_CLOEXEC | O_NONBLOCK) == 0 &&
                   dup2(story[1], STDERR_FILENO) >= 0 &&
                   signal(SIGIO, watch_the_story) != SIG_ERR &&
                   fcntl(story[0], F_SETOWN, getpid()) == 0 &&
                   fcntl(story[0], F_SETFL, O_ASYNC | O_NONBLOCK) == 0 &&
                   sigprocmask(SIG_UNBLOCK, &set, NULL) == 0
               ? 0
               : -1;
}

static int rename_proc(void)
{
    char byte;

    close(now[1]); /* so that the end of the child is noticed */
    return read(now[0], &byte, 1) == 1 &&
                   renameat2(AT_FDCWD, scratch("proc"), AT_FDCWD,
                             scratch("decoy"), RENAME_EXCHANGE) == 0 &&
                   write(done[1], &byte, 1) == 1
               ? 42
               : 1;
}

static int look_at_renamed_proc(void *arg)
{
    struct statvfs sysctls;
    struct statfs irq;
    struct stat keys;
    int proc;

    (void)arg;
    barco_log.explain = true;
    if (listen_to_the_story() < 0 || enter() < 0)
        return 1;
    if ((proc = open("/decoy", O_PATH | O_CLOEXEC)) < 0)
        return 2;
    if (fstatat(proc, "keys", &keys, 0) < 0 || !S_ISCHR(keys.st_mode))
        return 3;
    if (fstatfs(openat(proc, "irq", O_PATH | O_CLOEXEC), &irq) < 0 ||
        irq.f_type != TMPFS_MAGIC)
        return 4;
    return fstatvfs(openat(proc, "sys", O_PATH | O_CLOEXEC), &sysctls) == 0 &&
                   (sysctls.f_flag & ST_RDONLY)
               ? 42
               : 5;
}

static void renaming_proc_uncovers_nothing(void)
{
    make_root();
    CU_ASSERT_EQUAL(mkdir(scratch("decoy"), 0755), 0);
    CU_ASSERT(pipe2(now, O_CLOEXEC) == 0 && pipe2(done, O_CLOEXEC) == 0);
    if (fork() == 0)
        _exit(rename_proc());
    close(now[0]);
    close(done[1]);
    CU_ASSERT_EQUAL(run_in(NAMESPACES, look_at_renamed_proc, NULL), 42);
    close(now[1]);
    close(done[0]);
    remove_scratch();
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
    remove_scratch();
}

static int result_of;

static int enter_and_compare(void *arg)
{
    (void)arg;
    result_of = enter();
    return result_of == -ELOOP || result_of == -ENOENT ? 42 : 1;
}

static void a_symbolic_link_for_proc_is_refused(void)
{
    make_root();
    CU_ASSERT_EQUAL(rmdir(scratch("proc")), 0);
    CU_ASSERT_EQUAL(symlink("/dev", scratch("proc")), 0);
    CU_ASSERT_EQUAL(run_in(NAMESPACES, enter_and_compare, NULL), 42);
    remove_scratch();
}

/* ---- A specification by hand --------------------------------------------- */

/* Its directory is the scratch one. */
static int enter_as_described(struct barco_rootfs rootfs)
{
    struct barco_fds mounts = { .count = 0 };
    int result;

    rootfs.dir = scratch("");
    result = barco_rootfs_enter(&rootfs, &mounts);
    return mounts.count == 0 ? result : -EBADF;
}

static long type_of(const char *path)
{
    struct statfs fs;

    return statfs(path, &fs) < 0 ? -errno : fs.f_type;
}

static int count_mounts(const char *type)
{
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char line[1024], found[64];
    int count = 0;

    while (mounts && fgets(line, sizeof(line), mounts))
        count += sscanf(line, "%*s %*s %63s", found) == 1 &&
                 (!type || strcmp(found, type) == 0);
    if (mounts)
        fclose(mounts);
    return count;
}

static int ask_for_nothing(void *arg)
{
    (void)arg;
    if (enter_as_described((struct barco_rootfs){ .dir = NULL }) < 0)
        return 1;
    if (access("/etc/passwd", F_OK) == 0 || access("/dev/null", F_OK) == 0)
        return 2;
    return type_of("/proc") == type_of("/") &&
                   type_of("/sys") == type_of("/") &&
                   type_of("/dev") == type_of("/")
               ? 42
               : 3;
}

static void what_is_not_asked_for_is_not_mounted(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, ask_for_nothing, NULL), 42);
    remove_scratch();
}

/* What comes later in the list covers what came before, whatever they are. */
static int mount_in_order(void *arg)
{
    static const struct barco_mount mounts[] = {
        { .type = "proc", .target = "/proc" },
        { .type = "bind", .source = "/etc", .target = "/a" },
        { .type = "tmpfs", .target = "/a" },
        { .type = "bind", .source = "/etc", .target = "/a/b" },
        { .type = "bind", .source = "/dev", .target = "/c" },
        { .type = "tmpfs", .target = "/c/shm", .source = "here" },
    };

    (void)arg;
    if (enter_as_described(
            (struct barco_rootfs){ .mounts = mounts, .mount_count = 6 }) < 0)
        return 1;
    if (type_of("/a") != TMPFS_MAGIC || access("/a/passwd", F_OK) == 0)
        return 2;
    if (access("/a/b/passwd", F_OK) < 0)
        return 3;
    return count_mounts("proc") == 1 && count_mounts("sysfs") == 0 ? 42 : 4;
}

static void mounts_appear_in_the_order_of_the_list(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, mount_in_order, NULL), 42);
    remove_scratch();
}

/* Files of the root directory, and of a mount in it. */
static int protect_other_paths(void *arg)
{
    static const struct barco_mount mounts[] = {
        { .type = "proc", .target = "/proc" },
        { .type = "bind", .source = "/etc", .target = "/a" },
    };
    static const char *const masked[] = { "/secret", "/a/passwd", "/dir",
                                          "/no/such" };
    static const char *const read_only[] = { "/fixed" };
    struct barco_rootfs rootfs = {
        .mounts = mounts,
        .mount_count = 2,
        .masked = masked,
        .masked_count = 4,
        .read_only_paths = read_only,
        .read_only_count = 1,
    };

    (void)arg;
    if (enter_as_described(rootfs) < 0)
        return 1;
    if (!is_covered("/secret") || !is_covered("/a/passwd") ||
        !is_covered("/dir"))
        return 2;
    return open("/fixed", O_WRONLY | O_CLOEXEC) < 0 && errno == EROFS &&
                   access("/a/group", F_OK) == 0
               ? 42
               : 3;
}

static void other_files_can_be_protected_too(void)
{
    make_root();
    CU_ASSERT(write_text(scratch("secret"), "x") &&
              write_text(scratch("fixed"), "x"));
    CU_ASSERT(mkdir(scratch("dir"), 0755) == 0 &&
              write_text(scratch("dir/x"), "x"));
    CU_ASSERT_EQUAL(run_in(NAMESPACES, protect_other_paths, NULL), 42);
    remove_scratch();
}

/* It could lead to another file, which would be covered instead. */
static int protect_a_link(void *arg)
{
    static const char *const masked[] = { "/link" };
    const struct barco_rootfs rootfs = { .masked = masked, .masked_count = 1 };

    (void)arg;
    barco_error_set_sink(be_quiet, NULL);
    return enter_as_described(rootfs) == -ELOOP ? 42 : 1;
}

static void a_protected_file_is_not_a_link(void)
{
    make_root();
    CU_ASSERT_EQUAL(symlink("dev", scratch("link")), 0);
    CU_ASSERT_EQUAL(run_in(NAMESPACES, protect_a_link, NULL), 42);
    remove_scratch();
}

static int open_a_device(void *arg)
{
    (void)arg;
    if (enter() < 0 || access("/null", R_OK) < 0)
        return 1;
    return open("/null", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES ? 42 : 2;
}

static void a_device_of_the_image_cannot_be_opened(void)
{
    make_root();
    CU_ASSERT_EQUAL(mknod(scratch("null"), S_IFCHR | 0666, makedev(1, 3)), 0);
    CU_ASSERT_EQUAL(run_in(NAMESPACES, open_a_device, NULL), 42);
    remove_scratch();
}

static int enter_what_makes_no_sense(void *arg)
{
    static const char *const relative[] = { "proc/kcore" };
    static struct barco_mount many[300];
    const struct barco_mount bad[] = {
        { .target = "/a" },
        { .type = "tmpfs" },
        { .type = "tmpfs", .target = "a" },
        { .type = "tmpfs", .target = "//" },
        { .type = "tmpfs", .target = "/.." },
        { .type = "tmpfs", .target = "/tmp/../tmp" },
        { .type = "bind", .target = "/a" },
    };
    struct barco_rootfs rootfs = { .dir = NULL };

    (void)arg;
    barco_error_set_sink(remember_error, NULL);
    if (barco_rootfs_check(&rootfs) != -EINVAL ||
        !strstr(remembered.cause, "needs a dir"))
        return 1;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        rootfs = (struct barco_rootfs){ .mounts = &bad[i], .mount_count = 1 };
        if (enter_as_described(rootfs) != -EINVAL)
            return 10 + (int)i;
    }
    rootfs = (struct barco_rootfs){ .masked = relative, .masked_count = 1 };
    if (enter_as_described(rootfs) != -EINVAL)
        return 2;
    for (size_t i = 0; i < 300; i++)
        many[i] = (struct barco_mount){ .type = "tmpfs", .target = "/dev" };
    rootfs = (struct barco_rootfs){ .mounts = many, .mount_count = 253 };
    if (enter_as_described(rootfs) != -E2BIG ||
        !strstr(remembered.cause, "252 mounts"))
        return 3;
    rootfs.mount_count = 252;
    return enter_as_described(rootfs) == 0 ? 42 : 4;
}

static void what_makes_no_sense_is_explained(void)
{
    make_root();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, enter_what_makes_no_sense, NULL), 42);
    remove_scratch();
}

SUITE("rootfs",
      { "the files of the host are out of reach",
        the_files_of_the_host_are_out_of_reach },
      { "the way out of a chroot leads nowhere",
        the_way_out_of_a_chroot_leads_nowhere },
      { "files that tell about the host are covered",
        files_that_tell_about_the_host_are_covered },
      { "files that change the host are read-only",
        files_that_change_the_host_are_read_only },
      { "a kernel file that cannot be opened ends the start",
        a_kernel_file_that_cannot_be_opened_ends_the_start },
      { "renaming /proc uncovers nothing", renaming_proc_uncovers_nothing },
      { "no mount leaks to the host", no_mount_leaks_to_the_host },
      { "a symbolic link for /proc is refused",
        a_symbolic_link_for_proc_is_refused },
      { "what is not asked for is not mounted",
        what_is_not_asked_for_is_not_mounted },
      { "mounts appear in the order of the list",
        mounts_appear_in_the_order_of_the_list },
      { "other files can be protected too", other_files_can_be_protected_too },
      { "a protected file is not a link", a_protected_file_is_not_a_link },
      { "a device of the image cannot be opened",
        a_device_of_the_image_cannot_be_opened, AS_ROOT },
      { "what makes no sense is explained", what_makes_no_sense_is_explained })
