/**
 * @file
 * @brief Print which capabilities would be permitted and effective in a process
 * after it has executed an ordinary file:
 *
 *     after_exec PID
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct process {
    uint64_t inheritable, permitted, effective, bounding, ambient;
    unsigned uid; /* the real one */
    bool no_new_privs;
};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* TODO: a process has more than one uid, and they may differ. The kernel looks
   at two of them. */
static void read_process(const char *pid, struct process *process)
{
    char path[64], line[256];
    unsigned no_new_privs = 0;
    FILE *status;

    snprintf(path, sizeof(path), "/proc/%s/status", pid);
    status = fopen(path, "re");
    if (!status)
        fail(path);
    while (fgets(line, sizeof(line), status)) {
        sscanf(line, "Uid: %u", &process->uid);
        sscanf(line, "CapInh: %" SCNx64, &process->inheritable);
        sscanf(line, "CapPrm: %" SCNx64, &process->permitted);
        sscanf(line, "CapEff: %" SCNx64, &process->effective);
        sscanf(line, "CapBnd: %" SCNx64, &process->bounding);
        sscanf(line, "CapAmb: %" SCNx64, &process->ambient);
        sscanf(line, "NoNewPrivs: %u", &no_new_privs);
    }
    process->no_new_privs = no_new_privs != 0;
    fclose(status);
}

/* What the exec of an ordinary file makes of the sets.

   TODO: nothing yet. Compute permitted and effective by the rule of
   capabilities(7). An ordinary file has two empty sets, and its flag is not
   set. If a uid of the process is 0, the kernel pretends that both sets are
   full; which uid decides about the flag? And what does no_new_privs add? */
static void exec_ordinary(struct process *process)
{
    (void)process;
}

int main(int argc, char **argv)
{
    struct process process = { 0 };

    if (argc != 2) {
        fprintf(stderr, "Usage: after_exec PID\n");
        return 1;
    }
    read_process(argv[1], &process);
    exec_ordinary(&process);
    /* TODO: and CapPrm, in a line before it. */
    printf("CapEff: %016" PRIx64 "\n", process.effective);
    return 0;
}
