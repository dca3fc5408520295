"""A recovery of Petra's complaint, and the people who put it right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.conftest import NOW
from tests.letters import days, judged, letter

from amends.clients.models import Client
from amends.firm.models import Firm, Member, Role
from amends.mail.models import Message, Thread
from amends.recovery.models import Issue, Recovery, RecoveryThread

QUOTE = "The third invoice has an error again"


def person(name: str, role: Role = Role.STAFF) -> Member:
    """Somebody of the firm."""
    return Member.objects.create_member(
        email=f"{name}@studio.example", name=f"{name.title()} Reed", role=role, now=NOW, password="a long password 1"
    )


@pytest.fixture
def ben(firm: Firm) -> Member:
    """Staff: 100 euros of credit alone, 250 a quarter."""
    return person("ben")


@pytest.fixture
def eve(firm: Firm) -> Member:
    """A partner."""
    return person("eve", Role.PARTNER)


@pytest.fixture
def thread(firm: Firm) -> Thread:
    """Petra complained eight days ago."""
    judged(
        letter(
            f"Dear Ada,\n\n{QUOTE}. I am disappointed.\n\nPetra\n", at=NOW - days(8), message_id="ask@hartwell.example",
            subject="The invoice",
        ),
        now=NOW - days(8),
    )  # fmt: skip
    return Thread.objects.get()


@pytest.fixture
def recovery(thread: Thread, ben: Member) -> Recovery:
    """Ben's, with one point and what Petra wants."""
    return make_recovery(thread, owner=ben)


def make_recovery(thread: Thread, *, owner: Member | None, client: Client | None = None) -> Recovery:
    """A recovery that is about this conversation."""
    made = Recovery.objects.create(
        client=client or thread.client,  # type: ignore[misc]
        title="Errors in invoices", owner=owner, opened_by=owner, stage="agree",
        began_at=NOW - days(8), opened_at=NOW - days(7), owned_at=NOW - days(7),
        wanted="A right invoice, and an excuse",
    )  # fmt: skip
    RecoveryThread.objects.create(recovery=made, thread=thread)
    Issue.objects.create(
        recovery=made, place=1, quote=QUOTE, message=Message.objects.filter(thread=thread).first(), by=owner,
        said_at=NOW - days(8), at=NOW,
    )  # fmt: skip
    return made


Bring = Callable[..., Message]


@pytest.fixture
def answered(thread: Thread) -> Bring:
    """Brings in a message of Petra's in the same conversation."""

    def bring_one(text: str, *, at: object, message_id: str = "yes@hartwell.example") -> Message:
        judged(
            letter(text, at=at, message_id=message_id, subject="Re: The invoice", references=["ask@hartwell.example"]),  # type: ignore[arg-type]
            now=at,  # type: ignore[arg-type]
        )
        return Message.objects.get(message_id=message_id)

    return bring_one
