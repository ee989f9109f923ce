/**
 * @file
 * @brief Stage 07, the real program: calls that are refused, and reported.
 *
 * A call can also be refused for want of a capability. --seccomp-log tells the
 * two apart: it reports what the filter refused.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

static struct run r;

/* A root directory with busybox's shell and tests/lib/calls. */
static void make_root(void)
{
    char command[PATH_MAX];

    make_scratch("/tmp");
    make_image(scratch(""), "");
    snprintf(command, sizeof(command), "cp tests/lib/calls.bin %s",
             scratch("bin/calls"));
    CU_ASSERT_EQUAL(system(command), 0);
}

/* How often one text stands in another. */
static int count(const char *text, const char *part)
{
    int times = 0;

    while ((text = strstr(text, part))) {
        text += strlen(part);
        times++;
    }
    return times;
}

static void the_kernel_shows_two_filters(void)
{
    run_stage(&r, "07_seccomp", "grep", "-E", "^(NoNewPrivs|Seccomp)",
              "/proc/self/status", NULL);
    CU_ASSERT_STRING_EQUAL(
        r.out, "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t2\n");
}

static void its_pid_1_has_no_filter(void)
{
    run_stage(&r, "07_seccomp", "grep", "^Seccomp:", "/proc/1/status", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "Seccomp:\t0\n");
}

static void what_a_container_must_not_do_is_refused_and_reported(void)
{
    static const char *const names[] = {
        "keyctl",          "add_key",
        "unshare",         "setns",
        "mount",           "fsopen",
        "open_tree",       "pivot_root",
        "clone",           "bpf",
        "userfaultfd",     "io_uring_setup",
        "perf_event_open", "open_by_handle_at",
        "init_module",     "kexec_load",
    };
    const char *const *n = names;
    char line[64];

    make_root();
    run_stage(&r, "07_seccomp", "--seccomp-log", "-m", scratch(""), "calls",
              n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10],
              n[11], n[12], n[13], n[14], n[15], NULL);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(line, sizeof(line), "%s EPERM\n", names[i]);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.out, line));
        snprintf(line, sizeof(line),
                 "barco: seccomp refused %s (pid 2, calls)\n", names[i]);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, line));
    }
    CU_ASSERT_EQUAL(count(r.out, "\n"), 16);
    CU_ASSERT_EQUAL(r.status, 0);
    remove_scratch();
}

static void threads_start_although_clone3_is_hidden(void)
{
    make_root();
    run_stage(&r, "07_seccomp", "--seccomp-log", "-m", scratch(""), "calls",
              "clone3", "pthread_create", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "clone3 ENOSYS\npthread_create 0\n");
    CU_ASSERT_PTR_NULL(strstr(r.err, "refused"));
    remove_scratch();
}

static void nothing_can_be_typed_into_the_terminal(void)
{
    make_root();
    run_stage(&r, "07_seccomp", "-m", scratch(""), "calls", "TIOCSTI",
              "TIOCSTI|1<<32", "TIOCLINUX", "TIOCGWINSZ", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "TIOCSTI EPERM\nTIOCSTI|1<<32 EPERM\n"
                                  "TIOCLINUX EPERM\nTIOCGWINSZ ENOTTY\n");
    run_stage(&r, "07_seccomp", "--seccomp", "off", "-m", scratch(""), "calls",
              "TIOCSTI", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "TIOCSTI ENOTTY\n");
    remove_scratch();
}

static void arguments_count(void)
{
    make_root();
    run_stage(&r, "07_seccomp", "-m", scratch(""), "calls", "AF_UNIX",
              "AF_VSOCK", "AF_VSOCK|1<<32", "AF_ALG", "PER_QUERY",
              "ADDR_NO_RANDOMIZE", NULL);
    CU_ASSERT_STRING_EQUAL(r.out,
                           "AF_UNIX 0\nAF_VSOCK EPERM\nAF_VSOCK|1<<32 EPERM\n"
                           "AF_ALG EPERM\nPER_QUERY 0\n"
                           "ADDR_NO_RANDOMIZE EPERM\n");
    remove_scratch();
}

