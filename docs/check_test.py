#!/usr/bin/env python3
"""The book refuses what is undocumented or broken.

A tiny book, which is made without complaint, is spoiled in one way at a time;
each has to be refused, with words that name what is wrong.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

COST = ('{"ms": 2, "p10": 1, "ratio": [1, 1, 1], "cpu": 1, "kib": 9, "calls": 5, '
        '"faults": 3}')
COSTS = (f'{{"rows": {{"the full floor": {COST}, "09_barco": {COST}}}, '
         '"machine": {"processors": 2, "processor": "x", "kernel": "6", '
         '"load": "0"}, "versions": {}, "missing": [], "user": "root", '
         '"rounds": 1}')

GOOD = {
    "include/barco/process.h": """\
/**
 * @file
 * @brief Stage 01: a child.
 */
/**
 * @defgroup process Process
 * @brief A child.
 *
 * @par Example
 * @include examples/process.c
 * @{
 */
/** How it went. */
enum barco_fate {
    BARCO_ALIVE, /**< it lives */
    BARCO_DEAD,  /**< it does not */
};
/** A child. Of ours. */
struct barco_process {
    int pid; /**< its id. The library sets it. */
};
/** None. */
#define BARCO_NO_PROCESS { 0 }
/**
 * Start it, as barco_log_step() says.
 *
 * @param child  the child
 * @return 0, or a negative errno
 * @since Linux 5.3, for clone3(2)
 */
int barco_process_spawn(struct barco_process *child);
/** @} */
""",
    "include/barco/log.h": """\
/**
 * @file
 * @brief The log.
 */
/**
 * @defgroup core Core
 * @brief The log.
 *
 * @par Example
 * @include examples/core.c
 * @{
 */
/**
 * Say it.
 *
 * @since any
 */
void barco_log_step(void);
/** @} */
""",
    "include/barco/version.h": """\
/**
 * @file
 * @brief The version.
 */
/** @addtogroup core
 *  @{
 */
/** As in NEWS. */
#define BARCO_VERSION "1.2.3"
/** @} */
""",
    "common/process.c": """\
#include "barco/process.h"
//! [spawn]
int barco_process_spawn(struct barco_process *child)
{
    return child->pid;
}
//! [spawn]
""",
    "stages/01_clone.c": "/**\n * @file\n * @brief Stage 01: a child.\n */\n"
                         "int main(void)\n{\n    return 0;\n}\n",
    "stages/02_pid.c": "/**\n * @file\n * @brief Stage 02: a name.\n */\n"
                       "int main(void)\n{\n    return 1;\n}\n",
    # Neither a chapter nor a column of the break-outs yet.
    "stages/03_mount.c": "/**\n * @file\n * @brief Stage 03: files.\n */\n"
                         "int main(void)\n{\n    return 2;\n}\n",
    "tutorials/01_clone/chapter.md": """\
# Chapter 1: A child {#chapter_01_clone}

@youarehere{01_clone,45 minutes}

