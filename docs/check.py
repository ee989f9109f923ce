"""Refuses what Doxygen 1.9.4 lets pass.

reference() reads its XML: headers without @file or outside a module,
undocumented symbols and enum values, functions without a first kernel, members
that do not say who sets them, modules without an example, names in the
text that lead nowhere.
markdown() reads what people wrote, for what Doxygen misunderstands in silence.
plans() reads the teacher's pages: a plan's minutes add up to what it has, and an
exercise takes as long as it says itself.
links() reads the finished pages: every link, anchor, image, script and style
is there, and is ours; a link that leads away goes to a host that we know; every
image says what it shows.
"""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit


def words(element):
    """The text in an element, or nothing."""
    return "".join(element.itertext()).strip() if element is not None else ""


def public(element):
    """Whether something stands in a header of the library."""
    place = element.find("location")
    return place is not None and \
        place.get("file", "").startswith("include/barco/")


def place_of(element):
    """FILE:LINE, as a compiler would say it."""
    place = element.find("location")
    return f"{place.get('file')}:{place.get('line', '1')}"


FIRST_KERNEL = re.compile(r"any\b|Linux \d\.\d+, for \w|as barco_\w+\(\)")


def who_sets(structure, problems):
    """A structure, or each of its members, says whether the caller sets it."""
    def says(element, what):
        text = words(element.find("briefdescription")) + " " + \
            words(element.find("detaileddescription"))
        return re.search(rf"The\s+(caller|library)\s+sets\s+{what}\b", text)

    if says(structure, "all of it"):
        return
    for member in structure.iterfind(".//memberdef[@kind='variable']"):
        if not says(member, "it"):
            problems.append(f"{place_of(member)}: who sets "
                            f"{member.findtext('name')}? The caller sets it, "
                            "or the library sets it")


def documented(member, problems):
    """A symbol, its values and its parameters have their sentence."""
    name, kind = member.findtext("name"), member.get("kind")
    if name.startswith("@"):
        name = "an enum without a name"
    if not words(member.find("briefdescription")) and \
            not words(member.find("detaileddescription")):
        problems.append(f"{place_of(member)}: {kind} {name} is not documented")
    for value in member.findall("enumvalue"):
        if not words(value.find("briefdescription")):
            problems.append(f"{place_of(member)}: enum value "
                            f"{value.findtext('name')} is not documented")
    if kind == "function":
        listed = {words(n) for n in member.iter("parametername")}
        for param in member.findall("param"):
            given = param.findtext("declname")
            if given and given not in listed:
                problems.append(f"{place_of(member)}: parameter {given} of "
                                f"{name}() is not documented")
        returns = member.find(".//simplesect[@kind='return']")
        if returns is None and \
                words(member.find("type")).split()[-1:] != ["void"]:
            problems.append(f"{place_of(member)}: what {name}() returns is not "
                            "documented")
        since = words(member.find(".//simplesect[@kind='since']"))
        if not FIRST_KERNEL.match(since):
            problems.append(f"{place_of(member)}: @since of {name}() is not: "
                            "any, or Linux N.N, for CALL")


def text_of(element):
    """Text outside links and code listings."""
    if element.tag in ("ref", "ulink", "programlisting", "verbatim",
                       "htmlonly", "initializer", "location"):
        return element.tail or ""
    return (element.text or "") + "".join(map(text_of, element)) + \
        (element.tail or "")


def names_in(compound, known):
    """Names that look like ours in the text, and are nothing that we have.

    A function, macro, struct or enum that is not there; a link by # or ::.
    """
    for block in compound.iter():
        if block.tag not in ("para", "title"):
            continue
        text = " ".join([block.text or ""] + [text_of(e) for e in block])
        for name in re.findall(r"(?<![\w/.-])((?:barco_|BARCO_)\w+)\(\)", text):
            if name not in known:
                yield name + "()"
        for name in re.findall(r"(?:struct|enum) (barco_\w+)", text):
            if name not in known:
                yield name
        yield from re.findall(r"(?<![\w&/])((?:#|::)barco_\w+)", text)


