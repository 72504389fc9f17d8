"""The generated parts of the documentation: tables from capabilities and from the command line's own flags.

`python -m tests.docs.generate` writes them between their marks; a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import click

from reconciler.cli.app import program
from reconciler.kinds import KINDS
from reconciler.model.capabilities import Capabilities, KindSupport
from reconciler.wiring import CAPABILITIES
from tests.docs.pages import DOCS

PAGES = ("providers.md", "commands.md")
_PART = re.compile(
    r"^<!-- (?P<what>generated|flags): (?P<name>[^\n]+) -->\n.*?^<!-- end -->$", re.MULTILINE | re.DOTALL
)


def generated(text: str) -> str:
    """The page with every generated part as it has to be."""
    return _PART.sub(lambda found: _part(found["what"], found["name"]), text)


def _part(what: str, name: str) -> str:
    write: Callable[[str], Iterator[str]] = flags if what == "flags" else tables
    return "\n".join((f"<!-- {what}: {name} -->", *write(name), "<!-- end -->"))


def tables(name: str) -> Iterator[str]:
    """The lines of one target, or of the matrix of all."""
    if name == "matrix":
        yield from _matrix()
        return
    target = CAPABILITIES[name]
    yield from ("| kind | how it is known | what can be said | rests on |", "| --- | --- | --- | --- |")
    for kind in KINDS:
        if kind in target.kinds:
            support = target.kinds[kind]
            yield f"| `{kind}` | {support.access.value} | {_fields(support)} | {support.rests_on} |"
    yield from ("", f"Takes {target.horizon} nights from today.")
    if target.notes:
        yield from ("", *(f"- {note}" for note in target.notes))


def _matrix() -> Iterator[str]:
    yield "| kind | " + " | ".join(CAPABILITIES) + " |"
    yield "| --- |" + " --- |" * len(CAPABILITIES)
    for kind in KINDS:
        yield f"| `{kind}` | " + " | ".join(_access(target, kind) for target in CAPABILITIES.values()) + " |"


def _access(target: Capabilities, kind: str) -> str:
    access = target.access(kind)
    return access.value if access else "–"


def _fields(support: KindSupport) -> str:
    return ", ".join(_field(support, name) for name in sorted(support.fields)) or "–"


def _field(support: KindSupport, name: str) -> str:
    limits = support.limits.get(name)
    marks = [f"{limits[0]} to {limits[1]}"] if limits else []
    marks += ["read back"] if name in support.readable else []
    return f"`{name}`" + (f" ({', '.join(marks)})" if marks else "")


def flags(name: str) -> Iterator[str]:
    """The lines about one command's arguments and flags."""
    found = command(name)
    yield from ("| argument or flag | meaning |", "| --- | --- |")
    for parameter in found.params:
        if isinstance(parameter, click.Argument):
            yield f"| `{parameter.make_metavar(click.Context(found))}` | {_argument(name, parameter)} |"
        elif isinstance(parameter, click.Option) and not parameter.hidden:
            yield f"| `{_spelled(parameter)}` | {_help(parameter)} |"


def command(name: str) -> click.Command:
    """A command, or one of a group: `db migrate`."""
    found: click.Command = program
    for word in name.split():
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), word)
        assert inner is not None, name
        found = inner
    return found


def _argument(name: str, parameter: click.Argument) -> str:
    return "optional" if not parameter.required else "required"


def _spelled(option: click.Option) -> str:
    names = ", ".join((*option.opts, *option.secondary_opts))
    choices = "|".join(option.type.choices) if isinstance(option.type, click.Choice) else ""
    value = "" if option.is_flag else f" {option.metavar or choices or option.type.name.upper()}"
    return (names + value).replace("|", "\\|")


def _help(option: click.Option) -> str:
    shown = option.show_default and option.default not in (None, ())
    text = (option.help or "").replace("|", "\\|")
    required = " Required." if option.required else ""
    return f"{text}{f' Default: {option.default}.' if shown else ''}{required}".strip()


if __name__ == "__main__":
    for page in PAGES:
        path = DOCS / page
        path.write_text(generated(path.read_text(encoding="utf-8")), encoding="utf-8")
