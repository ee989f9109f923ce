/**
 * @file
 * @brief Filters that are compiled, loaded and obeyed.
 *
 * A filter cannot be taken off, so each test loads it in a child. What the
 * child finds is its exit status.
 */
#include "barco/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"

/* Beginning and end of the profiles below. */
#define ALLOW "{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [ "
#define DENY(name) "{ \"name\": \"" name "\", \"action\": \"SCMP_ACT_ERRNO\" "
#define END " ] }"

/* ---- In a child, behind a filter ---------------------------------------- */

struct job {
    struct barco_seccomp seccomp;
    uint64_t caps;
    int (*main)(void);
};

static int load_and_go(void *arg)
{
    const struct job *job = arg;
    struct barco_seccomp_filter filter;

    barco_error_set_sink(remember_error, NULL);
    if (barco_seccomp_prepare(&filter, &job->seccomp, job->caps) < 0)
        return 90;
    if (barco_seccomp_load(&filter) < 0)
        return 91;
    return job->main();
}

static int behind_default(int (*main)(void))
{
    struct job job = { .seccomp = { .mode = BARCO_SECCOMP_BUILT_IN },
                       .main = main };

    return run_in(0, load_and_go, &job);
}

static int behind_with_caps(const char *text, uint64_t caps, int (*main)(void))
{
    struct job job = {
        .seccomp = { .mode = BARCO_SECCOMP_PROFILE, .path = profile },
        .caps = caps,
        .main = main,
    };
    int result;

    write_profile(text);
    result = run_in(0, load_and_go, &job);
    remove_profile();
    return result;
}

static int behind(const char *text, int (*main)(void))
{
    return behind_with_caps(text, 0, main);
}

static int errno_of(long result)
{
    return result < 0 ? errno : 0;
}

/* Calls that the profiles below are about; by what they answer. */
static int call_ptrace(void)
{
    return errno_of(syscall(SYS_ptrace, -1, 0, 0, 0)); /* else ESRCH */
}

static int call_personality_8(void)
{
    return errno_of(syscall(SYS_personality, 8));
}

static int call_personality_9(void)
{
    return errno_of(syscall(SYS_personality, 9));
}

static int call_userfaultfd(void) /* 323 */
{
    return errno_of(syscall(SYS_userfaultfd, -1));
}

static int call_pidfd_open(void) /* 434 */
{
    return errno_of(syscall(SYS_pidfd_open, -1, 0));
}

static int call_socket_1_2(void)
{
    return errno_of(syscall(SYS_socket, 1, 2, 0));
}

static int call_socket_1_1(void)
{
    return errno_of(syscall(SYS_socket, 1, 1, 0));
}

/* By the numbers of 32-bit programs: getpid is 20, ioctl is 54. */
static long call_i386(long nr, long first, long second)
{
    __asm__ volatile("int $0x80"
                     : "+a"(nr)
                     : "b"(first), "c"(second), "d"(0)
                     : "memory", "r8", "r9", "r10", "r11");
    return nr;
}

static int call_i386_getpid(void)
{
    return call_i386(20, 0, 0) == getpid() ? 42 : 1;
}

static int call_i386_ioctl(void)
{
    return call_i386(54, -1, TIOCSTI) == -EPERM &&
                   call_i386(54, -1, TIOCGWINSZ) == -EBADF
               ? 42
               : 1;
}

/* ---- The filter of barco ------------------------------------------------ */

static int look_at_status(void)
{
    char text[4096];

    read_text("/proc/self/status", text, sizeof(text));
    return strstr(text, "\nSeccomp:\t2\n") &&
                   strstr(text, "\nSeccomp_filters:\t2\n") &&
                   strstr(text, "\nNoNewPrivs:\t1\n")
               ? 42
               : 1;
}

static void the_kernel_has_two_filters(void)
{
    CU_ASSERT_EQUAL(behind_default(look_at_status), 42);
}

/* Without a filter, none of these fails with EPERM for root. */
static const struct {
    const char *name;
    long nr;
    long first, second;
} refused[] = {
    { "keyctl", SYS_keyctl, -1, 0 },
    { "add_key", SYS_add_key, 0, 0 },
    { "request_key", SYS_request_key, 0, 0 },
    { "unshare", SYS_unshare, -1, 0 },
    { "setns", SYS_setns, -1, 0 },
    { "mount", SYS_mount, -1, -1 },
    { "umount2", SYS_umount2, -1, -1 },
    { "fsopen", SYS_fsopen, -1, -1 },
    { "open_tree", SYS_open_tree, -1, -1 },
    { "move_mount", SYS_move_mount, -1, -1 },
    { "mount_setattr", SYS_mount_setattr, -1, -1 },
    { "pivot_root", SYS_pivot_root, -1, -1 },
    { "clone(CLONE_NEWUSER|CLONE_FS)", SYS_clone, 0x10000200, 0 },
    { "bpf", SYS_bpf, -1, 0 },
    { "perf_event_open", SYS_perf_event_open, 0, 0 },
    { "io_uring_setup", SYS_io_uring_setup, 0, 0 },
    { "io_uring_enter", SYS_io_uring_enter, -1, 0 },
    { "io_uring_register", SYS_io_uring_register, -1, 0 },
    { "userfaultfd", SYS_userfaultfd, -1, 0 },
    { "open_by_handle_at", SYS_open_by_handle_at, -1, 0 },
    { "init_module", SYS_init_module, 0, 0 },
    { "finit_module", SYS_finit_module, -1, 0 },
    { "delete_module", SYS_delete_module, 0, 0 },
    { "kexec_load", SYS_kexec_load, 0, -1 },
    { "reboot", SYS_reboot, -1, 0 },
    { "swapon", SYS_swapon, -1, -1 },
    { "settimeofday", SYS_settimeofday, -1, 0 },
    { "clock_settime", SYS_clock_settime, -1, 0 },
    { "quotactl", SYS_quotactl, -1, 0 },
    { "acct", SYS_acct, -1, 0 },
    { "iopl", SYS_iopl, -1, 0 },
    { "ioperm", SYS_ioperm, -1, -1 },
    { "syslog", SYS_syslog, -1, 0 },
    { "personality(ADDR_NO_RANDOMIZE)", SYS_personality, 0x40000, 0 },
    { "io_setup", SYS_io_setup, -1, 0 },
    { "io_submit", SYS_io_submit, -1, 0 },
    { "fcntl(F_SETLEASE)", SYS_fcntl, -1, F_SETLEASE },
    { "fcntl(F_SETLEASE|1<<32)", SYS_fcntl, -1, F_SETLEASE | 1L << 32 },
    { "socket(AF_NETLINK|1<<32)", SYS_socket, AF_NETLINK | 1L << 32, 1 },
    { "socket(AF_BLUETOOTH)", SYS_socket, 31, 1 },
    { "socket(AF_VSOCK)", SYS_socket, 40, 1 },
    { "socket(AF_VSOCK|1<<32)", SYS_socket, 40 | 1L << 32, 1 },
};

