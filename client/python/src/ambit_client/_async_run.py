"""A run that tasks of asyncio ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from types import TracebackType

from ._answers import Answer
from ._companion import AsyncCompanion
from ._errors import AmbitError, AmbitRefused
from ._run_state import (
    RunNames,
    RunState,
    Start,
    delegate_token,
    first_token,
    is_over,
    refuse_own_evidence,
    tool_token,
)
from ._tokens import AccessToken, AwsCredentials, credentials_of, token_of

AsyncEvidence = str | Callable[[], str | Awaitable[str]]

# Runs that begin here, for whose evidence this task works: tasks that it makes, as asyncio.wait_for does, inherit them.
_BEGINNING: ContextVar[tuple[object, ...]] = ContextVar("ambit_client_beginning", default=())


class AsyncRun:
    """One execution of a task. It begins with the first thing that is asked of it; what follows goes on with it and sends
    no evidence. Cancelling one of several that wait leaves the others their outcome. As a context manager it ends the run.
    """

    def __init__(self, companion: AsyncCompanion, task: str, start: Start, evidence: AsyncEvidence | None) -> None:
        self._companion = companion
        self._evidence = evidence
        self._state = RunState(task, start)
        self._beginning: asyncio.Task[Answer] | None = None

    @property
    def task(self) -> str:
        return self._state.task

    @property
    def names(self) -> RunNames | None:
        """None until something was given."""
        return self._state.known

    async def token(self, tool: str, *, actions: Sequence[str] | None = None) -> AccessToken:
        """A token for a tool.

        `actions` are names of the actions wanted; None for all that task and chain allow. Raises AmbitError where nothing
        is given.
        """
        return await self._token(tool_token(tool, actions))

    async def delegate(self, delegate: str) -> AccessToken:
        """The evidence with which another agent's task, `<agent>.<task>`, is started on behalf of this run: hand it to
        that agent alone. Raises AmbitError.
        """
        return await self._token(delegate_token(delegate))

    async def tool_url(self, tool: str) -> str:
        """Base URL of a tool for calls of this run, which any HTTP client or SDK takes: the companion shows the run's
        token, and the gateway decides on each request. It begins the run. Where the companion asks for a secret, calls
        show it as well. Raises AmbitError.
        """
        await self._begun({})
        return f"{self._companion.url}{self._state.tool_path(tool)}"

    def aws_credentials(self) -> Callable[[], Awaitable[AwsCredentials]]:
        """What gives AWS credentials of the run, fresh ones each time that it is called. It raises AmbitError."""

        async def credentials() -> AwsCredentials:
            await self._begun({"audience": "aws"})
            return credentials_of(await self._companion.ask(self._state.credentials_question()))

        return credentials

    async def end(self) -> None:
        """End the run: its tokens are revoked, also those of delegates that have not begun with them. Nothing is given any
        more; a run that has not begun never does. Raises AmbitError.
        """
        self._refuse_own_evidence()
        self._state.ended = True
        if self._beginning is not None:
            await asyncio.wait([self._beginning])
        if self._state.known is None:
            return
        try:
            await self._companion.ask(self._state.end_question())
        except AmbitRefused as refused:
            if not is_over(refused):
                raise

    async def __aenter__(self) -> AsyncRun:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self.end()
        except AmbitError:
            # What the work failed with says more.
            if error is None:
                raise

    async def _token(self, wanted: Mapping[str, object]) -> AccessToken:
        first = await self._begun(wanted)
        if first is not None:
            return first_token(first)
        return token_of(await self._companion.ask(self._state.token_question(wanted)))

    async def _begun(self, wanted: Mapping[str, object]) -> Answer | None:
        """Begin, or wait for the task that is at it and get what that gets: evidence may be good for one run only. The
        beginning goes on where one that waits is cancelled.

        The answer, where it was this call that began.
        """
        self._state.refuse_ended()
        if self._state.known is not None:
            return None
        self._refuse_own_evidence()
        is_first = self._beginning is None
        if self._beginning is None:
            self._beginning = asyncio.ensure_future(self._begin(wanted))
            self._beginning.add_done_callback(self._settle)
        answer = await asyncio.shield(self._beginning)
        return answer if is_first else None

    async def _begin(self, wanted: Mapping[str, object]) -> Answer:
        # A task has a context of its own, so that it ends with this one.
        _BEGINNING.set((*_BEGINNING.get(), self))
        said = self._evidence() if callable(self._evidence) else self._evidence
        evidence = said if said is None or isinstance(said, str) else await said
        answer = await self._companion.ask(self._state.beginning(evidence, wanted))
        self._state.begun(answer)
        return answer

    def _refuse_own_evidence(self) -> None:
        refuse_own_evidence(self._beginning is not None and self in _BEGINNING.get())

    def _settle(self, beginning: asyncio.Task[Answer]) -> None:
        self._beginning = None
        if not beginning.cancelled():
            # Looked at here, as all that waited may have been cancelled.
            beginning.exception()
