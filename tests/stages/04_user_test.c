/**
 * @file
 * @brief Stage 04, the real program: root inside, nobody outside.
 */
#include <fcntl.h>
#include <grp.h>
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
#include "tests/lib/without_init.h"

static struct run r;

/* Its uid outside, or -1. */
static long uid_outside(const char *marker)
{
    char path[64];
    struct stat st;

    snprintf(path, sizeof(path), "/proc/%d", find_sleep(marker));
    return stat(path, &st) == 0 ? (long)st.st_uid : -1;
}

static void uid_0_inside_is_not_uid_0_outside(void)
{
    static const char marker[] = "4321";
    pid_t pid = start_stage("04_user", "sleep", marker, NULL);
    long uid;

    CU_ASSERT_TRUE(eventually(is_sleeping, marker));
    uid = uid_outside(marker);
    if (geteuid() == 0)
        CU_ASSERT(uid >= 0x78000000 && uid % 65536 == 0);
    if (geteuid() != 0)
        CU_ASSERT_EQUAL(uid, (long)geteuid());
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(pid), 143);

    run_stage(&r, "04_user", "id", "-u", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0\n");
}

/* The first id of a running sleep on the host; the number of ids has to match,
 * for uids and gids. */
static unsigned first_id(const char *marker, unsigned expected_count)
{
    static const char *const maps[] = { "uid_map", "gid_map" };
    unsigned inside, first[2] = { 0 }, count = 0;
    char path[64], text[256];

    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "/proc/%d/%s", find_sleep(marker),
                 maps[i]);
        CU_ASSERT_EQUAL(sscanf(read_text(path, text, sizeof(text)), "%u %u %u",
                               &inside, &first[i], &count),
                        3);
        CU_ASSERT_EQUAL(count, expected_count);
    }
    CU_ASSERT_EQUAL(first[0], first[1]);
    return first[0];
}

/* A user's containers share the user's range. */
static void containers_that_root_starts_share_no_id(void)
{
    enum {
        COUNT = 8
    };
    char markers[COUNT][16];
    unsigned first[COUNT];
    pid_t pids[COUNT];

    for (int i = 0; i < COUNT; i++) {
        snprintf(markers[i], sizeof(markers[i]), "43%d", 30 + i);
        pids[i] = start_stage("04_user", "sleep", markers[i], NULL);
    }
    for (int i = 0; i < COUNT; i++) {
        CU_ASSERT_TRUE(eventually(is_sleeping, markers[i]));
        first[i] = first_id(markers[i], 65536);
        for (int j = 0; j < i; j++)
            CU_ASSERT((first[i] > first[j] ? first[i] - first[j]
                                           : first[j] - first[i]) >= 65536);
    }
    for (int i = 0; i < COUNT; i++) {
        kill(pids[i], SIGTERM);
        CU_ASSERT_EQUAL(wait_stage(pids[i]), 143);
    }
}

static void root_can_choose_the_ids(void)
{
    static const char marker[] = "4323";
    pid_t pid;

    pid = start_stage("04_user", "--ids", "10000:2000", "sleep", marker, NULL);
    CU_ASSERT_TRUE(eventually(is_sleeping, marker));
    CU_ASSERT_EQUAL(first_id(marker, 2000), 10000);
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(pid), 143);
}

static void nobody_else_can_choose_the_ids(void)
{
    run_stage(&r, "04_user", "--ids", "10000:2000", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "lets only root choose"));
}