/* How many of them answer EPERM. */
static int count_refused(void)
{
    int count = 0;

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        count += errno_of(syscall(refused[i].nr, refused[i].first,
                                  refused[i].second, -1, -1, -1)) == EPERM;
    return count;
}

static int count_refused_without(void *arg)
{
    (void)arg;
    return count_refused();
}

static void what_a_container_must_not_do_is_refused(void)
{
    CU_ASSERT_EQUAL(behind_default(count_refused),
                    sizeof(refused) / sizeof(refused[0]));
}

static void without_a_filter_root_may_do_all_of_it(void)
{
    CU_ASSERT_EQUAL(run_in(0, count_refused_without, NULL), 0);
}

static int try_what_is_allowed(void)
{
    return errno_of(syscall(SYS_clone3, NULL, 0)) == ENOSYS &&
                   errno_of(syscall(SYS_chroot, -1)) == EFAULT &&
                   errno_of(syscall(SYS_ptrace, -1, 0, 0, 0)) == ESRCH &&
                   errno_of(syscall(SYS_personality, 0xffffffff)) == 0 &&
                   errno_of(syscall(SYS_socket, 1, 1, 0)) == 0 &&
                   errno_of(syscall(SYS_ioctl, -1, TIOCSTI, 0)) == EPERM &&
                   errno_of(syscall(SYS_ioctl, -1, TIOCSTI | 1UL << 32)) ==
                       EPERM &&
                   errno_of(syscall(SYS_ioctl, -1, TIOCLINUX)) == EPERM &&
                   errno_of(syscall(SYS_ioctl, -1, TIOCGWINSZ)) == EBADF
               ? 42
               : 1;
}

static void programs_can_do_what_they_need(void)
{
    CU_ASSERT_EQUAL(behind_default(try_what_is_allowed), 42);
}

/* The most bytes that unread answers of the kernel take, as it shows them,
 * whatever size of queue has been asked for. */
static long fill_netlink(void)
{
    const int wish = 1 << 30;
    static char message[400000];
    struct nlmsghdr *header = (struct nlmsghdr *)message;
    long most = 0, now;
    char line[256];
    FILE *sockets;

    for (size_t size = 2000; size < sizeof(message); size += size / 3) {
        BARCO_CLEANUP(barco_close) int fd = socket(AF_NETLINK, SOCK_RAW, 0);

        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wish, sizeof(wish));
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wish, sizeof(wish));
        *header = (struct nlmsghdr){ (unsigned)size, 9999,
                                     NLM_F_REQUEST | NLM_F_ACK, 0, 0 };
        for (int i = 0; i < 1000 && send(fd, message, size, MSG_DONTWAIT) > 0;)
            i++;
        sockets = fopen("/proc/net/netlink", "re");
        while (sockets && fgets(line, sizeof(line), sockets))
            if (sscanf(line, "%*s 0 %*d %*s %ld", &now) == 1 && now > most)
                most = now;
        if (sockets)
            fclose(sockets);
    }
    return most;
}

/* NETLINK_ROUTE alone: with others a process can send to itself, and nothing is
 * counted. */
static int use_netlink(void)
{
    struct ifaddrs *interfaces;

    for (int protocol = 1; protocol < 32; protocol++)
        if (errno_of(socket(AF_NETLINK, SOCK_RAW, protocol)) != EPROTONOSUPPORT)
            return protocol;
    if (errno_of(syscall(SYS_socket, AF_NETLINK, SOCK_RAW, 1UL << 32)) !=
        EPROTONOSUPPORT)
        return 33;
    return getifaddrs(&interfaces) == 0 && fill_netlink() < 512L * 1024 ? 42
                                                                        : 34;
}

static void netlink_lists_interfaces_and_nothing_else(void)
{
    CU_ASSERT_EQUAL(behind_default(use_netlink), 42);
}

/* Numbers of the future, and of a kernel that has more than the profile
 * knows. */
static int call_newer(void)
{
    if (errno_of(syscall(999)) != ENOSYS ||
        errno_of(syscall(0x3fffffff)) != ENOSYS)
        return 1;
    /* What the profile could have named and does not. */
    return errno_of(syscall(SYS_getpmsg)) == EPERM ? 42 : 2;
}

