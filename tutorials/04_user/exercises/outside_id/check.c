/**
 * @file
 * @brief Whether it finds the user and the group that a process really is
 * outside.
 *
 * The check gives a process maps, lets it become the user and the group in
 * question, and reads in /proc/PID/status who it is now.
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

/* ---- A process with maps
 * ------------------------------------------------------ */

/* Becomes an id of a new user namespace, group first, once its maps are there.
   If there is no such id, it stays what it was, root. */
static void become(uint32_t id, int socket)
{
    char byte = 0;

    if (unshare(CLONE_NEWUSER) < 0 || write(socket, &byte, 1) != 1 ||
        read(socket, &byte, 1) != 1)
        _exit(1);
    if (setresgid(id, id, id) < 0)
        byte = 1;
    if (setresuid(id, id, id) < 0)
        byte = 1;
    if (write(socket, &byte, 1) != 1)
        _exit(1);
    pause();
    _exit(0);
}

static bool write_map(pid_t pid, const char *file, const struct line *lines,
                      int n)
{
    const char *map = "";
    int fd = open(text("/proc/%d/%s", pid, file), O_WRONLY | O_CLOEXEC);
    bool written;

    for (int i = 0; i < n; i++)
        map = text("%s%u %u %u\n", map, lines[i].inside, lines[i].outside,
                   lines[i].count);
    written = fd >= 0 && write(fd, map, strlen(map)) == (ssize_t)strlen(map);
    close(fd);
    return written;
}

/* Maps of users and of groups, with as many lines. */
struct maps {
    const struct line *users, *groups;
    int lines;
};

/* A process with these maps, that is this id where there is such an id. */
static pid_t process_with(const struct maps *maps, uint32_t id)
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
    if (read(sockets[0], &byte, 1) != 1 ||
        !write_map(pid, "uid_map", maps->users, maps->lines) ||
        !write_map(pid, "gid_map", maps->groups, maps->lines) ||
        write(sockets[0], &byte, 1) != 1 || read(sockets[0], &byte, 1) != 1)
        abort();
    close(sockets[0]);
    return pid;
}

/* ---- What the program prints
 * -------------------------------------------------- */

/* What it should say, by who the process is. */
static const char *expected_line(const char *what, pid_t pid, const char *field)
{
    unsigned long id = strtoul(status_of(pid, field), NULL, 10);

    return id == 0 ? text("%s none", what) : text("%s %lu", what, id);
}

static void expect_answers(const struct maps *maps, uint32_t id)
{
    pid_t pid = process_with(maps, id);
    const char *user = expected_line("user", pid, "Uid");
    const char *group = expected_line("group", pid, "Gid");
    struct run run;
    char *lines = run.out;

    run_to_end(&run, number(pid), text("%u", id), NULL);
    expect_text(text("the first line for %u", id), strsep(&lines, "\n"), user);
    if (maps->groups != maps->users)
        expect_text(text("the second line for %u", id),
                    lines ? strsep(&lines, "\n") : "", group);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void expect_answer(const struct line *lines, int n, uint32_t id)
{
    struct maps maps = { .users = lines, .groups = lines, .lines = n };

    expect_answers(&maps, id);
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

/* Ids of which either map, or both, know nothing, too. */
static void groups_have_their_own_map(void)
{
    struct line users[LINES], groups[LINES];
    struct maps maps = { .users = users, .groups = groups, .lines = LINES };

    draw(users);
    draw(groups);
    for (int i = 0; i < 2; i++) {
        expect_answers(&maps, middle(&users[i]));
        expect_answers(&maps, middle(&groups[i]));
    }
}

EXERCISE("04_user", "outside_id", AS_LEARNER,
         { "it finds an id of the only line", it_finds_an_id_of_the_only_line },
         { "it looks at every line", it_looks_at_every_line },
         { "it knows where a line begins and ends",
           it_knows_where_a_line_ends },
         { "an id can be larger than an int", an_id_can_be_large },
         { "groups have a map of their own", groups_have_their_own_map })
