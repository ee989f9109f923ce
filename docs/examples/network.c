/* A network of its own, in which 127.0.0.1 begins to exist. */
#include "barco/network.h"
#include "barco/process.h"

static int child(void *argv)
{
    int result = barco_network_start_loopback();

    return result < 0 ? result : barco_process_exec(argv);
}

int main(void)
{
    char *argv[] = { "grep", "127.0.0.1", "/proc/net/fib_trie", NULL };
    BARCO_CLEANUP(barco_process_end)
    struct barco_process process = BARCO_NO_PROCESS;
    const uint64_t namespaces = CLONE_NEWUSER | CLONE_NEWNET;

    if (barco_process_spawn(&process, namespaces, child, argv) < 0)
        return 1;
    return barco_process_wait(&process);
}
