"""References name where a secret is; errors name the reference and never what it holds."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from reconciler.credentials.references import MAX_BYTES, resolve, resolve_written
from reconciler.errors import CredentialError


def written(folder: Path, content: bytes, mode: int = 0o600) -> str:
    file = folder / "secret"
    file.write_bytes(content)
    file.chmod(mode)
    return f"file:{file}"


def test_a_variable_and_a_file_are_resolved_without_the_space_around_them(tmp_path: Path) -> None:
    assert resolve("env:KEY", {"KEY": " one\n"}).reveal() == "one"
    assert resolve(written(tmp_path, b"two\n"), {}).reveal() == "two"


def test_the_general_variable_stands_in_for_one_that_is_not_set() -> None:
    assert resolve("env:EXPEDIA_PROD_API_KEY", {"EXPEDIA_API_KEY": "one"}).reveal() == "one"


@pytest.mark.parametrize(
    "reference", ["env:", "env:NOT_SET", "exec:whoami", "vault:a", "canary", "file:/a\0b", "file:~nobody-has/a"]
)
def test_what_cannot_be_resolved_is_named_as_such(reference: str) -> None:
    with pytest.raises(CredentialError) as caught:
        resolve(reference, {})
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "mode"),
    [(b"canary\xff", 0o600), (b" \n", 0o600), (b"canary" * MAX_BYTES, 0o600), (b"canary", 0o604)],
    ids=["not text", "empty", "too large", "open to everybody"],
)
def test_a_file_that_holds_no_secret_is_refused_without_showing_it(tmp_path: Path, content: bytes, mode: int) -> None:
    with pytest.raises(CredentialError) as caught:
        resolve(written(tmp_path, content, mode), {})
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="not a file"):
        resolve(f"file:{tmp_path}", {})


@pytest.mark.parametrize(
    "reference", ["env:EXPEDIA_PROD_API_KEY", "env:BOOKING_COM_API_KEY", "env:STAGING_DATABASE_URL"]
)
def test_a_file_may_name_the_variables_that_documentation_names(reference: str) -> None:
    assert resolve_written(reference, {reference.partition(":")[2]: "one"}).reveal() == "one"


@pytest.mark.parametrize(
    "reference",
    [
        "env:GITHUB_TOKEN",
        "env:AWS_SECRET_ACCESS_KEY",
        "file:/etc/passwd",
        "file:/run/secrets/../../etc/passwd",
        "file:~/.ssh/id",
    ],
)
def test_a_file_may_name_no_other_secret(reference: str) -> None:
    with pytest.raises(CredentialError, match="may not be used here") as caught:
        resolve_written(reference, {reference.partition(":")[2]: "canary"})
    assert "RECONCILER_ALLOWED_REFERENCES" in caught.value.hint


def test_what_a_file_may_name_is_widened_outside_of_git_only() -> None:
    environ = {"OUR_KEY": "one", "RECONCILER_ALLOWED_REFERENCES": "env:OUR_*, file:/opt/hotel/*"}
    assert resolve_written("env:OUR_KEY", environ).reveal() == "one"
    for reference in ("env:EXPEDIA_API_KEY", "file:/opt/hotel/../../etc/passwd"):
        with pytest.raises(CredentialError, match="may not be used here"):
            resolve_written(reference, environ | {"EXPEDIA_API_KEY": "two"})


def test_a_reference_that_runs_a_command_is_off_unless_it_is_switched_on() -> None:
    with pytest.raises(CredentialError, match="that run a command are off"):
        resolve_written("exec:whoami", {"RECONCILER_ALLOWED_REFERENCES": "exec:*"})
