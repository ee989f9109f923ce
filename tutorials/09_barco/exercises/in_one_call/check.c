/**
 * @file
 * @brief Whether the kernel has what the specification should ask for.
 */
#include <string.h>
#include <unistd.h>

#include "tutorials/check/check.h"

static const char *a_size(void)
{
    return number(seeded(12, 40) << 20);
}

static pid_t a_command(const char *processes, const char *memory)
{
    return find_in(
        start(seeded_word(), processes, memory, "sleep", "1000", NULL),
        "sleep");
}

static void its_host_name(void)
{
    const char *name = seeded_word();
    struct run run;

    run_to_end(&run, name, "20", a_size(), "cat", "/proc/sys/kernel/hostname",
               NULL);
    expect_text("the host name inside", run.out, text("%s\n", name));
}

static void its_limits(void)
{
    const char *processes = number(seeded(10, 90)), *memory = a_size();
    pid_t command = a_command(processes, memory);

    expect_text("pids.max of the command's cgroup",
                cgroup_file(command, "pids.max"), processes);
    expect_text("memory.max of the command's cgroup",
                cgroup_file(command, "memory.max"), memory);
}

static void its_namespaces(void)
{
    static const char *const kinds[] = { "cgroup", "ipc",  "mnt", "net",
                                         "pid",    "user", "uts" };
    pid_t command = a_command("20", a_size());

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char *inside = namespace_of(command, kinds[i]);

        expect(*inside && strcmp(inside, namespace_of(getpid(), kinds[i])) != 0,
               text("its %s namespace is not the host's", kinds[i]),
               "its %s namespace is \"%s\", as the host's", kinds[i], inside);
    }
}

static void its_rights(void)
{
    pid_t command = a_command("20", a_size());

    expect_text("Seccomp, in /proc/PID/status,", status_of(command, "Seccomp"),
                "2");
    expect_text("CapEff, in /proc/PID/status,", status_of(command, "CapEff"),
                "0000000000000000");
}

static void nothing_is_left(void)
{
    long status = seeded(1, 99);
    struct run run;

    run_to_end(&run, seeded_word(), "20", a_size(), "sh", "-c",
               text("exit %ld", status), NULL);
    expect_number("the exit status", run.status, status);
    expect_number("the number of cgroups that it left", cgroups_made(), 0);
}

EXERCISE("09_barco", "in_one_call", AS_LEARNER,
         { "the container has its host name", its_host_name },
         { "both limits are in the kernel", its_limits },
         { "no namespace is the host's", its_namespaces },
         { "a filter and no capability", its_rights },
         { "the status is the command's, and no cgroup is left",
           nothing_is_left })
