/**
 * @file
 * @brief Stage 03: mounts as objects with a descriptor.
 */
#ifndef BARCO_MOUNT_H
#define BARCO_MOUNT_H

/**
 * @defgroup mount Mount
 * @brief Make a mount, finish it, then put it in place.
 *
 * mount(2) does everything at once, at a path. Since Linux 5.2 a mount is an
 * object with a descriptor instead: fsopen and fsmount make one out of a new
 * file system, open_tree makes one out of what is mounted elsewhere,
 * mount_setattr (5.12) changes it, and move_mount attaches it. Nothing half
 * ready is ever visible, and no path is looked up twice.
 *
 * Each function that makes a mount gives back a descriptor; the mount goes
 * away with it unless it was attached.
 *  @{
 */

/** No set-uid programs, no device nodes, no programs at all. */
#define BARCO_MOUNT_RESTRICTED \
    (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

/** Options of a file system, as name and value; ended by an empty one. */
typedef const char *const barco_mount_options[2];

/**
 * Make a second mount of what is at a path, with all mounts below it.
 *
 * @param dir   directory that @p path starts from, or AT_FDCWD
 * @param path  not followed if it is a symbolic link
 * @return the mount's descriptor, or a negative errno, reported
 * @see open_tree(2), in the kernel since 5.2
 */
int barco_mount_clone(int dir, const char *path);

/**
 * Make a new file system and a mount of it.
 *
 * @param type     as in /proc/filesystems
 * @param attrs    MOUNT_ATTR_* of mount_setattr(2)
 * @param options  of the file system, or NULL
 * @return the mount's descriptor, or a negative errno, reported
 * @see fsopen(2), fsconfig(2), fsmount(2), in the kernel since 5.2
 */
int barco_mount_new(const char *type, unsigned attrs,
                    barco_mount_options options[]);

/**
 * Make a mount for a container of what is at a host path, with all mounts
 * below it, apart from those that it was cloned from.
 *
 * @param path    a directory or a file; symbolic links are followed
 * @param userns  descriptor of a user namespace: files show there the owners
 *                that they have on the host (an idmapped mount). A file system
 *                that cannot do that is used as it is, with a warning; and the
 *                host's own root is not mapped, for root inside would then own
 *                all that the host's root owns. -1: no mapping
 * @return the mount's descriptor, or a negative errno, reported: ENOENT,
 *         ENOTDIR, EACCES, EPERM
 * @see open_tree(2), mount_setattr(2)
 */
int barco_mount_open(const char *path, int userns);

/**
 * Set attributes of a mount, and of all mounts below it.
 *
 * @param mount  its descriptor
 * @param attrs  MOUNT_ATTR_* of mount_setattr(2), as in MOUNT_ATTR_RDONLY
 * @return 0, or a negative errno, reported
 * @see mount_setattr(2), in the kernel since 5.12
 */
int barco_mount_set(int mount, unsigned attrs);

/**
 * Separate a mount, and all mounts below it, from those that it was cloned
 * from: what is mounted in one does not appear in the other.
 *
 * @param mount  its descriptor
 * @return 0, or a negative errno, reported
 * @see "Shared subtrees" in mount_namespaces(7)
 */
int barco_mount_set_private(int mount);

/**
 * Show the owners of files as a user namespace has them.
 *
 * @param mount   its descriptor, not attached yet
 * @param userns  descriptor of the user namespace
 * @return 0, or a negative errno: EINVAL, not reported, when the file system
 *         cannot do that; any other is reported
 * @see "ID-mapped mounts" in mount_setattr(2)
 */
int barco_mount_map_ids(int mount, int userns);

/**
 * Attach a mount at a path of the present root directory.
 *
 * @param mount  its descriptor, which stays open
 * @param path   absolute; no part of it may be a symbolic link
 * @return 0, or a negative errno, reported: ENOENT, ELOOP, ENOTDIR
 * @see move_mount(2), openat2(2)
 */
int barco_mount_attach(int mount, const char *path);

/**
 * Make a new file system and attach it.
 *
 * @param type     as in /proc/filesystems
 * @param path     where to
 * @param attrs    MOUNT_ATTR_* of mount_setattr(2)
 * @param options  of the file system, or NULL
 * @return 0, or a negative errno, reported
 */
int barco_mount_new_at(const char *type, const char *path, unsigned attrs,
                       barco_mount_options options[]);

/** @} */

#endif
