"""The command line. `app` holds the program; each other module one group of commands: parse, call one use case, render, exit code."""

from __future__ import annotations


def main() -> None:
    """The console script."""
    from reconciler.cli.app import run

    run()
