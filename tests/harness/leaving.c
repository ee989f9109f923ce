/**
 * @file
 * @brief A suite that a test ends, to see that this is not a success.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/suite.h"

/* A child of a test may end in any way. */
static void a_child_exits(void)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0)
        exit(0);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
}

static void the_suite_exits(void)
{
    exit(0);
}

SUITE("leaving", { "a child exits", a_child_exits },
      { "the suite exits", the_suite_exits })
