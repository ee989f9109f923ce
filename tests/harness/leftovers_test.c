/**
 * @file
 * @brief Whatever is left behind is noticed: each kind is, once.
 */
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"

/* What is said to be left now. */
static const char *left(const struct leftovers *before)
{
    const struct leftovers now = count_leftovers();
    const char *what = left_between(before, &now);

    return what ? what : "nothing";
}

static void nothing_left_is_not_reported(void)
{
    const struct leftovers before = count_leftovers();

    CU_ASSERT_STRING_EQUAL(left(&before), "nothing");
}

static void a_process_is_noticed(void)
{
    const struct leftovers before = count_leftovers();
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            pause();
    CU_ASSERT_STRING_EQUAL(left(&before), "processes");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    CU_ASSERT_STRING_EQUAL(left(&before), "nothing");
}

static void a_mount_is_noticed(void)
{
    const struct leftovers before = count_leftovers();

    CU_ASSERT_EQUAL(mount("left", "/root", "tmpfs", 0, NULL), 0);
    CU_ASSERT_STRING_EQUAL(left(&before), "mounts");
    CU_ASSERT_EQUAL(umount("/root"), 0);
}

static void a_file_is_noticed(void)
{
    char path[] = "/tmp/leftXXXXXX";
    const struct leftovers before = count_leftovers();

    CU_ASSERT_PTR_NOT_NULL(mkdtemp(path));
    CU_ASSERT_STRING_EQUAL(left(&before), "files");
    CU_ASSERT_EQUAL(rmdir(path), 0);
}

/* Below the one of this test, which has no controllers to give. */
static void a_cgroup_is_noticed(void)
{
    const struct leftovers before = count_leftovers();
    char own[256], path[512];

    read_text("/proc/self/cgroup", own, sizeof(own));
    own[strcspn(own, "\n")] = '\0';
    snprintf(path, sizeof(path), "/sys/fs/cgroup%s/left", own + 3);
    CU_ASSERT_EQUAL(mkdir(path, 0755), 0);
    CU_ASSERT_STRING_EQUAL(left(&before), "cgroups");
    CU_ASSERT_EQUAL(rmdir(path), 0);
}

static void a_descriptor_is_noticed(void)
{
    const struct leftovers before = count_leftovers();
    int fd = open("/", O_PATH | O_CLOEXEC);

    CU_ASSERT_STRING_EQUAL(left(&before), "descriptors");
    close(fd);
}

/* In another process: its descriptors are not counted. */
static void an_inotify_instance_is_noticed(void)
{
    struct leftovers before;
    int ready[2] = { -1, -1 }, go[2] = { -1, -1 };
    char byte = 0;
    pid_t pid;

    CU_ASSERT_FATAL(pipe2(ready, O_CLOEXEC) == 0 && pipe2(go, O_CLOEXEC) == 0);
    pid = fork();
    if (pid == 0)
        _exit(!(read(go[0], &byte, 1) == 1 && inotify_init1(IN_CLOEXEC) >= 0 &&
                write(ready[1], &byte, 1) == 1 && pause()));
    before = count_leftovers();
    CU_ASSERT_EQUAL(write(go[1], &byte, 1), 1);
    CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
    CU_ASSERT_STRING_EQUAL(left(&before), "watchers");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(go[i]);
    }
}

static void enable_controllers(const char *what)
{
    int fd =
        open("/sys/fs/cgroup/cgroup.subtree_control", O_WRONLY | O_CLOEXEC);

    CU_ASSERT_EQUAL(write(fd, what, strlen(what)), (ssize_t)strlen(what));
    close(fd);
}

static void a_controller_is_noticed(void)
{
    struct leftovers before;

    enable_controllers("-cpuset");
    before = count_leftovers();
    enable_controllers("+cpuset");
    CU_ASSERT_STRING_EQUAL(left(&before), "controllers");
    /* One that is taken away may be what others rely on. */
    before = count_leftovers();
    enable_controllers("-cpuset");
    CU_ASSERT_STRING_EQUAL(left(&before), "controllers");
}

static void only_controllers_that_were_asked_for_may_be_added(void)
{
    static const char before[] = "a: cpu\nb: cpu io\n",
                      more[] = "a: cpu pids\nb: cpu io\n",
                      less[] = "a: cpu\nb: cpu\n";

    CU_ASSERT_FALSE(controllers_changed(before, before, ""));
    CU_ASSERT_FALSE(controllers_changed(before, more, "pids memory"));
    CU_ASSERT_TRUE(controllers_changed(before, more, "memory"));
    CU_ASSERT_TRUE(controllers_changed("a: cpu\n", "a: cpu cpuset\n", "pids"));
    CU_ASSERT_TRUE(controllers_changed(before, less, "cpu io"));
    CU_ASSERT_TRUE(controllers_changed(before, "a: cpu\n", ""));
}

/* In a child, on a terminal of its own. */
static void a_setting_of_the_terminal_is_noticed(void)
{
    struct leftovers before;
    struct termios settings;
    int terminal;
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

    if (pid == 0) {
        before = count_leftovers();
        if (strcmp(left(&before), "nothing") != 0 ||
            tcgetattr(STDIN_FILENO, &settings) < 0)
            _exit(1);
        settings.c_lflag &= ~(tcflag_t)ECHO;
        if (tcsetattr(STDIN_FILENO, TCSANOW, &settings) < 0)
            _exit(2);
        _exit(strcmp(left(&before), "settings of the terminal") == 0 ? 42 : 3);
    }
    CU_ASSERT_EQUAL(wait_stage(pid), 42);
    close(terminal);
}

SUITE("leftovers",
      { "nothing left is not reported", nothing_left_is_not_reported },
      { "a process is noticed", a_process_is_noticed },
      { "a mount is noticed", a_mount_is_noticed, AS_ROOT },
      { "a file is noticed", a_file_is_noticed },
      { "a cgroup is noticed", a_cgroup_is_noticed },
      { "a descriptor is noticed", a_descriptor_is_noticed },
      { "an inotify instance is noticed", an_inotify_instance_is_noticed },
      { "a controller is noticed", a_controller_is_noticed, AS_ROOT },
      { "only controllers that were asked for may be added",
        only_controllers_that_were_asked_for_may_be_added },
      { "a setting of the terminal is noticed",
        a_setting_of_the_terminal_is_noticed })
