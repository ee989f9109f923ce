/**
 * @file
 * @brief The filters: chosen before anything starts, loaded last of all.
 *
 * Compiling a profile takes longer than starting the container. The built-in
 * ones are compiled when barco is built, and are arrays here.
 */
#include "barco/seccomp.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "barco/caps.h"
#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/process.h"
#include "seccomp_log.h"
#include "seccomp_profile.h"
#include "seccomp_programs.h"

/* ---- Choosing the filter ------------------------------------------------ */

static const char *name_of(const struct barco_seccomp *seccomp)
{
    if (seccomp->mode == BARCO_SECCOMP_OFF)
        return "off";
    if (seccomp->mode == BARCO_SECCOMP_BUILT_IN)
        return "default.json";
    return seccomp->text ? "(in memory)" : seccomp->path;
}

static int compile_profile(struct barco_seccomp_filter *filter,
                           const struct barco_seccomp *seccomp, uint64_t caps)
{
    struct seccomp_program program;
    int result;

    if (!seccomp->path && !seccomp->text) {
        errno = EINVAL;
        return BARCO_FAIL(profile, "neither a file nor a text");
    }
    BARCO_EXPLAIN("a mistake in the profile is found before anything starts",
                  "seccomp_export_bpf(\"%s\")", filter->name);
    result =
        seccomp_profile_compile(filter->name, seccomp->text, caps, &program);
    if (result < 0)
        return result;
    if (seccomp->log)
        seccomp_profile_ask_listener(&program);
    filter->code = filter->compiled = program.code;
    filter->length = program.length;
    return 0;
}

static void use_built_in(struct barco_seccomp_filter *filter)
{
    BARCO_EXPLAIN(
        "the default profile was compiled with barco, so a start costs "
        "nothing",
        "(no call: the built-in filter)");
    filter->code =
        filter->log ? seccomp_program_logged : seccomp_program_default;
    filter->length = filter->log ? seccomp_program_logged_length
                                 : seccomp_program_default_length;
}

/* Root clones mounts outside and passes them in. Their flags are not locked,
 * unlike those of mounts that a new mount namespace inherits
 * (mount_namespaces(7)). A process that may mount can clear "read-only" and "no
 * devices", and then a device node of an image can be the host's disk. The
 * built-in filter refuses every mount call; other filters may not. */
static int refuse_unlocked_mounts(const struct barco_seccomp *seccomp,
                                  uint64_t caps)
{
    if (geteuid() != 0 || !(caps & BARCO_CAP(CAP_SYS_ADMIN)) ||
        seccomp->mode == BARCO_SECCOMP_BUILT_IN)
        return 0;
    errno = EPERM;
    return BARCO_FAIL(mount, "CAP_SYS_ADMIN with --seccomp %s",
                      name_of(seccomp));
}

int barco_seccomp_prepare(struct barco_seccomp_filter *filter,
                          const struct barco_seccomp *seccomp, uint64_t caps)
{
    int result = refuse_unlocked_mounts(seccomp, caps);

    *filter = (struct barco_seccomp_filter){ .name = name_of(seccomp),
                                             .log = seccomp->log };
    if (result < 0)
        return result;
    if (seccomp->mode == BARCO_SECCOMP_PROFILE)
        return compile_profile(filter, seccomp, caps);
    if (seccomp->mode == BARCO_SECCOMP_BUILT_IN)
        use_built_in(filter);
    return 0;
}

void barco_seccomp_free(struct barco_seccomp_filter *filter)
{
    free(filter->compiled);
    *filter = (struct barco_seccomp_filter){ 0 };
}

/* ---- Loading it --------------------------------------------------------- */

static const struct barco_flag filter_flags[] = {
    { SECCOMP_FILTER_FLAG_LOG, "SECCOMP_FILTER_FLAG_LOG" },
    { SECCOMP_FILTER_FLAG_NEW_LISTENER, "SECCOMP_FILTER_FLAG_NEW_LISTENER" },
    { 0 },
};

//! [nnp]
static int set_no_new_privs(void)
{
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return 0;
    BARCO_EXPLAIN("no setuid program can be misled by the filter",
                  "prctl(PR_SET_NO_NEW_PRIVS, 1)");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return BARCO_FAIL(prctl, "PR_SET_NO_NEW_PRIVS, 1");
    return 0;
}
//! [nnp]

/* Loads one filter. 0 or its listener, or a negative errno, reported. */
static int load(const char *name, const struct sock_filter *code,
                unsigned short length, unsigned flags)
{
    /* The kernel only reads it. */
    struct sock_fprog program = { length, (struct sock_filter *)code };
    char names[128];
    long result;

    BARCO_EXPLAIN("from now on the kernel checks each system call first",
                  "seccomp(SECCOMP_SET_MODE_FILTER, %s, %s: %u instructions)",
                  barco_flag_names(filter_flags, flags, names, sizeof(names)),
                  name, length);
    result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (result < 0)
        return BARCO_FAIL(
            seccomp, "SECCOMP_SET_MODE_FILTER, %s, %s",
            barco_flag_names(filter_flags, flags, names, sizeof(names)), name);
    return (int)result;
}

/* Loads the filter that may refuse anything; only execve(2) comes after it. */
static int load_last(const struct barco_seccomp_filter *filter, unsigned flags)
{
    int result = barco_process_restore_signal_mask();

    if (result < 0)
        return result;
    return load(filter->name, filter->code, filter->length, flags);
}

/* The same, and what it refuses is told. */
static int load_last_with_log(const struct barco_seccomp_filter *filter)
{
    struct seccomp_log log = { 0 };
    int result = seccomp_log_start(&log);

    if (result < 0)
        return result;
    result = load_last(filter, SECCOMP_FILTER_FLAG_NEW_LISTENER);
    if (result < 0) {
        seccomp_log_stop(&log);
        return result;
    }
    seccomp_log_publish(&log, result);
    return 0;
}

int barco_seccomp_load(const struct barco_seccomp_filter *filter)
{
    int result;

    if (!filter->code)
        return 0;
    result = set_no_new_privs();
    if (result < 0)
        return result;
    //! [order]
    /* The one for arguments goes first, because the other may refuse
     * seccomp(2). Its refusals go to the kernel's log, because a process can
     * have only one listener. */
    result = load("arguments.json", seccomp_program_arguments,
                  seccomp_program_arguments_length,
                  filter->log ? SECCOMP_FILTER_FLAG_LOG : 0);
    if (result < 0)
        return result;
    return filter->log ? load_last_with_log(filter) : load_last(filter, 0);
    //! [order]
}
