"""What nobody should type: options, the syllabus, drawings, the plan, tables.

write() puts each of them as a piece of HTML into a folder, where the words of
the Doxyfile (@stagediff, @options, ...) and the pages find them by name.
"""

import csv
import json
import re
import subprocess
from html import escape
from pathlib import Path

import breakouts
import causes
import compare
import costs
import exercises
import facts
import plots
import serve
import sheets
import slides
import stepper
import terminal

# What each stage puts around the process, in the words of the front page.
IDEAS = {
    "01_clone": "a process",
    "02_pid": "its own processes",
    "03_mount": "its own files",
    "04_user": "its own root",
    "05_cgroups": "a limited share",
    "06_capabilities": "few powers",
    "07_seccomp": "few system calls",
    "08_inherited": "nothing it was not given",
    "09_barco": "the whole container",
}

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve"


def page_of(name):
    """The file name that Doxygen gives to the page of a thing."""
    if name.startswith(("chapter_", "teach_")):
        return name + ".html"
    return name.replace("_", "__").replace(".", "_8") + ".html"


class Book:
    """What the build and the sources say of themselves."""

    def __init__(self, parts):
        self.parts = parts
        syllabus = json.loads((parts / "syllabus.json").read_text())
        self.stages = [entry["stage"] for entry in syllabus]
        self.stage_of = {module: entry["stage"] for entry in syllabus
                         for module in entry["modules"]}
        self.modules = ["core"] + list(self.stage_of)
        self.modules_of = {entry["stage"]: entry["modules"]
                           for entry in syllabus}
        self.chapters = self.titles("chapter.md", "chapter")
        self.teaching = self.titles("teachers.md", "teach")

    def titles(self, file_name, prefix):
        """{stage: title} of the pages of this name that there are."""
        found = {}
        for stage in self.stages:
            file = Path(f"tutorials/{stage}/{file_name}")
            if file.exists():
                first = file.read_text().split("\n", 1)[0]
                name = f"{prefix}_{stage}"
                title = re.fullmatch(r"# (.+) \{#" + name + r"\}", first)
                if not title:
                    raise SystemExit(f"{file}:1: must be: # Title {{#{name}}}")
                found[stage] = escape(title[1])
        return found

    def brief(self, stage):
        """What a stage is, in its own words."""
        source = Path(f"stages/{stage}.c").read_text()
        found = re.search(r"@brief Stage \d+: (.*?)\n \*(?:\n|/)", source, re.S)
        return re.sub(r"\s*\n \* *", " ", found[1]).rstrip(".")

    def module(self, module):
        """What the reference calls a module, and what it is about."""
        for header in sorted(Path("include/barco").glob("*.h")):
            found = re.search(rf"@defgroup {module} (.*)\n \* @brief (.*)",
                              header.read_text())
            if found:
                return escape(found[1]), escape(found[2])
        raise SystemExit(f"include/barco/{module}.h: no @defgroup {module} "
                         "with a @brief")

    def link(self, stage):
        """To the chapter of a stage; to its source while there is none."""
        number, name = stage.split("_", 1)
        page = page_of(f"chapter_{stage}") if stage in self.chapters else \
            page_of(f"{stage}.c").replace(".html", "_source.html")
        return f'<a href="{page}">{number} {name}</a>'

    def module_links(self, modules):
        """To the pages of modules."""
        return ", ".join(f'<a href="{page_of("group_" + m)}">{m}</a>'
                         for m in modules) or "–"


def syllabus_table(book):
    """Which stage adds what."""
    rows = "".join(
        f"<tr><td>{book.link(s)}</td><td>{escape(book.brief(s))}</td>"
        f"<td>{book.module_links(book.modules_of[s])}</td></tr>\n"
        for s in book.stages)
    return ("<table class=\"syllabus\"><thead><tr><th>Stage</th><th>Adds</th><th>Modules</th>"
            f"</tr></thead><tbody>\n{rows}</tbody></table>\n")


def chapter_list(book):
    """The chapters that there are, as the front page shows them."""
    out = ['<ol class="chapters">']
    for stage, title in book.chapters.items():
        name = re.sub(r"^Chapter \d+: ", "", title)
        out.append(f'<li value="{int(stage[:2])}">'
                   f'<a href="{page_of("chapter_" + stage)}">{name}</a>'
                   f"<small>{stage.replace('_', ' ')}: "
                   f"{escape(book.brief(stage))}</small></li>")
    return "\n".join(out + ["</ol>\n"])