static void a_call_that_is_newer_than_the_profile_gets_enosys(void)
{
    static const char little[] =
        "{ \"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"EDOM\", "
        "\"syscalls\": [ { \"names\": [\"exit_group\", \"%s\"], \"action\": "
        "\"SCMP_ACT_ALLOW\" }, { \"names\": [\"userfaultfd\"], \"action\": "
        "\"SCMP_ACT_ALLOW\", \"includes\": { \"arches\": [\"z80\"] } } ] }";
    char text[512];

    CU_ASSERT_EQUAL(behind_default(call_newer), 42);
    /* A rule that is not for us still names its calls. */
    snprintf(text, sizeof(text), little, "read");
    CU_ASSERT_EQUAL(behind(text, call_userfaultfd), EDOM);
    CU_ASSERT_EQUAL(behind(text, call_pidfd_open), ENOSYS);
    snprintf(text, sizeof(text), little, "pidfd_getfd");
    CU_ASSERT_EQUAL(behind(text, call_pidfd_open), EDOM);
}

/* Asking for another limit succeeds, and changes nothing. */
static int set_core_limit(void)
{
    struct rlimit none = { 0, 0 }, core = { 0, 0 };

    if (getrlimit(RLIMIT_CORE, &core) < 0 || core.rlim_cur != 1)
        return 1;
    if (setrlimit(RLIMIT_CORE, &none) < 0 ||
        errno_of(syscall(SYS_setrlimit, RLIMIT_CORE | 1UL << 32, &none)) ||
        prlimit(0, RLIMIT_CORE, &none, NULL) < 0)
        return 2;
    if (getrlimit(RLIMIT_CORE, &core) < 0 || core.rlim_cur != 1)
        return 3;
    return setrlimit(RLIMIT_NOFILE, &none) == 0 &&
                   getrlimit(RLIMIT_NOFILE, &core) == 0 && core.rlim_cur == 0
               ? 42
               : 4;
}

static void the_limit_of_core_files_stays(void)
{
    struct rlimit before, one = { 1, 1 };

    CU_ASSERT_EQUAL(getrlimit(RLIMIT_CORE, &before), 0);
    one.rlim_max = before.rlim_max;
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_CORE, &one), 0);
    CU_ASSERT_EQUAL(behind_default(set_core_limit), 42);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_CORE, &before), 0);
}

static int call_x32(void)
{
    syscall(0x40000000 | SYS_getpid);
    return 0;
}

static void a_call_of_another_architecture_kills_the_process(void)
{
    CU_ASSERT_EQUAL(behind_default(call_i386_getpid), 128 + SIGSYS);
    CU_ASSERT_EQUAL(behind_default(call_x32), 128 + SIGSYS);
}

/* ---- Profiles ----------------------------------------------------------- */

static void a_profile_names_calls_and_errnos(void)
{
    CU_ASSERT_EQUAL(
        behind("{ \"defaultAction\": \"SCMP_ACT_ALLOW\" }", call_ptrace),
        ESRCH);
    CU_ASSERT_EQUAL(behind(ALLOW DENY("ptrace") "}" END, call_ptrace), EPERM);
    CU_ASSERT_EQUAL(
        behind(ALLOW DENY("ptrace") ", \"errnoRet\": 28 }" END, call_ptrace),
        28);
    CU_ASSERT_EQUAL(behind(ALLOW DENY("ptrace") ", \"errnoRet\": 28, "
                                                "\"errno\": \"EDOM\" }" END,
                           call_ptrace),
                    EDOM);
    CU_ASSERT_EQUAL(behind(ALLOW "{ \"names\": [\"no_such_call\", \"ptrace\"], "
                                 "\"action\": \"SCMP_ACT_KILL_PROCESS\" }" END,
                           call_ptrace),
                    128 + SIGSYS);
    CU_ASSERT_EQUAL(
        behind("{ \"defaultAction\": \"SCMP_ACT_ERRNO\", "
               "\"defaultErrnoRet\": 38, \"syscalls\": [ { \"names\": "
               "[\"exit_group\", \"mmap\", \"munmap\", \"sigaltstack\", "
               "\"getpid\", \"gettid\", \"futex\", \"write\"], "
               "\"action\": \"SCMP_ACT_ALLOW\" } ] }",
               call_ptrace),
        ENOSYS);
}

static void arguments_are_compared(void)
{
    static const char rule[] =
        ALLOW DENY("personality") ", \"args\": [ { \"index\": 0, "
                                  "\"value\": %s, \"op\": \"%s\" } ] }" END;
    static const struct {
        const char *value, *op;
        int eight, nine;
    } cases[] = {
        { "8", "SCMP_CMP_EQ", EPERM, 0 },
        { "8", "SCMP_CMP_NE", 0, EPERM },
        { "9", "SCMP_CMP_LT", EPERM, 0 },
        { "8", "SCMP_CMP_LE", EPERM, 0 },
        { "8", "SCMP_CMP_GT", 0, EPERM },
        { "9", "SCMP_CMP_GE", 0, EPERM },
        { "1, \"valueTwo\": 1", "SCMP_CMP_MASKED_EQ", 0, EPERM },
        { "18446744073709551615", "SCMP_CMP_LT", EPERM, EPERM },
    };
    char text[512];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), rule, cases[i].value, cases[i].op);
        CU_ASSERT_EQUAL(behind(text, call_personality_8), cases[i].eight);
        CU_ASSERT_EQUAL(behind(text, call_personality_9), cases[i].nine);
    }
}

static void two_arguments_both_count_and_of_two_values_of_one_either(void)
{
    static const char both[] = ALLOW DENY(
        "socket") ", \"args\": ["
                  "{ \"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\" },"
                  "{ \"index\": 1, \"value\": 2, \"op\": \"SCMP_CMP_EQ\" } ] "
                  "}" END;
    static const char either[] = ALLOW DENY(
        "socket") ", \"args\": ["
                  "{ \"index\": 1, \"value\": 1, \"op\": \"SCMP_CMP_EQ\" },"
                  "{ \"index\": 1, \"value\": 2, \"op\": \"SCMP_CMP_EQ\" } ] "
                  "}" END;

    CU_ASSERT_EQUAL(behind(both, call_socket_1_2), EPERM);
    CU_ASSERT_EQUAL(behind(both, call_socket_1_1), 0);
    CU_ASSERT_EQUAL(behind(either, call_socket_1_2), EPERM);
    CU_ASSERT_EQUAL(behind(either, call_socket_1_1), EPERM);
}

