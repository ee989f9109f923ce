/**
 * @file
 * @brief A block of ids for one of root's containers, used by nothing else.
 *
 * Root may map any id, but containers that share ids have the same users: a
 * process of one could signal those of another, they share limits, and a file
 * that one leaves in a shared place also belongs to the other. So each gets its
 * own block of 65536 ids, aligned to 65536, as with systemd-nspawn and Podman.
 *
 * Where: nothing else hands out ids from 0x78000000 on. useradd's ranges for
 * users end at 600100000, those of systemd-nspawn at 0x6fffffff, those of SSSD
 * at 2000200000. At 0x7ffe0000 begins what systemd reserves for foreign files,
 * and at 0x80000000 the ids that some programs take for negative numbers. That
 * leaves room for 2046 containers at a time. If /etc/passwd, /etc/group,
 * /etc/subuid or /etc/subgid has an id or a range in there after all, its block
 * is not used.
 *
 * Who has it: each block has a name, and its owner has an abstract Unix socket
 * with that name. bind(2) gives a name to only one socket, at once and without
 * a race, whether the other is in this process or elsewhere. The name is not a
 * file, so none is left behind, and the kernel frees it when barco has ended,
 * whatever ended it. The container's PID 1 cannot be traced, and the command's
 * process closes its copy, so the container cannot reach it. Reading each
 * /proc/PID/uid_map instead would take longer than the rest of a container's
 * start, and another process could take the block meanwhile. The names belong
 * to a network namespace: two barcos in different ones can get the same block,
 * once in 2046 times. An ordinary user can bind such names too, and so keep
 * root from using a block, but never make root share one; if all are taken,
 * root gets an error, and can choose with --ids.
 */
#include "common/userns_blocks.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <bsd/bitstring.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "common/userns_lines.h"

enum {
    BLOCK_IDS = 65536,
    OUR_FIRST = 0x7800,
    OUR_END = 0x7ffe,
    MOST_BLOCKS = 0x800 /* that are looked at together */
};

typedef bitstr_t bit_decl(block_bits, MOST_BLOCKS);

/* For each block from one up to, but not including, another, a bit: whether. A
 * table of all blocks, or a byte each, would be pages more on the stack, which
 * all three processes of each container would keep. */
struct blocks {
    unsigned from, end;
    block_bits uids; /* all its uids can be mapped */
    block_bits gids; /* all its gids can be mapped */
    block_bits used; /* one of its ids is in use */
};

/* Marks those of the blocks that lie between two. */
static void mark(const struct blocks *blocks, bitstr_t *bits, uint64_t first,
                 uint64_t end)
{
    if (first < blocks->from)
        first = blocks->from;
    if (end > blocks->end)
        end = blocks->end;
    if (first < end)
        bit_nset(bits, (int)(first - blocks->from),
                 (int)(end - blocks->from) - 1);
}

/* Whether a block can be a container's, unless it is taken. */
static bool is_for_us(const struct blocks *blocks, unsigned block)
{
    unsigned i = block - blocks->from;

    return bit_test(blocks->uids, i) && bit_test(blocks->gids, i) &&
           !bit_test(blocks->used, i);
}

/* Inside another user namespace there are only the ids of its map, and the
 * kernel requires each of our ranges to be within one of its ranges. */
static int mark_mapped(const char *path, const struct blocks *blocks,
                       bitstr_t *mapped)
{
    BARCO_CLEANUP(userns_lines_free) struct userns_lines map;
    const char *line;
    int result = userns_lines_read(&map, path);

    while ((line = userns_lines_next(&map))) {
        unsigned long first, count;

        if (sscanf(line, "%lu %*u %lu", &first, &count) == 2)
            mark(blocks, mapped, (first + BLOCK_IDS - 1) / BLOCK_IDS,
                 (first + count) / BLOCK_IDS);
    }
    return result;
}

/* Lines of passwd and group: NAME:PASSWORD:ID:... */
static int mark_names(const char *path, struct blocks *blocks)
{
    BARCO_CLEANUP(userns_lines_free) struct userns_lines names;
    char *line;
    unsigned id;
    int result = userns_lines_read(&names, path);

    while ((line = userns_lines_next(&names))) {
        userns_lines_field(&line);
        userns_lines_field(&line);
        if (userns_lines_id(userns_lines_field(&line), &id))
            mark(blocks, blocks->used, id / BLOCK_IDS, id / BLOCK_IDS + 1);
    }
    return result;
}

