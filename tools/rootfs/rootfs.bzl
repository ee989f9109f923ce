"""A directory that is a whole root file system: busybox, and little else."""

def _busybox_root_impl(ctx):
    root = ctx.actions.declare_directory(ctx.label.name)

    # Hard links, not symbolic ones: a copy or a mount of the directory has
    # one file with many names.
    ctx.actions.run_shell(
        outputs = [root],
        inputs = [ctx.file.busybox] + ctx.files.etc,
        command = """
set -eu
root=$1 busybox=$2
shift 2
cd "$root/.." && root=$PWD/${root##*/} && cd "$OLDPWD"
for dir in bin dev etc mnt proc root sbin sys tmp usr/bin usr/sbin var; do
    mkdir -p "$root/$dir"
done
cp "$busybox" "$root/bin/busybox"
chmod 755 "$root/bin/busybox"
"$root/bin/busybox" --list-full | while read -r applet; do
    [ "$applet" = bin/busybox ] || ln "$root/bin/busybox" "$root/$applet"
done
for file; do
    cp "$file" "$root/etc/"
done
""",
        # Bazel's cache on disk would lose the empty directories.
        execution_requirements = {"no-cache": "1"},
        arguments = [root.path, ctx.file.busybox.path] + [f.path for f in ctx.files.etc],
        progress_message = "Building the bundled root file system",
    )
    return [DefaultInfo(files = depset([root]), runfiles = ctx.runfiles([root]))]

busybox_root = rule(
    implementation = _busybox_root_impl,
    attrs = {
        "busybox": attr.label(allow_single_file = True, mandatory = True),
        "etc": attr.label_list(allow_files = True),
    },
)
