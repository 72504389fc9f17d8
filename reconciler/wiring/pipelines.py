"""Which pipeline this process is a step of, as the host's own variables say it: repository, change, commit, and how to reach the host."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.errors import UsageError
from reconciler.hosts.contract import Change, Host
from reconciler.hosts.github import BOT, GitHub
from reconciler.hosts.gitlab import GitLab
from reconciler.model.secret import Secret
from reconciler.model.workspace import Transport

_MAX_EVENT = 32 * 1024 * 1024
_PER_MINUTE = 600


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One run of a pipeline. `change`: the number of the change that it is about, if any; `commit`: what it runs on.

    `run_url`: where people see it; `authorization`: the header with which git fetches; `write_output` and `write_summary` hand values to
    later steps and a text to people, where the host has a place for them. `keeps`: steps of the pipeline keep files with the host.
    """

    host: Host
    repository: str
    commit: str
    branch: str
    change: int | None
    run_url: str
    authorization: str = field(repr=False)
    write_output: Callable[[str, str], None] = field(repr=False)
    write_summary: Callable[[str], None] = field(repr=False)
    keeps: bool = True


def pipeline(environ: Mapping[str, str]) -> Pipeline:
    """The pipeline around this process. Raises UsageError where none is known."""
    for name, read in _KNOWN.items():
        if environ.get(name):
            return read(environ)
    raise UsageError(
        "this is no pipeline that is known here",
        hint=f"one sets {' or '.join(_KNOWN)}; elsewhere use `plan` and `apply`",
    )


def review_key(environ: Mapping[str, str]) -> Secret:
    """The key with which records of reviews are sealed."""
    return Secret(_needed(environ, "RECONCILER_REVIEW_KEY"))


def merged_change(here: Pipeline, number: int | None) -> Change | None:
    """The merged change with this number; without one, the change that this commit came from. Raises UsageError for one that is open."""
    asked = number or here.change
    if asked is None:
        found = here.host.change_of(here.commit)
        return found if found is not None and found.onto == here.branch else None
    change = here.host.change(asked)
    if change.onto != here.branch:
        raise UsageError(f"{here.host.mark}{asked} was for another branch than {here.branch}")
    if not change.merged:
        raise UsageError(f"{here.host.mark}{asked} is not merged", hint="what is reviewed is applied after the merge")
    return change


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise UsageError(f"{name} is not set", hint="see docs/ci.md for what a pipeline has to set")
    return value


def _github(environ: Mapping[str, str]) -> Pipeline:
    repository, token = _needed(environ, "GITHUB_REPOSITORY"), Secret(_needed(environ, "GITHUB_TOKEN"))
    server = environ.get("GITHUB_SERVER_URL", "https://github.com")
    event = _event(Path(_needed(environ, "GITHUB_EVENT_PATH")))
    http = _http(environ.get("GITHUB_API_URL", "https://api.github.com"))
    basic = base64.b64encode(f"x-access-token:{token.reveal()}".encode()).decode()
    return Pipeline(
        host=GitHub(repository, http, token, environ.get("RECONCILER_BOT") or BOT),
        repository=repository,
        commit=_needed(environ, "GITHUB_SHA"),
        branch=environ.get("GITHUB_REF_NAME", ""),
        change=_asked(environ) or _number(event.get("pull_request")) or _number(event.get("issue")),
        run_url=f"{server}/{repository}/actions/runs/{environ.get('GITHUB_RUN_ID', '')}",
        authorization=f"basic {basic}",
        write_output=lambda name, value: _append(environ.get("GITHUB_OUTPUT"), f"{name}={value}\n"),
        write_summary=lambda text: _append(environ.get("GITHUB_STEP_SUMMARY"), text),
    )


def _asked(environ: Mapping[str, str]) -> int | None:
    """The change that RECONCILER_CHANGE names, where a run was started by hand."""
    said = environ.get("RECONCILER_CHANGE", "").strip().removeprefix("#").removeprefix("!")
    if said and not (said.isascii() and said.isdecimal() and 0 < len(said) < 10):
        raise UsageError("RECONCILER_CHANGE is no number of a change")
    return int(said) if said else None


def _number(subject: Any, name: str = "number") -> int | None:
    number = subject.get(name) if isinstance(subject, dict) else None
    return number if type(number) is int and number > 0 else None


def _event(file: Path) -> dict[str, Any]:
    """What started the run. Of it only numbers are used: texts in it are anybody's."""
    try:
        with file.open("rb") as stream:
            event = json.loads(stream.read(_MAX_EVENT))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError("the event that started the pipeline cannot be read") from error
    return event if isinstance(event, dict) else {}


def _append(file: str | None, text: str) -> None:
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(text)


def _http(url: str) -> Any:
    """A client for the host that the pipeline's own surroundings name; no file in git has a say in it."""
    from reconciler.providers.account import Account
    from reconciler.providers.http import HttpClient, host_of

    transport = Transport(timeout=30.0, attempts=4, delay=1.0, max_delay=20.0)
    return HttpClient(
        {"main": url}, transport, Account(_PER_MINUTE), allowed=frozenset({host_of(url)}), sleep=time.sleep
    )


def _gitlab(environ: Mapping[str, str]) -> Pipeline:
    """Also where a webhook started the pipeline: then its payload says which change it is about."""
    token = Secret(_needed(environ, "RECONCILER_GITLAB_TOKEN"))
    payload = environ.get("TRIGGER_PAYLOAD")
    event = _event(Path(payload)) if payload else {}
    of_event = (
        event.get("object_attributes") if event.get("object_kind") == "merge_request" else event.get("merge_request")
    )
    of_job = environ.get("CI_MERGE_REQUEST_IID", "")
    basic = base64.b64encode(f"reconciler:{token.reveal()}".encode()).decode()
    return Pipeline(
        host=GitLab(_needed(environ, "CI_PROJECT_ID"), _http(_needed(environ, "CI_API_V4_URL")), token),
        repository=_needed(environ, "CI_PROJECT_PATH"),
        commit=_needed(environ, "CI_COMMIT_SHA"),
        branch=environ.get("CI_DEFAULT_BRANCH", ""),
        change=_asked(environ) or _number(of_event, "iid") or (int(of_job) if of_job.isdecimal() else None),
        run_url=environ.get("CI_JOB_URL", ""),
        authorization=f"basic {basic}",
        write_output=lambda _name, _value: None,
        write_summary=lambda _text: None,
        keeps=False,
    )


_KNOWN: Mapping[str, Callable[[Mapping[str, str]], Pipeline]] = {"GITHUB_ACTIONS": _github, "GITLAB_CI": _gitlab}
"""By the variable that a host's pipelines set."""
