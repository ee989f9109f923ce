/**
 * @file
 * @brief The whole command line: barco_cli_parse() with all options of stage
 * 09.
 *
 * An input is the words after `barco --mnt=/`, a line each. Whatever they
 * are, what line.h says of every command line must hold, and a container that
 * is accepted has a command, and every limit that barco gives unasked.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/line.h"

static int split(char *text, char *words[])
{
    int count = 0;

    while (text && count < LINE_WORDS)
        words[count++] = strsep(&text, "\n");
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    char *words[LINE_WORDS];
    const struct line *line = line_read(words, split(text, words));

    if (!line->ended && line->result == 0) {
        MUST(line->spec.argv[0]);
        MUST(line->spec.cgroup.memory_max > 0);
        MUST(line->spec.cgroup.pids_max > 0);
        MUST(line->spec.limits.rlimit_count > 0);
        MUST(line->spec.caps.no_new_privs);
        MUST(line->spec.rootfs.masked_count > 0);
        MUST(line->spec.namespaces.user.from == BARCO_NAMESPACE_NEW);
    }
    line_free();
    free(text);
    return 0;
}
