"""A firm with mail, somebody who is signed in, and a conversation that can be answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client as Browser
from tests.letters import judged, letter
from tests.smtp import Sink, sink

from amends.firm import scope
from amends.firm.models import Firm, Member
from amends.mail.models import Thread
from amends.outbox.models import SmtpAccount

HERE = Path(__file__).resolve().parent
ON_BOTH = {"test_web_every_page.py", "test_web_privacy.py", "test_web_rights.py", "test_web_search.py"}
"""What asks every address, or searches, runs on PostgreSQL too; other pages ask through parts that are tested there."""
COMPLAINT = "I am furious that the third invoice has an error again."


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE and item.path.name not in ON_BOTH:
            item.add_marker(pytest.mark.once)


@contextmanager
def no_firm() -> Iterator[None]:
    """As a request begins: no firm is in scope, although the test itself is inside one."""
    token = scope._current.set(None)
    try:
        yield
    finally:
        scope._current.reset(token)


@pytest.fixture
def fresh() -> datetime:
    """Pages look from the real clock; mail of these tests is a few days old by it."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def browser(client: Browser, firm: Firm, member: Member) -> Browser:
    """Signed in as Ada, an administrator."""
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return client


@pytest.fixture
def complaints(firm: Firm, fresh: datetime) -> Callable[[int], None]:
    """Brings in a complaint from each of so many clients, answered by nobody."""

    def bring(count: int) -> None:
        letters = []
        for number in range(count):
            house = f"house{number:03}.example"
            at = fresh - timedelta(days=3, minutes=number)
            letters.append(
                letter(
                    "Dear Ada,\n\nplease send the plan. We look forward to it.\n\nPetra\n",
                    at=at - timedelta(days=5),
                    sender=f"Petra House <petra@{house}>",
                    subject=f"Plan {number}",
                    message_id=f"plan{number}@{house}",
                )
            )
            letters.append(
                letter(
                    "Dear Petra,\n\nhere it is.\n\nAda\n",
                    at=at - timedelta(days=4),
                    sender="Ada Moss <ada@studio.example>",
                    to=f"Petra House <petra@{house}>",
                    subject=f"Re: Plan {number}",
                    message_id=f"answer{number}@studio.example",
                    references=[f"plan{number}@{house}"],
                )
            )
            letters.append(
                letter(
                    f"Dear Ada,\n\n{COMPLAINT} Please look at it.\n\nPetra\n\n> here it is.\n",
                    at=at,
                    sender=f"Petra House <petra@{house}>",
                    subject=f"Invoice {number}",
                    message_id=f"invoice{number}@{house}",
                )
            )
        judged(*letters, now=fresh)

    return bring


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as made:
        yield made


@pytest.fixture
def account(member: Member, server: Sink, fresh: datetime) -> SmtpAccount:
    """Ada's own account."""
    return SmtpAccount.objects.create(
        member=member, host="127.0.0.1", port=server.port, security="plain", from_address="ada@studio.example",
        from_name="Ada Moss", signature="Ada Moss\nStudio", changed_at=fresh,
    )  # fmt: skip


@pytest.fixture
def thread(firm: Firm, fresh: datetime) -> Thread:
    """Petra asked, with Jo and a colleague in copy."""
    judged(
        letter("Dear Ada,\n\nthe brochure is wrong again.\n\nPetra\n", at=fresh - timedelta(days=1, hours=1),
               message_id="first@hartwell.example"),
        letter("Dear Ada,\n\nand when will it be mended?\n\nPetra\n", at=fresh - timedelta(days=1),
               cc="Jo Hartwell <jo@hartwell.example>, Ben <ben@studio.example>", message_id="ask@hartwell.example",
               subject="Re: The brochure", references=["first@hartwell.example"]),
        now=fresh,
    )  # fmt: skip
    return Thread.objects.get()
