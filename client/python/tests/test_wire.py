"""Where an answer ends, and what is no answer."""

from __future__ import annotations

import asyncio
import json
import socket
import time
import unittest
from http.client import HTTPException
from unittest import mock

from ambit_client import AccessToken, AmbitClient, AmbitRefused, AmbitUnavailable, AsyncAmbitClient, _wire
from ambit_client._framing import Receiving
from ambit_client._wire import FAILURES, answered

from byte_server import ByteServer
from shared import BEGUN

JSON = json.dumps(BEGUN["json"]).encode()
HALVES = (JSON[:40], JSON[40:])
LENGTH = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(JSON)
CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"".join(b"%x;a=b\r\n%s\r\n" % (len(half), half) for half in HALVES)
REFUSAL = json.dumps(
    {"error": "invalid_request", "reasons": [{"code": "companion.too-large", "what": "it is so", "fix": "make it smaller"}]}
).encode()
TOO_LARGE = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(REFUSAL), REFUSAL)

WHOLE = {
    "by its length": LENGTH + JSON,
    "by its last chunk": CHUNKED + CHUNKS + b"0\r\n\r\n",
    "by its trailers": CHUNKED + CHUNKS + b"0\r\nA: b\r\nC: d\r\n\r\n",
    "after another head": b"HTTP/1.1 100 Continue\r\n\r\n" + LENGTH + JSON,
    "without a body": b"HTTP/1.1 204 No Content\r\n\r\n",
}
NONE = {
    "another protocol": b"SSH-2.0-hidden\r\n\r\n",
    "another version": b"HTTP/hidden 200 OK\r\n\r\n",
    "a status that is none": b"HTTP/1.1 hidden OK\r\n\r\n",
    "a head that breaks off": LENGTH[:-3],
    "a body that breaks off": LENGTH + b'{"run":"hidden"',
    "a chunk that breaks off": CHUNKED + b"40\r\nhidden",
    "a last chunk that is not there": CHUNKED + CHUNKS,
    "a last chunk that breaks off": CHUNKED + CHUNKS + b"0\r\n",
    "a chunk below 0": CHUNKED + b"-1\r\nhidden\r\n0\r\n\r\n",
    "a chunk without a size": CHUNKED + b"hidden\r\n",
    "a head of too many lines": b"HTTP/1.1 201 Created\r\n" + b"A: hidden\r\n" * 150 + b"\r\n" + JSON,
}
LARGE = {
    "a length above 4 MiB": b"HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n",
    "a length above ssize_t": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
    "a chunk above 4 MiB": CHUNKED + b"400001\r\n",
    "a chunk above ssize_t": CHUNKED + b"fffffffffffffffffffffff\r\n",
}


def token_by_threads(url: str, evidence: str = "proof", seconds: float = 15) -> AccessToken:
    return AmbitClient(url=url, timeout_seconds=seconds).run("answer", start="user", evidence=evidence).token("zendesk")


def token_by_asyncio(url: str, evidence: str = "proof", seconds: float = 15) -> AccessToken:
    client = AsyncAmbitClient(url=url, timeout_seconds=seconds)
    return asyncio.run(client.run("answer", start="user", evidence=evidence).token("zendesk"))


WAYS = (token_by_threads, token_by_asyncio)


class Framing(unittest.TestCase):
    def test_an_answer_is_whole_with_its_last_byte_wherever_it_is_cut(self) -> None:
        for name, answer in WHOLE.items():
            for at in range(1, len(answer)):
                with self.subTest(name, at=at):
                    receiving = Receiving()
                    self.assertIsNone(receiving.take(answer[:at]))
                    self.assertEqual(receiving.take(answer[at:]), answer)

    def test_an_answer_is_whole_with_its_last_byte_where_each_comes_alone(self) -> None:
        for name, answer in WHOLE.items():
            with self.subTest(name):
                receiving = Receiving()
                for at in range(len(answer) - 1):
                    self.assertIsNone(receiving.take(answer[at : at + 1]))
                self.assertEqual(receiving.take(answer[-1:]), answer)

    def test_what_comes_after_an_answer_is_none_of_it(self) -> None:
        for name, answer in WHOLE.items():
            with self.subTest(name):
                self.assertEqual(Receiving().take(answer + b"HTTP/1.1 500 Error\r\n\r\n"), answer)

    def test_an_answer_without_a_length_is_whole_with_the_end_of_the_connection(self) -> None:
        receiving = Receiving()
        answer = b"HTTP/1.1 201 Created\r\n\r\n" + JSON
        self.assertIsNone(receiving.take(answer))
        self.assertEqual(receiving.take(b""), answer)

    def test_fails_where_this_is_no_whole_answer(self) -> None:
        for name, answer in NONE.items():
            with self.subTest(name), self.assertRaises(FAILURES):
                receiving = Receiving()
                whole = receiving.take(answer) or receiving.take(b"")
                answered(whole or b"")

    def test_fails_where_an_answer_announces_too_much(self) -> None:
        for name, answer in LARGE.items():
            with self.subTest(name), self.assertRaisesRegex(AmbitUnavailable, "more than 4 MiB"):
                Receiving().take(answer)


