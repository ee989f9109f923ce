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

#include "stages/options/options.h"
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

/* What the command line asks for: argp keeps pointers into these words. */
static struct barco_caps chosen(char *option, char *name)
{
    struct barco_caps caps = { 0 };
    char program[] = "test";
    char *argv[] = { program, option, name, NULL };

    argp_parse(&barco_caps_options, option ? 3 : 1, argv, 0, NULL, &caps);
    return caps;
}

static struct barco_caps keep(uint64_t mask)
{
    return (struct barco_caps){ .bounding = mask,
                                .permitted = mask,
                                .effective = mask,
                                .no_new_privs = true };
}

/* PID 1 keeps three more, to start a command of another user and signal it. */
static uint64_t init_keeps(const struct barco_caps *caps)
{
    return (caps->permitted | BARCO_CAP(CAP_SETUID) | BARCO_CAP(CAP_SETGID) |
            BARCO_CAP(CAP_KILL)) &
           all();
}

static int give_up(void *arg)
{
    const struct barco_caps *caps = arg;

    if (barco_caps_limit_init(caps) < 0 ||
        set("CapBnd:") != (caps->bounding & all()))
        return 1;
    if (set("CapPrm:") != init_keeps(caps) ||
        set("CapEff:") != init_keeps(caps))
        return 6;
    if (barco_caps_limit_command(caps) < 0)
        return 2;
    if (set("CapPrm:") != (caps->permitted & all()) ||
        set("CapEff:") != (caps->effective & all()))
        return 3;
    if (set("CapInh:") != (caps->inheritable & all()) || set("CapAmb:") != 0)
        return 4;
    return set("NoNewPrivs:") == caps->no_new_privs ? 42 : 5;
}

static void the_sets_hold_what_is_kept_and_no_more(void)
{
    struct barco_caps none = keep(0), every = keep(UINT64_MAX);
    struct barco_caps one = keep(BARCO_CAP(CAP_CHOWN));
    struct barco_caps usual = chosen(NULL, NULL);

    CU_ASSERT_EQUAL(run_in(0, give_up, &usual), 42);
    CU_ASSERT_EQUAL(run_in(0, give_up, &none), 42);
    CU_ASSERT_EQUAL(run_in(0, give_up, &one), 42);
    CU_ASSERT_EQUAL(run_in(0, give_up, &every), 42);
}

/* As an OCI configuration may have it. */
static void each_set_can_be_chosen_by_itself(void)
{
    struct barco_caps caps = {
        .bounding = BARCO_CAP(CAP_CHOWN) | BARCO_CAP(CAP_KILL) |
                    BARCO_CAP(CAP_SYS_ADMIN) | BARCO_CAP(CAP_NET_RAW),
        .permitted =
            BARCO_CAP(CAP_CHOWN) | BARCO_CAP(CAP_KILL) | BARCO_CAP(CAP_NET_RAW),
        .effective = BARCO_CAP(CAP_KILL),
        .inheritable = BARCO_CAP(CAP_NET_RAW),
        .ambient = BARCO_CAP(CAP_CHOWN), /* root has none */
    };

    CU_ASSERT_EQUAL(run_in(0, give_up, &caps), 42);
}

static void the_default_is_what_files_and_processes_need(void)
{
    const struct barco_caps caps = chosen(NULL, NULL);

    CU_ASSERT_EQUAL(caps.bounding, 0x405fb);
    CU_ASSERT_EQUAL(caps.permitted, 0x405fb);
    CU_ASSERT_EQUAL(caps.effective, 0x405fb);
    CU_ASSERT_EQUAL(caps.inheritable, 0);
    CU_ASSERT_EQUAL(caps.ambient, 0);
    CU_ASSERT_TRUE(caps.no_new_privs);
}

static void what_is_added_is_ambient_too(void)
{
    char add[] = "--cap-add", net[] = "net_admin";
    const struct barco_caps caps = chosen(add, net);

    CU_ASSERT_EQUAL(caps.bounding, 0x415fb);
    CU_ASSERT_EQUAL(caps.permitted, 0x415fb);
    CU_ASSERT_EQUAL(caps.ambient, 0x1000);
    CU_ASSERT_EQUAL(caps.inheritable, 0);
}

/* From PID 1 to an ordinary user, with one capability added. */
static int become_ordinary(void *arg)
{
    const struct barco_caps caps = {
        .bounding = BARCO_CAP(CAP_CHOWN) | BARCO_CAP(CAP_NET_ADMIN),
        .permitted = BARCO_CAP(CAP_CHOWN) | BARCO_CAP(CAP_NET_ADMIN),
        .effective = BARCO_CAP(CAP_CHOWN),
        .inheritable = BARCO_CAP(CAP_CHOWN),
        .ambient = BARCO_CAP(CAP_NET_ADMIN),
    };

    (void)arg;
    if (barco_caps_limit_init(&caps) < 0 || setresuid(5, 5, 5) < 0)
        return 1;
    if (set("CapPrm:") == 0)
        return 2; /* kept across the change of user */
    if (barco_caps_limit_command(&caps) < 0)
        return 3;
    if (set("CapInh:") != (caps.inheritable | caps.ambient) ||
        set("CapBnd:") != caps.bounding)
        return 4;
    return set("CapAmb:") == caps.ambient && set("CapEff:") == caps.ambient &&
                   set("CapPrm:") == caps.ambient
               ? 42
               : 5;
}