def you_are_here(book, here):
    """The way through the syllabus, with one stage marked."""
    out = ['<nav class="here" aria-label="You are here"><ol>']
    for stage in book.stages:
        if stage == here:
            out.append(f'<li aria-current="step">{stage.replace("_", " ")}</li>')
        elif stage in book.chapters:
            out.append(f"<li>{book.link(stage)}</li>")
        else:
            out.append(f"<li>{stage.replace('_', ' ')}</li>")
    return "\n".join(out + ["</ol></nav>\n"])


def options_of(book, stage):
    """What --help lists, as [[option, explanation]]."""
    return facts.options((book.parts / f"{stage}.help").read_text())


def options_table(book, stage):
    """The options of a stage, and which of them are new."""
    at = book.stages.index(stage)
    old = options_of(book, book.stages[at - 1]) if at else []
    rows = sorted(options_of(book, stage), key=lambda row: row in old)
    out = ["<table class=\"options\"><thead><tr><th>Option</th><th>Does</th>"
           "</tr></thead><tbody>"]
    for row in rows:
        new = ' <span class="mark">new</span>' if at and row not in old else ""
        # Only what the reader has to type may not be broken.
        option = ", ".join(f"<code>{escape(o)}</code>"
                           for o in row[0].split(", "))
        out.append(f"<tr><td>{option}{new}</td><td>{escape(row[1])}</td></tr>")
    return "\n".join(out + ["</tbody></table>\n"])


# ---- Pictures ---------------------------------------------------------------


def growing(book):
    """The front page's picture: each stage is a wall around those before."""
    for stage in book.stages:
        if stage not in IDEAS:
            raise SystemExit(f"docs/generate.py: IDEAS has no words for {stage}")
    step, last = 18, len(book.stages) - 1
    width, height = 224 + 2 * step * last, 39 + 47 * last
    walls = []
    for depth, stage in enumerate(reversed(book.stages)):
        x, y, inside = 2 + step * depth, 2 + 38 * depth, last - depth
        first = " first" * (not inside)
        walls.append(
            f'<rect class="wall{first}" x="{x}" y="{y}" '
            f'width="{224 + 2 * step * inside}" height="{39 + 47 * inside}" '
            'rx="8"/>\n'
            f'<text x="{x + 14}" y="{y + 25}"><tspan class="stage">'
            f'{stage.replace("_", " ")}</tspan><tspan class="idea" dx="10">'
            f"{IDEAS[stage]}</tspan></text>\n")
    names = "; ".join(f"{s.replace('_', ' ')}, {IDEAS[s]}" for s in book.stages)
    count = NUMBERS.split()[len(book.stages)]
    return ('<figure class="drawing">\n'
            f'<svg class="growing" viewBox="0 0 {width + 4} {height + 4}" '
            'role="img" aria-labelledby="growing-title">\n'
            '<title id="growing-title">The container grows over '
            f"{count} stages. The first is at its centre, and each of the others "
            f"puts one more wall around it: {names}.</title>\n"
            f'{"".join(walls)}</svg>\n</figure>\n')


def architecture():
    """The drawing of ARCHITECTURE.md, in the colours of the page."""
    svg = Path("docs/pages/architecture.svg").read_text()
    return f'<figure class="drawing">{svg}</figure>\n'


def plan(book):
    """The steps of the last stage, as its --plan prints them, by place."""
    out = ['<figure class="plan"><table><thead><tr><th scope="col">Step</th>'
           '<th scope="col">Why here</th><th scope="col">Layer</th></tr>'
           "</thead>"]
    for part in (book.parts / "plan.txt").read_text().strip().split("\n\n"):
        place, *lines = part.splitlines()
        out.append('<tbody><tr><th scope="rowgroup" colspan="3">'
                   f"{escape(place)}</th></tr>")
        for line in lines:
            found = re.fullmatch(r"  (\S+) +(\S.*?) {2,}(\S.*)", line)
            if not found:
                raise SystemExit(f"--plan: not LAYER  STEP  WHY: {line}")
            layer, step, why = map(escape, found.groups())
            out.append(f"<tr><td>{step}</td><td>{why}</td>"
                       f"<td>{layer}</td></tr>")
        out.append("</tbody>")
    return "\n".join(out + ["</table></figure>\n"])


