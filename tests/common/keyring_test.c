/**
 * @file
 * @brief The session keyring, as the kernel names it.
 */
#include "barco/keyring.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/lib/errors.h"
#include "tests/lib/refuse.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static const char secret[] = "of the host";

static long session_keyring(void)
{
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING,
                   0);
}

static long find_secret(void)
{
    return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user",
                   secret, 0);
}

static int leave_a_secret_behind(void *arg)
{
    long before = *(const long *)arg;

    if (session_keyring() != before || find_secret() < 0)
        return 1; /* a child has its parent's */
    if (barco_keyring_join_new() < 0)
        return 2;
    if (session_keyring() <= 0 || session_keyring() == before)
        return 3;
    return find_secret() < 0 && errno == ENOKEY ? 42 : 4;
}

static int have_a_secret(void *arg)
{
    long session;

    (void)arg;
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
        syscall(SYS_add_key, "user", secret, secret, sizeof(secret),
                KEY_SPEC_SESSION_KEYRING) < 0)
        return 10;
    session = session_keyring();
    return run_in(0, leave_a_secret_behind, &session);
}

static void the_keys_of_the_session_stay_behind(void)
{
    CU_ASSERT_EQUAL(run_in(0, have_a_secret, NULL), 42);
}

static int join_without_keyctl(void *arg)
{
    barco_error_set_sink(be_quiet, NULL);
    refuse_call(SYS_keyctl, ANY_ARG, 0, *(int *)arg);
    return -barco_keyring_join_new();
}

/* ENOSYS is a kernel without keys; any other error is one. */
static void a_kernel_without_keys_has_none_to_leave_behind(void)
{
    int none = ENOSYS, refused = EDQUOT;

    CU_ASSERT_EQUAL(run_in(0, join_without_keyctl, &none), 0);
    CU_ASSERT_EQUAL(run_in(0, join_without_keyctl, &refused), EDQUOT);
}

SUITE("keyring",
      { "the keys of the session stay behind",
        the_keys_of_the_session_stay_behind },
      { "a kernel without keys has none to leave behind",
        a_kernel_without_keys_has_none_to_leave_behind })
