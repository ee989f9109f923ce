/**
 * @file
 * @brief Stage 08, the real program: what is inherited, and what is not.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/suite.h"
#include "tests/lib/terminal.h"

static struct run r;

/* The lab starts tests where the stages are. */
static int shell(const char *command)
{
    int status = system(command);

    return WEXITSTATUS(status);
}

static void a_signal_to_its_process_group_stays_inside(void)
{
    run_stage(&r, "08_inherited", "cut", "-d ", "-f5,6", "/proc/self/stat",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "1 1\n"); /* group and session of PID 1 */
    /* The shell outside is in our group, and lives to tell. */
    CU_ASSERT_EQUAL(shell("stages/08_inherited sh -c 'kill -9 0'; "
                          "[ $? = 137 ] && exit 42"),
                    42);
}

static void what_no_cgroup_counts_is_limited(void)
{
    char before[32], after[32];
    static const char knob[] = "/proc/sys/user/max_inotify_instances";

    read_text(knob, before, sizeof(before));
    run_stage(&r, "08_inherited", "sh", "-c",
              "cat /proc/sys/user/max_inotify_instances; ulimit -Hn", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "8\n1024\n");
    CU_ASSERT_STRING_EQUAL(read_text(knob, after, sizeof(after)), before);
    run_stage(&r, "08_inherited", "--nofile", "100", "sh", "-c", "ulimit -Hn",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "100\n");
    run_stage(&r, "08_inherited", "--nofile", "1048576", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 125); /* root inside is not root */
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "ulimit -Hn"));
}

static int exec_stage(void *argv)
{
    execv(*(char **)argv, argv);
    return 99;
}

/* /dev/pts of the container has no other, so its number is 0. */
static void the_terminal_is_its_own(void)
{
    static char stage[] = "stages/08_inherited", program[] = "tty";
    char *argv[] = { stage, program, NULL };
    static struct terminal t;

    terminal_start(&t, NULL, exec_stage, argv);
    CU_ASSERT_TRUE(terminal_shows(&t, "/dev/pts/0\r\n"));
    CU_ASSERT_EQUAL(terminal_wait(&t), 0);
    CU_ASSERT_TRUE(terminal_is_unspoiled(&t));
    terminal_close(&t);
}

static void the_environment_is_its_own(void)
{
    setenv("SECRET", "of the host", 1);
    setenv("KEPT", "on purpose", 1);
    setenv("TERM", "vt100", 1);
    run_stage(&r, "08_inherited", "-e", "A=b", "-e", "KEPT", "-w", "/usr", "sh",
              "-c", "env | sort; /bin/pwd", NULL);
    CU_ASSERT_PTR_NULL(strstr(r.out, "SECRET"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "A=b\nHOME=/root\nKEPT=on purpose\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "\n/usr\n"));
}

/* A directory of the host that is open in our parent, and not close-on-exec. */
static void an_inherited_descriptor_does_not_arrive(void)
{
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    CU_ASSERT_EQUAL(dup2(fd, 9), 9);
    run_stage(&r, "08_inherited", "sh", "-c", "ls -d /proc/[0-9]*/fd/9", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    run_stage(&r, "08_inherited", "-w", "/proc/self/fd/9", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    /* It is already closed when the working directory is chosen. */
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "chdir(\"/proc/self/fd/9\") = ENOENT"));
    close(9);
    close(fd);
}

static void descriptors_of_the_caller_do_no_harm(void)
{
    /* Our messages must not go into the handshake. */
    CU_ASSERT_EQUAL(shell("stages/08_inherited -v sh -c 'exit 5' 2>&-"), 5);
    /* A descriptor of a directory would lead up from it. */
    CU_ASSERT_EQUAL(shell("stages/08_inherited ls </home 2>/dev/null"), 125);
}

static void the_umask_is_not_the_caller_s(void)
{
    struct leftovers before = count_leftovers();
    mode_t own = umask(0777);

    run_stage(&r, "08_inherited", "sh", "-c",
              "umask; touch /tmp/x; stat -c %a /tmp/x", NULL);
    umask(own);
    CU_ASSERT_STRING_EQUAL(r.out, "0022\n644\n");
    CU_ASSERT_TRUE(nothing_left_since(before));
}

/* ---- The network ----------------------------------------------------------
 */

static int listen_on(int family, const struct sockaddr *address, socklen_t size)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return bind(fd, address, size) < 0 || listen(fd, 8) < 0 ? -1 : fd;
}

static const char ask[] = "import socket as s\n"
                          "def ask(f, a):\n"
                          "    try: s.socket(f).connect(a); print('through')\n"
                          "    except OSError as e: print('refused')\n"
                          "ask(s.AF_INET, ('127.0.0.1', 4242))\n"
                          "ask(s.AF_UNIX, '\\0barco-test')\n";

static void the_services_of_the_host_are_out_of_reach(void)
{
    const struct sockaddr_in inet = { .sin_family = AF_INET,
                                      .sin_port = htons(4242),
                                      .sin_addr.s_addr = htonl(0x7f000001) };
    const struct sockaddr_un abstract = { .sun_family = AF_UNIX,
                                          .sun_path = "\0barco-test" };
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + 11;
    int one = listen_on(AF_INET, (const void *)&inet, sizeof(inet));
    int two = listen_on(AF_UNIX, (const void *)&abstract, size);

    CU_ASSERT(one >= 0 && two >= 0);
    /* On the network of the host they answer. */
    run_stage(&r, "07_seccomp", "-m", "/debian", "python3", "-c", ask, NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "through\nthrough\n");
    run_stage(&r, "08_inherited", "-m", "/debian", "python3", "-c", ask, NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "refused\nrefused\n");
    close(one);
    close(two);
}

static void a_web_server_runs_on_its_loopback(void)
{
    run_stage(&r, "08_inherited", "sh", "-c",
              "httpd -p 127.0.0.1:80 -h /etc; until wget -qO /tmp/page "
              "http://127.0.0.1/passwd; do usleep 10000; done; "
              "head -n 1 /tmp/page",
              NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "root:x:0:0:"));
    run_stage(&r, "08_inherited", "sh", "-c", "ls /sys/class/net", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "lo\n");
}

SUITE("08_inherited",
      { "a signal to its process group stays inside",
        a_signal_to_its_process_group_stays_inside },
      { "what no cgroup counts is limited", what_no_cgroup_counts_is_limited },
      { "the terminal is its own", the_terminal_is_its_own },
      { "the environment is its own", the_environment_is_its_own },
      { "an inherited descriptor does not arrive",
        an_inherited_descriptor_does_not_arrive },
      { "descriptors of the caller do no harm",
        descriptors_of_the_caller_do_no_harm },
      { "the umask is not the caller's", the_umask_is_not_the_caller_s },
      { "the services of the host are out of reach",
        the_services_of_the_host_are_out_of_reach },
      { "a web server runs on its loopback",
        a_web_server_runs_on_its_loopback })
