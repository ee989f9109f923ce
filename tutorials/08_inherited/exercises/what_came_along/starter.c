/**
 * @file
 * @brief Print what this process has inherited:
 *
 *     what_came_along
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only setting a umask tells what it was. */
static void print_umask(void)
{
    mode_t mask = umask(0);

    umask(mask);
    printf("umask %03o\n", (unsigned)mask);
}

/* TODO: for each descriptor above 2 that was open when this program began, in
   order, a line like

       descriptor 9 /etc/passwd

   with what it refers to. /proc/self/fd has them all. */
static void print_descriptors(void)
{
}

/* TODO: the nice value, and the limit of open files that is enforced:

       nice 5
       files 256 */
static void print_habits(void)
{
}

/* TODO: a line for each signal that this process ignores:

       ignored 15 */
static void print_ignored(void)
{
}

int main(int argc, char **argv)
{
    if (argc != 1) {
        fprintf(stderr, "Usage: %s\n", argv[0]);
        return 125;
    }
    print_umask();
    print_descriptors();
    print_habits();
    print_ignored();
    return 0;
}
