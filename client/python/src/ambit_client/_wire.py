"""HTTP with the companion: bytes there and back, written and read by Python's own http.client.

One connection holds one request, so that a time limit is one of the whole exchange, and the same bytes serve threads and
asyncio. No proxy of the environment is asked: evidence goes to the companion alone.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import cast

from ._framing import Receiving, begun, read_strictly

# Where no answer is had, or none of HTTP; asyncio's own TimeoutError is another one in Python 3.10.
FAILURES = (OSError, HTTPException, asyncio.TimeoutError, ValueError, OverflowError)

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


def request_bytes(
    address: Address, method: str, path: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    connection = HTTPConnection(address.host, address.port)
    recorded = _Recorded()
    connection.sock = cast(socket.socket, recorded)
    connection.request(method, path, body, {**headers, "Connection": "close"})
    return bytes(recorded.sent)


def answered(received: bytes) -> Answered:
    """Raises one of FAILURES where this is no whole answer of HTTP."""
    return read_strictly(lambda: _read(begun(received)))


def exchanged(address: Address, request: bytes, timeout_seconds: float) -> bytes:
    """The answer, also where the other side said it before it had the whole request, and did not read on.

    Raises one of FAILURES, in time, or AmbitUnavailable where the answer is too large.
    """
    end = time.monotonic() + timeout_seconds
    with _connected(address, end) as connection, selectors.DefaultSelector() as selector:
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
        unsent, receiving = memoryview(request), Receiving()
        while True:
            for _, events in selector.select(_left(end)):
                if events & selectors.EVENT_WRITE:
                    unsent = _sent(connection, unsent)
                    if len(unsent) == 0:
                        selector.modify(connection, selectors.EVENT_READ)
                if events & selectors.EVENT_READ:
                    answer = _taken(connection, receiving)
                    if answer is not None:
                        return answer


async def exchanged_async(address: Address, request: bytes, timeout_seconds: float) -> bytes:
    """As `exchanged` does."""
    return await asyncio.wait_for(_talked(address, request), timeout_seconds)


async def _talked(address: Address, request: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    receiving = Receiving()
    with await _connected_async(address) as connection:
        # Beside it: where sending fails, what was received counts.
        sending = asyncio.ensure_future(loop.sock_sendall(connection, request))
        try:
            while True:
                answer = receiving.take(await loop.sock_recv(connection, _PART_BYTES))
                if answer is not None:
                    return answer
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


def _sent(connection: socket.socket, unsent: memoryview) -> memoryview:
    """What is still to be sent: nothing where it cannot be, as what was received counts."""
    try:
        return unsent[connection.send(unsent) :]
    except BlockingIOError:
        return unsent
    except OSError:
        return unsent[:0]


def _taken(connection: socket.socket, receiving: Receiving) -> bytes | None:
    try:
        part = connection.recv(_PART_BYTES)
    except BlockingIOError:
        return None
    return receiving.take(part)


def _connected(address: Address, end: float) -> socket.socket:
    *others, last = _hosts(address)
    for host in others:
        try:
            return _connected_to(host, address.port, end)
        except OSError:
            continue
    return _connected_to(last, address.port, end)


def _connected_to(host: str, port: int, end: float) -> socket.socket:
    connection = socket.socket(_family(host))
    try:
        connection.settimeout(_left(end))
        connection.connect((host, port))
    except BaseException:
        connection.close()
        raise
    return connection


async def _connected_async(address: Address) -> socket.socket:
    *others, last = _hosts(address)
    for host in others:
        try:
            return await _connected_async_to(host, address.port)
        except OSError:
            continue
    return await _connected_async_to(last, address.port)


async def _connected_async_to(host: str, port: int) -> socket.socket:
    connection = socket.socket(_family(host))
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, (host, port))
    except BaseException:
        connection.close()
        raise
    return connection


def _hosts(address: Address) -> tuple[str, ...]:
    # No resolver is asked: it could give an address that is not on the loopback.
    return ("::1", "127.0.0.1") if address.host == "localhost" else (address.host,)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _read(response: HTTPResponse) -> Answered:
    # With a byte order mark or without, as JSON of others may come
    text = response.read().decode("utf-8-sig", "replace")
    return Answered(response.status, response.getheader("retry-after"), text)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left
