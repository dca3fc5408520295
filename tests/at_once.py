"""Many threads that do the same thing at one moment, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_once(do: Callable[[int], str], *, count: int) -> list[str]:
    """What `do` returned for each number, or the name of the error that it raised; in no order."""
    came: list[str] = []
    begin, lock = threading.Barrier(count), threading.Lock()

    def one(number: int) -> None:
        begin.wait(60)
        try:
            said = do(number)
        except Exception as error:
            said = type(error).__name__
        finally:
            connection.close()
        with lock:
            came.append(said)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came
