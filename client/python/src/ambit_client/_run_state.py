"""What is known of a run, and what is asked for it: the same for threads and for asyncio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from ._answers import Answer, date_of, object_of, text_of
from ._companion import Question
from ._errors import AmbitRefused, RefusalReason
from ._tokens import AccessToken, token_of

Start = Literal["agent", "delegation", "event", "schedule", "user"]
ProvenStart = Literal["delegation", "event", "schedule", "user"]

# Left as they are in a part of a path, besides letters, digits and _.-~
_PLAIN = "!*'()"


@dataclass(frozen=True)
class RunNames:
    """Names of a run, for logs: none is a secret. `txn` is the same along a chain of agents."""

    run: str
    txn: str
    sid: str
    expires_at: datetime


class RunState:
    """A run as it is known here."""

    def __init__(self, task: str, start: Start) -> None:
        self.task = task
        self.start: Start = start
        self.known: RunNames | None = None
        self.ended = False

    def beginning(self, evidence: str | None, wanted: Mapping[str, object]) -> Question:
        proof = {} if evidence is None else {"evidence": evidence}
        return Question("POST", "/v1/runs", {"task": self.task, "start": self.start, **proof, **wanted})

    def begun(self, answer: Answer) -> None:
        """Raises AmbitUnavailable where the answer names no run."""
        self.known = RunNames(
            text_of(answer, "run"), text_of(answer, "txn"), text_of(answer, "sid"), date_of(answer, "expires_at")
        )

    def token_question(self, wanted: Mapping[str, object]) -> Question:
        return Question("POST", f"{self._path()}/token", wanted)

    def credentials_question(self) -> Question:
        return Question("GET", f"{self._path()}/aws-credentials")

    def end_question(self) -> Question:
        return Question("DELETE", self._path())

    def tool_path(self, tool: str) -> str:
        return f"{self._path()}/tools/{part(tool)}"

    def refuse_ended(self) -> None:
        """Raises AmbitRefused where the run was ended."""
        if self.ended:
            raise AmbitRefused(
                404, "invalid_grant", [RefusalReason("companion.no-run", "the run was ended", "begin another")]
            )

    def _path(self) -> str:
        assert self.known is not None
        return f"/v1/runs/{part(self.known.run)}"


def first_token(answer: Answer) -> AccessToken:
    """Raises AmbitUnavailable where a run began without the token that was asked for."""
    return token_of(object_of(answer, "token"))


def tool_token(tool: str, actions: Sequence[str] | None) -> Mapping[str, object]:
    scope = {} if actions is None else {"scope": list(actions)}
    return {"audience": f"tool:{tool}", **scope}


def delegate_token(delegate: str) -> Mapping[str, object]:
    return {"audience": "exchange", "delegate": delegate}


def task_credentials_question(task: str) -> Question:
    return Question("GET", f"/v1/tasks/{part(task)}/aws-credentials?start=agent")


def is_over(refused: AmbitRefused) -> bool:
    return refused.has("companion.no-run")


def refuse_own_evidence(is_own: bool) -> None:
    """Raises RuntimeError where a run's evidence waits for the run, which waits for its evidence."""
    if is_own:
        raise RuntimeError(
            "the evidence of the run asks the run itself, which waits for that evidence: "
            "give evidence that does not need the run"
        )


def part(text: str) -> str:
    """One part of a path: a slash in it does not make two."""
    return quote(text, safe=_PLAIN)