/* With one id mapped there is nobody else to become. */
static void an_ordinary_user_keeps_what_was_added(void)
{
    CU_ASSERT_EQUAL(run_in(0, become_ordinary, NULL), 42);
}

static int ask_for_more_than_permitted(void *arg)
{
    uint64_t before = set("CapBnd:");

    barco_error_set_sink(remember_error, NULL);
    return barco_caps_limit_init(arg) == -EINVAL &&
                   strstr(remembered.args, "0x20,") &&
                   strstr(remembered.cause, "permitted") &&
                   set("CapBnd:") == before
               ? 42
               : 1;
}

static void sets_that_contradict_each_other_are_refused(void)
{
    struct barco_caps effective = keep(BARCO_CAP(CAP_CHOWN));
    struct barco_caps ambient = effective;

    effective.effective |= BARCO_CAP(CAP_KILL);
    ambient.ambient |= BARCO_CAP(CAP_KILL);
    CU_ASSERT_EQUAL(run_in(0, ask_for_more_than_permitted, &effective), 42);
    CU_ASSERT_EQUAL(run_in(0, ask_for_more_than_permitted, &ambient), 42);
}

/* Root gets all of its bounding set back with each exec; see to it. */
static int raise_again(void *arg)
{
    const struct barco_caps kept = keep(BARCO_CAP(CAP_CHOWN));
    const cap_value_t admin = CAP_SYS_ADMIN;
    cap_t caps;

    (void)arg;
    if (barco_caps_limit_init(&kept) < 0 || barco_caps_limit_command(&kept) < 0)
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
    const struct barco_caps kept = keep(BARCO_CAP(CAP_CHOWN));

    barco_error_set_sink(be_quiet, NULL);
    refuse_call(SYS_prctl, 0, (uint32_t)*(const int *)arg, EIO);
    return barco_caps_limit_init(&kept) == -EIO ? 42 : 1;
}

static int limit_without_capget(void *arg)
{
    const struct barco_caps kept = keep(BARCO_CAP(CAP_CHOWN));

    (void)arg;
    barco_error_set_sink(be_quiet, NULL);
    refuse_call(SYS_capget, ANY_ARG, 0, EIO);
    return barco_caps_limit_init(&kept) == -EIO ? 42 : 1;
}

/* An error that goes unnoticed leaves a capability where none should be. */
static void an_error_ends_the_start(void)
{
    static int calls[] = { PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_CAP_AMBIENT };

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        CU_ASSERT_EQUAL(run_in(0, limit_with_an_error, &calls[i]), 42);
    CU_ASSERT_EQUAL(run_in(0, limit_without_capget, NULL), 42);
}

/* libcap stops reading at the comma. */
static void a_name_is_found_only_as_a_whole(void)
{
    CU_ASSERT_EQUAL(barco_caps_number("CAP_CHOWN"), CAP_CHOWN);
    CU_ASSERT_EQUAL(barco_caps_number("CAP_NET_ADMIN"), CAP_NET_ADMIN);
    CU_ASSERT_EQUAL(barco_caps_number("CAP_CHOWN,CAP_KILL"), -EINVAL);
    CU_ASSERT_EQUAL(barco_caps_number("CHOWN"), -EINVAL);
    CU_ASSERT_EQUAL(barco_caps_number("cap_chown"), -EINVAL);
    CU_ASSERT_EQUAL(barco_caps_number(""), -EINVAL);
    CU_ASSERT_EQUAL(barco_caps_number("CAP_NO_SUCH"), -ENOENT);
}

SUITE("caps",
      { "a name is found only as a whole", a_name_is_found_only_as_a_whole },
      { "the sets hold what is kept and no more",
        the_sets_hold_what_is_kept_and_no_more },
      { "the default is what files and processes need",
        the_default_is_what_files_and_processes_need },
      { "each set can be chosen by itself", each_set_can_be_chosen_by_itself },
      { "what is added is ambient too", what_is_added_is_ambient_too },
      { "sets that contradict each other are refused",
        sets_that_contradict_each_other_are_refused },
      { "an ordinary user keeps what was added",
        an_ordinary_user_keeps_what_was_added, AS_ROOT },
      { "what was dropped cannot be raised",
        what_was_dropped_cannot_be_raised },
      { "an error ends the start", an_error_ends_the_start })
