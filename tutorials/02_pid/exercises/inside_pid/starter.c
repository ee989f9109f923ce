/**
 * @file
 * @brief Print the number that a process has in its own PID namespace:
 *
 *     inside_pid PID
 *
 * The exit status is 1 if there is no such process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* Finds the line of a file of `Name: value` lines that has this name. Returns
   its value, in `line`; NULL if there is none. */
static char *find_value(FILE *file, const char *name, char *line, size_t size)
{
    size_t length = strlen(name);

    while (fgets(line, (int)size, file))
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1;
    return NULL;
}

/* Returns the number that a process has in its own PID namespace; 0 if it
   cannot be found out.

   TODO: this is the number that it has in ours. The kernel knows one for each
   namespace that the process is in: see proc(5) for the lines of
   /proc/PID/status. Which of the numbers is the innermost? */
static pid_t inside(pid_t pid)
{
    char path[64], line[1024];
    const char *value;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    file = fopen(path, "re");
    if (!file) {
        perror(path);
        return 0;
    }
    value = find_value(file, "Pid", line, sizeof(line));
    fclose(file);
    return value ? (pid_t)atol(value) : 0;
}

int main(int argc, char **argv)
{
    pid_t asked = argc == 2 ? (pid_t)atol(argv[1]) : 0;
    pid_t found;

    if (asked <= 0) {
        fprintf(stderr, "Usage: inside_pid PID\n");
        return 2;
    }
    found = inside(asked);
    if (found == 0)
        return 1;
    printf("%d\n", found);
    return 0;
}
