/**
 * @file
 * @brief Ids for a container: what /etc/subuid grants, or, for root, a block.
 *
 * Root may map any id, and containers that share ids share an owner: a process
 * of one may signal those of another, they have the same limits, and a file
 * that one leaves in a shared place belongs to the other. So each gets a block
 * of 65536 ids, aligned to 65536, as systemd-nspawn and Podman give them.
 *
 * Where: ids from 0x78000000 on are handed out by nobody else: useradd's
 * ranges for users end at 600100000, those of systemd-nspawn at 0x6fffffff,
 * those of SSSD at 2000200000. At 0x7ffe0000 begins what systemd keeps for
 * files of foreign systems, and at 0x80000000 what some programs take for a
 * negative number. That is room for 2046 containers at a time. An id or a
 * range that is in there all the same, in /etc/passwd, /etc/group, /etc/subuid
 * or /etc/subgid, takes its block away.
 *
 * Who has it: an abstract Unix socket with a name for each block. bind(2) lets
 * one process have a name, at once and without a race; the name is not a file,
 * so none is left behind; and the kernel gives it up when barco and the
 * container's PID 1 have ended, whatever ended them. PID 1 cannot be traced,
 * and the command's process closes its copy, so the container cannot get at it.
 * Reading each /proc/PID/uid_map instead would take longer than all the rest of
 * a container's start, and somebody could take the block meanwhile. The names
 * are those of a network namespace: two barcos in different ones can get the
 * same block, once in 2046 times. An ordinary user can bind such names too, and
 * so can keep root from a block, but never get root to share one; if all are
 * gone, root is told so, and can choose with --ids.
 */
#include "common/userns_ranges.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "common/userns_lines.h"

/* ---- The range of an ordinary user --------------------------------------- */

/* The name of a user, from /etc/passwd alone: getpwuid() would load modules
 * for directory services, and a static program has none. */
static int user_name(uid_t uid, char *name, size_t size)
{
    struct barco_lines users;
    char *line;
    int result = barco_lines_read(&users, "/etc/passwd");

    *name = '\0';
    while (!*name && (line = barco_lines_next(&users))) {
        const char *field = barco_lines_field(&line);
        unsigned id;

        barco_lines_field(&line); /* the password */
        if (barco_lines_id(barco_lines_field(&line), &id) && id == uid)
            snprintf(name, size, "%s", field);
    }
    barco_lines_free(&users);
    return result;
}

/* Lines are OWNER:FIRST:COUNT, where OWNER is a name or a uid. */
static bool is_owner(const char *owner, const char *name, uid_t uid)
{
    unsigned id;

    return *owner && (strcmp(owner, name) == 0 ||
                      (barco_lines_id(owner, &id) && id == uid));
}

/* Reads what follows the owner in a line: 1, or a negative errno, reported. */
static int read_range(char *line, const char *path,
                      struct barco_id_range *range)
{
    const char *first = barco_lines_field(&line),
               *count = barco_lines_field(&line);

    if (!line && barco_lines_range(first, count, range))
        return 1;
    errno = EINVAL;
    return BARCO_FAIL(strtonum, "\"%s:%s\", from %s", first, count, path);
}

int barco_range_of_user(const char *path, struct barco_id_range *range)
{
    char name[256], *line;
    uid_t uid = geteuid();
    struct barco_lines ranges;
    int result = barco_lines_read(&ranges, path);

    if (result == 0 && ranges.text)
        result = user_name(uid, name, sizeof(name));
    while (result == 0 && (line = barco_lines_next(&ranges)))
        if (is_owner(barco_lines_field(&line), name, uid))
            result = read_range(line, path, range);
    barco_lines_free(&ranges);
    return result;
}

/* ---- A block for root ---------------------------------------------------- */

enum {
    BLOCK_IDS = 65536,
    BLOCKS = 0x8000, /* up to 2^31 */
    OUR_FIRST = 0x7800,
    OUR_END = 0x7ffe
};

/* Of each block, whether */
struct blocks {
    char uids[BLOCKS]; /* all its uids can be mapped */
    char gids[BLOCKS]; /* all its gids can be mapped */
    char used[BLOCKS]; /* somebody has one of its ids */
};

/* Marks the blocks from one to another, the second not included. */
static void mark(char blocks[BLOCKS], uint64_t first, uint64_t end)
{
    if (end > BLOCKS)
        end = BLOCKS;
    if (first < end)
        memset(blocks + first, true, end - first);
}

/* Inside another user namespace, what it has been given is all there is; the
 * kernel wants a range of ours in one range of its map. */
static int mark_mapped(const char *path, char mapped[BLOCKS])
{
    struct barco_lines map;
    const char *line;
    int result = barco_lines_read(&map, path);

    while ((line = barco_lines_next(&map))) {
        unsigned long first, count;

        if (sscanf(line, "%lu %*u %lu", &first, &count) == 2)
            mark(mapped, (first + BLOCK_IDS - 1) / BLOCK_IDS,
                 (first + count) / BLOCK_IDS);
    }
    barco_lines_free(&map);
    return result;
}

