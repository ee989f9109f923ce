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

void barco_cgroup_report(const struct barco_cgroup *cgroup,
                         const struct barco_cgroup_limits *limits)
{
    const char *dir = cgroup->path;
    uint64_t killed = count(dir, "memory.events", "oom_kill");
    uint64_t refused = count(dir, "pids.events", "max");
    uint64_t throttled = count(dir, "cpu.stat", "nr_throttled");
    char size[32], used[256], peak[32];

    peak_memory(dir, peak, sizeof(peak));
    snprintf(used, sizeof(used),
             "peak memory %s, processor time %.2f s, throttled in %" PRIu64
             " periods for %.2f s",
             peak, (double)count(dir, "cpu.stat", "usage_usec") / 1e6,
             throttled, (double)count(dir, "cpu.stat", "throttled_usec") / 1e6);

    if (killed > 0) {
        barco_cgroup_size_text(limits->memory_max, size, sizeof(size));
        BARCO_WARN("the container hit its memory limit of %s: %" PRIu64
                   " process%s killed",
                   size, killed, killed == 1 ? "" : "es");
    }
    if (refused > 0)
        BARCO_WARN("the container hit its limit of %" PRIu64
                   " processes: refused %" PRIu64 " time%s",
                   limits->pids_max, refused, refused == 1 ? "" : "s");
    if (killed > 0 || refused > 0)
        BARCO_WARN("%s", used);
    else
        BARCO_INFO("%s", used);
}
