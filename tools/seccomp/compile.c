/**
 * @file
 * @brief compile: a seccomp profile as an array in C.
 *
 * Usage: compile [--log] NAME PROFILE
 *
 * Part of the build. Compiling a profile takes longer than starting a
 * container does, and its result is the same every time; so it is done once,
 * here, by the source that does it for `--seccomp FILE` at run time.
 *
 * A profile that is built in must not depend on a capability or a kernel
 * version: those of the machine that builds would count.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/seccomp_profile.h"

static void print(const char *name, const struct seccomp_program *program)
{
    printf("#include \"common/seccomp_programs.h\"\n\n"
           "const struct sock_filter seccomp_program_%s[] = {\n",
           name);
    for (unsigned i = 0; i < program->length; i++)
        printf("    { 0x%02x, %3u, %3u, 0x%08x }, /* %u */\n",
               program->code[i].code, program->code[i].jt, program->code[i].jf,
               program->code[i].k, i);
    printf("};\n"
           "const unsigned short seccomp_program_%s_length = %u;\n\n",
           name, program->length);
}

int main(int argc, char **argv)
{
    bool log = argc > 1 && strcmp(argv[1], "--log") == 0;
    struct seccomp_program program;

    if (argc != 3 + log) {
        fprintf(stderr, "Usage: compile [--log] NAME PROFILE\n");
        return 1;
    }
    if (seccomp_profile_compile(argv[2 + log], NULL, 0, &program) < 0)
        return 1;
    if (log)
        seccomp_profile_ask_listener(&program);
    print(argv[1 + log], &program);
    free(program.code);
    return fflush(stdout) != 0;
}
