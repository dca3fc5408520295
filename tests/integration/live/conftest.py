"""A mail server with one mailbox, and an account of the firm in scope that looks after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.conftest import NOW
from tests.dovecot import PASSWORD, Dovecot, need_dovecot

from amends.firm.models import Firm
from amends.firm.secrets import seal
from amends.flows.live.opening import PURPOSE
from amends.flows.live.turn import Turn, take_turn
from amends.mail.models import Account, Mailbox
from amends.workers.readers import Lending

ADA = "ada@studio.example"


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    """One Dovecot for all tests; each takes a user of its own."""
    with Dovecot(need_dovecot()) as running:
        yield running


@pytest.fixture(scope="session")
def readers() -> Iterator[Lending]:
    """Reader processes, started once."""
    lending = Lending()
    yield lending
    lending.close()


@pytest.fixture
def user(server: Dovecot) -> str:
    """A fresh mailbox on the server."""
    return server.user()


@pytest.fixture
def account(firm: Firm, server: Dovecot, user: str, settings: Any) -> Account:
    """What looks after it, over TLS and straight."""
    settings.MAIL_CA_FILE = str(server.ca)
    return make_account(user, port=server.tls_port)


def make_account(user: str, *, port: int, host: str = "localhost", password: str = PASSWORD) -> Account:
    """An account as the page makes it."""
    mailbox = Mailbox.objects.create(address=user, created_at=NOW)
    return Account.objects.create(
        mailbox=mailbox, host=host, port=port, username=user, secret=seal(password, purpose=PURPOSE),
        since=date(2020, 1, 1), state_since=NOW, created_at=NOW, next_at=NOW,
    )  # fmt: skip


@pytest.fixture
def look(readers: Lending) -> Callable[..., Turn]:
    """Give an account turns until it needs no more, or has failed."""

    def looking(account: Account, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Turn:
        turn = take_turn(account.pk, None, readers=readers.borrow, clock=clock)
        while turn.news:
            turn = take_turn(account.pk, turn.link, readers=readers.borrow, clock=clock)
        if turn.link is not None:
            turn.link.close()
        account.refresh_from_db()
        return turn

    return looking
