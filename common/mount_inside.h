/**
 * @file
 * @brief What modules share about mounts, for use in the library only.
 */
#ifndef BARCO_COMMON_MOUNT_INSIDE_H
#define BARCO_COMMON_MOUNT_INSIDE_H

/* In PID 1: a proc of its own, before there is a root directory to attach it
 * to. The next barco_mount_new() that asks for one like it gets this one: when
 * a mount is given up, the kernel waits until no processor can still be looking
 * at it, and that takes longer than making ten. Returns a descriptor, not to be
 * closed, or a negative errno, reported. */
int mount_make_early_proc(void);

#endif
