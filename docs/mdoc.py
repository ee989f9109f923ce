"""Text in the words of mdoc(7), the language of manual pages."""

import re
import textwrap


def text(words):
    """A line for each sentence, dashes that can be copied, and no line that
    looks like a macro."""
    words = " ".join(words.split()).replace("\\", r"\e")
    words = re.sub(r"(?<![\w-])-(?=[-\w])|(?<=-)-(?=\w)", r"\-", words)
    lines = []
    for sentence in re.split(r"(?<=[\w)]\.) +(?=[A-Z\d\"])", words):
        lines += textwrap.wrap(sentence, 78, break_on_hyphens=False,
                               break_long_words=False)
    return "\n".join(re.sub(r"^([.'])", r"\\&\1", line) for line in lines)


def verbatim(code):
    """Lines that stay as they are."""
    code = re.sub(r"^([.'])", r"\\&\1", code.replace("\\", r"\e"), flags=re.M)
    return f".Bd -literal -offset indent\n{code}\n.Ed"


def items(pairs):
    """A list of [term in mdoc, explanation in mdoc]."""
    if not pairs:
        return ""
    rows = "\n".join(f".It {term}\n{said}" for term, said in pairs)
    return f".Bl -tag -width Ds\n{rows}\n.El"
