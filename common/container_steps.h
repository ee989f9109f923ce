/**
 * @file
 * @brief The table of steps, for callers that leave some of them out.
 */
#ifndef BARCO_COMMON_CONTAINER_STEPS_H
#define BARCO_COMMON_CONTAINER_STEPS_H

#include "barco/container.h"

/** Where a step is done. */
enum place {
    ON_HOST,  /**< before the command runs */
    IN_PID_1, /**< the container's init */
    IN_PID_2, /**< the command's process, up to its exec */
    AT_END,   /**< on the host again */
};

/** One step. */
struct barco_step {
    enum place at;
    const char *layer;    /**< what would be missing without it */
    const char *sentence; /**< for --explain and errors, as in the stages */
    const char *log; /**< for -v, in the original's words; NULL: the same */
    const char *why; /**< for --plan */
    int line;        /**< in the source */
    int (*run)(struct barco_container *container);
};

/** All of them, in order; the last has no function. */
extern const struct barco_step container_steps[];

/** Starts a container with a different table of steps. */
int container_start(struct barco_container *container,
                    const struct barco_spec *spec,
                    const struct barco_step *steps);

#endif
