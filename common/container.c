/**
 * @file
 * @brief Every layer, in the order in which they are put in place.
 *
 * Each step is a function, and the order is the table below, which `--plan`
 * prints. It is that of stage 08: the same sentences, in the same places. A
 * step that came too early would be undone by a later one, and a step that came
 * too late would not be allowed any more: mounts need capabilities, which have
 * to be gone before the command runs, and the filter would refuse all of this.
 */
#include "barco/container.h"

#include <linux/sched.h>

#include "barco/caps.h"
#include "barco/environment.h"
#include "barco/error.h"
#include "barco/hostname.h"
#include "barco/init.h"
#include "barco/keyring.h"
#include "barco/limits.h"
#include "barco/network.h"
#include "barco/rootfs.h"
#include "barco/userns.h"
#include "container_steps.h"

static int run_steps(struct barco_container *c, enum place at);

static bool is_new(const struct barco_namespace *namespace)
{
    return namespace->from == BARCO_NAMESPACE_NEW;
}

/* ---- On the host --------------------------------------------------------- */

static int prepare_filter(struct barco_container *c)
{
    return barco_seccomp_prepare(&c->filter, &c->spec->seccomp,
                                 c->spec->caps.bounding);
}

static int prepare_handshake(struct barco_container *c)
{
    int result = barco_handshake_open(&c->handshake);

    BARCO_INFO("setting socket flags: close-on-exec, from the beginning...");
    BARCO_INFO("initializing container stack: none, it gets a copy of ours...");
    BARCO_INFO("initializing container: its cgroup first, to be born in...");
    return result;
}

static int make_cgroup(struct barco_container *c)
{
    if (c->spec->caller_cgroup)
        return 0;
    return barco_cgroup_create(&c->cgroup, &c->spec->cgroup, &c->pid_1);
}

static uint64_t clone_flags(const struct barco_namespaces *all)
{
    return (is_new(&all->user) ? CLONE_NEWUSER : 0) |
           (is_new(&all->pid) ? CLONE_NEWPID : 0) |
           (is_new(&all->mount) ? CLONE_NEWNS : 0) |
           (is_new(&all->uts) ? CLONE_NEWUTS : 0) |
           (is_new(&all->ipc) ? CLONE_NEWIPC : 0) |
           (is_new(&all->network) ? CLONE_NEWNET : 0);
}

//! [sink]
static int in_pid_1(void *container)
{
    struct barco_container *c = container;

    /* Send errors to the process that started us, which reports them. */
    barco_error_set_sink(barco_handshake_report, &c->handshake);
    return run_steps(c, IN_PID_1);
}
//! [sink]

static int start_pid_1(struct barco_container *c)
{
    int result = barco_process_spawn(
        &c->pid_1, clone_flags(&c->spec->namespaces), in_pid_1, c);

    if (result == 0)
        BARCO_INFO("setting cgroup.procs to %d, at its birth...", c->pid_1.pid);
    return result;
}

static int map_ids(struct barco_container *c)
{
    return is_new(&c->spec->namespaces.user)
               ? barco_userns_map(&c->spec->userns, c->pid_1.pid)
               : 0;
}

static int score(struct barco_container *c)
{
    return barco_limits_score(&c->spec->limits, c->pid_1.pid);
}

static int open_root(struct barco_container *c)
{
    return is_new(&c->spec->namespaces.user)
               ? barco_userns_open_root(&c->spec->userns, c->pid_1.pid,
                                        &c->spec->rootfs, &c->mounts)
               : 0;
}

static int release(struct barco_container *c)
{
    return barco_handshake_release(&c->handshake, &c->mounts);
}

static int wait_for_the_end(struct barco_container *c)
{
    return barco_console_wait(&c->console, &c->handshake, &c->pid_1);
}

/* ---- In PID 1 ------------------------------------------------------------ */

static int wait_for_ids(struct barco_container *c)
{
    return barco_handshake_wait(&c->handshake, &c->mounts);
}

static int become_root(struct barco_container *c)
{
    return is_new(&c->spec->namespaces.user)
               ? barco_userns_become_root(&c->spec->userns)
               : 0;
}

static int set_limits(struct barco_container *c)
{
    return barco_limits_set(&c->spec->limits);
}

static int leave_session(struct barco_container *c)
{
    (void)c;
    return barco_console_separate();
}

static int leave_keys(struct barco_container *c)
{
    (void)c;
    return barco_keyring_join_new();
}

static int set_hostname(struct barco_container *c)
{
    return c->spec->hostname ? barco_hostname_set(c->spec->hostname) : 0;
}

static int start_network(struct barco_container *c)
{
    return is_new(&c->spec->namespaces.network) ? barco_network_start_loopback()
                                                : 0;
}

