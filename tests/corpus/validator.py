"""Validates workspaces on request, each in a process of its own, and says what that cost.

Reads a folder per line; answers a line of JSON each. The program is loaded once and copied by fork: a copy costs what it does itself, and
what loading cost is added. So hundreds of cases are real processes and take seconds.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from reconciler.cli import files, main  # noqa: F401  loaded before copies are made

_ALARM_SECONDS = 20
_LOADING = resource.getrusage(resource.RUSAGE_SELF)


def _child(root: Path) -> None:
    for number, suffix in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(f"{root}{suffix}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    resource.setrlimit(resource.RLIMIT_CPU, (_ALARM_SECONDS, _ALARM_SECONDS))
    sys.argv = ["reconciler", "validate", "--workspace", str(root), "--format", "json"]
    main()


def _answer(root: Path) -> dict[str, float | int]:
    process = os.fork()
    if process == 0:
        try:
            _child(root)
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code if isinstance(end.code, int) else 1)
        except BaseException:  # noqa: BLE001  said, whatever it is
            import traceback

            traceback.print_exc()
            os._exit(70)
        os._exit(0)
    _, status, used = os.wait4(process, 0)
    seconds = used.ru_utime + used.ru_stime + _LOADING.ru_utime + _LOADING.ru_stime
    return {"exit": os.waitstatus_to_exitcode(status), "seconds": seconds, "kilobytes": used.ru_maxrss}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_answer(Path(line.rstrip("\n")))), flush=True)  # noqa: T201  the answer
