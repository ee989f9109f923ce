/**
 * @file
 * @brief Stage 03, the real program: files of the host, mounts, /proc, /dev.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static struct run r;

/* Something of the host's that a container must not read. */
static const char secret[] = "/tmp/secret";

static void make_secret(void)
{
    int fd = open(secret, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

    CU_ASSERT_EQUAL(write(fd, "hidden", 6), 6);
    close(fd);
}

static void a_secret_of_the_host_cannot_be_read(void)
{
    make_secret();
    run_stage(&r, "02_pid", "cat", secret, NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "hidden");
    run_stage(&r, "03_mount", "cat", secret, NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT_EQUAL(r.status, 1);
    unlink(secret);
}

static void a_chroot_does_not_lead_out(void)
{
    make_secret();
    run_stage(&r, "03_mount", "sh", "-c",
              "mkdir /tmp/a; chroot /tmp/a true; cd /; "
              "cat ../../../../../../tmp/secret /proc/1/root/tmp/secret",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    unlink(secret);
}

static void the_mount_table_of_the_host_is_unchanged(void)
{
    static char before[65536], after[65536];

    read_text("/proc/self/mountinfo", before, sizeof(before));
    run_stage(&r, "03_mount", "sh", "-c",
              "mount -t tmpfs t /tmp && mount | grep -c tmpfs", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    read_text("/proc/self/mountinfo", after, sizeof(after));
    CU_ASSERT_STRING_EQUAL(before, after);
}

static void ps_sees_the_container_alone(void)
{
    run_stage(&r, "03_mount", "sh", "-c", "ls /proc | grep -c '^[0-9]'", NULL);
    CU_ASSERT(atoi(r.out) >= 2 && atoi(r.out) <= 5);
}

static void the_bundled_root_is_read_only_with_room_to_write(void)
{
    run_stage(&r, "03_mount", "sh", "-c",
              "touch /bin/x || touch /tmp/x && touch /root/x && echo yes",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "yes\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "Read-only file system"));
}

static void a_directory_that_is_not_there_is_explained(void)
{
    run_stage(&r, "03_mount", "--mnt", "/no/such", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "in the lab, and paths are the lab's"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "fix:   lab --share DIR shows DIR"));
}

/* What a stage says on a machine that is no lab. */
static void outside_the_lab_no_lab_is_spoken_of(void)
{
    CU_ASSERT_EQUAL_FATAL(rename("/run/barco-lab", "/run/mark"), 0);
    run_stage(&r, "03_mount", "--mnt", "/no/such", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "cause: there is no such directory\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "fix:   name one that exists with --mnt\n"));
    CU_ASSERT_EQUAL(rename("/run/mark", "/run/barco-lab"), 0);
}

static void a_file_as_root_directory_is_explained(void)
{
    run_stage(&r, "03_mount", "--mnt", "/etc/passwd", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "(\"/etc/passwd\", "));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, ") = ENOTDIR"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "and a root is a directory\n"));
}

/* The stage, with no bundled root beside it. */
static void a_bundled_root_that_is_not_built_is_explained(void)
{
    char self[PATH_MAX] = "", copy[2 * PATH_MAX];

    CU_ASSERT(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
    snprintf(copy, sizeof(copy),
             "mkdir -p /tmp/alone/stages && cp '%.*s/stages/03_mount' "
             "/tmp/alone/stages",
             (int)(strstr(self, "/tests/") - self), self);
    CU_ASSERT_EQUAL_FATAL(system(copy), 0);
    run_stage(&r, "../../../../../../../../tmp/alone/stages/03_mount", "ls",
              NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "cause: the bundled root is not there"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "fix:   bazel build //tools/rootfs:busybox"));
    CU_ASSERT_EQUAL(system("rm -r /tmp/alone"), 0);
}

static void a_command_that_cannot_be_is_explained(void)
{
    static const char script[] =
        "printf '#!/no/such\\n' > /tmp/volume/script; chmod +x /tmp/volume/*";

    run_stage(&r, "03_mount", "/tmp", NULL);
    CU_ASSERT_EQUAL(r.status, 126);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cause: that is a directory"));
    run_stage(&r, "03_mount", "/no/such", NULL);
    CU_ASSERT_EQUAL(r.status, 127);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "cause: there is no such program in the container"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "--mnt DIR"));

    CU_ASSERT_EQUAL(mkdir("/tmp/volume", 0755), 0);
    CU_ASSERT_EQUAL(system(script), 0);
    run_stage(&r, "03_mount", "--volume", "/tmp/volume:/mnt", "/mnt/script",
              NULL);
    CU_ASSERT_EQUAL(r.status, 127);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "cause: it is there, but not the int"));
    CU_ASSERT_EQUAL(system("rm -r /tmp/volume"), 0);
}

