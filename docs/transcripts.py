#!/usr/bin/env python3
"""Runs what a transcript.sh lists, in the lab, and records it.

    bazel run //docs:update           writes transcript.txt and transcript.cast
    bazel test //docs:transcripts_test   fails if they are no longer true

A transcript.sh has sections, each of which runs in a shell of its own, as
learner or, where it says so, as root; a line is a command:

    # [outside] as root
    05_cgroups sleep 60 &
    cat /sys/fs/cgroup/barco-*/pids.max

What differs from run to run in a way that normal() does not know is named by a
line `# varies: REGEX`; `in any order` behind a section's name is for lines of
processes that run at the same time.

One boot of the lab plays them all in a terminal of 80 columns. What comes from
there is text, with marks between the commands; transcript.txt is that text, and
transcript.cast (asciinema's format) is the same with its times.
"""

import difflib
import fcntl
import json
import os
import pty
import re
import shlex
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

MARK = "\x1e"
PATH = ("/barco/stages:/barco/docs/examples:/barco/tests/attacks:"
        "/barco/tools/doctor:$PATH")


def sections_of(script):
    """[(name, user, [command])] of a transcript.sh."""
    sections = []
    for number, line in enumerate(script.read_text().split("\n"), 1):
        head = re.fullmatch(r"# \[([\w-]+)\](?: as (root|learner))?"
                            r"(?: in any order)?", line)
        if head:
            sections.append((head[1], head[2] or "learner", []))
        elif line.strip() and not line.startswith("#"):
            if not sections:
                sys.exit(f"{script}:{number}: a section comes first: # [name]")
            sections[-1][2].append(line)
    return sections


def play(sources):
    """The shell script that the lab runs, once as each user."""
    out = ["stty -echo 2>/dev/null", f"export PATH={PATH} TERM=linux",
           # Process ids of one length, whatever the boot was like.
           "[ $(id -u) = 0 ] && echo 3000 >/proc/sys/kernel/ns_last_pid"]
    for source in sources:
        for name, user, commands in sections_of(source):
            prompt = "# " if user == "root" else "$ "
            lines = ["cd /tmp"]
            for command in commands:
                shown = shlex.quote(f"{prompt}{command}")
                # Not the shell's own printf: when a child dies just then, its
                # SIGCHLD interrupts the write, and busybox drops the text.
                lines.append(f"env printf '{MARK}c%s{MARK}' {shown}")
                lines.append(command)
            lines.append("kill $(jobs -p) 2>/dev/null; wait 2>/dev/null")
            # What a section leaves behind on purpose is not for the next one;
            # PID 1 of a container may ignore anything less.
            lines.append("kill -9 $(pidof sleep) 2>/dev/null")
            body = shlex.quote("\n".join(lines))
            out.append(f"[ $(id -un) = {user} ] && {{ "
                       f"printf '{MARK}s{source.parent.name}/{name}{MARK}'; "
                       f"sh -c {body} </dev/null; printf '{MARK}e{MARK}'; }}")
    return "\n".join(out + ["true"])


def run_lab(script):
    """[(time, text)] of a terminal in which the lab plays a script.

    It is a file, because the lab's ssh server refuses a command line that is
    longer than 9,000 bytes.
    """
    folder = tempfile.TemporaryDirectory()
    program = Path(folder.name, "play")
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    child, terminal = pty.fork()
    if child == 0:
        for name in "RUNFILES_DIR", "TEST_SRCDIR":
            os.environ[name] = str(Path.cwd().parent)
        os.execv("tools/lab/lab", [
            "lab", "--user", "root", "--user", "learner", str(program)])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    chunks = []
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # how a terminal says that it has hung up
            break
        if not data:
            break
        chunks.append((time.monotonic(), data))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    folder.cleanup()
    if status:
        sys.stdout.buffer.write(b"".join(data for _, data in chunks))
        sys.exit(f"the lab ended with status {status}")
    return chunks


def parse(chunks):
    """{transcript/section: [(kind, time, text)]}: commands and their output."""
    found, now = {}, None
    text, times = "", []  # the time at which each character came
    for when, data in chunks:
        piece = data.decode("utf-8", "replace")
        text += piece
        times += [when] * len(piece)
    at = 0
    for match in re.finditer(f"{MARK}([sce])([^{MARK}]*){MARK}|"
                             f"[^{MARK}]+", text):
        kind, said, at = match[1], match[2], match.start()
        if kind == "s":
            now = found.setdefault(said, [])
        elif kind == "e":
            now = None
        elif now is not None and kind == "c":
            now.append(("c", times[at], said))
        elif now is not None:
            # Output in the pieces in which it came.
            start = at
            for i in range(at + 1, match.end() + 1):
                if i == match.end() or times[i] != times[start]:
                    now.append(("o", times[start], text[start:i]))
                    start = i
    return found


