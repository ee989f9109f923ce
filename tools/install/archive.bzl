"""One static library of several cc_library targets."""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _objects(deps):
    """The objects of the libraries, each once."""
    found = {}
    for dep in deps:
        for linked in dep[CcInfo].linking_context.linker_inputs.to_list():
            for library in linked.libraries:
                for file in library.pic_objects or library.objects or []:
                    found[file] = True
    return found.keys()

def _archive_impl(ctx):
    tools = find_cpp_toolchain(ctx)
    archive = ctx.actions.declare_file("lib%s.a" % ctx.label.name)
    objects = _objects(ctx.attr.deps)

    # Linked to one object, so that the names which cross the library's own
    # files (userns_lines_next) become local, and stay free for its users.
    ctx.actions.run_shell(
        outputs = [archive],
        inputs = depset(objects, transitive = [tools.all_files]),
        command = """
set -eu
out=$1 name=$2 ld=$3 objcopy=$4 ar=$5
shift 5
$ld -r -o "$out.o" "$@"
$objcopy --wildcard --keep-global-symbol="${name}_*" "$out.o"
dir=$(mktemp -d)
mv "$out.o" "$dir/$name.o"
rm -f "$out"
$ar rcsD "$out" "$dir/$name.o"
rm -r "$dir"
""",
        arguments = [
            archive.path,
            ctx.label.name,
            tools.ld_executable,
            tools.objcopy_executable,
            tools.ar_executable,
        ] + [file.path for file in objects],
        progress_message = "Making %s" % archive.short_path,
    )
    return [DefaultInfo(files = depset([archive]), runfiles = ctx.runfiles([archive]))]

archive = rule(
    implementation = _archive_impl,
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
