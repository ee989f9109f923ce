#!/usr/bin/env python3
"""A class on a cluster: Slurm, with two nodes on this machine, that the test starts.

All of it is in a temporary directory, and ends with the test. It touches no cgroup of
this machine: processes are found by their group. grade_slurm_test.py GRADE TUTORIALS
HOSTILE
"""

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
# pylint: disable-next=wrong-import-position
from counting import check, end  # noqa: E402

GRADE, TUTORIALS, HOSTILE = (Path(word).absolute() for word in sys.argv[1:4])
WORK = Path(tempfile.mkdtemp())
CLASS, NODES = WORK / "class", ("one", "two")
ENVIRONMENT = os.environ | {
    "SLURM_CONF": f"{WORK}/slurm.conf", "PYTHONDONTWRITEBYTECODE": "1",
    "PATH": f"{os.environ['PATH']}:/usr/sbin"}
CONFIGURATION = """\
ClusterName=barco
SlurmctldHost=localhost
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={work}/munge.socket
CredType=cred/munge
StateSaveLocation={work}/state
SlurmdSpoolDir={work}/spool-%n
SlurmctldPidFile={work}/slurmctld.pid
SlurmdPidFile={work}/slurmd-%n.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=2
MailProg=/bin/true
NodeName=one NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1 RealMemory=2000
NodeName=two NodeHostname=localhost NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1 RealMemory=2000
PartitionName=main Nodes=one,two Default=YES State=UP
"""
daemons = []


def eventually(holds):
    """Whether it holds within some minutes."""
    for _ in range(1800):
        if holds():
            return True
        time.sleep(0.1)
    return False


# ---- The cluster ---------------------------------------------------------------------


def free_ports(count):
    """Numbers that nobody uses now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def start(name, *argv):
    """A daemon, which ends with the test."""
    with (WORK / f"{name}.log").open("wb") as log:
        daemons.append(subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *argv], env=ENVIRONMENT,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log))


def nodes_are_idle():
    """Whether both can work."""
    said = subprocess.run(["sinfo", "--noheader", "--Node", "--format", "%N %t"],
                          env=ENVIRONMENT, capture_output=True, text=True, check=False)
    return said.stdout.split() == ["one", "idle", "two", "idle"]


def start_cluster():
    """munge, a controller, two nodes."""
    (WORK / "state").mkdir()
    for node in NODES:
        (WORK / f"spool-{node}").mkdir()
    (WORK / "slurm.conf").write_text(CONFIGURATION.format(
        ports=free_ports(3), user=getpass.getuser(), work=WORK))
    # None of Slurm's parts uses it; and where it would look is nothing of this machine's.
    (WORK / "cgroup.conf").write_text(
        f"CgroupPlugin=cgroup/v1\nCgroupMountpoint={WORK}/cgroup\n")
    (WORK / "munge.key").write_bytes(os.urandom(128))
    (WORK / "munge.key").chmod(0o400)
    WORK.chmod(0o755)
    start("munged", "munged", "--foreground", "--force", f"--key-file={WORK}/munge.key",
          f"--socket={WORK}/munge.socket", f"--pid-file={WORK}/munged.pid",
          f"--seed-file={WORK}/munge.seed", f"--log-file={WORK}/munge.log")
    eventually((WORK / "munge.socket").exists)
    start("slurmctld", "slurmctld", "-D")
    for node in NODES:
        start(f"slurmd-{node}", "slurmd", "-D", "-N", node)
    up = eventually(nodes_are_idle)
    check("two nodes wait for work", up,
          *[log.read_text(errors="replace") for log in WORK.glob("*.log")])
    return up


def stop_cluster():
    """Ends what start_cluster() has started, the last first."""
    subprocess.run(["scancel", "--user", getpass.getuser()], env=ENVIRONMENT, check=False)
    for daemon in reversed(daemons):
        daemon.terminate()
        daemon.wait()


# ---- The class -------------------------------------------------------------------------


def make_class():
    """Four students, one of whom is hostile."""
    folder = next(TUTORIALS.glob("*/exercises/outside_id"))
    for name in "anna", "bert", "carl":
        (CLASS / name).mkdir(parents=True)
        subprocess.run(["patch", "--silent", "--follow-symlinks",
                        f"--output={CLASS / name}/outside_id.c", folder / "starter.c",
                        folder / "solution.patch"], check=True)
    (CLASS / "mallory").mkdir()
    shutil.copy(HOSTILE / "fake.c", CLASS / "mallory/outside_id.c")


def command(out, *options):
    """How the grader is started."""
    return [GRADE, "--submissions", CLASS, "--out", out, "--seed", "1", *options]


def grade(out, *options):
    """A whole run."""
    done = subprocess.run(command(out, *options), env=ENVIRONMENT, text=True,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)
    print(done.stdout, done.stderr, flush=True)
    return done


def results(out):
    """What does not depend on the time."""
    found = json.loads((out / "results.json").read_text())
    for student in found["students"]:
        del student["seconds"]
    return found


def records(out):
    """Those of the students who are graded."""
    return [file for file in out.glob(".graded/????????????????.json")]


def class_is_graded():
    """By a run that is killed, and by another, which finds the job; as it is here."""
    out = WORK / "cluster"
    with subprocess.Popen(command(out, "--engine", "slurm"), env=ENVIRONMENT,
                          stdin=subprocess.DEVNULL) as run:
        check("a student is graded", eventually(lambda: records(out)))
        run.send_signal(signal.SIGKILL)
    check("not all of them are", len(records(out)) < 4)
    done = grade(out, "--engine", "slurm")
    check("the next run waits for the same job", done.returncode == 0 and
          "job 1 was handed over before" in done.stderr and
          "job 2" not in done.stderr, done.stderr,
          *[log.read_text() for log in out.glob(".graded/slurm/*")])
    for node in NODES:
        check(f"node {node} has graded", "Launching batch job" in
              (WORK / f"slurmd-{node}.log").read_text())
    grade(WORK / "here")
    check("the results are those of this machine", results(out) == results(WORK / "here"),
          results(out), results(WORK / "here"))
    points = {s["student"]: s["points"] for s in results(out)["students"]}
    check("a lie is worth nothing", points == {"anna": 1, "bert": 1, "carl": 1,
                                               "mallory": 0}, points)
    chunks = WORK / "chunks"
    (chunks / ".graded").mkdir(parents=True)
    (chunks / ".graded/job").write_text("4711")
    done = grade(chunks, "--engine", "slurm", "--per-task", "3",
                 f"--sbatch=--output={WORK}/said-%a.txt")
    check("a job that Slurm has forgotten is not waited for",
          "job 4711 was handed over before" in done.stderr, done.stderr)
    check("a task can be more than one student", done.returncode == 0 and
          ", 2 tasks" in done.stderr and results(chunks) == results(out), done.stderr)
    check("an option reaches sbatch", (WORK / "said-1.txt").exists())


try:
    if start_cluster():
        make_class()
        class_is_graded()
finally:
    stop_cluster()
    shutil.rmtree(WORK, ignore_errors=True)
check("nothing is left of the cluster", all(d.returncode is not None for d in daemons))
end()
