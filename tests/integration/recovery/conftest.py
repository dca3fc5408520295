"""A client who complains in one conversation, and the people who put it right."""

from __future__ import annotations

import pytest
from tests.conftest import NOW
from tests.letters import bring, days, letter

from amends.clients.models import Client, Standing
from amends.firm.models import Firm, Member, Role
from amends.flows.judge import judge_new
from amends.flows.recovery.opening import Asked, open_recovery
from amends.mail.models import Message, Thread
from amends.mail.privacy import Reader
from amends.recovery.models import Recovery

WRONG = "The third invoice has an error again."
ANGRY = "I am furious about that."
BROKEN = "The website is broken since Monday and nobody answers."


@pytest.fixture
def thread(firm: Firm) -> Thread:
    """Two letters of Petra's with three wrongs, and an answer of ours between them."""
    bring(
        letter(f"Dear Ada,\n\n{WRONG} {ANGRY} Please look at it.\n", at=NOW - days(3), subject="The invoice",
               message_id="one@hartwell.example"),
        letter("Dear Petra,\n\nI will look into it tomorrow.\n", at=NOW - days(2.9), subject="Re: The invoice",
               sender="ada@studio.example", to="petra@hartwell.example", message_id="two@studio.example",
               references=["one@hartwell.example"]),
        letter(f"Dear Ada,\n\n{BROKEN}\n", at=NOW - days(1), subject="Re: The invoice",
               message_id="three@hartwell.example", references=["one@hartwell.example", "two@studio.example"]),
        now=NOW,
    )  # fmt: skip
    judge_new(now=NOW)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    return Message.objects.get(message_id="one@hartwell.example").thread


@pytest.fixture
def staff(firm: Firm) -> Member:
    """Somebody of the team."""
    return Member.objects.create_member(
        email="ben@studio.example", name="Ben Cole", role=Role.STAFF, now=NOW, password="a long password 2"
    )


@pytest.fixture
def recovery(thread: Thread, member: Member) -> Recovery:
    """One on that conversation, Ada's."""
    return open_recovery(Reader(member), Asked(threads=[thread.public_id], owner=member), by=member, now=NOW)
