/**
 * @file
 * @brief keyctl: a key of the host, straight through every namespace.
 *
 * The kernel keeps keys (of Kerberos, of encrypted disks) in keyrings, which no
 * namespace divides: a session keyring is inherited like a descriptor, and a
 * process that possesses it may read it, whatever its user. A session keyring
 * of its own stops it, and so does a filter.
 */
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(keyctl)
{
    char text[256];
    long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING,
                       "user", "barco", 0);
    long n;

    if (key < 0)
        return stopped("keyctl(KEYCTL_SEARCH)");
    n = syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text));
    if (n < 0)
        return stopped("keyctl(KEYCTL_READ)");
    printf("%.*s\n", (int)n, text);
    return 0;
}