static void a_call_of_another_architecture_kills_the_process(void)
{
    make_root();
    run_stage(&r, "07_seccomp", "-m", scratch(""), "calls", "int80", NULL);
    CU_ASSERT_EQUAL(r.status, 128 + SIGSYS);
    run_stage(&r, "07_seccomp", "-m", scratch(""), "calls", "x32", NULL);
    CU_ASSERT_EQUAL(r.status, 128 + SIGSYS);
    remove_scratch();
}

static void off_is_off_and_gets_a_warning(void)
{
    run_stage(&r, "07_seccomp", "--seccomp", "off", "grep",
              "^Seccomp:", "/proc/self/status", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "Seccomp:\t0\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "WARN"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "--seccomp off"));
    run_stage(&r, "07_seccomp", "--seccomp", "off", "--seccomp-log", "true",
              NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "nothing is refused"));
}

static void a_profile_decides(void)
{
    write_profile("{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
                  "{ \"names\": [\"chroot\"], \"action\": \"SCMP_ACT_ERRNO\","
                  "  \"errnoRet\": 28 } ] }");
    make_root();
    run_stage(&r, "07_seccomp", "--seccomp", profile, "-m", scratch(""),
              "calls", "chroot", "ptrace", "TIOCSTI", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "chroot ENOSPC\nptrace ESRCH\n"
                                  "TIOCSTI EPERM\n");
    remove_scratch();
    remove_profile();
}

static void a_bad_profile_ends_the_run_before_anything_starts(void)
{
    struct leftovers before = count_leftovers();

    write_profile("{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
                  "{ \"names\": [\"read\"], \"action\": \"SCMP_ACT_NO\" } ] }");
    run_stage(&r, "07_seccomp", "--explain", "--seccomp", profile, "echo",
              "started", NULL);
    remove_profile();
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cannot prepare the filter"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "\", syscalls[0].action is "
                                         "\"SCMP_ACT_NO\": unknown action"));
    CU_ASSERT_PTR_NULL(strstr(r.err, "clone3"));
    CU_ASSERT_TRUE(nothing_left_since(before));

    run_stage(&r, "07_seccomp", "--explain", "--seccomp", "/no/such", "true",
              NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "here paths are the lab's"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "lab --share DIR"));
    CU_ASSERT_PTR_NULL(strstr(r.err, "mkdir(\"/sys/fs/cgroup"));
}

static void a_repeated_refusal_is_reported_twice(void)
{
    static const char script[] =
        "for i in 1 2 3 4 5; do unshare -U true; done; exit 0";

    run_stage(&r, "07_seccomp", "--seccomp-log", "sh", "-c", script, NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(count(r.err, "refused unshare (pid"), 2);
    CU_ASSERT_EQUAL(count(r.err, "further times not shown"), 1);
    CU_ASSERT_EQUAL(count(r.err, "Operation not permitted"), 5);
}

/* Nothing but execve is allowed: the program starts, and can do nothing, not
 * even end; that it tried to shows that it started. */
static void a_profile_has_to_allow_only_exec(void)
{
    write_profile("{ \"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
                  "{ \"names\": [\"execve\"], \"action\": \"SCMP_ACT_ALLOW\" }"
                  "] }");
    run_stage(&r, "07_seccomp", "--seccomp-log", "--seccomp", profile, "true",
              NULL);
    CU_ASSERT(r.status > 128);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "(pid 2, true)"));
    CU_ASSERT_PTR_NULL(strstr(r.err, "rt_sigprocmask (pid 2, init)"));

    write_profile("{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
                  "{ \"names\": [\"execve\"], \"action\": \"SCMP_ACT_ERRNO\" }"
                  "] }");
    run_stage(&r, "07_seccomp", "--seccomp-log", "--seccomp", profile, "true",
              NULL);
    CU_ASSERT_EQUAL(r.status, 126);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "refused execve (pid 2, init)"));
    remove_profile();
}

