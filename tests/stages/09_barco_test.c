/**
 * @file
 * @brief Stage 09, the real program: all of the original barco, and correct.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/run.h"
#include "tests/lib/scratch.h"
#include "tests/lib/suite.h"
#include "tests/lib/terminal.h"
#include "tests/lib/told.h"
#include "tests/lib/without_init.h"

static struct run r;

/* ---- The original's command line ---------------------------------------- */

static void the_command_line_of_the_original_works(void)
{
    static const char *const log[] = {
        "initializing socket pair...",
        "setting socket flags",
        "initializing container stack",
        "initializing container",
        "initializing cgroups...",
        "setting memory.max to 1G...",
        "setting cpu.weight to 256...",
        "setting pids.max to 64...",
        "setting cgroup.procs to ",
        "configuring user namespace...",
        "waiting for container to exit...",
        "### BARCONTAINER STARTING - type 'exit' to quit ###\n",
        "freeing resources...",
        "so long and thanks for all the fish\n",
    };
    const char *place = r.err;

    run_stage(&r, "09_barco", "-u", "0", "-m", "/", "-c", "/bin/sh", "-a", ".",
              "-v", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    for (size_t i = 0; place && i < sizeof(log) / sizeof(log[0]); i++) {
        place = strstr(place, log[i]);
        if (!place)
            printf("missing, or out of order: %s\n", log[i]);
        CU_ASSERT_PTR_NOT_NULL(place);
    }
}

static void the_arguments_are_the_command_s(void)
{
    run_stage(&r, "09_barco", "-c", "/bin/echo", "-a", "a b", "-a", ".", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "a b .\n");
    run_stage(&r, "09_barco", "-c", "/bin/echo", "-a", ".", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "\n");
}

static void the_user_is_the_one_that_was_asked_for(void)
{
    run_stage(&r, "09_barco", "-u", "5:7", "-c", "/bin/sh", "-a", "-c", "-a",
              "id -u; id -g", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "5\n7\n");
}

static void the_exit_status_is_the_command_s(void)
{
    run_stage(&r, "09_barco", "sh", "-c", "exit 7", NULL);
    CU_ASSERT_EQUAL(r.status, 7);
    run_stage(&r, "09_barco", "sh", "-c", "kill -9 $$", NULL);
    CU_ASSERT_EQUAL(r.status, 137);
    run_stage(&r, "09_barco", "no-such-command", NULL);
    CU_ASSERT_EQUAL(r.status, 127);
    run_stage(&r, "09_barco", "/proc/version", NULL);
    CU_ASSERT_EQUAL(r.status, 126);
    run_stage(&r, "09_barco", "--no-such-option", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
}

/* ---- The same story as stage 08 ------------------------------------------ */

enum {
    MAX_STEPS = 64
};

/* Sentences, in their order. */
struct story {
    char sentence[MAX_STEPS][64];
    int count;
};

static void add(struct story *story, const char *sentence)
{
    if (story->count < MAX_STEPS)
        snprintf(story->sentence[story->count++], 64, "%s", sentence);
}

static bool tells(const struct story *story, const char *sentence)
{
    for (int i = 0; i < story->count; i++)
        if (strcmp(story->sentence[i], sentence) == 0)
            return true;
    return false;
}

/* What --plan says is done on the host, and in the container. */
static void read_plan(struct story *host, struct story *container)
{
    char layer[16], sentence[64], *rest = r.out, *line;
    struct story *place = host;

    run_stage(&r, "09_barco", "--plan", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    while ((line = strsep(&rest, "\n")))
        if (sscanf(line, "  %15s %63[^\n]", layer, sentence) == 2 &&
            *line == ' ') {
            *strstr(sentence, "  ") = '\0';
            add(place, sentence);
        } else if (*line) {
            place = strncmp(line, "On the host", 11) == 0 ? host : container;
        }
}

/* Host and container write at the same time, so each is looked at by itself. */
static void read_story(const char *stage, const struct story *of,
                       struct story *told)
{
    char *rest = r.err, *line;

    run_stage(&r, stage, "--explain", "true", NULL);
    CU_ASSERT_EQUAL(r.status, 0);
    while ((line = strsep(&rest, "\n")))
        if (strlen(line) > 10 && strncmp(line + 8, "> ", 2) == 0 &&
            tells(of, line + 10))
            add(told, line + 10);
}

static void compare(const struct story *one, const struct story *two,
                    const char *stage)
{
    CU_ASSERT_EQUAL(one->count, two->count);
    for (int i = 0; i < one->count && i < two->count; i++)
        if (strcmp(one->sentence[i], two->sentence[i]) != 0) {
            printf("%s: \"%s\", and the plan says \"%s\"\n", stage,
                   two->sentence[i], one->sentence[i]);
            CU_FAIL("another order");
        }
}

/* So that the step from a story to a library changes nothing. */
static void the_sentences_are_those_of_stage_08_in_the_same_order(void)
{
    static const char *const stages[] = { "08_inherited", "09_barco" };
    struct story host = { 0 }, container = { 0 };

    read_plan(&host, &container);
    CU_ASSERT_EQUAL(host.count, 9);
    CU_ASSERT_EQUAL(container.count, 19);
    for (size_t i = 0; i < 2; i++) {
        struct story outside = { 0 }, inside = { 0 };

        read_story(stages[i], &host, &outside);
        compare(&host, &outside, stages[i]);
        read_story(stages[i], &container, &inside);
        compare(&container, &inside, stages[i]);
    }
}

/* ---- What the layers are ------------------------------------------------- */

static void without_init_the_command_is_pid_1_in_every_stage(void)
{
    static const char *const stages[] = { "04_user", "05_cgroups",
                                          "06_capabilities", "07_seccomp",
                                          "09_barco" };

    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
        without_init_the_command_is_pid_1(stages[i]);
    if (geteuid() != 0)
        return;
    without_init_the_command_is_pid_1("02_pid");
    without_init_the_command_is_pid_1("03_mount");
}

static void the_kernel_shows_every_layer(void)
{
    static const char look[] =
        "grep -E '^(CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' "
        "/proc/self/status | cut -f2 | tr '\\n' ' '";

    run_stage(&r, "09_barco", "sh", "-c", look, NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "00000000000405fb 00000000000405fb "
                                  "0000000000000000 1 2 ");
    /* libseccomp sets no_new_privs too, before it loads a filter. */
    run_stage(&r, "09_barco", "--seccomp", "off", "-u", "7", "--cap-add",
              "net_raw", "sh", "-c", look, NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0000000000002000 00000000000425fb "
                                  "0000000000002000 1 0 ");
    run_stage(&r, "09_barco", "cat", "/sys/class/net/lo/flags", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0x9\n"); /* IFF_LOOPBACK, and IFF_UP */
    run_stage(&r, "09_barco", "cat", "/proc/self/cgroup", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "0::/\n");
    run_stage(&r, "09_barco", "hostname", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "barcontainer\n");
    run_stage(&r, "09_barco", "-h", "boat", "hostname", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "boat\n");
}

/* A filter that refuses all that the steps before it need: loaded any earlier,
 * it would end the start. */
static void the_filter_comes_last(void)
{
    write_profile("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": "
                  "[{\"action\": \"SCMP_ACT_ERRNO\", \"names\": [\"capset\", "
                  "\"chdir\", \"close_range\", \"prctl\", \"setresgid\", "
                  "\"setresuid\"]}]}");
    run_stage(&r, "09_barco", "--seccomp", profile, "-u", "7", "-w", "/tmp",
              "echo", "ran", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "ran\n");
    remove_profile();
}

/* Its descriptors are closed when the directory is looked up, which may be one
 * of them. Later it is found to be none of the container's; but not there is
 * not there (CVE-2024-21626 of runc). */
static void a_descriptor_of_the_caller_leads_nowhere(void)
{
    static const char *const options[] = { "--no-init", "--" };
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    CU_ASSERT_EQUAL(dup2(fd, 9), 9);
    for (int i = 0; i < 2; i++) {
        run_stage(&r, "09_barco", "-w", "/proc/self/fd/9", options[i], "pwd",
                  NULL);
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "= ENOENT"));
    }
    close(9);
    close(fd);
}

/* What belongs to the container's root has to be owned by its user namespace,
 * which therefore has to be made first. */
static void the_user_namespace_owns_the_others(void)
{
    run_stage(&r, "09_barco", "--seccomp", "off", "--cap-add", "net_admin",
              "sh", "-c", "ip link set lo down && echo down", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "down\n");
}

/* Root may not have that: see below. */
static void it_owns_what_cap_sys_admin_acts_on(void)
{
    run_stage(&r, "09_barco", "--seccomp", "off", "--cap-add", "sys_admin",
              "sh", "-c",
              "hostname mine && mount -t tmpfs none /tmp && hostname", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "mine\n");
}

/* The flags of mounts that root passes in are not locked. */
static void a_command_that_may_mount_is_not_given_root_s_mounts(void)
{
    const char *const profiles[] = { "off", profile };

    write_profile("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}");
    for (size_t i = 0; i < 2; i++) {
        run_stage(&r, "09_barco", "--seccomp", profiles[i], "--cap-add",
                  "sys_admin", "--volume", "/etc:/mnt:ro", "echo", "ran", NULL);
        CU_ASSERT_EQUAL(r.status, geteuid() == 0 ? 125 : 0);
        CU_ASSERT_STRING_EQUAL(r.out, geteuid() == 0 ? "" : "ran\n");
        CU_ASSERT(geteuid() != 0 || strstr(r.err, "keep --seccomp default"));
    }
    remove_profile();
    run_stage(&r, "09_barco", "--cap-add", "sys_admin", "--volume",
              "/etc:/mnt:ro", "mount", "-o", "remount,rw,bind", "/mnt", NULL);
    CU_ASSERT(r.status != 0 && r.status != 125);
}

/* And not the new root, which lies on / while volumes are made. */
static void the_root_of_the_host_can_be_a_volume(void)
{
    run_stage(&r, "09_barco", "--volume", "/:/mnt:ro", "ls", "-d", "/mnt/lab",
              NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "/mnt/lab\n");
}

static void limits_bite(void)
{
    run_stage(&r, "09_barco", "--memory", "32M", "tail", "/dev/zero", NULL);
    CU_ASSERT_EQUAL(r.status, 137);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "hit its memory limit of 32M"));
}

