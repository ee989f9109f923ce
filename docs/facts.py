"""What the programs and the headers say of themselves, for the book and man(1).

Headers are read at the top of the sources.
"""

import re
from pathlib import Path


def version():
    """The one that the programs print."""
    text = Path("include/barco/version.h").read_text()
    return re.search(r'#define BARCO_VERSION "(.+)"', text)[1]


def options(text):
    """What --help lists, as [[option, explanation]]."""
    rows = []
    for line in text.splitlines():
        found = re.match(r" {2,6}(-\S.*?)(?: {2,}(.*))?$", line)
        if found:
            rows.append([found[1], found[2] or ""])
        elif re.match(r" {20,}\S", line) and rows:
            rows[-1][1] = f"{rows[-1][1]} {line.strip()}".strip()
    return rows


def exit_statuses():
    """Those of enum barco_exit, as [[number, explanation]]."""
    text = Path("include/barco/error.h").read_text()
    return re.findall(r"BARCO_EXIT_\w+ = (\d+),\s*/\*\*< (.*?) \*/", text)
