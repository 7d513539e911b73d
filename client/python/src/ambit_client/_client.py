"""What an agent's own code asks its companion for."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Literal, overload

from ._async_run import AsyncEvidence, AsyncRun
from ._companion import TIMEOUT_SECONDS, AsyncCompanion, Companion
from ._run import Evidence, Run
from ._run_state import ProvenStart, Start, task_credentials_question
from ._tokens import AwsCredentials, credentials_of


class AmbitClient:
    """What an agent's own code asks its companion for, from threads.

    `url` is the companion's address, http on the loopback: by default `AMBIT_COMPANION_URL`, or http://127.0.0.1:7464.
    `token_file` has what the companion wants to be shown: by default `AMBIT_COMPANION_TOKEN_FILE`, or nothing is shown.
    `timeout_seconds` is how long one request may take, at most a day. Raises ValueError where that is no such time, or the
    address is not on the loopback.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        token_file: str | os.PathLike[str] | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._companion = Companion(url, token_file, timeout_seconds)

    @overload
    def run(self, task: str, *, start: Literal["agent"]) -> Run: ...
    @overload
    def run(self, task: str, *, start: ProvenStart, evidence: Evidence) -> Run: ...
    def run(self, task: str, *, start: Start, evidence: Evidence | None = None) -> Run:
        """A run of a task, which begins when something is asked of it.

        `evidence` is the token of the user, of the starter or of the delegator. A function is asked each time that the run
        tries to begin. Raises TypeError where it is missing, or given for a start by the agent itself.
        """
        _check(start, evidence)
        return Run(self._companion, task, start, evidence)

    def aws_credentials(self, task: str) -> Callable[[], AwsCredentials]:
        """What gives AWS credentials, in a process that begins a task by itself, again and again: the companion begins the
        runs. It raises AmbitError.
        """
        question = task_credentials_question(task)
        return lambda: credentials_of(self._companion.ask(question))


class AsyncAmbitClient:
    """What an agent's own code asks its companion for, from tasks of asyncio; cancel one, and its request is given up.

    Its settings are those of `AmbitClient`.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        token_file: str | os.PathLike[str] | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._companion = AsyncCompanion(url, token_file, timeout_seconds)

    @overload
    def run(self, task: str, *, start: Literal["agent"]) -> AsyncRun: ...
    @overload
    def run(self, task: str, *, start: ProvenStart, evidence: AsyncEvidence) -> AsyncRun: ...
    def run(self, task: str, *, start: Start, evidence: AsyncEvidence | None = None) -> AsyncRun:
        """A run of a task, which begins when something is asked of it.

        `evidence` is the token of the user, of the starter or of the delegator. A function, plain or async, is asked each
        time that the run tries to begin. Raises TypeError where it is missing, or given for a start by the agent itself.
        """
        _check(start, evidence)
        return AsyncRun(self._companion, task, start, evidence)

    def aws_credentials(self, task: str) -> Callable[[], Awaitable[AwsCredentials]]:
        """What gives AWS credentials, in a process that begins a task by itself, again and again: the companion begins the
        runs. It raises AmbitError.
        """
        question = task_credentials_question(task)

        async def credentials() -> AwsCredentials:
            return credentials_of(await self._companion.ask(question))

        return credentials


def _check(start: Start, evidence: object) -> None:
    if start == "agent" and evidence is not None:
        raise TypeError('start "agent" has no evidence: leave it out')
    if start != "agent" and evidence is None:
        raise TypeError(f'start "{start}" needs evidence: write evidence=TOKEN, with the token that proves it')
