/**
 * @file
 * @brief A session keyring of its own.
 */
#include "barco/keyring.h"

#include <linux/keyctl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "barco/error.h"

//! [keyring]
int barco_keyring_join_new(void)
{
    BARCO_EXPLAIN("the keys of the host's session stay with the host",
                  "keyctl(KEYCTL_JOIN_SESSION_KEYRING)");
    /* ENOSYS: a kernel without keys. */
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 &&
        errno != ENOSYS)
        return BARCO_FAIL(keyctl, "KEYCTL_JOIN_SESSION_KEYRING");
    return 0;
}
//! [keyring]
