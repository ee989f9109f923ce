/**
 * @file
 * @brief newuidmap and newgidmap, which write maps for ordinary users.
 */
#ifndef BARCO_USERNS_NEWIDMAP_H
#define BARCO_USERNS_NEWIDMAP_H

#include "barco/userns.h"

/* Whether both are installed, and we may run them; or a negative errno,
 * reported. */
int userns_newidmap_can_run(void);

/* Makes them write the maps of a process; 0 or a negative errno, reported. */
int userns_newidmap_run(const struct barco_userns *userns, pid_t pid);

#endif
