"""A gate and something that goes public, with a row of every kind, each of whose words hold what a test looks for."""

from __future__ import annotations

from datetime import datetime

from amends.boundaries.models import (
    ClearanceCheck,
    ClearanceEvidence,
    Gate,
    GateEvidence,
    GateQuestion,
    Publication,
    StartingList,
)
from amends.clients.models import Engagement
from amends.mail.models import Message


def at_gates(
    work: Engagement, words: str, *, at: datetime, message: Message | None = None, quote: str = ""
) -> tuple[Gate, Publication]:
    """For `work`, with evidence in `message`, whose `quote` are the words where none is given."""
    gate = Gate.objects.create(engagement=work, industry=words, why=words, at=at)
    GateQuestion.objects.create(gate=gate, place=1, question=words, why=words, answer=words, told_by=words)
    about = message.public_id if message is not None else None
    for part, where in (("pace", about), ("advice", None)):
        GateEvidence.objects.create(
            gate=gate, part=part, about=where, quote=(quote or words) if where else "",
            words=(quote or words) if where else words, said_on=at.date(), at=at,
        )  # fmt: skip
    made = Publication.objects.create(engagement=work, what=words, where=words, text=words, goes_on=at.date(), at=at)
    check = ClearanceCheck.objects.create(publication=made, place=1, name=words, why=words, source=words, reason=words)
    ClearanceEvidence.objects.create(check_of=check, kind="note", words=words, at=at)
    if about is not None:
        ClearanceEvidence.objects.create(check_of=check, kind="message", about=about, words=quote or words, at=at)
    edition = StartingList.objects.count() + 1
    StartingList.objects.create(
        kind="checks", slug="own", name=words, edition=edition, content={"lines": [{"name": words}]}, at=at
    )
    return gate, made
