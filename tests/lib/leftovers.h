/**
 * @file
 * @brief What a container may leave behind on the host.
 */
#ifndef BARCO_TESTS_LEFTOVERS_H
#define BARCO_TESTS_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/** What there is on the host that a container may leave behind, or change. */
struct leftovers {
    int processes;           /**< running or zombie, in our PID namespace */
    int mounts;              /**< lines of /proc/self/mountinfo */
    int files;               /**< entries of /tmp */
    int cgroups;             /**< directories below /sys/fs/cgroup */
    int descriptors;         /**< of the test process */
    int watchers;            /**< instances of inotify(7), in all processes */
    char controllers[1024];  /**< as read_controllers() has them */
    struct termios terminal; /**< settings of ours; zeros where there is none */
};

/** Count what is there now. @return the counts */
struct leftovers count_leftovers(void);

/**
 * Compare two counts.
 *
 * A container needs controllers in its cgroup, and its ancestors hand them
 * down. They are not taken away again, since others may rely on them, so these
 * do not count.
 *
 * @param before  the first
 * @param now     the second
 * @return what there is more of, or what has changed; NULL if nothing
 */
const char *left_between(const struct leftovers *before,
                         const struct leftovers *now);

/** Compare two counts, waiting a little for what is still going away.
 *
 * @param before  the count of before
 * @return whether there is nothing more than then; if there is, it is printed
 */
bool nothing_left_since(struct leftovers before);

/**
 * Read which controllers our ancestors hand down (cgroup.subtree_control).
 *
 * @param[out] text  a line for each of them, from our parent to the root
 * @param size       bytes in @p text
 */
void read_controllers(char *text, size_t size);

/**
 * Compare which controllers are handed down.
 *
 * @param before     as read_controllers() has them
 * @param after      the same, later
 * @param asked_for  those that may have been added
 * @return whether one has been taken away, or another one added
 */
bool controllers_changed(const char *before, const char *after,
                         const char *asked_for);

#endif
