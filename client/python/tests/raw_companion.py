"""A companion that answers to the byte, one answer on each connection."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Any

_HEAD_END = b"\r\n\r\n"
_SLOW_SECONDS = 0.01
# Longer than a client waits
_KEPT_SECONDS = 30
_MORE_THAN_4_MIB = 4 * 1024 * 1024 + 1

# Of HTTP, or how it fails to be one
RawAnswer = str | Mapping[str, Any]


class RawCompanion:
    """Answers requests in the order of a table; `asked` has what came. `held` keeps answers back until it is set."""

    def __init__(self, answers: Sequence[RawAnswer]) -> None:
        self.asked: list[list[Any]] = []
        self.headers: list[dict[str, str]] = []
        self.held = threading.Event()
        self.held.set()
        self._answers = answers
        self._came = threading.Condition()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> RawCompanion:
        self._begin(self._serve)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self.held.set()
        # A connection wakes the thread that waits for one.
        socket.create_connection(self._server.getsockname()).close()
        for thread in self._threads:
            thread.join(10)
        self._server.close()

    def wait_for(self, count: int) -> None:
        """Until as many have asked"""
        with self._came:
            if not self._came.wait_for(lambda: len(self.asked) >= count, 10):
                raise AssertionError(f"{len(self.asked)} have asked within 10 s, and not {count}")

    def bodies(self) -> list[Any]:
        return [each[1] for each in self.asked if len(each) > 1]

    def lines(self) -> list[str]:
        return [each[0] for each in self.asked]

    def _begin(self, work: Any, *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        while not self._over.is_set():
            connection, _ = self._server.accept()
            if self._over.is_set():
                connection.close()
                return
            self._begin(self._take, connection)

    def _take(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            try:
                answer = self._heard(connection)
                self.held.wait(10)
                self._say(connection, answer)
            except OSError:
                # The client has gone.
                return

    def _heard(self, connection: socket.socket) -> RawAnswer:
        received = b""
        while _HEAD_END not in received:
            received += self._part(connection)
        head, body = received.split(_HEAD_END, 1)
        length = re.search(rb"(?im)^content-length: (\d+)\r?$", head)
        while len(body) < int(length[1] if length else 0):
            body += self._part(connection)
        first, *lines = head.decode().split("\r\n")
        line = " ".join(first.split(" ")[:2])
        with self._came:
            self.asked.append([line] if body == b"" else [line, json.loads(body)])
            self.headers.append({name.lower(): value for name, value in (each.split(": ", 1) for each in lines)})
            index = len(self.asked) - 1
            self._came.notify_all()
        return self._answers[index] if index < len(self._answers) else "closed"

    def _part(self, connection: socket.socket) -> bytes:
        part = connection.recv(65_536)
        if not part:
            raise OSError("the request broke off")
        return part

    def _say(self, connection: socket.socket, answer: RawAnswer) -> None:
        if answer == "closed":
            return
        if answer == "silent":
            self._over.wait(10)
        elif answer == "noise":
            connection.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
        elif answer == "cut":
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"run\":")
        elif answer == "beheaded":
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: app")
        elif answer == "announced":
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 4194305\r\n\r\n")
            self._over.wait(_KEPT_SECONDS)
        elif answer == "flood":
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * _MORE_THAN_4_MIB)
            self._over.wait(_KEPT_SECONDS)
        elif answer == "slow":
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
            while not self._over.wait(_SLOW_SECONDS):
                connection.sendall(b" ")
        elif isinstance(answer, Mapping):
            connection.sendall(self._written(answer))
            if answer.get("kept"):
                self._over.wait(_KEPT_SECONDS)
        else:
            raise AssertionError(f"no such answer: {answer}")

    def _written(self, answer: Mapping[str, Any]) -> bytes:
        status: int = answer["status"]
        text: str = answer.get("text", json.dumps(answer["json"]) if "json" in answer else "")
        body = text.encode()
        connection = "keep-alive" if answer.get("kept") else "close"
        headers = {**answer.get("headers", {}), "content-type": "application/json", "connection": connection}
        if status not in (204, 304):
            headers["content-length"] = str(len(body))
        lines = [f"{name}: {value}".replace("{url}", self.url) for name, value in headers.items()]
        head = "\r\n".join([f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *lines])
        return head.encode() + _HEAD_END + body
