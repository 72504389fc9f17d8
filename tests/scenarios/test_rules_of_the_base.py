"""A proposed change is judged by the rules of the revision that it is proposed to: it can neither send secrets away nor vote for itself."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator

import pytest

from tests.scenarios.world import World

FILE = "properties/lisbon-baixa.yaml"
POLICY = "policies: {rate_step: {percent: 10}}"


def git(world: World, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=world.folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def proposed(world: World) -> World:
    """The world as a repository whose base has a policy and whose hotel was applied once."""
    world.settings(POLICY)
    world.apply()
    git(world, "init", "--quiet", "--initial-branch=main")
    git(world, "add", ".")
    git(world, "commit", "--quiet", "--message=base")
    return world


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[bytes]]]:
    """Somebody's machine that takes down all that it is sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    heard.append(connection.recv(65536))

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        ended.set()
        thread.join()


def warned(world: World, *arguments: str) -> list[str]:
    found = world.plan("--base", "HEAD", *arguments)["findings"]
    return [finding["message"].partition(":")[0] for finding in found if finding["code"] == "rules-changed"]


def test_what_is_unchanged_is_planned_as_ever(proposed: World) -> None:
    proposed.edit(FILE, "default: 120.00", "default: 125.00")
    assert proposed.plan("--base", "HEAD")["operations"] == proposed.plan()["operations"]
    assert warned(proposed) == []


def test_an_endpoint_that_a_change_redirects_gets_nothing(proposed: World, elsewhere: tuple[str, list[bytes]]) -> None:
    url, heard = elsewhere
    proposed.edit(
        "reconciler.yaml",
        f'expedia: {{endpoints: {{local: "{proposed.sandbox.url}"',
        f'expedia: {{endpoints: {{local: "{url}"',
    )
    assert warned(proposed) == ["providers.expedia is changed"]
    assert heard == []
    assert proposed.run("plan").code == 1
    assert heard, "without the rules of the base the same files do reach it"


def test_a_policy_that_a_change_weakens_still_refuses_it(proposed: World) -> None:
    proposed.edit(FILE, "default: 120.00", "default: 160.00")
    proposed.settings("policies: {rate_step: {percent: 90}}")
    assert proposed.run("plan").code == 0
    result = proposed.run("plan", "--base", "HEAD")
    assert result.code == 3
    assert "Refused by rate_step" in result.out
    assert warned(proposed) == ["policies.rate_step is changed"]
    proposed.settings()
    assert proposed.run("plan", "--base", "HEAD").code == 3


def test_a_reference_that_a_change_points_elsewhere_is_not_followed(proposed: World) -> None:
    for other in ("env:GITHUB_TOKEN", "exec:whoami", "file:/etc/hostname"):
        proposed.edit("reconciler.yaml", "api_secret: env:EXPEDIA_SANDBOX_API_SECRET", f"api_secret: {other}")
        proposed.environ["GITHUB_TOKEN"] = "canary-of-the-host"
        result = proposed.run("plan", "--base", "HEAD", "--format", "json")
        assert (result.code, "canary-of-the-host" in result.out) == (0, False)
        assert warned(proposed) == ["credentials.expedia-group is changed"]
        rows = [op for op in proposed.operations("--base", "HEAD") if op["address"].endswith("/integration/expedia")]
        assert [row["after"]["credentials"]["api_secret"] for row in rows] == [other], "what it would write is shown"
        git(proposed, "checkout", "--quiet", "reconciler.yaml")


def test_credentials_of_a_hotel_stay_those_of_the_base(proposed: World) -> None:
    proposed.edit(
        "reconciler.yaml",
        "  booking-com-group:",
        "  other:\n    provider: expedia\n    sandbox: {api_key: env:EXPEDIA_OTHER_KEY, "
        "api_secret: env:EXPEDIA_OTHER_SECRET}\n  booking-com-group:",
    )
    git(proposed, "commit", "--quiet", "--all", "--message=another set")
    proposed.edit(FILE, "credentials: expedia-group", "credentials: other")
    proposed.environ |= {"EXPEDIA_OTHER_KEY": "nobody", "EXPEDIA_OTHER_SECRET": "nothing"}
    assert warned(proposed) == ["the credentials at expedia become `other` instead of `expedia-group`"]
    assert proposed.run("plan", "--base", "HEAD").code == 0
    assert proposed.run("plan").code == 1, "by its own word it would be asked with other credentials"


def test_without_rules_at_the_base_nothing_is_planned(proposed: World) -> None:
    git(proposed, "rm", "--quiet", "--cached", "reconciler.yaml")
    git(proposed, "commit", "--quiet", "--message=without rules")
    result = proposed.run("plan", "--base", "HEAD")
    assert result.code == 64
    assert "there are no rules to judge by" in result.err
    assert proposed.run("plan", "--base", "nowhere").code == 64