static int enter_root(struct barco_container *c)
{
    return barco_rootfs_enter(&c->spec->rootfs, &c->mounts);
}

static int make_terminal(struct barco_container *c)
{
    return c->spec->terminal ? barco_console_open(&c->console, &c->handshake,
                                                  c->spec->userns.uid)
                             : 0;
}

static int hide_cgroups(struct barco_container *c)
{
    return is_new(&c->spec->namespaces.cgroup) ? barco_cgroup_unshare() : 0;
}

static int limit_init(struct barco_container *c)
{
    return barco_caps_limit_init(&c->spec->caps);
}

static int in_pid_2(void *container)
{
    return run_steps(container, IN_PID_2);
}

static int be_init(struct barco_container *c)
{
    return barco_init_run(&c->spec->init, in_pid_2, c);
}

/* ---- In PID 2 ------------------------------------------------------------ */

static int take_terminal(struct barco_container *c)
{
    return barco_console_take(&c->console);
}

static int become_user(struct barco_container *c)
{
    return barco_userns_become_user(&c->spec->userns);
}

static int close_descriptors(struct barco_container *c)
{
    (void)c;
    return barco_environment_close_descriptors();
}

static int set_up_environment(struct barco_container *c)
{
    return barco_environment_enter(&c->spec->environment);
}

static int limit_command(struct barco_container *c)
{
    int result = barco_caps_limit_command(&c->spec->caps);

    BARCO_INFO("### BARCONTAINER STARTING - type 'exit' to quit ###");
    return result;
}

static int load_filter(struct barco_container *c)
{
    return barco_seccomp_load(&c->filter);
}

static int execute(struct barco_container *c)
{
    return barco_process_exec(c->spec->argv);
}

/* ---- The order ----------------------------------------------------------- */

// clang-format off
const struct barco_step container_steps[] = {
#define STEP(at, layer, sentence, log, run, why) \
    { at, layer, sentence, log, why, __LINE__, run }

    STEP(ON_HOST, "seccomp", "prepare the filter", NULL, prepare_filter,
         "a bad profile is reported while there is nothing to undo"),
    STEP(ON_HOST, "start", "prepare the handshake", "initializing socket pair",
         prepare_handshake, "parent and child have to wait for each other"),
    STEP(ON_HOST, "cgroup", "make a cgroup", "initializing cgroups",
         make_cgroup, "its limits are set before there is anything to limit"),
    STEP(ON_HOST, "start", "start the container", "cloning the container",
         start_pid_1, "PID 1 is born in its namespaces and in its cgroup"),
    STEP(ON_HOST, "user", "map the user ids", "configuring user namespace",
         map_ids, "PID 1 itself could map only one id"),
    STEP(ON_HOST, "limits", "set the OOM score", NULL,
         score, "when memory runs out, the kernel kills the container first"),
    STEP(ON_HOST, "user", "open the root directory", NULL,
         open_root, "idmapped mounts, so that files keep their owners inside"),
    STEP(ON_HOST, "start", "release PID 1", "waiting for container to exit",
         release, "its ids are mapped, and it gets its mounts"),

    STEP(IN_PID_1, "start", "wait for the ids", NULL,
         wait_for_ids, "until then it is nobody"),
    STEP(IN_PID_1, "user", "become root inside", NULL,
         become_root, "uid 0 here is another uid on the host"),
    STEP(IN_PID_1, "limits", "limit what no cgroup counts", NULL,
         set_limits, "later /proc/sys is read-only, and the capabilities are gone"),
    STEP(IN_PID_1, "inherited", "leave the session", NULL,
         leave_session, "a signal to its process group stays inside"),
    STEP(IN_PID_1, "inherited", "leave the keys behind", NULL,
         leave_keys, "no namespace isolates the session keyring"),
    STEP(IN_PID_1, "uts", "name the container", NULL,
         set_hostname, "while it has CAP_SYS_ADMIN"),
    STEP(IN_PID_1, "network", "start the network", NULL,
         start_network, "127.0.0.1 is the container's own"),
    STEP(IN_PID_1, "root", "enter the root directory", NULL,
         enter_root, "the host's files can no longer be reached"),
    STEP(IN_PID_1, "inherited", "make a pty", NULL,
         make_terminal, "from the new /dev/pts; the caller's stays outside"),
    STEP(IN_PID_1, "cgroup", "hide the other cgroups", NULL,
         hide_cgroups, "the cgroup it was born in becomes the root"),
    STEP(IN_PID_1, "caps", "limit the capabilities", NULL,
         limit_init, "everything is mounted, so CAP_SYS_ADMIN can go"),
    STEP(IN_PID_1, "start", "be PID 1", NULL,
         be_init, "start PID 2, reap orphans, forward signals"),

//! [last steps]
    STEP(IN_PID_2, "inherited", "take the terminal", NULL,
         take_terminal, "Ctrl-C and job control need a controlling terminal"),
    STEP(IN_PID_2, "start", "become the user", NULL,
         become_user, "while it has CAP_SETUID and CAP_SETGID"),
    STEP(IN_PID_2, "inherited", "close all descriptors", NULL,
         close_descriptors, "before chdir(2): a path through one leads out"),
    STEP(IN_PID_2, "inherited", "set up the environment", NULL,
         set_up_environment,
         "its own directory and variables, not the caller's"),
    STEP(IN_PID_2, "caps", "drop capabilities", NULL,
         limit_command, "no longer needed, and nothing brings them back"),
    STEP(IN_PID_2, "seccomp", "filter system calls", NULL,
         load_filter, "last, because it refuses what the other steps need"),
    STEP(IN_PID_2, "start", "run the command", NULL,
         execute, "execve(2) replaces the program, not the process"),
//! [last steps]

    STEP(AT_END, "start", "wait for the container", NULL,
         wait_for_the_end, "forward signals, relay the terminal"),
    { 0 },
#undef STEP
};
// clang-format on

