"""Settings from outside: where the database is, and which addresses are this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import CredentialError
from reconciler.model.workspace import Environment
from reconciler.wiring import Options, database_of
from reconciler.wiring.targets import is_local

URL = "postgresql://localhost/hotels"


def test_where_the_database_is_may_be_kept_in_a_file_or_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(f"{URL}\n", encoding="utf-8")
    file.chmod(0o600)
    said = Environment("e", database=f"file:{file}")
    assert database_of(Options(environ={"RECONCILER_ALLOWED_REFERENCES": f"file:{tmp_path}/*"}), said) == URL
    assert (
        database_of(Options(environ={"OUR_DATABASE_URL": URL}), Environment("e", database="env:OUR_DATABASE_URL"))
        == URL
    )


def test_files_name_only_what_is_permitted_and_the_command_line_what_it_likes(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="may not be used here"):
        database_of(Options(environ={"GITHUB_TOKEN": URL}), Environment("e", database="env:GITHUB_TOKEN"))
    asked = Options(environ={"GITHUB_TOKEN": URL}, database="env:GITHUB_TOKEN")
    assert database_of(asked, Environment("e", database="embedded")) == URL


def test_the_command_line_goes_before_the_environment_variable_and_that_before_the_file() -> None:
    environ = {"DATABASE_URL": URL}
    assert database_of(Options(environ=environ, database="embedded"), Environment("e", database="env:A")) == "embedded"
    assert database_of(Options(environ=environ), Environment("e", database="env:A")) == URL


def test_a_reference_that_cannot_be_resolved_here_says_which_can() -> None:
    with pytest.raises(CredentialError, match="can be resolved here") as caught:
        database_of(Options(environ={}), Environment("e", database="vault:hotels"))
    assert "env:" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8790", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("https://services.example.com", False),
    ],
)
def test_only_this_machine_itself_is_local(url: str, local: bool) -> None:
    assert is_local({"main": url}) is local
