"""HTTP with the companion: bytes there and back, written and read by Python's own http.client.

One connection holds one request, so that a time limit is one of the whole exchange, and the same bytes serve threads and
asyncio. No proxy of the environment is asked: evidence goes to the companion alone.
"""

from __future__ import annotations

import asyncio
import io
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import cast

# Where no answer is had, or none of HTTP; asyncio's own TimeoutError is another one in Python 3.10.
FAILURES = (OSError, HTTPException, asyncio.TimeoutError, ValueError)

_PART_BYTES = 65_536


@dataclass(frozen=True)
class Address:
    host: str
    port: int


@dataclass(frozen=True)
class Answered:
    status: int
    retry_after: str | None
    text: str


class _Recorded:
    """Takes what a connection sends."""

    def __init__(self) -> None:
        self.sent = bytearray()

    def sendall(self, data: bytes) -> None:
        self.sent += data


class _Received:
    """Gives what a connection has received."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._received)


def request_bytes(
    address: Address, method: str, path: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    connection = HTTPConnection(address.host, address.port)
    recorded = _Recorded()
    connection.sock = cast(socket.socket, recorded)
    connection.request(method, path, body, {**headers, "Connection": "close"})
    return bytes(recorded.sent)


def answered(received: bytes, method: str) -> Answered:
    """Raises one of FAILURES where this is no whole answer of HTTP."""
    response = HTTPResponse(cast(socket.socket, _Received(received)), method=method)
    response.begin()
    # With a byte order mark or without, as JSON of others may come
    text = response.read().decode("utf-8-sig", "replace")
    return Answered(response.status, response.getheader("retry-after"), text)


def exchanged(address: Address, request: bytes, timeout_seconds: float) -> bytes:
    """Raises one of FAILURES, in time."""
    end = time.monotonic() + timeout_seconds
    with socket.create_connection((address.host, address.port), timeout_seconds) as connection:
        connection.settimeout(_left(end))
        connection.sendall(request)
        received = bytearray()
        while True:
            connection.settimeout(_left(end))
            part = connection.recv(_PART_BYTES)
            if not part:
                return bytes(received)
            received += part


async def exchanged_async(address: Address, request: bytes, timeout_seconds: float) -> bytes:
    """Raises one of FAILURES, in time."""
    return await asyncio.wait_for(_talked(address, request), timeout_seconds)


async def _talked(address: Address, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(request)
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left
