/**
 * @file
 * @brief Ids that nothing else uses: userns_blocks_take() with an input as
 * /etc/passwd, /etc/group, /etc/subuid and /etc/subgid.
 *
 * The range that it finds must be a whole block, and contain no id and no range
 * of the input, which is read here in another way. If the input takes all, that
 * is reported once.
 */
#include "common/userns_blocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barco/cleanup.h"
#include "tests/fuzz/files.h"
#include "tests/fuzz/fuzz.h"

static bool is_number(const char *text)
{
    return text && *text && !text[strspn(text, "0123456789")];
}

/* NAME:PASSWORD:ID:... in the first two, NAME:FIRST:COUNT in the others. */
static void must_not_contain(const struct barco_id_range *range, char *line)
{
    unsigned long long begin = range->outside, end = begin + range->count;
    const char *second, *third;

    strsep(&line, ":");
    second = strsep(&line, ":");
    third = strsep(&line, ":");
    if (is_number(third)) {
        unsigned long long id = strtoull(third, NULL, 10);

        MUST(id < begin || id >= end);
    }
    if (is_number(second) && is_number(third)) {
        unsigned long long first = strtoull(second, NULL, 10);
        unsigned long long count = strtoull(third, NULL, 10);

        /* Beyond the last id it is not a range. */
        if (first < 4294967295 && count <= 4294967295 - first)
            MUST(count == 0 || first >= end || first + count <= begin);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char all[] = "0 0 4294967295\n";
    BARCO_CLEANUP(barco_close) int lock = -1;
    struct barco_id_range range;
    char *text = fuzz_text(data, size), *rest = text, *line;

    files_put("/proc/self/uid_map", all, sizeof(all) - 1);
    files_put("/proc/self/gid_map", all, sizeof(all) - 1);
    files_put("/etc/passwd", text, size);
    files_put("/etc/group", text, size);
    files_put("/etc/subuid", text, size);
    files_put("/etc/subgid", text, size);
    fuzz_count_errors();
    lock = userns_blocks_take(&range);
    files_forget();
    MUST(fuzz_errors() == (lock < 0));
    if (lock >= 0) {
        MUST(range.inside == 0 && range.count == 65536);
        MUST(range.outside % 65536 == 0 && range.outside > 0);
        MUST(range.outside < 0x7ffe0000);
        while ((line = strsep(&rest, "\n")))
            must_not_contain(&range, line);
    }
    free(text);
    return 0;
}
