/**
 * @file
 * @brief A directory that holds processes, and a file for each limit.
 *
 *     1  find our own cgroup           /proc/self/cgroup
 *     2  hand the controllers down     +memory to cgroup.subtree_control, from
 *                                      the root to our parent
 *     3  the cleaner stands by          clone3
 *     4  make a cgroup beside ours     mkdir
 *     5  set its limits                write
 *     6  clone3(CLONE_INTO_CGROUP)     the container is born in it
 *     7  kill what is left, remove     cgroup.kill, rmdir
 */
#include "barco/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <linux/magic.h>
#include <mntent.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
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

/* hugetlb where it is available: root can hand it down, an ordinary user has
 * it only where it was delegated. */
static const char *choose_controllers(const struct barco_cgroup_limits *limits,
                                      const char *root, const char *parent,
                                      char buf[64])
{
    bool io = limits->io_max || limits->io_weight;
    char dir[PATH_MAX], list[64];

    snprintf(dir, sizeof(dir), "%s%s", root, geteuid() == 0 ? "" : parent);
    snprintf(buf, 64, "cpu memory pids%s%s", io ? " io" : "",
             *missing(dir, "cgroup.controllers", "hugetlb", list) ? ""
                                                                  : " hugetlb");
    return buf;
}

//! [enable_controllers]
/* Every cgroup from the root to the parent has to hand the controllers on.
 *
 * That stays so when we are gone. The kernel does not count who relies on a
 * controller, and lets anybody take one away while others have limits that it
 * keeps: their files vanish, and no error tells them. Another container may
 * have started meanwhile and found the controller there. So nobody can tell
 * that the time has come, and a controller too many costs little. */
static int enable_controllers(const char *root, const char *parent,
                              const char *needed)
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
//! [enable_controllers]

/* ---- 3: the cleaner -------------------------------------------------------
 */

static void remove_tree(const char *path); /* at the end */

struct cleaning {
    const char *path;
    int ready; /* where to say so */
};

/* When the cgroup that we were started in is out of memory, the kernel kills
 * the largest process in it, and with memory.oom.group all of them. Root may
 * exempt a process. Without root it helps that the cleaner is the smallest. */
static void survive_oom(void)
{
    BARCO_CLEANUP(barco_close)
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, "-1000", 5) < 0)
        BARCO_INFO("the cleaner can be killed when memory runs out: %s",
                   strerror(errno));
}

//! [cleaner]
/* Out of the terminal's reach, it waits for the one end that we cannot clean
 * up after. */
static int clean(void *arg)
{
    const struct cleaning *cleaning = arg;

    prctl(PR_SET_NAME, "barco-cleaner");
    if (setsid() < 0)
        return BARCO_FAIL(setsid, "%s", "");
    survive_oom();
    if (write(cleaning->ready, "ready", 5) < 0)
        return BARCO_FAIL(write, "the cleaner is ready");
    if (barco_process_wait_for_parent() == 0)
        remove_tree(cleaning->path);
    return 0;
}
//! [cleaner]

/* The cleaner knows the name before there is a directory. If we are killed, and
 * our process group with us, it is before the mkdir or after: either way the
 * cleaner is there. */
static int start_cleaner(struct barco_cgroup *cgroup)
{
    BARCO_CLEANUP(barco_close) int ready = -1;
    struct cleaning cleaning = { .path = cgroup->path };
    int ends[2], result;
    char byte;

    BARCO_EXPLAIN("the cleaner removes the cgroup if we are killed",
                  "clone3()");
    if (pipe2(ends, O_CLOEXEC) < 0)
        return BARCO_FAIL(pipe2, "O_CLOEXEC");
    ready = ends[0];
    cleaning.ready = ends[1];
    cgroup->cleaner.outlives_parent = true;
    result = barco_process_spawn(&cgroup->cleaner, 0, clean, &cleaning);
    close(ends[1]);
    if (result < 0)
        return result;
    if (read(ready, &byte, 1) == 1)
        return 0;
    errno = ECHILD; /* end of file: it has ended, and has said why */
    return BARCO_FAIL(read, "is the cleaner ready?");
}

/* ---- 4: the cgroup ------------------------------------------------------- */

/* A name that nobody else has: the pid is ours alone in our PID namespace, but
 * there may be others. */
static int choose_name(struct barco_cgroup *cgroup, const char *root,
                       const char *parent)
{
    size_t size = sizeof(cgroup->path);
    unsigned number;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return BARCO_FAIL(getrandom, "%zu", sizeof(number));
    if ((size_t)snprintf(cgroup->path, size, "%s%s/barco-%d.%08x", root, parent,
                         getpid(), number) < size)
        return 0;
    errno = ENAMETOOLONG;
    return BARCO_FAIL(snprintf, "%s%s", root, parent);
}

