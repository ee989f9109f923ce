/**
 * @file
 * @brief A process that makes a cgroup, and removes it if we are killed.
 */
#ifndef BARCO_COMMON_CGROUP_CLEANER_H
#define BARCO_COMMON_CGROUP_CLEANER_H

#include "barco/process.h"

/* Starts the cleaner, which makes a new cgroup. 0, or a negative errno,
 * reported; then there is no cgroup to remove. */
int cgroup_cleaner_start(struct barco_process *cleaner, const char *path);

/* Removes a cgroup with everything in it and below it. */
void cgroup_cleaner_remove(const char *path);

#endif
