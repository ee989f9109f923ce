/**
 * @file
 * @brief doctor: what this machine can run, and how to mend the rest.
 *
 * A line for each thing that barco needs. Features are tried, not guessed from
 * a version: the errno of a call whose arguments cannot succeed tells whether
 * the kernel knows it. The lab is started, to see how long that takes. Nothing
 * is changed and nothing is left behind. Exit status 0 when every stage can run
 * here or in the lab, and 1 otherwise.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum verdict {
    OK,
    MISSING,
    NOTE
};

/* Whether the stages from here to there work on this machine itself. */
static bool first_stages_run = true, rootless_runs = true, lab_runs = true;

/* --preflight: a line in the end, with what is missing and how fast the lab
 * was. */
static bool preflight;
static char missing[512], lab_start[64] = "not started";

static void remember(enum verdict verdict, const char *what)
{
    size_t used = strlen(missing);

    if (verdict == MISSING)
        snprintf(missing + used, sizeof(missing) - used, "%s%s",
                 used > 0 ? ", " : "", what);
}

static void say(enum verdict verdict, const char *what, const char *stages,
                const char *advice)
{
    static const struct {
        const char *word, *colour;
    } words[] = { { "ok", "32" }, { "not ok", "31" }, { "note", "33" } };
    const char *no_color = getenv("NO_COLOR");
    bool colour = isatty(STDOUT_FILENO) && !(no_color && *no_color);

    if (preflight) {
        remember(verdict, what);
        return;
    }
    printf(colour ? "\033[%s;1m%-6s\033[0m  " : "%.0s%-6s  ",
           words[verdict].colour, words[verdict].word);
    printf("%-44s %-12s %s\n", what, stages, advice);
}

static bool read_line(const char *path, char *buf, int size)
{
    FILE *file = fopen(path, "re");
    bool found = file && fgets(buf, size, file);

    if (file)
        fclose(file);
    if (!found)
        buf[0] = '\0';
    buf[strcspn(buf, "\n")] = '\0';
    return found;
}

static long read_number(const char *path, long otherwise)
{
    char text[32];

    return read_line(path, text, sizeof(text)) ? atol(text) : otherwise;
}

/* A call that the kernel knows fails with anything but ENOSYS. */
static bool knows(long result)
{
    return result >= 0 || errno != ENOSYS;
}

static void check_kernel(void)
{
    struct utsname u;
    unsigned major = 0, minor = 0;
    char what[160];

    uname(&u);
    sscanf(u.release, "%u.%u", &major, &minor);
    snprintf(what, sizeof(what), "kernel %.60s", u.release);
    if (major > 5 || (major == 5 && minor >= 10)) {
        say(OK, what, "all", "");
    } else {
        first_stages_run = rootless_runs = false;
        say(MISSING, what, "all", "5.10 or later is needed; use the lab");
    }
}

static void check_calls(void)
{
    bool clone3 = knows(syscall(SYS_clone3, NULL, 0));
    bool mounts = knows(syscall(SYS_openat2, -1, NULL, NULL, 0)) &&
                  knows(syscall(SYS_fsopen, NULL, ~0U)) &&
                  knows(syscall(SYS_mount_setattr, -1, NULL, 0, NULL, 0));

    if (!clone3)
        first_stages_run = false;
    if (!mounts)
        rootless_runs = false;
    say(clone3 ? OK : MISSING, "clone3 (5.3)", "all",
        clone3 ? ""
               : "an outer container's seccomp filter hides it: use the lab");
    say(mounts ? OK : MISSING, "openat2, fsopen, mount_setattr (5.12)", "03-",
        mounts ? ""
               : "the kernel is older, or a seccomp filter hides them: "
                 "use the lab");
    say(knows(syscall(SYS_close_range, ~0U, 0, 0)) ? OK : NOTE,
        "close_range (5.9)", "08-", "");
}

