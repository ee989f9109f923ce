/**
 * @file
 * @brief Stage 03, the real program: files of the host, mounts, /proc, /dev.
 */
#include <fcntl.h>
#include <signal.h>
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
        strstr(r.err, "cause: there is no such file or directory"));
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
    CU_ASSERT_STRING_EQUAL(r.out, "2\nas\nstart\n");
}

static void volumes_show_files_of_the_host(void)
{
    char text[16];

    mkdir("/tmp/volume", 0755);
    run_stage(&r, "03_mount", "--volume", "/tmp/volume:/mnt", "--volume",
              "/etc/passwd:/tmp/users:ro", "sh", "-c",
              "echo hello > /mnt/file; grep -c learner /tmp/users; "
              "echo x > /tmp/users",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "1\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "Read-only file system"));
    CU_ASSERT_STRING_EQUAL(read_text("/tmp/volume/file", text, sizeof(text)),
                           "hello\n");
    unlink("/tmp/volume/file");
    rmdir("/tmp/volume");
    run_stage(&r, "03_mount", "--volume", "/etc:/elsewhere", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "fix:   mount it on /mnt"));
}

static void a_bad_volume_names_the_good_ones(void)
{
    static const char *const bad[] = { "/etc",       "/etc:mnt",    "/etc:/",
                                       "/etc:/a/..", "/etc:/mnt:x", ":/mnt" };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        run_stage(&r, "03_mount", "--volume", bad[i], "true", NULL);
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "give SRC:DST"));
    }
}

static void a_root_directory_can_be_read_only(void)
{
    run_stage(&r, "03_mount", "-m", "/", "--read-only", "sh", "-c",
              "touch /etc/new && echo written", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT(access("/etc/new", F_OK) < 0);
}

static void nothing_is_left_behind(void)
{
    struct leftovers before = count_leftovers();
    pid_t pid;

    run_stage(&r, "03_mount", "true", NULL);
    run_stage(&r, "03_mount", "-m", "/no/such", "true", NULL);
    CU_ASSERT_TRUE(nothing_left_since(before));

    pid = start_stage("03_mount", "sleep", "1000", NULL);
    usleep(200000);
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
      { "a directory without proc is explained",
        a_directory_without_proc_is_explained },
      { "the root of the host will do", the_root_of_the_host_will_do },
      { "volumes show files of the host", volumes_show_files_of_the_host },
      { "a bad volume names the good ones", a_bad_volume_names_the_good_ones },
      { "a root directory can be read-only",
        a_root_directory_can_be_read_only },
      { "nothing is left behind", nothing_is_left_behind })
