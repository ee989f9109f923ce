/**
 * @file
 * @brief Run COMMAND for at most SECONDS:
 *
 *     time_limit SECONDS COMMAND [ARG...]
 *
 * The exit status is the command's; 128 + N if signal N killed it; 124 if its
 * time was up.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    GRACE = 2, /* seconds from SIGTERM to SIGKILL */
    EXIT_TIME_IS_UP = 124,
    EXIT_OURS = 125,
    EXIT_NOT_FOUND = 127
};

/* Starts the command as the leader of a process group: it, and what it starts,
   can be signalled at once by kill(-pid, ...). */
static pid_t start(char *const command[])
{
    pid_t pid = fork();

    if (pid < 0) {
        perror("fork");
        exit(EXIT_OURS);
    }
    /* Both do it, because either can be the first to run. */
    setpgid(pid, 0);
    if (pid == 0) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(EXIT_NOT_FOUND);
    }
    return pid;
}

/* Waits for the command to end, without reaping it, so that its number, and the
   group's, stay its own. Returns whether it has ended.

   TODO: this waits however long it takes. Return false if the command still
   runs after so many seconds. The kernel sends SIGCHLD when it ends, and
   sigtimedwait(2) waits for a signal, for a time. But a signal that nobody has
   blocked is gone before anybody waits for it: when is the moment to block it,
   and who else gets the blocked signal, and must not keep it? */
static bool ends_within(pid_t pid, long seconds)
{
    siginfo_t end;

    (void)seconds;
    return waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT) == 0;
}

int main(int argc, char **argv)
{
    long seconds = argc > 1 ? atol(argv[1]) : 0;
    bool in_time;
    int status = 0;
    pid_t pid;

    if (argc < 3 || seconds <= 0) {
        fprintf(stderr, "Usage: time_limit SECONDS COMMAND [ARG...]\n");
        return EXIT_OURS;
    }
    pid = start(argv + 2);
    in_time = ends_within(pid, seconds);
    /* TODO: if its time is up, send SIGTERM to its group, and, after GRACE
       seconds or when the command has ended, SIGKILL to what is left. */
    if (waitpid(pid, &status, 0) < 0) {
        perror("waitpid");
        return EXIT_OURS;
    }
    if (!in_time)
        return EXIT_TIME_IS_UP;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
