"""Waiting for something that another process does: by looking, with an end."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

_LONGEST = 60.0
_STEP = 0.02


def until(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Returns as soon as it holds; fails when the process ends first."""
    ends = time.monotonic() + _LONGEST
    while not holds():
        assert process.poll() is None, "".join(process.communicate())
        assert time.monotonic() < ends, "it never happened"
        time.sleep(_STEP)
