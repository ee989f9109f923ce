"""What a reader can edit in the page: the stages, each once more with its
chapter's hole, and the library. write() makes sources.js, which the editor loads.

tutorials/STAGE/hole.txt says what is missing there; docs/README.md shows one.
"""

import json
import re
import runpy
import textwrap
from pathlib import Path

FILES = ["stages/*.c", "common/*.c", "stages/options/*.c"]

# What the compiler of the machine in the page cannot compile, and why.
NOT_COMPILED = {"common/seccomp_log.c": "tcc has no _Atomic"}

# Instead of a return that was cut out.
EMPTY = ["    errno = ENOSYS;",
         '    return BARCO_FAIL(hole, "nothing is written here yet");']


def comment(words, command, shows):
    """What stands in the hole."""
    lines = [*textwrap.wrap(f"YOUR PART. {words}", 72, break_on_hyphens=False), "",
             f'You are done when this shows "{shows}":', f"    {command}"]
    return ["    /* " + lines[0],
            *[f"     * {line}".rstrip() for line in lines[1:]], "     */"]


def hole(stage):
    """A stage without its chapter's part, and how to see whether it is filled."""
    place, rest = Path(f"tutorials/{stage}/hole.txt").read_text().split("\n", 1)
    words, check = rest.strip().split("\n\n")
    command, shows = check.split("\n")
    lines = Path(f"stages/{stage}.c").read_text().split("\n")
    place_of = runpy.run_path("docs/frame/chapter-filter")["place_of"]
    first, last = place_of(lines, place, False)
    if place.endswith("()"):
        first, last = lines.index("{", first) + 1, last - 1
    cut = "\n".join(lines[first:last])
    lines[first:last] = [
        *comment(" ".join(words.split("\n")), command[2:], shows),
        *(EMPTY if re.search(r"^    return ", cut, re.M) else [])]
    return {"text": "\n".join(lines), "shows": shows,
            "arguments": command[2:].removeprefix(f"{stage} "),
            "user": {"$": "learner", "#": "root"}[command[0]]}


def write(site):
    """sources.js."""
    files = {str(file): file.read_text()
             for pattern in FILES for file in sorted(Path().glob(pattern))}
    holes = {file.parent.name: hole(file.parent.name)
             for file in sorted(Path("tutorials").glob("*/hole.txt"))}
    (site / "sources.js").write_text("window.barcoSources = " + json.dumps(
        {"files": files, "holes": holes, "notCompiled": NOT_COMPILED},
        indent=0) + ";\n")
