/**
 * @file
 * @brief The filters that were compiled when barco was built.
 *
 * tools/seccomp writes the source that defines them, from common/seccomp/.
 */
#ifndef BARCO_COMMON_SECCOMP_PROGRAMS_H
#define BARCO_COMMON_SECCOMP_PROGRAMS_H

#include <linux/filter.h>

/* default.json. */
extern const struct sock_filter seccomp_program_default[];
extern const unsigned short seccomp_program_default_length;

/* The same, but asks a listener instead of answering EPERM. */
extern const struct sock_filter seccomp_program_logged[];
extern const unsigned short seccomp_program_logged_length;

/* arguments.json. */
extern const struct sock_filter seccomp_program_arguments[];
extern const unsigned short seccomp_program_arguments_length;

#endif
