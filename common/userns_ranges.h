/**
 * @file
 * @brief Which ids of the host a container may have.
 */
#ifndef BARCO_USERNS_RANGES_H
#define BARCO_USERNS_RANGES_H

#include "barco/userns.h"

/* The first range of the user who runs us in /etc/subuid or /etc/subgid.
 * Returns 1 with the range; 0 when there is none; a negative errno, reported,
 * when it cannot be found out. */
int barco_range_of_user(const char *path, struct barco_id_range *range);

/* For root: 65536 ids that nobody else has, and what keeps others off them:
 * a descriptor. Or a negative errno, reported. */
int barco_range_of_its_own(struct barco_id_range *range);

#endif
