/**
 * @file
 * @brief The table of causes: what most likely went wrong, and what to do.
 *
 * The first row that fits is used, so rows that ask the machine come before
 * rows that do not. The book's troubleshooting page is generated from this
 * table.
 */
#include "barco/error.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether a file of /proc/sys holds this number; false if there is no file. */
static bool sysctl_is(const char *path, long expected)
{
    FILE *file = fopen(path, "re");
    long value = 0;
    bool found = file && fscanf(file, "%ld", &value) == 1;

    if (file)
        fclose(file);
    return found && value == expected;
}

static bool wants_userns(const struct barco_error *e)
{
    return strstr(e->args, "CLONE_NEWUSER") != NULL;
}

static bool userns_limit_is_zero(const struct barco_error *e)
{
    return wants_userns(e) &&
           sysctl_is("/proc/sys/user/max_user_namespaces", 0);
}

static bool userns_for_root_only(const struct barco_error *e)
{
    return wants_userns(e) &&
           sysctl_is("/proc/sys/kernel/unprivileged_userns_clone", 0);
}

static bool apparmor_restricts_userns(const struct barco_error *e)
{
    (void)e;
    return sysctl_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
                     1);
}

static bool lacks_root(const struct barco_error *e)
{
    return !wants_userns(e) && geteuid() != 0;
}

static bool is_root(const struct barco_error *e)
{
    (void)e;
    return geteuid() == 0;
}

static bool held_by_version_1(const struct barco_error *e)
{
    return strstr(e->args, "version 1 holds it") != NULL;
}

/* The mark that tools/lab/start leaves. */
static bool in_the_lab(const struct barco_error *e)
{
    (void)e;
    return access("/run/barco-lab", F_OK) == 0;
}

static bool is_bundled_root(const struct barco_error *e)
{
    return strstr(e->args, "/tools/rootfs/busybox\"") != NULL;
}

/* What a command's path leads to. A name without a slash is searched in
 * PATH. */
static bool find_command(const struct barco_error *e, struct stat *st)
{
    char path[PATH_MAX] = "";

    return sscanf(e->args, "\"%4095[^\"]\"", path) == 1 && strchr(path, '/') &&
           stat(path, st) == 0;
}

static bool is_there(const struct barco_error *e)
{
    struct stat st;

    return find_command(e, &st);
}

static bool is_a_directory(const struct barco_error *e)
{
    struct stat st;

    return find_command(e, &st) && S_ISDIR(st.st_mode);
}

/* The first two stages use the host's root directory. */
static bool has_the_host_s_files(const struct barco_error *e)
{
    (void)e;
    return strncmp(program_invocation_short_name, "01_", 3) == 0 ||
           strncmp(program_invocation_short_name, "02_", 3) == 0;
}

#define PATH_OF_THE_LAB                                                      \
    "there is no such file or directory in the lab, and here paths are the " \
    "lab's, not your machine's"
#define SHARE                                                               \
    "lab --share DIR shows DIR of your machine in the lab as /share/NAME, " \
    "where NAME is the last part of DIR: bazel run //tools:lab -- --share " \
    "DIR shell"

#define NO_WORKDIR "the container has no such directory"
#define OTHER_WORKDIR                                                        \
    "give --workdir a directory that ls shows in the container, or add one " \
    "with --volume"

#define NO_DIRECTORY \
    "the root directory has something there that is not a directory"
#define REPLACE_IT "replace it with a directory in that root file system"

#define NO_VALUE "the kernel does not accept that value for this limit"
#define OTHER_VALUE                                                       \
    "choose another one: Documentation/admin-guide/cgroup-v2.rst of the " \
    "kernel says what each file accepts"

#define NO_PARENT "the cgroup above it does not exist"
#define MAKE_PARENT "create it first, with mkdir, or choose another path"

#define LAB_OR_SUDO                                                       \
    "bazel run --config=lab //stages:%s, or --config=sudo; stage 04_user" \
    " needs neither"

