/**
 * @file
 * @brief A container on a terminal: what works in it, and how it leaves ours.
 *
 * Each test is at the keyboard of a terminal, on which a container of the
 * library runs. What is typed is echoed, so the commands spell the words that
 * are looked for in another way: `ech''o`.
 */
#include "barco/console.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bsd/string.h>

#include "barco/container.h"
#include "barco/error.h"
#include "tests/common/described.h"
#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"
#include "tests/lib/terminal.h"

static struct terminal t;

/* ---- What runs on it ------------------------------------------------------
 */

static char sh[] = "/bin/sh", dash_c[] = "-c", dash_i[] = "-i";

static struct barco_ids ids = BARCO_NO_IDS;

static int run(struct barco_spec spec, char *const argv[])
{
    spec.argv = argv;
    return barco_process_exit_status(barco_container_run(&spec));
}

static int run_script(void *script)
{
    char *const argv[] = { sh, dash_c, script, NULL };

    return run(describe(&ids), argv);
}

static int run_shell(void *arg)
{
    char *const argv[] = { sh, dash_i, NULL };

    (void)arg;
    return run(describe(&ids), argv);
}

static void start(const char *script)
{
    terminal_start(&t, NULL, run_script, (void *)script);
}

/* Waits for the end, and closes the terminal. */
static int end(void)
{
    int status = terminal_wait(&t);

    terminal_close(&t);
    return status;
}

/* ---- What works in it ------------------------------------------------------
 */

static void it_is_a_terminal_of_the_container(void)
{
    start("tty; test -t 0 && test -t 1 && test -t 2 && echo all three; "
          "ls /dev/pts; echo again >/dev/stdout; echo once more >/dev/tty");
    CU_ASSERT_TRUE(terminal_shows(&t, "/dev/pts/0\r\n"));
    CU_ASSERT_TRUE(terminal_shows(&t, "all three\r\n"));
    CU_ASSERT_TRUE(terminal_shows(&t, "ptmx"));
    CU_ASSERT_TRUE(terminal_shows(&t, "again\r\n"));
    CU_ASSERT_TRUE(terminal_shows(&t, "once more\r\n"));
    CU_ASSERT_EQUAL(end(), 0);
}

static int run_as_another_user(void *script)
{
    struct barco_spec spec = describe(&ids);
    char *const argv[] = { sh, dash_c, script, NULL };

    spec.userns.uid = spec.userns.gid = 5;
    return run(spec, argv);
}

static void it_belongs_to_the_user_of_the_command(void)
{
    static char script[] = "id -u; echo again >/dev/stdout";

    terminal_start(&t, NULL, run_as_another_user, script);
    CU_ASSERT_TRUE(terminal_shows(&t, "5\r\nagain\r\n"));
    CU_ASSERT_EQUAL(end(), 0);
}

static void it_has_the_size_of_ours(void)
{
    start("stty size; trap 'stty size; exit 3' WINCH; echo rea''dy; "
          "while :; do sleep 0.1; done");
    CU_ASSERT_TRUE(terminal_shows(&t, "24 80\r\n"));
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    terminal_resize(&t, 33, 77);
    CU_ASSERT_TRUE(terminal_shows(&t, "33 77\r\n"));
    CU_ASSERT_EQUAL(end(), 3);
}

static int run_with_another_key(void *script)
{
    struct termios settings;

    tcgetattr(STDIN_FILENO, &settings);
    settings.c_cc[VERASE] = '@';
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    return run_script(script);
}

static void it_starts_with_the_settings_of_ours(void)
{
    static char script[] = "stty -a";

    terminal_start(&t, NULL, run_with_another_key, script);
    CU_ASSERT_TRUE(terminal_shows(&t, "erase = @"));
    end();
}

