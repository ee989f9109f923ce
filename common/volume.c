/**
 * @file
 * @brief Opened outside, attached inside, and never led astray.
 *
 * Container runtimes have had one hole here again and again: the destination
 * is a path that the image controls. If the image has a symbolic link there,
 * a careless runtime follows it out of the container (CVE-2017-1002101), or
 * mounts over /proc and so undoes its own masks (CVE-2019-19921).
 */
#include "barco/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/mount.h"

/* ---- The option -------------------------------------------------------- */

enum {
    OPT_VOLUME = 0x300
};

/* "", "/a" and "/a/b" do; "a", "/" and "/a/../b" do not. */
static bool is_destination(const char *path)
{
    size_t length = strlen(path);

    return *path == '/' && strspn(path, "/") < length && length < PATH_MAX &&
           !strstr(path, "/../") &&
           (length < 3 || strcmp(path + length - 3, "/..") != 0);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_volumes *volumes = state->input;
    struct barco_volume *volume;
    char *rest = arg, *mode;

    if (key != OPT_VOLUME)
        return ARGP_ERR_UNKNOWN;
    if (volumes->count == BARCO_MAX_VOLUMES)
        argp_error(state, "--volume: more than %d of them", BARCO_MAX_VOLUMES);
    volume = &volumes->list[volumes->count++];
    volume->source = strsep(&rest, ":");
    volume->destination = strsep(&rest, ":");
    mode = rest;
    volume->read_only = mode && strcmp(mode, "ro") == 0;
    if (!*volume->source || !volume->destination ||
        !is_destination(volume->destination) ||
        (mode && strcmp(mode, "ro") != 0 && strcmp(mode, "rw") != 0))
        argp_error(state,
                   "--volume: give SRC:DST or SRC:DST:ro, where SRC is a "
                   "directory or file here, and DST an absolute path inside, "
                   "without ..");
    return 0;
}

static const struct argp_option options[] = {
    { "volume", OPT_VOLUME, "SRC:DST[:ro]", 0,
      "Show SRC of the host at DST inside, with ro read-only; may be repeated",
      0 },
    { 0 },
};

const struct argp barco_volume_argp = { .options = options,
                                        .parser = parse_option };

/* ---- The source --------------------------------------------------------- */

int barco_volume_open(const struct barco_volume *volume, int userns)
{
    BARCO_CLEANUP(barco_close)
    int tree = barco_mount_open(volume->source, userns);
    int result;

    if (tree < 0)
        return tree;
    result =
        barco_mount_set(tree, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
                                  (volume->read_only ? MOUNT_ATTR_RDONLY : 0));
    return result < 0 ? result : barco_take_fd(&tree);
}

/* ---- The destination ---------------------------------------------------- */

/* Links are followed as if `root` were the root of everything; those of /proc,
 * which lead to whatever a descriptor has open, are not. */
static int look_up(int root, const char *path)
{
    struct open_how how = {
        .flags = O_PATH | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

    return fd < 0 ? -errno : (int)fd;
}

/* A name in a directory that has been looked up: no link can redirect it. */
static int make(int dir, const char *name, bool directory)
{
    int file;

    if (directory)
        return mkdirat(dir, name, 0755);
    file = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    return file < 0 ? -1 : close(file);
}

/* Looks up a path, and makes what is missing of it. */
static int look_up_or_make(int root, const char *path, bool directory)
{
    BARCO_CLEANUP(barco_close) int at = look_up(root, "/");
    const char *end = path;

    while (at >= 0 && *end) {
        const char *start = end + strspn(end, "/");
        char so_far[PATH_MAX], name[NAME_MAX + 1];
        int next;

        end = strchrnul(start, '/');
        if (end == start)
            break;
        snprintf(so_far, sizeof(so_far), "%.*s", (int)(end - path), path);
        snprintf(name, sizeof(name), "%.*s", (int)(end - start), start);
        next = look_up(root, so_far);
        if (next == -ENOENT) {
            if (make(at, name, *end || directory) < 0)
                return BARCO_FAIL(mkdirat, "\"%s\"", so_far);
            next = look_up(root, so_far);
        }
        barco_close(&at);
        at = next;
    }
    if (at >= 0)
        return barco_take_fd(&at);
    errno = -at;
    return BARCO_FAIL(openat2, "\"%s\", RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS",
                      path);
}

static bool is_kernel_file(int place)
{
    struct statfs fs;

    return fstatfs(place, &fs) < 0 || fs.f_type == PROC_SUPER_MAGIC ||
           fs.f_type == SYSFS_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC;
}

int barco_volume_attach(const struct barco_volume *volume, int tree)
{
    BARCO_CLEANUP(barco_close)
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    BARCO_CLEANUP(barco_close) int place = -1;
    struct stat source;

    if (root < 0 || fstat(tree, &source) < 0)
        return BARCO_FAIL(open, "\"/\", O_PATH");
    BARCO_EXPLAIN(volume->read_only ? "it can be read inside, and not written"
                                    : "the host's files, inside",
                  "move_mount(\"%s\", \"%s\")", volume->source,
                  volume->destination);
    place = look_up_or_make(root, volume->destination, S_ISDIR(source.st_mode));
    if (place < 0)
        return place;
    if (is_kernel_file(place)) {
        errno = EPERM;
        return BARCO_FAIL(fstatfs, "\"%s\"", volume->destination);
    }
    if (move_mount(tree, "", place, "",
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return BARCO_FAIL(move_mount, "\"%s\"", volume->destination);
    return 0;
}
