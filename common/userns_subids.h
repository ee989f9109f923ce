/**
 * @file
 * @brief The ids that an ordinary user may give to a container.
 */
#ifndef BARCO_COMMON_USERNS_SUBIDS_H
#define BARCO_COMMON_USERNS_SUBIDS_H

#include "barco/userns.h"

/* The first range of the user who runs us in /etc/subuid or /etc/subgid.
 * Returns 1 with the range; 0 when there is none; a negative errno, reported,
 * when that cannot be determined. */
int userns_subids_find(const char *path, struct barco_id_range *range);

#endif
