"""Slides for each chapter, of what the chapter is made of.

tutorials/NN_name/slides.md holds a slide below each heading, and below `Note:` what
to say there and how long that takes. These lines stand for pieces of the chapter:

    @steps SECTION                   what transcript.sh has in a section
    @steps SECTION | FIRST ... LAST  from one of its commands to another; more of
                                     these, or of single ones, may follow a |
    @predict                         the chapter's question; its answer is a note
    @question BEGINNING              one of teachers.md; its answer is a note
    @table FIRST ROW                 a table of the chapter, by how its first row begins
    @tasks                           the exercises that check themselves

and all words of a chapter stand for what they stand for there. write() makes of it
what Doxygen reads, take() makes decks of what Doxygen wrote.
"""

import re
import shutil
from collections import Counter
from html import escape
from pathlib import Path

import exercises
import references
import script as scripts
import terminal
import tidy

RAW = "\n@htmlonly[block]%s@endhtmlonly\n"


class Wrong(Exception):
    """A line that stands for nothing, and why."""


def section(text, key):
    """The text of a section of a chapter, by the end of its label."""
    found = re.search(rf"(?ms)^## [^\n]*\{{#\w+_{key}\}}\n(.*?)(?=^## |\Z)", text)
    if not found:
        raise Wrong(f"no section has a label that ends in _{key}")
    return found[1].strip("\n")


def only(found, what):
    """The one thing that was looked for."""
    if len(found) != 1:
        raise Wrong(f"{len(found)} {what}")
    return found[0]


class Chapter:
    """What there is of a chapter."""

    def __init__(self, stage):
        self.stage, self.folder = stage, Path("tutorials") / stage
        self.text = (self.folder / "chapter.md").read_text()
        self.teachers = (self.folder / "teachers.md").read_text()
        self.number = int(stage[:2])
        self.title = re.match(r"# Chapter \d+: (.*) \{", self.text)[1]
        self.minutes = int(re.search(r"@youarehere\{\w+,(\d+) minutes\}", self.text)[1])
        self.tasks = [task for task in exercises.all_tasks() if task.chapter == stage]

    def about(self):
        """What pages say of it."""
        return {"number": self.number, "title": escape(self.title), "stage": self.stage,
                "minutes": self.minutes}

    def questions(self):
        """[(question, answer)] of the teacher's page."""
        return [(" ".join(question.split()), " ".join(answer.split())) for question, answer in
                re.findall(r"(?ms)^\d\. \*(.+?)\* (.+?)(?=^\d\. |\Z)",
                           section(self.teachers, "questions"))]

    def steps(self, words):
        """Commands of a section of the transcript, and what they printed."""
        name, *ranges = words.split(" | ")
        known = terminal.read(self.folder)
        if name not in known:
            raise Wrong(f"transcript.sh has no section {name}")
        lines = ["> " * (step.place == scripts.INSIDE) + step.command for step in known[name]]

        def at(begins):
            whole = [i for i, line in enumerate(lines) if line == begins]
            return only(whole or [i for i, line in enumerate(lines) if line.startswith(begins)],
                        f"commands of {name} begin with {begins}")
        found = [] if ranges else known[name]
        for words in ranges:
            first, _, last = words.partition(" ... ")
            found += known[name][at(first):at(last or first) + 1]
        return found

    def window(self, words):
        """The same as a terminal, or as two."""
        found = self.steps(words)
        two = {step.place for step in found} >= {scripts.INSIDE, scripts.SECOND}
        return terminal.two_windows(found) if two else terminal.window(found)

    def table(self, words):
        """A table, by the beginning of its first row."""
        tables = re.findall(r"(?m)(?:^\|.*\n)+", self.text)
        return only([table for table in tables if table.startswith(f"| {words}")],
                    f"tables of chapter.md begin with {words}")

    def prediction(self):
        """The chapter's question, and the answer, without what it shows."""
        answer = re.search(r"(?s)@answer\{What did you predict\?\}\n(.*?)@endanswer", self.text)
        return section(self.text, "predict"), re.sub(r"(?m)^@.*\n", "", answer[1]).strip()

    def task_list(self):
        """The exercises that check themselves, a line each."""
        return "<ul class=\"tasks\">" + "".join(
            f"<li><b>{escape(task.title)}</b> <span>{task.kind}, {task.minutes} minutes</span></li>"
            for task in self.tasks) + "</ul>"


# ---- What Doxygen reads ---------------------------------------------------------