class Exchanged(unittest.TestCase):
    def test_chunks_are_an_answer_where_the_connection_stays_open(self) -> None:
        for way in WAYS:
            with self.subTest(way.__name__), ByteServer(WHOLE["by its last chunk"], keeps=True) as server:
                self.assertEqual(way(server.url).value, "first")

    def test_bytes_that_come_apart_are_an_answer(self) -> None:
        for way in WAYS:
            with self.subTest(way.__name__), ByteServer(WHOLE["after another head"], apart=True, keeps=True) as server:
                self.assertEqual(way(server.url).value, "first")

    def test_fails_with_the_refusal_of_a_server_that_does_not_read_a_large_request_to_its_end(self) -> None:
        for way in WAYS:
            for size in (5_000, 70_000, 3_000_000):
                for keeps in (False, True):
                    with self.subTest(way.__name__, size=size, keeps=keeps), ByteServer(TOO_LARGE, keeps=keeps) as server:
                        with self.assertRaises(AmbitRefused) as caught:
                            way(server.url, "e" * size)
                        self.assertEqual(caught.exception.status, 413)
                        self.assertTrue(caught.exception.has("companion.too-large"))

    def test_fails_with_the_refusal_that_came_before_the_connection_was_reset(self) -> None:
        with reset_after(TOO_LARGE) as connection, mock.patch.object(_wire, "_connected", return_value=connection):
            with self.assertRaises(AmbitRefused) as caught:
                token_by_threads("http://127.0.0.1:1")
            self.assertEqual(caught.exception.status, 413)
        with reset_after(TOO_LARGE) as connection:
            connection.setblocking(False)
            with mock.patch.object(_wire, "_connected_async", return_value=connection):
                with self.assertRaises(AmbitRefused) as caught:
                    token_by_asyncio("http://127.0.0.1:1")
            self.assertEqual(caught.exception.status, 413)

    def test_a_large_request_is_sent_whole(self) -> None:
        for way in WAYS:
            with self.subTest(way.__name__), ByteServer(LENGTH + JSON, reads=3_000_000) as server:
                self.assertEqual(way(server.url, "e" * 3_000_000).value, "first")

    def test_fails_where_the_connection_is_reset_in_an_answer(self) -> None:
        for way in WAYS:
            for answer in (b"", LENGTH, LENGTH + JSON[:-1], b"HTTP/1.1 201 Created\r\n\r\n" + JSON):
                with self.subTest(way.__name__, answer=answer), ByteServer(answer, resets=True) as server:
                    with self.assertRaisesRegex(AmbitUnavailable, "did not answer"):
                        way(server.url)

    def test_fails_in_time_where_a_request_is_not_read(self) -> None:
        for way in WAYS:
            with self.subTest(way.__name__), ByteServer(b"", keeps=True) as server:
                begin = time.monotonic()
                with self.assertRaisesRegex(AmbitUnavailable, "did not answer"):
                    way(server.url, "e" * 20_000_000, 0.2)
                self.assertLess(time.monotonic() - begin, 10)

    def test_fails_without_text_of_what_is_no_answer(self) -> None:
        for way in WAYS:
            for name, answer in NONE.items():
                with self.subTest(way.__name__, answer=name), ByteServer(answer) as server:
                    with self.assertRaises(AmbitUnavailable) as caught:
                        way(server.url)
                    self.assertEqual(str(caught.exception), f"the companion at {server.url} did not answer")
                    self.assertNotIn("hidden", told(caught.exception))

    def test_fails_where_an_answer_announces_too_much_without_waiting_for_it(self) -> None:
        for way in WAYS:
            for name, answer in LARGE.items():
                with self.subTest(way.__name__, answer=name), ByteServer(answer, keeps=True) as server:
                    with self.assertRaisesRegex(AmbitUnavailable, "^the companion's answer has more than 4 MiB: see"):
                        way(server.url)

    def test_localhost_is_the_loopback_of_either_family(self) -> None:
        for way in WAYS:
            with self.subTest(way.__name__), ByteServer(LENGTH + JSON) as server:
                self.assertEqual(way(server.url.replace("127.0.0.1", "localhost")).value, "first")


def reset_after(says: bytes) -> socket.socket:
    """A connection of which the other side has said this, and closed it with something unread: to send fails"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = socket.create_connection(server.getsockname())
        peer, _ = server.accept()
        connection.sendall(b"unread")
        peer.sendall(says)
        peer.close()
        return connection


def told(error: BaseException) -> str:
    """All that the error and those behind it hold"""
    texts: list[str] = []
    behind: BaseException | None = error
    while behind is not None:
        # Resets are the kernel's words.
        assert isinstance(behind, (AmbitUnavailable, HTTPException, OSError)), behind
        texts.append(f"{behind!r} {behind.__dict__}")
        behind = behind.__cause__ or behind.__context__
    return " ".join(texts)


if __name__ == "__main__":
    unittest.main()
