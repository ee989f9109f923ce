/**
 * @file
 * @brief The mount calls of Linux 5.2 and later, a function each.
 */
#include "barco/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bsd/string.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "mount_inside.h"

/* In PID 1: the container's proc until it is attached, or -1. */
static int early_proc = -1;

static const struct barco_flag attr_flags[] = {
    { MOUNT_ATTR_RDONLY, "MOUNT_ATTR_RDONLY" },
    { MOUNT_ATTR_NOSUID, "MOUNT_ATTR_NOSUID" },
    { MOUNT_ATTR_NODEV, "MOUNT_ATTR_NODEV" },
    { MOUNT_ATTR_NOEXEC, "MOUNT_ATTR_NOEXEC" },
    { MOUNT_ATTR_IDMAP, "MOUNT_ATTR_IDMAP" },
    { 0 },
};

/* A second mount of what is mounted at path, with all mounts below it. */
int barco_mount_clone(int dir, const char *path)
{
    int tree = open_tree(dir, path,
                         OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
                             AT_SYMLINK_NOFOLLOW | AT_RECURSIVE);

    return tree < 0 ? BARCO_FAIL(open_tree, "\"%s\", OPEN_TREE_CLONE", path)
                    : tree;
}

static int set(int mount, const struct mount_attr *attr)
{
    return mount_setattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE,
                         (struct mount_attr *)attr, sizeof(*attr));
}

int barco_mount_set_attrs(int mount, uint64_t attrs)
{
    const struct mount_attr attr = { .attr_set = attrs };
    char names[128];

    if (set(mount, &attr) < 0)
        return BARCO_FAIL(
            mount_setattr, "%s",
            barco_flag_names(attr_flags, attrs, names, sizeof(names)));
    return 0;
}

/* "mode=1777,size=64M": a name without a value is a flag. */
static int set_data(int fs, const char *type, const char *data)
{
    char copy[4096], *rest = copy, *name;

    if (strlcpy(copy, data, sizeof(copy)) >= sizeof(copy)) {
        errno = E2BIG;
        return BARCO_FAIL(fsconfig, "\"%s\", %zu bytes", type, strlen(data));
    }
    while ((name = strsep(&rest, ","))) {
        char *value = strchr(name, '=');

        if (value)
            *value++ = '\0';
        if (fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, name,
                     value, 0) < 0)
            return BARCO_FAIL(fsconfig, "\"%s\", \"%s%s%s\"", type, name,
                              value ? "=" : "", value ? value : "");
    }
    return 0;
}

/* Whether what was made early will do. */
static bool is_like_early_proc(const struct barco_mount *mount)
{
    return early_proc >= 0 && strcmp(mount->type, "proc") == 0 &&
           mount->attrs == BARCO_MOUNT_RESTRICTED && !mount->source &&
           !mount->data;
}

//! [new]
static int configure(int fs, const struct barco_mount *mount)
{
    const char *type = mount->type;
    const char *source = mount->source ? mount->source : type;
    int result;

    /* The first column of /proc/mounts. */
    if (fsconfig(fs, FSCONFIG_SET_STRING, "source", source, 0) < 0)
        return BARCO_FAIL(fsconfig, "\"%s\", \"source\"", type);
    if (mount->data && (result = set_data(fs, type, mount->data)) < 0)
        return result;
    if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return BARCO_FAIL(fsconfig, "\"%s\", FSCONFIG_CMD_CREATE", type);
    return 0;
}

int barco_mount_new(const struct barco_mount *mount)
{
    BARCO_CLEANUP(barco_close) int fs = -1;
    int made, result;

    if (is_like_early_proc(mount))
        return barco_take_fd(&early_proc);
    fs = fsopen(mount->type, FSOPEN_CLOEXEC);
    if (fs < 0)
        return BARCO_FAIL(fsopen, "\"%s\"", mount->type);
    if ((result = configure(fs, mount)) < 0)
        return result;
    made = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)mount->attrs);
    return made < 0 ? BARCO_FAIL(fsmount, "\"%s\"", mount->type) : made;
}
//! [new]

