"""The exercises: NN_chapter/exercises/NAME, and what proves them."""

load("//:syllabus.bzl", "STATIC", "libraries_of")
load("//tools/lab:lab.bzl", "lab_test")

def _program(name, source, chapter):
    native.cc_binary(
        name = name,
        srcs = [source],
        # A starter has parts that nothing uses yet.
        copts = ["-Wno-unused-function", "-Wno-unused-parameter"],
        linkopts = STATIC,
        tags = ["manual"],
        deps = libraries_of(chapter),
    )
    return name

def _patched(name, starter, patch):
    native.genrule(
        name = name + "_source",
        srcs = [starter, patch],
        outs = [name + ".c"],
        tags = ["manual"],
        cmd = "patch --silent --follow-symlinks -o $@ $(execpath %s) $(execpath %s)" % (starter, patch),
    )
    return name + ".c"

def _exercise(folder):
    """The programs of an exercise, and the check of the reader's own.

    Args:
      folder: NN_chapter/exercises/NAME
    Returns:
      the programs that prove the check
    """
    chapter, _, name = folder.split("/")
    starter = folder + "/starter.c"
    mine = native.glob([folder + "/mine.c"]) or [starter]
    _program(name + "_mine", mine[0], chapter)
    if not native.glob([folder + "/check.c"]):
        return []  # only the teacher's copy has it
    native.sh_binary(
        name = name,
        testonly = True,
        srcs = ["//tools/lab:lab.sh"],
        args = ["--user root", "$(rootpath :checks)", name, "/barco/$(rootpath :%s_mine)" % name],
        data = [":checks", name + "_mine", "//tools/lab:machine"],
        tags = ["manual"],
    )
    if not native.glob([folder + "/solution.patch"]):
        return []  # a learner's copy, which proves nothing
    programs = [
        _program(name + "_starter", starter, chapter),
        _program(name + "_solution", _patched(name + "_solution", starter, folder + "/solution.patch"), chapter),
    ]
    for patch in native.glob([folder + "/wrong/*.patch"]):
        wrong = name + "_wrong_" + patch.split("/")[-1][:-len(".patch")]
        programs.append(_program(wrong, _patched(wrong, starter, patch), chapter))
    return programs

def exercises():
    """All of them: `bazel run //tutorials:NAME` checks what the reader wrote.

    The tests run every starter, solution and wrong solution in the lab, and
    compare with what its check should say.
    """
    native.cc_binary(
        name = "checks",
        testonly = True,
        srcs = native.glob(["check/*.c", "check/*.h", "*/exercises/*/check.c"]),
        linkopts = ["-lcunit"] + STATIC,
        tags = ["manual"],
        visibility = ["//tutorials/grading:__pkg__"],
        deps = ["//common:core"],
    )
    chapters = {}
    for starter in native.glob(["*/exercises/*/starter.c"]):
        folder = starter[:-len("/starter.c")]
        chapters.setdefault(folder.split("/")[0], []).append(folder)
    for chapter, folders in chapters.items():
        programs = [program for folder in folders for program in _exercise(folder)]
        if not programs:
            continue
        lab_test(
            name = chapter + "_exercises_test_in_lab",
            testonly = True,
            binary = "prove.sh",
            users = ["root"],
            args = folders,
            # A hundred programs, each of them static: not for each build.
            tags = ["manual"],
            data = programs + [":checks"] + native.glob(
                [folder + "/expect_fail.txt" for folder in folders] +
                [folder + "/wrong/*.patch" for folder in folders],
            ),
        )
