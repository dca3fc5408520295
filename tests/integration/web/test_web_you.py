"""You: name, time zone, password, sessions elsewhere, and the app; each change of the way in is freshly proven."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from tests.integration.web.conftest import no_firm

from amends.firm import totp
from amends.firm.models import AuditEntry, Firm, Member
from amends.firm.two_factor import has_two_factor
from amends.web.guard import PROVEN

PASSWORD = "a long password 1"
NEW = "twelve seams in a bowl"


def _signed_in(password: str = PASSWORD) -> Browser:
    browser = Browser()
    with no_firm():
        assert browser.post("/sign-in/", {"email": "ada@studio.example", "password": password}).status_code == 302
    return browser


def _long_ago(browser: Browser) -> None:
    session = browser.session
    session[PROVEN] = (datetime.now(UTC) - timedelta(minutes=16)).isoformat()
    session.save()


def test_name_and_time_zone_are_ones_own(member: Member) -> None:
    browser = _signed_in()
    with no_firm():
        browser.post("/settings/you/", {"name": "Ada Moss-Reed", "timezone": "Asia/Tokyo", "email": "x@y.example",
                                        "role": "staff"})  # fmt: skip
        assert "Ada Moss-Reed" in browser.get("/settings/you/").content.decode()
    member.refresh_from_db()
    assert (member.name, member.timezone) == ("Ada Moss-Reed", "Asia/Tokyo")
    assert (member.email, member.role) == ("ada@studio.example", "administrator")
    with no_firm():
        refused = browser.post("/settings/you/", {"name": "Ada", "timezone": "Moon/Base"})
        assert refused.status_code == 422
        assert browser.get("/").status_code == 200


def test_times_are_shown_in_it(member: Member, firm: Firm) -> None:
    browser = _signed_in()
    with no_firm():
        assert "+00:00" in browser.get("/settings/you/").content.decode()
        browser.post("/settings/you/", {"name": "Ada", "timezone": "Asia/Tokyo"})
        assert "+09:00" in browser.get("/settings/you/").content.decode()


def test_a_new_password_ends_the_other_sessions(member: Member) -> None:
    here, elsewhere = _signed_in(), _signed_in()
    with no_firm():
        before = here.session.session_key
        done = here.post("/settings/you/password/", {"current": PASSWORD, "password": NEW})
        assert done["Location"] == "/settings/you/"
        assert here.get("/").status_code == 200
        assert here.session.session_key != before
        assert elsewhere.get("/").status_code == 302
    _signed_in(NEW)
    assert AuditEntry.objects.filter(did="member.password_changed").count() == 1


@pytest.mark.parametrize(
    ("current", "new", "why"), [("wrong", NEW, "not your password"), (PASSWORD, "short", "too short"),
                                (PASSWORD, "ada@studio.example", "too similar"), (PASSWORD, "", "required")]
)  # fmt: skip
def test_a_password_is_not_changed_by_halves(member: Member, current: str, new: str, why: str) -> None:
    browser = _signed_in()
    with no_firm():
        refused = browser.post("/settings/you/password/", {"current": current, "password": new})
    assert refused.status_code == 422
    assert why in refused.content.decode()
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_guessing_the_current_password_makes_the_pause(member: Member) -> None:
    browser = _signed_in()
    with no_firm():
        codes = [
            browser.post("/settings/you/password/", {"current": "x", "password": NEW}).status_code for _ in "12345678"
        ]
        assert codes == [422] * 7 + [429]
        assert browser.post("/settings/you/password/", {"current": PASSWORD, "password": NEW}).status_code == 429
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_signing_out_everywhere_else(member: Member) -> None:
    here, elsewhere = _signed_in(), _signed_in()
    with no_firm():
        here.post("/settings/you/sessions/")
        assert "signed out everywhere else" in here.get("/").content.decode()
        assert elsewhere.get("/").status_code == 302


def test_the_app_is_set_up_and_removed(member: Member) -> None:
    here, elsewhere = _signed_in(), _signed_in()
    with no_firm():
        page = here.get("/settings/you/two-factor/")
        secret = page.context["secret"].replace(" ", "")
        assert here.get("/settings/you/two-factor/").context["secret"].replace(" ", "") == secret
        assert page.context["qr"].path.startswith("M4 4h1v1h-1z")
        refused = here.post("/settings/you/two-factor/app/", {"code": "000 000"})
        assert refused.status_code == 422
        code = totp.code_of(secret, totp.step_at(datetime.now(UTC)))
        assert here.post("/settings/you/two-factor/app/", {"code": code}).status_code == 302
        assert elsewhere.get("/").status_code == 302
        shown = here.get("/settings/you/two-factor/")
        assert len(shown.context["codes"]) == 10
        assert shown["Cache-Control"].startswith("max-age=0, no-cache, no-store")
        assert here.get("/settings/you/two-factor/").context["codes"] is None
    assert has_two_factor(member)
    assert secret not in str(here.session.items())
    with no_firm():
        here.post("/settings/you/two-factor/codes/")
        assert len(here.get("/settings/you/two-factor/").context["codes"]) == 10
        here.post("/settings/you/two-factor/app/remove/")
        assert here.get("/").status_code == 200
    assert not has_two_factor(member)
    did = AuditEntry.objects.filter(did__startswith="two_factor.").order_by("pk").values_list("did", flat=True)
    assert list(did) == ["two_factor.app_added", "two_factor.recovery_made", "two_factor.app_removed"]


@pytest.mark.parametrize(
    "address",
    ["two-factor/app/", "two-factor/app/remove/", "two-factor/codes/", "two-factor/passkeys/begin", "sessions/"],
)
def test_the_way_in_is_changed_only_by_who_has_just_shown_that_it_is_they(member: Member, address: str) -> None:
    browser = _signed_in()
    _long_ago(browser)
    with no_firm():
        sent = browser.post(f"/settings/you/{address}", {"code": "1"})
        assert sent["Location"].startswith("/settings/you/confirm/?next=")
        assert browser.get("/settings/you/two-factor/").status_code == 302
        refused = browser.post("/settings/you/confirm/", {"password": "wrong", "next": "/settings/you/two-factor/"})
        assert refused.status_code == 422
        done = browser.post("/settings/you/confirm/", {"password": PASSWORD, "next": "https://evil.example/"})
        assert done["Location"] == "/"
        assert browser.get("/settings/you/two-factor/").status_code == 200
    assert not AuditEntry.objects.exclude(did="sign_in.done").exists()


def test_who_has_no_password_sets_one_after_a_fresh_sign_in(member: Member) -> None:
    member.set_unusable_password()
    member.save()
    browser = Browser()
    browser.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    with no_firm():
        assert "You have none yet" in browser.get("/settings/you/").content.decode()
        assert browser.post("/settings/you/password/", {"password": NEW})["Location"].startswith(
            "/settings/you/confirm/"
        )
        assert "Sign out and in again" in browser.get("/settings/you/confirm/").content.decode()
    member.refresh_from_db()
    assert not member.has_usable_password()
    session = browser.session
    session[PROVEN] = datetime.now(UTC).isoformat()
    session.save()
    with no_firm():
        assert browser.post("/settings/you/password/", {"password": NEW})["Location"] == "/settings/you/"
    _signed_in(NEW)