def reference(xml):
    """What is wrong with the reference, one string each."""
    problems = []
    compounds = [ET.parse(f).getroot().find("compounddef")
                 for f in sorted(xml.glob("*.xml")) if f.name != "index.xml"]
    compounds = [c for c in compounds if c is not None]
    known = {n.text for c in compounds for n in c.iter("name")} | \
        {c.findtext("compoundname") for c in compounds}
    grouped = {n.get("id") for c in compounds if c.get("kind") == "group"
               for n in c.iter("memberdef")}
    grouped |= {n.get("refid") for c in compounds if c.get("kind") == "group"
                for n in c.iter("innerclass")}
    seen = set()
    for compound in compounds:
        kind, name = compound.get("kind"), compound.findtext("compoundname")
        if kind in ("struct", "union") and public(compound):
            if not words(compound.find("briefdescription")):
                problems.append(f"{place_of(compound)}: {kind} {name} is not "
                                "documented")
            if compound.get("id") not in grouped:
                problems.append(f"{place_of(compound)}: {name} is in no module "
                                "(@defgroup, @addtogroup)")
            who_sets(compound, problems)
            for enum in compound.iterfind(".//memberdef[@kind='enum']"):
                problems.append(f"{place_of(enum)}: an enum in {kind} {name}: in "
                                "C it belongs to the file")
        if kind == "group" and \
                compound.find(".//simplesect[title='Example']"
                              "//programlisting") is None:
            problems.append(f"module {name} has no example (@par Example, "
                            f"@include examples/{name}.c)")
        if kind == "file" and public(compound) and \
                not words(compound.find("briefdescription")):
            problems.append(f"{place_of(compound)}: no @file with a @brief")
        for member in compound.iter("memberdef"):
            if public(member) and member.get("id") not in seen:
                seen.add(member.get("id"))
                documented(member, problems)
                if kind == "file" and member.get("id") not in grouped:
                    problems.append(f"{place_of(member)}: "
                                    f"{member.findtext('name')} is in no "
                                    "module (@defgroup, @addtogroup)")
        place = compound.find("location")
        place = place.get("file") if place is not None else name
        for unknown in names_in(compound, known):
            problems.append(f"{place}: {unknown} is in the text, and leads "
                            "nowhere")
    return sorted(set(problems))


def markdown(files):
    """What is wrong with the text itself, one string each."""
    problems = []
    for file in files:
        text = re.sub(r"(?ms)^```.*?^```", lambda f: "\n" * f[0].count("\n"),
                      file.read_text())
        for number, line in enumerate(text.split("\n"), 1):
            for code in re.findall(r"(?<!`)`[^`]*'[^`]*`(?!`)", line):
                problems.append(f"{file}:{number}: Doxygen takes {code} for "
                                "quotation marks; write `` around it")
    return problems


PLAN = re.compile(r"(?m)^\| (minutes|week) \|.*\n\| ---.*\n((?:\|.*\n)+)")
LENGTH = re.compile(r"(\d+) (minutes|hours|weeks)\b")
# A row about an exercise: a link with its name, and its minutes.
TAKES = re.compile(r"(?m)^\| \[(\w+)\]\(\S+\) \| (\d+) \|")


def takes(kind, rows):
    """How long a plan takes, by the first cells of its rows."""
    cells = [row.split("|")[1].strip() for row in rows.splitlines()]
    if not all(map(str.isdigit, cells)):
        return "no number"
    if kind == "minutes":
        return sum(map(int, cells))
    weeks = list(range(1, len(cells) + 1))
    return len(weeks) if list(map(int, cells)) == weeks else "no number"


def plans(files, minutes_of):
    """What is wrong with the plans of the teacher's pages, one string each.

    A plan has the time that the heading above it names or, in teachers.md, the
    time of the chapter beside it. minutes_of is {exercise: minutes}.
    """
    problems = []
    for file in files:
        text, chapter = file.read_text(), file.parent / "chapter.md"
        about = re.search(r"@youarehere\{\w+,(.*?)\}", chapter.read_text()) \
            if file.name == "teachers.md" else None
        count = 0
        for part in re.split(r"(?m)^## ", text):
            heading = part.split("\n", 1)[0]
            length = LENGTH.search(about[1] if about else heading)
            for kind, rows in PLAN.findall(part):
                count += 1
                wants = length and int(length[1]) * (60 if length[2] == "hours" else 1)
                if takes(kind, rows) != wants:
                    problems.append(f"{file}: {heading}: the plan adds up to "
                                    f"{takes(kind, rows)}, not to {wants}")
        if not count:
            problems.append(f"{file}: no plan: a table that begins | minutes |")
        for name, minutes in TAKES.findall(text):
            if minutes_of.get(name) != int(minutes):
                problems.append(f"{file}: {name} takes {minutes_of.get(name)} "
                                f"minutes, not {minutes}")
    return problems


