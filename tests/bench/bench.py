#!/usr/bin/env python3
"""What a container costs: barco's stages, the floor, and other runtimes.

All run the same static program, busybox's `true`, in the bundled root, again and
again in random order (pairs.c). A figure of one machine and hour says little, so
each round is compared with the floor's run of the same round: the container of
stage 09, by bare system calls (floor.c). Intervals are 95 % of a bootstrap.
"""

import argparse
import json
import os
import platform
import pwd
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(os.path.abspath(__file__)).parent
FLOOR = "the full floor"
CLEANED = "with a cleaner"
NEEDED = ["memory", "pids", "cpu"]
GOALS = [("bubblewrap", 1.0), ("crun", 0.5), ("runc", 0.22)]


def text_of(file):
    """A small file, or nothing."""
    try:
        return Path(file).read_text().strip()
    except OSError:
        return ""


# ---- Control groups -----------------------------------------------------------


class Cgroups:
    """Where cgroup v2 is, what it lacks, and a part of it for a user."""

    def __init__(self):
        places = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")]
        self.root = next((place for place in places
                          if (place / "cgroup.controllers").exists()), None)
        has = text_of(self.root / "cgroup.controllers") if self.root else ""
        self.lacks = [name for name in NEEDED if name not in has.split()]
        self.parent = self.root and self.above(self.own())
        self.procs = None

    def own(self):
        """The path of this process's cgroup."""
        found = re.search(r"^0::(/.*)$", text_of("/proc/self/cgroup"), re.M)
        return found.group(1) if found else "/"

    def above(self, own):
        """Where barco makes one: beside its own."""
        return self.root / os.path.dirname(own).lstrip("/")

    def delegate(self, user):
        """As systemd would: a cgroup that belongs to the user, and is left for
        one below."""
        self.parent = self.root / f"bench-{os.getpid()}"
        for place in [self.parent, self.parent / "session"]:
            place.mkdir()
            for file in [place, place / "cgroup.procs",
                         place / "cgroup.subtree_control"]:
                os.chown(file, user.pw_uid, user.pw_gid)
            if not self.lacks:
                (place.parent / "cgroup.subtree_control").write_text(
                    " ".join("+" + name for name in NEEDED))
        self.procs = self.parent / "session" / "cgroup.procs"

    def remove(self):
        """What delegate() made."""
        if self.procs:
            (self.parent / "session").rmdir()
            self.parent.rmdir()


# ---- What is compared ---------------------------------------------------------


def which(name):
    """A program, wherever an administrator has it."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def version_of(program):
    """What it says of itself."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True,
                          check=False).stdout
    found = re.search(r"\d+(\.\d+)+\S*", said)
    return found.group(0) if found else "?"


