/**
 * @file
 * @brief The host that is attacked: what it has to lose, for run-matrix.
 *
 * `host KIND [ARG...] [COMMAND...]` puts something of the host within reach of
 * a container and then becomes, or runs, the command. What busybox can do is
 * done in oracles.sh; this is the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/aio_abi.h>
#include <linux/keyctl.h>
#include <linux/tty.h>
#include <netinet/in.h>

static _Noreturn void fail(const char *call)
{
    perror(call);
    exit(99);
}

static _Noreturn void become(char **command)
{
    execvp(command[0], command);
    fail(command[0]);
}

/* run COMMAND...: as a child of ours, as a container's command is. */
static int run(char **command)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        become(command);
    }
    waitpid(pid, &status, 0);
    return status;
}

/* leak DIR COMMAND...: with DIR as working directory and as descriptor 9. */
static _Noreturn void leak(char **words)
{
    if (chdir(words[0]) < 0 ||
        dup2(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 9) < 0)
        fail(words[0]);
    become(words + 1);
}

/* key SECRET COMMAND...: with a key in the session keyring. */
static _Noreturn void key(char **words)
{
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    if (syscall(SYS_add_key, "user", "barco", words[0], strlen(words[0]),
                KEY_SPEC_SESSION_KEYRING) < 0)
        fail("add_key");
    become(words + 1);
}

/* group FILE COMMAND...: with a process in the same process group, FILE says
 * which. */
static _Noreturn void group(char **words)
{
    FILE *file = fopen(words[0], "we");
    pid_t pid;

    setsid();
    if (!file || (pid = fork()) < 0)
        fail("fork");
    if (pid == 0) {
        sleep(10);
        _exit(0);
    }
    fprintf(file, "%d\n", pid);
    fclose(file);
    become(words + 1);
}

/* nice COMMAND...: with a high priority. */
static _Noreturn void high(char **words)
{
    if (setpriority(PRIO_PROCESS, 0, -10) < 0)
        fail("setpriority");
    become(words);
}

/* Whether a terminal is no longer of use to those who share it. */
static int is_dead(int slave, mode_t mode)
{
    int exclusive = 0, discipline = N_TTY;
    struct stat st;

    ioctl(slave, TIOCGEXCL, &exclusive);
    ioctl(slave, TIOCGETD, &discipline);
    return exclusive || discipline != N_TTY || fstat(slave, &st) < 0 ||
           st.st_mode != mode || fcntl(slave, F_GETFL) & O_NONBLOCK;
}

/* An interactive shell makes each command the leader of a process group, and a
 * leader cannot make a session (setsid(2)). Its child can. */
static void in_new_session(void)
{
    int status;
    pid_t pid = getpgrp() == getpid() ? fork() : 0;

    if (pid < 0)
        fail("fork");
    if (pid > 0) {
        if (waitpid(pid, &status, 0) < 0)
            fail("waitpid");
        exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                 : WEXITSTATUS(status));
    }
    if (setsid() < 0)
        fail("setsid");
}

/* pty FILE COMMAND...: on a terminal; FILE gets what its next reader, the
 * host's shell, would find typed, and "dead" if it can read no more. */
static int pty(char **words)
{
    int master, slave, typed = 0;
    char text[256];
    struct stat st;
    int file = open(words[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (file < 0 || openpty(&master, &slave, NULL, NULL, NULL) < 0)
        fail("openpty");
    fcntl(master, F_SETFD, FD_CLOEXEC);
    in_new_session();
    if (ioctl(slave, TIOCSCTTY, 0) < 0)
        fail("TIOCSCTTY");
    if (dup2(slave, STDIN_FILENO) < 0)
        fail("dup2");
    signal(SIGHUP, SIG_IGN);
    fstat(slave, &st);
    run(words + 1);
    if (is_dead(slave, st.st_mode) && write(file, "dead\n", 5) < 0)
        fail("write");
    if (ioctl(slave, FIONREAD, &typed) == 0 && typed > 0) {
        ssize_t n = read(slave, text, sizeof(text));

        if (n > 0 && write(file, text, (size_t)n) != n)
            fail("write");
    }
    return 0;
}

static int listen_at(const void *address, socklen_t length)
{
    const struct sockaddr *at = address;
    int one = 1;
    int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (fd < 0 || bind(fd, at, length) < 0 || listen(fd, 8) < 0)
        fail("listen");
    return fd;
}

/* serve SOCKET FILE: a service that sends FILE to whoever connects: on
 * 127.0.0.1:4242, on an abstract socket, and on a socket in a directory. */
static _Noreturn void serve(char **words)
{
    struct sockaddr_in in = { .sin_family = AF_INET,
                              .sin_port = htons(4242),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    struct sockaddr_un abstract = { AF_UNIX, "\0barco-host" };
    struct sockaddr_un path = { .sun_family = AF_UNIX };
    struct pollfd at[3];

    snprintf(path.sun_path, sizeof(path.sun_path), "%s", words[0]);
    at[0].fd = listen_at(&in, sizeof(in));
    at[1].fd =
        listen_at(&abstract, offsetof(struct sockaddr_un, sun_path) + 11);
    at[2].fd = listen_at(&path, sizeof(path));
    chmod(words[0], 0777);
    signal(SIGPIPE, SIG_IGN);
    if (daemon(1, 1) < 0)
        fail("daemon");
    for (;;) {
        for (int i = 0; i < 3; i++)
            at[i].events = POLLIN;
        poll(at, 3, -1);
        for (int i = 0; i < 3; i++) {
            int to = at[i].revents ? accept(at[i].fd, NULL, NULL) : -1;
            int from = open(words[1], O_RDONLY | O_CLOEXEC);

            sendfile(to, from, NULL, 4096);
            close(from);
            close(to);
        }
    }
}

/* ipc SECRET: in shared memory and in a message queue. */
static int ipc(char **words)
{
    int id = shmget(0xba2c0, 4096, IPC_CREAT | 0600);
    char *memory = id < 0 ? NULL : shmat(id, NULL, 0);
    mqd_t queue = mq_open(
        "/barco-host", O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600, NULL);

    if (!memory || memory == (void *)-1 || queue < 0)
        fail("ipc");
    snprintf(memory, 4096, "%s", words[0]);
    return mq_send(queue, words[0], strlen(words[0]), 0) < 0 && errno != EAGAIN;
}

int main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";

    /* It is for the lab alone, as the break-outs are. */
    if (access("/run/barco-lab", F_OK) < 0)
        fail("/run/barco-lab");
    prctl(PR_SET_PDEATHSIG, strcmp(kind, "serve") == 0 ? 0 : SIGKILL);
    if (strcmp(kind, "run") == 0)
        return run(argv + 2);
    if (strcmp(kind, "leak") == 0)
        leak(argv + 2);
    if (strcmp(kind, "key") == 0)
        key(argv + 2);
    if (strcmp(kind, "group") == 0)
        group(argv + 2);
    if (strcmp(kind, "nice") == 0)
        high(argv + 2);
    if (strcmp(kind, "pty") == 0)
        return pty(argv + 2);
    if (strcmp(kind, "serve") == 0)
        serve(argv + 2);
    if (strcmp(kind, "ipc") == 0)
        return ipc(argv + 2);
    if (strcmp(kind, "inotify") == 0)
        return inotify_init1(IN_CLOEXEC) < 0;
    if (strcmp(kind, "aio") == 0)
        return syscall(SYS_io_setup, 1, &(aio_context_t){ 0 }) < 0;
    return 99;
}
