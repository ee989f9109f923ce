/**
 * @file
 * @brief The floor: the container of stage 09, by bare system calls.
 *
 * What a container costs is what the kernel takes for it, plus what the runtime
 * adds. This adds nothing: no errors that teach, no options, no signals, no
 * log. Each call stands where the library makes it, and floor_test compares the
 * containers line by line.
 *
 *     floor [-n] [-c] [-l] [-s FIRST:COUNT] [-g CGROUP] ROOT COMMAND [ARG...]
 *
 *     -n  only the namespaces: clone3(2) and execve(2), and no ROOT
 *     -g  make a cgroup in this one
 *     -c  by a process that removes it if this one is killed
 *     -l  and write the default limits to it
 *     -s  an ordinary user: these ids of /etc/subuid and /etc/subgid, too
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/seccomp_programs.h"

enum {
    FIRST_ID = 0x78000000,
    IDS = 65536,
    RESTRICTED = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
    KEPT = 1 << CAP_CHOWN | 1 << CAP_DAC_OVERRIDE | 1 << CAP_FOWNER |
           1 << CAP_FSETID | 1 << CAP_KILL | 1 << CAP_SETGID | 1 << CAP_SETUID |
           1 << CAP_SETPCAP | 1 << CAP_NET_BIND_SERVICE | 1 << CAP_SYS_CHROOT
};

static const char *root, *parent_cgroup, *subids;
static bool has_limits, has_cleaner;
static char cgroup[4096];
static pid_t cleaner;

/* ---- Calls --------------------------------------------------------------- */

/* There is nobody to explain a failure to. */
static int must(long result, const char *call)
{
    if (result >= 0)
        return (int)result;
    perror(call);
    exit(125);
}

#define MUST(call) must((call), #call)

static void write_file(int dir, const char *path, const char *text)
{
    int fd = MUST(openat(dir, path, O_WRONLY | O_CLOEXEC));

    must(write(fd, text, strlen(text)), path);
    close(fd);
}

static long read_number(const char *path)
{
    int fd = MUST(open(path, O_RDONLY | O_CLOEXEC));
    char text[32] = "";

    MUST(read(fd, text, sizeof(text) - 1));
    close(fd);
    return atol(text);
}

/* ---- On the host --------------------------------------------------------- */

static pid_t clone_with(uint64_t flags, int into)
{
    struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };

    if (into >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (unsigned)into;
    }
    return MUST(syscall(SYS_clone3, &args, sizeof(args)));
}

/* Makes the cgroup, and removes it when its parent has ended. */
static void clean(int parent, int answer)
{
    struct pollfd end = { .fd = STDIN_FILENO, .events = POLLIN };
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    MUST(setsid());
    if (write(score, "-1000", 5) < 0) /* it takes CAP_SYS_RESOURCE */
        errno = 0;
    close(score);
    MUST(mkdir(cgroup, 0755));
    MUST(write(answer, "", 1));
    MUST(dup2(parent, STDIN_FILENO));
    MUST(close_range(STDIN_FILENO + 1, ~0U, 0));
    MUST(poll(&end, 1, -1));
    while (rmdir(cgroup) < 0 && errno == EBUSY)
        usleep(1000); /* the container is still dying */
    _exit(0);
}

static void start_cleaner(void)
{
    int us = MUST(pidfd_open(getpid(), 0)), ends[2];
    char byte;

    MUST(pipe2(ends, O_CLOEXEC));
    cleaner = clone_with(0, -1);
    if (cleaner == 0)
        clean(us, ends[1]);
    close(us);
    close(ends[1]);
    MUST(read(ends[0], &byte, 1));
    close(ends[0]);
}