static int make_directory(struct barco_cgroup *cgroup)
{
    BARCO_EXPLAIN("a cgroup beside our own", "mkdir(\"%s\")", cgroup->path);
    if (mkdir(cgroup->path, 0755) < 0) {
        int result = BARCO_FAIL(mkdir, "\"%s\"", cgroup->path);

        barco_process_end(&cgroup->cleaner); /* there is nothing to keep */
        return result;
    }
    /* The umask may have taken from us what we need. */
    if (chmod(cgroup->path, 0755) < 0)
        return BARCO_FAIL(chmod, "\"%s\", 0755", cgroup->path);
    cgroup->dir = open(cgroup->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return cgroup->dir < 0 ? BARCO_FAIL(open, "\"%s\"", cgroup->path) : 0;
}

/* ---- 5: limits ----------------------------------------------------------- */

//! [limits]
struct setting {
    const char *file, *value;
    bool wanted;
    bool optional; /* there are kernels without this file */
};

static int set_limit(const struct barco_cgroup *cgroup,
                     const struct setting *setting)
{
    const char *file = setting->file, *value = setting->value;

    BARCO_INFO("setting %s to %s...", file, value);
    BARCO_EXPLAIN("a limit for all in the cgroup together",
                  "write(\"%s\", \"%s\")", file, value);
    if (barco_cgroup_write(cgroup->path, file, value) == 0 ||
        (setting->optional && errno == ENOENT))
        return 0;
    return BARCO_FAIL(write, "\"%s/%s\", \"%s\"", cgroup->path, file, value);
}

/* The host's root sets huge pages aside for programs of the host, and one is
 * 2 MB or 1 GB: a container gets none. There is a file for each size. */
static int set_no_huge_pages(const struct barco_cgroup *cgroup)
{
    DIR *dir = opendir(cgroup->path);
    const struct dirent *entry;
    int result = 0;

    if (!dir)
        return BARCO_FAIL(opendir, "\"%s\"", cgroup->path);
    while (result == 0 && (entry = readdir(dir)))
        if (fnmatch("hugetlb.*.max", entry->d_name, 0) == 0)
            result = set_limit(cgroup, &(struct setting){ .file = entry->d_name,
                                                          .value = "0" });
    closedir(dir);
    return result;
}

/* The kernel takes the limits of one disk at a time, so each line of several
 * disks is a write of its own. */
static int set_limit_lines(const struct barco_cgroup *cgroup,
                           const struct setting *setting)
{
    const char *lines = setting->value;
    int result = 0;

    while (result == 0 && *lines) {
        size_t length = strcspn(lines, "\n");
        char *line = strndup(lines, length);
        struct setting one = *setting;

        if (!line)
            return BARCO_FAIL(strndup, "%zu", length);
        one.value = line;
        result = set_limit(cgroup, &one);
        free(line);
        lines += length + (lines[length] == '\n');
    }
    return result;
}

static int set_limits(const struct barco_cgroup *cgroup,
                      const struct barco_cgroup_limits *limits)
{
    char memory[32], high[32], pids[32], weight[32], quota[48] = "max";
    const struct setting settings[] = {
        { "memory.max", memory, true, false },
        /* Without this a container that is out of memory continues on the
         * disk. A kernel without swap lacks the file. */
        { "memory.swap.max", "0", true, true },
        { "memory.high", high, limits->memory_high != BARCO_NO_LIMIT, false },
        { "cpu.weight", weight, true, false },
        { "cpu.max", quota, limits->cpu_quota_us != BARCO_NO_LIMIT, false },
        { "pids.max", pids, true, false },
        { "io.max", limits->io_max, limits->io_max, false },
        { "io.weight", limits->io_weight, limits->io_weight, false },
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
            result = set_limit_lines(cgroup, &settings[i]);
    return result == 0 ? set_no_huge_pages(cgroup) : result;
}
//! [limits]

/* ---- 7: the end ---------------------------------------------------------- */

/* The kernel wakes a process that polls cgroup.events when it changes. A
 * process that waits for a disk can take its time, and the directory stays
 * until then. */
static void wait_until_empty(const char *path)
{
    BARCO_CLEANUP(barco_close)
    int events = barco_cgroup_open(path, "cgroup.events", O_RDONLY);
    struct pollfd change = { .fd = events, .events = POLLPRI };
    int patience = 10000; /* ms */
    char text[128];
    ssize_t length;

    while ((length = pread(events, text, sizeof(text) - 1, 0)) > 0) {
        text[length] = '\0';
        if (!strstr(text, "populated 1"))
            return;
        if (poll(&change, 1, patience) == 0) {
            BARCO_WARN("the container's last processes take long to die; "
                       "waiting for %s to be empty",
                       path);
            patience = -1;
        }
    }
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
    /* Dying takes some processor time. (A frozen process dies too.) */
    barco_cgroup_write(path, "cpu.max", "max");
    barco_cgroup_write(path, "cgroup.kill", "1");
    wait_until_empty(path);
    if (nftw(path, remove_directory, 8, FTW_DEPTH | FTW_PHYS) != 0)
        BARCO_WARN("the cgroup %s cannot be removed: %s", path,
                   strerror(errno));
}
//! [remove]

/* ---- All together -------------------------------------------------------- */

int barco_cgroup_create(struct barco_cgroup *cgroup,
                        const struct barco_cgroup_limits *limits)
{
    const char *root = find_root();
    char parent[PATH_MAX], needed[64];
    int result;

    if (!root) {
        errno = ENODEV;
        return BARCO_FAIL(statfs, "\"/sys/fs/cgroup\", not cgroup2");
    }
    if ((result = parent_path(parent)) < 0 ||
        (result = enable_controllers(
             root, parent, choose_controllers(limits, root, parent, needed))) <
            0 ||
        (result = choose_name(cgroup, root, parent)) < 0 ||
        (result = start_cleaner(cgroup)) < 0 ||
        (result = make_directory(cgroup)) < 0)
        return result;
    return set_limits(cgroup, limits);
}

//! [enter]
int barco_cgroup_unshare(void)
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
    if (cgroup->cleaner.pid > 0) {
        barco_close(&cgroup->dir);
        BARCO_EXPLAIN("nobody is left in it", "rmdir(\"%s\")", cgroup->path);
        remove_tree(cgroup->path);
    }
    barco_process_end(&cgroup->cleaner);
}
