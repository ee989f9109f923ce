/**
 * @file
 * @brief A map of ids in the kernel's format.
 */
#ifndef BARCO_COMMON_USERNS_MAPS_H
#define BARCO_COMMON_USERNS_MAPS_H

#include <stdbool.h>

#include "barco/userns.h"

enum {
    USERNS_MAPS_LINES = 340, /* UID_GID_MAP_MAX_EXTENTS, since Linux 4.15 */
    USERNS_MAPS_BYTES = 4096 /* one write(2), shorter than a page */
};

/* Whether a map contains an id of the inside. */
bool userns_maps_has(const struct barco_id_range *ranges, size_t count,
                     unsigned id);

/* How many ids it contains. */
unsigned long long userns_maps_size(const struct barco_id_range *ranges,
                                    size_t count);

/* Checks each range of a map and prints it as one line, without the last
 * newline. NAME, "uid_map" or "gid_map", is for the message. 0, or a negative
 * errno, reported. */
int userns_maps_print(const char *name, const struct barco_id_range *ranges,
                      size_t count, char text[USERNS_MAPS_BYTES]);

#endif