static void a_directory_without_proc_is_explained(void)
{
    mkdir("/tmp/empty", 0755);
    run_stage(&r, "03_mount", "-m", "/tmp/empty", "ls", NULL);
    rmdir("/tmp/empty");
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "fix:   make it there: mkdir proc"));
}

static void the_root_of_the_host_will_do(void)
{
    run_stage(&r, "03_mount", "-m", "/", "sh", "-c", "echo $$; ls /lab", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.out, "2\nas\nreseed\nstart\n");
}

/* A directory of the host's to share, as everybody may write to it. */
static void make_volume(void)
{
    int fd;

    CU_ASSERT_EQUAL(mkdir("/tmp/volume", 0755), 0);
    fd = open("/tmp/volume/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    CU_ASSERT_EQUAL(write(fd, "shared\n", 7), 7);
    close(fd);
}

static void remove_volume(void)
{
    CU_ASSERT_EQUAL(system("rm -r /tmp/volume"), 0);
}

static void a_volume_is_shared_with_the_host(void)
{
    char text[16];

    make_volume();
    run_stage(&r, "03_mount", "--volume", "/tmp/volume:/mnt", "sh", "-c",
              "cat /mnt/file && echo new > /mnt/new", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.out, "shared\n");
    CU_ASSERT_STRING_EQUAL(read_text("/tmp/volume/new", text, sizeof(text)),
                           "new\n");
    remove_volume();
}

static void several_volumes_keep_their_own_modes(void)
{
    static const char script[] =
        "grep -E ' /tmp/(a/b|f) ' /proc/self/mountinfo | cut -d' ' -f5,6;"
        "echo new > /tmp/f || echo refused; echo new > /tmp/a/b/file";
    char text[16];

    make_volume();
    run_stage(&r, "03_mount", "--volume=/tmp/volume:/tmp/a/b",
              "--volume=/tmp/volume/file:/tmp/f:ro", "sh", "-c", script, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "/tmp/a/b rw,nosuid,nodev"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "/tmp/f ro,nosuid,nodev"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "refused"));
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(read_text("/tmp/volume/file", text, sizeof(text)),
                           "new\n");
    remove_volume();
}

static void a_volume_that_cannot_be_is_explained(void)
{
    static const char *const bad[][2] = {
        { "/no/such:/mnt", "cause: there is no such file or directory in" },
        { "/etc/passwd/x:/mnt", "cause: a part of that path is a file" },
        { "/tmp:/srv", "fix:   the bundled root is read-only: use /mnt or" },
        { "/etc/passwd:/passwd", "the bundled root is read-only: use a file" },
        { "/tmp:/proc", "cause: that is in /proc, /sys or a cgroup" },
        { "/tmp:/sys/fs/cgroup", "cause: that is in /proc, /sys or a cgroup" },
        { "/tmp:/proc/self/cwd/tmp", "cause: that is in /proc" },
        { "/tmp:/dev/fd/3", "cause: that is in /proc" },
        { "/tmp:/etc/passwd", "cause: a directory can only be mounted on a" },
        { "/tmp", "give SRC:DST, or SRC:DST:ro" },
        { "/tmp:mnt", "give SRC:DST, or SRC:DST:ro" },
        { "/tmp:/mnt/../etc", "give SRC:DST, or SRC:DST:ro" },
        { "/tmp:/mnt:rw", "give SRC:DST, or SRC:DST:ro" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        run_stage(&r, "03_mount", "--volume", bad[i][0], "echo", "ran", NULL);
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_STRING_EQUAL(r.out, "");
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, bad[i][1]));
        if (!strstr(r.err, bad[i][1]))
            printf("\n%s:\n%s", bad[i][0], r.err);
    }
}

