/**
 * @file
 * @brief What a cgroup's limits are called in its files.
 */
#ifndef BARCO_COMMON_CGROUP_LIMITS_H
#define BARCO_COMMON_CGROUP_LIMITS_H

#include "barco/cgroup.h"
#include "common/cgroup_tree.h"

/* Names the controllers that enforce these limits, as "cpu memory"; PARENT is
 * the cgroup that has to enable them. */
void cgroup_limits_controllers(const struct barco_cgroup_limits *limits,
                               const char *parent,
                               char list[CGROUP_TREE_WORDS]);

/* Writes the limits; 0, or a negative errno, reported. */
int cgroup_limits_set(const struct barco_cgroup_limits *limits,
                      const char *dir);

#endif
