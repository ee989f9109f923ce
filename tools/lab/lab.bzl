"""Tests that run in the lab."""

def lab_test(name, binary, users = ["root", "learner"], data = [], debian = False, args = [], tags = [], timeout = "eternal", **kwargs):
    """Boots the lab once and runs a CUnit program in it, as each user in turn.

    Args:
      name: of the test
      binary: the program
      users: root, and learner, who has no privileges and a cgroup of their own
      data: what the program needs beside itself
      debian: whether it needs the Debian root on /debian
      args: of the program
      tags: of the test
      timeout: of the test
      **kwargs: of sh_test
    """
    lab_args = []
    for user in users:
        lab_args += ["--user", user]
    native.sh_test(
        name = name,
        srcs = ["//tools/lab:lab.sh"],
        args = lab_args + ["$(rootpath %s)" % binary] + args,
        data = data + [
            binary,
            "//tools/lab:machine",
        ] + (["//tools/lab:debian"] if debian else []),
        # Seconds on an idle machine, and many minutes at a load of 30: the
        # limit is for a test that hangs.
        timeout = timeout,
        # Bazel's sandbox loses empty directories, such as the bundled root's
        # /proc; the lab is a better one anyway.
        tags = ["no-sandbox"] + tags,
        **kwargs
    )
