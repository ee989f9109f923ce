/**
 * @file
 * @brief Stage 03, the real program: files of the host, mounts, /proc, /dev.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"
#include "tests/lib/told.h"

static struct run r;

static void a_secret_of_the_host_cannot_be_read(void)
{
    make_scratch("/tmp");
    CU_ASSERT_TRUE(write_text(scratch("secret"), "hidden"));
    run_stage(&r, "02_pid", "cat", scratch("secret"), NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "hidden");
    run_stage(&r, "03_mount", "cat", scratch("secret"), NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT_EQUAL(r.status, 1);
    remove_scratch();
}

static void each_mount_has_a_reason_of_its_own(void)
{
    static struct tale tale;
    const char *reasons[TOLD_MAX];
    int count = 0;

    run_stage(&r, "03_mount", "--explain=json", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_TRUE(read_told(&tale, r.err));
    for (int i = 0; i < tale.count; i++)
        if (strstr(tale.told[i].call, "mount"))
            reasons[count++] = tale.told[i].why;
    CU_ASSERT(count >= 12);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i; j++)
            CU_ASSERT_STRING_NOT_EQUAL(reasons[i], reasons[j]);
}

static void a_chroot_inside_does_not_lead_out(void)
{
    make_scratch("/tmp");
    CU_ASSERT_TRUE(write_text(scratch("secret"), "hidden"));
    run_stage(&r, "03_mount", "sh", "-c",
              "mkdir /tmp/a; chroot /tmp/a true; cd /; "
              "cat ../../../../../..$0 /proc/1/root$0",
              scratch("secret"), NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, scratch("secret")));
    remove_scratch();
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

static void ps_sees_only_the_container(void)
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
        strstr(r.err, "in the lab, and here paths are the lab's"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "fix:   lab --share DIR shows DIR"));
}

/* What a stage says on a machine that is not the lab. */
static void outside_the_lab_no_message_mentions_it(void)
{
    CU_ASSERT_EQUAL_FATAL(rename("/run/barco-lab", "/run/mark"), 0);
    run_stage(&r, "03_mount", "--mnt", "/no/such", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "cause: there is no such directory\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "fix:   give --mnt a directory that exists\n"));
    CU_ASSERT_EQUAL(rename("/run/mark", "/run/barco-lab"), 0);
}

static void a_file_as_root_directory_is_explained(void)
{
    run_stage(&r, "03_mount", "--mnt", "/etc/passwd", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "(\"/etc/passwd\") = ENOTDIR"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "and a root has to be a directory\n"));
}

/* The stage, with no bundled root beside it. */
static void a_bundled_root_that_is_not_built_is_explained(void)
{
    char command[512];

    make_scratch("/tmp");
    snprintf(command, sizeof(command), "mkdir %s && cp stages/03_mount %s",
             scratch("stages"), scratch("stages"));
    CU_ASSERT_EQUAL_FATAL(system(command), 0);
    snprintf(command, sizeof(command), "../../../../../../../..%s",
             scratch("stages/03_mount"));
    run_stage(&r, command, "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cause: the bundled root is missing"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "fix:   bazel build //tools/rootfs:busybox"));
    remove_scratch();
}

/* As it is installed: PREFIX/bin and PREFIX/share/barco/root. */
static void an_installed_stage_finds_its_bundled_root(void)
{
    char command[512];

    make_scratch("/tmp");
    snprintf(command, sizeof(command),
             "mkdir -p %s %s && cp stages/03_mount %s/barco", scratch("bin"),
             scratch("share/barco"), scratch("bin"));
    CU_ASSERT_EQUAL_FATAL(system(command), 0);
    make_image(scratch("share/barco/root"), "ls touch");
    CU_ASSERT_EQUAL(mkdir(scratch("share/barco/root/root"), 0755), 0);
    snprintf(command, sizeof(command), "../../../../../../../..%s",
             scratch("bin/barco"));
    run_stage(&r, command, "sh", "-c", "ls -d /run && touch /tmp/x && touch /x",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "/run\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "/x: Read-only file system"));
    remove_scratch();
}

static void a_command_that_cannot_run_is_explained(void)
{
    run_stage(&r, "03_mount", "/tmp", NULL);
    CU_ASSERT_EQUAL(r.status, 126);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cause: that is a directory"));
    run_stage(&r, "03_mount", "/no/such", NULL);
    CU_ASSERT_EQUAL(r.status, 127);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "cause: there is no such program in the container"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "--mnt DIR"));

    make_scratch("/tmp");
    CU_ASSERT(write_text(scratch("script"), "#!/no/such\n") &&
              chmod(scratch("script"), 0755) == 0);
    run_stage(&r, "03_mount", "--volume", onto(scratch(""), "/mnt"),
              "/mnt/script", NULL);
    CU_ASSERT_EQUAL(r.status, 127);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "cause: the file exists, but the int"));
    remove_scratch();
}

static void a_directory_without_proc_is_explained(void)
{
    make_scratch("/tmp");
    run_stage(&r, "03_mount", "-m", scratch(""), "ls", NULL);
    remove_scratch();
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "fix:   create it there: mkdir proc"));
}

static void the_host_s_root_directory_can_be_the_root(void)
{
    run_stage(&r, "03_mount", "-m", "/", "sh", "-c", "echo $$; ls /lab", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.out, "2\nreseed\nrun-as\nstart\n");
}

