"""The steps of a recorded run, as a list that frame/stepper.js turns over.

The section [stepper] of a transcript.txt holds what `--explain=json` wrote in
the lab: one call a line, of four processes that run at the same time. Here they
become one story, with a drawing that says of each of its parts after which call
it is there. Without the script, and on paper, it is a numbered list, and the
drawing shows the moment in which the command begins.
"""

import json
import re
from html import escape
from pathlib import Path

# ---- The story ---------------------------------------------------------------


def read(transcript):
    """[{place, step, call, why, file, line}] as written, and {result} lines."""
    found = re.search(r"(?ms)^\[stepper\]\n(.*?)(?=^\[[\w-]+\]$|\Z)",
                      transcript)
    return [json.loads(line) for line in (found[1] if found else "").split("\n")
            if line.startswith("{")]


def in_order(told):
    """One order for processes that run at the same time, and always the same.

    The host speaks until PID 1 is born; PID 1, until it waits; the host, until
    it waits for the end; PID 1; PID 2; and the host again.
    """
    host = [t for t in told if t["place"] in ("host", "cleaner")]
    born = next(i for i, t in enumerate(host, 1)
                if t["step"] == "start the container" and "result" in t)
    wait = next(i for i, t in enumerate(host, 1)
                if t.get("call", "").startswith("waitpid("))
    first = [t for t in told if t["place"] in ("PID 1", "child")]
    asleep = next((i for i, t in enumerate(first, 1)
                   if t.get("call", "").startswith("recvmsg(")), 0)
    return (host[:born] + first[:asleep] + host[born:wait] + first[asleep:] +
            [t for t in told if t["place"] == "PID 2"] + host[wait:])


def story(told):
    """[{place, step, calls, why, file, line}]: what has one reason is one."""
    items = []
    for t in in_order(told):
        if "call" in t:
            last = items[-1] if items else {}
            if all(last.get(k) == t[k] for k in ("place", "step", "why")):
                last["calls"].append(t["call"])
            else:
                items.append({k: t[k] for k in ("place", "step", "why", "file",
                                                "line")} | {"calls": [t["call"]]})
        elif t["place"] == "host" and t["step"] == "wait for the container":
            items.append(t | {"calls": [f"exit status {t['result']}"], "why":
                              "the command has ended, and barco ends as it did"})
    return items


# ---- The source ----------------------------------------------------------------


def statements(lines, name):
    """[(first, last, text)] of the macro's uses, lines from 0."""
    found = []
    for first, line in enumerate(lines):
        if f"{name}(" in line and not line.lstrip().startswith(("*", "#")):
            last = first
            while not lines[last].rstrip().endswith(";"):
                last += 1
            text = " ".join(lines[first:last + 1])
            found.append((first, last, re.sub(r'"\s+"', "", text)))
    return found


def explained(lines, item, where):
    """The BARCO_EXPLAIN() of an item: by its words, or else by its line."""
    uses = statements(lines, "BARCO_EXPLAIN") + statements(lines, "explain_sets")
    if not uses:
        raise SystemExit(f"{where}: no BARCO_EXPLAIN(): bazel run //docs:update")
    own = [use for use in uses if f'"{item["why"]}"' in use[2]] or uses
    return min(own, key=lambda use: abs(use[0] + 1 - item["line"]))


def function_around(lines, at):
    """(first, last, name) of the function that a line is in."""
    first = next(i for i in range(at, -1, -1)
                 if re.match(r"\w[^;]*\(", lines[i]))
    last = next(i for i in range(at, len(lines)) if lines[i] == "}")
    return first, last, re.search(r"(\w+)\(", lines[first])[1]


def listing(lines, marked):
    """Lines of a source, as far left as they go, with some of them marked."""
    while lines and not lines[0][1].strip():
        lines = lines[1:]
    indent = min((len(t) - len(t.lstrip()) for _, t in lines if t.strip()),
                 default=0)
    return "".join(
        f'<span class="{"line now" if number in marked else "line"}">'
        f"{escape(text[indent:]) or ' '}</span>\n" for number, text in lines)


def call_after(lines, first, last, call):
    """The line that makes a call: one that names it, or else the first."""
    name = re.match(r"\w*", call)[0]
    for i in range(first, min(first + 16, last)) if name else ():
        if re.search(rf"(\b|_){name}\b", lines[i]) and \
                "BARCO_FAIL" not in lines[i]:
            return i
    return first