#define CAP(n) (1ULL << (n))

static void rules_can_depend_on_the_machine(void)
{
    static const struct {
        const char *condition;
        uint64_t caps;
        int expected;
    } cases[] = {
        { "\"includes\": { \"caps\": [\"CAP_SYS_PTRACE\"] }", 0, ESRCH },
        { "\"includes\": { \"caps\": [\"CAP_SYS_PTRACE\"] }", CAP(19), EPERM },
        { "\"includes\": { \"caps\": [\"CAP_SYS_PTRACE\", \"CAP_BPF\"] }",
          CAP(19), ESRCH },
        /* All but SYS_ADMIN, which root may not have with a file. */
        { "\"includes\": { \"caps\": [\"CAP_OF_TOMORROW\"] }", ~CAP(21),
          ESRCH },
        { "\"excludes\": { \"caps\": [\"CAP_SYS_PTRACE\"] }", 0, EPERM },
        { "\"excludes\": { \"caps\": [\"CAP_BPF\", \"CAP_SYS_PTRACE\"] }",
          CAP(19), ESRCH },
        { "\"includes\": { \"arches\": [\"arm64\", \"amd64\"] }", 0, EPERM },
        { "\"includes\": { \"arches\": [\"arm64\"] }", 0, ESRCH },
        { "\"excludes\": { \"arches\": [\"arm64\"] }", 0, EPERM },
        { "\"excludes\": { \"arches\": [\"amd64\"] }", 0, ESRCH },
        { "\"includes\": { \"minKernel\": \"4.8\" }", 0, EPERM },
        { "\"includes\": { \"minKernel\": \"99.0\" }", 0, ESRCH },
        { "\"excludes\": { \"minKernel\": \"4.8\" }", 0, ESRCH },
        { "\"excludes\": { \"minKernel\": \"99.0\" }", 0, EPERM },
        { "\"includes\": {}, \"excludes\": null", 0, EPERM },
    };
    char text[512];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), ALLOW DENY("ptrace") ", %s }" END,
                 cases[i].condition);
        CU_ASSERT_EQUAL(behind_with_caps(text, cases[i].caps, call_ptrace),
                        cases[i].expected);
    }
}

/* The minor version counts as a number: 6.10 comes after 6.9. */
static void a_kernel_is_new_enough_for_its_own_version(void)
{
    struct utsname u;
    unsigned major = 0, minor = 0;
    char text[512];

    uname(&u);
    CU_ASSERT_EQUAL(sscanf(u.release, "%u.%u", &major, &minor), 2);
    for (unsigned more = 0; more < 2; more++) {
        snprintf(text, sizeof(text),
                 ALLOW DENY("ptrace") ", \"includes\": { \"minKernel\": "
                                      "\"%u.%u\" } }" END,
                 major, minor + more);
        CU_ASSERT_EQUAL(behind(text, call_ptrace), more ? ESRCH : EPERM);
    }
}

static void a_profile_can_let_32_bit_programs_in(void)
{
    static const char by_map[] =
        "{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"archMap\": [ "
        "{ \"architecture\": \"SCMP_ARCH_AARCH64\", \"subArchitectures\": "
        "[\"SCMP_ARCH_ARM\"] }, "
        "{ \"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": "
        "[\"SCMP_ARCH_X86\"] } ] }";
    static const char by_list[] = "{ \"defaultAction\": \"SCMP_ACT_ALLOW\", "
                                  "\"architectures\": [\"SCMP_ARCH_X86\"] }";

    CU_ASSERT_EQUAL(behind(by_map, call_i386_getpid), 42);
    CU_ASSERT_EQUAL(behind(by_map, call_x32), 128 + SIGSYS);
    CU_ASSERT_EQUAL(behind(by_map, call_i386_ioctl), 42);
    CU_ASSERT_EQUAL(behind(by_list, call_i386_getpid), 42);
    CU_ASSERT_EQUAL(behind(ALLOW END, call_i386_getpid), 128 + SIGSYS);
}

/* ---- Profiles in memory ------------------------------------------------- */

static int behind_text(const char *text, int (*main)(void))
{
    struct job job = {
        .seccomp = { .mode = BARCO_SECCOMP_PROFILE,
                     .path = "/no/such", /* the text counts */
                     .text = text },
        .main = main,
    };

    return run_in(0, load_and_go, &job);
}

static void a_profile_can_be_in_memory(void)
{
    CU_ASSERT_EQUAL(behind_text(ALLOW DENY("ptrace") ", \"errnoRet\": 28 }" END,
                                call_ptrace),
                    28);
    CU_ASSERT_EQUAL(behind_text(ALLOW END, call_ptrace), ESRCH);
}

static int prepare_text(const char *text)
{
    const struct barco_seccomp seccomp = { .mode = BARCO_SECCOMP_PROFILE,
                                           .text = text };
    struct barco_seccomp_filter filter;
    int result;

    barco_error_set_sink(remember_error, NULL);
    result = barco_seccomp_prepare(&filter, &seccomp, 0);
    barco_error_set_sink(NULL, NULL);
    barco_seccomp_free(&filter);
    return result;
}

static void a_mistake_in_a_profile_in_memory_has_its_place_too(void)
{
    static char large[(256 << 10) + 2];

    CU_ASSERT_EQUAL(prepare_text("{\n \"defaultAction\": x }"), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(remembered.args, "\"(in memory)\", line 2"));
    CU_ASSERT_EQUAL(prepare_text(""), -EINVAL);
    CU_ASSERT_EQUAL(prepare_text(NULL), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(remembered.args, "neither"));
    memset(large, ' ', sizeof(large) - 1);
    CU_ASSERT_EQUAL(prepare_text(large), -EFBIG);
}