static void ids_that_are_not_a_range_are_refused(void)
{
    static const char *const bad[] = { "",
                                       "1",
                                       "10000:",
                                       ":5",
                                       "0:2000",
                                       "1:0",
                                       "-1:5",
                                       "1:2:3",
                                       "4294967294:2",
                                       " 1:2",
                                       "4294967297:5",
                                       "1:4294967297",
                                       "0x10:5",
                                       "1:+5" };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        run_stage(&r, "04_user", "--ids", bad[i], "true", NULL);
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(r.err, "is not a range; give FIRST:COUNT"));
    }
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
    run_stage(&r, "04_user", "--volume", "/etc:/mnt:ro", "cat",
              "/proc/1/cmdline", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "init");
    run_stage(&r, "04_user", "sh", "-c", "cat /proc/1/exe | wc -c", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0\n");
    run_stage(&r, "04_user", "ls", "/proc/1/fd", NULL);
    CU_ASSERT_NOT_EQUAL(r.status, 0);
}

static void a_uid_that_is_not_mapped_is_refused(void)
{
    run_stage(&r, "04_user", "-u", "65535", "id", "-u", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "65535\n");
    run_stage(&r, "04_user", "-u", "none", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
}

/* An ordinary user's range has 65536 ids, and more cannot be asked for. */
static void a_uid_outside_a_chosen_range_is_refused(void)
{
    static const char *const users[] = { "2000", "1999:2000" };

    for (size_t i = 0; i < 2; i++) {
        run_stage(&r, "04_user", "-v", "--ids", "10000:2000", "-u", users[i],
                  "true", NULL);
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "is not in the container's map"));
        CU_ASSERT_PTR_NULL(strstr(r.err, "start the container"));
    }
    run_stage(&r, "04_user", "--ids", "10000:2000", "-u", "1999", "id", "-u",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "1999\n");
}

/* ---- What ordinary users have, with a host that is not as it should be ----
 */

/* Runs a shell command, which may write to $scratch, and keeps its output. */
static int shell(const char *command)
{
    static char text[2048];
    int status;

    make_scratch("/tmp");
    setenv("scratch", scratch(""), 1);
    snprintf(text, sizeof(text), "exec 2>$scratch/err >/dev/null; %s", command);
    status = system(text);
    read_text(scratch("err"), r.err, sizeof(r.err));
    remove_scratch();
    return WEXITSTATUS(status);
}

/* Runs a script in a mount namespace of its own, where it may change the host;
 * $as runs a command as learner. setpriv has its path, because BusyBox's shell
 * would take BusyBox's own. */
static int on_a_host(const char *script)
{
    static char command[1024];

    snprintf(command, sizeof(command),
             "exec unshare -m timeout -s KILL 20 sh -c '"
             "as=\"/usr/bin/setpriv --reuid 1000 --regid 1000 "
             "--clear-groups\"; %s'",
             script);
    return shell(command);
}

/* As in a container whose root has only one id. */
static void a_user_namespace_with_too_few_ids_is_explained(void)
{
    CU_ASSERT_EQUAL(shell("unshare -r stages/04_user true"), 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "has no 65536 ids in one piece"));
    CU_ASSERT_EQUAL(shell("unshare -r stages/04_user --ids 5:5 true"), 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "does not have that range"));
}

/* Root alone can change the host. */
static void a_subuid_that_cannot_be_read_ends_the_run(void)
{
    static const char script[] =
        "cp /etc/subuid $scratch && chmod 600 $scratch/subuid && "
        "mount --bind $scratch/subuid /etc/subuid && "
        "$as stages/04_user true";

    CU_ASSERT_EQUAL(on_a_host(script), 125);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "cannot find out which ids are yours"));
}

static void a_missing_newuidmap_gets_a_warning(void)
{
    CU_ASSERT_EQUAL(on_a_host("mount --bind /dev/null /usr/bin/newgidmap && "
                              "$as stages/04_user true"),
                    0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "WARN"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "is not installed"));
    CU_ASSERT_PTR_NULL(strstr(r.err, "keeps your groups"));
}

static void groups_that_are_kept_get_a_warning(void)
{
    /* One group, which is not the user's own. */
    CU_ASSERT_EQUAL(
        on_a_host(
            ": >$scratch/none && mount --bind $scratch/none /etc/subgid && "
            "/usr/bin/setpriv --reuid 1000 "
            "--regid 1000 --groups 4 stages/04_user true"),
        0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "none in /etc/subgid"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "keeps your groups"));
}

