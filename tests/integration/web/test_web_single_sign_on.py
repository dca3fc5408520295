"""Single sign-on, against a small provider on loopback: who gets in, and every way in which a token may be wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client as Browser
from tests.fakes.openid_provider import Claims, Provider, serve, signing_key
from tests.integration.web.conftest import no_firm

from amends.firm import members, totp
from amends.firm.models import AuditEntry, Firm, Member, Role
from amends.firm.scope import firm_scope
from amends.firm.two_factor import turn_on
from amends.flows.set_up import found_firm

ADA: Claims = {"email": "Ada@studio.example", "email_verified": True, "name": "Ada of the provider"}


@pytest.fixture
def service(settings: Any) -> Iterator[Provider]:
    """The provider, set up as the firm's."""
    with serve(Provider()) as provider:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider.issuer, provider.client_id
        settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME = provider.client_secret, "Studio ID"
        settings.PUBLIC_URL = "http://testserver"
        yield provider


def _in(browser: Browser, service: Provider, *, to: str = "", **claims: Any) -> Any:
    """Away, and back with what the provider says."""
    with no_firm():
        away = browser.get("/sign-in/single/", {"next": to} if to else {})
        assert away.status_code == 302, away.content
        return browser.get(service.consent(away["Location"], **claims))


def _inside(browser: Browser) -> bool:
    with no_firm():
        return bool(browser.get("/clients/").status_code == 200)


def test_a_member_is_known_by_a_verified_address(client: Browser, member: Member, service: Provider) -> None:
    with no_firm():
        assert "Sign in with Studio ID" in client.get("/sign-in/").content.decode()
    assert _in(client, service, to="/clients/", **ADA)["Location"] == "/clients/"
    assert _inside(client)
    assert client.session.get("single_sign_on") is None
    member.refresh_from_db()
    assert member.name == "Ada Moss"
    assert AuditEntry.objects.get().detail == {"by": "single sign-on", "two_factor": True}


