#!/usr/bin/env python3
"""Runs what a transcript.sh lists, in the lab, and records it.

    bazel run //docs:update                          writes transcript.txt and
    bazel run //docs:update -- 02_pid 05_cgroups     transcript.cast; of these
    bazel test //docs:transcripts_test   fails if they are no longer true
    bazel test //docs:transcripts_in_page_test   or the page prints something else

A transcript.sh has sections, each of which runs in a shell of its own, as
learner or, where it says so, as root; a line is a command:

    # [outside] as root
    05_cgroups sleep 60 &
    cat /sys/fs/cgroup/barco-*/pids.max

script.py reads it, and says how a section shows the container's shell as well.
A section `as both` is recorded as learner, and has to print the same for root.
What differs from run to run in a way that normal() does not know is named by a
line `# varies: REGEX`; `in any order` behind a section's name is for lines of
processes that run at the same time.

One boot of the lab plays them all in a terminal of 80 columns. What comes from
there is text, with marks between the commands; transcript.txt is that text, and
transcript.cast (asciinema's format) is the same with its times.

play.mjs plays the same in the machine in the page, as if a reader had typed it.
What it calls otherwise is in IN_THE_PAGE; a section that it cannot run says so.
"""

import difflib
import fcntl
import json
import os
import pty
import re
import select
import shlex
import signal
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

sys.dont_write_bytecode = True
# pylint: disable-next=wrong-import-position
import script as scripts  # noqa: E402
# pylint: disable-next=wrong-import-position
import terminal  # noqa: E402

MARK = "\x1e"
# In seconds: how long the lab, and a container's shell, may say nothing.
LAB_PATIENCE, PATIENCE = 200, 60

# What another PC has another name or number for: one of 32 bits, whose disk and
# terminals are others, with less memory.
IN_THE_PAGE = [
    (r"/dev/[vs]da\b", "DISK"), (r",inode64\b", ""),
    (r"/dev/(pts/\d+|ttyS0)", "TERMINAL"), (r"(?<!\d)(136,0|4,64) +", "TERMINAL "),
    (r"\bhugetlb\.[24]MB\b", "hugetlb.SIZE"), (r"\bx86_64\b", "i686"),
    (r"\b\d+ instructions\b", "N instructions"),
    (r"(?<=RLIMIT_SIGPENDING, )\d+", "N"),
]

# Before each shell: what a shell of `bazel run //tools:lab -- shell` begins with.
BEGIN = ". /etc/profile\ncd /tmp"

# The second shell, which also types what is typed in the container. Its $0 is
# the folder of two FIFOs, which the container's shell reads and writes. That
# shell marks the end of what a line printed, so it is clear what came first.
SECOND_SHELL = r"""
_heard() { # prints what the container prints, up to a mark, and leaves it in $_word
    while IFS= read -r -t @PATIENCE@ _line <&7; do
        case $_line in
        *@MARK@*@MARK@)
            _word=${_line#*@MARK@} _word=${_word%@MARK@} _line=${_line%%@MARK@*}
            [ -z "$_line" ] || env printf %s "$_line"
            return 0 ;;
        esac
        env printf '%s\n' "$_line"
    done
    _word=silence
}
_give_up() { # WHY
    env printf '@MARK@f%s@MARK@' "$1"
    for _process in $(cat /proc/$PPID/task/$PPID/children); do
        [ "$_process" = $$ ] || kill -9 "$_process"
    done
    [ "$_word" = end ] || _heard >/dev/null
    exit
}
_typed() { # LINE: in the container, whose shell then says that it is done
    (trap '' PIPE
    printf '%s\n' "$1" 'printf "\036done\036\n"' >&8) 2>/dev/null
    _heard
    [ "$_word" != silence ] || _give_up "no answer to: $1"
}
_goes_on() { # LINE: what comes next needs the container
    [ "$_word" != end ] || _give_up "the container has ended: $1"
}
exec 8>"$0/in" 7<"$0/out"
rm -r "$0"
_typed '[ "$(id -u)" = 0 ]; printf "\036$?\036\n"'
_goes_on 'it did not start'
[ "$_word" = 0 ] && _sign='#' || _sign='$'
_heard
"""


