/**
 * @file
 * @brief Reports what a filter refuses: what the sources of this module share.
 */
#ifndef BARCO_COMMON_SECCOMP_LOG_H
#define BARCO_COMMON_SECCOMP_LOG_H

#include <sys/types.h>

/* A helper process that answers for the filter. */
struct seccomp_log {
    pid_t pid;             /* 0 while there is none */
    _Atomic int *listener; /* shared: its descriptor is written here */
};

/* Starts the helper, which waits for a listener. 0, or a negative errno,
 * reported: EINVAL when the kernel (before 5.0) has no listeners. */
int seccomp_log_start(struct seccomp_log *log);

/* Gives the helper the listener of a loaded filter; makes no system call. */
void seccomp_log_publish(struct seccomp_log *log, int listener);

/* Ends a helper that got no listener. */
void seccomp_log_stop(struct seccomp_log *log);

#endif
