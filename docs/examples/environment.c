/* A command that finds its own directory and variables, and no open files. */
#include <fcntl.h>

#include "barco/environment.h"
#include "barco/process.h"

int main(void)
{
    const char *const variables[] = { "PATH=/bin:/usr/bin", "SHIP=boat" };
    const struct barco_environment environment = {
        .workdir = "/proc/self",
        .variables = variables,
        .variable_count = 2,
    };
    char *const command[] = { "sh", "-c", "env; ls fd/9", NULL };

    dup2(open("/", O_PATH | O_CLOEXEC), 9); /* is now open in the child, too */
    if (barco_environment_close_descriptors() < 0 ||
        barco_environment_enter(&environment) < 0)
        return 1;
    return barco_process_exec(command);
}
