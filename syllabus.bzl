"""The order in which barco teaches, as data that the build enforces.

This list is the only place that knows the order. A module may be used by the
stage that introduces it and by every later one, never by an earlier one.
"""

# (stage: stages/NAME.c, the modules it introduces: common/NAME.c)
SYLLABUS = [
    ("01_clone", ["process"]),
    ("02_pid", ["init", "hostname"]),
    ("03_mount", ["mount", "dev", "volume", "rootfs"]),
    ("04_user", ["handshake", "userns"]),
    ("05_cgroups", ["cgroup"]),
    ("06_capabilities", ["caps"]),
    ("07_seccomp", ["seccomp"]),
    ("08_inherited", ["network", "keyring", "limits", "environment", "console"]),
    ("09_barco", ["spec", "container"]),
]

# What every stage is written in: errors, log, cleanup, the command line.
CORE = ["core"]

# The modules whose options stand in stages/options/NAME.c.
WITH_OPTIONS = [
    "init",
    "hostname",
    "rootfs",
    "userns",
    "cgroup",
    "caps",
    "seccomp",
    "limits",
    "environment",
    "container",
]

_CHAPTER = {module: stage for stage, modules in SYLLABUS for module in modules}

# Static, because the dynamic linker costs more than the container does.
STATIC = select({
    "//:dynamic": [],
    "//conditions:default": ["-static"],
})

def _chapter(module):
    if module not in _CHAPTER:
        fail("module '%s' is in no stage of SYLLABUS (syllabus.bzl)" % module)
    return _CHAPTER[module]

def order_error(name, dep):
    """What is wrong with a module that depends on another, or None."""
    if _chapter(dep) > _chapter(name):
        return ("module '%s' (stage %s) depends on '%s', which stage %s teaches" %
                (name, _chapter(name), dep, _chapter(dep)))
    return None

def barco_module(name, deps = [], srcs = [], linkopts = []):
    """common/NAME.c and include/barco/NAME.h, taught by one stage."""
    for dep in deps:
        if order_error(name, dep):
            fail(order_error(name, dep))
    native.cc_library(
        name = name,
        srcs = [name + ".c"] + srcs,
        hdrs = ["//include:barco/%s.h" % name],
        linkopts = linkopts,
        strip_include_prefix = "/include",
        visibility = ["//visibility:public"],
        deps = [":" + d for d in CORE + deps],
    )

def barco_options():
    """The option group of each module that has one."""
    for module in WITH_OPTIONS:
        native.cc_library(
            name = module,
            srcs = native.glob([module + "*.c"]) + (["volume.c"] if module == "rootfs" else []),
            visibility = ["//visibility:public"],
            # Those of a container are all of the others.
            deps = [":cli", "//common:" + module] + (
                [":" + other for other in WITH_OPTIONS if other != module] if module == "container" else []
            ),
        )

def modules_of(stage):
    """The modules that a stage may use: its own and those of every stage before."""
    modules = CORE[:]
    for name, introduced in SYLLABUS:
        modules += introduced
        if name == stage:
            return modules
    fail("stage '%s' is not in SYLLABUS (syllabus.bzl)" % stage)

def libraries_of(stage):
    """What a stage is linked with: its modules, and the options of these."""
    modules = modules_of(stage)
    return (["//common:" + m for m in modules] + ["//stages/options:cli"] +
            ["//stages/options:" + m for m in modules if m in WITH_OPTIONS])

def barco_stages():
    """One program a stage; stage N sees the modules of stages 1..N and no other."""
    for stage, _ in SYLLABUS:
        native.cc_binary(
            name = stage,
            srcs = [stage + ".c"],
            data = ["//tools/rootfs:busybox"],
            linkopts = STATIC,
            visibility = ["//visibility:public"],
            deps = libraries_of(stage),
        )
