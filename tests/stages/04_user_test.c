/**
 * @file
 * @brief Stage 04, the real program: root inside, nobody outside.
 */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static struct run r;

/* The uid outside of the process that runs a marked sleep, or -1. */
static int uid_outside(const char *marker)
{
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    char path[300], text[256];
    struct stat st;
    int uid = -1;

    while (proc && uid < 0 && (entry = readdir(proc))) {
        snprintf(path, sizeof(path), "/proc/%s/cmdline", entry->d_name);
        read_text(path, text, sizeof(text));
        snprintf(path, sizeof(path), "/proc/%s", entry->d_name);
        if (strcmp(text, "sleep") == 0 &&
            strcmp(text + strlen(text) + 1, marker) == 0 &&
            stat(path, &st) == 0)
            uid = (int)st.st_uid;
    }
    if (proc)
        closedir(proc);
    return uid;
}

static bool is_running(const void *marker)
{
    return uid_outside(marker) >= 0;
}

static void uid_0_inside_is_not_uid_0_outside(void)
{
    static const char marker[] = "4321";
    int expected = geteuid() == 0 ? 10000 : (int)geteuid();
    pid_t pid = start_stage("04_user", "sleep", marker, NULL);

    CU_ASSERT_TRUE(eventually(is_running, marker));
    CU_ASSERT_EQUAL(uid_outside(marker), expected);
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(pid), 143);

    run_stage(&r, "04_user", "id", "-u", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0\n");
}

static void the_command_gets_the_uid_that_was_asked_for(void)
{
    run_stage(&r, "04_user", "-u", "5", "sh", "-c", "id -u; id -g", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "5\n5\n");
    CU_ASSERT_EQUAL(r.status, 0);
    run_stage(&r, "04_user", "-u", "5:7", "sh", "-c", "id -u; id -g", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "5\n7\n");
}

static void the_groups_of_the_host_are_left_behind(void)
{
    const gid_t group = 1234;

    if (geteuid() == 0)
        CU_ASSERT_EQUAL(setgroups(1, &group), 0);
    run_stage(&r, "04_user", "grep", "Groups", "/proc/self/status", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "Groups:\t \n");
    if (geteuid() == 0)
        CU_ASSERT_EQUAL(setgroups(0, NULL), 0);
}

static void pid_1_is_init_and_shows_nothing_of_the_host(void)
{
    run_stage(&r, "04_user", "cat", "/proc/1/comm", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "init\n");
    run_stage(&r, "04_user", "sh", "-c", "cat /proc/1/exe | wc -c", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0\n");
    run_stage(&r, "04_user", "ls", "/proc/1/fd", NULL);
    CU_ASSERT_NOT_EQUAL(r.status, 0);
}

static void a_uid_without_a_map_is_refused(void)
{
    run_stage(&r, "04_user", "-u", geteuid() == 0 ? "2000" : "65535", "true",
              NULL);
    if (geteuid() == 0) {
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "is not in the map"));
    } else {
        CU_ASSERT_EQUAL(r.status, 0); /* the range has 65536 ids and our own */
    }
    run_stage(&r, "04_user", "-u", "none", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
}

static void files_keep_their_owners(void)
{
    run_stage(&r, "04_user", "stat", "-c", "%u", "/etc/passwd", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, geteuid() == 0 ? "0\n" : "65534\n");
}

/* Root inside would be root outside, if the host's own root were mapped. */
static void the_files_of_the_host_s_own_root_are_nobody_s(void)
{
    close(open("/etc/secret", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    run_stage(&r, "04_user", "-m", "/", "sh", "-c",
              "stat -c %u /etc/passwd; echo x >> /etc/passwd; cat /etc/secret",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "65534\n");
    CU_ASSERT_NOT_EQUAL(r.status, 0);
    unlink("/etc/secret");
}

static void volumes_keep_their_owners(void)
{
    const char *dir = geteuid() == 0 ? "/root/volume" : "/home/learner/volume";
    char option[64], path[64];
    struct stat st;

    mkdir(dir, 0700);
    snprintf(option, sizeof(option), "%s:/mnt", dir);
    run_stage(&r, "04_user", "--volume", option, "sh", "-c",
              "stat -c %u /mnt && touch /mnt/new", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0\n");
    snprintf(path, sizeof(path), "%s/new", dir);
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_uid, geteuid());
    unlink(path);
    rmdir(dir);
}

static void no_mount_leaks_to_the_host(void)
{
    static char before[65536], during[65536];
    static const char marker[] = "4322";
    pid_t pid;

    read_text("/proc/self/mountinfo", before, sizeof(before));
    pid = start_stage("04_user", "sleep", marker, NULL);
    CU_ASSERT_TRUE(eventually(is_running, marker));
    read_text("/proc/self/mountinfo", during, sizeof(during));
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(pid), 143);
    CU_ASSERT_STRING_EQUAL(before, during);
}

static void a_sysctl_of_the_host_cannot_be_written(void)
{
    static const char script[] =
        "mount -o remount,rw,bind /proc/sys; umount /proc/sys; "
        "echo x > /proc/sys/kernel/core_pattern";
    char before[256], after[256];

    read_text("/proc/sys/kernel/core_pattern", before, sizeof(before));
    run_stage(&r, "04_user", "sh", "-c", script, NULL);
    CU_ASSERT_NOT_EQUAL(r.status, 0);
    read_text("/proc/sys/kernel/core_pattern", after, sizeof(after));
    CU_ASSERT_STRING_EQUAL(before, after);
}

static void a_disk_cannot_be_made(void)
{
    run_stage(&r, "04_user", "mknod", "/tmp/disk", "b", "8", "0", NULL);
    CU_ASSERT_NOT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "Operation not permitted"));
}

