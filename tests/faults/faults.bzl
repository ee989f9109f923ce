"""Each system call of each stage fails once."""

load("//:syllabus.bzl", "SYLLABUS")
load("//tools/lab:lab.bzl", "lab_test")

def _sweep(name, stage, user, every = [], tags = []):
    lab_test(
        name = name,
        testonly = True,
        args = [stage, user] + every,
        binary = "sweep",
        data = [
            ":witness",
            "//stages:" + stage,
            "//tools/rootfs:busybox",
        ],
        tags = tags,
        users = ["root"],
    )

def sweeps():
    """A whole sweep for each stage and user, on demand; a part of two at each change.

    `bazel run //tests/faults:table` prints what the whole ones have found.
    """
    whole = []
    for stage, _ in SYLLABUS:
        for user in ["root", "learner"]:
            # Before user namespaces, containers are root's.
            if user == "learner" and stage in ["02_pid", "03_mount"]:
                continue
            whole.append("%s_%s_test" % (stage, user))
            _sweep(whole[-1], stage, user, tags = [
                "manual",
                "on-demand",
            ])
    native.sh_binary(
        name = "table",
        testonly = True,
        srcs = ["table.py"],
        args = whole,
    )
    last = SYLLABUS[-1][0]
    for user in ["root", "learner"]:
        _sweep("some_%s_test" % user, last, user, every = ["19", "7"])
