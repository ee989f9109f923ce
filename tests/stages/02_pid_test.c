/**
 * @file
 * @brief Stage 02, the real program: PIDs, host name, IPC.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"

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

    /* The same command kills it from the stage before. */
    run_stage(&r, "01_clone", "sh", "-c", command, NULL);
    CU_ASSERT_EQUAL(waitpid(victim, NULL, 0), victim);
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
      { "nothing is left behind", nothing_is_left_behind })
