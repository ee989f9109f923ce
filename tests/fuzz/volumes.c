/**
 * @file
 * @brief The value of --volume.
 *
 * An input is the value. What is accepted must be a mount below the root
 * directory, without set-user-ID programs and devices, and its parts put
 * together must be what was given: nothing is read as something else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/line.h"

/* Whether a path goes up, on its way or at its end. */
static bool goes_up(const char *path)
{
    char *copy = strdup(path), *rest = copy, *name;
    bool up = false;

    MUST(copy);
    while ((name = strsep(&rest, "/")))
        up = up || strcmp(name, "..") == 0;
    free(copy);
    return up;
}

static void check(const struct barco_mount *volume, const char *text)
{
    bool read_only = volume->attrs & MOUNT_ATTR_RDONLY;
    char *again;

    MUST(strcmp(volume->type, "bind") == 0);
    MUST(*volume->source && !strchr(volume->source, ':'));
    MUST(*volume->target == '/' && !strchr(volume->target, ':'));
    MUST(volume->target[strspn(volume->target, "/")]);
    MUST(!goes_up(volume->target));
    MUST(volume->attrs & MOUNT_ATTR_NOSUID);
    MUST(volume->attrs & MOUNT_ATTR_NODEV);
    MUST(volume->map_owners);
    MUST(asprintf(&again, "%s:%s%s", volume->source, volume->target,
                  read_only ? ":ro" : "") > 0);
    MUST(strcmp(again, text) == 0);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    const struct line *line = line_read_option("--volume", text);

    if (!line->ended && line->result == 0) {
        const struct barco_rootfs *rootfs = &line->spec.rootfs;

        MUST(rootfs->mount_count > 1);
        check(&rootfs->mounts[rootfs->mount_count - 1], text);
    }
    line_free();
    free(text);
    return 0;
}