/* Owning a file is enough for a lease, and everybody who opens it waits. */
static void nobody_can_take_a_lease(void)
{
    static const char lease[] =
        "import fcntl, os\n"
        "open('/dev/shm/f', 'w').close()\n"
        "for f in '/dev/shm/f', '/bin/true':\n"
        "    try: fcntl.fcntl(os.open(f, 0), fcntl.F_SETLEASE, fcntl.F_RDLCK); "
        "print('mine')\n"
        "    except OSError as e: print(e.errno)\n"
        "import socket\n"
        "print(socket.getaddrinfo('127.0.0.1', 80, flags=socket.AI_ADDRCONFIG)"
        "[0][4][1])\n"
        "print(socket.if_nameindex()[0][1])\n";

    run_stage(&r, "09_barco", "-m", "/debian", "python3", "-c", lease, NULL);
    if (r.status != 0)
        printf("%s", r.err);
    CU_ASSERT_STRING_EQUAL(r.out, "1\n1\n80\nlo\n");
}

/* So nobody can take a lease on it, even without a filter. */
static void the_bundled_files_belong_to_nobody(void)
{
    run_stage(&r, "09_barco", "ls", "-ln", "/bin/busybox", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, " 65534 "));
}

/* One of each group of options. */
static void a_mistake_in_the_options_gets_a_hint(void)
{
    static const char *const wrong[][2] = {
        { "--verbsoe", "did you mean --verbose?" },
        { "--hostnmae", "did you mean --hostname?" },
        { "--read_only", "did you mean --read-only?" },
        { "--volmue", "did you mean --volume?" },
        { "--udi", "did you mean --uid?" },
        { "--evn", "did you mean --env?" },
        { "--memroy", "did you mean --memory?" },
        { "--cap-dorp", "did you mean --cap-drop?" },
        { "--secomp", "did you mean --seccomp?" },
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        run_stage(&r, "09_barco", wrong[i][0], "x", "echo", "ran", NULL);
        CU_ASSERT_EQUAL(r.status, 125);
        CU_ASSERT_STRING_EQUAL(r.out, "");
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, wrong[i][1]));
    }
    run_stage(&r, "09_barco", "-v", "/etc:/mnt", "echo", "ran", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "give --volume /etc:/mnt\n"));
}