//! [run steps]
static int run_steps(struct barco_container *c, enum place at)
{
    int result = 0;

    for (const struct barco_step *step = c->steps; step->run; step++) {
        if (step->at != at)
            continue;
        barco_log_step(step->sentence, step->log ? step->log : step->sentence,
                       __FILE__, step->line);
        result = barco_log_result(step->run(c), __FILE__, step->line);
        if (result < 0)
            break;
    }
    return result;
}
//! [run steps]

void barco_container_plan(FILE *out)
{
    static const char *const places[] = {
        [ON_HOST] = "On the host",
        [IN_PID_1] = "In PID 1 of the container",
        [IN_PID_2] = "In PID 2, which becomes the command",
        [AT_END] = "On the host, until the command has ended",
    };
    const struct barco_step *last = NULL;

    for (const struct barco_step *step = container_steps; step->run; step++) {
        if (!last || last->at != step->at)
            fprintf(out, "%s%s\n", last ? "\n" : "", places[step->at]);
        fprintf(out, "  %-9s  %-27s  %s\n", step->layer, step->sentence,
                step->why);
        last = step;
    }
}

/* ---- A container --------------------------------------------------------- */

/* Waits until the command has begun, or something has failed on the way
 * there. */
static int follow(struct barco_container *c)
{
    return c->spec->terminal ? barco_console_connect(&c->console, &c->handshake,
                                                     &c->pid_1, &c->error)
                             : barco_handshake_follow(&c->handshake, &c->pid_1,
                                                      NULL, &c->error);
}

//! [start]
int container_start(struct barco_container *c, const struct barco_spec *spec,
                    const struct barco_step *steps)
{
    int result;

    c->spec = spec;
    c->steps = steps;
    barco_process_block_signals();
    c->blocks_signals = true;
    if ((result = barco_spec_check(spec)) < 0)
        return result;
    if ((result = run_steps(c, ON_HOST)) < 0)
        return result;
    if ((result = follow(c)) < 0)
        return result;
    if (c->error.error.err == 0)
        return 0;
    barco_error_deliver(&c->error.error);
    return -c->error.error.err;
}
//! [start]

int barco_container_start(struct barco_container *container,
                          const struct barco_spec *spec)
{
    return container_start(container, spec, container_steps);
}

int barco_container_wait(struct barco_container *container)
{
    return run_steps(container, AT_END);
}

void barco_container_end(struct barco_container *container)
{
    struct barco_container *c = container;

    BARCO_INFO("freeing resources...");
    barco_process_end(&c->pid_1);
    barco_cgroup_remove(&c->cgroup);
    barco_handshake_close(&c->handshake);
    barco_console_close(&c->console);
    barco_fds_close(&c->mounts);
    barco_seccomp_free(&c->filter);
    BARCO_INFO("so long and thanks for all the fish");
    if (c->blocks_signals)
        barco_process_unblock_signals();
    c->blocks_signals = false;
}

int barco_container_run(const struct barco_spec *spec)
{
    BARCO_CLEANUP(barco_container_end)
    struct barco_container container = BARCO_NO_CONTAINER;
    int result = barco_container_start(&container, spec);

    /* If it failed in a process of the container, that process has the exit
     * status, such as 126 or 127. */
    return result == 0 || container.error.error.err > 0
               ? barco_container_wait(&container)
               : result;
}
