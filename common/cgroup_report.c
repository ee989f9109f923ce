/**
 * @file
 * @brief What the limits did, as the kernel counted it.
 */
#include "common/cgroup_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barco/cgroup.h"
#include "barco/log.h"
#include "common/cgroup_files.h"

/* The number after a key of a file such as memory.events; 0 if there is none.
 */
static uint64_t count(const char *dir, const char *file, const char *key)
{
    char text[2048], *rest = text, *line;
    uint64_t value = 0;
    size_t length = strlen(key);

    cgroup_files_read(dir, file, text, sizeof(text));
    while ((line = strsep(&rest, "\n")))
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            sscanf(line + length, "%" SCNu64, &value);
    return value;
}

/* A limit as the kernel has it, which may be rounded. */
static uint64_t limit(const char *dir, const char *file)
{
    uint64_t value = BARCO_NO_LIMIT; /* for a file that says "max" */
    char text[32];

    cgroup_files_read(dir, file, text, sizeof(text));
    sscanf(text, "%" SCNu64, &value);
    return value;
}

static void peak_memory(const char *dir, char *buf, size_t size)
{
    char text[32];
    unsigned long long bytes;

    /* In the kernel since 5.19. */
    cgroup_files_read(dir, "memory.peak", text, sizeof(text));
    if (sscanf(text, "%llu", &bytes) != 1)
        snprintf(buf, size, "unknown");
    else
        snprintf(buf, size, "%.1fM", (double)bytes / (1 << 20));
}

static const char *plural(uint64_t count, const char *ending)
{
    return count == 1 ? "" : ending;
}

static void report_memory(const char *dir)
{
    uint64_t killed = count(dir, "memory.events", "oom_kill");
    char text[32];

    if (killed == 0)
        return;
    /* Only the limit that was hit has counted an "oom". */
    if (count(dir, "memory.events", "oom") == 0) {
        BARCO_WARN("memory ran out outside the container's cgroup: %" PRIu64
                   " process%s of the container killed",
                   killed, plural(killed, "es"));
        return;
    }
    cgroup_files_size_text(limit(dir, "memory.max"), text, sizeof(text));
    BARCO_WARN("the container hit its memory limit of %s: %" PRIu64
               " process%s killed",
               text, killed, plural(killed, "es"));
}

static void report_processes(const char *dir)
{
    uint64_t refused = count(dir, "pids.events", "max");
    uint64_t most = limit(dir, "pids.max");

    if (refused == 0)
        return;
    if (most == BARCO_NO_LIMIT)
        BARCO_WARN("a limit above the container's cgroup refused it %" PRIu64
                   " process%s",
                   refused, plural(refused, "es"));
    else
        BARCO_WARN("the container hit its limit of %" PRIu64
                   " process%s: %" PRIu64 " more refused",
                   most, plural(most, "es"), refused);
}

/* Counting takes the kernel a while, so only if somebody reads it. */
static void report_use(const char *dir)
{
    uint64_t throttled;
    char text[32];

    if (!barco_log.verbose)
        return;
    throttled = count(dir, "cpu.stat", "nr_throttled");
    peak_memory(dir, text, sizeof(text));
    BARCO_INFO("peak memory %s, processor time %.2f s, throttled in %" PRIu64
               " period%s for %.2f s",
               text, (double)count(dir, "cpu.stat", "usage_usec") / 1e6,
               throttled, plural(throttled, "s"),
               (double)count(dir, "cpu.stat", "throttled_usec") / 1e6);
}

void cgroup_report(const char *dir)
{
    report_memory(dir);
    report_processes(dir);
    report_use(dir);
}