static void a_read_only_root_leaves_volumes_as_they_are(void)
{
    static const char script[] =
        "touch /x || touch /run/x || touch /mnt/x && touch /dev/shm/x";

    make_volume();
    CU_ASSERT_EQUAL(system("cd /tmp/volume && mkdir root data && cd root && "
                           "mkdir bin dev etc mnt proc run sys && "
                           "cp /bin/busybox bin/sh && ln bin/sh bin/touch && "
                           "mount -t tmpfs run run"),
                    0);
    run_stage(&r, "03_mount", "--read-only", "-m", "/tmp/volume/root",
              "--volume", "/tmp/volume/data:/mnt", "sh", "-c", script, NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(access("/tmp/volume/root/x", F_OK), -1);
    CU_ASSERT_EQUAL(access("/tmp/volume/root/run/x", F_OK), -1);
    CU_ASSERT_EQUAL(access("/tmp/volume/data/x", F_OK), 0);
    run_stage(&r, "03_mount", "-m", "/tmp/volume/root", "touch", "/x", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(system("umount /tmp/volume/root/run"), 0);
    remove_volume();
}

static void until_stage_06_a_read_only_volume_can_be_remounted(void)
{
    make_volume();
    run_stage(&r, "03_mount", "--volume", "/tmp/volume:/mnt:ro", "sh", "-c",
              "touch /mnt/x || mount -o remount,rw,bind /mnt && touch /mnt/y",
              NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(access("/tmp/volume/x", F_OK), -1);
    CU_ASSERT_EQUAL(access("/tmp/volume/y", F_OK), 0);
    remove_volume();
}

static void nothing_is_left_behind(void)
{
    struct leftovers before = count_leftovers();
    pid_t pid;

    run_stage(&r, "03_mount", "true", NULL);
    run_stage(&r, "03_mount", "--volume", "/etc:/mnt:ro", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    run_stage(&r, "03_mount", "--volume", "/etc:/srv", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    run_stage(&r, "03_mount", "-m", "/no/such", "true", NULL);
    CU_ASSERT_TRUE(nothing_left_since(before));

    pid = start_stage("03_mount", "sleep", "1000", NULL);
    CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
    kill(pid, SIGKILL);
    CU_ASSERT_EQUAL(wait_stage(pid), 137);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

SUITE("03_mount",
      { "a secret of the host cannot be read",
        a_secret_of_the_host_cannot_be_read },
      { "a chroot does not lead out", a_chroot_does_not_lead_out },
      { "the mount table of the host is unchanged",
        the_mount_table_of_the_host_is_unchanged },
      { "ps sees the container alone", ps_sees_the_container_alone },
      { "the bundled root is read-only with room to write",
        the_bundled_root_is_read_only_with_room_to_write },
      { "a directory that is not there is explained",
        a_directory_that_is_not_there_is_explained },
      { "outside the lab no lab is spoken of",
        outside_the_lab_no_lab_is_spoken_of },
      { "a file as root directory is explained",
        a_file_as_root_directory_is_explained },
      { "a bundled root that is not built is explained",
        a_bundled_root_that_is_not_built_is_explained },
      { "a command that cannot be is explained",
        a_command_that_cannot_be_is_explained },
      { "a directory without proc is explained",
        a_directory_without_proc_is_explained },
      { "the root of the host will do", the_root_of_the_host_will_do },
      { "a volume is shared with the host", a_volume_is_shared_with_the_host },
      { "several volumes keep their own modes",
        several_volumes_keep_their_own_modes },
      { "a volume that cannot be is explained",
        a_volume_that_cannot_be_is_explained },
      { "a read-only root leaves volumes as they are",
        a_read_only_root_leaves_volumes_as_they_are },
      { "until stage 06 a read-only volume can be remounted",
        until_stage_06_a_read_only_volume_can_be_remounted },
      { "nothing is left behind", nothing_is_left_behind })
