/**
 * @file
 * @brief A suite with tests for one user or another, to see which run.
 */
#include "tests/lib/suite.h"

static void one_is_one(void)
{
    CU_ASSERT_EQUAL(1, 1);
}

SUITE("users", { "for everybody", one_is_one },
      { "for root", one_is_one, AS_ROOT },
      { "for learner", one_is_one, AS_LEARNER })
