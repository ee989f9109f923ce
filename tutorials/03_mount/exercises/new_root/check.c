/**
 * @file
 * @brief Whether a command has another root that it cannot change, and the old
 * one is gone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* BusyBox needs no library, so a root of one file is enough. */
static void copy_busybox(const char *path)
{
    int in = open("/bin/busybox", O_RDONLY | O_CLOEXEC);
    int out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

    if (in < 0 || out < 0)
        abort();
    while (sendfile(out, in, NULL, 1 << 20) > 0)
        ;
    close(in);
    close(out);
}

/* A folder with /bin/sh, /bin/sleep, and an empty file that is called like the
   folder. */
static const char *new_folder(void)
{
    const char *name = seeded_word(), *root = text("%s/%s", folder(), name);
    int fd;

    mkdir(root, 0755);
    mkdir(text("%s/bin", root), 0755);
    copy_busybox(text("%s/bin/sh", root));
    if (link(text("%s/bin/sh", root), text("%s/bin/sleep", root)) < 0)
        abort();
    fd = open(text("%s/%s", root, name), O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        abort();
    close(fd);
    return root;
}

static const char *without_newline(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static void dir_is_its_root(void)
{
    const char *root = new_folder(), *name = strrchr(root, '/');
    struct run run;

    run_to_end(&run, root, "/bin/sh", "-c", "echo /*", NULL);
    expect_text("what `echo /*` prints", without_newline(run.out),
                strcmp(name, "/bin") < 0 ? text("%s /bin", name)
                                         : text("/bin %s", name));
}

static const char *root_of(pid_t pid)
{
    char path[4096] = "";

    return readlink(text("/proc/%d/root", pid), path, sizeof(path) - 1) < 0
               ? ""
               : text("%s", path);
}

static void it_is_the_root_of_its_mounts(void)
{
    const char *root = new_folder();
    pid_t command = find_in(start(root, "/bin/sleep", "1000", NULL), "sleep");

    expect_text("from outside, /proc/PID/root of the command", root_of(command),
                "/");
    expect(strstr(mount_of(command, "/"), strrchr(root, '/')) != NULL,
           text("the command's root mount is %s", root),
           "its mountinfo is \"%s\"", mount_of(command, "/"));
}

static int lines(const char *text)
{
    int n = *text != '\0';

    while ((text = strchr(text, '\n'))) {
        text++;
        n++;
    }
    return n;
}

static void it_has_no_other_mount(void)
{
    pid_t command =
        find_in(start(new_folder(), "/bin/sleep", "1000", NULL), "sleep");

    expect_number("the number of mounts that the command has",
                  lines(file_text("/proc/%d/mountinfo", command)), 1);
}

static void it_cannot_change_dir(void)
{
    const char *root = new_folder(), *name = seeded_word();
    struct run run;

    /* Not its permissions should protect it. */
    chmod(root, 0777);
    run_to_end(&run, root, "/bin/sh", "-c",
               text("(echo >/%s) && exit 1; exit 42", name), NULL);
    expect(run.status == 42 && access(text("%s/%s", root, name), F_OK) != 0,
           text("the command fails to make the file /%s", name),
           "it ended with %d, %s", run.status,
           access(text("%s/%s", root, name), F_OK) == 0
               ? "and DIR has the file"
               : "and DIR has no file");
}

static bool has_option(const char *mount, const char *option)
{
    char options[256] = "";

    sscanf(mount, "%*s %*s %*s %*s %*s %255s", options);
    return strstr(text(",%s,", options), text(",%s,", option)) != NULL;
}

static void its_mount_is_protected(void)
{
    pid_t command =
        find_in(start(new_folder(), "/bin/sleep", "1000", NULL), "sleep");
    const char *mount = mount_of(command, "/");

    expect(has_option(mount, "nodev") && has_option(mount, "nosuid"),
           "the command's root mount is nodev and nosuid",
           "its mountinfo is \"%s\"", mount);
}

static void outside_nothing_has_changed(void)
{
    const char *root = new_folder();
    pid_t program = start(root, "/bin/sleep", "1000", NULL);

    find_in(program, "sleep");
    expect_number("outside, the number of mounts",
                  lines(file_text("/proc/%d/mountinfo", program)),
                  lines(file_text("/proc/self/mountinfo")));
    expect_text("outside, /proc/PID/root", root_of(program), "/");
}

static void the_status_is_the_commands(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, new_folder(), "/bin/sh", "-c", text("exit %ld", status),
               NULL);
    expect_number("the exit status", run.status, status);
}

EXERCISE("03_mount", "new_root", AS_NAMESPACE_ROOT,
         { "the command sees DIR as /", dir_is_its_root },
         { "DIR is the root of its mounts", it_is_the_root_of_its_mounts },
         { "it has no other mount", it_has_no_other_mount },
         { "the command cannot change DIR", it_cannot_change_dir },
         { "it allows no devices and no set-user-ID programs",
           its_mount_is_protected },
         { "outside nothing has changed", outside_nothing_has_changed },
         { "the exit status is the command's", the_status_is_the_commands })