static void a_wrong_directory_to_start_in_is_explained(void)
{
    run_stage(&r, "09_barco", "--explain", "-w", "/no/such", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "the container has no such directory"));
    CU_ASSERT_PTR_NULL(strstr(r.err, "mkdir(\"/sys/fs/cgroup"));
    /* This is not certain before the container is there. */
    run_stage(&r, "09_barco", "-w", "/tmp/no", "ls", NULL);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "the container has no such directory"));
    run_stage(&r, "09_barco", "-w", "/etc/passwd", "ls", NULL);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(r.err, "that path or a part of it is a file"));
    run_stage(&r, "09_barco", "-u", "7", "-w", "/root", "ls", NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "may not enter that directory"));
}

/* The lab starts tests where the stages are. */
static int shell(const char *command)
{
    int status = system(command);

    return WEXITSTATUS(status);
}

/* An image that has a shell, and whatever the rest of the script makes; its
 * list of users gets that size, without anything in it. */
static void start_image(const char *parent, const char *rest, off_t hole)
{
    static const char start[] = "echo started in $HOME; "
                                "read -n 1 byte < /disk && echo through";
    char script[512];

    make_scratch(parent);
    make_image(scratch(""), "");
    snprintf(script, sizeof(script), "cd %s && %s", scratch(""), rest);
    CU_ASSERT_EQUAL(shell(script), 0);
    if (hole > 0)
        CU_ASSERT_EQUAL(truncate(scratch("etc/passwd"), hole), 0);
    run_stage(&r, "09_barco", "-m", scratch(""), "sh", "-c", start, NULL);
    remove_scratch();
}