static int make_cgroup(void)
{
    static const char *const limits[][2] = {
        { "memory.max", "1073741824" }, { "memory.swap.max", "0" },
        { "cpu.weight", "256" },        { "pids.max", "64" },
        { "hugetlb.2MB.max", "0" },     { "hugetlb.2MB.rsvd.max", "0" },
        { "hugetlb.1GB.max", "0" },     { "hugetlb.1GB.rsvd.max", "0" },
    };
    int dir;

    snprintf(cgroup, sizeof(cgroup), "%s/floor-%d", parent_cgroup, getpid());
    if (has_cleaner)
        start_cleaner();
    else
        MUST(mkdir(cgroup, 0755));
    dir = MUST(open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (size_t i = 0; has_limits && i < sizeof(limits) / sizeof(limits[0]);
         i++)
        if (i < 4 || faccessat(dir, limits[i][0], F_OK, 0) == 0)
            write_file(dir, limits[i][0], limits[i][1]);
    return dir;
}

static pid_t run_helper(const char *name, pid_t pid, unsigned id)
{
    char number[16], own[16], count[16], first[16];
    pid_t helper;

    snprintf(number, sizeof(number), "%d", pid);
    snprintf(own, sizeof(own), "%u", id);
    snprintf(first, sizeof(first), "%.*s", (int)strcspn(subids, ":"), subids);
    snprintf(count, sizeof(count), "%s", strchr(subids, ':') + 1);
    errno = posix_spawn(&helper, name, NULL, NULL,
                        (char *[]){ (char *)name, number, "0", own, "1", "1",
                                    first, count, NULL },
                        environ);
    MUST(errno ? -1 : 0);
    return helper;
}

static void map_ids(pid_t pid)
{
    char path[64], map[64];
    pid_t helpers[2];
    int status;

    if (subids) {
        helpers[0] = run_helper("/usr/bin/newgidmap", pid, getgid());
        helpers[1] = run_helper("/usr/bin/newuidmap", pid, getuid());
        for (int i = 0; i < 2; i++)
            if (MUST(waitpid(helpers[i], &status, 0)) && status != 0)
                exit(125);
        return;
    }
    snprintf(map, sizeof(map), "0 %d %d", FIRST_ID, IDS);
    snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
    write_file(AT_FDCWD, path, map);
    snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
    write_file(AT_FDCWD, path, map);
}

static void score(pid_t pid)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
    write_file(AT_FDCWD, path, "500");
}

static int clone_root(void)
{
    struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV,
                               .propagation = MS_PRIVATE };
    int tree = MUST(open_tree(AT_FDCWD, root,
                              OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
                                  (unsigned)AT_RECURSIVE));

    MUST(mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
                       sizeof(attr)));
    return tree;
}

/* A byte, and the root directory if there is one. */
static void send_go(int end, int tree)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)),
                              .cmsg_level = SOL_SOCKET,
                              .cmsg_type = SCM_RIGHTS } };
    struct iovec data = { .iov_base = (char[]){ 1 }, .iov_len = 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

    if (tree >= 0) {
        memcpy(CMSG_DATA(&control.header), &tree, sizeof(tree));
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
    }
    MUST(sendmsg(end, &message, 0));
    if (tree >= 0)
        close(tree);
}

static int wait_for_go(int end)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    char byte;
    struct iovec data = { .iov_base = &byte, .iov_len = 1 };
    struct msghdr message = { .msg_iov = &data,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof(control) };
    int tree = -1;

    MUST(recvmsg(end, &message, MSG_CMSG_CLOEXEC));
    if (message.msg_controllen)
        memcpy(&tree, CMSG_DATA(&control.header), sizeof(tree));
    return tree;
}

/* ---- In PID 1 ------------------------------------------------------------ */

static void become_root(void)
{
    MUST(setgroups(0, NULL));
    MUST(setresgid(0, 0, 0));
    MUST(setresuid(0, 0, 0));
    MUST(prctl(PR_SET_PDEATHSIG, SIGKILL));
}

