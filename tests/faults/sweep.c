/**
 * @file
 * @brief Lets each system call of a stage fail, one a run, and looks at what
 * comes of it.
 *
 * Usage: sweep STAGE root|learner [EVERY FIRST]
 *
 * Each run has to end in one of two ways. Either it fails: with 125, or 126 or
 * 127 where the command cannot be run, with a message, and the command has not
 * run. Or it carries on, and then the command has found each layer that it
 * finds when nothing fails. In both nothing is left on the host.
 *
 * With EVERY and FIRST, only one of so many calls fails, and each in one way.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/faults/inject.h"
#include "tests/lib/leftovers.h"
#include "tests/lib/run.h"

enum {
    TEXT = 65536,
    WITNESS_ENDS_WITH = 7
};

/* What a run left. */
struct outcome {
    int status;
    bool met;
    char out[TEXT];
    char err[TEXT];
};

static char here[PATH_MAX]; /* where the stages are: /barco */
static char stage[PATH_MAX + 64];
static char *words[32];
static const char *user;

/* ---- What is run -------------------------------------------------------- */

static void find_ourselves(const char *name)
{
    ssize_t length = readlink("/proc/self/exe", here, sizeof(here) - 1);
    char *tests;

    here[length < 0 ? 0 : length] = '\0';
    tests = strstr(here, "/tests/");
    if (!tests || access("/run/barco-lab", F_OK) != 0) {
        fputs("sweep: this runs only in the lab\n", stderr);
        exit(1);
    }
    *tests = '\0';
    snprintf(stage, sizeof(stage), "%s/stages/%s", here, name);
}

/* The bundled root gets the witness, and so does the host, which is the root of
 * the first stages. */
static void place_witness(void)
{
    static const char *const to[] = { "/bin/witness",
                                      "/tools/rootfs/busybox/bin/witness" };
    char command[4 * PATH_MAX];

    for (size_t i = 0; i < 2; i++) {
        snprintf(command, sizeof(command),
                 "cp %s/tests/faults/witness %s%s && chmod 755 %s%s", here,
                 i ? here : "", to[i], i ? here : "", to[i]);
        if (system(command) != 0)
            exit(1);
    }
}

static bool has_limits(int chapter)
{
    return chapter >= 5;
}

/* The stage with its options, and the witness, which is told what the host's
 * namespaces are. */
static void find_words(const char *name)
{
    static char links[8][64];
    static const char *const spaces[] = { "cgroup", "ipc",  "mnt", "net",
                                          "pid",    "user", "uts" };
    static char memory[] = "--memory=64M", pids[] = "--pids=20",
                witness[] = "/bin/witness";
    size_t n = 0;

    words[n++] = stage;
    if (has_limits(atoi(name))) {
        words[n++] = memory;
        words[n++] = pids;
    }
    words[n++] = witness;
    for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
        char path[64];

        snprintf(path, sizeof(path), "/proc/self/ns/%s", spaces[i]);
        if (readlink(path, links[i], sizeof(links[i]) - 1) > 0)
            words[n++] = links[i];
    }
}

/* ---- A run -------------------------------------------------------------- */

static int output_file(void)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0)
        abort();
    return fd;
}

static void slurp(int fd, char text[TEXT])
{
    ssize_t length = pread(fd, text, TEXT - 1, 0);

    text[length < 0 ? 0 : length] = '\0';
    close(fd);
}

static void run(const struct call *fail, int error, struct calls *calls,
                struct outcome *outcome)
{
    struct trial trial = { .stage = stage,
                           .argv = words,
                           .user = user,
                           .fail = fail,
                           .error = error,
                           .out = output_file(),
                           .err = output_file() };

    outcome->status = inject(&trial, calls, &outcome->met);
    slurp(trial.out, outcome->out);
    slurp(trial.err, outcome->err);
}

/* ---- What has to hold --------------------------------------------------- */

/* The first line that one has and the other has not. */
static const char *difference(const char *expected, const char *seen)
{
    static char line[1024];

    while (*seen && *expected) {
        size_t a = strcspn(expected, "\n"), b = strcspn(seen, "\n");

        if (a != b || strncmp(expected, seen, a) != 0)
            break;
        expected += a + (expected[a] == '\n');
        seen += b + (seen[b] == '\n');
    }
    snprintf(line, sizeof(line), "it has \"%.*s\" and should have \"%.*s\"",
             (int)strcspn(seen, "\n"), seen, (int)strcspn(expected, "\n"),
             expected);
    return line;
}