/* A set-user-ID program in there would be one of the host's root. */
static void root_is_warned_when_others_can_reach_what_is_written(void)
{
    static const struct {
        int mode;
        const char *target;
        bool warned;
    } cases[] = {
        { 0711, "/mnt", true },
        { 0711, "/mnt:ro", false },
        { 0710, "/mnt", false },
    };
    char told[256];

    make_scratch("/tmp");
    snprintf(told, sizeof(told), "other users of this host can reach %s",
             scratch(""));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CU_ASSERT_EQUAL(chmod(scratch(""), (mode_t)cases[i].mode), 0);
        run_stage(&r, "09_barco", "--volume",
                  onto(scratch(""), cases[i].target), "true", NULL);
        CU_ASSERT_EQUAL(r.status, 0);
        CU_ASSERT_EQUAL(strstr(r.err, told) != NULL,
                        cases[i].warned && geteuid() == 0);
    }
    remove_scratch();
}

/* A user who cannot make device nodes cannot bring one. */
static void an_image_cannot_bring_a_device(void)
{
    start_image("/root", "mknod disk b 254 0 && mkfifo etc/passwd", 0);
    CU_ASSERT_STRING_EQUAL(r.out, "started in /\n");
}

static void an_image_cannot_hang_or_fool_the_start(void)
{
    /* A terabyte, of which nothing is there. */
    start_image("/tmp", ": > etc/passwd", 1LL << 40);
    CU_ASSERT_STRING_EQUAL(r.out, "started in /\n");
    start_image("/tmp", "ln -s /dev/zero etc/passwd", 0);
    CU_ASSERT_STRING_EQUAL(r.out, "started in /\n");
    start_image("/tmp", "echo root:x:0:0:root:/tmp:/bin/sh > etc/passwd", 0);
    CU_ASSERT_STRING_EQUAL(r.out, "started in /tmp\n");
}

/* Whoever reads it has ended: `true` at once, and the container runs on. */
static void a_log_that_nobody_reads_kills_nobody(void)
{
    static const char *const options[] = { "-v", "--explain",
                                           "--explain=json" };
    char script[256];

    make_scratch("/tmp");
    setenv("status", scratch("status"), 1);
    for (size_t i = 0; i < 3; i++) {
        snprintf(
            script, sizeof(script),
            "{ stages/09_barco %s sh -c 'exec 2>/dev/null; exit 5'; echo $? "
            ">$status; } 2>&1 | true; until [ -s $status ]; do "
            "sleep 0.1; done; exit $(cat $status)",
            options[i]);
        CU_ASSERT_EQUAL(shell(script), 5);
        CU_ASSERT_EQUAL(unlink(scratch("status")), 0);
    }
    remove_scratch();
}

/* Reads until nobody has the other end any more; 0 when each read(2) gets whole
 * lines. */
static int read_lines(int socket, char *text, size_t size)
{
    size_t used = 0;
    ssize_t length;
    int torn = 0;

    while ((length = read(socket, text + used, size - 1 - used)) > 0) {
        used += (size_t)length;
        torn += text[used - 1] != '\n' ||
                memchr(text + used - (size_t)length, '\n', (size_t)length) !=
                    text + used - 1;
    }
    text[used] = '\0';
    return torn;
}

