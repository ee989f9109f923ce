/**
 * @file
 * @brief The child waits, gets descriptors, answers, and reports its errors.
 */
#include "barco/handshake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

/* Files that are different from each other. */
static const char *const files[] = {
    "/",       "/dev",      "/dev/null", "/dev/zero",   "/dev/full", "/dev/tty",
    "/proc",   "/proc/sys", "/etc",      "/etc/passwd", "/tmp",      "/sys",
    "/sys/fs", "/proc/fs",  "/dev/pts",  "/dev/random",
};

static const char *nth_file(int i)
{
    return files[(size_t)i % (sizeof(files) / sizeof(files[0]))];
}

static bool is_file(int fd, const char *path)
{
    struct stat got, want;

    return fstat(fd, &got) == 0 && stat(path, &want) == 0 &&
           got.st_ino == want.st_ino && got.st_dev == want.st_dev;
}

static struct barco_fds open_files(int count)
{
    struct barco_fds fds = { .count = count };

    for (int i = 0; i < count; i++)
        fds.fd[i] = open(nth_file(i), O_PATH | O_CLOEXEC);
    return fds;
}

/* 42 when so many came, the right ones, in order, and close-on-exec. */
static int compare(const struct barco_fds *fds, int expected)
{
    if (fds->count != expected)
        return 3;
    for (int i = 0; i < fds->count; i++)
        if (!is_file(fds->fd[i], nth_file(i)))
            return 4;
        else if (!(fcntl(fds->fd[i], F_GETFD) & FD_CLOEXEC))
            return 5;
    return 42;
}

/* The child's exit status. */
static int wait_and_compare(struct barco_handshake *handshake, int expected)
{
    struct barco_fds fds;
    int result = barco_handshake_wait(handshake, &fds);

    if (result < 0)
        return result == -ECANCELED ? 1 : 2;
    return compare(&fds, expected);
}

/* As the kernel counts them. */
static int fds_open(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* ---- The parent lets go ---------------------------------------------------
 */

static int shake_hands(int count)
{
    BARCO_CLEANUP(barco_handshake_close)
    struct barco_handshake handshake = BARCO_NO_HANDSHAKE;
    struct barco_fds fds;
    int before;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_and_compare(&handshake, count));
    fds = open_files(count);
    before = fds_open();
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, &fds), 0);
    /* The descriptors are the child's now, and so is its end. */
    CU_ASSERT_EQUAL(fds_open(), before - count - 1);
    CU_ASSERT_EQUAL(fds.count, 0);
    return wait_stage(pid);
}

static void the_child_continues_when_it_is_released(void)
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
    CU_ASSERT_EQUAL(shake_hands(BARCO_FDS_MAX), 42);
}

static void too_many_descriptors_are_refused(void)
{
    BARCO_CLEANUP(barco_handshake_close)
    struct barco_handshake handshake = BARCO_NO_HANDSHAKE;
    struct barco_fds fds = { .count = BARCO_FDS_MAX + 1 };

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    barco_error_set_sink(be_quiet, NULL);
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, &fds), -EINVAL);
    fds.count = -1;
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, &fds), -EINVAL);
    barco_error_set_sink(NULL, NULL);
}

static int wait_with_little_room(struct barco_handshake *handshake)
{
    struct rlimit limit = { (rlim_t)handshake->child + 3,
                            (rlim_t)handshake->child + 3 };
    struct barco_fds fds;
    int before, result;

    barco_error_set_sink(be_quiet, NULL);
    setrlimit(RLIMIT_NOFILE, &limit);
    before = fds_open();
    result = barco_handshake_wait(handshake, &fds);
    if (result != -EMFILE)
        return 2;
    /* The parent's end is gone, and none of those that came is left. */
    return fds.count == 0 && fds_open() == before - 1 ? 42 : 3;
}

static void when_there_is_no_room_for_all_none_is_taken(void)
{
    BARCO_CLEANUP(barco_handshake_close)
    struct barco_handshake handshake = BARCO_NO_HANDSHAKE;
    struct barco_fds fds;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    pid = fork();
    if (pid == 0)
        _exit(wait_with_little_room(&handshake));
    fds = open_files(10);
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, &fds), 0);
    CU_ASSERT_EQUAL(wait_stage(pid), 42);
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
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, NULL), 0);
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

/* ---- The child answers ----------------------------------------------------
 */

static struct barco_handshake handshake;
static struct barco_handshake_error error;
static struct barco_fds came;