static void ctrl_c_ends_the_job_and_not_the_shell(void)
{
    terminal_start(&t, NULL, run_shell, NULL);
    terminal_type(&t, "sh -c 'echo slee\"\"ping; exec sleep 1000'\n");
    CU_ASSERT_TRUE(terminal_shows(&t, "sleeping\r\n"));
    terminal_type(&t, "\x03");
    terminal_type(&t, "echo st''ill $?\n");
    CU_ASSERT_TRUE(terminal_shows(&t, "still 130"));
    terminal_type(&t, "exit 7\n");
    CU_ASSERT_EQUAL(end(), 7);
    CU_ASSERT_PTR_NULL(strstr(t.screen, "job control turned off"));
}

static void ctrl_z_suspends_the_job_and_fg_continues_it(void)
{
    terminal_start(&t, NULL, run_shell, NULL);
    terminal_type(&t, "sh -c 'echo slee\"\"ping; read a; echo \"<$a>\"'\n");
    CU_ASSERT_TRUE(terminal_shows(&t, "sleeping\r\n"));
    terminal_type(&t, "\x1a");
    CU_ASSERT_TRUE(terminal_shows(&t, "Stopped"));
    terminal_type(&t, "echo st''opped $?\n");
    CU_ASSERT_TRUE(terminal_shows(&t, "stopped 148"));
    terminal_type(&t, "fg\n");
    terminal_type(&t, "word\n");
    CU_ASSERT_TRUE(terminal_shows(&t, "<word>"));
    CU_ASSERT_TRUE(terminal_shows(&t, "# "));
    terminal_type(&t, "\x04"); /* Ctrl-D ends the shell */
    CU_ASSERT_EQUAL(end(), 0);
}

static void ctrl_d_is_the_end_of_file(void)
{
    start("echo rea''dy; cat; echo the e''nd");
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    terminal_type(&t, "line\n");
    CU_ASSERT_TRUE(terminal_shows(&t, "line\r\nline\r\n"));
    terminal_type(&t, "\x04");
    CU_ASSERT_TRUE(terminal_shows(&t, "the end"));
    CU_ASSERT_EQUAL(end(), 0);
}

/* ---- Much at once ---------------------------------------------------------
 */

enum {
    MUCH = 1 << 20
};

/* All 256 bytes, in an order that shows when some are lost. */
static char nth(size_t i)
{
    return (char)(i * 7 + (i >> 8) + (i >> 16));
}

static size_t type_more(size_t typed)
{
    char piece[1024];
    struct pollfd room = { .fd = t.master, .events = POLLOUT };
    ssize_t n = 0;

    for (size_t i = 0; i < sizeof(piece); i++)
        piece[i] = nth(typed + i);
    if (typed < MUCH && poll(&room, 1, 0) > 0)
        n = write(t.master, piece, sizeof(piece));
    return typed + (n > 0 ? (size_t)n : 0);
}

/* The terminal inside is raw, and what is typed comes back. */
static void a_megabyte_gets_through_both_ways(void)
{
    size_t typed = 0, wrong = 0, first;

    start("stty raw -echo; echo rea''dy; head -c 1048576");
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\n"));
    first = t.seen;
    fcntl(t.master, F_SETFL, O_NONBLOCK);
    for (int idle = 0; t.length < first + MUCH && idle < 100;) {
        size_t before = typed;

        typed = type_more(typed);
        idle = terminal_read(&t, 0) || typed > before ? 0 : idle + 1;
        if (idle)
            poll(NULL, 0, 10);
    }
    CU_ASSERT_EQUAL(end(), 0);
    CU_ASSERT_EQUAL(typed, MUCH);
    CU_ASSERT_EQUAL(t.length - first, MUCH);
    for (size_t i = 0; i < MUCH; i++)
        wrong += t.screen[first + i] != nth(i);
    CU_ASSERT_EQUAL(wrong, 0);
}

/* The command has ended while most of what it wrote is still on the way. */
static void the_end_of_the_command_cuts_nothing_off(void)
{
    size_t shown = 0;

    start("head -c 100000 /dev/zero | tr '\\0' x; exit 4");
    poll(NULL, 0, 500); /* in which it ends: its screen shows no more of it */
    CU_ASSERT_EQUAL(end(), 4);
    for (size_t i = 0; i < t.length; i++)
        shown += t.screen[i] == 'x';
    CU_ASSERT_EQUAL(shown, 100000);
}

