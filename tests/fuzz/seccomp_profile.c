/**
 * @file
 * @brief A seccomp profile: seccomp_profile_compile() with an input as its
 * text.
 *
 * A profile that is refused leaves no filter, and its mistake is reported once.
 * One that is accepted becomes a filter that the kernel accepts: its jumps lead
 * forwards and stay inside, and it ends with an answer. For system calls of
 * another architecture that answer is to kill the process.
 */
#include "common/seccomp_profile.h"

#include <stddef.h>
#include <stdlib.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include "barco/caps.h"
#include "tests/fuzz/fuzz.h"

/* Where an instruction goes if it jumps and if it does not; false for one that
 * answers. */
static bool next(const struct sock_filter *code, size_t at, size_t *yes,
                 size_t *no)
{
    if (BPF_CLASS(code->code) == BPF_RET)
        return false;
    *yes = *no = at + 1;
    if (BPF_CLASS(code->code) != BPF_JMP)
        return true;
    if (BPF_OP(code->code) == BPF_JA) {
        *yes = *no = at + 1 + code->k;
        return true;
    }
    *yes += code->jt;
    *no += code->jf;
    return true;
}

static void check_jumps(const struct seccomp_program *program)
{
    size_t yes, no;

    for (size_t i = 0; i < program->length; i++)
        if (next(&program->code[i], i, &yes, &no))
            MUST(yes < program->length && no < program->length);
}

/* What a filter answers to a call of an architecture that no profile can add
 * here; all of them look at the architecture before anything else of the call.
 */
static uint32_t answer_to_sparc(const struct seccomp_program *program)
{
    const uint32_t arch = AUDIT_ARCH_SPARC64;
    uint32_t loaded = 0;
    size_t at = 0, yes, no;

    while (next(&program->code[at], at, &yes, &no)) {
        const struct sock_filter *code = &program->code[at];

        if (BPF_CLASS(code->code) == BPF_LD) {
            MUST(code->k == offsetof(struct seccomp_data, arch));
            loaded = arch;
            at = yes;
        } else {
            MUST(loaded == arch);
            MUST(BPF_OP(code->code) == BPF_JA || BPF_OP(code->code) == BPF_JEQ);
            at = loaded == code->k ? yes : no;
        }
    }
    return program->code[at].k;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seccomp_program program = { (struct sock_filter *)1, 1 };
    char *text = fuzz_text(data, size);
    int result;

    fuzz_count_errors();
    result = seccomp_profile_compile("input", text, BARCO_CAP(1), &program);
    if (result < 0) {
        MUST(!program.code && program.length == 0);
        MUST(fuzz_errors() == 1);
    } else {
        MUST(result == 0 && fuzz_errors() == 0);
        MUST(program.length > 0 && program.length <= BPF_MAXINSNS);
        check_jumps(&program);
        MUST(answer_to_sparc(&program) == SECCOMP_RET_KILL_PROCESS);
    }
    free(program.code);
    free(text);
    return 0;
}
