/**
 * @file
 * @brief Whether a command has one capability, and none that the author of the
 * program did not know, or that its caller had made inheritable.
 */
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* A set of one capability, as /proc/PID/status shows it. */
static const char *only(long cap)
{
    return text("%016llx", 1ULL << cap);
}

static long last_cap(void)
{
    return atol(file_text("/proc/sys/kernel/cap_last_cap"));
}

static pid_t sleeper(long cap)
{
    return find_in(start(number(cap), "sleep", "1000", NULL), "sleep");
}

static void expect_only(pid_t command, const char *set, long cap)
{
    expect_text(text("%s of the command", set), status_of(command, set),
                only(cap));
}

static void the_bounding_set_has_one(void)
{
    long cap = seeded(1, CAP_AUDIT_READ);
    pid_t command = sleeper(cap);

    if (command)
        expect_only(command, "CapBnd", cap);
}

static void a_new_capability_can_be_the_one(void)
{
    long cap = seeded(CAP_AUDIT_READ + 1, last_cap());
    pid_t command = sleeper(cap);

    if (command)
        expect_only(command, "CapBnd", cap);
}

static void the_command_has_what_was_kept(void)
{
    long cap = seeded(1, CAP_AUDIT_READ);
    pid_t command = sleeper(cap);

    if (command) {
        expect_only(command, "CapPrm", cap);
        expect_only(command, "CapEff", cap);
    }
}

/* Its caller has made a capability inheritable, and ambient. */
static bool let_inherit(void *arg)
{
    long cap = *(long *)arg;
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3
    };
    struct __user_cap_data_struct sets[2];

    if (syscall(SYS_capget, &header, sets) < 0)
        return false;
    sets[cap / 32].inheritable = 1U << cap % 32;
    return syscall(SYS_capset, &header, sets) == 0 &&
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) == 0;
}

static void nothing_is_inherited(void)
{
    static const char *const sets[] = { "CapInh", "CapAmb" };
    long inherited = seeded(1, CAP_AUDIT_READ);
    long cap = seeded(1, CAP_AUDIT_READ);
    pid_t command;

    before_start(let_inherit, &inherited);
    command = sleeper(cap);
    if (!command)
        return;
    expect_only(command, "CapPrm", cap);
    expect_only(command, "CapEff", cap);
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        const char *set = status_of(command, sets[i]);

        expect(
            (strtoull(set, NULL, 16) >> inherited & 1) == 0,
            text("%s of the command is without number %ld", sets[i], inherited),
            "%s of the command is \"%s\"", sets[i], set);
    }
}

static bool drop(void *cap)
{
    return prctl(PR_CAPBSET_DROP, *(long *)cap, 0, 0, 0) == 0;
}

static void expect_refused(long cap)
{
    struct run run;

    run_to_end(&run, number(cap), "echo", "it runs", NULL);
    expect_number(text("the exit status for number %ld", cap), run.status, 125);
    expect_text("what the command prints", run.out, "");
    expect(*run.err != '\0', "an error is printed", "nothing is printed");
}

static void what_is_not_there_is_refused(void)
{
    long dropped = seeded(1, CAP_AUDIT_READ);

    expect_refused(seeded(last_cap() + 1, 63));
    before_start(drop, &dropped);
    expect_refused(dropped);
}

static void the_status_is_the_commands(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, "5", "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
}

EXERCISE("06_capabilities", "bounding_set", AS_NAMESPACE_ROOT,
         { "the bounding set has one capability", the_bounding_set_has_one },
         { "a capability of a newer kernel can be the one",
           a_new_capability_can_be_the_one },
         { "the command has what was kept", the_command_has_what_was_kept },
         { "what its caller lets it inherit is not kept",
           nothing_is_inherited },
         { "what is not there cannot be kept", what_is_not_there_is_refused },
         { "the exit status is the command's", the_status_is_the_commands })
