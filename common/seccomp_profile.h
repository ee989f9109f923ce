/**
 * @file
 * @brief From a profile to a filter: for the module, and for tools/seccomp.
 */
#ifndef BARCO_COMMON_SECCOMP_PROFILE_H
#define BARCO_COMMON_SECCOMP_PROFILE_H

#include <linux/filter.h>
#include <stdint.h>

/* A filter, allocated by malloc(3). */
struct seccomp_program {
    struct sock_filter *code; /* free it */
    unsigned short length;    /* instructions */
};

/* Compiles a profile of Docker and Podman for this processor.
 *
 * name: the path of a file; or, with a text, its name in messages.
 * text: the profile in memory, or NULL.
 * caps: the capabilities that its includes and excludes refer to, one bit each.
 * 0, or a negative errno, reported: EINVAL with the place of the mistake. */
int seccomp_profile_compile(const char *name, const char *text, uint64_t caps,
                            struct seccomp_program *program);

/* Makes a filter ask a listener instead of answering EPERM. */
void seccomp_profile_ask_listener(struct seccomp_program *program);

#endif
