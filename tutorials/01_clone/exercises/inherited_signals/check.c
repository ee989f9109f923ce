/**
 * @file
 * @brief Whether a program knows which signals it was born ignoring and
 * blocking, and which were waiting for it.
 *
 * What the check sets for itself is what the program is born with. Some may be
 * set already, so the kernel is asked what is to be expected.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* Signals that nothing sends, so that it does not matter what we do to them. */
static int harmless(void)
{
    static const int signals[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1,
                                   SIGUSR2, SIGALRM, SIGTERM, SIGURG };

    return signals[seeded(0, 7)];
}

static int real_time(void)
{
    return (int)seeded(SIGRTMIN, SIGRTMAX);
}

/* The signals of a field of our own /proc/PID/status, as the program prints
   them. */
static const char *expected_line(const char *what, const char *field)
{
    unsigned long long set = strtoull(status_of(getpid(), field), NULL, 16);
    const char *line = text("%s:", what);

    for (int bit = 0; bit < 64; bit++)
        if (set >> bit & 1)
            line = text("%s %d", line, bit + 1);
    return line;
}

static void expect_lines(const char *pending)
{
    const char *ignored = expected_line("ignored", "SigIgn");
    const char *blocked = expected_line("blocked", "SigBlk");
    char *lines;
    struct run run;

    run_to_end(&run, NULL);
    lines = run.out;
    expect_text("the first line", strsep(&lines, "\n"), ignored);
    expect_text("the second line", lines ? strsep(&lines, "\n") : "", blocked);
    expect_text("the third line", lines ? strsep(&lines, "\n") : "",
                text("pending:%s", pending));
}

static void ignored_signals(void)
{
    int first = harmless(), second = harmless();

    signal(first, SIG_IGN);
    signal(second, SIG_IGN);
    expect_lines("");
    signal(first, SIG_DFL);
    signal(second, SIG_DFL);
}

static void block(int signal)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static void unblock_all(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void blocked_signals(void)
{
    block(harmless());
    block(harmless());
    expect_lines("");
    unblock_all();
}

/* What comes before the exec, while it is blocked, still waits after it. */
static bool send_itself(void *signals)
{
    const int *both = signals;

    return raise(both[0]) == 0 && raise(both[1]) == 0;
}

static void pending_signals(void)
{
    int both[] = { harmless(), real_time() };

    block(both[0]);
    block(both[1]);
    before_start(send_itself, both);
    expect_lines(text(" %d %d", both[0], both[1]));
    unblock_all();
}

static void both_at_once(void)
{
    int one = harmless();

    signal(one, SIG_IGN);
    block(harmless());
    expect_lines("");
    unblock_all();
    signal(one, SIG_DFL);
}

static void real_time_signals(void)
{
    int one = real_time();

    signal(one, SIG_IGN);
    block(real_time());
    expect_lines("");
    unblock_all();
    signal(one, SIG_DFL);
}

static void handle(int signal)
{
    (void)signal;
}

static void handled_signals(void)
{
    int one = harmless();

    signal(one, handle);
    expect_lines("");
    signal(one, SIG_DFL);
}

EXERCISE("01_clone", "inherited_signals", AS_LEARNER,
         { "it prints which signals it ignores", ignored_signals },
         { "it prints which signals it blocks", blocked_signals },
         { "it prints which signals wait for it", pending_signals },
         { "it does not mix them up", both_at_once },
         { "real-time signals count too", real_time_signals },
         { "a signal that its parent handled is not ignored", handled_signals })
