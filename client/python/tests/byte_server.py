"""A server that says bytes when it likes, for what no companion does."""

from __future__ import annotations

import socket
import struct
import threading
from types import TracebackType

# Closing by it is a reset: linger for 0 s
_RESET = struct.pack("ii", 1, 0)


class ByteServer:
    """Reads at least `reads` bytes of each request, says `says`, and closes, by a reset where `resets`; where `keeps`, it
    leaves the connection open and reads nothing more."""

    def __init__(self, says: bytes, *, reads: int = 1, keeps: bool = False, resets: bool = False, apart: bool = False) -> None:
        self._says = [bytes([each]) for each in says] if apart else [says]
        self._reads = reads
        self._keeps = keeps
        self._resets = resets
        self._over = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> ByteServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        socket.create_connection(self._server.getsockname()).close()
        self._thread.join(10)
        self._server.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            connection, _ = self._server.accept()
            with connection:
                try:
                    self._talk(connection)
                except OSError:
                    # The client has gone.
                    continue

    def _talk(self, connection: socket.socket) -> None:
        if self._over.is_set():
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        read = 0
        while read < self._reads:
            read += len(connection.recv(1_000))
        for part in self._says:
            connection.sendall(part)
        if self._keeps:
            # Longer than a client waits
            self._over.wait(30)
        if self._resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
