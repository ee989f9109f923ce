/**
 * @file
 * @brief Makes and removes what a test writes to disk.
 */
#include "tests/lib/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

static char directory[64];

const char *home(void)
{
    return geteuid() == 0 ? "/root" : "/home/learner";
}

void make_scratch(const char *parent)
{
    snprintf(directory, sizeof(directory), "%s/testXXXXXX", parent);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    CU_ASSERT_EQUAL(chmod(directory, 0755), 0);
}

const char *scratch(const char *name)
{
    static char paths[8][160];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "%s%s%s", directory, *name ? "/" : "",
             name);
    return path;
}

void remove_scratch(void)
{
    char command[96];

    snprintf(command, sizeof(command), "rm -r %s", directory);
    CU_ASSERT_EQUAL(system(command), 0);
}

const char *onto(const char *source, const char *target)
{
    static char maps[4][256];
    static unsigned next;
    char *text = maps[next++ % 4];

    snprintf(text, sizeof(maps[0]), "%s:%s", source, target);
    return text;
}

void make_image(const char *dir, const char *programs)
{
    char command[512];

    snprintf(command, sizeof(command),
             "mkdir -p %s && cd %s && mkdir bin dev etc mnt proc run sys tmp "
             "&& cp /bin/busybox bin/sh && for a in %s; do ln bin/sh bin/$a; "
             "done",
             dir, dir, programs);
    CU_ASSERT_EQUAL(system(command), 0);
}

bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    bool good = fd >= 0 && write(fd, text, strlen(text)) >= 0;

    if (fd >= 0)
        close(fd);
    return good;
}

#define NO_PROFILE "/tmp/profileXXXXXX"

char profile[] = NO_PROFILE;

void write_profile(const char *text)
{
    if (strcmp(profile, NO_PROFILE) == 0) {
        int fd = mkstemp(profile);

        CU_ASSERT_FATAL(fd >= 0);
        close(fd);
    }
    CU_ASSERT_TRUE(write_text(profile, text));
}

void remove_profile(void)
{
    CU_ASSERT_EQUAL(unlink(profile), 0);
    memcpy(profile, NO_PROFILE, sizeof(profile));
}
