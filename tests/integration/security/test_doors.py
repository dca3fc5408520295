"""Doors of the site: where they lead, whom they let in, and what a session and its cookies are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.checks import run_checks
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.module_loading import import_string
from tests.integration.web.conftest import no_firm
from tests.keeping import BEGIN, start

from amends.firm.models import Firm, Member
from amends.firm.sign_in import make_link
from amends.mail.models import Thread
from amends.signals.models import Signal

PASSWORD = "a long password 1"
ELSEWHERE = [
    "https://evil.example/", "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example",
    "http:evil.example",
    "https:///evil.example", "javascript:alert(1)", "data:text/html,x", " https://evil.example", "\x00//evil.example",
    "https://127.0.0.1@evil.example/", "ftp://evil.example", "/\t/evil.example",
]  # fmt: skip


def _here(address: str) -> bool:
    """Whether a browser that is sent to `address` stays on the site."""
    return bool(re.match(r"/(?![/\\])", re.sub(r"[\t\r\n\x00]", "", address)))


# -- open redirects -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(client: Browser, member: Member, target: str) -> None:
    with no_firm():
        page = client.get("/sign-in/", {"next": target})
        assert f'name="next" value="{target}"' not in page.content.decode()
        answer = client.post("/sign-in/", {"email": member.email, "password": PASSWORD, "next": target})
        assert answer.status_code == 302
        assert _here(answer["Location"]) or answer["Location"] == "/"
        again = client.get("/sign-in/", {"next": target})  # who is signed in is sent on at once
        assert _here(again["Location"]) or again["Location"] == "/"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_answering_leads_nowhere_else(browser: Browser, complaints: Callable[[int], None], target: str) -> None:
    complaints(1)
    signal = str(Signal.objects.earliest("pk").public_id)
    for headers in ({}, {"HX-Request": "true", "HX-Current-URL": target}):
        answer = browser.post("/answer/", {"answer": "own", "signal": [signal], "next": target}, headers=headers)
        for name in ("Location", "HX-Redirect", "HX-Location"):
            assert name not in answer or _here(answer[name]), (name, answer[name])
        assert 'value="https://evil' not in answer.content.decode()


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """Every address of the pages; an interface has a namespace, other rules, and tests of its own."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        elif not entry.namespace:
            yield from _patterns(entry)


PAGES = sorted({str(one.name) for one in _patterns(get_resolver()) if not one.pattern.converters})


def test_no_page_sends_a_browser_elsewhere(browser: Browser, subtests: pytest.Subtests) -> None:
    """Every address without a part of its own, asked with the usual names of such a parameter."""
    for name in PAGES:
        with subtests.test(name):
            wanted = dict.fromkeys(
                ("next", "url", "to", "return", "redirect", "back", "continue"), "https://evil.example/"
            )
            for answer in (browser.get(reverse(name), wanted), browser.post(reverse(name), wanted)):
                assert "Location" not in answer or _here(answer["Location"])
                assert "HX-Redirect" not in answer or _here(answer["HX-Redirect"])


# -- sessions -----------------------------------------------------------------------------------------------------


def _session(client: Browser) -> str:
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def test_a_session_that_somebody_else_chose_is_not_taken(client: Browser, member: Member) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "chosen0by0somebody0else000000000"
    with no_firm():
        client.post("/sign-in/", {"email": member.email, "password": PASSWORD})
        assert client.get("/").status_code == 200
    assert _session(client) != "chosen0by0somebody0else000000000"
    assert len(_session(client)) >= 32


@pytest.mark.parametrize("way", ["password", "link"])
def test_signing_in_makes_a_new_session(client: Browser, member: Member, way: str) -> None:
    session = client.session  # one that was there before, as for whoever reads the sign-in page
    session["seen"] = "before"
    session.save()
    before = _session(client)
    token = make_link(member, now=datetime.now(UTC))
    with no_firm():
        if way == "password":
            client.post("/sign-in/", {"email": member.email, "password": PASSWORD})
        else:
            client.post(f"/enter/{token}/")
        assert client.get("/").status_code == 200
    assert _session(client) != before
    assert not Session.objects.filter(session_key=before).exists()
    stale = Browser()
    stale.cookies[settings.SESSION_COOKIE_NAME] = before
    with no_firm():
        assert stale.get("/").status_code == 302


def test_signing_out_ends_the_session_on_the_server(browser: Browser) -> None:
    before = _session(browser)
    with no_firm():
        browser.post("/sign-out/")
        stale = Browser()
        stale.cookies[settings.SESSION_COOKIE_NAME] = before
        assert stale.get("/").status_code == 302
    assert not Session.objects.filter(session_key=before).exists()


def test_a_new_password_ends_all_sessions(browser: Browser, member: Member) -> None:
    member.set_password("another long password 2")
    member.save()
    with no_firm():
        assert browser.get("/").status_code == 302


