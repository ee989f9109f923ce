/**
 * @file
 * @brief A container as the kernel sees it, compared with a table.
 *
 * A shell in the container prints what the kernel says about it. What differs
 * from machine to machine becomes a word, and the rest has to be what
 * a_container.txt says, line by line. So any change is noticed, even one that
 * nobody thought of. The table is a page of the book, too.
 *
 * A line of the table may begin with a user ("root: ", "learner: ") whose
 * container alone has it, or with "? ", if not every kernel has it.
 */
#include <grp.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"

/* Beside the program that runs in the container no other has its numbers. */
static const char look[] =
    "echo '# mounts'; cat /proc/$$/mountinfo\n"
    "echo '# limits'; cat /proc/$$/limits\n"
    "echo '# status'; grep -E '^(Umask|Uid|Gid|Groups|NSpid|NSpgid|NSsid|"
    "Threads|SigBlk|Cap|NoNew|Seccomp)' /proc/$$/status\n"
    "echo '# users'; cat /proc/$$/uid_map\n"
    "echo '# groups'; cat /proc/$$/gid_map; cat /proc/$$/setgroups\n"
    "echo '# descriptors'; ls /proc/$$/fd\n"
    "echo '# scheduling'; set -- $(cut -d' ' -f7,19,40,41 /proc/$$/stat);"
    "  echo terminal $1; echo nice $2; echo real time $3; echo policy $4;"
    "  echo processors $(grep Cpus_allowed_list /proc/$$/status);"
    "  for f in oom_score_adj personality; do echo $f $(cat /proc/$$/$f); "
    "done\n"
    "echo '# places'; for l in cwd root exe; do"
    "  echo $l $(readlink /proc/$$/$l); done; echo hostname $(hostname)\n"
    "echo '# environment'; tr '\\0' '\\n' </proc/$$/environ | sort\n"
    "echo '# namespaces'; for n in cgroup ipc mnt net pid time user uts; do"
    "  readlink /proc/$$/ns/$n; done\n"
    "echo '# user limits'; cd /proc/sys/user; for f in *; do"
    "  echo $f $(cat $f); done\n"
    "echo '# cgroup'; cat /proc/$$/cgroup; cd /sys/fs/cgroup;"
    "  for f in cpu.max cpu.weight memory.high memory.max memory.swap.max"
    "  pids.max hugetlb.*.max; do [ -e $f ] && echo $f $(cat $f); done\n"
    "echo '# interfaces'; ls /sys/class/net\n"
    "echo '# devices'; ls /dev | sort\n";

static struct run r;

/* ---- Words for what differs ---------------------------------------------- */

/* "rw,size=64k,mode=755,uid=1,gid=1,inode64" without the last three. */
static void drop_options(char *options)
{
    static const char *const unstable[] = { "uid=", "gid=", "inode64",
                                            "huge=" };
    char copy[256] = "", *rest = copy, *word;

    snprintf(copy, sizeof(copy), "%s", options);
    *options = '\0';
    while ((word = strsep(&rest, ","))) {
        bool keep = true;

        for (size_t i = 0; i < sizeof(unstable) / sizeof(*unstable); i++)
            keep = keep && strncmp(word, unstable[i], strlen(unstable[i])) != 0;
        if (keep)
            sprintf(options + strlen(options), "%s%s", *options ? "," : "",
                    word);
    }
}