/* Such a socket keeps apart what different calls of write(2) have written, and
 * four processes write here. */
static void data_comes_a_line_at_a_time_from_each_process(void)
{
    static struct tale tale;
    int ends[2], status = 0;
    pid_t pid;

    CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends),
                    0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        execl("stages/09_barco", "09_barco", "--explain=json", "sh", "-c",
              "exit 5", NULL);
        _exit(99);
    }
    close(ends[1]);
    CU_ASSERT_EQUAL(read_lines(ends[0], r.err, sizeof(r.err)), 0);
    close(ends[0]);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 5);
    CU_ASSERT_TRUE(read_told(&tale, r.err));
    CU_ASSERT(*find_told(&tale, "host", "CLONE_NEWPID|", "start")->why);
    CU_ASSERT(*find_told(&tale, "cleaner", "mkdir(", "make a cgroup")->why);
    CU_ASSERT(*find_told(&tale, "PID 1", "pivot_root(", "enter")->why);
    CU_ASSERT(*find_told(&tale, "PID 2", "execvp(", "run the command")->why);
    CU_ASSERT_STRING_EQUAL(find_told(&tale, "PID 1", NULL, "be PID 1")->result,
                           "5");
    CU_ASSERT_STRING_EQUAL(find_told(&tale, "host", NULL, "wait")->result, "5");
}

static int exec_stage(void *argv)
{
    execv(*(char **)argv, argv);
    return 99;
}

/* Ctrl-Z is for the jobs of a shell in the container. Where there is none it
 * stops nothing, because nobody could continue it. */
static void ctrl_z_does_not_wedge_the_terminal(void)
{
    static char stage[] = "stages/09_barco", sh[] = "sh", dash_c[] = "-c";
    static char script[] = "echo be''gin; head -n 1; echo the e''nd";
    char *argv[] = { stage, sh, dash_c, script, NULL };
    static struct terminal t;

    terminal_start(&t, NULL, exec_stage, argv);
    CU_ASSERT_TRUE(terminal_shows(&t, "begin"));
    terminal_type(&t, "\x1a");
    CU_ASSERT_TRUE(terminal_shows(&t, "^Z"));
    terminal_type(&t, "\n"); /* a wedged one says nothing more */
    CU_ASSERT_TRUE(terminal_shows(&t, "the end"));
    CU_ASSERT_EQUAL(terminal_wait(&t), 0);
    terminal_close(&t);
}

/* ---- Real programs, in a Debian root ------------------------------------- */

static void debian(const char *program, const char *option, const char *script,
                   const char *expected)
{
    run_stage(&r, "09_barco", "-m", "/debian", program, option, script, NULL);
    if (r.status != 0 || !strstr(r.out, expected))
        printf("%s\n%s%s", script, r.out, r.err);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, expected));
}

static void real_programs_run(void)
{
    debian("/bin/bash", "-c", "echo $((6*7)) $BASH_VERSION", "42 5");
    debian("/bin/bash", "-c", "apt-get --version", "apt ");
    debian("perl", "-e", "print join(',', map { $_ * 2 } 1 .. 3)", "2,4,6");
    debian(
        "python3", "-c",
        "import threading as t\n"
        "a = [t.Thread(target=print, args=('thread',)) for _ in '12345678']\n"
        "[x.start() for x in a]; [x.join() for x in a]\n"
        "print('joined')",
        "joined");
    debian("/bin/bash", "-c",
           "cd /tmp && echo '#include <stdio.h>\n"
           "int main(void) { return puts(\"compiled\") < 0; }' > hello.c && "
           "gcc -O2 -o hello hello.c && ./hello; rm -f hello hello.c",
           "compiled");
}

