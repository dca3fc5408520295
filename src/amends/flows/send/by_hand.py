"""An answer that somebody sends from their own mail program, where none can leave from here: a file to open there."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from amends.core.ids import uuid7
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.flows.send.reply import Answer, chain_for, sender_of, subject_of
from amends.mail.models import Message
from amends.mail.queries import Reader, one_message
from amends.outbox.actions.write import NotReady
from amends.outbox.compose import Letter, Person, address, compose


def letter(reader: Reader, thread_id: uuid.UUID, answer: Answer, *, by: Member, now: datetime) -> bytes:
    """The answer as a message that is not sent yet (RFC 5322): it belongs to its conversation, and mail programs that
    know `X-Unsent` open it to be written on. Nothing is kept here.

    Raises `Message.DoesNotExist` where the reader may not read what is answered, `NotReady` and `NoAddress`.
    """
    if answer.answering is None:
        raise Message.DoesNotExist
    message = one_message(reader, answer.answering)
    if message.thread.public_id != thread_id:
        raise Message.DoesNotExist
    if not answer.text.strip():
        raise NotReady("There is nothing in it yet: write something first.")
    if not answer.audience.people:
        raise NotReady("Nobody would get it: enter at least one address.")
    chain, own = chain_for(reader, message, quotes=answer.quotes), sender_of(by)
    made = compose(
        Letter(
            sender=Person(by.name, own), to=answer.audience.to, cc=answer.audience.cc, subject=subject_of(message),
            text="\n\n".join(part for part in (answer.text.rstrip(), chain.quoted) if part),
            own_id=f"{uuid7().hex}@{own.rpartition('@')[2]}", at=now.astimezone(ZoneInfo(firm_in_scope().timezone)),
            in_reply_to=chain.in_reply_to, references=chain.references, files=answer.files,
        )
    )  # fmt: skip
    head = ["X-Unsent: 1"]
    if answer.audience.bcc:  # it is not sent yet, so that the program it is opened in has to know them
        head.append("Bcc: " + ",\r\n ".join(address(person.email) for person in answer.audience.bcc))
    return "".join(f"{line}\r\n" for line in head).encode("ascii") + made
