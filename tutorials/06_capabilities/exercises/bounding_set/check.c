/**
 * @file
 * @brief Whether the bounding set of a command has one capability, and none
 * that the author of the program did not know.
 */
#include <linux/capability.h>
#include <stdlib.h>

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

static void the_bounding_set_has_one(void)
{
    long cap = seeded(1, CAP_AUDIT_READ);
    pid_t command = sleeper(cap);

    if (command)
        expect_text("CapBnd of the command", status_of(command, "CapBnd"),
                    only(cap));
}

static void a_new_capability_can_be_the_one(void)
{
    long cap = seeded(CAP_AUDIT_READ + 1, last_cap());
    pid_t command = sleeper(cap);

    if (command)
        expect_text("CapBnd of the command", status_of(command, "CapBnd"),
                    only(cap));
}

static void the_command_has_what_was_kept(void)
{
    long cap = seeded(1, CAP_AUDIT_READ);
    pid_t command = sleeper(cap);

    if (command) {
        expect_text("CapPrm of the command", status_of(command, "CapPrm"),
                    only(cap));
        expect_text("CapEff of the command", status_of(command, "CapEff"),
                    only(cap));
    }
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
         { "the exit status is the command's", the_status_is_the_commands })
