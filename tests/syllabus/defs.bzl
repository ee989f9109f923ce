"""Who uses whom, and what each stage can reach: by the linker, and by #include."""

load("//:syllabus.bzl", "SYLLABUS", "modules_of")

def _include_flags_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".flags")
    contexts = [dep[CcInfo].compilation_context for dep in ctx.attr.deps]
    dirs = depset(transitive = [c.includes for c in contexts])

    # As a test sees them, from the top of its runfiles.
    flags = ["-I" + d.replace(ctx.bin_dir.path + "/", "") for d in dirs.to_list()]
    ctx.actions.write(out, "\n".join(flags) + "\n")
    headers = depset(transitive = [c.headers for c in contexts])
    return [DefaultInfo(
        files = depset([out]),
        runfiles = ctx.runfiles([out], transitive_files = headers),
    )]

# The -I flags that a program with these deps is compiled with.
include_flags = rule(
    implementation = _include_flags_impl,
    attrs = {"deps": attr.label_list(providers = [CcInfo])},
)

def syllabus_data():
    """For each stage: what it links, what it should, its -I flags.

    Returns:
      the labels
    """
    labels = []
    for stage, _ in SYLLABUS:
        modules = modules_of(stage)
        native.genquery(
            name = stage + ".links",
            expression = "filter('^//common:', kind(cc_library, deps(//stages:%s)))" % stage,
            scope = ["//stages:" + stage],
        )
        native.genrule(
            name = stage + "_expected",
            outs = [stage + ".expected"],
            cmd = "printf '%s\\n' " + " ".join(["//common:" + m for m in modules]) + " | sort > $@",
        )
        include_flags(
            name = stage,
            deps = ["//common:" + m for m in modules],
        )
        labels += [stage + ".links", stage + ".expected", stage]
    return labels

def uses(name, programs):
    """NAME: a line "USER" -> "USED" for each use of a target by another.

    Args:
      name: of the file
      programs: what nobody else uses: tests and tools; the stages are added
    """
    scope = programs + ["//stages:" + stage for stage, _ in SYLLABUS]
    for stage, modules in SYLLABUS:
        scope.append("//tests/stages:%s_test_in_lab" % stage)
        scope += ["//tests/common:%s_test_in_lab" % module for module in modules]
    native.genquery(
        name = name,
        testonly = True,
        expression = "let all = deps(set(%s)) in filter('^//(stages|common|tests|tools)', kind(rule, $all) - kind(filegroup, $all))" %
                     " ".join(scope),
        opts = [
            "--output=graph",
            "--nograph:factored",
            "--noimplicit_deps",
        ],
        scope = scope,
    )

def syllabus_json(name):
    """NAME: the stages and their modules, as JSON.

    Args:
      name: of the file
    """
    native.genrule(
        name = name + "_made",
        outs = [name],
        cmd = "echo '%s' > $@" % json.encode(
            [{"modules": modules, "stage": stage} for stage, modules in SYLLABUS],
        ),
    )
