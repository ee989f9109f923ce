/**
 * @file
 * @brief Limits as people write them: 64M, 0.5, /dev/sda:rbps=1M.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <bsd/libutil.h>

#include "barco/cgroup.h"
#include "barco/error.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

enum {
    OPT_MEMORY = 0x500,
    OPT_MEMORY_HIGH,
    OPT_PIDS,
    OPT_CPUS,
    OPT_CPU_WEIGHT,
    OPT_IO_MAX,
    OPT_IO_WEIGHT
};

/* With less a container cannot start: `true` was seen to need 256K and 2, init
 * included. */
enum {
    LEAST_MEMORY = 1 << 20,
    LEAST_PIDS = 2
};

static const struct argp_option options[] = {
    { "memory", OPT_MEMORY, "SIZE", 0,
      "Memory: 64M, 1G or max; when it is used up, a process is killed. At "
      "least 1M; default: 1G",
      0 },
    { "memory-high", OPT_MEMORY_HIGH, "SIZE", 0,
      "Memory above which the container is slowed down; at least 1M; default: "
      "max",
      0 },
    { "pids", OPT_PIDS, "N", 0,
      "Processes and threads, init included: at least 2, or max; default: 64",
      0 },
    { "cpus", OPT_CPUS, "N", 0,
      "Processors: 0.5, 2 or max; at least 0.01; default: max", 0 },
    { "cpu-weight", OPT_CPU_WEIGHT, "N", 0,
      "Share of a busy processor, 1 to 10000; default: 256", 0 },
    { "io-max", OPT_IO_MAX, "DEVICE:KEY=N[,...]", 0,
      "Limits of a disk: rbps and wbps (bytes a second), riops and wiops "
      "(operations a second), as in /dev/sda:wbps=1M,riops=100. May be "
      "repeated",
      0 },
    { "io-weight", OPT_IO_WEIGHT, "DEVICE:N", 0,
      "Share of a busy disk, 1 to 10000. May be repeated", 0 },
    { 0 },
};

static bool is_max(const char *text)
{
    return strcmp(text, "max") == 0;
}

/* Digits and one letter: libbsd's expand_number() would take "-1" and "" too.
 */
static bool read_size(const char *text, uint64_t *bytes)
{
    size_t digits = strspn(text, "0123456789");

    return digits > 0 && strlen(text) <= digits + 1 &&
           (!text[digits] || strchr("kKmMgGtTpPeE", text[digits])) &&
           expand_number(text, bytes) == 0;
}

static uint64_t size_option(struct argp_state *state, const char *text,
                            const char *option)
{
    uint64_t bytes = BARCO_NO_LIMIT;

    if (!is_max(text) && !read_size(text, &bytes))
        barco_cli_refuse(state,
                         "%s: \"%s\" is not a size; give bytes, or 512K, 64M, "
                         "1G, or max for no limit",
                         option, text);
    if (bytes < LEAST_MEMORY)
        barco_cli_refuse(state,
                         "%s: a container cannot start in %s; give 1M or more",
                         option, text);
    return bytes;
}

static uint64_t pids_option(struct argp_state *state, const char *text)
{
    /* Linux has at most 2^22 processes. */
    return is_max(text) ? BARCO_NO_LIMIT
                        : barco_cli_number_from(state, text, "--pids",
                                                LEAST_PIDS, 1U << 22);
}

static unsigned weight_option(struct argp_state *state, const char *text,
                              const char *option)
{
    return barco_cli_number_from(state, text, option, 1, 10000);
}

/* A period is 100 ms, and the kernel takes no quota below 1 ms. */
static uint64_t cpus_option(struct argp_state *state, const char *text)
{
    char *end;
    double cpus;

    if (is_max(text))
        return BARCO_NO_LIMIT;
    cpus = strtod(text, &end);
    if (!isdigit((unsigned char)*text) || *end || !(cpus >= 0.01) ||
        cpus > 8192)
        barco_cli_refuse(
            state,
            "--cpus: \"%s\" is not a number of processors; give 0.5, or "
            "2, or max for no limit (at least 0.01)",
            text);
    return (uint64_t)(cpus * 100000 + 0.5); /* 0.29 is 0.28999... */
}

