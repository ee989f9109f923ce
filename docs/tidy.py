"""Doxygen's HTML, made what readers, screen readers and the standard expect.

CHANGES says all of it. One that changes nothing on any page ends the build: it
is no longer needed, or Doxygen has changed what it was for.
"""

import re
from typing import NamedTuple


class Change(NamedTuple):
    """A pattern, and what takes its place."""

    what: str
    pattern: str
    replacement: str = ""
    # The versions of Doxygen that need it, such as "1.9.4"; none says all.
    versions: list = []


def deeper(found):
    """A heading one level down, because a page has one h1, its title."""
    level, attributes, words = found.groups()
    if "memtitle" in attributes:
        level = 2
    elif "groupheader" in attributes:
        level = 1
    return f"<h{int(level) + 1}{attributes}>{words}</h{int(level) + 1}>"


CHANGES = [
    Change("headings below the title", r"<h([1-5])([^>]*)>(.*?)</h\1>", deeper),
    Change("the title is a heading", r'<div class="title">(.*?)\s*</div>',
           r'<h1 class="title">\1</h1>'),
    Change("no permalink beside a symbol",
           r'<span class="permalink">.*?</span>'),
    Change("no heading above a module's first words",
           r'<a name="details"[^\n]*\n?<h2[^>]*>Detailed Description</h2>'),
    Change("the contents of a page are navigation",
           r'<div class="toc"><h.>.*?</h.>(.*?</ul>)\s*</div>',
           r'<nav class="toc" aria-label="On this page">\1</nav>'),
    Change("no anchor with the name of a folder, another each time",
           r'<a class="anchor" id="md_[^"]*"></a>(?:</p>\s*<p *>)?', "",
           ["1.9.4"]),
    Change("no tool tips by script", r'<div class="ttc"[^\n]*</div></div>\n?'),
    Change("no path of folders",
           r'<div id="nav-path".*?</ul>\s*</div>'),
    Change("no links above the title", r' *<div class="summary">.*?</div>'),
    Change("no More...", r' <a href="[^"]*">More\.\.\.</a>'),
    Change("no spaces in <p>", r"<p +>", "<p>", ["1.9.4"]),
    Change("a table that only lays things out is none",
           r'<table class="(memberdecls|memname|mlabels|params|fieldtable)"',
           r'<table role="presentation" class="\1"'),
    Change("an anchor is an id",
           r'<a (?:(id="[^"]*") name="[^"]*"|name="[^"]*" (id="[^"]*"))>',
           r"<a \1\2>"),
    Change("no slash in an element without an end",
           r"<((?:br|hr|img|input|link|meta|col)\b[^>]*?) */>", r"<\1>"),
    Change("how a cell is aligned is the style's",
           r'(<td class="\w+") (?:align="\w+" )?valign="\w+"', r"\1"),
] + [
    # layout.xml has no place for these.
    Change(f"{doxygens}, as a C programmer says it", f">{doxygens}</",
           f">{ours}</")
    for doxygens, ours in {
        "Data Structure Documentation": "Structures in full",
        "Data Fields": "Members",
        "Enumerator": "Constant",
        "Since": "First kernel",
    }.items()
]


def tidy(text, used):
    """A page; used counts what each change did."""
    for what, pattern, replacement, _ in CHANGES:
        text, count = re.subn(pattern, replacement, text, flags=re.S)
        used[what] += count
    return text


def unused(used, version):
    """The changes that a version of Doxygen needs and that did nothing."""
    return [f"docs/tidy.py: nothing to change on any page: {what}"
            for what, _, _, versions in CHANGES
            if (not versions or version in versions) and not used[what]]
