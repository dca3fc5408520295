"""An account of the firm at a server on loopback, and letters that leave through it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from tests.conftest import NOW
from tests.letters import judged, letter
from tests.smtp import Sink, sink

from amends.firm.models import Firm
from amends.flows.send.deliver import send_next
from amends.mail.models import Thread
from amends.outbox.models import Security, SmtpAccount
from amends.outbox.smtp import Patience

QUICK = Patience(connect=2, command=1, dot=1, whole=8)


@pytest.fixture
def server() -> Iterator[Sink]:
    """A mail server that takes everything."""
    with sink() as made:
        yield made


@pytest.fixture
def account(firm: Firm, server: Sink) -> SmtpAccount:
    """The firm's account there."""
    return SmtpAccount.objects.create(
        host="127.0.0.1", port=server.port, security=Security.PLAIN, from_address="hello@studio.example", changed_at=NOW
    )


@pytest.fixture
def send(account: SmtpAccount) -> Callable[[datetime], bool]:
    """Does what the job runner does: sends one that is due."""

    def once(now: datetime) -> bool:
        return send_next(account.pk, sender=uuid.uuid4(), clock=lambda: now, patience=QUICK)

    return once


@pytest.fixture
def thread(firm: Firm) -> Thread:
    """A conversation: Petra asked, with Jo in copy."""
    judged(
        letter(
            "Dear Ada,\n\nthe brochure is wrong again. Please mend it.\n\nPetra\n", at=NOW.replace(hour=8),
            cc="Jo Hartwell <jo@hartwell.example>, Ben <ben@studio.example>", message_id="ask@hartwell.example",
        ),
        now=NOW,
    )  # fmt: skip
    return Thread.objects.get()