/* Several containers in a process, and their filters at the same time. */
static int use_the_first_of_two(void *arg)
{
    const struct barco_seccomp first = {
        .mode = BARCO_SECCOMP_PROFILE,
        .text = ALLOW DENY("ptrace") ", \"errnoRet\": 28 }" END,
    };
    const struct barco_seccomp second = { .mode = BARCO_SECCOMP_PROFILE,
                                          .text = ALLOW END };
    struct barco_seccomp_filter filters[2];

    (void)arg;
    if (barco_seccomp_prepare(&filters[0], &first, 0) < 0 ||
        barco_seccomp_prepare(&filters[1], &second, 0) < 0)
        return 90;
    barco_seccomp_free(&filters[1]);
    return barco_seccomp_load(&filters[0]) < 0 ? 91 : call_ptrace();
}

static void filters_are_independent_of_each_other(void)
{
    CU_ASSERT_EQUAL(run_in(0, use_the_first_of_two, NULL), 28);
}

static int load_nothing(void *arg)
{
    const struct barco_seccomp off = { 0 };
    struct barco_seccomp_filter filter;
    char text[4096];

    (void)arg;
    if (barco_seccomp_prepare(&filter, &off, 0) < 0 ||
        barco_seccomp_load(&filter) < 0)
        return 1;
    read_text("/proc/self/status", text, sizeof(text));
    return strstr(text, "\nSeccomp:\t0\n") && strstr(text, "\nNoNewPrivs:\t0\n")
               ? 42
               : 2;
}

static void what_was_not_asked_for_is_not_loaded(void)
{
    CU_ASSERT_EQUAL(run_in(0, load_nothing, NULL), 42);
}

static void root_mounts_only_behind_the_built_in_filter(void)
{
    const struct barco_seccomp modes[] = {
        { .mode = BARCO_SECCOMP_BUILT_IN },
        { .mode = BARCO_SECCOMP_OFF },
        { .mode = BARCO_SECCOMP_PROFILE, .text = ALLOW END },
    };
    struct barco_seccomp_filter filter;

    barco_error_set_sink(be_quiet, NULL);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        CU_ASSERT_EQUAL(barco_seccomp_prepare(&filter, &modes[i], CAP(21)),
                        i == 0 ? 0 : -EPERM);
        barco_seccomp_free(&filter);
        CU_ASSERT_EQUAL(barco_seccomp_prepare(&filter, &modes[i], ~CAP(21)), 0);
        barco_seccomp_free(&filter);
    }
    barco_error_set_sink(NULL, NULL);
}

/* ---- What is not a profile ------------------------------------------------
 */

static int prepare(const char *file)
{
    const struct barco_seccomp seccomp = { .mode = BARCO_SECCOMP_PROFILE,
                                           .path = file };
    struct barco_seccomp_filter filter;
    int result;

    remembered.args[0] = remembered.cause[0] = '\0';
    barco_error_set_sink(remember_error, NULL);
    result = barco_seccomp_prepare(&filter, &seccomp, 0);
    barco_error_set_sink(NULL, NULL);
    barco_seccomp_free(&filter);
    return result;
}

static void a_malformed_profile_is_refused_and_the_place_named(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        { "", "line 1: unexpected end" },
        { "{\n \"defaultAction\":\n ALLOW }", "line 3: " },
        { "{ \"defaultAction\": \"SCMP_ACT_ALLOW\" ",
          "line 1: unexpected end" },
        { "{ \"defaultAction\": \"SCMP_ACT_ALLOW\" } x", "line 1: " },
        { "[]", "the file is [ ]: not an object" },
        { "{}", "defaultAction is null: unknown action" },
        { "{ \"defaultAction\": 1 }", "defaultAction is 1: not a string" },
        { "{ \"defaultAction\": \"ALLOW\" }",
          "defaultAction is \"ALLOW\": unknown action" },
        { "{ \"defaultAction\": \"SCMP_ACT_NOTIFY\" }", "unknown action" },
        { "{ \"defaultAction\": \"SCMP_ACT_ERRNO\", "
          "\"defaultErrnoRet\": 4096 }",
          "defaultErrnoRet is 4096: too large" },
        { "{ \"defaultAction\": \"SCMP_ACT_ERRNO\", "
          "\"defaultErrno\": \"EWHAT\" }",
          "defaultErrno is \"EWHAT\": unknown errno" },
        { "{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": {} }",
          "syscalls is { }: not an array" },
        { "{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": "
          "[\"x86\"] }",
          "architectures[0] is \"x86\": unknown architecture" },
        { "{ \"defaultAction\": \"SCMP_ACT_ALLOW\", \"archMap\": [{}] }",
          "archMap[0] is { }: without an architecture" },
        { ALLOW "7" END, "syscalls[0] is 7: not an object" },
        { ALLOW "{}" END, "syscalls[0].action is null: unknown action" },
        { ALLOW "{ \"action\": \"SCMP_ACT_TRAP\" }" END,
          "syscalls[0].names is null: no names" },
        { ALLOW DENY("read") "}, " DENY("x") ", \"names\": [\"y\"] }" END,
          "syscalls[1].name is \"x\": given beside names" },
        { ALLOW DENY("") ", \"names\": [\"read\", 3] }" END,
          "syscalls[0].names[1] is 3: not a string" },
        { ALLOW DENY("read") ", \"errnoRet\": -1 }" END,
          "syscalls[0].errnoRet is -1: negative" },
        { ALLOW DENY("read") ", \"args\": [ { \"index\": 6, "
                             "\"op\": \"SCMP_CMP_EQ\" } ] }" END,
          "syscalls[0].args[0].index is 6: too large" },
        { ALLOW DENY("read") ", \"args\": [ { \"op\": \"==\" } ] }" END,
          "syscalls[0].args[0].op is \"==\": unknown comparison" },
        { ALLOW DENY("read") ", \"args\": [ { \"op\": \"SCMP_CMP_EQ\", "
                             "\"value\": 1.5 } ] }" END,
          "syscalls[0].args[0].value is 1.5: not a whole number" },
        { ALLOW DENY("read") ", \"includes\": { \"caps\": [\"SYS\"] } }" END,
          "syscalls[0].includes.caps[0] is \"SYS\": not a capability" },
        { ALLOW DENY("read") ", \"includes\": { \"caps\": "
                             "[\"CAP_KILL,\"] } }" END,
          "caps[0] is \"CAP_KILL,\": not a capability" },
        { ALLOW DENY("read") ", \"excludes\": { \"minKernel\": \"6\" } }" END,
          "syscalls[0].excludes.minKernel is \"6\": not a version" },
        /* Even if the rule is not for us. */
        { ALLOW DENY("read") ", \"includes\": { \"arches\": [\"z80\"] }, "
                             "\"args\": [ 1 ] }" END,
          "syscalls[0].args[0] is 1: not an object" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_profile(cases[i].text);
        CU_ASSERT_EQUAL(prepare(profile), -EINVAL);
        CU_ASSERT_PTR_NOT_NULL(strstr(remembered.args, profile));
        CU_ASSERT_PTR_NOT_NULL(strstr(remembered.args, cases[i].expected));
        CU_ASSERT_PTR_NOT_NULL(strstr(remembered.cause, "format of Docker"));
    }
    remove_profile();
}