static const struct barco_cause causes[] = {
    /* A container that cannot be started. */
    { "userns", "clone3", ENOSPC, NULL, userns_limit_is_zero,
      "user namespaces are off: /proc/sys/user/max_user_namespaces is 0",
      "run sysctl user.max_user_namespaces=15000 as root, or use the lab: "
      "bazel run --config=lab //stages:%s" },
    { "init", "clone3", ENOSPC, NULL, NULL,
      "a limit in /proc/sys/user/max_*_namespaces has been reached, or "
      "namespaces are nested 32 deep",
      "raise the limit as root, or end the containers that use it up" },
    { "userns", "clone3", EPERM, NULL, userns_for_root_only,
      "this kernel lets only root create user namespaces: "
      "kernel.unprivileged_userns_clone is 0",
      "run sysctl kernel.unprivileged_userns_clone=1 as root, or use the lab: "
      "bazel run --config=lab //stages:%s" },
    { "userns", "clone3", EPERM, NULL, wants_userns,
      "something forbids user namespaces: barco runs in a chroot, or in a "
      "container whose seccomp filter refuses them",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "init", "clone3", EPERM, NULL, lacks_root,
      "creating a namespace needs CAP_SYS_ADMIN, and you are not root",
      LAB_OR_SUDO },
    { "init", "clone3", EPERM, NULL, NULL,
      "creating a namespace needs CAP_SYS_ADMIN, and this root lacks it, as "
      "inside most containers",
      LAB_OR_SUDO },
    { "process", "clone3", ENOSYS, NULL, NULL,
      "the kernel is older than 5.3, or barco runs in a container whose "
      "seccomp filter hides clone3",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "process", "clone3", EAGAIN, NULL, NULL,
      "a limit on the number of processes has been reached: ulimit -u, or "
      "pids.max of barco's cgroup",
      "end some processes, or raise the limit" },

    /* The directory of --workdir, and the one that bazel run passes on. */
    { "core", "chdir", ENOENT, "barco_cli_parse", NULL,
      "bazel run was started in a directory that has since been removed",
      "cd to one that exists" },
    { "container", "chdir", ENOENT, "check_workdir", NULL, NO_WORKDIR,
      OTHER_WORKDIR },
    { "environment", "chdir", ENOENT, "enter_directory", NULL, NO_WORKDIR,
      OTHER_WORKDIR },
    { "environment", "chdir", ENOTDIR, "enter_directory", NULL,
      "in the container, that path or a part of it is a file",
      "give --workdir a directory" },
    { "environment", "chdir", EACCES, "enter_directory", NULL,
      "the user of --uid may not enter that directory",
      "chmod a+x it, or give --workdir another one" },

    /* The command. AppArmor can refuse it too, but these are more likely. */
    { "process", "execvp", ENOENT, NULL, is_there,
      "the file exists, but the interpreter that it names does not: the one in "
      "the first line of a script, or the dynamic linker of a program",
      "head -n 1 shows it for a script, readelf -l for a program; it has to "
      "exist where the command runs" },
    { "process", "execvp", ENOENT, NULL, has_the_host_s_files,
      "there is no such program: no file has that name, or none in PATH has",
      "correct the name; command -v NAME shows what a shell finds" },
    { "process", "execvp", ENOENT, NULL, NULL,
      "there is no such program in the container, and barco does not look for "
      "it on the host",
      "ls /bin in the container shows what it has: busybox's programs in the "
      "bundled root; --mnt DIR chooses another root" },
    { "process", "execvp", EACCES, NULL, is_a_directory,
      "that is a directory, not a program", "give the path of a program" },
    { "process", "execvp", EACCES, NULL, NULL,
      "this user may not execute it, or it is on a file system that is mounted "
      "noexec",
      "chmod +x it, or copy it elsewhere" },
    { "process", "execvp", ENOEXEC, NULL, NULL,
      "it is neither a program for this processor nor a script with #!",
      "check it with file(1)" },

    /* Refused by barco, so AppArmor has nothing to do with it. */
    { "volume", "fstatfs", EPERM, "walk_to", NULL,
      "that path is in /proc, /sys or a cgroup, and a volume there could undo "
      "what protects the host",
      "choose another destination for --volume" },
    { "seccomp", "mount", EPERM, "refuse_unlocked_mounts", NULL,
      "with CAP_SYS_ADMIN and mount calls, a container that root starts can "
      "make read-only files writable, and turn device nodes of an image into "
      "working devices",
      "keep --seccomp default, or leave out --cap-add sys_admin; an ordinary "
      "user can use both" },
    { "volume", "move_mount", EPERM, "check_mountpoint", NULL,
      "that path is in /dev, or is neither a file nor a directory: with a "
      "volume on /dev/null, for example, programs that write there would write "
      "to the volume",
      "choose another destination for --volume; below /dev/shm is fine" },

    /* User ids, chosen before the container exists. */
    { "userns", "setresuid", EINVAL, NULL, NULL,
      "the user of --uid is not in the container's map",
      "choose a smaller --uid; or a larger range: with --ids FIRST:COUNT as "
      "root, in /etc/subuid otherwise" },
    { "userns", "setresgid", EINVAL, NULL, NULL,
      "the group of --uid is not in the container's map",
      "choose a smaller one, as in --uid UID:0; or a larger range: with --ids "
      "FIRST:COUNT as root, in /etc/subgid otherwise" },
    { "userns", "setgroups", EPERM, "check_user", NULL,
      "a user who may map only one id cannot choose groups: the kernel accepts "
      "such a map only after setgroups(2) has been denied",
      "leave out the groups, or give that user a range in /etc/subuid and "
      "/etc/subgid" },
    { "userns", "geteuid", EPERM, "check_given", NULL,
      "the kernel lets only root choose a container's ids",
      "leave out --ids; an ordinary user's range comes from /etc/subuid" },
    { "userns", "open", EACCES, "userns_lines_read", NULL,
      "only root may read this file, so barco cannot find out which ids are "
      "yours; without them the container would keep your groups",
      "let everybody read it, as root: chmod 644" },
    { "userns", "read", EINVAL, "userns_lines_read", NULL,
      "it is not a regular file, and reading it might never end",
      "replace it with a regular file" },
    { "userns", "read", EFBIG, "read_whole", NULL,
      "this file should be small, but has more than 4 MB",
      "replace it; or, as root, choose the ids without it: --ids FIRST:COUNT" },
    { "userns", "strtonum", EINVAL, "read_range", NULL,
      "your line has no valid range: it needs a first id and a count above 0, "
      "and the last id is at most 4294967294",
      "correct it, as in learner:100000:65536" },
    { "userns", "map", EINVAL, NULL, NULL,
      "both maps, for users and for groups, need at least one line, and each "
      "line a first id inside, a first id outside and a number of ids above 0; "
      "the last id is at most 4294967294",
      "correct it, as in 0 100000 65536" },
    { "userns", "map", E2BIG, NULL, NULL,
      "the kernel accepts a map of at most 340 lines, in one write(2) of less "
      "than a page",
      "use fewer lines, with larger ranges" },
    { "userns", "bind", EADDRINUSE, "take_one", NULL,
      "every range of ids that barco has for root is held by another "
      "container, or by a user who has bound its name: /proc/net/unix lists "
      "the names",
      "end some of them; or choose a range yourself: --ids FIRST:COUNT" },
    { "userns", "read", ERANGE, "userns_blocks_take", NULL,
      "the user namespace that barco runs in has no 65536 ids in one piece, "
      "starting at a multiple of 65536, that are free in /etc/passwd and "
      "/etc/subuid",
      "choose a range that it has, such as the original's: --ids 10000:2000" },

    /* Ubuntu lets the clone through, and then refuses what follows. */
    { "userns", NULL, EPERM, NULL, apparmor_restricts_userns,
      "AppArmor takes away the capabilities of a user namespace: "
      "kernel.apparmor_restrict_unprivileged_userns is 1",
      "run sysctl kernel.apparmor_restrict_unprivileged_userns=0 as root, or "
      "use the lab: bazel run --config=lab //stages:%s" },
    { "userns", NULL, EACCES, NULL, apparmor_restricts_userns,
      "AppArmor takes away the capabilities of a user namespace: "
      "kernel.apparmor_restrict_unprivileged_userns is 1",
      "run sysctl kernel.apparmor_restrict_unprivileged_userns=0 as root, or "
      "use the lab: bazel run --config=lab //stages:%s" },

    /* A specification. */
    { "spec", "spec", ENOTSUP, NULL, NULL,
      "barco cannot join a namespace yet, and with a new one instead it would "
      "be a different container",
      "make it new, or keep the caller's: BARCO_NAMESPACE_NEW or _CALLER" },
    { "spec", "spec", EINVAL, NULL, NULL,
      "the specification lacks something, or contradicts itself",
      "read struct barco_spec in barco/spec.h, and correct that field" },

    /* The host name. */
    { "hostname", "sethostname", EINVAL, NULL, NULL,
      "a host name has 1 to 64 bytes (HOST_NAME_MAX); a prompt shows it, so "
      "barco accepts only ASCII without spaces or control characters",
      "choose another one, such as web-1" },
    { "hostname", "sethostname", EPERM, NULL, NULL,
      "this process lacks CAP_SYS_ADMIN over its UTS namespace",
      "make one with CLONE_NEWUTS first" },

    /* The root directory. */
    { "rootfs", "open_tree", ENOENT, "open_directory", is_bundled_root,
      "the bundled root is missing; a program looks for it beside its own "
      "directory, in ../share/barco/root and ../tools/rootfs/busybox",
      "bazel build //tools/rootfs:busybox, and start the stage in bazel-bin; "
      "or give a root directory with --mnt" },
    { "rootfs", "rootfs", EINVAL, NULL, NULL,
      "the description of the root directory is incomplete: it needs a dir, "
      "each mount needs a type and an absolute target below / without \"..\", "
      "a \"bind\" mount needs a source, and the paths in the lists must be "
      "absolute",
      "correct struct barco_rootfs where the container is described" },
    { "rootfs", "rootfs", E2BIG, NULL, NULL,
      "a container can have up to 252 mounts: they and its root directory are "
      "passed as descriptors, and a message carries at most 253 (SCM_MAX_FD)",
      "use fewer: one --volume shows everything below a directory" },
    { "rootfs", "open_tree", ENOENT, "open_directory", in_the_lab,
      PATH_OF_THE_LAB, SHARE },
    { "rootfs", "open_tree", ENOENT, "open_directory", NULL,
      "there is no such directory", "give --mnt a directory that exists" },
    { "rootfs", "open_tree", ENOTDIR, "open_directory", NULL,
      "that path or a part of it is a file, and a root has to be a directory",
      "give --mnt a directory" },
    { "rootfs", "open_tree", EACCES, "open_directory", NULL,
      "a directory on the way there cannot be entered by this user",
      "give it x permission, or give --mnt another directory" },
    { "rootfs", "open_tree", EPERM, "open_directory", NULL,
      "cloning a mount needs CAP_SYS_ADMIN over the mount namespace",
      LAB_OR_SUDO },
    { "rootfs", "fchdir", EACCES, "attach_root", NULL,
      "root in the container may not enter the directory of --mnt: it belongs "
      "to a user who is not in the container's map, and is closed to others",
      "chmod a+rx it, or copy it and give --mnt the copy" },
    { "mount", "open_tree", ENOSYS, NULL, NULL,
      "the kernel is older than 5.2, or a seccomp filter hides its mount calls",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "mount", "mount_setattr", ENOSYS, NULL, NULL,
      "the kernel is older than 5.12, or a seccomp filter hides the call",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "mount", "openat2", ENOENT, "barco_mount_attach", NULL,
      "the root directory has no such directory to mount on",
      "create it there: mkdir proc sys dev" },
    { "mount", "openat2", ELOOP, "barco_mount_attach", NULL,
      "that is a symbolic link, and a mount through one could land anywhere",
      REPLACE_IT },
    { "mount", "openat2", ENOTDIR, "barco_mount_attach", NULL, NO_DIRECTORY,
      REPLACE_IT },
    { "mount", "move_mount", EINVAL, "barco_mount_attach_to", NULL,
      NO_DIRECTORY, REPLACE_IT },
    { "mount", "fsmount", EPERM, "barco_mount_new", NULL,
      "the kernel allows a new /proc only where the existing one is fully "
      "visible; inside most containers parts of it are covered",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "rootfs", "pivot_root", EINVAL, NULL, NULL,
      "the current root is an initramfs, which pivot_root cannot leave",
      "start from a system that has done switch_root, as the lab has" },

    /* Volumes. */
    { "volume", "open_tree", ENOENT, "barco_volume_open", in_the_lab,
      PATH_OF_THE_LAB, SHARE },
    { "volume", "open_tree", ENOENT, "barco_volume_open", NULL,
      "the host has no such file or directory",
      "create it first, or choose another one for --volume" },
    { "volume", "open_tree", ENOTDIR, "barco_volume_open", NULL,
      "a part of that path is a file", "correct the path of --volume" },
    { "volume", "open_tree", EACCES, "barco_volume_open", NULL,
      "a directory on the way there cannot be entered by this user",
      "give it x permission, or choose another one for --volume" },
    { "volume", "mkdirat", EROFS, "make_mountpoint", NULL,
      "there is no such directory, and the root directory is read-only",
      "the bundled root is read-only: use /mnt or a directory below /tmp or "
      "/root; with --read-only create the directory beforehand" },
    { "volume", "mknodat", EROFS, "make_mountpoint", NULL,
      "there is no such file, and the root directory is read-only",
      "the bundled root is read-only: use a file below /tmp or /root; with "
      "--read-only create the file beforehand" },
    { "volume", "mkdirat", EACCES, "make_mountpoint", NULL,
      "there is no such directory, and root in the container may not create it",
      "create it beforehand, or use a directory below /dev/shm" },
    { "volume", "mknodat", EACCES, "make_mountpoint", NULL,
      "there is no such file, and root in the container may not create it",
      "create it beforehand, or use a file below /dev/shm" },
    { "volume", "openat2", ELOOP, "walk_to", NULL,
      "the path has a magic link, one of those in /proc that lead to whatever "
      "a process has open; or its symbolic links form a loop",
      "choose another destination, or replace the link in that root file "
      "system" },
    { "volume", "openat2", ELOOP, "make_mountpoint", NULL,
      "that is a symbolic link to something that does not exist in the "
      "container",
      "create its target, or replace the link in that root file system" },
    { "volume", "openat2", ENOTDIR, "walk_to", NULL,
      "a part of that path is a file in the container",
      "choose another destination for --volume" },
    { "volume", "move_mount", EBUSY, "check_mountpoint", NULL,
      "that path leads to the root directory itself, where nobody would see "
      "the volume",
      "choose another destination, or use --mnt for a root directory" },
    { "volume", "move_mount", EINVAL, "barco_volume_attach", NULL,
      "a directory can only be mounted on a directory, and a file on a file",
      "choose another destination for --volume" },

    /* The user namespace. */
    { "userns", "write", EINVAL, "write_text", NULL,
      "two lines of the map share an id, inside or outside",
      "put each id into one line only" },
    { "userns", "write", EPERM, "write_text", is_root,
      "the user namespace that barco runs in does not have that range, or not "
      "in one piece",
      "choose a range with --ids that lies within a line of /proc/self/uid_map "
      "and of /proc/self/gid_map" },
    { "userns", "write", EPERM, "write_text", NULL,
      "this user may map only their own id", "run as that user, or as root" },
    { "userns", "open", EROFS, "write_text", NULL,
      "/proc is read-only, as inside most containers",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "userns", "newuidmap", EPERM, NULL, NULL,
      "newuidmap refused the range, or was killed; if it refused, its own "
      "message is above",
      "compare the range with /etc/subuid" },
    { "userns", "newgidmap", EPERM, NULL, NULL,
      "newgidmap refused the range, or was killed; if it refused, its own "
      "message is above",
      "compare the range with /etc/subgid" },
    { "userns", "poll", EINTR, "wait_for", NULL,
      "a signal told barco to end while newuidmap and newgidmap were running",
      "start barco again; if they hang, check that the system can look up your "
      "name: getent passwd" },

    /* The control group. */
    { "cgroup", "statfs", ENODEV, NULL, NULL,
      "this system has only version 1 of cgroups, or version 2 is not mounted "
      "here",
      "use the lab: bazel run --config=lab //stages:%s; or boot with "
      "systemd.unified_cgroup_hierarchy=1" },
    { "cgroup", "fgets", ENODEV, NULL, NULL,
      "this process is not in any cgroup of version 2",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "cgroup", "controller", ENODEV, NULL, held_by_version_1,
      "a controller can be in only one tree, and here version 1 holds it",
      "use the lab: bazel run --config=lab //stages:%s; or boot with "
      "systemd.unified_cgroup_hierarchy=1" },
    { "cgroup", "controller", ENODEV, NULL, NULL,
      "the kernel lacks this controller, or it has not been delegated to the "
      "container that barco runs in",
      "use the lab: bazel run --config=lab //stages:%s; /proc/cgroups lists "
      "what the kernel has" },
    { "cgroup", "write", EBUSY, "enable_controllers", NULL,
      "that cgroup has processes of its own, so it cannot enable controllers "
      "for its children (\"no internal processes\")",
      "move its processes into a child: mkdir CGROUP/leaf, then write each "
      "line of cgroup.procs to CGROUP/leaf/cgroup.procs" },
    { "cgroup", "open", EACCES, "enable_controllers", NULL,
      "this part of the cgroup tree belongs to another user, and a controller "
      "is not enabled in it",
      "start barco in a part of your own: systemd-run --user --scope -p "
      "Delegate=yes COMMAND; or use the lab: bazel run --config=lab "
      "//stages:%s" },
    { "cgroup", "open", EROFS, "enable_controllers", NULL,
      "the cgroup tree is mounted read-only, as inside most containers",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "cgroup", "write", EACCES, "cgroup_leaf_enter", NULL,
      "this cgroup was delegated, but not its cgroup.procs, so its processes "
      "cannot be moved out of the way",
      "chown its cgroup.procs too, as cgroups(7) says" },
    { "cgroup", "mkdir", EACCES, "cgroup_cleaner_start", NULL,
      "this part of the cgroup tree belongs to another user",
      "start barco in a part of your own: systemd-run --user --scope -p "
      "Delegate=yes COMMAND; or use the lab: bazel run --config=lab "
      "//stages:%s" },
    { "cgroup", "mkdir", EEXIST, "cgroup_cleaner_start", NULL,
      "a cgroup with that path already exists, and a container needs one of "
      "its own",
      "choose another path; or, if its cgroup.procs is empty, remove it with "
      "rmdir" },
    { "cgroup", "mkdir", ENOENT, "cgroup_cleaner_start", NULL, NO_PARENT,
      MAKE_PARENT },
    { "cgroup", "open", ENOENT, "enable_controllers", NULL, NO_PARENT,
      MAKE_PARENT },
    { "cgroup", "mkdir", EINVAL, "check_path", NULL,
      "the path of a cgroup must not contain empty parts, \".\" or \"..\", so "
      "that it can only lead down",
      "choose another one, such as machine/web" },
    { "cgroup", "open", EINVAL, "set_file", NULL,
      "the name of a cgroup's file must not contain a slash, which could lead "
      "to another cgroup",
      "name a file of the cgroup itself, such as cpuset.cpus" },
    { "cgroup", "mkdir", EROFS, "cgroup_cleaner_start", NULL,
      "the cgroup tree is mounted read-only, as inside most containers",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "cgroup", "open", ENOENT, "write_line", NULL,
      "this kernel has no such limit; io.weight needs the controller iocost",
      "leave out the limit" },
    { "cgroup", "write", EINVAL, "write_line", NULL, NO_VALUE, OTHER_VALUE },
    { "cgroup", "write", ERANGE, "write_line", NULL, NO_VALUE, OTHER_VALUE },
    { "cgroup", "write", EOPNOTSUPP, "write_line", NULL,
      "disk weights need the controller iocost, which is off for this disk",
      "switch it on as root: echo 'MAJOR:MINOR enable=1' > "
      "/sys/fs/cgroup/io.cost.qos, or leave out the limit" },
    { "cgroup", "clone3", EACCES, NULL, NULL,
      "this user may not move processes into the container's cgroup",
      "start barco in a part of your own: systemd-run --user --scope -p "
      "Delegate=yes COMMAND" },

    /* Capabilities. */
    { "caps", "capset", EINVAL, "check", NULL,
      "every effective or ambient capability also has to be permitted",
      "add it to the permitted set, or take it out of the others" },

    /* The filter. */
    { "seccomp", "profile", EINVAL, NULL, NULL,
      "a profile has to follow the format of Docker and Podman, and does not "
      "do so there",
      "correct that place; common/seccomp/default.json is an example" },
    { "seccomp", "open", ENOENT, "read_text", in_the_lab, PATH_OF_THE_LAB,
      SHARE "; or give --seccomp default, or off" },
    { "seccomp", "open", ENOENT, "read_text", NULL, "there is no such file",
      "give --seccomp a file that exists, or default, or off" },
    { "seccomp", "open", EACCES, "read_text", NULL,
      "this user may not read that file",
      "chmod a+r it, or give --seccomp another" },
    { "seccomp", "read", EISDIR, "read_text", NULL,
      "that is a directory, not a profile",
      "give --seccomp a file, or default, or off" },
    { "seccomp", "read", EINVAL, "read_text", NULL,
      "that is a pipe, and reading it might never end",
      "write the profile to a file, and give --seccomp that" },
    { "seccomp", "read", EFBIG, "check_size", NULL,
      "that is too large for a profile, which has a few kilobytes",
      "give --seccomp another file, or default, or off" },
    { "seccomp", "seccomp_export_bpf", E2BIG, NULL, NULL,
      "the kernel accepts filters of up to 4096 instructions",
      "use fewer rules with args" },
    { "seccomp", "seccomp", EACCES, NULL, NULL,
      "without no_new_privs only root may load a filter, because it could "
      "mislead a setuid program",
      "call prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) first" },
    { "seccomp", "seccomp", EBUSY, NULL, NULL,
      "another filter of this process already has a listener, and there can be "
      "only one",
      "leave out --seccomp-log" },
    { "seccomp", "seccomp", EINVAL, NULL, NULL,
      "this kernel has no filters (CONFIG_SECCOMP_FILTER), or is older than "
      "5.0 and has no listeners",
      "use the lab: bazel run --config=lab //stages:%s" },
    { "seccomp", "seccomp", ENOSYS, NULL, NULL,
      "this kernel has no seccomp (CONFIG_SECCOMP), or barco runs in a "
      "container whose filter hides it",
      "use the lab: bazel run --config=lab //stages:%s" },

    /* What the command inherits. */
    { "environment", "putenv", EINVAL, NULL, NULL,
      "a variable has to be NAME=VALUE",
      "give it a name and a value; the value may be empty" },
    { "environment", "fstat", EISDIR, "barco_environment_close_descriptors",
      NULL,
      "standard input, output or error is a directory of the host, from which "
      "the container could reach others",
      "redirect it to or from a file, or share the directory with --volume" },

    /* Limits. */
    { "limits", "sysctl", EINVAL, "sysctl_path", NULL,
      "that is not the name of a setting below /proc/sys",
      "write it as sysctl(8) does: user.max_net_namespaces, or with slashes" },
    { "limits", "openat2", ENOENT, "set_sysctl", NULL,
      "this kernel has no such setting, or the container's namespaces do not "
      "have it",
      "leave it out; sysctl -a lists the settings that exist" },
    { "limits", "openat2", EACCES, "set_sysctl", NULL,
      "that setting is not the container's own, so only the host's root may "
      "change it",
      "leave it out, or set it on the host" },
    { "limits", "openat2", EXDEV, "set_sysctl", NULL,
      "that setting is in a separate file system, and would change the host",
      "leave it out" },
    { "limits", "write", EINVAL, "set_sysctl", NULL,
      "the kernel does not accept that value for this setting",
      "man 5 proc says which values it accepts" },
    { "limits", "write", EACCES, "barco_limits_score", NULL,
      "that is lower than the caller's, and only a process with "
      "CAP_SYS_RESOURCE may go lower",
      "choose a higher oom_score_adj, or start barco as root" },
    { "limits", "write", EINVAL, "barco_limits_score", NULL,
      "an oom_score_adj is a number from -1000 to 1000",
      "choose one in that range" },
    { "limits", "setrlimit", EINVAL, NULL, NULL,
      "the soft limit is above the hard one, or the kernel has no such limit",
      "correct them: the soft limit must not exceed the hard one" },
    { "limits", "setrlimit", EPERM, NULL, NULL,
      "it is above the limit of the process that started the container",
      "raise that first, as root: ulimit -Hn N; or lower --nofile" },

    /* The terminal. */
    { "console", "openat2", ENOSPC, "open_master", NULL,
      "all pseudoterminals are in use: /proc/sys/kernel/pty/nr has reached "
      "/proc/sys/kernel/pty/max",
      "close some, or raise the limit as root: sysctl kernel.pty.max=8192" },
};

const struct barco_cause *barco_error_causes(size_t *count)
{
    *count = sizeof(causes) / sizeof(causes[0]);
    return causes;
}
