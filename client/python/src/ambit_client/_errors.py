"""Why nothing was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RefusalReason:
    """Why, and what would allow it: the codes are those of the exchange, of the policy and of the companion."""

    code: str
    what: str
    fix: str


class AmbitError(Exception):
    """Nothing was given."""

    def __init__(self, message: str, reasons: Sequence[RefusalReason] = ()) -> None:
        super().__init__(message)
        self.reasons = tuple(reasons)

    def has(self, code: str) -> bool:
        """Whether this is among the reasons."""
        return any(reason.code == code for reason in self.reasons)

    def __reduce__(self) -> tuple[Any, ...]:
        # As it stands: constructors take something else than the message, and errors pass between processes.
        return (_restored, (type(self), self.args, self.__dict__))


class AmbitRefused(AmbitError):
    """It was refused. Asking again changes nothing, or nothing before `retry_after_seconds`: the reasons say what would.

    `status` is that of HTTP, `error` as OAuth names it, such as `access_denied`. `retry_after_seconds` is None where time
    changes nothing.
    """

    def __init__(
        self,
        status: int,
        error: str,
        reasons: Sequence[RefusalReason],
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(sentence(error, reasons), reasons)
        self.status = status
        self.error = error
        self.retry_after_seconds = retry_after_seconds


class AmbitUnavailable(AmbitError):
    """The companion or the exchange could not answer: the same may work later.

    `retry_after_seconds` is what the answer asks to wait, None where it says nothing.
    """

    def __init__(
        self,
        message: str,
        reasons: Sequence[RefusalReason] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(message, reasons)
        self.retry_after_seconds = retry_after_seconds


def sentence(error: str, reasons: Sequence[RefusalReason]) -> str:
    if not reasons:
        return error
    return "; ".join(f"{reason.code}: {reason.what}: {reason.fix}" for reason in reasons)


def _restored(kind: type[AmbitError], args: tuple[object, ...], facts: dict[str, object]) -> AmbitError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error
