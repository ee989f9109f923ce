/**
 * @file
 * @brief Volumes: what they let through, and where none can be mounted.
 */
#include "barco/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "barco/rootfs.h"
#include "stages/options/options.h"
#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC
};

/* ---- The option -------------------------------------------------------- */

static int parse(struct barco_rootfs *rootfs, int argc, const char *argv[])
{
    return argp_parse(&barco_volume_options, argc, (char **)argv, ARGP_SILENT,
                      NULL, rootfs);
}

/* A program keeps what its options say, and a test stands for many programs. */
static void forget(struct barco_rootfs *rootfs)
{
    while (rootfs->mount_count > 0)
        free((char *)rootfs->mounts[--rootfs->mount_count].source);
    free((struct barco_mount *)rootfs->mounts);
    rootfs->mounts = NULL;
}

static int parse_one(const char *text)
{
    struct barco_rootfs rootfs = { 0 };
    const char *argv[] = { "test", "--volume", text, NULL };
    int result = parse(&rootfs, 3, argv);

    forget(&rootfs);
    return result;
}

static void volumes_are_read_as_written(void)
{
    struct barco_rootfs rootfs = { 0 };
    const char *argv[] = { "test", "--volume=/srv:/mnt:ro",
                           "--volume=data:/a/..b", NULL };
    const struct barco_mount *volumes;

    CU_ASSERT_EQUAL(parse(&rootfs, 3, argv), 0);
    CU_ASSERT_EQUAL_FATAL(rootfs.mount_count, 2);
    volumes = rootfs.mounts;
    CU_ASSERT_STRING_EQUAL(volumes[0].type, "bind");
    CU_ASSERT_STRING_EQUAL(volumes[0].source, "/srv");
    CU_ASSERT_STRING_EQUAL(volumes[0].target, "/mnt");
    CU_ASSERT_EQUAL(volumes[0].attrs,
                    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY);
    CU_ASSERT_STRING_EQUAL(volumes[1].source, "data");
    CU_ASSERT_STRING_EQUAL(volumes[1].target, "/a/..b");
    CU_ASSERT_EQUAL(volumes[1].attrs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    forget(&rootfs);
}

static void a_volume_that_makes_no_sense_is_refused(void)
{
    static const char *const bad[] = {
        "",
        "/srv",
        ":/mnt",
        "/srv:",
        "/srv:mnt",
        "/srv:/",
        "/srv://",
        "/srv:/..",
        "/srv:/a/..",
        "/srv:/../a",
        "/srv:/m:rw",
        "/srv:/m:",
        "/srv:/m:ro:",
        "/srv:/m:ro:ro",
        "/srv::ro",
        "/srv:/a/../b",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_NOT_EQUAL(parse_one(bad[i]), 0);
    CU_ASSERT_EQUAL(parse_one("/srv:/mnt"), 0);
}

static void there_can_be_any_number_of_volumes(void)
{
    enum {
        MANY = 1000
    };
    struct barco_rootfs rootfs = { 0 };
    const char *argv[MANY + 2] = { "test" };

    for (int i = 0; i < MANY; i++)
        argv[1 + i] = "--volume=/srv:/mnt";
    CU_ASSERT_EQUAL(parse(&rootfs, MANY + 1, argv), 0);
    CU_ASSERT_EQUAL(rootfs.mount_count, MANY);
    forget(&rootfs);
}

/* ---- In a container ---------------------------------------------------- */

/* A directory for each test, as the host has it: root/ is the container's,
 * data/ is the volume, and everything else must not change. */
static void make_host(void)
{
    static const char *const dirs[] = { "data",     "root",     "root/proc",
                                        "root/sys", "root/dev", "outside" };

    make_scratch("/tmp");
    for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
        CU_ASSERT_EQUAL(mkdir(scratch(dirs[i]), 0755), 0);
    CU_ASSERT_TRUE(write_text(scratch("data/file"), "text"));
}

/* What a container does, with which volumes. */
struct box {
    const char *volumes[3]; /* as --volume has them */
    bool read_only;         /* the root directory */
    int expected;           /* result of barco_rootfs_enter() */
    const char *cause;      /* part of what is reported then, or NULL */
    int (*check)(void);     /* 42 is good; NULL: none */
};

static int enter(void *arg)
{
    const struct box *box = arg;
    const char *argv[9] = { "test", "--mnt", scratch("root") };
    struct barco_fds mounts = { .count = 0 };
    struct barco_rootfs rootfs = { 0 };
    int argc = 3, result;

    for (size_t i = 0; box->volumes[i]; i++) {
        argv[argc++] = "--volume";
        argv[argc++] = box->volumes[i];
    }
    barco_error_set_sink(remember_error, NULL);
    result = -argp_parse(&barco_rootfs_options, argc, (char **)argv, 0, NULL,
                         &rootfs);
    rootfs.read_only = box->read_only;
    if (result == 0)
        result = barco_rootfs_enter(&rootfs, &mounts);
    if (result != box->expected)
        return 100;
    if (box->cause && !strstr(remembered.cause, box->cause))
        return 101;
    return box->check ? box->check() : 42;
}

static int run_box(struct box *box)
{
    return run_in(NAMESPACES, enter, box);
}

/* One volume, data, at a target. */
#define ONE(target) .volumes = { onto(scratch("data"), target) }

static int write_new(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static int check_writable(void)
{
    char text[16];

    if (strcmp(read_text("/a/b/c/file", text, sizeof(text)), "text") != 0)
        return 1;
    return write_new("/a/b/c/new") == 0 ? 42 : 2;
}

static void a_volume_is_read_and_written_and_its_place_is_made(void)
{
    struct box box = { .check = check_writable };
    struct stat st;

    make_host();
    box.volumes[0] = onto(scratch("data"), "//a/b//c/");
    CU_ASSERT_EQUAL(run_box(&box), 42);
    CU_ASSERT_EQUAL(access(scratch("data/new"), F_OK), 0);
    CU_ASSERT_EQUAL(stat(scratch("root/a/b/c"), &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 07777, 0755);
    CU_ASSERT_EQUAL(access(scratch("root/a/b/c/file"), F_OK), -1);
    remove_scratch();
}

static int check_read_only(void)
{
    char text[16];

    if (strcmp(read_text("/data/file", text, sizeof(text)), "text") != 0)
        return 1;
    return write_new("/data/new") == -EROFS &&
                   open("/data/file", O_WRONLY | O_CLOEXEC) < 0
               ? 42
               : 2;
}

static void a_read_only_volume_refuses_writes(void)
{
    make_host();
    CU_ASSERT_EQUAL(
        run_box(&(struct box){ ONE("/data:ro"), .check = check_read_only }),
        42);
    CU_ASSERT_EQUAL(access(scratch("data/new"), F_OK), -1);
    remove_scratch();
}

static int check_attributes(void)
{
    struct statvfs data, file;
    unsigned long flags = ST_NOSUID | ST_NODEV;

    if (statvfs("/data", &data) < 0 || statvfs("/file", &file) < 0)
        return 1;
    if ((data.f_flag & flags) != flags || (file.f_flag & flags) != flags)
        return 2;
    return (data.f_flag & ST_RDONLY) || !(file.f_flag & ST_RDONLY) ? 3 : 42;
}

static void several_volumes_have_no_set_uid_and_no_devices(void)
{
    struct box box = { .check = check_attributes };

    make_host();
    box.volumes[0] = onto(scratch("data"), "/data");
    box.volumes[1] = onto(scratch("data/file"), "/file:ro");
    CU_ASSERT_EQUAL(run_box(&box), 42);
    remove_scratch();
}

static int check_file(void)
{
    char text[16];
    int fd = open("/etc/conf", O_WRONLY | O_TRUNC | O_CLOEXEC);

    if (fd < 0 || write(fd, "changed", 7) != 7)
        return 1;
    return strcmp(read_text("/etc/conf", text, sizeof(text)), "changed") ? 2
                                                                         : 42;
}

static void a_file_can_be_a_volume(void)
{
    struct box box = { .check = check_file };
    char text[16];
    struct stat st;

    make_host();
    box.volumes[0] = onto(scratch("data/file"), "/etc/conf");
    CU_ASSERT_EQUAL(run_box(&box), 42);
    CU_ASSERT_STRING_EQUAL(read_text(scratch("data/file"), text, sizeof(text)),
                           "changed");
    CU_ASSERT_EQUAL(stat(scratch("root/etc/conf"), &st), 0);
    CU_ASSERT(S_ISREG(st.st_mode) && st.st_size == 0);
    remove_scratch();
}

/* What a program throws away would go to the volume. */
static void a_file_does_not_go_over_a_device(void)
{
    struct box box = { .expected = -EPERM, .cause = "in /dev" };

    make_host();
    CU_ASSERT_EQUAL(symlink("/dev", scratch("root/data")), 0);
    box.volumes[0] = onto(scratch("data/file"), "/data/null");
    CU_ASSERT_EQUAL(run_box(&box), 42);
    remove_scratch();
}

static int check_shm(void)
{
    return access("/dev/shm/data/file", F_OK) == 0 ? 42 : 1;
}

static void a_volume_can_be_below_dev_shm(void)
{
    make_host();
    CU_ASSERT_EQUAL(
        run_box(&(struct box){ ONE("/dev/shm/data"), .check = check_shm }), 42);
    remove_scratch();
}

static void a_directory_does_not_go_over_a_file(void)
{
    make_host();
    CU_ASSERT_TRUE(write_text(scratch("root/plain"), ""));
    CU_ASSERT_EQUAL(run_box(&(struct box){ ONE("/plain"), .expected = -EINVAL,
                                           .cause = "a file on a file" }),
                    42);
    CU_ASSERT_EQUAL(
        run_box(&(struct box){ ONE("/plain/sub"), .expected = -ENOTDIR,
                               .cause = "is a file in the" }),
        42);
    remove_scratch();
}

static int check_through_links(void)
{
    return write_new("/run/sub/new") == 0 &&
                   access("/var/run/sub/file", F_OK) == 0
               ? 42
               : 1;
}

/* As Debian has them. */
static void links_inside_the_image_are_followed(void)
{
    static const char *const links[] = { "/run", "../run", "../../../../run" };

    make_host();
    CU_ASSERT_EQUAL(mkdir(scratch("root/var"), 0755), 0);
    CU_ASSERT_EQUAL(mkdir(scratch("root/run"), 0755), 0);
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        CU_ASSERT_EQUAL(symlink(links[i], scratch("root/var/run")), 0);
        CU_ASSERT_EQUAL(run_box(&(struct box){ ONE("/var/run/sub"),
                                               .check = check_through_links }),
                        42);
        CU_ASSERT_EQUAL(unlink(scratch("data/new")), 0);
        CU_ASSERT_EQUAL(rmdir(scratch("root/run/sub")), 0);
        CU_ASSERT_EQUAL(unlink(scratch("root/var/run")), 0);
    }
    remove_scratch();
}

/* A link in a malicious image, and what should become of it. */
static const struct trap {
    const char *link; /* @: the directory outside, as the host names it */
    const char *target;
    int expected;
    const char *cause;
} traps[] = {
    { "/proc/self/root/tmp", "/trap/x", -ELOOP, "magic link" },
    { "/proc/self/cwd", "/trap/x", -ELOOP, "magic link" },
    { "/proc/self/exe", "/trap", -ELOOP, "magic link" },
    { "@", "/trap", -ELOOP, "does not exist in the container" },
    { "@", "/trap/x", -ELOOP, "does not exist in the container" },
    { "../../../../../..@", "/trap/x", -ELOOP,
      "does not exist in the container" },
    { "trap", "/trap/x", -ELOOP, "form a loop" },
    { "/", "/trap", -EBUSY, "the root directory itself" },
    { ".", "/trap", -EBUSY, "the root directory itself" },
    { "../../..", "/trap", -EBUSY, "the root directory itself" },
    { "/proc", "/trap", -EPERM, "could undo" },
    { "/proc/self", "/trap/x", -EPERM, "could undo" },
    { "/proc/sys", "/trap/kernel", -EPERM, "could undo" },
    { "/sys/fs/cgroup", "/trap", -EPERM, "could undo" },
    { "/none", "/proc", -EPERM, "could undo" },
    { "/none", "/proc/sys/x", -EPERM, "could undo" },
    { "/none", "/sys/fs/cgroup/x", -EPERM, "could undo" },
    { "/none", "/sys", -EPERM, "could undo" },
    { "/sys", "/trap", -EPERM, "could undo" },
    { "/none", "/dev", -EPERM, "in /dev" },
    { "/none", "/dev/new", -EPERM, "in /dev" },
    { "/dev", "/trap", -EPERM, "in /dev" },
    { "/dev", "/trap/new", -EPERM, "in /dev" },
    { "/dev/pts", "/trap", -EPERM, "in /dev" },
    { "/dev/mqueue", "/trap", -EPERM, "in /dev" },
};

static void spring(const struct trap *trap)
{
    const char *mark = strchrnul(trap->link, '@');
    char link[128];
    int result;

    make_host();
    snprintf(link, sizeof(link), "%.*s%s", (int)(mark - trap->link), trap->link,
             *mark ? scratch("outside") : "");
    CU_ASSERT_EQUAL(symlink(link, scratch("root/trap")), 0);
    result = run_box(&(struct box){
        ONE(trap->target), .expected = trap->expected, .cause = trap->cause });
    if (result != 42)
        printf("\n    %s through %s: %d\n", trap->target, link, result);
    CU_ASSERT_EQUAL(result, 42);
    CU_ASSERT_EQUAL(rmdir(scratch("outside")), 0); /* as empty as it was */
    remove_scratch();
}

static void a_malicious_image_does_not_lead_to_the_host(void)
{
    struct leftovers before = count_leftovers();

    for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
        spring(&traps[i]);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

/* PID 1 has descriptors of the host: what it inherited, and its own. */
static void no_descriptor_of_ours_can_be_mounted_on(void)
{
    int inherited = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char link[32];

    for (int fd = 0; fd < 24; fd++) {
        make_host();
        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        CU_ASSERT_EQUAL(symlink(link, scratch("root/fd")), 0);
        CU_ASSERT_EQUAL(symlink("fd/tmp", scratch("root/trap")), 0);
        CU_ASSERT_EQUAL(
            run_box(&(struct box){ ONE("/trap/pwned"), .expected = -ELOOP }),
            42);
        CU_ASSERT_EQUAL(access("/tmp/pwned", F_OK), -1);
        CU_ASSERT_EQUAL(
            run_box(&(struct box){ ONE("/fd/tmp/pwned"), .expected = -ELOOP }),
            42);
        CU_ASSERT_EQUAL(access("/tmp/pwned", F_OK), -1);
        remove_scratch();
    }
    CU_ASSERT(inherited > 0 && inherited < 24);
    close(inherited);
}

static int check_old_root_is_gone(void)
{
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    char line[1024], point[256];
    int roots = 0;

    while (mounts && fgets(line, sizeof(line), mounts))
        roots += sscanf(line, "%*d %*d %*s %*s %255s", point) == 1 &&
                 strcmp(point, "/") == 0;
    return roots == 1 && access("/../lab", F_OK) < 0 ? 42 : 1;
}

static void the_old_root_is_gone_with_volumes_too(void)
{
    make_host();
    CU_ASSERT_EQUAL(
        run_box(&(struct box){ ONE("/data"), .check = check_old_root_is_gone }),
        42);
    remove_scratch();
}

static void a_source_that_is_not_there_is_explained(void)
{
    struct box box = { .expected = -ENOENT,
                       .cause = "no such file or directory" };

    make_host();
    box.volumes[0] = onto(scratch("data"), "/data");
    box.volumes[1] = onto(scratch("none"), "/none");
    CU_ASSERT_EQUAL(run_box(&box), 42);
    remove_scratch();
}

static int check_root_is_read_only(void)
{
    return write_new("/new") == -EROFS && write_new("/data/new") == 0 ? 42 : 1;
}

static void a_read_only_root_needs_its_mountpoints_beforehand(void)
{
    struct box box = { .expected = -EROFS,
                       .cause = "the root directory is read-only" };

    make_host();
    box.volumes[0] = onto(scratch("data"), "/data");
    box.read_only = true;
    CU_ASSERT_EQUAL(run_box(&box), 42);
    CU_ASSERT_EQUAL(mkdir(scratch("root/data"), 0755), 0);
    box.expected = 0;
    box.cause = NULL;
    box.check = check_root_is_read_only;
    CU_ASSERT_EQUAL(run_box(&box), 42);
    CU_ASSERT_EQUAL(access(scratch("data/new"), F_OK), 0);
    remove_scratch();
}

static int check_nested(void)
{
    return access("/data/sub/file", F_OK) == 0 && write_new("/data/new") == 0
               ? 42
               : 1;
}

static void a_volume_can_be_inside_another(void)
{
    struct box box = { .check = check_nested };

    make_host();
    box.volumes[0] = onto(scratch("outside"), "/data");
    box.volumes[1] = onto(scratch("data"), "/data/sub:ro");
    CU_ASSERT_EQUAL(run_box(&box), 42);
    CU_ASSERT_EQUAL(access(scratch("outside/new"), F_OK), 0);
    remove_scratch();
}

/* ---- Many ---------------------------------------------------------------- */

enum {
    MANY = 40
};

/* In a user namespace with few mount namespaces, as barco limits it: a mount
 * that is not attached yet is in a mount namespace of its own. */
static int enter_with_many(void *arg)
{
    struct barco_mount volumes[MANY];
    struct barco_rootfs rootfs = { .mounts = volumes, .mount_count = MANY };
    struct barco_fds mounts = { .count = 0 };
    const char *source = scratch("data");
    char targets[MANY][16];

    (void)arg;
    if (geteuid() != 0 || !write_text("/proc/sys/user/max_mnt_namespaces", "4"))
        return 1;
    for (int i = 0; i < MANY; i++) {
        snprintf(targets[i], sizeof(targets[i]), "/data%d", i);
        volumes[i] = (struct barco_mount){ .type = "bind",
                                           .source = source,
                                           .target = targets[i] };
    }
    rootfs.dir = scratch("root");
    if (barco_rootfs_enter(&rootfs, &mounts) < 0)
        return 2;
    for (int i = 0; i < MANY; i++) {
        char path[32];

        snprintf(path, sizeof(path), "/data%d/file", i);
        if (access(path, F_OK) < 0)
            return 10 + i;
    }
    return 42;
}

static void many_volumes_need_no_more_mount_namespaces_than_one(void)
{
    make_host();
    CU_ASSERT_EQUAL(run_in(NAMESPACES, enter_with_many, NULL), 42);
    remove_scratch();
}

SUITE("volume",
      { "a file does not go over a device", a_file_does_not_go_over_a_device },
      { "a volume can be below /dev/shm", a_volume_can_be_below_dev_shm },
      { "volumes are read as written", volumes_are_read_as_written },
      { "a volume that makes no sense is refused",
        a_volume_that_makes_no_sense_is_refused },
      { "there can be any number of volumes",
        there_can_be_any_number_of_volumes },
      { "a volume is read and written and its place is made",
        a_volume_is_read_and_written_and_its_place_is_made },
      { "a read-only volume refuses writes",
        a_read_only_volume_refuses_writes },
      { "several volumes have no set-uid and no devices",
        several_volumes_have_no_set_uid_and_no_devices },
      { "a file can be a volume", a_file_can_be_a_volume },
      { "a directory does not go over a file",
        a_directory_does_not_go_over_a_file },
      { "links inside the image are followed",
        links_inside_the_image_are_followed },
      { "a malicious image does not lead to the host",
        a_malicious_image_does_not_lead_to_the_host },
      { "no descriptor of ours can be mounted on",
        no_descriptor_of_ours_can_be_mounted_on },
      { "the old root is gone with volumes too",
        the_old_root_is_gone_with_volumes_too },
      { "a source that is not there is explained",
        a_source_that_is_not_there_is_explained },
      { "a read-only root needs its mountpoints beforehand",
        a_read_only_root_needs_its_mountpoints_beforehand },
      { "a volume can be inside another", a_volume_can_be_inside_another },
      /* Root has no user namespace here, and the limit would be the lab's. */
      { "many volumes need no more mount namespaces than one",
        many_volumes_need_no_more_mount_namespaces_than_one, AS_LEARNER })