static int prepare_unreadable(void *arg)
{
    (void)arg;
    if (setresuid(1000, 1000, 1000) < 0)
        return 1;
    return prepare(profile) == -EACCES &&
                   strstr(remembered.cause, "may not read")
               ? 42
               : 2;
}

static void a_profile_that_cannot_be_read_is_explained(void)
{
    static const struct {
        const char *file;
        int result;
        const char *cause;
    } cases[] = {
        { "/no/such", -ENOENT, "no such file" },
        { "/tmp", -EISDIR, "a directory" },
        { "/dev/zero", -EFBIG, "a few kilobytes" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CU_ASSERT_EQUAL(prepare(cases[i].file), cases[i].result);
        CU_ASSERT_PTR_NOT_NULL(strstr(remembered.args, cases[i].file));
        CU_ASSERT_PTR_NOT_NULL(strstr(remembered.cause, cases[i].cause));
    }
}

/* Root in an ordinary user's container may read everything of that user. */
static void a_profile_of_another_user_is_explained(void)
{
    write_profile("");
    CU_ASSERT_EQUAL(chmod(profile, 0600), 0);
    CU_ASSERT_EQUAL(run_in(0, prepare_unreadable, NULL), 42);
    remove_profile();
}

/* ---- Kernels that are not like ours ------------------------------------- */

/* A filter that lets seccomp(2) fail. */
static int load_where_it_fails(void *arg)
{
    const unsigned *err = arg;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | *err),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { 4, code };
    const struct barco_seccomp seccomp = { .mode = BARCO_SECCOMP_BUILT_IN };
    struct barco_seccomp_filter filter;

    barco_error_set_sink(remember_error, NULL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
        return 1;
    barco_seccomp_prepare(&filter, &seccomp, 0);
    if (barco_seccomp_load(&filter) != -(int)*err)
        return 2;
    return strstr(remembered.cause, *err == ENOSYS   ? "CONFIG_SECCOMP)"
                                    : *err == EINVAL ? "CONFIG_SECCOMP_FILTER"
                                    : *err == EACCES ? "no_new_privs"
                                                     : "already has a listener")
               ? 42
               : 3;
}

static void a_kernel_without_filters_is_explained(void)
{
    static unsigned errs[] = { ENOSYS, EINVAL, EACCES, EBUSY };

    for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++)
        CU_ASSERT_EQUAL(run_in(0, load_where_it_fails, &errs[i]), 42);
}

/* ---- The log ------------------------------------------------------------ */

static int log_file = -1;

static int load_and_log(void *arg)
{
    const struct barco_seccomp seccomp = { .mode = BARCO_SECCOMP_BUILT_IN,
                                           .log = true };
    struct barco_seccomp_filter filter;

    (void)arg;
    /* Names of processes are looked up in /proc. */
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("proc", "/proc", "proc", 0, NULL) < 0)
        return 89;
    dup2(log_file, STDERR_FILENO);
    prctl(PR_SET_NAME, "a\033[2Jb");
    if (barco_seccomp_prepare(&filter, &seccomp, 0) < 0 ||
        barco_seccomp_load(&filter) < 0)
        return 90;
    /* The helper is our child, and nobody's business. */
    if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
        return 91;
    for (int i = 0; i < 100; i++)
        if (errno_of(syscall(SYS_keyctl, -1)) != EPERM)
            return 92;
    return errno_of(syscall(SYS_clone3, NULL, 0)) == ENOSYS ? 42 : 93;
}

static void what_is_refused_is_reported(void)
{
    char text[4096] = "", expected[512];
    BARCO_CLEANUP(barco_close)
    int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    log_file = fd;
    CU_ASSERT_EQUAL(run_in(CLONE_NEWPID | CLONE_NEWNS, load_and_log, NULL), 42);
    CU_ASSERT(pread(fd, text, sizeof(text) - 1, 0) > 0);
    snprintf(expected, sizeof(expected), "%s%s%s",
             "barco: seccomp refused keyctl (pid 1, a\\x1b[2Jb)\n",
             "barco: seccomp refused keyctl (pid 1, a\\x1b[2Jb)",
             "; further times not shown\n");
    CU_ASSERT_STRING_EQUAL(text, expected);
}

