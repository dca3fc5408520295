"""A row of every kind of boundaries, each of whose words hold what a test looks for."""

from __future__ import annotations

from datetime import datetime

from amends.boundaries.models import (
    DoneBy,
    HandoverItem,
    Parting,
    ReferralOut,
    ScopeAnswer,
    Service,
    Supplier,
    WorkScope,
)
from amends.clients.models import Client, Engagement
from amends.mail.models import Message


def bounded(client: Client, words: str, *, at: datetime, message: Message | None = None) -> ScopeAnswer:
    """For `client`, with an answer to `message`."""
    supplier = Supplier.objects.create(
        name=words, contact=words, email=f"{words.split()[0]}@film.example", phone=words, does=words,
        experience=words, at=at,
    )  # fmt: skip
    Supplier.objects.create(
        name="Film House", contact=words, email=f"{words.split()[-1]}@x.example", does=words, experience=words, at=at
    )
    service = Service.objects.create(name=words, how="not", sentence=words, at=at)
    DoneBy.objects.create(service=service, supplier=supplier)
    work = Engagement.objects.filter(client=client).first() or Engagement.objects.create(
        client=client, name="Retainer", created_at=at
    )
    WorkScope.objects.create(engagement=work, inside=words, outside=words, at=at)
    answer = ScopeAnswer.objects.create(
        client=client, engagement=work, message=message.public_id if message else None, kind="referred", words=words,
        at=at,
    )  # fmt: skip
    ReferralOut.objects.create(
        client=client, supplier=supplier, answer=answer, what=words, helped_words=words, helped="yes", at=at
    )
    parting = Parting.objects.create(client=client, reasons=words, why_they_left=words, invoice=words, opened_at=at)
    HandoverItem.objects.create(parting=parting, kind="we_hold", what=words, at=at)
    return answer