static int mark_ranges(const char *path, struct blocks *blocks)
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
            mark(blocks, blocks->used, range.outside / BLOCK_IDS,
                 ((uint64_t)range.outside + range.count - 1) / BLOCK_IDS + 1);
    }
    return result;
}

static int look_around(struct blocks *blocks)
{
    int result;

    if ((result = mark_mapped("/proc/self/uid_map", blocks, blocks->uids)) < 0)
        return result;
    if ((result = mark_mapped("/proc/self/gid_map", blocks, blocks->gids)) < 0)
        return result;
    if ((result = mark_names("/etc/passwd", blocks)) < 0)
        return result;
    if ((result = mark_names("/etc/group", blocks)) < 0)
        return result;
    if ((result = mark_ranges("/etc/subuid", blocks)) < 0)
        return result;
    return mark_ranges("/etc/subgid", blocks);
}

/* How many of the blocks are for containers, taken or not. */
static unsigned count_free(const struct blocks *blocks)
{
    unsigned count = 0;

    for (unsigned i = blocks->from; i < blocks->end; i++)
        count += is_for_us(blocks, i);
    return count;
}

/* Gives the socket the name of a block, if it is free. */
static bool take(int lock, unsigned block)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int length = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
                          "barco-ids-%u", block * BLOCK_IDS);

    return bind(lock, (const struct sockaddr *)&name,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                            (size_t)length)) == 0;
}

/* Takes the first free block, starting anywhere. */
static int take_one(const struct blocks *blocks, int lock)
{
    const unsigned from = blocks->from, count = blocks->end - from;
    unsigned start = 0;

    /* Any start will do: a random one only saves attempts. */
    if (getrandom(&start, sizeof(start), GRND_NONBLOCK) < 0)
        start = 0;
    start %= count;
    for (unsigned i = 0; i < count; i++) {
        unsigned block = from + (start + i) % count;

        if (!is_for_us(blocks, block))
            continue;
        if (take(lock, block))
            return (int)block;
        if (errno != EADDRINUSE)
            return BARCO_FAIL(bind, "\"\\0barco-ids-%u\"", block * BLOCK_IDS);
    }
    errno = EADDRINUSE;
    return BARCO_FAIL(bind, "\"\\0barco-ids-%u\", nor any other of %u",
                      from * BLOCK_IDS, count_free(blocks));
}

/* Chooses a range from what is known, and returns the descriptor that holds
 * it. */
static int choose_block(const struct blocks *blocks,
                        struct barco_id_range *range)
{
    BARCO_CLEANUP(barco_close) int lock = -1;
    int block;

    lock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (lock < 0)
        return BARCO_FAIL(socket, "AF_UNIX, SOCK_STREAM");
    block = take_one(blocks, lock);
    if (block < 0)
        return block;
    *range =
        (struct barco_id_range){ 0, (unsigned)block * BLOCK_IDS, BLOCK_IDS };
    BARCO_EXPLAIN("nothing else uses these ids, and while barco holds the name "
                  "of the range, no other container gets them",
                  "bind(\"\\0barco-ids-%u\")", range->outside);
    return barco_take_fd(&lock);
}

/* Looks at the blocks between two: 1 if any is for us, 0, or a negative errno,
 * reported. */
static int look_between(struct blocks *blocks, unsigned from, unsigned end)
{
    int result;

    *blocks = (struct blocks){ .from = from, .end = end };
    result = look_around(blocks);
    return result < 0 ? result : count_free(blocks) > 0;
}

int userns_blocks_take(struct barco_id_range *range)
{
    struct blocks blocks;
    int found = look_between(&blocks, OUR_FIRST, OUR_END);

    /* If there is none in this user namespace: what there is. Block 0 has its
     * users. */
    for (unsigned from = 1; found == 0 && from < OUR_FIRST; from = blocks.end)
        found = look_between(&blocks, from, (from | (MOST_BLOCKS - 1)) + 1);
    if (found < 0)
        return found;
    if (found == 0) {
        errno = ERANGE;
        return BARCO_FAIL(read, "\"/proc/self/uid_map\"");
    }
    return choose_block(&blocks, range);
}
