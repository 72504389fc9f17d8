"""A secret shows itself nowhere but where it is asked for by name."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import traceback
from collections.abc import Callable

import pytest

from reconciler.model.secret import Secret

CANARY = "canary-7f3a9c"


@dataclasses.dataclass(frozen=True)
class Holder:
    """Something that carries one."""

    name: str
    key: Secret


@pytest.mark.parametrize(
    "show",
    [
        str,
        repr,
        ascii,
        lambda secret: f"{secret}",
        lambda secret: f"{secret!r:>40}",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
        lambda secret: f"{[secret]} { ({'key': secret}) }",
        lambda secret: repr(Holder("a", secret)),
        lambda secret: str(dir(secret)),
        lambda secret: repr(dataclasses.replace(Holder("a", secret), name="b")),
    ],
)
def test_no_way_of_showing_it_shows_it(show: Callable[[Secret], str]) -> None:
    assert CANARY not in show(Secret(CANARY))


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy, copy.copy, json.dumps, lambda s: s.__reduce_ex__(4)])
def test_it_is_not_serialised(write: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as refused:
        write(Secret(CANARY))
    assert CANARY not in str(refused.value)


def test_aligning_it_is_refused_and_does_not_show_it() -> None:
    with pytest.raises(TypeError) as refused:
        f"{Secret(CANARY):>40}"
    assert CANARY not in str(refused.value)


def test_a_log_line_does_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("with %s and %r", Secret(CANARY), Holder("a", Secret(CANARY)))
    assert CANARY not in caplog.text


def test_a_traceback_with_its_variables_does_not_show_it() -> None:
    def fail(secret: Secret) -> None:
        raise RuntimeError(f"failed with {secret}")

    with pytest.raises(RuntimeError) as caught:
        fail(Secret(CANARY))
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert CANARY not in "".join(told.format())


def test_it_has_no_dictionary_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Secret(CANARY))


def test_reveal_is_the_door() -> None:
    assert Secret(CANARY).reveal() == CANARY
