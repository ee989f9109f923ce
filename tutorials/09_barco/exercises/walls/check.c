/**
 * @file
 * @brief Whether the program sees the walls around processes of the check.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tutorials/check/check.h"

static const char *const kinds[] = { "cgroup", "ipc",  "mnt", "net",
                                     "pid",    "user", "uts" };

/* What a process of ours should have. */
struct walls {
    int namespaces; /* CLONE_NEW* */
    long dropped;   /* capabilities, from the first */
    bool no_new_privs, filter;
};

static bool load_filter(void)
{
    static struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K,
                                                  SECCOMP_RET_ALLOW) };
    static const struct sock_fprog program = { 1, code };

    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Uid 0 in the new namespace: so execve(2) gives it all capabilities that are
   not dropped. */
static bool enter_namespaces(const struct walls *walls)
{
    const char *map = text("0 %u 1", getuid());
    int fd;

    /* Or its files in /proc would be the real root's. */
    if (prctl(PR_SET_DUMPABLE, 1) < 0 || unshare(walls->namespaces) < 0)
        return false;
    if (!(walls->namespaces & CLONE_NEWUSER))
        return true;
    fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, map, strlen(map)) < 0)
        return false;
    for (long i = 0; i < walls->dropped; i++)
        if (prctl(PR_CAPBSET_DROP, i) < 0)
            return false;
    return true;
}

static bool become_sleep(void *arg)
{
    const struct walls *walls = arg;

    if (enter_namespaces(walls) &&
        (!walls->no_new_privs || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) &&
        (!walls->filter || load_filter()))
        execlp("sleep", "sleep", "1000", NULL);
    return false;
}

static pid_t start_within(struct walls *walls)
{
    pid_t pid;

    before_start(become_sleep, walls);
    pid = find_in(start("1", NULL), "sleep");
    before_start(NULL, NULL);
    return pid;
}

/* What the kernel tells the check. */
static const char *namespaces_of(pid_t pid)
{
    const char *list = "namespaces";

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(namespace_of(pid, kinds[i]),
                   namespace_of(getpid(), kinds[i])) != 0)
            list = text("%s %s", list, kinds[i]);
    return strchr(list, ' ') ? list : "namespaces none";
}

static int capabilities_of(pid_t pid)
{
    return __builtin_popcountll(strtoull(status_of(pid, "CapEff"), NULL, 16));
}

static void expect_line(const struct run *run, const char *line)
{
    expect(strstr(text("\n%s", run->out), text("\n%s\n", line)),
           text("it prints the line \"%s\"", line), "it printed \"%s\"",
           run->out);
}

static void no_wall(void)
{
    struct walls none = { 0 };
    struct run run;

    run_to_end(&run, number(start_within(&none)), NULL);
    expect_text("what it printed", run.out,
                "namespaces none\ncapabilities 0\nseccomp 0\nno_new_privs 0\n");
}

static void its_namespaces(void)
{
    static const int most[] = { CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWUTS,
                                CLONE_NEWIPC, CLONE_NEWCGROUP };

    for (int i = 0; i < 2; i++) {
        struct walls walls = { .namespaces = CLONE_NEWUSER |
                                             most[seeded(0, 4)] |
                                             most[seeded(0, 4)] };
        pid_t pid = start_within(&walls);
        struct run run;

        run_to_end(&run, number(pid), NULL);
        expect_line(&run, namespaces_of(pid));
    }
}

static void its_capabilities(void)
{
    struct walls walls = { .namespaces = CLONE_NEWUSER,
                           .dropped = seeded(2, 30) };
    pid_t pid = start_within(&walls);
    struct run run;

    run_to_end(&run, number(pid), NULL);
    expect_line(&run, text("capabilities %d", capabilities_of(pid)));
}

static void those_of_an_ordinary_user(void)
{
    struct walls walls = { .no_new_privs = true, .filter = true };
    pid_t pid = start_within(&walls);
    struct run run;

    run_to_end(&run, number(pid), NULL);
    expect_text("what it printed", run.out,
                "namespaces none\ncapabilities 0\nseccomp 2\nno_new_privs 1\n");
}

EXERCISE("09_barco", "walls", AS_LEARNER,
         { "a process without walls has none", no_wall },
         { "namespaces that are not ours are named", its_namespaces },
         { "capabilities are counted", its_capabilities },
         { "a filter is seen where there is nothing else",
           those_of_an_ordinary_user })
