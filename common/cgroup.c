/**
 * @file
 * @brief A directory that holds processes, and a file for each limit.
 *
 *     1  find our own cgroup           /proc/self/cgroup       cgroup_tree.c
 *        and leave it for a leaf,
 *        if it was delegated to us     write cgroup.procs      cgroup_leaf.c
 *     2  enable the controllers        +memory to cgroup.subtree_control, from
 *                                      the root to our parent  cgroup_tree.c
 *     3  the cleaner makes a cgroup    clone3, mkdir        cgroup_cleaner.c
 *     4  set its limits                write                 cgroup_limits.c
 *     5  clone3(CLONE_INTO_CGROUP)     the container is born in it
 *     6  report which limits were hit  memory.events         cgroup_report.c
 *     7  kill what is left, remove     cgroup.kill, rmdir   cgroup_cleaner.c
 */
#include "barco/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <unistd.h>

#include "barco/error.h"
#include "barco/mount.h"
#include "common/cgroup_cleaner.h"
#include "common/cgroup_files.h"
#include "common/cgroup_leaf.h"
#include "common/cgroup_limits.h"
#include "common/cgroup_report.h"
#include "common/cgroup_tree.h"

/* ---- Its path ------------------------------------------------------------ */

static int set_path(struct barco_cgroup *cgroup, const char *root,
                    const char *parent, const char *name)
{
    int length = asprintf(&cgroup->path, "%s%s/%s", root, parent, name);

    if (length < 0) {
        cgroup->path = NULL;
        return BARCO_FAIL(asprintf, "\"%s\"", name);
    }
    if (length < PATH_MAX)
        return 0;
    errno = ENAMETOOLONG;
    return BARCO_FAIL(asprintf, "\"%s\"", cgroup->path);
}

/* Chooses a unique name. Our pid is unique only in our PID namespace, and one
 * process can have several containers, so a random number is added. */
static int choose_path(struct barco_cgroup *cgroup, const char *root,
                       bool *inside)
{
    char parent[PATH_MAX], name[64];
    unsigned number;
    int result = cgroup_tree_find_parent(root, parent);

    if (result < 0)
        return result;
    *inside = result;
    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return BARCO_FAIL(getrandom, "%zu", sizeof(number));
    snprintf(name, sizeof(name), "barco-%d.%08x", getpid(), number);
    return set_path(cgroup, root, parent, name);
}

/* Makes sure that a path chosen by the caller only leads down. There are no
 * symbolic links in this file system. */
static int check_path(const char *path)
{
    const char *part = path + (*path == '/');

    for (;;) {
        size_t length = strcspn(part, "/");

        if (length == 0 || strncmp(part, ".", length) == 0 ||
            strncmp(part, "..", length) == 0) {
            errno = EINVAL;
            return BARCO_FAIL(mkdir, "\"%s\"", path);
        }
        if (!part[length])
            return 0;
        part += length + 1;
    }
}

/* INSIDE: below a cgroup that has processes, which have to leave it. */
static int find_path(struct barco_cgroup *cgroup, const char *root,
                     const char *path, bool *inside)
{
    int result;

    *inside = false;
    if (!path)
        return choose_path(cgroup, root, inside);
    if ((result = check_path(path)) < 0)
        return result;
    return set_path(cgroup, root, "", path + (*path == '/'));
}

/* ---- Making and removing ------------------------------------------------- */

/* Enables the controllers that enforce the limits, down to the cgroup that will
 * hold ours. */
static int enable_controllers(const struct barco_cgroup *cgroup,
                              const struct barco_cgroup_limits *limits,
                              const char *root)
{
    char dir[PATH_MAX], controllers[CGROUP_TREE_WORDS];

    cgroup_files_parent(cgroup->path, dir);
    /* Root can enable whatever the root of the tree has. */
    cgroup_limits_controllers(limits, geteuid() == 0 ? root : dir, controllers);
    return cgroup_tree_enable(root, dir + strlen(root), controllers);
}

static int make(struct barco_cgroup *cgroup,
                const struct barco_cgroup_limits *limits, const char *root)
{
    int result = enable_controllers(cgroup, limits, root);

    return result < 0 ? result
                      : cgroup_cleaner_start(&cgroup->cleaner, cgroup->path);
}

static int make_inside(struct barco_cgroup *cgroup,
                       const struct barco_cgroup_limits *limits,
                       const char *root)
{
    char dir[PATH_MAX];
    int lock, result;

    cgroup_files_parent(cgroup->path, dir);
    lock = result = cgroup_leaf_enter(dir);
    if (result >= 0)
        result = make(cgroup, limits, root);
    cgroup_leaf_unlock(&lock);
    if (result < 0)
        cgroup_leaf_leave(dir);
    return result;
}

static int open_directory(struct barco_cgroup *cgroup)
{
    int result;

    cgroup->dir = open(cgroup->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cgroup->dir >= 0)
        return 0;
    result = BARCO_FAIL(open, "\"%s\"", cgroup->path);
    cgroup_cleaner_remove(cgroup->path);
    return result;
}

int barco_cgroup_create(struct barco_cgroup *cgroup,
                        const struct barco_cgroup_limits *limits,
                        struct barco_process *child)
{
    const char *root;
    bool inside;
    int result;

    if ((result = cgroup_tree_find_root(&root)) < 0)
        return result;
    if ((result = find_path(cgroup, root, limits->path, &inside)) < 0)
        return result;
    result = (inside ? make_inside : make)(cgroup, limits, root);
    if (result < 0)
        return result;
    if ((result = open_directory(cgroup)) < 0)
        return result;
    if (child)
        child->cgroup = cgroup->dir;
    return cgroup_limits_set(limits, cgroup->path);
}

//! [enter]
int barco_cgroup_unshare(void)
{
    BARCO_EXPLAIN("its cgroup becomes the root of the tree that it sees",
                  "unshare(CLONE_NEWCGROUP)");
    if (unshare(CLONE_NEWCGROUP) < 0)
        return BARCO_FAIL(unshare, "CLONE_NEWCGROUP");
    BARCO_EXPLAIN("its own cgroup and those below it, to read: the limits are "
                  "the host's to set",
                  "fsopen(\"cgroup2\"), fsmount(MOUNT_ATTR_RDONLY), "
                  "move_mount(\"/sys/fs/cgroup\")");
    return barco_mount_new_at("cgroup2", "/sys/fs/cgroup",
                              BARCO_MOUNT_RESTRICTED | MOUNT_ATTR_RDONLY, NULL);
}
//! [enter]

void barco_cgroup_remove(struct barco_cgroup *cgroup)
{
    if (cgroup->dir >= 0) {
        cgroup_report(cgroup->path);
        barco_close(&cgroup->dir);
        BARCO_EXPLAIN("no process is left in it", "rmdir(\"%s\")",
                      cgroup->path);
        cgroup_cleaner_remove(cgroup->path);
    }
    barco_process_end(&cgroup->cleaner);
    free(cgroup->path);
    cgroup->path = NULL;
}
