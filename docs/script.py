"""What a transcript.sh says: its sections, and which user types which line.

    # [both] as root
    05_cgroups --pids 20 sh           on the host
    > echo $$                         in the container's shell
    cat /sys/fs/cgroup/*/pids.max     in a second shell on the host
    > exit

The line before the first that begins with `> ` starts the container's shell,
and `> exit` ends it. What stands between without a `> ` is typed in a second
shell on the host, while the container runs.

A line `# not in the page: WHY` says that the machine in the page cannot run the
command below it as the lab does, or, below the name of a section, all of it.
"""

import re
import sys
from collections import namedtuple

HOST, INSIDE, SECOND = "host", "inside", "second"
# Where a line is typed shows in its prompt, and not in a colour alone.
PROMPT = re.compile(r"(?:container |second shell )?[$#] ")

# The user is root, learner, or both: then it has to print the same for both.
Section = namedtuple("Section", "name user in_any_order lines")
# not_in_page is the reason, or None.
Line = namedtuple("Line", "place command not_in_page", defaults=[None])
NOT_IN_PAGE = "# not in the page: "


def read(script):
    """[Section] of a transcript.sh."""
    sections, running, named = [], False, 0
    all_why = why = None
    for number, text in enumerate(script.read_text().split("\n"), 1):
        head = re.fullmatch(r"# \[([\w-]+)\](?: as (root|learner|both))?"
                            r"( in any order)?", text)
        if head:
            sections.append(Section(head[1], head[2] or "learner",
                                    bool(head[3]), []))
            running, all_why, named = False, None, number
        elif text.startswith(NOT_IN_PAGE):
            why = text.removeprefix(NOT_IN_PAGE)
            if number == named + 1:
                all_why, why = why, None
        elif text.strip() and not text.startswith("#"):
            if not sections:
                sys.exit(f"{script}:{number}: a section comes first: # [name]")
            lines = sections[-1].lines
            place = INSIDE if text.startswith("> ") else \
                SECOND if running else HOST
            if place == INSIDE and not running and \
                    (not lines or lines[-1].place != HOST):
                sys.exit(f"{script}:{number}: no command starts the container")
            lines.append(Line(place, text.removeprefix("> "), why or all_why))
            why = None
            if place == INSIDE:
                running = not re.match(r"exit\b", lines[-1].command)
    return sections


def in_page(lines):
    """Those that the machine in the page can run."""
    return [line for line in lines if not line.not_in_page]
