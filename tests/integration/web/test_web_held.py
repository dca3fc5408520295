"""What the check holds, in the outbox: who sees what, release, edit, drop, and two people at one of them."""

from __future__ import annotations

import re
import uuid
from datetime import datetime

import pytest
from django.test import Client as Browser

from amends.firm.models import Firm, Member, Role
from amends.flows import send
from amends.flows.guard import choose
from amends.mail.models import Mailbox, Message, Thread
from amends.mail.queries import Reader
from amends.outbox.compose import Person
from amends.outbox.models import Draft, SmtpAccount
from amends.outbox.recipients import Audience

BLAME = "Dear Petra,\n\nYou should have told us about the date. I will send the plan on Friday.\n"
FINE = "Dear Petra,\n\nthe mistake is ours, and I am sorry. The plan is with you on Friday.\n"


@pytest.fixture
def sam(firm: Firm, fresh: datetime) -> Member:
    return Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.STAFF, now=fresh)


@pytest.fixture
def pat(firm: Firm, fresh: datetime) -> Member:
    return Member.objects.create_member(email="pat@studio.example", name="Pat", role=Role.PARTNER, now=fresh)


@pytest.fixture
def held(thread: Thread, account: SmtpAccount, sam: Member, pat: Member, fresh: datetime) -> Draft:
    """An answer of Sam's that waits for a decision."""
    SmtpAccount.objects.update(member=None)
    choose("blame-should-have", "stop", by=pat, now=fresh)
    message = Message.objects.get(message_id="ask@hartwell.example")
    given = send.Answer(uuid.uuid4(), message.public_id, Audience((Person("Petra", "petra@hartwell.example"),)), BLAME)
    with pytest.raises(send.LookAgain) as raised:
        send.reply(Reader(sam), thread.public_id, given, by=sam, now=fresh)
    seen = frozenset(each.mark for each in raised.value.findings)
    again = send.Answer(given.key, given.answering, given.audience, BLAME, seen=seen)
    return send.reply(Reader(sam), thread.public_id, again, by=sam, now=fresh)


def _as(who: Member) -> Browser:
    browser = Browser()
    browser.force_login(who, backend="amends.firm.sign_in.MemberBackend")
    return browser


def _page(browser: Browser, address: str = "/outbox/") -> str:
    return re.sub(r"\s+", " ", browser.get(address).content.decode())


