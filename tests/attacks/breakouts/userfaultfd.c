/**
 * @file
 * @brief userfaultfd: a process that stops the kernel in the middle of a copy.
 *
 * With it a program handles its own page faults, and makes the kernel wait at a
 * point of its choice. By itself it breaks nothing; it turned races in the
 * kernel that nobody could win into ones that nobody could lose (an exploit of
 * CVE-2016-6187 began that).
 */
#include <linux/userfaultfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(userfaultfd)
{
    return syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY) < 0
               ? stopped("userfaultfd")
               : linger();
}
