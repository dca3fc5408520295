"""A recovery on a conversation, a server that takes mail, and somebody who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser
from tests.recovering import conversation, found, recovery
from tests.smtp import Sink, sink

from amends.firm.models import Firm, Member
from amends.outbox.models import SmtpAccount
from amends.recovery.models import Issue, Recovery

if TYPE_CHECKING:
    from django.test.client import Client


@pytest.fixture
def fresh() -> datetime:
    """Pages look from the real clock."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def made(firm: Firm, member: Member, fresh: datetime) -> Recovery:
    """Three points, of which the first two have findings."""
    conversation(at=fresh)
    one = recovery(by=member, at=fresh)
    first, second, _third = Issue.objects.order_by("place")
    found(first, by=member, at=fresh)
    found(second, by=member, at=fresh, responsibility="client", hard_part="It was their list.")
    return one


@pytest.fixture
def browser(client: Client, firm: Firm, member: Member) -> Browser:
    """Signed in as Ada, an administrator."""
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return client


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as one:
        yield one


@pytest.fixture
def account(member: Member, server: Sink, fresh: datetime) -> SmtpAccount:
    """Ada's own account."""
    return SmtpAccount.objects.create(
        member=member, host="127.0.0.1", port=server.port, security="plain", from_address="ada@studio.example",
        from_name="Ada Moss", changed_at=fresh,
    )  # fmt: skip