/* A directory of the host's to share, with a file in it. */
static void make_volume(void)
{
    make_scratch("/tmp");
    CU_ASSERT_TRUE(write_text(scratch("file"), "shared\n"));
}

static void a_volume_is_shared_with_the_host(void)
{
    char text[16];

    make_volume();
    run_stage(&r, "03_mount", "--volume", onto(scratch(""), "/mnt"), "sh", "-c",
              "cat /mnt/file && echo new > /mnt/new", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.out, "shared\n");
    CU_ASSERT_STRING_EQUAL(read_text(scratch("new"), text, sizeof(text)),
                           "new\n");
    remove_scratch();
}

static void several_volumes_keep_their_own_modes(void)
{
    static const char script[] =
        "grep -E ' /tmp/(a/b|f) ' /proc/self/mountinfo | cut -d' ' -f5,6;"
        "echo new > /tmp/f || echo refused; echo new > /tmp/a/b/file";
    char text[16];

    make_volume();
    run_stage(&r, "03_mount", "--volume", onto(scratch(""), "/tmp/a/b"),
              "--volume", onto(scratch("file"), "/tmp/f:ro"), "sh", "-c",
              script, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "/tmp/a/b rw,nosuid,nodev"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "/tmp/f ro,nosuid,nodev"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "refused"));
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(read_text(scratch("file"), text, sizeof(text)),
                           "new\n");
    remove_scratch();
}

static void a_volume_that_cannot_be_mounted_is_explained(void)
{
    static const char *const bad[][2] = {
        { "/no/such:/mnt", "cause: there is no such file or directory in" },
        { "/etc/passwd/x:/mnt", "cause: a part of that path is a file" },
        { "/tmp:/srv", "fix:   the bundled root is read-only: use /mnt or" },
        { "/etc/passwd:/passwd", "the bundled root is read-only: use a file" },
        { "/tmp:/proc", "cause: that path is in /proc, /sys or a cgroup" },
        { "/tmp:/sys/fs/cgroup",
          "cause: that path is in /proc, /sys or a cgroup" },
        { "/tmp:/proc/self/cwd/tmp", "cause: that path is in /proc" },
        { "/tmp:/dev/fd/3", "cause: that path is in /proc" },
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

    make_scratch("/tmp");
    make_image(scratch("root"), "touch");
    CU_ASSERT_EQUAL(mkdir(scratch("data"), 0755), 0);
    CU_ASSERT_EQUAL(mount("run", scratch("root/run"), "tmpfs", 0, NULL), 0);
    run_stage(&r, "03_mount", "--read-only", "-m", scratch("root"), "--volume",
              onto(scratch("data"), "/mnt"), "sh", "-c", script, NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_TRUE(is_gone(scratch("root/x")));
    CU_ASSERT_TRUE(is_gone(scratch("root/run/x")));
    CU_ASSERT_TRUE(exists(scratch("data/x")));
    run_stage(&r, "03_mount", "-m", scratch("root"), "touch", "/x", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(umount(scratch("root/run")), 0);
    remove_scratch();
}

static void until_stage_06_a_read_only_volume_can_be_remounted(void)
{
    make_volume();
    run_stage(
        &r, "03_mount", "--volume", onto(scratch(""), "/mnt:ro"), "sh", "-c",
        "touch /mnt/x || mount -o remount,rw,bind /mnt && touch /mnt/y", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(access(scratch("x"), F_OK), -1);
    CU_ASSERT_EQUAL(access(scratch("y"), F_OK), 0);
    remove_scratch();
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
      { "each mount has a reason of its own",
        each_mount_has_a_reason_of_its_own },
      { "a secret of the host cannot be read",
        a_secret_of_the_host_cannot_be_read },
      { "a chroot inside does not lead out",
        a_chroot_inside_does_not_lead_out },
      { "the mount table of the host is unchanged",
        the_mount_table_of_the_host_is_unchanged },
      { "ps sees only the container", ps_sees_only_the_container },
      { "the bundled root is read-only with room to write",
        the_bundled_root_is_read_only_with_room_to_write },
      { "a directory that is not there is explained",
        a_directory_that_is_not_there_is_explained },
      { "outside the lab no message mentions it",
        outside_the_lab_no_message_mentions_it },
      { "a file as root directory is explained",
        a_file_as_root_directory_is_explained },
      { "a bundled root that is not built is explained",
        a_bundled_root_that_is_not_built_is_explained },
      { "an installed stage finds its bundled root",
        an_installed_stage_finds_its_bundled_root },
      { "a command that cannot run is explained",
        a_command_that_cannot_run_is_explained },
      { "a directory without proc is explained",
        a_directory_without_proc_is_explained },
      { "the host's root directory can be the root",
        the_host_s_root_directory_can_be_the_root },
      { "a volume is shared with the host", a_volume_is_shared_with_the_host },
      { "several volumes keep their own modes",
        several_volumes_keep_their_own_modes },
      { "a volume that cannot be mounted is explained",
        a_volume_that_cannot_be_mounted_is_explained },
      { "a read-only root leaves volumes as they are",
        a_read_only_root_leaves_volumes_as_they_are },
      { "until stage 06 a read-only volume can be remounted",
        until_stage_06_a_read_only_volume_can_be_remounted },
      { "nothing is left behind", nothing_is_left_behind })
