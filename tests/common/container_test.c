/**
 * @file
 * @brief Containers from plain descriptions, without a command line.
 */
#include "barco/container.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "barco/error.h"
#include "tests/common/described.h"
#include "tests/lib/errors.h"
#include "tests/lib/run.h"
#include "tests/lib/suite.h"

static struct barco_ids ids = BARCO_NO_IDS;

static struct barco_spec described_with(char *const *argv,
                                        struct barco_ids *own)
{
    struct barco_spec spec = describe(own);

    spec.argv = argv;
    spec.terminal = false;
    return spec;
}

static struct barco_spec described(char *const *argv)
{
    return described_with(argv, &ids);
}

static int run_script(char *script)
{
    static char sh[] = "/bin/sh", dash_c[] = "-c";
    char *const argv[] = { sh, dash_c, script, NULL };
    const struct barco_spec spec = described(argv);
    int status = barco_container_run(&spec);

    barco_userns_release(&ids);
    return status;
}

static void the_status_comes_back(void)
{
    char seven[] = "exit 7", killed[] = "kill -9 $$", none[] = "exec /no/such";

    CU_ASSERT_EQUAL(run_script(seven), 7);
    CU_ASSERT_EQUAL(run_script(killed), 137);
    CU_ASSERT_EQUAL(run_script(none), 127);
}

static void one_description_serves_several_containers(void)
{
    static char program[] = "/bin/true";
    char *const argv[] = { program, NULL };
    const struct barco_spec spec = described(argv);
    const void *now = &spec;
    unsigned char before_it[sizeof(spec)];
    struct leftovers before = count_leftovers();

    memcpy(before_it, now, sizeof(spec));
    CU_ASSERT_EQUAL(barco_container_run(&spec), 0);
    CU_ASSERT_EQUAL(barco_container_run(&spec), 0);
    CU_ASSERT_EQUAL(memcmp(before_it, now, sizeof(spec)), 0);
    CU_ASSERT_TRUE(nothing_left_since(before));
    barco_userns_release(&ids);
}

static int count_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += dup2(fd, fd) == fd;
    return count;
}

static void no_descriptor_stays_open_in_the_caller(void)
{
    static char program[] = "/bin/true";
    char *const argv[] = { program, NULL };
    struct barco_spec spec = described(argv);
    struct barco_mount volumes[] = {
        { .type = "bind", .source = "/etc", .target = "/mnt" },
        { .type = "bind", .target = "/mnt" },
    };
    char source[32];
    int ends[2], before;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    before = count_descriptors();
    CU_ASSERT_EQUAL(barco_container_run(&spec), 0);
    CU_ASSERT_EQUAL(count_descriptors(), before);

    /* A pipe is there, and is in no mount that could be cloned. */
    barco_error_set_sink(be_quiet, NULL);
    snprintf(source, sizeof(source), "/proc/self/fd/%d", ends[0]);
    volumes[1].source = source;
    spec.rootfs.mounts = volumes;
    spec.rootfs.mount_count = 2;
    CU_ASSERT(barco_container_run(&spec) != 0);
    volumes[1].source = "/no/such";
    CU_ASSERT(barco_container_run(&spec) != 0);
    spec.rootfs.mount_count = 0;
    spec.cgroup.cpu_weight = 10001;
    CU_ASSERT_EQUAL(barco_container_run(&spec), -ERANGE);
    CU_ASSERT_EQUAL(count_descriptors(), before);
    barco_error_set_sink(NULL, NULL);
    barco_userns_release(&ids);
    close(ends[0]);
    close(ends[1]);
}

/* ---- Why it did not start ------------------------------------------------ */

/* An error is gone when its sink returns. */
static struct heard {
    int err;
    char step[256], call[256], args[256];
} heard;
static int times_heard;

static void hear(const struct barco_error *error, void *arg)
{
    (void)arg;
    heard.err = error->err;
    snprintf(heard.step, sizeof(heard.step), "%s",
             error->step ? error->step : "");
    snprintf(heard.call, sizeof(heard.call), "%s", error->call);
    snprintf(heard.args, sizeof(heard.args), "%s", error->args);
    times_heard++;
}

