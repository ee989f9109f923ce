"""Compiles a submission where its source can neither see nor harm this machine.

A compiler reads what its source names: `#include "/etc/shadow"` and `.incbin`. So it
sees itself, the chapter's kit and that one source, has no network, and can write only
to a file system in memory, from which the program comes out through a pipe.
"""

import os
from pathlib import Path

import bounded

SECONDS = 60           # by the clock, for a busy machine
PROCESSOR = 20         # seconds of it
MEMORY = 1 << 30       # bytes, for each of the compiler's processes
PROGRAM = 8 << 20      # bytes, of the largest file
ROOM = 64 << 20        # bytes, for all files while it compiles
WORDS = 64 << 10       # bytes of what the compiler says

COMPILE = 'gcc "$@" -o /tmp/program 1>&2 && cat /tmp/program'


class Failed(Exception):
    """It did not compile; says why."""


def sandbox(kit, source):
    """bwrap's arguments."""
    argv = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "65534", "--gid",
            "65534", "--new-session", "--die-with-parent", "--clearenv",
            "--setenv", "PATH", "/usr/bin", "--setenv", "LC_ALL", "C.UTF-8",
            "--size", ROOM, "--tmpfs", "/tmp", "--dev-bind", "/dev/null", "/dev/null",
            "--ro-bind", kit, "/kit", "--ro-bind", source, f"/source/{source.name}",
            "--remount-ro", "/", "--chdir", "/source"]
    for part in ("bin", "include", "lib", "lib64", "libexec", "x86_64-linux-gnu"):
        if Path("/usr", part).exists():
            argv[1:1] = ["--ro-bind", f"/usr/{part}", f"/usr/{part}"]
    for link in ("/bin", "/lib", "/lib64"):
        if Path(link).is_symlink():
            argv[1:1] = ["--symlink", os.readlink(link), link]
    return argv


def compile_command(kit, source):
    """The whole command."""
    archives = [f"/kit/lib/{archive.name}" for archive in
                sorted((kit / "lib").iterdir(), key=lambda a: int(a.name.split("_")[0]))]
    flags = [*(kit / "compile").read_text().split(), "-w", "-fmax-errors=20",
             "-I/kit/include", "-x", "c", source.name, "-x", "none",
             "-Wl,--start-group", *archives, "-Wl,--end-group",
             *(kit / "link").read_text().split()]
    return ["prlimit", f"--as={MEMORY}", f"--cpu={PROCESSOR}", f"--fsize={PROGRAM}",
            "--core=0", *sandbox(kit, source), "sh", "-c", COMPILE, "sh", *flags]


def compile_program(kit, source, program):
    """Makes a program of a source; raises Failed."""
    ended = bounded.run(compile_command(kit, source), SECONDS, PROGRAM + WORDS)
    if ended.stopped == "time":
        raise Failed(f"The compiler did not end within {SECONDS} seconds.")
    if ended.stopped:
        raise Failed("The compiler printed too much, or its program is larger than "
                     f"{PROGRAM >> 20} MB.")
    if ended.status != 0 or not ended.out:
        said = ended.err[:WORDS].decode(errors="replace").strip()
        raise Failed(said or f"The compiler failed with status {ended.status}.")
    program.write_bytes(ended.out)
    program.chmod(0o755)
