"""Commands that may not end, or print without end."""

import os
import selectors
import signal
import subprocess
import threading
import time

RUNNING = set()
LOCK = threading.Lock()
STOPPING = threading.Event()


class Interrupted(Exception):
    """Everything is to stop."""


class Ended:
    """What a command left: status, out, err, and why it was stopped, if it was."""

    def __init__(self, status, out, err, stopped):
        self.status, self.out, self.err, self.stopped = status, out, err, stopped


def stop(child):
    """Asks a command to end, and ends it if it does not."""
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def stop_all():
    """Ends what runs in any thread, and lets nothing begin."""
    STOPPING.set()
    with LOCK:
        children = list(RUNNING)
    for child in children:
        if child.poll() is None:
            child.terminate()


def collect(child, deadline, most, see):
    """Reads both outputs, [out, err], and why it stopped before their end."""
    said = {child.stdout: bytearray(), child.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in said:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return said.values(), "time"
            for key, _ in selector.select(left):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                said[key.fileobj] += data
                if len(said[key.fileobj]) > most:
                    return said.values(), "size"
                if data and key.fileobj is child.stdout:
                    see(data)
    return said.values(), None


def run(argv, seconds, most, see=lambda data: None, **kwargs):
    """Runs a command, for so many seconds, that prints at most so many bytes.

    When this process ends, so does the command. `see` is called with each piece
    of its output.
    """
    if STOPPING.is_set():
        raise Interrupted
    with subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *map(str, argv)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, **kwargs) as child:
        with LOCK:
            RUNNING.add(child)
        try:
            (out, err), stopped = collect(child, time.monotonic() + seconds, most, see)
            if stopped:
                stop(child)
            child.wait()
        finally:
            stop(child)
            with LOCK:
                RUNNING.discard(child)
    if STOPPING.is_set():
        raise Interrupted
    return Ended(child.returncode, bytes(out), bytes(err), stopped)
