"""Where an answer of HTTP ends, so that the client waits for nothing after it.

Python's own http.client reads head and body; what is here only counts, so that threads and asyncio share it.
"""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from typing import TypeVar, cast

from ._answers import foreign

# What the companion answers has some kilobytes.
_MOST_BYTES = 4 * 1024 * 1024
_HEAD_END = re.compile(rb"\n\r?\n")
_CONTINUE = re.compile(rb"HTTP/\S+ +100\s")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;.*)?")

Read = TypeVar("Read")


class Receiving:
    """An answer that comes in parts."""

    def __init__(self) -> None:
        self._received = bytearray()
        # Before it, all is read: of heads, then of chunks
        self._at = 0
        self._searched = 0
        self._has_head = False
        self._is_chunked = False
        self._is_trailing = False
        self._end: int | None = None

    def take(self, part: bytes) -> bytes | None:
        """The whole answer, None while more of it is to come. An empty part is the end of the connection.

        Raises HTTPException where this is no answer of HTTP, or the connection ends before it, and AmbitUnavailable where
        it has more than 4 MiB.
        """
        if part == b"":
            return self._closed()
        self._received += part
        _check(len(self._received))
        if not self._has_head:
            self._look_for_head()
        if self._is_chunked and self._end is None:
            self._look_for_last_chunk()
        if self._end is None or len(self._received) < self._end:
            return None
        return bytes(self._received[: self._end])

    def _closed(self) -> bytes:
        # Without a length, the end of the connection is that of the answer.
        if self._has_head and not self._is_chunked and self._end is None:
            return bytes(self._received)
        raise HTTPException(f"the connection was closed after {len(self._received)} bytes, before the end of the answer")

    def _look_for_head(self) -> None:
        while found := _HEAD_END.search(self._received, max(self._at, self._searched - 2)):
            if _CONTINUE.match(self._received, self._at) is None:
                self._read_head(found.end())
                return
            self._at = found.end()
        self._searched = len(self._received)

    def _read_head(self, end: int) -> None:
        head = read_strictly(lambda: begun(bytes(self._received[:end])))
        self._has_head, self._at, self._is_chunked = True, end, bool(head.chunked)
        if head.length is not None:
            _check(head.length)
            self._end = end + head.length

    def _look_for_last_chunk(self) -> None:
        while (end := self._received.find(b"\n", self._at) + 1) > 0:
            line = bytes(self._received[self._at : end]).strip()
            self._at = end
            if self._is_trailing:
                if line == b"":
                    self._end = end
                    return
                continue
            size = _chunk_size(line)
            if size == 0:
                self._is_trailing = True
            else:
                self._at += size + len("\r\n")


def begun(received: bytes) -> HTTPResponse:
    """With its head read. Raises HTTPException or ValueError."""
    response = HTTPResponse(cast(socket.socket, _Received(received)))
    response.begin()
    return response


def read_strictly(read: Callable[[], Read]) -> Read:
    """Raises HTTPException without text of the answer, which errors of http.client hold: it may have secrets of others."""
    try:
        return read()
    except (HTTPException, ValueError, OverflowError) as error:
        failed = type(error).__name__
    # Out here, so that it does not have the other one as its context.
    raise HTTPException(f"the answer is not one of HTTP ({failed})")


class _Received:
    """Gives what a connection has received."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._received)


def _chunk_size(line: bytes) -> int:
    found = _CHUNK_SIZE.fullmatch(line)
    if found is None:
        raise HTTPException("the answer has a chunk without a size")
    size = int(found[1], 16)
    _check(size)
    return size


def _check(size: int) -> None:
    if size > _MOST_BYTES:
        raise foreign("more than 4 MiB")