static void user_namespaces_switched_off_are_explained(void)
{
    static const char knob[] = "/proc/sys/user/max_user_namespaces";
    char limit[32];
    int fd;

    if (geteuid() != 0)
        return; /* root's to turn; the message is the same */
    read_text(knob, limit, sizeof(limit));
    fd = open(knob, O_WRONLY | O_CLOEXEC);
    CU_ASSERT_EQUAL(write(fd, "0", 1), 1);
    run_stage(&r, "04_user", "id", NULL);
    CU_ASSERT(pwrite(fd, limit, strlen(limit), 0) > 0);
    close(fd);

    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "max_user_namespaces is 0"));
}

static void stages_that_need_root_say_so(void)
{
    if (geteuid() == 0)
        return; /* for learner's run of this test */
    run_stage(&r, "03_mount", "id", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "you are not root"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "--config=lab //stages:03_mount"));
}

static void a_file_system_without_idmaps_is_told_and_used(void)
{
    if (geteuid() != 0)
        return; /* an ordinary user has no idmapped mounts */
    mkdir("/tmp/plain", 0755);
    mkdir("/tmp/plain/proc", 0755);
    mkdir("/tmp/plain/sys", 0755);
    mkdir("/tmp/plain/dev", 0755);
    mkdir("/tmp/plain/bin", 0755);
    CU_ASSERT_EQUAL(system("cp /bin/busybox /tmp/plain/bin/true"), 0);
    run_stage(&r, "04_user", "-m", "/tmp/plain", "/bin/true", NULL);
    CU_ASSERT_EQUAL(system("rm -r /tmp/plain"), 0);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cannot be idmapped"));
}

static void nothing_is_left_behind(void)
{
    struct leftovers before = count_leftovers();
    pid_t pid;

    run_stage(&r, "04_user", "sh", "-c", "sleep 1000 &", NULL);
    run_stage(&r, "04_user", "-m", "/no/such", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_TRUE(nothing_left_since(before));

    pid = start_stage("04_user", "sleep", "1000", NULL);
    usleep(200000);
    kill(pid, SIGKILL);
    CU_ASSERT_EQUAL(wait_stage(pid), 137);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

SUITE("04_user",
      { "uid 0 inside is not uid 0 outside",
        uid_0_inside_is_not_uid_0_outside },
      { "the command gets the uid that was asked for",
        the_command_gets_the_uid_that_was_asked_for },
      { "the groups of the host are left behind",
        the_groups_of_the_host_are_left_behind },
      { "PID 1 is init and shows nothing of the host",
        pid_1_is_init_and_shows_nothing_of_the_host },
      { "a uid without a map is refused", a_uid_without_a_map_is_refused },
      { "files keep their owners", files_keep_their_owners },
      { "the files of the host's own root are nobody's",
        the_files_of_the_host_s_own_root_are_nobody_s },
      { "volumes keep their owners", volumes_keep_their_owners },
      { "no mount leaks to the host", no_mount_leaks_to_the_host },
      { "a sysctl of the host cannot be written",
        a_sysctl_of_the_host_cannot_be_written },
      { "a disk cannot be made", a_disk_cannot_be_made },
      { "user namespaces switched off are explained",
        user_namespaces_switched_off_are_explained },
      { "stages that need root say so", stages_that_need_root_say_so },
      { "a file system without idmaps is told and used",
        a_file_system_without_idmaps_is_told_and_used },
      { "nothing is left behind", nothing_is_left_behind })
