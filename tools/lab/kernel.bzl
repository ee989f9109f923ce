"""What tools/setup has put on this machine for the lab, as files that Bazel tracks."""

def _lab_kernel_impl(ctx):
    dir = ctx.os.environ.get("BARCO_LAB_KERNEL", "/var/cache/barco/lab")
    qemu = ctx.which("qemu-system-x86_64")
    if not ctx.path(dir + "/version").exists or not qemu:
        fail("the lab needs a kernel in %s, and QEMU: run tools/setup" % dir)
    for file in ["version", "vmlinuz", "modules.cpio"]:
        ctx.symlink(dir + "/" + file, file)
    ctx.symlink(qemu, "qemu")
    ctx.file("BUILD.bazel", """
filegroup(
    name = "machine",
    srcs = ["modules.cpio", "qemu", "version", "vmlinuz"],
    visibility = ["//visibility:public"],
)
""")

lab_kernel = repository_rule(
    implementation = _lab_kernel_impl,
    environ = ["BARCO_LAB_KERNEL", "PATH"],
    local = True,
)