/* The first signal ends the container, another one ends the wait for a screen
 * that nobody looks at. */
static bool ends_by_signals(const void *pid)
{
    siginfo_t ended = { 0 };

    kill(*(const pid_t *)pid, SIGTERM);
    return waitid(P_PID, *(const id_t *)pid, &ended,
                  WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid != 0;
}

static void a_screen_that_is_stuck_does_not_make_us_deaf(void)
{
    start("echo rea''dy; exec yes");
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    poll(NULL, 0, 300); /* in which the screen fills up */
    CU_ASSERT_TRUE(eventually(ends_by_signals, &t.pid));
    CU_ASSERT_EQUAL(terminal_wait(&t), 128 + SIGTERM);
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_close(&t);
}

/* ---- What is left of ours --------------------------------------------------
 */

/* The program calls lies beside this one: tests/common and tests/lib. */
static const char *calls(void)
{
    static char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

    path[n < 0 ? 0 : n] = '\0';
    *strrchr(path, '/') = '\0';
    strlcat(path, "/../lib/calls.bin", sizeof(path));
    return path;
}

static void a_program_that_spoils_it_spoils_nothing_of_ours(void)
{
    char script[PATH_MAX + 256];

    snprintf(script, sizeof(script),
             "said=$(%s TIOCEXCL O_NONBLOCK fchmod TCOOFF TIOCSETD); "
             "test \"$said\" = 'TIOCEXCL 0\nO_NONBLOCK 0\nfchmod 0\nTCOOFF 0\n"
             "TIOCSETD EPERM' && exit 9",
             calls());
    start(script);
    CU_ASSERT_EQUAL(terminal_wait(&t), 9);
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_close(&t);
}

static int run_nowhere(void *script)
{
    struct barco_spec spec = describe(&ids);
    char *const argv[] = { sh, dash_c, script, NULL };

    spec.environment.workdir = "/etc/passwd"; /* no directory */
    return run(spec, argv);
}

static void every_end_gives_the_settings_back(void)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };

    start("stty raw -echo; exit 3");
    CU_ASSERT_EQUAL(terminal_wait(&t), 3);
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_close(&t);
    start("kill -9 $$");
    CU_ASSERT_EQUAL(terminal_wait(&t), 128 + SIGKILL);
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_close(&t);
    terminal_start(&t, NULL, run_nowhere, sh);
    CU_ASSERT_EQUAL(terminal_wait(&t), BARCO_EXIT_FAILED);
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(t.screen, "barco: cannot set up the environment"));
    terminal_close(&t);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        start("echo rea''dy; exec sleep 1000");
        CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
        CU_ASSERT_TRUE(eventually(terminal_is_raw, &t));
        kill(t.pid, signals[i]);
        CU_ASSERT_EQUAL(terminal_wait(&t), 128 + signals[i]);
        CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
        terminal_close(&t);
    }
}

/* ---- On the way to the command ---------------------------------------------
 */