def code(item):
    """(where, html): the lines around a call, and the call marked."""
    file = Path(item["file"])
    lines = file.read_text().split("\n")
    first, last, text = explained(lines, item, file)
    top, bottom, function = function_around(lines, first)
    call = end = first
    if "BARCO_EXPLAIN" in text:
        call = end = call_after(lines, last + 1, bottom, item["calls"][0])
    while not lines[end].rstrip().endswith((";", "{", ")")) and end < bottom:
        end += 1
    hidden = range(first, last + 1) if "BARCO_EXPLAIN" in text else ()
    shown = [(i, lines[i]) for i in range(max(top, first - 4),
                                          min(bottom, max(last + 8, end + 3)) + 1)
             if i not in hidden and not lines[i].lstrip().startswith("//!")]
    return f"{file}, {function}()", listing(shown, set(range(call, end + 1)))


def step_in_stage(stage, sentence):
    """(where, html): the statement of the stage that the step is, or None."""
    for file in (f"stages/{stage}.c", "common/container.c"):
        lines = Path(file).read_text().split("\n")
        for name in ("BARCO_TRY", "BARCO_LAST", "STEP"):
            for first, last, text in statements(lines, name) if name != "STEP" \
                    else [(i, i + 1, lines[i]) for i, line in enumerate(lines)
                          if line.startswith("    STEP(")]:
                if f'"{sentence}"' in text:
                    return file, listing([(i, lines[i]) for i in
                                          range(first, last + 1)],
                                         set(range(first, last + 1)))
    return None


# ---- The drawing -----------------------------------------------------------------