int mount_make_early_proc(void)
{
    static const struct barco_mount proc = { .type = "proc",
                                             .attrs = BARCO_MOUNT_RESTRICTED };

    if (early_proc < 0)
        early_proc = barco_mount_new(&proc);
    return early_proc;
}

//! [idmap]
/* Files keep their owners: uid 0 on disk is uid 0 in the user namespace. */
static int map_ids(int tree, int userns, const char *path)
{
    const struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP,
                                     .userns_fd = (unsigned)userns };

    BARCO_EXPLAIN("in the container files show the owners that they have here",
                  "mount_setattr(MOUNT_ATTR_IDMAP)");
    if (set(tree, &attr) == 0)
        return 0;
    if (errno != EINVAL)
        return BARCO_FAIL(mount_setattr, "MOUNT_ATTR_IDMAP");
    BARCO_WARN("the file system of %s cannot be idmapped: in the container its "
               "files belong to nobody",
               path);
    return 0;
}
//! [idmap]

bool barco_mount_is_host_root(int tree)
{
    struct stat st, root;

    return fstat(tree, &st) < 0 || stat("/", &root) < 0 ||
           (st.st_dev == root.st_dev && st.st_ino == root.st_ino);
}

/* Whether a user of the host who is neither owner nor in the group can reach
 * it. */
static bool others_reach(const char *path)
{
    char *real = realpath(path, NULL);
    struct stat st;
    bool reach = real != NULL;

    /* From the directory itself up to /, one name at a time. */
    for (char *end; reach && *real; *end = '\0') {
        reach = stat(real, &st) < 0 || (st.st_mode & S_IXOTH) ||
                !S_ISDIR(st.st_mode);
        end = strrchr(real, '/');
    }
    free(real);
    return reach;
}

/* Files keep their owners there, and a set-user-ID program keeps its power:
 * nosuid applies only in the container. This is not refused, because many
 * volumes hold files that others should read. */
static void warn_if_shared(const char *path)
{
    if (others_reach(path))
        BARCO_WARN("other users of this host can reach %s, and a set-user-ID "
                   "program that root in the container leaves there runs as "
                   "root; keep them out (chmod o-x), or make it read-only",
                   path);
}

int barco_mount_isolate(int tree, int userns, bool read_only, const char *path)
{
    const struct mount_attr attr = { .propagation = MS_PRIVATE };

    /* A clone of a shared mount is shared: mounts made in the container would
     * appear on the host too, and pivot_root would refuse it. */
    if (set(tree, &attr) < 0)
        return BARCO_FAIL(mount_setattr, "MS_PRIVATE");
    if (userns < 0)
        return 0;
    if (barco_mount_is_host_root(tree)) {
        BARCO_INFO("%s is the root directory of the host: its files are not "
                   "idmapped, and belong to nobody in the container",
                   path);
        return 0;
    }
    if (!read_only)
        warn_if_shared(path);
    return map_ids(tree, userns, path);
}

int barco_mount_attach_to(int mount, int mountpoint, const char *path)
{
    if (move_mount(mount, "", mountpoint, "",
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return BARCO_FAIL(move_mount, "\"%s\"", path);
    return 0;
}

int barco_mount_attach(int mount, int root, const char *path)
{
    struct open_how how = {
        .flags = O_PATH | O_CLOEXEC,
        .resolve =
            RESOLVE_NO_SYMLINKS | (root == AT_FDCWD ? 0 : RESOLVE_IN_ROOT),
    };
    BARCO_CLEANUP(barco_close)
    int mountpoint = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

    if (mountpoint < 0)
        return BARCO_FAIL(openat2, "\"%s\", RESOLVE_NO_SYMLINKS", path);
    return barco_mount_attach_to(mount, mountpoint, path);
}

int barco_mount_new_at(const char *type, const char *path, uint64_t attrs,
                       const char *data)
{
    const struct barco_mount mount = { .type = type,
                                       .attrs = attrs,
                                       .data = data };
    BARCO_CLEANUP(barco_close) int made = barco_mount_new(&mount);

    return made < 0 ? made : barco_mount_attach(made, AT_FDCWD, path);
}
