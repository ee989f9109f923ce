/* Limits that a command inherits. */
#include <unistd.h>

#include "barco/limits.h"
#include "barco/process.h"

int main(void)
{
    const struct barco_rlimit files = { RLIMIT_NOFILE, 64, 64 };
    const struct barco_limits limits = {
        .rlimits = &files,
        .rlimit_count = 1,
        .oom_score_adj = 500,
        .umask = 077,
    };
    char *const command[] = { "sh", "-c",
                              "ulimit -n; cat /proc/self/oom_score_adj; umask",
                              NULL };

    if (barco_limits_score(&limits, getpid()) < 0 ||
        barco_limits_set(&limits) < 0)
        return 1;
    return barco_process_exec(command);
}
