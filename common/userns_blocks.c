/**
 * @file
 * @brief A block of ids for a container of root, which nobody else has.
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
 * Who has it: an abstract Unix socket with a name for each block. bind(2) gives
 * a name to one socket, at once and without a race, whether the other is in
 * this process or elsewhere; the name is not a file, so none is left behind;
 * and the kernel gives it up when barco has ended, whatever ended it. The
 * container's PID 1 cannot be traced, and the command's process closes its
 * copy, so the container cannot get at it. Reading each /proc/PID/uid_map
 * instead would take longer than all the rest of a container's start, and
 * somebody could take the block meanwhile. The names are those of a network
 * namespace: two barcos in different ones can get the same block, once in 2046
 * times. An ordinary user can bind such names too, and so can keep root from a
 * block, but never get root to share one; if all are gone, root is told so, and
 * can choose with --ids.
 */
#include "common/userns_blocks.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "common/userns_lines.h"

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
    BARCO_CLEANUP(userns_lines_free) struct userns_lines map;
    const char *line;
    int result = userns_lines_read(&map, path);

    while ((line = userns_lines_next(&map))) {
        unsigned long first, count;

        if (sscanf(line, "%lu %*u %lu", &first, &count) == 2)
            mark(mapped, (first + BLOCK_IDS - 1) / BLOCK_IDS,
                 (first + count) / BLOCK_IDS);
    }
    return result;
}

/* Lines of passwd and group: NAME:PASSWORD:ID:... */
static int mark_names(const char *path, char used[BLOCKS])
{
    BARCO_CLEANUP(userns_lines_free) struct userns_lines names;
    char *line;
    unsigned id;
    int result = userns_lines_read(&names, path);

    while ((line = userns_lines_next(&names))) {
        userns_lines_field(&line);
        userns_lines_field(&line);
        if (userns_lines_id(userns_lines_field(&line), &id))
            mark(used, id / BLOCK_IDS, id / BLOCK_IDS + 1);
    }
    return result;
}

static int mark_ranges(const char *path, char used[BLOCKS])
{
    BARCO_CLEANUP(userns_lines_free) struct userns_lines ranges;
    char *line;
    int result = userns_lines_read(&ranges, path);

    while ((line = userns_lines_next(&ranges))) {
        struct barco_id_range range;
        const char *first;

        userns_lines_field(&line);
        first = userns_lines_field(&line);
        if (userns_lines_range(first, userns_lines_field(&line), &range))
            mark(used, range.outside / BLOCK_IDS,
                 ((uint64_t)range.outside + range.count - 1) / BLOCK_IDS + 1);
    }
    return result;
}

static int look_around(struct blocks *blocks)
{
    int result;

    if ((result = mark_mapped("/proc/self/uid_map", blocks->uids)) < 0)
        return result;
    if ((result = mark_mapped("/proc/self/gid_map", blocks->gids)) < 0)
        return result;
    if ((result = mark_names("/etc/passwd", blocks->used)) < 0)
        return result;
    if ((result = mark_names("/etc/group", blocks->used)) < 0)
        return result;
    if ((result = mark_ranges("/etc/subuid", blocks->used)) < 0)
        return result;
    return mark_ranges("/etc/subgid", blocks->used);
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

int userns_blocks_take(struct barco_id_range *range)
{
    struct blocks blocks = { 0 };
    int result = look_around(&blocks);

    if (result < 0)
        return result;
    return choose_block(&blocks, range);
}
