#!/usr/bin/env python3
"""Draws who may use whom: draw.py USES CORE SYLLABUS >architecture.svg

USES has a line for each use of a target by another (bazel query's graph), CORE
the sources of the core, SYLLABUS the stages with their modules. Of all of that
the picture shows five groups: the program's four, each above what it uses, and
tests and tools beside them. A use that goes upwards ends the program: then the
picture, and what ARCHITECTURE.md says, would no longer be true.

No font and no other program has a say in it, so it is the same everywhere.
"""

import json
import re
import sys
from pathlib import Path

# From top to bottom: a group uses those below it, and none above.
ROWS = ["stages", "options", "modules", "core"]
TITLES = {
    "stages": "stages/: programs, one for each chapter",
    "options": "stages/options/: the command line",
    "modules": "common/: the modules of the library",
    "core": "the core: errors, log, cleanup",
}

# Pixels. The columns: tests, the program, tools.
WIDTH, LINE, GAP, PAD = 800, 20, 46, 14
LEFT, MIDDLE, RIGHT = (10, 100), (170, 360), (690, 100)
LETTERS = 48  # of a line in the middle

STYLE = """\
svg.architecture { --ink: #23272b; --line: #0a5c8c; --quiet: #5a636b; --box: #f6f4ef; --page: #fdfcfa }
@media (prefers-color-scheme: dark) {
svg.architecture { --ink: #d5d9dc; --line: #79bbe5; --quiet: #9aa3aa; --box: #1e2226; --page: #17191c }
}
svg.architecture rect { fill: var(--fragment-background, var(--box)); stroke: var(--primary-color, var(--line)) }
svg.architecture rect.page { fill: var(--page-background-color, var(--page)); stroke: none }
svg.architecture text { font: 13px system-ui, sans-serif; fill: var(--page-foreground-color, var(--ink)) }
svg.architecture text.head { font-weight: 600 }
svg.architecture text.by { font-size: 12px; text-anchor: middle; fill: var(--page-secondary-foreground-color, var(--quiet)) }
svg.architecture path { fill: none; stroke: var(--page-secondary-foreground-color, var(--quiet)); stroke-width: 1.5; marker-end: url(#architecture-tip) }
svg.architecture marker path { fill: var(--page-secondary-foreground-color, var(--quiet)); stroke: none; marker-end: none }
"""


def group_of(label):
    """The group of a target, and what it is called there."""
    package, name = label[2:].split(":")
    if package == "common":
        return ("core" if name == "core" else "modules"), name
    if package in ("stages", "stages/options"):
        return package.split("/")[-1], name
    group, _, member = package.partition("/")
    return group, member


def read_uses(text):
    """{(group, member)} and {((group, member), (group, member))}."""
    members, uses = set(), set()
    for line in text.splitlines():
        labels = re.findall(r'"(//[^"]+)"', line)
        places = [group_of(label) for label in labels]
        members.update(places)
        if len(places) == 2:
            uses.add(tuple(places))
    return members, uses


def upwards(uses):
    """Uses that the rows do not allow, one sentence each."""
    for (group, name), (used, thing) in sorted(uses):
        if used == "tests" and group != "tests":
            yield f"{group} {name} uses tests/{thing}, and only tests may"
        if group in ROWS and used in ROWS and \
                ROWS.index(group) > ROWS.index(used):
            yield f"{group} {name} uses {used} {thing}, which stands above it"


def wrap(words):
    """Lines of words."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) + 2 > LETTERS:
            lines.append("")
        lines[-1] += f"{'  ' if lines[-1] else ''}{word}"
    return lines


def box(x, y, width, height, title, lines):
    """A box, its title and what is in it."""
    out = [f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>',
           f'<text class="head" x="{x + PAD}" y="{y + 23}">{title}</text>']
    for i, line in enumerate(lines):
        out.append(f'<text x="{x + PAD}" y="{y + 23 + (i + 1) * LINE}" '
                   f'xml:space="preserve">{line}</text>')
    return out


def arrow(start, y, end, words=""):
    """Sideways, with words above it."""
    out = [f'<path d="M{start} {y} H{end}"/>']
    if words:
        out.append(f'<text class="by" x="{(start + end) // 2}" y="{y - 6}">'
                   f"{words}</text>")
    return out


def members_of(group, members, syllabus, core):
    """What a box lists, in the order in which it is taught."""
    if group == "core":
        return sorted({Path(source.split(":")[1]).stem for source in core})
    if group == "stages":
        return [s["stage"] for s in syllabus]
    modules = [m for s in syllabus for m in s["modules"]]
    if group == "modules":
        return modules
    return sorted((n for g, n in members if g == group), key=lambda n: (
        modules.index(n) if n in modules else -1, n))


def draw(members, uses, syllabus, core):
    """The lines of the picture."""
    out, y = [], 10
    (left, left_width), (middle, width), (right, right_width) = \
        LEFT, MIDDLE, RIGHT
    for group in ROWS:
        lines = wrap(members_of(group, members, syllabus, core))
        height = 34 + LINE * len(lines)
        if group != ROWS[0]:
            out.append(f'<path d="M{middle + width // 2} {y - GAP} V{y - 3}"/>')
        out += box(middle, y, width, height, TITLES[group], lines)
        centre = y + height // 2
        if any(a[0] == "tests" and b[0] == group for a, b in uses):
            out += arrow(left + left_width, centre, middle - 3)
        # To the tools that it uses, and from those that use it.
        used = sorted({b[1] for a, b in uses if a[0] == group and b[0] == "tools"})
        users = sorted({a[1] for a, b in uses if a[0] == "tools" and b[0] == group})
        if used:
            out += arrow(middle + width, centre - 10, right - 3, ", ".join(used))
        if users:
            out += arrow(right, centre + 14, middle + width + 3,
                         ", ".join(users))
        y += height + GAP
    for group, x, wide in (("tests", left, left_width),
                           ("tools", right, right_width)):
        names = sorted({name for g, name in members if g == group and name})
        out += box(x, 10, wide, y - GAP - 10, group + "/", names)
    if any(a[0] == "tests" and b[0] == "tools" for a, b in uses):
        under = y - GAP
        out.append(f'<path d="M{left + left_width // 2} {under} v20 '
                   f'H{right + right_width // 2} V{under + 3}"/>')
    return out, y - GAP + 30


def main():
    uses_file, core_file, syllabus_file = map(Path, sys.argv[1:])
    members, uses = read_uses(uses_file.read_text())
    wrong = list(upwards(uses))
    if wrong:
        sys.exit("\n".join(wrong) + "\narchitecture: see ARCHITECTURE.md")
    shapes, height = draw(members, uses, json.loads(syllabus_file.read_text()),
                          core_file.read_text().split())
    print(f'<svg xmlns="http://www.w3.org/2000/svg" class="architecture" '
          f'viewBox="0 0 {WIDTH} {height}" role="img" '
          'aria-labelledby="architecture-title">')
    print('<title id="architecture-title">Who may use whom: stages use option '
          "groups, these use modules, these use the core, and each uses all "
          "that is below it. Tests use all of it. Tools stand beside.</title>")
    print(f"<style>\n{STYLE}</style>")
    print('<defs><marker id="architecture-tip" viewBox="0 0 8 8" refX="7" '
          'refY="4" markerWidth="8" markerHeight="8" orient="auto" '
          'markerUnits="userSpaceOnUse"><path d="M0 0 L8 4 L0 8 z"/></marker>'
          "</defs>")
    print(f'<rect class="page" width="{WIDTH}" height="{height}"/>')
    print("\n".join(shapes))
    print("</svg>")


if __name__ == "__main__":
    main()