# What a call does to the drawing: who makes it, the call, and what is to be
# seen from then on: (slot, key, words). The same key again takes the place of
# what it had; no words takes it away. \1 is a part of the call.
RULES = [
    ("host", r"clone3\(CLONE_PIDFD\)", [("cleaner", "cleaner", "cleaner")],
     "make a cgroup"),
    ("host", r"bind\(", [("barco", "ids", "holds a range of ids")]),
    ("host", r"built-in filter|seccomp_export", [("barco", "filter", "has the filter ready")]),
    ("host", r"socketpair", [("lane", "socket", "- a pair of sockets")]),
    ("cleaner", r"mkdir\(", [("fence", "fence", "cgroup"),
                             ("cleaner", "duty", "removes the cgroup, should barco be killed")]),
    ("host", r'write\("memory.max", "(.*)"\)', [("limits", "memory", r"memory: \1")]),
    ("host", r'write\("memory.swap.max"', [("limits", "swap", "no swap")]),
    ("host", r'write\("cpu.weight", "(.*)"\)', [("limits", "cpu", r"processor weight: \1")]),
    ("host", r'write\("cpu.max", "(.*)"\)', [("limits", "cpu.max", r"processor: \1 µs")]),
    ("host", r'write\("pids.max", "(.*)"\)', [("limits", "pids", r"processes: \1")]),
    ("host", r'write\("hugetlb', [("limits", "huge", "no huge pages")]),
    ("host", r"clone3\(.*", [("lane", "clone", "> clone3: a child is born"),
                             ("pid1", "name", "a copy of barco")],
     "start the container"),
    ("host", r"CLONE_NEW", [("container", "container", "The container")]),
    ("host", r"CLONE_NEWPID", [("cells", "pid", "numbered from 1; those of the host do not exist here")]),
    ("host", r"CLONE_NEWUTS", [("cells", "uts", "a copy of the host's")]),
    ("host", r"CLONE_NEWIPC", [("cells", "ipc", "its own, and empty")]),
    ("host", r"CLONE_NEWNS", [("cells", "mnt", "a copy of the host's mounts, with all its files")]),
    ("host", r"CLONE_NEWUSER", [("cells", "user", "nobody: no map yet")]),
    ("host", r"CLONE_NEWNET", [("cells", "net", "its own, not up yet")]),
    ("PID 1", r"PDEATHSIG", [("pid1", "death", "dies with barco")]),
    ("child", r"PDEATHSIG", [("pid1", "death", "dies with barco")]),
    ("PID 2", r"PDEATHSIG", [("pid2", "death", "dies with PID 1")]),
    ("PID 1", r"recvmsg", [("pid1", "state", "waits for “go”")]),
    ("host", r"setgroups\"", [("lane", "groups", "> no more setgroups(2)")]),
    ("host", r'write\("/proc/\d+/uid_map", "(\d+) (\d+)',
     [("lane", "ids", "> the map of user ids"),
      ("cells", "user", r"\1 here is \2 on the host")]),
    ("host", r"newuidmap \d+ (\d+) (\d+)",
     [("lane", "ids", "> the map of user ids"),
      ("cells", "user", r"\1 here is \2 on the host")]),
    ("host", r"oom_score", [("pid1", "oom", "OOM kills it first")]),
    ("host", r"open_tree\(.*OPEN_TREE_CLONE",
     [("barco", "root", "holds the new root")]),
    ("host", r"sendmsg\(go", [("lane", "go", "> “go”"), ("pid1", "state", "")]),
    ("host", r"sendmsg\(go, SCM_RIGHTS: ([1-9]\d*)",
     [("barco", "root", ""), ("pid1", "state", "holds the new root")]),
    ("host", r"waitpid", [("barco", "waits", "waits for the end")]),
    ("PID 1", r"setresuid\((\d+)\)", [("pid1", "uid", r"user \1 inside")]),
    ("PID 1", r"/proc/sys/user", [("pid1", "rlimit", "own limits")]),
    ("PID 1", r"setrlimit", [("pid1", "rlimit", "own limits")]),
    ("PID 1", r"setsid", [("pid1", "sid", "own session")]),
    ("PID 1", r"KEYRING", [("pid1", "keys", "own keys")]),
    ("PID 1", r'sethostname\("(.*)"\)', [("cells", "uts", r"\1")]),
    ("PID 1", r"SIOCSIFFLAGS", [("cells", "net", "its own 127.0.0.1")]),
    ("PID 1", r"MS_PRIVATE", [("cells", "mnt", "a copy of the host's mounts, cut off from the host's")]),
    ("PID 1", r"move_mount\(root dir", [("mounts", "root", "/"), ("pid1", "state", "")]),
    ("PID 1", r'fsopen\(.*move_mount\("(.*)"\)', [("mounts", r"\1", r"\1")]),
    ("PID 1", r'open_tree\("/sys".*', [("mounts", "/sys", "/sys")]),
    ("PID 1", r'open_tree\("/dev/null"', [("mounts", "nodes", "/dev/null, zero, random, tty …")]),
    ("PID 1", r"kcore", [("mounts", "masks", "covered: /proc/kcore, keys …")]),
    ("PID 1", r"sysrq", [("mounts", "ro", "read-only: /proc/sys …")]),
    ("PID 1", r"pivot_root", [("cells", "mnt", "a root of its own; the host's is still below it")]),
    ("PID 1", r"umount2", [("cells", "mnt", "a root of its own, and nothing of the host's")]),
    ("PID 1", r"sendmsg\(ready", [("lane", "ready", "< “ready”")]),
    ("PID 1", r"NEWCGROUP", [("cells", "cgroup", "its own is the root, /")]),
    ("PID 1", r'capabilities "=ep"', [("pid1", "caps", "all capabilities")]),
    ("PID 1", r'capabilities "(cap_.*)=', [("pid1", "caps", "COUNT capabilities")]),
    ("PID 1", r"cmdline", [("pid1", "name", "init")]),
    ("PID 1", r"DUMPABLE", [("pid1", "dump", "closed to others")]),
    ("PID 1", r"clone3", [("pid2", "name", "a copy of PID 1")]),
    ("PID 1", r"close_range", [("pid1", "fds", "no host files open")]),
    ("PID 1", r"waitpid", [("pid1", "state", "reaps, forwards signals")]),
    ("PID 2", r"setresgid\((\d+)\), setresuid\((\d+)\)", [("pid2", "uid", r"user \2")]),
    ("PID 2", r"TIOCSCTTY", [("pid2", "tty", "own terminal")]),
    ("PID 2", r"close_range", [("pid2", "fds", "no host files open")]),
    ("PID 2", r"clearenv", [("pid2", "env", "own variables")]),
    ("PID 2", r'capabilities "(cap_.*)=', [("pid2", "caps", "COUNT capabilities")]),
    ("PID 2", r"NO_NEW_PRIVS", [("pid2", "nnp", "no new privileges")]),
    ("PID 2", r"MODE_FILTER.*arguments.*: (\d+)", [("pid2", "f1", r"filter: arguments")]),
    ("PID 2", r"MODE_FILTER.*default.*: (\d+)", [("pid2", "f2", r"filter: system calls")]),
    ("PID 2", r'execvp\("(.*)"\)', [("pid2", "name", r"\1")]),
    ("PID 1", r'execvp\("(.*)"\)', [("pid1", "name", r"\1")]),
    ("child", r'execvp\("(.*)"\)', [("pid1", "name", r"\1")]),
    ("host", r"exit status (\d+)", [("lane", "end", r"< exit status \1"),
                                    ("container", "container", ""),
                                    ("pid1", "name", ""), ("barco", "waits", "")]),
    ("host", r"rmdir", [("fence", "fence", ""), ("cleaner", "cleaner", "")]),
]

