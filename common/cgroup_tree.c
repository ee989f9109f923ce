/**
 * @file
 * @brief Where our cgroup is, where the container's goes, and how to get limits
 * there.
 *
 * The tree is a file system, and a cgroup is one of its directories. Each limit
 * is enforced by a controller, and each cgroup from the root down lists in
 * cgroup.subtree_control which controllers its children have.
 */
#include "common/cgroup_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <bsd/string.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "common/cgroup_files.h"
#include "common/cgroup_leaf.h"

/* ---- Where we are ------------------------------------------------------- */

/* systemd mounts version 2 at the first path or, beside version 1, at the
 * second. */
int cgroup_tree_find_root(const char **root)
{
    static const char *const places[] = { "/sys/fs/cgroup",
                                          "/sys/fs/cgroup/unified" };
    struct statfs fs;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (statfs(places[i], &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC) {
            *root = places[i];
            return 0;
        }
    errno = ENODEV;
    return BARCO_FAIL(statfs, "\"/sys/fs/cgroup\", not cgroup2");
}

//! [own]
/* The path of our cgroup below the root; version 2 is the line "0::PATH". */
static int own_path(char path[PATH_MAX])
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    bool found = false;

    if (!file)
        return BARCO_FAIL(fopen, "\"/proc/self/cgroup\"");
    while (!found && fgets(path, PATH_MAX, file))
        found = strncmp(path, "0::/", 4) == 0;
    fclose(file);
    if (!found) {
        errno = ENODEV;
        return BARCO_FAIL(fgets, "\"/proc/self/cgroup\", no line 0::");
    }
    path[strcspn(path, "\n")] = '\0';
    memmove(path, path + 3, strlen(path + 3) + 1);
    return 0;
}
//! [own]

/* systemd marks what it delegates: the first name needs Linux 5.7, the second
 * one only root can read. */
static bool is_marked(const char *dir)
{
    static const char *const names[] = { "user.delegate", "trusted.delegate" };
    char value;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (getxattr(dir, names[i], &value, 1) == 1 && value == '1')
            return true;
    return false;
}

static bool is_writable(const char *dir)
{
    return faccessat(AT_FDCWD, dir, W_OK, AT_EACCESS) == 0;
}

//! [delegated]
/* Whether our cgroup is where our part of the tree begins. Then what is beside
 * it is somebody else's, or hidden by a cgroup namespace. */
static bool is_delegated(const char *root, const char *own)
{
    BARCO_CLEANUP(barco_free) char *dir = NULL;
    BARCO_CLEANUP(barco_free) char *above = NULL;
    char type[32];

    if (asprintf(&dir, "%s%s", root, own) < 0 ||
        asprintf(&above, "%s/..", dir) < 0)
        return false;
    /* The root of the whole tree has no type, and may have processes. */
    cgroup_files_read(dir, "cgroup.type", type, sizeof(type));
    if (!*type || !is_writable(dir))
        return false;
    return is_marked(dir) || strcmp(own, "/") == 0 || !is_writable(above);
}

int cgroup_tree_find_parent(const char *root, char parent[PATH_MAX])
{
    int result = own_path(parent);
    char *last;
    bool inside;

    if (result < 0)
        return result;
    last = strrchr(parent, '/');
    inside = is_delegated(root, parent);
    /* "/user/session" to "/user", "/a" to "". The root holds itself. */
    if (!inside || !last[1])
        *last = '\0';
    return inside || strcmp(last + 1, CGROUP_LEAF) == 0;
}
//! [delegated]

/* ---- Controllers --------------------------------------------------------- */

/* Whether a list of words has a word; they may begin with "+". */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    while (*list) {
        list += strspn(list, " +\n");
        if (strcspn(list, " \n") == length && strncmp(list, word, length) == 0)
            return true;
        list += strcspn(list, " \n");
    }
    return false;
}

/* The words of `needed` that a file lacks, as "+memory +cpu"; "" if none.
 */
