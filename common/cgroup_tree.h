/**
 * @file
 * @brief The tree of cgroups: where it is, where we are, which controllers it
 * has.
 */
#ifndef BARCO_COMMON_CGROUP_TREE_H
#define BARCO_COMMON_CGROUP_TREE_H

#include <limits.h>
#include <stdbool.h>

/* Finds where version 2 is mounted; 0, or a negative errno, reported. */
int cgroup_tree_find_root(const char **root);

/* Finds the cgroup that holds ours, below that root: "/user", or "" for the
 * root itself. 0, or a negative errno, reported. */
int cgroup_tree_find_parent(char parent[PATH_MAX]);

/* Whether a cgroup has a controller. */
bool cgroup_tree_has(const char *dir, const char *controller);

enum {
    CGROUP_TREE_WORDS = 256 /* bytes for the names of controllers */
};

/* Makes every cgroup from the root to a parent enable controllers, given as
 * "cpu memory", for its children. 0, or a negative errno, reported. */
int cgroup_tree_enable(const char *root, const char *parent,
                       const char *controllers);

#endif
