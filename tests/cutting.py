"""A way to a server that breaks: forwards bytes on loopback and cuts connections where it is told to."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable
from typing import Self


class Cutter:
    """Listens on `port` and forwards to `target`; each of the first `cuts` connections ends after random bytes.

    Bytes of both directions count. After the last cut connections live as long as they like.
    """

    def __init__(self, target: int, *, cuts: int, most: int, seed: int = 0, least: int = 0) -> None:
        self._target = target
        self._chance = random.Random(seed)  # noqa: S311
        self._least, self._most = least, most
        self.left = cuts
        self.connections = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for each in list(self._open):
                _end(each)
        self._thread.join(5)

    def cut_all(self) -> None:
        """End every connection that is open now."""
        with self._lock:
            for each in list(self._open):
                _end(each)

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            there = socket.create_connection(("127.0.0.1", self._target))
            budget: float = float("inf")
            if self.left > 0:
                self.left -= 1
                budget = self._chance.randint(self._least, self._most)
            pair = _Pair(here, there, budget, self._closed)
            with self._lock:
                self._open |= {here, there}
            pair.start()

    def _closed(self, *ends: socket.socket) -> None:
        with self._lock:
            self._open -= set(ends)


class _Pair:
    """One connection and its other half."""

    def __init__(self, here: socket.socket, there: socket.socket, budget: float, closed: Callable[..., None]) -> None:
        self._here, self._there, self._budget, self._closed = here, there, budget, closed
        self._lock = threading.Lock()
        self._running = 2

    def start(self) -> None:
        for source, sink in ((self._here, self._there), (self._there, self._here)):
            threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(16384):
                with self._lock:
                    sent = data[: int(min(self._budget, len(data)))]
                    self._budget -= len(sent)
                    over = self._budget <= 0
                sink.sendall(sent)
                if over:
                    break
        except OSError:
            pass
        _end(source)
        _end(sink)
        with self._lock:
            self._running -= 1
            last = not self._running
        if last:
            self._closed(source, sink)
            source.close()
            sink.close()


def _end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
