"""Text in the words of mdoc(7), the language of manual pages."""

import re
import textwrap


def plain(words):
    """Words with backslashes, and dashes that can be copied."""
    words = " ".join(words.split()).replace("\\", r"\e")
    return re.sub(r"(?<![\w-])-(?=[-\w])|(?<=-)-(?=\w)", r"\-", words)


def text(words):
    """A line for each sentence, and no line that looks like a macro."""
    words = plain(words)
    lines = []
    for sentence in re.split(r"(?<=[\w)]\.) +(?=[A-Z\d\"])", words):
        lines += textwrap.wrap(sentence, 78, break_on_hyphens=False,
                               break_long_words=False)
    return "\n".join(re.sub(r"^([.'])", r"\\&\1", line) for line in lines)


def verbatim(code):
    """Lines that stay as they are, empty ones too."""
    code = re.sub(r"^([.'])", r"\\&\1", code.replace("\\", r"\e"), flags=re.M)
    code = re.sub(r"^$", ".Pp", code, flags=re.M)
    return f".Bd -literal -offset indent\n{code}\n.Ed"


def table(rows):
    """Columns, as wide as what stands in them."""
    rows = [[plain(cell) for cell in row] for row in rows]
    widths = " ".join(f'"{max(cells, key=len)}"' for cells in list(zip(*rows))[:-1])
    lines = "\n".join(".It " + " Ta ".join(f'"{cell}"' for cell in row)
                      for row in rows)
    return f".Bl -column {widths}\n{lines}\n.El"


def items(pairs):
    """A list of [term in mdoc, explanation in mdoc]."""
    if not pairs:
        return ""
    rows = "\n".join(f".It {term}\n{said}" for term, said in pairs)
    return f".Bl -tag -width Ds\n{rows}\n.El"
