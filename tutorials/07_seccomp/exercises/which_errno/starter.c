/**
 * @file
 * @brief Run COMMAND where no call makes a user namespace, or see whether
 * threads start there, or a file can be read:
 *
 *     which_errno COMMAND [ARG...]
 *     which_errno --threads N
 *     which_errno --readable FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_I386
#endif
#define X32_BIT 0x40000000
#define NEWEST 435 /* of the calls of Linux 5.3: clone3 */

#define LOAD(field) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* how: BPF_JEQ, BPF_JGT, BPF_JGE (equal, greater, or either), or BPF_JSET (a
   bit in common). */
#define COMPARE(how, value, yes, no) \
    BPF_JUMP(BPF_JMP | (how) | BPF_K, value, yes, no)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, what)

/* The last two numbers of a COMPARE say how many lines to skip: if it holds,
   and if it does not. Newer calls may do anything, so they are refused too. */
static struct sock_filter filter[] = {
    /* 0 */ LOAD(arch),
    /* 1 */ COMPARE(BPF_JEQ, ARCHITECTURE, 0, 8),
    /* 2 */ LOAD(nr),
    /* 3 */ COMPARE(BPF_JGE, X32_BIT, 6, 0),
    /* 4 */ COMPARE(BPF_JGT, NEWEST, 4, 0),
    /* 5 */ COMPARE(BPF_JEQ, SYS_clone3, 3, 0),
    /* 6 */ COMPARE(BPF_JEQ, SYS_unshare, 2, 0),
    /* 7 */ COMPARE(BPF_JEQ, SYS_clone, 1, 0),
    /* 8 */ ANSWER(SECCOMP_RET_ALLOW),
    /* 9 */ ANSWER(SECCOMP_RET_ERRNO | EPERM),
    /* 10 */ ANSWER(SECCOMP_RET_KILL_PROCESS),
};

static int load_filter(void)
{
    struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0
               ? -1
               : 0;
}

static void *stay(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static int run_threads(int count)
{
    for (int i = 0; i < count; i++) {
        pthread_t thread;
        int error = pthread_create(&thread, NULL, stay, NULL);

        if (error) {
            fprintf(stderr, "pthread_create: %s\n", strerror(error));
            return 1;
        }
    }
    printf("%d threads run\n", count);
    fflush(stdout);
    stay(NULL);
    return 0;
}

/* AT_EACCESS asks about the effective user. The call for that is faccessat2, of
   Linux 5.8; without it the C library works it out. */
static int try_to_read(const char *path)
{
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0) {
        perror(path);
        return 1;
    }
    printf("%s can be read\n", path);
    return 0;
}

int main(int argc, char **argv)
{
    int threads = argc == 3 && strcmp(argv[1], "--threads") == 0;
    int readable = argc == 3 && strcmp(argv[1], "--readable") == 0;

    if (argc < 2 || (*argv[1] == '-' && !threads && !readable)) {
        fprintf(stderr, "Usage: which_errno COMMAND [ARG...]\n"
                        "       which_errno --threads N\n"
                        "       which_errno --readable FILE\n");
        return 125;
    }
    if (load_filter() < 0) {
        perror("load the filter");
        return 125;
    }
    if (threads)
        return run_threads(atoi(argv[2]));
    if (readable)
        return try_to_read(argv[2]);
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 127;
}
