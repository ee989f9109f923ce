/**
 * @file
 * @brief Ids on the command line: the value of --ids, and with 'u' as the first
 * byte that of --uid.
 *
 * What is accepted must be a range of ids that exist, without the host's root,
 * and the map made of it, which the kernel reads, must say the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/userns_maps.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/line.h"

static const unsigned last_id = 4294967294;

static void check_map(const struct barco_userns *userns)
{
    char text[USERNS_MAPS_BYTES];
    unsigned inside, outside, count;

    MUST(userns->uid_count == 1 && userns->gid_count == 1);
    MUST(userns->uids == userns->gids);
    MUST(userns_maps_print("uid_map", userns->uids, 1, text) == 0);
    MUST(sscanf(text, "%u %u %u", &inside, &outside, &count) == 3);
    MUST(inside == 0);
    MUST(outside == userns->uids[0].outside && outside > 0);
    MUST(count == userns->uids[0].count && count > 0);
    MUST(count - 1 <= last_id - outside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool uid = size > 0 && data[0] == 'u';
    const struct line *line;
    char *text;

    if (size == 0)
        return 0;
    text = fuzz_text(data + 1, size - 1);
    line = line_read_option(uid ? "--uid" : "--ids", text);
    if (!line->ended && line->result == 0) {
        MUST(line->spec.userns.uid <= 65535 && line->spec.userns.gid <= 65535);
        if (!uid)
            check_map(&line->spec.userns);
    }
    line_free();
    free(text);
    return 0;
}
