/**
 * @file
 * @brief Sets the clock forward, as itself and as root of a user namespace, so
 * that every deadline is over.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

static int set_clocks(void)
{
    struct timespec then = { .tv_sec = 2000000000 };
    struct timeval also = { .tv_sec = 2000000000 };
    struct timex jump = { .modes = ADJ_SETOFFSET, .time = { .tv_sec = 9999 } };

    return clock_settime(CLOCK_REALTIME, &then) == 0 ||
           settimeofday(&also, NULL) == 0 || adjtimex(&jump) >= 0;
}

int main(void)
{
    int set = set_clocks();

    if (unshare(CLONE_NEWUSER | CLONE_NEWTIME) == 0)
        set |= set_clocks();
    puts(set ? "got in" : "kept out");
    return 0;
}