/* The only sure way to know: make one. */
static bool can_make_userns(void)
{
    int status;
    struct clone_args args = { .flags = CLONE_NEWUSER | CLONE_NEWNS,
                               .exit_signal = SIGCHLD };
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

    if (pid == 0)
        /* AppArmor lets the clone through and refuses what comes after. */
        _exit(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static const char *userns_advice(void)
{
    if (read_number("/proc/sys/user/max_user_namespaces", 1) == 0)
        return "sysctl user.max_user_namespaces=15000 as root, or the lab";
    if (read_number("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0)
        return "sysctl kernel.unprivileged_userns_clone=1 as root, or the lab";
    if (read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
                    0) == 1)
        return "sysctl kernel.apparmor_restrict_unprivileged_userns=0 as "
               "root, or the lab";
    return "a chroot or an outer container forbids them: use the lab";
}

static void check_userns(void)
{
    bool works = can_make_userns();

    rootless_runs = rootless_runs && works;
    say(works ? OK : MISSING, "user namespaces", "04-",
        works ? "" : userns_advice());
    say(access("/usr/bin/newuidmap", X_OK) == 0 ? OK : NOTE,
        "newuidmap, for ranges of /etc/subuid", "04-",
        access("/usr/bin/newuidmap", X_OK) == 0
            ? ""
            : "without it one id is mapped; Debian's package uidmap");
    say(geteuid() == 0 ? OK : NOTE, "root", "02 03",
        geteuid() == 0 ? "" : "run them with --config=lab or --config=sudo");
}

static void check_cgroups(void)
{
    char controllers[256] = "";
    struct statfs fs;

    if (statfs("/sys/fs/cgroup", &fs) == 0 &&
        fs.f_type == CGROUP2_SUPER_MAGIC) {
        read_line("/sys/fs/cgroup/cgroup.controllers", controllers,
                  sizeof(controllers));
        if (strstr(controllers, "memory") && strstr(controllers, "pids"))
            say(OK, "cgroup v2 with memory and pids", "05-", "");
        else
            say(NOTE, "cgroup v2 without memory or pids", "05-",
                "they are not delegated to you: use the lab");
    } else if (access("/sys/fs/cgroup/unified", F_OK) == 0) {
        say(NOTE, "cgroups are hybrid: v1 holds the controllers", "05-",
            "use the lab");
    } else {
        say(NOTE, "no cgroup v2", "05-", "use the lab");
    }
}

static bool file_has(const char *path, const char *word)
{
    FILE *file = fopen(path, "re");
    char line[512];
    bool found = false;

    while (file && !found && fgets(line, sizeof(line), file))
        found = strstr(line, word) != NULL;
    if (file)
        fclose(file);
    return found;
}

static void check_others(void)
{
    char version[256];

    say(access("/proc/sys/kernel/seccomp", F_OK) == 0 ? OK : NOTE,
        "seccomp filters", "07-",
        access("/proc/sys/kernel/seccomp", F_OK) == 0 ? "" : "use the lab");
    say(file_has("/proc/filesystems", "overlay") ? OK : NOTE,
        "overlay file system", "later",
        file_has("/proc/filesystems", "overlay") ? ""
                                                 : "modprobe overlay as root");
    if (access("/.dockerenv", F_OK) == 0 ||
        access("/run/.containerenv", F_OK) == 0)
        say(NOTE, "this is inside a container", "all",
            "its filters may refuse what stages need: use the lab");
    if (read_line("/proc/version", version, sizeof(version)) &&
        strstr(version, "icrosoft"))
        say(NOTE, "this is WSL", "05-", "cgroups may be hybrid: use the lab");
}

static bool installed(const char *program)
{
    static const char *const places[] = { "/usr/bin", "/usr/sbin", "/bin" };
    char path[128];

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", places[i], program);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

static void check_lab(void)
{
    static const char *const programs[] = { "qemu-system-x86_64", "ssh",
                                            "ssh-keygen", "socat", "setpriv" };
    const char *dir = getenv("BARCO_LAB_KERNEL");
    char path[256], what[64], accel[16] = "";

    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        bool there = installed(programs[i]);

        lab_runs = lab_runs && there;
        snprintf(what, sizeof(what), "lab: %s", programs[i]);
        say(there ? OK : MISSING, what, "lab", there ? "" : "tools/setup");
    }
    dir = dir ? dir : "/var/cache/barco/lab";
    snprintf(path, sizeof(path), "%s/vmlinuz", dir);
    if (access(path, R_OK) < 0) {
        lab_runs = false;
        say(MISSING, "lab: kernel", "lab", "tools/setup");
        return;
    }
    snprintf(path, sizeof(path), "%s/accel", dir);
    read_line(path, accel, sizeof(accel));
    say(OK, "lab: kernel", "lab",
        strcmp(accel, "kvm") == 0 ? "with KVM" : "emulated; KVM does not work");
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The exit status of `lab PROGRAM --help`, without its output. */
static int run_lab(const char *lab, const char *program)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        execl(lab, lab, program, "--help", (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

/* Bazel puts the lab beside this program, among what it needs to run, or says
 * where what a test needs is. */
static void start_lab(void)
{
    const char *runfiles = getenv("RUNFILES_DIR");
    char self[512] = "", lab[600], what[96];
    double begin;

    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        return;
    if (runfiles)
        snprintf(lab, sizeof(lab), "%s/barco/tools/lab/lab", runfiles);
    else
        snprintf(lab, sizeof(lab), "%s.runfiles/barco/tools/lab/lab", self);
    if (access(lab, X_OK) < 0) {
        say(NOTE, "lab: not started", "lab", "bazel run //tools:doctor does");
        return;
    }
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "starting the lab...\r");
    begin = seconds();
    lab_runs = run_lab(lab, self) == 0;
    snprintf(lab_start, sizeof(lab_start), "first command after %.1f s",
             seconds() - begin);
    snprintf(what, sizeof(what), "lab: %s", lab_start);
    if (lab_runs)
        say(OK, what, "lab", "");
    else
        say(MISSING, "lab: it does not start", "lab",
            "see its message above; BARCO_LAB_BOOT=1 boots it anew");
}

/* The system's name, as in "Debian GNU/Linux 12 (bookworm)". */
static void read_system(char name[128])
{
    FILE *file = fopen("/etc/os-release", "re");
    char line[256];

    snprintf(name, 128, "an unknown system");
    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "PRETTY_NAME=\"%127[^\"]", name) == 1)
            break;
    if (file)
        fclose(file);
}

/* One line, for whoever prepares a room of these machines. */
static void print_preflight(void)
{
    const char *here = getenv("BUILD_WORKSPACE_DIRECTORY");
    struct statfs disk = { 0 };
    struct utsname kernel;
    char system[128];

    read_system(system);
    uname(&kernel);
    statfs(here ? here : ".", &disk);
    printf("barco preflight: %s; %s: %s, Linux %s %s; processors: %ld; "
           "memory: %.1f GB; free disk: %.0f GB; lab: %s%s%s\n",
           lab_runs ? "ready" : "not ready", kernel.nodename, system,
           kernel.release, kernel.machine, sysconf(_SC_NPROCESSORS_ONLN),
           (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) /
               1e9,
           (double)disk.f_bavail * (double)disk.f_bsize / 1e9, lab_start,
           *missing ? "; missing: " : "", missing);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    bool *want_lab = state->input;

    (void)arg;
    switch (key) {
    case 'n':
        *want_lab = false;
        return 0;
    case 'p':
        preflight = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "no-lab", 'n', NULL, 0, "Do not start the lab", 0 },
        { "preflight", 'p', NULL, 0, "Print one line, to be sent to a teacher",
          0 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = parse_option,
        .doc = "Say what this machine can run, and how to mend the rest.",
    };
    bool want_lab = true;

    argp_parse(&argp, argc, argv, 0, NULL, &want_lab);
    check_kernel();
    check_calls();
    check_userns();
    check_cgroups();
    check_others();
    check_lab();
    if (lab_runs && want_lab)
        start_lab();

    if (preflight) {
        print_preflight();
        return !lab_runs;
    }
    if (lab_runs) {
        printf("\nEvery stage can run in the lab: bazel run --config=lab "
               "//stages:09_barco\n");
        return 0;
    }
    /* Stages up to 04 need no lab where root and user namespaces are there. */
    if (first_stages_run && rootless_runs && geteuid() == 0) {
        printf("\nEvery stage can run here; the tests need the lab: "
               "tools/setup\n");
        return 0;
    }
    printf("\nSome stages can run neither here nor in the lab: tools/setup\n");
    return 1;
}
