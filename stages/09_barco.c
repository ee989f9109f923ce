/**
 * @file
 * @brief Stage 09: barco, the whole of it.
 *
 * The three functions of stage 08 are a table in the library now, in the same
 * order (common/container.c; `--plan` prints it), and a container is plain data
 * that the command line fills in. The command line is that of the original
 * barco.
 */
#include "barco/container.h"
#include "stages/options/stage.h"

static struct barco_spec spec;

static int on_host(char **argv)
{
    BARCO_CLEANUP(barco_userns_release) struct barco_ids ids = BARCO_NO_IDS;

    BARCO_TRY("choose the user ids", barco_userns_choose(&spec.userns, &ids));
    spec.argv = argv;
    return barco_container_run(&spec);
}

static const struct barco_stage stage = {
    .about = "Run COMMAND in a container.",
    .banner = "### BARCONTAINER - type 'exit' to quit ###\n"
              "Try: ps, ip addr, env, mount, grep Cap /proc/self/status.",
    .demo = "id -u; hostname; ps -o pid,user,comm\n"
            "ip -o addr\n"
            "env\n"
            "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max\n"
            "grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status\n",
    .options = {
        { &barco_container_options, &spec },
    },
    .run = on_host,
};

int main(int argc, char **argv)
{
    return barco_stage_main(&stage, argc, argv);
}
