/**
 * @file
 * @brief What the limits did, as the kernel counted it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "barco/cgroup.h"
#include "barco/log.h"
#include "cgroup_files.h"

/* The number after a key of a file such as memory.events; 0 if there is none.
 */
static uint64_t count(const char *dir, const char *file, const char *key)
{
    char text[2048], *rest = text, *line;
    uint64_t value = 0;
    size_t length = strlen(key);

    barco_cgroup_read(dir, file, text, sizeof(text));
    while ((line = strsep(&rest, "\n")))
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            sscanf(line + length, "%" SCNu64, &value);
    return value;
}

static void peak_memory(const char *dir, char *buf, size_t size)
{
    char text[32];
    unsigned long long bytes;

    /* In the kernel since 5.19. */
    barco_cgroup_read(dir, "memory.peak", text, sizeof(text));
    if (sscanf(text, "%llu", &bytes) != 1)
        snprintf(buf, size, "unknown");
    else
        snprintf(buf, size, "%.1fM", (double)bytes / (1 << 20));
}

static const char *plural(uint64_t count, const char *ending)
{
    return count == 1 ? "" : ending;
}

void barco_cgroup_report(const struct barco_cgroup *cgroup,
                         const struct barco_cgroup_limits *limits)
{
    const char *dir = cgroup->path;
    uint64_t killed = count(dir, "memory.events", "oom_kill");
    uint64_t refused = count(dir, "pids.events", "max");
    uint64_t throttled = count(dir, "cpu.stat", "nr_throttled");
    char text[32];

    if (killed > 0) {
        barco_cgroup_size_text(limits->memory_max, text, sizeof(text));
        BARCO_WARN("the container hit its memory limit of %s: %" PRIu64
                   " process%s killed",
                   text, killed, plural(killed, "es"));
    }
    if (refused > 0)
        BARCO_WARN("the container hit its limit of %" PRIu64
                   " process%s: %" PRIu64 " more refused",
                   limits->pids_max, plural(limits->pids_max, "es"), refused);
    peak_memory(dir, text, sizeof(text));
    BARCO_INFO("peak memory %s, processor time %.2f s, throttled in %" PRIu64
               " period%s for %.2f s",
               text, (double)count(dir, "cpu.stat", "usage_usec") / 1e6,
               throttled, plural(throttled, "s"),
               (double)count(dir, "cpu.stat", "throttled_usec") / 1e6);
}