# Where a link may lead a reader, and how an address there looks. A host that is
# new here has been looked at by somebody.
OUTSIDE = {
    "man7.org": r"/linux/man-pages/man([1-8])/[\w.+-]+\.\1\.html",
    "manpages.debian.org": r"(/[\w.+-]+){1,3}\.[1-8](\.en\.html)?",
    "www.cve.org": r"/CVERecord\?id=CVE-\d{4}-\d{4,}",
    "nvd.nist.gov": r"/vuln/detail/CVE-\d{4}-\d{4,}",
} | dict.fromkeys([
    "discourse.ubuntu.com", "docs.docker.com", "docs.kernel.org", "doi.org",
    "github.com", "gitlab.com", "lwn.net", "papers.freebsd.org",
    "pubs.opengroup.org", "systemd.io", "www.cni.dev", "www.freedesktop.org",
    "www.tcpdump.org", "www.usenix.org"], r"/.+")


def outside(link):
    """What is wrong with a link that leads out of the book, or nothing."""
    url = urlsplit(link)
    if url.scheme != "https" or re.search(r"[\s<>\"]", link):
        return f"{link} is not a https address"
    if url.netloc not in OUTSIDE:
        return f"{url.netloc} is not among the hosts of check.py: {link}"
    where = url.path + ("?" + url.query) * bool(url.query)
    if not re.fullmatch(OUTSIDE[url.netloc], where):
        return f"no address of {url.netloc} looks like {link}"
    return None


# Attributes that name elements of the same page.
NAMES = ("for", "aria-controls", "aria-describedby", "aria-labelledby")


class Page(HTMLParser):
    """What a page has and what it asks for."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.wants, self.wrong = set(), [], []
        self.ids = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        self.anchors |= {attrs.get("id"), attrs.get("name")} - {None}
        for name in NAMES:
            self.wants += [(tag, f"#{i}") for i in attrs.get(name, "").split()]
        for value in attrs.values():
            self.wants += [(tag, f"#{i}") for i in
                           re.findall(r"url\(['\"]?#([^'\")]+)", value or "")]
        for name in ("href", "xlink:href", "src", "srcset", "poster", "data"):
            if name in attrs and not (tag == "object" and name != "data"):
                self.wants.append((tag, attrs[name]))
        if tag == "img" and not attrs.get("alt", "").strip():
            self.wrong.append(f"image {attrs.get('src')} has no alternative "
                              "text")
        if tag == "svg" and attrs.get("role") == "img" and not \
                attrs.get("aria-label", attrs.get("aria-labelledby")):
            self.wrong.append("a drawing has no aria-label")


def links(folder):
    """What is wrong with the links of the finished pages, one string each."""
    problems = []
    pages = {f.name: Page(f.read_text()) for f in sorted(folder.glob("*.html"))}
    for name, page in pages.items():
        problems += [f"{name}: {wrong}" for wrong in page.wrong]
        for anchor in sorted({i for i in page.ids if page.ids.count(i) > 1}):
            problems.append(f"{name}: two places have the id {anchor}")
        for tag, link in page.wants:
            url = urlsplit(link)
            if url.scheme == "data":
                continue
            if url.scheme or url.netloc:
                # A reader may follow a link away; a page may not load one.
                wrong = outside(link) if tag == "a" else \
                    f"loads {link} from elsewhere"
                problems += [f"{name}: {wrong}"] * bool(wrong)
                continue
            path, anchor = unquote(url.path) or name, unquote(url.fragment)
            if not (folder / path).is_file():
                problems.append(f"{name}: there is no {path}")
            elif anchor and path in pages and \
                    anchor not in pages[path].anchors:
                problems.append(f"{name}: {path} has no #{anchor}")
    for file in sorted(folder.glob("*.css")):
        for url in re.findall(r"url\(\s*['\"]?([^'\")]+)", file.read_text()):
            if not url.startswith("data:") and not (folder / url).is_file():
                problems.append(f"{file.name}: there is no {url}")
    return sorted(set(problems))