/* Starts a child, lets go, and follows: its exit status. */
static int follow(int (*main)(void *arg), void *arg)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;
    int before = fds_open();

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    CU_ASSERT_EQUAL_FATAL(barco_process_spawn(&child, 0, main, arg), 0);
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, NULL), 0);
    CU_ASSERT_EQUAL(barco_handshake_follow(&handshake, &child, &came, &error),
                    0);
    /* The handshake is over; the child's pidfd is still there. */
    CU_ASSERT_EQUAL(fds_open(), before + 1 + came.count);
    return barco_process_wait(&child);
}

static int ready_and_exec(void *arg)
{
    static char sleep[] = "sleep", seconds[] = "1000";
    char *argv[] = { sleep, seconds, NULL };
    struct barco_fds fds = open_files(*(int *)arg);

    if (barco_handshake_wait(&handshake, NULL) < 0 ||
        barco_handshake_ready(&handshake, &fds) < 0 || fds.count != 0)
        return 1;
    return barco_process_exec(argv);
}

/* What the kernel says of it, in the very moment that follow() returns. */
static bool runs_sleep(pid_t pid)
{
    char path[64], text[64];

    snprintf(path, sizeof(path), "/proc/%d/comm", pid);
    return strcmp(read_text(path, text, sizeof(text)), "sleep\n") == 0;
}

static void follow_ends_when_the_command_has_begun(void)
{
    static const int counts[] = { 0, 1, BARCO_FDS_MAX };

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        BARCO_CLEANUP(barco_process_end)
        struct barco_process child = BARCO_NO_PROCESS;
        int count = counts[i];

        CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
        CU_ASSERT_EQUAL(barco_process_spawn(&child, 0, ready_and_exec, &count),
                        0);
        CU_ASSERT_EQUAL(barco_handshake_release(&handshake, NULL), 0);
        CU_ASSERT_EQUAL(
            barco_handshake_follow(&handshake, &child, &came, &error), 0);
        CU_ASSERT_TRUE(runs_sleep(child.pid));
        CU_ASSERT_EQUAL(compare(&came, count), 42);
        CU_ASSERT_EQUAL(error.error.err, 0);
        barco_fds_close(&came);
    }
}

static int fail(void *arg)
{
    (void)arg;
    if (barco_handshake_wait(&handshake, NULL) < 0)
        return 1;
    barco_error_set_sink(barco_handshake_report, &handshake);
    BARCO_STEP("enter the root directory");
    errno = ENOSPC;
    barco_error_report("openat2", errno, "open_master", "there.c", 77, "\"%s\"",
                       "/dev/pts/ptmx");
    errno = EIO;
    return BARCO_FAIL(second, "is not kept");
}

static void an_error_arrives_whole(void)
{
    const struct barco_error *e = &error.error;

    barco_error_set_sink(remember_error, NULL);
    CU_ASSERT_EQUAL(follow(fail, NULL), BARCO_EXIT_FAILED);
    barco_error_set_sink(NULL, NULL);
    CU_ASSERT_EQUAL_FATAL(e->err, ENOSPC);
    CU_ASSERT_STRING_EQUAL(e->step, "enter the root directory");
    CU_ASSERT_STRING_EQUAL(e->call, "openat2");
    CU_ASSERT_STRING_EQUAL(e->args, "\"/dev/pts/ptmx\"");
    CU_ASSERT_PTR_NOT_NULL(strstr(e->cause, "all pseudoterminals are in use"));
    CU_ASSERT_PTR_NOT_NULL(strstr(e->fix, "sysctl kernel.pty.max"));
    CU_ASSERT_STRING_EQUAL(e->func, "open_master");
    CU_ASSERT_STRING_EQUAL(e->file, "there.c");
    CU_ASSERT_EQUAL(e->line, 77);
    /* Further ones are delivered, and not lost. */
    CU_ASSERT_STRING_EQUAL(remembered.args, "is not kept");
}

static int fail_with_long_and_missing_texts(void *arg)
{
    char text[1000];

    (void)arg;
    if (barco_handshake_wait(&handshake, NULL) < 0)
        return 1;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    barco_handshake_report(
        &(struct barco_error){
            .call = text, .err = EIO, .func = "\033[2J", .file = "f" },
        &handshake);
    return 3;
}