static bool is_ours(const char *type)
{
    static const char *const types[] = { "proc",   "sysfs",  "tmpfs",
                                         "devpts", "mqueue", "cgroup2" };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

/* ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [PROPAGATION] - TYPE SOURCE
 * OPTIONS
 */
static void put_mount(FILE *out, const char *line)
{
    char root[4096], place[256], options[256], type[64], super[256] = "";
    const char *end = strstr(line, " - ");

    if (!end ||
        sscanf(line, "%*d %*d %*s %4095s %255s %255s", root, place, options) !=
            3 ||
        sscanf(end, " - %63s %*s %255s", type, super) != 2) {
        fprintf(out, "%s\n", line);
        return;
    }
    if (strcmp(place, "/") == 0)
        strcpy(root, "(bundled)");
    drop_options(super);
    if (strcmp(type, "tmpfs") != 0 && strcmp(type, "devpts") != 0)
        super[strcspn(super, ",")] = '\0';
    if (!is_ours(type)) {
        strcpy(type, "(host's)");
        *super = '\0';
    }
    fprintf(out, "%-29s %-13s %-34s %-8s %s", place, root, options, type,
            super);
    fprintf(out, "%s\n", strstr(line, " shared:") ? " shared" : "");
}

/* Limits that depend on the machine, and their share of the caller's. */
static void put_limit(FILE *out, const char *line)
{
    struct rlimit caller;
    unsigned long long now;

    if (sscanf(line, "Max pending signals %llu", &now) == 1 &&
        getrlimit(RLIMIT_SIGPENDING, &caller) == 0)
        fprintf(out, "Max pending signals       %s\n",
                now == caller.rlim_cur / 16 ? "a sixteenth of the caller's"
                                            : line);
    else if (sscanf(line, "Max processes %llu", &now) == 1 &&
             getrlimit(RLIMIT_NPROC, &caller) == 0)
        fprintf(out, "Max processes             %s\n",
                now == caller.rlim_cur ? "the caller's" : line);
    else
        fprintf(out, "%s\n", line);
}

static void put_namespace(FILE *out, const char *line)
{
    int length = (int)strcspn(line, ":");
    char path[64], host[64] = "";

    snprintf(path, sizeof(path), "/proc/self/ns/%.*s", length, line);
    CU_ASSERT(readlink(path, host, sizeof(host) - 1) > 0);
    fprintf(out, "%-8.*s %s\n", length, line,
            strcmp(host, line) ? "its own" : "the host's");
}

static void put_user_limit(FILE *out, const char *line)
{
    char name[64], path[128], text[32];
    long number = 0, host;

    if (sscanf(line, "%63s %ld", name, &number) != 2 ||
        !strstr(name, "inotify_watches")) {
        fprintf(out, "%s\n", line);
        return;
    }
    snprintf(path, sizeof(path), "/proc/sys/fs/inotify/max_user_watches");
    host = strtol(read_text(path, text, sizeof(text)), NULL, 10);
    fprintf(out, "%s %s\n", name,
            number == host / 16 ? "a sixteenth of the host's" : line);
}

/* Tabs and runs of spaces are one space, and none stands at either end. */
static void put_words(FILE *out, char *line)
{
    const char *between = "";
    char *word;

    while ((word = strsep(&line, " \t")))
        if (*word) {
            fprintf(out, "%s%s", between, word);
            between = " ";
        }
    fputc('\n', out);
}

/* FIRST-INSIDE FIRST-OUTSIDE HOW-MANY */
static void put_ids(FILE *out, char *line)
{
    unsigned inside, outside, count;

    if (sscanf(line, "%u %u %u", &inside, &outside, &count) == 3)
        fprintf(out, "%u to %s, %u\n", inside,
                outside == geteuid() ? "the caller" : "a range of the host's",
                count);
    else
        put_words(out, line);
}

static void put_processors(FILE *out, char *line)
{
    char host[4096], *all;

    read_text("/proc/1/status", host, sizeof(host));
    all = strstr(host, "Cpus_allowed_list:\t");
    if (all &&
        strncmp(strrchr(line, ' ') + 1, all + 19, strcspn(all + 19, "\n")) == 0)
        fprintf(out, "processors all\n");
    else
        put_words(out, line);
}

static void put_line(FILE *out, const char *section, char *line)
{
    if (strcmp(section, "# mounts") == 0)
        put_mount(out, line);
    else if (strcmp(section, "# limits") == 0)
        put_limit(out, line);
    else if (strcmp(section, "# namespaces") == 0)
        put_namespace(out, line);
    else if (strcmp(section, "# user limits") == 0)
        put_user_limit(out, line);
    else if (strcmp(section, "# users") == 0 ||
             strcmp(section, "# groups") == 0)
        put_ids(out, line);
    else if (strncmp(line, "processors ", 11) == 0)
        put_processors(out, line);
    else
        put_words(out, line);
}

static void trim_lines(char *text)
{
    char *to = text;

    for (; *text; text++) {
        if (*text == '\n')
            while (to[-1] == ' ')
                to--;
        *to++ = *text;
    }
    *to = '\0';
}

/* What a container shows, with words for what differs; free it. */
static char *describe(char *text)
{
    char *described = NULL, *line;
    const char *section = "";
    size_t size;
    FILE *out = open_memstream(&described, &size);

    while ((line = strsep(&text, "\n"))) {
        if (*line == '#') {
            fprintf(out, "%s%s\n", *section ? "\n" : "", line);
            section = line;
        } else if (*line)
            put_line(out, section, line);
    }
    fclose(out);
    trim_lines(described);
    return described;
}

/* ---- The table ------------------------------------------------------------
 */

/* The line of the table without its mark, or NULL when it is for another
 * user. */
static const char *for_us(const char *line)
{
    const char *other = geteuid() == 0 ? "learner: " : "root: ";
    const char *own = geteuid() == 0 ? "root: " : "learner: ";

    if (strncmp(line, other, strlen(other)) == 0)
        return NULL;
    return line + (strncmp(line, own, strlen(own)) == 0 ? strlen(own) : 0);
}

/* Whether a container and the table say the same. */
static bool agree(char *container, char *table)
{
    char *have = strsep(&container, "\n"), *row;

    while ((row = strsep(&table, "\n"))) {
        const char *want = for_us(row);
        bool may_lack = want && strncmp(want, "? ", 2) == 0;

        if (!want)
            continue;
        if (may_lack)
            want += 2;
        if (have && strcmp(have, want) == 0) {
            have = strsep(&container, "\n");
        } else if (!may_lack) {
            printf("\n  the table: %s\n  container: %s\n", want,
                   have ? have : "(the end)");
            return false;
        }
    }
    return !have;
}

/* Things that a child inherits, and a container must not. */
static void be_a_bad_example(void)
{
    const gid_t disk = 6;

    umask(0);
    personality(ADDR_NO_RANDOMIZE);
    CU_ASSERT_EQUAL(dup2(STDERR_FILENO, 9), 9);
    setenv("SECRET", "of the host", 1);
    setenv("TERM", "vt100", 1);
    if (geteuid() == 0)
        CU_ASSERT(setgroups(1, &disk) == 0 &&
                  setpriority(PRIO_PROCESS, 0, -5) == 0);
}

static void compare_with_the_table(const char *stage)
{
    static char table[32768];
    char *container, *copy;

    run_stage(&r, stage, "sh", "-c", look, NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.err, "");
    read_text("tests/stages/a_container.txt", table, sizeof(table));
    container = describe(r.out);
    copy = strdup(container);
    if (!agree(copy, table)) {
        printf("---- the container of %s ----\n%s----\n", stage, container);
        CU_FAIL("the container differs from a_container.txt");
    }
    free(copy);
    free(container);
}

/* The step from a story to a library changes nothing. */
static void a_container_is_what_the_table_says(void)
{
    be_a_bad_example();
    compare_with_the_table("08_inherited");
    compare_with_the_table("09_barco");
}

/* /proc/keys is covered, so a program of ours asks, without a filter. */
static void the_session_keyring_is_its_own(void)
{
    CU_ASSERT(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING,
                      "keyring-of-the-test") > 0);
    run_stage(&r, "09_barco", "--seccomp", "off", "--volume",
              "tests/lib/calls.bin:/tmp/calls:ro", "/tmp/calls", "keyring",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "_ses keyring 0\n");
}

SUITE("a container",
      { "the session keyring is its own", the_session_keyring_is_its_own },
      { "a container is what the table says",
        a_container_is_what_the_table_says })
