/**
 * @file
 * @brief A description as the command line writes it when it says nothing.
 */
#ifndef BARCO_TESTS_DESCRIBED_H
#define BARCO_TESTS_DESCRIBED_H

#include <argp.h>

#include "barco/container.h"
#include "stages/options/options.h"
#include "tests/lib/suite.h"

/**
 * Describe a container in the host's root directory.
 *
 * @param[out] ids  to be released
 * @return all of it but the command
 */
static inline struct barco_spec describe(struct barco_ids *ids)
{
    static char name[] = "barco", mnt[] = "--mnt", root[] = "/";
    static struct barco_spec usual; /* keeps what the options allocate */
    char *words[] = { name, mnt, root, NULL };
    struct barco_spec spec;

    if (!usual.rootfs.dir)
        CU_ASSERT_EQUAL(
            argp_parse(&barco_container_options, 3, words, 0, NULL, &usual), 0);
    spec = usual;
    CU_ASSERT_EQUAL(barco_userns_choose(&spec.userns, ids), 0);
    return spec;
}

#endif
