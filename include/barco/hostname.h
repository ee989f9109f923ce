/**
 * @file
 * @brief Stage 02: a host name of its own.
 */
#ifndef BARCO_HOSTNAME_H
#define BARCO_HOSTNAME_H

/**
 * @defgroup hostname Host name
 * @brief The UTS namespace holds two strings: host name and domain name.
 *  @{
 */

/** The name that the original barco gave to its containers. */
#define BARCO_HOSTNAME "barcontainer"

/**
 * Set the host name of the UTS namespace that we are in.
 *
 * @pre this process was started with CLONE_NEWUTS; else the *host* is renamed
 * @param name  1 to 64 bytes (HOST_NAME_MAX)
 * @return 0, or a negative errno, reported: EINVAL when it is too long, EPERM
 * @see sethostname(2), uts_namespaces(7)
 */
int barco_hostname_set(const char *name);

/** @} */

#endif
