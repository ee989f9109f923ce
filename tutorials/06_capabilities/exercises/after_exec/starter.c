/**
 * @file
 * @brief Print which capabilities would be effective in a process after it has
 * executed an ordinary file:
 *
 *     after_exec PID
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct process {
    uint64_t inheritable, permitted, effective, bounding, ambient;
    bool is_root; /* its real and its effective uid are 0 */
    bool no_new_privs;
};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void read_process(const char *pid, struct process *process)
{
    char path[64], line[256];
    unsigned uid, no_new_privs = 0;
    FILE *status;

    snprintf(path, sizeof(path), "/proc/%s/status", pid);
    status = fopen(path, "re");
    if (!status)
        fail(path);
    while (fgets(line, sizeof(line), status)) {
        if (sscanf(line, "Uid: %u", &uid) == 1)
            process->is_root = uid == 0;
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

/* What will be effective after the exec.

   TODO: this is what is effective now. Compute it by the rule of
   capabilities(7). An ordinary file has two empty sets, and its flag is not
   set; for root the kernel pretends that both sets are full, and the flag set.
   And what does no_new_privs add? */
static uint64_t after_exec(const struct process *process)
{
    return process->effective;
}

int main(int argc, char **argv)
{
    struct process process = { 0 };

    if (argc != 2) {
        fprintf(stderr, "Usage: after_exec PID\n");
        return 1;
    }
    read_process(argv[1], &process);
    printf("%016" PRIx64 "\n", after_exec(&process));
    return 0;
}
