"""The program: its table of commands and what becomes of errors. A command's module is imported when it is called, and not before."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from reconciler import __version__

# name: (module below cli, attribute, one line for --help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("laying_out", "init", "Lay out a workspace: reconciler.yaml, properties/, schemas/."),
    "validate": ("files", "validate", "Check the files; touch nothing outside them."),
    "fmt": ("formatting", "fmt", "Lay the files out in one way; comments stay."),
    "schema": ("files", "schema", "Write the JSON Schemas of the YAML files."),
    "edit": ("editing", "edit", "Change many files at a time; comments stay."),
    "export": ("editing", "export", "Write what the files say for other programs."),
    "explain": ("explaining", "explain", "Show where a value comes from: file, line and rule, step by step."),
    "diff": ("comparing", "diff", "Show what two revisions of the files mean, in hotel terms."),
    "import": ("importing", "import_", "Write YAML for what runs out there."),
    "plan": ("planning", "plan", "Show what would change, everywhere; change nothing."),
    "snapshot": ("snapshotting", "snapshot", "Write what is out there into a file to plan against."),
    "show": ("planning", "show", "Render a saved plan or drift report."),
    "apply": ("applying", "apply", "Apply a saved plan exactly, or plan, ask and apply."),
    "adopt": ("adopting", "adopt", "Write what was changed out there back into the YAML; comments stay."),
    "drift": ("drifting", "drift", "Show what differs out there, and who moved."),
    "close": ("closing", "close", "Take rooms off sale now, everywhere."),
    "open": ("closing", "open_", "Let git's word hold again for closed rooms."),
    "bookings": ("bookings", "bookings", "List, pull, add and cancel bookings."),
    "alerts": ("alerts", "alerts", "List and resolve alerts."),
    "status": ("state", "status", "Show where each property stands."),
    "runs": ("state", "runs", "List the runs, or show one, operation by operation."),
    "lookup": ("state", "lookup", "Look up a room's or plan's id at a provider, or the way back."),
    "locks": ("state", "locks", "Show who holds which property since when; break a lock."),
    "providers": ("state", "providers", "Show which provider can do what, and on what each claim rests."),
    "doctor": ("doctor", "doctor", "Check what safe running assumes."),
    "ci": ("ci", "ci", "What a pipeline calls: plan a change, apply it after the merge, look for drift."),
    "codeowners": ("owning", "codeowners", "Write who has to agree to a change of which hotels: a CODEOWNERS file."),
    "db": ("database", "db", "Migrate, check and seed the database."),
    "sandbox": ("sandbox", "sandbox", "Serve both extranets on this machine."),
    "demo": ("demo", "demo", "Run the whole story on this machine in a minute."),
}


class Program(click.Group):
    """The group of all commands, each imported on first use."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names in the order of a day's work, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's own object."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(f"reconciler.cli.{module}"), attribute)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Names the nearest command for a typo."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from reconciler.model.diagnostics import did_you_mean

            raise click.UsageError(f"there is no command `{args[0]}`; {did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing what it lists."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reconciler")
def program() -> None:
    """Say in git what a hotel sells where; review the plan; apply exactly that.

    \b
    Examples:
      reconciler demo                        the whole story on this machine
      reconciler validate                    check the files
      reconciler plan --out plan.json        what would change, kept for review
      reconciler apply plan.json             exactly what was reviewed
      reconciler drift                       what was changed by hand out there

    Exit codes: 0 done, 1 failed, 2 something differs (--detailed-exitcode), 3 refused by a policy, 4 stale plan, 5 locked,
    64 wrong usage, 130 interrupted.
    """


def run(arguments: Sequence[str] | None = None) -> None:
    """Runs the program and ends the process with its exit code. No traceback for what has an explanation."""
    sys.exit(execute(arguments))


def execute(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; returns its exit code."""
    try:
        result = program.main(
            list(arguments) if arguments is not None else None, prog_name="reconciler", standalone_mode=False
        )
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        return _misused(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nInterrupted.", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001 - what has no explanation is raised again
        return _explain(error)
    return result if isinstance(result, int) else 0


def _misused(error: click.ClickException) -> int:
    """Told as click tells it, but clean: it quotes what was typed."""
    from reconciler.cli.output import in_short

    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help' for help.\n", err=True)
    click.echo(f"Error: {in_short(error.format_message())}", err=True)
    return 64


def _explain(error: Exception) -> int:
    from reconciler.cli.output import show_error
    from reconciler.errors import ReconcilerError

    if isinstance(error, OSError) and error.filename is not None:
        error = ReconcilerError(f"{error.filename}: {error.strerror}")
    if not isinstance(error, ReconcilerError):
        raise error
    show_error(error)
    return error.exit_code
