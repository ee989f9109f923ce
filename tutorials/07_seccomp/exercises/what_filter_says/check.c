/**
 * @file
 * @brief Whether the program finds out what filters from the seed answer.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "tutorials/check/check.h"

enum {
    MOST = 4
};

/* Calls that need no arguments and fail in no process, and that a C library
   does not make by itself. */
static const long calls[] = { SYS_getppid, SYS_getpgrp, SYS_sched_yield,
                              SYS_geteuid, SYS_getegid };

/* Filters, each with an answer of its own to one call. */
struct filters {
    int count;
    long call[MOST];
    unsigned answer[MOST];
};

static bool load(long call, unsigned answer)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, answer),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool load_all(void *arg)
{
    const struct filters *filters = arg;

    for (int i = 0; i < filters->count; i++)
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
            !load(filters->call[i], filters->answer[i]))
            return false;
    return true;
}

static void add(struct filters *filters, long call, unsigned answer)
{
    filters->call[filters->count] = call;
    filters->answer[filters->count++] = answer;
    before_start(load_all, filters);
}

/* Starts somewhere in the list, so that each test has calls of its own. */
static long call_at(long from, int i)
{
    return calls[(size_t)(from + i) % (sizeof(calls) / sizeof(calls[0]))];
}

static void expect_line(const struct run *run, const char *line)
{
    expect(strstr(text("\n%s", run->out), text("\n%s\n", line)),
           text("it prints the line \"%s\"", line), "it printed \"%s\"",
           run->out);
}

static void without_a_filter(void)
{
    long call = call_at(seeded(0, 4), 0);
    struct run run;

    run_to_end(&run, number(call), NULL);
    expect_line(&run, "filters 0");
    expect_line(&run, text("%ld ok", call));
}

static void filters_are_counted(void)
{
    long count = seeded(1, MOST), from = seeded(0, 4);
    struct filters filters = { 0 };
    struct run run;

    for (int i = 0; i < count; i++)
        add(&filters, call_at(from, i), SECCOMP_RET_ERRNO | EPERM);
    run_to_end(&run, number(call_at(from, MOST)), NULL);
    expect_line(&run, text("filters %ld", count));
    expect_line(&run, text("%ld ok", call_at(from, MOST)));
}

static void errors_are_told_apart(void)
{
    long from = seeded(0, 4), one = seeded(1, 130), two = seeded(1, 130);
    struct filters filters = { 0 };
    struct run run;

    add(&filters, call_at(from, 0), SECCOMP_RET_ERRNO | (unsigned)one);
    add(&filters, call_at(from, 1), SECCOMP_RET_ERRNO | (unsigned)two);
    run_to_end(&run, number(call_at(from, 0)), number(call_at(from, 1)), NULL);
    expect_line(&run, text("%ld error %ld", call_at(from, 0), one));
    expect_line(&run, text("%ld error %ld", call_at(from, 1), two));
}

static void it_outlives_a_kill(void)
{
    long from = seeded(0, 4), errnum = seeded(1, 130);
    struct filters filters = { 0 };
    struct run run;

    add(&filters, call_at(from, 0), SECCOMP_RET_KILL_PROCESS);
    add(&filters, call_at(from, 1), SECCOMP_RET_ERRNO | (unsigned)errnum);
    run_to_end(&run, number(call_at(from, 0)), number(call_at(from, 1)), NULL);
    expect_line(&run, text("%ld killed", call_at(from, 0)));
    expect_line(&run, text("%ld error %ld", call_at(from, 1), errnum));
    expect_number("the exit status", run.status, 0);
}

EXERCISE("07_seccomp", "what_filter_says", AS_LEARNER,
         { "without a filter a call succeeds", without_a_filter },
         { "filters are counted", filters_are_counted },
         { "errors are told apart", errors_are_told_apart },
         { "it outlives a call that kills", it_outlives_a_kill })
