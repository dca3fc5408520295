"""How it stands with a mailbox: refused, in trouble, claimed by one of several pollers, polled without IDLE."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import NOW
from tests.cutting import Cutter
from tests.dovecot import Dovecot, need_dovecot
from tests.integration.live.conftest import make_account
from tests.letters import letter

from amends.firm.models import Firm
from amends.firm.secrets import seal
from amends.flows.live.opening import PURPOSE, open_account
from amends.flows.live.pace import FIRST_RETRY, LONGEST_RETRY, after_failure, after_success
from amends.flows.live.turn import Turn, take_turn
from amends.mail.actions.live import LEASE, claim, release, renew
from amends.mail.live import Dropped, PasswordRefused, ServerBusy
from amends.mail.live.troubles import refused_login
from amends.mail.models import Account, AccountState, Message
from amends.workers.poll import Poller
from amends.workers.readers import Lending

Look = Callable[..., Turn]


@pytest.fixture(scope="module")
def quiet_server() -> Iterator[Dovecot]:
    """One that does not know IDLE."""
    with Dovecot(need_dovecot(), idle=False) as running:
        yield running


def test_a_refused_password_stops_all_attempts(account: Account, look: Look) -> None:
    Account.objects.update(secret=seal("wrong", purpose=PURPOSE))
    turn = look(account)
    assert turn.link is None
    assert account.state == AccountState.REFUSED
    assert account.next_at is None
    assert account.problem.startswith("localhost refused the user name or the password")


def test_a_secret_of_another_key_needs_a_person(account: Account, look: Look) -> None:
    Account.objects.update(secret="gAAAAAB-nonsense")
    look(account)
    assert (account.state, account.next_at) == (AccountState.REFUSED, None)
    assert "enter the password anew" in account.problem


def test_a_server_that_is_away_is_tried_again_later_and_later(account: Account, look: Look) -> None:
    Account.objects.update(port=1)
    waits = []
    for attempt in range(1, 4):
        begun = datetime.now(UTC)
        look(account)
        assert account.next_at is not None
        waits.append(account.next_at - begun)
        assert account.state == (AccountState.NEW if attempt == 1 else AccountState.TROUBLE)  # once is nothing
    assert waits[0] < waits[1] < waits[2]
    assert account.failures == 3
    assert "refused the connection on port 1" in account.problem


def test_waits_grow_to_half_an_hour_and_are_never_all_alike() -> None:
    first = {after_failure(NOW, failures=1) - NOW for _ in range(50)}
    assert all(FIRST_RETRY * 0.75 <= wait <= FIRST_RETRY * 1.25 for wait in first)
    assert len(first) > 40
    assert all(after_failure(NOW, failures=40) - NOW <= LONGEST_RETRY * 1.25 for _ in range(50))
    assert after_success(NOW, idle=True, more=True) - NOW < timedelta(seconds=5)


def test_a_busy_server_is_no_wrong_password() -> None:
    busy = (
        "authenticate failed: [UNAVAILABLE] Temporary authentication failure.",
        "login failed: [ALERT] Too many simultaneous connections. (Failure)",
        "login failed: [LIMIT] Rate limit hit",
    )
    wrong = (
        "authenticate failed: [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
        "login failed: LOGIN failed.",
        "login failed: [AUTHENTICATIONFAILED] too many bad passwords",
        "login failed: Incorrect username or password",
    )
    assert {type(refused_login("h", said)) for said in busy} == {ServerBusy}
    assert {type(refused_login("h", said)) for said in wrong} == {PasswordRefused}


def test_without_idle_it_is_polled_and_the_connection_closed(
    firm: Firm, quiet_server: Dovecot, look: Look, settings: Any
) -> None:
    settings.MAIL_CA_FILE = str(quiet_server.ca)
    account = make_account(quiet_server.user(), port=quiet_server.tls_port)
    quiet_server.deliver(account.username, [letter(at=NOW, message_id="1@x.example")])
    turn = look(account)
    assert turn.link is None
    assert account.state == AccountState.READY
    assert account.next_at is not None
    assert timedelta(minutes=2) < account.next_at - datetime.now(UTC) < timedelta(minutes=4)
    assert Message.objects.count() == 1


def test_news_wake_a_waiting_connection_and_flags_do_not(
    account: Account, server: Dovecot, user: str, readers: Lending
) -> None:
    server.deliver(user, [letter(at=NOW, message_id="1@x.example")])
    turn = take_turn(account.pk, None, readers=readers.borrow, clock=lambda: datetime.now(UTC))
    link = turn.link
    assert link is not None
    with server.client(user) as other:
        other.select_folder("INBOX")
        other.add_flags([1], [b"\\Seen"])
    assert select.select([link], [], [], 20)[0]
    assert not link.heard()
    server.deliver(user, [letter(at=NOW, message_id="2@x.example")])
    heard = False
    while not heard:
        assert select.select([link], [], [], 20)[0]
        heard = link.heard()
    turn = take_turn(account.pk, link, readers=readers.borrow, clock=lambda: datetime.now(UTC))
    assert turn.link is link  # the same connection goes on
    assert Message.objects.count() == 2
    link.close()


def test_a_connection_that_died_while_it_waited_is_made_anew(
    account: Account, server: Dovecot, user: str, readers: Lending
) -> None:
    with Cutter(server.tls_port, cuts=0, most=0) as way:
        Account.objects.update(port=way.port)
        turn = take_turn(account.pk, None, readers=readers.borrow, clock=lambda: datetime.now(UTC))
        assert turn.link is not None
        way.cut_all()
        assert select.select([turn.link], [], [], 20)[0]
        assert turn.link.heard()
        server.deliver(user, [letter(at=NOW, message_id="1@x.example")])
        again = take_turn(account.pk, turn.link, readers=readers.borrow, clock=lambda: datetime.now(UTC))
        assert again.link is not None
        assert again.link is not turn.link
        again.link.close()
    account.refresh_from_db()
    assert (account.state, account.failures) == (AccountState.READY, 0)
    assert Message.objects.count() == 1


def test_a_goodbye_is_heard(account: Account, server: Dovecot, user: str, readers: Lending) -> None:
    link = open_account(account)
    link.examine("INBOX")
    link.idle()
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"* BYE going down\r\n")
        link._client._imap.sslobj = here  # the library looks here for what came
        link._client._imap.file = here.makefile("rb")
        with pytest.raises(Dropped, match="said goodbye"):
            link.heard()
    link.close()


def test_an_account_is_claimed_by_one_poller(account: Account) -> None:
    assert claim(account.pk, by="one", now=NOW)
    assert not claim(account.pk, by="two", now=NOW)
    assert claim(account.pk, by="one", now=NOW)
    later = NOW + LEASE - timedelta(seconds=1)
    assert renew(by="one", now=later) == 1
    assert renew(by="two", now=later) == 0
    assert not claim(account.pk, by="two", now=NOW + LEASE + timedelta(seconds=1))
    assert claim(account.pk, by="two", now=later + LEASE + timedelta(seconds=1))
    release(account.pk, by="one")
    assert not claim(account.pk, by="one", now=later + LEASE + timedelta(seconds=2))
    release(account.pk, by="two")
    Account.objects.update(state=AccountState.PAUSED)
    assert not claim(account.pk, by="one", now=NOW)


def test_two_pollers_share_accounts_and_take_over(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look of each, without threads: what is claimed by one is nobody else's until its lease runs out."""
    monkeypatch.setattr("amends.workers.poll.close_old_connections", lambda: None)  # the test's transaction is in it
    moment = [NOW]
    one, two = (Poller(clock=lambda: moment[0], name=name) for name in ("one", "two"))
    taken: list[str] = []
    for poller in (one, two):
        poller._submit = lambda held, poller=poller: taken.append(poller.name)  # type: ignore[method-assign, misc]
    one._look(NOW)
    two._look(NOW)
    assert taken == ["one"]
    moment[0] = NOW + LEASE + timedelta(seconds=1)
    two._look(moment[0])  # the first one has died: it said nothing for so long
    assert taken == ["one", "two"]
    one._look(moment[0])
    assert one._held == {}  # it is back, and sees that it has lost the account
    Account.objects.update(state=AccountState.PAUSED)
    two._look(moment[0])
    assert two._held == {}
    account.refresh_from_db()
    assert (account.claimed_by, account.claimed_until) == ("", None)
    for poller in (one, two):
        poller._close()


def test_a_server_that_hangs_up_before_its_greeting_is_tried_again(account: Account, look: Look) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: listener.accept()[0].close())
        thread.start()
        Account.objects.update(port=listener.getsockname()[1])
        look(account)
        thread.join(10)
    assert account.state == AccountState.NEW  # once is nothing
    assert account.next_at is not None
    assert "before it said anything" in account.problem
