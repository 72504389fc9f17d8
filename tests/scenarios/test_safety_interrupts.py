"""Ctrl-C: once at a question, once and twice in the middle of a run."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import time

from tests.scenarios.test_interruptions import carried_out
from tests.scenarios.waiting import until
from tests.scenarios.world import World


def test_one_interrupt_at_the_question_ends_it_and_nothing_is_changed(world: World) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "reconciler", *world.arguments("apply")],
        env={**os.environ, **world.environ, "DATABASE_URL": world.database},
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    while b"Apply these" not in shown:
        shown += os.read(ours, 4096)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)  # one that comes right before it begins to read is only seen at the next
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
    assert process.returncode == 130
    assert b"Stopping after" not in os.read(ours, 4096)
    os.close(ours)
    assert world.messages("expedia") == world.messages("booking.com") == []
    assert world.rows("SELECT count(*) FROM reconciler.runs") == [(0,)]


def test_a_second_interrupt_stops_at_once_and_the_next_apply_carries_on(world: World) -> None:
    world.sandbox.admin.fault("latency", {"provider": "expedia", "operation": "ar", "nth": 1}, seconds=15)
    process = world.process("apply", "--auto-approve")
    until(lambda: bool(carried_out(world, "expedia", "ar")), process)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert any("once more to stop at once" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - began < 10, "it waited for the answer"
    world.sandbox.admin.clear_faults()
    world.apply("--lock-timeout", "10")
    assert world.addresses() == []
    assert world.rows("SELECT status FROM reconciler.runs ORDER BY started_at") == [("interrupted",), ("succeeded",)]


def test_an_interrupt_before_anything_started_leaves_no_run(world: World) -> None:
    world.sandbox.admin.fault("latency", {"provider": "expedia", "operation": "product", "times": 0}, seconds=0.4)
    world.run("plan", "--out", "plan.json")
    process = world.process("apply", "plan.json")
    before = len(world.sandbox.admin.log(provider="expedia"))
    until(lambda: len(world.sandbox.admin.log(provider="expedia")) > before, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert world.messages("expedia") == world.messages("booking.com") == []
    assert world.rows("SELECT count(*) FROM reconciler.runs") == [(0,)]
    assert world.rows("SELECT count(*) FROM reconciler.locks") == [(0,)]
