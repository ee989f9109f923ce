/**
 * @file
 * @brief Three ways to fill uid_map and gid_map, and what follows from them.
 */
#include "barco/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/cli.h"
#include "barco/error.h"
#include "barco/process.h"

/* The range of the original barco: where it begins on the host, how many. */
enum {
    ROOT_FIRST = 10000,
    ROOT_COUNT = 2000
};

/* ---- The options ------------------------------------------------------- */

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct barco_userns *userns = state->input;
    char *uid = arg, *gid;

    if (key != 'u')
        return ARGP_ERR_UNKNOWN;
    gid = strchr(arg, ':');
    if (gid)
        *gid++ = '\0';
    else
        gid = uid;
    userns->uid = barco_cli_number(state, uid, "--uid", 65535);
    userns->gid = barco_cli_number(state, gid, "--uid", 65535);
    return 0;
}

static const struct argp_option options[] = {
    { "uid", 'u', "UID[:GID]", 0,
      "Run COMMAND with this user id inside, and this group id or the same "
      "number; default: 0",
      0 },
    { 0 },
};

const struct argp barco_userns_argp = { .options = options,
                                        .parser = parse_option };

/* ---- Choosing the maps -------------------------------------------------- */

/* The name of a user, from /etc/passwd alone: getpwuid() would load modules
 * for directory services, and a static program has none. */
static bool user_name(uid_t uid, char *name, size_t size)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;
    bool found = false;

    if (!file)
        return false;
    while (!found && (entry = fgetpwent(file)))
        if (entry->pw_uid == uid) {
            snprintf(name, size, "%s", entry->pw_name);
            found = true;
        }
    fclose(file);
    return found;
}

/* The first range of a user in /etc/subuid or /etc/subgid, whose lines are
 * NAME:FIRST:COUNT, where NAME may be a number. */
static bool subid_range(const char *path, struct barco_id_range *range)
{
    FILE *file = fopen(path, "re");
    char name[64] = "", line[256], owner[64];
    uid_t uid = geteuid();
    bool found = false;

    if (!file)
        return false;
    user_name(uid, name, sizeof(name));
    while (!found && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%63[^:]:%u:%u", owner, &range->outside,
                   &range->count) != 3)
            continue;
        found = range->count > 0 && (strcmp(owner, name) == 0 ||
                                     (unsigned)strtoul(owner, NULL, 10) == uid);
    }
    fclose(file);
    return found;
}

static bool installed(const char *program)
{
    char path[64];

    snprintf(path, sizeof(path), "/usr/bin/%s", program);
    return access(path, X_OK) == 0;
}

static bool use_subids(struct barco_userns *userns)
{
    struct barco_id_range uids = { .inside = 1 }, gids = { .inside = 1 };

    if (!subid_range("/etc/subuid", &uids) ||
        !subid_range("/etc/subgid", &gids))
        return false;
    if (!installed("newuidmap") || !installed("newgidmap")) {
        BARCO_INFO("/etc/subuid has a range for you, but newuidmap is not "
                   "installed (Debian's package uidmap): mapping one id");
        return false;
    }
    userns->uids[1] = uids;
    userns->gids[1] = gids;
    return true;
}

int barco_userns_prepare(struct barco_userns *userns)
{
    struct barco_id_range *uid = &userns->uids[0], *gid = &userns->gids[0];

    *uid = (struct barco_id_range){ 0, geteuid(), 1 };
    *gid = (struct barco_id_range){ 0, getegid(), 1 };
    if (geteuid() == 0) {
        userns->plan = BARCO_USERNS_ROOT;
        *uid = *gid = (struct barco_id_range){ 0, ROOT_FIRST, ROOT_COUNT };
    } else if (use_subids(userns)) {
        userns->plan = BARCO_USERNS_SUBID;
    } else {
        /* One id is all we may map, so it had better be the right one. */
        userns->plan = BARCO_USERNS_SINGLE;
        if (getgroups(0, NULL) > 1)
            BARCO_WARN("without a range in /etc/subgid the container keeps "
                       "your groups, and can use files that are theirs");
        uid->inside = userns->uid;
        gid->inside = userns->gid;
    }
    return 0;
}

/* ---- Writing the maps --------------------------------------------------- */

/* The kernel takes a map once, and in one write(2). */
static int write_text(const char *path, const char *text)
{
    BARCO_CLEANUP(barco_close) int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return BARCO_FAIL(open, "\"%s\", O_WRONLY", path);
    if (write(fd, text, strlen(text)) < 0)
        return BARCO_FAIL(write, "\"%s\", \"%s\"", path, text);
    return 0;
}

