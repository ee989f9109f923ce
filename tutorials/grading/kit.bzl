"""What a submission is compiled with, as a directory that needs no Bazel."""

load("//:syllabus.bzl", "STATIC", "libraries_of")

def _kit_impl(ctx):
    kit = ctx.actions.declare_directory(ctx.label.name)
    info = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps])
    headers = info.compilation_context.headers.to_list()
    archives, link = [], [] + ctx.attr.linkopts
    for linked in info.linking_context.linker_inputs.to_list():
        archives += [library.static_library or library.pic_static_library for library in linked.libraries]
        link += [flag for flag in linked.user_link_flags if flag not in link]

    # A public header's path in the kit is the one by which sources include it.
    public = [(header.path, header.path.split("/_virtual_includes/")) for header in headers]
    lines = ["include %s %s" % (path, parts[1].partition("/")[2]) for path, parts in public if len(parts) == 2]
    lines += ["include %s %s" % (header.path, header.short_path) for header in headers if header.short_path.startswith("stages/")]
    lines += ["lib %s %d_%s" % (archive.path, at, archive.basename) for at, archive in enumerate(archives)]
    listed = ctx.actions.declare_file(ctx.label.name + ".list")
    ctx.actions.write(listed, "\n".join(lines) + "\n")
    ctx.actions.run_shell(
        outputs = [kit],
        inputs = headers + archives + [listed],
        command = """
mkdir -p "$1/include" "$1/lib"
while read -r kind from to; do
    mkdir -p "$(dirname "$1/$kind/$to")" && cp -L "$from" "$1/$kind/$to" || exit
done <"$2"
printf '%s\\n' "$3" >"$1/compile" && printf '%s\\n' "$4" >"$1/link"
""",
        arguments = [kit.path, listed.path, "\n".join(ctx.fragments.cpp.copts), "\n".join(link)],
        mnemonic = "Kit",
    )
    return [DefaultInfo(files = depset([kit]), runfiles = ctx.runfiles([kit]))]

_kit = rule(
    implementation = _kit_impl,
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "linkopts": attr.string_list(),
    },
    fragments = ["cpp"],
)

def kits(chapters):
    """Headers, libraries and flags of each chapter, in kit_CHAPTER."""
    for chapter in chapters:
        _kit(
            name = "kit_" + chapter,
            linkopts = STATIC,
            tags = ["manual"],
            visibility = ["//tests/tutorials:__pkg__"],
            deps = libraries_of(chapter),
        )
    return [":kit_" + chapter for chapter in chapters]
