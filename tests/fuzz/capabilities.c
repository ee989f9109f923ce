/**
 * @file
 * @brief Names of capabilities: the value of --cap-add.
 *
 * An input is the name. What is accepted must be ALL, or exactly the name that
 * libcap gives to the one capability that was added.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/line.h"

/* net_admin, NET_ADMIN or CAP_NET_ADMIN. */
static bool is_named(cap_value_t cap, const char *text)
{
    char *name = cap_to_name(cap); /* cap_net_admin */
    bool same;

    MUST(name);
    same = strcasecmp(text, name) == 0 || strcasecmp(text, name + 4) == 0;
    cap_free(name);
    return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    const struct line *line = line_read_option("--cap-add", text);

    if (!line->ended && line->result == 0) {
        uint64_t added = line->spec.caps.ambient;

        MUST(added != 0);
        MUST(added & line->spec.caps.permitted);
        if (added == UINT64_MAX)
            MUST(strcasecmp(text, "all") == 0);
        else
            MUST((added & (added - 1)) == 0 &&
                 is_named(__builtin_ctzll(added), text));
    }
    line_free();
    free(text);
    return 0;
}
