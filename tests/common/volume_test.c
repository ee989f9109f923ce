/**
 * @file
 * @brief Volumes: where they land, and where they cannot be led to.
 */
#include "barco/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/mount.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static char cause[256];

static void remember_cause(const struct barco_error *error, void *arg)
{
    (void)arg;
    snprintf(cause, sizeof(cause), "%s", error->cause ? error->cause : "");
}

/* In namespaces of our own: /tmp/image is the root directory, with a /proc,
 * and /tmp/source, now out of reach, is open as `tree`. */
static int enter_image(const struct barco_volume *volume, int *tree)
{
    barco_error_set_sink(remember_cause, NULL);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        barco_mount_new_at("tmpfs", "/tmp", 0, NULL) < 0 ||
        mkdir("/tmp/source", 0755) < 0 || mkdir("/tmp/image", 0755) < 0 ||
        mkdir("/tmp/image/proc", 0755) < 0 || mkdir("/tmp/secret", 0755) < 0)
        return -1;
    close(creat("/tmp/source/file", 0644));
    close(creat("/tmp/secret/untouched", 0644));
    if (barco_mount_new_at("proc", "/tmp/image/proc", 0, NULL) < 0)
        return -2;
    *tree = barco_volume_open(volume, -1);
    return *tree < 0 ? *tree : 0;
}

struct attempt {
    struct barco_volume volume;
    const char *link, *to; /* a symbolic link in the image */
    const char *seen;      /* a file that has to be there afterwards */
    int expected;          /* of barco_volume_attach() */
};

static int attempt(void *arg)
{
    const struct attempt *a = arg;
    int host, tree, result;

    if (enter_image(&a->volume, &tree) < 0)
        return 1;
    /* What a careless runtime would have open: a directory of the host. */
    host = open("/tmp/secret", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dup2(host, 50) < 0 || chroot("/tmp/image") < 0 || chdir("/") < 0)
        return 2;
    if (a->link && symlink(a->to, a->link) < 0)
        return 3;
    result = barco_volume_attach(&a->volume, tree);
    if (result != a->expected)
        return 4;
    /* Nothing was made or mounted on the host's side. */
    if (faccessat(50, "untouched", F_OK, 0) < 0 ||
        faccessat(50, "file", F_OK, 0) == 0 ||
        faccessat(50, "new", F_OK, 0) == 0)
        return 5;
    return a->seen && access(a->seen, F_OK) < 0 ? 6 : 42;
}

#define TRY(...)                                                \
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS | CLONE_NEWPID, attempt, \
                           &(struct attempt){ __VA_ARGS__ }),   \
                    42)

static void a_directory_is_mounted_and_made_if_missing(void)
{
    TRY(.volume = { "/tmp/source", "/data", false }, .seen = "/data/file");
    TRY(.volume = { "/tmp/source", "//a/b//c/", false }, .seen = "/a/b/c/file");
}

static void a_file_is_mounted_on_a_file(void)
{
    TRY(.volume = { "/tmp/source/file", "/etc/new.conf", true },
        .seen = "/etc/new.conf");
}

static void links_lead_inside_of_the_image(void)
{
    TRY(.volume = { "/tmp/source", "/var/data", false }, .link = "/var",
        .to = "/proc/../run", .seen = NULL, .expected = -EEXIST);
    TRY(.volume = { "/tmp/source", "/link/new", false }, .link = "/link",
        .to = "../../../..", .seen = "/new/file");
    TRY(.volume = { "/tmp/source", "/link", false }, .link = "/link",
        .to = "/tmp/secret", .expected = -EEXIST);
}

static void a_link_through_a_descriptor_is_refused(void)
{
    TRY(.volume = { "/tmp/source", "/link", false }, .link = "/link",
        .to = "/proc/self/fd/50", .expected = -ELOOP);
    TRY(.volume = { "/tmp/source", "/link/new", false }, .link = "/link",
        .to = "/proc/self/fd/50", .expected = -ELOOP);
}

static void nothing_is_mounted_over_proc(void)
{
    TRY(.volume = { "/tmp/source", "/proc", false }, .expected = -EPERM);
    TRY(.volume = { "/tmp/source", "/proc/sys", false }, .expected = -EPERM);
    TRY(.volume = { "/tmp/source", "/link", false }, .link = "/link",
        .to = "proc/tty", .expected = -EPERM);
}

static int look_at_attributes(void *arg)
{
    const struct barco_volume *volume = arg;
    static char info[65536];
    const char *line;
    int tree;

    if (enter_image(volume, &tree) < 0)
        return 1;
    if (barco_volume_attach(volume, tree) < 0)
        return 2;
    read_text("/proc/self/mountinfo", info, sizeof(info));
    line = strstr(info, " /mnt ");
    if (!line)
        return 3;
    if (strncmp(line + 6, volume->read_only ? "ro," : "rw,", 3) != 0)
        return 4;
    if (!strstr(line, "nosuid,nodev"))
        return 5;
    if ((creat("/mnt/new", 0644) >= 0) == volume->read_only)
        return 6;
    return 42;
}

static void read_only_holds_and_setuid_and_devices_do_not(void)
{
    struct barco_volume writable = { "/tmp/source", "/mnt", false };
    struct barco_volume read_only = { "/tmp/source", "/mnt", true };

    CU_ASSERT_EQUAL(
        run_in(CLONE_NEWNS | CLONE_NEWPID, look_at_attributes, &writable), 42);
    CU_ASSERT_EQUAL(
        run_in(CLONE_NEWNS | CLONE_NEWPID, look_at_attributes, &read_only), 42);
}

static int open_missing(void *arg)
{
    const struct barco_volume volume = { "/no/such", "/mnt", false };

    (void)arg;
    barco_error_set_sink(remember_cause, NULL);
    return barco_volume_open(&volume, -1) == -ENOENT &&
                   strstr(cause, "no such file or directory on the host")
               ? 42
               : 1;
}

static void a_source_that_is_not_there_is_explained(void)
{
    CU_ASSERT_EQUAL(run_in(CLONE_NEWNS, open_missing, NULL), 42);
}

SUITE("volume",
      { "a directory is mounted, and made if missing",
        a_directory_is_mounted_and_made_if_missing },
      { "a file is mounted on a file", a_file_is_mounted_on_a_file },
      { "links lead inside of the image", links_lead_inside_of_the_image },
      { "a link through a descriptor is refused",
        a_link_through_a_descriptor_is_refused },
      { "nothing is mounted over /proc", nothing_is_mounted_over_proc },
      { "read-only holds, and setuid and devices do not",
        read_only_holds_and_setuid_and_devices_do_not },
      { "a source that is not there is explained",
        a_source_that_is_not_there_is_explained })
