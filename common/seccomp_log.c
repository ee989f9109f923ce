/**
 * @file
 * @brief A helper that is asked instead of the filter, and always says no.
 *
 * A filter can leave the answer to a process: the call stops in the kernel, a
 * notification comes out of a descriptor (the listener), and what is written
 * back becomes the result of the call.
 *
 *     PID 2                               helper
 *     start the helper -----------------> look at the shared int
 *     load the filter: a listener         ... -1 ...
 *     write its number to the int ------> there it is
 *     exec; the command runs              (its own table of descriptors now)
 *     keyctl(...) --- notification -----> print a line
 *     = EPERM <----- response -----------
 *
 * The listener exists only once the filter is loaded, and then any system call
 * may be refused, or may wait for a helper that does not know its listener yet.
 * So the listener is not sent. The helper shares the table of descriptors
 * (CLONE_FILES), where the listener appears by itself, and memory, where its
 * number is stored without a system call. For the same reason nothing can wake
 * the helper, and it looks every millisecond. Even execve(2) may need an
 * answer; it waits until the helper gives one, because the number was stored
 * before.
 *
 * Killing the helper gains nothing: without a listener the kernel answers
 * ENOSYS.
 */
#include "seccomp_log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "barco/cleanup.h"
#include "barco/error.h"
#include "process_inside.h"

/* Room for a request and a response, in the kernel's sizes. */
struct notif {
    struct seccomp_notif_sizes sizes;
    struct seccomp_notif *request;
    struct seccomp_notif_resp *response;
};

/* ---- In the helper ------------------------------------------------------ */

/* What has been reported already, so that a program that tries again and again
 * does not flood the terminal. When the list is full the oldest entry is
 * dropped. */
struct told {
    struct {
        int nr;
        char comm[16];
        unsigned times;
    } list[64];
    unsigned next;
};

/* How many times this has been reported before. */
static unsigned count_told(struct told *told, int nr, const char *comm)
{
    const size_t room = sizeof(told->list) / sizeof(told->list[0]);
    size_t i;

    for (i = 0; i < room; i++)
        if (told->list[i].times > 0 && told->list[i].nr == nr &&
            strcmp(told->list[i].comm, comm) == 0)
            return told->list[i].times++;
    i = told->next++ % room;
    told->list[i].nr = nr;
    told->list[i].times = 1;
    snprintf(told->list[i].comm, sizeof(told->list[i].comm), "%s", comm);
    return 0;
}

/* The name of a process, which the process itself can choose. */
static void read_comm(unsigned pid, char comm[16])
{
    char path[32];
    BARCO_CLEANUP(barco_close) int fd = -1;
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%u/comm", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? 0 : read(fd, comm, 15);
    comm[n < 0 ? 0 : n] = '\0';
    if (n > 0 && comm[n - 1] == '\n')
        comm[n - 1] = '\0';
}

static void tell(struct told *told, const struct seccomp_notif *request,
                 const char *comm)
{
    unsigned times = count_told(told, request->data.nr, comm);
    char number[32], shown[64], line[256];
    char *name =
        seccomp_syscall_resolve_num_arch(request->data.arch, request->data.nr);

    snprintf(number, sizeof(number), "system call %d", request->data.nr);
    if (times < 2) {
        snprintf(line, sizeof(line),
                 "barco: seccomp refused %s (pid %u, %s)%s\n",
                 name ? name : number, request->pid,
                 barco_log_printable(comm, shown, sizeof(shown)),
                 times == 1 ? "; further times not shown" : "");
        barco_log_write(line);
    }
    free(name);
}

static void respond(int listener, struct notif *notif, struct told *told)
{
    char comm[16] = "";

    /* The kernel requires the buffer to be zeroed. */
    memset(notif->request, 0, notif->sizes.seccomp_notif);
    memset(notif->response, 0, notif->sizes.seccomp_notif_resp);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, notif->request) < 0)
        return; /* ENOENT: the caller has been killed meanwhile */
    notif->response->id = notif->request->id;
    notif->response->error = -EPERM;

    /* The pid may have been reused by now. If the request is still valid after
     * the name was read, it was not. */
    read_comm(notif->request->pid, comm);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &notif->response->id) ==
        0)
        tell(told, notif->request, comm);
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, notif->response);
}

static _Noreturn void supervise(pid_t parent, _Atomic int *listener,
                                struct notif *notif)
{
    struct told told = { 0 };
    sigset_t all;

    /* Signals from the terminal are for the command: if Ctrl-Z stopped the
     * helper, every process that made a request would hang. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);

    /* It is the command's child, and runs as the same user. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NAME, "seccomp-log");
    if (getppid() != parent)
        _exit(0);
    while (atomic_load(listener) < 0)
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    /* Otherwise we would keep open what the command's process loses at its
     * exec. */
    if (unshare(CLONE_FILES) < 0 ||
        process_close_all_but(atomic_load(listener)) < 0)
        _exit(BARCO_EXIT_FAILED);
    for (;;)
        respond(atomic_load(listener), notif, &told);
}

/* ---- In PID 2 ----------------------------------------------------------- */

/* A later kernel may have larger structures than our headers. */
static int prepare_notif(struct notif *notif)
{
    size_t request = sizeof(*notif->request), reply = sizeof(*notif->response);

    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &notif->sizes) < 0)
        return BARCO_FAIL(seccomp, "SECCOMP_GET_NOTIF_SIZES");
    if (notif->sizes.seccomp_notif > request)
        request = notif->sizes.seccomp_notif;
    if (notif->sizes.seccomp_notif_resp > reply)
        reply = notif->sizes.seccomp_notif_resp;
    notif->request = malloc(request);
    notif->response = malloc(reply);
    if (!notif->request || !notif->response)
        return BARCO_FAIL(malloc, "%zu, %zu", request, reply);
    return 0;
}

static int share_listener(struct seccomp_log *log)
{
    log->listener = mmap(NULL, sizeof(*log->listener), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (log->listener == MAP_FAILED)
        return BARCO_FAIL(mmap, "%zu", sizeof(*log->listener));
    atomic_init(log->listener, -1);
    return 0;
}

static int start(struct seccomp_log *log, struct notif *notif)
{
    /* No signal when it ends, so that the command's wait() does not find it
     * (__WALL in waitpid(2)). */
    struct clone_args args = { .flags = CLONE_FILES, .exit_signal = 0 };
    pid_t self = getpid();
    int result = prepare_notif(notif);

    if (result < 0)
        return result;
    result = share_listener(log);
    if (result < 0)
        return result;
    BARCO_EXPLAIN("a helper that reports what the filter refuses",
                  "clone3(CLONE_FILES)");
    log->pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (log->pid < 0)
        return BARCO_FAIL(clone3, "CLONE_FILES");
    if (log->pid == 0)
        supervise(self, log->listener, notif);
    return 0;
}

int seccomp_log_start(struct seccomp_log *log)
{
    struct notif notif = { 0 };
    int result = start(log, &notif);

    free(notif.request); /* the helper has a copy */
    free(notif.response);
    return result;
}

void seccomp_log_publish(struct seccomp_log *log, int listener)
{
    atomic_store(log->listener, listener);
}

void seccomp_log_stop(struct seccomp_log *log)
{
    if (log->pid <= 0)
        return;
    kill(log->pid, SIGKILL);
    waitpid(log->pid, NULL, __WALL);
    log->pid = 0;
}
