"""Fuzz targets, which are tests too."""

def fuzz_target(name, deps, srcs = [], wrap = []):
    """A function that libFuzzer can feed: tests/fuzz/NAME.c.

    As a test it is given each file of corpus/NAME, in a moment. With
    --config=fuzz it is libFuzzer's, which begins with the same files.

    Args:
      name: of the target
      deps: what it tries
      srcs: further sources
      wrap: functions that the linker replaces: f by __wrap_f
    """
    native.cc_test(
        name = name,
        size = "small",
        srcs = [name + ".c"] + srcs + select({
            ":fuzzing": [],
            "//conditions:default": ["replay.c"],
        }),
        args = ["tests/fuzz/corpus/" + name],
        data = native.glob(["corpus/%s/*" % name]),
        linkopts = ["-Wl,--wrap=" + function for function in wrap] + select({
            ":fuzzing": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        # In one program, or --wrap would not reach the library.
        linkstatic = True,
        deps = [":fuzz"] + deps,
    )