def _step(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&#x27;", "'").replace("+00:00", "+00:00")


def test_whoever_decides_sees_who_why_and_the_words(held: Draft, pat: Member, sam: Member) -> None:
    page = _page(_as(pat))
    assert page.index("Held back") < page.index("Needs your decision")
    for words in ("<strong>Sam</strong> to Petra", "Hartwell", "under-stop", "You should have told us about the date.",
                  "Let it go", "Edit", "Drop it"):  # fmt: skip
        assert words in page, words
    assert 'href="/outbox/"' in page.split("</nav>")[0], "Mail leads to what waits"
    assert "waiting for your decision in the outbox" in page
    own = _page(_as(sam))
    assert "Ada Moss or Pat can let it go" in own
    assert "Take back and write on" in own
    assert "Let it go" not in own


def test_whoever_may_not_read_it_sees_that_it_is_there_and_decides_nothing(
    held: Draft, pat: Member, sam: Member
) -> None:
    Mailbox.objects.update(owner=sam, visibility="metadata")
    browser = _as(pat)
    page = _page(browser)
    assert "<strong>Sam</strong>" in page
    assert "You may not read what it answers" in page
    for words in ("Petra", "brochure", "told us", "Let it go"):
        assert words not in page, words
    for do in ("release", "drop"):
        told = browser.post(f"/outbox/{held.public_id}/", {"do": do, "why": "x"}, follow=True).content.decode()
        assert "somebody else decides about it" in told
    assert browser.post(f"/outbox/{held.public_id}/check/", {"text": FINE}).status_code == 404
    assert browser.post(f"/outbox/{held.public_id}/rewrite/", {"text": FINE, "why": "x"}).status_code == 403
    held.refresh_from_db()
    assert held.state == "held"


def test_it_is_let_go_with_a_reason_that_its_author_reads(held: Draft, pat: Member, sam: Member) -> None:
    browser = _as(pat)
    seen = send.step_of(held)
    asked = browser.post(f"/outbox/{held.public_id}/", {"do": "release", "seen": seen, "why": " "}, follow=True)
    assert "Say why it may leave as it stands" in asked.content.decode()
    browser.post(f"/outbox/{held.public_id}/", {"do": "release", "seen": seen, "why": "She knows it."})
    held.refresh_from_db()
    assert (held.state, held.decided_why) == ("queued", "She knows it.")
    assert "Pat let it go: “She knows it.”" in _page(_as(sam))


def test_the_second_of_two_is_told_kindly(held: Draft, pat: Member, member: Member) -> None:
    seen = send.step_of(held)
    _as(pat).post(f"/outbox/{held.public_id}/", {"do": "release", "seen": seen, "why": "She knows it."})
    quinn = Member.objects.create_member(email="q@studio.example", name="Quinn", role=Role.PARTNER, now=held.created_at)
    for who in (member, quinn):  # an administrator reaches it still, a partner does not
        late = _as(who).post(f"/outbox/{held.public_id}/", {"do": "drop", "seen": seen})
        assert late.status_code == 409
        assert "Pat let it go while you looked at it. “She knows it.” It leaves once." in late.content.decode()
        lost = _as(who).post(f"/outbox/{held.public_id}/rewrite/", {"text": "My own words.", "seen": seen, "why": "x"})
        assert lost.status_code == 409
        assert "My own words." in lost.content.decode(), "what was written is shown"
    Mailbox.objects.update(owner=pat, visibility="metadata")
    shut = _as(quinn).post(f"/outbox/{held.public_id}/", {"do": "drop", "seen": seen}).content.decode()
    assert "Pat let it go while you looked at it. It leaves once." in shut, "not why, to whoever may not read it"
    staff = Member.objects.create_member(email="k@studio.example", name="Kim", role=Role.STAFF, now=held.created_at)
    assert _as(staff).post(f"/outbox/{held.public_id}/", {"do": "drop", "seen": seen}).status_code == 404


def test_whoever_decides_edits_it_in_place(held: Draft, pat: Member) -> None:
    browser = _as(pat)
    base = f"/outbox/{held.public_id}"
    said = browser.post(f"{base}/check/", {"text": BLAME}, headers={"HX-Request": "true"}).content.decode()
    assert 'data-verdict="hold"' in said
    assert "Fine to send" in browser.post(f"{base}/check/", {"text": FINE}).content.decode()
    asked = browser.post(f"{base}/rewrite/", {"text": FINE, "why": "", "seen": send.step_of(held)})
    assert asked.status_code == 422
    assert "Say what you changed" in asked.content.decode()
    assert "the mistake is ours" in asked.content.decode(), "what was typed stays"
    browser.post(f"{base}/rewrite/", {"text": FINE.replace("\n", "\r\n"), "why": "Softer.", "seen": send.step_of(held)})
    held.refresh_from_db()
    assert (held.state, held.text, held.decided_why) == ("queued", FINE, "Softer.")


def test_its_author_takes_it_back_and_drops_it(held: Draft, sam: Member, thread: Thread) -> None:
    browser = _as(sam)
    taken = browser.post(f"/outbox/{held.public_id}/", {"do": "take_back", "seen": send.step_of(held)})
    assert taken["Location"] == f"/threads/{thread.public_id}/#reply"
    assert "You should have told us" in _page(browser, f"/threads/{thread.public_id}/")


def test_a_drop_may_say_why(held: Draft, pat: Member, sam: Member) -> None:
    _as(pat).post(f"/outbox/{held.public_id}/", {"do": "drop", "why": "Call her instead.", "seen": send.step_of(held)})
    assert "Pat dropped it: “Call her instead.”" in _page(_as(sam))


def test_a_role_that_decides_nothing_edits_nothing(held: Draft, sam: Member) -> None:
    assert _as(sam).post(f"/outbox/{held.public_id}/rewrite/", {"text": FINE, "why": "x"}).status_code == 403
    assert _as(sam).post(f"/outbox/{held.public_id}/", {"do": "release", "why": "x"}).status_code in {302, 404}
    held.refresh_from_db()
    assert held.state == "held"
