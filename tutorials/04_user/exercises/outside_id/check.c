/**
 * @file
 * @brief Whether it finds the id that a process really has outside.
 *
 * The check gives a process a map, lets it become the id in question, and reads
 * in /proc/PID/status who it is now.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tutorials/check/check.h"

enum {
    LINES = 5
};

struct line {
    uint32_t inside, outside, count;
};

/* ---- A process with a map
 * ----------------------------------------------------- */

/* Becomes an id of a new user namespace, once its map is there. If there is no
   such id, it stays what it was, root. */
static void become(uint32_t id, int socket)
{
    char byte = 0;

    if (unshare(CLONE_NEWUSER) < 0 || write(socket, &byte, 1) != 1 ||
        read(socket, &byte, 1) != 1)
        _exit(1);
    if (setresuid(id, id, id) < 0)
        byte = 1;
    if (write(socket, &byte, 1) != 1)
        _exit(1);
    pause();
    _exit(0);
}

static bool write_map(pid_t pid, const struct line *lines, int n)
{
    const char *map = "";
    int fd = open(text("/proc/%d/uid_map", pid), O_WRONLY | O_CLOEXEC);
    bool written;

    for (int i = 0; i < n; i++)
        map = text("%s%u %u %u\n", map, lines[i].inside, lines[i].outside,
                   lines[i].count);
    written = fd >= 0 && write(fd, map, strlen(map)) == (ssize_t)strlen(map);
    close(fd);
    return written;
}

/* A process with this map, that is this id if there is such an id. */
static pid_t process_with(const struct line *lines, int n, uint32_t id)
{
    int sockets[2];
    char byte = 0;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0 ||
        (pid = fork()) < 0)
        abort();
    if (pid == 0) {
        close(sockets[0]);
        become(id, sockets[1]);
    }
    close(sockets[1]);
    if (read(sockets[0], &byte, 1) != 1 || !write_map(pid, lines, n) ||
        write(sockets[0], &byte, 1) != 1 || read(sockets[0], &byte, 1) != 1)
        abort();
    close(sockets[0]);
    return pid;
}

/* ---- What the program prints
 * -------------------------------------------------- */

static void expect_answer(const struct line *lines, int n, uint32_t id)
{
    pid_t pid = process_with(lines, n, id);
    unsigned long uid = strtoul(status_of(pid, "Uid"), NULL, 10);
    struct run run;

    run_to_end(&run, number(pid), text("%u", id), NULL);
    run.out[strcspn(run.out, "\n")] = '\0';
    expect_text(text("the id outside for %u", id), run.out,
                uid == 0 ? "none" : text("%lu", uid));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* Lines with gaps between them, in no order. */
static void draw(struct line lines[LINES])
{
    uint32_t turn = (uint32_t)seeded(0, LINES - 1);

    for (uint32_t i = 0; i < LINES; i++) {
        uint32_t place = (2 * i + turn) % LINES;

        lines[i].inside = 1000 * place + (uint32_t)seeded(1, 400);
        lines[i].outside = 100000 * (i + 1) + (uint32_t)seeded(1, 90000);
        lines[i].count = (uint32_t)seeded(3, 500);
    }
}

static uint32_t middle(const struct line *line)
{
    return line->inside + (uint32_t)seeded(1, line->count - 2);
}

static void it_finds_an_id_of_the_only_line(void)
{
    struct line lines[LINES];

    draw(lines);
    expect_answer(lines, 1, middle(&lines[0]));
}

static void it_looks_at_every_line(void)
{
    struct line lines[LINES];

    draw(lines);
    for (int i = 0; i < LINES; i++)
        expect_answer(lines, LINES, middle(&lines[i]));
}

static void it_knows_where_a_line_ends(void)
{
    const struct line *line;
    struct line lines[LINES];

    draw(lines);
    line = &lines[seeded(0, LINES - 1)];
    expect_answer(lines, LINES, line->inside - 1);
    expect_answer(lines, LINES, line->inside);
    expect_answer(lines, LINES, line->inside + line->count - 1);
    expect_answer(lines, LINES, line->inside + line->count);
}

static void an_id_can_be_large(void)
{
    struct line line = { .inside = 4000000000U + (uint32_t)seeded(1, 9999),
                         .outside = 3000000000U + (uint32_t)seeded(1, 9999),
                         .count = (uint32_t)seeded(3, 500) };

    expect_answer(&line, 1, middle(&line));
}

EXERCISE("04_user", "outside_id", AS_LEARNER,
         { "it finds an id of the only line", it_finds_an_id_of_the_only_line },
         { "it looks at every line", it_looks_at_every_line },
         { "it knows where a line begins and ends",
           it_knows_where_a_line_ends },
         { "an id can be larger than an int", an_id_can_be_large })