/* "/dev/sda:rest" to "8:0 rest". Lives as long as the program. */
static char *device_option(struct argp_state *state, const char *text,
                           const char *option, const char **rest)
{
    const char *colon = strrchr(text, ':');
    char *device = strndup(text, colon ? (size_t)(colon - text) : 0);
    char *limit = NULL;
    struct stat st;

    if (!colon || !device)
        barco_cli_refuse(state, "%s: \"%s\" names no device; give /dev/sda:...",
                         option, text);
    else if (stat(device, &st) < 0 || !S_ISBLK(st.st_mode))
        barco_cli_refuse(state,
                         "%s: \"%s\" is not a block device; lsblk lists them",
                         option, device);
    else if (asprintf(&limit, "%u:%u", major(st.st_rdev), minor(st.st_rdev)) <
             0)
        argp_failure(state, BARCO_EXIT_FAILED, errno, "%s", option);
    free(device);
    *rest = colon ? colon + 1 : "";
    return limit;
}

/* One word, as in "wbps=1M", to what the kernel reads. */
static char *io_limit(struct argp_state *state, const char *word)
{
    static const char *const keys[] = { "rbps", "wbps", "riops", "wiops" };
    const char *value = strchrnul(word, '=');
    size_t length = (size_t)(value - word);
    uint64_t number = BARCO_NO_LIMIT;
    char *limit = NULL, text[32];

    value += *value == '=';
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strlen(keys[i]) == length && strncmp(word, keys[i], length) == 0 &&
            (is_max(value) || read_size(value, &number))) {
            snprintf(text, sizeof(text), "%" PRIu64, number);
            if (asprintf(&limit, "%s=%s", keys[i],
                         is_max(value) ? value : text) < 0)
                argp_failure(state, BARCO_EXIT_FAILED, errno, "--io-max");
            return limit;
        }
    barco_cli_refuse(state,
                     "--io-max: \"%s\" is not a limit; give rbps, wbps, riops "
                     "or wiops, as in wbps=1M",
                     word);
    return NULL;
}

/* Two texts as one, with a character between them, unless there is no first. */
static char *join(struct argp_state *state, const char *first, char between,
                  char *second)
{
    char *both = NULL;

    if (!first)
        return second;
    if (!second || asprintf(&both, "%s%c%s", first, between, second) < 0)
        argp_failure(state, BARCO_EXIT_FAILED, errno, "out of memory");
    free(second);
    return both;
}

static char *io_max_option(struct argp_state *state, const char *text)
{
    const char *rest;
    char *limits = device_option(state, text, "--io-max", &rest);
    char *words = strdup(rest), *next = words, *word;

    while ((word = strsep(&next, ",")))
        limits = join(state, limits, ' ', io_limit(state, word));
    free(words);
    return limits;
}

static char *io_weight_option(struct argp_state *state, const char *text)
{
    const char *rest;
    char *device = device_option(state, text, "--io-weight", &rest);
    char *weight = NULL;

    if (asprintf(&weight, "%u", weight_option(state, rest, "--io-weight")) < 0)
        argp_failure(state, BARCO_EXIT_FAILED, errno, "--io-weight");
    return join(state, device, ' ', weight);
}

/* Those of the original barco. */
static void set_defaults(struct barco_cgroup_limits *limits)
{
    limits->memory_max = 1ULL << 30;
    limits->pids_max = 64;
    limits->cpu_weight = 256;
    limits->no_huge_pages = true;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_cgroup_limits *limits = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        set_defaults(limits);
        return 0;
    case OPT_MEMORY:
        limits->memory_max = size_option(state, arg, "--memory");
        return 0;
    case OPT_MEMORY_HIGH:
        limits->memory_high = size_option(state, arg, "--memory-high");
        return 0;
    case OPT_PIDS:
        limits->pids_max = pids_option(state, arg);
        return 0;
    case OPT_CPUS:
        limits->cpu_quota_us = cpus_option(state, arg);
        return 0;
    case OPT_CPU_WEIGHT:
        limits->cpu_weight = weight_option(state, arg, "--cpu-weight");
        return 0;
    case OPT_IO_MAX:
        limits->io_max =
            join(state, limits->io_max, '\n', io_max_option(state, arg));
        return 0;
    case OPT_IO_WEIGHT:
        limits->io_weight =
            join(state, limits->io_weight, '\n', io_weight_option(state, arg));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp barco_cgroup_options = { .options = options,
                                           .parser = parse_option };
