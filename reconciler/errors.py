"""The one tree of exceptions.

What a user wrote wrongly in a file is not here: that is a `Diagnostic`, collected and never raised one by one. Exceptions are for
faults of the program's surroundings (usage, database, network, a provider), and their type says the exit code and whether to retry.

    ReconcilerError                 1
    ├── UsageError                 64   wrong flags or arguments, a question that may not be asked
    ├── FilesError                  1   bad files: carries the diagnostics
    ├── RefusedError                1   the tool will not do this here (environment, safety)
    ├── PolicyRefusedError          3   a check refused the plan
    ├── StalePlanError              4   the saved plan no longer fits, or was tampered with
    ├── LockedError                 5   another run holds the property
    ├── InterruptedRunError       130   stopped by the user; recorded, the next run carries on
    ├── DatabaseError               1
    ├── CredentialError             1
    └── ProviderError               1   something at a provider
        ├── AuthenticationFailedError   credentials refused: stop for this account
        ├── RequestRefusedError         the provider understood and said no: do not retry
        ├── TemporaryError              may go through later: retry with back-off
        │   └── CircuitOpenError        the account rests after a row of failures: told at once, not waited for
        ├── UncertainError              sent, no answer: the change may or may not have been carried out
        └── UnexpectedReplyError        not what the format allows, or about another hotel
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from reconciler.model.diagnostics import Diagnostic


class ReconcilerError(Exception):
    """Root of everything raised on purpose. `hint` says what to do next."""

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ReconcilerError):
    """Wrong usage of the command line."""

    exit_code = 64


class FilesError(ReconcilerError):
    """Files in scope have errors; nothing was computed from them. `texts`: by file, for showing the lines."""

    def __init__(
        self, message: str, diagnostics: Sequence[Diagnostic], *, texts: Mapping[str, str] | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.diagnostics = tuple(diagnostics)
        self.texts = texts or {}


class RefusedError(ReconcilerError):
    """An operation that is refused here: wrong environment, unsafe state."""


class PolicyRefusedError(ReconcilerError):
    """A check refused the plan and no consent was given."""

    exit_code = 3


class StalePlanError(ReconcilerError):
    """The saved plan no longer fits what is out there, or is not what was reviewed. Nothing was changed."""

    exit_code = 4

    def __init__(self, message: str, *, moved: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.moved = tuple(moved)


class LockedError(ReconcilerError):
    """Another run holds the lock of a property."""

    exit_code = 5


class InterruptedRunError(ReconcilerError):
    """The user stopped the run; what was under way was finished or recorded."""

    exit_code = 130


class DatabaseError(ReconcilerError):
    """The database cannot be reached, started or used as it is."""


class CredentialError(ReconcilerError):
    """A credential reference that cannot be resolved. Names the reference, never the value."""


class ProviderError(ReconcilerError):
    """Something went wrong at a provider. `code` is the provider's own, where it gave one."""

    def __init__(self, message: str, *, code: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class AuthenticationFailedError(ProviderError):
    """The provider does not accept the credentials."""


class RequestRefusedError(ProviderError):
    """The provider understood the request and refused it; sending it again changes nothing."""


class TemporaryError(ProviderError):
    """The provider asks to come back later. `retry_after` in seconds where it said so."""

    retryable = True

    def __init__(self, message: str, *, code: str = "", hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, code=code, hint=hint)
        self.retry_after = retry_after


class CircuitOpenError(TemporaryError):
    """Too many requests of an account failed in a row: none are sent for a while, and nobody waits for that."""

    retryable = False


class UncertainError(ProviderError):
    """The request left, no usable answer came: only observing tells whether it was carried out."""


class UnexpectedReplyError(ProviderError):
    """An answer outside the format, or about another hotel than the one asked for."""
