/**
 * @file
 * @brief Whether it predicts what is permitted and effective after an exec.
 *
 * The check gives a process its sets, asks the program, lets the process exec,
 * and reads in /proc/PID/status what the kernel has made of them.
 */
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* What a process has before the exec. */
struct before {
    uid_t uid, euid;
    uint64_t inheritable, permitted, bounding, ambient;
    bool no_new_privs;
};

/* ---- A process that has it ----------------------------------------------- */

static bool has(uint64_t set, int cap)
{
    return set >> cap & 1;
}

static void set_caps(uint64_t permitted, uint64_t inheritable)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3
    };
    struct __user_cap_data_struct sets[2];

    for (int i = 0; i < 2; i++) {
        sets[i].permitted = (uint32_t)(permitted >> 32 * i);
        sets[i].effective = sets[i].permitted;
        sets[i].inheritable = (uint32_t)(inheritable >> 32 * i);
    }
    if (syscall(SYS_capset, &header, sets) < 0)
        _exit(1);
}

/* In this order: the bounding set limits what can become inheritable, and
   dropping from it takes a capability that may have to go. */
static void take(const struct before *before, uint64_t all)
{
    if (prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS) < 0 ||
        setresuid(before->uid, before->euid, before->euid) < 0)
        _exit(1);
    set_caps(all, before->inheritable);
    for (int cap = 0; cap < 64; cap++)
        if (has(all, cap) && !has(before->bounding, cap) &&
            prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            _exit(1);
    set_caps(before->permitted, before->inheritable);
    for (int cap = 0; cap < 64; cap++)
        if (has(before->ambient, cap) &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
            _exit(1);
    if (before->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        _exit(1);
}

static const char waiting[] = "waiting";

/* Takes the sets, says so, and when it is told to, becomes a program that
   sleeps: not busybox, which gives up what it has if its uids differ. */
static void become(const struct before *before, uint64_t all, int socket,
                   const char *program)
{
    char byte = 0;

    take(before, all);
    if (prctl(PR_SET_NAME, waiting) < 0 || write(socket, &byte, 1) != 1 ||
        read(socket, &byte, 1) != 1)
        _exit(1);
    execl(program, "checks", "--call", number(SYS_pause), NULL);
    _exit(1);
}

static uint64_t all_caps(void)
{
    return strtoull(status_of(getpid(), "CapPrm"), NULL, 16);
}

static pid_t start_process(const struct before *before, int *socket)
{
    const char *program = this_check();
    int sockets[2];
    char byte;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0 ||
        (pid = fork()) < 0)
        abort();
    if (pid == 0) {
        close(sockets[0]);
        become(before, all_caps(), sockets[1], program);
    }
    close(sockets[1]);
    if (read(sockets[0], &byte, 1) != 1)
        abort();
    *socket = sockets[0];
    return pid;
}

/* ---- What it has after the exec ------------------------------------------ */

/* A process has its new name a moment before its new sets, but does not sleep
   in between. */
static bool has_executed(void *arg)
{
    pid_t pid = *(pid_t *)arg;

    return *status_of(pid, "State") == 'S' &&
           strcmp(status_of(pid, "Name"), waiting) != 0;
}

static void expect_foretold(const struct before *before)
{
    struct run run;
    int socket;
    pid_t pid = start_process(before, &socket);

    run_to_end(&run, number(pid), NULL);
    if (write(socket, "", 1) != 1 || !eventually(has_executed, &pid))
        abort();
    expect_text(text("what it predicts for a process with uid %u and "
                     "effective uid %u",
                     (unsigned)before->uid, (unsigned)before->euid),
                run.out,
                text("CapPrm: %s\nCapEff: %s\n", status_of(pid, "CapPrm"),
                     status_of(pid, "CapEff")));
    close(socket);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* Some of the capabilities that a set has, about half of them. */
static uint64_t some(uint64_t set)
{
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++)
        mask = mask << 16 | (uint64_t)seeded(1, 65534);
    return set & mask;
}

static struct before some_sets(uid_t uid)
{
    uint64_t all = all_caps();
    struct before before = { .uid = uid,
                             .euid = uid,
                             .inheritable = some(all),
                             .permitted = some(all),
                             .bounding = some(all) };

    before.ambient = some(before.inheritable & before.permitted);
    return before;
}

static uid_t some_user(void)
{
    return (uid_t)seeded(2000, 60000);
}

static void an_ordinary_user(void)
{
    struct before before = some_sets(some_user());

    expect_foretold(&before);
}

static void root(void)
{
    struct before before = some_sets(0);

    expect_foretold(&before);
}

static void root_that_inherits_nothing(void)
{
    struct before before = some_sets(0);

    before.inheritable = before.ambient = 0;
    expect_foretold(&before);
}

static void root_without_new_privileges(void)
{
    struct before before = some_sets(0);

    before.no_new_privs = true;
    expect_foretold(&before);
}

static void a_user_without_new_privileges(void)
{
    struct before before = some_sets(some_user());

    before.no_new_privs = true;
    expect_foretold(&before);
}

/* The ambient set is left empty: whether such an exec keeps it depends on the
   version of the kernel. */
static void root_that_acts_as_a_user(void)
{
    struct before before = some_sets(0);

    before.euid = some_user();
    before.ambient = 0;
    expect_foretold(&before);
}

static void a_user_that_acts_as_root(void)
{
    struct before before = some_sets(0);

    before.uid = some_user();
    before.ambient = 0;
    expect_foretold(&before);
}

EXERCISE(
    "06_capabilities", "after_exec", AS_LEARNER,
    { "it is right about an ordinary user", an_ordinary_user },
    { "it is right about a root that inherits nothing",
      root_that_inherits_nothing },
    { "it is right about root", root },
    { "it is right about root with no_new_privs", root_without_new_privileges },
    { "it is right about an ordinary user with no_new_privs",
      a_user_without_new_privileges },
    { "it is right about root that acts as a user", root_that_acts_as_a_user },
    { "it is right about a user that acts as root", a_user_that_acts_as_root })
