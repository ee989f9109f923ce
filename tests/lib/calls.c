/**
 * @file
 * @brief Makes system calls by name, and prints what each of them answers.
 *
 * Usage: calls NAME...; prints a line NAME ERRNO for each, or NAME 0.
 *        calls --time NAME...; prints how long each takes.
 *
 * It uses syscall(2) rather than the C library, which would look at arguments,
 * or make another call. Where possible the arguments are wrong in a way
 * that the kernel itself answers by something other than EPERM.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define HIGH_BIT (1UL << 32)
#define BAD (-1UL)

enum {
    I386_GETPID = 20,
    X32_BIT = 0x40000000
};

static const int no_discipline = 27; /* N_NULL in linux/tty.h */

static const struct call {
    const char *name;
    long nr;
    unsigned long args[3];
} calls[] = {
    { "getpid", SYS_getpid, { 0 } },
    { "keyctl", SYS_keyctl, { BAD } },
    { "add_key", SYS_add_key, { 0 } },
    { "unshare", SYS_unshare, { CLONE_NEWUSER | CLONE_FS } },
    { "setns", SYS_setns, { BAD, CLONE_NEWUSER } },
    { "mount", SYS_mount, { BAD, BAD, BAD } },
    { "fsopen", SYS_fsopen, { BAD, BAD } },
    { "open_tree", SYS_open_tree, { BAD, BAD, BAD } },
    { "pivot_root", SYS_pivot_root, { BAD, BAD } },
    { "clone", SYS_clone, { CLONE_NEWUSER | CLONE_FS } },
    { "clone3", SYS_clone3, { 0, 0 } },
    { "bpf", SYS_bpf, { BAD, 0, 0 } },
    { "io_uring_setup", SYS_io_uring_setup, { 0, 0 } },
    { "userfaultfd", SYS_userfaultfd, { BAD } },
    { "open_by_handle_at", SYS_open_by_handle_at, { BAD, 0, 0 } },
    { "perf_event_open", SYS_perf_event_open, { 0, 0, 0 } },
    { "init_module", SYS_init_module, { 0, 0, 0 } },
    { "kexec_load", SYS_kexec_load, { 0, 0, 0 } },
    { "settimeofday", SYS_settimeofday, { BAD, 0 } },
    { "TIOCSTI", SYS_ioctl, { 0, TIOCSTI, 0 } },
    { "TIOCSTI|1<<32", SYS_ioctl, { 0, TIOCSTI | HIGH_BIT, 0 } },
    { "TIOCLINUX", SYS_ioctl, { 0, TIOCLINUX, 0 } },
    { "TIOCGWINSZ", SYS_ioctl, { 0, TIOCGWINSZ, 0 } },
    { "TIOCEXCL", SYS_ioctl, { 0, TIOCEXCL } },
    { "TIOCSETD", SYS_ioctl, { 0, TIOCSETD, (unsigned long)&no_discipline } },
    { "O_NONBLOCK", SYS_fcntl, { 0, F_SETFL, O_RDWR | O_NONBLOCK } },
    { "fchmod", SYS_fchmod, { 0, 0777 } },
    { "TCOOFF", SYS_ioctl, { 0, TCXONC, TCOOFF } },
    { "AF_UNIX", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 } },
    { "AF_VSOCK", SYS_socket, { AF_VSOCK, SOCK_STREAM, 0 } },
    { "AF_VSOCK|1<<32", SYS_socket, { AF_VSOCK | HIGH_BIT, SOCK_STREAM, 0 } },
    { "AF_ALG", SYS_socket, { AF_ALG, SOCK_SEQPACKET, 0 } },
    { "PER_QUERY", SYS_personality, { 0xffffffff } },
    { "ADDR_NO_RANDOMIZE", SYS_personality, { 0x0040000 } },
    { "chroot", SYS_chroot, { BAD } },
    { "ptrace", SYS_ptrace, { BAD, 0, 0 } },
    { "x32", X32_BIT | SYS_getpid, { 0 } },
};

static void *nothing(void *arg)
{
    return arg;
}

static int create_thread(void)
{
    pthread_t thread;
    int err = pthread_create(&thread, NULL, nothing, NULL);

    return err ? err : pthread_join(thread, NULL);
}

static int call_i386(void)
{
#ifdef __x86_64__
    long result;

    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "0"(I386_GETPID)
                     : "memory", "r8", "r9", "r10", "r11");
    return result < 0 ? (int)-result : 0;
#else
    return ENOSYS;
#endif
}

/* What the kernel calls our session keyring, for "keyring": the end of
 * "keyring;0;0;3f130000;_ses". */
static int print_keyring(void)
{
    char text[256] = "";
    const char *name;

    if (syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text,
                sizeof(text)) < 0)
        return errno;
    name = strrchr(text, ';');
    printf("%s ", name ? name + 1 : text);
    return 0;
}

static const struct call *find_call(const char *name)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (strcmp(calls[i].name, name) == 0)
            return &calls[i];
    fprintf(stderr, "calls: no such call: %s\n", name);
    _exit(99);
}

static long answer_of(const struct call *call)
{
    const unsigned long *a = call->args;

    return syscall(call->nr, a[0], a[1], a[2], 0, BAD);
}

/* The errno of a call, or 0. */
static int make_call(const char *name)
{
    if (strcmp(name, "pthread_create") == 0)
        return create_thread();
    if (strcmp(name, "keyring") == 0)
        return print_keyring();
    if (strcmp(name, "int80") == 0)
        return call_i386();
    return answer_of(find_call(name)) < 0 ? errno : 0;
}

static long long nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* For a call, of the quickest of some rounds: in the others another process was
 * given the processor. */
static long long time_call(const struct call *call)
{
    enum {
        ROUNDS = 20,
        CALLS = 500
    };
    long long quickest = LLONG_MAX;

    for (int round = 0; round < ROUNDS; round++) {
        long long begin = nanoseconds(), took;

        for (int i = 0; i < CALLS; i++)
            answer_of(call);
        took = nanoseconds() - begin;
        if (took < quickest)
            quickest = took;
    }
    return quickest / CALLS;
}

int main(int argc, char **argv)
{
    int timed = argc > 1 && strcmp(argv[1], "--time") == 0;

    for (int i = 1 + timed; i < argc; i++) {
        if (timed) {
            printf("%s %lld ns\n", argv[i], time_call(find_call(argv[i])));
        } else {
            int err = make_call(argv[i]);

            printf("%s %s\n", argv[i], strerrorname_np(err));
        }
        fflush(stdout);
    }
    return argc < 2;
}
