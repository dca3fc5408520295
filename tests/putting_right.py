"""A recovery with a row of every kind in it, each of whose words hold what a test looks for."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from amends.clients.models import Client
from amends.firm.models import Member
from amends.mail.models import Message, Thread
from amends.recovery.models import (
    Approval,
    Brief,
    Call,
    DrillResult,
    Escalation,
    Evidence,
    Finding,
    Issue,
    Note,
    Playbook,
    Recovery,
    RecoveryStep,
    RecoveryThread,
    Remedy,
)


def put_right(
    client: Client, words: str, *, member: Member, at: datetime, message: Message | None = None,
    thread: Thread | None = None,
) -> Recovery:  # fmt: skip
    """For `client`, about `thread`, with a point that quotes `message`."""
    made = Recovery.objects.create(
        client=client, title=words, wanted=words, root_cause=words, failure_mode=words[:80], closed_why=words,
        began_at=at, opened_at=at,
    )  # fmt: skip
    RecoveryStep.objects.create(recovery=made, after="own", why=words, at=at)
    if thread is not None:
        RecoveryThread.objects.create(recovery=made, thread=thread)
    Escalation.objects.create(recovery=made, clock="own", to=member, at=at)
    issue = Issue.objects.create(
        recovery=made, place=1, message=message, quote=words, words=words, said_at=at, at=at,
        **({"start": 0, "end": 1} if message else {}),
    )  # fmt: skip
    Finding.objects.create(issue=issue, happened=words, why=words, we_do=words, hard_part=words, at=at)
    Evidence.objects.create(issue=issue, kind="document", label=words, quote=words, at=at)
    remedy = Remedy.objects.create(
        recovery=made, issue=issue, kind="credit", what=words, cost=80_00, currency="EUR", at=at, changed_at=at
    )
    Approval.objects.create(remedy=remedy, because=words, why=words, asked_by=member, asked_at=at)
    Brief.objects.create(recovery=made, whom="team", text=words, wrote_from="0" * 64, at=at)
    call = Call.objects.create(recovery=made, mood_words=words, wanted=words, began_at=at)
    Note.objects.create(call=call, public_id=uuid.uuid4(), author=member, text=words, at=at)
    return made


def known_how(words: str, *, member: Member, at: datetime) -> None:
    """What the firm knows of putting right, and what somebody practised."""
    edition = Playbook.objects.filter(mode="late").count() + 1
    Playbook.objects.create(
        mode="late", trade="design", name=words, edition=edition, content={"fails": words}, at=at + timedelta(0)
    )
    DrillResult.objects.create(member=member, scenario="late", turns=[words], shared=True, at=at)
