"""A run that threads ask for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from types import TracebackType

from ._answers import Answer
from ._companion import Companion
from ._errors import AmbitError, AmbitRefused, AmbitUnavailable
from ._run_state import RunNames, RunState, Start, delegate_token, first_token, is_over, refuse_own_evidence, tool_token
from ._tokens import AccessToken, AwsCredentials, credentials_of, token_of

Evidence = str | Callable[[], str]


class Run:
    """One execution of a task. It begins with the first thing that is asked of it; what follows goes on with it and sends
    no evidence. Threads may share it. As a context manager it ends the run.
    """

    def __init__(self, companion: Companion, task: str, start: Start, evidence: Evidence | None) -> None:
        self._companion = companion
        self._evidence = evidence
        self._state = RunState(task, start)
        self._lock = threading.Lock()
        self._beginning: Future[Answer] | None = None
        # The thread that begins it, and asks for its evidence
        self._beginner: int | None = None

    @property
    def task(self) -> str:
        return self._state.task

    @property
    def names(self) -> RunNames | None:
        """None until something was given."""
        return self._state.known

    def token(self, tool: str, *, actions: Sequence[str] | None = None) -> AccessToken:
        """A token for a tool.

        `actions` are names of the actions wanted; None for all that task and chain allow. Raises AmbitError where nothing
        is given.
        """
        return self._token(tool_token(tool, actions))

    def delegate(self, delegate: str) -> AccessToken:
        """The evidence with which another agent's task, `<agent>.<task>`, is started on behalf of this run: hand it to
        that agent alone. Raises AmbitError.
        """
        return self._token(delegate_token(delegate))

    def tool_url(self, tool: str) -> str:
        """Base URL of a tool for calls of this run, which any HTTP client or SDK takes: the companion shows the run's
        token, and the gateway decides on each request. It begins the run. Where the companion asks for a secret, calls
        show it as well. Raises AmbitError.
        """
        self._begun({})
        return f"{self._companion.url}{self._state.tool_path(tool)}"

    def aws_credentials(self) -> Callable[[], AwsCredentials]:
        """What gives AWS credentials of the run, fresh ones each time that it is called. It raises AmbitError."""

        def credentials() -> AwsCredentials:
            self._begun({"audience": "aws"})
            return credentials_of(self._companion.ask(self._state.credentials_question()))

        return credentials

    def end(self) -> None:
        """End the run: its tokens are revoked, also those of delegates that have not begun with them. Nothing is given any
        more; a run that has not begun never does. Raises AmbitError.
        """
        with self._lock:
            refuse_own_evidence(self._beginner == threading.get_ident())
            self._state.ended = True
            beginning = self._beginning
        if beginning is not None:
            beginning.exception()
        if self._state.known is None:
            return
        try:
            self._companion.ask(self._state.end_question())
        except AmbitRefused as refused:
            if not is_over(refused):
                raise

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.end()
        except AmbitError:
            # What the work failed with says more.
            if error is None:
                raise

    def _token(self, wanted: Mapping[str, object]) -> AccessToken:
        first = self._begun(wanted)
        if first is not None:
            return first_token(first)
        return token_of(self._companion.ask(self._state.token_question(wanted)))

    def _begun(self, wanted: Mapping[str, object]) -> Answer | None:
        """Begin, or wait for the thread that is at it and get what that gets: evidence may be good for one run only.

        The answer, where it was this call that began.
        """
        with self._lock:
            self._state.refuse_ended()
            if self._state.known is not None:
                return None
            refuse_own_evidence(self._beginner == threading.get_ident())
            other = self._beginning
            mine: Future[Answer] = Future()
            if other is None:
                self._beginning, self._beginner = mine, threading.get_ident()
        if other is not None:
            other.result()
            return None
        try:
            answer = self._begin(wanted)
        except BaseException as error:
            self._settle()
            is_own = isinstance(error, Exception)
            mine.set_exception(error if is_own else AmbitUnavailable("the thread that began the run was stopped"))
            raise
        self._settle()
        mine.set_result(answer)
        return answer

    def _begin(self, wanted: Mapping[str, object]) -> Answer:
        evidence = self._evidence() if callable(self._evidence) else self._evidence
        answer = self._companion.ask(self._state.beginning(evidence, wanted))
        self._state.begun(answer)
        return answer

    def _settle(self) -> None:
        with self._lock:
            self._beginning = self._beginner = None