/* If a process is killed before its name is looked up, the name could be that
 * of the next process with its number. Here /proc/PID/comm is a FIFO, so that
 * the helper waits in open(2) until the process is dead.
 *
 *     PID 1: filter     asker             other: no filter
 *     pid of asker ---------------------> FIFO over /proc/asker/comm
 *                       keyctl() <------- continue
 *                                         wait for the helper at the FIFO
 *     kill, wait <-----------------------
 *     dead -----------------------------> write another name */
struct pipes {
    int pid[2], go[2], kill[2], dead[2];
};

static bool pass(int to)
{
    return write(to, "", 1) == 1;
}

static bool await(int from)
{
    char byte;

    return read(from, &byte, 1) == 1;
}

static int play_other(const struct pipes *pipes)
{
    char file[64];
    pid_t asker;
    int name;

    if (read(pipes->pid[0], &asker, sizeof(asker)) != sizeof(asker))
        return 1;
    snprintf(file, sizeof(file), "/proc/%d/comm", asker);
    if (mount(scratch("comm"), file, NULL, MS_BIND, NULL) < 0 ||
        !pass(pipes->go[1]))
        return 2;
    name = open(scratch("comm"), O_WRONLY | O_CLOEXEC);
    return name >= 0 && pass(pipes->kill[1]) && await(pipes->dead[0]) &&
                   write(name, "another\n", 8) == 8
               ? 0
               : 3;
}

static int be_killed_while_asking(void *arg)
{
    const struct barco_seccomp seccomp = { .mode = BARCO_SECCOMP_BUILT_IN,
                                           .log = true };
    struct barco_seccomp_filter filter;
    struct pipes pipes;
    pid_t asker;

    (void)arg;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("proc", "/proc", "proc", 0, NULL) < 0 || pipe(pipes.pid) < 0 ||
        pipe(pipes.go) < 0 || pipe(pipes.kill) < 0 || pipe(pipes.dead) < 0)
        return 89;
    if (fork() == 0)
        _exit(play_other(&pipes));
    dup2(log_file, STDERR_FILENO);
    if (barco_seccomp_prepare(&filter, &seccomp, 0) < 0 ||
        barco_seccomp_load(&filter) < 0)
        return 90;
    if ((asker = fork()) == 0)
        _exit(await(pipes.go[0]) && syscall(SYS_keyctl, -1));
    if (write(pipes.pid[1], &asker, sizeof(asker)) != sizeof(asker) ||
        !await(pipes.kill[0]) || kill(asker, SIGKILL) < 0 ||
        waitpid(asker, NULL, 0) != asker || !pass(pipes.dead[1]))
        return 91;
    /* One request after the other: when this one is done, so is the first. */
    prctl(PR_SET_NAME, "second");
    return errno_of(syscall(SYS_add_key, 0)) == EPERM ? 42 : 92;
}

static void no_refusal_is_reported_in_another_s_name(void)
{
    char text[4096] = "";
    BARCO_CLEANUP(barco_close)
    int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    log_file = fd;
    make_scratch("/tmp");
    CU_ASSERT_EQUAL(mkfifo(scratch("comm"), 0600), 0);
    CU_ASSERT_EQUAL(
        run_in(CLONE_NEWPID | CLONE_NEWNS, be_killed_while_asking, NULL), 42);
    CU_ASSERT(pread(fd, text, sizeof(text) - 1, 0) > 0);
    CU_ASSERT_STRING_EQUAL(text,
                           "barco: seccomp refused add_key (pid 1, second)\n");
    remove_scratch();
}

static bool hides_its_program(const void *arg)
{
    char path[64], target[64];

    snprintf(path, sizeof(path), "/proc/%d/exe", *(const int *)arg);
    return readlink(path, target, sizeof(target)) < 0 && errno == EACCES;
}

static int log_and_look(void *arg)
{
    const struct barco_seccomp seccomp = { .mode = BARCO_SECCOMP_PROFILE,
                                           .path = profile,
                                           .log = true };
    struct barco_seccomp_filter filter;
    char file[64], children[64];
    int helper;

    (void)arg;
    if (barco_seccomp_prepare(&filter, &seccomp, 0) < 0 ||
        barco_seccomp_load(&filter) < 0)
        return 90;
    snprintf(file, sizeof(file), "/proc/self/task/%d/children", gettid());
    read_text(file, children, sizeof(children));
    if (sscanf(children, "%d", &helper) != 1)
        return 91;
    return eventually(hides_its_program, &helper) ? 42 : 92;
}

/* Which has the same user and the same capabilities. */
static void the_command_cannot_look_into_the_helper(void)
{
    write_profile(ALLOW DENY("ptrace") "}" END);
    CU_ASSERT_EQUAL(run_in(0, log_and_look, NULL), 42);
    remove_profile();
}

/* The helper of a load that fails is ended, and waited for. */
static int log_twice(void *arg)
{
    const struct barco_seccomp seccomp = { .mode = BARCO_SECCOMP_PROFILE,
                                           .path = profile,
                                           .log = true };
    struct barco_seccomp_filter filter;
    char file[64], children[64];
    int first, second;

    (void)arg;
    barco_error_set_sink(remember_error, NULL);
    if (barco_seccomp_prepare(&filter, &seccomp, 0) < 0 ||
        barco_seccomp_load(&filter) < 0)
        return 90;
    if (barco_seccomp_load(&filter) != -EBUSY ||
        !strstr(remembered.cause, "already has a listener"))
        return 91;
    /* It has one child: the helper of the first. */
    snprintf(file, sizeof(file), "/proc/self/task/%d/children", gettid());
    read_text(file, children, sizeof(children));
    return sscanf(children, "%d %d", &first, &second) == 1 ? 42 : 92;
}

