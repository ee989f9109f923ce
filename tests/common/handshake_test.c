/**
 * @file
 * @brief The child waits, gets descriptors, and notices a parent that is gone.
 */
#include "barco/handshake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

/* Files that are different from each other, as many as can come along. */
static const char *const files[BARCO_HANDSHAKE_MAX] = {
    "/",       "/dev",      "/dev/null", "/dev/zero",   "/dev/full", "/dev/tty",
    "/proc",   "/proc/sys", "/etc",      "/etc/passwd", "/tmp",      "/sys",
    "/sys/fs", "/proc/fs",  "/dev/pts",  "/dev/random",
};

static bool is_file(int fd, const char *path)
{
    struct stat got, want;

    return fstat(fd, &got) == 0 && stat(path, &want) == 0 &&
           got.st_ino == want.st_ino && got.st_dev == want.st_dev;
}

/* The child's exit status: 42 when go on came along with so many files. */
static int wait_and_compare(struct barco_handshake *handshake, int expected)
{
    int fds[BARCO_HANDSHAKE_MAX], count;
    int result = barco_handshake_wait(handshake, fds, &count);

    if (result < 0)
        return result == -ECANCELED ? 1 : 2;
    if (count != expected)
        return 3;
    for (int i = 0; i < count; i++)
        if (!is_file(fds[i], files[i]))
            return 4;
        else if (!(fcntl(fds[i], F_GETFD) & FD_CLOEXEC))
            return 5;
    return 42;
}

/* As the kernel counts them. */
static int fds_open(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static int shake_hands(int count)
{
    BARCO_CLEANUP(barco_handshake_close)
    struct barco_handshake handshake = BARCO_NO_HANDSHAKE;
    int fds[BARCO_HANDSHAKE_MAX], before;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&handshake, count));
    for (int i = 0; i < count; i++)
        fds[i] = open(files[i], O_PATH | O_CLOEXEC);
    before = fds_open();
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, fds, count), 0);
    /* The descriptors are the child's now, and the handshake is over. */
    CU_ASSERT_EQUAL(fds_open(), before - count - 2);
    for (int i = 0; i < count; i++)
        CU_ASSERT_EQUAL(fds[i], -1);
    return wait_stage(pid);
}

static void the_child_goes_on_when_told(void)
{
    CU_ASSERT_EQUAL(shake_hands(0), 42);
}

static void a_descriptor_comes_along(void)
{
    CU_ASSERT_EQUAL(shake_hands(1), 42);
}

static void several_descriptors_come_in_order(void)
{
    CU_ASSERT_EQUAL(shake_hands(3), 42);
    CU_ASSERT_EQUAL(shake_hands(BARCO_HANDSHAKE_MAX), 42);
}

static void too_many_descriptors_are_refused(void)
{
    BARCO_CLEANUP(barco_handshake_close)
    struct barco_handshake handshake = BARCO_NO_HANDSHAKE;
    int fds[BARCO_HANDSHAKE_MAX + 1] = { 0 };

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    barco_error_set_sink(be_quiet, NULL);
    CU_ASSERT_EQUAL(
        barco_handshake_release(&handshake, fds, BARCO_HANDSHAKE_MAX + 1),
        -EINVAL);
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, fds, -1), -EINVAL);
    barco_error_set_sink(NULL, NULL);
}

static void the_child_waits_until_then(void)
{
    BARCO_CLEANUP(barco_handshake_close)
    struct barco_handshake handshake = BARCO_NO_HANDSHAKE;
    int status;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&handshake, 0));
    CU_ASSERT_TRUE(eventually(is_waiting, &pid));
    CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), 0);
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, NULL, 0), 0);
    CU_ASSERT_EQUAL(wait_stage(pid), 42);
}

static void end_of_file_means_that_the_parent_failed(void)
{
    struct barco_handshake handshake = BARCO_NO_HANDSHAKE;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&handshake, 0));
    barco_handshake_close(&handshake);
    CU_ASSERT_EQUAL(wait_stage(pid), 1);
}

SUITE("handshake",
      { "the child goes on when told", the_child_goes_on_when_told },
      { "a descriptor comes along", a_descriptor_comes_along },
      { "several descriptors come in order",
        several_descriptors_come_in_order },
      { "too many descriptors are refused", too_many_descriptors_are_refused },
      { "the child waits until then", the_child_waits_until_then },
      { "end of file means that the parent failed",
        end_of_file_means_that_the_parent_failed })
