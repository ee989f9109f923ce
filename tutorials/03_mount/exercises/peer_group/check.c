/**
 * @file
 * @brief Whether the propagation of a mount is read as the kernel writes it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tutorials/check/check.h"

/* Mounts a file system, private, on a new folder. */
static const char *new_mount(void)
{
    const char *path = text("%s/%s", folder(), seeded_word());

    mkdir(path, 0755);
    if (mount("tmpfs", path, "tmpfs", 0, NULL) < 0 ||
        mount(NULL, path, NULL, MS_PRIVATE, NULL) < 0)
        abort();
    return path;
}

static void set(const char *path, unsigned long propagation)
{
    if (mount(NULL, path, NULL, propagation, NULL) < 0)
        abort();
}

/* Makes some shared mounts, so that the next number is one of the seed. */
static const char *new_shared_mount(void)
{
    const char *path = new_mount();

    for (long n = seeded(0, 9); n > 0; n--)
        set(new_mount(), MS_SHARED);
    set(path, MS_SHARED);
    return path;
}

/* A mount that listens to a shared one. */
static const char *new_slave(void)
{
    const char *master = new_shared_mount();
    const char *path = text("%s/%s", folder(), seeded_word());

    mkdir(path, 0755);
    if (mount(master, path, NULL, MS_BIND, NULL) < 0)
        abort();
    set(path, MS_SLAVE);
    return path;
}

static void unmount_all(void)
{
    char *rest = (char *)file_text("/proc/self/mountinfo"), *line;
    char point[4096];

    while ((line = strsep(&rest, "\n")))
        if (sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1 &&
            strncmp(point, folder(), strlen(folder())) == 0)
            umount2(point, MNT_DETACH);
}

/* The number behind a tag of mountinfo, as the program prints it. */
static const char *expected(const char *mount, const char *tag)
{
    const char *field = strstr(mount, tag);

    return field ? number(atol(field + strlen(tag))) : "none";
}

static void expect_printed(const char *path)
{
    const char *mount = mount_of(getpid(), path);
    char *lines;
    struct run run;

    run_to_end(&run, path, NULL);
    lines = run.out;
    expect_text(text("the first line about the mount `%s`", mount),
                strsep(&lines, "\n"),
                text("peer group: %s", expected(mount, " shared:")));
    expect_text("the second line", lines ? strsep(&lines, "\n") : "",
                text("master: %s", expected(mount, " master:")));
}

static void a_shared_mount(void)
{
    expect_printed(new_shared_mount());
    unmount_all();
}

static void a_private_mount(void)
{
    expect_printed(new_mount());
    unmount_all();
}

static void a_slave(void)
{
    expect_printed(new_slave());
    unmount_all();
}

static void both(void)
{
    const char *path = new_slave();

    set(path, MS_SHARED);
    expect_printed(path);
    unmount_all();
}

static void no_mount(void)
{
    struct run run;

    run_to_end(&run, folder(), NULL);
    expect_number("the exit status for a folder that is not a mount point",
                  run.status, 1);
}

EXERCISE("03_mount", "peer_group", AS_LEARNER,
         { "a shared mount has a peer group", a_shared_mount },
         { "a private mount has neither", a_private_mount },
         { "a slave has a master", a_slave },
         { "a shared slave has both", both },
         { "a folder is not a mount", no_mount })
