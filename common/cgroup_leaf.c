/**
 * @file
 * @brief Room for a container in a cgroup that has been delegated to us.
 *
 *     before            while a container runs       after
 *
 *     scope   we        scope                        scope   we
 *                       +- barco-leaf   we
 *                       +- barco-N      container
 *
 * What is delegated is a cgroup and what is below it: everything else has
 * another writer, such as systemd. So the container's cgroup has to be below
 * our own. But a cgroup that has processes cannot enable controllers for its
 * children, so we move its processes, ourselves among them, into a child that
 * has no children itself: a leaf.
 *
 * Several runs of barco can share a leaf. The last one to end removes it. A
 * lock on the directory keeps one from removing it while another one enters. If
 * we are killed between the move and the cleaner's start, the next run removes
 * it.
 */
#include "common/cgroup_leaf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "common/cgroup_files.h"
#include "common/cgroup_tree.h"

/* ---- Moving -------------------------------------------------------------- */

/* A process can end, or fork, while we move the others. */
static int move_once(const char *from, const char *to)
{
    char path[PATH_MAX + NAME_MAX], line[32];
    FILE *procs;
    int moved = 0;

    snprintf(path, sizeof(path), "%s/cgroup.procs", from);
    if (!(procs = fopen(path, "re")))
        return -1;
    while (moved >= 0 && fgets(line, sizeof(line), procs))
        if (cgroup_files_write(to, "cgroup.procs", line) == 0)
            moved++;
        else if (errno != ESRCH)
            moved = -1;
    fclose(procs);
    return moved;
}

/* Until there is none left to move; 0, or -1 with errno. */
static int move_all(const char *from, const char *to)
{
    int moved;

    while ((moved = move_once(from, to)) > 0)
        ;
    return moved;
}

/* ---- The leaf ------------------------------------------------------------ */

static void leaf_of(const char *dir, char leaf[PATH_MAX])
{
    snprintf(leaf, PATH_MAX, "%s/" CGROUP_LEAF, dir);
}

static int lock_directory(const char *dir)
{
    int lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    while (lock >= 0 && flock(lock, LOCK_EX) < 0)
        if (errno != EINTR)
            barco_close(&lock);
    return lock;
}

/* By hand: the cleaner has a copy of the descriptor. */
void cgroup_leaf_unlock(int *lock)
{
    if (*lock >= 0)
        flock(*lock, LOCK_UN);
    barco_close(lock);
}

//! [leaf]
int cgroup_leaf_enter(const char *dir)
{
    char leaf[PATH_MAX];
    int lock = lock_directory(dir), result = 0;

    if (lock < 0)
        return BARCO_FAIL(flock, "\"%s\", LOCK_EX", dir);
    leaf_of(dir, leaf);
    BARCO_EXPLAIN("a cgroup that enables controllers for its children may have "
                  "no processes, so they all move into a leaf",
                  "mkdir(\"%s\"), write(\"cgroup.procs\")", leaf);
    if (mkdir(leaf, 0755) < 0 && errno != EEXIST)
        result = BARCO_FAIL(mkdir, "\"%s\"", leaf);
    else if (move_all(dir, leaf) < 0)
        result = BARCO_FAIL(write, "\"%s/cgroup.procs\"", leaf);
    if (result < 0)
        cgroup_leaf_unlock(&lock);
    return result < 0 ? result : lock;
}
//! [leaf]

/* Whether the leaf is all that is below; another run may have removed it. */
static bool has_only_leaf(const char *dir)
{
    DIR *below = opendir(dir);
    const struct dirent *entry;
    int leaves = 0, others = 0;

    while (below && (entry = readdir(below)))
        if (strcmp(entry->d_name, CGROUP_LEAF) == 0)
            leaves++;
        else if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            others++;
    if (below)
        closedir(below);
    return leaves == 1 && others == 0;
}

/* A process that has just been born in the leaf has to follow. */
static bool empty_leaf(const char *dir, const char *leaf)
{
    do {
        if (move_all(leaf, dir) < 0)
            return false;
        if (rmdir(leaf) == 0)
            return true;
    } while (errno == EBUSY);
    return false;
}

void cgroup_leaf_leave(const char *dir)
{
    BARCO_CLEANUP(cgroup_leaf_unlock) int lock = -1;
    char leaf[PATH_MAX];

    leaf_of(dir, leaf);
    if (access(leaf, F_OK) < 0)
        return;
    lock = lock_directory(dir);
    if (lock < 0 || !has_only_leaf(dir))
        return;
    BARCO_EXPLAIN("no container is left here, so its processes come back",
                  "write(\"%s/cgroup.procs\"), rmdir(\"%s\")", dir, leaf);
    if (cgroup_tree_disable(dir) < 0 || !empty_leaf(dir, leaf))
        BARCO_WARN("the cgroup %s cannot be removed: %s", leaf,
                   strerror(errno));
}