/* Nobody, and apt's user _apt: programs for which 2,000 ids are too few. */
static void the_users_of_a_debian_root_exist(void)
{
    static const char update[] =
        "mkdir -p /srv/repository && cd /srv/repository && "
        "echo 'Package: nothing' >Packages && "
        "echo 'deb [trusted=yes] copy:/srv/repository ./' >list && "
        "apt-get update -o Dir::Etc::SourceList=$PWD/list "
        "-o Dir::Etc::SourceParts=- -o Debug::pkgAcquire::Auth=1 2>&1; "
        "result=$?; stat -c 'lists are of %U' /var/lib/apt/lists/partial; "
        "rm -r /srv/repository; exit $result";
    /* As the scripts of Debian's packages would have made them. */
    static const char pam[] = "cd /debian/etc/pam.d && "
                              "for type in auth account password session; do "
                              "echo $type required pam_permit.so "
                              ">common-$type; done";

    CU_ASSERT_EQUAL(shell(pam), 0);
    debian("/bin/bash", "-c", "su nobody -s /bin/sh -c id",
           "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)");
    run_stage(&r, "09_barco", "-m", "/debian", "-u", "65534", "id", NULL);
    CU_ASSERT_STRING_EQUAL(r.out, "uid=65534(nobody) gid=65534(nogroup) "
                                  "groups=65534(nogroup)\n");
    debian("/bin/bash", "-c", update, "lists are of _apt");
    CU_ASSERT_PTR_NULL(strstr(r.out, "W:"));
    CU_ASSERT_PTR_NULL(strstr(r.out, "E:"));
}

/* ---- Several, and none left -----------------------------------------------
 */

static void several_run_side_by_side(void)
{
    pid_t one = start_stage("09_barco", "sleep", "1001", NULL);
    pid_t two = start_stage("09_barco", "sh", "-c",
                            "trap 'exit 3' TERM; sleep 1002 & wait", NULL);

    CU_ASSERT_TRUE(eventually(is_sleeping, "1001"));
    CU_ASSERT_TRUE(eventually(is_sleeping, "1002"));
    kill(one, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(one), 143);
    CU_ASSERT_TRUE(is_sleeping("1002"));
    kill(two, SIGTERM);
    CU_ASSERT_EQUAL(wait_stage(two), 3);
}

static void fails_and_leaves_nothing(const char *option, const char *value)
{
    struct leftovers before = count_leftovers();

    run_stage(&r, "09_barco", option, value, "echo", "ran", NULL);
    if (r.status != 125)
        printf("%s: %d\n%s", option, r.status, r.err);
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT_TRUE(nothing_left_since(before));
}

/* One failure for each layer, from the first to the last. */
static void a_failure_at_any_layer_leaves_nothing_behind(void)
{
    static const char *const failures[][2] = {
        { "--seccomp", "/no/such/profile" },
        { "--io-weight", "/dev/vda:100" },
        { "--hostname",
          "a-name-that-is-longer-than-the-64-bytes-that-linux-has-for-it-123" },
        { "--mnt", "/no/such" },
        { "--mnt", "/proc" },
        { "--workdir", "/no/such" },
        { "--volume", "/no/such:/mnt" },
    };

    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
        fails_and_leaves_nothing(failures[i][0], failures[i][1]);
}

/* Root may choose its ids. */
static void a_range_that_is_not_the_user_s_leaves_nothing_behind(void)
{
    fails_and_leaves_nothing("--ids", "10000:2000");
}

static void nothing_is_left_behind_however_it_ends(void)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGKILL };
    struct leftovers before = count_leftovers();

    run_stage(&r, "09_barco", "sh", "-c",
              "sleep 1000 & until pidof sleep; do :; done", NULL);
    CU_ASSERT_TRUE(nothing_left_since(before));
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        pid_t pid = start_stage("09_barco", "sleep", "1000", NULL);

        CU_ASSERT_TRUE(eventually(is_sleeping, "1000"));
        kill(pid, signals[i]);
        CU_ASSERT_EQUAL(wait_stage(pid), 128 + signals[i]);
        CU_ASSERT_TRUE(nothing_left_since(before));
    }
}

/* At any moment: before there is a cgroup, while the container prepares
 * itself, and when the command runs. */
static void nothing_is_left_behind_whenever_it_ends(void)
{
    static const int signals[] = { SIGTERM, SIGKILL, SIGINT, SIGKILL };
    struct leftovers before = count_leftovers();

    for (int i = 0; i < 32; i++) {
        int sig = signals[i % 4];
        pid_t pid = start_stage("09_barco", "sleep", "1000", NULL);

        /* What varies is the moment: most of them while it starts, and every
         * other SIGKILL for its whole process group. */
        usleep((useconds_t)random() % 120000);
        kill(i % 8 == 3 ? -pid : pid, sig);
        CU_ASSERT_EQUAL(wait_stage(pid), 128 + sig);
    }
    CU_ASSERT_TRUE(nothing_left_since(before));
}

