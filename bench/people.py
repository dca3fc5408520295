"""What one person does, for locust (see `bench/load.py`, which starts it)."""

from __future__ import annotations

import json
import os
import random
import re
from itertools import count
from pathlib import Path

from locust import HttpUser, between, task

from bench.stored import COMMON

_PLAN = json.loads(Path(os.environ["BENCH_PEOPLE"]).read_text())
_NEXT = count()
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_SIGNAL = re.compile(r'name="signals?" value="([0-9a-f-]{36})"')


class Person(HttpUser):
    """A member at work."""

    wait_time = between(1, 5)

    def on_start(self) -> None:
        """Sign in as the next member."""
        self.client.headers["Cookie"] = _PLAN["cookies"][next(_NEXT) % len(_PLAN["cookies"])]

    @task(4)
    def today(self) -> None:
        self._open("/", "Today")

    @task(3)
    def relationship(self) -> None:
        self._open(f"/clients/{random.choice(_PLAN['clients'])}/", "client")

    @task(3)
    def conversation(self) -> None:
        self._open(f"/threads/{random.choice(_PLAN['threads'])}/", "thread")

    @task(1)
    def look_up(self) -> None:
        self._open(f"/search/?q={COMMON}", "search")

    @task(1)
    def take_on(self) -> None:
        """Own what stands first on *Today*."""
        page = self._open("/", "Today")
        token, signal = _TOKEN.search(page), _SIGNAL.search(page)
        if token and signal:
            cookie = f"{self.client.headers['Cookie']}; csrftoken={self.client.cookies.get('csrftoken')}"
            form = {"csrfmiddlewaretoken": token[1], "signal": signal[1], "answer": "own"}
            with self.client.post(
                "/answer/", form, headers={"Cookie": cookie}, name="own it", allow_redirects=False,
                catch_response=True,
            ) as answer:  # fmt: skip
                if answer.status_code != 302:
                    answer.failure(f"answered {answer.status_code}")

    def _open(self, path: str, name: str) -> str:
        with self.client.get(path, name=name, allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"answered {answer.status_code}")
            return str(answer.text)
