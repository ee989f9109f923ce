/* A key that is in one session, and not in the next. */
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "barco/keyring.h"

static void look(void)
{
    long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING,
                       "user", "barco:secret", 0);

    puts(key < 0 ? "no such key" : "the key is there");
}

int main(void)
{
    if (barco_keyring_join_new() < 0)
        return 1;
    syscall(SYS_add_key, "user", "barco:secret", "?", 1,
            KEY_SPEC_SESSION_KEYRING);
    look();
    if (barco_keyring_join_new() < 0)
        return 1;
    look();
}
