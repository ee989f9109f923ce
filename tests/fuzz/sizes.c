/**
 * @file
 * @brief Sizes and numbers: the values of --memory, --memory-high, --pids,
 * --cpus, --cpu-weight and --nofile.
 *
 * The first byte of an input chooses the option, the rest is its value. What is
 * accepted must be within the limits that --help names; printed as the library
 * prints it, and read again, it must be the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/cgroup_files.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/line.h"

enum {
    NUMBER = 64 /* bytes of one */
};

static uint64_t memory(const struct barco_spec *spec)
{
    return spec->cgroup.memory_max;
}

static uint64_t memory_high(const struct barco_spec *spec)
{
    return spec->cgroup.memory_high;
}

static uint64_t pids(const struct barco_spec *spec)
{
    return spec->cgroup.pids_max;
}

static uint64_t cpus(const struct barco_spec *spec)
{
    return spec->cgroup.cpu_quota_us;
}

static uint64_t weight(const struct barco_spec *spec)
{
    return spec->cgroup.cpu_weight;
}

static uint64_t nofile(const struct barco_spec *spec)
{
    for (size_t i = 0; i < spec->limits.rlimit_count; i++)
        if (spec->limits.rlimits[i].resource == RLIMIT_NOFILE)
            return spec->limits.rlimits[i].hard;
    return 0;
}

static void print_number(uint64_t number, char *text, size_t size)
{
    if (number == BARCO_NO_LIMIT)
        snprintf(text, size, "max");
    else
        snprintf(text, size, "%" PRIu64, number);
}

/* Of 100 ms. */
static void print_cpus(uint64_t us, char *text, size_t size)
{
    if (us == BARCO_NO_LIMIT)
        snprintf(text, size, "max");
    else
        snprintf(text, size, "%" PRIu64 ".%05" PRIu64, us / 100000,
                 us % 100000);
}

static const struct number {
    const char *option;
    uint64_t (*get)(const struct barco_spec *spec);
    void (*print)(uint64_t number, char *text, size_t size);
    uint64_t least, most;
    bool max; /* may be "max" */
} numbers[] = {
    { "--memory", memory, cgroup_files_size_text, 1 << 20, UINT64_MAX, true },
    { "--memory-high", memory_high, cgroup_files_size_text, 1 << 20, UINT64_MAX,
      true },
    { "--pids", pids, print_number, 2, 1 << 22, true },
    { "--cpus", cpus, print_cpus, 1000, 819200000, true },
    { "--cpu-weight", weight, print_number, 1, 10000, false },
    { "--nofile", nofile, print_number, 64, 1048576, false },
};

static bool read_number(const struct number *number, const char *text,
                        uint64_t *value)
{
    const struct line *line = line_read_option(number->option, text);
    bool accepted = !line->ended && line->result == 0;

    if (accepted)
        *value = number->get(&line->spec);
    line_free();
    return accepted;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct number *number;
    char *text, again[NUMBER];
    uint64_t value, same;

    if (size == 0)
        return 0;
    number = &numbers[data[0] % (sizeof(numbers) / sizeof(numbers[0]))];
    text = fuzz_text(data + 1, size - 1);
    if (read_number(number, text, &value)) {
        MUST(value >= number->least);
        MUST(value <= number->most || (number->max && value == BARCO_NO_LIMIT));
        number->print(value, again, sizeof(again));
        MUST(read_number(number, again, &same));
        MUST(same == value);
    }
    free(text);
    return 0;
}
