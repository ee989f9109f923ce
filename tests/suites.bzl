"""One CUnit suite for each module and each stage, run in the lab."""

load("//:syllabus.bzl", "STATIC", "SYLLABUS", "libraries_of")
load("//tools/lab:lab.bzl", "lab_test")

def suite_users(users):
    """What says to SUITE() which users run a suite.

    Args:
      users: as for lab_test
    """
    return 'SUITE_USERS=\\"%s\\"' % ",".join(users)

def _suite(name, stage, users = ["root", "learner"], data = [], debian = False, srcs = []):
    native.cc_binary(
        name = name,
        testonly = True,
        srcs = [name + ".c"] + srcs,
        linkopts = STATIC,
        # So that a test that none of them would run is noticed.
        local_defines = [suite_users(users)],
        deps = ["//tests/lib"] + libraries_of(stage),
    )
    lab_test(
        name = name + "_in_lab",
        testonly = True,
        binary = name,
        data = data,
        debian = debian,
        users = users,
    )

def module_suites():
    """A test for every module of the syllabus: NAME_test.c."""
    last = SYLLABUS[-1][0]
    for stage, modules in SYLLABUS:
        for module in modules:
            # A console is tried in a whole container.
            whole = module in ["console", "container"]
            _suite(
                module + "_test",
                last if whole else stage,
                data = ["//tests/lib:calls"],
                srcs = ["described.h"] if whole else [],
            )

def stage_suites(needs_root, debian):
    """A test for every stage: NAME_test.c.

    Args:
      needs_root: stages that an ordinary user cannot run
      debian: stages that are tried with real programs, in a Debian root
    """
    stages = []
    for stage, _ in SYLLABUS:
        # A test compares with the stages before.
        stages.append("//stages:" + stage)
        _suite(
            stage + "_test",
            stage,
            users = ["root"] if stage in needs_root else ["root", "learner"],
            data = stages + [
                "//tests/lib:calls",
                "//tools/rootfs:busybox",
            ],
            debian = stage in debian,
        )

def table_suite():
    """A container, compared with what a_container.txt says of it."""
    _suite(
        "a_container_test",
        "09_barco",
        data = [
            "a_container.txt",
            "//stages:08_inherited",
            "//stages:09_barco",
            "//tests/lib:calls",
            "//tools/rootfs:busybox",
        ],
    )
