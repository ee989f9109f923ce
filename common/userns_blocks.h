/**
 * @file
 * @brief A block of ids for a container of root.
 */
#ifndef BARCO_COMMON_USERNS_BLOCKS_H
#define BARCO_COMMON_USERNS_BLOCKS_H

#include "barco/userns.h"

/* Finds 65536 ids that nobody else has. Returns what keeps others off them, a
 * descriptor; or a negative errno, reported. */
int userns_blocks_take(struct barco_id_range *range);

#endif
