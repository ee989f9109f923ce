/**
 * @file
 * @brief int80: like unshare, by the numbers of another architecture.
 *
 * An x86-64 kernel takes calls of 32-bit programs too, by int 0x80 and with
 * other numbers: 310 is unshare there and process_vm_readv here. A filter that
 * compares numbers and not the architecture lets it pass.
 */
#include <errno.h>
#include <sched.h>

#include "tests/attacks/breakouts/breakout.h"

/* In a 64-bit program the kernel's entry for 32-bit calls clears four more. */
#ifdef __x86_64__
#define CLOBBERED "memory", "r8", "r9", "r10", "r11"
#else
#define CLOBBERED "memory"
#endif

BREAKOUT(int80)
{
    long result = 310;

    __asm__ volatile("int $0x80"
                     : "+a"(result)
                     : "b"(CLONE_NEWUSER)
                     : CLOBBERED);
    errno = (int)-result;
    return result < 0 ? stopped("int 0x80, unshare") : linger();
}
