/**
 * @file
 * @brief A container from a plain description, without a command line.
 */
#include "barco/container.h"

#include <errno.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stages/options/options.h"
#include "tests/lib/errors.h"
#include "tests/lib/refuse.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static struct barco_container_config described(char *const *argv)
{
    const char *root[] = { "test", "--mnt", "/", NULL };
    struct barco_container_config config = BARCO_CONTAINER_DEFAULT;

    CU_ASSERT_EQUAL(argp_parse(&barco_rootfs_options, 3, (char **)root, 0, NULL,
                               &config.rootfs),
                    0);
    config.argv = argv;
    return config;
}

static int run_script(char *script)
{
    static char sh[] = "/bin/sh", dash_c[] = "-c";
    char *const argv[] = { sh, dash_c, script, NULL };
    const struct barco_container_config config = described(argv);

    return barco_container_run(&config);
}

static void the_status_comes_back(void)
{
    char seven[] = "exit 7", killed[] = "kill -9 $$";

    CU_ASSERT_EQUAL(run_script(seven), 7);
    CU_ASSERT_EQUAL(run_script(killed), 137);
}

static void one_description_serves_several_times(void)
{
    static char program[] = "/bin/true";
    char *const argv[] = { program, NULL };
    const struct barco_container_config config = described(argv);
    struct leftovers before = count_leftovers();

    CU_ASSERT_EQUAL(barco_container_run(&config), 0);
    CU_ASSERT_EQUAL(barco_container_run(&config), 0);
    CU_ASSERT_TRUE(nothing_left_since(before));
}

static int count_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += dup2(fd, fd) == fd;
    return count;
}

static void no_descriptor_stays_open_in_the_caller(void)
{
    static char program[] = "/bin/true";
    char *const argv[] = { program, NULL };
    struct barco_container_config config = described(argv);
    char source[32];
    struct barco_mount volumes[] = {
        { .type = "bind", .source = "/etc", .target = "/mnt" },
        { .type = "bind", .source = source, .target = "/mnt" },
    };
    int ends[2], before;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    before = count_descriptors();

    CU_ASSERT_EQUAL(barco_container_run(&config), 0);
    CU_ASSERT_EQUAL(count_descriptors(), before);

    /* A pipe is there, and is in no mount that could be cloned. */
    barco_error_set_sink(be_quiet, NULL);
    snprintf(source, sizeof(source), "/proc/self/fd/%d", ends[0]);
    config.rootfs.mounts = volumes;
    config.rootfs.mount_count = 2;
    CU_ASSERT(barco_container_run(&config) != 0);
    volumes[1].source = "/no/such";
    CU_ASSERT_EQUAL(barco_container_run(&config), -ENOENT);
    config.rootfs.mount_count = 0;
    config.limits.cpu_weight = 0;
    CU_ASSERT_EQUAL(barco_container_run(&config), -ERANGE);
    CU_ASSERT_EQUAL(count_descriptors(), before);
    barco_error_set_sink(NULL, NULL);
    close(ends[0]);
    close(ends[1]);
}

/* ---- Keys --------------------------------------------------------------- */

static long session_keyring(void)
{
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING,
                   0);
}

/* In a container: this program again, to compare the keyrings. */
__attribute__((constructor)) static void be_the_command(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "other-session-than") == 0)
        _exit(session_keyring() > 0 && session_keyring() != atol(argv[2]) ? 42
                                                                          : 1);
}

/* Without a filter, which would refuse to look. */
static void the_session_keyring_is_its_own(void)
{
    static char option[] = "other-session-than";
    char self[PATH_MAX] = "", serial[32];
    char *const argv[] = { self, option, serial, NULL };
    struct barco_container_config config = described(argv);

    CU_ASSERT(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
    CU_ASSERT(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0);
    snprintf(serial, sizeof(serial), "%ld", session_keyring());
    config.seccomp.mode = BARCO_SECCOMP_OFF;
    CU_ASSERT_EQUAL(barco_container_run(&config), 42);
}

static int run_without_keyctl(void *arg)
{
    static char program[] = "/bin/true";
    char *const argv[] = { program, NULL };
    const struct barco_container_config config = described(argv);

    barco_error_set_sink(be_quiet, NULL);
    refuse_call(SYS_keyctl, ANY_ARG, 0, *(int *)arg);
    return barco_container_run(&config);
}

/* ENOSYS is a kernel without keys; any other error is one. What refuses the
 * call would disarm newuidmap too, which root does not need. */
static void without_keys_there_are_none_to_leave_behind(void)
{
    int none = ENOSYS, refused = EDQUOT;

    CU_ASSERT_EQUAL(run_in(0, run_without_keyctl, &none), 0);
    CU_ASSERT_EQUAL(run_in(0, run_without_keyctl, &refused), 125);
}

SUITE("container", { "the status comes back", the_status_comes_back },
      { "one description serves several times",
        one_description_serves_several_times },
      { "no descriptor stays open in the caller",
        no_descriptor_stays_open_in_the_caller },
      { "the session keyring is its own", the_session_keyring_is_its_own },
      { "without keys there are none to leave behind",
        without_keys_there_are_none_to_leave_behind, AS_ROOT })
