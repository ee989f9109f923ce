/**
 * @file
 * @brief A suite that fails, to see that a failure is reported.
 */
#include "tests/lib/suite.h"

static void one_is_one(void)
{
    CU_ASSERT_EQUAL(1, 1);
}

static void one_is_two(void)
{
    CU_ASSERT_EQUAL(1, 2);
}

SUITE("failing", { "one is one", one_is_one }, { "one is two", one_is_two })
