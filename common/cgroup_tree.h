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

/* Finds the cgroup that is to hold the container's, below that root: "/user",
 * or "" for the root itself. Returns 1 if it is the one that we are in, or that
 * we left for its leaf; 0 if it is the one above; or a negative errno,
 * reported. */
int cgroup_tree_find_parent(const char *root, char parent[PATH_MAX]);

/* Whether a cgroup has a controller. */
bool cgroup_tree_has(const char *dir, const char *controller);

enum {
    CGROUP_TREE_WORDS = 256 /* bytes for the names of controllers */
};

/* Makes every cgroup from the root to a parent enable controllers, given as
 * "cpu memory", for its children. 0, or a negative errno, reported. */
int cgroup_tree_enable(const char *root, const char *parent,
                       const char *controllers);

/* Makes a cgroup disable all controllers for its children. 0, or -1 with
 * errno. */
int cgroup_tree_disable(const char *dir);

#endif
