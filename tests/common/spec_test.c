/**
 * @file
 * @brief What barco cannot do is refused by name, and before anything is made.
 */
#include "barco/spec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "barco/error.h"
#include "tests/lib/suite.h"

static char refused[256];

static void keep_words(const struct barco_error *error, void *arg)
{
    (void)arg;
    snprintf(refused, sizeof(refused), "%s", error->args);
}

static int check(const struct barco_spec *spec)
{
    int result;

    *refused = '\0';
    barco_error_set_sink(keep_words, NULL);
    result = barco_spec_check(spec);
    barco_error_set_sink(NULL, NULL);
    return result;
}

/* The least that a container needs. */
static struct barco_spec least(void)
{
    static char program[] = "/bin/true";
    static char *const argv[] = { program, NULL };
    struct barco_spec spec = { .argv = argv, .rootfs.dir = "/" };

    spec.namespaces.mount.from = BARCO_NAMESPACE_NEW;
    spec.namespaces.pid.from = BARCO_NAMESPACE_NEW;
    return spec;
}

static void a_minimal_specification_is_enough(void)
{
    const struct barco_spec spec = least();

    CU_ASSERT_EQUAL(check(&spec), 0);
    CU_ASSERT_STRING_EQUAL(refused, "");
}

static void what_is_not_supported_is_refused_by_name(void)
{
    struct barco_spec spec = least();
    struct barco_namespaces *all = &spec.namespaces;
    const struct {
        const char *name;
        struct barco_namespace *namespace;
    } kinds[] = {
        { "user", &all->user },     { "pid", &all->pid },
        { "mount", &all->mount },   { "uts", &all->uts },
        { "ipc", &all->ipc },       { "network", &all->network },
        { "cgroup", &all->cgroup },
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct barco_namespace usual = *kinds[i].namespace;
        char text[64];

        *kinds[i].namespace =
            (struct barco_namespace){ .from = BARCO_NAMESPACE_PATH,
                                      .path = "/proc/1/ns/x" };
        snprintf(text, sizeof(text), "namespaces.%s: \"/proc/1/ns/x\"",
                 kinds[i].name);
        CU_ASSERT_EQUAL(check(&spec), -ENOTSUP);
        CU_ASSERT_STRING_EQUAL(refused, text);
        *kinds[i].namespace = usual;
    }
}

static void expect(const struct barco_spec *spec, const char *field)
{
    CU_ASSERT_EQUAL(check(spec), -EINVAL);
    if (strncmp(refused, field, strlen(field)) != 0)
        printf("\"%s\" does not begin with %s\n", refused, field);
    CU_ASSERT_EQUAL(strncmp(refused, field, strlen(field)), 0);
}

static void what_is_missing_is_named(void)
{
    struct barco_spec spec = least();
    char *const nothing[] = { NULL };

    spec.argv = nothing;
    expect(&spec, "argv");
    spec.argv = NULL;
    expect(&spec, "argv");
    spec = least();
    spec.rootfs.dir = NULL;
    expect(&spec, "rootfs.dir");
}

static void a_contradiction_is_named(void)
{
    struct barco_spec spec = least();

    spec.namespaces.pid.from = BARCO_NAMESPACE_CALLER;
    expect(&spec, "namespaces");
    spec = least();
    spec.namespaces.mount.from = BARCO_NAMESPACE_CALLER;
    expect(&spec, "namespaces");
    spec = least();
    spec.hostname = "boat";
    expect(&spec, "hostname");
    spec = least();
    spec.rootfs.new_netns = true;
    expect(&spec, "rootfs.new_netns");
    spec = least();
    spec.caller_cgroup = true;
    spec.namespaces.cgroup.from = BARCO_NAMESPACE_NEW;
    expect(&spec, "namespaces.cgroup");
}

SUITE("spec",
      { "a minimal specification is enough",
        a_minimal_specification_is_enough },
      { "what is not supported is refused by name",
        what_is_not_supported_is_refused_by_name },
      { "what is missing is named", what_is_missing_is_named },
      { "a contradiction is named", a_contradiction_is_named })
