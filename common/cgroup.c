/**
 * @file
 * @brief A directory that holds processes, and a file for each limit.
 *
 *     1  find our own cgroup           /proc/self/cgroup
 *     2  hand the controllers down     +memory to cgroup.subtree_control, from
 *                                      the root to our parent
 *     3  make a cgroup beside ours     mkdir
 *     4  set its limits                write
 *     5  clone3(CLONE_INTO_CGROUP)     the container is born in it
 *     6  kill what is left, remove     cgroup.kill, rmdir
 */
#include "barco/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <mntent.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bsd/string.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "barco/mount.h"
#include "cgroup_files.h"

/* ---- 1: where we are ---------------------------------------------------- */

/* systemd mounts version 2 at the first place, or, beside version 1, at the
 * second. */
static const char *find_root(void)
{
    static const char *const places[] = { "/sys/fs/cgroup",
                                          "/sys/fs/cgroup/unified" };
    struct statfs fs;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (statfs(places[i], &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC)
            return places[i];
    return NULL;
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

/* The cgroup that holds ours, or the root, which holds itself. */
static int parent_path(char path[PATH_MAX])
{
    int result = own_path(path);

    if (result < 0)
        return result;
    *strrchr(path, '/') = '\0'; /* "/user/session" to "/user", "/a" to "" */
    return 0;
}

/* ---- 2: controllers ------------------------------------------------------ */

/* Which of the words of `needed` a file lacks, as "+memory +cpu"; "" if none.
 */
static const char *missing(const char *dir, const char *file,
                           const char *needed, char buf[64])
{
    char present[256] = " ", words[64], *rest = words, *word;

    barco_cgroup_read(dir, file, present + 1, sizeof(present) - 2);
    present[strcspn(present, "\n")] = ' ';
    strlcpy(words, needed, sizeof(words));
    buf[0] = '\0';
    while ((word = strsep(&rest, " "))) {
        char padded[32];

        snprintf(padded, sizeof(padded), " %s ", word);
        if (!strstr(present, padded))
            snprintf(buf + strlen(buf), 64 - strlen(buf), "%s+%s",
                     *buf ? " " : "", word);
    }
    return buf;
}

/* Says which tree of version 1 has a controller that version 2 lacks. */
static int controller_is_missing(const char *root, const char *list)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    const struct mntent *mount;
    char name[32], holder[PATH_MAX] = "";

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

//! [hand_down]
/* Every cgroup from the root to the parent has to hand the controllers on. */
static int hand_down(const char *root, const char *parent, const char *needed)
{
    char dir[PATH_MAX], list[64];
    const char *below = parent;

    if (*missing(root, "cgroup.controllers", needed, list))
        return controller_is_missing(root, list);
    for (;;) {
        snprintf(dir, sizeof(dir), "%s%.*s", root, (int)(below - parent),
                 parent);
        if (*missing(dir, "cgroup.subtree_control", needed, list)) {
            BARCO_EXPLAIN("its children may use these controllers",
                          "write(\"%s/cgroup.subtree_control\", \"%s\")", dir,
                          list);
            if (barco_cgroup_write(dir, "cgroup.subtree_control", list) < 0)
                return BARCO_FAIL(write,
                                  "\"%s/cgroup.subtree_control\", "
                                  "\"%s\"",
                                  dir, list);
        }
        if (!*below)
            return 0;
        below += 1 + strcspn(below + 1, "/");
    }
}
//! [hand_down]

/* ---- 3: the cgroup ------------------------------------------------------- */

/* The pid is ours alone in our PID namespace, but there may be others. */
static int make_directory(struct barco_cgroup *cgroup, const char *root,
                          const char *parent)
{
    size_t size = sizeof(cgroup->path);

    for (int twin = 0; twin < 100; twin++) {
        if ((size_t)snprintf(cgroup->path, size, "%s%s/barco-%d.%d", root,
                             parent, getpid(), twin) >= size) {
            errno = ENAMETOOLONG;
            break;
        }
        if (mkdir(cgroup->path, 0755) == 0) {
            BARCO_EXPLAIN("a cgroup beside our own", "mkdir(\"%s\")",
                          cgroup->path);
            cgroup->dir =
                open(cgroup->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            return cgroup->dir < 0 ? BARCO_FAIL(open, "\"%s\"", cgroup->path)
                                   : 0;
        }
        if (errno != EEXIST)
            break;
    }
    return BARCO_FAIL(mkdir, "\"%s\"", cgroup->path);
}

/* ---- 4: limits ----------------------------------------------------------- */

static int set_limit(const struct barco_cgroup *cgroup, const char *file,
                     const char *value)
{
    BARCO_INFO("setting %s to %s...", file, value);
    BARCO_EXPLAIN("a limit for all in the cgroup together",
                  "write(\"%s\", \"%s\")", file, value);
    if (barco_cgroup_write(cgroup->path, file, value) == 0)
        return 0;
    return BARCO_FAIL(write, "\"%s/%s\", \"%s\"", cgroup->path, file, value);
}

/* The kernel takes the limits of one disk at a time, so each line of several
 * disks is a write of its own. */
static int set_limit_lines(const struct barco_cgroup *cgroup, const char *file,
                           const char *lines)
{
    int result = 0;

    while (result == 0 && *lines) {
        size_t length = strcspn(lines, "\n");
        char line[128];

        snprintf(line, sizeof(line), "%.*s", (int)length, lines);
        result = set_limit(cgroup, file, line);
        lines += length + (lines[length] == '\n');
    }
    return result;
}

//! [limits]
static int set_limits(const struct barco_cgroup *cgroup,
                      const struct barco_cgroup_limits *limits)
{
    char memory[32], high[32], pids[32], weight[32], quota[48] = "max";
    const struct {
        const char *file, *value;
        bool wanted;
    } settings[] = {
        { "memory.max", memory, true },
        /* Without this a container out of memory goes on, on the disk. There
         * is no such file where the kernel has no swap. */
        { "memory.swap.max", "0",
          barco_cgroup_has(cgroup->path, "memory.swap.max") },
        { "memory.high", high, limits->memory_high != BARCO_NO_LIMIT },
        { "cpu.weight", weight, true },
        { "cpu.max", quota, limits->cpu_quota_us != BARCO_NO_LIMIT },
        { "pids.max", pids, true },
        { "io.max", limits->io_max, limits->io_max },
        { "io.weight", limits->io_weight, limits->io_weight },
    };
    int result = 0;

    barco_cgroup_size_text(limits->memory_max, memory, sizeof(memory));
    barco_cgroup_size_text(limits->memory_high, high, sizeof(high));
    barco_cgroup_number_text(limits->pids_max, pids, sizeof(pids));
    snprintf(weight, sizeof(weight), "%u", limits->cpu_weight);
    snprintf(quota, sizeof(quota), "%llu 100000",
             (unsigned long long)limits->cpu_quota_us);

    for (size_t i = 0; result == 0 && i < sizeof(settings) / sizeof(*settings);
         i++)
        if (settings[i].wanted)
            result =
                set_limit_lines(cgroup, settings[i].file, settings[i].value);
    return result;
}
//! [limits]

/* ---- 6: the end ---------------------------------------------------------- */

static bool is_populated(const char *path)
{
    char events[128];

    barco_cgroup_read(path, "cgroup.events", events, sizeof(events));
    return strstr(events, "populated 1") != NULL;
}

/* The kernel wakes whoever polls cgroup.events when it changes. */
static void wait_until_empty(const char *path)
{
    BARCO_CLEANUP(barco_close)
    int events = barco_cgroup_open(path, "cgroup.events", O_RDONLY);
    struct pollfd change = { .fd = events, .events = POLLPRI };

    for (int i = 0; i < 50 && is_populated(path); i++)
        poll(&change, 1, 100);
}

/* A container may have made cgroups below its own. */
static int remove_directory(const char *path, const struct stat *st, int type,
                            struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    return type == FTW_DP ? rmdir(path) : 0;
}

//! [remove]
static void remove_tree(const char *path)
{
    if (rmdir(path) == 0 || errno == ENOENT)
        return;
    barco_cgroup_write(path, "cgroup.kill", "1");
    wait_until_empty(path);
    if (nftw(path, remove_directory, 8, FTW_DEPTH | FTW_PHYS) != 0)
        BARCO_WARN("the cgroup %s cannot be removed: %s", path,
                   strerror(errno));
}
//! [remove]

/* ---- The keeper ---------------------------------------------------------- */

//! [keep]
/* Out of the terminal's reach, it waits for the one end that we cannot clean
 * up after. */
static int keep(void *arg)
{
    const struct barco_cgroup *cgroup = arg;

    prctl(PR_SET_NAME, "barco-keeper");
    setsid();
    if (barco_process_wait_for_parent() == 0)
        remove_tree(cgroup->path);
    return 0;
}
//! [keep]

/* ---- All together -------------------------------------------------------- */

int barco_cgroup_create(struct barco_cgroup *cgroup,
                        const struct barco_cgroup_limits *limits)
{
    const char *needed = limits->io_max || limits->io_weight
                             ? "cpu memory pids io"
                             : "cpu memory pids";
    const char *root = find_root();
    char parent[PATH_MAX];
    int result;

    if (!root) {
        errno = ENODEV;
        return BARCO_FAIL(statfs, "\"/sys/fs/cgroup\", not cgroup2");
    }
    if ((result = parent_path(parent)) < 0 ||
        (result = hand_down(root, parent, needed)) < 0 ||
        (result = make_directory(cgroup, root, parent)) < 0)
        return result;
    BARCO_EXPLAIN("the keeper removes the cgroup if we are killed", "clone3()");
    cgroup->keeper.keeps = true;
    result = barco_process_spawn(&cgroup->keeper, 0, keep, cgroup);
    return result < 0 ? result : set_limits(cgroup, limits);
}

//! [enter]
int barco_cgroup_enter(void)
{
    BARCO_EXPLAIN("our cgroup is the root of all that we see of the tree",
                  "unshare(CLONE_NEWCGROUP)");
    if (unshare(CLONE_NEWCGROUP) < 0)
        return BARCO_FAIL(unshare, "CLONE_NEWCGROUP");
    return barco_mount_new_at("cgroup2", "/sys/fs/cgroup",
                              BARCO_MOUNT_RESTRICTED | MOUNT_ATTR_RDONLY, NULL);
}
//! [enter]

void barco_cgroup_remove(struct barco_cgroup *cgroup)
{
    if (cgroup->dir < 0)
        return;
    barco_close(&cgroup->dir);
    BARCO_EXPLAIN("nobody is left in it", "rmdir(\"%s\")", cgroup->path);
    remove_tree(cgroup->path);
    barco_process_end(&cgroup->keeper);
}
