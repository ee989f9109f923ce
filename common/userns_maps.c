/**
 * @file
 * @brief A map of ids: three numbers a line, and the kernel's rules for them.
 *
 *     0 100000 65536        inside, outside, how many
 *     65536 1000 1
 *
 * The kernel accepts a map only once and in one write(2), so any mistake in it
 * ends the container. Mistakes that can be seen beforehand are reported
 * beforehand, while there is nothing to undo.
 */
#include "common/userns_maps.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "barco/error.h"

bool userns_maps_has(const struct barco_id_range *ranges, size_t count,
                     unsigned id)
{
    for (size_t i = 0; i < count; i++)
        if (id >= ranges[i].inside && id - ranges[i].inside < ranges[i].count)
            return true;
    return false;
}

unsigned long long userns_maps_size(const struct barco_id_range *ranges,
                                    size_t count)
{
    unsigned long long size = 0;

    for (size_t i = 0; i < count; i++)
        size += ranges[i].count;
    return size;
}

static int check(const char *name, const struct barco_id_range *ranges,
                 size_t count)
{
    if (count == 0 || count > USERNS_MAPS_LINES) {
        errno = count == 0 ? EINVAL : E2BIG;
        return BARCO_FAIL(map, "%s, %zu lines", name, count);
    }
    for (size_t i = 0; i < count; i++) {
        const struct barco_id_range *range = &ranges[i];

        /* UINT_MAX is not an id: (uid_t)-1 means "leave it as it is". */
        if (range->count > 0 && range->count <= UINT_MAX - range->inside &&
            range->count <= UINT_MAX - range->outside)
            continue;
        errno = EINVAL;
        return BARCO_FAIL(map, "%s, \"%u %u %u\"", name, range->inside,
                          range->outside, range->count);
    }
    return 0;
}

int userns_maps_print(const char *name, const struct barco_id_range *ranges,
                      size_t count, char text[USERNS_MAPS_BYTES])
{
    size_t length = 0;
    int result = check(name, ranges, count);

    if (result < 0)
        return result;
    for (size_t i = 0; i < count; i++) {
        size_t room = USERNS_MAPS_BYTES - length;

        length += (size_t)snprintf(text + length, room, "%s%u %u %u",
                                   i > 0 ? "\n" : "", ranges[i].inside,
                                   ranges[i].outside, ranges[i].count);
        if (length >= USERNS_MAPS_BYTES) {
            errno = E2BIG;
            return BARCO_FAIL(map, "%s, %zu lines of more than %d bytes", name,
                              count, USERNS_MAPS_BYTES - 1);
        }
    }
    return 0;
}