static void there_is_one_listener(void)
{
    struct leftovers before = count_leftovers();

    write_profile(ALLOW DENY("ptrace") "}" END);
    CU_ASSERT_EQUAL(run_in(0, log_twice, NULL), 42);
    remove_profile();
    CU_ASSERT_TRUE(nothing_left_since(before)); /* the helper has ended, too */
}

static int prepare_pipe(void *arg)
{
    (void)arg;
    alarm(10); /* else whoever hangs here would hang the suite */
    return prepare(profile) == -EINVAL && strstr(remembered.cause, "a pipe")
               ? 42
               : 1;
}

static void a_pipe_that_nobody_writes_to_does_not_hang_the_start(void)
{
    write_profile("");
    CU_ASSERT_EQUAL_FATAL(unlink(profile) + mkfifo(profile, 0600), 0);
    CU_ASSERT_EQUAL(run_in(0, prepare_pipe, NULL), 42);
    remove_profile();
}

/* Some of what the kernel would start modprobe for, as root of the host. The
 * high bits of an int are nothing to the kernel, and so must not be to the
 * filter.
 */
static int ask_for_modules(void)
{
    static const struct {
        int family, type, protocol;
    } no[] = {
        { AF_INET, SOCK_STREAM, IPPROTO_SCTP },
        { AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP },
        { AF_INET, SOCK_SEQPACKET, 0 },
        { AF_INET, SOCK_DCCP, 0 },
        { AF_INET6, SOCK_DCCP | SOCK_CLOEXEC, IPPROTO_DCCP },
        { AF_INET, SOCK_DGRAM, 115 }, /* L2TP */
    }, yes[] = {
        { AF_INET, SOCK_STREAM, 0 },
        { AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP },
        { AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_MPTCP },
        { AF_INET, SOCK_DGRAM, 0 },
        { AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
        { AF_INET, SOCK_DGRAM, IPPROTO_ICMP },
        { AF_UNIX, SOCK_SEQPACKET, 0 },
    };
    static const unsigned long requests[] = { TIOCSETD,    SIOCGIFBR,
                                              SIOCSIFBR,   SIOCBRADDBR,
                                              SIOCBRDELBR, SIOCGIFVLAN,
                                              SIOCSIFVLAN };

    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        if (errno_of(socket(no[i].family, no[i].type, no[i].protocol)) !=
            EPROTONOSUPPORT)
            return 1 + (int)i;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        if (errno_of(socket(yes[i].family, yes[i].type, yes[i].protocol)) ==
            EPROTONOSUPPORT)
            return 11 + (int)i;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
        if (errno_of(syscall(SYS_ioctl, -1, requests[i])) != EPERM ||
            errno_of(syscall(SYS_ioctl, -1, requests[i] | 1UL << 32)) != EPERM)
            return 21 + (int)i;
    return errno_of(syscall(SYS_socket, AF_INET, SOCK_STREAM | 1UL << 32,
                            IPPROTO_SCTP | 1UL << 32)) == EPROTONOSUPPORT
               ? 42
               : 31;
}

static void no_module_is_loaded_on_demand(void)
{
    CU_ASSERT_EQUAL(behind_default(ask_for_modules), 42);
}

SUITE("seccomp", { "the kernel has two filters", the_kernel_has_two_filters },
      { "what a container must not do is refused",
        what_a_container_must_not_do_is_refused },
      { "without a filter, root may do all of it",
        without_a_filter_root_may_do_all_of_it, AS_ROOT },
      { "programs can do what they need", programs_can_do_what_they_need },
      { "netlink lists interfaces and nothing else",
        netlink_lists_interfaces_and_nothing_else },
      { "a call that is newer than the profile gets ENOSYS",
        a_call_that_is_newer_than_the_profile_gets_enosys },
      { "the limit of core files stays", the_limit_of_core_files_stays },
      { "a call of another architecture kills the process",
        a_call_of_another_architecture_kills_the_process },
      { "a profile names calls and errnos", a_profile_names_calls_and_errnos },
      { "arguments are compared", arguments_are_compared },
      { "two arguments both count, and of two values of one, either",
        two_arguments_both_count_and_of_two_values_of_one_either },
      { "rules can depend on the machine", rules_can_depend_on_the_machine },
      { "a kernel is new enough for its own version",
        a_kernel_is_new_enough_for_its_own_version },
      { "a profile can let 32-bit programs in",
        a_profile_can_let_32_bit_programs_in },
      { "a profile can be in memory", a_profile_can_be_in_memory },
      { "a mistake in a profile in memory has its place too",
        a_mistake_in_a_profile_in_memory_has_its_place_too },
      { "filters are independent of each other",
        filters_are_independent_of_each_other },
      { "what was not asked for is not loaded",
        what_was_not_asked_for_is_not_loaded },
      { "root mounts only behind the built-in filter",
        root_mounts_only_behind_the_built_in_filter, AS_ROOT },
      { "a malformed profile is refused, and the place named",
        a_malformed_profile_is_refused_and_the_place_named },
      { "a profile that cannot be read is explained",
        a_profile_that_cannot_be_read_is_explained },
      { "a profile of another user is explained",
        a_profile_of_another_user_is_explained, AS_ROOT },
      { "a kernel without filters is explained",
        a_kernel_without_filters_is_explained },
      { "what is refused is reported", what_is_refused_is_reported },
      { "no refusal is reported in another's name",
        no_refusal_is_reported_in_another_s_name },
      { "the command cannot look into the helper",
        the_command_cannot_look_into_the_helper, AS_LEARNER },
      { "there is one listener, and it ends with us", there_is_one_listener },
      { "a pipe that nobody writes to does not hang the start",
        a_pipe_that_nobody_writes_to_does_not_hang_the_start },
      { "no module is loaded on demand", no_module_is_loaded_on_demand })