static void long_texts_are_cut_and_do_the_terminal_no_harm(void)
{
    CU_ASSERT_EQUAL(follow(fail_with_long_and_missing_texts, NULL), 3);
    CU_ASSERT_EQUAL_FATAL(error.error.err, EIO);
    CU_ASSERT_EQUAL(strlen(error.error.call), 255);
    CU_ASSERT_PTR_NULL(error.error.step);
    CU_ASSERT_PTR_NULL(error.error.cause);
    CU_ASSERT_PTR_NULL(error.error.fix);
    CU_ASSERT_STRING_EQUAL(error.error.func, "\\x1b[2J");
}

static int die_without_a_word(void *arg)
{
    (void)arg;
    barco_handshake_wait(&handshake, NULL); /* or the release may fail */
    kill(getpid(), SIGKILL);
    return 1;
}

static void a_child_that_dies_without_a_word_ends_the_start(void)
{
    CU_ASSERT_EQUAL(follow(die_without_a_word, NULL), 128 + SIGKILL);
    CU_ASSERT_EQUAL(error.error.err, 0);
    CU_ASSERT_EQUAL(came.count, 0);
}

static int holds_copy[2];

/* Another process has the child's end as well, until we say so, and no end of
 * file comes. */
static int die_and_leave_a_copy(void *arg)
{
    if (fork() == 0) {
        struct pollfd until = { .fd = holds_copy[0], .events = POLLIN };

        close(holds_copy[1]);
        poll(&until, 1, 20000);
        _exit(0);
    }
    return fail(arg);
}

static void a_copy_of_its_end_does_not_hide_the_child_s(void)
{
    struct timespec begin, end;

    CU_ASSERT_EQUAL_FATAL(pipe2(holds_copy, O_CLOEXEC), 0);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    barco_error_set_sink(be_quiet, NULL);
    CU_ASSERT_EQUAL(follow(die_and_leave_a_copy, NULL), BARCO_EXIT_FAILED);
    barco_error_set_sink(NULL, NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CU_ASSERT(end.tv_sec - begin.tv_sec < 15);
    CU_ASSERT_EQUAL(error.error.err, ENOSPC);
    close(holds_copy[0]);
    close(holds_copy[1]);
}

/* Both are created before either is released, and they begin in the opposite
 * order. */
static void two_children_are_followed_in_any_order(void)
{
    struct barco_handshake pairs[2] = { BARCO_NO_HANDSHAKE,
                                        BARCO_NO_HANDSHAKE };
    struct barco_process child[2] = { BARCO_NO_PROCESS, BARCO_NO_PROCESS };
    int counts[] = { 1, 2 };

    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
        CU_ASSERT_EQUAL(
            barco_process_spawn(&child[i], 0, ready_and_exec, &counts[i]), 0);
        barco_close(&handshake.child);
        pairs[i] = handshake;
    }
    for (int i = 1; i >= 0; i--) {
        CU_ASSERT_EQUAL(barco_handshake_release(&pairs[i], NULL), 0);
        CU_ASSERT_EQUAL(
            barco_handshake_follow(&pairs[i], &child[i], &came, &error), 0);
        CU_ASSERT_TRUE(runs_sleep(child[i].pid));
        CU_ASSERT_EQUAL(compare(&came, counts[i]), 42);
        barco_fds_close(&came);
    }
    barco_process_end(&child[0]);
    barco_process_end(&child[1]);
}

static int send_and_hang(void *arg)
{
    kill(getppid(), *(int *)arg);
    return wait_for_ever(NULL);
}

static void signals_end_the_start(void)
{
    int term = SIGTERM, interrupt = SIGINT;

    CU_ASSERT_EQUAL(follow(send_and_hang, &term), 128 + SIGTERM);
    CU_ASSERT_EQUAL(follow(send_and_hang, &interrupt), 128 + SIGINT);
}

/* ---- What is no message ---------------------------------------------------
 */

static struct {
    char bytes[4096];
    size_t size;
} raw;

/* The child of a container that has been taken over. */
static int send_raw(void *arg)
{
    (void)arg;
    if (barco_handshake_wait(&handshake, NULL) < 0)
        return 1;
    return send(handshake.child, raw.bytes, raw.size, MSG_NOSIGNAL) < 0;
}

static int follow_raw(void)
{
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;
    int result;

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&handshake), 0);
    CU_ASSERT_EQUAL_FATAL(barco_process_spawn(&child, 0, send_raw, NULL), 0);
    CU_ASSERT_EQUAL(barco_handshake_release(&handshake, NULL), 0);
    barco_error_set_sink(be_quiet, NULL);
    result = barco_handshake_follow(&handshake, &child, &came, &error);
    barco_error_set_sink(NULL, NULL);
    return result;
}