/* Lines of passwd and group: NAME:PASSWORD:ID:... */
static int mark_names(const char *path, char used[BLOCKS])
{
    struct barco_lines names;
    char *line;
    unsigned id;
    int result = barco_lines_read(&names, path);

    while ((line = barco_lines_next(&names))) {
        barco_lines_field(&line);
        barco_lines_field(&line);
        if (barco_lines_id(barco_lines_field(&line), &id))
            mark(used, id / BLOCK_IDS, id / BLOCK_IDS + 1);
    }
    barco_lines_free(&names);
    return result;
}

static int mark_ranges(const char *path, char used[BLOCKS])
{
    struct barco_lines ranges;
    char *line;
    int result = barco_lines_read(&ranges, path);

    while ((line = barco_lines_next(&ranges))) {
        struct barco_id_range range;
        const char *first;

        barco_lines_field(&line);
        first = barco_lines_field(&line);
        if (barco_lines_range(first, barco_lines_field(&line), &range))
            mark(used, range.outside / BLOCK_IDS,
                 ((uint64_t)range.outside + range.count - 1) / BLOCK_IDS + 1);
    }
    barco_lines_free(&ranges);
    return result;
}

static int look_around(struct blocks *blocks)
{
    int result = mark_mapped("/proc/self/uid_map", blocks->uids);

    if (result == 0)
        result = mark_mapped("/proc/self/gid_map", blocks->gids);
    if (result == 0)
        result = mark_names("/etc/passwd", blocks->used);
    if (result == 0)
        result = mark_names("/etc/group", blocks->used);
    if (result == 0)
        result = mark_ranges("/etc/subuid", blocks->used);
    if (result == 0)
        result = mark_ranges("/etc/subgid", blocks->used);
    return result;
}

/* How many blocks of a part are for containers, whether one has them or not. */
static unsigned count_free(const struct blocks *blocks, unsigned from,
                           unsigned end)
{
    unsigned count = 0;

    for (unsigned i = from; i < end; i++)
        count += blocks->uids[i] && blocks->gids[i] && !blocks->used[i];
    return count;
}

/* Gives the socket the name of a block, if nobody has it. */
static bool take(int lock, unsigned block)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int length = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
                          "barco-ids-%u", block * BLOCK_IDS);

    return bind(lock, (const struct sockaddr *)&name,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                            (size_t)length)) == 0;
}

/* A block between two, beginning anywhere; the first one that is ours. */
static int take_one(const struct blocks *blocks, unsigned from, unsigned end,
                    int lock)
{
    unsigned start = 0;

    /* Anywhere will do: it only saves attempts. */
    if (getrandom(&start, sizeof(start), GRND_NONBLOCK) < 0)
        start = 0;
    start %= end - from;
    for (unsigned i = 0; i < end - from; i++) {
        unsigned block = from + (start + i) % (end - from);

        if (!blocks->uids[block] || !blocks->gids[block] || blocks->used[block])
            continue;
        if (take(lock, block))
            return (int)block;
        if (errno != EADDRINUSE)
            return BARCO_FAIL(bind, "\"\\0barco-ids-%u\"", block * BLOCK_IDS);
    }
    errno = EADDRINUSE;
    return BARCO_FAIL(bind, "\"\\0barco-ids-%u\", nor any other of %u",
                      from * BLOCK_IDS, count_free(blocks, from, end));
}

/* With all that is known: the descriptor of a range. */
static int choose_block(const struct blocks *blocks,
                        struct barco_id_range *range)
{
    BARCO_CLEANUP(barco_close) int lock = -1;
    unsigned from = OUR_FIRST, end = OUR_END;
    int block;

    if (count_free(blocks, from, end) == 0) {
        /* Not in this user namespace. Block 0 has its users. */
        from = 1;
        end = OUR_FIRST;
    }
    if (count_free(blocks, from, end) == 0) {
        errno = ERANGE;
        return BARCO_FAIL(read, "\"/proc/self/uid_map\"");
    }
    lock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (lock < 0)
        return BARCO_FAIL(socket, "AF_UNIX, SOCK_STREAM");
    block = take_one(blocks, from, end, lock);
    if (block < 0)
        return block;
    *range =
        (struct barco_id_range){ 0, (unsigned)block * BLOCK_IDS, BLOCK_IDS };
    BARCO_EXPLAIN("nobody else has these ids, and while we have the name of "
                  "the range, no other container gets them",
                  "bind(\"\\0barco-ids-%u\")", range->outside);
    return barco_take_fd(&lock);
}

int barco_range_of_its_own(struct barco_id_range *range)
{
    struct blocks *blocks = calloc(1, sizeof(*blocks));
    int result;

    if (!blocks)
        return BARCO_FAIL(calloc, "%zu bytes", sizeof(*blocks));
    result = look_around(blocks);
    if (result == 0)
        result = choose_block(blocks, range);
    free(blocks);
    return result;
}