/* Both have to be gone at the end, barco and the helper. */
static void a_newuidmap_that_hangs_can_be_ended(void)
{
    static const char script[] =
        "printf \"#!/bin/sh\\nexec sleep 4324\\n\" >$scratch/hang && "
        "chmod 755 $scratch/hang && "
        "mount --bind $scratch/hang /usr/bin/newuidmap && "
        "$as stages/04_user true & "
        "until pidof sleep; do usleep 10000; done; kill -TERM $!; wait $!";
    struct leftovers before = count_leftovers();

    CU_ASSERT_EQUAL(on_a_host(script), 143);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "a signal told barco to end"));
    CU_ASSERT_FALSE(is_sleeping("4324"));
    CU_ASSERT_TRUE(nothing_left_since(before));
}

/* Root needs no helper. */
static void the_path_does_not_choose_newuidmap(void)
{
    static const char script[] =
        "printf '%s\\n' '#!/bin/sh' 'touch ${0%/*}/was-here' >newuidmap && "
        "cp newuidmap newgidmap && chmod 755 *";
    char command[512], path[256], *old = strdup(getenv("PATH"));

    make_scratch("/tmp");
    snprintf(command, sizeof(command), "cd %s && %s", scratch(""), script);
    CU_ASSERT_EQUAL(system(command), 0);
    snprintf(path, sizeof(path), "%s:/usr/sbin:/usr/bin:/sbin:/bin",
             scratch(""));
    setenv("PATH", path, 1);
    run_stage(&r, "04_user", "-u", "5", "id", "-u", NULL);
    setenv("PATH", old, 1);
    free(old);
    CU_ASSERT_STRING_EQUAL(r.out, "5\n");
    CU_ASSERT_TRUE(is_gone(scratch("was-here")));
    remove_scratch();
}

/* ---- Files and mounts -----------------------------------------------------
 */

static void files_keep_their_owners(void)
{
    make_scratch(home());
    if (geteuid() == 0)
        CU_ASSERT_EQUAL(chown(scratch(""), 5, 5), 0);
    run_stage(&r, "04_user", "--volume", onto(scratch(""), "/mnt"), "stat",
              "-c", "%u", "/mnt", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, geteuid() == 0 ? "5\n" : "0\n");
    remove_scratch();
    /* All containers share the bundled root, and none owns it. */
    run_stage(&r, "04_user", "stat", "-c", "%u", "/etc/passwd", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "65534\n");
}

static void no_mount_leaks_to_the_host(void)
{
    static char before[65536], during[65536];
    static const char marker[] = "4322";
    pid_t pid;

    read_text("/proc/self/mountinfo", before, sizeof(before));
    pid = start_stage("04_user", "sleep", marker, NULL);
    CU_ASSERT_TRUE(eventually(is_sleeping, marker));
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

/* Only root can set it; the message is the same. */
static void user_namespaces_switched_off_are_explained(void)
{
    static const char knob[] = "/proc/sys/user/max_user_namespaces";
    char limit[32];
    int fd;

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
    run_stage(&r, "03_mount", "id", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "you are not root"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "--config=lab //stages:03_mount"));
}

/* An ordinary user has no idmapped mounts. */
static void a_file_system_without_idmaps_is_used_with_a_warning(void)
{
    make_scratch("/tmp");
    /* Most file systems can be by now: tmpfs since Linux 6.3. */
    CU_ASSERT_EQUAL_FATAL(mount("ram", scratch(""), "ramfs", 0, NULL), 0);
    make_image(scratch(""), "true");
    run_stage(&r, "04_user", "-m", scratch(""), "/bin/true", NULL);
    CU_ASSERT_EQUAL(umount(scratch("")), 0);
    remove_scratch();
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cannot be idmapped"));
}