/* A real one of an error, to be spoiled: read where the parent would. */
static void take_a_real_one(void)
{
    BARCO_CLEANUP(barco_handshake_close)
    struct barco_handshake pair = BARCO_NO_HANDSHAKE;

    CU_ASSERT_EQUAL_FATAL(barco_handshake_open(&pair), 0);
    barco_handshake_report(
        &(struct barco_error){
            .call = "call", .err = EIO, .func = "func", .file = "file" },
        &pair);
    raw.size = (size_t)recv(pair.parent, raw.bytes, sizeof(raw.bytes), 0);
}

static void what_is_not_a_message_is_refused(void)
{
    static const int no_kinds[] = { 0, 1 /* go */, 4, -1 };

    take_a_real_one();
    CU_ASSERT_EQUAL(follow_raw(), 0);
    CU_ASSERT_EQUAL(error.error.err, EIO);
    for (size_t i = 0; i < sizeof(no_kinds) / sizeof(no_kinds[0]); i++) {
        take_a_real_one();
        memcpy(raw.bytes, &no_kinds[i], sizeof(int));
        CU_ASSERT_EQUAL(follow_raw(), -EPROTO);
    }
    take_a_real_one();
    raw.size -= 1;
    CU_ASSERT_EQUAL(follow_raw(), -EPROTO);
    take_a_real_one();
    raw.size += 1;
    CU_ASSERT_EQUAL(follow_raw(), -EPROTO);
    take_a_real_one();
    memset(raw.bytes + 4, 0, sizeof(int)); /* errno 0 */
    CU_ASSERT_EQUAL(follow_raw(), -EPROTO);
    CU_ASSERT_EQUAL(error.error.err, 0);
    /* Of the last text, and of the first, no byte ends it. */
    take_a_real_one();
    memset(raw.bytes + raw.size - 256, 'x', 256);
    CU_ASSERT_EQUAL(follow_raw(), -EPROTO);
    take_a_real_one();
    memset(raw.bytes + 12, 'x', 256);
    CU_ASSERT_EQUAL(follow_raw(), -EPROTO);
}

/* With nobody at the other end. */
static int fail_alone(void *arg)
{
    int ends[2];
    char text[2048] = "";

    (void)arg;
    if (pipe(ends) < 0 || dup2(ends[1], STDERR_FILENO) < 0 ||
        barco_handshake_open(&handshake) < 0)
        return 1;
    barco_close(&handshake.parent);
    barco_error_set_sink(barco_handshake_report, &handshake);
    errno = EIO;
    BARCO_FAIL(first, "is printed");
    errno = EIO;
    BARCO_FAIL(second, "is too");
    if (read(ends[0], text, sizeof(text) - 1) < 0)
        return 1;
    return strstr(text, "is printed") && strstr(text, "is too") ? 42 : 2;
}

static void an_error_that_cannot_be_sent_is_printed(void)
{
    CU_ASSERT_EQUAL(run_in(0, fail_alone, NULL), 42);
}

SUITE("handshake",
      { "the child continues when it is released",
        the_child_continues_when_it_is_released },
      { "a descriptor comes along", a_descriptor_comes_along },
      { "several descriptors come in order",
        several_descriptors_come_in_order },
      { "too many descriptors are refused", too_many_descriptors_are_refused },
      { "when there is no room for all, none is taken",
        when_there_is_no_room_for_all_none_is_taken },
      { "the child waits until then", the_child_waits_until_then },
      { "end of file means that the parent failed",
        end_of_file_means_that_the_parent_failed },
      { "follow ends when the command has begun",
        follow_ends_when_the_command_has_begun },
      { "an error arrives whole", an_error_arrives_whole },
      { "long texts are cut, and do the terminal no harm",
        long_texts_are_cut_and_do_the_terminal_no_harm },
      { "a child that dies without a word ends the start",
        a_child_that_dies_without_a_word_ends_the_start },
      { "a copy of its end does not hide the child's",
        a_copy_of_its_end_does_not_hide_the_child_s },
      { "two children are followed in any order",
        two_children_are_followed_in_any_order },
      { "signals end the start", signals_end_the_start },
      { "what is not a message is refused", what_is_not_a_message_is_refused },
      { "an error that cannot be sent is printed",
        an_error_that_cannot_be_sent_is_printed })