def test_what_is_asked_for(client: Browser, member: Member, service: Provider) -> None:
    with no_firm():
        asked = parse_qs(urlsplit(client.get("/sign-in/single/")["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/single/back"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 32


@pytest.mark.parametrize("ways", [["client_secret_post"], ["client_secret_basic"], []])
def test_we_show_who_we_are_as_the_provider_takes_it(
    client: Browser, member: Member, service: Provider, ways: list[str]
) -> None:
    service.ways = ways
    assert _in(client, service, **ADA).status_code == 302


def _forged(claims: Claims) -> str:
    return jwt.encode(claims, signing_key("somebody else's"), "RS256", headers={"kid": "one"})


def _unsigned(claims: Claims) -> str:
    return jwt.encode(claims, "", "none", headers={"kid": "one"})


def _by_the_secret(claims: Claims) -> str:
    return jwt.encode(claims, "a secret & more, long enough for HS256", "HS256", headers={"kid": "one"})


def _cut(claims: Claims) -> str:
    return _forged(claims).rpartition(".")[0]


def _without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


TAMPERED: dict[str, dict[str, Any]] = {
    "another nonce": {"tamper": lambda claims: {**claims, "nonce": "another"}},
    "no nonce": {"tamper": _without("nonce")},
    "another audience": {"tamper": lambda claims: {**claims, "aud": "somebody-else"}},
    "for another party": {"tamper": lambda claims: {**claims, "aud": ["amends", "x"], "azp": "x"}},
    "another issuer": {"tamper": lambda claims: {**claims, "iss": "http://127.0.0.1:9"}},
    "expired": {"tamper": lambda claims: {**claims, "iat": claims["iat"] - 900, "exp": claims["iat"] - 120}},
    "from the future": {"tamper": lambda claims: {**claims, "iat": int(time.time()) + 600}},
    "no expiry": {"tamper": _without("exp")},
    "no subject": {"tamper": _without("sub")},
    "expiry is no number": {"tamper": lambda claims: {**claims, "exp": "soon"}},
    "another key": {"sign": _forged},
    "no signature": {"sign": _unsigned},
    "signed with our secret": {"sign": _by_the_secret},
    "cut": {"sign": _cut},
    "no token": {"sign": lambda claims: ""},
    "not verified": {"tamper": lambda claims: {**claims, "email_verified": False}},
    "not said whether verified": {"tamper": _without("email_verified")},
    "verified says no": {"tamper": lambda claims: {**claims, "email_verified": "false"}},
    "no address": {"tamper": _without("email")},
    "a stranger": {"tamper": lambda claims: {**claims, "email": "eve@evil.example"}},
}


@pytest.mark.parametrize("wrong", TAMPERED.values(), ids=TAMPERED)
def test_what_does_not_prove_it_lets_nobody_in(
    client: Browser, member: Member, service: Provider, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(service, name, value)
    refused = _in(client, service, **ADA)
    assert refused.status_code == 403
    assert "You are not signed in" in refused.content.decode()
    assert not _inside(client)
    assert not AuditEntry.objects.exists()


def test_a_state_is_of_one_browser_and_one_attempt(client: Browser, member: Member, service: Provider) -> None:
    """An address that an attacker sends to somebody signs nobody in; nor does one's own a second time."""
    with no_firm():
        away = client.get("/sign-in/single/")["Location"]
        back = service.consent(away, **ADA)
        victim = Browser()
        assert victim.get(back).status_code == 403
        victim.get("/sign-in/single/")
        assert victim.get(service.consent(away, **ADA)).status_code == 403
        assert client.get(back).status_code == 302
        client.post("/sign-out/")
        assert client.get(back).status_code == 403
    assert not _inside(client)


def test_an_attempt_lasts_ten_minutes(
    client: Browser, member: Member, service: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_firm():
        back = service.consent(client.get("/sign-in/single/")["Location"], **ADA)
        monkeypatch.setattr("amends.web.sign_in.single.clock", lambda: datetime.now(UTC) + timedelta(minutes=11))
        assert client.get(back).status_code == 403


def test_who_said_no_there_is_told_here(client: Browser, member: Member, service: Provider) -> None:
    with no_firm():
        client.get("/sign-in/single/")
        refused = client.get("/sign-in/single/back?error=access_denied&state=x")
    assert refused.status_code == 403
    assert "Studio ID did not sign you in" in refused.content.decode()


def test_a_wrong_secret_and_a_service_that_is_down_are_told_in_words(
    client: Browser, member: Member, service: Provider, settings: Any
) -> None:
    settings.OIDC_CLIENT_SECRET = "wrong"
    refused = _in(client, service, **ADA)
    assert (refused.status_code, service.refused) == (502, ["secret"])
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    with no_firm():
        assert "cannot be reached" in client.get("/sign-in/single/").content.decode()


def test_a_service_that_calls_itself_something_else_is_not_believed(
    client: Browser, member: Member, service: Provider
) -> None:
    service.said_issuer = "https://accounts.evil.example"
    with no_firm():
        refused = client.get("/sign-in/single/")
    assert refused.status_code == 502
    assert "AMENDS_OIDC_ISSUER" in refused.content.decode()


def test_an_address_may_be_asked_for_separately(client: Browser, member: Member, service: Provider) -> None:
    service.about = {"sub": "4711", **ADA}
    assert _in(client, service)["Location"] == "/"
    other = Browser()
    service.about = {"sub": "another", **ADA}
    assert _in(other, service).status_code == 403


def test_the_deactivated_stay_out(client: Browser, member: Member, service: Provider) -> None:
    Member.objects.filter(pk=member.pk).update(is_active=False)
    refused = _in(client, service, **ADA)
    assert refused.status_code == 403
    assert "deactivated" in refused.content.decode()


def test_whoever_is_invited_joins(client: Browser, member: Member, service: Provider, now: datetime) -> None:
    moment = datetime.now(UTC)
    members.invite("jo@studio.example", name="", role=Role.PARTNER, by=member, now=moment)
    claims: Claims = {"email": "jo@studio.example", "email_verified": True, "name": "Jo Wren"}
    assert _in(client, service, **claims).status_code == 302
    jo = Member.objects.get(email="jo@studio.example")
    assert (jo.name, jo.role, jo.has_usable_password()) == ("Jo Wren", Role.PARTNER, False)
    assert _inside(client)


def test_people_of_an_own_domain_become_members_where_it_is_set(
    client: Browser, firm: Firm, service: Provider, settings: Any
) -> None:
    claims: Claims = {"email": "new@studio.example", "email_verified": True, "name": "New"}
    assert _in(client, service, **claims).status_code == 403
    settings.OIDC_CREATE = True
    assert _in(client, service, **claims).status_code == 302
    assert Member.objects.get().role == Role.STAFF
    assert _in(Browser(), service, email="x@other.example", email_verified=True).status_code == 403
    assert _in(Browser(), service, email="x@sub.studio.example", email_verified=True).status_code == 403


def test_of_two_firms_with_the_same_domain_neither_takes_a_stranger(
    client: Browser, firm: Firm, service: Provider, settings: Any, now: datetime
) -> None:
    settings.OIDC_CREATE = True
    other = found_firm(["studio.example"], now=now, name="Studio of the same domain")
    claims: Claims = {"email": "new@studio.example", "email_verified": True}
    assert _in(client, service, **claims).status_code == 403
    with firm_scope(other):
        Member.objects.create_member(email="new@studio.example", name="New", role="staff", now=now)
    assert _in(client, service, **claims).status_code == 302
    with firm_scope(other):
        assert client.session["_auth_user_id"] == str(Member.objects.get().pk)


def test_it_counts_for_both_steps(client: Browser, firm: Firm, member: Member, service: Provider) -> None:
    """The provider asks for the second step; whoever has one of ours as well is not asked twice."""
    firm.two_factor_required = True
    firm.save()
    secret, before = totp.new_secret(), datetime.now(UTC) - timedelta(minutes=5)
    turn_on(member, secret, totp.code_of(secret, totp.step_at(before)), now=before)
    assert _in(client, service, **ADA)["Location"] == "/"
    assert _inside(client)


def test_a_firm_may_sign_in_only_so(
    client: Browser, firm: Firm, member: Member, service: Provider, settings: Any
) -> None:
    members.change_policy(two_factor=False, single_sign_on=True, by=member, now=datetime.now(UTC))
    given = {"email": "ada@studio.example", "password": "a long password 1"}
    with no_firm():
        refused = client.post("/sign-in/", given)
        assert refused.status_code == 422
        assert "Your firm signs in with Studio ID" in refused.content.decode()
    assert _in(client, service, **ADA).status_code == 302
    settings.OIDC_ISSUER = ""
    with no_firm():  # where the service is taken away, nobody is locked out
        assert Browser().post("/sign-in/", given).status_code == 302


def test_then_an_invitation_leads_to_the_service(client: Browser, member: Member, service: Provider) -> None:
    now = datetime.now(UTC)
    members.change_policy(two_factor=False, single_sign_on=True, by=member, now=now)
    _, token = members.invite("jo@studio.example", name="Jo", role=Role.STAFF, by=member, now=now)
    with no_firm():
        page = client.get(f"/enter/{token}/").content.decode()
        assert "/sign-in/single/" in page
        client.post(f"/enter/{token}/", {"name": "Jo", "password": "twelve seams in a bowl"})
    assert not Member.objects.filter(email="jo@studio.example").exists()
    assert _in(client, service, email="jo@studio.example", email_verified=True).status_code == 302


def test_without_a_service_there_is_no_such_page(client: Browser, member: Member) -> None:
    with no_firm():
        assert client.get("/sign-in/single/").status_code == 404
        assert client.get("/sign-in/single/back?code=x&state=y").status_code == 404
        assert "Sign in with" not in client.get("/sign-in/").content.decode()
