/**
 * @file
 * @brief The child waits, gets descriptors, and notices a parent that is gone.
 */
#include "barco/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/suite.h"

/* What is sent along: these files, in this order. */
static const char *const files[] = { "/etc/passwd", "/proc", "/bin" };

/* The child's exit status: 42 when go on came along with so many files. */
static int wait_and_compare(struct barco_sync *sync, int expected)
{
    struct stat got, want;
    int fds[BARCO_SYNC_MAX], count;
    int result = barco_sync_wait(sync, fds, &count);

    if (result < 0)
        return result == -ECANCELED ? 1 : 2;
    if (count != expected)
        return 3;
    for (int i = 0; i < count; i++)
        if (fstat(fds[i], &got) < 0 || stat(files[i], &want) < 0 ||
            got.st_ino != want.st_ino || got.st_dev != want.st_dev)
            return 4;
    return 42;
}

static int status_of(pid_t pid)
{
    int status;

    return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : -1;
}

static int handshake(int count)
{
    BARCO_CLEANUP(barco_sync_close) struct barco_sync sync = BARCO_NO_SYNC;
    int fds[BARCO_SYNC_MAX];
    pid_t pid;

    for (int i = 0; i < count; i++)
        fds[i] = open(files[i], O_PATH | O_CLOEXEC);
    CU_ASSERT_EQUAL_FATAL(barco_sync_open(&sync), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&sync, count));
    CU_ASSERT_EQUAL(barco_sync_go(&sync, fds, count), 0);
    for (int i = 0; i < count; i++)
        close(fds[i]);
    return status_of(pid);
}

static void the_child_goes_on_when_told(void)
{
    CU_ASSERT_EQUAL(handshake(0), 42);
}

static void descriptors_come_along_in_order(void)
{
    CU_ASSERT_EQUAL(handshake(1), 42);
    CU_ASSERT_EQUAL(handshake(3), 42);
}

static void the_child_waits_until_then(void)
{
    BARCO_CLEANUP(barco_sync_close) struct barco_sync sync = BARCO_NO_SYNC;
    int status;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_sync_open(&sync), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&sync, 0));
    usleep(100000);
    CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), 0);
    CU_ASSERT_EQUAL(barco_sync_go(&sync, NULL, 0), 0);
    CU_ASSERT_EQUAL(status_of(pid), 42);
}

static void end_of_file_means_that_the_parent_failed(void)
{
    struct barco_sync sync = BARCO_NO_SYNC;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_sync_open(&sync), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&sync, 0));
    barco_sync_close(&sync);
    CU_ASSERT_EQUAL(status_of(pid), 1);
}

SUITE("sync", { "the child goes on when told", the_child_goes_on_when_told },
      { "descriptors come along in order", descriptors_come_along_in_order },
      { "the child waits until then", the_child_waits_until_then },
      { "end of file means that the parent failed",
        end_of_file_means_that_the_parent_failed })