/* In place of a container: all that it needs is a /dev/pts of its own. */
static int mount_terminals(void)
{
    char gid[32], uid[32];

    snprintf(gid, sizeof(gid), "0 %u 1", getegid());
    snprintf(uid, sizeof(uid), "0 %u 1", geteuid());
    if (geteuid() != 0 && (unshare(CLONE_NEWUSER) < 0 ||
                           !write_text("/proc/self/setgroups", "deny") ||
                           !write_text("/proc/self/gid_map", gid) ||
                           !write_text("/proc/self/uid_map", uid)))
        return -1;
    if (unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -1;
    return mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=666");
}

static struct barco_handshake handshake;

/* Does what PID 1 does, up to the terminal. */
static int open_terminal(void)
{
    struct barco_console console = BARCO_NO_CONSOLE;

    return barco_handshake_wait(&handshake, NULL) < 0 ||
                   barco_console_separate() < 0 ||
                   barco_console_open(&console, &handshake, 0) < 0
               ? -1
               : 0;
}

static int hang(void *arg)
{
    if (open_terminal() < 0)
        return 1;
    dprintf(STDOUT_FILENO, "opened\n");
    return wait_for_ever(arg);
}

static int talk_and_fail(void *arg)
{
    char text[100];

    (void)arg;
    if (open_terminal() < 0)
        return 1;
    barco_error_set_sink(barco_handshake_report, &handshake);
    memset(text, 'x', sizeof(text));
    for (int i = 0; i < 1000; i++)
        if (write(STDOUT_FILENO, text, sizeof(text)) != sizeof(text))
            return 1;
    errno = EIO;
    return BARCO_FAIL(talk, "enough");
}

/* Does what a container does on the host. */
static int connect_and_wait(void *main)
{
    struct barco_console console = BARCO_NO_CONSOLE;
    BARCO_CLEANUP(barco_process_end)
    struct barco_process child = BARCO_NO_PROCESS;
    struct barco_handshake_error error;
    int status;

    if (mount_terminals() < 0 || barco_handshake_open(&handshake) < 0 ||
        barco_process_spawn(&child, 0, *(barco_process_main **)main, NULL) <
            0 ||
        barco_handshake_release(&handshake, NULL) < 0 ||
        barco_console_connect(&console, &handshake, &child, &error) < 0)
        return 99;
    status = barco_console_wait(&console, &handshake, &child);
    if (error.error.err)
        dprintf(STDOUT_FILENO, "[%s(%s)]", error.error.call, error.error.args);
    return status;
}

/* The terminal is the container's already, and the keys are not. */
static void ctrl_c_ends_a_start_that_hangs(void)
{
    static barco_process_main *main = hang;

    terminal_start(&t, NULL, connect_and_wait, &main);
    CU_ASSERT_TRUE(terminal_shows(&t, "opened\r\n"));
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_type(&t, "\x03");
    CU_ASSERT_EQUAL(end(), 128 + SIGINT);
}

/* More than a terminal has room for, which only the relay takes out. */
static void all_that_a_start_prints_is_shown(void)
{
    static barco_process_main *main = talk_and_fail;
    size_t shown = 0;

    terminal_start(&t, NULL, connect_and_wait, &main);
    CU_ASSERT_EQUAL(end(), BARCO_EXIT_FAILED);
    for (size_t i = 0; i < t.length; i++)
        shown += t.screen[i] == 'x';
    CU_ASSERT_EQUAL(shown, 100000);
    CU_ASSERT_PTR_NOT_NULL(strstr(t.screen, "[talk(enough)]"));
}

static int run_with_seccomp_log(void *script)
{
    struct barco_spec spec = describe(&ids);
    char *const argv[] = { sh, dash_c, script, NULL };

    spec.seccomp.log = true;
    return run(spec, argv);
}

/* It is there when the command has begun, and has what the command had. */
static void a_helper_does_not_keep_the_keys_from_the_command(void)
{
    static char script[] = "echo rea''dy; read line; exit 6";

    terminal_start(&t, NULL, run_with_seccomp_log, script);
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    CU_ASSERT_TRUE(eventually(terminal_is_raw, &t));
    terminal_type(&t, "\n");
    CU_ASSERT_EQUAL(end(), 6);
}

/* ---- Suspended, in the background ------------------------------------------
 */

static void start_job(bool background, const char *script)
{
    terminal_start_job(&t, background, run_script, (void *)script);
}

/* In the foreground again: it reads a word, and is done. */
static void type_the_word_and_end(void)
{
    CU_ASSERT_TRUE(eventually(terminal_is_raw, &t));
    terminal_type(&t, "word\n");
    CU_ASSERT_TRUE(terminal_shows(&t, "<word>"));
    CU_ASSERT_EQUAL(terminal_wait(&t), 0);
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_close(&t);
}

static void while_suspended_it_leaves_the_terminal_to_others(void)
{
    start_job(false, "trap 'stty size' WINCH; echo rea''dy; "
                     "while ! read line; do :; done; echo \"<$line>\"");
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    CU_ASSERT_TRUE(eventually(terminal_is_raw, &t));
    kill(tcgetpgrp(t.master), SIGTSTP);
    CU_ASSERT_TRUE(terminal_shows(&t, "[stopped 20]"));
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_resize(&t, 44, 55);
    terminal_type(&t, "fg\n");
    CU_ASSERT_TRUE(terminal_shows(&t, "44 55\r\n"));
    type_the_word_and_end();
}

/* SIGSTOP leaves no time to give the terminal back; the shell does that. */
static void after_sigstop_it_takes_the_terminal_again(void)
{
    start_job(false, "echo rea''dy; read line; echo \"<$line>\"");
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    kill(tcgetpgrp(t.master), SIGSTOP);
    CU_ASSERT_TRUE(terminal_shows(&t, "[stopped 19]"));
    tcsetattr(t.slave, TCSANOW, &t.before.settings);
    terminal_type(&t, "fg\n");
    type_the_word_and_end();
}

static void in_the_background_it_writes_but_does_not_read(void)
{
    start_job(true, "echo rea''dy; read line; echo \"<$line>\"");
    CU_ASSERT_TRUE(terminal_shows(&t, "ready")); /* and not "stopped" */
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_type(&t, "fg\n"); /* is the shell's */
    type_the_word_and_end();
}

/* Set up as a shell with line editing sets it up for itself. */
static int run_beside_an_editor(void *script)
{
    struct termios settings;

    tcgetattr(STDIN_FILENO, &settings);
    settings.c_lflag &= ~(tcflag_t)ICANON;
    signal(SIGTTOU, SIG_IGN);
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    signal(SIGTTOU, SIG_DFL);
    return run_script(script);
}

static void in_the_background_it_does_not_adopt_others_settings(void)
{
    static char script[] = "stty -a; echo the e''nd";

    terminal_start_job(&t, true, run_beside_an_editor, script);
    CU_ASSERT_TRUE(terminal_shows(&t, "the end"));
    CU_ASSERT_PTR_NOT_NULL(strstr(t.screen, " icanon"));
    terminal_type(&t, "\n");
    CU_ASSERT_EQUAL(end(), 0);
}

/* A job of the child's own, in the foreground, and then gone. */
static int leave_us_in_the_background(void *arg)
{
    (void)arg;
    signal(SIGTTOU, SIG_IGN);
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
    return 0;
}

/* Like a stage without a terminal of its own. */
static int last_words(void *arg)
{
    struct barco_process child = BARCO_NO_PROCESS;
    struct barco_terminal terminal;
    struct termios settings;
    int status = 1;

    tcgetattr(STDIN_FILENO, &settings);
    settings.c_lflag |= TOSTOP;
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    barco_terminal_save(&terminal);
    if (barco_process_spawn(&child, 0, leave_us_in_the_background, arg) == 0)
        status = barco_process_wait(&child);
    dprintf(STDERR_FILENO, "last words\n");
    barco_terminal_restore(&terminal);
    barco_process_end(&child);
    return status;
}

static void stty_tostop_does_not_stop_our_last_words(void)
{
    terminal_start_job(&t, false, last_words, NULL);
    CU_ASSERT_EQUAL(terminal_wait(&t), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(t.screen, "last words"));
    CU_ASSERT_PTR_NULL(strstr(t.screen, "stopped"));
    terminal_close(&t);
}

/* ---- When there can be none -------------------------------------------------
 */

static int set_limit(const char *value, char before[32])
{
    static const char knob[] = "/proc/sys/kernel/pty/max";
    int fd = open(knob, O_WRONLY | O_CLOEXEC);
    ssize_t n = -1;

    read_text(knob, before, 32);
    if (fd >= 0)
        n = write(fd, value, strlen(value));
    close(fd);
    return n < 0 ? -1 : 0;
}

static int run_with_all_taken(void *script)
{
    char before[32], ignored[32];
    int status;

    if (set_limit("1", before) < 0)
        return 1;
    status = run_script(script);
    return set_limit(before, ignored) < 0 ? 1 : status;
}

/* Only root can set the limit. */
static void nothing_runs_when_no_terminal_can_be_had(void)
{
    static char script[] = "echo r''an";

    terminal_start(&t, NULL, run_with_all_taken, script);
    CU_ASSERT_EQUAL(end(), BARCO_EXIT_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(t.screen, "all pseudoterminals are in use"));
    CU_ASSERT_PTR_NULL(strstr(t.screen, "ran\r\n"));
}

/* ---- A terminal, and no terminal --------------------------------------------
 */

/* A pipe; the program gets one end of it as one of its descriptors. */
static int start_with_pipe(int fd, const char *script)
{
    int ends[2], fds[3] = { -1, -1, -1 };
    int ours = fd == STDIN_FILENO;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    fds[fd] = ends[!ours];
    terminal_start(&t, fds, run_script, (void *)script);
    close(ends[!ours]);
    return ends[ours];
}

static const char *read_all(int fd)
{
    static char text[4096];
    struct pollfd more = { .fd = fd, .events = POLLIN };
    size_t length = 0;
    ssize_t n;

    while (poll(&more, 1, 10000) > 0 &&
           (n = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    close(fd);
    return text;
}

static int count(const char *text, const char *word)
{
    int found = 0;

    while ((text = strstr(text, word)) && ++found)
        text += strlen(word);
    return found;
}

static void output_in_a_pipe_leaves_the_terminal_as_it_is(void)
{
    int out = start_with_pipe(
        STDOUT_FILENO, "test -t 0 && test ! -t 1 && test -t 2 && "
                       "echo rea''dy >&2; read line; echo \"<$line>\"; cat");

    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_type(&t, "word\nand m\x04ore\n\x04");
    CU_ASSERT_STRING_EQUAL(read_all(out), "<word>\nand more\n");
    CU_ASSERT_EQUAL(end(), 0);
    CU_ASSERT_EQUAL(count(t.screen, "word"), 1); /* echoed once */
}

/* Like less(1), which reads the terminal and not standard input. */
static void another_reader_of_the_terminal_gets_the_keys(void)
{
    int out = start_with_pipe(STDOUT_FILENO,
                              "echo rea''dy >&2; read line; echo \"<$line>\"");
    struct termios settings = t.before.settings;
    int keys = 0;

    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(t.slave, TCSANOW, &settings);
    poll(NULL, 0, 500); /* in which it notices */
    terminal_type(&t, "q");
    poll(NULL, 0, 500);
    ioctl(t.slave, FIONREAD, &keys);
    CU_ASSERT_EQUAL(keys, 1);
    tcflush(t.slave, TCIFLUSH);
    tcsetattr(t.slave, TCSANOW, &t.before.settings);
    terminal_type(&t, "word\n");
    CU_ASSERT_STRING_EQUAL(read_all(out), "<word>\n");
    CU_ASSERT_EQUAL(end(), 0);
}

static void ctrl_c_reaches_the_foreground_of_a_pipeline(void)
{
    int out = start_with_pipe(STDOUT_FILENO,
                              "set -m; trap : INT; "
                              "sh -c 'echo rea\"\"dy >&2; exec sleep 1000'; "
                              "echo $?");

    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    terminal_type(&t, "\x03");
    CU_ASSERT_STRING_EQUAL(read_all(out), "130\n");
    CU_ASSERT_EQUAL(end(), 0);
}

static void input_from_a_pipe_still_has_a_screen(void)
{
    int in = start_with_pipe(STDIN_FILENO, "test ! -t 0 && test -t 1 && "
                                           "test -t 2 && cat; tty <&1");

    CU_ASSERT_EQUAL(write(in, "from the pipe\n", 14), 14);
    CU_ASSERT_TRUE(terminal_shows(&t, "from the pipe\r\n"));
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    close(in);
    CU_ASSERT_TRUE(terminal_shows(&t, "/dev/pts/0\r\n"));
    CU_ASSERT_EQUAL(end(), 0);
    CU_ASSERT_PTR_NULL(strstr(t.screen, "\r\r"));
}

static void a_terminal_that_hangs_up_ends_the_container(void)
{
    start("echo rea''dy; exec sleep 1000");
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    close(t.master);
    t.master = -1;
    CU_ASSERT_EQUAL(end(), 128 + SIGHUP);
    /* The same where only the screen was the terminal. */
    close(start_with_pipe(STDIN_FILENO, "echo rea''dy; exec sleep 1000"));
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    close(t.master);
    t.master = -1;
    CU_ASSERT_EQUAL(end(), 128 + SIGHUP);
    /* A program that ignores SIGHUP reads end of file. */
    start("trap '' HUP; echo rea''dy; cat; exit 5");
    CU_ASSERT_TRUE(terminal_shows(&t, "ready\r\n"));
    close(t.master);
    t.master = -1;
    CU_ASSERT_EQUAL(end(), 5);
}

static void without_a_terminal_there_is_none(void)
{
    static char script[] = "ls /dev/pts; cut -d' ' -f5-7 /proc/self/stat; "
                           "test -t 0 || test -t 1 || test -t 2 || echo none";
    int ends[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const char *text;

    CU_ASSERT_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    terminal_start(&t, (int[]){ null, ends[1], null }, run_script, script);
    close(ends[1]);
    close(null);
    text = read_all(ends[0]);
    /* The group and the session of PID 1; no controlling terminal. */
    CU_ASSERT_STRING_EQUAL(text, "ptmx\n1 1 0\nnone\n");
    CU_ASSERT_EQUAL(end(), 0);
    CU_ASSERT_EQUAL(t.length, 0);
}

/* ---- The suite ------------------------------------------------------------
 */

SUITE(
    "console",
    { "it is a terminal of the container", it_is_a_terminal_of_the_container },
    { "it belongs to the user of the command",
      it_belongs_to_the_user_of_the_command },
    { "it has the size of ours", it_has_the_size_of_ours },
    { "it starts with the settings of ours",
      it_starts_with_the_settings_of_ours },
    { "Ctrl-C ends the job and not the shell",
      ctrl_c_ends_the_job_and_not_the_shell },
    { "Ctrl-Z suspends the job and fg continues it",
      ctrl_z_suspends_the_job_and_fg_continues_it },
    { "Ctrl-D is the end of file", ctrl_d_is_the_end_of_file },
    { "a megabyte gets through both ways", a_megabyte_gets_through_both_ways },
    { "the end of the command cuts nothing off",
      the_end_of_the_command_cuts_nothing_off },
    { "a screen that is stuck does not make us deaf",
      a_screen_that_is_stuck_does_not_make_us_deaf },
    { "a program that spoils it spoils nothing of ours",
      a_program_that_spoils_it_spoils_nothing_of_ours },
    { "every end gives the settings back", every_end_gives_the_settings_back },
    { "Ctrl-C ends a start that hangs", ctrl_c_ends_a_start_that_hangs },
    { "all that a start prints is shown", all_that_a_start_prints_is_shown },
    { "while suspended it leaves the terminal to others",
      while_suspended_it_leaves_the_terminal_to_others },
    { "after SIGSTOP it takes the terminal again",
      after_sigstop_it_takes_the_terminal_again },
    { "in the background it writes but does not read",
      in_the_background_it_writes_but_does_not_read },
    { "in the background it does not adopt others' settings",
      in_the_background_it_does_not_adopt_others_settings },
    { "a helper does not keep the keys from the command",
      a_helper_does_not_keep_the_keys_from_the_command },
    { "stty tostop does not stop our last words",
      stty_tostop_does_not_stop_our_last_words },
    { "nothing runs when no terminal can be made",
      nothing_runs_when_no_terminal_can_be_had, AS_ROOT },
    { "output in a pipe leaves the terminal as it is",
      output_in_a_pipe_leaves_the_terminal_as_it_is },
    { "another reader of the terminal gets the keys",
      another_reader_of_the_terminal_gets_the_keys },
    { "Ctrl-C reaches the foreground of a pipeline",
      ctrl_c_reaches_the_foreground_of_a_pipeline },
    { "input from a pipe still has a screen",
      input_from_a_pipe_still_has_a_screen },
    { "a terminal that hangs up ends the container",
      a_terminal_that_hangs_up_ends_the_container },
    { "without a terminal there is none", without_a_terminal_there_is_none })
