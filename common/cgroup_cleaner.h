/**
 * @file
 * @brief A process that makes a cgroup, and removes it if we are killed.
 */
#ifndef BARCO_COMMON_CGROUP_CLEANER_H
#define BARCO_COMMON_CGROUP_CLEANER_H

#include "barco/process.h"

/* Starts the cleaner, which makes a cgroup that was not there before. On
 * failure, reported, there is none to remove: a negative errno. */
int cgroup_cleaner_start(struct barco_process *cleaner, const char *path);

/* Removes a cgroup with all that is below it and in it. */
void cgroup_cleaner_remove(const char *path);

#endif