/* A file to share, and an image that has few programs. */
static void make_volume(void)
{
    make_scratch(home());
    make_image(scratch("image"), "cat stat touch");
    CU_ASSERT(chmod(scratch(""), 0700) == 0 &&
              mkdir(scratch("data"), 0755) == 0 &&
              write_text(scratch("data/file"), "text\n") &&
              chmod(scratch("data/file"), 0600) == 0);
}

static void owner_is(const char *path, uid_t uid)
{
    struct stat st = { .st_uid = (uid_t)-1 };

    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_uid, uid);
}

static void files_of_a_volume_keep_their_owners(void)
{
    make_volume();
    run_stage(&r, "04_user", "--volume", onto(scratch("data"), "/mnt"), "sh",
              "-c", "cat /mnt/file; touch /mnt/new; stat -c %u /mnt/file /mnt",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "text\n0\n0\n");
    CU_ASSERT_STRING_EQUAL(r.err, "");
    owner_is(scratch("data/new"), geteuid());

    /* The same holds for a root directory, and for mountpoints made in it. */
    run_stage(&r, "04_user", "-m", scratch("image"), "--volume",
              onto(scratch("data"), "/srv/data"), "sh", "-c",
              "touch /etc/new; stat -c %u /etc/new /srv", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0\n0\n");
    owner_is(scratch("image/etc/new"), geteuid());
    owner_is(scratch("image/srv/data"), geteuid());
    remove_scratch();
}

/* The mounts of the host are shared, and their clones would be too. */
static void a_mount_in_a_volume_stays_in_the_container(void)
{
    struct leftovers before;

    make_volume();
    before = count_leftovers();
    run_stage(&r, "04_user", "--volume", onto(scratch("data"), "/mnt"), "sh",
              "-c", "mkdir /mnt/sub && mount -t tmpfs t /mnt/sub", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_TRUE(nothing_left_since(before));
    remove_scratch();
}

static void several_volumes_pass_through_the_handshake(void)
{
    make_volume();
    run_stage(&r, "04_user", "--volume", "/etc/passwd:/tmp/x/passwd:ro",
              "--volume", onto(scratch("data"), "/mnt:ro"), "--volume",
              onto(scratch("data"), "/tmp/data"), "sh", "-c",
              "cat /mnt/file; grep -c learner /tmp/x/passwd; "
              "touch /mnt/a || touch /tmp/data/b",
              NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.out, "text\n1\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "/mnt/a: Read-only file system"));
    CU_ASSERT_EQUAL(access(scratch("data/b"), F_OK), 0);
    remove_scratch();
}

/* A link in the image that names a path of the host leads to the image's. */
static void an_image_cannot_redirect_a_volume_to_the_host(void)
{
    make_volume();
    CU_ASSERT_EQUAL(mkdir(scratch("outside"), 0777), 0);
    CU_ASSERT_EQUAL(symlink(scratch("outside"), scratch("image/abs")), 0);
    CU_ASSERT_EQUAL(symlink("../../../../../../..", scratch("image/up")), 0);
    CU_ASSERT_EQUAL(symlink("../run", scratch("image/etc/run")), 0);

    run_stage(&r, "04_user", "-m", scratch("image"), "--volume",
              onto(scratch("data"), "/abs/x"), "cat", "/abs/x/file", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "does not exist in the container"));
    run_stage(&r, "04_user", "-m", scratch("image"), "--volume",
              onto(scratch("data"), "/up"), "cat", "/file", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "leads to the root directory"));
    run_stage(&r, "04_user", "-m", scratch("image"), "--volume",
              onto(scratch("data"), "/up/home"), "cat", "/home/file", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "text\n");
    run_stage(&r, "04_user", "-m", scratch("image"), "--volume",
              onto(scratch("data"), "/etc/run/x"), "cat", "/run/x/file", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "text\n");

    CU_ASSERT_EQUAL(rmdir(scratch("outside")), 0); /* as empty as it was */
    CU_ASSERT_EQUAL(access(scratch("image/home"), F_OK), 0);
    remove_scratch();
}

/* Root can go everywhere. */
static void a_root_directory_that_cannot_be_entered_is_explained(void)
{
    run_stage(&r, "04_user", "--mnt", "/root/.ssh", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "may not enter the directory of --mnt"));
    run_stage(&r, "04_user", "--mnt", "/root/.ssh/image", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "on the way there cannot be entered"));
}

