/**
 * @file
 * @brief Runs a stage both ways, and looks at its processes from outside.
 */
#include "tests/lib/without_init.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "tests/lib/run.h"

static struct run r;

void without_init_the_command_is_pid_1(const char *stage)
{
    run_stage(&r, stage, "sh", "-c", "echo $$ $PPID", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "2 1\n");
    run_stage(&r, stage, "--no-init", "sh", "-c", "echo $$ $PPID", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "1 0\n");
    run_stage(&r, stage, "--no-init", "sh", "-c", "exit 7", NULL);
    CU_ASSERT_EQUAL(r.status, 7);
    run_stage(&r, stage, "--no-init", "no-such-command", NULL);
    CU_ASSERT_EQUAL(r.status, 127);
    /* Nobody in its namespace can kill it, itself included. */
    run_stage(&r, stage, "--no-init", "sh", "-c", "kill -9 $$; exit 5", NULL);
    CU_ASSERT_EQUAL(r.status, 5);
}

/* A line of /proc/PID/status, up to its end; "" when there is none. */
static const char *status_line(const char *pid, const char *name,
                               char line[128])
{
    char path[300], text[4096];
    const char *found;

    snprintf(path, sizeof(path), "/proc/%s/status", pid);
    found = strstr(read_text(path, text, sizeof(text)), name);
    snprintf(line, 128, "%.*s", found ? (int)strcspn(found, "\n") : 0,
             found ? found : "");
    return line;
}

static pid_t parent_of(pid_t child)
{
    char pid[16], line[128];

    snprintf(pid, sizeof(pid), "%d", child);
    return atoi(status_line(pid, "PPid:", line) + strlen("PPid:"));
}

/* Whether a process has a child that has ended and that it has not waited
 * for. */
static bool has_zombie(const void *parent)
{
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    bool found = false;
    char line[128];

    while (proc && !found && (entry = readdir(proc)))
        found = strstr(status_line(entry->d_name, "State:", line), "Z") &&
                parent_of(atoi(entry->d_name)) == *(const pid_t *)parent;
    if (proc)
        closedir(proc);
    return found;
}

static bool has_none(const void *parent)
{
    return !has_zombie(parent);
}

static bool is_over(const void *seconds)
{
    return find_sleep(seconds) == 0;
}

/* The command waits for nobody, and an orphan ends: the zombie's parent is PID
 * 1, whatever that is. */
static pid_t start_with_orphan(const char *stage, const char *option)
{
    pid_t pid = start_stage(stage, option, "sh", "-c",
                            "(sleep 2.5 &); exec sleep 1006", NULL);

    CU_ASSERT_TRUE(eventually(is_sleeping, "1006"));
    CU_ASSERT_TRUE(eventually(is_sleeping, "2.5"));
    return pid;
}

static void end(pid_t stage, pid_t command)
{
    CU_ASSERT_EQUAL(kill(command, SIGKILL), 0);
    CU_ASSERT_EQUAL(wait_stage(stage), 137);
}

void without_init_zombies_stay(const char *stage)
{
    pid_t pid = start_with_orphan(stage, "--no-init");
    pid_t command = find_sleep("1006"), init;

    CU_ASSERT_TRUE(eventually(has_zombie, &command));
    end(pid, command);
    pid = start_with_orphan(stage, "--");
    command = find_sleep("1006");
    init = parent_of(command);
    CU_ASSERT_EQUAL(parent_of(find_sleep("2.5")), init);
    CU_ASSERT_TRUE(eventually(is_over, "2.5"));
    CU_ASSERT_TRUE(eventually(has_none, &init));
    end(pid, command);
}

/* Whether a process has taken the SIGTERM that it was sent, and sleeps. */
static bool has_taken_it(const void *process)
{
    char pid[16], line[128];

    snprintf(pid, sizeof(pid), "%d", *(const pid_t *)process);
    status_line(pid, "ShdPnd:", line);
    return *line &&
           !(strtoull(line + strlen("ShdPnd:"), NULL, 16) &
             1ULL << (SIGTERM - 1)) &&
           is_waiting(process);
}

static pid_t start_sleep(const char *stage, const char *option)
{
    pid_t pid = start_stage(stage, option, "sleep", "1007", NULL);

    CU_ASSERT_TRUE(eventually(is_sleeping, "1007"));
    CU_ASSERT_TRUE(eventually(is_waiting, &pid));
    kill(pid, SIGTERM);
    return pid;
}

void without_init_sigterm_is_ignored(const char *stage)
{
    pid_t pid = start_sleep(stage, "--no-init");

    CU_ASSERT_TRUE(eventually(has_taken_it, &pid));
    CU_ASSERT_TRUE(is_sleeping("1007"));
    end(pid, find_sleep("1007"));
    CU_ASSERT_EQUAL(wait_stage(start_sleep(stage, "--")), 143);
    /* With a handler it is like any other process. */
    pid = start_stage(stage, "--no-init", "sh", "-c",
                      "trap 'exit 3' TERM; sleep 1008 & wait", NULL);
    CU_ASSERT_TRUE(eventually(is_sleeping, "1008"));
    kill(pid, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(pid), 3);
}

void what_runs_in_the_background_dies_with_the_command(const char *stage)
{
    static const char *const options[] = { "--no-init", "--" };

    for (int i = 0; i < 2; i++) {
        pid_t pid =
            start_stage(stage, options[i], "sh", "-c",
                        "trap 'exit 4' TERM; setsid sleep 1009 & wait", NULL);

        CU_ASSERT_TRUE(eventually(is_sleeping, "1009"));
        kill(pid, SIGTERM);
        CU_ASSERT_EQUAL(wait_stage(pid), 4);
        CU_ASSERT_TRUE(eventually(is_over, "1009"));
    }
}
