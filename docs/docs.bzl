"""What the build knows and the book shows."""

load("//:syllabus.bzl", "SYLLABUS")

def book_parts():
    """Files for generate.py: syllabus.json, and NAME.help, NAME.deps.

    Returns:
      the labels
    """
    syllabus = [{"modules": modules, "stage": stage} for stage, modules in SYLLABUS]
    native.genrule(
        name = "syllabus_json",
        outs = ["syllabus.json"],
        cmd = "echo '%s' > $@" % json.encode(syllabus),
        tags = ["manual"],
    )
    parts = ["syllabus.json"]
    for stage, modules in SYLLABUS:
        # What the stage itself says of its options. It is not among the tools,
        # or it would be built a second time for this.
        native.genrule(
            name = stage + "_help",
            srcs = ["//stages:" + stage],
            outs = [stage + ".help"],
            cmd = "ARGP_HELP_FMT=rmargin=400 $(execpath //stages:%s) --help > $@" % stage,
            tags = ["manual"],
        )
        parts.append(stage + ".help")
        for module in modules:
            native.genquery(
                name = module + ".deps",
                expression = "filter('^//common:', kind(cc_library, deps(//common:%s, 1)))" % module,
                scope = ["//stages:" + stage],
                tags = ["manual"],
            )
            parts.append(module + ".deps")
    return parts

def stages():
    """Labels of all stages."""
    return ["//stages:" + stage for stage, _ in SYLLABUS]

def last_help():
    """What the last stage, which is installed as barco, says of its options."""
    return SYLLABUS[-1][0] + ".help"

def browser_test(name, data = [], site = "site", browser = "chromium", **kwargs):
    """A test of the site in a browser: NAME.mjs, which uses browser.mjs.

    Args:
      name: the test's
      data: what it reads besides the site
      site: or else the book, which has the machine
      browser: or else firefox
      **kwargs: as of a sh_test
    """
    native.sh_test(
        name = name,
        srcs = [name + ".mjs"],
        args = [
            "$(rootpath %s)" % site,
            # The folder of npm's packages, beside one of its files.
            "$(rootpath @docs_npm//:axe)",
        ] + ([browser] if browser != "chromium" else []),
        data = [
            "browser.mjs",
            "serve.py",
            site,
            "@docs_npm//:axe",
            "@docs_npm//:playwright",
        ] + data,
        # An emulator and a browser keep two processors busy, and what is too slow
        # ends otherwise. Exclusive tests come last, and hold up no others.
        tags = ["manual"] + (["exclusive"] if site == "book" else []),
        **kwargs
    )