def graph(book):
    """Who depends on whom: drawn by dot, coloured by the page."""
    out = ["digraph modules { rankdir=BT; ranksep=0.35; nodesep=0.25;",
           'node [shape=box, style=rounded, fontname="sans-serif", fontsize=13,'
           ' height=0.35];', "edge [arrowsize=0.6];"]
    for stage in book.stages:
        out.append(f'"{stage}" [shape=plaintext, class="stage"];')
        out.append("{ rank=same; " + "; ".join(
            f'"{n}"' for n in [stage] + book.modules_of[stage]) + " }")
    for before, after in zip(book.stages, book.stages[1:]):
        out.append(f'"{after}" -> "{before}" [style=invis];')
    for module in book.stage_of:
        out.append(f'"{module}" [URL="{page_of("group_" + module)}"];')
        deps = re.findall(r"//common:(\w+)",
                          (book.parts / f"{module}.deps").read_text())
        for dep in deps:
            if dep not in (module, "core"):
                out.append(f'"{module}" -> "{dep}";')
    svg = subprocess.run(["dot", "-Tsvg"], input="\n".join(out + ["}"]),
                         text=True, capture_output=True, check=True).stdout
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<!--.*?-->\n|<title>.*?</title>\n|"
                 r'<polygon fill="white".*?/>\n', "", svg, flags=re.S)
    svg = re.sub(r' (fill|stroke|font-family|xlink:title)="[^"]*"', "", svg)
    svg = svg.replace("xlink:href", "href").replace("<svg", (
        '<svg role="group" aria-label="The modules, each with the modules that '
        'it uses" class="graph"'), 1)
    return f'<figure class="drawing">{svg}</figure>\n'


def machine_figures():
    """What figures.mjs has measured of the machine in the page."""
    measured = json.loads(Path("docs/pages/machine_figures.json").read_text())
    rows = "".join(
        "<tr><td>" + re.sub("`(.*)`", r"<code>\1</code>", escape(row["name"])) +
        f"</td><td>{row['value']} {row['unit']}</td></tr>\n"
        for row in measured["figures"])
    return ("<table class=\"doxtable\">\n<tr><th>what</th><th>how much, or how long"
            f"</th></tr>\n{rows}</table>\n<p>Medians of five, on an idle machine: "
            f"{escape(measured['where'])}.</p>\n")


def fuzz_targets():
    """Each target, and what it feeds to which function, as its file says."""
    rows = []
    for path in sorted(Path("tests/fuzz").glob("*.c")):
        text = path.read_text()
        if "\nint LLVMFuzzerTestOneInput(" not in text:
            continue
        brief = re.search(r"@brief (.*?)\n \*(?: ?\n|/)", text, re.S)[1]
        brief = escape(" ".join(brief.replace("\n *", " ").split()))
        brief = re.sub(r"(\w+\(\)|--[\w-]+|/(?:etc|proc)/[\w/]*\w)",
                       r"<code>\1</code>", brief)
        rows.append(f"<tr><td><code>{path.stem}</code></td><td>{brief}</td></tr>\n")
    return ("<table class=\"doxtable\">\n<tr><th>target</th><th>what it tries"
            f"</th></tr>\n{''.join(rows)}</table>\n")


def coverage(book):
    """How many lines and branches of each module the suites reach."""
    rows = []
    text = Path("docs/pages/coverage.csv").read_text()
    for module, *numbers in list(csv.reader(text.splitlines()))[1:]:
        lines, reached, branches, taken = map(int, numbers)
        rows.append(f"<tr><td>{book.module_links([module])}</td><td>{lines:,}</td>"
                    f"<td>{100 * reached // lines} %</td><td>{branches:,}</td>"
                    f"<td>{100 * taken // max(branches, 1)} %</td></tr>\n")
    return ("<table class=\"doxtable\">\n<tr><th>module</th><th>lines</th>"
            "<th>reached</th><th>branches</th><th>taken</th></tr>\n"
            f"{''.join(rows)}</table>\n")


def faults(book):
    """What the whole fault sweeps have tried and found."""
    rows = []
    text = Path("docs/pages/faults.csv").read_text()
    for row in csv.DictReader(text.splitlines()):
        user = "root" if row["user"] == "root" else "an ordinary user"
        numbers = "".join(f"<td>{int(row[name]):,}</td>" for name in
                          ("calls", "failures", "carried_on", "wrong"))
        rows.append(f"<tr><td>{book.link(row['stage'])}</td><td>{user}</td>"
                    f"{numbers}</tr>\n")
    return ("<table class=\"doxtable\">\n<tr><th>stage</th><th>started by</th>"
            "<th>calls</th><th>failures</th><th>carried on</th><th>wrong</th></tr>\n"
            f"{''.join(rows)}</table>\n")


def grading_figures():
    """What `grade --benchmark` has measured."""
    measured = json.loads(Path("docs/pages/grading_figures.json").read_text())
    return ('<pre class="fragment">' + escape("\n".join(measured["lines"])) +
            "</pre>\n")


def policy():
    """The header that a server of the book should send."""
    return ("<pre class=\"fragment\" style=\"white-space: pre-wrap\">"
            "Content-Security-Policy: "
            f"{escape(serve.POLICY)}</pre>\n")


