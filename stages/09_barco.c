/**
 * @file
 * @brief Stage 08: barco, the whole of it.
 *
 * The story that the stages before have told is a function of the library now
 * (common/container.c), and there is nothing left to do here but to read the
 * command line. New are an empty network namespace, limits of what no cgroup
 * counts, a clean environment, a terminal of its own, and no host descriptors.
 */
#include "barco/container.h"
#include "barco/process.h"
#include "stages/options/cli.h"
#include "stages/options/options.h"

int main(int argc, char **argv)
{
    static struct barco_cli cli = {
        .about = "Run COMMAND in a container.",
        .banner = "### BARCONTAINER - type 'exit' to quit ###\nTry: ps, ip "
                  "addr, env, mount, grep Cap /proc/self/status.",
        .demo = "id -u; hostname; ps | head -n 3\n"
                "ip -o addr\n"
                "env\n"
                "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max\n"
                "grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status\n",
    };
    static struct barco_container_config config = BARCO_CONTAINER_DEFAULT;
    const struct barco_option_group parts[] = {
        { &barco_init_options, &config.init },
        { &barco_hostname_options, &config.hostname },
        { &barco_rootfs_options, &config.rootfs },
        { &barco_userns_options, &config.userns },
        { &barco_environment_options, &config.environment },
        { &barco_cgroup_options, &config.limits },
        { &barco_limits_options, &config.rlimits },
        { &barco_caps_options, &config.caps },
        { &barco_seccomp_options, &config.seccomp },
        { 0 },
    };
    int result = barco_cli_parse(&cli, parts, argc, argv);

    config.argv = cli.argv;
    if (result == 0)
        result = barco_container_run(&config);
    return barco_process_exit_status(result);
}