static int write_map(pid_t pid, const char *name,
                     const struct barco_id_range *range)
{
    char path[64], text[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    snprintf(text, sizeof(text), "%u %u %u", range->inside, range->outside,
             range->count);
    BARCO_EXPLAIN("first id inside, first id on the host, how many",
                  "write(\"%s\", \"%s\")", path, text);
    return write_text(path, text);
}

/* newuidmap is setuid root, and checks the ranges against /etc/subuid. */
static int run_newidmap(char *program, pid_t pid,
                        const struct barco_id_range ranges[2])
{
    char words[7][16];
    char *argv[] = { program,  words[0], words[1], words[2], words[3],
                     words[4], words[5], words[6], NULL };
    pid_t helper;
    int status, err;

    snprintf(words[0], sizeof(words[0]), "%d", pid);
    for (size_t i = 0; i < 2; i++) {
        snprintf(words[1 + 3 * i], 16, "%u", ranges[i].inside);
        snprintf(words[2 + 3 * i], 16, "%u", ranges[i].outside);
        snprintf(words[3 + 3 * i], 16, "%u", ranges[i].count);
    }
    BARCO_EXPLAIN("root's helper writes the ranges that /etc/subuid grants",
                  "%s %s  %s %s %s  %s %s %s", program, argv[1], argv[2],
                  argv[3], argv[4], argv[5], argv[6], argv[7]);
    err = posix_spawnp(&helper, program, NULL, NULL, argv, environ);
    if (err != 0) {
        errno = err;
        return BARCO_FAIL(posix_spawn, "\"%s\"", program);
    }
    while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return barco_error_report(program, EPERM, __func__, __FILE__, __LINE__,
                              "%s, exit status %d", argv[1],
                              WEXITSTATUS(status));
}

int barco_userns_map(const struct barco_userns *userns, pid_t pid)
{
    static char newuidmap[] = "newuidmap", newgidmap[] = "newgidmap";
    int result;

    if (userns->plan == BARCO_USERNS_SUBID) {
        result = run_newidmap(newgidmap, pid, userns->gids);
        return result < 0 ? result : run_newidmap(newuidmap, pid, userns->uids);
    }

    /* Leaving a group can open files that are closed to its members, so the
     * kernel lets an ordinary user map groups only when that is given up. */
    if (userns->plan == BARCO_USERNS_SINGLE) {
        char path[64];

        snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
        BARCO_EXPLAIN("without this an ordinary user may map no group",
                      "write(\"%s\", \"deny\")", path);
        result = write_text(path, "deny");
        if (result < 0)
            return result;
    }
    result = write_map(pid, "gid_map", userns->gids);
    return result < 0 ? result : write_map(pid, "uid_map", userns->uids);
}

int barco_userns_open_root(const struct barco_userns *userns, pid_t pid,
                           struct barco_rootfs *rootfs)
{
    BARCO_CLEANUP(barco_close) int namespace = -1;
    char path[64];

    if (userns->plan != BARCO_USERNS_ROOT)
        return 0;
    snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
    namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0)
        return BARCO_FAIL(open, "\"%s\"", path);
    return barco_rootfs_open(rootfs, namespace);
}

/* ---- Becoming somebody -------------------------------------------------- */

static int set_ids(unsigned uid, unsigned gid)
{
    BARCO_EXPLAIN("real, effective and saved, so that there is no way back",
                  "setresgid(%u), setresuid(%u)", gid, uid);
    if (setresgid(gid, gid, gid) < 0)
        return BARCO_FAIL(setresgid, "%u, %u, %u", gid, gid, gid);
    if (setresuid(uid, uid, uid) < 0)
        return BARCO_FAIL(setresuid, "%u, %u, %u", uid, uid, uid);
    return 0;
}

int barco_userns_become_root(const struct barco_userns *userns)
{
    int result;

    /* With one id mapped we are that id already, and groups cannot be set. */
    if (userns->plan == BARCO_USERNS_SINGLE)
        return 0;
    BARCO_EXPLAIN("the groups of the host's user are not the container's",
                  "setgroups(0)");
    if (setgroups(0, NULL) < 0)
        return BARCO_FAIL(setgroups, "0");
    result = set_ids(0, 0);
    /* The change of ids has made the kernel forget. */
    return result < 0 ? result : barco_process_die_with_parent();
}

int barco_userns_become_user(const struct barco_userns *userns)
{
    int result;

    if (userns->plan == BARCO_USERNS_SINGLE ||
        (userns->uid == 0 && userns->gid == 0))
        return 0;
    result = set_ids(userns->uid, userns->gid);
    return result < 0 ? result : barco_process_die_with_parent();
}
