/**
 * @file
 * @brief Five sets, emptied in the order in which that is still allowed.
 *
 *     PID 1   bounding set      takes CAP_SETPCAP, so it is the first to go
 *             securebits        takes CAP_SETPCAP
 *             permitted, effective := those to keep, and those that PID 2
 *                               needs to become another user
 *     PID 2   setresuid()       KEEP_CAPS: it would empty the sets
 *             permitted, effective, inheritable := those to keep
 *             ambient           for users other than root
 *             no_new_privs      setuid programs and file capabilities are void
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
    TO_BECOME_USER = (1 << CAP_SETUID) | (1 << CAP_SETGID) |
                     (1 << CAP_SETPCAP) | (1 << CAP_KILL)
};

/* ---- The sets ----------------------------------------------------------- */

/* What this process really has of a set, for --explain. */
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

/* Every capability that this kernel knows, by asking until it knows no more:
 * a list of ours would miss those of a later kernel. */
static int drop_bounding(uint64_t keep)
{
    int dropped = 0;
    cap_value_t cap;

    for (cap = 0; cap_get_bound(cap) >= 0; cap++) {
        if (cap < 64 && (keep & BARCO_CAP(cap)))
            continue;
        if (cap_drop_bound(cap) < 0)
            return BARCO_FAIL(prctl, "PR_CAPBSET_DROP, %d", cap);
        dropped++;
    }
    if (errno != EINVAL) /* EINVAL: there are no more */
        return BARCO_FAIL(prctl, "PR_CAPBSET_READ, %d", cap);
    BARCO_EXPLAIN("no exec can ever gain them again",
                  "prctl(PR_CAPBSET_DROP), %d times", dropped);
    return 0;
}

/* Makes permitted and effective, and perhaps inheritable, what is in a mask
 * and had now; no process can give itself more. */
static int set_sets(uint64_t keep, uint64_t inherit)
{
    cap_t have = cap_get_proc(), want = cap_init();
    int result = 0;

    if (!have || !want) {
        cap_free(have);
        cap_free(want);
        return BARCO_FAIL(capget, "our own sets");
    }
    for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
        cap_flag_value_t had = CAP_CLEAR;

        cap_get_flag(have, cap, CAP_PERMITTED, &had);
        if (had == CAP_CLEAR || !(keep & BARCO_CAP(cap)))
            continue;
        cap_set_flag(want, CAP_PERMITTED, 1, &cap, CAP_SET);
        cap_set_flag(want, CAP_EFFECTIVE, 1, &cap, CAP_SET);
        if (inherit & BARCO_CAP(cap))
            cap_set_flag(want, CAP_INHERITABLE, 1, &cap, CAP_SET);
    }
    if (cap_set_proc(want) < 0)
        result = BARCO_FAIL(capset, "%#llx", (unsigned long long)keep);
    cap_free(have);
    cap_free(want);
    return result;
}

int barco_caps_limit_init(const struct barco_caps *caps)
{
    int result;

    explain_sets("the first process of a user namespace has all of them");
    result = drop_bounding(caps->keep);
    if (result < 0)
        return result;
    BARCO_EXPLAIN("setresuid() would empty the sets otherwise; until the exec",
                  "prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS)");
    if (cap_set_secbits(SECBIT_KEEP_CAPS) < 0)
        return BARCO_FAIL(prctl, "PR_SET_SECUREBITS, SECBIT_KEEP_CAPS");
    /* libcap's cap_reset_ambient() takes an error for "there are none". */
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        return BARCO_FAIL(prctl, "PR_CAP_AMBIENT_CLEAR_ALL");
    result = set_sets(caps->keep | TO_BECOME_USER, 0);
    explain_sets("these are left to PID 1");
    return result;
}

/* What an exec would take from a user other than root. */
static int raise_ambient(uint64_t mask)
{
    for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
        if ((mask & BARCO_CAP(cap)) && cap_get_bound(cap) > 0 &&
            cap_set_ambient(cap, CAP_SET) < 0)
            return BARCO_FAIL(prctl, "PR_CAP_AMBIENT_RAISE, %d", cap);
    return 0;
}

int barco_caps_limit_command(const struct barco_caps *caps)
{
    bool root = geteuid() == 0;
    uint64_t ambient = root ? 0 : caps->added & caps->keep;
    int result;

    BARCO_EXPLAIN(root ? "permitted and effective hold what is kept"
                       : "an ordinary user keeps those of --cap-add alone",
                  "capset()");
    result = set_sets(root ? caps->keep : ambient, ambient);
    if (result < 0 || (result = raise_ambient(ambient)) < 0)
        return result;
    explain_sets("these are left to the command");
    BARCO_EXPLAIN("setuid programs give nobody any power any more",
                  "prctl(PR_SET_NO_NEW_PRIVS, 1)");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return BARCO_FAIL(prctl, "PR_SET_NO_NEW_PRIVS");
    return 0;
}
