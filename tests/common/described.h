/**
 * @file
 * @brief A description as the command line writes it when it says nothing.
 */
#ifndef BARCO_TESTS_DESCRIBED_H
#define BARCO_TESTS_DESCRIBED_H

#include <argp.h>
#include <stdlib.h>

#include "barco/container.h"
#include "stages/options/options.h"
#include "tests/lib/suite.h"

/**
 * Describe a container in the host's root directory.
 *
 * @param[out] ids  to be released
 * @return all of it but the command; its mounts are there until the next call
 */
static inline struct barco_spec describe(struct barco_ids *ids)
{
    static char name[] = "barco", mnt[] = "--mnt", root[] = "/";
    char *words[] = { name, mnt, root, NULL };
    static void *mounts;
    struct barco_spec spec = { 0 };

    CU_ASSERT_EQUAL(
        argp_parse(&barco_container_options, 3, words, 0, NULL, &spec), 0);
    CU_ASSERT_EQUAL(barco_userns_choose(&spec.userns, ids), 0);
    free(mounts);
    mounts = (void *)spec.rootfs.mounts;
    return spec;
}

#endif
