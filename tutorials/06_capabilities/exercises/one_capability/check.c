/**
 * @file
 * @brief Whether an ordinary user's command has one capability after the exec.
 */
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

#include "tutorials/check/check.h"

static const struct {
    const char *name;
    int number;
} caps[] = {
    { "cap_dac_override", CAP_DAC_OVERRIDE },
    { "cap_kill", CAP_KILL },
    { "cap_setuid", CAP_SETUID },
    { "cap_net_bind_service", CAP_NET_BIND_SERVICE },
    { "cap_sys_admin", CAP_SYS_ADMIN },
    { "cap_mknod", CAP_MKNOD },
    { "cap_setfcap", CAP_SETFCAP },
    { "cap_wake_alarm", CAP_WAKE_ALARM },
};

static int some_cap(void)
{
    return (int)seeded(0, sizeof(caps) / sizeof(caps[0]) - 1);
}

static pid_t sleeper(int i)
{
    return find_in(start(caps[i].name, "sleep", "1000", NULL), "sleep");
}

static void expect_only(pid_t command, const char *set, int i)
{
    expect_text(text("%s of the command", set), status_of(command, set),
                text("%016llx", 1ULL << caps[i].number));
}

static void the_command_has_the_capability(void)
{
    int i = some_cap();
    pid_t command = sleeper(i);

    if (command)
        expect_only(command, "CapEff", i);
}

static void no_set_has_another(void)
{
    int i = some_cap();
    pid_t command = sleeper(i);

    if (command) {
        expect_only(command, "CapInh", i);
        expect_only(command, "CapPrm", i);
        expect_only(command, "CapAmb", i);
    }
}

static void the_bounding_set_has_no_other(void)
{
    int i = some_cap();
    pid_t command = sleeper(i);

    if (command)
        expect_only(command, "CapBnd", i);
}

static void the_kernel_goes_by_it(void)
{
    int i = some_cap();
    struct run run;

    run_to_end(&run, "cap_sys_chroot", "chroot", "/", "true", NULL);
    expect_number("the exit status of chroot with cap_sys_chroot", run.status,
                  0);
    run_to_end(&run, caps[i].name, "chroot", "/", "true", NULL);
    expect(run.status != 0, "chroot fails", "chroot works with %s",
           caps[i].name);
}

static void the_command_is_not_root(void)
{
    struct stat home = { 0 };
    struct run run;

    stat("/home/learner", &home);
    run_to_end(&run, caps[some_cap()].name, "id", "-u", NULL);
    run.out[strcspn(run.out, "\n")] = '\0';
    expect_text("what `id -u` prints", run.out, number(home.st_uid));
}

EXERCISE("06_capabilities", "one_capability", AS_LEARNER,
         { "the command has the capability, and no other",
           the_command_has_the_capability },
         { "no other set has more than it", no_set_has_another },
         { "the bounding set has no other", the_bounding_set_has_no_other },
         { "the kernel goes by it", the_kernel_goes_by_it },
         { "the command is not root", the_command_is_not_root })
