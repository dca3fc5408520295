"""Setting up sending, trying it, and the outbox."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from tests.smtp import PASSWORD, USER, Sink, free_port, sink, with_sign_in

from amends.firm.models import AuditEntry, Member, Role
from amends.firm.secrets import unseal
from amends.flows.send import send_notice
from amends.flows.send.deliver import send_next
from amends.outbox.actions.write import address_to, queue
from amends.outbox.compose import Person
from amends.outbox.models import Composed, Draft, SmtpAccount


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as made:
        yield made


def _given(whose: str, port: int, **more: Any) -> dict[str, Any]:
    fields = {
        "from_address": "hello@studio.example", "from_name": "Studio", "host": "127.0.0.1", "port": port,
        "security": "plain", "user": "", "password": "", "signature": "", **more,
    }  # fmt: skip
    return {"whose": whose} | {f"{whose}-{name}": value for name, value in fields.items()}


def _leave() -> bool:
    account = SmtpAccount.objects.get()
    return send_next(account.pk, sender=uuid.uuid4(), clock=lambda: datetime.now(UTC) + timedelta(minutes=1))


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_administrator_sets_up_the_firms_and_tries_it(browser: Browser, server: Sink, member: Member) -> None:
    assert "The firm’s mail server" in _text(browser.get("/settings/sending/"))
    saved = browser.post("/settings/sending/", _given("firm", server.port))
    assert saved["Location"] == "/settings/sending/#firm"
    assert SmtpAccount.objects.get().member is None
    browser.post("/settings/sending/trial/", {"whose": "firm"})
    assert "on its way" in _text(browser.get("/settings/sending/state/?whose=firm"))
    assert _leave()
    assert server.recipients == [["ada@studio.example"]]
    told = _text(browser.get("/settings/sending/state/?whose=firm"))
    assert "took a message to ada@studio.example" in told
    assert "hx-trigger" not in told
    did = list(AuditEntry.objects.order_by("pk").values_list("did", flat=True))
    assert did == ["sending.changed", "draft.queued"]


def test_what_goes_wrong_is_said_in_words(browser: Browser) -> None:
    with sink() as server:
        server.answers = {"MAIL": "553 5.7.1 sender address rejected: not owned by user"}
        browser.post("/settings/sending/", _given("firm", server.port))
        browser.post("/settings/sending/trial/", {"whose": "firm"})
        assert _leave()
    told = _text(browser.get("/settings/sending/state/?whose=firm"))
    assert "does not take mail from hello@studio.example: enter an address that may be used there" in told
    assert "not owned by user" in told
    assert "Nothing leaves since" in _text(browser.get("/settings/sending/"))
    assert Draft.objects.get().state == "failed", "a trial is not tried again for hours"
    browser.post("/settings/sending/", _given("firm", free_port()))
    assert "Nothing leaves since" not in _text(browser.get("/settings/sending/")), "mended, until it is tried"
    browser.post("/settings/sending/trial/", {"whose": "firm"})
    assert _leave()
    assert "Nothing listens at 127.0.0.1" in _text(browser.get("/settings/sending/state/?whose=firm"))


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_password_is_sealed_and_goes_to_its_server_alone(browser: Browser, member: Member) -> None:
    with sink(**with_sign_in(auth_require_tls=False)) as server:
        given = _given("own", server.port, user=USER, password=PASSWORD)
        browser.post("/settings/sending/", given)
        account = SmtpAccount.objects.get()
        assert account.member == member
        assert PASSWORD not in account.password
        assert unseal(account.password, purpose="smtp account") == PASSWORD
        page = _text(browser.get("/settings/sending/"))
        assert PASSWORD not in page
        assert "Leave it empty to keep it" in page
        browser.post("/settings/sending/", given | {"own-password": "", "own-from_name": "Ada"})
        browser.post("/settings/sending/trial/", {"whose": "own"})
        assert _leave()
        assert len(server.taken) == 1
        for change in ({"own-host": "evil.example"}, {"own-port": 2525}, {"own-user": "bob"}, {"own-security": "tls"}):
            refused = browser.post("/settings/sending/", given | {"own-password": ""} | change)
            assert refused.status_code == 422, change
            assert "Enter the password of this user" in _text(refused)
    browser.post("/settings/sending/", given | {"own-user": "", "own-password": ""})
    assert SmtpAccount.objects.get().password == ""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"host": "169.254.169.254"}, "no mail server can be"), ({"host": "fe80::1"}, "no mail server can be"),
        ({"host": "smtp.example.com:25"}, "Enter the name alone"),
        ({"host": "http://x.example"}, "Enter the name alone"),
        ({"port": 0}, "greater than or equal to 1"), ({"from_address": "hello"}, "is no mail address"),
        ({"security": "none"}, "Select a valid choice"), ({"user": "ada"}, "Enter the password"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field(browser: Browser, change: dict[str, Any], says: str) -> None:
    given = _given("firm", 25) | {f"firm-{name}": value for name, value in change.items()}
    answer = browser.post("/settings/sending/", given)
    assert answer.status_code == 422
    assert says in _text(answer)
    assert not SmtpAccount.objects.exists()


def test_members_have_their_own_and_leave_the_firms_alone(browser: Browser, member: Member, server: Sink) -> None:
    browser.post("/settings/sending/", _given("firm", server.port))
    member.role = Role.STAFF
    member.save()
    page = _text(browser.get("/settings/sending/"))
    assert "The firm’s mail server" not in page
    assert "Your mail leaves from the firm’s" in page.replace("Without your own account your", "Your")
    for address in ("", "trial/", "remove/"):
        assert browser.post(f"/settings/sending/{address}", _given("firm", 1)).status_code == 403
    assert browser.get("/settings/sending/state/?whose=firm").status_code == 403
    assert browser.post("/settings/sending/trial/", {"whose": "own"}).status_code == 404
    assert browser.post("/settings/sending/", _given("own", server.port))["Location"].endswith("#own")
    browser.post("/settings/sending/remove/", {"whose": "own"})
    assert SmtpAccount.objects.get().member is None


def _reply(member: Member, state: str, now: datetime, **fields: Any) -> Draft:
    draft = Draft.objects.create(author=member, purpose="reply", subject="Re: Plan", text="the words", created_at=now,
                                 changed_at=now)  # fmt: skip
    address_to(draft, [("to", Person("Petra", "petra@hartwell.example"))])
    queue(draft, account=SmtpAccount.objects.get(), now=now)
    Draft.objects.filter(pk=draft.pk).update(state=state, **fields)
    return Draft.objects.get(pk=draft.pk)


@pytest.fixture
def account(member: Member, server: Sink, fresh: datetime) -> SmtpAccount:
    return SmtpAccount.objects.create(
        host="127.0.0.1", port=server.port, security="plain", from_address="hello@studio.example", changed_at=fresh
    )


def _do(browser: Browser, draft: Draft, do: str, *, seen: Draft | None = None) -> str:
    shown = seen or draft
    form = {"do": do, "seen": f"{shown.state} {shown.changed_at.isoformat()}"}
    return _text(browser.post(f"/outbox/{draft.public_id}/", form, follow=True))


def test_the_outbox_says_what_to_do(browser: Browser, account: SmtpAccount, member: Member, fresh: datetime) -> None:
    assert "Nothing is on its way" in _text(browser.get("/outbox/"))
    _reply(member, "unclear", fresh, problem="The server got the whole message.")
    _reply(member, "failed", fresh, problem="No address was taken.")
    _reply(member, "queued", fresh)
    _reply(member, "sent", fresh, sent_at=fresh)
    page = _text(browser.get("/outbox/"))
    for words in ("Needs your decision", "Was it delivered?", "It arrived: mark as sent", "It did not: send again",
                  "On its way", "Take back", "Sent lately", "Write on"):  # fmt: skip
        assert words in page, words


def test_today_says_that_something_waits_for_a_decision(
    browser: Browser, account: SmtpAccount, member: Member, fresh: datetime
) -> None:
    assert "/outbox/" not in _text(browser.get("/"))
    _reply(member, "unclear", fresh)
    assert "1 message waits for your decision" in _text(browser.get("/"))


def test_an_unclear_one_is_marked_as_sent_and_joins_the_mail(
    browser: Browser, account: SmtpAccount, member: Member, server: Sink, fresh: datetime
) -> None:
    draft = _reply(member, "unclear", fresh, handed_at=fresh)
    assert "Marked as sent" in _do(browser, draft, "mark_sent")
    draft.refresh_from_db()
    assert (draft.state, draft.sent_at, draft.settled_by) == ("sent", fresh, member)
    from amends.flows.send.deliver import sweep

    sweep(now=fresh)
    draft.refresh_from_db()
    assert draft.message is not None
    assert server.taken == []
    assert AuditEntry.objects.latest("pk").did == "draft.marked_sent"


def test_sent_again_by_a_person_it_is_the_same_message(
    browser: Browser, account: SmtpAccount, member: Member, server: Sink, fresh: datetime
) -> None:
    draft = _reply(member, "unclear", fresh, handed_at=fresh)
    data = bytes(Composed.objects.get().data)
    assert "It is sent again" in _do(browser, draft, "again")
    assert _leave()
    assert server.raw() == data
    assert Draft.objects.get().state == "sent"


def test_of_two_people_one_decides(
    browser: Browser, account: SmtpAccount, member: Member, server: Sink, fresh: datetime
) -> None:
    """Both see "was it delivered?"; one sends again, and it is unclear once more; the other sees the first still."""
    draft = seen = _reply(member, "unclear", fresh)
    assert "It is sent again" in _do(browser, draft, "again")
    for late in ("again", "mark_sent", "drop"):
        assert "moved on meanwhile" in _do(browser, draft, late, seen=seen)
    Draft.objects.update(state="unclear", changed_at=fresh + timedelta(seconds=5))
    for late in ("again", "mark_sent", "drop"):
        assert "moved on meanwhile" in _do(browser, draft, late, seen=seen)
    assert Draft.objects.get().state == "unclear"
    assert AuditEntry.objects.filter(did="draft.sent_again").count() == 1


def test_dropped_and_brought_back(browser: Browser, account: SmtpAccount, member: Member, fresh: datetime) -> None:
    draft = _reply(member, "failed", fresh)
    assert "Dropped" in _do(browser, draft, "drop")
    draft.refresh_from_db()
    assert "Bring it back" in _text(browser.get("/outbox/"))
    _do(browser, draft, "take_back")
    draft.refresh_from_db()
    assert (draft.state, draft.text) == ("draft", "the words")


def test_what_is_not_offered_cannot_be_done(
    browser: Browser, account: SmtpAccount, member: Member, fresh: datetime
) -> None:
    for state, do in (("sent", "again"), ("sent", "drop"), ("queued", "mark_sent"), ("sending", "take_back"),
                      ("failed", "mark_sent"), ("sending", "again")):  # fmt: skip
        draft = _reply(member, state, fresh)
        assert "moved on meanwhile" in _do(browser, draft, do), (state, do)
        draft.refresh_from_db()
        assert draft.state == state
    partly = _reply(member, "failed", fresh, sent_at=fresh)
    assert "moved on meanwhile" in _do(browser, partly, "drop")
    assert browser.post(f"/outbox/{partly.public_id}/", {"do": "nonsense"}).status_code == 404


def test_an_administrator_settles_what_others_left_without_reading_it(
    browser: Browser, account: SmtpAccount, member: Member, fresh: datetime
) -> None:
    ben = Member.objects.create_member(email="ben@studio.example", name="Ben", role=Role.STAFF, now=fresh)
    draft = _reply(ben, "failed", fresh)
    page = _text(browser.get("/outbox/"))
    assert "from Ben" in page
    assert "Re: Plan" not in page
    assert "the words" not in page
    assert "moved on meanwhile" in _do(browser, draft, "take_back"), "only its author writes on"
    assert "Dropped" in _do(browser, draft, "drop")


def test_a_secret_is_shown_to_nobody(browser: Browser, account: SmtpAccount, member: Member, fresh: datetime) -> None:
    draft = send_notice("jo@y.example", subject="Welcome", text="/enter/the-secret", purpose="invitation", by=member,
                        now=fresh)  # fmt: skip
    page = _text(browser.get("/outbox/"))
    assert "Invitation" in page
    assert "the-secret" not in page
    draft.refresh_from_db()
    assert "Dropped" in _do(browser, draft, "drop")
    assert not Composed.objects.exists()


def test_the_outbox_costs_the_same_however_long_it_is(
    browser: Browser, account: SmtpAccount, member: Member, fresh: datetime
) -> None:
    counts = []
    for number in (1, 12):
        for _ in range(number):
            _reply(member, "failed", fresh)
        with CaptureQueriesContext(connection) as caught:
            assert browser.get("/outbox/").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 8
