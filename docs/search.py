"""The index of the search: search-index.js, which frame/search.js loads.

An entry is what a reader looks for: a section, a step of "Build it", a step of
a recorded run, a break-out, a failure of the table of causes, a word of the
glossary, a symbol of the reference. Each has an anchor of its own.
"""

import json
import re
from collections import namedtuple
from html.parser import HTMLParser

# What is said twice, or is made of a few words only.
SKIPPED = {"toc", "matrix", "legend", "picture", "strip", "diff", "definition",
           "source", "compare", "here", "fate", "reference", "references",
           "mark", "heard", "to-self", "memberdecls", "groupheader"}
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sup"}
VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
HEADINGS = {"h2", "h3", "h4"}


# An element that is open: what is in it belongs to an entry, or is its title, or
# is nothing to be found.
Open = namedtuple("Open", "tag skipped entry title")


class Page(HTMLParser):
    """Cuts a page into its entries."""

    def __init__(self, file, title):
        super().__init__()
        self.file, self.title = file, title
        self.entries = []
        self.section = self.begin("", self.kind(), title)
        self.open = [Open("", False, None, False)]

    def begin(self, anchor, kind, title=""):
        """A new entry."""
        entry = {"url": self.file + (anchor and f"#{anchor}"), "kind": kind,
                 "page": self.title, "title": title, "text": ""}
        self.entries.append(entry)
        return entry

    def kind(self, classes=(), words=""):
        """What a heading begins; of the reference, a symbol of the library."""
        if "memtitle" in classes:
            return "symbol" if re.match("(?i)barco_", words) else "field"
        if self.file.startswith("group__"):
            return "module"
        if self.file.startswith("teach"):
            return "teacher"
        if self.file.startswith("chapter_") and not words:
            return "chapter"
        return "breakout" if self.file == "stories.html" else "section"

    def skips(self, tag, classes, entry):
        """Whether an element holds nothing to be found."""
        return tag in ("script", "style", "svg", "nav") or \
            bool(classes & SKIPPED) or \
            ("causes" in classes and self.file != "troubleshooting.html") or \
            (tag == "details" and entry and entry["kind"] == "run")

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            self.handle_data(" ")
            return
        attrs = dict(attrs)
        classes = set((attrs.get("class") or "").split())
        anchor = attrs.get("id") or ""
        outer = self.open[-1]
        entry = outer.entry
        skipped = outer.skipped or self.skips(tag, classes, entry)
        title = outer.title
        if skipped:
            pass
        elif anchor and tag in HEADINGS:
            entry = self.section = self.begin(
                anchor, self.kind(classes, anchor))
            title = True
        elif anchor.startswith("run_"):
            entry = self.begin(anchor, "run")
        elif anchor.startswith("cause_"):
            entry = self.begin(anchor, "cause")
        elif anchor.startswith("word_"):
            entry = self.begin(anchor, "word")
            title = True
            # The rest of its row belongs to it too.
            self.open[-1] = outer._replace(entry=entry)
        elif tag == "a" and re.fullmatch(r"gga\w+", anchor):
            # A constant: the cell is its name, the row is about it.
            entry = self.begin(anchor, "symbol")
            title = True
            self.open[-2] = self.open[-2]._replace(entry=entry)
            self.open[-1] = outer._replace(entry=entry, title=True)
        elif entry and (entry["kind"], tag) in (("run", "b"),
                                                ("cause", "summary")):
            title = True
        elif tag == "small":
            title = False
        self.open.append(Open(tag, skipped, entry, title))
        if tag not in INLINE:
            self.handle_data(" ")

    def handle_endtag(self, tag):
        if not any(element.tag == tag for element in self.open):
            return
        while self.open.pop().tag != tag:
            pass
        if tag not in INLINE:
            self.handle_data(" ")

    def handle_data(self, data):
        here = self.open[-1]
        if not here.skipped:
            (here.entry or self.section)["title" if here.title else
                                         "text"] += data


def squeeze(text):
    """Words, a space apart."""
    return re.sub(r"\s+", " ", text).strip()


def entries_of(file, text):
    """All entries of a finished page."""
    main = text.split('<main id="main"', 1)[1]
    title = re.search(r'<h1 class="title">(.*?)</h1>', main, re.S)[1]
    body = main.split('<div class="contents">', 1)[1]
    body = body.split("<!-- contents -->", 1)[0]
    page = Page(file, squeeze(re.sub(r"<[^>]+>", " ", title)))
    page.feed(body)
    page.close()
    return page.entries


def write(folder, order):
    """The index of the pages that the contents list."""
    found, told = [], {}
    # What a chapter adds stands on the front page.
    adds = dict(re.findall(r'<a href="(chapter_\w+\.html)">[^<]*</a>'
                           r"<small>([^<]*)</small>",
                           (folder / "index.html").read_text()))
    for file in (file for _, part in order for file, _ in part):
        for entry in entries_of(file, (folder / file).read_text()):
            entry["title"] = squeeze(entry["title"])
            if entry["kind"] == "chapter":
                entry["text"] = adds.get(file, "")
            if entry["kind"] == "run":
                # A run has the steps of the runs before it, and several
                # calls to a step: the first counts.
                first = told.setdefault(entry["title"], entry)
                if first is not entry:
                    if first["page"] == entry["page"]:
                        first["text"] += " " + entry["text"]
                    continue
            found.append(entry)
    for entry in found:
        entry["text"] = squeeze(entry["text"])
    # A heading with nothing but headings below it leads nowhere of its own.
    found = [entry | {"id": number} for number, entry in enumerate(
        entry for entry in found if entry["text"] or "#" not in entry["url"])]
    (folder / "search-index.js").write_text(
        f"window.bookSections = {json.dumps(found, ensure_ascii=False)};\n")
