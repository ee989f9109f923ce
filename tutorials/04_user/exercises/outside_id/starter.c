/**
 * @file
 * @brief Print which user and which group outside an id stands for in the user
 * namespace of a process, or "none":
 *
 *     outside_id PID ID
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static FILE *open_map(const char *pid)
{
    char path[64];
    FILE *map;

    snprintf(path, sizeof(path), "/proc/%s/uid_map", pid);
    map = fopen(path, "re");
    if (!map)
        fail(path);
    return map;
}

/* Translates an id with a map. Returns whether it stands for any.

   TODO: a line of the map is three numbers: the first id inside, the first id
   outside, and how many. Look for the line that `inside` is on. */
static bool translate(FILE *map, uint32_t inside, uint32_t *outside)
{
    (void)map;
    (void)inside;
    (void)outside;
    return false;
}

/* Prints who an id is outside. */
static void print_user(const char *pid, uint32_t inside)
{
    FILE *map = open_map(pid);
    uint32_t outside;

    if (translate(map, inside, &outside))
        printf("user %u\n", outside);
    else
        printf("user none\n");
    fclose(map);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "Usage: outside_id PID ID\n");
        return 1;
    }
    print_user(argv[1], (uint32_t)strtoul(argv[2], NULL, 10));
    /* TODO: the same number as a group. Groups have a map of their own, beside
       that of the users, and it need not be the same. */
    return 0;
}