static void the_helper_is_out_of_reach(void)
{
    static const char script[] =
        "for dir in /proc/[0-9]*; do"
        "    grep -q seccomp-log $dir/comm && helper=$dir; "
        "done; "
        "ls $helper/fd || echo closed; "
        "kill -9 ${helper#/proc/}; unshare -U echo through";

    run_stage(&r, "07_seccomp", "--seccomp-log", "sh", "-c", script, NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "closed\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "Function not implemented"));
}

static void nothing_is_left_behind(void)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGKILL };
    struct leftovers before = count_leftovers();

    run_stage(&r, "07_seccomp", "--seccomp-log", "sh", "-c", "sleep 1000 &",
              NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_TRUE(nothing_left_since(before));
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        pid_t pid =
            start_stage("07_seccomp", "--seccomp-log", "sleep", "1000", NULL);

        CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
        kill(pid, signals[i]);
        CU_ASSERT_EQUAL(wait_stage(pid), 128 + signals[i]);
        CU_ASSERT_TRUE(nothing_left_since(before));
    }
}

/* ---- What the parent holds open ------------------------------------------ */

struct held {
    int pidfds, sockets, others;
};

/* Besides standard input, output and error, its processes and its cgroup. */
static struct held held_by(pid_t pid)
{
    struct held held = { 0 };
    char path[64], link[256];

    for (int fd = 3; fd < 100; fd++) {
        ssize_t length;

        snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
        length = readlink(path, link, sizeof(link) - 1);
        link[length < 0 ? 0 : length] = '\0';
        if (strcmp(link, "anon_inode:[pidfd]") == 0)
            held.pidfds++;
        else if (strncmp(link, "socket:", 7) == 0)
            held.sockets++;
        else if (*link && !strstr(link, "/sys/fs/cgroup/"))
            held.others++;
    }
    return held;
}

/* There is a child, so there was a handshake. */
static bool holds_its_child_alone(const void *arg)
{
    struct held held = held_by(*(const pid_t *)arg);

    /* The socket is what keeps a container of root its range of ids. */
    return held.pidfds > 0 && held.others == 0 &&
           held.sockets == (geteuid() == 0);
}

/* An end of the handshake, or the root directory, would keep a file system
 * busy for as long as the container runs. */
static void the_parent_keeps_nothing_open_from_the_start(void)
{
    static const char *const stages[] = { "04_user", "05_cgroups",
                                          "06_capabilities", "07_seccomp" };

    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
        pid_t pid = start_stage(stages[i], "sleep", "1000", NULL);

        CU_ASSERT_TRUE(eventually(holds_its_child_alone, &pid));
        kill(pid, SIGTERM);
        CU_ASSERT_EQUAL(wait_stage(pid), 143);
    }
}

SUITE("07_seccomp",
      { "the kernel shows two filters", the_kernel_shows_two_filters },
      { "its PID 1 has no filter", its_pid_1_has_no_filter },
      { "what a container must not do is refused and reported",
        what_a_container_must_not_do_is_refused_and_reported },
      { "threads start although clone3 is hidden",
        threads_start_although_clone3_is_hidden },
      { "nothing can be typed into the terminal",
        nothing_can_be_typed_into_the_terminal },
      { "arguments count", arguments_count },
      { "a call of another architecture kills the process",
        a_call_of_another_architecture_kills_the_process },
      { "off is off, and gets a warning", off_is_off_and_gets_a_warning },
      { "a profile decides", a_profile_decides },
      { "a bad profile ends the run before anything starts",
        a_bad_profile_ends_the_run_before_anything_starts },
      { "a repeated refusal is reported twice",
        a_repeated_refusal_is_reported_twice },
      { "a profile has to allow only exec", a_profile_has_to_allow_only_exec },
      { "the helper is out of reach", the_helper_is_out_of_reach },
      { "nothing is left behind", nothing_is_left_behind },
      { "the parent keeps nothing open from the start",
        the_parent_keeps_nothing_open_from_the_start })
