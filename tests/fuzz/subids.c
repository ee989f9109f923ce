/**
 * @file
 * @brief What /etc/subuid grants to us: userns_subids_find() with an input as
 * that file.
 *
 * A line of ours is a range of ids that exist, which printed and read again is
 * the same; or it is refused, and reported once; or there is none.
 */
#include "common/userns_subids.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/userns_maps.h"
#include "tests/fuzz/files.h"
#include "tests/fuzz/fuzz.h"

static int find(const char *text, size_t size, struct barco_id_range *range)
{
    int found;

    files_put("/etc/subuid", text, size);
    files_put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n", 26);
    fuzz_count_errors();
    found = userns_subids_find("/etc/subuid", range);
    files_forget();
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct barco_id_range range = { .inside = 1 }, same = { .inside = 1 };
    char map[USERNS_MAPS_BYTES], line[64];
    int found = find((const char *)data, size, &range);

    MUST(fuzz_errors() == (found < 0));
    if (found <= 0)
        return 0;
    MUST(found == 1);
    MUST(userns_maps_print("uid_map", &range, 1, map) == 0);
    MUST(find(line,
              (size_t)snprintf(line, sizeof(line), "%u:%u:%u\n", geteuid(),
                               range.outside, range.count),
              &same) == 1);
    MUST(same.outside == range.outside && same.count == range.count);
    return 0;
}
