#!/usr/bin/env python3
"""table: from the logs of the whole fault sweeps to a line for each stage and user.

Prints the columns stage, user, calls (that the stage makes), failures (of these,
each in each way), carried_on (from these), wrong (runs that lacked a layer or left
something). A sweep that has not run to its end is an error.
"""

import csv
import os
import re
import sys
from pathlib import Path

END = re.compile(r"^(\w+) as (\w+): (\d+) calls\. (\d+) failures were carried on .*\n"
                 r"(\d+) passed, (\d+) failed$", re.M)


def main():
    logs = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"], "bazel-testlogs", "tests",
                "faults")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["stage", "user", "calls", "failures", "carried_on", "wrong"])
    for sweep in sys.argv[1:]:
        log = logs / sweep / "test.log"
        end = END.search(log.read_text()) if log.exists() else None
        if not end:
            sys.exit(f"table: {sweep} has not run to its end: "
                     f"bazel test //tests/faults:{sweep}")
        stage, user, calls, carried_on, passed, failed = end.groups()
        out.writerow([stage, user, calls, int(passed) + int(failed), carried_on,
                      failed])


if __name__ == "__main__":
    main()
