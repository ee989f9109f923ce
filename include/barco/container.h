/**
 * @file
 * @brief Stage 08: a container, from a plain description of one.
 */
#ifndef BARCO_CONTAINER_H
#define BARCO_CONTAINER_H

#include "barco/caps.h"
#include "barco/cgroup.h"
#include "barco/environment.h"
#include "barco/hostname.h"
#include "barco/rootfs.h"
#include "barco/seccomp.h"
#include "barco/userns.h"

/**
 * @defgroup container Container
 * @brief All layers behind one function.
 *
 * The stages have told the story one layer at a time. Here it is whole, and
 * knows nothing of a command line: whoever fills the description, with argp or
 * from a file, gets the same container.
 *  @{
 */

/** What is to run, and in which container. */
struct barco_container_config {
    char *const *argv;                    /**< command, ended by NULL */
    const char *hostname;                 /**< 1 to 64 bytes */
    struct barco_rootfs rootfs;           /**< what it sees of files */
    struct barco_userns userns;           /**< who it is */
    struct barco_cgroup_limits limits;    /**< how much it may use */
    struct barco_environment environment; /**< what it starts with */
    struct barco_caps caps;               /**< what root in it may do */
    struct barco_seccomp seccomp;         /**< what it may ask the kernel */
};

/** A container as it is when nothing else is asked for, but its command. */
#define BARCO_CONTAINER_DEFAULT                                     \
    {                                                               \
        .hostname = BARCO_HOSTNAME, .rootfs = BARCO_ROOTFS_DEFAULT, \
        .limits = BARCO_CGROUP_DEFAULT, .caps = BARCO_CAPS_DEFAULT, \
        .seccomp = BARCO_SECCOMP_DEFAULT,                           \
    }

/**
 * Run a container to its end, and leave nothing of it behind.
 *
 * @param config  what to run; not changed, and not needed any more afterwards
 * @return the command's exit status, 128 + N when signal N ended it, or a
 *         negative errno, reported; then the command was never started
 */
int barco_container_run(const struct barco_container_config *config);

/** @} */

#endif