class Deck:
    """The slides of a chapter, as Markdown with pieces of HTML."""

    def __init__(self, chapter, gen):
        self.chapter, self.file = chapter, chapter.folder / "slides.md"
        self.gen = gen
        self.out = [RAW % TITLE.format(**chapter.about())]
        self.answers, self.minutes, self.noted = [], 0, None
        self.words = {"steps": self.steps, "table": self.table, "predict": self.predict,
                      "question": self.question, "tasks": self.tasks}

    def steps(self, words):
        # As a file: Doxygen would look for comments of C in it.
        name = f"{self.chapter.stage}.{len(self.out)}.steps.html"
        (self.gen / name).write_text(self.chapter.window(words or ""))
        self.out.append(f"\n@htmlinclude[block] {name}\n")

    def table(self, words):
        self.out.append("\n" + self.chapter.table(words))

    def predict(self, _):
        question, answer = self.chapter.prediction()
        self.out.append(question + "\n")
        self.answers.append(answer)

    def question(self, words):
        question, answer = only([pair for pair in self.chapter.questions()
                                 if pair[0].startswith(words)],
                                f"questions of teachers.md begin with {words}")
        self.out.append(RAW % '<div class="question">' + f"\n{question}\n" + RAW % "</div>")
        self.answers.append(answer)

    def tasks(self, _):
        self.out.append(RAW % self.chapter.task_list())

    def begin(self, heading):
        """A slide, whose address is its heading."""
        self.end()
        name = re.sub(r"\W+", "-", heading.lower()).strip("-")
        self.out.append(RAW % f'<section id="{name}"><h1>{inline(heading)}</h1>')
        self.noted = False

    def note(self, found):
        """What is said on a slide; the answer to its question comes first."""
        self.minutes += int(found[1])
        self.noted = True
        plural = "" if found[1] == "1" else "s"
        self.out.append(RAW % '<aside class="notes" role="note">' +
                        f"\n**{found[1]} minute{plural}.** " + "".join(f"Answer: {answer}\n\n" for answer in self.answers) + found[2])
        self.answers = []

    def end(self):
        """The end of a slide, if there was one."""
        if self.noted is False:
            raise Wrong("the slide above has no line Note: N minutes. WHAT TO SAY")
        if self.noted:
            self.out.append(RAW % "</aside></section>")

    def line(self, text):
        """A line of slides.md."""
        word = re.match(r"@(\w+)(?: (.*))?$", text)
        note = re.match(r"Note: (\d+) minutes?\. ?(.*)", text)
        if text.startswith("## "):
            self.begin(text[3:])
        elif note:
            self.note(note)
        elif word and word[1] in self.words:
            self.words[word[1]](word[2])
        else:
            self.out.append(text)

    def markdown(self):
        """All of it; a line that stands for nothing ends the build."""
        title, *lines = self.file.read_text().split("\n")
        for number, text in enumerate([*lines, "## "], 2):
            try:
                self.line(text)
            except Wrong as why:
                raise SystemExit(f"{self.file}:{number}: {text}: {why}") from why
        if self.minutes != self.chapter.minutes:
            raise SystemExit(f"{self.file}: the notes add up to {self.minutes} minutes, and "
                             f"the chapter has {self.chapter.minutes}")
        name = f"slides_{self.chapter.stage}"
        if title != f"# {self.chapter.title} {{#{name}}}":
            raise SystemExit(f"{self.file}:1: must be: # {self.chapter.title} {{#{name}}}")
        return "\n".join([title, *self.out[:-1]]) + "\n"


def inline(text):
    """A heading: code, stress, and nothing else."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def chapters(book):
    """The chapters that have slides: a learner's copy has none."""
    return [Chapter(stage) for stage in book.stages
            if Path(f"tutorials/{stage}/slides.md").exists()]


LINKS = """<a href="slides/{stage}.html">slides</a>, with notes for you, and
<a href="slides/{stage}_sheet.html">a sheet of paper</a> to hand out"""


def write(book, gen):
    """Writes a page for each deck, and what leads to it."""
    for stage in book.stages:
        (gen / f"{stage}.slides.html").write_text("")
        (gen / f"{stage}.room.html").write_text(room(Path(f"tutorials/{stage}/transcript.sh")))
    rows = []
    for chapter in chapters(book):
        links, name = LINKS.format(**chapter.about()), chapter.stage
        (gen / f"slides_{name}.md").write_text(Deck(chapter, gen).markdown())
        (gen / f"{name}.slides.html").write_text(f"<p>For this hour there are {links}.</p>\n")
        rows.append(f"<li>{book.chapters[name]}: {links}</li>\n")
    (gen / "slides.html").write_text(f"<ul>{''.join(rows)}</ul>\n" if rows else "")