static void a_volume_out_of_reach_is_explained(void)
{
    run_stage(&r, "04_user", "--volume", "/no/such:/mnt", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "here paths are the lab's"));
    /* A directory of nobody's, in which no mountpoint can be made. */
    run_stage(&r, "04_user", "-m", "/", "--volume", "/etc:/new", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "there is no such directory, and"));
    run_stage(&r, "04_user", "-m", "/", "--volume", "/etc/passwd:/new", "true",
              NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "there is no such file, and"));
}

/* Root can go everywhere. */
static void a_volume_in_a_closed_directory_is_explained(void)
{
    run_stage(&r, "04_user", "--volume", "/root/.ssh/x:/mnt", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "on the way there cannot be entered"));
}

/* What root in a container tries to do to the host's own root directory, at the
 * path AT in it. */
static void attack_host_root(const char *option, const char *dir,
                             const char *at)
{
    char script[256];

    snprintf(script, sizeof(script),
             "touch %s/etc/passwd-x; cat %s/etc/secret; "
             "echo x >> %s/etc/passwd; stat -c %%u %s/etc/passwd",
             at, at, at, at);
    run_stage(&r, "04_user", "-v", option, dir, "sh", "-c", script, NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.out, "65534\n");
    CU_ASSERT_EQUAL(access("/etc/passwd-x", F_OK), -1);
    unlink("/etc/passwd-x");
    if (geteuid() == 0)
        CU_ASSERT_PTR_NOT_NULL(
            strstr(r.err, "is the root directory of the host"));
}

static void root_inside_is_not_root_in_the_host_s_root_directory(void)
{
    attack_host_root("--mnt", "/", "");
}

/* The same directory under another name, and without /proc and whatever else in
 * it cannot be idmapped. */
static void nor_where_that_directory_has_another_name(void)
{
    char bind[160];

    CU_ASSERT(write_text("/etc/secret", "secret") &&
              chmod("/etc/secret", 0600) == 0);
    make_scratch(home());
    snprintf(bind, sizeof(bind), "%s", scratch(""));
    CU_ASSERT_EQUAL(mount("/", bind, NULL, MS_BIND, NULL), 0);
    attack_host_root("--mnt", "/", "");
    attack_host_root("--mnt", bind, "");
    attack_host_root("--volume", onto(bind, "/mnt"), "/mnt");
    CU_ASSERT_EQUAL(umount(bind), 0);
    remove_scratch();
    unlink("/etc/secret");
}

/* ---- What init is for, as an ordinary user too --------------------------- */

static void without_init_it_is_pid_1_itself(void)
{
    without_init_the_command_is_pid_1("04_user");
}

static void nobody_reaps_without_init(void)
{
    without_init_zombies_stay("04_user");
}

static void sigterm_is_ignored_without_init(void)
{
    without_init_sigterm_is_ignored("04_user");
}

static void background_processes_die_with_the_command(void)
{
    what_runs_in_the_background_dies_with_the_command("04_user");
}