See barco_process_spawn(), @ref process and [the top](#clone_top); clone(2),
and not `fork(2)`; CVE-2024-21626.

Type `01_clone --demo`, not `docker
run`, or, as root:

```sh
bazel run --config=lab //stages:01_clone -- sh  # an explanation
```

## The top {#clone_top}

@listing common/process.c | spawn
@listing common/process.c | barco_process_spawn() | return
@listing stages/01_clone.c | return

@options{01_clone}

@causes{01_clone}

@stagediff{01_clone,02_pid}

@transcript{01_clone}

@through{01_clone}

@plot{05_cgroups,memory}

@opens{02_pid}

@exercises{01_clone}

@answer{Yes\\, or no?}
Yes.
@endanswer

## The kernel's side {#ch01_kernel}

| call | what it does |
| --- | --- |
| fork(2) | copies |

## Predict {#ch01_predict}

What comes?

@answer{What did you predict?}
Nothing.
@endanswer
""",
    "tutorials/01_clone/slides.md": """\
# A child {#slides_01_clone}

## The idea

One becomes two.

Note: 5 minutes. Say it.

## Look from outside

@predict
@steps both | > id
@question Why
@table call
@tasks
@listing common/process.c | spawn

Note: 40 minutes. Show it.
""",
    "tutorials/01_clone/exercises/first/README.md":
        "# The <first>\n\n**Repair** · 20 minutes · chapter 1\n\nMend `a < b`:\n\n"
        "    first 1\n",
    "tutorials/01_clone/exercises/first/check.c":
        "/**\n * @file\n * @brief What <it> does.\n */\n",
    "tutorials/01_clone/exercises/first/starter.c": "int main(void)\n{\n}\n",
    "tutorials/01_clone/exercises/first/hints.md": "One.\n\n---\n\nTwo.\n",
    "tutorials/01_clone/exercises/first/solution.patch":
        "--- starter.c\n+++ solution.c\n@@ -1,3 +1,14 @@\n int main(void)\n"
        "+\n {\n" + "+    ;\n" * 10 + " }\n",
    "tutorials/02_pid/notes.txt": "# Notes.\n\n+ return 1;\n    More <b>.\n",
    "tutorials/05_cgroups/memory.csv":
        "# eat\nseconds,memory.current,oom_kill\n0.00,0,0\n"
        "1.00,16000000,0\n2.00,32000000,0\n3.00,48000000,0\n"
        "4.00,66000000,0\n5.00,0,1\n",
    "docs/pages/compare.md": "# Compare {#compare}\n\n"
                             "@htmlinclude[block] compare.html\n",
    "tutorials/01_clone/transcript.sh": "# [both] as root\n01_clone sh\n"
                                        "> id -u\n> exit\n# [demo]\n"
                                        "01_clone --demo\n",
    "tutorials/01_clone/transcript.txt":
        "[both]\n# 01_clone sh\ncontainer # id -u\n0\ncontainer # exit\n\n"
        "[demo]\n$ 01_clone --demo\ncontainer $ id -u\n1000\n",
    "tutorials/01_clone/transcript.cast":
        '{"version": 2, "width": 80}\n[0, "m", "both"]\n',
    "docs/pages/index.md": "# barco {#mainpage}\n\n"
                           "@htmlinclude[block] syllabus.html\n\n"
                           "@htmlinclude[block] growing.html\n\n"
                           "@htmlinclude[block] breakouts.emptying.html\n",
    "docs/pages/using.md": "# Use {#using}\n\nDo.\n",
    "docs/pages/namespaces.md": "# Names {#namespaces}\n\nLook.\n",
    "docs/pages/cgroups.md": "# Groups {#cgroups}\n\nLook.\n",
    "docs/not_run.txt": "# the lab has none\ndocker run\n",
    "docs/pages/glossary.md": "# Words {#glossary}\n\nDo.\n",
    "docs/pages/bibliography.md": "# Read {#bibliography}\n\nDo.\n",
    "docs/pages/costs_root.json": COSTS,
    "docs/pages/costs_user.json": COSTS,
    "docs/pages/costs.md": "# Costs {#costs}\n\n@htmlinclude[block] costs_plot.html\n",
    "docs/pages/machine_figures.json": '{"where": "here", "figures": []}',
    "docs/pages/tests.md": "# Tests {#tests}\n\n"
                           "@htmlinclude[block] fuzz.html\n\n"
                           "@htmlinclude[block] coverage.html\n\n"
                           "@htmlinclude[block] faults.html\n",
    "docs/pages/coverage.csv": "module,lines,reached,branches,taken\n"
                               "core,10,9,4,3\n",
    "docs/pages/faults.csv": "stage,user,calls,failures,carried_on,wrong\n"
                             "01_clone,learner,9,40,3,0\n",
    "tests/fuzz/sizes.c": "/**\n * @file\n * @brief Sizes: read_it().\n */\n"
                          "int LLVMFuzzerTestOneInput(void);\n",
    "docs/pages/grading_figures.json": '{"lines": []}',
    "docs/pages/news.md": "# News {#news}\n\n@htmlinclude[block] news.html\n",
    "NEWS": "What changed.\n\n1.0\n\n  The library\n  * One\n    thing.\n",
    "docs/pages/teaching.md": "# Teach {#teaching}\n\n## A day: 4 hours\n\n"
                              "| minutes | do |\n| --- | --- |\n"
                              "| 200 | it |\n| 40 | rest |\n\n"
                              "## A month: 2 weeks\n\n| week | do |\n"
                              "| --- | --- |\n| 1 | it |\n| 2 | rest |\n",
    "tutorials/01_clone/teachers.md":
        "# Teaching {#teach_01_clone}\n\n| minutes | do |\n| --- | --- |\n"
        "| 30 | it |\n| 15 | rest |\n\n| exercise | minutes | why |\n"
        "| --- | --- | --- |\n| [first](chapter_01_clone.html) | 20 | so |\n\n"
        "@slides{01_clone}\n\n@room{01_clone}\n\n## Questions {#teach01_questions}\n\n"
        "1. *Why so?* Because.\n",
    "docs/pages/setup.md": "# Set up {#setup}\n\nDo.\n",
    "docs/pages/roots.md": "# Roots {#roots}\n\nMake one.\n",
    "docs/pages/machine.md": "# Machine {#machine}\n",
    "docs/pages/own_program.md": "# Program {#own_program}\n\n@include two.c\n",
    "docs/examples/core.c": "/* Says it. */\nint main(void);\n",
    "docs/examples/process.c": "/* Starts it. */\nint main(void);\n",
    "docs/examples/two.c": "/* An example. */\nint main(void);\n",
    "docs/pages/exercises.md": "# Exercises {#exercises}\n\n"
                               "@htmlinclude[block] exercises.html\n",
    "docs/pages/syllabus.md": "# Syllabus {#syllabus}\n\n"
                              "@htmlinclude[block] graph.html\n",
    "docs/pages/reference.md": "# Reference {#reference}\n\n"
                               "@htmlinclude[block] modules.html\n",
    "docs/pages/troubleshooting.md": "# Trouble {#troubleshooting}\n\n"
                                     "@htmlinclude[block] causes.html\n",
    "docs/pages/container.md": "# Kernel {#as_the_kernel_sees_it}\n\n"
                               "@verbinclude a_container.txt\n",
    "tests/stages/a_container.txt": "# mounts\n/ ro\n",
    "docs/pages/plan.md": "# The order {#plan}\n\n"
                          "@htmlinclude[block] plan.html\n",
    "docs/pages/architecture.svg": '<svg role="img" aria-label="Boxes"></svg>\n',
    "ARCHITECTURE.md": "# Architecture\n\n"
                       "![boxes](docs/pages/architecture.svg)\n\n"
                       "Read [all](README.md).\n",
    "docs/pages/breakouts.md": "# Break-outs {#breakouts}\n\n" + "\n\n".join(
        f"@htmlinclude[block] breakouts.{piece}.html" for piece in
        ("legend", "matrix", "comparison", "layers", "columns")) + "\n",
    "tests/attacks/matrix.md": """\
| break-out | host | 01 | 02 | other | held by |
| --- | --- | --- | --- | --- | --- |
| `kill` | through | through | held | ? | a wall |
| `stay` | through | - | through | held | nothing |
""",
    "tests/attacks/layers.md": """\
| break-out | host | nothing | wall | held by |
| --- | --- | --- | --- | --- |
| `kill` | through | held | through | a wall |
""",
    "tests/attacks/columns.sh": """\
column_host() { command="$host run"; }
column_01() { command=/barco/stages/01_clone; }
column_02() { command="/barco/stages/02_pid --mnt $root"; }
column_other() { as=somebody command=other; }
column_nothing() { command="without_layer nothing"; }
column_wall() { command="without_layer wall"; }
""",
    "tests/attacks/oci": "#!/bin/sh\n",
    "tests/attacks/oracles.sh": "\nkill_shows=dead\nkill_seen() { :; }\n",
    "docs/machine/cannot.txt": "# Why\nkill 02: it is <slow>\n",
    "tests/attacks/proofs.sh": "every_layer=seccomp\n",
    "tests/attacks/without_layer.c": """\
/**
 * @file
 * @brief One layer removed.
 *
 *     nothing    as it is
 *     wall       no wall
 */
""",
    "tests/attacks/breakouts/kill.c": """\
/**
 * @file
 * @brief kill: somebody <dies>.
 *
 * By @ref nothing, #nowhere, /proc/*/mem and "_words_".
 */
#include "tests/attacks/breakouts/breakout.h"

BREAKOUT(kill) /* @ref nobody */
{
    return 0;
}
""",
    "tests/attacks/breakouts/stay.c": """\
/**
 * @file
 * @brief stay: somebody stays, and that
 * for long.
 *
 * For ever.
 */
BREAKOUT(stay)
{
    return 0;
}
""",
    "parts/syllabus.json": '[{"stage": "01_clone", "modules": ["process"]},'
                           ' {"stage": "02_pid", "modules": []},'
                           ' {"stage": "03_mount", "modules": []}]',
    "parts/01_clone.help": "  -v, --verbose    Say more\n",
    "parts/03_mount.help": "  -v, --verbose    Say more\n",
    "parts/02_pid.help": "  -v, --verbose    Say more\n",
    "parts/process.deps": "//common:process\n",
    "parts/plan.txt": "On the host\n  start  begin <it>  it is time\n\n"
                      "Inside\n  end    stop    no more\n",
    "parts/codemirror.js": "",
    "parts/causes.tsv": "process\tclone3\tEPERM\t\tno root\tbe root, %s\n",
    "theme/doxygen-awesome.css": "",
    "theme/doxygen-awesome-darkmode-toggle.js": "",
    "theme/doxygen-awesome-interactive-toc.js": "",
    "npm/v86/build/libv86.js": "",
    "npm/@xterm/xterm/lib/xterm.js": "",
    "npm/@xterm/xterm/css/xterm.css": "",
    "npm/@xterm/addon-fit/lib/addon-fit.js": "",
    "npm/reveal.js/dist/reveal.js": "",
    "npm/reveal.js/dist/reveal.css": "",
    "npm/reveal.js/dist/plugin/notes.js": "",
    "npm/minisearch/dist/umd/index.js": "",
    "npm/asciinema-player/dist/bundle/asciinema-player.min.js": "",
    "npm/asciinema-player/dist/bundle/asciinema-player.css": "",
}

HEADER = "include/barco/process.h"
CHAPTER = "tutorials/01_clone/chapter.md"
SLIDES = "tutorials/01_clone/slides.md"
ATTACKS = "tests/attacks"

# What is wrong, where, the words to replace, by what, and what must be said.
# The first are those of slides; then come four that Doxygen 1.9.4 lets pass.
BAD = [
    ("a slide without a note", SLIDES, "Note: 5 minutes. Say it.", "",
     "slides.md:9: ## Look from outside: the slide above has no line Note"),
    ("a slide for longer than there is", SLIDES, "Note: 5", "Note: 6",
     "slides.md: the notes add up to 46 minutes, and the chapter has 45"),
    ("a command on a slide that nobody typed", SLIDES, "| > id", "| > is",
     "slides.md:12: @steps both | > is: 0 commands of both begin with > is"),
    ("a question on a slide that nobody asks", SLIDES, "@question Why",
     "@question How", "0 questions of teachers.md begin with How"),
    ("an enum value without a word", HEADER, " /**< it lives */", "",
     "enum value BARCO_ALIVE is not documented"),
    ("a header without @file", HEADER, " * @file\n * @brief Stage 01: a child.",
     " * A child.", "process.h:1: no @file"),
    ("an image that is not there", CHAPTER, "See barco_process_spawn()",
     "![a picture](no-such.png) See", "no-such.png"),
    ("a function that is not there", CHAPTER, "See barco_process_spawn()",
     "See barco_process_swawn()", "barco_process_swawn() is in the text"),
    ("the same in a header", HEADER, "barco_log_step()", "barco_log_stop()",
     "barco_log_stop() is in the text"),
    ("the same in code font", CHAPTER, "See barco_process_spawn()",
     "See `barco_process_swawn()`", "barco_process_swawn() is in the text"),
    ("a function without a word", HEADER, """\
/**
 * Start it, as barco_log_step() says.
 *
 * @param child  the child
 * @return 0, or a negative errno
 * @since Linux 5.3, for clone3(2)
 */
""", "", "barco_process_spawn"),
    ("a parameter without a word", HEADER, " * @param child  the child\n", "",
     "child"),
    ("a result without a word", HEADER,
     " * @return 0, or a negative errno\n", "", "barco_process_spawn"),
    ("a struct without a word", HEADER, "/** A child. Of ours. */\n", "",
     "barco_process"),
    ("a member without a word", HEADER,
     " /**< its id. The library sets it. */", "", "pid"),
    ("a member that nobody sets", HEADER, "The library sets it. */", "*/",
     "process.h:20: who sets pid?"),
    ("a function of no kernel", HEADER,
     " * @since Linux 5.3, for clone3(2)\n", "",
     "@since of barco_process_spawn() is not"),
    ("a function of another barco", HEADER, "Linux 5.3, for clone3(2)", "0.2",
     "@since of barco_process_spawn() is not"),
    ("a macro without a word", HEADER, "/** None. */\n", "",
     "BARCO_NO_PROCESS"),
    ("an enum without a word", HEADER, "/** How it went. */\n", "",
     "barco_fate"),
    ("an enum in a struct", HEADER, "    int pid; /**< its id.",
     "    /** Why. */\n    enum barco_why {\n        BARCO_WHY /**< so */\n"
     "    } why; /**< why */\n    int pid; /**< its id.",
     "process.h:21: an enum in struct barco_process"),
    ("a symbol in no module", HEADER, "/** @} */\n",
     "/** @} */\n/** Lost. */\n#define BARCO_LOST 1\n",
     "BARCO_LOST is in no module"),
    ("a module without an example", HEADER,
     " * @par Example\n * @include examples/process.c\n", "",
     "module process has no example"),
    ("an example that is not there", HEADER, "examples/process.c",
     "examples/prozess.c", "prozess.c"),
    ("a module without a page", HEADER, "@defgroup process",
     "@defgroup prozess", "no @defgroup process"),
    ("a reference to nothing", CHAPTER, "@ref process", "@ref prozess",
     "prozess"),
    ("a chapter that is not there", CHAPTER, "@ref process",
     "@ref chapter_02_pid", "chapter_02_pid"),
    ("a link to nothing", CHAPTER, "(#clone_top)", "(no-such.html)",
     "there is no no-such.html"),
    ("an anchor that is not there", CHAPTER, "(#clone_top)", "(#clone_tip)",
     "clone_tip"),
    ("a link without encryption", CHAPTER, "(#clone_top)",
     "(http://lwn.net/a)", "http://lwn.net/a is not a https address"),
    ("a link to a host that nobody knows", CHAPTER, "(#clone_top)",
     "(https://example.org/)", "example.org is not among the hosts"),
    ("a manual page in another section", CHAPTER, "(#clone_top)",
     "(https://man7.org/linux/man-pages/man2/proc.5.html)",
     "no address of man7.org looks like"),
    ("a drawing that names what it lacks", "docs/pages/architecture.svg",
     'aria-label="Boxes"', 'aria-label="Boxes" fill="url(#no_such)"',
     "architecture.html has no #no_such"),
    ("a label that is not there", "docs/pages/architecture.svg",
     'aria-label="Boxes"', 'aria-labelledby="no_title"',
     "architecture.html has no #no_title"),
    ("a snippet that is not there", CHAPTER, "| spawn", "| spown",
     "0 lines begin with spown"),
    ("a function that is not in the source", CHAPTER, "| barco_process_spawn()",
     "| barco_process_spown()", "0 functions are called barco_process_spown()"),
    ("a line of a later chapter that is not there", CHAPTER, "| return\n@l",
     "| retour\n@l", "no line matches retour"),
    ("a source that is not there", CHAPTER, "common/process.c | spawn",
     "common/prozess.c | spawn", "prozess.c"),
    ("a transcript that is not there", CHAPTER, "@options{01_clone}",
     "@transcript{01_clone,demi}", "01_clone.demi.transcript.html"),
    ("a transcript that lacks a command", "tutorials/01_clone/transcript.txt",
     "container # id -u\n", "",
     "not as in transcript.sh, [both]: id -u: bazel run //docs:update"),
    ("one in which it is typed elsewhere", "tutorials/01_clone/transcript.txt",
     "container # id -u\n", "second shell # id -u\n",
     "not as in transcript.sh, [both]: id -u: bazel run //docs:update"),
    ("one that begins with something else", "tutorials/01_clone/transcript.txt",
     "$ 01_clone --demo\n", "", "not as in transcript.sh, [demo]"),
    ("a stepper without a recorded run", CHAPTER, "@options{01_clone}",
     "@stepper{01_clone}", "01_clone.stepper.html"),
    ("a stage that is not there", CHAPTER, "@options{01_clone}",
     "@options{01_klone}", "01_klone.options.html"),
    ("code that looks like a quotation", CHAPTER, "See barco",
     "Run `sh -c 'true'`; see barco", "write `` around it"),
    ("an image from elsewhere", CHAPTER, "See barco_process_spawn()",
     '<img src="https://example.org/x.png" alt="x"> See', "from elsewhere"),
    ("a chapter without its anchor", CHAPTER, " {#chapter_01_clone}", "",
     "must be: # Title {#chapter_01_clone}"),
    ("a break-out without a story", f"{ATTACKS}/matrix.md", "| `stay`",
     "| `live`", "matrix.md: live has no story"),
    ("the same in the other table", f"{ATTACKS}/layers.md", "| `kill`",
     "| `klll`", "layers.md: klll has no story"),
    ("a story that is in no table", f"{ATTACKS}/matrix.md",
     "| `stay` | through | - | through | held | nothing |\n", "",
     "stay.c: the story is in no row"),
    ("a story under another name", f"{ATTACKS}/breakouts/kill.c",
     "@brief kill:", "@brief klll:", "kill.c:1: must begin"),
    ("a column without a command line", f"{ATTACKS}/columns.sh",
     "column_other()", "column_another()", "no command line for other"),
    ("an oracle that does not say what it looks for", f"{ATTACKS}/oracles.sh",
     "kill_shows", "kill_sows", "no kill_shows says what"),
    ("a break-out that cannot be tried, and is in no table",
     "docs/machine/cannot.txt", "kill", "klll",
     "cannot.txt: klll is in no row"),
    ("a verdict that is none", f"{ATTACKS}/matrix.md", "| ? |", "| broken |",
     "kill in other: broken is none of"),
    ("a row that is too short", f"{ATTACKS}/matrix.md", "| ? |", "|",
     "kill has 5 cells"),
    ("a layer that nobody explains", f"{ATTACKS}/without_layer.c", "     wall  ",
     "     well  ", "says nothing of wall"),
    ("a stage that the front page has no words for", "docs/generate.py",
     '    "03_mount": "its own files",\n', "", "IDEAS has no words for 03_mount"),
    ("a step that says no reason", "parts/plan.txt", "  it is time", "",
     "not LAYER  STEP  WHY:   start  begin <it>"),
    ("a drawing that is not there", "ARCHITECTURE.md", "pages/architecture.svg",
     "pages/arkitecture.svg", "arkitecture.html"),
    ("a cause of a module that no stage has", "parts/causes.tsv", "process",
     "prozess", "no stage introduces prozess"),
    ("a note at a line that is gone", "tutorials/02_pid/notes.txt", "return 1",
     "return 9", "notes.txt:3: the difference from 01_clone has 0 lines + return 9"),
    ("a note at a line that stays", "tutorials/02_pid/notes.txt", "return 1;",
     "{", "has 0 lines + {"),
    ("a note that says nothing", "tutorials/02_pid/notes.txt", "    More <b>.\n",
     "", "notes.txt:3: what is the line for?"),
    ("a note that is not indented", "tutorials/02_pid/notes.txt", "    More",
     "More", "notes.txt:4: neither"),
    ("a plot of a process that is not killed", "tutorials/05_cgroups/memory.csv",
     "5.00,0,1", "5.00,0,0", "memory.csv: nothing is killed"),
    ("a plot above the limit", "tutorials/05_cgroups/memory.csv", "66000000",
     "99000000", "it grows to 94.4 MiB, and the limit is 64"),
    ("a plot without its column", "tutorials/05_cgroups/memory.csv",
     "memory.current", "memory.peak", "no column memory.current"),
    ("a change to Doxygen's HTML that changes nothing", "docs/tidy.py",
     ">More", ">Less", "nothing to change on any page: no More..."),
    ("a command that nothing runs", CHAPTER, "`01_clone --demo`",
     "`01_clone --dema`", "chapter.md:8: nothing runs: 01_clone --dema"),
    ("the same in a block", CHAPTER, "-- sh  #", "-- sh -c exit  #",
     "chapter.md:12: nothing runs: bazel run --config=lab //stages:01_clone -- sh"
     " -c exit"),
    ("a command of root's that only learner runs", CHAPTER, "-- sh  #",
     "-- --demo  #", "add `01_clone --demo` to a section as root"),
    ("a command that is excused and not there", "docs/not_run.txt",
     "docker run", "docker ran", "not_run.txt: no page has: docker ran"),
    ("an excuse without a reason", "docs/not_run.txt", "# the lab has none\n",
     "", "not_run.txt:1: a reason comes first"),
    ("an exercise of no kind", "tutorials/01_clone/exercises/first/README.md",
     "Repair", "Guess", "README.md: line 3 is not"),
    ("an exercise of nine lines",
     "tutorials/01_clone/exercises/first/solution.patch",
     "+1,14 @@\n int main(void)\n+\n {\n+    ;\n", "+1,13 @@\n int main(void)\n+\n {\n",
     "exercises/first: lines to write: 9, not 10 to 40"),
    ("an exercise of 41 lines",
     "tutorials/01_clone/exercises/first/solution.patch",
     "+1,14 @@\n int main(void)\n+\n {\n",
     "+1,45 @@\n int main(void)\n+\n {\n" + "+    ;\n" * 31,
     "exercises/first: lines to write: 41, not 10 to 40"),
    ("an exercise that cannot be tried", "tutorials/01_clone/exercises/first/README.md",
     "    first 1\n", "    first ARG\n", "first/README.md: shows no command"),
    ("a plan that takes longer than its chapter", "tutorials/01_clone/teachers.md",
     "| 15 |", "| 20 |", "teachers.md: # Teaching {#teach_01_clone}: the plan adds "
     "up to 50, not to 45"),
    ("a plan that takes less time than its heading says",
     "docs/pages/teaching.md", "| 40 |", "| 20 |",
     "teaching.md: A day: 4 hours: the plan adds up to 220, not to 240"),
    ("a plan whose weeks have a gap", "docs/pages/teaching.md", "| 2 | rest",
     "| 3 | rest", "A month: 2 weeks: the plan adds up to no number, not to 2"),
    ("a plan that says about how long", "docs/pages/teaching.md", "| 200 |",
     "| 200 or so |", "adds up to no number, not to 240"),
    ("a chapter that is taught without a plan", "tutorials/01_clone/teachers.md",
     "| minutes | do |", "| time | do |", "teachers.md: no plan"),
    ("an exercise that takes longer than it says",
     "tutorials/01_clone/teachers.md", "| 20 |", "| 25 |",
     "teachers.md: first takes 20 minutes, not 25"),
    ("a page for teachers without its anchor", "tutorials/01_clone/teachers.md",
     " {#teach_01_clone}", "", "must be: # Title {#teach_01_clone}"),
    ("what opens in no stage", CHAPTER, "@opens{02_pid}", "@opens{01_clone}",
     "01_clone.opens.html"),
]


# What the chapter, the front page and the news show.
SHOWN_ON = ["chapter_01_clone.html", "index.html", "news.html",
            "group__process.html"]
SHOWN = [
    ("a listing says its file and function", "<code>common/process.c</code>, "
     "<code>barco_process_spawn()</code>, after the includes"),
    ("a later line is left out", '<div class="line">    …</div>'),
    ("a manual page can be reached", '/man2/clone.2.html">clone(2)</a>'),
    ("a CVE can be reached", 'id=CVE-2024-21626">CVE-2024-21626</a>'),
    ("a line typed inside has a box of its own", """<div class="inside">\
<pre class="terminal"><span class="prompt inside">container # </span>\
<b class="command inside">id -u</b>
0</pre>"""),
    ("one typed on the host is not marked", '<div class="host"><pre '
     'class="terminal"><span class="prompt"># </span><b class="command">'
     "01_clone sh</b></pre>"),
    ("what a demonstration runs is inside", """<b class="command">01_clone \
--demo</b>
<span class="prompt inside">container $ </span>\
<b class="command inside">id -u</b>"""),
    ("code has no such links", "<code>fork(2)</code>"),
    ("an exercise says what to do",
     "<p>Mend <code>a &lt; b</code>:</p>\n<pre class=\"fragment\">first 1</pre>"),
    ("the front page counts what gets through", "Of 2 break-outs get through: "
     'no container 2; 01 clone 1; 02 pid 1">'),
    ("news has a heading for each version and group", '<h2 id="news_1_0">'
     '<a class="self" href="#news_1_0">1.0</a></h2>\n<h3'),
    ("a structure is shown whole", "<p>A child. </p>\n<p>Of ours. </p>"),
    ("a function says its first kernel", '<dt>First kernel</dt><dd>Linux 5.3, '
     'for <a class="manual" '),
    ("its parts have the names of C", '<th colspan="3">Members</th>'),
]


def page(folder, name):
    """A page of the book that was made."""
    with tarfile.open(folder / "site.tar") as tar:
        return tar.extractfile(f"site/{name}").read().decode()


def make(folder, spoiled=None):
    """Makes the tiny book; gives back whether that worked, and what it said."""
    # What makes the book can be what is spoiled, too.
    programs = {name: Path(name).read_text()
                for name in ["docs/generate.py", "docs/tidy.py"]}
    for name, text in (GOOD | programs).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if spoiled and spoiled[0] == name:
            assert text.count(spoiled[1]) == 1, spoiled
            text = text.replace(spoiled[1], spoiled[2])
        file.write_text(text)
    done = subprocess.run(
        ["python3", "docs/book.py", "site.tar", "theme", "npm",
         "parts"], cwd=folder, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0, done.stdout


def main():
    passed = failed = 0
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        (folder / "docs").mkdir()
        for file in [*Path("docs").glob("*.py"), Path("docs/Doxyfile")]:
            shutil.copy(file, folder / "docs")
        shutil.copytree("docs/frame", folder / "docs/frame")
        (folder / "tutorials").mkdir()
        shutil.copy("tutorials/exercise.py", folder / "tutorials")
        good, said = make(folder)
        first = (folder / "site.tar").read_bytes() if good else b""
        again = make(folder)[0] and (folder / "site.tar").read_bytes() == first
        pages = [page(folder, name) for name in SHOWN_ON] if good else []
        pages = "\n".join(pages)
        for sentence, holds in [
                ("a book without mistakes is made", good),
                ("twice the same, byte for byte", again),
                *((what, words in pages) for what, words in SHOWN)]:
            passed, failed = passed + holds, failed + (not holds)
            if not holds:
                print(f"FAILED: {sentence}\n{said}")
        for what, name, old, new, words in BAD:
            made, said = make(folder, (name, old, new))
            if not made and words in said and "Traceback" not in said:
                passed += 1
            else:
                failed += 1
                print(f"FAILED: {what} is refused\n"
                      f"{'the book was made' if made else said}")
    print(f"{passed} passed, {failed} failed")
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
