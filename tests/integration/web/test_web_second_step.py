"""Signing in with two steps: what the first opens (nothing), what the second takes, and what a session's key does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from tests.integration.web.conftest import no_firm

from amends.firm import totp
from amends.firm.models import AuditEntry, Firm, Member, Purpose
from amends.firm.sign_in import end_sessions, make_link
from amends.firm.two_factor import new_codes, turn_on

PASSWORD = "a long password 1"
FIRST = {"email": "ada@studio.example", "password": PASSWORD, "next": "/clients/"}


@pytest.fixture
def secret(member: Member) -> str:
    """Of an app that Ada added a while ago."""
    made, before = totp.new_secret(), datetime.now(UTC) - timedelta(minutes=5)
    turn_on(member, made, totp.code_of(made, totp.step_at(before)), now=before)
    return made


def _code(secret: str) -> str:
    return totp.code_of(secret, totp.step_at(datetime.now(UTC)))


def _wrong(secret: str) -> str:
    near = {totp.code_of(secret, totp.step_at(datetime.now(UTC)) + off) for off in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


def test_the_first_step_opens_nothing(client: Browser, secret: str) -> None:
    with no_firm():
        assert client.post("/sign-in/", FIRST)["Location"] == "/sign-in/second/"
        for address in ("/", "/clients/", "/settings/you/", "/settings/you/two-factor/", "/search/?q=x"):
            assert client.get(address)["Location"].startswith("/sign-in/?next="), address
        assert "_auth_user_id" not in client.session
        assert client.post("/sign-in/second/", {"code": _code(secret)})["Location"] == "/clients/"
        assert client.get("/clients/").status_code == 200


def test_a_code_is_taken_once(client: Browser, secret: str) -> None:
    code = _code(secret)
    with no_firm():
        client.post("/sign-in/", FIRST)
        assert client.post("/sign-in/second/", {"code": code}).status_code == 302
        again = Browser()
        again.post("/sign-in/", FIRST)
        refused = again.post("/sign-in/second/", {"code": code})
        assert refused.status_code == 422
        assert "used before" in refused.content.decode()
        assert again.get("/").status_code == 302


def test_a_recovery_code_does_too(client: Browser, member: Member, secret: str, now: datetime) -> None:
    code = new_codes(member, now=now)[0]
    with no_firm():
        client.post("/sign-in/", FIRST)
        assert client.post("/sign-in/second/", {"code": code}).status_code == 302
        assert client.get("/").status_code == 200
    assert AuditEntry.objects.filter(did="two_factor.recovery_used").count() == 1


def test_five_wrong_codes_lead_back_to_the_password(client: Browser, secret: str) -> None:
    with no_firm():
        client.post("/sign-in/", FIRST)
        for _ in range(5):
            assert client.post("/sign-in/second/", {"code": _wrong(secret)}).status_code == 422
        assert client.post("/sign-in/second/", {"code": _code(secret)})["Location"] == "/sign-in/"
        assert client.get("/").status_code == 302


def test_wrong_codes_count_towards_the_pause(client: Browser, member: Member, secret: str) -> None:
    """Eight misses of either step make the pause; the right password does not end it."""
    with no_firm():
        for _ in range(3):
            assert client.post("/sign-in/", {**FIRST, "password": "wrong"}).status_code == 422
        client.post("/sign-in/", FIRST)
        for _ in range(4):
            assert client.post("/sign-in/second/", {"code": _wrong(secret)}).status_code == 422
        assert client.post("/sign-in/second/", {"code": _wrong(secret)}).status_code == 429
        assert client.post("/sign-in/second/", {"code": _code(secret)}).status_code in {302, 429}
        assert client.get("/").status_code == 302
        assert client.post("/sign-in/", {**FIRST, "email": "ADA@studio.example"}).status_code == 429
    assert list(AuditEntry.objects.filter(did="sign_in.locked_out").values_list("about", flat=True)) == [member.email]


def test_what_was_typed_is_kept_nowhere(client: Browser, secret: str) -> None:
    from axes.models import AccessAttempt

    wrong = _wrong(secret)
    with no_firm():
        client.post("/sign-in/", FIRST)
        client.post("/sign-in/second/", {"code": wrong})
    [kept] = AccessAttempt.objects.all()
    assert f"code={wrong}" not in kept.post_data
    assert PASSWORD not in kept.post_data


def test_half_a_sign_in_ends_with_a_new_password_and_with_time(
    client: Browser, member: Member, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_firm():
        client.post("/sign-in/", FIRST)
    end_sessions(member)
    with no_firm():
        assert client.get("/sign-in/second/")["Location"] == "/sign-in/"
        client.post("/sign-in/", FIRST)
        later = datetime.now(UTC) + timedelta(minutes=11)
        monkeypatch.setattr("amends.web.sign_in.views.clock", lambda: later)
        assert client.get("/sign-in/second/")["Location"] == "/sign-in/"


@pytest.mark.parametrize("purpose", [Purpose.SIGN_IN, Purpose.RESET])
def test_a_link_replaces_the_password_and_not_the_second_step(
    client: Browser, member: Member, secret: str, purpose: Purpose
) -> None:
    token = make_link(member, now=datetime.now(UTC), purpose=purpose)
    with no_firm():
        done = client.post(f"/enter/{token}/", {"password": "another long password 2"})
        assert done["Location"] == "/sign-in/second/"
        assert client.get("/").status_code == 302
        assert client.post("/sign-in/second/", {"code": _code(secret)}).status_code == 302
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("two_steps", [False, True])
def test_a_session_key_that_somebody_planted_never_becomes_signed_in(
    client: Browser, member: Member, request: pytest.FixtureRequest, settings: object, two_steps: bool
) -> None:
    secret = request.getfixturevalue("secret") if two_steps else ""
    with no_firm():
        client.session.save()  # a session of nobody, whose key an attacker knows
        client.get("/sign-in/")
        planted = client.session.session_key
        assert planted
        client.cookies["sessionid"] = planted
        keys = [planted]
        client.post("/sign-in/", FIRST)
        keys.append(client.cookies["sessionid"].value)
        if two_steps:
            client.post("/sign-in/second/", {"code": _code(secret)})
            keys.append(client.cookies["sessionid"].value)
        assert client.get("/").status_code == 200
        assert len(set(keys)) == len(keys)
        attacker = Browser()
        for key in keys[:-1]:
            attacker.cookies["sessionid"] = key
            assert attacker.get("/").status_code == 302
        assert not Session.objects.filter(session_key__in=keys[:-1]).exists()


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"]
)
def test_neither_step_leads_to_another_site(client: Browser, secret: str, evil: str) -> None:
    with no_firm():
        client.post("/sign-in/", {**FIRST, "next": evil})
        assert client.post("/sign-in/second/", {"code": _code(secret)})["Location"] == "/"


def test_where_the_firm_asks_for_it_nothing_opens_before_it_is_set_up(
    client: Browser, firm: Firm, member: Member
) -> None:
    firm.two_factor_required = True
    firm.save()
    with no_firm():
        client.post("/sign-in/", FIRST)
        for address in ("/", "/clients/", "/settings/you/", "/settings/members/"):
            assert client.get(address)["Location"] == "/settings/you/two-factor/", address
        moved = client.get("/", headers={"HX-Request": "true"})
        assert moved["HX-Redirect"] == "/settings/you/two-factor/"
        page = client.get("/settings/you/two-factor/")
        assert "Your firm asks everybody" in page.content.decode()
        secret = page.context["secret"].replace(" ", "")
        assert client.post("/settings/you/two-factor/app/", {"code": _code(secret)}).status_code == 302
        assert client.get("/").status_code == 200


def test_under_another_secret_key_it_says_what_to_do(
    client: Browser, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restore on another machine: nobody gets in by it, and nobody is told that their code is wrong."""
    from amends.firm import secrets

    class Changed:
        SECRET_KEY = "the key of another machine"

    with no_firm():
        client.post("/sign-in/", FIRST)
        monkeypatch.setattr(secrets, "settings", Changed)
        refused = client.post("/sign-in/second/", {"code": _code(secret)})
    assert refused.status_code == 422
    assert "secret key of this installation has changed" in refused.content.decode()


def test_sign_ins_are_noted(client: Browser, member: Member, secret: str) -> None:
    with no_firm():
        client.post("/sign-in/", FIRST)
        client.post("/sign-in/second/", {"code": _code(secret)})
    entry = AuditEntry.objects.get(did="sign_in.done")
    assert (entry.member, entry.address, entry.detail) == (member, "127.0.0.1", {"by": "password", "two_factor": True})
