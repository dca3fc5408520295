"""What a recovery can be opened for: a client's conversations, those where something is wrong first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.clients.models import Client, Engagement
from amends.firm.models import Member
from amends.mail.privacy import Reader, is_readable, readable, with_thread
from amends.recovery.models import Recovery
from amends.recovery.queries import listed
from amends.signals.models import SignalKind
from amends.signals.queries import standing

_LOOKED = 400  # of a client's newest messages
_OFFERED = 20
_WRONG = (SignalKind.COMPLAINT, SignalKind.ANGER, SignalKind.FRUSTRATION, SignalKind.DISAPPOINTMENT)


@dataclass(frozen=True, slots=True)
class Choice:
    """A conversation to open a recovery on: its strongest words where something is wrong in it."""

    thread: uuid.UUID
    subject: str
    last_at: datetime
    wrong: str


@dataclass(slots=True)
class Choices:
    """What the page that opens a recovery offers."""

    client: Client
    open: list[Recovery]
    threads: list[Choice] = field(default_factory=list)
    engagements: list[Engagement] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)


def choices(reader: Reader, client_id: uuid.UUID) -> Choices:
    """For one client; raises `Client.DoesNotExist`. Of conversations those that this reader may read."""
    client = Client.objects.get(public_id=client_id, merged_into=None)
    found = Choices(client, listed(client=client))
    found.threads = _threads(reader, client)
    found.engagements = list(Engagement.objects.filter(client=client).order_by("closed_at", "-starts_on", "name")[:100])
    found.members = list(Member.objects.filter(is_active=True).order_by("name", "email"))
    return found


def _threads(reader: Reader, client: Client) -> list[Choice]:
    rows = with_thread(readable(reader).filter(client=client, kind="personal")).order_by("-id")[:_LOOKED]
    newest: dict[int, Choice] = {}
    for message in rows:
        if message.thread_id not in newest:
            newest[message.thread_id] = Choice(message.thread.public_id, message.subject, message.sent_at, "")
    wrongs = _wrongs(reader, list(newest))
    found = [
        Choice(one.thread, one.subject, one.last_at, wrongs.get(key, "")) for key, one in newest.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.wrong)[:_OFFERED]


def _wrongs(reader: Reader, threads: Sequence[int]) -> dict[int, str]:
    """The latest words of each conversation in which something is wrong and not right again."""
    rows = standing().filter(message__thread__in=list(threads), kind__in=_WRONG, cleared_at=None).exclude(quote="")
    if reader.restricted:
        rows = rows.filter(is_readable(reader))
    return dict(rows.order_by("said_at", "pk").values_list("message__thread_id", "quote"))