/* Where barco gets them: a sixteenth of the host's, and 16 namespaces. */
static void set_sysctls(void)
{
    static const char *const sysctls[][2] = {
        { "max_inotify_instances", "/proc/sys/fs/inotify/max_user_instances" },
        { "max_inotify_watches", "/proc/sys/fs/inotify/max_user_watches" },
        { "max_fanotify_groups", "/proc/sys/fs/fanotify/max_user_groups" },
        { "max_fanotify_marks", "/proc/sys/fs/fanotify/max_user_marks" },
        { "max_cgroup_namespaces", NULL },
        { "max_ipc_namespaces", NULL },
        { "max_mnt_namespaces", NULL },
        { "max_net_namespaces", NULL },
        { "max_pid_namespaces", NULL },
        { "max_time_namespaces", NULL },
        { "max_user_namespaces", NULL },
        { "max_uts_namespaces", NULL },
    };
    int dir = MUST(open("/proc/sys/user", O_PATH | O_CLOEXEC));
    char value[32];

    for (size_t i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++) {
        snprintf(value, sizeof(value), "%ld",
                 sysctls[i][1] ? read_number(sysctls[i][1]) / 16 : 16);
        write_file(dir, sysctls[i][0], value);
    }
    close(dir);
}

static void set_rlimit(__rlimit_resource_t resource, rlim_t value)
{
    const struct rlimit both = { value, value };

    MUST(setrlimit(resource, &both));
}

static void set_limits(void)
{
    unsigned long all[128];
    struct rlimit has;

    set_rlimit(RLIMIT_NOFILE, 1024);
    set_rlimit(RLIMIT_CORE, 1);
    set_rlimit(RLIMIT_NICE, 0);
    set_rlimit(RLIMIT_RTPRIO, 0);
    MUST(getrlimit(RLIMIT_SIGPENDING, &has));
    set_rlimit(RLIMIT_SIGPENDING, has.rlim_cur / 16);
    MUST(getrlimit(RLIMIT_MSGQUEUE, &has));
    set_rlimit(RLIMIT_MSGQUEUE, has.rlim_cur / 16);
    umask(022);
    MUST(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0));
    memset(all, 0xff, sizeof(all));
    MUST(syscall(SYS_sched_setaffinity, 0, sizeof(all), all));
    MUST(personality(PER_LINUX));
}

