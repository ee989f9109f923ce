#!/usr/bin/env python3
"""A container's shell and one on the host, recorded side by side.

Small chapters are played in one lab; what they say, and what of them fails.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
# pylint: disable-next=wrong-import-position
import transcripts  # noqa: E402

SCRIPT = r"""
# [both] as root
echo outside >/tmp/where
04_user sh
> pwd; cat /tmp/where 2>/dev/null || echo none
pid=$(pidof 04_user | tr ' ' '\n' | sort -n | head -n 1)
> printf half
cat /proc/$pid/comm; cat; echo ${stage-no stage}
> sleep 1000 &
pidof sleep >/dev/null && echo seen
> exit 7
cat /tmp/where; ls -d /dev/shm/* 2>/dev/null

# [learner]
06_capabilities --uid 5 sh
> id -u
id -u
> exit

# [no-init] as root
02_pid --no-init sh
> echo I am $$
echo second
> kill -9 $$; exit

# [leftover]
01_clone sh
> sleep 1000 &
> exit

# [again]
04_user sh
> echo one
> exit
echo between
04_user sh
> echo two
> exit

# [killed]
04_user sh
> echo up
kill -9 $(pidof 04_user)

# [refused] as root
04_user --no-such-option sh
> echo never

# [not-a-shell]
04_user sleep 1000
> echo never

# [hangs]
04_user sh
> sleep 1000

# [gone]
04_user sh
> kill -9 -1; kill -9 $$; exec false
> echo never

# [open]
04_user sh
> echo up
echo still there

# [after]
echo the lab continues
"""

# Played by both users.
SAME = r"""
# [same] as both
echo $((6 * 7))
04_user sh
> id -u
test $(id -u) = $(id -u) && echo yes
> exit
"""
DIFFERENT = r"""
# [different] as both
echo the same
id -un
"""

SHOWN = {
    "both": """\
# echo outside >/tmp/where
# 04_user sh
container # pwd; cat /tmp/where 2>/dev/null || echo none
/
none
second shell # pid=$(pidof 04_user | tr ' ' '\\n' | sort -n | head -n 1)
container # printf half
half
second shell # cat /proc/$pid/comm; cat; echo ${stage-no stage}
04_user
no stage
container # sleep 1000 &
second shell # pidof sleep >/dev/null && echo seen
seen
container # exit 7
# cat /tmp/where; ls -d /dev/shm/* 2>/dev/null
outside""",
    "learner": """\
$ 06_capabilities --uid 5 sh
container $ id -u
5
second shell $ id -u
1000
container $ exit""",
    "no-init": """\
# 02_pid --no-init sh
container # echo I am $$
I am 1
second shell # echo second
second
container # kill -9 $$; exit""",
    "leftover": """\
$ 01_clone sh
container $ sleep 1000 &
container $ exit""",
    "again": """\
$ 04_user sh
container # echo one
one
container # exit
$ echo between
between
$ 04_user sh
container # echo two
two
container # exit""",
    "killed": """\
$ 04_user sh
container # echo up
up
second shell $ kill -9 $(pidof 04_user)
Killed""",
    "after": """\
$ echo the lab continues
the lab continues""",
}
FAILS = {"refused": "the container has ended: it did not start",
         "not-a-shell": "no answer to",
         "hangs": "no answer to: sleep 1000",
         "gone": "the container has ended: echo never",
         "open": "the container still runs"}


def refusals(folder):
    """Sentences, and whether they hold, of what is refused without a lab."""
    bad = folder / "bad"
    bad.write_text("# [some]\n> echo inside\n")
    for sentence, code, words in (
            ("a line in a container that nothing starts",
             f"transcripts.scripts.read(transcripts.Path('{bad}'))",
             f"{bad}:2: no command starts the container"),
            ("a chapter that is unknown", "transcripts.chosen(['05_cgroup'])",
             "there is no transcript of 05_cgroup, but of ")):
        done = subprocess.run(
            [sys.executable, "-B", "-c", f"import transcripts; {code}"],
            env={"PYTHONPATH": str(Path(__file__).parent)}, text=True,
            capture_output=True, check=False)
        yield (f"{sentence} is refused", done.returncode == 1 and
               done.stderr.startswith(words), done.stderr)


def for_both(same, different, found):
    """The same, of sections that both users play."""
    shown = transcripts.as_file(transcripts.played(same, found))
    yield ("what is the same for both is recorded once, as learner",
           shown.startswith("[same]\n$ echo $((6 * 7))\n42\n$ 04_user sh\n"
                            "container # id -u\n0\nsecond shell $ test "),
           shown)
    try:
        transcripts.played(different, found)
        said = "nothing"
    except SystemExit as refused:
        said = str(refused)
    yield ("what is not is refused, with both",
           "[different] is not the same for both" in said and
           "\n-learner\n+root" in said and "-$" not in said, said)


def main():
    with tempfile.TemporaryDirectory() as work:
        source = Path(work, "some", "transcript.sh")
        source.parent.mkdir()
        source.write_text(SCRIPT)
        same = Path(work, "same", "transcript.sh")
        different = Path(work, "different", "transcript.sh")
        for file, script in (same, SAME), (different, DIFFERENT):
            file.parent.mkdir()
            file.write_text(script)
        found = transcripts.parse(transcripts.run_lab(
            transcripts.play([source, same, different], patience=5)))
        text = {re.sub("^some/| as .*", "", name): transcripts.as_text(events)
                for name, events in found.items()}
        results = list(refusals(Path(work)))
        results += list(for_both(same, different, found))
        both = [("both", found["some/both as root"])]
        cast = Path(work, "cast")
        cast.write_text(transcripts.as_cast(both))
        results.append(("a recording shows the same, and the prompts in color",
                        transcripts.text_of_cast(cast) ==
                        transcripts.as_file(both) and
                        "\\u001b[1;33mcontainer # \\u001b[0m" in
                        cast.read_text(), cast.read_text()))
    for name, wanted in SHOWN.items():
        results.append((f"[{name}] shows who typed what, and what came of it",
                        text.get(name) == wanted, text.get(name)))
    for name, why in FAILS.items():
        results.append((f"[{name}] fails, and says why",
                        f"FAILED: {why}" in text.get(name, ""), text.get(name)))
    failed = [result for result in results if not result[1]]
    for sentence, _, said in failed:
        print(f"FAILED: {sentence}\n{said}\n")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