/* What is wrong with how a run ended, or NULL. */
static const char *complaint(const struct outcome *usual,
                             const struct outcome *seen)
{
    if (seen->status < 0)
        return "a process was still there after a minute";
    if (*seen->out && strcmp(usual->out, seen->out) != 0)
        return difference(usual->out, seen->out);
    if (seen->status == WITNESS_ENDS_WITH)
        return *seen->out ? NULL
                          : "the command printed nothing, and all is well";
    if (seen->status < 125 || seen->status > 127)
        return "the exit status is neither the command's nor 125 to 127";
    if (!*seen->err)
        return "it says nothing about why it failed";
    return NULL;
}

/* Blocking calls may be interrupted; a call may be refused, unknown to the
 * kernel, out of memory, or out of luck. */
static size_t errors_of(long nr, int errors[5])
{
    static const long interruptible[] = {
        SYS_read,    SYS_write,   SYS_wait4,  SYS_waitid,
        SYS_poll,    SYS_ppoll,   SYS_openat, SYS_flock,
        SYS_recvmsg, SYS_sendmsg, SYS_futex,  SYS_clock_nanosleep
    };
    size_t count = 0;

    errors[count++] = EPERM;
    errors[count++] = ENOMEM;
    errors[count++] = EIO;
    errors[count++] = ENOSYS;
    for (size_t i = 0; i < sizeof(interruptible) / sizeof(*interruptible); i++)
        if (nr == interruptible[i])
            errors[count++] = EINTR;
    return count;
}

static int passed, failed, carried_on, not_made;

/* A whole sweep takes minutes. */
static void show_progress(int call, int count)
{
    if (call % 50 != 0 && call != count)
        return;
    printf("%d of %d calls: %d passed, %d failed\n", call, count, passed,
           failed);
    fflush(stdout);
}

static void try_one(const struct call *call, int error,
                    const struct outcome *usual)
{
    static struct outcome seen;
    static struct calls calls;
    struct leftovers before = count_leftovers();
    const char *wrong;
    bool clean;

    run(call, error, &calls, &seen);
    clean = nothing_left_since(before);
    wrong = complaint(usual, &seen);
    carried_on += seen.met && seen.status == WITNESS_ENDS_WITH;
    if (clean && !wrong) {
        passed += seen.met;
        not_made += !seen.met;
        return;
    }
    failed++;
    printf("FAILED: %s %d of %s answers %s: %s%s%s (status %d)\n%.400s\n",
           name_of_call(call->nr), call->number, call->process,
           strerrorname_np(error), wrong ? wrong : "",
           wrong && !clean ? ", and " : "", clean ? "" : "something is left",
           seen.status, seen.err);
    fflush(stdout);
}

/* Each call in each way; or one of so many, and each in the next way. */
static void sweep(const struct calls *calls, const struct outcome *usual,
                  int every, int first)
{
    int errors[5];

    for (int i = first; i < calls->count; i += every ? every : 1) {
        size_t count = errors_of(calls->call[i].nr, errors);

        for (size_t j = 0; j < count; j++)
            if (!every || j == (size_t)(i / every) % count)
                try_one(&calls->call[i], errors[j], usual);
        if (!every)
            show_progress(i + 1, calls->count);
    }
}

static int result(const char *name, int count)
{
    printf("%s as %s: %d calls. %d failures were carried on from, with each "
           "layer; "
           "%d runs did not make the call\n",
           name, user, count, carried_on, not_made);
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0 || passed == 0;
}

int main(int argc, char *argv[])
{
    static struct outcome usual;
    static struct calls calls;

    if (argc != 3 && argc != 5) {
        fputs("Usage: sweep STAGE root|learner [EVERY FIRST]\n", stderr);
        return 1;
    }
    find_ourselves(argv[1]);
    place_witness();
    user = argv[2];
    find_words(argv[1]);
    run(NULL, 0, &calls, &usual);
    if (usual.status != WITNESS_ENDS_WITH) {
        printf("FAILED: nothing fails, and yet it ends with %d\n%s\n",
               usual.status, usual.err);
        failed++;
    } else if (argc == 5) {
        sweep(&calls, &usual, atoi(argv[3]), atoi(argv[4]));
    } else {
        sweep(&calls, &usual, 0, 0);
    }
    return result(argv[1], calls.count);
}
