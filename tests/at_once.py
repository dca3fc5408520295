"""Many who do something at the same moment, each in a thread and with a connection of their own, on a real database.

Threads cannot share SQLite's database in memory, so there it is copied to a file for the while.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections

from amends.firm.models import Firm
from amends.firm.scope import firm_scope


@contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """Within this block the database lies in a file of this folder, where it lay in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    path = str(folder / "at-once.sqlite3")
    connection.ensure_connection()
    with sqlite3.connect(path) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    copy.close()
    inner, name = connections["default"], connections.databases["default"]["NAME"]
    connections.databases["default"]["NAME"] = path
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = inner
        connections.databases["default"]["NAME"] = name


def at_once(count: int, deed: Callable[[int], object]) -> list[object]:
    """Do it in so many threads, all let go together; what each returned or raised."""
    firm_id, gate, came = Firm.objects.get().pk, threading.Barrier(count), []

    def one(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(60)
            with firm_scope(firm_id):
                came.append(deed(number))
        except Exception as error:
            came.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return came
