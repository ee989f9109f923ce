/**
 * @file
 * @brief Stage 09: what a container should be, as plain data.
 */
#ifndef BARCO_SPEC_H
#define BARCO_SPEC_H

#include <stdbool.h>

#include "barco/caps.h"
#include "barco/cgroup.h"
#include "barco/environment.h"
#include "barco/init.h"
#include "barco/limits.h"
#include "barco/rootfs.h"
#include "barco/seccomp.h"
#include "barco/userns.h"

/**
 * @defgroup spec Specification
 * @brief What a container should be, and no state of a running one.
 *
 * A specification is constant data: numbers, pointers and counts. It can be
 * written by hand, filled from a command line, or read from a file, and one can
 * serve many containers, even at the same time. There are no defaults: a field
 * that is 0 or NULL asks for nothing, and an empty set of capabilities leaves
 * none.
 *
 *     struct barco_spec       struct barco_container
 *     what it should be --->  what runs: processes, descriptors, a cgroup
 *
 * @par Example
 * @include examples/spec.c
 *  @{
 */

/** Where a namespace comes from. */
enum barco_namespace_from {
    BARCO_NAMESPACE_CALLER, /**< the caller's, left alone */
    BARCO_NAMESPACE_NEW,    /**< one of the container's own */
    BARCO_NAMESPACE_PATH,   /**< joined; not supported yet: ENOTSUP */
};

/** One kind of namespace. The caller sets all of it. */
struct barco_namespace {
    enum barco_namespace_from from; /**< where it comes from */
    const char *path; /**< of a namespace to join, such as /proc/PID/ns/net */
};

/** All kinds of namespaces that a container can have; see namespaces(7). The
 * caller sets all of it. */
struct barco_namespaces {
    struct barco_namespace user;    /**< without it, root is the host's root */
    struct barco_namespace pid;     /**< must be new */
    struct barco_namespace mount;   /**< must be new */
    struct barco_namespace uts;     /**< must be new if there is a host name */
    struct barco_namespace ipc;     /**< message queues, shared memory */
    struct barco_namespace network; /**< new: loopback and nothing else */
    struct barco_namespace cgroup;  /**< can be new with its own cgroup */
};

/** What a container should be. The caller sets all of it; barco_userns_choose()
 * can fill in the maps. */
struct barco_spec {
    char *const *argv;    /**< command and arguments, ended by NULL */
    const char *hostname; /**< 1 to 64 bytes; NULL: do not set it */
    /** those of 0, 1 and 2 that are terminals are replaced by a new one while
     * the container is waited for; one container at a time */
    bool terminal;
    bool caller_cgroup; /**< stay in the caller's cgroup, without limits */
    struct barco_namespaces namespaces;   /**< what it does not share */
    struct barco_init init;               /**< which process is PID 1 */
    struct barco_rootfs rootfs;           /**< which files it sees */
    struct barco_userns userns;           /**< who it is */
    struct barco_cgroup_limits cgroup;    /**< how much it may use */
    struct barco_limits limits;           /**< how much each process may use */
    struct barco_environment environment; /**< what the command starts with */
    struct barco_caps caps;               /**< what root in it may do */
    struct barco_seccomp seccomp;         /**< what it may ask the kernel */
};

/**
 * Report what in a specification cannot be done, before anything is made for
 * it.
 *
 * @param spec  to look at
 * @return 0, or a negative errno, reported: EINVAL when it contradicts itself
 *         or lacks something, ENOTSUP when it asks for something that barco
 *         does not support
 * @since any
 */
int barco_spec_check(const struct barco_spec *spec);

/** @} */

#endif
