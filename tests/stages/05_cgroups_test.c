/**
 * @file
 * @brief Stage 05, the real program: limits bite, and are reported.
 */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

static struct run r;

static void a_memory_hog_is_killed_and_reported(void)
{
    run_stage(&r, "05_cgroups", "--memory", "32M", "tail", "/dev/zero", NULL);
    CU_ASSERT_EQUAL(r.status, 137);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, " WARN  common/cgroup_report.c:"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "hit its memory limit of 32M: 1 process killed\n"));
    CU_ASSERT_PTR_NULL(strstr(r.err, "peak memory")); /* no warning */
    run_stage(&r, "05_cgroups", "-v", "--memory", "32M", "tail", "/dev/zero",
              NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, " WARN  common/cgroup_report.c:"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "peak memory 32.0M"));
}

static void a_fork_bomb_stops_at_the_limit(void)
{
    /* Waits until a process has been refused, without starting one for that. */
    static const char bomb[] =
        "b() { b | b & }; b; until read x n </sys/fs/cgroup/pids.events && "
        "[ $n -gt 0 ]; do :; done";

    run_stage(&r, "05_cgroups", "--pids", "20", "sh", "-c", bomb, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "hit its limit of 20 processes: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, " more refused\n"));
}

static void a_cpu_hog_is_throttled(void)
{
    static const char hog[] = "timeout 1 sh -c 'while :; do :; done'; "
                              "grep nr_throttled /sys/fs/cgroup/cpu.stat";
    int periods = 0;

    run_stage(&r, "05_cgroups", "-v", "--cpus", "0.1", "sh", "-c", hog, NULL);
    CU_ASSERT_EQUAL(sscanf(r.out, "nr_throttled %d", &periods), 1);
    CU_ASSERT(periods >= 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "throttled in"));
}

static void a_disk_s_limit_is_set_by_its_name(void)
{
    run_stage(&r, "05_cgroups", "--io-max", "/dev/vda:wbps=1M,riops=100", "cat",
              "/sys/fs/cgroup/io.max", NULL);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.out, "rbps=max wbps=1048576 riops=100 wiops=max"));
}

static void several_limits_of_one_disk_are_combined(void)
{
    run_stage(&r, "05_cgroups", "--io-max", "/dev/vda:wbps=1M", "--io-max",
              "/dev/vda:riops=100,wiops=max", "cat", "/sys/fs/cgroup/io.max",
              NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.out, "rbps=max wbps=1048576 riops=100 wiops=max\n"));
}

static void a_fraction_of_a_processor_is_exact(void)
{
    run_stage(&r, "05_cgroups", "--cpus", "0.29", "cat",
              "/sys/fs/cgroup/cpu.max", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "29000 100000\n");
}

static void the_smallest_limits_let_a_command_run(void)
{
    for (int i = 0; i < 5; i++) {
        run_stage(&r, "05_cgroups", "--pids", "2", "--memory", "1M",
                  "--memory-high", "1M", "true", NULL);
        CU_ASSERT_EQUAL(r.status, 0);
        CU_ASSERT_STRING_EQUAL(r.err, "");
    }
}

static void a_weight_that_a_disk_does_not_support_is_explained(void)
{
    run_stage(&r, "05_cgroups", "--io-weight", "/dev/vda:100", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "which is off for this disk"));
}

static void nothing_above_its_cgroup_can_be_seen(void)
{
    run_stage(&r, "05_cgroups", "cat", "/proc/self/cgroup", "/proc/1/cgroup",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0::/\n0::/\n");
    run_stage(&r, "05_cgroups", "sh", "-c",
              "find /sys/fs/cgroup -mindepth 1 -type d | wc -l", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0\n");
}

static void its_limits_cannot_be_lifted_from_inside(void)
{
    static const char lift[] =
        "mount -o remount,rw,bind /sys/fs/cgroup; "
        "echo max > /sys/fs/cgroup/pids.max; cat /sys/fs/cgroup/pids.max";

    run_stage(&r, "05_cgroups", "sh", "-c", lift, NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "64\n");
}

static void a_bad_limit_names_the_good_ones(void)
{
    static const char *const bad[][2] = {
        { "--memory", "lots" },
        { "--memory", "-1" },
        { "--memory", "1.5G" },
        { "--memory", "64MB" },
        { "--memory", "" },
        { "--memory", "0" },
        { "--memory", "4K" },
        { "--memory", "1023K" },
        { "--memory-high", "4K" },
        { "--pids", "0x5" },
        { "--pids", "0" },
        { "--pids", "1" },
        { "--cpus", "0" },
        { "--cpus", "nan" },
        { "--cpus", "1,5" },
        { "--cpu-weight", "0" },
        { "--cpu-weight", "10001" },
        { "--io-max", "/dev/vda" },
        { "--io-max", "/dev/null:wbps=1M" },
        { "--io-max", "/dev/vda:bps=1M" },
        { "--io-max", "/dev/vda:riop=1" },
        { "--io-max", "/dev/vda:s wb=1" },
        { "--io-max", "/dev/vda:rbpss=1" },
        { "--io-max", "/dev/vda:wbps" },
        { "--io-max", "/dev/vda:wbps=" },
        { "--io-max", "/dev/vda:" },
        { "--io-weight", "/dev/vda:x" },
        { "--io-weight", "/dev/vda:0" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        run_stage(&r, "05_cgroups", bad[i][0], bad[i][1], "true", NULL);
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, bad[i][0]));
        CU_ASSERT(strstr(r.err, "give") || strstr(r.err, "lsblk"));
    }
}

static void a_wrong_path_is_reported_before_a_cgroup_is_made(void)
{
    static const char *const bad[][3] = {
        { "--mnt", "/no/such", "here paths are the lab's" },
        { "--mnt", "/etc/passwd", "and a root has to be a directory" },
        { "--volume", "/no/such:/mnt", "lab --share DIR" },
        { "--volume", "/etc/passwd/x:/mnt", "a part of that path is a file" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        run_stage(&r, "05_cgroups", "--explain", bad[i][0], bad[i][1], "true",
                  NULL);
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cannot find the container's"));
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, bad[i][2]));
        CU_ASSERT_PTR_NULL(strstr(r.err, "mkdir(\"/sys/fs/cgroup"));
    }
    run_stage(&r, "05_cgroups", "--explain", "true", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "mkdir(\"/sys/fs/cgroup"));
}

