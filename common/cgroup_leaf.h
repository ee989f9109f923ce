/**
 * @file
 * @brief A cgroup that was delegated to us with processes in it, ours among
 * them.
 */
#ifndef BARCO_COMMON_CGROUP_LEAF_H
#define BARCO_COMMON_CGROUP_LEAF_H

/* What the leaf is called. */
#define CGROUP_LEAF "barco-leaf"

/* Moves all processes of a cgroup into its leaf, which is made if need be.
 * Returns a descriptor that keeps other runs of barco from moving them back, to
 * be given to cgroup_leaf_unlock(); or a negative errno, reported. */
int cgroup_leaf_enter(const char *dir);

/* Cleanup: lets the other runs continue. */
void cgroup_leaf_unlock(int *lock);

/* If the leaf is all that is left below a cgroup: takes the controllers away
 * again, moves the processes back, and removes the leaf. */
void cgroup_leaf_leave(const char *dir);

#endif