CELLS = {"pid": ("Processes", "PID"), "mnt": ("Files", "mount"),
         "user": ("Users", "user"), "uts": ("Host name", "UTS"),
         "ipc": ("Shared memory", "IPC"), "net": ("Network", "network"),
         "cgroup": ("Cgroups", "cgroup")}


class Drawing:
    """What is to be seen when: {slot: {key: [[words, from, until]]}}."""

    def __init__(self, items):
        self.slots = {}
        self.last = len(items) + 1
        for at, item in enumerate(items, 1):
            for call in item["calls"]:
                for rule in RULES:
                    self.apply(at, item, call, *rule)
        # Without the script: as it is when the command begins.
        self.still = next(at for at, item in enumerate(items, 1)
                          if item["step"] == "run the command")

    def apply(self, at, item, call, place, regex, effects, step=None):
        """Does what one rule says, if it is about this call."""
        found = re.search(regex, call)
        if place != item["place"] or not found or \
                step not in (None, item["step"]):
            return
        for slot, key, words in effects:
            words, key = found.expand(words), found.expand(key)
            words = words.replace("COUNT", str(call.count("cap_")))
            states = self.slots.setdefault(slot, {}).setdefault(key, [])
            if states and states[-1][0] == words:
                continue
            if states:
                states[-1][2] = min(states[-1][2], at)
            if words:
                states.append([words, at, self.last])

    def when(self, start, until):
        """The attributes of what is there from one item until another."""
        hidden = "" if start <= self.still < until else " hidden"
        return f'data-from="{start}" data-until="{until}"{hidden}'

    def span(self, slot, key=None):
        """When the first of a slot, or of a key, comes and the last goes."""
        states = [s for k, all_of in self.slots.get(slot, {}).items()
                  for s in all_of if key in (None, k)]
        return self.when(min(s[1] for s in states), max(s[2] for s in states)) \
            if states else None

    def has(self, slot, key=None):
        """Whether there is ever anything."""
        return slot in self.slots and (key is None or key in self.slots[slot])

    def states(self, slot, key, tag="span"):
        """All that one thing is, one after the other, in one place."""
        return f'<{tag} class="stack">' + "".join(
            f"<span {self.when(start, until)}>{escape(words)}</span>"
            for words, start, until in self.slots[slot][key]) + f"</{tag}>"

    def chips(self, slot, without=()):
        """The things of a slot as a list."""
        keys = [k for k in self.slots.get(slot, {}) if k not in without and
                self.slots[slot][k]]
        return '<ul class="chips">' + "".join(
            self.states(slot, key, "li") for key in keys) + "</ul>" \
            if keys else ""


def process(drawing, slot, place, title, name=None):
    """A box: who it is, what it runs, what is true of it."""
    there = "" if slot == "barco" else drawing.span(slot, "name" if slot in
                                                    ("pid1", "pid2") else slot)
    runs = f"<b>{escape(name)}</b>" if name else drawing.states(slot, "name")
    return (f'<div class="process" data-place="{place}" {there}>'
            f'<p class="title">{title}</p><p class="runs">{runs}</p>'
            f'{drawing.chips(slot, ("name", slot))}</div>\n')


def lane(drawing):
    """What crosses between host and container."""
    out = []
    for states in drawing.slots.get("lane", {}).values():
        for words, start, until in states:
            sign, words = words[0], words[2:]
            way = {">": "to", "<": "back", "-": "both"}[sign]
            heard = {"to": "to the container: ", "back": "to the host: ",
                     "both": ""}[way]
            out.append(f'<li class="{way}" {drawing.when(start, until)}>'
                       f'<span class="heard">{heard}</span>{escape(words)}</li>')
    return ('<div class="lane"><p class="title">What crosses</p><ul>'
            + "".join(out) + "</ul></div>\n")


