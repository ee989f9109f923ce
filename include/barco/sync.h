/**
 * @file
 * @brief Stage 04: parent and child wait for each other.
 */
#ifndef BARCO_SYNC_H
#define BARCO_SYNC_H

#include "barco/cleanup.h"

/**
 * @defgroup sync Sync
 * @brief The handshake: the child goes on when its parent says so.
 *
 * A process cannot map its own ids freely; its parent has to do it, from
 * outside and after the clone. Until then the child must do nothing. A socket
 * pair is enough: one message means "go on", and it can carry descriptors.
 * The end of file means that the parent has failed, or is no more.
 *  @{
 */

/** The most descriptors that come along. */
enum {
    BARCO_SYNC_MAX = 16
};

/** The two ends of the handshake. */
struct barco_sync {
    int parent; /**< the parent's end, -1 in the child */
    int child;  /**< the child's end, -1 in the parent */
};

/** Ends that are not open. */
#define BARCO_NO_SYNC             \
    {                             \
        .parent = -1, .child = -1 \
    }

/**
 * Make the pair; to be called before the child is started.
 *
 * @param[out] sync  both ends
 * @return 0, or a negative errno, reported
 * @see socketpair(2), unix(7)
 */
int barco_sync_open(struct barco_sync *sync);

/**
 * In the parent: let the child go on.
 *
 * @param sync   the child's end is closed here
 * @param fds    descriptors that the child gets copies of; NULL for none
 * @param count  how many, from 0 to BARCO_SYNC_MAX
 * @return 0, or a negative errno, reported: EPIPE when the child is gone,
 *         EINVAL when there are too many
 * @see SCM_RIGHTS in unix(7)
 */
int barco_sync_go(struct barco_sync *sync, const int fds[], int count);

/**
 * In the child: wait until the parent says so.
 *
 * @param sync        closed afterwards
 * @param[out] fds    the descriptors that came along, in the order in which
 *                    they were given, and close-on-exec; the child's to close
 * @param[out] count  how many
 * @return 0, or a negative errno; ECANCELED is not reported, for it means
 *         that the parent has failed and has reported that
 */
int barco_sync_wait(struct barco_sync *sync, int fds[static BARCO_SYNC_MAX],
                    int *count);

/**
 * Cleanup: close both ends.
 *
 * @param sync  with both ends -1 afterwards
 */
void barco_sync_close(struct barco_sync *sync);

/** @} */

#endif
