/**
 * @file
 * @brief The five sets, as the kernel shows them in /proc/self/status.
 */
#include "barco/caps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/lib/errors.h"
#include "tests/lib/refuse.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

/* A set of this process: "CapEff", "CapBnd", ... or NoNewPrivs. */
static uint64_t set(const char *name)
{
    char text[4096];
    const char *line;

    read_text("/proc/self/status", text, sizeof(text));
    line = strstr(text, name);
    return line ? strtoull(line + strlen(name) + 1, NULL, 16) : UINT64_MAX;
}

/* All that the kernel knows. */
static uint64_t all(void)
{
    return (1ULL << cap_max_bits()) - 1;
}

static const struct barco_caps defaults = BARCO_CAPS_DEFAULT;

static int give_up(void *arg)
{
    const struct barco_caps *caps = arg;

    if (barco_caps_limit_init(caps) < 0 ||
        set("CapBnd:") != (caps->keep & all()))
        return 1;
    if (barco_caps_limit_command(caps) < 0)
        return 2;
    if (set("CapEff:") != (caps->keep & all()) ||
        set("CapPrm:") != (caps->keep & all()))
        return 3;
    if (set("CapInh:") != 0 || set("CapAmb:") != 0)
        return 4;
    return set("NoNewPrivs:") == 1 ? 42 : 5;
}

static void the_sets_hold_what_is_kept_and_no_more(void)
{
    struct barco_caps none = { 0 }, every = { .keep = UINT64_MAX };
    struct barco_caps one = { .keep = BARCO_CAP(CAP_CHOWN) };
    struct barco_caps usual = defaults;

    CU_ASSERT_EQUAL(run_in(0, give_up, &usual), 42);
    CU_ASSERT_EQUAL(run_in(0, give_up, &none), 42);
    CU_ASSERT_EQUAL(run_in(0, give_up, &one), 42);
    CU_ASSERT_EQUAL(run_in(0, give_up, &every), 42);
}

static void the_default_is_what_files_and_processes_need(void)
{
    CU_ASSERT_EQUAL(defaults.keep, 0x405fb);
}

/* From PID 1 to an ordinary user, with one capability added. */
static int become_ordinary(void *arg)
{
    const struct barco_caps caps = {
        .keep = BARCO_CAP(CAP_CHOWN) | BARCO_CAP(CAP_NET_ADMIN),
        .added = BARCO_CAP(CAP_NET_ADMIN),
    };

    (void)arg;
    if (barco_caps_limit_init(&caps) < 0 || setresuid(5, 5, 5) < 0)
        return 1;
    if (set("CapPrm:") == 0)
        return 2; /* kept over the change of user */
    if (barco_caps_limit_command(&caps) < 0)
        return 3;
    return set("CapAmb:") == caps.added && set("CapEff:") == caps.added ? 42
                                                                        : 4;
}

/* With one id mapped there is nobody else to become. */
static void an_ordinary_user_keeps_what_was_added(void)
{
    CU_ASSERT_EQUAL(run_in(0, become_ordinary, NULL), 42);
}

/* Root gets all of its bounding set back with each exec; see to it. */
static int raise_again(void *arg)
{
    const cap_value_t admin = CAP_SYS_ADMIN;
    cap_t caps;

    (void)arg;
    if (barco_caps_limit_init(&defaults) < 0 ||
        barco_caps_limit_command(&defaults) < 0)
        return 1;
    caps = cap_get_proc();
    cap_set_flag(caps, CAP_PERMITTED, 1, &admin, CAP_SET);
    return cap_set_proc(caps) < 0 ? 42 : 2;
}

static void what_was_dropped_cannot_be_raised(void)
{
    CU_ASSERT_EQUAL(run_in(0, raise_again, NULL), 42);
}

static int limit_with_an_error(void *arg)
{
    barco_error_set_sink(be_quiet, NULL);
    refuse_call(SYS_prctl, 0, (uint32_t)*(const int *)arg, EIO);
    return barco_caps_limit_init(&defaults) == -EIO ? 42 : 1;
}

static int limit_without_capget(void *arg)
{
    (void)arg;
    barco_error_set_sink(be_quiet, NULL);
    refuse_call(SYS_capget, ANY_ARG, 0, EIO);
    return barco_caps_limit_init(&defaults) == -EIO ? 42 : 1;
}

/* One that is only missed leaves a capability where none should be. */
static void an_error_ends_it(void)
{
    static int calls[] = { PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_SECUREBITS,
                           PR_CAP_AMBIENT };

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        CU_ASSERT_EQUAL(run_in(0, limit_with_an_error, &calls[i]), 42);
    CU_ASSERT_EQUAL(run_in(0, limit_without_capget, NULL), 42);
}

SUITE("caps",
      { "the sets hold what is kept and no more",
        the_sets_hold_what_is_kept_and_no_more },
      { "the default is what files and processes need",
        the_default_is_what_files_and_processes_need },
      { "an ordinary user keeps what was added",
        an_ordinary_user_keeps_what_was_added, AS_ROOT },
      { "what was dropped cannot be raised",
        what_was_dropped_cannot_be_raised },
      { "an error ends it", an_error_ends_it })
