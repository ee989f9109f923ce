"""What a reader can link to, and the link that shows it.

A heading links to itself: the address of a section is a click, a touch or a
key away, and a screen reader hears no second name. What Doxygen gives no
anchor gets one of its own words: a step of "Build it", a heading without {#id},
a symbol of the reference by its name, a word of the glossary.

doxygen-awesome-paragraph-link.js is not used: it needs jQuery, calls all links
by one name, and knows neither steps, rows nor symbols.
"""

import re
from html import unescape

HEADING = re.compile(
    r"<h([2-4])((?: [^>]*)?)>\s*"
    r'(?:<a class="anchor" id="([^"]+)"></a>)?(.*?)</h\1>', re.S)
WORD = re.compile(r'(<tr class="markdownTableRow\w+">\s*<td) (class="\w+")>'
                  r"([^<]+?)\s*</td>")


def slug(words):
    """Words as an anchor."""
    words = unescape(re.sub(r"<[^>]+>", "", words)).lower()
    return re.sub(r"\W+", "_", words).strip("_")


def name_of(words, page):
    """The anchor of a heading without one: on a page of a chapter, chNN_..."""
    chapter = re.match(r"chapter_(\d\d)_", page)
    prefix = f"ch{chapter[1]}_" if chapter else ""
    if step := re.match(r"Step (\d+): ", words):
        return f"{prefix}step_{step[1]}"
    return prefix + slug(words)


def link(anchor, words):
    """Words that lead to themselves; words with a link of their own do not."""
    if "<a " in words:
        return words
    return f'<a class="self" href="#{anchor}">{words.strip()}</a>'


def symbols(text):
    """What is on a page of the reference."""
    names = re.findall(r'<h3 class="memtitle" id="([^"]+)"><a [^>]*>'
                       "([^<]+)</a>", text)
    return ('<nav class="toc" aria-label="On this page"><ul>' + "".join(
        f'<li><a href="#{anchor}">{name}</a></li>' for anchor, name in names)
            + "</ul></nav>")


def add(text, page):
    """The text of a page, with its anchors and links."""
    taken = set(re.findall(r'\bid="([^"]+)"', text))

    def free(name):
        anchor, number = name, 1
        while anchor in taken:
            number += 1
            anchor = f"{name}_{number}"
        taken.add(anchor)
        return anchor

    def heading(found):
        level, attributes, anchor, words = found.groups()
        if "memtitle" in attributes:
            anchor = free(re.sub(r"\W", "", words))
        elif "class=" in attributes or " id=" in attributes:
            return found[0]
        elif not anchor or anchor.startswith("autotoc_"):
            anchor = free(name_of(words.strip(), page))
        return (f'<h{level}{attributes} id="{anchor}">'
                f"{link(anchor, words)}</h{level}>")

    text = HEADING.sub(heading, text)
    if page == "glossary.html":
        text = WORD.sub(lambda row: f'{row[1]} {row[2]} id="word_{slug(row[3])}">'
                        f'{link("word_" + slug(row[3]), row[3])}</td>', text)
    if page.startswith("group__"):
        text = text.replace('<div class="contents">',
                            '<div class="contents">\n' + symbols(text), 1)
    return text