static void start_and_hear(const struct barco_spec *spec, int err,
                           const char *step, const char *call)
{
    BARCO_CLEANUP(barco_container_end)
    struct barco_container container = BARCO_NO_CONTAINER;

    times_heard = 0;
    barco_error_set_sink(hear, NULL);
    CU_ASSERT_EQUAL(barco_container_start(&container, spec), -err);
    barco_error_set_sink(NULL, NULL);
    CU_ASSERT_EQUAL_FATAL(times_heard, 1);
    CU_ASSERT_EQUAL(heard.err, err);
    CU_ASSERT(!step || strcmp(heard.step, step) == 0);
    CU_ASSERT_STRING_EQUAL(heard.call, call);
}

/* An error in PID 1 or PID 2 is the caller's to hear, in this process. */
static void whoever_starts_it_learns_why_it_did_not(void)
{
    static char missing[] = "/no/such/program";
    char *const argv[] = { missing, NULL };
    struct barco_spec spec = described(argv);
    struct leftovers before = count_leftovers();

    start_and_hear(&spec, ENOENT, "run the command", "execvp");
    CU_ASSERT_STRING_EQUAL(heard.args, "\"/no/such/program\"");
    spec.hostname = "a b";
    start_and_hear(&spec, EINVAL, "name the container", "sethostname");
    spec.argv = NULL;
    start_and_hear(&spec, EINVAL, NULL, "spec");
    CU_ASSERT_TRUE(nothing_left_since(before));
    barco_userns_release(&ids);
}

/* ---- Several at once ----------------------------------------------------- */

static char sh[] = "/bin/sh", dash_c[] = "-c";

enum {
    SEVERAL = 3
};

/* Of /proc/PID/NAME, a link or a file. */
static void look_at(pid_t pid, const char *name, char text[4096])
{
    char path[64];
    ssize_t length;

    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    length = readlink(path, text, 4095);
    text[length < 0 ? 0 : length] = '\0';
    if (length < 0 && errno == EINVAL)
        read_text(path, text, 4096);
}

/* An ordinary user has but one id to map. */
static void assert_nothing_shared(pid_t one, pid_t two)
{
    static const char *const things[] = {
        "ns/cgroup", "ns/ipc", "ns/mnt", "ns/net",  "ns/pid",
        "ns/user",   "ns/uts", "cgroup", "uid_map",
    };
    char of_one[4096], of_two[4096];

    for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
        if (geteuid() != 0 && strcmp(things[i], "uid_map") == 0)
            continue;
        look_at(one, things[i], of_one);
        look_at(two, things[i], of_two);
        CU_ASSERT(*of_one != '\0');
        CU_ASSERT_STRING_NOT_EQUAL(of_one, of_two);
    }
}

static pid_t parent_of(pid_t pid)
{
    char text[4096];
    pid_t parent = 0;

    look_at(pid, "stat", text);
    CU_ASSERT_EQUAL(sscanf(text, "%*d %*s %*c %d", &parent), 1);
    return parent;
}

/* Of the shell, which is the command, and of PID 1, which has a pidfd of it. */
static void assert_no_descriptor_of_others(pid_t sleeper)
{
    const pid_t command = parent_of(sleeper), init = parent_of(command);
    char name[16], link[4096];

    for (int fd = 3; fd < 64; fd++) {
        snprintf(name, sizeof(name), "fd/%d", fd);
        look_at(command, name, link);
        CU_ASSERT_STRING_EQUAL(link, "");
        look_at(init, name, link);
        CU_ASSERT(!*link || strcmp(link, "anon_inode:[pidfd]") == 0);
    }
}

static void start_three(struct barco_container containers[SEVERAL],
                        struct barco_spec specs[SEVERAL],
                        struct barco_ids each[SEVERAL])
{
    static char scripts[SEVERAL][48] = { "sleep 1011 & wait; exit 1",
                                         "sleep 1012 & wait; exit 2",
                                         "sleep 1013 & wait; exit 3" };
    static char *argv[SEVERAL][4];

    for (int i = 0; i < SEVERAL; i++) {
        char *const words[4] = { sh, dash_c, scripts[i], NULL };

        memcpy(argv[i], words, sizeof(words));
        each[i] = (struct barco_ids)BARCO_NO_IDS;
        specs[i] = described_with(argv[i], &each[i]);
        containers[i] = (struct barco_container)BARCO_NO_CONTAINER;
        CU_ASSERT_EQUAL(barco_container_start(&containers[i], &specs[i]), 0);
    }
}