def shown(prompt, command):
    """The mark before a command.

    Not with the shell's own printf: when a child dies just then, its SIGCHLD
    interrupts the write, and busybox drops the text.
    """
    return f"env printf '{MARK}c%s{MARK}' {prompt}{shlex.quote(command)}"


def second_shell(lines, sign, patience):
    """What is typed while a container runs, in it and beside it."""
    out = [BEGIN, SECOND_SHELL.replace("@MARK@", MARK)
           .replace("@PATIENCE@", str(patience))]
    for place, command, _ in lines:
        quoted = shlex.quote(command)
        if place == scripts.SECOND:
            out.append(shown(f"'second shell {sign} '", command))
            # Without the FIFOs, which a command would inherit.
            out.append(f"{{ {command}\n}} 7<&- 8>&-")
            continue
        out.append(f"_goes_on {quoted}")
        out.append(shown('"container $_sign "', command))
        out.append(f"_typed {quoted}")
    out.append("[ \"$_word\" = end ] || _heard")
    out.append("[ \"$_word\" = end ] || _give_up 'the container still runs'")
    return "\n".join(out)


def with_container(start, lines, sign, patience):
    """A command that starts a container's shell, and all until that ends."""
    body = shlex.quote(second_shell(lines, sign, patience))
    # Not in /tmp, which commands look at.
    return [shown(f"'{sign} '", start),
            "barco_fifos=$(mktemp -d /dev/shm/XXXXXX)",
            "mkfifo $barco_fifos/in $barco_fifos/out",
            f"sh -c {body} $barco_fifos </dev/null &",
            f"{{ {start}\nprintf '{MARK}end{MARK}\\n'",
            "} <$barco_fifos/in >$barco_fifos/out 2>&1",
            "wait $!"]


def play_section(section, user, patience):
    """The shell script of a section."""
    sign = "#" if user == "root" else "$"
    out, lines = [BEGIN], list(section.lines)
    while lines:
        command = lines.pop(0).command
        inside = []
        while lines and lines[0].place != scripts.HOST:
            inside.append(lines.pop(0))
        if inside:
            out += with_container(command, inside, sign, patience)
        else:
            out += [shown(f"'{sign} '", command), command]
    out.append("kill $(jobs -p) 2>/dev/null; wait 2>/dev/null")
    # What a section leaves behind on purpose is not for the next one;
    # PID 1 of a container may ignore anything less.
    out.append("kill -9 $(pidof sleep) 2>/dev/null")
    return "\n".join(out)


def users(section):
    """Who plays a section; what the first of them sees is recorded."""
    return ["learner", "root"] if section.user == "both" else [section.user]


def key(source, section, user):
    """What parse() calls a section that a user has played."""
    return f"{source.parent.name}/{section.name} as {user}"


def sections_of(source, in_page):
    """The sections of a transcript, with the lines that can be played there."""
    sections = scripts.read(source)
    if in_page:
        sections = [section._replace(lines=scripts.in_page(section.lines))
                    for section in sections]
    return [section for section in sections if section.lines]


def play(sources, in_page=False, patience=PATIENCE):
    """The shell script that the lab, or the page, runs once as each user."""
    out = ["stty -echo 2>/dev/null", "export TERM=linux",
           # Process ids of one length, whatever the boot was like.
           "[ $(id -u) = 0 ] && echo 3000 >/proc/sys/kernel/ns_last_pid"]
    for source in sources:
        for section in sections_of(source, in_page):
            for user in users(section):
                body = shlex.quote(play_section(section, user, patience))
                out.append(f"[ $(id -un) = {user} ] && {{ printf "
                           f"'{MARK}s{key(source, section, user)}{MARK}'; sh -c "
                           f"{body} </dev/null; printf '{MARK}e{MARK}'; }}")
    return "\n".join(out + ["true"])


