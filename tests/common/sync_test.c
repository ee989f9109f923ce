/**
 * @file
 * @brief The child waits, gets a descriptor, and notices a parent that is gone.
 */
#include "barco/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/suite.h"

/* The child's exit status: 42 when go on came along with this file. */
static int wait_and_compare(struct barco_sync *sync, const char *expected)
{
    struct stat got, want;
    int fd;
    int result = barco_sync_wait(sync, &fd);

    if (result < 0)
        return result == -ECANCELED ? 1 : 2;
    if (!expected)
        return fd == -1 ? 42 : 3;
    if (fstat(fd, &got) < 0 || stat(expected, &want) < 0)
        return 4;
    return got.st_ino == want.st_ino && got.st_dev == want.st_dev ? 42 : 5;
}

static int status_of(pid_t pid)
{
    int status;

    return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : -1;
}

static int handshake(const char *path)
{
    BARCO_CLEANUP(barco_sync_close) struct barco_sync sync = BARCO_NO_SYNC;
    BARCO_CLEANUP(barco_close)
    int fd = path ? open(path, O_PATH | O_CLOEXEC) : -1;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_sync_open(&sync), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&sync, path));
    CU_ASSERT_EQUAL(barco_sync_go(&sync, fd), 0);
    return status_of(pid);
}

static void the_child_goes_on_when_told(void)
{
    CU_ASSERT_EQUAL(handshake(NULL), 42);
}

static void a_descriptor_comes_along(void)
{
    CU_ASSERT_EQUAL(handshake("/etc/passwd"), 42);
}

static void the_child_waits_until_then(void)
{
    BARCO_CLEANUP(barco_sync_close) struct barco_sync sync = BARCO_NO_SYNC;
    int status;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_sync_open(&sync), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&sync, NULL));
    usleep(100000);
    CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), 0);
    CU_ASSERT_EQUAL(barco_sync_go(&sync, -1), 0);
    CU_ASSERT_EQUAL(status_of(pid), 42);
}

static void end_of_file_means_that_the_parent_failed(void)
{
    struct barco_sync sync = BARCO_NO_SYNC;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_sync_open(&sync), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&sync, NULL));
    barco_sync_close(&sync);
    CU_ASSERT_EQUAL(status_of(pid), 1);
}

SUITE("sync", { "the child goes on when told", the_child_goes_on_when_told },
      { "a descriptor comes along", a_descriptor_comes_along },
      { "the child waits until then", the_child_waits_until_then },
      { "end of file means that the parent failed",
        end_of_file_means_that_the_parent_failed })
