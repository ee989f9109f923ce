/**
 * @file
 * @brief bpf: a program for the kernel.
 *
 * bpf(2) loads programs that run in the kernel, after a verifier has looked at
 * them; the verifier has erred (CVE-2020-8835, CVE-2021-3490). Debian leaves it
 * to CAP_BPF in the first user namespace; a filter does so everywhere.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(bpf)
{
    static const struct bpf_insn program[] = {
        { .code = BPF_ALU64 | BPF_MOV | BPF_K }, /* r0 = 0 */
        { .code = BPF_JMP | BPF_EXIT },
    };
    union bpf_attr attr = {
        .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
        .insns = (uintptr_t)program,
        .insn_cnt = 2,
        .license = (uintptr_t)"GPL",
    };

    return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)) < 0
               ? stopped("bpf(BPF_PROG_LOAD)")
               : linger();
}