static void nothing_is_left_behind(void)
{
    struct leftovers before = count_leftovers();
    pid_t pid;

    run_stage(&r, "04_user", "--volume=/etc:/mnt", "--volume=/bin:/tmp/a/b",
              "true", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    run_stage(&r, "04_user", "--volume=/etc:/mnt", "--volume=/bin:/srv", "true",
              NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    run_stage(&r, "04_user", "sh", "-c", "sleep 1000 &", NULL);
    run_stage(&r, "04_user", "-m", "/no/such", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_TRUE(nothing_left_since(before));

    pid = start_stage("04_user", "sleep", "1000", NULL);
    CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
    kill(pid, SIGKILL);
    CU_ASSERT_EQUAL(wait_stage(pid), 137);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

SUITE("04_user",
      { "uid 0 inside is not uid 0 outside",
        uid_0_inside_is_not_uid_0_outside },
      { "containers that root starts share no id",
        containers_that_root_starts_share_no_id, AS_ROOT },
      { "root can choose the ids", root_can_choose_the_ids, AS_ROOT },
      { "nobody else can choose the ids", nobody_else_can_choose_the_ids,
        AS_LEARNER },
      { "ids that are not a range are refused",
        ids_that_are_not_a_range_are_refused },
      { "the command gets the uid that was asked for",
        the_command_gets_the_uid_that_was_asked_for },
      { "the groups of the host are left behind",
        the_groups_of_the_host_are_left_behind },
      { "PID 1 is init and shows nothing of the host",
        pid_1_is_init_and_shows_nothing_of_the_host },
      { "a uid that is not mapped is refused",
        a_uid_that_is_not_mapped_is_refused },
      { "a uid outside a chosen range is refused",
        a_uid_outside_a_chosen_range_is_refused, AS_ROOT },
      { "a user namespace with too few ids is explained",
        a_user_namespace_with_too_few_ids_is_explained },
      { "a subuid that cannot be read ends the run",
        a_subuid_that_cannot_be_read_ends_the_run, AS_ROOT },
      { "a missing newuidmap gets a warning",
        a_missing_newuidmap_gets_a_warning, AS_ROOT },
      { "groups that are kept get a warning",
        groups_that_are_kept_get_a_warning, AS_ROOT },
      { "a newuidmap that hangs can be ended",
        a_newuidmap_that_hangs_can_be_ended, AS_ROOT },
      { "the PATH does not choose newuidmap",
        the_path_does_not_choose_newuidmap, AS_LEARNER },
      { "files keep their owners", files_keep_their_owners },
      { "no mount leaks to the host", no_mount_leaks_to_the_host },
      { "a sysctl of the host cannot be written",
        a_sysctl_of_the_host_cannot_be_written },
      { "a disk cannot be made", a_disk_cannot_be_made },
      { "user namespaces switched off are explained",
        user_namespaces_switched_off_are_explained, AS_ROOT },
      { "stages that need root say so", stages_that_need_root_say_so,
        AS_LEARNER },
      { "a file system without idmaps is used with a warning",
        a_file_system_without_idmaps_is_used_with_a_warning, AS_ROOT },
      { "files of a volume keep their owners",
        files_of_a_volume_keep_their_owners },
      { "a mount in a volume stays in the container",
        a_mount_in_a_volume_stays_in_the_container },
      { "several volumes pass through the handshake",
        several_volumes_pass_through_the_handshake },
      { "an image cannot redirect a volume to the host",
        an_image_cannot_redirect_a_volume_to_the_host },
      { "a root directory that cannot be entered is explained",
        a_root_directory_that_cannot_be_entered_is_explained, AS_LEARNER },
      { "a volume out of reach is explained",
        a_volume_out_of_reach_is_explained },
      { "a volume in a closed directory is explained",
        a_volume_in_a_closed_directory_is_explained, AS_LEARNER },
      { "root inside is not root in the host's root directory",
        root_inside_is_not_root_in_the_host_s_root_directory },
      { "nor where that directory has another name",
        nor_where_that_directory_has_another_name, AS_ROOT },
      { "without init the command is PID 1 itself",
        without_init_it_is_pid_1_itself },
      { "nobody reaps without init", nobody_reaps_without_init },
      { "SIGTERM is ignored without init", sigterm_is_ignored_without_init },
      { "background processes die with the command",
        background_processes_die_with_the_command },
      { "nothing is left behind", nothing_is_left_behind })
