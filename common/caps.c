/**
 * @file
 * @brief Five sets, emptied in an order that the kernel allows.
 *
 *     PID 1   bounding set      needs CAP_SETPCAP, so it goes first
 *             securebits        needs CAP_SETPCAP
 *             permitted, effective := the command's, and those that PID 2
 *                               needs to become another user
 *     PID 2   setresuid()       would empty the sets, but for KEEP_CAPS
 *             permitted, effective, inheritable := the command's
 *             ambient           for users other than root
 *             no_new_privs      exec ignores set-user-ID and file capabilities
 */
#include "barco/caps.h"

#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "barco/error.h"

enum {
    /* What PID 2 needs to become the user of --uid, and PID 1 to signal it. */
    TO_BECOME_USER = (1 << CAP_SETUID) | (1 << CAP_SETGID) | (1 << CAP_KILL)
};

/* ---- A name ------------------------------------------------------------- */

int barco_caps_number(const char *name)
{
    cap_value_t number;

    /* cap_from_name() stops at the first byte that no name has, and ignores the
     * rest, as in "CAP_CHOWN,CAP_KILL". */
    if (strncmp(name, "CAP_", 4) != 0 ||
        name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")])
        return -EINVAL;
    return cap_from_name(name, &number) == 0 ? number : -ENOENT;
}

/* ---- The sets ----------------------------------------------------------- */

/* What the sets of this process really hold, for --explain. */
static void explain_sets(const char *when)
{
    cap_t now;
    char *text;

    if (!barco_log.explain || !(now = cap_get_proc()))
        return;
    text = cap_to_text(now, NULL);
    BARCO_EXPLAIN(when, "capabilities \"%s\"", text ? text : "?");
    cap_free(text);
    cap_free(now);
}

//! [bounding]
/* Goes through every capability that this kernel knows, until it says that
 * there are no more: a list of our own would miss those of a later kernel. */
static int drop_bounding(uint64_t bounding)
{
    int dropped = 0;
    cap_value_t cap;

    for (cap = 0;; cap++) {
        if (cap < 64 && (bounding & BARCO_CAP(cap)))
            continue;
        if (cap_drop_bound(cap) < 0)
            break;
        dropped++;
    }
    if (errno != EINVAL) /* EINVAL: no such capability */
        return BARCO_FAIL(prctl, "PR_CAPBSET_DROP, %d", cap);
    BARCO_EXPLAIN("no exec can ever gain them again",
                  "prctl(PR_CAPBSET_DROP), %d times", dropped);
    return 0;
}
//! [bounding]

/* The sets of capset(2), each in two halves, without the memory that libcap
 * would take from the heap: that would be a page more in PID 1 for good. */
struct sets {
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct halves[2];
};

static int get_sets(struct sets *sets)
{
    sets->header.version = _LINUX_CAPABILITY_VERSION_3;
    sets->header.pid = 0; /* ours */
    return capget(&sets->header, sets->halves) < 0
               ? BARCO_FAIL(capget, "our own sets")
               : 0;
}

/* Sets all three, limited to what is permitted now: no process can give itself
 * more. */
static int set_sets(uint64_t permitted, uint64_t effective,
                    uint64_t inheritable)
{
    struct sets sets;
    int result = get_sets(&sets);

    if (result < 0)
        return result;
    for (int i = 0; i < 2; i++) {
        uint32_t have = sets.halves[i].permitted;

        sets.halves[i] = (struct __user_cap_data_struct){
            .permitted = have & (uint32_t)(permitted >> 32 * i),
            .effective = have & (uint32_t)(effective >> 32 * i),
            .inheritable = have & (uint32_t)(inheritable >> 32 * i),
        };
    }
    if (capset(&sets.header, sets.halves) < 0)
        return BARCO_FAIL(capset, "permitted %#llx, effective %#llx",
                          (unsigned long long)permitted,
                          (unsigned long long)effective);
    return 0;
}

/* Refuses now what the kernel would refuse, or drop, halfway through. */
static int check(const struct barco_caps *caps)
{
    uint64_t wrong = (caps->effective | caps->ambient) & ~caps->permitted;

    if (!wrong)
        return 0;
    errno = EINVAL;
    return BARCO_FAIL(capset, "%#llx, effective or ambient, not permitted",
                      (unsigned long long)wrong);
}

int barco_caps_limit_init(const struct barco_caps *caps)
{
    uint64_t left = caps->permitted | TO_BECOME_USER;
    int result = check(caps);

    if (result < 0)
        return result;
    //! [init]
    explain_sets("the first process of a user namespace has all of them");
    result = drop_bounding(caps->bounding);
    if (result < 0)
        return result;
    BARCO_EXPLAIN("or setresuid() would empty the sets; lasts until the exec",
                  "prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS)");
    if (cap_set_secbits(SECBIT_KEEP_CAPS) < 0)
        return BARCO_FAIL(prctl, "PR_SET_SECUREBITS, SECBIT_KEEP_CAPS");
    /* Not cap_reset_ambient() of libcap, which takes an error for "none". */
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        return BARCO_FAIL(prctl, "PR_CAP_AMBIENT_CLEAR_ALL");
    result = set_sets(left, left, 0);
    if (result < 0)
        return result;
    //! [init]
    explain_sets("PID 1 keeps these");
    return 0;
}

//! [ambient]
/* Keeps across an exec what a user other than root would lose. */
static int raise_ambient(uint64_t mask)
{
    struct sets sets;
    int result = get_sets(&sets);

    if (result < 0)
        return result;
    for (cap_value_t cap = 0; cap < 64; cap++)
        if ((mask & BARCO_CAP(cap)) &&
            (sets.halves[cap / 32].permitted & 1U << cap % 32) &&
            cap_set_ambient(cap, CAP_SET) < 0)
            return BARCO_FAIL(prctl, "PR_CAP_AMBIENT_RAISE, %d", cap);
    return 0;
}
//! [ambient]

static int become_root(const struct barco_caps *caps)
{
    BARCO_EXPLAIN("permitted and effective hold what the command keeps",
                  "capset()");
    return set_sets(caps->permitted, caps->effective, caps->inheritable);
}

//! [ordinary]
static int become_ordinary(const struct barco_caps *caps)
{
    int result;

    BARCO_EXPLAIN("a user other than root keeps only the ambient ones",
                  "capset()");
    result = set_sets(caps->ambient, caps->ambient,
                      caps->inheritable | caps->ambient);
    if (result < 0)
        return result;
    return raise_ambient(caps->ambient);
}
//! [ordinary]

//! [command]
int barco_caps_limit_command(const struct barco_caps *caps)
{
    int result = geteuid() == 0 ? become_root(caps) : become_ordinary(caps);

    if (result < 0)
        return result;
    explain_sets("the command keeps these");
    if (!caps->no_new_privs)
        return 0;
    BARCO_EXPLAIN("from here on setuid programs grant no privileges",
                  "prctl(PR_SET_NO_NEW_PRIVS, 1)");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return BARCO_FAIL(prctl, "PR_SET_NO_NEW_PRIVS");
    return 0;
}
//! [command]
