"""Mail to a client out of a recovery: in its conversation, through the check and the outbox, as any answer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.clients.models import ContactAddress
from amends.clients.rules import organisation
from amends.firm.models import Member, OwnDomain
from amends.flows.send import Answer, NotReady, reply
from amends.mail.models import Direction, Message
from amends.mail.privacy import readable
from amends.mail.queries import Reader, people_of
from amends.outbox.compose import File, NoAddress, Person, address
from amends.outbox.models import Draft
from amends.outbox.recipients import Audience
from amends.recovery.models import Recovery

_OFFERED = 40  # people to choose from


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody at the client, and whether they are part of the conversation already."""

    person: Person
    there: bool


@dataclass(frozen=True, slots=True)
class Mailing:
    """What somebody sends. `key` is given once to each form, `to` are addresses of those offered; `seen` as in
    `send.Answer`."""

    key: uuid.UUID
    to: Sequence[str]
    text: str
    seen: frozenset[str] = frozenset()
    files: Sequence[File] = field(default=())


def answered(reader: Reader, recovery: Recovery) -> Message | None:
    """The message that a mail out of this recovery answers: the client's newest in its conversations, or ours."""
    rows = readable(reader).filter(thread__in=recovery.threads.values("thread")).select_related("thread", "client")
    return rows.filter(direction=Direction.IN).order_by("-pk").first() or rows.order_by("-pk").first()


def people(reader: Reader, recovery: Recovery) -> list[Choice]:
    """Whom a mail may go to: the client's people, those of the conversation first."""
    found: dict[str, Choice] = {}
    message = answered(reader, recovery)
    own = set(OwnDomain.objects.values_list("value", flat=True))
    if message is not None:
        for each in people_of(reader).filter(message=message).exclude(role="bcc").order_by("pk"):
            if each.email and organisation(each.email) not in own:
                _add(found, each.name, each.email, there=True)
    known = ContactAddress.objects.filter(contact__client=recovery.client).select_related("contact")
    for row in known.order_by("-contact__received", "contact__name", "pk")[:_OFFERED]:
        _add(found, row.contact.name, row.email, there=False)
    return list(found.values())


def mail(reader: Reader, recovery: Recovery, mailing: Mailing, *, by: Member, now: datetime) -> Draft:
    """Queue or hold a mail to people of the client, in the conversation of the recovery.

    Raises `NotReady` where there is no conversation or nobody is chosen, and what `send.reply` raises.
    """
    message = answered(reader, recovery)
    if message is None:
        raise NotReady("There is no conversation to answer in yet: take one into this recovery first.")
    chosen = [each.person for each in people(reader, recovery) if each.person.email in set(mailing.to)]
    if not chosen:
        raise NotReady("Nobody would get it: choose at least one person.")
    answer = Answer(
        key=mailing.key, answering=message.public_id, audience=Audience(to=tuple(chosen)), text=mailing.text,
        quotes=False, files=mailing.files, seen=mailing.seen,
    )  # fmt: skip
    return reply(reader, message.thread.public_id, answer, by=by, now=now)


def _add(found: dict[str, Choice], name: str, email: str, *, there: bool) -> None:
    try:
        plain = address(email)
    except NoAddress:
        return
    found.setdefault(plain, Choice(Person(name, plain), there))
