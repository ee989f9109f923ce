/**
 * @file
 * @brief Stage 02, the real program: PIDs, host name, IPC.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"
#include "tests/lib/without_init.h"

static struct run r;

static void the_command_is_pid_2_of_its_own_namespace(void)
{
    char ours[64] = "";

    run_stage(&r, "02_pid", "sh", "-c", "echo $$ $PPID", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "2 1\n");

    CU_ASSERT(readlink("/proc/self/ns/ipc", ours, sizeof(ours) - 1) > 0);
    run_stage(&r, "02_pid", "sh", "-c", "cat /proc/sys/kernel/hostname", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "barcontainer\n");
}

static void the_host_keeps_its_name(void)
{
    struct utsname before, after;

    uname(&before);
    run_stage(&r, "02_pid", "sh", "-c", "hostname broken; hostname", NULL);
    uname(&after);
    CU_ASSERT_STRING_EQUAL(r.out, "broken\n");
    CU_ASSERT_STRING_EQUAL(before.nodename, after.nodename);
}

static void it_cannot_kill_a_process_of_the_host(void)
{
    char command[64];
    pid_t victim = fork();

    if (victim == 0)
        for (;;)
            pause();
    snprintf(command, sizeof(command), "kill -9 %d", victim);
    run_stage(&r, "02_pid", "sh", "-c", command, NULL);
    CU_ASSERT_NOT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(waitpid(victim, NULL, WNOHANG), 0);

    /* In the stage before, the same command kills it. */
    run_stage(&r, "01_clone", "sh", "-c", command, NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(wait_stage(victim), 137);
}

static void it_cannot_see_a_message_queue_of_the_host(void)
{
    int queue = msgget(IPC_PRIVATE, 0600);

    CU_ASSERT(queue >= 0);
    run_stage(&r, "02_pid", "cat", "/proc/sysvipc/msg", NULL);
    CU_ASSERT_EQUAL(strchr(r.out, '\n') - r.out + 1, (long)strlen(r.out));
    run_stage(&r, "01_clone", "cat", "/proc/sysvipc/msg", NULL);
    CU_ASSERT_NOT_EQUAL(strchr(r.out, '\n') - r.out + 1, (long)strlen(r.out));
    msgctl(queue, IPC_RMID, NULL);
}

static void it_exits_as_its_command_does(void)
{
    run_stage(&r, "02_pid", "sh", "-c", "exit 7", NULL);
    CU_ASSERT_EQUAL(r.status, 7);
    run_stage(&r, "02_pid", "sh", "-c", "kill -9 $$", NULL);
    CU_ASSERT_EQUAL(r.status, 137);
    run_stage(&r, "02_pid", "no-such-command", NULL);
    CU_ASSERT_EQUAL(r.status, 127);
}

static void sigterm_ends_a_command_that_does_not_expect_it(void)
{
    pid_t pid = start_stage("02_pid", "sleep", "1000", NULL);

    CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(pid), 143);
}

static void a_signal_at_the_very_start_is_not_lost(void)
{
    for (int i = 0; i < 20; i++) {
        pid_t pid = start_stage("02_pid", "sleep", "1000", NULL);

        usleep((useconds_t)i * 500); /* any moment of the start will do */
        kill(pid, SIGTERM);
        CU_ASSERT_EQUAL(wait_stage(pid), 143);
    }
}

/* ---- What init is for --------------------------------------------------- */

static void without_init_it_is_pid_1_itself(void)
{
    without_init_the_command_is_pid_1("02_pid");
}

static void nobody_reaps_without_init(void)
{
    without_init_zombies_stay("02_pid");
}

static void sigterm_is_ignored_without_init(void)
{
    without_init_sigterm_is_ignored("02_pid");
}

static void background_processes_die_with_the_command(void)
{
    what_runs_in_the_background_dies_with_the_command("02_pid");
}

/* What /proc says of a descriptor of a process; "" when it is not open. */
static const char *descriptor(pid_t pid, int fd)
{
    static char link[256];
    char path[64];
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
    n = readlink(path, link, sizeof(link) - 1);
    link[n < 0 ? 0 : n] = '\0';
    return link;
}

static bool holds_no_other(const void *arg)
{
    const pid_t *pid = arg;
    int pidfds = 0, others = 0;

    for (int fd = 0; fd < 300; fd++)
        if (strcmp(descriptor(*pid, fd), "anon_inode:[pidfd]") == 0)
            pidfds++;
        else if (fd > 2 && *descriptor(*pid, fd))
            others++;
    return pidfds == 1 && others == 0;
}

/* Two that are inherited, on either side of those that are opened. */
static void init_holds_nothing_of_the_host(void)
{
    char path[64], text[4096];
    const char *line;
    pid_t stage, command, init;

    CU_ASSERT_EQUAL(dup2(STDIN_FILENO, 3), 3);
    CU_ASSERT_EQUAL(dup2(STDIN_FILENO, 250), 250);
    stage = start_stage("02_pid", "sleep", "1010", NULL);
    close(250);
    close(3);
    CU_ASSERT_TRUE(eventually(is_sleeping, "1010"));
    command = find_sleep("1010");
    snprintf(path, sizeof(path), "/proc/%d/status", command);
    line = strstr(read_text(path, text, sizeof(text)), "PPid:");
    init = line ? atoi(line + 5) : 0;
    CU_ASSERT_TRUE(eventually(holds_no_other, &init));
    for (int fd = 0; fd < 3; fd++)
        CU_ASSERT_STRING_EQUAL(descriptor(init, fd), "/dev/null");
    /* In this stage the command still has them. */
    CU_ASSERT(*descriptor(command, 250));
    kill(stage, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(stage), 143);
}

static void nothing_is_left_behind(void)
{
    struct leftovers before = count_leftovers();
    pid_t pid;

    run_stage(&r, "02_pid", "sh", "-c", "sleep 1000 & setsid sleep 1000 &",
              NULL);
    CU_ASSERT_TRUE(nothing_left_since(before));

    pid = start_stage("02_pid", "sh", "-c", "sleep 1000 & sleep 1001", NULL);
    CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
    CU_ASSERT_TRUE(eventually(is_sleeping, "1001"));
    kill(pid, SIGKILL);
    CU_ASSERT_EQUAL(wait_stage(pid), 137);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

SUITE("02_pid",
      { "the command is PID 2 of its own namespace",
        the_command_is_pid_2_of_its_own_namespace },
      { "the host keeps its name", the_host_keeps_its_name },
      { "it cannot kill a process of the host",
        it_cannot_kill_a_process_of_the_host },
      { "it cannot see a message queue of the host",
        it_cannot_see_a_message_queue_of_the_host },
      { "it exits as its command does", it_exits_as_its_command_does },
      { "SIGTERM ends a command that does not expect it",
        sigterm_ends_a_command_that_does_not_expect_it },
      { "a signal at the very start is not lost",
        a_signal_at_the_very_start_is_not_lost },
      { "without init the command is PID 1 itself",
        without_init_it_is_pid_1_itself },
      { "nobody reaps without init", nobody_reaps_without_init },
      { "SIGTERM is ignored without init", sigterm_is_ignored_without_init },
      { "background processes die with the command",
        background_processes_die_with_the_command },
      { "init holds nothing of the host", init_holds_nothing_of_the_host },
      { "nothing is left behind", nothing_is_left_behind })
