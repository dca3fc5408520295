"""Doing once what was asked with an Idempotency-Key, however often it is sent.

The record and the deed are one transaction: whoever sends the same key while the first is at work waits for it, and
then gets its answer; where the first failed, nothing is left of it, and the second does the work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.models import AccessToken, KeyedRequest
from amends.firm.words import holding

KEPT = timedelta(hours=24)


class KeyReused(AmendsError):
    """The same key came with another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered. Only success is kept; `again` says that it was kept from an earlier time."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    again: bool = False

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


class _Undone(Exception):
    """Carries an answer that is no success out of the transaction, which is rolled back."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def asked_by(method: str, address: str, body: bytes) -> str:
    """What tells two requests apart."""
    return hashlib.sha256(b"\n".join((method.encode(), address.encode("utf-8", "surrogatepass"), body))).hexdigest()


def once(token: AccessToken, key: str, *, asked: str, now: datetime, do: Callable[[], Answer]) -> Answer:
    """Do it, or give the answer of the time when it was done; raises `KeyReused`.

    `do` must neither call a model nor the network: the transaction stays open meanwhile.
    """
    try:
        with transaction.atomic():
            KeyedRequest.objects.filter(created_at__lt=now - KEPT).delete()
            mine = uuid7()
            KeyedRequest.objects.bulk_create(
                [KeyedRequest(public_id=mine, token=token, key=key, asked=asked, created_at=now)], ignore_conflicts=True
            )  # on PostgreSQL this waits for whoever is at it; SQLite let only one begin
            kept = KeyedRequest.objects.get(token=token, key=key)
            if kept.public_id != mine:
                if kept.asked != asked:
                    message = "This Idempotency-Key was sent with another request: use a new one for each request."
                    raise KeyReused(message)
                return Answer(kept.status, kept.body, kept.headers, again=True)
            answer = do()
            if not answer.good:
                raise _Undone(answer)
            kept.status, kept.body, kept.headers = answer.status, answer.body, answer.headers
            kept.save(update_fields=["status", "body", "headers"])
            return answer
    except _Undone as undone:
        return undone.answer


def forget(words: Collection[str]) -> int:
    """Take away kept answers in which one of these words stands; returns how many. Asked again, it is done anew."""
    return KeyedRequest.objects.filter(holding(words, text=["key", "body"], data=["headers"])).delete()[0]