def as_text(events):
    """A section as one would copy it from a terminal."""
    out = ""
    for kind, _, said in events:
        if kind == "c" and out and not out.endswith("\n"):
            out += "\n"
        out += said + ("\n" if kind == "c" else "")
    out = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r(?=\n)", "", out)
    return "\n".join(line.rstrip() for line in out.split("\n")).strip("\n")


def as_cast(sections):
    """asciicast v2: commands are typed, output comes when it came."""
    lines = [{"version": 2, "width": 80, "height": 24}]
    clock = 0.0

    def emit(delay, kind, data):
        nonlocal clock
        clock += delay
        lines.append([round(clock, 2), kind, data])

    for name, events in sections:
        emit(0.0, "m", name)
        before = None
        for kind, when, said in events:
            if kind == "c":
                emit(0.6 if before else 0.0, "o", said[:2])
                for letter in said[2:]:
                    emit(0.04, "o", letter)
                emit(0.4, "o", "\r\n")
            else:
                emit(min(2.0, max(0.0, when - before)), "o", said)
            before = when
        emit(1.0, "o", "\r\n")
    return "".join(json.dumps(line) + "\n" for line in lines)


def text_of_cast(cast):
    """What a recording shows, section by section, as transcript.txt has it."""
    sections = []
    for line in cast.read_text().splitlines()[1:]:
        _, kind, said = json.loads(line)
        if kind == "m":
            sections.append((said, []))
        else:
            sections[-1][1].append(("o", 0, said))
    return as_file(sections)


def as_file(sections):
    """transcript.txt."""
    return "\n\n".join(f"[{name}]\n{as_text(events)}"
                       for name, events in sections) + "\n"


def normal(text, script):
    """Without what is different each time, or with each change of a source."""
    for regex in re.findall(r"(?m)^# varies: (.+)$", script):
        text = re.sub(regex, "VARIES", text, flags=re.M)
    text = re.sub(r"\b\d\d:\d\d:\d\d\b", "TIME", text)
    text = re.sub(r"\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d\b", "DATE", text)
    text = re.sub(r"\b\d+(\.\d+)? ?(ms|us|s)\b", "TIME", text)
    text = re.sub(r"\.c:\d+", ".c:LINE", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)
    text = re.sub(r"\[\d{10}\]", "[ID]", text)
    # In a table, the column after a longer version begins later.
    text = re.sub(r"kernel \d[\w.+-]*(?: {2,})?", "kernel VERSION ", text)
    text = re.sub(r"\bbarco-\w+(\.[0-9a-f]{8})?", "barco-ID", text)
    text = re.sub(r"\b\d+\.\d+(?=[KMG]?\b)", "N", text)
    text = re.sub(r"(?<![\w.-])\d{4,6}(?![\w.-])", "PID", text)
    for name in re.findall(r"(?m)^# \[([\w-]+)\].* in any order$", script):
        text = re.sub(rf"(?ms)(?<=^\[{name}\]\n).*?(?=^\[|\Z)",
                      lambda found: "".join(sorted(found[0].splitlines(True))),
                      text)
    return text


def main():
    sources = sorted([*Path("docs/pages").glob("*/transcript.sh"),
                      *Path("tutorials").glob("*/transcript.sh")])
    found = parse(run_lab(play(sources)))
    passed = failed = 0
    for source in sources:
        sections = [(name, found.get(f"{source.parent.name}/{name}", []))
                    for name, _, _ in sections_of(source)]
        new = as_file(sections)
        committed = source.with_suffix(".txt")
        old = committed.read_text() if committed.exists() else ""
        script, cast = source.read_text(), source.with_suffix(".cast")
        if normal(old, script) == normal(new, script) and \
                cast.exists() and text_of_cast(cast) == old:
            passed += 1
            continue
        failed += 1
        if sys.argv[1] == "update":
            folder = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"],
                          source.parent)
            (folder / "transcript.txt").write_text(new)
            (folder / "transcript.cast").write_text(as_cast(sections))
            print(f"written: {source.parent}/transcript.txt and .cast")
        else:
            print(*difflib.unified_diff(
                normal(old, script).split("\n"),
                normal(new, script).split("\n"),
                f"{committed} (committed)", "the lab, just now", lineterm=""),
                sep="\n")
            print(f"FAILED: {committed}: bazel run //docs:update")
    if sys.argv[1] == "test":
        print(f"{passed} passed, {failed} failed")
        sys.exit(failed > 0)


if __name__ == "__main__":
    main()
