"""The pages of live mailboxes, before a real server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from tests.dovecot import PASSWORD, Dovecot, need_dovecot
from tests.letters import letter

from amends.firm.models import AuditEntry, Firm, Member, OwnDomain, Role
from amends.firm.secrets import unseal
from amends.flows.live.opening import PURPOSE
from amends.flows.live.turn import take_turn
from amends.mail.models import Account, AccountState, Folder, Mailbox, Message, Outcome, Remote, Visibility
from amends.workers.readers import Lending


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot(need_dovecot()) as running:
        yield running


@pytest.fixture
def given(server: Dovecot, settings: Any, firm: Firm) -> dict[str, str]:
    """What a person types for a mailbox of their own."""
    settings.MAIL_CA_FILE = str(server.ca)
    return {
        "address": server.user(), "password": PASSWORD, "since": "2020-01-01", "visibility": "metadata",
        "host": "localhost", "port": str(server.tls_port), "security": "tls", "username": "", "owner": "",
    }  # fmt: skip


@pytest.fixture
def staff(firm: Firm, fresh: datetime) -> Member:
    return Member.objects.create_member(email="bo@studio.example", name="Bo Reed", role=Role.STAFF, now=fresh)


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def account_of(**changes: Any) -> Account:
    account = Account.objects.select_related("mailbox").get()
    if changes:
        Account.objects.update(**changes)
        account.refresh_from_db()
    return account


def test_a_mailbox_is_tried_connected_and_read(
    browser: Browser, given: dict[str, str], server: Dovecot, member: Member
) -> None:
    assert "No mailbox is connected" in said(browser.get("/mailboxes/"))
    server.deliver(given["address"], [letter(at=datetime.now(UTC), message_id=f"{n}@x.example") for n in range(3)])
    answer = browser.post("/mailboxes/add/", {**given, "owner": str(member.public_id)})
    account = account_of()
    assert answer["Location"] == f"/mailboxes/{account.public_id}/"
    assert (account.mailbox.owner, account.mailbox.visibility) == (member, Visibility.METADATA)
    assert unseal(account.secret, purpose=PURPOSE) == PASSWORD
    assert PASSWORD not in account.secret
    assert Folder.objects.filter(chosen=True).count() == 2
    assert "Waiting for its first turn" in said(browser.get("/mailboxes/"))
    readers = Lending()
    turn = take_turn(account.pk, None, readers=readers.borrow, clock=lambda: datetime.now(UTC))
    readers.close()
    assert turn.link is not None
    turn.link.close()
    assert "Up to date, just now" in said(browser.get("/mailboxes/"))
    assert "3 messages taken in" in said(browser.get("/mailboxes/"))
    assert "Taken in 3" in said(browser.get(answer["Location"]))
    entry = AuditEntry.objects.get(did="mailbox.connected")
    assert (entry.member, entry.about) == (member, given["address"])
    assert PASSWORD not in str(entry.detail)


def test_what_is_wrong_stands_beside_its_field(
    browser: Browser, given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amends.mail.live.link.CONNECT_SECONDS", 1.0)
    wrong = {
        "password": ("not it", "refused the user name or the password"),
        "host": ("no-such-host.invalid", "There is no server called no-such-host.invalid"),
        "port": ("1", "refused the connection on port 1"),
        "security": ("starttls", "says nothing on port"),
        "address": ("nobody", "Enter a valid email address"),
        "since": ("1969-01-01", "There is no mail from before 1970"),
    }
    for name, (value, why) in wrong.items():
        answer = browser.post("/mailboxes/add/", {**given, name: value})
        assert answer.status_code == 422, name
        assert why in said(answer), name
        assert PASSWORD not in answer.content.decode()
    assert not Account.objects.exists()
    assert not Mailbox.objects.exists()


def test_a_certificate_that_nobody_vouches_for_is_refused(
    browser: Browser, given: dict[str, str], settings: Any
) -> None:
    settings.MAIL_CA_FILE = ""
    answer = browser.post("/mailboxes/add/", given)
    assert "The certificate of localhost is not to be trusted" in said(answer)
    assert not Account.objects.exists()


def test_starttls_and_only_local_servers_without_tls(
    browser: Browser, given: dict[str, str], server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = {**given, "port": str(server.port)}
    assert browser.post("/mailboxes/add/", {**plain, "security": "starttls"}).status_code == 302
    Account.objects.all().delete()
    monkeypatch.setattr("amends.mail.live.hosts.is_local", lambda address: False)
    refused = browser.post("/mailboxes/add/", {**plain, "security": "none"})
    assert "without TLS the password would travel open" in said(refused)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "224.0.0.1", "0.0.0.0", "100.100.100.200"])  # noqa: S104
def test_addresses_of_clouds_are_never_contacted(browser: Browser, given: dict[str, str], host: str) -> None:
    answer = browser.post("/mailboxes/add/", {**given, "host": host.strip("[]")})
    assert answer.status_code == 422
    assert "where no mail server can be" in said(answer)


def test_a_host_is_a_name_and_nothing_else(browser: Browser, given: dict[str, str]) -> None:
    for host in ("imap.example.com/inbox", "user@imap.example.com", "two words"):
        assert "Write only the server" in said(browser.post("/mailboxes/add/", {**given, "host": host}))


def test_a_refused_password_is_mended(browser: Browser, given: dict[str, str]) -> None:
    browser.post("/mailboxes/add/", given)
    since = datetime.now(UTC) - timedelta(days=2)
    account = account_of(state=AccountState.REFUSED, state_since=since, problem="It was refused.", next_at=None)
    listed = said(browser.get("/mailboxes/"))
    assert f"Password refused since {since:%A}: mend it here" in listed
    address = f"/mailboxes/{account.public_id}/mend/"
    assert "It was refused." in said(browser.get(address))
    again = {name: given[name] for name in ("password", "host", "port", "security")} | {"username": given["address"]}
    refused = browser.post(address, {**again, "password": "wrong"})
    assert refused.status_code == 422
    assert account_of().state == AccountState.REFUSED
    assert unseal(account_of().secret, purpose=PURPOSE) == PASSWORD
    assert browser.post(address, again).status_code == 302
    mended = account_of()
    assert (mended.state, mended.problem, mended.failures) == (AccountState.NEW, "", 0)
    assert mended.next_at is not None
    assert mended.revision > account.revision


def test_folders_start_date_and_readers_are_changed(
    browser: Browser, given: dict[str, str], member: Member, staff: Member
) -> None:
    browser.post("/mailboxes/add/", given)
    account = account_of()
    Folder.objects.update(highest_uid=5)
    folder = Folder.objects.get(name="Projects")
    answer = browser.post(
        f"/mailboxes/{account.public_id}/",
        {"folders": [str(folder.public_id)], "since": "2019-01-01", "visibility": "all", "owner": str(staff.public_id)},
    )
    assert answer.status_code == 302
    assert list(Folder.objects.filter(chosen=True)) == [folder]
    assert set(Folder.objects.values_list("highest_uid", flat=True)) == {0}  # what is older is to be found
    changed = account_of()
    assert (changed.mailbox.owner, changed.mailbox.visibility) == (staff, Visibility.ALL)
    assert changed.revision == account.revision + 1


def test_pause_go_on_look_now_and_disconnect(browser: Browser, given: dict[str, str]) -> None:
    browser.post("/mailboxes/add/", given)
    address = f"/mailboxes/{account_of().public_id}/"
    for act, state in (("pause", AccountState.PAUSED), ("resume", AccountState.NEW), ("look", AccountState.NEW)):
        assert browser.post(f"{address}act/", {"act": act}).status_code == 302
        assert account_of().state == state
    assert "Paused since" in said(browser.get(address)) or account_of().next_at is not None
    assert browser.post(f"{address}act/", {"act": "folders"}).status_code == 302
    assert browser.post(f"{address}act/", {"act": "burn"}).status_code == 404
    assert browser.post(f"{address}act/", {"act": "remove"})["Location"] == "/mailboxes/"
    assert not Account.objects.exists()
    assert Mailbox.objects.filter(address=given["address"]).exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("did", flat=True)) == [
        "mailbox.connected", "mailbox.paused", "mailbox.resumed", "mailbox.removed",
    ]  # fmt: skip


def test_a_member_sees_and_mends_their_own_only(
    browser: Browser, client: Browser, given: dict[str, str], staff: Member, server: Dovecot
) -> None:
    browser.post("/mailboxes/add/", given)
    theirs = f"/mailboxes/{account_of().public_id}/"
    assert given["address"] in said(browser.get(theirs))
    browser.force_login(staff, backend="amends.firm.sign_in.MemberBackend")
    assert given["address"] not in browser.get("/mailboxes/").content.decode()
    for address in (theirs, f"{theirs}mend/", f"{theirs}set-aside/", f"{theirs}state/"):
        assert browser.get(address).status_code == 404, address
    assert browser.post(f"{theirs}act/", {"act": "remove"}).status_code == 404
    taken = browser.post("/mailboxes/add/", given)
    assert "connected already" in said(taken)
    own = {**given, "address": server.user()}
    assert "ask an administrator" in said(browser.post("/mailboxes/add/", {**own, "host": "127.0.0.1"}))
    usual = browser.post("/mailboxes/add/", own)  # the server is known, its port is no usual one
    assert "is no usual one of a mail server" in said(usual)
    Mailbox.objects.create(address=own["address"], owner=staff, created_at=datetime.now(UTC))
    account = account_of()
    Account.objects.filter(pk=account.pk).update(mailbox=Mailbox.objects.get(owner=staff))
    assert browser.get(theirs).status_code == 200
    assert 'name="owner"' not in browser.get(theirs).content.decode()
    assert browser.post(f"{theirs}act/", {"act": "pause"}).status_code == 302


def test_whoever_reads_no_mail_has_no_mailboxes(browser: Browser, member: Member) -> None:
    member.role = Role.FINANCE_VIEWER
    member.save()
    assert browser.get("/mailboxes/").status_code == 403
    assert browser.get("/mailboxes/add/").status_code == 403


def test_a_mailbox_makes_its_domain_the_firms_own(browser: Browser, given: dict[str, str]) -> None:
    OwnDomain.objects.all().delete()
    browser.post("/mailboxes/add/", given)
    assert list(OwnDomain.objects.values_list("value", flat=True)) == ["studio.example"]


def test_an_administrator_gives_amends_an_address_of_its_own(
    browser: Browser, given: dict[str, str], staff: Member
) -> None:
    assert browser.post("/mailboxes/add/", {**given, "forwards": "on"}).status_code == 302
    account = account_of()
    assert account.forwards
    assert "This is Amends’ own address" in said(browser.get(f"/mailboxes/{account.public_id}/"))
    browser.force_login(staff, backend="amends.firm.sign_in.MemberBackend")
    assert 'name="forwards"' not in browser.get("/mailboxes/add/").content.decode()


def test_what_was_set_aside_is_listed_with_its_reason(
    browser: Browser, given: dict[str, str], fresh: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    browser.post("/mailboxes/add/", given)
    account, inbox = account_of(), Folder.objects.get(name="INBOX")
    address = f"/mailboxes/{account.public_id}/set-aside/"
    assert "Everything came in whole" in said(browser.get(address))
    for uid in range(1, 31):
        Remote.objects.create(
            folder=inbox, uidvalidity=1, uid=uid, outcome=Outcome.TOO_LARGE, size=200 << 20, at=fresh,
            reason="It is larger than 150 MB and was left on the server.",
        )  # fmt: skip
    with django_assert_max_num_queries(12):
        listed = said(browser.get(address))
    assert listed.count("It is larger than 150 MB and was left on the server.") == 30
    assert "Message 7 in INBOX" in listed
    assert not Message.objects.exists()


def test_the_list_asks_a_constant_number_of_queries(
    browser: Browser, given: dict[str, str], fresh: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(25):
        box = Mailbox.objects.create(address=f"box{number}@studio.example", created_at=fresh)
        account = Account.objects.create(
            mailbox=box, host="imap.example.com", username="x", since=fresh.date(), state_since=fresh, created_at=fresh,
            state=AccountState.READING,
        )  # fmt: skip
        Folder.objects.create(account=account, name="INBOX", chosen=True, expected=20_000, done=1_240)
    with django_assert_max_num_queries(8):
        listed = said(browser.get("/mailboxes/"))
    assert listed.count("Reading: 1,240 of about 20,000") == 25


def test_a_mailbox_that_nothing_polls_says_so(browser: Browser, given: dict[str, str], fresh: datetime) -> None:
    browser.post("/mailboxes/add/", given)
    long_ago = fresh - timedelta(hours=3)
    account_of(state=AccountState.READY, succeeded_at=long_ago, next_at=long_ago, state_since=long_ago)
    listed = said(browser.get(f"/mailboxes/{account_of().public_id}/"))
    assert "Last looked at 3 hours ago" in listed
    assert "Nothing polls mailboxes here" in listed


def test_no_role_opens_or_takes_a_mailbox_that_is_somebody_s(
    browser: Browser, given: dict[str, str], staff: Member, member: Member
) -> None:
    theirs = given | {"owner": str(staff.public_id)}
    assert browser.post("/mailboxes/add/", theirs).status_code == 302
    box = account_of().mailbox
    assert (box.owner, box.visibility) == (staff, Visibility.METADATA)
    page = f"/mailboxes/{account_of().public_id}/"
    assert "only they say who reads it" in said(browser.get(page))
    chosen = [str(Folder.objects.get(name="INBOX").public_id)]
    sent = {"folders": chosen, "since": "2020-01-01", "visibility": "all", "owner": str(member.public_id)}
    assert browser.post(page, sent).status_code == 302
    box.refresh_from_db()
    assert (box.owner, box.visibility) == (staff, Visibility.METADATA)
    Account.objects.all().delete()
    refused = browser.post("/mailboxes/add/", given | {"owner": str(member.public_id), "visibility": "all"})
    assert "belongs to somebody else" in said(refused)
    assert (
        browser.post("/mailboxes/add/", given | {"owner": str(staff.public_id), "visibility": "all"}).status_code == 302
    )
    box.refresh_from_db()
    assert (box.owner, box.visibility) == (staff, Visibility.METADATA)
    Member.objects.filter(pk=staff.pk).update(is_active=False)
    sent["folders"] = [str(Folder.objects.get(name="INBOX").public_id)]
    assert browser.post(f"/mailboxes/{account_of().public_id}/", sent).status_code == 302
    box.refresh_from_db()
    assert (box.owner, box.visibility) == (member, Visibility.ALL)
    assert AuditEntry.objects.filter(did="mailbox.changed").latest("pk").detail["owner"] == member.email


def test_a_mailbox_without_a_folder_is_not_saved(browser: Browser, given: dict[str, str]) -> None:
    browser.post("/mailboxes/add/", given)
    answer = browser.post(f"/mailboxes/{account_of().public_id}/", {"since": "2020-01-01", "visibility": "all"})
    assert answer.status_code == 422
    assert "Choose one folder at least" in said(answer)
    assert Folder.objects.filter(chosen=True).exists()
