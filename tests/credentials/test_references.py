"""References name where a secret is; errors name the reference and never what it holds."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from reconciler.credentials.references import MAX_BYTES, resolve
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