class Bench:
    """A place with everything in it, and the commands that are compared."""

    def __init__(self, options):
        self.place = Path(tempfile.mkdtemp(prefix="barco-bench-", dir="/tmp"))
        self.place.chmod(0o755)
        self.root = self.place / "tools" / "rootfs" / "busybox"
        self.user = pwd.getpwnam(options.user) if options.user else None
        self.cgroups = Cgroups()
        self.missing, self.versions, self.commands = [], {}, {}

    def __enter__(self):
        try:
            return self.set_up()
        except BaseException:
            self.__exit__()
            raise

    def set_up(self):
        """Copies what is needed to where an ordinary user can reach it."""
        (self.place / "stages").mkdir()
        self.root.mkdir(parents=True)
        # Its hard links stay hard links.
        subprocess.run(["sh", "-c", 'tar -c -C "$1" . | tar -x -C "$2"', "copy",
                        HERE.parent.parent / "tools" / "rootfs" / "busybox",
                        self.root], check=True)
        for name in ["pairs", "floor"]:
            shutil.copy(HERE / name, self.place)
        if self.user and self.cgroups.root:
            self.cgroups.delegate(self.user)
        return self

    def __exit__(self, *error):
        self.cgroups.remove()
        subprocess.run(["chmod", "-R", "u+w", self.place], check=False)
        shutil.rmtree(self.place)

    @property
    def rootless(self):
        """Whether an ordinary user starts the containers."""
        return bool(self.user) or os.geteuid() != 0

    def subids(self):
        """FIRST:COUNT of /etc/subuid, as barco takes them, or None."""
        user = self.user or pwd.getpwuid(os.geteuid())
        for line in text_of("/etc/subuid").splitlines():
            name, first, count = line.split(":")
            if name in (user.pw_name, str(user.pw_uid)):
                return f"{first}:{count}"
        return None

    def add_floors(self):
        """What no container can do without."""
        floor, true = str(self.place / "floor"), str(self.root / "bin/true")
        self.commands["fork and exec"] = [true]
        self.commands["the namespaces"] = [floor, "-n", true]
        words = [floor, "-g", str(self.cgroups.parent)]
        if not self.cgroups.lacks:
            words.append("-l")
        if self.rootless:
            words += ["-s", self.subids() or ""]
        self.commands[FLOOR] = [*words, str(self.root), "/bin/true"]
        # Like barco, it leaves no cgroup behind when it is killed.
        self.commands[CLEANED] = [floor, "-c", *self.commands[FLOOR][1:]]

    def add_stages(self):
        """Every stage; without limits where the machine cannot have them."""
        for source in sorted((HERE.parent.parent / "stages").glob("0*_*")):
            if "." in source.name:
                continue
            if source.name >= "05" and self.cgroups.lacks:
                source = HERE / f"{source.name}_no_limits"
            name = source.name.removesuffix("_no_limits")
            shutil.copy(source, self.place / "stages" / name)
            words = [str(self.place / "stages" / name)]
            # The first two have no root directory of their own.
            words.append(str(self.root / "bin/true") if name < "03" else "/bin/true")
            self.commands[name] = words

    def add_others(self):
        """Other people's programs, each as its manual page suggests."""
        root, true = str(self.root), "/bin/true"
        commands = {
            "unshare": ["--user", "--map-root-user", "--mount", "--uts", "--ipc",
                        "--net", "--pid", "--fork", "--mount-proc", root + true],
            "bwrap": ["--unshare-all", "--die-with-parent", "--ro-bind", root, "/",
                      "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", true],
            **{name: ["--root", str(self.place / name / "state"), "run",
                      "--bundle", str(self.place / name), "barco-bench"]
               for name in ("crun", "runc")},
        }
        for name, words in commands.items():
            program = which(name)
            if not program:
                self.missing.append(f"{name} is not installed")
                continue
            self.versions[name] = version_of(program)
            if name in ("crun", "runc"):
                self.make_bundle(program, self.place / name)
            self.commands["bubblewrap" if name == "bwrap" else name] = [
                program, *words]

    def make_bundle(self, program, place):
        """What `crun spec` writes, with our root and command."""
        (place / "state").mkdir(parents=True)
        if self.user:
            os.chown(place / "state", self.user.pw_uid, self.user.pw_gid)
        subprocess.run([program, "spec", *["--rootless"] * self.rootless],
                       cwd=place, check=True)
        file = place / "config.json"
        config = json.loads(file.read_text())
        config["root"] = {"path": str(self.root), "readonly": True}
        config["process"].update(terminal=False, args=["/bin/true"])
        file.write_text(json.dumps(config))

    def pairs(self, options, commands):
        """Runs pairs, and yields its lines as words."""
        words = [str(self.place / "pairs"), *options]
        for command in commands:
            words += ["--", *command]
        if self.user:
            words[1:1] = ["-u", f"{self.user.pw_uid}:{self.user.pw_gid}"]
        if self.cgroups.procs:
            words[1:1] = ["-p", str(self.cgroups.procs)]
        with subprocess.Popen(words, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as child:
            for line in child.stdout:
                yield line.split()

    def try_all(self):
        """Leaves out what does not run here, and says why."""
        for name, command in list(self.commands.items()):
            status = next(words[2] for words in self.pairs(["1"], [command])
                          if words[0] == "run")
            if status == "0":
                continue
            said = subprocess.run(command, capture_output=True, text=True,
                                  check=False, user=self.user and self.user.pw_uid,
                                  group=self.user and self.user.pw_gid).stderr
            # barco's messages have a line that says why, others only one line.
            cause = re.search(r"^  cause: (.*)", said, re.M) or \
                re.search(r"(.+)", said)
            self.missing.append(f"{name} does not run here: exit status {status}"
                                f"{', ' + cause.group(1) if cause else ''}")
            del self.commands[name]


# ---- Figures ------------------------------------------------------------------


def quantile(values, share):
    """The value below which that share of them is."""
    return sorted(values)[int(share * (len(values) - 1))]


def interval(ratios):
    """Where the median of such ratios is, in 95 of 100 resamplings."""
    medians = [quantile(random.choices(ratios, k=len(ratios)), 0.5)
               for _ in range(500)]
    return [quantile(medians, 0.025), quantile(medians, 0.975)]


def ratio(these, those):
    """Median and interval of these over those, pair by pair."""
    ratios = [a / b for a, b in zip(these, those)]
    return [round(value, 3)
            for value in [quantile(ratios, 0.5), *interval(ratios)]]


def measure(bench, rounds):
    """All commands, side by side: {name: figures}."""
    names = list(bench.commands)
    runs, calls = {name: [] for name in names}, {}
    for words in bench.pairs([str(rounds)], bench.commands.values()):
        name = names[int(words[1])]
        if words[0] == "calls":
            calls[name] = int(words[2])
            continue
        if words[2] != "0":
            bench.missing.append(f"{name} failed in a run: exit status {words[2]}")
        runs[name].append([int(word) for word in words[3:]])
        progress(sum(map(len, runs.values())), rounds * len(names))
    times = {name: [run[0] / 1e6 for run in runs[name]] for name in names}
    return times, {name: {
        "ms": round(quantile(times[name], 0.5), 3),
        "p10": round(quantile(times[name], 0.1), 3),
        "ratio": ratio(times[name], times[FLOOR]) if FLOOR in times else None,
        "cpu": round(quantile([run[1] / 1e3 for run in runs[name]], 0.5), 3),
        "kib": max(run[2] for run in runs[name]),
        "faults": quantile([run[3] for run in runs[name]], 0.5),
        "calls": calls.get(name)} for name in names}


def measure_alive(bench, count):
    """Containers at once: how the start grows, and what each needs."""
    command = [str(bench.place / "stages" / "09_barco"), "sh", "-c",
               "echo; read line"]
    started, memory = [], None
    for words in bench.pairs(["-a", str(count)], [command]):
        if words[0] == "alive":
            started.append(int(words[2]) / 1e6)
            progress(len(started), count)
        elif words[0] == "memory":
            memory = int(words[2])
    few = max(1, len(started) // 10)
    first, last = (quantile(some, 0.5) for some in (started[:few], started[-few:]))
    return {"count": len(started), "first_ms": round(first, 3),
            "last_ms": round(last, 3), "ratio": round(last / first, 3),
            "pss_kib": round(memory / len(started), 1)}


def progress(done, of):
    """On a terminal."""
    if sys.stderr.isatty():
        end = "\r\033[K" if done == of else ""
        print(f"\r{done} of {of} runs{end}", end="", file=sys.stderr, flush=True)


def machine():
    """What it was measured on."""
    model = re.search(r"model name\s*: (.*)", text_of("/proc/cpuinfo"))
    return {"processor": model.group(1) if model else platform.machine(),
            "processors": os.cpu_count(), "kernel": platform.release(),
            "load": text_of("/proc/loadavg").split()[0]}


# ---- What is printed ----------------------------------------------------------


def show(report):
    """The table, what is missing, and the goals."""
    print(f"{report['rounds']} rounds, started by {report['user']}, on "
          f"{report['machine']['processors']} processors "
          f"({report['machine']['processor']}), Linux {report['machine']['kernel']}"
          f", load {report['machine']['load']}")
    if report["versions"]:
        print(", ".join(f"{name} {version}"
                        for name, version in report["versions"].items()))
    print(f"\n{'':16}{'ms':>8}{'p10':>8}   {'of the floor':20}"
          f"{'cpu':>8}{'KiB':>7}{'calls':>7}{'faults':>7}")
    for name, row in report["rows"].items():
        times = ""
        if row["ratio"]:
            middle, low, high = row["ratio"]
            times = f"{middle:.2f}  ({low:.2f} to {high:.2f})"
        print(f"{name:16}{row['ms']:8.2f}{row['p10']:8.2f}   {times:20}"
              f" {row['cpu']:7.2f}{row['kib']:7}{row['calls'] or '?':>7}{row['faults']:7}")
    if report["alive"]:
        print("\n{count} at once: a start took {first_ms:.2f} ms at first and "
              "{last_ms:.2f} in the end ({ratio:.2f} times), {pss_kib} KiB each"
              .format(**report["alive"]))
    print()
    for goal in report["goals"]:
        print(f"{'reached' if goal['reached'] else 'NOT REACHED'}: {goal['what']} "
              f"/ {goal['of']} = {goal['ratio'][0]:.2f}, wanted "
              f"{goal['wanted']:.2f}")
    for line in report["missing"]:
        print(f"missing: {line}")


def goals_of(times, rootless):
    """The ratios that we want of stage 09, from the same runs."""
    floor = 1.15 if rootless else 1.12
    return [{"what": "09_barco", "of": of, "wanted": wanted,
             "ratio": found, "reached": found[0] <= wanted}
            for of, wanted in [(FLOOR, floor), (CLEANED, floor), *GOALS]
            if "09_barco" in times and of in times
            for found in [ratio(times["09_barco"], times[of])]]


def read_options():
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__.partition("\n\n")[0],
        epilog="Where cgroup v2 lacks controllers, limits are left out of the "
        "floor and of the stages alike, and the report says so. In the lab, which "
        "is emulated, only ratios mean something: bazel run -c opt "
        "//tests/bench:in_lab.")
    parser.add_argument("--rounds", type=int, default=200, metavar="N",
                        help="runs of each; default: 200")
    parser.add_argument("--user", metavar="NAME",
                        help="root only: let this ordinary user start them")
    parser.add_argument("--alive", type=int, default=0, metavar="N",
                        help="also start N containers that stay, and see how the "
                        "start grows and what each needs")
    parser.add_argument("--only", metavar="NAME,...",
                        help="compare only these with the floor, by their names in "
                        "the table")
    parser.add_argument("--json", metavar="FILE",
                        help="write the report there, too; - prints it")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: give 1 or more")
    if options.user and os.geteuid() != 0:
        parser.error("--user: only root can become another user")
    return options


def report_of(options):
    """Measures, and returns all of it."""
    with Bench(options) as bench:
        bench.add_floors()
        bench.add_others()
        bench.add_stages()
        if bench.cgroups.lacks:
            bench.missing.append(
                f"limits: cgroup v2 lacks {', '.join(bench.cgroups.lacks)} here, so "
                "neither the floor nor a stage writes any")
        if options.only:
            wanted = [FLOOR, *options.only.split(",")]
            bench.commands = {name: command
                              for name, command in bench.commands.items()
                              if name in wanted}
        bench.try_all()
        times, rows = measure(bench, options.rounds)
        return {
            "machine": machine(), "versions": bench.versions,
            "user": "an ordinary user" if bench.rootless else "root",
            "limits": not bench.cgroups.lacks, "rounds": options.rounds,
            "rows": rows, "goals": goals_of(times, bench.rootless),
            "alive": measure_alive(bench, options.alive) if options.alive else None,
            "missing": bench.missing}


def main():
    options = read_options()
    report = report_of(options)
    if options.json == "-":
        print(json.dumps(report, indent=1))
        return
    show(report)
    if options.json:
        # bazel run starts us elsewhere.
        file = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."), options.json)
        file.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