def news():
    """NEWS as HTML: versions, what a group of changes is about, changes."""
    out, group = [], None
    for block in re.split(r"\n(?=\S|  \S|  \* )", Path("NEWS").read_text()):
        text = escape(" ".join(block.split()))
        if block.startswith("  * "):
            out += [] if group else ["<ul>"]
            out.append(f"<li>{text[2:]}</li>")
            group = True
            continue
        if group:
            out.append("</ul>")
            group = None
        if block.startswith("  "):
            out.append(f"<h2>{text}</h2>")
        elif text[:1].isdigit():
            version = text.split(" ", 1)[0].replace(".", "_")
            out.append(f'<h1><a class="anchor" id="news_{version}"></a>'
                       f"{text}</h1>")
        elif text:
            out.append(f"<p>{text}</p>")
    return "\n".join(out + (["</ul>"] if group else [])) + "\n"


def write(gen, parts):
    """Writes every piece; gives back the order of the book's pages."""
    book = Book(parts)
    pieces = {"syllabus": syllabus_table(book), "graph": graph(book),
              "chapters": chapter_list(book), "growing": growing(book),
              "architecture": architecture(), "plan": plan(book),
              "news": news(), "machine_figures": machine_figures(),
              "fuzz": fuzz_targets(), "coverage": coverage(book),
              "faults": faults(book),
              "grading_figures": grading_figures(),
              "policy": policy(), "compare": compare.page(book)}
    for before, after in zip(book.stages, book.stages[1:]):
        pieces[f"{before}-{after}.diff"] = compare.step(before, after)
    for stage in book.stages:
        pieces[f"{stage}.here"] = you_are_here(book, stage)
        pieces[f"{stage}.options"] = options_table(book, stage)

    groups = []
    modules = ["<dl class=\"modules\">"]
    for module in book.modules:
        stage = book.stage_of.get(module)
        # The page of a module opens with its story, then its stages.
        says = (f"Introduced by stage {book.link(stage)}." if stage else
                "Every stage is written in it.")
        after = book.stages[book.stages.index(stage) + 1:] if stage else []
        if after:
            says += " In use from there on: " + ", ".join(
                map(book.link, after)) + "."
        pieces[f"{module}.taught"] = f'<p class="taught">{says}</p>\n'
        groups.append(f"/** @addtogroup {module}\n"
                      f"@htmlinclude[block] {module}.taught.html\n*/\n")
        title, brief = book.module(module)
        since = f" From stage {book.link(stage)} on." if stage else ""
        modules.append(f'<dt><a href="{page_of("group_" + module)}">{title}'
                       f"</a></dt><dd>{brief}{since}</dd>")
    pieces["modules"] = "\n".join(modules + ["</dl>\n"])
    for name, text in pieces.items():
        (gen / f"{name}.html").write_text(text)
    (gen / "modules.dox").write_text("".join(groups))
    causes.write(book, gen)
    plots.write(gen)
    costs.write(book, gen)
    breakouts.write(book, gen)
    exercises.write(book, gen)
    slides.write(book, gen)
    sheets.write(book, gen)
    for cast in sorted([*Path("tutorials").glob("*/transcript.cast"),
                        *Path("docs/pages").glob("*/transcript.cast")]):
        terminal.write(gen, cast.parent)
        stepper.write(gen, cast.parent)

    return [
        ("", [("index.html", "Start"),
              ("using.html", "How to use this book"), ("setup.html", "Set up"),
              ("machine.html", "A Linux in the page"),
              ("roots.html", "A root of your own"),
              ("own_program.html", "From your own program")]),
        ("Chapters", [(page_of(f"chapter_{stage}"), title)
                      for stage, title in book.chapters.items()]),
        ("Look up", [("syllabus.html", "The syllabus"),
                     ("exercises.html", "The exercises"),
                     ("compare.html", "Compare two stages"),
                     ("breakouts.html", "The break-outs"),
                     ("stories.html", "The break-outs, one by one"),
                     ("plan.html", "The order inside a container"),
                     ("as_the_kernel_sees_it.html",
                      "A container as the kernel sees it"),
                     ("namespaces.html", "Namespaces at a glance"),
                     ("cgroups.html", "cgroup v2 at a glance"),
                     ("costs.html", "What a container costs"),
                     ("architecture.html", "Architecture"),
                     ("troubleshooting.html", "When it goes wrong"),
                     ("tests.html", "How barco is tested"),
                     ("glossary.html", "Glossary"),
                     ("bibliography.html", "Further reading"),
                     ("news.html", "News")]),
        ("Reference", [("reference.html", "All modules")] +
         [(page_of("group_" + m), book.module(m)[0]) for m in book.modules]),
        ("For teachers", [("teaching.html", "Teach with this book")] +
         [(page_of(f"teach_{stage}"), title)
          for stage, title in book.teaching.items()]),
    ]
