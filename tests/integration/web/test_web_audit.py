"""The audit log: read in pages, narrowed, taken as a file; and what writes into it."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from tests.integration.web.conftest import no_firm
from tests.letters import judged, letter

from amends.clients.models import Client, Engagement
from amends.firm.audit import note
from amends.firm.models import AuditEntry, Firm, Member
from amends.mail.models import Mailbox, Message
from amends.web.audit import words


def _lines(page: str) -> int:
    return page.count('class="muted small audit-when"')


def _many(member: Member, *, count: int, now: datetime) -> None:
    """All at one moment, as a job writes them: the key parts them."""
    for number in range(count):
        note("member.invited", member=member, about=f"n{number:03}@x.example", now=now)


def test_an_empty_log_teaches(browser: Browser, firm: Firm) -> None:
    assert "noted here, and never changed afterwards" in browser.get("/settings/audit/").content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(browser: Browser, member: Member, fresh: datetime) -> None:
    _many(member, count=120, now=fresh)
    address, seen = "/settings/audit/", []
    for expected in (50, 50, 20):
        page = browser.get(address)
        assert _lines(page.content.decode()) == expected
        seen += [line.about for line in page.context["lines"]]
        note("member.invited", member=member, about="newcomer@x.example", now=fresh + timedelta(minutes=1))
        address = f"/settings/audit/{page.context['older']}"
    assert seen == [f"n{number:03}@x.example" for number in reversed(range(120))]


def test_it_is_narrowed_by_member_kind_and_day(browser: Browser, member: Member, fresh: datetime) -> None:
    jo = Member.objects.create_member(email="jo@studio.example", name="Jo", role="staff", now=fresh)
    note("member.invited", member=member, about="a@x.example", now=fresh - timedelta(days=9))
    note("settings.changed", member=jo, now=fresh)
    note("sign_in.link_made", member=None, about="b@x.example", now=fresh)

    def found(query: str) -> list[str]:
        return [line.entry.did for line in browser.get(f"/settings/audit/?{query}").context["lines"]]

    assert found("who=jo@studio.example") == ["settings.changed"]
    assert found("who=-") == ["sign_in.link_made"]
    assert found("part=member") == ["member.invited"]
    day = (fresh - timedelta(days=9)).date()
    assert found(f"since={day}&until={day}") == ["member.invited"]
    assert found(f"since={day + timedelta(days=1)}&part=member") == []
    for nonsense in (
        "since=never", "until=9999-99-99", "part=%27%3B--", "before=x_y", "before=2026-01-01T00:00:00_1", "who=%00",
    ):  # fmt: skip
        assert browser.get(f"/settings/audit/?{nonsense}").status_code == 200, nonsense


def test_the_number_of_queries_does_not_grow(browser: Browser, member: Member, fresh: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get("/settings/audit/").status_code == 200
        return len(caught)

    _many(member, count=2, now=fresh)
    browser.get("/settings/audit/")
    few = queries()
    _many(member, count=200, now=fresh)
    assert queries() == few
    assert few <= 7


def test_the_file_is_whole_safe_and_itself_noted(
    browser: Browser, member: Member, fresh: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amends.firm.queries._AT_ONCE", 7)
    _many(member, count=20, now=fresh)
    note("member.invited", member=None, who='=HYPERLINK("http://evil")', about="@evil", now=fresh, detail={"x": "-1"})
    with no_firm():  # the lines leave after the request has left its firm
        answer = browser.get("/settings/audit/csv?part=member")
        body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith('attachment; filename="amends-audit-')
    assert answer["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(body, newline="")))
    assert rows[0] == ["at", "who", "did", "about", "detail", "address"]
    assert len(rows) == 22
    assert rows[1][1:5] == ['\'=HYPERLINK("http://evil")', "member.invited", "'@evil", "x: -1"]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    entry = AuditEntry.objects.get(did="audit.downloaded")
    assert (entry.member, entry.detail) == (member, {"part": "member"})


def test_originals_of_others_mail_are_noted_and_ones_own_are_not(
    browser: Browser, member: Member, fresh: datetime
) -> None:
    judged(letter("Hello, all well.", at=fresh - timedelta(days=2), message_id="a@x.example"), now=fresh)
    message, mailbox = Message.objects.get(), Mailbox.objects.get()
    with no_firm():
        assert browser.get(f"/messages/{message.public_id}/original").status_code == 200
        assert browser.get(f"/messages/{message.public_id}/attachments/7").status_code == 404
    entries = AuditEntry.objects.order_by("pk")
    assert [(one.did, one.about) for one in entries][:1] == [("mail.original_opened", f"message {message.public_id}")]
    assert "all well" not in str(list(entries.values()))
    count = entries.count()
    mailbox.owner = member
    mailbox.save()
    with no_firm():
        assert browser.get(f"/messages/{message.public_id}/original").status_code == 200
    assert entries.count() == count


def test_changed_settings_name_what_changed(browser: Browser, firm: Firm, member: Member) -> None:
    given = {
        "name": "Studio", "domains": "studio.example\nmoss.example", "timezone": "UTC", "country": "",
        "work_days": list("12345"), "day_start": "09:00", "day_end": "17:30", "currency": "GBP", "reasons_days": "90",
    }  # fmt: skip
    browser.post("/settings/", given)
    browser.post("/settings/", given)
    entry = AuditEntry.objects.get()
    assert (entry.did, entry.member, entry.detail) == ("settings.changed", member, {"changed": ["currency", "domains"]})


def test_a_code_without_words_is_told_readably() -> None:
    assert words.deed("token.made_up") == "token: made up"
    assert words.part("token_box") == "Token box"
    assert words.details({"two_factor": True, "role": "partner", "n": 3}) == "two factor: yes, role: Partner, n: 3"


def test_things_are_named_and_mail_is_not(browser: Browser, member: Member, fresh: datetime) -> None:
    judged(letter("The third invoice is wrong.\n", at=fresh - timedelta(days=1), subject="Secret topic"), now=fresh)
    message, house = Message.objects.get(), Client.objects.get()
    work = Engagement.objects.create(client=house, name="Spring campaign", created_at=fresh)
    gone = uuid.uuid4()
    for kind, key in (("client", house.public_id), ("engagement", work.public_id), ("message", message.public_id),
                      ("client", gone)):  # fmt: skip
        note("client.shared", member=member, about=f"{kind} {key}", now=fresh)
    page = browser.get("/settings/audit/").content.decode()
    assert f'<a class="audit-about" href="/clients/{house.public_id}/">{house.name}</a>' in page
    assert ">Spring campaign</a>" in page
    assert f">a message (…{message.public_id.hex[-8:]})</span>" in page
    assert f">a client (…{gone.hex[-8:]})</span>" in page
    assert "Secret topic" not in page