def run_lab(script):
    """[(time, text)] of a terminal in which the lab plays a script."""
    return run(["docs/lab", "--user", "root", "--user", "learner"], [script])


def run(command, files):
    """[(time, text)] of a terminal in which a command plays scripts.

    They are files, because the lab's ssh server refuses a command line that is
    longer than 9,000 bytes.
    """
    folder = tempfile.TemporaryDirectory()
    programs = []
    for number, script in enumerate(files):
        programs.append(Path(folder.name, f"play{number}"))
        programs[-1].write_text(f"#!/bin/sh\n{script}\n")
        programs[-1].chmod(0o755)
    child, terminal = pty.fork()
    if child == 0:
        for name in "RUNFILES_DIR", "TEST_SRCDIR":
            os.environ[name] = str(Path.cwd().parent)
        os.execvp(command[0], command + list(map(str, programs)))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    chunks = []
    while True:
        if not select.select([terminal], [], [], LAB_PATIENCE)[0]:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
            sys.stdout.buffer.write(b"".join(data for _, data in chunks))
            sys.exit(f"{command[0]} has said nothing for {LAB_PATIENCE} s")
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
        sys.exit(f"{command[0]} ended with status {status}")
    return chunks


def parse(chunks):
    """{transcript/section as user: [(kind, time, text)]}.

    The kinds: c, a command, o, its output, and f, why a container gave up.
    """
    found, now = {}, None
    text, times = "", []  # the time at which each character came
    for when, data in chunks:
        piece = data.decode("utf-8", "replace")
        text += piece
        times += [when] * len(piece)
    at = 0
    for match in re.finditer(f"{MARK}([scef])([^{MARK}]*){MARK}|"
                             f"[^{MARK}]+", text):
        kind, said, at = match[1], match[2], match.start()
        if kind == "s":
            now = found.setdefault(said, [])
        elif kind == "e":
            now = None
        elif now is not None and kind:
            now.append((kind, times[at], said))
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
        if kind != "o" and out and not out.endswith("\n"):
            out += "\n"
        if kind == "f":
            said = f"FAILED: {said}"
        out += said + ("\n" if kind != "o" else "")
    out = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r(?=\n)", "", out)
    return "\n".join(line.rstrip() for line in out.split("\n")).strip("\n")


def colored(prompt):
    """A prompt as a recording shows it: whose shell this is, by color too."""
    color = {"c": 33, "s": 36}.get(prompt[0])
    return f"\x1b[1;{color}m{prompt}\x1b[0m" if color else prompt


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
        before, at_start = None, True
        for kind, when, said in events:
            if kind == "c":
                if not at_start:  # as transcript.txt has it
                    emit(0.0, "o", "\r\n")
                prompt = scripts.PROMPT.match(said)[0]
                emit(0.6 if before else 0.0, "o", colored(prompt))
                for letter in said[len(prompt):]:
                    emit(0.04, "o", letter)
                emit(0.4, "o", "\r\n")
            else:
                emit(min(2.0, max(0.0, when - before)), "o", said)
            before, at_start = when, kind == "c" or said.endswith("\n")
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
    text = re.sub(r'(\.c:|"line":)\d+', r"\1LINE", text)
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


def chosen(names):
    """The transcripts of these names, or all; an unknown name ends it."""
    sources = sorted([*Path("docs/pages").glob("*/transcript.sh"),
                      *Path("tutorials").glob("*/transcript.sh")])
    known = [source.parent.name for source in sources]
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"there is no transcript of {', '.join(unknown)}, but of "
                 f"{', '.join(known)}")
    return [source for source in sources
            if not names or source.parent.name in names]