static void three_run_in_one_process(void)
{
    static const char *const seconds[] = { "1011", "1012", "1013" };
    struct leftovers before = count_leftovers();
    struct barco_container containers[SEVERAL];
    struct barco_spec specs[SEVERAL];
    struct barco_ids each[SEVERAL];

    start_three(containers, specs, each);
    for (int i = 0; i < SEVERAL; i++)
        CU_ASSERT_TRUE(eventually(is_sleeping, seconds[i]));
    for (int i = 0; i < SEVERAL; i++) {
        pid_t sleeper = find_sleep(seconds[i]);

        assert_no_descriptor_of_others(sleeper);
        assert_nothing_shared(sleeper, getpid());
        assert_nothing_shared(sleeper, find_sleep(seconds[(i + 1) % SEVERAL]));
    }
    /* Their ends come in another order than we wait for them. */
    for (int i = 0; i < SEVERAL; i++)
        kill(find_sleep(seconds[i]), SIGKILL);
    for (int i = SEVERAL - 1; i >= 0; i--)
        CU_ASSERT_EQUAL(barco_container_wait(&containers[i]), i + 1);
    for (int i = 0; i < SEVERAL; i++) {
        barco_container_end(&containers[i]);
        barco_userns_release(&each[i]);
    }
    CU_ASSERT_TRUE(nothing_left_since(before));
}

/* The end of one leaves the others as they are. */
static void the_end_of_one_is_not_the_end_of_the_others(void)
{
    char script[] = "sleep 1014 & wait", end[] = "exit 4";
    char *const sleeper[] = { sh, dash_c, script, NULL };
    char *const short_one[] = { sh, dash_c, end, NULL };
    struct barco_container container = BARCO_NO_CONTAINER;
    struct barco_spec spec = described(sleeper), other = spec;

    CU_ASSERT_EQUAL(barco_container_start(&container, &spec), 0);
    CU_ASSERT_TRUE(eventually(is_sleeping, "1014"));
    other.argv = short_one;
    CU_ASSERT_EQUAL(barco_container_run(&other), 4);
    CU_ASSERT_TRUE(is_sleeping("1014"));
    barco_container_end(&container);
    CU_ASSERT_FALSE(is_sleeping("1014"));
    barco_userns_release(&ids);
}

/* ---- What the caller had ------------------------------------------------- */

static void nothing(int signal)
{
    (void)signal;
}

static void the_caller_gets_its_signals_back(void)
{
    static const int signals[] = { SIGCHLD, SIGPIPE, SIGTERM, SIGUSR1 };
    char script[] = "exit 0";
    struct sigaction ours = { .sa_handler = nothing }, old[4], now;
    sigset_t before, after;

    for (int i = 0; i < 4; i++)
        sigaction(signals[i], &ours, &old[i]);
    sigemptyset(&before);
    sigaddset(&before, SIGUSR1);
    sigprocmask(SIG_SETMASK, &before, NULL);
    CU_ASSERT_EQUAL(run_script(script), 0);
    sigprocmask(SIG_BLOCK, NULL, &after);
    for (int s = 1; s < 32; s++)
        CU_ASSERT_EQUAL(sigismember(&after, s), s == SIGUSR1);
    for (int i = 0; i < 4; i++) {
        sigaction(signals[i], NULL, &now);
        CU_ASSERT_PTR_EQUAL(now.sa_handler, nothing);
        sigaction(signals[i], &old[i], NULL);
    }
    sigemptyset(&before);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

SUITE("container", { "the status comes back", the_status_comes_back },
      { "one description serves several containers",
        one_description_serves_several_containers },
      { "no descriptor stays open in the caller",
        no_descriptor_stays_open_in_the_caller },
      { "whoever starts it learns why it did not",
        whoever_starts_it_learns_why_it_did_not },
      { "three run in one process", three_run_in_one_process },
      { "the end of one is not the end of the others",
        the_end_of_one_is_not_the_end_of_the_others },
      { "the caller gets its signals back", the_caller_gets_its_signals_back })
