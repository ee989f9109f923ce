/**
 * @file
 * @brief Run COMMAND in a user namespace with the ids 0 to 1000, where ID is
 * us, and the others are the host's ids from FIRST on:
 *
 *     keep_id ID FIRST COMMAND [ARG...]
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LAST = 1000,          /* the last id inside */
    WORDS = 2 + 3 * 3 + 1 /* newuidmap PID, three lines, NULL */
};

/* The arguments of newuidmap(1). */
struct command {
    char *words[WORDS];
    int used;
};

static void fail(const char *what)
{
    perror(what);
    exit(125);
}

static void add_word(struct command *command, long n)
{
    if (asprintf(&command->words[command->used++], "%ld", n) < 0)
        fail("asprintf");
}

/* A line of the map. */
static void add_line(struct command *command, long inside, long outside,
                     long count)
{
    add_word(command, inside);
    add_word(command, outside);
    add_word(command, count);
}

/* Runs a program to its end.

   TODO: start it in a child, wait, and fail() if its status is not 0. */
static void run(char **words)
{
    (void)words;
}

/* Gives a process its ids.

   TODO: the kernel lets us map one id, our own. newuidmap(1) may map those of
   /etc/subuid too, all with one call: add a line for the ids below `id`, one
   for `id` itself, which is us, and one for those above it, up to LAST. */
static void map(pid_t pid, long id, long first)
{
    struct command command = { .words = { "newuidmap" }, .used = 1 };

    add_word(&command, pid);
    (void)id;
    (void)first;
    run(command.words);
}

/* The child waits until its ids are mapped. If we fail, it reads end of file.
 */
static void run_when_mapped(int go[2], char **words)
{
    char byte;

    close(go[1]);
    if (read(go[0], &byte, 1) != 1)
        _exit(125);
    execvp(words[0], words);
    fail(words[0]);
}

int main(int argc, char **argv)
{
    struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
    int go[2], status = 0;
    pid_t pid;

    if (argc < 4 || atol(argv[1]) < 0 || atol(argv[1]) > LAST) {
        fprintf(stderr, "Usage: keep_id ID FIRST COMMAND [ARG...]\n");
        return 125;
    }
    if (pipe2(go, O_CLOEXEC) < 0)
        fail("pipe2");
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (pid < 0)
        fail("clone3");
    if (pid == 0)
        run_when_mapped(go, argv + 3);
    map(pid, atol(argv[1]), atol(argv[2]));
    if (write(go[1], "", 1) < 0 || waitpid(pid, &status, 0) < 0)
        fail("wait for the command");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
