#!/usr/bin/env python3
"""A student's copy of barco: everything but the answers.

    bazel run //tutorials:handout -- DIR
    bazel run //tutorials:handout -- --offline DIR

It builds, and its learn command checks the exercises. It lacks the solutions, the
wrong solutions, what proves the checks, and the answers on the teachers' pages.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# What the learner's copy does without: files, and sections of files. The notes of slides
# tell answers too.
ANSWERS = re.compile(r"tutorials/\w+/(slides\.md|exercises/\w+/(solution\.patch|"
                     r"expect_fail\.txt|wrong/.*))")
TEACHERS = re.compile(r"tutorials/\w+/teachers\.md")
ANSWERED = ["questions", "exercises", "answers"]
INSTEAD = "\n\nThis is a learner's copy of the book: your teacher has this part.\n\n"


def fail(what, fix):
    """Ends with a cause and a fix."""
    sys.exit(f"handout: {what}\n  fix: {fix}")


def run(*command, **kwargs):
    """Runs a command that has to succeed, and returns what it printed."""
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE,
                          **kwargs)
    if done.returncode:
        fail(f"`{' '.join(map(str, command))[:200]}` failed, see above",
             "mend what it says, and start again")
    return done.stdout


# ---- The copy ------------------------------------------------------------------


def without_answers(text):
    """A page for teachers, in which the sections that answer are empty."""
    for section in ANSWERED:
        text, count = re.subn(r"(?ms)^(## [^\n]*\{#teach\d\d_" + section +
                              r"\})\n.*?(?=^## |\Z)", rf"\1{INSTEAD}", text)
        if count != 1:
            raise ValueError(f"it has no section {{#teachNN_{section}}}")
    return text.rstrip() + "\n"


def copy(workspace, to, hidden):
    """Copies the files that belong to barco, but for the answers; how many."""
    files = run("git", "-C", workspace, "ls-files", "-z").split("\0")[:-1]
    secret = [f"/exercises/{name}/{file}" for name in hidden
              for file in ("check.c", "hints.md")]
    count = 0
    for file in files:
        source, target = workspace / file, to / file
        if ANSWERS.fullmatch(file) or file.endswith(tuple(secret)) or \
                not source.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if TEACHERS.fullmatch(file):
            try:
                target.write_text(without_answers(source.read_text()))
            except ValueError as error:
                fail(f"{file}: {error}", "give it one, or teach handout.py its name")
        else:
            shutil.copy(source, target, follow_symlinks=False)
        count += 1
    return count


# ---- For a room without a network -------------------------------------------------


def kernel():
    """The package of the lab's kernel, which its metapackage names."""
    meta = "linux-image-cloud-amd64"
    found = re.search(r"Depends: (linux-image-[0-9]\S*)",
                      run("apt-cache", "depends", meta))
    if not found:
        fail(f"apt knows no {meta}", "apt-get update, as root")
    return [meta, found[1]]


def download(workspace, to):
    """Debian's packages, with all that they need, as if nothing were installed."""
    (to / "partial").mkdir(parents=True)
    names = run(workspace / "tools/setup", "--packages").split() + kernel()
    with tempfile.NamedTemporaryFile() as nothing:
        run("apt-get", "-q", "-y", "--no-install-recommends", "--download-only",
            "-o", f"Dir::State::status={nothing.name}",
            "-o", f"Dir::Cache::archives={to.resolve()}",
            "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root",
            "install", *names)
    shutil.rmtree(to / "partial")
    index(to)


def index(folder):
    """The list that makes a folder of packages a source for apt."""
    with open(folder / "Packages", "w", encoding="utf-8") as out:
        for package in sorted(folder.glob("*.deb")):
            control = run("dpkg-deb", "-f", package)
            digest = run("sha256sum", package).split()[0]
            out.write(f"{control.rstrip()}\nFilename: ./{package.name}\n"
                      f"Size: {package.stat().st_size}\nSHA256: {digest}\n\n")


def site(copied, to):
    """The book with its machine, made of the copy: there are no answers in it."""
    with tempfile.TemporaryDirectory() as base:
        bazel = ["bazel", f"--output_base={base}/base"]
        run(*bazel, "build", "//docs:book", cwd=copied)
        run("tar", "-xf", copied / "bazel-bin/docs/book.tar", "-C", to)
        run(*bazel, "shutdown", cwd=copied)
        run("chmod", "-R", "u+w", base)
    for link in copied.glob("bazel-*"):
        link.unlink()


def offline(workspace, copied):
    """Adds what the copy needs where there is no network."""
    folder = copied / "offline"
    folder.mkdir()
    shutil.copy(workspace / "tutorials/offline.sh", folder / "install")
    release = Path("/etc/os-release").read_text()
    (folder / "suite").write_text(re.search(r"VERSION_CODENAME=(\w+)", release)[1] + "\n")
    print("handout: downloading Debian's packages", flush=True)
    download(workspace, folder / "packages")
    print("handout: making the book with its machine; this takes minutes", flush=True)
    site(copied, folder)


# ---- The command line ----------------------------------------------------------------


def megabytes(folder):
    """How much is in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*")
               if file.is_file() and not file.is_symlink()) / 1e6


def report(copied, count):
    """What was made, and how large it is."""
    print(f"handout: {copied}: {count} files")
    parts = {"offline/packages": "Debian's packages", "offline/site": "the book"}
    for part, what in parts.items():
        if (copied / part).exists():
            print(f"  {megabytes(copied / part):7.1f} MB  {what} ({part})")
    print(f"  {megabytes(copied):7.1f} MB  in all")


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="handout", description="Makes a student's copy of barco: without the "
        "solutions of the exercises, and without the answers for teachers.")
    parser.add_argument("dir", metavar="DIR", help="where to; it must not exist")
    parser.add_argument("--hide", metavar="EXERCISE", action="append", default=[],
                        help="leave out the check of an exercise too, and its hints, "
                        "so that only `grade` can check it; may be given several times")
    parser.add_argument("--offline", action="store_true",
                        help="add Debian's packages, the lab's kernel and the book "
                        "with its machine, and a script that installs from there")
    return parser.parse_args()


def main():
    """Makes the copy, whole or not at all."""
    asked = arguments()
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not workspace:
        sys.exit("handout: start it by `bazel run //tutorials:handout -- DIR`")
    workspace = Path(workspace)
    to = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."), asked.dir)
    if to.exists():
        fail(f"{to} exists", "name a directory that does not")
    if not (workspace / ".git").exists():
        fail("this is a copy of barco, and not a clone", "run it in a clone")
    for name in asked.hide:
        if not list(workspace.glob(f"tutorials/*/exercises/{name}/check.c")):
            fail(f"there is no exercise {name}",
                 "bazel run //tutorials:learn -- list shows them")
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".handout-") as folder:
        made = Path(folder, to.name)
        count = copy(workspace, made, asked.hide)
        if asked.offline:
            offline(workspace, made)
        made.rename(to)
    report(to, count)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