/* Root inside has CAP_SYS_ADMIN over its mounts, for now. */
static void until_stage_06_a_read_only_volume_can_be_remounted(void)
{
    make_scratch(home());
    run_stage(
        &r, "05_cgroups", "--volume", onto(scratch(""), "/mnt:ro"), "sh", "-c",
        "touch /mnt/x || mount -o remount,rw,bind /mnt && touch /mnt/y", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_TRUE(is_gone(scratch("x")));
    CU_ASSERT_EQUAL(unlink(scratch("y")), 0);
    CU_ASSERT_EQUAL(rmdir(scratch("")), 0);
}

static void several_run_at_once(void)
{
    pid_t one = start_stage("05_cgroups", "sleep", "1001", NULL);
    pid_t two = start_stage("05_cgroups", "sleep", "1002", NULL);

    CU_ASSERT_TRUE(eventually(is_sleeping, "1001"));
    CU_ASSERT_TRUE(eventually(is_sleeping, "1002"));
    CU_ASSERT_TRUE(is_sleeping("1001"));
    kill(one, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(one), 143);
    CU_ASSERT_TRUE(is_sleeping("1002"));
    kill(two, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(two), 143);
}

static void nothing_is_left_behind(void)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGKILL };
    struct leftovers before = count_leftovers();
    pid_t group;

    run_stage(&r, "05_cgroups", "sh", "-c", "sleep 1000 &", NULL);
    run_stage(&r, "05_cgroups", "-m", "/no/such", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    run_stage(&r, "05_cgroups", "--io-weight", "/dev/vda:100", "true", NULL);
    CU_ASSERT_TRUE(nothing_left_since(before));

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        pid_t pid = start_stage("05_cgroups", "sleep", "1000", NULL);

        CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
        kill(pid, signals[i]);
        CU_ASSERT_EQUAL(wait_stage(pid), 128 + signals[i]);
        CU_ASSERT_TRUE(nothing_left_since(before));
    }

    /* Signals its whole process group at once, as a terminal or a script
     * would. */
    group = start_stage("05_cgroups", "sleep", "1000", NULL);
    CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
    kill(-group, SIGKILL);
    CU_ASSERT_EQUAL(wait_stage(group), 137);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

SUITE("05_cgroups",
      { "a memory hog is killed and reported",
        a_memory_hog_is_killed_and_reported },
      { "a fork bomb stops at the limit", a_fork_bomb_stops_at_the_limit },
      { "a cpu hog is throttled", a_cpu_hog_is_throttled },
      { "a disk's limit is set by its name",
        a_disk_s_limit_is_set_by_its_name },
      { "several limits of one disk are combined",
        several_limits_of_one_disk_are_combined },
      { "a fraction of a processor is exact",
        a_fraction_of_a_processor_is_exact },
      { "the smallest limits let a command run",
        the_smallest_limits_let_a_command_run },
      { "a weight that a disk does not support is explained",
        a_weight_that_a_disk_does_not_support_is_explained },
      { "nothing above its cgroup can be seen",
        nothing_above_its_cgroup_can_be_seen },
      { "its limits cannot be lifted from inside",
        its_limits_cannot_be_lifted_from_inside },
      { "a bad limit names the good ones", a_bad_limit_names_the_good_ones },
      { "a wrong path is reported before a cgroup is made",
        a_wrong_path_is_reported_before_a_cgroup_is_made },
      { "until stage 06 a read-only volume can be remounted",
        until_stage_06_a_read_only_volume_can_be_remounted },
      { "several run at once", several_run_at_once },
      { "nothing is left behind", nothing_is_left_behind })