def played(source, found, in_page=False):
    """[(section, events)] of a transcript; what could not be played ends it.

    So does what is not the same for both users, but for the prompt.
    """
    sections, script = [], source.read_text()
    for section in sections_of(source, in_page):
        texts = []
        for user in users(section):
            events = found.get(key(source, section, user))
            if not events or any(kind == "f" for kind, _, _ in events):
                sys.exit(f"{source}: [{section.name}] could not be played as "
                         f"{user}:\n{as_text(events or [])}")
            if not texts:
                sections.append((section.name, events))
            text = normal(as_file([(section.name, events)]), script)
            texts.append(re.sub(r"(?m)^((?:second shell )?)# ", r"\1$ ", text))
        if texts[0] != texts[-1]:
            sys.exit(f"{source}: [{section.name}] is not the same for both:\n" +
                     "\n".join(difflib.unified_diff(
                         texts[0].split("\n"), texts[-1].split("\n"),
                         "learner", "root", lineterm="")))
    return sections


def recorded(source, in_page=False):
    """transcript.txt, or what of it the page can print."""
    file = source.with_suffix(".txt")
    if not in_page:
        return file.read_text() if file.exists() else ""
    sections = []
    for name, steps in terminal.read(source.parent).items():
        events = [("o", 0, "\n".join([step.prompt + step.command, *step.output]) + "\n")
                  for step in steps if not step.only_lab]
        sections += [(name, events)] if events else []
    return as_file(sections)


def difference(source, old, new, in_page=False):
    """What two texts of a transcript do not have in common, as lines."""
    texts = [normal(text, source.read_text()) for text in (old, new)]
    for regex, word in IN_THE_PAGE if in_page else []:
        texts = [re.sub(regex, word, text) for text in texts]
    return list(difflib.unified_diff(
        *(text.split("\n") for text in texts), f"{source.with_suffix('.txt')}",
        "just now", lineterm=""))


def write(source, sections):
    """transcript.txt and transcript.cast."""
    folder = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"], source.parent)
    (folder / "transcript.txt").write_text(as_file(sections))
    (folder / "transcript.cast").write_text(as_cast(sections))
    print(f"written: {source.parent}/transcript.txt and .cast")


def update(sources):
    """Records again what is no longer true."""
    found = parse(run_lab(play(sources)))
    for source in sources:
        sections, old = played(source, found), recorded(source)
        if stale(source) or difference(source, old, as_file(sections)):
            write(source, sections)
        else:
            print(f"still true: {source.parent}")


def stale(source):
    """Whether a recording shows something else than transcript.txt."""
    cast = source.with_suffix(".cast")
    return not cast.exists() or text_of_cast(cast) != recorded(source)


def wrong(source, found, in_page):
    """What is not as recorded, as lines."""
    try:
        new = as_file(played(source, found, in_page))
    except SystemExit as refused:
        return [str(refused)]
    return difference(source, recorded(source, in_page), new, in_page) or \
        ["the recording shows something else than the text"] * stale(source)


def test(sources, page):
    """Compares; page is the command that plays in the page, if it shall."""
    if page:
        found = parse(run(page, [play([source], True) for source in sources]))
        # What a slow machine has not done in time gets a second chance.
        again = [source for source in sources if wrong(source, found, True)]
        if again:
            print("again:", *(source.parent.name for source in again), flush=True)
            found |= parse(run(page, [play([source], True) for source in again]))
    else:
        found = parse(run_lab(play(sources)))
    failed = [source for source in sources if wrong(source, found, bool(page))]
    for source in failed:
        print(*wrong(source, found, bool(page)), sep="\n")
        print(f"FAILED: {source.parent}: " + (
            "the page prints something else" if page else "bazel run //docs:update"))
    print(f"{len(sources) - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


def main():
    task, *names = sys.argv[1:]
    if task == "update":
        update(chosen(names))
        return
    page = ["node", "docs/play.mjs", *names[:2]] if task == "page" else []
    sources = chosen(names[2:] if page else names)
    test(sources, page)


if __name__ == "__main__":
    main()
