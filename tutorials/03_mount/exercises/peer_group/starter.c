/**
 * @file
 * @brief Print the peer group of a mount, and its master:
 *
 *     peer_group MOUNTPOINT
 *
 * The exit status is 1 if nothing is mounted there.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns whether a line of mountinfo is about a mount point: proc(5) says that
   it is the fifth field. */
static bool is_about(const char *line, const char *point)
{
    size_t length = strlen(point);

    for (int field = 1; field < 5 && line; field++) {
        line = strchr(line, ' ');
        if (line)
            line++;
    }
    return line && strncmp(line, point, length) == 0 && line[length] == ' ';
}

/* Finds the last line that is about a mount point. Returns whether there is
   one. */
static bool find(const char *point, char found[4096])
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    bool is_there = false;
    char line[4096];

    if (!file) {
        perror("/proc/self/mountinfo");
        return false;
    }
    while (fgets(line, sizeof(line), file))
        if (is_about(line, point)) {
            memcpy(found, line, sizeof(line));
            is_there = true;
        }
    fclose(file);
    return is_there;
}

/* Returns the number of the peer group in a line of mountinfo; 0 if the mount
   is not shared.

   TODO: behind the mount options come optional fields, in any number, and none
   at all if the mount is private. A "-" ends them. */
static int peer_group_of(const char *line)
{
    (void)line;
    return 0;
}

/* Returns the number of the peer group that a mount listens to, from its line
   of mountinfo; 0 if it listens to none.

   TODO: this is another optional field. */
static int master_of(const char *line)
{
    (void)line;
    return 0;
}

static void print(const char *what, int group)
{
    if (group > 0)
        printf("%s: %d\n", what, group);
    else
        printf("%s: none\n", what);
}

int main(int argc, char **argv)
{
    char line[4096];

    if (argc != 2) {
        fprintf(stderr, "Usage: peer_group MOUNTPOINT\n");
        return 2;
    }
    if (!find(argv[1], line)) {
        fprintf(stderr, "Nothing is mounted on %s\n", argv[1]);
        return 1;
    }
    print("peer group", peer_group_of(line));
    print("master", master_of(line));
    return 0;
}
