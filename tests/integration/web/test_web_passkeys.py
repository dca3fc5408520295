"""Passkeys, against a device beside the tests: added, the way in, the second step, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client as Browser
from tests.fakes.passkey_device import Device
from tests.integration.web.conftest import no_firm

from amends.firm.models import AuditEntry, Member, Passkey
from amends.firm.passkeys import possible
from amends.web.guard import PROVEN

PASSWORD = "a long password 1"
FIRST = {"email": "ada@studio.example", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _named(settings: Any) -> None:
    settings.PUBLIC_URL = "https://amends.example"


@pytest.fixture
def device(member: Member) -> Device:
    """Ada's, with a passkey of hers."""
    made = Device()
    assert _add(_signed_in(member), made).status_code == 200
    return made


def _signed_in(member: Member) -> Browser:
    browser = Browser()
    browser.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    session = browser.session
    session[PROVEN] = datetime.now(UTC).isoformat()
    session.save()
    return browser


def _post(browser: Browser, address: str, said: Any = None) -> Any:
    with no_firm():
        return browser.post(address, json.dumps(said or {}), content_type="application/json")


def _add(browser: Browser, device: Device, **more: Any) -> Any:
    asked = _post(browser, "/settings/you/two-factor/passkeys/begin").json()
    return _post(browser, "/settings/you/two-factor/passkeys/add", {**device.create(asked), "name": "Laptop", **more})


def _sign_in(browser: Browser, device: Device, **more: Any) -> Any:
    asked = _post(browser, "/sign-in/passkey/begin").json()
    return _post(browser, "/sign-in/passkey", {**device.get(asked), **more})


def test_a_passkey_signs_in_by_itself(client: Browser, member: Member, device: Device) -> None:
    answer = _sign_in(client, device, next="/clients/")
    assert answer.json() == {"url": "/clients/"}
    with no_firm():
        assert client.get("/").status_code == 200
    row = Passkey.objects.get()
    assert (row.name, row.sign_count, row.used_at is not None) == ("Laptop", 1, True)
    assert AuditEntry.objects.get(did="sign_in.done").detail == {"by": "passkey", "two_factor": True}


def test_it_is_the_second_step_too(client: Browser, member: Member, device: Device) -> None:
    with no_firm():
        assert client.post("/sign-in/", FIRST)["Location"] == "/sign-in/second/"
        assert "Use a passkey" in client.get("/sign-in/second/").content.decode()
    assert _sign_in(client, device).json() == {"url": "/"}
    with no_firm():
        assert client.get("/").status_code == 200


def test_after_one_password_only_a_key_of_that_member_serves(client: Browser, member: Member, now: datetime) -> None:
    jo = Member.objects.create_member(email="jo@studio.example", name="Jo", role="staff", now=now, password=PASSWORD)
    adas, jos = Device(), Device()
    assert _add(_signed_in(member), adas).status_code == 200
    assert _add(_signed_in(jo), jos).status_code == 200
    with no_firm():
        client.post("/sign-in/", FIRST)
    assert _sign_in(client, jos).status_code == 403
    with no_firm():
        assert client.get("/").status_code == 302


def test_adding_the_first_shows_recovery_codes_once(member: Member) -> None:
    browser = _signed_in(member)
    assert _add(browser, Device()).json() == {"url": "/settings/you/two-factor/"}
    with no_firm():
        assert len(browser.get("/settings/you/two-factor/").context["codes"]) == 10
        assert browser.get("/settings/you/two-factor/").context["codes"] is None


def _replayed(browser: Browser, device: Device) -> Any:
    answer = device.get(_post(browser, "/sign-in/passkey/begin").json())
    assert _post(browser, "/sign-in/passkey", answer).status_code == 200
    with no_firm():
        browser.post("/sign-out/")
    return _post(browser, "/sign-in/passkey", answer)


def _of_another_challenge(browser: Browser, device: Device) -> Any:
    answer = device.get(_post(browser, "/sign-in/passkey/begin").json())
    _post(browser, "/sign-in/passkey/begin")
    return _post(browser, "/sign-in/passkey", answer)


def _from_elsewhere(browser: Browser, device: Device) -> Any:
    device.origin = "https://amends.example.evil.example"
    return _sign_in(browser, device)


def _from_a_neighbour(browser: Browser, device: Device) -> Any:
    device.origin = "https://other.amends.example"
    return _sign_in(browser, device)


def _locked(browser: Browser, device: Device) -> Any:
    device.unlocked = False
    return _sign_in(browser, device)


def _copied(browser: Browser, device: Device) -> Any:
    assert _sign_in(browser, device).status_code == 200
    with no_firm():
        browser.post("/sign-out/")
    device.count = 0
    return _sign_in(browser, device)


def _other_key(browser: Browser, device: Device) -> Any:
    device.key = Device().key
    return _sign_in(browser, device)


def _nobodys(browser: Browser, device: Device) -> Any:
    device.handle = "AAAAAAAAAAAAAAAAAAAAAA"
    return _sign_in(browser, device)


def _nonsense(browser: Browser, device: Device) -> Any:
    _post(browser, "/sign-in/passkey/begin")
    return _post(browser, "/sign-in/passkey", {"response": {"userHandle": device.handle}})


@pytest.mark.parametrize(
    "way",
    [
        _replayed,
        _of_another_challenge,
        _from_elsewhere,
        _from_a_neighbour,
        _locked,
        _copied,
        _other_key,
        _nobodys,
        _nonsense,
    ],
)
def test_nothing_else_signs_in(client: Browser, device: Device, way: Any) -> None:
    refused = way(client, device)
    assert refused.status_code == 403
    assert refused.json()["problem"]
    with no_firm():
        assert client.get("/").status_code == 302


@pytest.mark.parametrize("said", [b"", b"[1]", b"{", b'"x"'])
def test_what_is_no_answer_is_refused_in_words(client: Browser, device: Device, said: bytes) -> None:
    _post(client, "/sign-in/passkey/begin")
    with no_firm():
        assert client.post("/sign-in/passkey", said, content_type="application/json").status_code == 403


def test_a_deactivated_member_has_no_passkey(client: Browser, member: Member, device: Device) -> None:
    Member.objects.filter(pk=member.pk).update(is_active=False)
    assert _sign_in(client, device).status_code == 403


def test_a_removed_passkey_opens_nothing(client: Browser, member: Member, device: Device) -> None:
    key = Passkey.objects.get()
    browser = _signed_in(Member.objects.get(pk=member.pk))
    with no_firm():
        gone = browser.post(f"/settings/you/two-factor/passkeys/{key.public_id}/remove/")
        assert gone.status_code == 302
    assert _sign_in(client, device).status_code == 403


@pytest.mark.parametrize(
    ("address", "offered"),
    [("https://amends.example", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False),
     ("https://192.0.2.7", False), ("http://amends.example", False), ("https://[::1]", False)],
)  # fmt: skip
def test_they_are_offered_where_browsers_take_them(settings: Any, address: str, offered: bool) -> None:
    settings.PUBLIC_URL = address
    assert possible() is offered
