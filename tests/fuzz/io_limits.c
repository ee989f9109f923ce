/**
 * @file
 * @brief Limits of a disk: the value of --io-max, and with another first byte
 * that of --io-weight.
 *
 * The rest of an input is the value, behind the name of a disk; stat(2) says
 * here that the disk exists. What is accepted must have the kernel's format
 * (io.max in cgroup-v2.rst), and given once more it must be the same.
 */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/line.h"

static const char disk[] = "/dev/disk";

int __real_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);

int __wrap_stat(const char *path, struct stat *st)
{
    if (strcmp(path, disk) != 0)
        return __real_stat(path, st);
    *st = (struct stat){ .st_mode = S_IFBLK, .st_rdev = makedev(8, 16) };
    return 0;
}

static void must_match(const char *text, const char *pattern)
{
    regex_t regex;

    MUST(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0);
    MUST(regexec(&regex, text, 0, NULL, 0) == 0);
    regfree(&regex);
}

/* What the kernel would be given, to be freed; NULL if it is refused. */
static char *read_limit(const char *option, const char *value)
{
    char word[65536];
    const struct line *line;
    char *limit = NULL;

    snprintf(word, sizeof(word), "%s:%s", disk, value);
    line = line_read_option(option, word);
    if (!line->ended && line->result == 0) {
        limit = strdup(strcmp(option, "--io-max") == 0
                           ? line->spec.cgroup.io_max
                           : line->spec.cgroup.io_weight);
        MUST(limit);
    }
    line_free();
    return limit;
}

/* "8:16 rbps=1 wbps=max" to "rbps=1,wbps=max". */
static char *as_typed(const char *limit)
{
    char *value = strdup(strchr(limit, ' ') + 1);

    MUST(value);
    for (char *c = value; (c = strchr(c, ' '));)
        *c = ',';
    return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool weight = size > 0 && data[0] == 'w';
    const char *option = weight ? "--io-weight" : "--io-max";
    char *text, *limit;

    if (size == 0)
        return 0;
    text = fuzz_text(data + 1, size - 1);
    limit = read_limit(option, text);
    if (limit) {
        char *typed = as_typed(limit), *again = read_limit(option, typed);

        must_match(limit, weight
                              ? "^8:16 [1-9][0-9]{0,4}$"
                              : "^8:16( [rw](bps|iops)=(max|[0-9]{1,20}))+$");
        MUST(again && strcmp(again, limit) == 0);
        free(typed);
        free(again);
    }
    free(limit);
    free(text);
    return 0;
}