static void leave_the_callers(void)
{
    struct ifreq lo = { .ifr_name = "lo" };
    int any;

    MUST(setsid());
    MUST(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
    MUST(sethostname("barcontainer", 12));
    any = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    MUST(ioctl(any, SIOCGIFFLAGS, &lo));
    lo.ifr_flags |= IFF_UP;
    MUST(ioctl(any, SIOCSIFFLAGS, &lo));
    close(any);
}

/* ---- Mounts -------------------------------------------------------------- */

static int new_mount(const char *type, const char *const data[][2],
                     unsigned attrs)
{
    int fs = MUST(fsopen(type, FSOPEN_CLOEXEC)), made;

    MUST(fsconfig(fs, FSCONFIG_SET_STRING, "source", type, 0));
    for (int i = 0; data && data[i][0]; i++)
        MUST(fsconfig(fs, FSCONFIG_SET_STRING, data[i][0], data[i][1], 0));
    MUST(fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
    made = MUST(fsmount(fs, FSMOUNT_CLOEXEC, attrs));
    close(fs);
    return made;
}

static void attach(int mount, int place)
{
    MUST(move_mount(mount, "", place, "",
                    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

static int look_up(int dir, const char *path, uint64_t resolve)
{
    struct open_how how = { .flags = O_PATH | O_CLOEXEC,
                            .resolve = resolve | RESOLVE_NO_SYMLINKS };

    return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

static int mount_at(int tree, const char *type, const char *path,
                    const char *const data[][2], unsigned attrs)
{
    int made = new_mount(type, data, attrs);
    int place = MUST(look_up(tree, path, RESOLVE_IN_ROOT));

    attach(made, place);
    close(place);
    return made;
}

static int clone_device(const char *name)
{
    char path[32];
    struct stat st;
    int node;

    snprintf(path, sizeof(path), "/dev/%s", name);
    node = MUST(open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    MUST(fstat(node, &st));
    return node;
}

static void populate_dev(int dev)
{
    static const char *const names[] = { "null",   "zero",    "full",
                                         "random", "urandom", "tty" };
    static const char *const links[][2] = { { "/proc/self/fd", "fd" },
                                            { "/proc/self/fd/0", "stdin" },
                                            { "/proc/self/fd/1", "stdout" },
                                            { "/proc/self/fd/2", "stderr" },
                                            { "pts/ptmx", "ptmx" } };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int node = clone_device(names[i]);
        int file = MUST(openat(dev, names[i],
                               O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644));

        attach(node, file);
        close(node);
        close(file);
    }
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        MUST(symlinkat(links[i][0], dev, links[i][1]));
    MUST(mkdirat(dev, "pts", 0755));
    MUST(mkdirat(dev, "shm", 0755));
    MUST(mkdirat(dev, "mqueue", 0755));
}

static void mask(int dir, const char *path)
{
    int file = look_up(dir, path, RESOLVE_BENEATH), cover;
    struct stat st;

    if (file < 0 && errno == ENOENT)
        return;
    MUST(fstat(file, &st));
    cover = S_ISDIR(st.st_mode)
                ? new_mount("tmpfs", NULL, RESTRICTED | MOUNT_ATTR_RDONLY)
                : clone_device("null");
    attach(cover, file);
    close(cover);
    close(file);
}

static void make_read_only(int dir, const char *path)
{
    struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
    int file = look_up(dir, path, RESOLVE_BENEATH), tree;

    if (file < 0 && errno == ENOENT)
        return;
    tree = MUST(open_tree(file, "",
                          OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
                              (unsigned)AT_RECURSIVE));
    MUST(mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
                       sizeof(attr)));
    attach(tree, file);
    close(tree);
    close(file);
}

static void protect(int proc, int sys)
{
    static const char *const masked[] = {
        "acpi",  "asound",   "interrupts",    "irq",
        "kcore", "keys",     "latency_stats", "sched_debug",
        "scsi",  "softirqs", "timer_list",    "timer_stats",
    };
    static const char *const in_sys[] = { "devices/virtual/powercap",
                                          "firmware", "kernel/irq" };
    static const char *const read_only[] = { "bus", "fs", "sys",
                                             "sysrq-trigger" };

    for (size_t i = 0; i < sizeof(masked) / sizeof(masked[0]); i++)
        mask(proc, masked[i]);
    for (size_t i = 0; i < sizeof(in_sys) / sizeof(in_sys[0]); i++)
        mask(sys, in_sys[i]);
    for (size_t i = 0; i < sizeof(read_only) / sizeof(read_only[0]); i++)
        make_read_only(proc, read_only[i]);
}

static void mount_all(int tree)
{
    static const char *const dev[][2] = { { "mode", "755" },
                                          { "size", "64k" },
                                          { 0 } };
    static const char *const pts[][2] = {
        { "mode", "0620" }, { "ptmxmode", "0666" }, { "max", "64" }, { 0 }
    };
    static const char *const shared[][2] = { { "mode", "1777" }, { 0 } };
    static const char *const private[][2] = { { "mode", "700" }, { 0 } };
    const unsigned no_exec = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    const unsigned no_dev = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    int proc = mount_at(tree, "proc", "/proc", NULL, RESTRICTED);
    int sys =
        mount_at(tree, "sysfs", "/sys", NULL, RESTRICTED | MOUNT_ATTR_RDONLY);

    populate_dev(mount_at(tree, "tmpfs", "/dev", dev, no_exec));
    mount_at(tree, "devpts", "/dev/pts", pts, no_exec);
    mount_at(tree, "tmpfs", "/dev/shm", shared, RESTRICTED);
    mount_at(tree, "mqueue", "/dev/mqueue", NULL, RESTRICTED);
    mount_at(tree, "tmpfs", "/tmp", shared, no_dev);
    mount_at(tree, "tmpfs", "/root", private, no_dev);
    protect(proc, sys);
}

static void enter_root(int tree)
{
    int host;

    MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    if (tree < 0)
        tree = clone_root();
    host = MUST(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    MUST(move_mount(tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
    MUST(fchdir(tree));
    mount_all(tree);
    MUST(syscall(SYS_pivot_root, ".", "."));
    MUST(fchdir(host));
    MUST(umount2(".", MNT_DETACH));
    MUST(chdir("/"));
}

/* ---- Capabilities, and the command --------------------------------------- */

static void set_caps(void)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3
    };
    const struct __user_cap_data_struct data[2] = {
        { .effective = KEPT, .permitted = KEPT },
    };

    MUST(syscall(SYS_capset, &header, data));
}

static void limit_caps(void)
{
    for (int cap = 0; cap < 64; cap++)
        if ((cap > 31 || !(KEPT & 1U << cap)) &&
            prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            break; /* the last one of this kernel */
    MUST(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS));
    MUST(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
    set_caps();
}

static void filter(const struct sock_filter *code, unsigned short length)
{
    struct sock_fprog program = { length, (struct sock_filter *)code };

    MUST(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static void in_pid_2(char **argv)
{
    const char *term = getenv("TERM");
    char *environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/root", term ? (char *)term - strlen("TERM=") : NULL, NULL
    };

    MUST(prctl(PR_SET_PDEATHSIG, SIGKILL));
    MUST(close_range(3, ~0U, 0));
    set_caps();
    MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    filter(seccomp_program_arguments, seccomp_program_arguments_length);
    filter(seccomp_program_default, seccomp_program_default_length);
    MUST(execve(argv[0], argv, environment));
}

static int reap(pid_t child)
{
    int status;

    while (MUST(waitpid(-1, &status, 0)) != child)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What ps shows of PID 1; PID 2 gets a copy of the command's words. */
static char **be_called_init(char **argv)
{
    char *first = program_invocation_name, **copy = argv, *last = first;

    prctl(PR_SET_NAME, "init");
    for (int i = 0; argv[i]; i++) {
        last = argv[i] + strlen(argv[i]);
        copy[i] = strdup(argv[i]);
    }
    memset(first, 0, (size_t)(last - first));
    memcpy(first, "init", sizeof("init"));
    *last = ' ';
    return copy;
}

static void in_pid_1(int end, char **argv)
{
    int tree;
    pid_t pid_2;

    MUST(prctl(PR_SET_PDEATHSIG, SIGKILL));
    tree = wait_for_go(end);
    become_root();
    set_sysctls();
    set_limits();
    leave_the_callers();
    enter_root(tree);
    if (parent_cgroup) {
        MUST(unshare(CLONE_NEWCGROUP));
        mount_at(AT_FDCWD, "cgroup2", "/sys/fs/cgroup", NULL,
                 RESTRICTED | MOUNT_ATTR_RDONLY);
    }
    limit_caps();
    argv = be_called_init(argv);
    MUST(prctl(PR_SET_DUMPABLE, 0));
    pid_2 = clone_with(0, -1);
    if (pid_2 == 0)
        in_pid_2(argv);
    MUST(close_range(3, ~0U, 0));
    _exit(reap(pid_2));
}

/* ---- From the command line ----------------------------------------------- */

static const uint64_t namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS |
                                   CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;

static int run_in_namespaces(char **argv)
{
    pid_t pid = clone_with(namespaces, -1);

    if (pid == 0) {
        execv(argv[0], argv);
        _exit(127);
    }
    return reap(pid);
}

static int run(char **argv)
{
    int ends[2], dir = -1, status;
    pid_t pid;

    MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
    if (parent_cgroup)
        dir = make_cgroup();
    pid = clone_with(namespaces, dir);
    if (pid == 0)
        in_pid_1(ends[1], argv);
    map_ids(pid);
    score(pid);
    send_go(ends[0], subids ? -1 : clone_root());
    status = reap(pid);
    if (parent_cgroup)
        MUST(rmdir(cgroup));
    if (cleaner > 0) {
        MUST(kill(cleaner, SIGKILL));
        MUST(waitpid(cleaner, NULL, 0));
    }
    return status;
}

int main(int argc, char **argv)
{
    bool only_namespaces = false;
    int option;

    while ((option = getopt(argc, argv, "+ncs:g:l")) != -1)
        switch (option) {
        case 'n':
            only_namespaces = true;
            break;
        case 'c':
            has_cleaner = true;
            break;
        case 's':
            subids = optarg;
            break;
        case 'g':
            parent_cgroup = optarg;
            break;
        case 'l':
            has_limits = true;
            break;
        default:
            return 125;
        }
    if (only_namespaces && optind < argc)
        return run_in_namespaces(argv + optind);
    if (optind + 1 >= argc)
        return 125;
    root = argv[optind];
    return run(argv + optind + 1);
}
