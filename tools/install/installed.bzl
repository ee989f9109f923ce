"""What an install writes, as a tar archive."""

def _installed_impl(ctx):
    tar = ctx.actions.declare_file(ctx.label.name + ".tar")
    ctx.actions.run_shell(
        outputs = [tar],
        tools = [ctx.attr.install[DefaultInfo].files_to_run],
        command = """
set -eu
dir=$(mktemp -d)
"$1" --destdir "$dir" >/dev/null
tar -cf "$2" -C "$dir" .
rm -r "$dir"
""",
        arguments = [ctx.executable.install.path, tar.path],
        # The sandbox would lose the empty directories of the bundled root.
        execution_requirements = {"local": "1"},
        progress_message = "Installing into %s" % tar.short_path,
    )
    return [DefaultInfo(files = depset([tar]), runfiles = ctx.runfiles([tar]))]

# A rule, because a genrule would build the program once more, as a tool.
installed = rule(
    implementation = _installed_impl,
    attrs = {
        "install": attr.label(
            cfg = "target",
            executable = True,
            mandatory = True,
        ),
    },
)
