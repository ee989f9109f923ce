/**
 * @file
 * @brief Reports what in a specification cannot be done.
 */
#include "barco/spec.h"

#include <errno.h>

#include "barco/error.h"

static bool is_new(const struct barco_namespace *namespace)
{
    return namespace->from == BARCO_NAMESPACE_NEW;
}

/* Joining a namespace needs privileges over it, and another order of steps.
 * barco does not do that yet, and silently using another namespace would be
 * worse. */
static int refuse_joined(const struct barco_namespaces *all)
{
    const struct {
        const char *name;
        const struct barco_namespace *namespace;
    } kinds[] = {
        { "user", &all->user },     { "pid", &all->pid },
        { "mount", &all->mount },   { "uts", &all->uts },
        { "ipc", &all->ipc },       { "network", &all->network },
        { "cgroup", &all->cgroup },
    };

    errno = ENOTSUP;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].namespace->from == BARCO_NAMESPACE_PATH)
            return BARCO_FAIL(spec, "namespaces.%s: \"%s\"", kinds[i].name,
                              kinds[i].namespace->path);
    return 0;
}

int barco_spec_check(const struct barco_spec *spec)
{
    const struct barco_namespaces *all = &spec->namespaces;
    int result = refuse_joined(all);

    if (result < 0)
        return result;
    errno = EINVAL;
    if (!spec->argv || !spec->argv[0])
        return BARCO_FAIL(spec, "argv: there is no command");
    if (!spec->rootfs.dir)
        return BARCO_FAIL(spec, "rootfs.dir: there is no root directory");
    /* In the caller's namespaces, pivot_root and PID 1 would be the
     * caller's. */
    if (!is_new(&all->mount) || !is_new(&all->pid))
        return BARCO_FAIL(spec, "namespaces: mount and pid have to be new");
    if (spec->hostname && !is_new(&all->uts))
        return BARCO_FAIL(spec, "hostname: namespaces.uts has to be new");
    if (spec->rootfs.new_netns && !is_new(&all->network))
        return BARCO_FAIL(spec, "rootfs.new_netns: namespaces.network has to "
                                "be new");
    if (spec->caller_cgroup && is_new(&all->cgroup))
        return BARCO_FAIL(spec, "namespaces.cgroup: a cgroup has to be its "
                                "own");
    return 0;
}