def inside(drawing):
    """The container: its namespaces are cells, its cgroup the fence around."""
    boxes = process(drawing, "pid1", "PID 1", "PID 1", None) \
        if drawing.has("cells") else process(drawing, "pid1", "child", "its child: no walls yet")
    if drawing.has("pid2"):
        boxes += process(drawing, "pid2", "PID 2", "PID 2")
    cells = ""
    for key, (title, namespace) in CELLS.items():
        if not drawing.has("cells", key):
            continue
        more = drawing.chips("mounts") if key == "mnt" else ""
        if key == "pid":
            more = f'<div class="processes">{boxes}</div>'
        cells += (f'<div class="cell {key}" {drawing.span("cells", key)}>'
                  f'<p class="title">{title} <small>({namespace})</small>'
                  f'</p><p>{drawing.states("cells", key)}</p>{more}</div>\n')
    if not cells:
        return f'<div class="inside open">{boxes}</div>\n'
    whole = (f'<div class="container" {drawing.span("container")}>'
             f'<p class="title">The container <small>each box with a blue edge is a namespace</small></p><div class="cells">{cells}'
             "</div></div>\n")
    if drawing.has("fence"):
        whole = (f'<div class="fence"><p class="title" {drawing.span("fence")}>'
                 'Cgroup: what all processes in it may use together</p>'
                 f'{drawing.chips("limits")}{whole}</div>\n')
    return f'<div class="inside">{whole}</div>\n'


def picture(stage, drawing):
    """Host, container, and what crosses between them."""
    host = process(drawing, "barco", "host", "the program you started", stage)
    if drawing.has("cleaner"):
        host += process(drawing, "cleaner", "cleaner", "its helper",
                        "the cleaner")
    return ('<div class="picture" role="group" aria-label="The host, the '
            'container, and what crosses between them">'
            f'<div class="host"><p class="title">The host</p>{host}</div>\n'
            f"{lane(drawing)}{inside(drawing)}</div>\n")


# ---- The page ----------------------------------------------------------------------


def entry(stage, number, item):
    """One step as a part of a numbered list, with an address of its own."""
    listings = [step_in_stage(stage, item["step"])]
    if not item["calls"][0].startswith("exit status"):
        listings.append(code(item))
    sources = "".join(
        f"<figure><figcaption>{escape(where)}</figcaption><pre>{text}</pre>"
        "</figure>"
        for where, text in filter(None, listings))
    calls = "".join(f"<code>{escape(call)}</code>" for call in item["calls"][:3])
    if len(item["calls"]) > 3:
        calls += f"<small>and {len(item['calls']) - 3} more like these</small>"
    place = item["place"]
    return (f'<li id="run_{number}" data-place="{place}"><div class="says">'
            f'<p class="who"><span class="place">{place}</span> '
            f'<a class="self" href="#run_{number}">'
            f'<b>{escape(item["step"])}</b></a></p>\n'
            f'<p class="call">{calls}</p>\n<p class="why">{escape(item["why"])}'
            "</p></div>\n<details><summary>The source</summary>"
            f"{sources}</details></li>\n")


def html(stage, transcript):
    """The whole stepper of a stage."""
    items = story(read(transcript))
    drawing = Drawing(items)
    told = "".join(entry(stage, number, item)
                   for number, item in enumerate(items, 1))
    return ('<p>A recorded run of this stage, one call at a time.<span '
            'class="turning"> The buttons and the arrow keys move '
            "through it, and what is new in the drawing lights up.</span></p>\n"
            '<link rel="stylesheet" href="stepper.css">\n'
            f'<section class="stepper" data-still="{drawing.still}" '
            'tabindex="-1" aria-label="The run, step by step">\n'
            f"{picture(stage, drawing)}"
            f'<ol class="told">\n{told}</ol>\n'
            '</section>\n<script src="stepper.js" defer></script>\n')


def write(gen, folder):
    """The stepper of a chapter, if its run has been recorded."""
    transcript = (folder / "transcript.txt").read_text()
    if read(transcript):
        (gen / f"{folder.name}.stepper.html").write_text(
            html(folder.name, transcript))
