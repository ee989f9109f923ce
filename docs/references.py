"""Links: each clone(2) of the text leads to its manual page, each CVE to its record."""

import re

# Calls, files and ideas: where the man-pages project shows its newest release,
# which has calls that no Debian documents yet. Programs: Debian's own.
KERNEL = "https://man7.org/linux/man-pages/man{section}/{name}.{section}.html"
PROGRAMS = "https://manpages.debian.org/{name}.{section}"
NAME = re.compile(r"(?<![\w/.@&;-])([a-z][\w.+-]*)\(([1-8])\)(?![\w(])")
CVE = re.compile(r"\bCVE-\d{4}-\d{4,}\b")
RECORD = "https://www.cve.org/CVERecord?id="
# What is quoted, drawn, or a link already.
OTHERS = re.compile(r'(<div class="fragment".*?<!-- fragment -->|'
                    r"<(a|code|pre|svg|script|style|h[1-6]|summary|title|"
                    r"figcaption|button)\b.*?</\2>|<[^>]*>)", re.S)
# What comes with barco itself.
OWN = re.compile(r"barco(_\w+)?$")


def manual(found):
    """One name with its section, as a link."""
    name, section = found.groups()
    if OWN.match(name):
        return found[0]
    address = PROGRAMS if section in "18" else KERNEL
    address = address.format(name=name, section=section)
    return f'<a class="manual" href="{address}">{found[0]}</a>'


def words(text):
    """Text between tags, with its links."""
    text = NAME.sub(manual, text)
    return CVE.sub(rf'<a class="cve" href="{RECORD}\g<0>">\g<0></a>', text)


def link_all(page):
    """A page whose manual pages and CVEs can be reached."""
    # Text, what is to stay, and the name of its tag, again and again.
    parts = OTHERS.split(page)
    return "".join(words(part) if i % 3 == 0 else part if i % 3 == 1 else ""
                   for i, part in enumerate(parts))
