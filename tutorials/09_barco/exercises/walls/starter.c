/**
 * @file
 * @brief Print which walls stand around a process:
 *
 *     walls PID
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const kinds[] = { "cgroup", "ipc",  "mnt", "net",
                                     "pid",    "user", "uts" };

static void fail(const char *what)
{
    fprintf(stderr, "walls: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* A field of /proc/PID/status, as in "Seccomp". */
static void read_field(const char *pid, const char *field, char value[256])
{
    char path[64], line[4096];
    size_t length = strlen(field);
    FILE *status;

    snprintf(path, sizeof(path), "/proc/%s/status", pid);
    status = fopen(path, "re");
    if (!status)
        fail(path);
    *value = '\0';
    while (fgets(line, sizeof(line), status))
        if (strncmp(line, field, length) == 0 && line[length] == ':')
            sscanf(line + length + 1, "%255s", value);
    fclose(status);
}

/* TODO: is the process in another namespace of this kind than we are? In
   /proc/PID/ns each kind is a symbolic link. */
static int is_in_another(const char *pid, const char *kind)
{
    (void)pid;
    (void)kind;
    return 0;
}

static void print_namespaces(const char *pid)
{
    int others = 0;

    printf("namespaces");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (is_in_another(pid, kinds[i])) {
            printf(" %s", kinds[i]);
            others++;
        }
    printf(others ? "\n" : " none\n");
}

/* TODO: how many capabilities may it use now? CapEff is a number of 64 bits, in
   hexadecimal, with a bit for each. */
static int count_capabilities(const char *pid)
{
    (void)pid;
    return 0;
}

int main(int argc, char **argv)
{
    char value[256];

    if (argc != 2 || strspn(argv[1], "0123456789") != strlen(argv[1])) {
        fprintf(stderr, "Usage: walls PID\n");
        return 125;
    }
    print_namespaces(argv[1]);
    printf("capabilities %d\n", count_capabilities(argv[1]));
    read_field(argv[1], "Seccomp", value);
    printf("seccomp %s\n", value);
    read_field(argv[1], "NoNewPrivs", value);
    printf("no_new_privs %s\n", value);
    return 0;
}
