/**
 * @file
 * @brief Whether it finds the smallest limit in a tree of cgroups that the
 * check makes.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tutorials/check/check.h"

static void write_file(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, value, strlen(value)) != (ssize_t)strlen(value))
        abort();
    close(fd);
}

/* A cgroup in another one, with a limit; NULL for none. */
static const char *cgroup_in(const char *parent, const char *file,
                             const char *limit)
{
    const char *path = text("%s/%s", parent, seeded_word());

    write_file(text("%s/cgroup.subtree_control", parent), "+pids +memory");
    if (mkdir(path, 0755) < 0)
        abort();
    if (limit)
        write_file(text("%s/%s", path, file), limit);
    return path;
}

/* A process in a cgroup, which ends with it. */
static pid_t process_in(const char *cgroup)
{
    pid_t pid = fork();

    if (pid < 0)
        abort();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    write_file(text("%s/cgroup.procs", cgroup), number(pid));
    return pid;
}

static void expect_limit(const char *cgroup, const char *file,
                         const char *expected)
{
    struct run run;

    run_to_end(&run, number(process_in(cgroup)), file, NULL);
    run.out[strcspn(run.out, "\n")] = '\0';
    expect_text(text("the tightest %s of %s", file, cgroup), run.out, expected);
}

/* The cgroup of the test has limits of its own, 400 processes and 48 MiB. */

static void a_cgroup_above_can_be_the_tightest(void)
{
    const char *small = number(seeded(20, 60)), *large = number(seeded(70, 99));
    const char *top = cgroup_in(cgroup_of_test(), "pids.max", small);
    const char *middle = cgroup_in(top, "pids.max", "max");

    expect_limit(cgroup_in(middle, "pids.max", large), "pids.max", small);
}

static void its_own_can_be_the_tightest(void)
{
    const char *small = number(seeded(20, 60)), *large = number(seeded(70, 99));
    const char *top = cgroup_in(cgroup_of_test(), "pids.max", large);

    expect_limit(cgroup_in(top, "pids.max", small), "pids.max", small);
}

static void one_in_between_can_be_the_tightest(void)
{
    /* As text, 9 would be the largest. */
    const char *small = number(seeded(5, 9));
    const char *top =
        cgroup_in(cgroup_of_test(), "pids.max", number(seeded(100, 300)));
    const char *middle = cgroup_in(top, "pids.max", small);

    expect_limit(cgroup_in(middle, "pids.max", number(seeded(10, 80))),
                 "pids.max", small);
}

static void it_looks_beyond_a_cgroup_without_the_file(void)
{
    const char *small = number(seeded(20, 60));
    const char *top = cgroup_in(cgroup_of_test(), "pids.max", small);
    const char *middle = text("%s/%s", top, seeded_word());
    const char *bottom = text("%s/%s", middle, seeded_word());

    if (mkdir(middle, 0755) < 0 || mkdir(bottom, 0755) < 0)
        abort();
    expect_limit(bottom, "pids.max", small);
}

static void a_limit_can_be_large(void)
{
    const char *small = number(seeded(2, 40) << 20);
    const char *top = cgroup_in(cgroup_of_test(), "memory.max", "8G");
    const char *middle = cgroup_in(top, "memory.max", small);

    expect_limit(cgroup_in(middle, "memory.max", "4G"), "memory.max", small);
}

EXERCISE("05_cgroups", "tightest_limit", AS_LEARNER,
         { "a cgroup above can be the tightest",
           a_cgroup_above_can_be_the_tightest },
         { "its own can be the tightest", its_own_can_be_the_tightest },
         { "one in between can be the tightest",
           one_in_between_can_be_the_tightest },
         { "it looks beyond a cgroup that has no such file",
           it_looks_beyond_a_cgroup_without_the_file },
         { "a limit can be too large for an int", a_limit_can_be_large })
