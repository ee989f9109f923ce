/**
 * @file
 * @brief A block of ids for one of root's containers.
 */
#ifndef BARCO_COMMON_USERNS_BLOCKS_H
#define BARCO_COMMON_USERNS_BLOCKS_H

#include "barco/userns.h"

/* Finds 65536 ids that nothing else uses. Returns a descriptor that reserves
 * them, or a negative errno, reported. */
int userns_blocks_take(struct barco_id_range *range);

#endif
