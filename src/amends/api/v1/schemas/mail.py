"""Conversations, messages, imports."""

from __future__ import annotations

import uuid
from typing import Any

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import Moment, Out
from amends.mail.models import Body, Direction, ImportRun, Message, RunState, Thread
from amends.mail.queries import new_text_of, segments_of


class ThreadOut(Out):
    """A conversation."""

    id: uuid.UUID
    client: ClientRef | None
    subject: str
    first_at: Moment
    last_at: Moment
    messages: int = Field(description="How many of its messages you may read")

    @classmethod
    def of(cls, thread: Thread, *, messages: int) -> ThreadOut:
        return cls(
            id=thread.public_id, client=client_ref(thread), subject=thread.subject, first_at=thread.first_at,
            last_at=thread.last_at, messages=messages,
        )  # fmt: skip


class Person(Out):
    """An address on a message."""

    role: str = Field(description="from, to, cc, bcc, reply_to, sender")
    name: str
    email: str


class MessageOut(Out):
    """A message, without its words."""

    id: uuid.UUID
    thread: uuid.UUID
    client: ClientRef | None
    direction: Direction = Field(description="Seen from the firm")
    kind: str = Field(description="personal, or what else it is: a newsletter, an automatic reply …")
    sent_at: Moment
    subject: str
    people: list[Person]
    attachments: int
    set_aside: str = Field(description="Why it could not be read whole; empty where it could")

    @classmethod
    def of(cls, message: Message) -> MessageOut:
        return cls(**_fields(message))


class Attachment(Out):
    """An attachment, without its bytes: those are in the original."""

    index: int
    name: str
    content_type: str
    size: int
    inline: bool


class MessageWhole(MessageOut):
    """A message with its sender's own words."""

    new_text: str = Field(description="The sender's own words, without quotes and signature")
    files: list[Attachment]

    @classmethod
    def of(cls, message: Message) -> MessageWhole:
        files = [
            Attachment(**{name: one[name] for name in Attachment.model_fields}) for one in message.body.attachments
        ]
        return cls(**_fields(message), new_text=new_text_of(message.body), files=files)


class Part(Out):
    """A part of a text: what it is, and where."""

    kind: str = Field(description="new, quote, signature, and so on")
    start: int = Field(description="In characters of `text`")
    end: int


class Words(Out):
    """All words of a message."""

    text: str
    parts: list[Part]
    new_text: str = Field(description="The sender's own words; offsets of signals count its characters")
    notes: list[str] = Field(description="What was odd about the message, and how it was mended")

    @classmethod
    def of(cls, body: Body) -> Words:
        parts = [Part(kind=str(one.kind), start=one.start, end=one.end) for one in segments_of(body)]
        return cls(text=body.text, parts=parts, new_text=new_text_of(body), notes=[str(note) for note in body.notes])


class ThreadWhole(ThreadOut):
    """A conversation with its messages, oldest first; 500 at most."""

    turns: list[MessageWhole]


class Hit(MessageOut):
    """A message that a search found."""

    new_text: str


class ImportOut(Out):
    """One import: how far it is, and what came of it."""

    id: uuid.UUID
    label: str
    state: RunState
    created_at: Moment
    finished_at: Moment | None
    share: float = Field(description="How much of the present step is done, 0 to 1")
    seen: int
    imported: int
    duplicates: int
    skipped: dict[str, int] = Field(description="By reason")
    set_aside: int
    problem: str

    @classmethod
    def of(cls, run: ImportRun) -> ImportOut:
        report: dict[str, Any] = run.report
        share = min(1.0, run.bytes_done / run.bytes_total) if run.bytes_total else 0.0
        return cls(
            id=run.public_id, label=run.label, state=RunState(run.state), created_at=run.created_at,
            finished_at=run.finished_at, share=round(share, 4), seen=report.get("seen", 0),
            imported=report.get("imported", 0), duplicates=report.get("duplicates", 0),
            skipped=report.get("skipped", {}), set_aside=len(report.get("set_aside", ())), problem=run.problem,
        )  # fmt: skip


def client_ref(row: Thread | Message) -> ClientRef | None:
    """The client of a row that has its client loaded."""
    return ClientRef(id=row.client.public_id, name=row.client.name) if row.client else None


def _fields(message: Message) -> dict[str, Any]:
    people = [Person(role=one.role, name=one.name, email=one.email) for one in message.participants.all()]
    return {
        "id": message.public_id, "thread": message.thread.public_id, "client": client_ref(message),
        "direction": message.direction, "kind": message.kind, "sent_at": message.sent_at,
        "subject": message.subject, "people": people, "attachments": message.attachment_count,
        "set_aside": message.set_aside,
    }  # fmt: skip
