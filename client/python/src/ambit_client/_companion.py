"""One request to the companion, one answer or an error that says why."""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ._answers import Answer, answer_of, failure_of
from ._errors import AmbitUnavailable
from ._wire import FAILURES, Address, answered, exchanged, exchanged_async, request_bytes

# Where the companion listens unless told otherwise
_COMPANION = "http://127.0.0.1:7464"
# The exchange has 10 s for a request, and the companion needs a moment.
TIMEOUT_SECONDS = 15.0
# A day: above it, timers of a system may overflow.
_MOST_SECONDS = 86_400
_HTTP_PORT = 80
# As it is written, before a parser makes anything of it
_LOOPBACK = re.compile(
    r"http://(localhost|127(?:\.(?:0|[1-9][0-9]{0,2})){3}|\[::1\])(?::([1-9][0-9]{0,4}))?/?", re.ASCII | re.IGNORECASE
)
_LARGEST_PORT = 65_535


@dataclass(frozen=True)
class Question:
    """What can be asked for besides an address."""

    method: Literal["DELETE", "GET", "POST"]
    path: str
    body: Mapping[str, object] | None = None


class CompanionAddress:
    """Where the companion is, what it wants to be shown, and how long it may take."""

    def __init__(self, url: str | None, token_file: str | os.PathLike[str] | None, timeout_seconds: float) -> None:
        if not 0 < timeout_seconds <= _MOST_SECONDS:
            raise ValueError(
                f"timeout_seconds must be above 0 and at most {_MOST_SECONDS}, got {timeout_seconds}: "
                f"write one such as {TIMEOUT_SECONDS:g}"
            )
        given = url if url is not None else _variable("AMBIT_COMPANION_URL") or _COMPANION
        self.url, self.address = _loopback(given)
        self._token_file = token_file if token_file is not None else _variable("AMBIT_COMPANION_TOKEN_FILE")
        self.timeout_seconds = timeout_seconds

    def written(self, question: Question) -> bytes:
        """The request. Raises AmbitUnavailable where what it has to show cannot be read."""
        headers = self._shown()
        if question.body is None:
            return request_bytes(self.address, question.method, question.path, headers, None)
        headers["Content-Type"] = "application/json"
        body = json.dumps(question.body).encode()
        return request_bytes(self.address, question.method, question.path, headers, body)

    def read(self, received: bytes) -> Answer:
        """Raises AmbitError for any answer but one that gives something."""
        try:
            said = answered(received)
        except FAILURES as cause:
            raise self.silent() from cause
        if not 200 <= said.status <= 299:
            raise failure_of(said.status, said.retry_after, said.text)
        return answer_of(said.text)

    def silent(self) -> AmbitUnavailable:
        return AmbitUnavailable(f"the companion at {self.url} did not answer")

    def _shown(self) -> dict[str, str]:
        """Read each time, because the file may be written anew."""
        if self._token_file is None:
            return {}
        try:
            with open(self._token_file, "rb") as file:
                token = file.read().strip()
        except (OSError, ValueError) as cause:
            raise self._untold() from cause
        # Judged as bytes: an error of decoding holds them.
        if re.fullmatch(rb"[\x20-\x7e]*", token) is None:
            raise self._untold()
        return {"Authorization": f"Bearer {token.decode('ascii')}"}

    def _untold(self) -> AmbitUnavailable:
        return AmbitUnavailable(f"the companion's token could not be read from {self._token_file}")


class Companion(CompanionAddress):
    """Asked by threads."""

    def ask(self, question: Question) -> Answer:
        """The answer's JSON, empty where it has none. Raises AmbitError."""
        request = self.written(question)
        try:
            received = exchanged(self.address, request, self.timeout_seconds)
        except FAILURES as cause:
            raise self.silent() from cause
        return self.read(received)


class AsyncCompanion(CompanionAddress):
    """Asked by tasks of asyncio."""

    async def ask(self, question: Question) -> Answer:
        """The answer's JSON, empty where it has none. Raises AmbitError."""
        request = self.written(question)
        try:
            received = await exchanged_async(self.address, request, self.timeout_seconds)
        except FAILURES as cause:
            raise self.silent() from cause
        return self.read(received)


def _variable(name: str) -> str | None:
    """An empty variable is one that is not set."""
    return os.environ.get(name) or None


def _loopback(url: str) -> tuple[str, Address]:
    """Raises ValueError where the address is not on the loopback: evidence and tokens go no further than the pod."""
    found = _LOOPBACK.fullmatch(url)
    host, port = ("", 0) if found is None else (found[1].lower().strip("[]"), int(found[2] or _HTTP_PORT))
    if port > _LARGEST_PORT or not _is_loopback(host):
        raise ValueError(
            f'url must be the companion\'s address, http on the loopback without a path, got "{url}": '
            f"write one such as {_COMPANION}"
        )
    shown = f"[{host}]" if ":" in host else host
    origin = f"http://{shown}" if port == _HTTP_PORT else f"http://{shown}:{port}"
    return origin, Address(host, port)


def _is_loopback(host: str) -> bool:
    if host in ("localhost", "::1"):
        return True
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False
