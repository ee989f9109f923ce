"""Counts the sentences of a test, and says which of them do not hold."""

import sys

counted = {"passed": 0, "failed": 0}


def check(sentence, holds, *why):
    """Counts a sentence; where it does not hold, prints it, and what was seen."""
    counted["passed" if holds else "failed"] += 1
    if not holds:
        print(f"FAILED: {sentence}", *why, sep="\n    ", flush=True)


def end():
    """Ends the test with its last line and its exit status."""
    print(f"{counted['passed']} passed, {counted['failed']} failed")
    sys.exit(counted["failed"] > 0 or counted["passed"] == 0)
