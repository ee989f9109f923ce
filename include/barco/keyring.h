/**
 * @file
 * @brief Stage 08: the keys of the host's session stay with the host.
 */
#ifndef BARCO_KEYRING_H
#define BARCO_KEYRING_H

/**
 * @defgroup keyring Keyring
 * @brief The kernel keeps keys for a session, and a child inherits its
 * parent's.
 *
 * Kerberos tickets, passwords of network shares and keys of encrypted
 * directories are in keyrings of the kernel. Every child inherits the session
 * keyring, and no namespace isolates it: a container that has it can use, list
 * and read those keys.
 *
 * @par Example
 * @include examples/keyring.c
 *  @{
 */

/**
 * In PID 1: join a new, empty session keyring, and leave the one that this
 * process was born with.
 *
 * A kernel without keys (CONFIG_KEYS) has none to protect, so that is not an
 * error.
 *
 * @return 0, or a negative errno, reported: EDQUOT when this user already has
 *         as many keys as the kernel allows
 * @since any
 * @see session-keyring(7), KEYCTL_JOIN_SESSION_KEYRING in keyctl(2)
 */
int barco_keyring_join_new(void);

/** @} */

#endif