def test_somebody_who_was_deactivated_is_out_at_once(browser: Browser, member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(is_active=False)
    with no_firm():
        assert browser.get("/").status_code == 302


def test_sessions_end_by_themselves(browser: Browser) -> None:
    assert settings.SESSION_COOKIE_AGE <= 14 * 24 * 3600
    Session.objects.update(expire_date=datetime.now(UTC) - timedelta(seconds=1))
    with no_firm():
        assert browser.get("/").status_code == 302


def test_cookies_are_for_this_site_and_no_script(client: Browser, member: Member) -> None:
    with no_firm():
        client.get("/sign-in/")
        client.post("/sign-in/", {"email": member.email, "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_a_site_on_https_is_strict_about_it(tmp_path_factory: Any) -> None:
    """Cookies, HSTS, the way to https; and Django's own list for deployment finds nothing to say."""
    code = BEGIN + (
        "import json\nos.environ['AMENDS_URL'] = 'https://amends.example.com'\nopen_settings()\n"
        "from django.conf import settings\nfrom django.core.checks import run_checks\n"
        "found = [check.id for check in run_checks(include_deployment_checks=True) if not check.is_silenced()]\n"
        "print(json.dumps({'checks': found, 'session': settings.SESSION_COOKIE_SECURE, 'csrf': "
        "settings.CSRF_COOKIE_SECURE, 'hsts': settings.SECURE_HSTS_SECONDS, "
        "'names': [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME], "
        "'redirect': settings.SECURE_SSL_REDIRECT}))\n"
    )
    with start(tmp_path_factory.mktemp("https") / "home", code) as process:
        out, err = process.communicate(timeout=60)
    told = json.loads(out)
    assert told.pop("names") == ["__Host-amends", "__Host-csrf"]
    assert told == {"checks": [], "session": True, "csrf": True, "hsts": 31_536_000, "redirect": True}, err


def test_django_finds_nothing_to_say() -> None:
    assert [check for check in run_checks() if not check.is_silenced()] == []


# -- who asks, and as whom ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost:80@evil.example", "evil.example:8000", ""]
)
def test_another_host_is_refused(client: Browser, member: Member, host: str) -> None:
    with no_firm():
        for address in ("/sign-in/", "/", "/healthz"):
            answer = client.get(address, headers={"host": host or "[evil"})
            assert answer.status_code == 400
            assert "evil" not in answer.content.decode()


def test_a_forwarded_host_is_not_believed(client: Browser, member: Member) -> None:
    with no_firm():
        answer = client.get("/", headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"})
    assert "evil" not in answer["Location"]


def test_nothing_is_changed_without_a_token_of_the_form(member: Member) -> None:
    """Every address that takes a POST refuses one that comes from another site."""
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    ids = {"uuid": "019ada0b-8760-75e5-8f4e-24d46acaab80", "str": "x", "slug": "x", "path": "x", "int": 0}
    ids["uuidstr"], ids["_anything"] = ids["uuid"], "x"  # of the API
    refused = 0
    for pattern in _patterns(get_resolver()):
        kinds = {name: ids[type(one).__name__.removesuffix("Converter").lower().replace("string", "str")]
                 for name, one in pattern.pattern.converters.items()}  # fmt: skip
        answer = strict.post(reverse(str(pattern.name), kwargs=kinds), headers={"origin": "https://evil.example"})
        if str(pattern.name).startswith("api-"):  # no cookie counts there: it wants a token of its own
            assert answer.status_code in {401, 404, 405}, pattern.name
            continue
        assert answer.status_code in {403, 405}, pattern.name
        refused += answer.status_code == 403
    assert refused > 10


def test_passwords_are_hashed_slowly_and_are_long() -> None:
    from django.contrib.auth.hashers import get_hasher
    from django.contrib.auth.password_validation import get_default_password_validators
    from django.test import override_settings

    with override_settings():
        hashers = import_string("django.conf.global_settings.PASSWORD_HASHERS")
        assert hashers[0].endswith("PBKDF2PasswordHasher")
    assert type(get_hasher("pbkdf2_sha256")).iterations >= 600_000  # type: ignore[attr-defined]
    least = [one.min_length for one in get_default_password_validators() if hasattr(one, "min_length")]
    assert least == [12]


# -- headers ------------------------------------------------------------------------------------------------------

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def test_every_page_has_the_headers(browser: Browser, subtests: pytest.Subtests) -> None:
    for name in PAGES:
        with subtests.test(name):
            for answer in (browser.get(reverse(name)), browser.post(reverse(name))):
                _has_headers(answer)


def test_errors_and_pages_of_one_thing_have_them_too(
    browser: Browser, complaints: Callable[[int], None], firm: Firm
) -> None:
    complaints(1)
    thread = Thread.objects.earliest("pk")
    strict = Browser(enforce_csrf_checks=True)
    for answer in (
        browser.get(f"/threads/{thread.public_id}/"), browser.get("/nowhere/"), strict.post("/sign-in/", {}),
        browser.get("/sign-in/", headers={"host": "evil.example"}), Browser().get(f"/threads/{thread.public_id}/"),
    ):  # fmt: skip
        _has_headers(answer)


def _has_headers(answer: Any) -> None:
    for header, value in HEADERS.items():
        assert answer[header] == value, header
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "Server" not in answer
    assert "X-Powered-By" not in answer
    if answer["Content-Type"].startswith("text/"):
        assert "charset=utf-8" in answer["Content-Type"].lower()
