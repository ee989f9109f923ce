#!/usr/bin/env python3
"""Writes barco_*(3): man3.py FOLDER, at the top of the sources.

Doxygen reads the headers. Each function gets a page of its own, and each module
one for what its functions share: barco_process_spawn(3) and barco_process(3).
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import facts
import mdoc


def run_doxygen(work):
    """What Doxygen says of the headers: a root element for each file of it."""
    settings = Path("docs/man/Doxyfile").read_text()
    subprocess.run(["doxygen", "-"], text=True, check=True,
                   input=f"{settings}\nOUTPUT_DIRECTORY = {work}\n",
                   stdout=subprocess.DEVNULL,
                   env=os.environ | {"LC_ALL": "C.UTF-8"})
    return {file.stem: ET.parse(file).getroot().find("compounddef")
            for file in (Path(work) / "xml").glob("*__*.xml")}


# ---- Doxygen's XML, as mdoc(7) --------------------------------------------------

APART = ("parameterlist", "simplesect", "title")


def code_of(listing):
    """The lines of a listing; Doxygen writes a space as <sp/>."""
    for space in listing.iter("sp"):
        space.text = " "
    return "\n".join("".join(line.itertext()).rstrip()
                     for line in listing.iter("codeline"))


def paragraphs(element):
    """The paragraphs in an element, without what has a section of its own."""
    out, words = [], [element.text or ""]

    def flush():
        if "".join(words).strip():
            out.append(mdoc.text("".join(words)))
        words.clear()

    for child in element:
        if child.tag in ("programlisting", "verbatim"):
            flush()
            out.append(mdoc.verbatim((child.text or "").strip("\n")
                                     if child.tag == "verbatim" else code_of(child)))
        elif child.tag == "table":
            flush()
            out.append(mdoc.table([["".join(entry.itertext()) for entry in row]
                                   for row in child.iter("row")]))
        elif child.tag in ("para", "itemizedlist", "orderedlist", "listitem"):
            flush()
            out += paragraphs(child)
        elif child.tag not in APART:
            words.append("".join(child.itertext()))
        words.append(child.tail or "")
    flush()
    return out


def described(element):
    """What is said of something, in paragraphs."""
    found = paragraphs(element.find("briefdescription")) + \
        paragraphs(element.find("detaileddescription"))
    return re.sub(r"\n\.Pp\n(?=\.B[dl])", "\n", "\n.Pp\n".join(found))


def section(element, kind):
    """@return, @pre, @since or @see of a function, @par of a module: its
    paragraphs."""
    return [part for found in element.iter("simplesect")
            if found.get("kind") == kind for part in paragraphs(found)]


def type_of(element):
    """A type; Doxygen takes an enum in a structure for one of C++."""
    return re.sub(r"\w+::", "", "".join(element.find("type").itertext()))


def declared(member):
    """A parameter or a member of a structure, as C declares it."""
    kind = type_of(member)
    name = member.findtext("declname") or member.findtext("name") or ""
    after = member.findtext("array") or member.findtext("argsstring") or ""
    return f"{kind}{'' if kind.endswith('*') else ' '}{name}{after}".strip()


# ---- Pages ------------------------------------------------------------------------


def page(name, what, header, synopsis, sections):
    """A page of section 3; a section without text is left out."""
    out = [f".Dd {time.strftime('%B %d, %Y')}".replace(" 0", " "),
           f".Dt {name.upper()} 3", f".Os barco {facts.version()}",
           ".Sh NAME", f".Nm {name}", f".Nd {what.strip().rstrip('.')}",
           ".Sh LIBRARY", "The barco library: libbarco, or barco for pkg-config",
           ".Sh SYNOPSIS", *(f".In {file}" for file in header)] + synopsis
    for title, body in sections:
        if body:
            out += [f".Sh {title}", body]
    return "\n".join(out) + "\n"


def see_also(names):
    """References in the order that mdoc(7) asks for: by section, then name."""
    names = sorted(set(names), key=lambda ref: (ref[1], ref[0]))
    return " ,\n".join(f".Xr {name} {number}" for name, number in names)


def function_page(member, module):
    """One function."""
    name = member.findtext("name")
    synopsis = [f".Ft {type_of(member)}", f".Fo {name}"]
    synopsis += [f'.Fa "{declared(param)}"' for param in member.findall("param")]
    synopsis.append(".Fc")
    parameters = mdoc.items(
        [(f"Fa {item.findtext('.//parametername')}",
          "\n.Pp\n".join(paragraphs(item.find("parameterdescription"))))
         for item in member.iter("parameteritem")])
    needs = [f".Pp\n{title}: {said}" for title, kind in
             (("Required", "pre"), ("First kernel", "since"))
             for said in section(member, kind)]
    see = ", ".join(section(member, "see")).replace("\n", " ").split(", ")
    refs = [re.fullmatch(r"(\w+)\((\d)\)", ref) for ref in see]
    rest = ", ".join(said for said, ref in zip(see, refs) if not ref)
    refs = [ref.groups() for ref in refs if ref] + [(f"barco_{module}", "3")]
    return page(name, "".join(member.find("briefdescription").itertext()),
                [member.find("location").get("file")], synopsis,
                [("DESCRIPTION", "\n".join([described(member), *needs, parameters])),
                 ("RETURN VALUES", "\n.Pp\n".join(section(member, "return"))),
                 ("SEE ALSO", see_also(refs) + (f"\n.Pp\n{rest}" if rest else ""))])


def values(enum):
    """The values of an enum."""
    return mdoc.items([(f"Dv {value.findtext('name')}", described(value))
                       for value in enum.findall("enumvalue")])


def structure(element):
    """A structure and its members."""
    fields = [(f"Vt {declared(member)}", described(member).replace("\n.Pp\n", "\n"))
              for member in element.iter("memberdef")
              if member.get("kind") == "variable"]
    enums = [values(member) for member in element.iter("memberdef")
             if member.get("kind") == "enum"]
    return "\n".join([f".Ss struct {element.findtext('compoundname')}",
                      described(element), mdoc.items(fields), *enums])


def other(member):
    """A macro, a type, an enum or a variable."""
    kind, name = member.get("kind"), member.findtext("name")
    if kind == "define":
        names = [p.findtext("defname") for p in member.findall("param")]
        title = name + (f"({', '.join(names)})" if names else "")
    elif kind == "enum":
        title = "Constants" if name.startswith("@") or not name else f"enum {name}"
    else:
        title = member.findtext("definition")
    return "\n".join([f".Ss {title}", described(member), values(member)])


def module_page(group, found):
    """What the functions of a module share, and which they are."""
    module = group.findtext("compoundname")
    members = list(group.iter("memberdef"))
    functions = [(f"Xr {member.findtext('name')} 3",
                  "\n".join(paragraphs(member.find("briefdescription"))))
                 for member in members if member.get("kind") == "function"]
    headers = {member.find("location").get("file") for member in members}
    body = [described(group), mdoc.items(functions)]
    body += [structure(found[inner.get("refid")])
             for inner in group.findall("innerclass")]
    body += [other(member) for member in members if member.get("kind") != "function"]
    return page(f"barco_{module}", group.findtext("title"), sorted(headers), [],
                [("DESCRIPTION", "\n".join(body)),
                 ("EXAMPLES", "\n".join(section(group, "par"))),
                 ("SEE ALSO", ".Xr barco 1")])


def main():
    out = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as work:
        found = run_doxygen(work)
    for group in found.values():
        if group.get("kind") != "group":
            continue
        module = group.findtext("compoundname")
        pages = {f"barco_{module}": module_page(group, found)}
        pages |= {member.findtext("name"): function_page(member, module)
                  for member in group.iter("memberdef")
                  if member.get("kind") == "function"}
        for name, text in pages.items():
            lines = (line for line in text.split("\n") if line.strip())
            (out / f"{name}.3").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