static const char *missing(const char *dir, const char *file,
                           const char *needed, char buf[CGROUP_TREE_WORDS])
{
    char present[CGROUP_TREE_WORDS], words[CGROUP_TREE_WORDS];
    char *rest = words, *word;

    cgroup_files_read(dir, file, present, sizeof(present));
    strlcpy(words, needed, sizeof(words));
    buf[0] = '\0';
    while ((word = strsep(&rest, " ")))
        if (*word && !has_word(present, word) && !has_word(buf, word))
            snprintf(buf + strlen(buf), CGROUP_TREE_WORDS - strlen(buf),
                     "%s+%s", *buf ? " " : "", word);
    return buf;
}

bool cgroup_tree_has(const char *dir, const char *controller)
{
    char list[CGROUP_TREE_WORDS];

    return !*missing(dir, "cgroup.controllers", controller, list);
}

/* Reports a missing controller, and which tree of version 1 has it. */
static int controller_is_missing(const char *root, const char *list)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    const struct mntent *mount;
    char name[CGROUP_TREE_WORDS], holder[PATH_MAX] = "";

    snprintf(name, sizeof(name), "%.*s", (int)strcspn(list + 1, " "), list + 1);
    while (mounts && (mount = getmntent(mounts)))
        if (strcmp(mount->mnt_type, "cgroup") == 0 &&
            hasmntopt(mount, strcmp(name, "io") ? name : "blkio"))
            snprintf(holder, sizeof(holder), "; version 1 holds it at %s",
                     mount->mnt_dir);
    if (mounts)
        endmntent(mounts);
    errno = ENODEV;
    return BARCO_FAIL(controller, "\"%s\", not in %s/cgroup.controllers%s",
                      name, root, holder);
}

static int enable_controllers(const char *dir, const char *list)
{
    int result;

    BARCO_EXPLAIN("its children may use these controllers",
                  "write(\"%s/cgroup.subtree_control\", \"%s\")", dir, list);
    result = cgroup_files_write(dir, "cgroup.subtree_control", list);
    if (result == CGROUP_FILES_NOT_OPENED)
        return BARCO_FAIL(open, "\"%s/cgroup.subtree_control\", O_WRONLY", dir);
    if (result < 0)
        return BARCO_FAIL(write, "\"%s/cgroup.subtree_control\", \"%s\"", dir,
                          list);
    return 0;
}

//! [enable_controllers]
/* Every cgroup from the root to the parent has to enable the controllers.
 *
 * They stay enabled when we are gone. The kernel does not count the users of a
 * controller, and lets it be disabled while others rely on limits that it
 * enforces: their files vanish without an error. Another container may have
 * started meanwhile and found the controller enabled. So we cannot know when it
 * is safe, and one controller too many costs little. */
int cgroup_tree_enable(const char *root, const char *parent,
                       const char *controllers)
{
    char list[CGROUP_TREE_WORDS];
    const char *below = parent;
    int result;

    if (*missing(root, "cgroup.controllers", controllers, list))
        return controller_is_missing(root, list);
    for (;;) {
        BARCO_CLEANUP(barco_free) char *dir = NULL;

        if (asprintf(&dir, "%s%.*s", root, (int)(below - parent), parent) < 0)
            return BARCO_FAIL(asprintf, "\"%s\"", parent);
        if (*missing(dir, "cgroup.subtree_control", controllers, list) &&
            (result = enable_controllers(dir, list)) < 0)
            return result;
        if (!*below)
            return 0;
        below += 1 + strcspn(below + 1, "/");
    }
}
//! [enable_controllers]

int cgroup_tree_disable(const char *dir)
{
    char words[CGROUP_TREE_WORDS], list[2 * CGROUP_TREE_WORDS] = "";
    char *rest = words, *word;

    cgroup_files_read(dir, "cgroup.subtree_control", words, sizeof(words));
    while ((word = strsep(&rest, " \n")))
        if (*word)
            snprintf(list + strlen(list), sizeof(list) - strlen(list), "-%s ",
                     word);
    return cgroup_files_write(dir, "cgroup.subtree_control", list);
}
