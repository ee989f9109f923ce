/**
 * @file
 * @brief The option groups: each fills one structure of the library.
 *
 * A stage links the groups of the modules that it may use, and no others.
 */
#ifndef BARCO_OPTIONS_H
#define BARCO_OPTIONS_H

#include <argp.h>

/** `--no-init`; fills a struct barco_init. */
extern const struct argp barco_init_options;

/** `-h/--hostname NAME`; fills a `const char *`. */
extern const struct argp barco_hostname_options;

/** `--mnt DIR`, `--read-only` and `--volume`; fills a struct barco_rootfs, with
 * the bundled root and what belongs in a container: its list of mounts is on
 * the heap, for as long as the program runs. */
extern const struct argp barco_rootfs_options;

/** `--volume SRC:DST[:ro]`, part of the group above; adds to its mounts. */
extern const struct argp barco_volume_options;

/** `-u/--uid UID[:GID]`, `--ids FIRST:COUNT`; fills a struct barco_userns. */
extern const struct argp barco_userns_options;

/** `--memory`, `--pids`, `--cpus` ...; fills a struct barco_cgroup_limits. */
extern const struct argp barco_cgroup_options;

/** `--cap-add`, `--cap-drop`; fills a struct barco_caps. */
extern const struct argp barco_caps_options;

/** `--seccomp`, `--seccomp-log`; fills a struct barco_seccomp. */
extern const struct argp barco_seccomp_options;

/** `-e/--env`, `-w/--workdir`; fills a struct barco_environment. */
extern const struct argp barco_environment_options;

/** `--nofile N`; fills a struct barco_limits. */
extern const struct argp barco_limits_options;

/** All of these, and `--plan`; fills a struct barco_spec. */
extern const struct argp barco_container_options;

#endif
