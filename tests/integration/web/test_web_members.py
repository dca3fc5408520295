"""The members page: invite, change, deactivate, and what happens in the other browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from tests.integration.web.conftest import no_firm

from amends.firm import totp
from amends.firm.models import AuditEntry, Firm, Member, OneTimeLink, Role
from amends.firm.two_factor import has_two_factor, turn_on

PASSWORD = "twelve seams in a bowl"


@pytest.fixture
def sam(firm: Firm, now: datetime) -> Member:
    """Somebody of the staff."""
    return Member.objects.create_member(
        email="sam@studio.example", name="Sam Rook", role=Role.STAFF, now=now, password=PASSWORD
    )


def _signed_in(member: Member) -> Browser:
    browser = Browser()
    with no_firm():
        answer = browser.post("/sign-in/", {"email": member.email, "password": PASSWORD})
        assert answer.status_code == 302
        assert browser.get("/").status_code == 200
    return browser


def _shown_link(browser: Browser) -> str:
    with no_firm():
        page = browser.get("/settings/members/").content.decode()
        assert "made-url" not in browser.get("/settings/members/").content.decode()  # once
    found = re.search(r'id="made-url" readonly value="[^"]+(/enter/[^"]+)"', page)
    assert found
    return found.group(1)


def test_somebody_is_invited_by_a_link_and_joins(browser: Browser, member: Member) -> None:
    given = {"email": "jo@studio.example", "name": "Jo", "role": "partner", "copy": "yes"}
    assert browser.post("/settings/members/", given)["Location"] == "/settings/members/"
    link, joining = _shown_link(browser), Browser()
    with no_firm():
        page = joining.get(link).content.decode()
        assert "Ada Moss invites you as jo@studio.example" in page
        refused = joining.post(link, {"name": "Jo Wren", "password": "short"})
        assert refused.status_code == 422
        assert joining.post(link, {"name": "Jo Wren", "password": PASSWORD})["Location"] == "/welcome/"
        welcome = joining.get("/welcome/").content.decode()
        assert "Welcome to" in welcome
        assert "You decide what others ask approval for." in welcome
        assert "Your budget is not bounded" in welcome
        assert joining.get("/").status_code == 200
        assert joining.get("/settings/members/").status_code == 403
        assert Browser().get(link).status_code == 410
    jo = Member.objects.get(email="jo@studio.example")
    assert (jo.name, jo.role) == ("Jo Wren", Role.PARTNER)


def test_without_a_sender_an_invitation_is_a_link(browser: Browser, firm: Firm) -> None:
    browser.post("/settings/members/", {"email": "jo@studio.example", "name": "", "role": "staff"})
    page = browser.get("/settings/members/").content.decode()
    assert "cannot send mail yet" in page
    assert "/enter/" in page


def test_an_invitation_is_sent_anew_and_withdrawn(browser: Browser, firm: Firm) -> None:
    browser.post("/settings/members/", {"email": "jo@studio.example", "role": "staff", "copy": "yes"})
    first = _shown_link(browser)
    invitation = OneTimeLink.objects.get()
    browser.post(f"/settings/invitations/{invitation.public_id}/again/", {"copy": "yes"})
    second = _shown_link(browser)
    with no_firm():
        assert Browser().get(first).status_code == 410
        assert Browser().get(second).status_code == 200
    browser.post(f"/settings/invitations/{invitation.public_id}/withdraw/")
    with no_firm():
        assert Browser().get(second).status_code == 410
        assert browser.post(f"/settings/invitations/{invitation.public_id}/withdraw/").status_code == 404


def test_who_is_invited_twice_is_told_beside_the_field(browser: Browser, sam: Member) -> None:
    refused = browser.post("/settings/members/", {"email": "SAM@studio.example", "role": "staff"})
    assert refused.status_code == 422
    assert "known here already" in refused.content.decode()


def test_whoever_is_deactivated_is_out_at_once(browser: Browser, sam: Member) -> None:
    """In two browsers; and reactivating brings neither session back."""
    theirs, telephone = _signed_in(sam), _signed_in(sam)
    assert browser.post(f"/settings/members/{sam.public_id}/deactivate/")["Location"] == "/settings/members/"
    with no_firm():
        for one in (theirs, telephone):
            assert one.get("/clients/")["Location"].startswith("/sign-in/")
        assert Browser().post("/sign-in/", {"email": sam.email, "password": PASSWORD}).status_code == 422
    assert "Deactivated" in browser.get("/settings/members/").content.decode()
    browser.post(f"/settings/members/{sam.public_id}/reactivate/")
    with no_firm():
        for one in (theirs, telephone):
            assert one.get("/clients/")["Location"].startswith("/sign-in/")
    _signed_in(sam)


def test_another_role_holds_from_the_next_click(browser: Browser, sam: Member) -> None:
    theirs = _signed_in(sam)
    with no_firm():
        assert theirs.get("/settings/members/").status_code == 403
    browser.post(f"/settings/members/{sam.public_id}/role/", {"role": "administrator"})
    with no_firm():
        assert theirs.get("/settings/members/").status_code == 200
    browser.post(f"/settings/members/{sam.public_id}/role/", {"role": "finance_viewer"})
    with no_firm():
        assert theirs.get("/settings/members/").status_code == 403
        assert theirs.post("/answer/", {"answer": "own"}).status_code == 403
    browser.post(f"/settings/members/{sam.public_id}/role/", {"role": "emperor"})
    assert Member.objects.get(pk=sam.pk).role == Role.FINANCE_VIEWER


def test_the_last_administrator_is_told_why_they_stay(browser: Browser, member: Member) -> None:
    browser.post(f"/settings/members/{member.public_id}/deactivate/")
    assert "is the last administrator" in browser.get("/settings/members/").content.decode()
    browser.post(f"/settings/members/{member.public_id}/role/", {"role": "staff"})
    assert Member.objects.get(pk=member.pk).role == Role.ADMINISTRATOR


def test_a_password_link_signs_out_everywhere_and_in_here(browser: Browser, sam: Member) -> None:
    theirs = _signed_in(sam)
    browser.post(f"/settings/members/{sam.public_id}/reset/", {"copy": "yes"})
    link, other = _shown_link(browser), Browser()
    with no_firm():
        assert theirs.get("/").status_code == 200  # making one changes nothing yet
        assert other.post(link, {"password": "sam@studio.example"}).status_code == 422
        assert other.post(link, {"password": "another long password 2"})["Location"] == "/"
        assert other.get("/").status_code == 200
        assert theirs.get("/").status_code == 302
        assert Browser().post(link, {"password": "a third long password 3"}).status_code == 410


def test_a_lost_second_step_is_taken_away(browser: Browser, sam: Member) -> None:
    secret, before = totp.new_secret(), datetime.now(UTC) - timedelta(minutes=5)
    turn_on(sam, secret, totp.code_of(secret, totp.step_at(before)), now=before)
    assert "Take two-factor away" in browser.get("/settings/members/").content.decode()
    browser.post(f"/settings/members/{sam.public_id}/two-factor-off/")
    assert not has_two_factor(sam)
    _signed_in(sam)


def test_how_everybody_signs_in_is_noted(browser: Browser, firm: Firm, member: Member) -> None:
    browser.post("/settings/members/sign-in/", {"two_factor": "on", "single_sign_on": "on"})
    firm.refresh_from_db()
    assert firm.two_factor_required
    assert not firm.single_sign_on_only  # there is no service that it could be
    entry = AuditEntry.objects.get(did="settings.sign_in_changed")
    assert (entry.member, entry.detail["two_factor_required"]) == (member, True)


def test_the_page_costs_the_same_for_many(browser: Browser, firm: Firm, now: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get("/settings/members/").status_code == 200
        return len(caught)

    few = queries()
    for number in range(30):
        Member.objects.create_member(email=f"m{number}@studio.example", name=f"M {number}", role="staff", now=now)
        browser.post("/settings/members/", {"email": f"i{number}@x.example", "role": "staff", "copy": "yes"})
    browser.get("/settings/members/")
    assert queries() == few
    assert few <= 10


def test_forgetting_is_answered_alike_for_all(
    client: Browser, member: Member, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    from django_tasks_db.models import DBTaskResult

    answers = {}
    with no_firm():
        for email in ("ada@studio.example", "nobody@studio.example"):
            with CaptureQueriesContext(connection) as caught, django_capture_on_commit_callbacks(execute=True):
                page = client.post("/sign-in/forgotten/", {"email": email})
            answers[email] = (page.status_code, page.content.decode().replace(email, "…"), len(caught))
    ours, nobodys = answers.values()
    assert ours == nobodys
    assert DBTaskResult.objects.count() == 2


def test_the_mail_of_who_forgot_holds_a_link(
    client: Browser, firm: Firm, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    from amends.flows import members as flow

    sent: list[dict[str, Any]] = []

    def post_box(to: str, url: str, **more: Any) -> flow.Delivered:
        sent.append({"to": to, "url": url, **more})
        return flow.Delivered(to, url, mailed=True)

    monkeypatch.setattr(flow, "deliver_link", post_box)
    now = datetime.now(UTC)
    with no_firm():
        for email in ("ADA@studio.example", "nobody@studio.example", *["ada@studio.example"] * 4):
            flow.mail_reset(email, now=now)
    assert [one["to"] for one in sent] == ["ada@studio.example"] * 3  # three an hour, whoever asks
    assert sent[0]["url"] in sent[0]["text"]
    address = sent[0]["url"].partition("/enter/")[2]
    with no_firm():
        assert client.get(f"/enter/{address}").status_code == 200
    Member.objects.filter(pk=member.pk).update(is_active=False)
    with no_firm():
        flow.mail_reset("ada@studio.example", now=now + timedelta(hours=2))
        assert client.get(f"/enter/{address}").status_code == 410
    assert len(sent) == 3


def test_asking_again_and_again_makes_a_pause(client: Browser, member: Member) -> None:
    from django.core.cache import cache

    cache.clear()
    with no_firm():
        codes = [client.post("/sign-in/forgotten/", {"email": f"n{n}@x.example"}).status_code for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    cache.clear()