def room(script):
    """How many of a chapter's commands the page cannot run."""
    lines = [line for part in (scripts.read(script) if script.exists() else [])
             if part.name != "stepper" for line in part.lines]
    lacks = sum(bool(line.not_in_page) for line in lines)
    says = "all commands of the chapter run" if not lacks else \
        f"{len(lines) - lacks} of the chapter's {len(lines)} commands run; the others say " \
        "&ldquo;Only in the lab&rdquo;"
    return f"<p>In the page {says}. In the lab all of them run.</p>\n"


# ---- What a teacher opens -------------------------------------------------------

SHELL = """<!DOCTYPE html>
<html lang="en" class="light-mode">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · barco</title>
<script src="../doxygen-awesome-darkmode-toggle.js"></script>
<script src="../begin.js"></script>
<link rel="icon" href="data:,">
{styles}
</head>
<body class="{kind}">
{body}
</body>
</html>
"""

# tidy.py moves headings one level down.
TITLE = """<section id="title" class="first"><div><p class="chapter">Chapter {number}</p>
<h1>{title}</h1>
<p><a href="chapter_{stage}.html">The chapter</a> · <a href="teach_{stage}.html">its page
for teachers</a></p></div>@endhtmlonly

@htmlinclude[block] growing.html

@htmlonly[block]<aside class="notes" role="note"><p><b>{minutes} minutes</b> in all. Keys: the arrows and space
turn over, S opens these notes in a window of their own, B makes the screen black, Esc shows all
slides, F fills the screen, D changes from light to dark. For paper, add ?print-pdf to the address,
and print.</p></aside></section>"""

BAR = """<nav class="deck" aria-label="Deck"><a href="../chapter_{stage}.html">Chapter {number}: {title}</a>
<button type="button" id="theme" aria-pressed="false">Dark</button></nav>"""


def linked(text):
    """Doxygen's piece of a page, as it is one folder further down."""
    text = references.link_all(tidy.tidy(text, Counter()))
    return re.sub(r'href="(?=[\w.]+\.html)', 'href="../', text)


def shell(title, kind, styles, scripts_of, body):
    """A whole page around its body."""
    head = [f'<link rel="stylesheet" href="{file}">' for file in styles] + \
        [f'<script src="{file}" defer></script>' for file in scripts_of]
    return SHELL.format(title=title, kind=kind, styles="\n".join(head), body=body)


def tidied(text):
    """Without what reveal.js takes for its own: a fragment comes later, and a section in
    a section is a slide. Scripts and styles are the shell's."""
    text = text.replace('<div class="fragment">', '<div class="program">')
    text = re.sub(r'(?s)<section class="stepper"(.*?)</section>',
                  r'<div role="group" class="stepper"\1</div>', text)
    return re.sub(r'<p>\s*</p>|<p>A recorded run.*?</p>\n?|'
                  r'<link rel="stylesheet"[^>]*>\n?|<script src=[^>]*></script>\n?', "", text)


def deck(chapter, text):
    """The slides of a chapter, which Doxygen has read."""
    text = tidied(text)
    # The wall that this chapter puts up, in the picture of all: the outermost is first.
    title, rest = text.split("</figure>", 1)
    walls = title.split('class="wall')
    walls[-chapter.number] = " here" + walls[-chapter.number]
    text = 'class="wall'.join(walls) + "</figure>" + rest
    return shell(f"Slides: {escape(chapter.title)}", "deck",
                 ["reveal.css", "../book.css", "../stepper.css", "slides.css"],
                 ["reveal.js", "notes.js", "../stepper.js", "slides.js"],
                 f'<main><h1 class="heard">Slides: {escape(chapter.title)}</h1>\n'
                 f'<div id="deck"><div class="slides contents">{text}</div></div></main>\n'
                 + BAR.format(**chapter.about()))


def taken(site, prefix):
    """Takes pages out of the site: [(chapter, what Doxygen wrote)]."""
    for page in sorted(site.glob(f"{prefix}_*.html")):
        text = re.search(r'(?s)<div class="textblock">(.*)</div></div><!-- contents -->',
                         page.read_text())[1]
        page.unlink()
        yield Chapter(page.stem.removeprefix(f"{prefix}_")), linked(text)


def take(site, npm):
    """Takes Doxygen's pages of slides out of the site, and writes decks to slides/."""
    out = site / "slides"
    out.mkdir()
    for chapter, text in taken(site, "slides"):
        (out / f"{chapter.stage}.html").write_text(deck(chapter, text))
    for file in "reveal.js", "reveal.css", "plugin/notes.js":
        shutil.copy(f"{npm}/reveal.js/dist/{file}", out)
    for file in "slides.js", "slides.css":
        shutil.copy(f"docs/frame/{file}", out)
