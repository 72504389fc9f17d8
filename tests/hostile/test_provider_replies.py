"""Whatever a provider answers: it is told with the request it was an answer to, no secret with it, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.conftest import placed
from tests.hostile.liar import CANARIES, KEY, PARTNER, SECRET, Liar, lying
from tests.hostile.place import Ended, Place, identifiers
from tests.hostile.reply_cases import READS, WRITES, Told

_AT_BOOKING = ("token", "roomrates", "nights", "availability", "products")
_SECRETS = {
    "EXPEDIA_SANDBOX_API_KEY": KEY,
    "EXPEDIA_SANDBOX_API_SECRET": SECRET,
    "BOOKING_COM_SANDBOX_PARTNER_ID": PARTNER,
    "BOOKING_COM_SANDBOX_API_KEY": KEY,
}


@pytest.fixture(scope="module")
def liar(place: Place) -> Iterator[Liar]:
    """Stands before the sandbox."""
    with lying(place.world.sandbox.url) as running:
        yield running


def _run(place: Place, liar: Liar, case: Told, *line: str) -> Ended:
    with liar.telling(case.call, case.lie):
        return place.run(*line, environ=place.environ(RECONCILER_SANDBOX=liar.url, **_SECRETS))


def test_there_are_a_hundred_cases_and_more() -> None:
    assert len(identifiers([*READS, *WRITES])) >= 100


def _line(place: Place, call: str) -> tuple[str, ...]:
    if call in ("bookings", "reservations"):
        return ("bookings", "pull")
    target = "booking.com" if call in _AT_BOOKING else "expedia"
    kinds = "**" if call in ("calendar", "nights") else "rate_plan/**"
    return ("plan", "--as-of", place.world.now.isoformat(), "--target", f"*/{target}/{kinds}")


def _keeps_secrets(ended: Ended) -> None:
    assert not [secret for secret in CANARIES if secret in ended.said]


@pytest.mark.parametrize("case", READS, ids=identifiers(READS))
def test_what_a_provider_tells_is_not_believed_and_nothing_is_changed(place: Place, liar: Liar, case: Told) -> None:
    with place.unchanged():
        ended = _run(place, liar, case, *_line(place, case.call))
    ended.told(case.code, case.says)
    _keeps_secrets(ended)


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory, database_server: str) -> Iterator[tuple[Place, Liar]]:
    """A place of their own for cases that leave entries in the journal."""
    folder = tmp_path_factory.mktemp("writing") / "workspace"
    with placed(folder, database_server, "writing") as place, lying(place.world.sandbox.url) as liar:
        yield place, liar


@pytest.mark.parametrize("case", WRITES, ids=identifiers(WRITES))
def test_an_odd_answer_to_a_change_counts_as_a_failure_and_as_nothing_that_is_in_force(
    writing: tuple[Place, Liar], case: Told
) -> None:
    place, liar = writing
    target = "booking.com" if case.call in _AT_BOOKING else "expedia"
    before, applied = place.state(), place.rows()["reconciler.applied"]
    ended = _run(
        place, liar, case, "apply", "--auto-approve", "--as-of", place.world.now.isoformat(),
        "--target", f"*/{target}/rates/double/BAR",
    )  # fmt: skip
    ended.told(case.code, case.says)
    _keeps_secrets(ended)
    after = place.state()
    assert (after["files"], after["sent"]) == (before["files"], before["sent"])
    assert place.rows()["reconciler.applied"] == applied
    assert {k: v for k, v in after["rows"].items() if k.startswith("public.")} == {
        k: v for k, v in before["rows"].items() if k.startswith("public.")
    }
