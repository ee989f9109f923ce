/**
 * @file
 * @brief Whether a mount stays in its namespace.
 *
 * The program itself stays outside the new namespace, so its list of mounts
 * shows what got out.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tutorials/check/check.h"

static const char *new_folder(void)
{
    const char *path = text("%s/%s", folder(), seeded_word());

    mkdir(path, 0777);
    chmod(path, 0777);
    return path;
}

/* Starts a command with an empty FOLDER. */
static pid_t start_with(const char *folder, pid_t *command)
{
    pid_t program = start(folder, "sleep", "1000", NULL);

    *command = find_in(program, "sleep");
    return program;
}

static bool is_tmpfs(const char *mount)
{
    return strstr(mount, " - tmpfs ") != NULL;
}

static void the_command_has_it(void)
{
    const char *folder = new_folder();
    pid_t command;

    start_with(folder, &command);
    expect(is_tmpfs(mount_of(command, folder)),
           text("the command's mountinfo has a tmpfs on %s", folder),
           "it is \"%s\"", mount_of(command, folder));
}

static void it_stays_inside(void)
{
    const char *folder = new_folder();
    pid_t command, program = start_with(folder, &command);

    expect_text(text("outside, the mountinfo of %s", folder),
                mount_of(program, folder), "");
}

/* /dev is a mount of its own, and so has a peer group of its own. */
static void below_another_mount_too(void)
{
    pid_t command, program = start_with("/dev", &command);

    expect(is_tmpfs(mount_of(command, "/dev")),
           "the command's mountinfo has a tmpfs on /dev", "it is \"%s\"",
           mount_of(command, "/dev"));
    expect(!is_tmpfs(mount_of(program, "/dev")),
           "outside, no tmpfs is mounted on /dev", "its mountinfo is \"%s\"",
           mount_of(program, "/dev"));
}

/* Mounts a tmpfs in the mount namespace of a process. */
static bool mount_in(pid_t pid, const char *point)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        _exit(setns(open(text("/proc/%d/ns/mnt", pid), O_RDONLY | O_CLOEXEC),
                    CLONE_NEWNS) < 0 ||
              mount("tmpfs", point, "tmpfs", 0, NULL) < 0);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void what_comes_later_comes_in(void)
{
    const char *disk = new_folder();
    pid_t command, program = start_with(new_folder(), &command);

    if (command == 0 ||
        !expect(mount_in(program, disk),
                text("outside, a tmpfs is mounted on %s", disk), "this failed"))
        return;
    expect(is_tmpfs(mount_of(command, disk)),
           text("the command's mountinfo has it on %s, too", disk),
           "it is \"%s\"", mount_of(command, disk));
}

static bool is_shared(pid_t pid, const char *point)
{
    return strstr(mount_of(pid, point), " shared:") != NULL;
}

static void outside_they_are_still_shared(void)
{
    pid_t command, program = start_with(new_folder(), &command);

    expect(is_shared(program, "/"), "outside, the mount of / is shared",
           "its mountinfo is \"%s\"", mount_of(program, "/"));
    expect(is_shared(program, "/dev"), "outside, the mount of /dev is shared",
           "its mountinfo is \"%s\"", mount_of(program, "/dev"));
}

static void the_status_is_the_commands(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, new_folder(), "sh", "-c", text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
}

EXERCISE("03_mount", "leaking_mount", AS_NAMESPACE_ROOT,
         { "the command has the mount", the_command_has_it },
         { "nobody outside has it", it_stays_inside },
         { "nor if FOLDER lies on another mount", below_another_mount_too },
         { "what is mounted outside later comes in",
           what_comes_later_comes_in },
         { "outside, mounts are still shared", outside_they_are_still_shared },
         { "the exit status is the command's", the_status_is_the_commands })