/* Sets a limit of the kernel for the time of one run. */
static void run_with_limit(const char *knob, const char *value)
{
    char path[64], limit[32];
    int fd;

    snprintf(path, sizeof(path), "/proc/sys/user/%s", knob);
    read_text(path, limit, sizeof(limit));
    fd = open(path, O_WRONLY | O_CLOEXEC);
    CU_ASSERT(pwrite(fd, value, strlen(value), 0) > 0);
    run_stage(&r, "09_barco", "id", "-u", NULL);
    CU_ASSERT(pwrite(fd, limit, strlen(limit), 0) > 0);
    close(fd);
}

/* The original ran the command as the host's root, and put the host's PID 1
 * into its cgroup. */
static void a_clone_that_fails_ends_the_run(void)
{
    char before[128], after[128];

    read_text("/proc/1/cgroup", before, sizeof(before));
    run_with_limit("max_user_namespaces", "0");
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    run_with_limit("max_pid_namespaces", "0");
    CU_ASSERT_EQUAL(r.status, 125);
    CU_ASSERT_STRING_EQUAL(r.out, "");
    CU_ASSERT_STRING_EQUAL(read_text("/proc/1/cgroup", after, sizeof(after)),
                           before);
}

SUITE("09_barco",
      { "the command line of the original works",
        the_command_line_of_the_original_works },
      { "the arguments are the command's", the_arguments_are_the_command_s },
      { "the user is the one that was asked for",
        the_user_is_the_one_that_was_asked_for },
      { "the exit status is the command's", the_exit_status_is_the_command_s },
      { "without init the command is PID 1, in every stage",
        without_init_the_command_is_pid_1_in_every_stage },

      { "the sentences are those of stage 08, in the same order",
        the_sentences_are_those_of_stage_08_in_the_same_order },
      { "the kernel shows every layer", the_kernel_shows_every_layer },
      { "the filter comes last", the_filter_comes_last },
      { "a descriptor of the caller leads nowhere",
        a_descriptor_of_the_caller_leads_nowhere },
      { "the user namespace owns the others",
        the_user_namespace_owns_the_others },
      { "it owns what CAP_SYS_ADMIN acts on",
        it_owns_what_cap_sys_admin_acts_on, AS_LEARNER },
      { "the root of the host can be a volume",
        the_root_of_the_host_can_be_a_volume },
      { "limits bite", limits_bite },
      { "root is warned when others can reach what is written",
        root_is_warned_when_others_can_reach_what_is_written },
      { "an image cannot bring a device", an_image_cannot_bring_a_device,
        AS_ROOT },
      { "an image cannot hang or fool the start",
        an_image_cannot_hang_or_fool_the_start },
      { "Ctrl-Z does not wedge the terminal",
        ctrl_z_does_not_wedge_the_terminal },
      { "nobody can take a lease", nobody_can_take_a_lease },
      { "the bundled files belong to nobody",
        the_bundled_files_belong_to_nobody, AS_ROOT },
      { "a mistake in the options gets a hint",
        a_mistake_in_the_options_gets_a_hint },
      { "a wrong directory to start in is explained",
        a_wrong_directory_to_start_in_is_explained },
      { "real programs run", real_programs_run },
      { "the users of a Debian root exist", the_users_of_a_debian_root_exist,
        AS_ROOT },
      { "several run side by side", several_run_side_by_side },
      { "a failure at any layer leaves nothing behind",
        a_failure_at_any_layer_leaves_nothing_behind },
      { "a range that is not the user's leaves nothing behind",
        a_range_that_is_not_the_user_s_leaves_nothing_behind, AS_LEARNER },
      { "nothing is left behind, however it ends",
        nothing_is_left_behind_however_it_ends },
      { "a clone that fails ends the run", a_clone_that_fails_ends_the_run,
        AS_ROOT },
      { "a command that may mount is not given root's mounts",
        a_command_that_may_mount_is_not_given_root_s_mounts },
      { "data comes a line at a time from each process",
        data_comes_a_line_at_a_time_from_each_process },
      { "a log that nobody reads kills nobody",
        a_log_that_nobody_reads_kills_nobody },
      { "nothing is left behind, whenever it ends",
        nothing_is_left_behind_whenever_it_ends })
