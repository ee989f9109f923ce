/* Of all capabilities of a new user namespace, one is left: CAP_KILL. */
#include "barco/caps.h"
#include "barco/process.h"

static int child(void *argv)
{
    const uint64_t kill = BARCO_CAP(CAP_KILL);
    const struct barco_caps caps = {
        .bounding = kill,
        .permitted = kill,
        .effective = kill,
        .ambient = kill, /* without a map we are not root, even inside */
        .no_new_privs = true,
    };

    if (barco_caps_limit_init(&caps) < 0 || barco_caps_limit_command(&caps) < 0)
        return 1;
    return barco_process_exec(argv);
}

int main(void)
{
    char *argv[] = { "grep", "-E", "Cap|NoNew", "/proc/self/status", NULL };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;

    if (barco_process_spawn(&process, CLONE_NEWUSER, child, argv) < 0)
        return 1;
    return barco_process_wait(&process);
}
