#!/usr/bin/env python3
"""Prints barco(1): man1.py TEMPLATE HELP, at the top of the sources.

What could go out of date is not in the template: the options come from --help,
the exit statuses from error.h, the version from version.h.
"""

import re
import sys
from pathlib import Path

import facts
import mdoc


def flag(option):
    """`-c, --cmd=COMMAND` in the words of mdoc(7)."""
    parts = []
    for spelling in option.split(", "):
        dashes, name, value, may = re.fullmatch(
            r"(--?)([\w?-]+)(?:=(.+)|(\[=.+\]))?", spelling).groups()
        part = f"Fl {'Fl ' if dashes == '--' else ''}{name}"
        if value:
            part += f" Ns = Ns Ar {value}"
        elif may:
            part += f" Ns Ar {may}"
        parts.append(part)
    return " , ".join(parts)


def options(help_text):
    """The list of options, in the order of --help."""
    return mdoc.items([(flag(option), mdoc.text(words + "."))
                       for option, words in facts.options(help_text)])


def exit_statuses():
    """The statuses that are barco's own."""
    rows = []
    for number, words in facts.exit_statuses():
        plus, rest = re.fullmatch(r"(?:plus (\w): )?(.*)", words).groups()
        rows.append((number + (f" + Ar {plus}" if plus else ""),
                     mdoc.text(rest + ".")))
    return mdoc.items(rows)


def main():
    template, help_text = (Path(name).read_text() for name in sys.argv[1:])
    for word, value in (("@VERSION@", facts.version()),
                        ("@OPTIONS@", options(help_text)),
                        ("@EXIT_STATUSES@", exit_statuses())):
        if word not in template:
            sys.exit(f"{sys.argv[1]}: {word} is not in it")
        template = template.replace(word, value)
    print(template, end="")


if __name__ == "__main__":
    main()
