#!/usr/bin/env python3
"""Whether somebody runs what the text tells the reader to type.

A command stands in a block of shell or, with an argument, in code font. A test
runs it if it is in a transcript.sh: in that of its chapter or of a page, or, for
what is not a chapter, in any. `bazel run --config=lab //stages:04_user -- id` is
the line `04_user id` of a section as root; without --config, of any section. With
nothing after its --, it only says how to write one. `bazel test` is run as it is.
Whatever else looks like a command stands in not_run.txt, below the reason why.

A label of Bazel, and a test that a chapter sees fail, have to exist:

    docs/commands.py    asks Bazel and the tests; tools/lint does it
"""

import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
# pylint: disable-next=wrong-import-position
import script as scripts  # noqa: E402

NOT_RUN = Path("docs/not_run.txt")
# Code of C, or an option and what stands for its value.
NO_COMMAND = re.compile(r"(struct|enum|else|if|int|static|const) |--?[\w-]+ [A-Z]+$")
BAZEL = re.compile(r"bazel run (?:--config=(?P<config>\w+) )?"
                   r"//(?:stages:|tools:|:)(?P<name>\d\d_\w+|barco|doctor)"
                   r"(?: --)?(?: (?P<arguments>.+))?")
LABEL = re.compile(r"(?<!\S)//[\w/]*:[a-z\d_]+(?![A-Z])")


def pages():
    """What a reader reads, but for the reference."""
    return sorted([*Path("docs/pages").glob("*.md"), *Path(".").glob("README.md"),
                   *Path("tutorials").glob("*/chapter.md"),
                   *Path("tutorials").glob("*/slides.md"),
                   *Path("tutorials").glob("*/teachers.md")])


def looks_typed(code):
    """Whether it begins like a command, and has an argument."""
    return re.match(r"([A-Z_]+=\S+ )*[a-z\d~./-][\w~./=+-]* \S", code) and \
        re.search("[a-z]", code) and not NO_COMMAND.match(code)


def commands(text):
    """[(line, command)] of a page."""
    found = []

    def take(at, code):
        code = re.sub(r"\s+", " ", re.sub(r"\s+# .*", "", code)).strip()
        if code:
            found.append((text[:at].count("\n") + 1, code))

    def block(match):
        if match["language"] == "sh":
            for line in re.finditer(r"(?:.*\\\n)*.+\n", match["code"]):
                take(match.start("code") + line.start(),
                     line[0].replace("\\\n", " "))
        return re.sub(r"[^\n]", " ", match[0])

    rest = re.sub(r"(?ms)^```(?P<language>\w*)\n(?P<code>.*?)^```", block, text)
    for line in re.finditer(r"(?m)^ {4}(\S.*)", rest):
        if looks_typed(line[1]):
            take(line.start(1), line[1])
    for span in re.finditer(r"(?s)(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", rest):
        code = " ".join(span[2].split())
        if looks_typed(code):
            take(span.start(2), code)
    return sorted(found)


def in_lab(command):
    """The same for a shell of the lab, and for whom: a user, or None."""
    match = BAZEL.fullmatch(command)
    if not match:
        return command, None
    name = "09_barco" if match["name"] == "barco" else match["name"]
    user = "root" if match["config"] in ("lab", "sudo") else None
    return " ".join(filter(None, [name, match["arguments"]])), user


def transcripts():
    """{folder: its sections}."""
    return {source.parent: scripts.read(source) for source in [
        *Path("tutorials").glob("*/transcript.sh"),
        *Path("docs/pages").glob("*/transcript.sh")]}


def runs(command, user, sections):
    """The section that runs it, alone or as a part of a line; or None."""
    # A program's name alone may be an argument of another.
    before = r"[\s;&|('\"]" if " " in command else r"[;&|('\"] *"
    whole = re.compile(rf"(?:^|{before})" + re.escape(command) +
                       (r"(?=$|\s)" if command[0] == "-" else
                        r"(?=$|\s*[;&|)'\"<>])"))
    return next((section for section in sections
                 if user in (None, section.user) or section.user == "both"
                 for line in section.lines if whole.search(line.command)), None)


def not_run():
    """{command: the reason why nothing runs it}."""
    found, why = {}, None
    for number, line in enumerate(NOT_RUN.read_text().split("\n"), 1):
        if line.startswith("# "):
            why = line[2:]
        elif line:
            if not why or line in found:
                sys.exit(f"{NOT_RUN}:{number}: " + (
                    "twice" if why else "a reason comes first: # WHY"))
            found[line] = why
        else:
            why = None
    return found


def problems():
    """What the text says to type and nothing runs, one string each."""
    said = []
    reasons = not_run()
    unused = set(reasons)
    known = transcripts()
    everywhere = [section for part in known.values() for section in part]
    of_pages = [section for folder, part in known.items() for section in part
                if folder.parts[0] == "docs"]
    for page in pages():
        sections = everywhere
        of_chapter = page.parts[0] == "tutorials"
        if of_chapter:
            sections = known.get(page.parent, []) + of_pages
        for number, command in commands(page.read_text()):
            typed, user = in_lab(command)
            unused.discard(command)
            if command in reasons or runs(typed, user, sections) or \
                    re.match("bazel (test|build) ", command) or \
                    re.fullmatch(r"bazel run .*//stages:\w+ --", command):
                continue
            where = f"a section as {user} of " if user else ""
            where += f"{page.parent}/transcript.sh" \
                if of_chapter else "a transcript.sh"
            said.append(f"{page}:{number}: nothing runs: {command}\n"
                        f"    add `{typed}` to {where}, or say in {NOT_RUN} "
                        "why not")
    said += [f"{NOT_RUN}: no page has: {command}" for command in sorted(unused)]
    return said


def main():
    """What only the whole source, and Bazel, can tell."""
    wrong = problems()
    text = {page: page.read_text() for page in
            [*pages(), *Path(".").glob("*.md"), Path("docs/README.md"), NOT_RUN]}
    labels = {label for words in text.values() for label in
              LABEL.findall(re.sub(r"[`'\"]", " ", words))}
    done = subprocess.run(["bazel", "query", "--noshow_progress", "set(" +
                           " ".join(sorted(labels)) + ")"], text=True, check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode:
        wrong.append(f"a label in the text: {done.stderr.strip()}")
    tests = "".join(file.read_text()
                    for file in sorted(Path("tests").glob("*/*_test.c")))
    for page, words in text.items():
        for name in re.findall(r"(?m)^Test: (.+) \.\.\.FAILED$", words):
            if f'"{name}"' not in tests:
                wrong.append(f"{page}: there is no test: {name}")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
